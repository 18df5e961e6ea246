//! How the store fails. No text here carries data: PostgreSQL's own messages quote values.

use super::seal::SealError;
use std::fmt;

/// Why the store could not do it.
#[derive(thiserror::Error)]
pub enum StoreError {
    /// The database refused or could not be reached. The cause is kept for matching, never printed.
    #[error("database: {}", words(.0))]
    Database(sqlx::Error),
    /// A sealed value does not open.
    #[error("a sealed value of {table} does not open: {error}")]
    Sealed { table: &'static str, error: SealError },
    /// A row holds what this program never writes.
    #[error("{table} holds what cannot be read: {what}")]
    Corrupt { table: &'static str, what: &'static str },
    /// Nothing can be written at the moment: disk full, database read-only, or the queue of new items is full.
    #[error("the database takes nothing at the moment")]
    Full,
    /// Another row has this place.
    #[error("it exists already")]
    Taken,
    /// Others changed the same row again and again meanwhile.
    #[error("others changed the same row meanwhile")]
    Conflict,
}

impl StoreError {
    /// Whether trying again later may help: nothing is wrong with what was asked for.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Full | Self::Conflict => true,
            Self::Database(error) => {
                use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Tls, WorkerCrashed};
                let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
                matches!(error, Io(_) | PoolClosed | PoolTimedOut | Tls(_) | WorkerCrashed)
                    || code.is_some_and(|code| passes(&code))
            }
            _ => false,
        }
    }
}

/// The same as the text: the cause's own `Debug` prints rows and addresses.
impl fmt::Debug for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "StoreError({self})")
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let sqlx::Error::Database(refusal) = &error else {
            return Self::Database(error);
        };
        if refusal.is_unique_violation() {
            return Self::Taken;
        }
        match refusal.code() {
            Some(code) if takes_nothing(&code) => Self::Full,
            // PostgreSQL: a deadlock or a transaction that could not be ordered; the same again will do.
            Some(code) if matches!(&*code, "40P01" | "40001") => Self::Conflict,
            _ => Self::Database(error),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::Execute(error) => error.into(),
            other => Self::Database(other.into()),
        }
    }
}

/// SQLite's result codes are numbers, with details above the lowest byte; PostgreSQL's have five characters.
fn takes_nothing(code: &str) -> bool {
    match code.parse::<u32>() {
        // READONLY, FULL; IOERR_WRITE and IOERR_FSYNC are what a quota or a dying disk gives.
        Ok(number) if code.len() < 5 => matches!(number & 0xff, 8 | 13) || matches!(number, 778 | 1034),
        // Disk full, read-only transaction.
        _ => matches!(code, "53100" | "25006"),
    }
}

/// Trouble of the database itself, which passes: somebody else keeps it locked, its disk fails, it is being restarted.
fn passes(code: &str) -> bool {
    match code.parse::<u32>() {
        // BUSY, LOCKED, IOERR, CANTOPEN.
        Ok(number) if code.len() < 5 => matches!(number & 0xff, 5 | 6 | 10 | 14),
        // Resources, a lock that was not free in time, a statement that took too long, an operator's intervention.
        _ => code.starts_with("53") || code.starts_with("57") || code == "55P03",
    }
}

fn words(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(refusal) => match refusal.code().as_deref() {
            Some("14") => "the file cannot be opened".to_owned(),
            Some("26") => "the file is not a database".to_owned(),
            Some("28P01" | "28000") => "user or password refused".to_owned(),
            Some("3D000") => "there is no database of this name".to_owned(),
            Some(code) => format!("refused with code {code}"),
            None => "refused".to_owned(),
        },
        sqlx::Error::Configuration(_) => "the address cannot be used".to_owned(),
        sqlx::Error::Io(error) => format!("not reachable ({})", error.kind()),
        sqlx::Error::Tls(_) => "no secure connection".to_owned(),
        sqlx::Error::PoolTimedOut => "no connection became free in time".to_owned(),
        sqlx::Error::PoolClosed => "closed".to_owned(),
        sqlx::Error::ColumnNotFound(_) | sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
            "a column is not what it was made".to_owned()
        }
        sqlx::Error::Migrate(error) => format!("its tables cannot be brought up to date: {error}"),
        _ => "failed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_and_read_only_by_code() {
        for (code, expected) in [
            ("8", true),
            ("13", true),
            ("1032", true),
            ("778", true),
            ("53100", true),
            ("25006", true),
            ("5", false),
            ("2067", false),
            ("23505", false),
            ("40P01", false),
        ] {
            assert_eq!(takes_nothing(code), expected, "{code}");
        }
    }

    #[test]
    fn trouble_that_passes_by_code() {
        for (code, expected) in [
            ("5", true),
            ("261", true),
            ("1034", true),
            ("57P01", true),
            ("55P03", true),
            ("19", false),
            ("42P01", false),
        ] {
            assert_eq!(passes(code), expected, "{code}");
        }
    }

    #[test]
    fn the_text_carries_no_data() {
        let address = "postgres://u:hunter2@h/db".to_owned();
        let error = StoreError::from(sqlx::Error::Configuration(address.into()));
        assert_eq!(error.to_string(), "database: the address cannot be used");
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}
