//! One notification to one target for one reason, its attempts, and whether it may be sent anew.

pub use super::outcome::{Next, Outcome};

use super::incident::Incident;
use super::outcome::AGE_MAX;
use contract::incident::Progress;
use std::time::Duration;
use world::Millis;

/// Whom a delivery is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// A group, by `Chat::id`.
    Chat(String),
    /// An employee, by DingTalk user id.
    Person(String),
    /// A responder to whom nobody in DingTalk is linked, by Flashduty member id.
    Member(i64),
    /// The whole Corp, by a work notice.
    Everybody,
    /// An incident's war room, by `WarRoom::id`.
    Room(String),
}

impl Target {
    /// The value of the `target_kind` column.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Chat(_) => "chat",
            Self::Person(_) => "person",
            Self::Member(_) => "member",
            Self::Everybody => "everybody",
            Self::Room(_) => "room",
        }
    }

    /// The value of the `target` column.
    pub fn id(&self) -> String {
        match self {
            Self::Chat(id) | Self::Person(id) | Self::Room(id) => id.clone(),
            Self::Member(id) => id.to_string(),
            Self::Everybody => String::new(),
        }
    }

    /// The target of two columns.
    pub fn from_columns(kind: &str, id: &str) -> Option<Self> {
        match kind {
            "chat" => Some(Self::Chat(id.to_owned())),
            "person" => Some(Self::Person(id.to_owned())),
            "member" => id.parse().ok().map(Self::Member),
            "everybody" => Some(Self::Everybody),
            "room" => Some(Self::Room(id.to_owned())),
            _ => None,
        }
    }
}

/// How the reasons of messages begin that tell of a state.
const STATE_REASON: &str = "state ";
/// How the reasons of test messages begin.
const TEST_REASON: &str = "test ";

/// One notification to one target for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub id: String,
    pub integration: String,
    pub incident_id: String,
    pub target: Target,
    pub target_name: String,
    /// Why it exists; with incident and target it is unique.
    pub reason: String,
    /// The digest its incident was folded into.
    pub digest: Option<String>,
    pub state: DeliveryState,
    pub outcome: Outcome,
    /// DingTalk's code of the last attempt.
    pub code: String,
    pub message: String,
    pub request_id: String,
    /// What its reader sees in the chat list.
    pub text: String,
    pub attempts: i64,
    /// Attempts since it was last asked for.
    pub tries: i64,
    /// Counted calls spent.
    pub cost: i64,
    /// Until when it waits for what its outcome says.
    pub next: Option<Millis>,
    /// When somebody last asked for it anew.
    pub asked: Option<Millis>,
    /// Times it was sent anew although it may be there.
    pub copies: i64,
    /// Whether what was sent last can be sent again without perhaps showing it twice.
    pub repeatable: bool,
    /// An attempt ended unclear, so that it may have arrived whatever later ones say.
    pub may_be_there: bool,
    pub created: Millis,
    pub updated: Millis,
    pub version: i64,
}

impl Delivery {
    /// One that waits to be sent at `created`.
    pub fn new(id: String, incident: (&str, &str), target: Target, reason: &str, created: Millis) -> Self {
        let (integration, incident_id) = incident;
        Self {
            id,
            integration: integration.to_owned(),
            incident_id: incident_id.to_owned(),
            target,
            target_name: String::new(),
            reason: reason.to_owned(),
            digest: None,
            state: DeliveryState::Waiting,
            outcome: Outcome::Waiting,
            code: String::new(),
            message: String::new(),
            request_id: String::new(),
            text: String::new(),
            attempts: 0,
            tries: 0,
            cost: 0,
            next: Some(created),
            asked: None,
            copies: 0,
            repeatable: true,
            may_be_there: false,
            created,
            updated: created,
            version: 0,
        }
    }

    /// The card it brings. A copy is a card of its own.
    pub fn out_track_id(&self) -> String {
        match self.copies {
            0 => format!("dd-{}-{}", self.integration, self.id),
            copy => format!("dd-{}-{}-{copy}", self.integration, self.id),
        }
    }

    /// Whether it is too late to send it: nobody is called for an incident that is over, unless somebody wants it all
    /// the same. What may have arrived already is followed to its end.
    pub fn is_pointless(&self, incident: &Incident) -> bool {
        incident.progress == Progress::Closed && self.copies == 0 && !self.is_maybe_there() && !self.is_of_state()
    }

    /// The reason of the n-th message that tells a group without a card how an incident is now.
    pub fn reason_of_state(number: usize) -> String {
        format!("{STATE_REASON}{number}")
    }

    /// Whether it is such a message.
    pub fn is_of_state(&self) -> bool {
        self.reason.starts_with(STATE_REASON)
    }

    /// The reason of a test message that somebody asked for.
    pub fn reason_of_test(id: &str) -> String {
        format!("{TEST_REASON}{id}")
    }

    /// Whether it is a test message.
    pub fn is_test(&self) -> bool {
        self.reason.starts_with(TEST_REASON)
    }

    /// Whether such a message has waited until nobody wants to hear it any more.
    pub fn is_stale(&self, now: Millis) -> bool {
        self.is_of_state() && now.since(self.asked.unwrap_or(self.created)) >= AGE_MAX
    }

    /// Whether it may have arrived although nobody knows. One that is being sent counts.
    pub fn is_maybe_there(&self) -> bool {
        self.may_be_there || self.outcome == Outcome::Unclear
    }

