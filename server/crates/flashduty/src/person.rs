use crate::{Client, FlashdutyError, wire};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

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
    /// People who handled incidents like this one: observers of its war room (reference 5.9).
    pub async fn default_observers(&self, incident_id: &str) -> Result<Vec<Person>, FlashdutyError> {
        let body = json!({ "incident_id": incident_id });
        let answer: Observers = self.read("/incident/war-room/default-observers", body).await?;
        Ok(answer.observers)
    }

    /// The people with these ids (reference 6.3), in Flashduty's order; unknown ids are left out.
    pub async fn person_infos(&self, person_ids: &[i64]) -> Result<Vec<Person>, FlashdutyError> {
        self.read_in_parts("/person/infos", "person_ids", person_ids, 100).await
    }
}

/// The answer about observers.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Observers {
    #[serde(deserialize_with = "wire::list")]
    observers: Vec<Person>,
}

/// A person inside another object. Flashduty writes "nobody" as null, as an empty object or as id 0.
pub(crate) fn optional<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Person>, D::Error> {
    Ok(wire::object(source)?.filter(|person: &Person| person.person_id != 0))
}
