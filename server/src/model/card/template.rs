//! What an administrator needs to build the card's template on DingTalk's card platform: its variables and buttons, and
//! values of an example to preview it with. From the same two sources as the cards themselves: the description in
//! `card-template/card.json`, and the code that makes the values.

use super::viewer::{self, Viewer};
use super::{CardSettings, Drawing, room_values, values};
use crate::model::delivery::Target;
use crate::model::digest::{Digest, Figures};
use crate::model::digest_card;
use crate::model::incident::{Incident, LastAct, Responder};
use crate::model::war_room::OnCard;
use contract::Language;
use contract::incident::{Progress, Severity};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use world::Millis;

/// The template, as the demo draws it.
pub const DESCRIPTION: &str = include_str!("../../../card-template/card.json");
/// When the example happens: 2026-09-21 in the afternoon of its time zone.
const NOW: Millis = Millis(1_789_971_000_000);
const ZONE: &str = "Asia/Shanghai";

/// A variable of the template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Variable {
    pub name: String,
    /// The type to choose on the platform: always `text`, the card API takes nothing else.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Only single people are sent a value; everybody else sees the default, which is empty.
    pub private: bool,
    pub example: String,
}

/// A button that sends a request back, or opens a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Button {
    /// Its words, with variables as `{name}`.
    pub text: String,
    /// What it sends; empty where it opens a link.
    pub params: BTreeMap<String, String>,
    /// What it opens; empty where it sends something.
    pub link: String,
    /// The variable that is `true` while it is there; empty: always.
    pub visible: String,
}

/// Every variable of the template, public ones first, by name; `link` opens the page of the example.
pub fn variables(language: Language, link: &str) -> Vec<Variable> {
    let mut names = BTreeSet::new();
    named(&description(), &mut names);
    let (public, private) = example(language, link);
    let variable = |name: String| Variable {
        kind: "text",
        private: !public.contains_key(&name),
        example: public.get(&name).or_else(|| private.get(&name)).cloned().unwrap_or_default(),
        name,
    };
    let mut variables: Vec<Variable> = names.into_iter().map(variable).collect();
    variables.sort_by(|a, b| (a.private, &a.name).cmp(&(b.private, &b.name)));
    variables
}

/// Every button of the template, in its order.
pub fn buttons() -> Vec<Button> {
    let mut found = Vec::new();
    pressed(&description(), "", &mut found);
    found
}

/// Values of an example: what everybody sees, and what the one who acknowledged does. `link` opens its page.
pub fn example(language: Language, link: &str) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let settings = CardSettings::default();
    let (now, text) = (NOW, None);
    let drawing = Drawing { language, zone: ZONE, detail_url: link, settings: &settings, text, now };
    let incident = incident();
    let digest = Digest::begin("", "", Target::Everybody, "", NOW);
    let of_storm = digest_card::values(&digest, &Figures::default(), drawing).into_iter();
    let of_room = room_values(OnCard::Make, language);
    let public = of_storm.chain(values(&incident, drawing)).chain(of_room).collect();
    let viewer = Viewer { user_id: String::new(), member_id: 1, linked: true };
    (public, viewer::view(&incident, &viewer, drawing, link))
}

/// An incident that fills as many places as one can.
fn incident() -> Incident {
    let ago = |minutes: u64| NOW.minus(Duration::from_secs(minutes * 60));
    let responder =
        |member_id, acknowledged| Responder { member_id, name: format!("Responder {member_id}"), acknowledged };
    let labels = [("check", "cpu idle"), ("region", "cn-north"), ("service", "checkout")];
    Incident {
        num: "56E25B".to_owned(),
        title: "CPU idle < 5 %".to_owned(),
        description: "95 % of CPU for 5 minutes.\nRunbook: wiki.example.com/cpu".to_owned(),
        severity: Severity::Critical,
        progress: Progress::Processing,
        channel_name: "Payments".to_owned(),
        started: ago(12),
        labels: labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        responders: vec![responder(1, Some(ago(3))), responder(2, None)],
        alert_count: 3,
        last_act: Some(LastAct { who: Some("Responder 1".to_owned()), kind: "i_ack".to_owned(), at: ago(3) }),
        ..Incident::empty("")
    }
}

fn description() -> Value {
    serde_json::from_str(DESCRIPTION).unwrap_or_default()
}

/// Every `{name}` in the texts of the description, and every variable it names.
fn named(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| named(item, names)),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(text) if matches!(name.as_str(), "visible" | "hidden" | "variable") => {
                        names.insert(text.to_owned());
                    }
                    _ => named(value, names),
                }
            }
        }
        Value::String(text) => {
            let found = text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned()));
            names.extend(found);
        }
        _ => {}
    }
}

/// Whatever sends parameters or opens something and has words of its own. Entries of a menu are there with their button.
fn pressed(value: &Value, visible: &str, found: &mut Vec<Button>) {
    let fields = match value {
        Value::Array(items) => return items.iter().for_each(|item| pressed(item, visible, found)),
        Value::Object(fields) => fields,
        _ => return,
    };
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let visible = fields.get("visible").and_then(Value::as_str).unwrap_or(visible);
    let params = fields.get("params").and_then(|params| serde_json::from_value(params.clone()).ok());
    let params: BTreeMap<String, String> = params.unwrap_or_default();
    if fields.contains_key("text") && (!params.is_empty() || fields.contains_key("link")) {
        found.push(Button { text: text("text"), params, link: text("link"), visible: visible.to_owned() });
    }
    for inner in ["rows", "buttons", "menu", "button"] {
        pressed(fields.get(inner).unwrap_or(&Value::Null), visible, found);
    }
}
