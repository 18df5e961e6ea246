//! One act on many incidents at once: what it would mean for each, and what became of each.

use crate::Problem;
use crate::incident::{Action, Progress, Severity};
use serde::{Deserialize, Serialize};

/// Most incidents that are acted on at once: as many as Flashduty takes in one call.
pub const BULK_MAX: usize = 100;

/// Acts that can be done on many incidents. The last two take the first two back.
pub const BULK_ACTIONS: [Action; 4] = [Action::Acknowledge, Action::Close, Action::Unacknowledge, Action::Reopen];

/// Where one of the incidents stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BulkState {
    /// The act can be done.
    Ready,
    /// It was done now.
    Done,
    /// It was so already.
    Already,
    /// It was begun and goes on.
    UnderWay,
    /// It cannot be done, or was refused; the problem says why.
    Refused,
}

impl BulkState {
    /// The fixed name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Done => "done",
            Self::Already => "already",
            Self::UnderWay => "under-way",
            Self::Refused => "refused",
        }
    }
}

/// One of the incidents. Of one that the viewer may not see there is its id alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkMember {
    pub id: String,
    /// Short number without `#`.
    pub num: String,
    pub title: String,
    pub severity: Option<Severity>,
    pub progress: Option<Progress>,
    pub state: BulkState,
    /// Why it is left out or was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// An act and the incidents it is for, in the order they were chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bulk {
    pub action: Action,
    pub members: Vec<BulkMember>,
    /// When that was so, in Unix milliseconds.
    pub as_of_ms: i64,
}

impl Bulk {
    /// Those in one state.
    pub fn of(&self, state: BulkState) -> impl Iterator<Item = &BulkMember> {
        self.members.iter().filter(move |member| member.state == state)
    }

    /// How many are in one state.
    pub fn count(&self, state: BulkState) -> usize {
        self.of(state).count()
    }

    /// Ids of those in one state, as a form carries them.
    pub fn ids(&self, state: BulkState) -> String {
        self.of(state).map(|member| member.id.as_str()).collect::<Vec<_>>().join(",")
    }
}
