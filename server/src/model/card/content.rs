//! What a card tells of its incident, within the budgets of its variables and without the fields that were hidden.
//! What found no room is on the incident's page, and the card says so.

use super::{CardField, Drawing, TITLE_BYTES_MAX, responders, severity_word, title};
use crate::model::incident::Incident;
use crate::model::{plain, text};
use contract::words::card as words;

/// Budget of the description, in bytes: about ten lines.
const DESCRIPTION_BYTES_MAX: usize = 900;
/// Budget of all labels, in bytes.
const LABELS_BYTES_MAX: usize = 600;
/// Budget of one label.
const LABEL_BYTES_MAX: usize = 120;
/// Most labels.
const LABELS_MAX: usize = 8;
/// Budget of the channel's name, which is to stay on one line.
const CHANNEL_BYTES_MAX: usize = 120;

/// Variables that differ from incident to incident, with the labels of the facts.
pub fn content(incident: &Incident, drawing: Drawing) -> Vec<(String, String)> {
    let language = drawing.language;
    let is_shown = |field| !drawing.settings.hidden.contains(&field);
    let shown = |field, value: String| if is_shown(field) { value } else { String::new() };
    let snoozed = incident.snoozed_until(drawing.now).map(|until| text::clock(until, drawing.now, drawing.zone));
    let body = body(incident, drawing);
    let facts = [
        (CardField::Severity, words::label_severity(language), severity_word(incident.severity, language).to_owned()),
        (CardField::Channel, words::label_channel(language), channel(incident)),
        (CardField::Responders, words::label_responders(language), responders(incident, language)),
        (CardField::Alerts, words::label_alerts(language), incident.alert_count.to_string()),
    ];
    let mut content = vec![
        ("title".to_owned(), text::cut(&title(incident), TITLE_BYTES_MAX)),
        (
            "snoozed_until".to_owned(),
            shown(CardField::SnoozedUntil, snoozed.map(|at| words::snoozed_until(language, at)).unwrap_or_default()),
        ),
        ("description".to_owned(), body.description),
        ("labels".to_owned(), body.labels),
        ("more".to_owned(), body.more),
    ];
    for (field, label, value) in facts {
        let variable = if field == CardField::Severity { "severity_text" } else { field.name() };
        content.push((variable.to_owned(), shown(field, value)));
        content.push((format!("label_{}", field.name()), shown(field, label.to_owned())));
    }
    content
}

/// The part between the facts and the buttons.
struct Body {
    description: String,
    labels: String,
    /// What is left out, in words; empty when nothing is.
    more: String,
}

fn body(incident: &Incident, drawing: Drawing) -> Body {
    let (language, hidden) = (drawing.language, &drawing.settings.hidden);
    let description = match drawing.text {
        Some(own) => own.to_owned(),
        None if hidden.contains(&CardField::Description) => String::new(),
        None => plain::plain(&incident.description),
    };
    let (labels, left_out) = match drawing.text {
        // The company's text names the labels it wants.
        Some(_) => (String::new(), 0),
        None if hidden.contains(&CardField::Labels) => (String::new(), 0),
        None => labels(incident),
    };
    let is_cut = description.len() > DESCRIPTION_BYTES_MAX;
    let more = [
        is_cut.then(|| words::more_text(language).to_owned()),
        (left_out > 0).then(|| words::more_labels(language, left_out)),
    ];
    Body {
        description: text::cut(&description, DESCRIPTION_BYTES_MAX),
        labels,
        more: more.into_iter().flatten().collect::<Vec<_>>().join(" · "),
    }
}

/// One `name: value` a line, as many as there is room for, and how many are left out.
fn labels(incident: &Incident) -> (String, usize) {
    let mut shown = String::new();
    let mut count = 0;
    for (name, value) in incident.labels.iter().take(LABELS_MAX) {
        let line = one_line(&format!("{}: {}", text::line(name), text::line(value)), LABEL_BYTES_MAX);
        if shown.len() + line.len() + 1 > LABELS_BYTES_MAX {
            break;
        }
        if count > 0 {
            shown.push('\n');
        }
        shown.push_str(&line);
        count += 1;
    }
    (shown, incident.labels.len() - count)
}

/// The channel's name.
pub fn channel(incident: &Incident) -> String {
    one_line(&incident.channel_name, CHANNEL_BYTES_MAX)
}

fn one_line(text: &str, bytes_max: usize) -> String {
    text::cut(&text::line(text), bytes_max)
}
