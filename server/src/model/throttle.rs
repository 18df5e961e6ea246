//! How many calls of one API one app may have under way or just behind it, so that DingTalk never sees more of them in
//! any second than it allows (reference 10.2). In the same way one bot's messages to one group in any minute (6.7).
//!
//! A call arrives at DingTalk at some moment between being sent and being answered. So a turn that is taken before the
//! call goes out, and is free again only a second after its answer came, covers every second the call can fall into: as
//! many turns as DingTalk allows calls are never too many, whatever the network, a stall or another process does.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::time::Duration;
use world::Millis;

/// The longest call, and some seconds between leave and sending.
const CALL_MAX: Duration = Duration::from_secs(10 + 2);
/// After DingTalk said "too fast" the API is called half as often for so long: somebody else calls it too.
const CAREFUL: Duration = Duration::from_secs(60);
/// Longest pause believed, whoever asks for it.
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// A clock that moved against the steady one by more than this was set.
const STEP: Duration = Duration::from_millis(250);

/// What DingTalk counts in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    /// Calls of one API.
    #[default]
    Second,
    /// Messages to one group.
    Minute,
}

impl Span {
    /// How long a turn stays taken after its answer: DingTalk's span and a margin, for clocks of two machines differ.
    pub const fn behind(self) -> Duration {
        match self {
            Self::Second => Duration::from_millis(1_050),
            Self::Minute => Duration::from_secs(61),
        }
    }

    /// How long a turn stays taken whose answer nobody tells of.
    pub const fn untold(self) -> Duration {
        CALL_MAX.saturating_add(self.behind())
    }

    fn longest(self, turn: &Turn) -> Duration {
        if turn.under_way { self.untold() } else { self.behind() }
    }
}

/// All turns of one app at one API, or of one bot in one group, as every process sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    pub span: Span,
    pub turns: Vec<Turn>,
    /// No call before this: DingTalk refused one.
    pub pause_until: Millis,
    /// Half as many calls until this.
    pub careful_until: Millis,
    /// Refusals in a row, for longer and longer pauses.
    pub strikes: i64,
}

/// One call that is under way, or whose second is not over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Unique over all processes.
    pub id: String,
    #[serde(rename = "until_ms")]
    pub until: Millis,
    /// Not answered yet.
    pub under_way: bool,
}

/// What a process knows by its steady clock, which nobody can set.
#[derive(Debug)]
pub struct Steady {
    /// When its own turns end.
    own: HashMap<String, Duration>,
    /// Wall clock minus steady clock at the last look, in milliseconds.
    offset_ms: i64,
    /// When the wall clock was last seen to have been set.
    stepped: Duration,
}

/// One moment by both clocks.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub now: Millis,
    pub steady: Duration,
}

impl Moment {
    /// Wall clock minus steady clock, in milliseconds.
    fn offset_ms(self) -> i64 {
        self.now.0.saturating_sub(i64::try_from(self.steady.as_millis()).unwrap_or(i64::MAX))
    }
}

impl Steady {
    /// What a process knows when it begins. The clock may have been set while it was not there to see it.
    pub fn new(begin: Moment) -> Self {
        Self { own: HashMap::new(), offset_ms: begin.offset_ms(), stepped: begin.steady }
    }

    /// Notices a clock that was set, and forgets own turns that are over. To be called before each look at a window.
    pub fn look(&mut self, moment: Moment) {
        let offset_ms = moment.offset_ms();
        let step_ms = i64::try_from(STEP.as_millis()).unwrap_or(i64::MAX);
        if self.offset_ms.abs_diff(offset_ms) > step_ms.unsigned_abs() {
            self.stepped = moment.steady;
        }
        self.offset_ms = offset_ms;
        self.own.retain(|_, until| *until > moment.steady);
    }

    /// Whether the clock can be believed about the end of somebody else's turn. After the clock was set its times mean
    /// nothing until the `longest` that such a turn can last has passed.
    fn trusts(&self, moment: Moment, longest: Duration) -> bool {
        moment.steady >= self.stepped + longest
    }
}

impl Window {
    /// Drops turns that are over. `own_ids` begin with `prefix`.
    pub fn settle(&mut self, moment: Moment, steady: &Steady, prefix: &str) {
        for turn in &mut self.turns {
            // Written by a clock that has been set back since.
            turn.until = turn.until.min(moment.now.plus(self.span.longest(turn)));
        }
        self.turns.retain(|turn| match turn.id.starts_with(prefix) {
            true => steady.own.contains_key(&turn.id),
            false => turn.until > moment.now || !steady.trusts(moment, self.span.longest(turn)),
        });
        self.pause_until = self.pause_until.min(moment.now.plus(PAUSE_MAX));
        self.careful_until = self.careful_until.min(moment.now.plus(CAREFUL));
        if self.careful_until <= moment.now {
            self.strikes = 0;
        }
    }

    /// Takes a turn, if there is one. `allowed` is what DingTalk allows in the span.
    pub fn take(&mut self, id: &str, allowed: usize, moment: Moment, steady: &mut Steady) -> bool {
        let careful = self.careful_until > moment.now;
        let most = if careful { allowed / 2 } else { allowed }.max(1);
        if self.pause_until > moment.now || self.turns.len() >= most {
            return false;
        }
        let untold = self.span.untold();
        self.turns.push(Turn { id: id.to_owned(), until: moment.now.plus(untold), under_way: true });
        steady.own.insert(id.to_owned(), moment.steady + untold);
        true
    }

    /// The answer has come: the turn ends a span later.
    pub fn answered(&mut self, id: &str, moment: Moment, steady: &mut Steady) {
        let behind = self.span.behind();
        if let Some(turn) = self.turns.iter_mut().find(|turn| turn.id == id) {
            turn.until = moment.now.plus(behind);
            turn.under_way = false;
            steady.own.insert(id.to_owned(), moment.steady + behind);
        }
    }

    /// The call certainly did not arrive: the turn is free at once.
    pub fn unused(&mut self, id: &str, steady: &mut Steady) {
        self.turns.retain(|turn| turn.id != id);
        steady.own.remove(id);
    }

    /// DingTalk said "too fast" and asked to wait for `told`: pauses of 1, 2, 4 s, and half the speed afterwards.
    pub fn refused(&mut self, told: Duration, now: Millis) {
        let again = Duration::from_secs(1 << self.strikes.clamp(0, 2));
        self.pause_until = self.pause_until.max(now.plus(told.max(again).min(PAUSE_MAX)));
        self.careful_until = now.plus(CAREFUL);
        self.strikes = self.strikes.saturating_add(1);
    }

    /// How long until it is worth asking for a turn again.
    pub fn wait(&self, moment: Moment, steady: &Steady) -> Duration {
        let (pause, behind) = (self.pause_until.since(moment.now), self.span.behind());
        let left = |turn: &Turn| match steady.own.get(&turn.id) {
            Some(until) => until.saturating_sub(moment.steady),
            None if steady.trusts(moment, self.span.longest(turn)) => turn.until.since(moment.now),
            None => behind,
        };
        // One that is under way ends a span after its answer, which may come any time.
        let turns = self.turns.iter().map(|turn| if turn.under_way { behind.min(left(turn)) } else { left(turn) });
        let next = if pause.is_zero() { turns.min().unwrap_or_default() } else { pause };
        next.max(Duration::from_millis(1))
    }
}

#[cfg(test)]
mod tests;
