//! An integration as it is typed, kept and shown.

use super::form::{Checked, Form};
use crate::model::integration::{Former, Integration, Rotating, RouteSecrets, Secrets, Settings};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use world::{Millis, World};

/// The fields of an integration as people may see them: secrets as `set` or `not set`.
pub fn fields(integration: &Integration) -> serde_json::Map<String, Value> {
    let Settings { name, corp_id, agent_id, client_id, .. } = &integration.settings;
    let settings = &integration.settings;
    let secrets = &integration.secrets;
    let shown = |secret: &secrecy::SecretString| if secret.expose_secret().is_empty() { "not set" } else { "set" };
    let fields = json!({
        "name": name,
        "corp_id": corp_id,
        "agent_id": agent_id,
        "client_id": client_id,
        "client_secret": shown(&secrets.client_secret),
        "aes_key": shown(&secrets.aes_key),
        "token": shown(&secrets.token),
        "card_template_id": settings.card_template_id,
        "war_room_template_id": settings.war_room_template_id,
        "war_room_bot_id": settings.war_room_bot_id,
        "flashduty_app_key": shown(&secrets.flashduty_app_key),
        "edition": settings.edition,
        "person_channel": settings.person_channel,
        "group_editors": settings.group_editors,
        "quota_preset": settings.quota.preset,
        "quota_api_month": settings.quota.api_month,
        "quota_push_month": settings.quota.push_month,
        "quota_qps": settings.quota.qps,
        "quota_robot_minute": settings.quota.robot_minute,
        "storm_cards_per_minute": settings.storm_cards_per_minute,
        "card_hidden_fields": settings.card.hidden,
        "snooze_minutes": settings.card.snooze_minutes(),
        "card_text_template_id": settings.card.text_template_id,
        "former_accepted": secrets.former.all().map(|(secret, _)| secret.name()).collect::<Vec<_>>(),
    });
    match fields {
        Value::Object(fields) => fields,
        _ => serde_json::Map::new(),
    }
}

/// An integration that was typed for the first time.
pub(super) fn new(world: &World, checked: Checked, now: Millis) -> Integration {
    let key = checked.key.clone().unwrap_or_else(|| world.id());
    let routes = RouteSecrets {
        cards: world.secret().into(),
        card_signing: world.secret().into(),
        webhook: world.secret().into(),
        webhook_header: world.secret().into(),
        action: world.secret().into(),
    };
    let unread = Settings { time_zone: Settings::zone_until_read(), ..Settings::default() };
    let (settings, secrets) = typed(checked, unread, routes);
    Integration {
        key,
        settings,
        secrets,
        account_id: None,
        checked: None,
        webhook: None,
        webhook_header: None,
        created: now,
        updated: now,
        version: 0,
    }
}

/// What was typed, beside what is `read` at the platforms or made here.
fn typed(checked: Checked, read: Settings, routes: RouteSecrets) -> (Settings, Secrets) {
    let settings = Settings {
        name: checked.name,
        corp_id: checked.corp_id,
        agent_id: checked.agent_id,
        client_id: checked.client_id,
        card_template_id: checked.card_template_id,
        war_room_template_id: checked.war_room_template_id,
        war_room_bot_id: checked.war_room_bot_id,
        edition: checked.edition,
        person_channel: checked.person_channel,
        group_editors: checked.group_editors,
        quota: checked.quota,
        storm_cards_per_minute: checked.storm_cards_per_minute,
        card: checked.card,
        ..read
    };
    let secrets = Secrets {
        client_secret: checked.client_secret,
        aes_key: checked.aes_key,
        token: checked.token,
        flashduty_app_key: checked.flashduty_app_key,
        routes,
        former: Former::default(),
    };
    (settings, secrets)
}

/// The integration as it was typed anew; `is_proved` says which of its secrets were proved by use.
pub(super) fn changed_by(
    before: &Integration,
    checked: Checked,
    is_proved: impl Fn(Rotating) -> bool,
    now: Millis,
) -> Integration {
    let same_account = before.secrets.flashduty_app_key.expose_secret() == checked.flashduty_app_key.expose_secret();
    let revision = before.settings.revision + 1;
    let read = Settings { revision, ..before.settings.clone() };
    let (settings, mut secrets) = typed(checked, read, before.secrets.routes.clone());
    // Another app has never had these secrets.
    if settings.client_id == before.settings.client_id {
        for secret in Rotating::ALL {
            let former = Former::after(&before.secrets, secret, secret.of(&secrets), is_proved(secret), now);
            secrets.former.set(secret, former);
        }
    }
    Integration {
        settings,
        secrets,
        account_id: before.account_id.filter(|_| same_account),
        updated: now,
        ..before.clone()
    }
}

fn joined(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(",")
}

/// The integration as somebody would have typed it.
pub fn form_of(integration: &Integration) -> Form {
    let (settings, secrets) = (&integration.settings, &integration.secrets);
    let word = |value: Value| value.as_str().unwrap_or_default().to_owned();
    let figure = |figure: Option<i64>| figure.map(|figure| figure.to_string()).unwrap_or_default();
    let mut form = Form::default();
    for (name, value) in [
        ("key", integration.key.as_str()),
        ("name", &settings.name),
        ("corp_id", &settings.corp_id),
        ("agent_id", &settings.agent_id),
        ("client_id", &settings.client_id),
        ("client_secret", secrets.client_secret.expose_secret()),
        ("aes_key", secrets.aes_key.expose_secret()),
        ("token", secrets.token.expose_secret()),
        ("card_template_id", settings.card_template_id.as_deref().unwrap_or_default()),
        ("war_room_template_id", settings.war_room_template_id.as_deref().unwrap_or_default()),
        ("war_room_bot_id", settings.war_room_bot_id.as_deref().unwrap_or_default()),
        ("flashduty_app_key", secrets.flashduty_app_key.expose_secret()),
        ("edition", &word(json!(settings.edition))),
        ("person_channel", &word(json!(settings.person_channel))),
        ("group_editors", &word(json!(settings.group_editors))),
        ("quota_preset", settings.quota.preset.name()),
        ("quota_api_month", &figure(settings.quota.api_month)),
        ("quota_push_month", &figure(settings.quota.push_month)),
        ("quota_qps", &figure(settings.quota.qps)),
        ("quota_robot_minute", &figure(settings.quota.robot_minute)),
        ("storm_cards_per_minute", &settings.storm_cards_per_minute.to_string()),
        ("card_hidden_fields", &joined(settings.card.hidden.iter().map(|field| field.name().to_owned()))),
        ("snooze_minutes", &joined(settings.card.snooze_minutes.iter().map(u32::to_string))),
        ("card_text_template_id", settings.card.text_template_id.as_deref().unwrap_or_default()),
    ] {
        form.set(name, value);
    }
    form
}

/// Before and after of the changed fields; a secret only as changed.
pub(super) fn change_of(changed: &[&str], before: &Integration, after: &Integration) -> Value {
    let (before, after) = (fields(before), fields(after));
    let pairs = changed.iter().map(|name| {
        let value = |fields: &serde_json::Map<String, Value>| fields.get(*name).cloned().unwrap_or_default();
        ((*name).to_owned(), json!({"before": value(&before), "after": value(&after)}))
    });
    Value::Object(pairs.collect())
}
