//! One try to make a Link: who DingTalk says it is, who Flashduty says it is, and a confirmation of both.

use super::link::{Credential, Employee, Member};
use contract::incident::Action;
use contract::person::SignInWay;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use world::Millis;

/// How long an attempt may take.
pub const LIFETIME: Duration = Duration::from_secs(10 * 60);

/// One try to make a Link. Bound to an integration and a browser, and, when it began with a Click, to the clicker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LinkAttempt {
    /// What stands in addresses; the database knows only its hash.
    pub id: String,
    pub integration: String,
    pub goal: Goal,
    /// The employee whose click opened it. Nobody else may use it.
    pub for_user_id: Option<String>,
    /// SHA-256 of the browser's cookie, once a browser has come.
    pub browser: Option<String>,
    pub step: Step,
    pub expires: Millis,
    pub version: i64,
}

/// Where to go after linking: a closed list, so that no address from outside is ever followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    Home,
    PcHome,
    CoolApp {
        open_conversation_id: String,
    },
    Incident {
        id: String,
    },
    /// Carry out what was asked for by a click, then show the incident.
    Act {
        incident_id: String,
        action: Action,
        minutes: Option<u32>,
    },
    /// The page of an incident's war room.
    RoomPage {
        incident_id: String,
    },
    /// Ask for an incident's war room, then show its page.
    WarRoom {
        incident_id: String,
    },
    /// Acknowledge every member of a digest, then show the list.
    AcknowledgeAll {
        digest_id: String,
    },
}

/// How far an attempt has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    Opened,
    Known { employee: Employee, leaving: Option<Leaving> },
    Proved { employee: Employee, proved: Proved },
}

/// What is kept while the person is at Flashduty's own sign-in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Leaving {
    /// SHA-256 of the OAuth `state` value.
    pub state: String,
    #[serde(serialize_with = "super::secret::expose")]
    pub verifier: SecretString,
}

/// The Flashduty side, proved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Proved {
    pub member: Member,
    pub proof: SignInWay,
    pub credential: Credential,
}

/// An attempt that cannot take this step: over, used, another browser's, another person's, or out of order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the attempt to link cannot take this step")]
pub struct WrongStep;

impl LinkAttempt {
    /// A new attempt.
    pub fn open(id: String, integration: &str, goal: Goal, for_user_id: Option<String>, now: Millis) -> Self {
        let integration = integration.to_owned();
        Self {
            id,
            integration,
            goal,
            for_user_id,
            browser: None,
            step: Step::Opened,
            expires: now.plus(LIFETIME),
            version: 0,
        }
    }

    /// DingTalk has said who this is. The browser that comes first keeps the attempt; the same person may come again.
    pub fn arrive(&mut self, employee: Employee, browser: &str, now: Millis) -> Result<(), WrongStep> {
        let other_person = self.for_user_id.as_ref().is_some_and(|user_id| *user_id != employee.user_id);
        let known = match &self.step {
            Step::Opened => None,
            Step::Known { employee, .. } | Step::Proved { employee, .. } => Some(employee.user_id.clone()),
        };
        if now >= self.expires || other_person || known.is_some_and(|user_id| user_id != employee.user_id) {
            return Err(WrongStep);
        }
        if self.browser.as_deref().is_some_and(|bound| bound != browser) {
            return Err(WrongStep);
        }
        self.browser = Some(browser.to_owned());
        self.step = Step::Known { employee, leaving: None };
        Ok(())
    }

    /// The person leaves for Flashduty's sign-in.
    pub fn leave(&mut self, leaving: Leaving, browser: &str, now: Millis) -> Result<(), WrongStep> {
        self.check(browser, now)?;
        match &mut self.step {
            Step::Known { leaving: kept, .. } => *kept = Some(leaving),
            Step::Proved { employee, .. } => {
                self.step = Step::Known { employee: employee.clone(), leaving: Some(leaving) };
            }
            Step::Opened => return Err(WrongStep),
        }
        Ok(())
    }

    /// Flashduty has said who this is.
    pub fn prove(&mut self, proved: Proved, browser: &str, now: Millis) -> Result<(), WrongStep> {
        let employee = self.employee(browser, now)?.clone();
        self.step = Step::Proved { employee, proved };
        Ok(())
    }

    /// Both sides, to be shown and confirmed.
    pub fn both(&self, browser: &str, now: Millis) -> Result<(&Employee, &Proved), WrongStep> {
        self.check(browser, now)?;
        match &self.step {
            Step::Proved { employee, proved } => Ok((employee, proved)),
            _ => Err(WrongStep),
        }
    }

    /// The DingTalk side.
    pub fn employee(&self, browser: &str, now: Millis) -> Result<&Employee, WrongStep> {
        self.check(browser, now)?;
        match &self.step {
            Step::Known { employee, .. } | Step::Proved { employee, .. } => Ok(employee),
            Step::Opened => Err(WrongStep),
        }
    }

    fn check(&self, browser: &str, now: Millis) -> Result<(), WrongStep> {
        let bound = self.browser.as_deref().is_some_and(|bound| bound == browser);
        if bound && now < self.expires { Ok(()) } else { Err(WrongStep) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn li() -> Employee {
        Employee { user_id: "li".into(), name: "Li".into(), union_id: None }
    }

    #[test]
    fn an_attempt_belongs_to_its_clicker_its_browser_and_its_ten_minutes() {
        let open = || LinkAttempt::open("a".into(), "k", Goal::Home, Some("li".into()), Millis(0));
        let other = Employee { user_id: "wang".into(), ..li() };
        assert_eq!(open().arrive(other, "b1", Millis(1)), Err(WrongStep));
        assert_eq!(open().arrive(li(), "b1", Millis(600_000)), Err(WrongStep));

        let mut attempt = open();
        assert_eq!(attempt.arrive(li(), "b1", Millis(1)), Ok(()));
        assert_eq!(attempt.arrive(li(), "b2", Millis(2)), Err(WrongStep), "a forwarded address is useless");
        assert_eq!(attempt.employee("b1", Millis(2)), Ok(&li()));
        assert_eq!(attempt.employee("b2", Millis(2)), Err(WrongStep));
        assert!(attempt.both("b1", Millis(2)).is_err(), "nothing to confirm before Flashduty has spoken");
    }
}
