//! The process is killed at any moment, under events, webhooks and clicks. What it has answered is not lost, and nothing
//! that people see is there twice.
//!
//! A few rounds run with every change. `DINGDUTY_TEST_ROUNDS` sets how many, `DINGDUTY_STORM_SEED` what they throw:
//!
//! ```text
//! DINGDUTY_TEST_ROUNDS=200 cargo test -p server --test it -- --nocapture kills::on_sqlite
//! ```

use super::child::{Program, pause, until};
use super::stage::{GROUP, SOON, Stage, platforms};
use crate::postgres;
use futures::future::join_all;
use serde_json::Value;
use simulator::dingtalk::{CardView, Content, Edition, Place, PushResult, Switches};
use simulator::{Fault, Peer, faults};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use world::{Chance, SeededChance};

const RESPONDER: &str = "li.na";
/// Longest time after which the process is killed, counted from the first input of a round.
const MOMENT_MAX_MS: u64 = 350;
/// After a start calls wait until nothing can still arrive of what a dead process sent: some rounds begin only then.
const CALLS_FLOW: Duration = Duration::from_millis(2_500);
/// How long a platform may take, so that kills often come between a call and its answer.
const SLOW_MAX_MS: u64 = 150;
/// How long everything may take to come right after the last kill: the leases of the dead, and a second look at an act.
const PATIENCE: Duration = Duration::from_secs(90);

/// Numbers that follow from a printed seed.
struct Dice(SeededChance);

impl Dice {
    fn new() -> Self {
        let seed = setting("DINGDUTY_STORM_SEED").unwrap_or(20_261_123);
        println!("kill seed {seed}");
        Self(SeededChance::new(seed))
    }

    fn below(&self, limit: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % limit
    }
}

#[expect(clippy::disallowed_methods, reason = "the long form, and a failing seed, are run by hand")]
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// What was put in, and what of it was answered.
#[derive(Default)]
struct Inputs {
    /// Title of each incident.
    raised: BTreeMap<String, String>,
    /// Incidents of which a webhook was answered with 200, and whether one of those named the responder.
    webhooks: BTreeMap<String, bool>,
    /// Incidents whose card was pressed, and whether the press was answered.
    pressed: BTreeMap<String, bool>,
    /// The last name of the group whose event was answered, and those after it whose event was not.
    title: String,
    perhaps: Vec<String>,
    events: usize,
}

struct Story {
    stage: Stage,
    dice: Dice,
    inputs: Inputs,
    conversation: String,
    rounds: u64,
}

impl Story {
    async fn on(program: Program, sim: simulator::Simulator, rounds: u64) -> Self {
        let stage = Stage::set_up(sim, program).await;
        stage.sim.dingtalk.set_edition(Edition::Exclusive);
        stage.join(GROUP).await;
        stage.linked(RESPONDER).await;
        let conversation = stage.sim.dingtalk.chat(GROUP).unwrap().id;
        let rounds = setting("DINGDUTY_TEST_ROUNDS").unwrap_or(rounds);
        Self { stage, dice: Dice::new(), inputs: Inputs::default(), conversation, rounds }
    }

    async fn rounds(&mut self) {
        for round in 0..self.rounds {
            self.slow_platforms();
            if self.dice.below(3) == 0 {
                pause(CALLS_FLOW).await;
            }
            self.round(round).await;
            self.stage.serving = self.stage.program.serve().await;
            self.note_answered();
        }
        self.stage.sim.faults.clear();
        let last = "after all kills";
        let renamed = self.stage.sim.dingtalk.rename_chat(&self.conversation, last, "zhang.wei").await;
        assert_eq!(renamed, Ok(PushResult::Delivered));
        self.inputs.title = last.to_owned();
        self.inputs.perhaps.clear();
    }

