//! Message templates (reference section 7.6): kept as texts, rendered as far as a pretend platform needs it. Of Go's
//! templates it knows fields, variables, `if`, `else`, `range`, `eq`, `ne` and a few functions; whatever else stands
//! there makes the template fail, as a misspelt function does on the platform.

use super::incident::Incident;
use super::state::State;
use super::view;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::iter::Peekable;
use std::vec::IntoIter;

/// The template every account has.
pub const PRESET_ID: &str = "6321aad26c12104586a88916";

/// What DingTalk's card shows below its fixed fields when a template says nothing of its own.
const DEFAULT_REGION: &str = "{{if .Description}}{{.Description}}\n\n{{end}}\
    {{range $k, $v := .Labels}}**{{$k}}**: {{$v}}\n\n{{end}}";

/// Longest rendered text, in bytes: a template must not eat the program's memory.
const OUTPUT_BYTES_MAX: usize = 1024 * 1024;

/// Fields of the card that every kind of message has, in the order of the card.
pub const FIXED_FIELDS: [&str; 5] = ["channel", "snoozed_before", "severity", "responders", "aggregate_alert_count"];

/// A set of message texts.
#[derive(Clone, Debug)]
pub struct Template {
    pub id: String,
    pub name: String,
    /// By kind of channel, `dingtalk_app` and so on; absent or empty = the default.
    pub texts: BTreeMap<String, String>,
}

/// The template that is there from the beginning.
pub fn preset() -> Template {
    Template { id: PRESET_ID.to_owned(), name: "默认模板 Preset".to_owned(), texts: BTreeMap::new() }
}

/// Renders a text for an incident.
///
/// # Errors
/// Why it cannot be rendered.
pub fn render(state: &State, incident: &Incident, text: &str) -> Result<String, String> {
    let text = if text.is_empty() { DEFAULT_REGION } else { text };
    let tree = Parser { pieces: pieces(text)?.into_iter().peekable() }.block(&[])?.0;
    let mut output = String::new();
    let mut scope = Scope { dot: context(state, incident), variables: Vec::new() };
    write(&tree, &mut scope, &mut output)?;
    Ok(output)
}

/// The fixed fields and what they show.
pub fn fixed_fields(state: &State, incident: &Incident, hidden: &[String]) -> Vec<Value> {
    let names: Vec<String> = incident.responders.iter().map(|one| view::person_name(state, one.person_id)).collect();
    let snoozed = if incident.snoozed_before > 0 { incident.snoozed_before.to_string() } else { String::new() };
    let channel = state.channel(incident.channel_id).map(|channel| channel.name.clone()).unwrap_or_default();
    let values =
        [channel, snoozed, incident.severity.name().to_owned(), names.join("、"), incident.alerts.len().to_string()];
    let shown = FIXED_FIELDS.into_iter().zip(values).filter(|(field, _)| !hidden.iter().any(|one| one == field));
    shown.map(|(field, value)| json!({"field": field, "value": value})).collect()
}

fn context(state: &State, incident: &Incident) -> Value {
    let responders: Vec<Value> = incident
        .responders
        .iter()
        .map(|one| json!({"PersonID": one.person_id, "PersonName": view::person_name(state, one.person_id)}))
        .collect();
    json!({
        "ID": incident.id, "Title": incident.title, "Description": incident.description, "Num": incident.num(),
        "DetailUrl": format!("{}/incident/detail/{}", state.base_url, incident.id), "Impact": incident.impact,
        "IncidentSeverity": incident.severity.name(), "IncidentStatus": incident.status.name(),
        "Progress": incident.progress.name(), "StartTime": incident.start_time, "LastTime": incident.last_time,
        "EndTime": incident.end_time, "AckTime": incident.ack_time, "CloseTime": incident.close_time,
        "SnoozedBefore": incident.snoozed_before, "RootCause": incident.root_cause,
        "Resolution": incident.resolution, "ChannelID": incident.channel_id,
        "ChannelName": state.channel(incident.channel_id).map_or("", |channel| channel.name.as_str()),
        "AlertCnt": incident.alerts.len(), "Labels": incident.labels, "Fields": incident.fields,
        "Responders": responders, "AccountName": state.account.name,
    })
}

enum Piece {
    Text(String),
    Action(String),
}

fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let (mut rest, mut found) = (text, Vec::new());
    while let Some((before, after)) = rest.split_once("{{") {
        let (action, behind) = after.split_once("}}").ok_or("unclosed action")?;
        let trims_before = action.starts_with("- ");
        found.push(Piece::Text(if trims_before { before.trim_end() } else { before }.to_owned()));
        let trims_after = action.ends_with(" -");
        let action = action.trim_start_matches("- ").trim_end_matches(" -").trim();
        if !action.starts_with("/*") {
            found.push(Piece::Action(action.to_owned()));
        }
        rest = if trims_after { behind.trim_start() } else { behind };
    }
    found.push(Piece::Text(rest.to_owned()));
    Ok(found)
}

