//! A long random story from a seed: events twice and out of order, clicks by many, troubles of both platforms, restarts.
//! Afterwards the invariants hold. A failing seed is printed; run it again with `DINGDUTY_STORM_SEED=<seed>`.

use crate::bench::{Bench, KEY};
use contract::chat::ChatState;
use server::store;
use simulator::dingtalk::Place;
use simulator::flashduty::Act;
use simulator::{Fault, Peer, Push, faults};
use std::collections::BTreeMap;
use std::time::Duration;

const STEPS: usize = 250;
const PEOPLE: [&str; 4] = ["li.na", "zhang.wei", "wang.fang", "alice"];
/// Seeds of every run; one found failing is added here.
const SEEDS: [u64; 2] = [1, 20_261_123];

#[tokio::test]
async fn whatever_happens_the_truth_comes_out() {
    #[expect(clippy::disallowed_methods, reason = "a failing seed is run again by hand")]
    let chosen = std::env::var("DINGDUTY_STORM_SEED").ok().and_then(|seed| seed.parse().ok());
    for seed in chosen.map_or(SEEDS.to_vec(), |seed| vec![seed]) {
        println!("storm seed {seed}");
        let mut storm = Storm::begin(seed).await;
        for _ in 0..STEPS {
            storm.step().await;
        }
        storm.calm().await;
        storm.check().await;
    }
}

struct Storm {
    bench: Bench,
    /// The same chance as the seed's, so that a story repeats itself.
    dice: u64,
    incidents: Vec<String>,
}

impl Storm {
    async fn begin(seed: u64) -> Self {
        let bench = Bench::with_seed(seed).await;
        for person in PEOPLE {
            bench.link(person).await;
        }
        Self { bench, dice: seed | 1, incidents: Vec::new() }
    }

    /// A number below `sides` (xorshift).
    fn roll(&mut self, sides: usize) -> usize {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        usize::try_from(self.dice % u64::try_from(sides).unwrap()).unwrap()
    }

    async fn step(&mut self) {
        self.bench.advance(Duration::from_millis(400));
        match self.roll(20) {
            0..=2 => self.group_event().await,
            3..=5 => self.raise().await,
            6..=9 => self.click().await,
            10..=12 => self.act_at_flashduty().await,
            13 => self.trouble_of_pushes(),
            14 => self.trouble_of_calls(),
            15 => self.bench.sim.faults.clear(),
            16 => self.bench.advance(Duration::from_secs(90)),
            17 if self.roll(4) == 0 => self.bench.restart().await,
            _ => self.bench.run_due().await,
        }
    }

    async fn group_event(&mut self) {
        let chats = self.bench.sim.dingtalk.chats();
        let chat = &chats[self.roll(chats.len())];
        let (step, number) = (self.roll(4), self.roll(1_000));
        let dingtalk = &self.bench.sim.dingtalk;
        // Whether the platform allows the step in its present state is the platform's business.
        let _ = match step {
            0 => dingtalk.uninstall_cool_app(&chat.id, &chat.owner).await,
            1 => dingtalk.rename_chat(&chat.id, &format!("group {number}"), &chat.owner).await,
            _ => dingtalk.install_cool_app(&chat.id, &chat.owner).await,
        };
        if let Some(known) = self.bench.chat(&chat.id).await
            && self.roll(3) == 0
        {
            self.bench.subscribe(&known.id).await;
        }
    }

    async fn raise(&mut self) {
        let responder = PEOPLE[self.roll(PEOPLE.len())];
        let title = format!("storm {}", self.roll(1_000_000));
        let raise = simulator::flashduty::Raise {
            title,
            responder_ids: vec![self.bench.member(responder)],
            ..simulator::flashduty::Raise::default()
        };
        self.incidents.push(self.bench.sim.flashduty.raise(raise).await.unwrap());
    }

    async fn click(&mut self) {
        let person = PEOPLE[self.roll(PEOPLE.len())];
        let cards = self.bench.cards(&Place::Person(person.to_owned()));
        if cards.is_empty() {
            return;
        }
        let card = &cards[self.roll(cards.len())];
        let action = ["acknowledge", "close", "snooze", "wake"][self.roll(4)];
        // A click may fail under chaos: the person then sees an error and the card stays.
        let _ = self.bench.click(card, person, action).await;
    }