    /// Some inputs at once, and in the middle of them the end.
    async fn round(&mut self, round: u64) {
        let titles: Vec<_> = (0..=self.dice.below(3)).map(|n| format!("kill {round}-{n}.")).collect();
        let (title, moment) = (format!("round {round}"), Duration::from_millis(self.dice.below(MOMENT_MAX_MS)));
        let press = self.card_to_press();
        let stage = &self.stage;
        let raise = join_all(titles.iter().map(|title| stage.raise(title, &[RESPONDER])));
        let rename = stage.sim.dingtalk.rename_chat(&self.conversation, &title, "zhang.wei");
        let press = async {
            let (incident, card) = press?;
            let params = serde_json::json!({ "action": "acknowledge" });
            let answer = stage.sim.dingtalk.click(&card, RESPONDER, &["acknowledge"], params).await;
            Some((incident, answer.is_ok()))
        };
        let kill = async {
            pause(moment).await;
            stage.serving.strike().await;
        };
        let (raised, renamed, pressed, ()) = tokio::join!(raise, rename, press, kill);
        self.stage.serving.kill().await;
        self.inputs.raised.extend(raised.into_iter().zip(titles));
        self.inputs.pressed.extend(pressed);
        match renamed.unwrap() {
            PushResult::Delivered => {
                self.inputs.title = title;
                self.inputs.perhaps.clear();
                self.inputs.events += 1;
            }
            _ => self.inputs.perhaps.push(title),
        }
    }

    fn slow_platforms(&self) {
        self.stage.sim.faults.clear();
        for (peer, path) in [
            (Peer::DingTalk, "/v1.0/card/instances"),
            (Peer::DingTalk, "/v1.0/robot"),
            (Peer::Flashduty, "/incident/ack"),
        ] {
            let ms = self.dice.below(SLOW_MAX_MS);
            let kind = match self.dice.below(2) {
                0 => faults::Kind::Delay { ms },
                _ => faults::Kind::SlowAnswer { ms },
            };
            self.stage.sim.faults.add(Fault { peer, path: path.to_owned(), kind, times: Some(3) });
        }
    }

    /// The newest card of an incident that nobody has pressed yet.
    fn card_to_press(&self) -> Option<(String, String)> {
        let mut cards = self.stage.cards(&self.conversation);
        cards.reverse();
        let incident_of = |card: &CardView| {
            let title = &card.public["title"];
            self.inputs.raised.iter().find(|(_, raised)| title.contains(raised.as_str())).map(|(id, _)| id.clone())
        };
        let found = cards.into_iter().filter_map(|card| Some((incident_of(&card)?, card.out_track_id)));
        found.into_iter().find(|(incident, _)| !self.inputs.pressed.contains_key(incident))
    }

    /// Which webhooks were answered, those that Flashduty sent a second time included.
    fn note_answered(&mut self) {
        for entry in self.stage.sim.journal.entries() {
            let is_webhook = entry.peer == Peer::Outgoing && entry.path.contains("/webhook/") && entry.status == 200;
            let body: Option<Value> = is_webhook.then(|| serde_json::from_str(&entry.request_body).ok()).flatten();
            let incident = body.as_ref().map(|body| &body["incident"]);
            if let Some(id) = incident.and_then(|incident| incident["incident_id"].as_str()) {
                let named = incident.is_some_and(|incident| incident["responders"][0].is_object());
                *self.inputs.webhooks.entry(id.to_owned()).or_default() |= named;
            }
        }
        self.stage.sim.journal.clear();
    }

    /// Waits for something that may take until the dead have lost their leases.
    async fn come_right(&self, what: &str, probe: impl AsyncFnMut() -> Option<()>) {
        until(what, PATIENCE, probe).await;
    }

    /// How often a place shows an incident, as a card or a message.
    fn shown(&self, place: &Place, title: &str) -> usize {
        let cards = self.stage.sim.dingtalk.cards_in(place);
        let cards = cards.iter().filter(|card| card.public["title"].contains(title)).count();
        let messages = self.stage.sim.dingtalk.messages(place);
        let says = |content: &Content| matches!(content, Content::Robot { msg_param, .. } if msg_param.to_string().contains(title));
        cards + messages.iter().filter(|message| says(&message.content)).count()
    }

    fn places(&self) -> [Place; 2] {
        [Place::Chat(self.conversation.clone()), Place::Person(RESPONDER.to_owned())]
    }

    /// Every delivery there is.
    async fn deliveries(&self) -> Vec<Value> {
        let (mut items, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.stage.api("GET", &format!("deliveries?limit=200&after={after}"), None).await.json();
            items.extend(page["items"].as_array().expect("items").iter().cloned());
            match page["next"].as_str() {
                Some(next) => after = next.to_owned(),
                None => return items,
            }
        }
    }

