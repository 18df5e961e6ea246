//! Who is looking, and the ways to link accounts.

use crate::incident::Action;
use serde::{Deserialize, Serialize};

/// The person looking at a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Name in DingTalk.
    pub dingtalk_name: String,
    /// Name in Flashduty.
    pub flashduty_name: String,
    /// Name of the Flashduty account.
    pub account_name: String,
    /// How the link was proved.
    pub proof: SignInWay,
    pub linked_ms: i64,
}

/// A way to prove who one is in Flashduty. The kebab-case names are fixed (`data-sign-in`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignInWay {
    /// Sign in at Flashduty itself (OAuth).
    Oauth,
    /// Paste an own APP key.
    AppKey,
    /// Matched by the company's directory.
    Directory,
}

impl SignInWay {
    /// The fixed name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Oauth => "oauth",
            Self::AppKey => "app-key",
            Self::Directory => "directory",
        }
    }
}

/// The act somebody pressed before they were linked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingAct {
    pub action: Action,
    pub incident_num: String,
    pub incident_title: String,
}

/// What the sign-in page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum SignIn {
    /// DingTalk has not said who this is yet: the page asks it (inside DingTalk) or says how to open the app.
    Arrive,
    /// DingTalk has said who this is; choose how to prove the Flashduty side.
    Choose { dingtalk_name: String, ways: Vec<SignInWay>, act: Option<PendingAct> },
    /// Both sides are known.
    Confirm {
        dingtalk_name: String,
        flashduty_name: String,
        account_name: String,
        act: Option<PendingAct>,
        /// Name of the DingTalk person who holds this Flashduty link now, if any: a second confirmation is needed.
        taken_from: Option<String>,
    },
}
