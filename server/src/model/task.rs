//! Work that is due at a time.

use super::asked::Asked;
use serde::{Deserialize, Serialize};
use world::Millis;

/// What is to be done. Only identifiers, and what a person asked for: the truth is read when the task runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum TaskKind {
    /// Bring every delivery of an incident into being.
    Notify { incident: String },
    /// One attempt of a delivery.
    Deliver { delivery: String },
    /// Update all cards of an incident.
    Repaint { incident: String },
    /// Read a group's name and state.
    RefreshChat { chat: String },
    /// Order reads of the groups whose turn it is.
    TakeTurns,
    /// Take events off DingTalk's list of failed pushes; `late` is once, some minutes after a start.
    FailedPushes { late: bool },
    /// Carry out what a robot of Flashduty wants said in a group.
    RobotPush { push: String },
    /// Find out how an act ended that Flashduty did not answer in time, and repeat it if it did not happen.
    FinishAct { user_id: String, asked: Box<Asked>, asked_ms: i64 },
    /// Go on with acknowledging every member of a digest, should the process that began it have died.
    AcknowledgeAll { digest: String, user_id: String, asked_ms: i64 },
    /// Repaint when a snooze ends, should Flashduty's webhook be lost.
    SnoozeEnds { incident: String, until_ms: i64 },
    /// One attempt of a work notice's batch.
    SendWorkNotice { batch: String },
    /// Ask what became of a batch that DingTalk took.
    FollowWorkNotice { batch: String },
    /// Take a batch back.
    RecallWorkNotice { batch: String },
    /// Tell DingTalk our card callback address, and read account and locale at Flashduty.
    Introduce,
    /// Look which linked members are gone from Flashduty.
    SweepMembers,
    /// Read which incidents were merged into which.
    FollowMerge { incident: String },
    /// The nightly look at the set-up.
    Check,
    /// Make the group of a war room.
    MakeRoom { room: String },
    /// Bring a war room up to what its incident is: people, title, what happened.
    TendRoom { room: String },
    /// Post the link to a war room on its incident.
    LinkRoom { room: String },
    /// Disband a war room whose countdown has ended.
    EndRoom { room: String },
    /// A piece of a run through the directory.
    Directory { run: String },
    /// Read open incidents at Flashduty, in case a webhook was lost.
    Reconcile,
}

impl TaskKind {
    /// Two tasks with the same text are one.
    pub fn dedup(&self, integration: &str) -> String {
        match self {
            Self::Notify { incident } => format!("{integration}/notify/{incident}"),
            Self::Deliver { delivery } => format!("{integration}/deliver/{delivery}"),
            Self::Repaint { incident } => format!("{integration}/repaint/{incident}"),
            Self::RobotPush { push } => format!("{integration}/robot-push/{push}"),
            Self::TakeTurns => format!("{integration}/take-turns"),
            Self::FailedPushes { late } => format!("{integration}/failed-pushes/{late}"),
            Self::RefreshChat { chat } => format!("{integration}/refresh-chat/{chat}"),
            Self::FinishAct { user_id, asked, asked_ms } => {
                let (incident, action) = (&asked.incident_id, asked.action.name());
                format!("{integration}/finish/{incident}/{action}/{user_id}/{asked_ms}")
            }
            // Whoever asks while it goes on need not ask.
            Self::AcknowledgeAll { digest, .. } => format!("{integration}/acknowledge-all/{digest}"),
            // A shorter snooze that was ended early must not stand in for the longer one after it.
            Self::SnoozeEnds { incident, until_ms } => format!("{integration}/snooze-ends/{incident}/{until_ms}"),
            Self::SendWorkNotice { batch } => format!("{integration}/send-work-notice/{batch}"),
            Self::FollowWorkNotice { batch } => format!("{integration}/follow-work-notice/{batch}"),
            Self::RecallWorkNotice { batch } => format!("{integration}/recall-work-notice/{batch}"),
            Self::SweepMembers => format!("{integration}/sweep-members"),
            Self::Introduce => format!("{integration}/introduce"),
            Self::FollowMerge { incident } => format!("{integration}/follow-merge/{incident}"),
            Self::Check => format!("{integration}/check"),
            Self::MakeRoom { room } => format!("{integration}/make-room/{room}"),
            Self::TendRoom { room } => format!("{integration}/tend-room/{room}"),
            Self::LinkRoom { room } => format!("{integration}/link-room/{room}"),
            Self::EndRoom { room } => format!("{integration}/end-room/{room}"),
            Self::Directory { run } => format!("{integration}/directory/{run}"),
            Self::Reconcile => format!("{integration}/reconcile"),
        }
    }
}

/// A task somebody holds the lease of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    pub id: String,
    pub integration: String,
    pub kind: TaskKind,
    /// Times it was leased, this one included.
    pub attempts: i64,
    pub due: Millis,
    /// Grows with each lease: only the newest holder may end the task.
    pub version: i64,
}
