//! Deliveries found without looking at everything.

use super::deliveries::delivery_of;
use super::*;
use server::model::delivery::{Delivery, DeliveryState, Outcome, Target};
use server::store::delivery;
use server::store::delivery_search::{self, Found, Wanted};
use sqlx::{Connection, Row};

/// Six deliveries, newest last; the odd ones failed for `busy`, all to one group.
async fn six(tx: &mut Tx) {
    for number in 0..6_i64 {
        let new = delivery_of(&format!("d{number}"), "alpha", &format!("i{number}"), Target::Chat("ops".into()));
        let (state, outcome) = match number % 2 {
            0 => (DeliveryState::Done, Outcome::Delivered),
            _ => (DeliveryState::Failed, Outcome::Busy),
        };
        let new = Delivery { state, outcome, created: Millis(number / 2), ..new };
        assert!(delivery::insert(tx, &new).await.unwrap());
    }
}

fn ids(found: &[Delivery]) -> Vec<&str> {
    found.iter().map(|one| one.id.as_str()).collect()
}

#[tokio::test]
async fn a_search_looks_at_so_many_and_says_where_it_ended() {
    in_both(async |tx| {
        six(tx).await;
        let text = |text: &str| Some(text.to_owned());
        let rare = Wanted { query: text("i0"), ..Wanted::default() };
        let mut after = None;
        let mut looked = Vec::new();
        loop {
            let Found { deliveries, looked_to } =
                delivery_search::search(tx, "alpha", &rare, after, 2, 2).await.unwrap();
            looked.push(ids(&deliveries).concat());
            let Some(place) = looked_to else { break };
            after = Some(place);
        }
        assert_eq!(looked, ["", "", "d0", ""], "found in the third piece; behind it nothing is left");

        // What an index answers by itself is found however far back it is.
        let failed = Wanted { state: Some(DeliveryState::Failed), ..Wanted::default() };
        let found = delivery_search::search(tx, "alpha", &failed, None, 9, 1).await.unwrap();
        assert_eq!((ids(&found.deliveries), found.looked_to), (vec!["d5", "d3", "d1"], None));
        for (wanted, expected) in [
            (Wanted { chat_id: text("ops"), outcome: Some(Outcome::Busy), ..Wanted::default() }, vec!["d5", "d3"]),
            (Wanted { outcome: Some(Outcome::Busy), state: Some(DeliveryState::Done), ..Wanted::default() }, vec![]),
            (Wanted { incident_id: text("i4"), query: text("cpu"), ..Wanted::default() }, vec!["d4"]),
            (Wanted { chat_id: text("ops"), person: text("ops"), ..Wanted::default() }, vec![]),
            (
                Wanted { query: text("cpu"), until: Some(Millis(2)), since: Some(Millis(1)), ..Wanted::default() },
                vec!["d3", "d2"],
            ),
        ] {
            let found = delivery_search::search(tx, "alpha", &wanted, None, 9, 4).await.unwrap();
            assert_eq!(ids(&found.deliveries), expected, "{wanted:?}");
        }
        let all = Wanted { query: text("cpu"), ..Wanted::default() };
        let full = delivery_search::search(tx, "alpha", &all, None, 2, 3).await.unwrap();
        assert_eq!(full.looked_to, None, "the page is full");
    })
    .await;
}

#[tokio::test]
async fn what_is_counted_is_counted_up_to_a_bound() {
    in_both(async |tx| {
        six(tx).await;
        for (since, most, expected) in [(0, 9, 3), (1, 9, 2), (0, 2, 2), (3, 9, 0)] {
            let failed = delivery_search::count_failed(tx, "alpha", Outcome::Busy, Millis(since), most).await.unwrap();
            let in_state =
                delivery_search::count_in_state(tx, "alpha", DeliveryState::Failed, Millis(since), most).await.unwrap();
            assert_eq!((failed, in_state), (expected, expected), "since {since}, {most} at most");
        }
        assert_eq!(delivery_search::count_failed(tx, "beta", Outcome::Busy, Millis(0), 9).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn no_page_of_deliveries_reads_the_whole_table() {
    let database = Database::sqlite();
    database.open().await.close().await;
    let mut connection = sqlx::AnyConnection::connect(&database.url).await.unwrap();
    for text in delivery_search::texts() {
        let text: &'static str = Box::leak(format!("EXPLAIN QUERY PLAN {text}").into_boxed_str());
        let rows = sqlx::query(text).fetch_all(&mut connection).await.unwrap();
        let steps: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        let searched = steps.iter().any(|step| step.starts_with("SEARCH delivery USING"));
        assert!(searched && !steps.iter().any(|step| step.starts_with("SCAN delivery")), "{text}: {steps:?}");
        // Along an incident's few deliveries an order is made; along everything else the index has it.
        let inner = steps.iter().position(|step| step.starts_with("SEARCH delivery")).unwrap_or_default();
        let has_order = text.contains("COUNT(*)") || text.contains("AND incident_id = $1") || text.contains("AS near");
        let sorted = steps[inner..].iter().any(|step| step.contains("TEMP B-TREE"));
        assert!(has_order || !sorted || text.contains("AND incident_id = $6"), "{text}: {steps:?}");
    }
    connection.close().await.unwrap();
}
