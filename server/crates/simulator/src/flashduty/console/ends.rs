//! The forms that end an incident by merging or removing it.

use super::super::incident::Incident;
use super::super::page::escape;
use super::super::state::State;
use super::render::View;
use std::fmt::Write;

/// Incidents offered as target at most.
const TARGETS_SHOWN: usize = 20;

impl View {
    /// Merge into another open incident, or remove.
    pub fn end_forms(&self, state: &State, incident: &Incident) -> String {
        let action = self.link(&format!("/console/incidents/{}", incident.id));
        let others = state.by_urgency().into_iter().filter(|one| one.is_open() && one.id != incident.id);
        let options = others.take(TARGETS_SHOWN).fold(String::new(), |mut html, one| {
            // Writing into a text cannot fail.
            let _ = write!(html, "<option value=\"{}\">#{} {}</option>", one.id, one.num(), escape(&one.title));
            html
        });
        let merge = if incident.is_open() && !options.is_empty() {
            format!(
                "<form method=\"post\" action=\"{action}\" class=\"inline\"><select name=\"target\" aria-label=\"{label}\">\
                 {options}</select><button name=\"act\" value=\"merge\">{label}</button></form>",
                label = self.say("合并到", "Merge into"),
            )
        } else {
            String::new()
        };
        format!(
            "{merge}<form method=\"post\" action=\"{action}\" class=\"inline\"><button name=\"act\" value=\"remove\">{}\
             </button></form>",
            self.say("删除故障", "Remove the incident")
        )
    }
}
