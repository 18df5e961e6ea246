//! The whole database as lines of JSON, and back: one form for both databases, so that a backup of one can be restored
//! into the other. Secrets stay sealed in it.
//!
//! A backup is read in one transaction that sees one state, while everybody goes on working. The names of tables and
//! columns come from the database's own catalogue, never from a file.

use super::sql::Row;
use super::{Dialect, Store, StoreError, Tx};
use crate::model::backup::{Header, Line};
use futures::TryStreamExt;
use serde_json::Value;
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;
use std::io::{BufRead, Read, Write};

/// Rows written in one statement when a backup is restored.
const PIECE: usize = 200;
/// Longest line of a backup, in bytes: the largest rows hold a webhook of 4 MiB, whose quotes are escaped twice.
const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// What the database keeps for itself, and a row that only shows that it takes one.
const NOT_KEPT: [&str; 2] = ["_sqlx_migrations", "probe"];

/// Why there is no backup, or no restored database.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    #[error("the file cannot be read or written: {0}")]
    File(#[from] std::io::Error),
    #[error("it is not a whole backup of dingduty: {0}")]
    Malformed(&'static str),
    #[error("a newer dingduty has made it (migration {0})")]
    Newer(i64),
    #[error("the database is not empty")]
    NotEmpty,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Rows by table.
pub type Rows = BTreeMap<String, u64>;

struct Table {
    name: String,
    columns: Vec<String>,
}

impl Store {
    /// Writes everything.
    ///
    /// # Errors
    /// The database or the file.
    pub async fn dump(&self, version: &str, out: &mut (dyn Write + Send)) -> Result<Rows, DumpError> {
        let mut tx = self.read().await?;
        let header = Header {
            dingduty_backup: Header::FORM,
            version: version.to_owned(),
            migration: migration(&mut tx).await?,
            made: self.shared.world.now(),
        };
        write(out, &Line::Header(header))?;
        let mut rows = Rows::new();
        for table in tables(self.dialect, &mut tx).await? {
            let count = dump_table(self.dialect, &mut tx, &table, out).await?;
            rows.insert(table.name, count);
        }
        write(out, &Line::End { end: rows.clone() })?;
        out.flush()?;
        Ok(rows)
    }

    /// Reads everything back, in one transaction: whole or not at all. Into an empty database, or with `replace` in the
    /// place of whatever is there.
    ///
    /// # Errors
    /// The database or the file; nothing was changed then.
    pub async fn load(&self, from: &mut (dyn BufRead + Send), replace: bool) -> Result<Rows, DumpError> {
        let mut tx = self.begin().await?;
        let mut reader = Reader { from, line: String::new() };
        let Some(Line::Header(header)) = reader.next()? else {
            return Err(DumpError::Malformed("it does not begin as one"));
        };
        if header.dingduty_backup != Header::FORM {
            return Err(DumpError::Malformed("its form is another one"));
        }
        if header.migration > migration(&mut tx).await? {
            return Err(DumpError::Newer(header.migration));
        }
        let tables = tables(self.dialect, &mut tx).await?;
        for table in &tables {
            clear(&mut tx, table, replace).await?;
        }
        let mut loading = Loading { dialect: self.dialect, tables, piece: Vec::new(), of: None, rows: Rows::new() };
        loop {
            match reader.next()? {
                Some(Line::Row { table, row }) => loading.take(&mut tx, &table, row).await?,
                Some(Line::End { end }) => {
                    loading.flush(&mut tx).await?;
                    let told: Rows = end.into_iter().filter(|(_, count)| *count > 0).collect();
                    if told != loading.rows {
                        return Err(DumpError::Malformed("rows are missing"));
                    }
                    tx.commit().await?;
                    return Ok(loading.rows);
                }
                Some(Line::Header(_)) => return Err(DumpError::Malformed("it begins twice")),
                None => return Err(DumpError::Malformed("it was cut off")),
            }
        }
    }
}

struct Reader<'a> {
    from: &'a mut (dyn BufRead + Send),
    line: String,
}

impl Reader<'_> {
    fn next(&mut self) -> Result<Option<Line>, DumpError> {
        self.line.clear();
        if (&mut *self.from).take(LINE_BYTES_MAX).read_line(&mut self.line)? == 0 {
            return Ok(None);
        }
        serde_json::from_str(&self.line).map(Some).map_err(|_| DumpError::Malformed("a line is not one of it"))
    }
}

struct Loading {
    dialect: Dialect,
    tables: Vec<Table>,
    /// Rows of one table that wait to be written.
    piece: Vec<Value>,
    /// Which table that is.
    of: Option<usize>,
    rows: Rows,
}

