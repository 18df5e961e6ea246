//! Troubles by chance: so many percent of requests and pushes of a platform go wrong, the same ones for the same seed.
//! What must go wrong at a certain place is a [`crate::Fault`] or a [`crate::Push`] instead.

use crate::faults::{Kind, Push};
use crate::journal::Peer;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use world::{Chance, SeededChance};

/// How likely each trouble is, in percent; each request and each push has at most one. What is left out is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Weather {
    /// The same seed and the same order of requests give the same troubles.
    pub seed: u64,
    /// Requests answered late, …
    pub delay: u8,
    /// … by so many milliseconds of real time.
    pub delay_ms: u64,
    /// Requests refused with one of the platform's passing errors, not carried out.
    pub refuse: u8,
    /// Requests answered with a page, not carried out.
    pub html: u8,
    /// Connections closed without an answer, not carried out.
    pub cut: u8,
    /// Answers broken off in the middle, carried out.
    pub half_body: u8,
    /// Connections closed without an answer, carried out.
    pub forget: u8,
    /// Pushes sent twice.
    pub duplicate: u8,
    /// Pushes that go out after the next one.
    pub reorder: u8,
    /// Pushes that are never sent.
    pub lose: u8,
    /// Pushes sent later, …
    pub late: u8,
    /// … by so many milliseconds of the world's clock.
    pub late_ms: u64,
}

impl Weather {
    /// Whether nothing ever goes wrong.
    pub fn is_fine(&self) -> bool {
        let requests = [self.delay, self.refuse, self.html, self.cut, self.half_body, self.forget];
        let pushes = [self.duplicate, self.reorder, self.lose, self.late];
        requests.iter().chain(&pushes).all(|percent| *percent == 0)
    }
}

/// The weather over one platform, with the chance that makes it.
pub(crate) struct Sky {
    weather: Weather,
    chance: SeededChance,
}

impl Sky {
    pub(crate) fn new(weather: Weather) -> Self {
        Self { weather, chance: SeededChance::new(weather.seed) }
    }

    pub(crate) fn weather(&self) -> Weather {
        self.weather
    }

    /// What goes wrong with the next request of `peer`.
    pub(crate) fn request(&self, peer: Peer) -> Option<Kind> {
        let Weather { delay, delay_ms, refuse, html, cut, half_body, forget, .. } = self.weather;
        match self.pick([delay, refuse, html, cut, half_body, forget])? {
            0 => Some(Kind::Delay { ms: delay_ms }),
            1 => Some(refusal(peer, self.below(100))),
            2 => Some(Kind::Html),
            3 => Some(Kind::Cut),
            4 => Some(Kind::HalfBody),
            _ => Some(Kind::Forget),
        }
    }

    /// What goes wrong with the next push.
    pub(crate) fn push(&self) -> Option<Push> {
        let Weather { duplicate, reorder, lose, late, late_ms, .. } = self.weather;
        match self.pick([duplicate, reorder, lose, late])? {
            0 => Some(Push::Duplicate),
            1 => Some(Push::Reorder),
            2 => Some(Push::Lose),
            _ => Some(Push::Late { ms: late_ms }),
        }
    }

    /// The number of the trouble that was thrown, if any: their shares lie one after the other on a scale of 100.
    fn pick<const N: usize>(&self, shares: [u8; N]) -> Option<usize> {
        if shares.iter().all(|share| *share == 0) {
            return None;
        }
        let thrown = self.below(100);
        let mut end = 0;
        shares.iter().position(|share| {
            end += u64::from(*share);
            thrown < end
        })
    }

    fn below(&self, limit: u64) -> u64 {
        let mut bytes = [0; 8];
        self.chance.fill(&mut bytes);
        u64::from_le_bytes(bytes) % limit
    }
}

/// One of the errors a platform answers when it is unwell, without anybody having done anything wrong.
fn refusal(peer: Peer, thrown: u64) -> Kind {
    let (status, body) = match peer {
        Peer::Flashduty => {
            let (status, code) = match thrown {
                0..40 => (500, "InternalError"),
                40..80 => (503, "ServiceUnavailable"),
                _ => (429, "RequestTooFrequently"),
            };
            (status, envelope(code))
        }
        Peer::DingTalk | Peer::Outgoing => {
            (503, json!({ "code": "ServiceUnavailable", "message": "service unavailable", "requestid": "WEATHER" }))
        }
    };
    Kind::Refuse { status, body }
}

fn envelope(code: &str) -> Value {
    json!({ "request_id": "WEATHER", "error": { "code": code, "message": "Please try again later." } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_come_true_and_the_same_for_the_same_seed() {
        let weather = Weather { seed: 7, cut: 10, html: 20, lose: 50, ..Weather::default() };
        let throw = || {
            let sky = Sky::new(weather);
            let requests: Vec<_> = (0..2_000).map(|_| sky.request(Peer::Flashduty)).collect();
            (requests, (0..2_000).map(|_| sky.push()).collect::<Vec<_>>())
        };
        let (requests, pushes) = throw();
        assert_eq!((requests.clone(), pushes.clone()), throw());
        let count = |kind: Option<Kind>| requests.iter().filter(|one| **one == kind).count();
        assert!((100..300).contains(&count(Some(Kind::Cut))), "{}", count(Some(Kind::Cut)));
        assert!((300..500).contains(&count(Some(Kind::Html))), "{}", count(Some(Kind::Html)));
        assert_eq!(count(None) + count(Some(Kind::Cut)) + count(Some(Kind::Html)), 2_000);
        let lost = pushes.iter().filter(|one| **one == Some(Push::Lose)).count();
        assert!((900..1_100).contains(&lost), "{lost}");
    }

    #[test]
    fn fine_weather_changes_nothing() {
        let sky = Sky::new(Weather { seed: 9, delay_ms: 5, ..Weather::default() });
        assert!(sky.weather().is_fine() && sky.request(Peer::DingTalk).is_none() && sky.push().is_none());
    }
}
