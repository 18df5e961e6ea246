//! One interactive message instance, and what it shows. The variables are those of the card template that ships in
//! `server/card-template`; DingTalk takes text values only, at most 1 KB each (reference 7.3).

mod content;
#[cfg(test)]
mod hostile_test;
mod room;
pub mod settings;
mod shown;
pub mod template;
#[cfg(test)]
mod template_test;
pub mod viewer;

pub use room::room_values;
pub use settings::{CardField, CardSettings};
pub use shown::shown;

use super::action;
use super::delivery::Target;
use super::incident::{Fate, Incident, VANISHED};
use super::markdown::{self, PARAGRAPH, Surface};
use super::text;
use contract::Language;
use contract::incident::{Action, Progress, SNOOZE_PRESETS_MAX, Severity};
use contract::words::card as words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use world::Millis;

/// Longest value of one variable, in bytes, below DingTalk's 1,024.
pub(super) const VALUE_BYTES_MAX: usize = 1_000;
/// Budget of the title, so that it stays readable.
const TITLE_BYTES_MAX: usize = 300;
/// People whose notices a card keeps account of.
const NOTICED_MAX: usize = 100;
/// Budget of a person's name.
const NAME_BYTES_MAX: usize = 60;
/// Responders named in the chat-list line.
const CALLED_MAX: usize = 2;
/// Responders named before "N more".
const RESPONDERS_MAX: usize = 6;

/// Values that tell an incident's state.
pub(super) const STATE_VALUES: [&str; 7] =
    ["progress", "state", "can_acknowledge", "can_close", "can_snooze", "can_wake", "can_acknowledge_all"];

/// A card DingTalk has or is to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    pub out_track_id: String,
    pub integration: String,
    pub incident_id: String,
    pub target: Target,
    /// DingTalk has taken it.
    pub delivered: bool,
    /// The public values DingTalk was given last.
    pub shown: BTreeMap<String, String>,
    /// Who sees a private notice on it.
    pub noticed: Vec<Noticed>,
    /// What DingTalk was given for single people, by employee.
    pub given: BTreeMap<String, Given>,
    pub created: Millis,
    pub updated: Millis,
    pub version: i64,
}

impl Card {
    /// Keeps account of a notice: the newest of a person counts; beyond the limit the oldest are forgotten.
    pub fn note(&mut self, one: Noticed) {
        self.noticed.retain(|known| known.user_id != one.user_id);
        self.noticed.push(one);
        let surplus = self.noticed.len().saturating_sub(NOTICED_MAX);
        self.noticed.drain(..surplus);
    }
}

/// What DingTalk was given for one person: enough to know whether it is still right, and how much room it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    digest: String,
    bytes: usize,
}

/// For whom and when a card is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Drawing<'a> {
    pub language: Language,
    /// IANA time zone.
    pub zone: &'a str,
    /// Opens the incident where login-free works.
    pub detail_url: &'a str,
    pub settings: &'a CardSettings,
    /// The company's own text, plain, in place of description and labels.
    pub text: Option<&'a str>,
    pub now: Millis,
}

/// A private line for one viewer, with a button that leads to its cure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub text: String,
    pub button: String,
    pub url: String,
}

/// Somebody who sees a notice on a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noticed {
    pub user_id: String,
    pub notice: Notice,
    /// It asks for something, so it stays until the incident's state changes; otherwise the next repaint takes it away.
    pub stays: bool,
    /// DingTalk has not been given it yet.
    #[serde(default)]
    pub is_new: bool,
}

