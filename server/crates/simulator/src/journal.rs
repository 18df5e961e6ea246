use crate::secrets::{mask_body, mask_query};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use world::Millis;

/// How many entries are kept; older ones are forgotten.
const ENTRIES_MAX: usize = 5_000;

/// How much of a body is kept, in bytes.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// Who was spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Peer {
    /// A request that reached the pretend DingTalk.
    #[serde(rename = "dingtalk")]
    DingTalk,
    /// A request that reached the pretend Flashduty.
    Flashduty,
    /// A request that the simulator made: an event, a click, a webhook.
    Outgoing,
}

/// One request and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Consecutive number, given by the journal in the order of the answers.
    pub n: u64,
    /// When the request came in or went out.
    pub at: Millis,
    /// Who was spoken to.
    pub peer: Peer,
    /// HTTP method.
    pub method: String,
    /// Path; of an outgoing request the whole address without its query.
    pub path: String,
    /// Query, secrets masked.
    pub query: String,
    /// HTTP status; 0 when there was no answer (cut, refused connection, time-out).
    pub status: u16,
    /// Request body, cut at 16 KiB, secrets masked where it is JSON.
    pub request_body: String,
    /// Response body, as above.
    pub response_body: String,
    /// What the simulator has to say about it: the fault applied, the reason of a failed push.
    pub note: String,
}

/// Every request in and out of the simulator, bounded. Cheap to clone: all clones are one journal.
#[derive(Clone, Default)]
pub struct Journal(Arc<Mutex<Pages>>);

#[derive(Default)]
struct Pages {
    next: u64,
    entries: VecDeque<Entry>,
}

impl Journal {
    /// Writes an entry, numbering it, masking its secrets and cutting its bodies. Returns its number.
    pub fn record(&self, mut entry: Entry) -> u64 {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pages.next += 1;
        entry.n = pages.next;
        entry.query = mask_query(&entry.query);
        entry.request_body = mask_body(&cut(entry.request_body));
        entry.response_body = mask_body(&cut(entry.response_body));
        if pages.entries.len() == ENTRIES_MAX {
            pages.entries.pop_front();
        }
        pages.entries.push_back(entry);
        pages.next
    }

    /// All entries kept, oldest first.
    pub fn entries(&self) -> Vec<Entry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entries.iter().cloned().collect()
    }

    /// The kept entries after the one with this number, oldest first.
    pub fn after(&self, n: u64) -> Vec<Entry> {
        let pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = pages.entries.partition_point(|entry| entry.n <= n);
        pages.entries.range(first..).cloned().collect()
    }

    /// How many of the kept entries `wanted` says yes to.
    pub fn count(&self, wanted: impl Fn(&Entry) -> bool) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entries.iter().filter(|entry| wanted(entry)).count()
    }

    /// Forgets all entries; numbering goes on.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entries.clear();
    }
}

fn cut(mut text: String) -> String {
    if text.len() > BODY_BYTES_MAX {
        let mut end = BODY_BYTES_MAX;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(query: &str, request_body: &str) -> Entry {
        Entry {
            n: 0,
            at: Millis(1),
            peer: Peer::DingTalk,
            method: "POST".into(),
            path: "/x".into(),
            query: query.into(),
            status: 200,
            request_body: request_body.into(),
            response_body: String::new(),
            note: String::new(),
        }
    }

    #[test]
    fn it_numbers_masks_cuts_and_forgets() {
        let journal = Journal::default();
        for _ in 0..ENTRIES_MAX + 3 {
            journal.record(entry("access_token=abc&x=1", &"字".repeat(BODY_BYTES_MAX)));
        }
        let entries = journal.entries();
        assert_eq!(entries.len(), ENTRIES_MAX);
        assert_eq!(entries[0].n, 4);
        assert_eq!(entries[0].query, "access_token=***&x=1");
        assert!(entries[0].request_body.len() <= BODY_BYTES_MAX + 3);
        assert_eq!(journal.count(|entry| entry.n > 4), ENTRIES_MAX - 1);
        let last = entries[ENTRIES_MAX - 1].n;
        assert_eq!(journal.after(last - 2), entries[ENTRIES_MAX - 2..]);
        assert_eq!((journal.after(last), journal.after(0).len()), (Vec::new(), ENTRIES_MAX));
    }
}
