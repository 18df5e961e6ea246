//! What DingTalk saw of a storm: every call with the group it was for, and what the goals ask of them.

use crate::flood::{Fan, Sent, group_of, title};
use serde_json::Value;
use simulator::{Entry, Peer, Simulator};
use std::collections::BTreeMap;
use world::Millis;

const MINUTE_MS: i64 = 60_000;

/// One call that DingTalk took.
struct Call {
    at: Millis,
    group: usize,
    shows: Shows,
}

enum Shows {
    /// A card of one incident, by its title.
    Single(String),
    /// The counting card, with its count.
    Digest(usize),
}

/// What DingTalk has seen.
pub struct Seen {
    calls: Vec<Call>,
    groups: usize,
}

impl Seen {
    /// Reads the simulator's journal.
    pub fn read(simulator: &Simulator, groups: &[String]) -> Self {
        let mut places = BTreeMap::new();
        let mut calls = Vec::new();
        let mut entries: Vec<Entry> = simulator.journal.entries();
        entries.sort_by_key(|entry| entry.at);
        for entry in entries.iter().filter(|entry| entry.peer == Peer::DingTalk && entry.status == 200) {
            if !entry.path.starts_with("/v1.0/card/instances") {
                continue;
            }
            let body: Value = serde_json::from_str(&entry.request_body).unwrap_or_default();
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let card = text(&body["outTrackId"]);
            if let Some(place) = text(&body["openSpaceId"]).split("IM_GROUP.").nth(1)
                && let Some(group) = groups.iter().position(|group| group == place)
            {
                places.insert(card.clone(), group);
            }
            let Some(group) = places.get(&card).copied() else { continue };
            let values = &body["cardData"]["cardParamMap"];
            let is_digest = values["text_acknowledge_all"].as_str().is_some_and(|words| !words.is_empty());
            let shows = match is_digest {
                true => Shows::Digest(text(&values["alerts"]).parse().unwrap_or(0)),
                false => Shows::Single(text(&values["title"])),
            };
            calls.push(Call { at: entry.at, group, shows });
        }
        Self { calls, groups: groups.len() }
    }

    /// All calls.
    pub fn calls(&self) -> usize {
        self.calls.len()
    }

    /// Cards of single incidents.
    pub fn singles(&self) -> usize {
        self.calls.iter().filter(|call| matches!(call.shows, Shows::Single(_))).count()
    }

    /// How many incidents each group has seen: single cards, and the newest count.
    pub fn totals(&self) -> Vec<usize> {
        (0..self.groups).map(|group| self.single_count(group) + self.last_count(group)).collect()
    }

    fn of(&self, group: usize) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(move |call| call.group == group)
    }

    fn single_count(&self, group: usize) -> usize {
        self.of(group).filter(|call| matches!(call.shows, Shows::Single(_))).count()
    }

    fn last_count(&self, group: usize) -> usize {
        self.digests(group).last().map_or(0, |(_, count)| count)
    }

    fn digests(&self, group: usize) -> impl Iterator<Item = (Millis, usize)> {
        self.of(group).filter_map(|call| match call.shows {
            Shows::Digest(count) => Some((call.at, count)),
            Shows::Single(_) => None,
        })
    }

    /// The most calls for one group in any minute: for its digest, and in all.
    pub fn most_in_a_minute(&self) -> (usize, usize) {
        let most = |times: Vec<Millis>| {
            let within =
                |begin: &Millis| times.iter().filter(|at| (begin.0..begin.0 + MINUTE_MS).contains(&at.0)).count();
            times.iter().map(within).max().unwrap_or(0)
        };
        let groups = || 0..self.groups;
        let digests = groups().map(|group| most(self.digests(group).map(|(at, _)| at).collect())).max();
        let all = groups().map(|group| most(self.of(group).map(|call| call.at).collect())).max();
        (digests.unwrap_or(0), all.unwrap_or(0))
    }

    /// The longest time, in seconds, between two paintings of a digest until the last incident came.
    pub fn longest_gap(&self, last: Millis) -> f64 {
        let mut longest = 0;
        for group in 0..self.groups {
            let mut times: Vec<i64> = self.digests(group).map(|(at, _)| at.0).filter(|at| *at < last.0).collect();
            if !times.is_empty() {
                times.push(last.0);
            }
            longest = times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0).max(longest);
        }
        longest as f64 / 1000.0
    }

    /// The longest time, in seconds, from when an incident was taken until its group's cards counted it.
    pub fn longest_wait(&self, sent: &[Sent], fan: Fan) -> f64 {
        let mut longest = 0;
        for group in 0..self.groups {
            let mut mine: Vec<i64> = sent
                .iter()
                .filter(|one| fan == Fan::All || group_of(one.number) == group)
                .map(|one| one.taken.0)
                .collect();
            mine.sort_unstable();
            let (mut singles, mut counted, mut shown) = (0, 0, 0);
            for call in self.of(group) {
                match call.shows {
                    Shows::Single(_) => singles += 1,
                    Shows::Digest(count) => counted = count,
                }
                let now_shown = (singles + counted).min(mine.len());
                if let Some(oldest) = mine.get(shown).filter(|_| now_shown > shown) {
                    longest = longest.max(call.at.0 - oldest);
                    shown = now_shown;
                }
            }
        }
        longest as f64 / 1000.0
    }

    /// How long, in seconds, the first so many cards of Critical incidents took from when they were taken; the longest
    /// last.
    pub fn critical_waits(&self, sent: &[Sent], first: usize) -> Vec<f64> {
        let mut waits = Vec::new();
        for call in &self.calls {
            let Shows::Single(shown) = &call.shows else { continue };
            if let Some(one) = sent.iter().find(|one| one.critical && shown.ends_with(&title(one.number)))
                && waits.len() < first
            {
                waits.push((call.at.0 - one.taken.0) as f64 / 1000.0);
            }
        }
        waits.sort_by(f64::total_cmp);
        waits
    }
}
