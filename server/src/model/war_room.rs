//! The group made for an Incident: when there is one, what it is called, and who belongs into it.

use super::card::{self, Drawing};
use super::hash::hex_sha256;
use super::incident::{Fate, Incident};
use super::text;
use contract::ProblemCode;
use contract::incident::Progress;
use std::collections::BTreeSet;
use std::time::Duration;
use world::Millis;

/// Longest title, in characters (DingTalk reference 8.1).
pub const TITLE_CHARACTERS_MAX: usize = 30;
/// Longest uuid of a making, in characters (DingTalk reference 8.1).
const UUID_CHARACTERS_MAX: usize = 64;
/// How long template and bot of a new group may take to arrive; until then a refusal says little (DingTalk reference 8.1).
const SETTLES: Duration = Duration::from_secs(60);
/// How long whoever wants to dismiss a room, or anybody in it, can think better of it.
pub const COUNTDOWN: Duration = Duration::from_secs(60);

/// A group made, or to be made, for an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarRoom {
    pub id: String,
    pub integration: String,
    pub incident_id: String,
    /// From 1; another one is begun when the last room is gone.
    pub generation: i64,
    /// DingTalk makes one group for it, however often it is asked.
    pub uuid: String,
    pub state: RoomState,
    /// Once it was made.
    pub open_conversation_id: Option<String>,
    /// What DingTalk was last asked for.
    pub title: String,
    /// Somebody renamed it, so it is left alone.
    pub titled_by_hand: bool,
    pub titled: Millis,
    /// The employee who asked for it; empty where nobody in DingTalk is known.
    pub asked_by: String,
    pub asked_name: String,
    /// Why it could not be made.
    pub problem: String,
    pub link_posted: Posted,
    /// Acts on the incident were told up to here.
    pub told: Millis,
    /// Names of those the room was told are missing.
    pub missing_told: BTreeSet<String>,
    pub made: Option<Millis>,
    /// When it is dismissed, once somebody wants that.
    pub ends: Option<Millis>,
    pub ended_by: String,
    pub created: Millis,
    pub updated: Millis,
    pub version: i64,
}

/// Where a room stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomState {
    /// Asked for; DingTalk has perhaps made it.
    Making,
    /// DingTalk refused for good; asking again tries again.
    Failed,
    Open,
    /// It is dismissed when its countdown ends.
    Ending,
    /// Dismissed, or disbanded by hand.
    Gone,
}

impl RoomState {
    const ALL: [Self; 5] = [Self::Making, Self::Failed, Self::Open, Self::Ending, Self::Gone];

    /// The value in the database and in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Making => "making",
            Self::Failed => "failed",
            Self::Open => "open",
            Self::Ending => "ending",
            Self::Gone => "gone",
        }
    }

    /// The state of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// People can be in it.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Open | Self::Ending)
    }
}

/// Whether the link to the room stands on the incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
    Due,
    /// Being posted: whether it is there has to be looked up.
    Unclear,
    Done,
}

impl Posted {
    /// The value in the database.
    pub fn number(self) -> i64 {
        match self {
            Self::Due => 0,
            Self::Unclear => 1,
            Self::Done => 2,
        }
    }

    /// The value of a number.
    pub fn from_number(number: i64) -> Option<Self> {
        [Self::Due, Self::Unclear, Self::Done].into_iter().find(|one| one.number() == number)
    }
}

/// Somebody who belongs into a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomPerson {
    pub room_id: String,
    /// Key of the person in the room, see [`member_key`] and [`user_key`].
    pub person: String,
    /// In DingTalk, once known.
    pub user_id: Option<String>,
    pub name: String,
    pub state: Presence,
    /// Why they are missing.
    pub reason: Option<Missing>,
    pub updated: Millis,
}

/// Whether somebody is in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// To be invited.
    Wanted,
    In,
    /// Cannot be invited.
    Missing,
    /// Was in it and left, or was taken out.
    Out,
}

impl Presence {
    /// The value in the database and in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::In => "in",
            Self::Missing => "missing",
            Self::Out => "out",
        }
    }

    /// The value of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Wanted, Self::In, Self::Missing, Self::Out].into_iter().find(|one| one.name() == name)
    }
}

/// Why somebody cannot be invited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Not linked, and nobody in DingTalk is known by their verified number.
    NotLinked,
    /// Not linked, and without a verified number in Flashduty.
    NoNumber,
    /// Linked to an employee whom DingTalk does not know any more.
    Left,
}

impl Missing {
    /// The value in the database and in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotLinked => "not linked",
            Self::NoNumber => "no verified number",
            Self::Left => "left the company",
        }
    }

    /// The value of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::NotLinked, Self::NoNumber, Self::Left].into_iter().find(|one| one.name() == name)
    }
}

/// What a card offers about the room of its incident.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnCard {
    /// Nothing: war rooms are off, or one cannot be made now.
    #[default]
    Nothing,
    Make,
    Join,
}

impl OnCard {
    /// What it is for an incident whose newest room stands so.
    pub fn of(incident: &Incident, newest: Option<RoomState>, is_on: bool) -> Self {
        match newest {
            _ if !is_on => Self::Nothing,
            Some(state) if state.is_live() => Self::Join,
            _ if objection(incident).is_some() => Self::Nothing,
            _ => Self::Make,
        }
    }
}

/// Why no room can be made for an incident now.
pub fn objection(incident: &Incident) -> Option<ProblemCode> {
    match incident.fate {
        Fate::Gone => return Some(ProblemCode::IncidentGone),
        Fate::Merged { .. } => return Some(ProblemCode::AlreadyClosed),
        Fate::Live => {}
    }
    if incident.progress == Progress::Closed {
        return Some(ProblemCode::AlreadyClosed);
    }
    incident.responders.is_empty().then_some(ProblemCode::NoResponders)
}

