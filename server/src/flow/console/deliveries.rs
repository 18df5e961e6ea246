//! What went out, for the console: pages that are found without looking at everything, and one with all that is known.

use super::moment;
use crate::flow::refusal::Refusal;
use crate::flow::{delivery_log, resend};
use crate::model::card::{self, Card};
use crate::model::delivery::{Attempt, Delivery, DeliveryState, Next, Outcome, Target};
use crate::model::integration::Integration;
use crate::model::{digest, rendered};
use crate::state::State;
use crate::store::delivery_search::{self, Found, Wanted};
use crate::store::{self, StoreError, Tx};
use contract::console::deliveries::{AttemptShown, Deliveries, DeliveryRow, DeliveryView, Search, SendAgain};
use contract::words::outcome::{self, OutcomeWords};
use contract::{Language, ProblemCode};
use world::Millis;

/// Deliveries on a page.
const PAGE: usize = 50;
/// Most deliveries looked at for one page.
pub const NEAR: i64 = 5_000;

/// A page of deliveries; `again` asks what would be sent again if all of the kind were: `yes`, or where a run ended.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    state: &State,
    integration: &Integration,
    search: Search,
    again: Option<String>,
    language: Language,
) -> Result<Deliveries, StoreError> {
    let key = &integration.key;
    let mut misread = Vec::new();
    let wanted = wanted(&search, &integration.settings.time_zone, &mut misread);
    let after = read_as("after", &search.after, moment::place, &mut misread);
    let mut tx = state.store.read().await?;
    let fetch = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let Found { mut deliveries, looked_to } =
        delivery_search::search(&mut tx, key, &wanted, after, fetch, NEAR).await?;
    let has_more = deliveries.len() > PAGE;
    deliveries.truncate(PAGE);
    let last = deliveries.last().map(|last| (last.created, last.id.clone()));
    let next = if has_more { last } else { looked_to.clone() };
    let person = match &wanted.person {
        Some(id) => store::link::by_user(&mut tx, key, id).await?.map(|link| link.employee.name).unwrap_or_default(),
        None => String::new(),
    };
    let group = match &wanted.chat_id {
        Some(id) => store::chat::by_id(&mut tx, key, id).await?.map(|chat| chat.title).unwrap_or_default(),
        None => String::new(),
    };
    Ok(Deliveries {
        misread,
        outcomes: Outcome::ALL.iter().map(|one| (one.name(), outcome::of(one.name(), language).cause)).collect(),
        person,
        group,
        rows: deliveries.iter().map(|delivery| row(delivery, language)).collect(),
        next: next.map(|place| moment::place_text(&place)),
        looked_to_ms: looked_to.filter(|_| !has_more).map(|(at, _)| at.0),
        again: send_again(&mut tx, key, &wanted, again, language).await?,
        search,
    })
}

/// What would be sent again; none unless the search is for what failed with one outcome.
async fn send_again(
    tx: &mut Tx,
    key: &str,
    wanted: &Wanted,
    again: Option<String>,
    language: Language,
) -> Result<Option<SendAgain>, StoreError> {
    let (Some(outcome), Some(DeliveryState::Failed)) = (wanted.outcome, wanted.state) else { return Ok(None) };
    let is_other =
        [&wanted.person, &wanted.chat_id, &wanted.incident_id, &wanted.query].into_iter().any(Option::is_some);
    let never_fails = outcome.next_time(1, Millis(0), Millis(0), None, 0.0) == Next::Done;
    if is_other || wanted.until.is_some() || never_fails {
        return Ok(None);
    }
    let (since, most) = (wanted.since.unwrap_or(Millis(0)), resend::AT_ONCE_MAX);
    let after = again.filter(|after| moment::place(after).is_some()).unwrap_or_default();
    Ok(Some(SendAgain {
        outcome: outcome.name().to_owned(),
        cause: outcome::of(outcome.name(), language).cause.to_owned(),
        since_ms: since.0,
        count: delivery_search::count_failed(tx, key, outcome, since, most).await?,
        most,
        after,
    }))
}

/// One delivery with everything that is known of it.
///
/// # Errors
/// `NotFound`.
pub async fn one(state: &State, key: &str, id: &str, language: Language) -> Result<DeliveryView, Refusal> {
    let mut tx = state.store.read().await?;
    let found = store::delivery::get(&mut tx, id).await?.filter(|delivery| delivery.integration == key);
    let delivery = found.ok_or(ProblemCode::NotFound)?;
    let attempts = store::delivery::attempts(&mut tx, id, delivery_log::ATTEMPTS_SHOWN).await?;
    let card = store::card::get(&mut tx, &delivery.out_track_id()).await?;
    let objection = resend::why_not(&mut tx, &delivery).await?;
    let can_force = objection.as_ref().is_some_and(|refusal| refusal.code == ProblemCode::NeedsForce);
    let said = objection.as_ref().and_then(|refusal| refusal.message.clone());
    Ok(DeliveryView {
        row: row(&delivery, language),
        is_final: objection.is_some() && !can_force,
        can_force,
        objection: said.map(|said| said.words(language)).unwrap_or_default(),
        attempts: attempts.iter().map(|attempt| shown(attempt, card.as_ref(), language)).collect(),
        card: card.as_ref().map(card::shown),
        folded_into: delivery.digest.clone().filter(|id| digest::is_id(id)),
        reason: delivery.reason,
        code: delivery.code,
        message: delivery.message,
        request_id: delivery.request_id,
    })
}

