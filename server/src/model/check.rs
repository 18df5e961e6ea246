//! The checks of a set-up: what each step of the guide needs, and what proves it. Rules only; `flow/check` asks.

use serde::{Deserialize, Serialize};
use world::Millis;

macro_rules! checks {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $step:ident, $need:ident;)+) => {
        /// One check. The order is that of the guide. Names are fixed (automation API, command).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Check {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)+
        }

        impl Check {
            /// Every check there is, in the order of the guide.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The fixed name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The step of the guide it belongs to.
            pub fn step(self) -> Step {
                match self { $(Self::$variant => Step::$step,)+ }
            }

            fn need(self) -> Need {
                match self { $(Self::$variant => Need::$need,)+ }
            }
        }
    };
}

checks! {
    /// DingTalk or Flashduty has reached us.
    PublicAddress = "public-address", Server, Always;
    /// What seals secrets cannot be guessed.
    SecretKey = "secret-key", Server, Advice;
    /// There is a backup that is not old.
    Backup = "backup", Server, Advice;
    /// Client ID and Client Secret give a token.
    Token = "token", App, Always;
    /// The app is this company's.
    CorpId = "corp-id", App, Always;
    /// Work notices can go out under this AgentId.
    AgentId = "agent-id", App, Always;
    /// DingTalk's encrypted `check_url` was opened.
    EventSubscription = "event-subscription", Events, Always;
    EventInstall = "event-install", Events, Always;
    /// A lost one is healed by reading the group.
    EventTitle = "event-title", Events, Advice;
    /// A lost one is healed by reading the group.
    EventUninstall = "event-uninstall", Events, Advice;
    /// The cool app is in a group.
    CoolApp = "cool-app", CoolApp, Always;
    /// Something the bot sent has arrived.
    Bot = "bot", Bot, Always;
    /// Somebody came in from DingTalk.
    Homepage = "homepage", Pages, Advice;
    PermissionRobot = "permission-robot", Permissions, Always;
    PermissionChat = "permission-chat", Permissions, Always;
    PermissionMember = "permission-member", Permissions, Always;
    PermissionMobile = "permission-mobile", Permissions, WarRooms;
    PermissionCard = "permission-card", Permissions, Cards;
    /// DingTalk knows where card clicks go.
    CardCallback = "card-callback", Cards, Cards;
    /// A card of this template was shown with our variables.
    CardTemplate = "card-template", Cards, Cards;
    /// A room can be made from the template.
    WarRoom = "war-room", WarRooms, Advice;
    /// Nobody was refused as outside the app's visible range.
    VisibleRange = "visible-range", Publish, Advice;
    /// DingTalk finds an employee by mobile number.
    MemberByMobile = "member-by-mobile", Publish, Advice;
    FlashdutyKey = "flashduty-key", Flashduty, Always;
    Webhook = "webhook", Flashduty, Always;
    WebhookHeader = "webhook-header", Flashduty, Advice;
    DingtalkClock = "dingtalk-clock", Operation, Always;
    FlashdutyClock = "flashduty-clock", Operation, Always;
    Quota = "quota", Operation, Always;
    /// Nothing failed in the last day that an administrator can cure.
    Deliveries = "deliveries", Operation, Advice;
    /// No subscription points at a dead group.
    DeadGroups = "dead-groups", Operation, Advice;
    BrokenLinks = "broken-links", Operation, Advice;
    /// Open incidents were compared with Flashduty's.
    OpenIncidents = "open-incidents", Operation, Advice;
    /// What came in is worked off, and nothing was given up.
    Work = "work", Operation, Advice;
    /// No former secret is still accepted a day after it was replaced.
    Rotation = "rotation", Operation, Advice;
}

/// A step of the guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Server,
    App,
    Events,
    CoolApp,
    Bot,
    Pages,
    Permissions,
    Cards,
    WarRooms,
    Publish,
    Flashduty,
    Operation,
}

impl Step {
    /// The fixed name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::App => "app",
            Self::Events => "events",
            Self::CoolApp => "cool-app",
            Self::Bot => "bot",
            Self::Pages => "pages",
            Self::Permissions => "permissions",
            Self::Cards => "cards",
            Self::WarRooms => "war-rooms",
            Self::Publish => "publish",
            Self::Flashduty => "flashduty",
            Self::Operation => "operation",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Always,
    /// Where there is a card template.
    Cards,
    /// Where war rooms are on.
    WarRooms,
    /// Good to have.
    Advice,
}

/// What an integration wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wishes {
    pub cards: bool,
    pub war_rooms: bool,
}

impl Check {
    /// Whether the integration does not work without it.
    pub fn is_required(self, wishes: Wishes) -> bool {
        match self.need() {
            Need::Always => true,
            Need::Cards => wishes.cards,
            Need::WarRooms => wishes.war_rooms,
            Need::Advice => false,
        }
    }

    /// The check of a fixed name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|check| check.name() == name)
    }
}

/// How it stands with a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// There is evidence for it.
    Proved,
    /// There is evidence against it.
    Failed,
    /// There is no evidence yet.
    Unproved,
    /// The integration does without.
    NotNeeded,
}

impl CheckState {
    /// The fixed name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Failed => "failed",
            Self::Unproved => "unproved",
            Self::NotNeeded => "not-needed",
        }
    }
}

