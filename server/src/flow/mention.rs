//! Who is called by a group's card: responders where a subscription wants it, and those a robot push named.

use crate::model::delivery::Target;
use crate::model::incident::Incident;
use crate::model::mention::Called;
use crate::store::{self, StoreError, Tx};

/// Whom the card of an incident calls at a target; nobody but in groups.
pub async fn called(tx: &mut Tx, key: &str, target: &Target, incident: &Incident) -> Result<Called, StoreError> {
    let mut called = Called::default();
    let Target::Chat(chat_id) = target else { return Ok(called) };
    let subscriptions = store::subscription::of_chat(tx, key, chat_id).await?;
    if subscriptions.iter().any(|one| one.rule.mention && one.rule.fits(incident)) {
        let member_ids: Vec<i64> = incident.responders.iter().map(|one| one.member_id).collect();
        let links = store::link::by_members(tx, key, &member_ids).await?;
        for responder in &incident.responders {
            match links.iter().find(|link| link.member.member_id == responder.member_id) {
                Some(link) => called.add(&link.employee.user_id, &link.employee.name, true),
                None => called.add(&responder.name, &responder.name, false),
            }
        }
    }
    for mention in store::mention::of_card(tx, key, &incident.id, chat_id).await? {
        called.add(&mention.person, &mention.name, mention.linked);
    }
    Ok(called)
}
