//! The console's pages of quota, war rooms and the audit log.

use crate::bench::{Bench, KEY};
use crate::console_records::{administrator, page, value};
use crate::war_rooms::{press, ready};
use contract::paths;
use server::model::quota::Limits;
use server::store;
use std::time::Duration;

const FIGURES: [(&str, &str); 5] = [
    ("edition", "professional"),
    ("quota_preset", "2025-11-19"),
    ("quota_api_month", "7000"),
    ("quota_push_month", ""),
    ("quota_qps", "30"),
];

async fn limits(bench: &Bench) -> Limits {
    let mut tx = bench.app.state.store.read().await.unwrap();
    Limits::of(&store::integration::by_key(&mut tx, KEY).await.unwrap().unwrap().settings)
}

#[tokio::test]
async fn the_month_is_shown_with_what_it_comes_to_and_its_figures_are_changed_there() {
    let bench = Bench::start().await;
    bench.link("li.na").await;
    bench.raise("costs a card", &["li.na"]).await;
    let browser = administrator(&bench).await;
    let shown = page(&browser, "quota").await.body;
    assert!(shown.contains("data-chart=\"api-by-day\"") && shown.contains("data-chart=\"api-by-route\""), "{shown}");
    let without = page(&browser, "quota?no_people=yes&groups=0").await.body;
    assert!(without.contains("data-what-if") && without.contains("value=\"0\""), "{without}");

    let seen = value(&shown, "name=\"seen\" value");
    let change = format!("/console/{KEY}/quota/figures");
    let with = |more: &[(&'static str, &'static str)]| -> Vec<(&'static str, String)> {
        let changed = FIGURES.map(|(name, value)| {
            let other = more.iter().find(|(known, _)| *known == name);
            (name, other.map_or(value, |(_, value)| value).to_owned())
        });
        changed.into_iter().chain([("seen", seen.clone())]).collect()
    };
    let send = async |fields: Vec<(&'static str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.form(&change, &fields).await
    };
    let before = limits(&bench).await;
    for (field, bad) in [("quota_api_month", "-1"), ("quota_api_month", "x"), ("quota_qps", "0"), ("edition", "gold")] {
        let refused = send(with(&[(field, bad)])).await;
        assert_eq!((refused.status, refused.parameter("wrong").as_deref()), (303, Some(field)), "{bad}: {refused:?}");
        assert_eq!(limits(&bench).await, before, "{field} {bad}");
    }
    let saved = send(with(&[])).await;
    assert_eq!(saved.parameter("saved").as_deref(), Some("1"), "{saved:?}");
    let after = limits(&bench).await;
    assert_eq!((after.api_month, after.push_month, after.per_second), (7_000, Some(50_000), 30));

    // Whoever still has the former figures on the screen overwrites nothing.
    let late = send(with(&[("quota_api_month", "1")])).await;
    assert_eq!(late.parameter("wrong").as_deref(), Some("seen"), "{late:?}");
    assert_eq!(limits(&bench).await, after);
    assert_eq!(bench.browser().form(&change, &FIGURES).await.location.as_deref(), Some(paths::CONSOLE));
}

#[tokio::test]
async fn a_war_room_is_listed_and_dismissed_with_a_countdown() {
    let (bench, incident) = ready().await;
    press(&bench, "li.na").await;
    let browser = administrator(&bench).await;
    let list = page(&browser, "war-rooms?state=open").await.body;
    assert!(list.contains("data-state=\"open\"") && list.contains(&incident), "{list}");
    let room = value(&list, "data-room");
    let dismiss = format!("/console/{KEY}/war-rooms/{room}/dismiss");
    assert_eq!(bench.browser().form(&dismiss, &[]).await.location.as_deref(), Some(paths::CONSOLE));
    let asked = browser.form(&dismiss, &[]).await;
    assert_eq!((asked.status, asked.parameter("dismissing").as_deref()), (303, Some("1")), "{asked:?}");
    assert!(page(&browser, "war-rooms").await.body.contains("data-state=\"ending\""));
    bench.advance(Duration::from_secs(90));
    bench.run_due().await;
    assert!(page(&browser, "war-rooms?state=gone").await.body.contains(&room));
    assert!(!page(&browser, "war-rooms?state=open").await.body.contains("data-room"));
    assert_eq!(browser.form(&format!("/console/{KEY}/war-rooms/nosuch/dismiss"), &[]).await.status, 404);
    for bad in ["war-rooms?state=merry", "war-rooms?after=%27"] {
        assert!(page(&browser, bad).await.body.contains("data-misread"), "{bad}");
    }
    let log = page(&browser, "audit?act=war-room-dismissed").await.body;
    assert!(log.contains("administrator") && log.contains("data-holds=\"true\""), "{log}");
}

#[tokio::test]
async fn the_audit_log_is_searched_verified_and_taken_along() {
    let bench = Bench::start().await;
    bench.token("administrator").await;
    for person in ["li.na", "zhang.wei"] {
        bench.link(person).await;
    }
    let browser = administrator(&bench).await;
    let all = page(&browser, "audit").await.body;
    let act = all.split_once("/audit?act=").unwrap_or_else(|| panic!("{all}")).1.split_once('"').unwrap().0.to_owned();
    let some = page(&browser, &format!("audit?act={act}")).await.body;
    assert!(some.contains("data-line") && !some.contains("data-holds=\"false\""), "{some}");
    assert!(!page(&browser, "audit?actor=nobody&act=nothing").await.body.contains("data-line"));
    assert!(page(&browser, "audit?verify=yes").await.body.contains("data-verdict=\"holds\""));
    for bad in ["audit?since=x", "audit?until=2026-02-30", "audit?after=x"] {
        assert!(page(&browser, bad).await.body.contains("data-misread"), "{bad}");
    }
    let long = "%F0%9F%98%80".repeat(300);
    assert_eq!(page(&browser, &format!("audit?actor={long}&act=%00")).await.status, 200);

    let export = format!("/console/{KEY}/audit/export");
    let taken = browser.get(&export).await;
    assert_eq!(taken.headers["content-type"], "application/x-ndjson");
    let lines: Vec<serde_json::Value> = taken.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!lines.is_empty() && lines[0]["seq"] == 1 && lines[0]["previous"] == "", "{lines:?}");
    let stranger = bench.browser().get(&export).await;
    assert_eq!((stranger.status, stranger.location.as_deref()), (303, Some(paths::CONSOLE)));
    assert_eq!(browser.get("/console/nosuchkey/audit/export").await.status, 404);
}
