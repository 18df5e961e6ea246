//! Whom a robot push wants mentioned: found by mobile number at DingTalk, else through Flashduty and the links.

use crate::flow::credential;
use crate::model::integration::Integration;
use crate::model::mention::{EVERYBODY, Mention};
use crate::model::quota::Priority;
use crate::state::State;
use crate::store::{self, StoreError};
use flashduty::MemberQuery;
use flashduty::robot::RobotMessage;
use std::time::Duration;

/// How long is looked for people; whoever is not found by then is named by what is known.
const SEARCH_MAX: Duration = Duration::from_secs(15);

/// Somebody behind a mobile number or a user id: the id in DingTalk if any, and a name.
pub type Known = (Option<String>, String);

/// Everybody a message mentions. The calls are free ones (reference 10.1).
pub async fn named(
    state: &State,
    integration: &Integration,
    message: &RobotMessage,
) -> Result<Vec<Mention>, StoreError> {
    let now = state.world.now();
    let mut people: Vec<Mention> = Vec::new();
    let mut add = |(user_id, name): Known, number: Option<&String>| {
        let linked = user_id.is_some();
        let person = user_id.unwrap_or_else(|| name.clone());
        if !people.iter().any(|known| known.person == person) {
            people.push(Mention { person, name, linked, number: number.cloned(), at: now });
        }
    };
    if message.at_all {
        add((Some(EVERYBODY.to_owned()), EVERYBODY.to_owned()), None);
    }
    for mobile in &message.at_mobiles {
        let in_time = state.world.now().since(now) < SEARCH_MAX;
        let found = if in_time { by_mobile(state, integration, mobile).await? } else { None };
        add(found.unwrap_or_else(|| (None, masked(mobile))), Some(mobile));
    }
    for user_id in &message.at_user_ids {
        let in_time = state.world.now().since(now) < SEARCH_MAX;
        // Nobody but who is known: DingTalk may refuse a card for one wrong id.
        if let Some(name) = if in_time { name_of(state, integration, user_id).await? } else { None } {
            add((Some(user_id.clone()), name), None);
        }
    }
    Ok(people)
}

async fn by_mobile(state: &State, integration: &Integration, mobile: &str) -> Result<Option<Known>, StoreError> {
    let place = (integration.key.clone(), mobile.to_owned());
    if let Some(known) = state.caches.mobiles.get(&place, state.world.now()) {
        return Ok(Some(known));
    }
    let client = credential::dingtalk(state, integration, Priority::Page);
    let found = match client.user_id_by_mobile(mobile).await {
        Ok(user_id) => {
            let name = name_of(state, integration, &user_id).await?;
            Some((Some(user_id), name.unwrap_or_else(|| masked(mobile))))
        }
        // Without the permission, or with another number in DingTalk: Flashduty knows the number too.
        Err(error) => {
            tracing::debug!(class = error.class.name(), "nobody in DingTalk by this number");
            by_member(state, integration, mobile).await?
        }
    };
    if let Some(found) = &found {
        state.caches.mobiles.put(place, found.clone(), state.world.now());
    }
    Ok(found)
}

async fn by_member(state: &State, integration: &Integration, mobile: &str) -> Result<Option<Known>, StoreError> {
    let query = MemberQuery { query: mobile.to_owned(), limit: 2, ..MemberQuery::default() };
    let listed = credential::service(state, integration).member_list(&query).await;
    // A number must match whole (reference 6.2); two that match are nobody.
    let members = listed.map(|page| page.items).unwrap_or_default();
    let [member] = members.as_slice() else { return Ok(None) };
    let mut tx = state.store.read().await?;
    let link = store::link::by_member(&mut tx, &integration.key, member.member_id).await?;
    Ok(Some(match link {
        Some(link) => (Some(link.employee.user_id), link.employee.name),
        None => (None, member.member_name.clone()),
    }))
}

/// The name of an employee, from their link or from DingTalk; none of nobody.
async fn name_of(state: &State, integration: &Integration, user_id: &str) -> Result<Option<String>, StoreError> {
    let mut tx = state.store.read().await?;
    let link = store::link::by_user(&mut tx, &integration.key, user_id).await?;
    drop(tx);
    if let Some(link) = link {
        return Ok(Some(link.employee.name));
    }
    let user = credential::dingtalk(state, integration, Priority::Page).user(user_id).await;
    Ok(user.ok().map(|user| user.name.unwrap_or_else(|| user_id.to_owned())))
}

/// `138****0001`: enough for those who know the number.
fn masked(mobile: &str) -> String {
    let digits: Vec<char> = mobile.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < 8 {
        return "****".to_owned();
    }
    let (begin, end) = (&digits[..3], &digits[digits.len() - 4..]);
    begin.iter().chain(&['*'; 4]).chain(end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_hidden() {
        for (mobile, shown) in [("13800000001", "138****0001"), ("+86-138 0000 0001", "861****0001"), ("12345", "****")]
        {
            assert_eq!(masked(mobile), shown);
        }
    }
}