impl WarRoom {
    /// One that waits to be made.
    pub fn ask(id: String, incident: (&str, &str), generation: i64, asker: (&str, &str), now: Millis) -> Self {
        let (integration, incident_id) = incident;
        Self {
            id,
            integration: integration.to_owned(),
            incident_id: incident_id.to_owned(),
            generation,
            uuid: uuid(integration, incident_id, generation),
            state: RoomState::Making,
            open_conversation_id: None,
            title: String::new(),
            titled_by_hand: false,
            titled: now,
            asked_by: asker.0.to_owned(),
            asked_name: asker.1.to_owned(),
            problem: String::new(),
            link_posted: Posted::Due,
            told: now,
            missing_told: BTreeSet::new(),
            made: None,
            ends: None,
            ended_by: String::new(),
            created: now,
            updated: now,
            version: 0,
        }
    }

    /// Whether its template and bot may still be on their way.
    pub fn is_young(&self, now: Millis) -> bool {
        self.made.is_none_or(|made| now.since(made) < SETTLES)
    }
}

/// The key of a Flashduty member in a room.
pub fn member_key(member_id: i64) -> String {
    format!("m:{member_id}")
}

/// The key of an employee whom no link makes a member.
pub fn user_key(user_id: &str) -> String {
    format!("u:{user_id}")
}

/// From the incident, so that two clickers, retries and restarts mean the same group.
fn uuid(integration: &str, incident_id: &str, generation: i64) -> String {
    let readable = format!("wr-{integration}-{incident_id}-{generation}");
    if readable.len() <= UUID_CHARACTERS_MAX {
        return readable;
    }
    let mut digest = hex_sha256(&readable);
    digest.truncate(40);
    format!("wr-{digest}-{generation}")
}

/// Number and state of the incident, and as much of its title as fits.
pub fn title(incident: &Incident, drawing: Drawing) -> String {
    let head = format!("#{} {}", text::line(&incident.num), card::state_word(incident, drawing));
    let whole = format!("{head} {}", text::line(&incident.title));
    characters(whole.trim_end(), TITLE_CHARACTERS_MAX)
}

fn characters(text: &str, most: usize) -> String {
    match text.chars().count() {
        count if count <= most => text.to_owned(),
        _ => text.chars().take(most - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::incident::Responder;
    use super::*;
    use contract::Language;

    fn incident() -> Incident {
        let responders = vec![Responder { member_id: 1, name: "Li".into(), acknowledged: None }];
        Incident { num: "0E83EE".into(), title: "支付失败".into(), responders, ..Incident::empty("i") }
    }

    fn drawing(language: Language) -> Drawing<'static> {
        Drawing { language, ..card::tests::drawing() }
    }

    #[test]
    fn a_title_has_number_and_state_and_never_more_than_thirty_characters() {
        assert_eq!(title(&incident(), drawing(Language::Zh)), "#0E83EE 待处理 支付失败");
        let long = Incident { title: "a".repeat(200), progress: Progress::Closed, ..incident() };
        let shown = title(&long, drawing(Language::En));
        assert!(shown.starts_with("#0E83EE Closed aaa") && shown.ends_with('…'), "{shown}");
        assert_eq!(shown.chars().count(), TITLE_CHARACTERS_MAX);
        let hostile = Incident { title: "x\n\u{202e}y".into(), num: "字".repeat(50), ..incident() };
        assert_eq!(title(&hostile, drawing(Language::Zh)).chars().count(), TITLE_CHARACTERS_MAX);
    }

    #[test]
    fn an_uuid_is_of_incident_and_generation_and_fits() {
        assert_eq!(uuid("alpha", "69da", 2), "wr-alpha-69da-2");
        let long = |generation| uuid(&"k".repeat(32), &"i".repeat(64), generation);
        assert!(long(1).len() <= UUID_CHARACTERS_MAX);
        assert_ne!(long(1), long(2));
    }

    #[test]
    fn what_a_card_offers() {
        use RoomState as S;
        let closed = Incident { progress: Progress::Closed, ..incident() };
        let nobody = Incident { responders: vec![], ..incident() };
        for (incident, newest, is_on, expected) in [
            (&incident(), None, true, OnCard::Make),
            (&incident(), None, false, OnCard::Nothing),
            (&incident(), Some(S::Gone), true, OnCard::Make),
            (&incident(), Some(S::Failed), true, OnCard::Make),
            (&incident(), Some(S::Making), true, OnCard::Make),
            (&incident(), Some(S::Open), true, OnCard::Join),
            (&closed, Some(S::Ending), true, OnCard::Join),
            (&closed, None, true, OnCard::Nothing),
            (&closed, Some(S::Gone), true, OnCard::Nothing),
            (&nobody, None, true, OnCard::Nothing),
        ] {
            assert_eq!(OnCard::of(incident, newest, is_on), expected, "{newest:?}");
        }
        assert_eq!(objection(&nobody), Some(ProblemCode::NoResponders));
        assert_eq!(objection(&closed), Some(ProblemCode::AlreadyClosed));
    }

    #[test]
    fn names_come_back() {
        for state in RoomState::ALL {
            assert_eq!(RoomState::from_name(state.name()), Some(state));
        }
        for missing in [Missing::NotLinked, Missing::NoNumber, Missing::Left] {
            assert_eq!(Missing::from_name(missing.name()), Some(missing));
        }
        assert_eq!((Posted::from_number(2), Posted::from_number(3)), (Some(Posted::Done), None));
    }
}
