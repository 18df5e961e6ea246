//! An incident's whole page: the panel, and beside it alerts, who was reached, custom fields, links and pictures.

use super::{Viewer, checked, detail, timeline};
use crate::flow::refusal::Refusal;
use crate::flow::{convert, form, war_room};
use crate::model::delivery::{Delivery, DeliveryState, Outcome, Target};
use crate::model::text::{cut, line};
use crate::store::{self, StoreError};
use contract::Language;
use contract::choice::{AlertView, Alerts, ImageView, IncidentMore, Reached};
use contract::incident::{IncidentDetail, Severity};
use contract::war_room::RoomBrief;
use contract::words::outcome;
use flashduty::{Alert, AlertPage, FlashdutyError, Incident};
use serde_json::Value;

/// Alerts on a page of their list.
const ALERT_ROWS: u32 = 10;
/// As far as Flashduty's list goes.
const ALERT_PAGE_MAX: u32 = 10_000 / ALERT_ROWS;
/// Custom fields, links, pictures and labels of an alert shown at most.
const SHOWN_MAX: usize = 50;
/// Pictures shown at most: each is a download.
const IMAGES_MAX: usize = 12;
/// Deliveries shown at most.
const REACHED_MAX: usize = 200;
/// Longest text of a field or label, in bytes.
const TEXT_BYTES_MAX: usize = 2_000;
/// Longest prose, in bytes: Flashduty's 6,144 characters of Chinese fit.
const PROSE_BYTES_MAX: usize = 20_000;

/// One incident with everything its page shows. `alerts` is the page of alerts, from 1.
///
/// # Errors
/// As [`super::incident`].
pub async fn incident_page(
    viewer: Viewer<'_>,
    id: &str,
    alerts: u32,
) -> Result<(IncidentDetail, IncidentMore), Refusal> {
    checked(id)?;
    let page = alerts.clamp(1, ALERT_PAGE_MAX);
    let client = viewer.client().await?;
    let (read, feed, alerts, fields) = tokio::join!(
        client.incident(id),
        client.feed(id, 1, timeline::ROWS, false),
        client.alert_list(id, page, ALERT_ROWS),
        form::fields(viewer, &client)
    );
    let read = viewer.heard(read).await?;
    let detail = detail(viewer, &client, &read, feed).await?;
    let reached = reached(viewer, &read.incident_id).await?;
    let known = convert::incident(&read);
    let war_room = war_room::view::brief_of(viewer.state, viewer.integration, &known, viewer.language).await?;
    let (alerts, forms) = (alert_views(alerts, page), !fields.is_empty());
    Ok((detail, IncidentMore { alerts, reached, war_room, forms, ..more(&read) }))
}

fn more(read: &Incident) -> IncidentMore {
    let level = read.assigned_to.as_ref().and_then(|assigned| {
        assigned.rule()?;
        let number = u32::try_from(assigned.layer_idx).unwrap_or_default().saturating_add(1);
        Some((line(&assigned.escalate_rule_name), number))
    });
    let fields = read.fields.iter().map(|(name, value)| (line(name), cut(&text_of(value), TEXT_BYTES_MAX)));
    let links = read.links.iter().filter(|link| !link.endpoint.is_empty());
    let name = |link: &flashduty::Link| if link.name.is_empty() { link.endpoint.clone() } else { line(&link.name) };
    IncidentMore {
        impact: cut(&read.impact, PROSE_BYTES_MAX),
        summary: cut(&read.ai_summary, PROSE_BYTES_MAX),
        level,
        fields: fields.filter(|(_, value)| !value.is_empty()).take(SHOWN_MAX).collect(),
        links: links.map(|link| (name(link), link.endpoint.clone())).take(SHOWN_MAX).collect(),
        // The page's policy loads pictures by https alone; tokens of Flashduty's own only its console can show.
        images: read
            .images
            .iter()
            .filter(|image| image.src.starts_with("https://"))
            .take(IMAGES_MAX)
            .map(image)
            .collect(),
        console_url: read.detail_url.clone(),
        alerts: None,
        reached: Vec::new(),
        war_room: RoomBrief::default(),
        forms: false,
    }
}

fn image(from: &flashduty::Image) -> ImageView {
    ImageView { source: from.src.clone(), address: from.href.clone(), words: line(&from.alt) }
}

fn alert_views(read: Result<AlertPage, FlashdutyError>, page: u32) -> Option<Alerts> {
    let read = read.inspect_err(|error| tracing::info!(code = error.code, "alerts could not be read")).ok()?;
    let has_next = read.has_next_page && page < ALERT_PAGE_MAX;
    Some(Alerts { items: read.items.iter().map(alert_view).collect(), total: read.total, page, has_next })
}