/// How many wait, and how many failed since `since`, each 100 at most.
///
/// # Errors
/// The database does not answer.
pub async fn at_a_glance(tx: &mut Tx, key: &str, since: Millis) -> Result<(i64, i64), StoreError> {
    let waiting = delivery_search::count_in_state(tx, key, DeliveryState::Waiting, Millis(0), 100).await?;
    let failed = delivery_search::count_in_state(tx, key, DeliveryState::Failed, since, 100).await?;
    Ok((waiting, failed))
}

/// What a search means. What makes no sense is named and leaves nothing out.
fn wanted(search: &Search, zone: &str, misread: &mut Vec<&'static str>) -> Wanted {
    let text = |value: &String| Some(value.clone()).filter(|value| !value.is_empty());
    let incident = text(&search.incident);
    let id = search.query.strip_prefix('#').unwrap_or(&search.query);
    let is_id = id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (incident_id, query) = match incident {
        None if is_id => (Some(id.to_lowercase()), None),
        incident => (incident, Some(id.to_owned()).filter(|id| !id.is_empty())),
    };
    Wanted {
        outcome: read_as("outcome", &search.outcome, Outcome::from_name, misread),
        state: read_as("state", &search.state, DeliveryState::from_name, misread),
        since: read_as("since", &search.since, |text| moment::read(text, zone), misread),
        until: read_as("until", &search.until, |text| moment::read(text, zone), misread),
        person: text(&search.person),
        chat_id: text(&search.group),
        incident_id,
        query,
    }
}

/// What a parameter says, if anything; its name goes to `misread` when it makes no sense.
fn read_as<T>(
    name: &'static str,
    value: &str,
    read: impl Fn(&str) -> Option<T>,
    misread: &mut Vec<&'static str>,
) -> Option<T> {
    let found = read(value);
    if found.is_none() && !value.is_empty() {
        misread.push(name);
    }
    found
}

fn row(delivery: &Delivery, language: Language) -> DeliveryRow {
    let words = words(delivery, language);
    let target_id = delivery.target.id();
    let is_waiting = delivery.state == DeliveryState::Waiting;
    DeliveryRow {
        id: delivery.id.clone(),
        target_kind: delivery.target.kind().to_owned(),
        target: if delivery.target_name.is_empty() { target_id.clone() } else { delivery.target_name.clone() },
        target_id,
        incident_id: delivery.incident_id.clone(),
        text: delivery.text.clone(),
        state: delivery.state.name().to_owned(),
        outcome: delivery.outcome.name().to_owned(),
        cause: words.cause.to_owned(),
        cure: words.cure.to_owned(),
        who: words.who.to_owned(),
        created_ms: delivery.created.0,
        updated_ms: delivery.updated.0,
        next_ms: delivery.next.filter(|_| is_waiting).map(|at| at.0),
        attempts: delivery.attempts,
        cost: delivery.cost,
    }
}

/// What people read about how it stands with a delivery.
pub fn words(delivery: &Delivery, language: Language) -> OutcomeWords {
    match delivery.state {
        DeliveryState::Failed => outcome::given_up(delivery.outcome.name(), language),
        _ => outcome::of(delivery.outcome.name(), language),
    }
}

fn shown(attempt: &Attempt, card: Option<&Card>, language: Language) -> AttemptShown {
    // A card's attempts keep its line in the list of chats; everything else that goes out is markdown.
    let is_card = card.is_some_and(|card| !matches!(card.target, Target::Everybody));
    AttemptShown {
        number: attempt.number,
        outcome: attempt.outcome.name().to_owned(),
        cause: outcome::of(attempt.outcome.name(), language).cause.to_owned(),
        code: attempt.code.clone(),
        message: attempt.message.clone(),
        request_id: attempt.request_id.clone(),
        cost: attempt.cost,
        took_ms: i64::try_from(attempt.took.as_millis()).unwrap_or(i64::MAX),
        at_ms: attempt.at.0,
        text: if is_card { rendered::plain(&attempt.text) } else { rendered::rendered(&attempt.text) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_read_leniently_and_what_is_not_understood_is_named() {
        let mut misread = Vec::new();
        let search = |pairs: &[(&str, &str)]| {
            let mut search = Search::default();
            pairs.iter().for_each(|(name, value)| search.read(name, value));
            search
        };
        let bad = [("outcome", "nonsense"), ("state", "x"), ("since", "yesterday"), ("until", "2026-13-01T00:00")];
        let read = wanted(&search(&bad), "Asia/Shanghai", &mut misread);
        assert_eq!(misread, ["outcome", "state", "since", "until"]);
        assert!(read.outcome.is_none() && read.state.is_none() && read.since.is_none() && read.until.is_none());
        misread.clear();
        let id = "69da451ef77b1b51f40e83ee";
        let read = wanted(&search(&[("q", id), ("since", "2026-09-21T08:00")]), "Asia/Shanghai", &mut misread);
        assert_eq!(
            (read.incident_id.as_deref(), read.query, read.since),
            (Some(id), None, Some(Millis(1_789_948_800_000)))
        );
        let read = wanted(&search(&[("q", "#0E83EE"), ("outcome", "app not linked")]), "UTC", &mut misread);
        assert_eq!((read.query.as_deref(), read.outcome), (Some("0E83EE"), Some(Outcome::AppNotLinked)));
        assert!(misread.is_empty());
    }
}
