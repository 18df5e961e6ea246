//! Deliveries by what is known of them, newest first. Whatever has an index of its own is a text of its own, because an
//! optional filter would keep the databases from using it.

use super::delivery::{columns, delivery, select};
use super::sql::{Sql, pattern, sql};
use super::{StoreError, Tx};
use crate::model::delivery::{Delivery, DeliveryState, Outcome};
use world::Millis;

/// What of the deliveries is wanted; nothing said is everything.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub outcome: Option<Outcome>,
    pub incident_id: Option<String>,
    pub state: Option<DeliveryState>,
    pub chat_id: Option<String>,
    /// User id of an employee, or member id of a responder without a link.
    pub person: Option<String>,
    /// Somewhere in target, text, incident's id, code, message or request id, in any case.
    pub query: Option<String>,
    /// Created then or later.
    pub since: Option<Millis>,
    /// Created before.
    pub until: Option<Millis>,
}

/// What was found without looking at everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub deliveries: Vec<Delivery>,
    /// Creation and id of the last one looked at, when the search ended before the page was full and there are older ones.
    pub looked_to: Option<(Millis, String)>,
}

/// The index a search goes along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Along {
    Time,
    Incident,
    Target,
    Outcome,
    State,
}

const FAILED: &str = "SELECT COUNT(*) AS n FROM (SELECT id FROM delivery WHERE integration = $1 AND outcome = $2 \
                      AND created_ms >= $3 AND state = 'failed' LIMIT $4) AS failed";
const IN_STATE: &str = "SELECT COUNT(*) AS n FROM (SELECT id FROM delivery WHERE integration = $1 AND state = $2 \
                        AND created_ms >= $3 LIMIT $4) AS found";

const SHARES: &str = "SELECT COUNT(*) AS n, COUNT(CASE WHEN target_kind = 'chat' THEN 1 END) AS chats FROM \
                      (SELECT target_kind FROM delivery WHERE integration = $1 ORDER BY created_ms DESC, id DESC \
                      LIMIT $2) AS newest";

macro_rules! place {
    () => {
        "integration = $1 AND (created_ms, id) < ($2, $3) AND created_ms >= $4"
    };
}

macro_rules! newest {
    () => {
        " ORDER BY created_ms DESC, id DESC LIMIT $5"
    };
}

macro_rules! filters {
    () => {
        "($6 IS NULL OR state = $6) AND ($7 IS NULL OR (target_kind = 'chat' AND target = $7)) \
         AND ($8 IS NULL OR (target_kind <> 'chat' AND target = $8)) AND ($9 IS NULL OR search LIKE $9 ESCAPE '!') \
         AND ($10 IS NULL OR outcome = $10) AND ($11 IS NULL OR incident_id = $11)"
    };
}

/// A page along an index, whatever it takes.
macro_rules! page {
    ($along:literal) => {
        select!(concat!("WHERE ", place!(), $along, " AND ", filters!(), newest!()))
    };
}

/// A page of the newest `$12` along an index.
macro_rules! near_page {
    ($along:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM (SELECT ",
            columns!(),
            ", search FROM delivery WHERE ",
            place!(),
            $along,
            " ORDER BY created_ms DESC, id DESC LIMIT $12) AS near WHERE ",
            filters!(),
            newest!()
        )
    };
}

/// The last of the newest `$5` + 1 along an index.
macro_rules! edge {
    ($along:literal) => {
        concat!(
            "SELECT created_ms, id FROM delivery WHERE ",
            place!(),
            $along,
            " ORDER BY created_ms DESC, id DESC LIMIT 1 OFFSET $5"
        )
    };
}

impl Along {
    const ALL: [Self; 5] = [Self::Time, Self::Incident, Self::Target, Self::Outcome, Self::State];

    fn page(self) -> &'static str {
        match self {
            Self::Time => page!(""),
            Self::Incident => page!(" AND incident_id = $12"),
            Self::Target => page!(" AND target = $12"),
            Self::Outcome => page!(" AND outcome = $12"),
            Self::State => page!(" AND state = $12"),
        }
    }

    fn near_page(self) -> &'static str {
        match self {
            Self::Time => near_page!(""),
            Self::Incident => near_page!(" AND incident_id = $13"),
            Self::Target => near_page!(" AND target = $13"),
            Self::Outcome => near_page!(" AND outcome = $13"),
            Self::State => near_page!(" AND state = $13"),
        }
    }

    fn edge(self) -> &'static str {
        match self {
            Self::Time => edge!(""),
            Self::Incident => edge!(" AND incident_id = $6"),
            Self::Target => edge!(" AND target = $6"),
            Self::Outcome => edge!(" AND outcome = $6"),
            Self::State => edge!(" AND state = $6"),
        }
    }
}

/// Every text by which pages are found, for tests of how a database carries them out.
pub fn texts() -> Vec<&'static str> {
    Along::ALL
        .iter()
        .flat_map(|along| [along.page(), along.near_page(), along.edge()])
        .chain([FAILED, IN_STATE, SHARES])
        .collect()
}

