use crate::Peer;
use crate::weather::{Sky, Weather};
use serde::Deserialize;
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use world::{Clock, Millis, World};

/// What goes wrong with a request to the simulator.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Answered as usual, but late by real time.
    Delay {
        /// How late, in milliseconds.
        ms: u64,
    },
    /// Carried out at once, but answered late by real time: who is killed meanwhile never hears of it.
    SlowAnswer {
        /// How late, in milliseconds.
        ms: u64,
    },
    /// Not carried out; answered with this status and body.
    Refuse {
        /// HTTP status.
        status: u16,
        /// Body: an object is sent as JSON, a text as it is.
        body: Value,
    },
    /// Not carried out; answered with 200 and an HTML page, as DingTalk's gateway does for a banned address.
    Html,
    /// Not carried out; the connection is closed without an answer.
    Cut,
    /// Carried out, but the connection is closed in the middle of the answer's body.
    HalfBody,
    /// Carried out, but the connection is closed without an answer: the caller cannot know.
    Forget,
    /// Not carried out; answered with 200 and no body.
    Nothing,
    /// Carried out, but in the answer numbers and truth values are texts, texts are numbers, lists are objects.
    WrongTypes,
    /// Accepted and lost: answered as usual, but what it should have shown to people is never shown. DingTalk only;
    /// Flashduty carries it out.
    Lose,
}

/// A fault waiting for its requests.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Fault {
    /// Which of the two platforms; [`Peer::Outgoing`] never matches, see [`Push`].
    pub peer: Peer,
    /// Beginning of the path.
    pub path: String,
    /// What goes wrong.
    pub kind: Kind,
    /// For how many requests; for all when absent.
    #[serde(default)]
    pub times: Option<u32>,
}

/// What goes wrong with something a platform pushes: an event, a webhook, a card's click.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Push {
    /// Sent twice.
    Duplicate,
    /// Held back until the next push of the same platform has gone out.
    Reorder,
    /// Never sent.
    Lose,
    /// Sent later, by the world's clock, when due things are run.
    Late {
        /// How much later, in milliseconds.
        ms: u64,
    },
}

/// Faults set for requests and pushes. Cheap to clone: all clones are one set.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    last: u64,
    requests: Vec<(u64, Fault)>,
    pushes: Vec<PushFault>,
    skies: Vec<(Peer, Sky)>,
    clocks: Vec<(Peer, i64)>,
}

struct PushFault {
    id: u64,
    source: Source,
    push: Push,
    times: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Pushes(Peer),
    Clicks,
}

impl Waiting {
    fn sky(&self, over: Peer) -> Option<&Sky> {
        self.skies.iter().find(|(peer, _)| *peer == over).map(|(_, sky)| sky)
    }

    fn next_id(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn take_from(&mut self, source: Source) -> Option<Push> {
        let place = self.pushes.iter().position(|fault| fault.source == source)?;
        let push = self.pushes[place].push;
        if use_up(&mut self.pushes[place].times) {
            self.pushes.remove(place);
        }
        Some(push)
    }
}

impl Faults {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets a fault. The oldest matching one is applied first.
    pub fn add(&self, fault: Fault) {
        let mut waiting = self.waiting();
        let id = waiting.next_id();
        waiting.requests.push((id, fault));
    }

    /// Sets a fault for what `from` pushes, for `times` pushes or for all.
    pub fn add_push(&self, from: Peer, push: Push, times: Option<u32>) {
        self.add_from(Source::Pushes(from), push, times);
    }

    /// Sets a fault for clicks on cards, for `times` clicks or for all. A duplicate is posted at the same moment; who
    /// pressed a button whose click is lost, late or overtaken sees that there was no answer.
    pub fn add_click(&self, click: Push, times: Option<u32>) {
        self.add_from(Source::Clicks, click, times);
    }

    fn add_from(&self, source: Source, push: Push, times: Option<u32>) {
        let mut waiting = self.waiting();
        let id = waiting.next_id();
        waiting.pushes.push(PushFault { id, source, push, times });
    }

