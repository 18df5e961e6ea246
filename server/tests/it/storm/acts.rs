//! What people and platforms do in a storm.

use super::{PEOPLE, STRANGERS, Storm};
use crate::bench::KEY;
use contract::paths;
use simulator::dingtalk::{Place, PushResult};
use simulator::flashduty::{Act, Raise};

impl Storm {
    pub(super) async fn group_event(&mut self) {
        let chats = self.bench.sim.dingtalk.chats();
        let chat = &chats[self.roll(chats.len())];
        let (step, number) = (self.roll(4), self.roll(1_000));
        let dingtalk = &self.bench.sim.dingtalk;
        let told = match step {
            0 => dingtalk.uninstall_cool_app(&chat.id, &chat.owner).await,
            1 => dingtalk.rename_chat(&chat.id, &format!("group {number}"), &chat.owner).await,
            _ => dingtalk.install_cool_app(&chat.id, &chat.owner).await,
        };
        // Whether the platform allows the step in its present state is the platform's business.
        if told == Ok(PushResult::QuotaSpent) {
            self.untold.insert(chat.id.clone());
        }
        if let Some(known) = self.bench.chat(&chat.id).await
            && self.roll(6) == 0
        {
            self.bench.subscribe(&known.id).await;
        }
    }

    pub(super) async fn raise(&mut self) {
        let responder = if self.roll(5) == 0 { STRANGERS[0] } else { PEOPLE[self.roll(PEOPLE.len())] };
        let title = format!("storm {} [*](x) <b>", self.roll(1_000_000));
        let raise = Raise { title, responder_ids: vec![self.bench.member(responder)], ..Raise::default() };
        self.incidents.push(self.bench.sim.flashduty.raise(raise).await.unwrap());
    }

    /// Somebody presses a button, on a card of their own or in a group.
    pub(super) async fn click(&mut self) {
        let everybody: Vec<&str> = PEOPLE.into_iter().chain(STRANGERS).collect();
        let person = everybody[self.roll(everybody.len())];
        let chats = self.bench.sim.dingtalk.chats();
        let place = match self.roll(2) {
            0 => Place::Chat(chats[self.roll(chats.len())].id.clone()),
            _ => Place::Person(person.to_owned()),
        };
        let cards = self.bench.cards(&place);
        if cards.is_empty() {
            return;
        }
        let card = &cards[self.roll(cards.len())];
        let action = ["acknowledge", "close", "snooze", "wake", "unacknowledge", "no-such-button"][self.roll(6)];
        // A click may fail under chaos: the person then sees an error and the card stays.
        let _ = self.bench.click(card, person, action).await;
    }

    pub(super) async fn act_at_flashduty(&mut self) {
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

    /// Somebody who knows no secret tries the doors.
    pub(super) async fn somebody_else_knocks(&mut self) {
        let doors = [paths::DINGTALK_EVENTS, paths::DINGTALK_CARDS, paths::FLASHDUTY_WEBHOOK, paths::FLASHDUTY_ROBOT];
        let door = paths::fill(doors[self.roll(doors.len())], &[KEY, "guess", "guess"]);
        let bodies = ["", "null", "{\"encrypt\":\"AAAA\"}", "<html>", "{\"event_id\":\"1\",\"incident\":{}}"];
        let body = bodies[self.roll(bodies.len())];
        let browser = self.bench.browser();
        let answer = browser.send(browser.http().post(format!("{}{door}", self.bench.base)).body(body)).await;
        assert!((400..500).contains(&answer.status), "{door} answers {} to {body}", answer.status);
        self.watch.saw(&door, &answer.body);
    }

    /// Somebody opens pages, a program asks the API.
    pub(super) async fn look_around(&mut self) {
        let token = self.bench.token("observer").await;
        self.watch.know(&token);
        let pages = [paths::HOME, paths::PC_HOME, paths::ACCOUNT, paths::API_ME, paths::API_INCIDENTS];
        let mut pages: Vec<String> = pages.iter().map(|path| paths::fill(path, &[KEY])).collect();
        if !self.incidents.is_empty() {
            let which = self.roll(self.incidents.len());
            let incident = self.incidents[which].clone();
            pages.extend([paths::INCIDENT, paths::API_INCIDENT].map(|path| paths::fill(path, &[KEY, &incident])));
        }
        pages.extend([paths::METRICS, paths::READY, paths::CONSOLE].map(str::to_owned));
        for path in pages {
            let answer = self.browser.get(&path).await;
            // 502 and 503 tell of what Flashduty or the database did; 500 would be a fault of ours.
            assert!(answer.status != 500, "{path} answers {}", answer.body);
            self.watch.saw(&path, &format!("{:?} {}", answer.headers, answer.body));
        }
        let asked = [
            paths::AUTOMATION_CHATS,
            paths::AUTOMATION_SUBSCRIPTIONS,
            paths::AUTOMATION_LINKS,
            paths::AUTOMATION_DELIVERIES,
            paths::AUTOMATION_QUOTA,
            paths::AUTOMATION_AUDIT,
        ];
        for path in asked.map(|path| paths::fill(path, &[KEY])) {
            let request = self.browser.http().get(format!("{}{path}", self.bench.base)).bearer_auth(&token);
            let answer = self.browser.send(request).await;
            assert!(matches!(answer.status, 200 | 403), "{path} answers {answer:?}");
            self.watch.saw(&path, &answer.body);
        }
        self.watch.learn(&self.bench).await;
        self.watch.read_log();
    }
}
