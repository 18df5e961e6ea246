//! A rule as somebody types it into a form, and the form of a rule.

use crate::flow::refusal::Refusal;
use crate::model::subscription::{CHANNELS_MAX, LABEL_CHARS_MAX, LABELS_MAX, Repaint, Rule, SEVERITIES, Subscription};
use crate::model::text;
use contract::group::{ChannelBox, GroupAsked, RuleForm, TypedRule};
use contract::words::field as words;
use std::collections::BTreeMap;

/// Longest piece of what was typed that is said again, in bytes.
const SAID_BYTES_MAX: usize = 60;
/// The form of a subscription that is not there yet.
const NEW: &str = "new";

/// The rule that was typed. A mistake names its field.
///
/// # Errors
/// `InvalidField`.
pub fn read(typed: &TypedRule) -> Result<Rule, Refusal> {
    let repaint = match typed.repaint.as_str() {
        "" => Repaint::default(),
        name => Repaint::from_name(name).ok_or_else(|| Refusal::field(words::repaint_unknown))?,
    };
    Ok(Rule {
        channel_ids: channel_ids(typed)?,
        severities: severities(&typed.severity)?,
        labels: labels(&typed.labels)?,
        mention: typed.mention,
        repaint,
    })
}

/// The form that a page is asked for, if any, with the channels that can be ticked. What was typed stays; a subscription
/// that is gone becomes a new one.
///
/// # Errors
/// `InvalidField` for a subscription that the group does not have.
pub fn form(
    asked: &GroupAsked,
    subscriptions: &[Subscription],
    channels: &[(i64, String)],
    all_allowed: bool,
) -> Result<Option<RuleForm>, Refusal> {
    let Some(id) = asked.edit.as_deref() else { return Ok(None) };
    let present = subscriptions.iter().find(|one| one.id == id);
    if present.is_none() && id != NEW && asked.typed.is_none() {
        return Err(Refusal::field(words::subscription_gone));
    }
    let shown = asked.typed.clone().unwrap_or_else(|| typed(present.map_or(&Rule::default(), |one| &one.rule)));
    let mut ids = numbers(&shown.channel);
    let (listed, further): (Vec<i64>, Vec<i64>) =
        ids.drain(..).partition(|id| channels.iter().any(|(known, _)| known == id));
    let more = further.iter().map(i64::to_string).chain([shown.channels]).filter(|text| !text.trim().is_empty());
    let box_of = |(id, name): &(i64, String)| ChannelBox { id: *id, name: name.clone(), chosen: listed.contains(id) };
    let revision = if shown.revision.is_empty() { present.map(Subscription::revision) } else { Some(shown.revision) };
    Ok(Some(RuleForm {
        id: present.map(|one| one.id.clone()).unwrap_or_default(),
        revision: revision.unwrap_or_default(),
        channels: channels.iter().map(box_of).collect(),
        channels_more: more.collect::<Vec<_>>().join(", "),
        severities: shown.severity.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        labels: shown.labels,
        mention: shown.mention,
        repaint: Repaint::from_name(&shown.repaint).unwrap_or_default().name().to_owned(),
        all_allowed,
    }))
}

/// The rule that the form of a page is about: as typed, or as it is stored.
///
/// # Errors
/// As [`read`].
pub fn rule_of(asked: &GroupAsked, subscriptions: &[Subscription]) -> Result<Rule, Refusal> {
    if let Some(typed) = &asked.typed {
        return read(typed);
    }
    let present = subscriptions.iter().find(|one| Some(one.id.as_str()) == asked.edit.as_deref());
    Ok(present.map(|one| one.rule.clone()).unwrap_or_default())
}

/// A rule as it would have been typed.
fn typed(rule: &Rule) -> TypedRule {
    let ids: Vec<String> = rule.channel_ids.iter().map(i64::to_string).collect();
    let labels: Vec<String> = rule.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    TypedRule {
        channel: ids.join(","),
        channels: String::new(),
        severity: rule.severities.join(","),
        labels: labels.join("\n"),
        mention: rule.mention,
        repaint: rule.repaint.name().to_owned(),
        revision: String::new(),
    }
}

fn channel_ids(typed: &TypedRule) -> Result<Vec<i64>, Refusal> {
    let mut ids = Vec::new();
    for part in parts(&typed.channel).chain(parts(&typed.channels)) {
        let id: i64 = part.parse().ok().filter(|id| *id > 0).ok_or_else(|| {
            let said = text::cut(part, SAID_BYTES_MAX);
            Refusal::field(|language| words::channel_no_number(language, said.as_str()))
        })?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    match ids.len() {
        ..=CHANNELS_MAX => Ok(ids),
        _ => Err(Refusal::field(|language| words::channels_too_many(language, CHANNELS_MAX))),
    }
}

fn numbers(text: &str) -> Vec<i64> {
    parts(text).filter_map(|part| part.parse().ok()).collect()
}

/// The pieces of a list that people type: with commas of any kind, blanks or lines between them.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let between = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；');
    text.split(between).filter(|part| !part.is_empty())
}

fn severities(text: &str) -> Result<Vec<String>, Refusal> {
    let mut named: Vec<String> = Vec::new();
    for name in text.split(',').filter(|name| !name.is_empty()) {
        if !SEVERITIES.contains(&name) {
            let said = text::cut(name, SAID_BYTES_MAX);
            return Err(Refusal::field(|language| words::severity_unknown(language, said.as_str())));
        }
        if !named.iter().any(|known| known == name) {
            named.push(name.to_owned());
        }
    }
    Ok(named)
}

