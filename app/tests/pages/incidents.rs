//! One incident.

use crate::fake::{Fake, ID, closed, detail, processing, snoozed, triggered};
use crate::render::{Page, open};
use contract::incident::{Action, IncidentView};

fn page_of(incident: IncidentView) -> Page {
    open(&format!("/i/k1/incidents/{ID}"), Fake { incident: Ok(detail(incident)), ..Fake::default() })
}

#[test]
fn every_state_offers_exactly_the_acts_that_are_possible() {
    for incident in [triggered(), processing(), snoozed(), closed()] {
        let page = page_of(incident.clone());
        for action in Action::ALL {
            let expected = match (action, incident.actions.contains(&action)) {
                (_, false) => 0,
                // three usual times and a number of one's own
                (Action::Snooze, true) => 4,
                (_, true) => 1,
            };
            let found = page.count(&format!("data-act=\"{}\"", action.name()));
            assert_eq!(found, expected, "{} of {:?}", action.name(), incident.progress);
            if expected > 0 && action.is_asked_apart() {
                page.has(&format!("href=\"/i/k1/incidents/{}/{}\"", incident.id, action.name()));
            } else if expected > 0 {
                page.has(&format!("action=\"/api/i/k1/incidents/{}/{}\"", incident.id, action.name()));
            }
        }
    }
}

#[test]
fn acts_take_what_flashduty_takes() {
    let page = page_of(triggered());
    for minutes in ["120", "240", "720"] {
        page.has(&format!("name=\"minutes\" value=\"{minutes}\""));
    }
    page.has("min=\"1\" max=\"1440\"").has("maxlength=\"1024\"");
    page.has("name=\"root_cause\" form=\"act-close\"").has("name=\"resolution\" form=\"act-close\"");
    page.has("id=\"act-close\"").has(&format!("name=\"back\" value=\"incident:{ID}\""));
    assert_eq!(page.count("required"), 2, "the comment and the minutes; notes on closing are free\n{}", page.html);
    let page = page_of(closed());
    page.has("Why reopen it?");
}

#[test]
fn overview_says_who_and_when() {
    let page = page_of(processing());
    page.has("acknowledged 20:52").has("not yet acknowledged").has(">you<").has("Alerts: 17").has("4 min ago");
    page.has("cpu_usage_high").has("Description");
    page_of(closed()).has("The renewal job had no permission").has("Permission given, certificate renewed");
    page_of(processing()).has_not("Permission given");
}

#[test]
fn timeline_speaks_and_survives_types_of_the_future() {
    let text = page_of(triggered()).text();
    for words in
        ["commented", "Looking at the load balancer.\nMore in five minutes.", "2 h", "System event", "created it"]
    {
        assert!(text.contains(words), "{words}\n{text}");
    }
    assert!(text.contains("Older entries are in Flashduty"));
}

#[test]
fn many_labels_fold() {
    let mut incident = triggered();
    incident.labels = (0..40).map(|number| (format!("label_{number:02}"), "value".into())).collect();
    let page = page_of(incident);
    page.has("More labels: 28");
    let folded = page.html.split("More labels: 28").nth(1).unwrap();
    assert!(folded.contains("label_12") && !folded.contains(">label_11<"));
}

#[test]
fn the_way_back_is_one_of_ours() {
    open("/i/k1/incidents/x?from=cool-app:cidA%2B", Fake::default()).has("href=\"/i/k1/cool-app?cid=cidA%2B\"");
    let page = open("/i/k1/incidents/x?from=https://evil.example/", Fake::default());
    page.has_not("evil.example").has("href=\"/i/k1\" class=\"way-back\"");
}
