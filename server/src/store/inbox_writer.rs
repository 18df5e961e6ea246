//! Group commit: many callbacks share one wait for the disk, and each is answered after it.

use super::inbox::Source;
use super::sql::clean;
use super::{Dialect, StoreError, open};
use crate::model::hash::hex_sha256;
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AnyPool};
use std::sync::{Arc, LazyLock};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use world::World;

/// Items waiting to be written; more are refused at once, for a platform repeats what it was refused.
const QUEUE_MAX: usize = 4_096;
/// Bytes of waiting bodies, for the same reason.
const QUEUE_BYTES_MAX: u32 = 32 << 20;
const BATCH_MAX: usize = 256;
/// So many are worth a wait for the disk: while they wait for it, others are received.
const BATCH_GOOD: usize = 32;
/// Rows of one insert; few sizes, so that the database knows each statement after its first use.
const ROWS: [usize; 9] = [1, 2, 4, 8, 16, 24, 32, 48, ROWS_MAX];
const ROWS_MAX: usize = 64;
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

enum Message {
    Put(Waiting),
    /// Ends the task once everything before it is written.
    Close(oneshot::Sender<()>),
}

struct Waiting {
    item: NewItem,
    waiter: Waiter,
}

/// Who put an item, and the room it takes until it is written.
struct Waiter {
    answer: oneshot::Sender<Result<(), StoreError>>,
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

    /// Keeps an item and returns when it will survive a power cut; one that was seen before changes nothing.
    /// [`StoreError::Full`] at once when too many wait. An item whose caller has gone away is kept all the same.
    pub async fn put(&self, mut item: NewItem) -> Result<(), StoreError> {
        if item.event_id.chars().nth(EVENT_ID_CHARS_MAX).is_some() {
            item.event_id = hex_sha256(&item.event_id);
        }
        let bytes = u32::try_from(item.body.len()).unwrap_or(u32::MAX).min(QUEUE_BYTES_MAX);
        let bytes = self.bytes.clone().try_acquire_many_owned(bytes).map_err(|_| StoreError::Full)?;
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Message::Put(Waiting { item, waiter: Waiter { answer, _bytes: bytes } })).map_err(
            |error| match error {
                mpsc::error::TrySendError::Full(_) => StoreError::Full,
                mpsc::error::TrySendError::Closed(_) => StoreError::Database(sqlx::Error::PoolClosed),
            },
        )?;
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
            self.gather(&mut messages).await;
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

    /// Lets who is about to put something come first, as long as somebody does. Those who were just answered come again
    /// one after the other; the first alone would cost all others a wait for the disk. No clock is waited for: whoever is
    /// alone is written at once.
    async fn gather(&mut self, messages: &mut Vec<Message>) {
        let mut before = 0;
        while before < messages.len() && messages.len() < BATCH_GOOD {
            before = messages.len();
            tokio::task::yield_now().await;
            while messages.len() < BATCH_MAX
                && let Ok(message) = self.messages.try_recv()
            {
                messages.push(message);
            }
        }
    }

    async fn write(&self, mut batch: Vec<Waiting>) {
        // Nothing but the end of the program has come.
        if batch.is_empty() {
            return;
        }
        // Everybody takes rows in the same order, so that two programs on one PostgreSQL cannot lock each other out.
        batch.sort_by(|one, other| place(&one.item).cmp(&place(&other.item)));
        let (items, waiters): (Vec<_>, Vec<_>) = batch.into_iter().map(|one| (one.item, one.waiter)).unzip();
        match self.store(items).await {
            Ok(()) => {
                for waiter in waiters {
                    let _ = waiter.answer.send(Ok(()));
                }
            }
            Err(error) => refuse(waiters, error),
        }
    }

    async fn store(&self, mut items: Vec<NewItem>) -> Result<(), sqlx::Error> {
        // One statement is a transaction by itself.
        if items.len() <= ROWS_MAX {
            return self.insert(items).execute(&self.pool).await.map(drop);
        }
        let mut transaction = open::begin(self.dialect, &self.pool).await?;
        while !items.is_empty() {
            let rest = items.split_off(items.len().min(ROWS_MAX));
            self.insert(items).execute(&mut *transaction).await?;
            items = rest;
        }
        transaction.commit().await
    }

    fn insert(&self, mut rows: Vec<NewItem>) -> Query<'static, Any, AnyArguments> {
        let place = ROWS.iter().position(|size| rows.len() <= *size).unwrap_or(ROWS.len() - 1);
        // The last row fills what is left over: said twice, it is kept once, as it was said first.
        let filler = rows.last().map(|last| NewItem { body: String::new(), ..last.clone() });
        rows.extend(std::iter::repeat_n(filler, ROWS[place] - rows.len()).flatten());
        let mut insert = sqlx::query(INSERTS[place]);
        let now = self.world.now();
        for item in rows {
            insert = insert
                // What came later sorts later: adding at the end of an index is faster than in its middle.
                .bind(format!("{:011x}{}", now.0, self.world.text(12)))
                .bind(clean(&item.integration))
                .bind(item.source.name())
                .bind(clean(&item.event_id))
                .bind(clean(&item.body))
                .bind(now.0);
        }
        insert
    }
}

/// Inserts of so many rows as [`ROWS`] has numbers. A statement costs several times what a row costs.
static INSERTS: LazyLock<[&'static str; ROWS.len()]> = LazyLock::new(|| {
    let row = |number: usize| {
        let [id, integration, source, event_id, body, at] = std::array::from_fn(|column| number * 6 + column + 1);
        format!("(${id}, ${integration}, ${source}, ${event_id}, ${body}, ${at}, ${at}, 0)")
    };
    ROWS.map(|rows| {
        let values = (0..rows).map(row).collect::<Vec<_>>().join(", ");
        let into = "INSERT INTO inbox (id, integration, source, event_id, body, received_ms, due_ms, attempts)";
        &*format!("{into} VALUES {values} ON CONFLICT DO NOTHING").leak()
    })
});

/// Tells everybody in the batch the same. A database error cannot be copied, and what it says of one item is nothing to
/// the others: they hear only what is worth knowing.
fn refuse(waiters: Vec<Waiter>, error: sqlx::Error) {
    let error = StoreError::from(error);
    tracing::error!(%error, items = waiters.len(), "the inbox cannot be written");
    for waiter in waiters {
        let error = match &error {
            StoreError::Full => StoreError::Full,
            StoreError::Database(sqlx::Error::PoolClosed) => StoreError::Database(sqlx::Error::PoolClosed),
            StoreError::Database(sqlx::Error::PoolTimedOut) => StoreError::Database(sqlx::Error::PoolTimedOut),
            _ => StoreError::Database(sqlx::Error::WorkerCrashed),
        };
        let _ = waiter.answer.send(Err(error));
    }
}

fn place(item: &NewItem) -> (&str, &str, &str) {
    (&item.integration, item.source.name(), &item.event_id)
}
