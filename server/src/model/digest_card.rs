//! What the counting card of a storm shows. It is drawn with the template of every other card, whose labels are variables
//! too: the four facts are severities, states, the storm's beginning, and how many there are.

use super::card::{self, Drawing};
use super::digest::{Digest, DigestState, Figures};
use super::incident::Incident;
use super::{markdown, text};
use contract::incident::{Progress, Severity};
use contract::words::{card as words, digest as storm};
use std::collections::BTreeMap;

/// Newest members named on the card.
pub const NEWEST_MAX: usize = 8;
/// Budget of one of them, so that all fit into one variable.
const LINE_BYTES_MAX: usize = 105;

/// The public values of a digest's card; `drawing.detail_url` opens the list.
pub fn values(digest: &Digest, figures: &Figures, drawing: Drawing) -> BTreeMap<String, String> {
    let language = drawing.language;
    let open = figures.in_progress(Progress::Triggered) + figures.in_progress(Progress::Processing);
    let counting = digest.state == DigestState::Counting;
    let progress = match (counting, open) {
        (false, 0) => Progress::Closed,
        _ if figures.in_progress(Progress::Triggered) > 0 || counting => Progress::Triggered,
        _ => Progress::Processing,
    };
    let began = text::clock(digest.began, drawing.now, drawing.zone);
    let can_acknowledge = figures.in_progress(Progress::Triggered) > 0;
    let pairs = [
        ("title", storm::title(language, figures.total())),
        ("progress", progress.name().to_owned()),
        ("state", state_word(digest, drawing).to_owned()),
        ("severity", figures.worst().name().to_owned()),
        ("severity_text", severities(figures, drawing)),
        ("channel", states(figures, drawing)),
        ("responders", began),
        ("alerts", figures.total().to_string()),
        (
            "snoozed_until",
            if counting { storm::counting_long(language) } else { storm::over_long(language) }.to_owned(),
        ),
        ("description", newest(figures, drawing)),
        ("labels", String::new()),
        ("last_act", String::new()),
        ("detail_url", drawing.detail_url.to_owned()),
        ("can_acknowledge", false.to_string()),
        ("can_close", false.to_string()),
        ("can_snooze", false.to_string()),
        ("can_wake", false.to_string()),
        ("can_acknowledge_all", can_acknowledge.to_string()),
        ("text_acknowledge_all", storm::acknowledge_all(language).to_owned()),
        ("text_details", storm::list(language).to_owned()),
        ("label_severity", words::label_severity(language).to_owned()),
        ("label_channel", storm::label_states(language).to_owned()),
        ("label_responders", storm::label_began(language).to_owned()),
        ("label_alerts", storm::label_incidents(language).to_owned()),
    ];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), text::cut(&value, card::VALUE_BYTES_MAX))).collect()
}

/// The chat-list line.
pub fn summary(digest: &Digest, figures: &Figures, drawing: Drawing) -> String {
    format!("[{}] {}", state_word(digest, drawing), storm::title(drawing.language, figures.total()))
}

/// The same as DingTalk markdown, for apps that may not send cards.
pub fn markdown(digest: &Digest, figures: &Figures, drawing: Drawing) -> String {
    let language = drawing.language;
    let facts = [
        (words::label_severity(language), severities(figures, drawing)),
        (storm::label_states(language), states(figures, drawing)),
        (storm::label_began(language), text::clock(digest.began, drawing.now, drawing.zone)),
    ];
    let facts = facts.map(|(label, value)| format!("{label}: {}", markdown::line(&value)));
    let newest: Vec<String> = newest(figures, drawing).lines().map(markdown::line).collect();
    format!(
        "### {}\n\n**{}**  \n  {}\n\n{}",
        markdown::line(&storm::title(language, figures.total())),
        state_word(digest, drawing),
        facts.join("  \n  "),
        newest.join("  \n  "),
    )
}

fn state_word(digest: &Digest, drawing: Drawing) -> &'static str {
    match digest.state {
        DigestState::Counting => storm::counting(drawing.language),
        DigestState::Over => storm::over(drawing.language),
    }
}

/// "Critical 3 · Warning 20", without what there is none of.
fn severities(figures: &Figures, drawing: Drawing) -> String {
    let all = [Severity::Critical, Severity::Warning, Severity::Info, Severity::Ok];
    counted(all.map(|one| (card::severity_word(one, drawing.language), figures.of_severity(one))))
}

/// "Triggered 10 · Processing 5 · Closed 3".
fn states(figures: &Figures, drawing: Drawing) -> String {
    let language = drawing.language;
    counted([
        (words::progress_triggered(language), figures.in_progress(Progress::Triggered)),
        (words::progress_processing(language), figures.in_progress(Progress::Processing)),
        (words::progress_closed(language), figures.in_progress(Progress::Closed)),
    ])
}

