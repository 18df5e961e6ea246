//! One statement with its values, the same text for SQLite and PostgreSQL, and its rows.
//!
//! A NUL character, which PostgreSQL refuses in text and SQLite takes, becomes U+FFFD on its way in: what comes from
//! outside may hold one, and both databases must answer the same.

use super::{StoreError, Tx};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::{Any, Row as _};
use world::Millis;

/// A statement that is being given its values, in the order of `$1`, `$2`, ….
pub(super) struct Sql(sqlx::query::Query<'static, Any, AnyArguments>);

/// Begins a statement.
pub(super) fn sql(text: &'static str) -> Sql {
    Sql(sqlx::query(text))
}

impl Sql {
    pub fn text(self, value: &str) -> Self {
        Self(self.0.bind(clean(value)))
    }

    pub fn maybe_text(self, value: Option<&str>) -> Self {
        Self(self.0.bind(value.map(clean)))
    }

    pub fn number(self, value: i64) -> Self {
        Self(self.0.bind(value))
    }

    pub fn maybe_number(self, value: Option<i64>) -> Self {
        Self(self.0.bind(value))
    }

    pub fn at(self, value: Millis) -> Self {
        self.number(value.0)
    }

    pub fn maybe_at(self, value: Option<Millis>) -> Self {
        self.maybe_number(value.map(|at| at.0))
    }

    /// Runs it and counts the rows it changed.
    pub async fn run(self, tx: &mut Tx) -> Result<u64, StoreError> {
        Ok(self.0.execute(&mut *tx.transaction).await?.rows_affected())
    }

    /// Runs it; true when it changed a row.
    pub async fn changed(self, tx: &mut Tx) -> Result<bool, StoreError> {
        Ok(self.run(tx).await? > 0)
    }

    pub async fn rows(self, tx: &mut Tx) -> Result<Vec<Row>, StoreError> {
        Ok(self.0.fetch_all(&mut *tx.transaction).await?.into_iter().map(Row).collect())
    }

    /// One text column of its rows.
    pub async fn texts(self, tx: &mut Tx, column: &str) -> Result<Vec<String>, StoreError> {
        self.rows(tx).await?.iter().map(|row| row.text(column)).collect()
    }

    /// The only row, of statements that cannot have more than one.
    pub async fn row(self, tx: &mut Tx) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(tx).await?.into_iter().next())
    }

    /// A statement whose answer is one number under the name `n`.
    pub async fn count(self, tx: &mut Tx) -> Result<i64, StoreError> {
        self.row(tx).await?.map_or(Ok(0), |row| row.number("n"))
    }
}

/// A row of an answer; columns by name.
pub(super) struct Row(AnyRow);

impl From<AnyRow> for Row {
    fn from(row: AnyRow) -> Self {
        Self(row)
    }
}

impl Row {
    pub fn text(&self, column: &str) -> Result<String, StoreError> {
        Ok(self.0.try_get(column)?)
    }

    pub fn maybe_text(&self, column: &str) -> Result<Option<String>, StoreError> {
        Ok(self.0.try_get(column)?)
    }

    pub fn number(&self, column: &str) -> Result<i64, StoreError> {
        Ok(self.0.try_get(column)?)
    }

    pub fn maybe_number(&self, column: &str) -> Result<Option<i64>, StoreError> {
        Ok(self.0.try_get(column)?)
    }

    pub fn at(&self, column: &str) -> Result<Millis, StoreError> {
        self.number(column).map(Millis)
    }

    pub fn maybe_at(&self, column: &str) -> Result<Option<Millis>, StoreError> {
        Ok(self.maybe_number(column)?.map(Millis))
    }
}

/// Reads a structure kept as JSON.
pub(super) fn from_json<T: DeserializeOwned>(
    table: &'static str,
    what: &'static str,
    text: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt { table, what })
}

/// Writes a structure to be kept as JSON.
pub(super) fn to_json<T: Serialize>(table: &'static str, what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Corrupt { table, what })
}

/// The value of a word from a closed list.
pub(super) fn known<T>(table: &'static str, what: &'static str, value: Option<T>) -> Result<T, StoreError> {
    value.ok_or(StoreError::Corrupt { table, what })
}

/// Text that both databases take.
pub(super) fn clean(value: &str) -> String {
    value.replace('\0', "\u{fffd}")
}

/// The pattern, escaped by `!`, of what contains `query`; to be held against text in small letters.
pub(super) fn pattern(query: &str) -> String {
    let folded = query.to_lowercase();
    format!("%{}%", folded.replace('!', "!!").replace('%', "!%").replace('_', "!_"))
}
