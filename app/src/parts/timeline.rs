//! What happened to an incident, in words (flashduty.md 3.1).

use super::acting::Acting;
use super::marks::moment;
use crate::moment::{Clock, duration};
use crate::viewing::Viewing;
use contract::Language;
use contract::incident::TimelineEntry;
use contract::words::{card, page as words};
use leptos::prelude::*;

/// What somebody did, as it follows a name. Types this product does not know are a plain event.
pub fn did(kind: &str, language: Language) -> &'static str {
    let sentence = match kind {
        "i_new" => words::did_new,
        "i_assign" => words::did_assign,
        "i_a_rspd" => words::did_add_responder,
        "i_notify" => words::did_notify,
        "i_storm" => words::did_storm,
        "i_snooze" => words::did_snooze,
        "i_wake" => words::did_wake,
        "i_ack" => words::did_acknowledge,
        "i_unack" => words::did_unacknowledge,
        "i_comm" => words::did_comment,
        "i_rslv" => words::did_close,
        "i_reopen" => words::did_reopen,
        "i_merge" => words::did_merge,
        "i_r_title" => words::did_title,
        "i_r_desc" => words::did_description,
        "i_r_impact" => words::did_impact,
        "i_r_rc" => words::did_root_cause,
        "i_r_rsltn" => words::did_resolution,
        "i_r_severity" => words::did_severity,
        "i_r_field" => words::did_field,
        "i_m_flapping" => words::did_flapping,
        "i_m_reply" => words::did_mute_reply,
        "i_custom" => words::did_custom,
        "i_wr_create" => words::did_war_room,
        "i_wr_delete" => words::did_war_room_end,
        "i_auto_refresh" => words::did_refresh,
        "a_merge" => words::did_alert_merge,
        "i_wi_created" => words::did_work_new,
        "i_wi_updated" => words::did_work_change,
        "i_wi_assignees" => words::did_work_assign,
        "i_wi_completed" => words::did_work_done,
        "i_wi_converted" => words::did_work_convert,
        "i_wi_bound" => words::did_work_bind,
        "i_wi_deleted" => words::did_work_delete,
        _ => words::did_something,
    };
    sentence(language)
}

/// The timeline of an incident's page, newest first.
pub fn timeline(acting: Acting, entries: RwSignal<(Vec<TimelineEntry>, bool)>) -> impl IntoView + use<> {
    let language = acting.viewing.with_untracked(|viewing| viewing.language);
    let lines = move || {
        let clock = acting.viewing.with(Viewing::clock);
        entries.with(|(entries, _)| entries.iter().map(|entry| line(entry, &clock)).collect::<Vec<_>>())
    };
    let foot = move || {
        entries.with(|(entries, cut)| match (entries.is_empty(), cut) {
            (true, _) => Some(words::timeline_empty(language)),
            (false, true) => Some(words::timeline_cut(language)),
            (false, false) => None,
        })
    };
    view! {
        <section class="card" id="timeline">
            <h2>{words::timeline(language)}</h2>
            <ol class="timeline">{lines}</ol>
            <p class="hint">{foot}</p>
        </section>
    }
}

fn line(entry: &TimelineEntry, clock: &Clock) -> impl IntoView + use<> {
    let who = entry.who.clone().unwrap_or_else(|| card::somebody(clock.language).into());
    let text = said(entry, clock.language);
    let text = (!text.is_empty()).then(|| view! { <p class="said" dir="auto">{text}</p> });
    view! {
        <li>
            <p class="line">
                <span><bdi class="who">{who}</bdi>" "{did(&entry.kind, clock.language)}</span>
                <span class="age">{moment(clock, entry.at_ms)}</span>
            </p>
            {text}
        </li>
    }
}

/// The entry's own text; minutes of a snooze become a duration.
fn said(entry: &TimelineEntry, language: Language) -> String {
    match (entry.kind.as_str(), entry.text.trim().parse::<u32>()) {
        ("i_snooze", Ok(minutes)) => duration(language, minutes),
        _ => entry.text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_type_has_its_own_words() {
        let kinds = "i_new i_assign i_a_rspd i_notify i_storm i_snooze i_wake i_ack i_unack i_comm i_rslv i_reopen i_merge \
                     i_r_title i_r_desc i_r_impact i_r_rc i_r_rsltn i_r_severity i_r_field i_m_flapping i_m_reply i_custom \
                     i_wr_create i_wr_delete i_auto_refresh a_merge i_wi_created i_wi_updated i_wi_assignees i_wi_completed \
                     i_wi_converted i_wi_bound i_wi_deleted";
        for language in [Language::Zh, Language::En] {
            let mut seen = std::collections::HashSet::new();
            for kind in kinds.split_whitespace() {
                assert!(seen.insert(did(kind, language)), "{kind} has the words of another type");
                assert_ne!(did(kind, language), words::did_something(language), "{kind}");
            }
            assert_eq!(did("i_of_next_year", language), words::did_something(language));
        }
    }

    #[test]
    fn a_snooze_says_how_long() {
        let entry = |text: &str| TimelineEntry { at_ms: 0, kind: "i_snooze".into(), who: None, text: text.into() };
        assert_eq!(said(&entry("120"), Language::En), "2 h");
        assert_eq!(said(&entry("soon"), Language::En), "soon");
    }
}
