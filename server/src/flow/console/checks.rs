//! The set-up's steps as the console shows them.

use super::Reader;
use crate::flow::check::{self, Check, CheckState, Finding, Run};
use crate::model::check::Reason;
use crate::model::integration::Integration;
use crate::state::State;
use contract::console::CheckLine;
use contract::words::check as words;
use world::Millis;

/// What stands there before the first look: every step, with what to paste.
pub(super) fn nothing_looked_at() -> Run {
    let never = |check: &Check| Finding::new(*check, CheckState::Unproved, Reason::NeverSeen, Millis(0));
    Run { findings: Check::ALL.iter().map(never).collect(), ran: Millis(0) }
}

/// The lines of the last run, in the order of the guide.
pub(super) fn lines(state: &State, integration: &Integration, run: &Run, reader: Reader) -> Vec<CheckLine> {
    run.findings.iter().map(|finding| line(state, integration, finding, reader)).collect()
}

fn line(state: &State, integration: &Integration, finding: &Finding, reader: Reader) -> CheckLine {
    let language = reader.language;
    let check = finding.check;
    let about = words::of(check.name(), language);
    let reason = finding.reason.name();
    let fine = matches!(finding.state, CheckState::Proved | CheckState::NotNeeded);
    let own_cure = words::cure(reason, language);
    let cure = if own_cure.is_empty() { about.cure } else { own_cure };
    let unless_fine = |text: &str| if fine { String::new() } else { text.to_owned() };
    let values = check::values(&state.config, integration, check).into_iter();
    let values = values.filter(|value| reader.with_secrets || !value.is_secret);
    CheckLine {
        check: check.name().to_owned(),
        state: finding.state.name().to_owned(),
        step: words::step(check.step().name(), language).to_owned(),
        title: about.title.to_owned(),
        cause: words::cause(reason, &finding.detail, language),
        said: finding.said.clone(),
        required: check.is_required(check::wishes(integration)),
        cure: unless_fine(cure),
        place: unless_fine(about.place),
        who: unless_fine(about.curer.words(language)),
        apply_url: finding.apply_url.clone().filter(|_| !fine),
        values: values.map(|value| (words::field(value.field, language).to_owned(), value.value)).collect(),
        seen_ms: finding.seen.map(|at| at.0),
    }
}
