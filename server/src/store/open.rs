//! Connections and transactions, the little that differs between SQLite and PostgreSQL.

use super::{Dialect, StoreError};
use sqlx::any::AnyPoolOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Any, AnyConnection, AnyPool, Connection, Transaction};
use std::str::FromStr;
use std::time::Duration;

/// How long to wait for a free connection: longer than any transaction of ours may take.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 10;

/// WAL lets readers go on while one writes; FULL makes a commit survive a power cut. The log is moved into the database
/// by [`checkpoint`] beside the writing; the writer, whom everybody waits for, does it itself only beyond 64 MiB.
const SQLITE_WRITER: &str = "PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL; \
    PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 16384;";
/// How often a start is tried beside others that start, and after what pause.
const MIGRATE_TRIES_MAX: usize = 100;
const MIGRATE_PAUSE: Duration = Duration::from_millis(50);
const SQLITE_READER: &str = "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON;";

/// A server that does not wait for its disk would answer for callbacks it then loses; a stricter setting stays. A
/// statement or a lock that takes so long is a fault.
const POSTGRES_SESSION: &str = "SELECT set_config('synchronous_commit', 'on', false) \
    WHERE current_setting('synchronous_commit') = 'off'; \
    SET statement_timeout = '30s'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s';";

/// Brings the tables up to date and opens the pools: writers, readers.
pub(super) async fn open(url: &str) -> Result<(Dialect, AnyPool, AnyPool), StoreError> {
    sqlx::any::install_default_drivers();
    if url.starts_with("sqlite:") {
        create_file(url)?;
        migrate_patiently(url).await?;
        let writers = pool(url, 1, SQLITE_WRITER).await?;
        let readers = pool(url, SQLITE_READERS, SQLITE_READER).await?;
        return Ok((Dialect::Sqlite, writers, readers));
    }
    if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        migrate(Dialect::Postgres, url).await?;
        let pool = pool(url, POSTGRES_CONNECTIONS, POSTGRES_SESSION).await?;
        return Ok((Dialect::Postgres, pool.clone(), pool));
    }
    Err(sqlx::Error::Configuration("neither sqlite: nor postgres:".into()).into())
}

/// Begins a transaction that may write. SQLite takes its lock at once: a lock taken later can fail in the middle.
pub(super) async fn begin(dialect: Dialect, pool: &AnyPool) -> Result<Transaction<'static, Any>, sqlx::Error> {
    match dialect {
        Dialect::Sqlite => pool.begin_with("BEGIN IMMEDIATE").await,
        Dialect::Postgres => pool.begin().await,
    }
}

/// Begins a transaction that sees one state of the database; both refuse to write in it.
pub(super) async fn read(dialect: Dialect, pool: &AnyPool) -> Result<Transaction<'static, Any>, sqlx::Error> {
    match dialect {
        Dialect::Sqlite => pool.begin().await,
        Dialect::Postgres => pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await,
    }
}

async fn pool(url: &str, connections: u32, session: &'static str) -> Result<AnyPool, sqlx::Error> {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // A file does not go away as a connection to a server does, and asking costs as much as a statement.
        .test_before_acquire(!url.starts_with("sqlite:"))
        // SQLite ends a transaction by itself when the disk is full, and sqlx then believes for ever that it goes on.
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        .after_connect(move |connection, _| {
            Box::pin(async move { sqlx::raw_sql(session).execute(connection).await.map(|_| ()) })
        })
        .connect(url)
        .await
}

/// Moves what SQLite's log holds into the database as far as nobody is in the way. PostgreSQL does so by itself.
pub(super) async fn checkpoint(dialect: Dialect, readers: &AnyPool) -> Result<(), sqlx::Error> {
    if dialect == Dialect::Sqlite {
        sqlx::raw_sql("PRAGMA wal_checkpoint(PASSIVE)").execute(readers).await?;
    }
    Ok(())
}

/// While another program starts, SQLite refuses the change of its journal at once instead of waiting.
async fn migrate_patiently(url: &str) -> Result<(), StoreError> {
    for _ in 1..MIGRATE_TRIES_MAX {
        match migrate(Dialect::Sqlite, url).await {
            Err(StoreError::Database(error)) if is_busy(&error) => pause().await,
            other => return other,
        }
    }
    migrate(Dialect::Sqlite, url).await
}

fn is_busy(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| code == "5")
}

#[expect(clippy::disallowed_methods, reason = "waits for another program, which cannot wake us")]
async fn pause() {
    tokio::time::sleep(MIGRATE_PAUSE).await;
}

/// PostgreSQL is locked by sqlx. On SQLite everything happens in one transaction that holds the write lock.
async fn migrate(dialect: Dialect, url: &str) -> Result<(), StoreError> {
    let mut migrator = sqlx::migrate!("./migrations");
    // The release before must run on the tables of the next one: columns go only a release after their last use.
    migrator.set_ignore_missing(true);
    let mut connection = AnyConnection::connect(url).await?;
    match dialect {
        Dialect::Sqlite => {
            sqlx::raw_sql("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL;").execute(&mut connection).await?;
            let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
            migrator.run(&mut *transaction).await?;
            transaction.commit().await?;
        }
        Dialect::Postgres => migrator.run(&mut connection).await?,
    }
    Ok(connection.close().await?)
}

/// Makes the file that is not there yet readable by its owner alone; SQLite gives its side files the same rights.
fn create_file(url: &str) -> Result<(), sqlx::Error> {
    let options = SqliteConnectOptions::from_str(url)?;
    let mut file = std::fs::OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    match file.open(options.get_filename()) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error.into()),
        _ => Ok(()),
    }
}
