//! The audit log for the console.

use super::moment;
use crate::flow::audit::{self, Chained};
use crate::model::integration::Integration;
use crate::state::State;
use crate::store::StoreError;
use crate::store::audit_search::{self, Found, Wanted};
use contract::console::audit::{AuditPage, AuditRow, AuditSearch, Verdict};
use serde_json::Value;
use world::Millis;

/// Lines on a page.
const PAGE: usize = 50;
/// Most lines looked at for one page.
pub const NEAR: i64 = 10_000;
/// Longest detail that is shown, in characters.
const DETAIL_CHARS_MAX: usize = 500;
/// Most details of a line that are shown.
const DETAILS_MAX: usize = 30;

/// A page of an integration's log; `verify` walks along all of it.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    state: &State,
    integration: &Integration,
    search: AuditSearch,
    verify: bool,
) -> Result<AuditPage, StoreError> {
    let key = &integration.key;
    let zone = &integration.settings.time_zone;
    let mut misread = Vec::new();
    let mut moment_of = |name: &'static str, text: &str| {
        let at = moment::read(text, zone);
        misread.extend((at.is_none() && !text.is_empty()).then_some(name));
        at
    };
    let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let wanted = Wanted {
        actor: given(&search.actor),
        act: given(&search.act),
        since: moment_of("since", &search.since),
        until: moment_of("until", &search.until),
    };
    let after = moment::place(&search.after);
    misread.extend((after.is_none() && !search.after.is_empty()).then_some("after"));
    let fetch = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut tx = state.store.read().await?;
    let Found { lines, looked_to } = audit_search::search(&mut tx, key, &wanted, after, fetch, NEAR).await?;
    drop(tx);
    let has_more = lines.len() > PAGE;
    let shown = &lines[..lines.len().min(PAGE)];
    let last = shown.last().filter(|_| has_more).map(|last| (last.at, last.id.clone()));
    let verdict = if verify { Some(verdict(state, key).await?) } else { None };
    Ok(AuditPage {
        misread,
        rows: shown.iter().enumerate().map(|(place, line)| row(line, lines.get(place + 1))).collect(),
        next: last.or_else(|| looked_to.clone()).map(|place| moment::place_text(&place)),
        looked_to_ms: looked_to.filter(|_| !has_more).map(|(at, _): (Millis, String)| at.0),
        verdict,
        search,
    })
}

async fn verdict(state: &State, key: &str) -> Result<Verdict, StoreError> {
    let found = audit::verify(state, Some(key), None).await?.into_iter().next();
    let Some(found) = found else { return Ok(Verdict { holds: true, ..Verdict::default() }) };
    let faults = found.faults.iter().map(|fault| serde_json::to_string(fault).unwrap_or_default());
    let outside = (found.outside > 0).then(|| format!("{{\"fault\":\"outside\",\"lines\":{}}}", found.outside));
    Ok(Verdict { holds: found.holds(), lines: found.lines, faults: faults.chain(outside).collect(), hash: found.hash })
}

/// A line, held against the one before it where that is at hand.
fn row(line: &Chained, older: Option<&Chained>) -> AuditRow {
    let seq = Some(line.seq).filter(|seq| *seq > 0);
    let follows = older.filter(|older| older.seq + 1 == line.seq).is_none_or(|older| older.hash == line.previous);
    AuditRow {
        seq,
        holds: seq.is_some() && line.digest() == line.hash && follows,
        actor: line.actor.clone(),
        act: line.act.clone(),
        subject: line.subject.clone(),
        details: details(&line.detail),
        address: line.address.clone(),
        at_ms: line.at.0,
        hash: line.hash.clone(),
    }
}

/// The fields of a detail, each as a text.
fn details(detail: &str) -> Vec<(String, String)> {
    let cut = |text: String| text.chars().take(DETAIL_CHARS_MAX).collect();
    match serde_json::from_str(detail) {
        Ok(Value::Object(fields)) => {
            let text = |value: Value| match value {
                Value::String(text) => text,
                other => other.to_string(),
            };
            fields.into_iter().take(DETAILS_MAX).map(|(name, value)| (name, cut(text(value)))).collect()
        }
        _ if detail.is_empty() => Vec::new(),
        _ => vec![(String::new(), cut(detail.to_owned()))],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(seq: i64, previous: &str) -> Chained {
        let mut line = Chained {
            seq,
            previous: previous.to_owned(),
            hash: String::new(),
            id: format!("id{seq}"),
            integration: "alpha".into(),
            actor: "li".into(),
            act: "linked".into(),
            subject: "li".into(),
            detail: "{\"force\":true,\"to\":\"<b>\"}".into(),
            address: String::new(),
            at: Millis(seq),
        };
        line.hash = line.digest();
        line
    }

    #[test]
    fn a_line_holds_as_it_was_written_behind_the_one_before() {
        let first = line(1, "");
        let second = line(2, &first.hash);
        assert!(row(&second, Some(&first)).holds && row(&second, None).holds);
        assert!(!row(&Chained { actor: "wang".into(), ..second.clone() }, None).holds, "changed");
        let other = line(1, "x");
        assert!(!row(&second, Some(&other)).holds, "another line stands before it");
        assert!(row(&line(9, "y"), Some(&first)).holds, "a filter left the lines between out");
        let outside = row(&Chained { seq: 0, ..first }, None);
        assert_eq!((outside.seq, outside.holds), (None, false));
    }

    #[test]
    fn details_are_fields_whatever_stands_in_them() {
        assert_eq!(
            details("{\"force\":true,\"to\":\"<b>\"}"),
            [("force".into(), "true".into()), ("to".into(), "<b>".into())]
        );
        for (detail, count) in [("", 0), ("{}", 0), ("[1]", 1), ("no json", 1)] {
            assert_eq!(details(detail).len(), count, "{detail}");
        }
        let long = format!("{{\"a\":\"{}\"}}", "字".repeat(9_000));
        assert_eq!(details(&long)[0].1.chars().count(), DETAIL_CHARS_MAX);
    }
}