    /// Why it is not simply sent again; none when it can be.
    pub fn objection(&self, incident: Option<&Incident>) -> Option<Objection> {
        // Without an incident it is a work notice that a program asked for.
        let known = incident.is_some() || self.incident_id.is_empty();
        let over = incident.is_some_and(|incident| incident.progress == Progress::Closed);
        self.objection_of_subject(known).or_else(|| over.then_some(Objection::IncidentOver))
    }

    /// The same for what is worth sending whatever has become of its subject, if that is known.
    pub fn objection_of_subject(&self, known: bool) -> Option<Objection> {
        match (self.state, self.outcome) {
            (DeliveryState::Waiting, _) => Some(Objection::Waits),
            (_, Outcome::Folded) => Some(Objection::Folded),
            (DeliveryState::Done, Outcome::Delivered | Outcome::Accepted | Outcome::Read) => Some(Objection::Delivered),
            _ if !self.repeatable => Some(Objection::MayHaveArrived),
            _ => (!known).then_some(Objection::IncidentGone),
        }
    }

    /// Makes it wait to be sent anew at `at`; `another` when it may be there already and another is wanted.
    pub fn ask_anew(&mut self, now: Millis, at: Millis, another: bool) {
        (self.state, self.outcome) = (DeliveryState::Waiting, Outcome::Waiting);
        (self.code, self.message, self.request_id) = Default::default();
        (self.tries, self.asked, self.next, self.updated) = (0, Some(now), Some(at), now);
        if another {
            self.copies += 1;
            (self.repeatable, self.may_be_there) = (true, false);
        }
    }
}

/// Why a delivery is not simply sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objection {
    /// It waits and is sent by itself.
    Waits,
    /// It is there.
    Delivered,
    /// It may be there.
    MayHaveArrived,
    /// It is part of a digest card.
    Folded,
    /// The incident is closed.
    IncidentOver,
    /// The incident is not known any more.
    IncidentGone,
}

impl Objection {
    /// Whether asking for it all the same helps.
    pub fn can_be_overruled(self) -> bool {
        !matches!(self, Self::Waits | Self::IncidentGone)
    }
}

/// One try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub delivery_id: String,
    pub number: i64,
    pub outcome: Outcome,
    pub code: String,
    pub message: String,
    pub request_id: String,
    /// What was sent, as its reader sees it; empty when nothing was.
    pub text: String,
    /// Counted calls spent.
    pub cost: i64,
    pub took: Duration,
    /// When it ended.
    pub at: Millis,
}

/// Whether anything is left to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    Waiting,
    Done,
    Failed,
}

impl DeliveryState {
    /// The value in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// The state of a database value.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Done, Self::Failed].into_iter().find(|state| state.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(state: DeliveryState, outcome: Outcome) -> Delivery {
        let target = Target::Chat("ops".to_owned());
        Delivery { state, outcome, ..Delivery::new("1".to_owned(), ("alpha", "i"), target, "incident", Millis(5)) }
    }

    #[test]
    fn what_may_be_there_is_not_simply_sent_again() {
        use DeliveryState::{Done, Failed, Waiting};
        let open = Incident::empty("i");
        let closed = Incident { progress: Progress::Closed, ..Incident::empty("i") };
        for (state, outcome, incident, expected) in [
            (Failed, Outcome::NotInstalled, Some(&open), None),
            (Failed, Outcome::Unclear, Some(&open), None),
            (Failed, Outcome::NotInstalled, Some(&closed), Some(Objection::IncidentOver)),
            (Failed, Outcome::NotInstalled, None, Some(Objection::IncidentGone)),
            (Waiting, Outcome::Throttled, Some(&open), Some(Objection::Waits)),
            (Done, Outcome::Delivered, Some(&open), Some(Objection::Delivered)),
            (Done, Outcome::Folded, Some(&open), Some(Objection::Folded)),
            (Done, Outcome::Cancelled, Some(&open), None),
            (Done, Outcome::Cancelled, Some(&closed), Some(Objection::IncidentOver)),
        ] {
            assert_eq!(delivery(state, outcome).objection(incident), expected, "{state:?} {outcome:?}");
        }
        let link = Delivery { repeatable: false, ..delivery(Failed, Outcome::Unclear) };
        assert_eq!(link.objection(Some(&open)), Some(Objection::MayHaveArrived));
    }

    #[test]
    fn another_one_is_a_card_of_its_own_and_is_sent_although_the_incident_is_over() {
        let closed = Incident { progress: Progress::Closed, ..Incident::empty("i") };
        let mut delivery = delivery(DeliveryState::Failed, Outcome::Busy);
        assert_eq!(delivery.out_track_id(), "dd-alpha-1");
        assert!(delivery.is_pointless(&closed) && !delivery.is_pointless(&Incident::empty("i")));
        delivery.attempts = 8;
        delivery.ask_anew(Millis(9), Millis(10), false);
        assert_eq!((delivery.out_track_id().as_str(), delivery.tries, delivery.attempts), ("dd-alpha-1", 0, 8));
        delivery.ask_anew(Millis(9), Millis(10), true);
        assert_eq!(delivery.out_track_id(), "dd-alpha-1-1");
        assert!(!delivery.is_pointless(&closed));
        let unclear = Delivery { outcome: Outcome::Unclear, copies: 0, ..delivery };
        assert!(!unclear.is_pointless(&closed), "it may be shown, so it has to be found out");
    }
}
