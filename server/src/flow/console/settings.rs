//! The form of an integration: what it shows, and what becomes of it when it is sent.

use crate::flow::set_up::{self, FieldError, Form, SECRETS, SetUpError, rotation};
use crate::model::card::settings::CardField;
use crate::model::integration::{Integration, Rotating};
use crate::model::quota::Preset;
use crate::state::State;
use crate::store::StoreError;
use contract::Language;
use contract::settings::{FieldGroup, FieldKind, FormField, FormSaid, SecretState, SettingsForm};
use contract::words::setting as words;
use std::collections::BTreeMap;
use world::Millis;

/// A form as somebody has sent it, and why it was not taken.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub values: BTreeMap<String, String>,
    pub errors: Vec<FieldError>,
    pub was_overtaken: bool,
    /// What is wrong with the name typed to remove the integration, in its reader's words.
    pub removal: Option<String>,
}

/// Fields under one heading.
struct Group {
    title: fn(Language) -> &'static str,
    hint: Option<fn(Language) -> &'static str>,
    is_rare: bool,
    fields: &'static [&'static str],
}

/// In the order of the guide, then what is chosen seldom.
const GROUPS: [Group; 8] = [
    Group {
        title: words::group_basics,
        hint: None,
        is_rare: false,
        fields: &["name", "edition", "person_channel", "group_editors"],
    },
    Group {
        title: words::group_app,
        hint: Some(words::group_app_more),
        is_rare: false,
        fields: &["corp_id", "agent_id", "client_id", "client_secret"],
    },
    Group {
        title: words::group_events,
        hint: Some(words::group_events_more),
        is_rare: false,
        fields: &["aes_key", "token"],
    },
    Group {
        title: words::group_flashduty,
        hint: Some(words::group_flashduty_more),
        is_rare: false,
        fields: &["flashduty_app_key"],
    },
    Group {
        title: words::group_cards,
        hint: Some(words::group_cards_more),
        is_rare: false,
        fields: &["card_template_id"],
    },
    Group {
        title: words::group_war_rooms,
        hint: Some(words::group_war_rooms_more),
        is_rare: true,
        fields: &["war_room_template_id", "war_room_bot_id"],
    },
    Group {
        title: words::group_card_looks,
        hint: None,
        is_rare: true,
        fields: &["card_hidden_fields", "snooze_minutes", "card_text_template_id"],
    },
    Group {
        title: words::group_limits,
        hint: Some(words::group_limits_more),
        is_rare: true,
        fields: &[
            "quota_preset",
            "quota_api_month",
            "quota_push_month",
            "quota_qps",
            "quota_robot_minute",
            "storm_cards_per_minute",
        ],
    },
];

/// What the form draws from.
struct Sheet<'a> {
    present: Form,
    integration: Option<&'a Integration>,
    typed: Option<&'a Typed>,
    used: BTreeMap<&'static str, Millis>,
    language: Language,
}

/// The form of an integration, or of a new one; with what was typed, where it was not taken.
///
/// # Errors
/// The database does not answer.
pub async fn form(
    state: &State,
    integration: Option<&Integration>,
    typed: Option<&Typed>,
    language: Language,
) -> Result<SettingsForm, StoreError> {
    let used = match integration {
        None => BTreeMap::new(),
        Some(integration) => rotation::last_used(&mut state.store.read().await?, integration).await?,
    };
    let present = integration.map(set_up::form_of).unwrap_or_default();
    let sheet = Sheet { present, integration, typed, used, language };
    let mut groups: Vec<FieldGroup> = GROUPS.iter().map(|group| sheet.group(group)).collect();
    // What belongs nowhere else; the key of an integration that there is cannot be changed.
    let placed = |name: &&str| GROUPS.iter().any(|group| group.fields.contains(name));
    let more = Form::names().filter(|name| !placed(name) && (integration.is_none() || *name != "key"));
    let fields: Vec<FormField> = more.map(|name| sheet.field(name)).collect();
    if !fields.is_empty() {
        groups.push(FieldGroup {
            title: words::group_more(language).to_owned(),
            is_rare: true,
            fields,
            ..FieldGroup::default()
        });
    }
    Ok(SettingsForm {
        key: integration.map(|integration| integration.key.clone()).unwrap_or_default(),
        name: integration.map(|integration| integration.settings.name.clone()).unwrap_or_default(),
        revision: integration.map(|integration| integration.settings.revision).unwrap_or_default(),
        groups,
        said: match typed {
            Some(typed) if typed.was_overtaken => FormSaid::Overtaken,
            Some(typed) if !typed.errors.is_empty() => FormSaid::Mistakes,
            _ => FormSaid::Nothing,
        },
        removal: typed.and_then(|typed| typed.removal.clone()),
    })
}

