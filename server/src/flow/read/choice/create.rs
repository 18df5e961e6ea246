//! What can be chosen for a new incident: channels, the rules of one, people, custom fields. All of it as Flashduty shows
//! the viewer at that moment.

use super::{Account, CALLED_MAX, QUERY_CHARS_MAX, candidates, others, persons};
use crate::flow::form;
use crate::flow::read::{Viewer, channels};
use crate::flow::refusal::Refusal;
use crate::model::incident::Incident;
use crate::model::text::line;
use contract::form::{CreateChoice, FormChoice, RuleChoice};
use flashduty::{Client, EscalationRule};
use std::collections::BTreeSet;

/// Rules offered at most.
const RULES_MAX: usize = 20;

/// What can be chosen for a new incident of a channel. `chosen` are people who are ticked already.
///
/// # Errors
/// As [`super::people`].
pub async fn create_choice(
    viewer: Viewer<'_>,
    channel: Option<i64>,
    query: &str,
    chosen: &[i64],
) -> Result<CreateChoice, Refusal> {
    let client = viewer.client().await?;
    let query: String = query.trim().chars().take(QUERY_CHARS_MAX).collect();
    let channel = channel.filter(|id| *id > 0);
    let (channels, fields, rules, account) = tokio::join!(
        channels::of(viewer, &client),
        form::fields(viewer, &client),
        rules(&client, channel),
        Account::read(&client, channel.unwrap_or(0))
    );
    let rules = rule_choices(&client, &account, rules).await;
    let unknown = Incident::empty("");
    let (people, cut) = candidates(viewer, &client, account, &unknown, channel.unwrap_or(0), &query, chosen).await?;
    Ok(CreateChoice {
        channels,
        channel,
        rules,
        people,
        query,
        cut,
        fields: fields.to_vec(),
        token: viewer.state.world.secret(),
        as_of_ms: viewer.state.world.now().0,
    })
}

/// What a form of the account may ask for before an act on an incident.
///
/// # Errors
/// As [`super::people`].
pub async fn form_choice(viewer: Viewer<'_>, id: &str) -> Result<FormChoice, Refusal> {
    let (client, incident) = super::read(viewer, id).await?;
    let fields = form::fields(viewer, &client).await;
    let as_of_ms = viewer.state.world.now().0;
    Ok(FormChoice { incident: viewer.view(&incident), fields: fields.to_vec(), as_of_ms })
}

async fn rules(client: &Client, channel: Option<i64>) -> Vec<EscalationRule> {
    let Some(channel) = channel else { return Vec::new() };
    let rules = super::known(client.escalation_rules(channel).await);
    rules.into_iter().filter(|rule| rule.status != "disabled" && !rule.layers.is_empty()).take(RULES_MAX).collect()
}

async fn rule_choices(client: &Client, account: &Account, rules: Vec<EscalationRule>) -> Vec<RuleChoice> {
    let first = |rule: &EscalationRule| rule.layers.first().and_then(|layer| layer.target.clone());
    let called = |rule: &EscalationRule| first(rule).map(|target| account.called(&target)).unwrap_or_default();
    let ids: BTreeSet<i64> = rules.iter().flat_map(|rule| called(rule).into_iter().map(|(id, _)| id)).collect();
    let names = persons(client, ids).await;
    let choice = |rule: &EscalationRule| {
        let people = called(rule).into_iter().map(|(id, _)| match names.get(&id) {
            Some(person) => line(&person.name),
            None => id.to_string(),
        });
        let others = first(rule).map(|target| others(&target)).unwrap_or_default();
        let calls = people.chain(others).take(CALLED_MAX).collect();
        RuleChoice { id: rule.rule_id.clone(), name: line(&rule.name), calls }
    };
    rules.iter().map(choice).collect()
}