    /// Sets the weather over a platform's requests and pushes, in place of the one before.
    pub fn set_weather(&self, over: Peer, weather: Weather) {
        let mut waiting = self.waiting();
        waiting.skies.retain(|(peer, _)| *peer != over);
        waiting.skies.push((over, Sky::new(weather)));
    }

    /// The weather over a platform.
    pub fn weather(&self, over: Peer) -> Weather {
        self.waiting().sky(over).map(Sky::weather).unwrap_or_default()
    }

    /// Sets a platform's clock so many milliseconds ahead of the world's, or behind it.
    pub fn set_clock_offset(&self, of: Peer, offset_ms: i64) {
        let mut waiting = self.waiting();
        waiting.clocks.retain(|(peer, _)| *peer != of);
        waiting.clocks.push((of, offset_ms));
    }

    /// How far a platform's clock is ahead of the world's, in milliseconds.
    pub fn clock_offset(&self, of: Peer) -> i64 {
        self.waiting().clocks.iter().find(|(peer, _)| *peer == of).map_or(0, |(_, offset_ms)| *offset_ms)
    }

    /// The world as a platform with that clock sees it.
    pub(crate) fn world_of(&self, of: Peer, world: &World) -> World {
        world.with_clock(Arc::new(PlatformClock { world: world.clone(), faults: self.clone(), of }))
    }

    /// Number and description of every fault that waits for its requests, pushes or clicks, oldest first.
    pub fn set_now(&self) -> Vec<(u64, String)> {
        let times = |times: Option<u32>| times.map_or_else(|| "∞".to_owned(), |times| times.to_string());
        let waiting = self.waiting();
        let requests = waiting.requests.iter().map(|(id, fault)| {
            (*id, format!("{:?} {} {:?} × {}", fault.peer, fault.path, fault.kind, times(fault.times)))
        });
        let pushes = waiting
            .pushes
            .iter()
            .map(|fault| (fault.id, format!("{:?} {:?} × {}", fault.source, fault.push, times(fault.times))));
        let mut all: Vec<_> = requests.chain(pushes).collect();
        all.sort();
        all
    }

    /// Removes one fault.
    pub fn remove(&self, id: u64) {
        let mut waiting = self.waiting();
        waiting.requests.retain(|(known, _)| *known != id);
        waiting.pushes.retain(|fault| fault.id != id);
    }

    /// Removes all faults, the weather with them, and sets the clocks right.
    pub fn clear(&self) {
        let mut waiting = self.waiting();
        *waiting = Waiting { last: waiting.last, ..Waiting::default() };
    }

    /// Uses up a fault that matches this request; without one the weather decides.
    pub fn take(&self, peer: Peer, path: &str) -> Option<Kind> {
        let mut waiting = self.waiting();
        let fits = |(_, fault): &(u64, Fault)| fault.peer == peer && path.starts_with(fault.path.as_str());
        let Some(place) = waiting.requests.iter().position(fits) else {
            return waiting.sky(peer).and_then(|sky| sky.request(peer));
        };
        let (_, fault) = &mut waiting.requests[place];
        let kind = fault.kind.clone();
        if use_up(&mut fault.times) {
            waiting.requests.remove(place);
        }
        Some(kind)
    }

    /// Uses up a fault for a push of `from`; without one the weather decides.
    pub fn take_push(&self, from: Peer) -> Option<Push> {
        let mut waiting = self.waiting();
        waiting.take_from(Source::Pushes(from)).or_else(|| waiting.sky(from).and_then(Sky::push))
    }

    /// Uses up a fault for a click.
    pub fn take_click(&self) -> Option<Push> {
        self.waiting().take_from(Source::Clicks)
    }
}

/// A clock that goes wrong on demand.
struct PlatformClock {
    world: World,
    faults: Faults,
    of: Peer,
}

impl Clock for PlatformClock {
    fn now(&self) -> Millis {
        Millis(self.world.now().0.saturating_add(self.faults.clock_offset(self.of)))
    }

    fn monotonic(&self) -> Duration {
        self.world.monotonic()
    }