/// Whether two sets of values show different states of an incident: other buttons, another progress.
pub fn state_changed(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> bool {
    let room = ["can_war_room", "can_join_war_room"];
    STATE_VALUES.into_iter().chain(room).any(|name| before.get(name) != after.get(name))
}

/// The public values of an incident's card.
pub fn values(incident: &Incident, drawing: Drawing) -> BTreeMap<String, String> {
    let language = drawing.language;
    let offered = action::offered(incident, None, drawing.now);
    let can = |action: Action| offered.contains(&action).to_string();
    let content = content::content(incident, drawing);
    let pairs = [
        ("progress", incident.progress.name().to_owned()),
        ("state", state_word(incident, drawing)),
        ("severity", incident.severity.name().to_owned()),
        ("last_act", last_act(incident, drawing)),
        ("detail_url", link(drawing.detail_url)),
        ("can_acknowledge", can(Action::Acknowledge)),
        ("can_unacknowledge", false.to_string()),
        ("is_acknowledged", (incident.progress == Progress::Processing).to_string()),
        ("can_close", can(Action::Close)),
        ("can_snooze", can(Action::Snooze)),
        ("can_wake", can(Action::Wake)),
        ("text_acknowledge", words::acknowledge(language).to_owned()),
        ("text_unacknowledge", words::unacknowledge(language).to_owned()),
        ("text_acknowledged", words::acknowledged(language).to_owned()),
        ("text_close", words::close(language).to_owned()),
        ("text_snooze", words::snooze(language).to_owned()),
        ("text_wake", words::wake(language).to_owned()),
        ("text_details", words::details(language).to_owned()),
    ];
    let fixed = pairs.into_iter().map(|(name, value)| (name.to_owned(), value));
    let all = fixed.chain(content).chain(presets(drawing));
    all.map(|(name, value)| (name, text::cut(&value, VALUE_BYTES_MAX))).collect()
}

/// The snooze presets; those that are not used are empty.
fn presets(drawing: Drawing) -> impl Iterator<Item = (String, String)> {
    let minutes = drawing.settings.snooze_minutes().to_vec();
    (0..SNOOZE_PRESETS_MAX).flat_map(move |index| {
        let preset = minutes.get(index).copied();
        let text = preset.map(|minutes| duration(drawing.language, minutes)).unwrap_or_default();
        let minutes = preset.map(|minutes| minutes.to_string()).unwrap_or_default();
        let number = index + 1;
        [(format!("snooze_{number}_text"), text), (format!("snooze_{number}_minutes"), minutes)]
    })
}

/// `2 h`, `45 min`, `1 h 30 min`.
fn duration(language: Language, minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => words::minutes(language, minutes),
        (hours, 0) => words::hours(language, hours),
        (hours, minutes) => words::hours_minutes(language, hours, minutes),
    }
}

/// A link is whole or not there.
fn link(url: &str) -> String {
    if url.len() > VALUE_BYTES_MAX { String::new() } else { url.to_owned() }
}

/// The private values that show a notice, or take it away when it is the default.
pub fn private_values(notice: &Notice) -> BTreeMap<String, String> {
    let texts = [("notice", &notice.text), ("notice_button", &notice.button)];
    let texts = texts.into_iter().map(|(name, value)| (name.to_owned(), text::cut(value, VALUE_BYTES_MAX)));
    texts.chain([("notice_url".to_owned(), link(&notice.url))]).collect()
}

/// The chat-list line: state, severity, title, who.
pub fn summary(incident: &Incident, drawing: Drawing) -> String {
    let severity = severity_word(incident.severity, drawing.language);
    let state = state_word(incident, drawing);
    let title = text::cut(&title(incident), TITLE_BYTES_MAX);
    match who(incident) {
        Some(who) => format!("[{severity}] {state} {title} · {who}"),
        None => format!("[{severity}] {state} {title}"),
    }
}

/// A chat-list line that also names those who are called and cannot be mentioned.
pub fn calling(summary: String, named: &[String], language: Language) -> String {
    if named.is_empty() {
        return summary;
    }
    let names = listed(named.iter().map(|name| text::line(name)), "、", RESPONDERS_MAX, language);
    words::calling(language, summary, text::cut(&names, TITLE_BYTES_MAX))
}

