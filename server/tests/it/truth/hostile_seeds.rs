//! Incidents made from seeds, from the webhook to cards, messages and work notices: whatever they say, everything arrives,
//! and nothing that goes out is larger than DingTalk takes. A failing seed is printed; `DINGDUTY_HOSTILE_SEED` repeats it.

use super::hostile::{told, usual, webhook};
use super::hostile_words::Seed;
use super::with_group;
use crate::bench::{Bench, KEY};
use serde_json::{Value, json};
use server::flow::set_up;
use simulator::{Fault, Peer, faults};
use std::time::Duration;

const SEEDS: u64 = 24;
impl Seed {
    fn text(&mut self) -> String {
        let count = [3, 40, 2_000, 30_000][self.below(4)];
        self.pieces(count)
    }

    fn odd(&mut self, usual: Value) -> Value {
        let odd =
            [json!(null), json!(-1), json!(i64::MAX), json!("soon"), json!([]), json!({}), json!("Apocalyptic"), usual];
        odd[self.below(8)].clone()
    }

    fn incident(&mut self, id: &str, responder: i64) -> Value {
        let mut incident = usual();
        incident["incident_id"] = json!(id);
        for field in ["title", "description", "channel_name", "num", "impact"] {
            incident[field] = json!(self.text());
        }
        for field in ["incident_severity", "start_time", "snoozed_before", "alert_cnt", "channel_id", "updated_at"] {
            incident[field] = self.odd(incident[field].clone());
        }
        let labels = [2, 30, 1_500][self.below(3)];
        incident["labels"] = (0..labels)
            .map(|n| (format!("{}{n}", self.pieces(1)), json!(self.pieces(1).repeat(9))))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let name: String = self.text().chars().take(3_000).collect();
        incident["responders"] =
            json!([{"person_id": responder, "person_name": name}, {"person_id": 99, "person_name": name}]);
        incident
    }
}

fn seeds() -> Vec<u64> {
    #[expect(clippy::disallowed_methods, reason = "a failing seed is repeated from outside")]
    let one = std::env::var("DINGDUTY_HOSTILE_SEED").ok().and_then(|seed| seed.parse().ok());
    one.map_or_else(|| (1..=SEEDS).collect(), |seed| vec![seed])
}

/// Texts in what our server sent to DingTalk, by the size that DingTalk takes of each.
fn too_large(bench: &Bench) -> Vec<String> {
    let mut wrong = Vec::new();
    for entry in bench.sim.journal.entries().into_iter().filter(|entry| entry.peer == Peer::DingTalk) {
        let Ok(body) = serde_json::from_str::<Value>(&entry.request_body) else { continue };
        let (card, notice, message) = (&body["cardData"]["cardParamMap"], &body["msg"], &body["msgParam"]);
        for (name, value) in card.as_object().into_iter().flatten() {
            if value
                .as_str()
                .is_none_or(|value| value.len() > 1_024 || value.contains(['\u{202e}', '\u{2066}', '\u{0}', '\u{7}']))
            {
                wrong.push(format!("{name}: {value}"));
            }
        }
        if notice.is_object() && notice.to_string().len() > 2_048 {
            wrong.push(format!("{} bytes of a notice", notice.to_string().len()));
        }
        if message.as_str().is_some_and(|message| message.len() > 12_000) {
            wrong.push(format!("{message}"));
        }
    }
    wrong
}

async fn go_through(template: bool) {
    let bench = with_group().await;
    bench.link("li.na").await;
    let mut pairs = vec![("person_channel".to_owned(), Some("both".to_owned()))];
    if !template {
        pairs.push(("card_template_id".to_owned(), Some(String::new())));
    }
    set_up::set(&bench.app.state, KEY, pairs, "bench").await.unwrap();
    for seed in seeds() {
        let id = format!("{seed:024x}");
        let incident = Seed(seed).incident(&id, bench.member("li.na"));
        let number = usize::try_from(seed).unwrap();
        let answer = webhook(&bench, &told(number * 10, incident.clone())).await;
        assert!(matches!(answer.status, 200 | 413), "seed {seed}: {}", answer.status);
        bench.run_due().await;
        if answer.status == 413 {
            continue;
        }
        let outcomes = bench.outcomes(&id).await;
        let expected = |outcome: &str| matches!(outcome, "delivered" | "accepted" | "app not linked");
        assert!(outcomes.len() >= 3 && outcomes.values().all(|outcome| expected(outcome)), "seed {seed}: {outcomes:?}");
        bench.advance(Duration::from_secs(70));
        let mut closed = told(number * 10 + 1, incident);
        closed["event_type"] = json!("i_rslv");
        closed["incident"]["progress"] = json!("Closed");
        assert_eq!(webhook(&bench, &closed).await.status, 200, "seed {seed}");
        bench.run_due().await;
        let wrong = too_large(&bench);
        assert!(wrong.is_empty(), "seed {seed}: {wrong:?}");
        bench.sim.journal.clear();
    }
}

#[tokio::test]
async fn seeds_arrive_as_cards_and_notices() {
    go_through(true).await;
}

#[tokio::test]
async fn seeds_arrive_as_messages_and_notices() {
    go_through(false).await;
}

/// Both platforms answer nonsense for a while: what can be repeated is, and arrives once; what cannot is called unclear.
#[tokio::test]
async fn answers_that_are_none_lose_nothing_and_double_nothing() {
    use faults::Kind;
    for kind in [Kind::Html, Kind::Nothing, Kind::HalfBody, Kind::WrongTypes, Kind::Cut, Kind::Forget] {
        for peer in [Peer::DingTalk, Peer::Flashduty] {
            let bench = with_group().await;
            bench.link("li.na").await;
            let path = if peer == Peer::DingTalk { "/v1.0/card/" } else { "/incident/" };
            bench.sim.faults.add(Fault { peer, path: path.to_owned(), kind: kind.clone(), times: Some(4) });
            let incident = bench.raise("nonsense", &["li.na"]).await;
            bench
                .sim
                .flashduty
                .act_as(bench.member("li.na"), &incident, simulator::flashduty::Act::Acknowledge)
                .await
                .unwrap();
            for _ in 0..8 {
                bench.run_due().await;
                bench.advance(Duration::from_secs(400));
            }
            bench.sim.faults.clear();
            bench.reconcile().await;
            bench.run_due().await;
            let outcomes = bench.outcomes(&incident).await;
            // What says in wrong types that a card exists is no answer to rely on: it is called unclear, and followed.
            let fits = |one: &str| one == "delivered" || (kind == Kind::WrongTypes && one == "unclear");
            assert!(outcomes.len() == 2 && outcomes.values().all(|one| fits(one)), "{kind:?} {peer:?}: {outcomes:?}");
            let card = bench.card_in(crate::bench::verbs::GROUP);
            assert_eq!(bench.seen(&card, "zhao.min")["progress"], "Processing", "{kind:?} {peer:?}");
            bench.card_of("li.na");
        }
    }
}