fn labels(text: &str) -> Result<BTreeMap<String, String>, Refusal> {
    let mut labels = BTreeMap::new();
    for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
        let pair = line.split_once('=').map(|(name, value)| (name.trim(), value.trim()));
        let pair = pair.filter(|(name, value)| !name.is_empty() && !value.is_empty());
        let (name, value) = pair.ok_or_else(|| Refusal::field(|language| words::label_form(language, number)))?;
        if name.chars().count().max(value.chars().count()) > LABEL_CHARS_MAX {
            return Err(Refusal::field(|language| words::label_too_long(language, number, LABEL_CHARS_MAX)));
        }
        if labels.insert(name.to_owned(), value.to_owned()).is_some() {
            let said = text::cut(name, SAID_BYTES_MAX);
            return Err(Refusal::field(|language| words::label_twice(language, said.as_str())));
        }
    }
    match labels.len() {
        ..=LABELS_MAX => Ok(labels),
        _ => Err(Refusal::field(|language| words::labels_too_many(language, LABELS_MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::Language;
    use world::Millis;

    fn rule() -> Rule {
        Rule {
            channel_ids: vec![7, 900],
            severities: vec!["Critical".into(), "Info".into()],
            labels: BTreeMap::from([("env".into(), "a=b".into()), ("服务".into(), "支付".into())]),
            mention: true,
            repaint: Repaint::State,
        }
    }

    #[test]
    fn a_rule_survives_its_form() {
        assert_eq!(read(&typed(&rule())).unwrap(), rule());
        assert_eq!(read(&TypedRule::default()).unwrap(), Rule::default());
        let typed = TypedRule { channel: "7".into(), channels: "8， 9\n7;10".into(), ..TypedRule::default() };
        assert_eq!(read(&typed).unwrap().channel_ids, [7, 8, 9, 10]);
    }

    #[test]
    fn each_mistake_has_its_own_sentence() {
        let many: Vec<String> = (1..=101).map(|id| id.to_string()).collect();
        let lines = |n: usize| (0..n).map(|n| format!("l{n}=v")).collect::<Vec<_>>().join("\n");
        let wrong = |typed: TypedRule| read(&typed).unwrap_err().message.unwrap().words(Language::En);
        let base = TypedRule::default;
        for (typed, said) in [
            (TypedRule { channels: "7, pay".into(), ..base() }, "channel: pay is not the id of a channel"),
            (TypedRule { channels: "-1".into(), ..base() }, "channel: -1 is not the id of a channel"),
            (TypedRule { channels: many.join(","), ..base() }, "channel: at most 100"),
            (TypedRule { severity: "Critical,critical".into(), ..base() }, "severity: there is no severity critical"),
            (TypedRule { labels: "a=b\n\nservice".into(), ..base() }, "labels: line 3 must be name=value"),
            (TypedRule { labels: "=b".into(), ..base() }, "labels: line 1 must be name=value"),
            (TypedRule { labels: "a=".into(), ..base() }, "labels: line 1 must be name=value"),
            (
                TypedRule { labels: "a=1\na=2".into(), ..base() },
                "labels: a stands there twice, and an incident has one value of it",
            ),
            (
                TypedRule { labels: format!("a={}", "x".repeat(2049)), ..base() },
                "labels: line 1 has more than 2048 characters",
            ),
            (TypedRule { labels: lines(51), ..base() }, "labels: at most 50"),
            (
                TypedRule { repaint: "always".into(), ..base() },
                "repaint: choose every change, changes of state, or nothing",
            ),
        ] {
            assert_eq!(wrong(typed), said);
        }
    }

    #[test]
    fn a_form_keeps_what_was_typed_and_knows_what_it_was_made_of() {
        let stored = Subscription {
            id: "s1".into(),
            integration: "k".into(),
            chat_id: "ops".into(),
            rule: rule(),
            created: Millis(5),
        };
        let channels = [(7, "Ops".to_owned()), (8, "Pay".to_owned())];
        let open = |asked: &GroupAsked| form(asked, std::slice::from_ref(&stored), &channels, true);
        assert_eq!(open(&GroupAsked::default()).unwrap(), None);
        let edit = |id: &str, typed| GroupAsked { edit: Some(id.into()), typed, ..GroupAsked::default() };

        let shown = open(&edit("s1", None)).unwrap().unwrap();
        assert_eq!((shown.id.as_str(), shown.revision), ("s1", stored.revision()));
        assert_eq!(shown.channels.iter().map(|one| one.chosen).collect::<Vec<_>>(), [true, false]);
        assert_eq!((shown.channels_more.as_str(), shown.labels.as_str()), ("900", "env=a=b\n服务=支付"));

        let typed = TypedRule { channel: "8".into(), labels: "half".into(), revision: "old".into(), ..rule_typed() };
        let shown = open(&edit("s1", Some(typed.clone()))).unwrap().unwrap();
        assert_eq!((shown.revision.as_str(), shown.labels.as_str()), ("old", "half"));
        let gone = open(&edit("s2", Some(typed))).unwrap().unwrap();
        assert_eq!(gone.id, "", "what was typed can be saved as a new one");
        assert!(open(&edit("s2", None)).is_err());
        assert_eq!(open(&edit("new", None)).unwrap().unwrap().repaint, "all");
    }

    fn rule_typed() -> TypedRule {
        typed(&rule())
    }
}
