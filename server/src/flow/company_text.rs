//! The company's own text for cards and messages: what Flashduty renders from the message template that the integration
//! names (Flashduty reference 7.6), once for each version of an incident. Whatever goes wrong with it, everything comes
//! with our own text, and in time; the reason is kept. Nobody who waits for an answer waits for it.

use super::credential;
use crate::model::card_text::{CardText, TEXT_BYTES_MAX};
use crate::model::incident::Mirror;
use crate::model::integration::{Failure, Integration};
use crate::model::task::TaskKind;
use crate::model::{plain, text};
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use flashduty::{DINGTALK_APP, PreviewQuery};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use world::Millis;

/// How long a card may wait for its text.
const BUDGET: Duration = Duration::from_secs(2);
/// Renderings of an integration in [`PACE_WINDOW`]: an eighth of what an account may ask in a minute (reference 2.4).
const PACE_CALLS: u32 = 20;
const PACE_WINDOW: Duration = Duration::from_secs(10);

/// A text that stands in for our own, or why there is none although there should be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// Plain text.
    pub text: Option<String>,
    /// A code or a word; empty: nothing is wrong.
    pub trouble: String,
}

/// The text of an incident as it is now. Asks Flashduty where it is not known; two seconds at most.
///
/// # Errors
/// The database does not answer.
pub async fn of(state: &State, integration: &Integration, mirror: &Mirror) -> Result<Own, StoreError> {
    let Some(template_id) = integration.settings.card.text_template_id.as_deref() else { return Ok(Own::default()) };
    let incident_id = &mirror.incident.id;
    // Its cards and messages are sent at the same moment: the first one renders for all.
    let _turn = state.caches.rendering.lock(format!("{}/{incident_id}", integration.key)).await;
    let now = state.world.now();
    let mut tx = state.store.read().await?;
    let known = store::card_text::get(&mut tx, &integration.key, incident_id).await?;
    drop(tx);
    if let Some(known) = known.as_ref().filter(|one| one.is_of(template_id, mirror.version)) {
        return Ok(own(known));
    }
    let template = (integration.key.clone(), template_id.to_owned());
    if let Some(known) = known.as_ref().filter(|one| one.rests(template_id, now)) {
        return Ok(own(known));
    }
    let rendered = match state.caches.text_troubles.get(&template, now) {
        // Another incident has met it a moment ago.
        Some(trouble) => Err(trouble),
        None => match tokio::time::timeout(BUDGET, render(state, integration, template_id, incident_id)).await {
            Ok(rendered) => rendered,
            Err(_too_slow) => Err(Trouble::passing("TimeOut", "Flashduty takes too long")),
        },
    };
    let tries = known.filter(|one| one.template_id == template_id).map_or(0, |one| one.tries);
    let (kept, trouble) = match rendered {
        Ok(text) => (CardText { text, tries: 0, ..empty(template_id, mirror.version, now) }, None),
        Err(trouble) => {
            let code = trouble.code.clone();
            (CardText { trouble: code, tries: tries + 1, ..empty(template_id, mirror.version, now) }, Some(trouble))
        }
    };
    let is_news = |trouble: &&Trouble| !trouble.is_paced && state.caches.text_troubles.get(&template, now).is_none();
    if let Some(trouble) = trouble.as_ref().filter(is_news) {
        tracing::warn!(key = integration.key, code = trouble.code, "the company's own text is not to be had");
        state.caches.text_troubles.put(template, trouble.clone(), now);
    }
    keep(state, integration, incident_id, &kept, trouble).await?;
    Ok(own(&kept))
}

/// What was rendered last, for an answer that cannot wait.
pub async fn known(tx: &mut Tx, integration: &Integration, incident_id: &str) -> Result<Option<String>, StoreError> {
    let Some(template_id) = integration.settings.card.text_template_id.as_deref() else { return Ok(None) };
    let known = store::card_text::get(tx, &integration.key, incident_id).await?;
    Ok(known.filter(|one| one.template_id == template_id).and_then(|one| own(&one).text))
}

fn own(known: &CardText) -> Own {
    let is_there = known.trouble.is_empty() && !known.text.is_empty();
    Own { text: is_there.then(|| known.text.clone()), trouble: known.trouble.clone() }
}

fn empty(template_id: &str, version: i64, at: Millis) -> CardText {
    let (template_id, text, trouble) = (template_id.to_owned(), String::new(), String::new());
    CardText { template_id, version, text, trouble, tries: 0, at }
}

