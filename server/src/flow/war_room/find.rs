//! Who a responder is in DingTalk: by link, else by the mobile number that both platforms know.

use super::client;
use crate::flow::{credential, members};
use crate::model::delivery::Target;
use crate::model::incident::{Incident, Responder};
use crate::model::integration::Integration;
use crate::model::mobile;
use crate::model::quota::Priority;
use crate::model::war_room::{Missing, Presence, RoomPerson, WarRoom, member_key};
use crate::state::State;
use crate::store::{self, StoreError};
use contract::chat::ChatState;
use dingtalk::ErrorClass;
use flashduty::{MemberQuery, Person};
use std::collections::{BTreeMap, BTreeSet};

/// Groups whose members are looked through for somebody known by a masked number: each costs a counted call.
const GROUPS_MAX: usize = 2;
/// Members of them that are looked at.
const LOOKED_AT_MAX: usize = 60;

/// The responders of an incident as people of its room. Who cannot be found is missing, with the reason.
pub async fn responders(
    state: &State,
    integration: &Integration,
    room: &WarRoom,
    responders: &[Responder],
) -> Result<Vec<RoomPerson>, StoreError> {
    let now = state.world.now();
    let ids: Vec<i64> = responders.iter().map(|one| one.member_id).collect();
    let mut tx = state.store.read().await?;
    let links = store::link::by_members(&mut tx, &integration.key, &ids).await?;
    drop(tx);
    let linked: BTreeMap<i64, _> = links.iter().map(|link| (link.member.member_id, &link.employee)).collect();
    let unlinked: Vec<i64> = ids.iter().copied().filter(|id| !linked.contains_key(id)).collect();
    let found = by_number(state, integration, &unlinked).await;
    Ok(responders
        .iter()
        .map(|one| {
            let employee = linked.get(&one.member_id);
            let user_id = employee.map(|employee| employee.user_id.clone());
            let (user_id, reason) = match (user_id, found.get(&one.member_id)) {
                (Some(user_id), _) => (Some(user_id), None),
                (None, Some(Ok(user_id))) => (Some(user_id.clone()), None),
                (None, Some(Err(reason))) => (None, Some(*reason)),
                (None, None) => (None, Some(Missing::NotLinked)),
            };
            RoomPerson {
                room_id: room.id.clone(),
                person: member_key(one.member_id),
                state: if user_id.is_some() { Presence::Wanted } else { Presence::Missing },
                user_id,
                name: employee.map_or_else(|| one.name.clone(), |employee| employee.name.clone()),
                reason,
                updated: now,
            }
        })
        .collect())
}

/// Employees by member whose whole number Flashduty tells. These calls are free (reference 10.1).
async fn by_number(
    state: &State,
    integration: &Integration,
    member_ids: &[i64],
) -> BTreeMap<i64, Result<String, Missing>> {
    let mut found = BTreeMap::new();
    for person in people(state, integration, member_ids).await {
        let outcome = match number(&person) {
            None => Err(Missing::NoNumber),
            Some(number) if number.contains('*') => Err(Missing::NotLinked),
            Some(number) => {
                let answer = client(state, integration, Priority::Page).user_id_by_mobile(&number).await;
                answer.map_err(|error| {
                    tracing::info!(class = error.class.name(), "nobody was found by a responder's number");
                    Missing::NotLinked
                })
            }
        };
        found.insert(person.person_id, outcome);
    }
    found
}

