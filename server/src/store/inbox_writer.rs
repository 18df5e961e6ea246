//! Group commit: many callbacks share one wait for the disk, and each is answered after it.

use super::inbox::Source;
use super::sql::clean;
use super::{Dialect, StoreError, open};
use crate::model::hash::hex_sha256;
use sqlx::{Any, AnyPool, Transaction};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use world::World;

/// Items waiting to be written; more are refused at once, for a platform repeats what it was refused.
const QUEUE_MAX: usize = 4_096;
/// Bytes of waiting bodies, for the same reason.
const QUEUE_BYTES_MAX: u32 = 32 << 20;
const BATCH_MAX: usize = 256;
/// An event id longer than this many characters is replaced by its SHA-256.
const EVENT_ID_CHARS_MAX: usize = 200;

/// Keeps items, durably. Cheap to clone.
#[derive(Clone)]
pub struct InboxWriter {
    queue: mpsc::Sender<Message>,
    bytes: Arc<Semaphore>,
}

/// What is to be kept.
#[derive(Clone, Debug)]
pub struct NewItem {
    pub integration: String,
    pub source: Source,
    /// What makes it the same when it comes again.
    pub event_id: String,
    pub body: String,
}

/// Whether an item was seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    New,
    Seen,
}

enum Message {
    Put(Waiting),
    /// Ends the task once everything before it is written.
    Close(oneshot::Sender<()>),
}

struct Waiting {
    item: NewItem,
    answer: oneshot::Sender<Result<Stored, StoreError>>,
    _bytes: OwnedSemaphorePermit,
}

impl InboxWriter {
    /// Starts the task that writes. It ends with [`InboxWriter::close`], or when the last writer is dropped.
    #[expect(
        clippy::disallowed_methods,
        reason = "group commit needs one task that outlives requests; it ends with the store"
    )]
    pub(super) fn start(dialect: Dialect, pool: AnyPool, world: World) -> Self {
        let (queue, messages) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(Task { dialect, pool, world, messages }.run());
        Self { queue, bytes: Arc::new(Semaphore::new(QUEUE_BYTES_MAX as usize)) }
    }

    /// Keeps an item and returns when it will survive a power cut. [`StoreError::Full`] at once when too many wait. An
    /// item whose caller has gone away is kept all the same.
    pub async fn put(&self, mut item: NewItem) -> Result<Stored, StoreError> {
        if item.event_id.chars().nth(EVENT_ID_CHARS_MAX).is_some() {
            item.event_id = hex_sha256(&item.event_id);
        }
        let bytes = u32::try_from(item.body.len()).unwrap_or(u32::MAX).min(QUEUE_BYTES_MAX);
        let bytes = self.bytes.clone().try_acquire_many_owned(bytes).map_err(|_| StoreError::Full)?;
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Message::Put(Waiting { item, answer, _bytes: bytes })).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Full,
            mpsc::error::TrySendError::Closed(_) => StoreError::Database(sqlx::Error::PoolClosed),
        })?;
        answered.await.unwrap_or(Err(StoreError::Database(sqlx::Error::PoolClosed)))
    }

    /// Whether somebody waits for an item to be kept.
    pub fn is_busy(&self) -> bool {
        self.bytes.available_permits() < QUEUE_BYTES_MAX as usize
    }

    /// Writes what waits, and takes nothing more.
    pub(super) async fn close(&self) {
        let (closed, wait) = oneshot::channel();
        // An error means that it is closed already.
        if self.queue.send(Message::Close(closed)).await.is_ok() {
            let _ = wait.await;
        }
    }
}

struct Task {
    dialect: Dialect,
    pool: AnyPool,
    world: World,
    messages: mpsc::Receiver<Message>,
}

impl Task {
    async fn run(mut self) {
        let mut messages = Vec::with_capacity(BATCH_MAX);
        let mut closers = Vec::new();
        while self.messages.recv_many(&mut messages, BATCH_MAX).await > 0 {
            let mut batch = Vec::with_capacity(messages.len());
            for message in messages.drain(..) {
                match message {
                    Message::Put(waiting) => batch.push(waiting),
                    Message::Close(closed) => {
                        self.messages.close();
                        closers.push(closed);
                    }
                }
            }
            self.write(batch).await;
        }
        for closed in closers {
            let _ = closed.send(());
        }
    }

    async fn write(&self, mut batch: Vec<Waiting>) {
        // Everybody takes rows in the same order, so that two programs on one PostgreSQL cannot lock each other out.
        batch.sort_by(|one, other| place(&one.item).cmp(&place(&other.item)));
        match self.store(&batch).await {
            Ok(stored) => {
                for (waiting, stored) in batch.into_iter().zip(stored) {
                    let _ = waiting.answer.send(Ok(stored));
                }
            }
            Err(error) => refuse(batch, error),
        }
    }

    async fn store(&self, batch: &[Waiting]) -> Result<Vec<Stored>, sqlx::Error> {
        let mut transaction = open::begin(self.dialect, &self.pool).await?;
        let mut stored = Vec::with_capacity(batch.len());
        for waiting in batch {
            stored.push(self.insert(&mut transaction, &waiting.item).await?);
        }
        transaction.commit().await?;
        Ok(stored)
    }

    async fn insert(&self, transaction: &mut Transaction<'static, Any>, item: &NewItem) -> Result<Stored, sqlx::Error> {
        let inserted = sqlx::query(
            "INSERT INTO inbox (id, integration, source, event_id, body, received_ms, due_ms, attempts) \
             VALUES ($1, $2, $3, $4, $5, $6, $6, 0) ON CONFLICT DO NOTHING",
        )
        .bind(self.world.id())
        .bind(clean(&item.integration))
        .bind(item.source.name())
        .bind(clean(&item.event_id))
        .bind(clean(&item.body))
        .bind(self.world.now().0)
        .execute(&mut **transaction)
        .await?;
        Ok(if inserted.rows_affected() > 0 { Stored::New } else { Stored::Seen })
    }
}

/// Tells everybody in the batch the same. A database error cannot be copied, and what it says of one item is nothing to
/// the others: they hear only what is worth knowing.
fn refuse(batch: Vec<Waiting>, error: sqlx::Error) {
    let error = StoreError::from(error);
    tracing::error!(%error, items = batch.len(), "the inbox cannot be written");
    for waiting in batch {
        let error = match &error {
            StoreError::Full => StoreError::Full,
            StoreError::Database(sqlx::Error::PoolClosed) => StoreError::Database(sqlx::Error::PoolClosed),
            StoreError::Database(sqlx::Error::PoolTimedOut) => StoreError::Database(sqlx::Error::PoolTimedOut),
            _ => StoreError::Database(sqlx::Error::WorkerCrashed),
        };
        let _ = waiting.answer.send(Err(error));
    }
}

fn place(item: &NewItem) -> (&str, &str, &str) {
    (&item.integration, item.source.name(), &item.event_id)
}