/// Keeps what came of it, and what the administrator is told; what passes is asked for again by a repaint.
async fn keep(
    state: &State,
    integration: &Integration,
    incident_id: &str,
    kept: &CardText,
    trouble: Option<Trouble>,
) -> Result<(), StoreError> {
    let (key, now) = (&integration.key, state.world.now());
    let passes = trouble.as_ref().is_some_and(|trouble| trouble.passes);
    let is_paced = trouble.as_ref().is_some_and(|trouble| trouble.is_paced);
    let failure = trouble.map(|Trouble { code, message, .. }| Failure { code, message, at: now });
    let mut tx = state.store.begin().await?;
    store::card_text::put(&mut tx, key, incident_id, kept).await?;
    // That many wait for their turn is nothing to be cured.
    if !is_paced {
        store::integration::change_failures(&mut tx, key, |failures| failures.card_text = failure).await?;
    }
    if let Some(again) = kept.again().filter(|_| passes) {
        let kind = TaskKind::Repaint { incident: incident_id.to_owned() };
        store::task::add(&mut tx, key, &kind, again, now).await?;
    }
    tx.commit().await
}

/// Why there is no text.
#[derive(Clone, Debug)]
pub struct Trouble {
    code: String,
    message: String,
    /// The same may succeed later without anybody changing anything.
    passes: bool,
    /// Only too many at once.
    is_paced: bool,
}

impl Trouble {
    fn passing(code: &str, message: &str) -> Self {
        Self { passes: true, ..Self::lasting(code, message) }
    }

    fn lasting(code: &str, message: &str) -> Self {
        Self { code: code.to_owned(), message: message.to_owned(), passes: false, is_paced: false }
    }
}

impl From<flashduty::FlashdutyError> for Trouble {
    fn from(error: flashduty::FlashdutyError) -> Self {
        Self { passes: error.is_transient(), is_paced: false, code: error.code, message: error.message }
    }
}

async fn render(
    state: &State,
    integration: &Integration,
    template_id: &str,
    incident_id: &str,
) -> Result<String, Trouble> {
    let now = state.world.now();
    if !state.caches.text_pace.take(&integration.key, now) {
        return Err(Trouble { is_paced: true, ..Trouble::passing("Paced", "too many texts at once") });
    }
    let client = credential::service(state, integration);
    let key = (integration.key.clone(), template_id.to_owned());
    let content = match state.caches.templates.get(&key, now) {
        Some(content) => content,
        None => {
            let content = client.template(template_id).await?.dingtalk_app;
            state.caches.templates.put(key, content.clone(), now);
            content
        }
    };
    if content.trim().is_empty() {
        return Err(Trouble::lasting("NoTemplateText", "the template has no text for DingTalk's card"));
    }
    let hidden: Vec<&str> = integration.settings.card.hidden.iter().filter_map(|one| one.flashduty_name()).collect();
    let query = PreviewQuery { kind: DINGTALK_APP, content: &content, incident_id, hidden_fields: &hidden };
    let preview = client.template_preview(&query).await?;
    if !preview.success {
        // Flashduty's sentence may quote the incident.
        return Err(Trouble::lasting("NotRendered", "Flashduty could not render the template"));
    }
    let rendered = text::cut(&plain::plain(&preview.content), TEXT_BYTES_MAX);
    if rendered.is_empty() {
        Err(Trouble::lasting("EmptyText", "the template renders to nothing"))
    } else {
        Ok(rendered)
    }
}

/// How many renderings an integration has asked for lately.
#[derive(Default)]
pub struct Pace(Mutex<HashMap<String, (Millis, u32)>>);

impl Pace {
    /// Takes one rendering of an integration. False when there are too many.
    fn take(&self, key: &str, now: Millis) -> bool {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (began, calls) = windows.entry(key.to_owned()).or_insert((now, 0));
        if *began > now || now.since(*began) >= PACE_WINDOW {
            (*began, *calls) = (now, 0);
        }
        *calls += 1;
        *calls <= PACE_CALLS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_texts_at_once_are_held_back_for_each_integration_by_itself() {
        let pace = Pace::default();
        let taken = |key: &str, at: i64| (0..PACE_CALLS + 5).filter(|_| pace.take(key, Millis(at))).count();
        assert_eq!(taken("a", 1_000), PACE_CALLS as usize);
        assert_eq!(taken("a", 10_999), 0);
        assert_eq!(taken("b", 10_999), PACE_CALLS as usize);
        assert_eq!(taken("a", 11_000), PACE_CALLS as usize);
        assert_eq!(taken("a", 5), PACE_CALLS as usize, "the clock was set back");
    }
}