/// A page of deliveries, newest first: `after` is the last one's creation and id.
pub async fn list(
    tx: &mut Tx,
    integration: &str,
    wanted: &Wanted,
    after: Option<(Millis, String)>,
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    let (along, value) = along(wanted);
    let page = filtered(placed(along.page(), integration, wanted, after, limit), wanted);
    let rows = value.into_iter().fold(page, |page, value| page.text(&value)).rows(tx).await?;
    rows.iter().map(delivery).collect()
}

/// The same without looking at more than `near` deliveries along the best index.
pub async fn search(
    tx: &mut Tx,
    integration: &str,
    wanted: &Wanted,
    after: Option<(Millis, String)>,
    limit: i64,
    near: i64,
) -> Result<Found, StoreError> {
    let (along, value) = along(wanted);
    if !wanted.has_more_than(along) {
        let deliveries = list(tx, integration, wanted, after, limit).await?;
        return Ok(Found { deliveries, looked_to: None });
    }
    let page = filtered(placed(along.near_page(), integration, wanted, after.clone(), limit), wanted).number(near);
    let rows = value.iter().fold(page, |page, value| page.text(value)).rows(tx).await?;
    let deliveries: Vec<Delivery> = rows.iter().map(delivery).collect::<Result<_, _>>()?;
    let is_full = i64::try_from(deliveries.len()).is_ok_and(|found| found >= limit);
    if is_full {
        return Ok(Found { deliveries, looked_to: None });
    }
    let edge = placed(along.edge(), integration, wanted, after, near - 1);
    let edge = value.iter().fold(edge, |edge, value| edge.text(value)).row(tx).await?;
    let looked_to = edge.map(|row| Ok::<_, StoreError>((row.at("created_ms")?, row.text("id")?))).transpose()?;
    Ok(Found { deliveries, looked_to })
}

/// How many failed with an outcome since a time, `most` at most.
pub async fn count_failed(
    tx: &mut Tx,
    integration: &str,
    outcome: Outcome,
    since: Millis,
    most: i64,
) -> Result<i64, StoreError> {
    sql(FAILED).text(integration).text(outcome.name()).at(since).number(most).count(tx).await
}

/// How many are in a state, `most` at most.
pub async fn count_in_state(
    tx: &mut Tx,
    integration: &str,
    state: DeliveryState,
    since: Millis,
    most: i64,
) -> Result<i64, StoreError> {
    sql(
        "SELECT COUNT(*) AS n FROM (SELECT id FROM delivery WHERE integration = $1 AND state = $2 AND created_ms >= $3 \
         LIMIT $4) AS found",
    )
    .text(integration)
    .text(state.name())
    .at(since)
    .number(most)
    .count(tx)
    .await
}

/// Of the newest `near` deliveries: how many went to groups, and how many there are.
pub async fn groups_share(tx: &mut Tx, integration: &str, near: i64) -> Result<(i64, i64), StoreError> {
    let row = sql(SHARES).text(integration).number(near).row(tx).await?;
    row.map_or(Ok((0, 0)), |row| Ok((row.number("chats")?, row.number("n")?)))
}

impl Wanted {
    /// Whether anything is asked that the index does not answer.
    fn has_more_than(&self, along: Along) -> bool {
        let asked = [
            (Along::State, self.state.is_some()),
            (Along::Outcome, self.outcome.is_some()),
            (Along::Incident, self.incident_id.is_some()),
            (Along::Target, self.chat_id.is_some() && self.person.is_some()),
        ];
        let target = self.chat_id.is_some() || self.person.is_some();
        let beside = asked.into_iter().any(|(by, is_asked)| is_asked && (by != along || by == Along::Target));
        beside || self.query.is_some() || (target && along != Along::Target)
    }
}

/// The index that leaves least to be looked at.
fn along(wanted: &Wanted) -> (Along, Option<String>) {
    let by = [
        (Along::Incident, wanted.incident_id.clone()),
        (Along::Target, wanted.chat_id.clone().or_else(|| wanted.person.clone())),
        (Along::Outcome, wanted.outcome.map(|outcome| outcome.name().to_owned())),
        (Along::State, wanted.state.map(|state| state.name().to_owned())),
    ];
    by.into_iter().find(|(_, value)| value.is_some()).unwrap_or((Along::Time, None))
}

fn placed(text: &'static str, integration: &str, wanted: &Wanted, after: Option<(Millis, String)>, limit: i64) -> Sql {
    let until = wanted.until.unwrap_or(Millis(i64::MAX));
    // No id is less than an empty one, so that nothing of this very moment is meant.
    let (created, id) = after.filter(|(created, _)| *created < until).unwrap_or((until, String::new()));
    sql(text).text(integration).at(created).text(&id).at(wanted.since.unwrap_or(Millis(i64::MIN))).number(limit)
}

fn filtered(page: Sql, wanted: &Wanted) -> Sql {
    page.maybe_text(wanted.state.map(DeliveryState::name))
        .maybe_text(wanted.chat_id.as_deref())
        .maybe_text(wanted.person.as_deref())
        .maybe_text(wanted.query.as_deref().map(pattern).as_deref())
        .maybe_text(wanted.outcome.map(Outcome::name))
        .maybe_text(wanted.incident_id.as_deref())
}
