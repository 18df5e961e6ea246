//! What holds after a storm.

use super::{PEOPLE, STRANGERS, Storm};
use crate::bench::KEY;
use contract::chat::ChatState;
use server::model::delivery::{DeliveryState, Outcome};
use server::store;
use simulator::dingtalk::Place;
use std::collections::BTreeMap;

impl Storm {
    pub(super) async fn check(&mut self) {
        self.chats_are_right().await;
        self.cards_are_right().await;
        self.deliveries_say_why().await;
        let mut tx = self.bench.app.state.store.read().await.unwrap();
        let now = self.bench.app.state.world.now();
        assert_eq!(store::inbox::unread(&mut tx).await.unwrap(), 0, "every input was read");
        assert_eq!(store::task::waiting(&mut tx, now).await.unwrap(), 0, "no task is left due");
        assert_eq!(store::task::dead_count(&mut tx).await.unwrap(), 0, "no task was given up");
        let meters = self.bench.sim.dingtalk.meters().unwrap();
        assert!(meters.calls <= self.spending.calls_per_month());
        self.watch.end();
    }

    async fn chats_are_right(&self) {
        for truth in self.bench.sim.dingtalk.chats() {
            let Some(chat) = self.bench.chat(&truth.id).await else {
                // Nothing tells of a group whose one event was not pushed; the next event will.
                let untold = self.untold.contains(&truth.id);
                assert!(truth.cool_apps.is_empty() || untold, "{} is not known", truth.title);
                continue;
            };
            let installed = !truth.cool_apps.is_empty();
            assert_eq!(chat.state == ChatState::Installed, installed, "{}", truth.title);
            if installed {
                assert_eq!(chat.title, truth.title);
            }
        }
    }

    /// Every card in DingTalk shows what Flashduty says, once per place and incident.
    async fn cards_are_right(&self) {
        let mut seen = BTreeMap::new();
        let groups = self.bench.sim.dingtalk.chats().into_iter().map(|chat| Place::Chat(chat.id));
        let people = PEOPLE.into_iter().chain(STRANGERS).map(|person| Place::Person(person.to_owned()));
        for place in groups.chain(people) {
            for card in self.bench.cards(&place) {
                let mut tx = self.bench.app.state.store.read().await.unwrap();
                let row = store::card::get(&mut tx, &card).await.unwrap().expect("a card we know");
                assert_eq!(row.integration, KEY);
                let twice = seen.insert((format!("{place:?}"), row.incident_id.clone()), card.clone());
                assert_eq!(twice, None, "{place:?} shows {} twice", row.incident_id);
                let truth = self.bench.sim.flashduty.incident(&row.incident_id);
                let truth = truth.unwrap_or_else(|| panic!("of no incident: {row:?}"));
                let shown = self.bench.seen(&card, "nobody");
                assert_eq!(shown["progress"], truth["progress"].as_str().unwrap(), "{}", row.incident_id);
            }
        }
        assert!(!seen.is_empty(), "the storm brought no card");
    }

    /// Everything that was to go out has gone, or has ended with a reason, or waits for one until a stated time.
    async fn deliveries_say_why(&self) {
        let mut told = 0;
        for incident in &self.incidents {
            let mut tx = self.bench.app.state.store.read().await.unwrap();
            for delivery in store::delivery::of_incident(&mut tx, KEY, incident).await.unwrap() {
                let (state, outcome) = (delivery.state, delivery.outcome);
                match state {
                    DeliveryState::Waiting => {
                        assert!(outcome != Outcome::Waiting && delivery.next.is_some(), "{delivery:?}");
                    }
                    _ => assert!(outcome != Outcome::Waiting, "{delivery:?}"),
                }
                told += 1;
            }
        }
        assert!(told > self.incidents.len() / 2, "{told} deliveries of {} incidents", self.incidents.len());
    }
}
