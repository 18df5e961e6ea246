//! Custom fields of the account: which there are, and what was filled into them.

use super::read::Viewer;
use super::refusal::{Refusal, Said};
use crate::model::asked::FieldValue;
use crate::model::filled::{self, FieldFault};
use crate::model::text::line;
use contract::form::{FIELD_CHARS_MAX, FIELD_PREFIX, FieldAsked, FieldKind};
use contract::words::form as words;
use flashduty::{Client, CustomField, ErrorClass};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Fields shown at most, and what can be chosen in one.
const FIELDS_MAX: usize = 40;
const OPTIONS_MAX: usize = 200;

/// A field of a form and what is wrong with it.
pub type Fault = (String, Said);

/// The account's custom fields, remembered for a minute. None where this deployment has no list of them, or does not
/// answer: an act without them is worth more than none.
pub async fn fields(viewer: Viewer<'_>, client: &Client) -> Arc<Vec<FieldAsked>> {
    let (cache, key, now) = (&viewer.state.caches.fields, viewer.integration.key.clone(), viewer.state.world.now());
    if let Some(known) = cache.get(&key, now) {
        return known;
    }
    match client.custom_fields().await {
        Ok(read) => {
            let fields = Arc::new(read.into_iter().filter_map(asked).take(FIELDS_MAX).collect::<Vec<_>>());
            cache.put(key, Arc::clone(&fields), now);
            fields
        }
        Err(error) => {
            let absent = matches!(error.class, ErrorClass::NoSuchRoute | ErrorClass::AccessDenied);
            if absent {
                cache.put(key, Arc::default(), now);
            }
            tracing::info!(code = error.code, "custom fields could not be read");
            Arc::default()
        }
    }
}

/// Reads what was filled in.
///
/// # Errors
/// Each field that is wrong, by the name it has in a form, in words.
pub fn fill(
    asked: &[FieldAsked],
    posted: &BTreeMap<String, Vec<String>>,
) -> Result<BTreeMap<String, FieldValue>, Vec<Fault>> {
    filled::read(asked, posted).map_err(|faults| {
        let told = |(name, fault): (String, FieldFault)| {
            let label = asked.iter().find(|field| field.name == name).map_or(name.as_str(), |field| &field.label);
            let said = match fault {
                FieldFault::Unknown => Said::ours(|language| words::field_unknown(language, label)),
                FieldFault::NotOffered => Said::ours(|language| words::field_not_offered(language, label)),
                FieldFault::TooLong => Said::ours(|language| words::field_too_long(language, label, FIELD_CHARS_MAX)),
            };
            (format!("{FIELD_PREFIX}{name}"), said)
        };
        faults.into_iter().map(told).collect()
    })
}

/// The same for an act: of nothing nothing is asked.
///
/// # Errors
/// `InvalidField` for the first that is wrong, and as Flashduty refuses the viewer.
pub async fn filled(
    viewer: Viewer<'_>,
    posted: &BTreeMap<String, Vec<String>>,
) -> Result<BTreeMap<String, FieldValue>, Refusal> {
    if posted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let asked = fields(viewer, &viewer.client().await?).await;
    fill(&asked, posted).map_err(first)
}

/// The first of several faults, for programs.
pub fn first(faults: Vec<Fault>) -> Refusal {
    let message = faults.into_iter().next().map(|(_, said)| said);
    Refusal { message, ..contract::ProblemCode::InvalidField.into() }
}

fn asked(field: CustomField) -> Option<FieldAsked> {
    let usable = !field.name.is_empty() && (field.status.is_empty() || field.status == "enabled");
    let kind = match field.kind.as_str() {
        "checkbox" => FieldKind::Checkbox,
        "single_select" => FieldKind::SingleSelect,
        "multi_select" => FieldKind::MultiSelect,
        _ => FieldKind::Text,
    };
    let label = line(&field.label);
    usable.then(|| FieldAsked {
        label: if label.is_empty() { line(&field.name) } else { label },
        name: field.name,
        hint: line(&field.description),
        kind,
        options: field.options.into_iter().take(OPTIONS_MAX).collect(),
    })
}
