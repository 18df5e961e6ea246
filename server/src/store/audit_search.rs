//! Lines of the audit log by who did what and when, newest first, with what holds them together.

use super::audit_chain::line;
use super::sql::{Sql, sql};
use super::{StoreError, Tx};
use crate::model::audit_chain::Chained;
use world::Millis;

/// What of a log is wanted; nothing said is everything.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub actor: Option<String>,
    pub act: Option<String>,
    /// Written then or later.
    pub since: Option<Millis>,
    /// Written before.
    pub until: Option<Millis>,
}

/// What was found without looking at everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub lines: Vec<Chained>,
    /// Time and id of the last one looked at, when the search ended before the page was full and there are older ones.
    pub looked_to: Option<(Millis, String)>,
}

macro_rules! columns {
    () => {
        "id, integration, actor, act, subject, detail, address, at_ms, seq, previous, hash"
    };
}

/// The newest `$5` along an index.
macro_rules! along {
    ($along:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM audit WHERE integration = $1 AND (at_ms, id) < ($2, $3) AND at_ms >= $4 ",
            $along,
            " ORDER BY at_ms DESC, id DESC LIMIT $5"
        )
    };
}

const ALL: &str = along!("");
const OF_ACTOR: &str = along!("AND actor = $6");
const OF_ACT: &str = along!("AND act = $6");
/// One act of one actor: among the newest `$5` acts of the actor.
const OF_BOTH: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM (",
    along!("AND actor = $6"),
    ") AS near WHERE act = $7 ORDER BY at_ms DESC, id DESC LIMIT $8"
);
const EDGE: &str = "SELECT at_ms, id FROM audit WHERE integration = $1 AND (at_ms, id) < ($2, $3) AND at_ms >= $4 \
                    AND actor = $6 ORDER BY at_ms DESC, id DESC LIMIT 1 OFFSET $5";

/// Every text by which pages are found, for tests of how a database carries them out.
pub fn texts() -> [&'static str; 5] {
    [ALL, OF_ACTOR, OF_ACT, OF_BOTH, EDGE]
}

/// A page of lines: `after` is time and id of the last one. Where two things are asked, no more than `near` lines are
/// looked at.
pub async fn search(
    tx: &mut Tx,
    integration: &str,
    wanted: &Wanted,
    after: Option<(Millis, String)>,
    limit: i64,
    near: i64,
) -> Result<Found, StoreError> {
    let placed = |text: &'static str, limit: i64| placed(text, integration, wanted, after.clone(), limit);
    let page = match (&wanted.actor, &wanted.act) {
        (None, None) => placed(ALL, limit),
        (Some(actor), None) => placed(OF_ACTOR, limit).text(actor),
        (None, Some(act)) => placed(OF_ACT, limit).text(act),
        (Some(actor), Some(act)) => placed(OF_BOTH, near).text(actor).text(act).number(limit),
    };
    let rows = page.rows(tx).await?;
    let lines: Vec<Chained> = rows.iter().map(line).collect::<Result<_, _>>()?;
    let is_full = i64::try_from(lines.len()).is_ok_and(|found| found >= limit);
    let looked_to = match (&wanted.actor, &wanted.act) {
        (Some(actor), Some(_)) if !is_full => {
            let edge = placed(EDGE, near - 1).text(actor).row(tx).await?;
            edge.map(|row| Ok::<_, StoreError>((row.at("at_ms")?, row.text("id")?))).transpose()?
        }
        _ => None,
    };
    Ok(Found { lines, looked_to })
}

fn placed(text: &'static str, integration: &str, wanted: &Wanted, after: Option<(Millis, String)>, limit: i64) -> Sql {
    let until = wanted.until.unwrap_or(Millis(i64::MAX));
    // No id is less than an empty one, so that nothing of this very moment is meant.
    let (at, id) = after.filter(|(at, _)| *at < until).unwrap_or((until, String::new()));
    sql(text).text(integration).at(at).text(&id).at(wanted.since.unwrap_or(Millis(i64::MIN))).number(limit)
}
