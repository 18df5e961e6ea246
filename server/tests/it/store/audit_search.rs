//! Lines of the audit log by who did what and when.

use super::*;
use server::store::audit::{self, AuditEntry};
use server::store::audit_search::{self, Found, Wanted};
use sqlx::{Connection, Row};

fn entry(number: i64) -> AuditEntry {
    AuditEntry {
        id: format!("a{number}"),
        integration: "alpha".into(),
        actor: if number % 2 == 0 { "li" } else { "wang" }.into(),
        act: if number < 4 { "linked" } else { "unlinked" }.into(),
        subject: "s".into(),
        detail: serde_json::json!({}),
        address: String::new(),
        at: Millis(number / 2),
    }
}

#[tokio::test]
async fn lines_are_found_by_actor_act_and_time_with_what_holds_them_together() {
    on_both(async |database| {
        let store = database.open().await;
        let mut tx = store.begin().await.unwrap();
        for number in 0..6 {
            audit::add(&mut tx, &entry(number)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = store.read().await.unwrap();
        let text = |text: &str| Some(text.to_owned());
        let (li, linked) = (text("li"), text("linked"));
        for (wanted, after, expected) in [
            (Wanted::default(), None, "a5 a4 a3 a2 a1 a0"),
            (Wanted::default(), Some((Millis(1), "a3".to_owned())), "a2 a1 a0"),
            (Wanted { actor: li.clone(), ..Wanted::default() }, None, "a4 a2 a0"),
            (Wanted { act: linked.clone(), ..Wanted::default() }, None, "a3 a2 a1 a0"),
            (Wanted { actor: li.clone(), act: linked.clone(), ..Wanted::default() }, None, "a2 a0"),
            (Wanted { since: Some(Millis(1)), until: Some(Millis(2)), ..Wanted::default() }, None, "a3 a2"),
            (Wanted { actor: text("nobody"), ..Wanted::default() }, None, ""),
        ] {
            let Found { lines, looked_to } =
                audit_search::search(&mut tx, "alpha", &wanted, after, 9, 99).await.unwrap();
            let ids: Vec<&str> = lines.iter().map(|line| line.id.as_str()).collect();
            assert_eq!((ids.join(" ").as_str(), looked_to), (expected, None), "{wanted:?}");
            assert!(lines.iter().all(|line| line.seq > 0 && line.digest() == line.hash));
        }
        let both = Wanted { actor: li, act: linked, ..Wanted::default() };
        let near = audit_search::search(&mut tx, "alpha", &both, None, 9, 1).await.unwrap();
        assert_eq!((near.lines.len(), near.looked_to), (0, Some((Millis(2), "a4".to_owned()))));
    })
    .await;
}

#[tokio::test]
async fn no_page_of_the_log_reads_the_whole_table() {
    let database = Database::sqlite();
    database.open().await.close().await;
    let mut connection = sqlx::AnyConnection::connect(&database.url).await.unwrap();
    for text in audit_search::texts() {
        let text: &'static str = Box::leak(format!("EXPLAIN QUERY PLAN {text}").into_boxed_str());
        let rows = sqlx::query(text).fetch_all(&mut connection).await.unwrap();
        let steps: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        let searched = steps.iter().any(|step| step.starts_with("SEARCH audit USING"));
        assert!(searched && !steps.iter().any(|step| step.starts_with("SCAN audit")), "{text}: {steps:?}");
    }
    connection.close().await.unwrap();
}
