use crate::incident_query::is_zero;
use crate::{Client, ErrorClass, FlashdutyError, Page, wire};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Who owns a credential (reference 6.1): the proof of a sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct MemberInfo {
    /// The account the member belongs to.
    #[serde(deserialize_with = "wire::integer")]
    pub account_id: i64,
    /// Its name.
    #[serde(deserialize_with = "wire::text")]
    pub account_name: String,
    /// The member; the same number as the person's id.
    #[serde(deserialize_with = "wire::integer")]
    pub member_id: i64,
    /// Display name.
    #[serde(deserialize_with = "wire::text")]
    pub member_name: String,
    /// Masked, such as `+86185****0300`.
    #[serde(deserialize_with = "wire::text")]
    pub phone: String,
    /// Whether Flashduty has verified it.
    #[serde(deserialize_with = "wire::flag")]
    pub phone_verified: bool,
    /// In full.
    #[serde(deserialize_with = "wire::text")]
    pub email: String,
    /// Whether Flashduty has verified it.
    #[serde(deserialize_with = "wire::flag")]
    pub email_verified: bool,
    /// See [`Person::avatar`](crate::Person::avatar).
    #[serde(deserialize_with = "wire::text")]
    pub avatar: String,
    /// `zh-CN` or `en-US`.
    #[serde(deserialize_with = "wire::text")]
    pub locale: String,
    /// IANA name.
    #[serde(deserialize_with = "wire::text")]
    pub time_zone: String,
    /// The account's locale.
    #[serde(deserialize_with = "wire::text")]
    pub account_locale: String,
    /// The account's zone, as an IANA name.
    #[serde(deserialize_with = "wire::text")]
    pub account_time_zone: String,
    /// By default 2 is Admin, 6 Responder, 8 Viewer.
    #[serde(rename = "account_role_ids", deserialize_with = "wire::integers")]
    pub role_ids: Vec<i64>,
    /// `enabled`, `pending`, `deleted`.
    #[serde(deserialize_with = "wire::text")]
    pub status: String,
}

/// Which members to list (reference 6.2).
#[derive(Clone, Debug, Default, Serialize)]
pub struct MemberQuery {
    /// Part of a name or e-mail address; a phone number must match whole, though answers mask it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub query: String,
    /// From 1; 0 is the first too.
    #[serde(rename = "p", skip_serializing_if = "is_zero")]
    pub page: u32,
    /// Rows per page, at most 100; 0 leaves it to Flashduty (20).
    #[serde(skip_serializing_if = "is_zero")]
    pub limit: u32,
}

/// A member of the account (reference 6.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Member {
    /// The account the member belongs to.
    #[serde(deserialize_with = "wire::integer")]
    pub account_id: i64,
    /// The same number as the person's id.
    #[serde(deserialize_with = "wire::integer")]
    pub member_id: i64,
    /// Display name.
    #[serde(deserialize_with = "wire::text")]
    pub member_name: String,
    /// Masked.
    #[serde(deserialize_with = "wire::text")]
    pub phone: String,
    /// `CN` and so on.
    #[serde(deserialize_with = "wire::text")]
    pub country_code: String,
    /// Whether Flashduty has verified the phone.
    #[serde(deserialize_with = "wire::flag")]
    pub phone_verified: bool,
    /// In full.
    #[serde(deserialize_with = "wire::text")]
    pub email: String,
    /// Whether Flashduty has verified it.
    #[serde(deserialize_with = "wire::flag")]
    pub email_verified: bool,
    /// See [`Person::avatar`](crate::Person::avatar).
    #[serde(deserialize_with = "wire::text")]
    pub avatar: String,
    /// `zh-CN` or `en-US`.
    #[serde(deserialize_with = "wire::text")]
    pub locale: String,
    /// IANA name.
    #[serde(deserialize_with = "wire::text")]
    pub time_zone: String,
    /// By default 2 is Admin, 6 Responder, 8 Viewer.
    #[serde(rename = "account_role_ids", deserialize_with = "wire::integers")]
    pub role_ids: Vec<i64>,
    /// `enabled`, `pending` (has not accepted the invitation), `deleted`.
    #[serde(deserialize_with = "wire::text")]
    pub status: String,
    /// The company's own id of the person, where it is filled in.
    #[serde(deserialize_with = "wire::text")]
    pub ref_id: String,
}

/// One page of members.
pub type MemberPage = Page<Member>;

/// A person's licence (reference 7.8). Who has none can receive messages, but not view or act.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct License {
    /// Whose.
    #[serde(deserialize_with = "wire::integer")]
    pub person_id: i64,
    /// `fixed` or `temporary`.
    #[serde(rename = "type", deserialize_with = "wire::text")]
    pub kind: String,
}

impl Client {
    /// Who owns this credential (reference 6.1). [`ErrorClass::NotAMember`] when it is the account itself.
    pub async fn member_info(&self) -> Result<MemberInfo, FlashdutyError> {
        let not_a_member = |error| FlashdutyError { class: ErrorClass::NotAMember, ..error };
        match self.read("/member/info", json!({})).await {
            Ok(MemberInfo { member_id: 0, .. }) => {
                let message = "the credential belongs to no member";
                Err(FlashdutyError::ours(ErrorClass::NotAMember, "UnexpectedData", message))
            }
            Err(error) if error.code == "BadRequest" => Err(not_a_member(error)),
            result => result,
        }
    }

    /// Members by name, e-mail address or phone (reference 6.2).
    pub async fn member_list(&self, query: &MemberQuery) -> Result<MemberPage, FlashdutyError> {
        let page: MemberPage = self.read("/member/list", json!(query)).await?;
        Ok(page.with_next_page(query.page, if query.limit == 0 { 20 } else { query.limit }))
    }

    /// Who has a licence (reference 7.8).
    pub async fn license_list(&self) -> Result<Vec<License>, FlashdutyError> {
        let page: Page<License> = self.read("/oncall/license/list", json!({})).await?;
        Ok(page.items)
    }
}
