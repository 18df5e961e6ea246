//! What a delivery brings and its cards show: an incident, or the digest of a storm. Whoever sends or repaints needs not
//! know which.

use super::company_text::{self, Own};
use super::{address, digest, war_room};
use crate::model::card::{self, Drawing};
use crate::model::delivery::Delivery;
use crate::model::digest::{Digest, Figures, is_id};
use crate::model::digest_card;
use crate::model::incident::Mirror;
use crate::model::integration::Integration;
use crate::model::war_room::OnCard;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::Language;
use contract::words::{card as words, digest as storm};
use std::collections::BTreeMap;

/// What a delivery brings.
pub enum Subject {
    Incident(Box<Mirror>, OnCard),
    Digest(Box<Digest>, Figures),
}

impl Subject {
    /// The subject that deliveries and cards name as their incident.
    pub async fn load(tx: &mut Tx, integration: &Integration, id: &str) -> Result<Option<Self>, StoreError> {
        let key = &integration.key;
        if is_id(id) {
            return digest::load(tx, key, id)
                .await
                .map(|found| found.map(|(one, all)| Self::Digest(Box::new(one), all)));
        }
        let Some(mirror) = store::incident::get(tx, key, id).await? else { return Ok(None) };
        let room = war_room::on_card(tx, integration, &mirror.incident).await?;
        Ok(Some(Self::Incident(Box::new(mirror), room)))
    }

    /// What its deliveries and cards name as their incident.
    pub fn id(&self) -> &str {
        match self {
            Self::Incident(mirror, _) => &mirror.incident.id,
            Self::Digest(digest, _) => &digest.id,
        }
    }

    /// The incident, where it is one.
    pub fn incident(&self) -> Option<&Mirror> {
        match self {
            Self::Incident(mirror, _) => Some(mirror),
            Self::Digest(..) => None,
        }
    }

    /// Whether it is too late to send this delivery of it.
    pub fn is_pointless(&self, delivery: &Delivery) -> bool {
        self.incident().is_some_and(|mirror| delivery.is_pointless(&mirror.incident))
    }

    /// The link on its card.
    pub fn url(&self, state: &State, integration: &Integration) -> String {
        match self {
            Self::Incident(mirror, _) => {
                address::incident_in_dingtalk(state, &integration.key, mirror.incident.page_id())
            }
            Self::Digest(digest, _) => address::list_in_dingtalk(state, &integration.key, &digest.target),
        }
    }

    /// The company's own text for its card.
    pub async fn text(&self, state: &State, integration: &Integration) -> Result<Own, StoreError> {
        match self {
            Self::Incident(mirror, _) => company_text::of(state, integration, mirror).await,
            Self::Digest(..) => Ok(Own::default()),
        }
    }

    /// The public values of its card.
    pub fn values(&self, drawing: Drawing) -> BTreeMap<String, String> {
        match self {
            Self::Incident(mirror, room) => {
                let mut values = card::values(&mirror.incident, drawing);
                values.extend(card::room_values(*room, drawing.language));
                values
            }
            Self::Digest(digest, figures) => digest_card::values(digest, figures, drawing),
        }
    }

    /// The line in the list of chats.
    pub fn summary(&self, drawing: Drawing) -> String {
        match self {
            Self::Incident(mirror, _) => card::summary(&mirror.incident, drawing),
            Self::Digest(digest, figures) => digest_card::summary(digest, figures, drawing),
        }
    }

    /// The same as DingTalk markdown, for messages with link buttons.
    pub fn markdown(&self, drawing: Drawing) -> String {
        match self {
            Self::Incident(mirror, _) => card::markdown(&mirror.incident, drawing),
            Self::Digest(digest, figures) => digest_card::markdown(digest, figures, drawing),
        }
    }

    /// The words on the button that opens the link.
    pub fn button(&self, language: Language) -> &'static str {
        match self {
            Self::Incident(..) => words::details(language),
            Self::Digest(..) => storm::list(language),
        }
    }

    /// Whether this is still what the database has. Of a digest nobody knows without counting again.
    pub async fn is_current(&self, tx: &mut Tx, key: &str) -> Result<bool, StoreError> {
        let Self::Incident(drawn, _) = self else { return Ok(false) };
        let present = store::incident::get(tx, key, &drawn.incident.id).await?;
        Ok(present.is_some_and(|present| present.version == drawn.version))
    }
}