/// What was found. The words are in `contract::words::check`, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Seen, at the finding's time where there is one.
    Seen,
    NeverSeen,
    /// Seen, but before what it proves was changed.
    SeenBeforeChange,
    /// The platform answered as it does when all is well.
    Answered,
    /// A permission point is missing; `detail` names it.
    PermissionMissing,
    CredentialsRefused,
    /// The app's list of allowed addresses lacks this server's.
    AddressNotAllowed,
    /// The platform did not answer, or is not to be asked now.
    NotAnswered,
    /// The platform refused; `said` has its words.
    Refused,
    /// The company or number is another's.
    DoesNotFit,
    /// This machine reaches it; no platform has yet.
    OnlyFromHere,
    NotReached,
    Weak,
    Strong,
    /// `detail` is how many seconds the clocks are apart.
    ClockAgrees,
    ClockDiffers,
    /// `detail` is how many hundredths of the month are used.
    Enough,
    Spent,
    Banned,
    /// `detail` is how many.
    NoneAmiss,
    SomeAmiss,
    /// It would cost a counted call.
    NotAsked,
    /// The integration does without.
    NotNeeded,
    /// Nobody is there to try it with.
    NobodyToTry,
}

impl Reason {
    /// The fixed name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::NeverSeen => "never-seen",
            Self::SeenBeforeChange => "seen-before-change",
            Self::Answered => "answered",
            Self::PermissionMissing => "permission-missing",
            Self::CredentialsRefused => "credentials-refused",
            Self::AddressNotAllowed => "address-not-allowed",
            Self::NotAnswered => "not-answered",
            Self::Refused => "refused",
            Self::DoesNotFit => "does-not-fit",
            Self::OnlyFromHere => "only-from-here",
            Self::NotReached => "not-reached",
            Self::Weak => "weak",
            Self::Strong => "strong",
            Self::ClockAgrees => "clock-agrees",
            Self::ClockDiffers => "clock-differs",
            Self::Enough => "enough",
            Self::Spent => "spent",
            Self::Banned => "banned",
            Self::NoneAmiss => "none-amiss",
            Self::SomeAmiss => "some-amiss",
            Self::NotAsked => "not-asked",
            Self::NotNeeded => "not-needed",
            Self::NobodyToTry => "nobody-to-try",
        }
    }
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub check: Check,
    pub state: CheckState,
    pub reason: Reason,
    /// What the reason's sentence needs: a number, a permission point.
    pub detail: String,
    /// The platform's own code and words.
    pub said: String,
    /// Where a missing permission can be applied for.
    pub apply_url: Option<String>,
    /// When the evidence was seen.
    #[serde(rename = "seen_ms")]
    pub seen: Option<Millis>,
    /// Counted calls that it took.
    pub cost: i64,
    /// When it was found.
    #[serde(rename = "at_ms")]
    pub at: Millis,
}

impl Finding {
    /// A finding of now.
    pub fn new(check: Check, state: CheckState, reason: Reason, at: Millis) -> Self {
        let (detail, said) = (String::new(), String::new());
        Self { check, state, reason, detail, said, apply_url: None, seen: None, cost: 0, at }
    }

    /// The same with what its sentence needs.
    #[must_use]
    pub fn with(mut self, detail: impl ToString) -> Self {
        self.detail = detail.to_string();
        self
    }

    /// Proved by what was seen at `seen`, unless what it proves was changed since; unproved where nothing was seen.
    pub fn by(check: Check, seen: Option<Millis>, changed: Option<Millis>, at: Millis) -> Self {
        let (state, reason) = match seen {
            None => (CheckState::Unproved, Reason::NeverSeen),
            Some(seen) if changed.is_some_and(|changed| seen < changed) => {
                (CheckState::Unproved, Reason::SeenBeforeChange)
            }
            Some(_) => (CheckState::Proved, Reason::Seen),
        };
        Self { seen, ..Self::new(check, state, reason, at) }
    }

    /// An earlier proof stands where nothing new was learned and nothing it proves was changed since.
    #[must_use]
    pub fn or_earlier(self, earlier: Option<&Self>, changed: Option<Millis>) -> Self {
        let nothing_new = matches!(self.reason, Reason::NotAsked | Reason::NotAnswered | Reason::NobodyToTry);
        let stands = |earlier: &&Self| {
            earlier.state != CheckState::Unproved && changed.is_none_or(|changed| changed <= earlier.at)
        };
        match earlier.filter(stands) {
            Some(earlier) if nothing_new => Self { cost: self.cost, ..earlier.clone() },
            _ => self,
        }
    }
}

/// All checks of an integration, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    pub findings: Vec<Finding>,
    #[serde(rename = "ran_ms")]
    pub ran: Millis,
}

impl Run {
    /// What a check found.
    pub fn of(&self, check: Check) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.check == check)
    }

    /// Everything required is proved.
    pub fn is_proved(&self, wishes: Wishes) -> bool {
        self.open(wishes) == 0
    }

    /// How many steps are required and not proved.
    pub fn open(&self, wishes: Wishes) -> usize {
        let is_proved = |check: &Check| {
            self.of(*check).is_some_and(|finding| matches!(finding.state, CheckState::Proved | CheckState::NotNeeded))
        };
        Check::ALL.iter().filter(|check| check.is_required(wishes) && !is_proved(check)).count()
    }

    /// Counted calls that it took.
    pub fn cost(&self) -> i64 {
        self.findings.iter().map(|finding| finding.cost).sum()
    }

    /// What has failed now and had not before.
    pub fn turned_red(&self, before: &Self) -> Vec<Check> {
        let failed = |finding: &&Finding| finding.state == CheckState::Failed;
        let was_failed = |check| before.of(check).is_some_and(|earlier| earlier.state == CheckState::Failed);
        self.findings.iter().filter(failed).map(|finding| finding.check).filter(|check| !was_failed(*check)).collect()
    }
}

#[cfg(test)]
mod tests;
