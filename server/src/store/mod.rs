//! SQL: one file per table, one text for SQLite and PostgreSQL.
//!
//! Every function takes the transaction it works in. Structures that carry a `version` are changed by comparing and
//! setting: an update is refused (`false`) when somebody else was faster, and the stored version grows by one; the
//! caller's copy does not.

pub mod audit;
pub mod audit_chain;
pub mod audit_search;
pub mod card;
pub mod card_text;
pub mod chat;
pub mod chat_health;
pub mod check_run;
pub mod console;
pub mod console_grant;
pub mod console_session;
pub mod delivery;
pub mod delivery_search;
pub mod digest;
pub mod directory;
pub mod dump;
mod error;
pub mod evidence;
pub mod health;
pub mod inbox;
mod inbox_writer;
pub mod incident;
pub mod integration;
pub mod link;
pub mod link_attempt;
pub mod link_message;
pub mod link_reminder;
pub mod made_incident;
pub mod member;
pub mod mention;
pub mod meter;
pub mod note;
pub mod oauth_client;
mod open;
pub mod reconcile;
mod reseal;
pub mod retention;
pub mod robot_push;
pub mod seal;
pub mod session;
mod sql;
pub mod subscription;
pub mod task;
pub mod throttle;
pub mod war_room;
pub mod war_room_person;
pub mod work_notice;
pub mod work_notice_batch;
pub mod work_notice_day;
pub mod work_notice_person;

pub use error::StoreError;
pub use reseal::Resealed;
pub use seal::SealingKeys;

use crate::model::audit_chain::Chained;
use inbox::InboxWriter;
use secrecy::SecretString;
use sqlx::{Any, AnyPool, Transaction};
use std::sync::Arc;
use world::World;

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
    dialect: Dialect,
    writers: AnyPool,
    readers: AnyPool,
    inbox: InboxWriter,
    resealed: Resealed,
}

/// A transaction. Dropped without [`Tx::commit`], it leaves nothing behind.
pub struct Tx {
    transaction: Transaction<'static, Any>,
    shared: Arc<Shared>,
    /// Lines of the audit log that get their places at the end.
    unchained: Vec<Chained>,
}

struct Shared {
    keys: SealingKeys,
    world: World,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Sqlite,
    Postgres,
}

impl Store {
    /// Opens `sqlite:<path>` (made when missing, for its owner alone) or `postgres://…`, and brings its tables up to
    /// date; programs that start at the same time wait for each other. What an older key has sealed is sealed anew with
    /// the newest.
    pub async fn open(url: &str, keys: SealingKeys, world: World) -> Result<Self, StoreError> {
        let (dialect, writers, readers) = open::open(url).await?;
        let inbox = InboxWriter::start(dialect, writers.clone(), world.clone());
        let mut store = Self {
            shared: Arc::new(Shared { keys, world }),
            dialect,
            writers,
            readers,
            inbox,
            resealed: Resealed::default(),
        };
        store.resealed = reseal::reseal(&store).await?;
        audit_chain::begin(&store).await?;
        Ok(store)
    }

    /// What this start sealed anew with the newest key.
    pub fn resealed(&self) -> Resealed {
        self.resealed
    }

    /// A transaction that may write. On SQLite there is one at a time: do nothing slow in it, and never begin another
    /// one before it has ended.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let transaction = open::begin(self.dialect, &self.writers).await?;
        Ok(Tx { transaction, shared: self.shared.clone(), unchained: Vec::new() })
    }

    /// A transaction that sees one state of the database and cannot write.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        let transaction = open::read(self.dialect, &self.readers).await?;
        Ok(Tx { transaction, shared: self.shared.clone(), unchained: Vec::new() })
    }

    /// Whether only one process at a time may serve from this database. Several share a PostgreSQL.
    pub fn is_of_one_process(&self) -> bool {
        self.dialect == Dialect::Sqlite
    }

    /// What kind of database it is.
    pub fn kind(&self) -> &'static str {
        match self.dialect {
            Dialect::Sqlite => "SQLite",
            Dialect::Postgres => "PostgreSQL",
        }
    }

    /// Ids of the sealing keys, the newest first.
    pub fn sealing_keys(&self) -> Vec<&str> {
        self.shared.keys.ids()
    }

    /// Where callbacks and webhooks are kept before they are answered.
    pub fn inbox(&self) -> &InboxWriter {
        &self.inbox
    }

    /// Keeps the database's log short, so that a start after a crash is quick. Nobody waits for it; do it every second.
    pub async fn checkpoint(&self) -> Result<(), StoreError> {
        Ok(open::checkpoint(self.dialect, &self.readers).await?)
    }

    /// Is the database there, and does it take a row? Writes one, so ask it no more than every few seconds.
    pub async fn ready(&self) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let now = tx.shared.world.now();
        sql::sql(
            "INSERT INTO probe (id, at_ms) VALUES ('ready', $1) ON CONFLICT (id) DO UPDATE SET at_ms = excluded.at_ms",
        )
        .at(now)
        .run(&mut tx)
        .await?;
        tx.commit().await
    }

    /// Stores what the inbox has been given, then closes every connection.
    pub async fn close(&self) {
        self.inbox.close().await;
        self.readers.close().await;
        self.writers.close().await;
    }
}

impl Tx {
    /// Makes what was done lasting.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        audit_chain::close(&mut self).await?;
        Ok(self.transaction.commit().await?)
    }

    fn seal(&self, table: &'static str, row: &str, clear: &str) -> Result<String, StoreError> {
        let Shared { keys, world } = &*self.shared;
        keys.seal(world, table, row, clear).map_err(|error| StoreError::Sealed { table, error })
    }

    fn unseal(&self, table: &'static str, row: &str, sealed: &str) -> Result<SecretString, StoreError> {
        self.shared.keys.open(table, row, sealed).map_err(|error| StoreError::Sealed { table, error })
    }
}