fn alert_view(alert: &Alert) -> AlertView {
    let label = |(name, value): (&String, &String)| (line(name), cut(value, TEXT_BYTES_MAX));
    AlertView {
        title: line(&alert.title),
        severity: match alert.severity {
            flashduty::Severity::Critical => Severity::Critical,
            flashduty::Severity::Warning => Severity::Warning,
            flashduty::Severity::Ok => Severity::Ok,
            _ => Severity::Info,
        },
        recovered: alert.status == flashduty::Severity::Ok,
        source: line(&alert.integration_name),
        started_ms: alert.start_time.map(|at| at.0),
        last_ms: alert.end_time.or(alert.last_time).map(|at| at.0),
        events: alert.event_count,
        labels: alert.labels.iter().take(SHOWN_MAX).map(label).collect(),
    }
}

/// A custom field's value as people read it: a list by its parts, an object as it is written.
fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().map(text_of).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// What became of our own deliveries of this incident, people first, what needs a cure before what does not.
async fn reached(viewer: Viewer<'_>, id: &str) -> Result<Vec<Reached>, StoreError> {
    let mut tx = viewer.state.store.read().await?;
    let key = &viewer.integration.key;
    let mut deliveries = store::delivery::of_incident(&mut tx, key, id).await?;
    // Somebody who has linked since and got a card of their own was reached, whatever failed before.
    for member_id in missed(&deliveries) {
        let Some(link) = store::link::by_member(&mut tx, key, member_id).await? else { continue };
        let own = Target::Person(link.employee.user_id);
        if deliveries.iter().any(|one| one.target == own) {
            deliveries.retain(|one| one.target != Target::Member(member_id));
        }
    }
    drop(tx);
    let newest_first = deliveries.iter().rev().take(REACHED_MAX);
    let mut reached: Vec<Reached> = newest_first.map(|delivery| reached_view(delivery, viewer.language)).collect();
    reached.sort_by_key(|one| (one.name.is_none(), one.arrived, one.waiting));
    Ok(reached)
}

/// Responders for whom there was nobody in DingTalk.
fn missed(deliveries: &[Delivery]) -> Vec<i64> {
    let member = |one: &Delivery| if let Target::Member(id) = one.target { Some(id) } else { None };
    deliveries.iter().filter_map(member).collect()
}

fn reached_view(delivery: &Delivery, language: Language) -> Reached {
    let words = match delivery.state {
        DeliveryState::Failed => outcome::given_up(delivery.outcome.name(), language),
        _ => outcome::of(delivery.outcome.name(), language),
    };
    // Who is in a group, and what it is called, is its members' business.
    let name = match delivery.target {
        Target::Person(_) | Target::Member(_) => Some(line(&delivery.target_name)),
        Target::Chat(_) | Target::Everybody | Target::Room(_) => None,
    };
    let arrived = matches!(delivery.outcome, Outcome::Delivered | Outcome::Accepted | Outcome::Read | Outcome::Folded);
    Reached {
        name,
        outcome: delivery.outcome.name().to_owned(),
        arrived,
        waiting: delivery.state == DeliveryState::Waiting,
        cause: words.cause.to_owned(),
        cure: words.cure.to_owned(),
        who: words.who.to_owned(),
        at_ms: delivery.updated.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_of_any_form_are_text() {
        for (value, text) in [
            (json!("prod"), "prod"),
            (json!(["a", null, 5]), "a, 5"),
            (json!(true), "true"),
            (json!({"a": 1}), r#"{"a":1}"#),
            (json!(null), ""),
        ] {
            assert_eq!(text_of(&value), text);
        }
    }

    #[test]
    fn only_what_a_page_may_load_is_a_picture() {
        let image = |src: &str| flashduty::Image { src: src.into(), ..Default::default() };
        let images = vec![image("https://a.example/1.png"), image("http://a.example/1.png"), image("img_5")];
        let link = |endpoint: &str| flashduty::Link { endpoint: endpoint.into(), ..Default::default() };
        let read = Incident { images, links: vec![link(""), link("https://b.example/")], ..Incident::default() };
        let more = more(&read);
        assert_eq!(more.images.len(), 1);
        assert_eq!(more.links, [("https://b.example/".to_owned(), "https://b.example/".to_owned())]);
        assert_eq!(more.level, None);
    }
}
