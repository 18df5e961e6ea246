//! Marks of an incident: state, severity, time. Colour never stands alone, a word is always with it.

use crate::moment::Clock;
use contract::Language;
use contract::incident::{IncidentView, Progress, Severity};
use contract::words::{card, page};
use leptos::prelude::*;

/// The state in words; a snoozed incident says so.
pub fn progress_words(incident: &IncidentView, language: Language) -> &'static str {
    match incident.progress {
        Progress::Closed => card::progress_closed(language),
        _ if incident.snoozed_until_ms.is_some() => card::progress_snoozed(language),
        Progress::Triggered => card::progress_triggered(language),
        Progress::Processing => card::progress_processing(language),
    }
}

/// The severity in words.
pub fn severity_words(severity: Severity, language: Language) -> &'static str {
    match severity {
        Severity::Critical => card::severity_critical(language),
        Severity::Warning => card::severity_warning(language),
        Severity::Info => card::severity_info(language),
        Severity::Ok => card::severity_ok(language),
    }
}

/// Class of the state's colour.
pub fn state_class(incident: &IncidentView) -> &'static str {
    match incident.progress {
        Progress::Closed => "is-closed",
        _ if incident.snoozed_until_ms.is_some() => "is-snoozed",
        Progress::Triggered => "is-triggered",
        Progress::Processing => "is-processing",
    }
}

/// A state in words, where nothing more is known than that.
#[cfg(feature = "ssr")]
pub fn progress_name(progress: Progress, language: Language) -> &'static str {
    match progress {
        Progress::Closed => card::progress_closed(language),
        Progress::Triggered => card::progress_triggered(language),
        Progress::Processing => card::progress_processing(language),
    }
}

/// A severity with its mark.
#[cfg(feature = "ssr")]
pub fn severity_mark(severity: Severity, language: Language) -> impl IntoView + use<> {
    view! { <span class=severity_class(severity)>{severity_words(severity, language)}</span> }
}

fn severity_class(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "severity is-critical",
        Severity::Warning => "severity is-warning",
        Severity::Info => "severity is-info",
        Severity::Ok => "severity is-ok",
    }
}

/// State, severity and number in one line.
pub fn marks(incident: &IncidentView, language: Language) -> impl IntoView + use<> {
    let severity = severity_class(incident.severity);
    view! {
        <span class="state">{progress_words(incident, language)}</span>
        <span class=severity>{severity_words(incident.severity, language)}</span>
        <bdi class="number">{format!("#{}", incident.num)}</bdi>
    }
}

/// The title, or a word for a missing one. Characters that turn the direction of what follows are left out: a title
/// from outside must read as it is written.
pub fn title(incident: &IncidentView, language: Language) -> String {
    let turns = |one: &char| matches!(one, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let title: String = incident.title.chars().filter(|one| !turns(one)).collect();
    if title.trim().is_empty() { page::untitled(language).into() } else { title }
}

/// A distance in time with the full time behind it.
pub fn moment(clock: &Clock, at_ms: i64) -> impl IntoView + use<> {
    view! { <time datetime=clock.machine(at_ms) title=clock.full(at_ms)>{clock.ago(at_ms)}</time> }
}