/// Makes an integration of what was typed; secrets and all.
///
/// # Errors
/// `Fields` with every mistake.
pub async fn create(state: &State, values: &BTreeMap<String, String>, actor: &str) -> Result<Integration, SetUpError> {
    let pairs = Form::names().map(|name| (name.to_owned(), values.get(name).cloned()));
    let pairs = pairs.map(|(name, value)| (name, Some(value.unwrap_or_default())));
    let form = Form::default().with(pairs).map_err(SetUpError::Fields)?;
    set_up::add(state, form, actor).await
}

/// Saves what was typed over one revision. An empty secret stays as it is, another empty field is cleared.
///
/// # Errors
/// `Overtaken`; `Fields` with every mistake. Nothing is saved then.
pub async fn save(
    state: &State,
    key: &str,
    revision: i64,
    values: &BTreeMap<String, String>,
    actor: &str,
) -> Result<Integration, SetUpError> {
    let typed = |name: &str| values.get(name).map(|value| value.trim().to_owned()).unwrap_or_default();
    let pairs = Form::names()
        .filter(|name| *name != "key")
        .map(|name| (name, typed(name)))
        .filter(|(name, value)| !value.is_empty() || !SECRETS.contains(name))
        .map(|(name, value)| (name.to_owned(), Some(value)));
    set_up::set_over(state, key, Some(revision), pairs.collect(), actor).await
}

impl Sheet<'_> {
    fn group(&self, group: &Group) -> FieldGroup {
        FieldGroup {
            title: (group.title)(self.language).to_owned(),
            hint: group.hint.map(|hint| hint(self.language).to_owned()).unwrap_or_default(),
            is_rare: group.is_rare,
            fields: group.fields.iter().map(|name| self.field(name)).collect(),
        }
    }

    fn field(&self, name: &str) -> FormField {
        let is_secret = SECRETS.contains(&name);
        let present = if is_secret { "" } else { self.present.value(name) };
        let typed = self.typed.filter(|typed| !typed.values.is_empty());
        let value = typed.map_or(present, |typed| typed.values.get(name).map(String::as_str).unwrap_or_default());
        let error = self.typed.and_then(|typed| typed.errors.iter().find(|error| error.field == name));
        let is_elsewhere = typed.is_some_and(|typed| typed.was_overtaken) && !is_secret && value.trim() != present;
        let elsewhere = if present.is_empty() { words::nothing(self.language) } else { present };
        FormField {
            name: name.to_owned(),
            label: words::label(name, self.language),
            hint: words::hint(name, self.language).to_owned(),
            needed: Form::is_needed(name) && (!is_secret || self.integration.is_none()),
            kind: self.kind(name),
            value: value.to_owned(),
            mistake: error.map(|error| error.message(self.language)),
            elsewhere: is_elsewhere.then(|| elsewhere.to_owned()),
            secret: is_secret.then(|| self.secret(name)),
        }
    }

    fn kind(&self, name: &str) -> FieldKind {
        let choices = |values: &[&str]| {
            values.iter().map(|value| ((*value).to_owned(), words::choice(name, value, self.language))).collect()
        };
        match name {
            name if SECRETS.contains(&name) => FieldKind::Secret,
            "edition" => FieldKind::One(choices(&["standard", "professional", "exclusive"])),
            "person_channel" => FieldKind::One(choices(&["bot", "work_notice", "both"])),
            "group_editors" => FieldKind::One(choices(&["owner", "members", "nobody"])),
            "quota_preset" => FieldKind::One(choices(&[Preset::Former, Preset::Present].map(Preset::name))),
            "card_hidden_fields" => FieldKind::Some(choices(&CardField::ALL.map(CardField::name))),
            _ => FieldKind::Text,
        }
    }

    fn secret(&self, name: &str) -> SecretState {
        let former = Rotating::from_name(name)
            .and_then(|secret| self.integration.and_then(|integration| integration.secrets.former.of(secret)));
        SecretState {
            is_set: !self.present.value(name).is_empty(),
            used_ms: self.used.get(name).map(|at| at.0),
            replaced_ms: former.map(|former| former.replaced.0),
        }
    }
}