/// Whose it is in its state: of the responders while it waits, of whoever acknowledged, of whoever acted last.
fn who(incident: &Incident) -> Option<String> {
    let called = || {
        let names: Vec<String> = incident.responders.iter().map(|one| name(&one.name)).take(CALLED_MAX).collect();
        Some(names.join("、")).filter(|names| !names.is_empty())
    };
    let acted = || incident.last_act.as_ref().and_then(|act| act.who.as_deref()).map(name);
    match incident.progress {
        Progress::Triggered => called().or_else(acted),
        Progress::Processing => incident.acknowledged_by().map(|(one, _)| name(&one.name)).or_else(acted),
        Progress::Closed => acted(),
    }
}

/// `#NUM title`, on one line.
pub fn title(incident: &Incident) -> String {
    format!("#{} {}", text::line(&incident.num), text::line(&incident.title))
}

/// The same as DingTalk markdown (reference 6.4), for messages with link buttons.
pub fn markdown(incident: &Incident, drawing: Drawing) -> String {
    let language = drawing.language;
    let pairs = [
        (words::label_severity(language), severity_word(incident.severity, language).to_owned()),
        (words::label_channel(language), content::channel(incident)),
        (words::label_responders(language), responders(incident, language)),
    ];
    let surface = Surface::Bot;
    let lines = pairs.map(|(label, value)| format!("{label}: {}", markdown::line(&value)));
    format!(
        "### {}{PARAGRAPH}**{}**{}{}{PARAGRAPH}{}",
        markdown::line(&text::cut(&title(incident), TITLE_BYTES_MAX)),
        state_word(incident, drawing),
        surface.line_break(),
        lines.join(surface.line_break()),
        markdown::block(drawing.text.unwrap_or(&incident.description), surface, VALUE_BYTES_MAX),
    )
}

/// The same beginning with what happened last, for messages that follow others.
pub fn state_markdown(incident: &Incident, drawing: Drawing) -> String {
    format!("**{}**{PARAGRAPH}{}", markdown::line(&last_act(incident, drawing)), markdown(incident, drawing))
}

/// "Acknowledged by Li at 14:03", the last thing that happened.
pub fn last_act(incident: &Incident, drawing: Drawing) -> String {
    let language = drawing.language;
    let Some(act) = &incident.last_act else {
        return words::did_trigger(language, text::clock(incident.started, drawing.now, drawing.zone));
    };
    let at = text::clock(act.at, drawing.now, drawing.zone);
    let who = act.who.as_deref().map_or_else(|| words::somebody(language).to_owned(), name);
    match act.kind.as_str() {
        "i_new" => words::did_trigger(language, at),
        "i_rslv" if act.who.is_none() => words::did_recover(language, at),
        "i_ack" => words::did_acknowledge(language, who, at),
        "i_unack" => words::did_unacknowledge(language, who, at),
        "i_rslv" => words::did_close(language, who, at),
        "i_reopen" => words::did_reopen(language, who, at),
        "i_snooze" => words::did_snooze(language, who, at),
        "i_wake" => words::did_wake(language, who, at),
        "i_comm" => words::did_comment(language, who, at),
        "i_assign" | "i_a_rspd" => words::did_assign(language, who, at),
        "i_merge" => words::did_merge(language, who, at),
        VANISHED => words::did_vanish(language, at),
        _ => words::did_change(language, who, at),
    }
}

pub(in crate::model) fn state_word(incident: &Incident, drawing: Drawing) -> String {
    match &incident.fate {
        Fate::Merged { num, .. } => words::merged_into(drawing.language, text::line(num)),
        Fate::Gone => words::progress_gone(drawing.language).to_owned(),
        Fate::Live => progress_word(incident, drawing).to_owned(),
    }
}

fn progress_word(incident: &Incident, drawing: Drawing) -> &'static str {
    match incident.progress {
        Progress::Closed => words::progress_closed(drawing.language),
        _ if incident.snoozed_until(drawing.now).is_some() => words::progress_snoozed(drawing.language),
        Progress::Processing => words::progress_processing(drawing.language),
        Progress::Triggered => words::progress_triggered(drawing.language),
    }
}

pub(super) fn severity_word(severity: Severity, language: Language) -> &'static str {
    match severity {
        Severity::Critical => words::severity_critical(language),
        Severity::Warning => words::severity_warning(language),
        Severity::Info => words::severity_info(language),
        Severity::Ok => words::severity_ok(language),
    }
}