impl Loading {
    async fn take(&mut self, tx: &mut Tx, table: &str, row: Value) -> Result<(), DumpError> {
        let place = self.tables.iter().position(|known| known.name == table);
        let place = place.ok_or(DumpError::Malformed("it has a table that is not known"))?;
        let known = |name: &String| self.tables[place].columns.contains(name);
        if !row.as_object().is_some_and(|row| row.keys().all(known)) {
            return Err(DumpError::Malformed("it has a column that is not known"));
        }
        if self.of != Some(place) || self.piece.len() >= PIECE {
            self.flush(tx).await?;
        }
        // The columns of a piece are those of its first row: what another row has besides would be lost without a word.
        if self.piece.first().is_some_and(|first| !have_same_columns(first, &row)) {
            return Err(DumpError::Malformed("rows of one table have different columns"));
        }
        self.of = Some(place);
        self.piece.push(row);
        Ok(())
    }

    async fn flush(&mut self, tx: &mut Tx) -> Result<(), DumpError> {
        let piece = Value::Array(std::mem::take(&mut self.piece));
        let Some(table) = self.of.take().and_then(|place| self.tables.get(place)) else { return Ok(()) };
        // A column that the backup does not have yet takes its default, so only those of the rows are named.
        let columns: Vec<&String> = table.columns.iter().filter(|name| piece[0].get(name.as_str()).is_some()).collect();
        let names: Vec<_> = columns.iter().map(|name| format!("\"{name}\"")).collect();
        let (names, name) = (names.join(", "), &table.name);
        let text = match self.dialect {
            Dialect::Postgres => {
                format!(
                    "INSERT INTO \"{name}\" ({names}) SELECT {names} FROM json_populate_recordset(NULL::\"{name}\", $1::json)"
                )
            }
            Dialect::Sqlite => {
                let values: Vec<_> =
                    columns.iter().map(|name| format!("json_extract(value, '$.\"{name}\"')")).collect();
                format!("INSERT INTO \"{name}\" ({names}) SELECT {} FROM json_each($1)", values.join(", "))
            }
        };
        let written = sqlx::query(AssertSqlSafe(text)).bind(piece.to_string()).execute(&mut *tx.transaction).await;
        *self.rows.entry(name.clone()).or_default() += written.map_err(StoreError::from)?.rows_affected();
        Ok(())
    }
}

fn have_same_columns(one: &Value, other: &Value) -> bool {
    let (Some(one), Some(other)) = (one.as_object(), other.as_object()) else { return false };
    one.len() == other.len() && one.keys().all(|name| other.contains_key(name))
}

async fn dump_table(
    dialect: Dialect,
    tx: &mut Tx,
    table: &Table,
    out: &mut (dyn Write + Send),
) -> Result<u64, DumpError> {
    let name = &table.name;
    let text = match dialect {
        Dialect::Postgres => format!("SELECT row_to_json(whole)::text AS line FROM \"{name}\" AS whole"),
        Dialect::Sqlite => {
            let pairs: Vec<_> = table.columns.iter().map(|column| format!("'{column}', \"{column}\"")).collect();
            format!("SELECT json_object({}) AS line FROM \"{name}\"", pairs.join(", "))
        }
    };
    let mut rows = sqlx::query(AssertSqlSafe(text)).fetch(&mut *tx.transaction);
    let mut count = 0;
    while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
        let row = serde_json::from_str(&Row::from(row).text("line")?).map_err(|_| DumpError::Malformed("a row"))?;
        write(out, &Line::Row { table: name.clone(), row })?;
        count += 1;
    }
    Ok(count)
}

/// Our tables with their columns, by name.
async fn tables(dialect: Dialect, tx: &mut Tx) -> Result<Vec<Table>, StoreError> {
    let text = match dialect {
        Dialect::Postgres => {
            "SELECT CAST(table_name AS TEXT) AS tab, CAST(column_name AS TEXT) AS col FROM information_schema.columns \
             WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
        }
        Dialect::Sqlite => {
            "SELECT m.name AS tab, c.name AS col FROM sqlite_master AS m, pragma_table_info(m.name) AS c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid"
        }
    };
    let mut tables: Vec<Table> = Vec::new();
    for row in super::sql::sql(text).rows(tx).await? {
        let (name, column) = (row.text("tab")?, row.text("col")?);
        if NOT_KEPT.contains(&name.as_str()) {
            continue;
        }
        match tables.last_mut().filter(|table| table.name == name) {
            Some(table) => table.columns.push(column),
            None => tables.push(Table { name, columns: vec![column] }),
        }
    }
    Ok(tables)
}

async fn migration(tx: &mut Tx) -> Result<i64, StoreError> {
    super::sql::sql("SELECT MAX(version) AS n FROM _sqlx_migrations").count(tx).await
}

async fn clear(tx: &mut Tx, table: &Table, replace: bool) -> Result<(), DumpError> {
    let name = &table.name;
    let query = sqlx::query(AssertSqlSafe(format!("DELETE FROM \"{name}\"")));
    let removed = query.execute(&mut *tx.transaction).await.map_err(StoreError::from)?.rows_affected();
    // Nothing is committed where something was there that is to stay.
    if removed > 0 && !replace { Err(DumpError::NotEmpty) } else { Ok(()) }
}

fn write(out: &mut (dyn Write + Send), line: &Line) -> Result<(), DumpError> {
    serde_json::to_writer(&mut *out, line).map_err(std::io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}
