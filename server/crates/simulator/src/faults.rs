use crate::Peer;
use crate::weather::{Sky, Weather};
use serde::Deserialize;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

/// What goes wrong with a request to the simulator.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Answered as usual, but late by real time.
    Delay {
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

/// What goes wrong with something a platform pushes: an event, a webhook.
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
    requests: Vec<Fault>,
    pushes: Vec<(Peer, Push, Option<u32>)>,
    skies: Vec<(Peer, Sky)>,
}

impl Waiting {
    fn sky(&self, over: Peer) -> Option<&Sky> {
        self.skies.iter().find(|(peer, _)| *peer == over).map(|(_, sky)| sky)
    }
}

impl Faults {
    /// Sets a fault. The oldest matching one is applied first.
    pub fn add(&self, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).requests.push(fault);
    }

    /// Sets a fault for what `from` pushes, for `times` pushes or for all.
    pub fn add_push(&self, from: Peer, push: Push, times: Option<u32>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pushes.push((from, push, times));
    }

    /// Sets the weather over a platform's requests and pushes, in place of the one before.
    pub fn set_weather(&self, over: Peer, weather: Weather) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.skies.retain(|(peer, _)| *peer != over);
        waiting.skies.push((over, Sky::new(weather)));
    }

    /// The weather over a platform.
    pub fn weather(&self, over: Peer) -> Weather {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.sky(over).map(Sky::weather).unwrap_or_default()
    }

    /// Removes all faults, and the weather with them.
    pub fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Waiting::default();
    }

    /// Uses up a fault that matches this request; without one the weather decides.
    pub fn take(&self, peer: Peer, path: &str) -> Option<Kind> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |fault: &Fault| fault.peer == peer && path.starts_with(fault.path.as_str());
        let Some(place) = waiting.requests.iter().position(fits) else {
            return waiting.sky(peer).and_then(|sky| sky.request(peer));
        };
        let kind = waiting.requests[place].kind.clone();
        if use_up(&mut waiting.requests[place].times) {
            waiting.requests.remove(place);
        }
        Some(kind)
    }

    /// Uses up a fault for a push of `from`; without one the weather decides.
    pub fn take_push(&self, from: Peer) -> Option<Push> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(place) = waiting.pushes.iter().position(|(peer, _, _)| *peer == from) else {
            return waiting.sky(from).and_then(Sky::push);
        };
        let push = waiting.pushes[place].1;
        if use_up(&mut waiting.pushes[place].2) {
            waiting.pushes.remove(place);
        }
        Some(push)
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
    fn faults_can_be_written_as_json() {
        let fault: Fault = serde_json::from_str(
            r#"{"peer":"dingtalk","path":"/","kind":{"refuse":{"status":500,"body":"x"}},"times":1}"#,
        )
        .unwrap();
        assert_eq!(fault.kind, Kind::Refuse { status: 500, body: Value::from("x") });
    }
}