    fn runs(&self) -> bool {
        self.world.runs()
    }
}

/// Counts one use; true when none is left.
fn use_up(times: &mut Option<u32>) -> bool {
    match times {
        None => false,
        Some(left) => {
            *left = left.saturating_sub(1);
            *left == 0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_match_by_peer_and_path_and_are_used_up() {
        let faults = Faults::default();
        faults.add(Fault { peer: Peer::DingTalk, path: "/v1.0/card".into(), kind: Kind::Cut, times: Some(2) });
        faults.add(Fault { peer: Peer::DingTalk, path: "/".into(), kind: Kind::Html, times: None });
        let card = "/v1.0/card/instances";
        assert_eq!(faults.take(Peer::Flashduty, card), None);
        let taken: Vec<_> = (0..3).map(|_| faults.take(Peer::DingTalk, card)).collect();
        assert_eq!(taken, [Some(Kind::Cut), Some(Kind::Cut), Some(Kind::Html)]);
        faults.clear();
        assert_eq!(faults.take(Peer::DingTalk, card), None);
    }

    #[test]
    fn push_faults_are_per_platform() {
        let faults = Faults::default();
        faults.add_push(Peer::Flashduty, Push::Lose, Some(1));
        assert_eq!(faults.take_push(Peer::DingTalk), None);
        assert_eq!(faults.take_push(Peer::Flashduty), Some(Push::Lose));
        assert_eq!(faults.take_push(Peer::Flashduty), None);
    }

    #[test]
    fn weather_is_per_platform_and_yields_to_what_was_set() {
        let faults = Faults::default();
        let storm = Weather { seed: 1, cut: 100, lose: 100, ..Weather::default() };
        faults.set_weather(Peer::Flashduty, storm);
        faults.add(Fault { peer: Peer::Flashduty, path: "/a".into(), kind: Kind::Html, times: None });
        assert_eq!(faults.take(Peer::Flashduty, "/a"), Some(Kind::Html));
        assert_eq!(faults.take(Peer::Flashduty, "/b"), Some(Kind::Cut));
        assert_eq!((faults.take(Peer::DingTalk, "/b"), faults.take_push(Peer::DingTalk)), (None, None));
        assert_eq!((faults.take_push(Peer::Flashduty), faults.weather(Peer::Flashduty)), (Some(Push::Lose), storm));
        faults.clear();
        assert_eq!((faults.take(Peer::Flashduty, "/b"), faults.weather(Peer::Flashduty)), (None, Weather::default()));
    }

    #[test]
    fn what_is_set_is_listed_and_removed() {
        let faults = Faults::default();
        faults.add_click(Push::Duplicate, Some(2));
        faults.add(Fault { peer: Peer::DingTalk, path: "/v1.0".into(), kind: Kind::Nothing, times: None });
        let told: Vec<String> = faults.set_now().into_iter().map(|(_, told)| told).collect();
        assert_eq!(told, ["Clicks Duplicate × 2", "DingTalk /v1.0 Nothing × ∞"]);
        faults.remove(faults.set_now()[1].0);
        assert_eq!((faults.take(Peer::DingTalk, "/v1.0"), faults.take_push(Peer::DingTalk)), (None, None));
        assert_eq!([(); 3].map(|()| faults.take_click()), [Some(Push::Duplicate), Some(Push::Duplicate), None]);
    }

    #[test]
    fn a_clock_is_wrong_for_one_platform_until_all_is_cleared() {
        let faults = Faults::default();
        let world = World::new(
            std::sync::Arc::new(world::ManualClock::at(Millis(5_000))),
            std::sync::Arc::new(world::SeededChance::new(1)),
        );
        let (dingtalk, flashduty) = (faults.world_of(Peer::DingTalk, &world), faults.world_of(Peer::Flashduty, &world));
        faults.set_clock_offset(Peer::DingTalk, -2_000);
        assert_eq!((dingtalk.now(), flashduty.now()), (Millis(3_000), Millis(5_000)));
        faults.clear();
        assert_eq!(dingtalk.now(), Millis(5_000));
    }

    #[test]
    fn faults_can_be_written_as_json() {
        let fault: Fault = serde_json::from_str(
            r#"{"peer":"dingtalk","path":"/","kind":{"refuse":{"status":500,"body":"x"}},"times":1}"#,
        )
        .unwrap();
        assert_eq!(fault.kind, Kind::Refuse { status: 500, body: Value::from("x") });
    }
}