    /// Events: the group has the last name that was answered for.
    async fn names_are_right(&self) {
        let title = &self.inputs.title;
        until("the last name of the group", SOON, async || {
            self.stage.items("chats").await.into_iter().find(|chat| chat["title"] == **title)
        })
        .await;
    }

    /// Webhooks: whatever was answered reached both places, and nothing is there twice.
    async fn everybody_was_told_once(&self) -> usize {
        let nearly = self.stage.sim.world.now().plus(PATIENCE - Duration::from_millis(300));
        self.come_right("every delivery has ended", async || {
            let deliveries = self.deliveries().await;
            let told = |kind: &str| -> BTreeSet<&str> {
                let of_kind = deliveries.iter().filter(|one| one["target"]["kind"] == kind);
                of_kind.filter_map(|one| one["incident_id"].as_str()).collect()
            };
            let (groups, people) = (told("chat"), told("person"));
            let webhooks = self.inputs.webhooks.iter();
            let all = webhooks.map(|(id, named)| groups.contains(&**id) && (!named || people.contains(&**id)));
            let all = all.into_iter().all(|told| told);
            let waiting: Vec<_> = deliveries.iter().filter(|one| one["state"] == "waiting").collect();
            if self.stage.sim.world.now() >= nearly {
                println!("waiting: {waiting:?}");
            }
            (all && waiting.is_empty()).then_some(())
        })
        .await;
        let mut unclear = 0;
        for delivery in self.deliveries().await {
            let incident = delivery["incident_id"].as_str().unwrap();
            let Some(title) = self.inputs.raised.get(incident) else { continue };
            if delivery["state"] == "waiting" {
                // Flashduty has just sent its webhook a second time.
                continue;
            }
            let place = match delivery["target"]["kind"].as_str().unwrap() {
                "chat" => Place::Chat(self.conversation.clone()),
                _ => Place::Person(RESPONDER.to_owned()),
            };
            let shown = self.shown(&place, title);
            if delivery["outcome"] == "unclear" {
                unclear += 1;
                assert!(shown <= 1, "{delivery} is there {shown} times");
            } else {
                assert_eq!((&delivery["outcome"], shown), (&Value::from("delivered"), 1), "{delivery}");
            }
        }
        for (incident, title) in &self.inputs.raised {
            for place in self.places() {
                let shown = self.shown(&place, title);
                assert!(shown <= 1, "{title} is there {shown} times in {place:?}");
                let told = self.inputs.webhooks.get(incident);
                let expected = if matches!(place, Place::Chat(_)) { told.is_some() } else { told == Some(&true) };
                let lost = shown == 0 && unclear == 0 && expected;
                assert!(!lost, "{title} is not there in {place:?}");
            }
        }
        unclear
    }

    /// Clicks: what was answered has its effect, and no press has two.
    async fn every_press_counted_once(&self) {
        for (incident, answered) in &self.inputs.pressed {
            let effects = || self.stage.sim.flashduty.effects(incident, "acknowledge");
            if *answered {
                self.come_right("what was pressed is done", async || (effects() > 0).then_some(())).await;
            }
            assert!(effects() <= 1, "{incident} was acknowledged {} times", effects());
            if effects() == 1 {
                self.come_right("everybody sees what was pressed", async || {
                    let title = &self.inputs.raised[incident];
                    let cards = self.stage.cards(&self.conversation);
                    let card = cards.into_iter().find(|card| card.public["title"].contains(title))?;
                    (card.public["progress"] == "Processing").then_some(())
                })
                .await;
            }
        }
    }

    async fn check(&mut self) -> usize {
        self.note_answered();
        self.names_are_right().await;
        self.every_press_counted_once().await;
        let unclear = self.everybody_was_told_once().await;
        let Inputs { raised, webhooks, pressed, events, .. } = &self.inputs;
        let answered = pressed.values().filter(|answered| **answered).count();
        println!(
            "{} kills: {} incidents, {} webhooks, {events} events and {answered} of {} clicks answered; 0 lost, \
             0 doubled, {unclear} unclear",
            self.rounds,
            raised.len(),
            webhooks.len(),
            pressed.len()
        );
        assert!(!self.stage.program.log().contains("panicked"), "{}", self.stage.program.log());
        unclear
    }
}

