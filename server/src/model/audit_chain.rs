//! The audit log as a chain of hashes: whoever changes, adds or takes away a line breaks it.
//!
//! The hashes have no key: whoever may write to the database could write all of them anew. An export or a noted hash
//! that is kept elsewhere shows that too.

use super::hash::hex_sha256;
use serde::Serialize;
use world::Millis;

/// What stands before the first line of a log.
pub const BEGINNING: &str = "";

/// A line in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chained {
    /// From 1, without gaps.
    pub seq: i64,
    /// Hash of the line before it.
    pub previous: String,
    pub hash: String,
    pub id: String,
    /// Empty for what concerns no integration.
    pub integration: String,
    pub actor: String,
    pub act: String,
    pub subject: String,
    /// JSON, as it is stored.
    pub detail: String,
    /// Where the request came from; empty for this machine.
    pub address: String,
    pub at: Millis,
}

impl Chained {
    /// SHA-256 of the line and of the hash before it, as a JSON array of their texts.
    pub fn digest(&self) -> String {
        let parts = [
            &self.previous,
            &self.seq.to_string(),
            &self.id,
            &self.integration,
            &self.actor,
            &self.act,
            &self.subject,
            &self.detail,
            &self.address,
            &self.at.0.to_string(),
        ];
        // A JSON array has one reading, whatever stands in its texts.
        hex_sha256(serde_json::Value::from_iter(parts.map(String::as_str)).to_string())
    }
}

/// What is wrong in a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "fault", rename_all = "kebab-case")]
pub enum Fault {
    /// Lines from `seq` to before the next one are not there.
    Missing { seq: i64 },
    /// The line does not say what it said when it was written.
    Changed { seq: i64 },
    /// The line does not follow the one before it.
    Unlinked { seq: i64 },
    /// The newest line is not the one that was written last.
    CutOff { seq: i64 },
}

/// Walks along a log.
pub struct Walk {
    seq: i64,
    hash: String,
}

impl Walk {
    /// Begins behind the line of this place and hash.
    pub fn after(seq: i64, hash: &str) -> Self {
        Self { seq, hash: hash.to_owned() }
    }

    /// The place of the last line walked over.
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// Goes on by one line; says what is wrong with it.
    pub fn step(&mut self, line: &Chained) -> Option<Fault> {
        let expected = self.seq + 1;
        let fault = if line.seq != expected {
            Some(Fault::Missing { seq: expected })
        } else if line.digest() != line.hash {
            Some(Fault::Changed { seq: line.seq })
        } else if line.previous != self.hash {
            Some(Fault::Unlinked { seq: line.seq })
        } else {
            None
        };
        // From here on by what the line says, so that one fault is told once.
        (self.seq, self.hash) = (line.seq, line.hash.clone());
        fault
    }

    /// Ends where the log's newest line has to be.
    pub fn end(&self, seq: i64, hash: &str) -> Option<Fault> {
        (self.seq != seq || self.hash != hash).then(|| Fault::CutOff { seq: self.seq + 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(length: i64) -> Vec<Chained> {
        let mut previous = BEGINNING.to_owned();
        let mut lines = Vec::new();
        for seq in 1..=length {
            let mut line = Chained {
                seq,
                previous,
                hash: String::new(),
                id: format!("id{seq}"),
                integration: "alpha".into(),
                actor: "li".into(),
                act: "linked".into(),
                subject: "li".into(),
                detail: "{}".into(),
                address: "192.0.2.1".into(),
                at: Millis(seq),
            };
            line.hash = line.digest();
            previous = line.hash.clone();
            lines.push(line);
        }
        lines
    }

    fn faults(lines: &[Chained], head: &Chained) -> Vec<Fault> {
        let mut walk = Walk::after(0, BEGINNING);
        let mut faults: Vec<_> = lines.iter().filter_map(|line| walk.step(line)).collect();
        faults.extend(walk.end(head.seq, &head.hash));
        faults
    }

    #[test]
    fn a_whole_chain_holds_and_every_change_is_named() {
        let whole = chain(5);
        let head = whole[4].clone();
        assert_eq!(faults(&whole, &head), []);

        type Change = fn(&mut Vec<Chained>);
        let cases: [(&str, Change, &[Fault]); 8] = [
            ("another actor", |lines| lines[2].actor = "wang".into(), &[Fault::Changed { seq: 3 }]),
            ("another detail", |lines| lines[2].detail = "[]".into(), &[Fault::Changed { seq: 3 }]),
            ("another time", |lines| lines[2].at = Millis(9), &[Fault::Changed { seq: 3 }]),
            ("another address", |lines| lines[2].address.clear(), &[Fault::Changed { seq: 3 }]),
            ("one taken out", |lines| drop(lines.remove(2)), &[Fault::Missing { seq: 3 }]),
            ("the newest taken away", |lines| drop(lines.pop()), &[Fault::CutOff { seq: 5 }]),
            (
                "two changed places",
                |lines| lines.swap(1, 2),
                &[Fault::Missing { seq: 2 }, Fault::Missing { seq: 4 }, Fault::Missing { seq: 3 }],
            ),
            (
                "changed, and its own hash written anew",
                |lines| {
                    lines[2].actor = "wang".into();
                    lines[2].hash = lines[2].digest();
                },
                &[Fault::Unlinked { seq: 4 }],
            ),
        ];
        for (what, change, expected) in cases {
            let mut lines = chain(5);
            change(&mut lines);
            assert_eq!(faults(&lines, &head), expected, "{what}");
        }
    }

    #[test]
    fn what_moves_from_one_field_to_the_next_is_another_line() {
        let mut line = chain(1).remove(0);
        (line.actor, line.act) = ("li\",\"x".into(), "y".into());
        let one = line.digest();
        (line.actor, line.act) = ("li".into(), "x\",\"y".into());
        assert_ne!(one, line.digest());
    }
}
