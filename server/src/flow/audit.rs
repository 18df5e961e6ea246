//! The audit log: who did what to which, what holds its lines together, and the log as lines of JSON.

use super::refusal::Refusal;
use crate::model::audit_chain::{Fault, Walk};
use crate::origin;
use crate::state::State;
use crate::store::audit::AuditEntry;
use crate::store::audit_chain::{self, Chain};
use crate::store::{self, StoreError, Tx};
use serde::Serialize;
use serde_json::{Value, json};

pub use crate::model::audit_chain::Chained;

/// Lines read at a time: a whole log may be too much for the memory.
const PIECE: i64 = 500;
/// Faults told of one log: one that was written over has as many as lines.
const FAULTS_MAX: usize = 20;

/// Writes a line of now. The log of what belongs to no integration has an empty `key`. `detail` never holds a secret.
pub async fn write(
    state: &State,
    tx: &mut Tx,
    key: &str,
    actor: &str,
    act: &str,
    subject: &str,
    detail: Value,
) -> Result<(), StoreError> {
    let entry = AuditEntry {
        id: state.world.id(),
        integration: key.to_owned(),
        actor: actor.to_owned(),
        act: act.to_owned(),
        subject: subject.to_owned(),
        detail,
        address: origin::address(),
        at: state.world.now(),
    };
    store::audit::add(tx, &entry).await
}

/// How it stands with one log.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// Empty for the log of what belongs to no integration.
    pub integration: String,
    /// Lines that are there.
    pub lines: i64,
    /// Place of the newest line.
    pub seq: i64,
    /// Hash of the newest line: kept elsewhere, it shows later that nothing up to here was written anew.
    pub hash: String,
    /// Lines before this one were removed for their age.
    pub first_seq: i64,
    /// Lines that are in no place.
    pub outside: i64,
    /// Whether a line has the hash that was asked for; none when none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_noted: Option<bool>,
    pub faults: Vec<Fault>,
}

impl Verdict {
    /// Nothing was changed, added or taken away.
    pub fn holds(&self) -> bool {
        self.faults.is_empty() && self.outside == 0
    }
}

/// Reads logs from their first to their newest line: the one of an integration, or all of them. `noted` is a hash that
/// was kept elsewhere.
///
/// # Errors
/// The database does not answer.
pub async fn verify(state: &State, key: Option<&str>, noted: Option<&str>) -> Result<Vec<Verdict>, StoreError> {
    let mut tx = state.store.read().await?;
    let mut chains = audit_chain::list(&mut tx).await?;
    for log in audit_chain::owed(&mut tx).await? {
        if chains.iter().all(|chain| chain.integration != log) {
            chains.push(Chain { integration: log, ..Chain::default() });
        }
    }
    chains.sort_by(|one, other| one.integration.cmp(&other.integration));
    let mut verdicts = Vec::new();
    for chain in chains.into_iter().filter(|chain| key.is_none_or(|key| key == chain.integration)) {
        verdicts.push(walk(&mut tx, chain, noted).await?);
    }
    Ok(verdicts)
}

async fn walk(tx: &mut Tx, chain: Chain, noted: Option<&str>) -> Result<Verdict, StoreError> {
    let Chain { integration, seq, hash, removed_seq, removed_hash } = chain;
    let mut walk = Walk::after(removed_seq, &removed_hash);
    let (mut lines, mut faults, mut has_noted) = (0, Vec::new(), noted.map(|noted| noted == removed_hash));
    loop {
        let piece = audit_chain::lines(tx, &integration, walk.seq(), PIECE).await?;
        if piece.is_empty() {
            break;
        }
        for line in &piece {
            faults.extend(walk.step(line).filter(|_| faults.len() < FAULTS_MAX));
            if noted == Some(line.hash.as_str()) {
                has_noted = Some(true);
            }
            lines += 1;
        }
    }
    faults.extend(walk.end(seq, &hash));
    if seq == 0 {
        // A log begins with its first line.
        faults.push(Fault::CutOff { seq: 1 });
    }
    let outside = audit_chain::count_outside(tx, &integration, removed_seq).await?;
    Ok(Verdict { integration, lines, seq, hash, first_seq: removed_seq + 1, outside, has_noted, faults })
}

/// The next lines of a log behind a place, oldest first; none at its end.
///
/// # Errors
/// The database does not answer.
pub async fn lines(state: &State, key: &str, after: i64) -> Result<Vec<Chained>, Refusal> {
    let mut tx = state.store.read().await?;
    Ok(audit_chain::lines(&mut tx, key, after, PIECE).await?)
}

/// The keys of all logs.
///
/// # Errors
/// The database does not answer.
pub async fn logs(state: &State) -> Result<Vec<String>, StoreError> {
    let mut tx = state.store.read().await?;
    Ok(audit_chain::list(&mut tx).await?.into_iter().map(|chain| chain.integration).collect())
}

/// A line of an export, with everything that its hash is made of.
pub fn exported(line: &Chained) -> Value {
    let detail = serde_json::from_str(&line.detail).unwrap_or_else(|_| Value::String(line.detail.clone()));
    json!({
        "seq": line.seq,
        "id": line.id,
        "integration": line.integration,
        "actor": line.actor,
        "act": line.act,
        "subject": line.subject,
        "detail": detail,
        "address": line.address,
        "at_ms": line.at.0,
        "previous": line.previous,
        "hash": line.hash,
    })
}