pub(super) fn responders(incident: &Incident, language: Language) -> String {
    if incident.responders.is_empty() {
        return words::nobody(language).to_owned();
    }
    let names = incident.responders.iter().map(|one| {
        let tick = if one.acknowledged.is_some() { " ✓" } else { "" };
        format!("{}{tick}", name(&one.name))
    });
    listed(names, "、", RESPONDERS_MAX, language)
}

/// A person's name, short enough for one line.
fn name(name: &str) -> String {
    text::cut(&text::line(name), NAME_BYTES_MAX)
}

fn listed(
    items: impl ExactSizeIterator<Item = String>,
    separator: &str,
    items_max: usize,
    language: Language,
) -> String {
    let rest = items.len().saturating_sub(items_max);
    let mut shown: Vec<String> = items.take(items_max).collect();
    if rest > 0 {
        shown.push(words::more(language, rest));
    }
    shown.join(separator)
}

#[cfg(test)]
pub(in crate::model) mod tests {
    use super::*;
    use crate::model::incident::{LastAct, Responder};

    pub(in crate::model) fn drawing() -> Drawing<'static> {
        Drawing {
            language: Language::En,
            zone: "Asia/Shanghai",
            detail_url: "dingtalk://x",
            settings: Box::leak(Box::new(CardSettings::default())),
            text: None,
            now: Millis(1_790_000_000_000),
        }
    }

    #[test]
    fn buttons_and_last_line_follow_the_state() {
        let mut incident = Incident { num: "0E83EE".into(), title: "CPU high".into(), ..Incident::empty("i") };
        let values_now = values(&incident, drawing());
        assert_eq!(values_now["title"], "#0E83EE CPU high");
        assert_eq!((values_now["can_acknowledge"].as_str(), values_now["can_wake"].as_str()), ("true", "false"));

        incident.progress = Progress::Processing;
        incident.last_act = Some(LastAct { who: Some("Li".into()), kind: "i_ack".into(), at: drawing().now });
        let values_now = values(&incident, drawing());
        assert_eq!(values_now["can_acknowledge"], "false");
        assert_eq!(values_now["last_act"], "Acknowledged by Li at 22:13");
        assert_eq!(summary(&incident, drawing()), "[Info] Processing #0E83EE CPU high · Li");
    }

    #[test]
    fn a_card_says_that_its_incident_was_merged_or_is_gone_and_offers_nothing() {
        let fate = Fate::Merged { into: "j".into(), num: "0E83EE".into() };
        let merged = Incident { progress: Progress::Closed, fate, ..Incident::empty("i") };
        let gone = Incident { fate: Fate::Gone, ..merged.clone() };
        for (incident, state) in [(merged, "Merged into #0E83EE"), (gone, "Deleted")] {
            let values = values(&incident, drawing());
            assert_eq!(values["state"], state);
            assert!(values.iter().filter(|(name, _)| name.starts_with("can_")).all(|(_, can)| can == "false"));
            assert!(summary(&incident, drawing()).contains(state));
        }
    }

    #[test]
    fn hostile_text_stays_inside_the_limits() {
        let mut incident = Incident::empty("i");
        incident.title = "\u{202e}evil\u{0}\n# 标题 $CORPID$ ".repeat(10_000);
        incident.description = "🔥".repeat(1_000_000);
        incident.labels = (0..5_000).map(|n| (format!("label{n}"), "值".repeat(400))).collect();
        let crowd = |n: i64| Responder { member_id: n, name: "名".repeat(500), acknowledged: None };
        incident.responders = (0..3_000).map(crowd).collect();
        for (name, value) in values(&incident, drawing()) {
            assert!(value.len() <= VALUE_BYTES_MAX, "{name} has {} bytes", value.len());
            assert!(!value.contains(['\u{0}', '\u{202e}']), "{name}");
        }
        assert!(!title(&incident).contains('\n'));
    }
}