#[tokio::test]
async fn on_sqlite() {
    let sim = platforms().await;
    let mut story = Story::on(Program::between(&sim), sim, 12).await;
    story.rounds().await;
    assert_eq!(story.check().await, 0, "a card can be asked after, so none stays unclear");
    assert!(!story.inputs.pressed.is_empty(), "somebody pressed something");
}

#[tokio::test]
async fn on_postgresql() {
    let Some(url) = postgres::database().await else { return };
    let sim = platforms().await;
    let program = Program::between(&sim).with("DINGDUTY_DATABASE_URL", &url);
    let mut story = Story::on(program, sim, 4).await;
    story.rounds().await;
    assert_eq!(story.check().await, 0, "a card can be asked after, so none stays unclear");
}

#[tokio::test]
async fn in_link_mode_on_sqlite() {
    let sim = platforms().await;
    in_link_mode(Story::on(Program::between(&sim), sim, 8).await).await;
}

#[tokio::test]
async fn in_link_mode_on_postgresql() {
    let Some(url) = postgres::database().await else { return };
    let sim = platforms().await;
    let program = Program::between(&sim).with("DINGDUTY_DATABASE_URL", &url);
    in_link_mode(Story::on(program, sim, 3).await).await;
}

/// A message cannot be asked after: one that may have arrived is marked and left alone.
async fn in_link_mode(mut story: Story) {
    // What is counted is the first word of each incident; many rounds throw more of them than a bot says in a minute.
    let subscription = story.stage.items("subscriptions").await.remove(0);
    let path = format!("subscriptions/{}", subscription["id"].as_str().expect("an id"));
    assert_eq!(story.stage.api("DELETE", &path, None).await.status, 204);
    let body = serde_json::json!({ "chat_id": subscription["chat_id"], "repaint": "none" });
    assert_eq!(story.stage.api("POST", "subscriptions", Some(body)).await.status, 201);
    let switches = story.stage.sim.dingtalk.switches();
    story.stage.sim.dingtalk.set_switches(Switches { robot_messages_per_minute: 10_000, ..switches });
    let set = ["card_template_id=", "quota_robot_minute=10000"];
    let set = story.stage.program.run(&[&["integration", "set", "--key", super::stage::KEY][..], &set].concat()).await;
    assert_eq!(set.code, Some(0), "{set:?}");
    story.stage.serving.kill().await;
    story.stage.serving = story.stage.program.serve().await;
    story.rounds().await;
    let unclear = story.check().await;
    let counted = story.stage.items("deliveries?outcome=unclear&state=failed&limit=200").await.len();
    assert_eq!(unclear.min(200), counted, "each is found by its outcome");
}

/// What a killed copy had is taken over by another within 20 seconds.
#[tokio::test]
async fn a_copy_takes_over_what_a_dead_one_had() {
    let Some(url) = postgres::database().await else { return };
    let sim = platforms().await;
    let program = Program::between(&sim).with("DINGDUTY_DATABASE_URL", &url);
    let mut stage = Stage::set_up(sim, program).await;
    stage.join(GROUP).await;
    let path = "/v1.0/card/instances/createAndDeliver".to_owned();
    let kind = faults::Kind::Delay { ms: 9_000 };
    stage.sim.faults.add(Fault { peer: Peer::DingTalk, path, kind, times: Some(1) });
    stage.raise("taken over", &[]).await;
    until("it is being sent", SOON, async || stage.items("deliveries?outcome=unclear").await.pop()).await;
    let died = stage.sim.world.now();
    stage.serving.kill().await;
    let copy = stage.program.copy();
    let _serving = copy.serve().await;
    stage.program.base.clone_from(&copy.base);
    until("somebody else has delivered it", Duration::from_secs(30), async || {
        stage.items("deliveries?outcome=delivered").await.pop()
    })
    .await;
    let taken = stage.sim.world.now().since(died);
    assert!(taken <= Duration::from_secs(20), "it took {taken:?}");
    assert_eq!(stage.cards(GROUP).len(), 1);
}