/// Who of these members is among the groups that have the incident's cards. Flashduty masks numbers in its answers, but
/// finds a member by a whole one: so DingTalk's numbers are compared with the mask, and Flashduty confirms the one that fits.
pub async fn among_groups(
    state: &State,
    integration: &Integration,
    incident: &Incident,
    member_ids: &[i64],
) -> Result<BTreeMap<i64, String>, StoreError> {
    let masked: Vec<(i64, String)> = people(state, integration, member_ids)
        .await
        .into_iter()
        .filter_map(|person| Some((person.person_id, number(&person).filter(|number| number.contains('*'))?)))
        .collect();
    let mut found = BTreeMap::new();
    if masked.is_empty() {
        return Ok(found);
    }
    let client = client(state, integration, Priority::State);
    for user_id in candidates(state, integration, incident).await? {
        let Ok(user) = client.user(&user_id).await else { continue };
        let Some(number) = user.mobile else { continue };
        let Some((member_id, _)) = masked.iter().find(|(_, mask)| mobile::fits(mask, &number)) else { continue };
        if is_of(state, integration, &number, *member_id).await {
            found.insert(*member_id, user_id);
        }
        if found.len() == masked.len() {
            break;
        }
    }
    Ok(found)
}

/// Employees in groups with a card of this incident whom no link makes a member.
async fn candidates(state: &State, integration: &Integration, incident: &Incident) -> Result<Vec<String>, StoreError> {
    let key = &integration.key;
    let mut tx = state.store.read().await?;
    let mut chats = Vec::new();
    for card in store::card::by_incident(&mut tx, key, &incident.id).await? {
        if let Target::Chat(id) = &card.target
            && let Some(chat) = store::chat::by_id(&mut tx, key, id).await?
            && chat.state == ChatState::Installed
        {
            chats.push(chat);
        }
    }
    drop(tx);
    let mut user_ids = BTreeSet::new();
    for chat in chats.iter().take(GROUPS_MAX) {
        user_ids.extend(members::of(state, integration, chat).await);
    }
    let mut tx = state.store.read().await?;
    let mut unlinked = Vec::new();
    for user_id in user_ids {
        if unlinked.len() < LOOKED_AT_MAX && store::link::by_user(&mut tx, key, &user_id).await?.is_none() {
            unlinked.push(user_id);
        }
    }
    Ok(unlinked)
}

/// Which of these employees DingTalk does not know any more. These calls are free (reference 10.1).
pub async fn left(state: &State, integration: &Integration, user_ids: &[String]) -> Vec<String> {
    let client = client(state, integration, Priority::Page);
    let mut left = Vec::new();
    for user_id in user_ids {
        match client.user(user_id).await {
            Err(error) if error.class == ErrorClass::UnknownPerson => left.push(user_id.clone()),
            Ok(_) | Err(_) => {}
        }
    }
    left
}

async fn people(state: &State, integration: &Integration, member_ids: &[i64]) -> Vec<Person> {
    if member_ids.is_empty() {
        return Vec::new();
    }
    credential::service(state, integration).person_infos(member_ids).await.unwrap_or_else(|error| {
        tracing::info!(code = error.code, "responders' numbers could not be read");
        Vec::new()
    })
}

/// The national digits of a verified number, masked or not.
fn number(person: &Person) -> Option<String> {
    mobile::national(&person.phone).filter(|_| person.phone_verified)
}

/// Whether Flashduty says that this number is that member's.
async fn is_of(state: &State, integration: &Integration, mobile: &str, member_id: i64) -> bool {
    let query = MemberQuery { query: mobile.to_owned(), limit: 2, ..MemberQuery::default() };
    let listed = credential::service(state, integration).member_list(&query).await;
    let members = listed.map(|page| page.items).unwrap_or_default();
    matches!(members.as_slice(), [member] if member.member_id == member_id && member.phone_verified)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_verified_numbers_count() {
        let person = |phone: &str, phone_verified| Person { phone: phone.into(), phone_verified, ..Person::default() };
        assert_eq!(number(&person("+86185****0300", true)).as_deref(), Some("185****0300"));
        assert_eq!(number(&person("+8618512340300", true)).as_deref(), Some("18512340300"));
        assert_eq!(number(&person("18512340300", true)).as_deref(), Some("18512340300"));
        assert_eq!(number(&person("18512340300", false)), None);
        assert_eq!(number(&person("", true)), None);
    }
}
