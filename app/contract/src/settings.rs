//! The form of an integration, as the console shows it. Secrets are only told as set, with when they were last used.

use serde::{Deserialize, Serialize};

/// What the form shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsForm {
    /// The integration's; empty for a new one.
    pub key: String,
    pub name: String,
    /// Grows with each change; what was typed is saved only over the one it was typed into.
    pub revision: i64,
    pub groups: Vec<FieldGroup>,
    pub said: FormSaid,
    /// What is wrong with the name typed to remove it.
    pub removal: Option<String>,
}

/// What the form has to say about its last sending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FormSaid {
    #[default]
    Nothing,
    /// Something is wrong; it stands beside its field.
    Mistakes,
    /// Somebody else has saved meanwhile; nothing of this was saved.
    Overtaken,
}

/// Fields that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldGroup {
    pub title: String,
    pub hint: String,
    /// Folded, unless something in it is wrong.
    pub is_rare: bool,
    pub fields: Vec<FormField>,
}

/// One field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormField {
    /// The name of the contract.
    pub name: String,
    pub label: String,
    pub hint: String,
    pub needed: bool,
    pub kind: FieldKind,
    /// As typed, else as saved; never a saved secret.
    pub value: String,
    /// What is wrong with it.
    pub mistake: Option<String>,
    /// What somebody else has saved meanwhile, where it is not what was typed.
    pub elsewhere: Option<String>,
    /// How it stands with a secret.
    pub secret: Option<SecretState>,
}

/// How a field is filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldKind {
    #[default]
    Text,
    Secret,
    /// One of these: value and label.
    One(Vec<(String, String)>),
    /// Any of these: value and label.
    Some(Vec<(String, String)>),
}

/// What is told of a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretState {
    pub is_set: bool,
    pub used_ms: Option<i64>,
    /// The former one is accepted since then, because the present one has not been proved by use.
    pub replaced_ms: Option<i64>,
}