fn counted<const N: usize>(counts: [(&'static str, i64); N]) -> String {
    let there = counts.into_iter().filter(|(_, count)| *count > 0);
    there.map(|(word, count)| format!("{word} {count}")).collect::<Vec<_>>().join(" · ")
}

/// The newest members, a line each, then how many more there are.
fn newest(figures: &Figures, drawing: Drawing) -> String {
    let line = |incident: &Incident| {
        let severity = card::severity_word(incident.severity, drawing.language);
        text::cut(&format!("[{severity}] {}", card::title(incident)), LINE_BYTES_MAX)
    };
    let mut lines: Vec<String> = figures.newest.iter().take(NEWEST_MAX).map(line).collect();
    let rest = figures.total().saturating_sub(i64::try_from(lines.len()).unwrap_or(i64::MAX));
    if rest > 0 {
        lines.push(storm::more(drawing.language, rest));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::delivery::Target;
    use contract::Language;
    use world::Millis;

    fn drawing(language: Language) -> Drawing<'static> {
        let settings = Box::leak(Box::default());
        let now = Millis(1_790_000_060_000);
        Drawing { language, zone: "Asia/Shanghai", detail_url: "dingtalk://x", settings, text: None, now }
    }

    fn digest(state: DigestState) -> Digest {
        let digest = Digest::begin("x", "k", Target::Chat("c".into()), "ops", Millis(1_790_000_000_000));
        Digest { state, ..digest }
    }

    #[test]
    fn counts_states_and_the_newest() {
        let member = |num: &str| Incident { num: num.into(), title: "CPU high".into(), ..Incident::empty(num) };
        let counts = vec![
            (Severity::Critical, Progress::Triggered, 2),
            (Severity::Info, Progress::Triggered, 7),
            (Severity::Info, Progress::Closed, 3),
        ];
        let figures = Figures { counts, newest: vec![member("B"), member("A")] };
        let shown = values(&digest(DigestState::Counting), &figures, drawing(Language::En));
        assert_eq!(shown["severity_text"], "Critical 2 · Info 10");
        assert_eq!(shown["channel"], "Triggered 9 · Closed 3");
        assert_eq!(shown["description"], "[Info] #B CPU high\n[Info] #A CPU high\n10 more in the list");
        assert_eq!((shown["alerts"].as_str(), shown["responders"].as_str()), ("12", "22:13"));
        assert_eq!((shown["severity"].as_str(), shown["progress"].as_str()), ("Critical", "Triggered"));
        assert_eq!((shown["can_acknowledge_all"].as_str(), shown["can_acknowledge"].as_str()), ("true", "false"));
    }

    #[test]
    fn colour_and_button_by_state() {
        use DigestState::{Counting, Over};
        use Progress::{Closed, Processing, Triggered};
        for (state, progress, shown_progress, can) in [
            (Counting, Triggered, "Triggered", "true"),
            (Counting, Processing, "Triggered", "false"),
            (Counting, Closed, "Triggered", "false"),
            (Over, Triggered, "Triggered", "true"),
            (Over, Processing, "Processing", "false"),
            (Over, Closed, "Closed", "false"),
        ] {
            let figures = Figures { counts: vec![(Severity::Warning, progress, 1)], newest: Vec::new() };
            let shown = values(&digest(state), &figures, drawing(Language::Zh));
            assert_eq!((shown["progress"].as_str(), shown["can_acknowledge_all"].as_str()), (shown_progress, can));
        }
    }

    #[test]
    fn hostile_titles_stay_inside_the_limits() {
        let member = |n: usize| Incident {
            num: "N".repeat(300),
            title: "\u{202e}🔥\n# $CORPID$ ".repeat(1_000),
            ..Incident::empty(&n.to_string())
        };
        let counts = vec![(Severity::Critical, Progress::Triggered, i64::MAX)];
        let figures = Figures { counts, newest: (0..50).map(member).collect() };
        for language in [Language::Zh, Language::En] {
            let digest = digest(DigestState::Counting);
            for (name, value) in values(&digest, &figures, drawing(language)) {
                assert!(value.len() <= card::VALUE_BYTES_MAX, "{name} has {} bytes", value.len());
                assert!(!value.contains('\u{202e}'), "{name}");
            }
            let newest = newest(&figures, drawing(language));
            assert_eq!(newest.lines().count(), NEWEST_MAX + 1, "{newest}");
            assert!(newest.len() <= card::VALUE_BYTES_MAX, "nothing is cut: {}", newest.len());
            assert!(!markdown(&digest, &figures, drawing(language)).contains('\u{202e}'));
        }
    }
}
