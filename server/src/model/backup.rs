//! The form of a backup: a header, the rows of all tables, an end that counts them. Each is a line of JSON.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use world::Millis;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Line {
    Header(Header),
    Row {
        table: String,
        row: Value,
    },
    /// Rows by table: a file without it was cut off.
    End {
        end: BTreeMap<String, u64>,
    },
}

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The form, which a later release may change.
    pub dingduty_backup: i64,
    /// The program that made it.
    pub version: String,
    /// Its newest migration: tables of a newer one cannot be restored by an older program.
    pub migration: i64,
    #[serde(rename = "made_ms")]
    pub made: Millis,
}

impl Header {
    /// The form written here.
    pub const FORM: i64 = 1;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_read_back_as_what_they_are() {
        let header = Header { dingduty_backup: 1, version: "0".into(), migration: 1, made: Millis(1) };
        let row = Line::Row { table: "link".into(), row: serde_json::json!({"end": {"a": 1}, "dingduty_backup": 1}) };
        for line in [Line::Header(header), row, Line::End { end: BTreeMap::from([("link".into(), 1)]) }] {
            let text = serde_json::to_string(&line).unwrap();
            assert_eq!(serde_json::from_str::<Line>(&text).unwrap(), line);
        }
    }
}