    async fn act_at_flashduty(&mut self) {
        if self.incidents.is_empty() {
            return;
        }
        let (which, who) = (self.roll(self.incidents.len()), self.roll(PEOPLE.len()));
        let (incident, member) = (self.incidents[which].clone(), self.bench.member(PEOPLE[who]));
        let act = match self.roll(5) {
            0 => Act::resolve(),
            1 => Act::Snooze { minutes: 120 },
            2 => Act::Reopen { reason: "again".to_owned() },
            3 => Act::comment("looking"),
            _ => Act::Acknowledge,
        };
        let _ = self.bench.sim.flashduty.act_as(member, &incident, act).await;
    }

    fn trouble_of_pushes(&mut self) {
        let peer = if self.roll(2) == 0 { Peer::DingTalk } else { Peer::Flashduty };
        let push = match self.roll(3) {
            0 => Push::Duplicate,
            1 => Push::Reorder,
            _ => Push::Lose,
        };
        // DingTalk repeats what is not answered, so nothing it pushes is ever lost at once.
        if !(peer == Peer::DingTalk && push == Push::Lose) {
            self.bench.sim.faults.add_push(peer, push, Some(1));
        }
    }

    fn trouble_of_calls(&mut self) {
        let (peer, path) = match self.roll(4) {
            0 => (Peer::DingTalk, "/v1.0/card/instances"),
            1 => (Peer::DingTalk, "/v1.0/im/sceneGroups/query"),
            2 => (Peer::Flashduty, "/incident/ack"),
            _ => (Peer::Flashduty, "/incident/info"),
        };
        let kind = match self.roll(4) {
            0 => faults::Kind::Cut,
            1 => faults::Kind::Forget,
            2 => faults::Kind::HalfBody,
            _ => faults::Kind::Refuse { status: 500, body: "oops".into() },
        };
        self.bench.sim.faults.add(Fault { peer, path: path.to_owned(), kind, times: Some(2) });
    }

    /// The troubles end; everything has time to come right.
    async fn calm(&self) {
        self.bench.sim.faults.clear();
        self.bench.acts_end().await;
        self.bench.reconcile().await;
        for _ in 0..8 {
            self.bench.advance(Duration::from_secs(400));
            self.bench.run_due().await;
        }
    }

    async fn check(&self) {
        self.chats_are_right().await;
        self.cards_are_right().await;
        let mut tx = self.bench.app.state.store.read().await.unwrap();
        let now = self.bench.app.state.world.now();
        assert_eq!(store::inbox::unread(&mut tx).await.unwrap(), 0, "every input was read");
        assert_eq!(store::task::waiting(&mut tx, now).await.unwrap(), 0, "no task is left due");
        assert_eq!(store::task::dead_count(&mut tx).await.unwrap(), 0, "no task was given up");
    }

    async fn chats_are_right(&self) {
        for truth in self.bench.sim.dingtalk.chats() {
            let Some(chat) = self.bench.chat(&truth.id).await else { continue };
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
        let people = PEOPLE.into_iter().map(|person| Place::Person(person.to_owned()));
        for place in groups.chain(people) {
            for card in self.bench.cards(&place) {
                let mut tx = self.bench.app.state.store.read().await.unwrap();
                let row = store::card::get(&mut tx, &card).await.unwrap().expect("a card we know");
                assert_eq!(row.integration, KEY);
                let twice = seen.insert((format!("{place:?}"), row.incident_id.clone()), card.clone());
                assert_eq!(twice, None, "{place:?} shows {} twice", row.incident_id);
                let truth = self.bench.sim.flashduty.incident(&row.incident_id).unwrap();
                let shown = self.bench.seen(&card, "nobody");
                assert_eq!(shown["progress"], truth["progress"].as_str().unwrap(), "{}", row.incident_id);
            }
        }
        assert!(!seen.is_empty(), "the storm brought no card");
    }
}
