//! Whatever an incident says, its card keeps within every limit and stays text. Incidents are made from seeds, which are
//! printed when one fails.

#[path = "../../../tests/it/truth/hostile_words.rs"]
mod hostile_words;

use super::tests::drawing;
use super::{Drawing, VALUE_BYTES_MAX, markdown, summary, values, viewer};
use crate::model::incident::{Incident, LastAct, Responder};
use crate::model::plain;
use contract::Language;
use contract::incident::{Progress, Severity};
use hostile_words::Seed;
use world::Millis;

/// All public values of a card together, in bytes.
const PUBLIC_BYTES_MAX: usize = 8 * 1024;
/// A message in link mode: every part has its budget, and the facts are short.
const MESSAGE_BYTES_MAX: usize = 5_000;
const SEEDS: u64 = 400;

impl Seed {
    fn text(&mut self, pieces_max: u64) -> String {
        let count = self.below(pieces_max);
        self.pieces(count)
    }

    fn time(&mut self) -> Millis {
        [Millis(0), Millis(-1), Millis(i64::MAX), Millis(i64::MIN), Millis(1_790_000_000_000)][self.below(5)]
    }

    fn incident(&mut self) -> Incident {
        let huge = if self.below(20) == 0 { 60_000 } else { 60 };
        let labels_max = if self.below(20) == 0 { 5_000 } else { 20 };
        let responders = (0..self.below(40))
            .map(|n| Responder {
                member_id: n as i64 - 3,
                name: self.text(30),
                acknowledged: (self.below(3) == 0).then(|| self.time()),
            })
            .collect();
        Incident {
            num: self.text(8),
            title: self.text(huge),
            description: self.text(huge),
            channel_name: self.text(huge),
            severity: [Severity::Critical, Severity::Warning, Severity::Info, Severity::Ok][self.below(4)],
            progress: [Progress::Triggered, Progress::Processing, Progress::Closed][self.below(3)],
            snoozed_before: (self.below(2) == 0).then(|| self.time()),
            started: self.time(),
            labels: (0..self.below(labels_max)).map(|n| (format!("{n}{}", self.text(9)), self.text(40))).collect(),
            alert_count: [0, -1, i64::MAX, 3][self.below(4)],
            last_act: (self.below(2) == 0).then(|| LastAct {
                who: (self.below(2) == 0).then(|| self.text(60)),
                kind: self.text(3),
                at: self.time(),
            }),
            responders,
            ..Incident::empty("i")
        }
    }
}

#[test]
fn no_incident_breaks_a_limit_or_leaves_its_line() {
    for seed in 0..SEEDS {
        let incident = Seed(seed).incident();
        let language = if seed % 2 == 0 { Language::En } else { Language::Zh };
        let drawing = Drawing { language, ..drawing() };
        let shown = values(&incident, drawing);
        let bytes: usize = shown.iter().map(|(name, value)| name.len() + value.len()).sum();
        assert!(bytes <= PUBLIC_BYTES_MAX, "seed {seed}: {bytes} bytes");
        for (name, value) in &shown {
            assert!(value.len() <= VALUE_BYTES_MAX, "seed {seed}: {name} has {} bytes", value.len());
            let hidden = value.chars().find(|one| one.is_control() && *one != '\n');
            assert_eq!(hidden, None, "seed {seed}: {name}");
            assert!(!value.contains(['\u{202e}', '\u{2066}', '\u{feff}']), "seed {seed}: {name} changes direction");
            let is_block = matches!(name.as_str(), "description" | "labels");
            assert!(is_block || !value.contains('\n'), "seed {seed}: {name} is one line: {value:?}");
        }
        let message = markdown(&incident, drawing);
        assert!(message.len() <= MESSAGE_BYTES_MAX, "seed {seed}: a message of {} bytes", message.len());
        let line = summary(&incident, drawing);
        assert!(line.len() <= 600 && !line.contains('\n'), "seed {seed}: {line:?}");
        let one = viewer::Viewer { user_id: "u".into(), member_id: 0, linked: seed % 3 == 0 };
        for (name, value) in viewer::view(&incident, &one, drawing, drawing.detail_url) {
            assert!(value.len() <= VALUE_BYTES_MAX && !value.contains('\n'), "seed {seed}: {name}");
        }
    }
}

#[test]
fn made_plain_a_text_does_not_grow_without_bound() {
    for seed in 0..SEEDS {
        let text = Seed(seed).text(200);
        let plain = plain::plain(&text);
        assert!(plain.len() <= text.len() * 3 + 64, "seed {seed}: it grew to {} bytes", plain.len());
    }
}
