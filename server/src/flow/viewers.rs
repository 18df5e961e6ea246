//! Whom a card shows something of their own: the responders known in DingTalk.

use super::{address, notify};
use crate::model::card::viewer::{self, Values, Viewer};
use crate::model::delivery::Target;
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::model::link::{Link, LinkState};
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use std::collections::BTreeMap;

/// Views by employee.
pub type Views = BTreeMap<String, Values>;

/// What each responder known in DingTalk is to see on the incident's cards.
pub async fn views(
    state: &State,
    tx: &mut Tx,
    integration: &Integration,
    incident: &Incident,
) -> Result<Views, StoreError> {
    let member_ids: Vec<i64> = incident.responders.iter().map(|one| one.member_id).collect();
    let links = store::link::by_members(tx, &integration.key, &member_ids).await?;
    Ok(links.iter().map(|link| (link.employee.user_id.clone(), of_link(state, integration, incident, link))).collect())
}

/// What the person of a link is to see.
pub fn of_link(state: &State, integration: &Integration, incident: &Incident, link: &Link) -> Values {
    let viewer = Viewer {
        user_id: link.employee.user_id.clone(),
        member_id: link.member.member_id,
        linked: link.state == LinkState::Linked && link.credential.is_some(),
    };
    // Whoever arrives there without a link is led to linking first, and back.
    let url = address::incident_in_dingtalk(state, &integration.key, incident.page_id());
    viewer::view(incident, &viewer, notify::drawing(state, integration, &url), &url)
}

/// Those who can see a card of this target: a personal one nobody but its person.
pub fn of_target(views: &Views, target: &Target) -> Views {
    match target {
        Target::Person(user_id) => views.get_key_value(user_id).into_iter().map(cloned).collect(),
        _ => views.clone(),
    }
}

fn cloned((user_id, values): (&String, &Values)) -> (String, Values) {
    (user_id.clone(), values.clone())
}
