use crate::{Client, FlashdutyError, wire};
use serde::{Deserialize, Deserializer, Serialize};

/// A member or the account owner, as shown to people (reference 6.3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// The same number as the member's id.
    #[serde(deserialize_with = "wire::integer")]
    pub person_id: i64,
    /// May be empty in incidents; [`Client::person_infos`] tells it.
    #[serde(rename = "person_name", deserialize_with = "wire::text")]
    pub name: String,
    /// An address, or a path below the console's.
    #[serde(deserialize_with = "wire::text")]
    pub avatar: String,
    /// E-mail address.
    #[serde(deserialize_with = "wire::text")]
    pub email: String,
    /// Masked.
    #[serde(deserialize_with = "wire::text")]
    pub phone: String,
    /// Whether Flashduty has verified the phone.
    #[serde(deserialize_with = "wire::flag")]
    pub phone_verified: bool,
    /// Whether Flashduty has verified the e-mail address.
    #[serde(deserialize_with = "wire::flag")]
    pub email_verified: bool,
    /// `zh-CN` or `en-US`.
    #[serde(deserialize_with = "wire::text")]
    pub locale: String,
    /// IANA name.
    #[serde(deserialize_with = "wire::text")]
    pub time_zone: String,
    /// `account` or `member`.
    #[serde(rename = "as", deserialize_with = "wire::text")]
    pub kind: String,
    /// `enabled`, `pending`, `deleted`.
    #[serde(deserialize_with = "wire::text")]
    pub status: String,
}

impl Client {
    /// The people with these ids (reference 6.3), in Flashduty's order; unknown ids are left out.
    pub async fn person_infos(&self, person_ids: &[i64]) -> Result<Vec<Person>, FlashdutyError> {
        self.read_in_parts("/person/infos", "person_ids", person_ids, 100).await
    }
}

/// A person inside another object. Flashduty writes "nobody" as null, as an empty object or as id 0.
pub(crate) fn optional<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Person>, D::Error> {
    Ok(wire::object(source)?.filter(|person: &Person| person.person_id != 0))
}