enum Node {
    Text(String),
    Print(String),
    If(String, Vec<Node>, Vec<Node>),
    /// Names of the key and the value variable, and what is gone through.
    Range(Vec<String>, String, Vec<Node>),
}

struct Parser {
    pieces: Peekable<IntoIter<Piece>>,
}

impl Parser {
    /// Nodes until one of the words in `ends`, which is answered too.
    fn block(&mut self, ends: &[&'static str]) -> Result<(Vec<Node>, &'static str), String> {
        let mut nodes = Vec::new();
        while let Some(piece) = self.pieces.next() {
            let action = match piece {
                Piece::Text(text) => {
                    nodes.push(Node::Text(text));
                    continue;
                }
                Piece::Action(action) => action,
            };
            if let Some(end) = ends.iter().find(|end| **end == action) {
                return Ok((nodes, end));
            }
            nodes.push(match action.split_once(' ') {
                Some(("if", condition)) => {
                    let (then, end) = self.block(&["else", "end"])?;
                    let otherwise = if end == "else" { self.block(&["end"])?.0 } else { Vec::new() };
                    Node::If(condition.trim().to_owned(), then, otherwise)
                }
                Some(("range", what)) => {
                    let (names, what) = match what.split_once(":=") {
                        Some((names, what)) => (names.split(',').map(|name| name.trim().to_owned()).collect(), what),
                        None => (Vec::new(), what),
                    };
                    Node::Range(names, what.trim().to_owned(), self.block(&["end"])?.0)
                }
                _ if matches!(action.as_str(), "end" | "else") => return Err(format!("unexpected {{{{{action}}}}}")),
                _ => Node::Print(action),
            });
        }
        if ends.is_empty() { Ok((nodes, "")) } else { Err("unexpected EOF".to_owned()) }
    }
}

struct Scope {
    dot: Value,
    variables: Vec<(String, Value)>,
}

fn write(nodes: &[Node], scope: &mut Scope, output: &mut String) -> Result<(), String> {
    for node in nodes {
        match node {
            Node::Text(text) => output.push_str(text),
            Node::Print(expression) => output.push_str(&plain(&value(expression, scope)?)),
            Node::If(condition, then, otherwise) => {
                let branch = if is_true(&value(condition, scope)?) { then } else { otherwise };
                write(branch, scope, output)?;
            }
            Node::Range(names, what, body) => {
                for (key, item) in items(&value(what, scope)?) {
                    let depth = scope.variables.len();
                    let bound = if names.len() == 1 { vec![item.clone()] } else { vec![key, item.clone()] };
                    scope.variables.extend(names.iter().cloned().zip(bound));
                    let outside = std::mem::replace(&mut scope.dot, item);
                    let result = write(body, scope, output);
                    scope.dot = outside;
                    scope.variables.truncate(depth);
                    result?;
                }
            }
        }
        if output.len() > OUTPUT_BYTES_MAX {
            return Err("the result is too long".to_owned());
        }
    }
    Ok(())
}

/// A pipeline: its first part, handed through functions.
fn value(expression: &str, scope: &Scope) -> Result<Value, String> {
    let mut parts = expression.split('|').map(str::trim);
    let mut value = call(parts.next().unwrap_or_default(), scope)?;
    for function in parts {
        value = apply(function, value)?;
    }
    Ok(value)
}

fn call(expression: &str, scope: &Scope) -> Result<Value, String> {
    let words: Vec<&str> = expression.split_whitespace().collect();
    match words.as_slice() {
        ["eq", one, other] => Ok(json!(operand(one, scope)? == operand(other, scope)?)),
        ["ne", one, other] => Ok(json!(operand(one, scope)? != operand(other, scope)?)),
        [function, argument] => apply(function, operand(argument, scope)?),
        _ => operand(expression, scope),
    }
}

fn operand(word: &str, scope: &Scope) -> Result<Value, String> {
    if let Some(text) = word.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        return Ok(json!(text));
    }
    if word == "." {
        return Ok(scope.dot.clone());
    }
    if let Some(path) = word.strip_prefix('.') {
        return path.split('.').try_fold(scope.dot.clone(), |value, name| {
            let field = value.get(name).cloned();
            field.ok_or_else(|| format!("can't evaluate field {name}"))
        });
    }
    let known = scope.variables.iter().rev().find(|(name, _)| name == word).map(|(_, value)| value.clone());
    known.ok_or_else(|| format!("function \"{word}\" not defined"))
}

fn apply(function: &str, value: Value) -> Result<Value, String> {
    match function {
        "toHtml" | "mdToHtml" | "fireReason" => Ok(value),
        "upper" => Ok(json!(plain(&value).to_uppercase())),
        "len" => Ok(json!(items(&value).len())),
        _ => Err(format!("function \"{function}\" not defined")),
    }
}

fn items(value: &Value) -> Vec<(Value, Value)> {
    match value {
        Value::Object(map) => map.iter().map(|(key, value)| (json!(key), value.clone())).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(index, value)| (json!(index), value.clone())).collect(),
        _ => Vec::new(),
    }
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "<no value>".to_owned(),
        other => other.to_string(),
    }
}
