//! A link joins an Employee and a Member, and says how that was proved.

use contract::person::SignInWay;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use world::Millis;

/// Employee ↔ Member.
#[derive(Clone, Debug)]
pub struct Link {
    pub id: String,
    pub integration: String,
    pub employee: Employee,
    pub member: Member,
    pub proof: SignInWay,
    /// What lets us act as the Member; none for a directory match.
    pub credential: Option<Credential>,
    pub state: LinkState,
    pub created: Millis,
    pub updated: Millis,
    pub version: i64,
}

/// A person in a Corp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Employee {
    pub user_id: String,
    pub name: String,
    pub union_id: Option<String>,
}

/// A person in an Account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub member_id: i64,
    pub name: String,
    pub account_id: i64,
    pub account_name: String,
}

/// Whether the credential still works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    Linked,
    /// Flashduty answered `Unauthorized`: the person must sign in again.
    Broken,
}

impl LinkState {
    /// The value in the database and the automation API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linked => "linked",
            Self::Broken => "broken",
        }
    }
}

/// What acts as a Member at Flashduty. Serialised only to be sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Credential {
    AppKey(#[serde(serialize_with = "super::secret::expose")] SecretString),
    Oauth {
        #[serde(serialize_with = "super::secret::expose")]
        access: SecretString,
        #[serde(serialize_with = "super::secret::expose_option")]
        refresh: Option<SecretString>,
        expires: Option<Millis>,
    },
}
