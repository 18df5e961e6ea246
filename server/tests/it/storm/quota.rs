//! What the company may spend in a story, and that it is never more: by DingTalk's own counting.

use crate::bench::{Bench, KEY};
use server::flow::set_up;
use server::model::quota::Month;
use simulator::dingtalk::Limits;
use simulator::{Entry, Peer};
use std::collections::BTreeSet;
use std::time::Duration;
use world::Millis;

/// Calls of one API in a second: few, so that a story runs into it.
const PER_SECOND: usize = 5;
/// DingTalk's code of a call from a banned address.
const BANNED: u32 = 1111;
/// As long as DingTalk bans an address.
const BAN: Duration = Duration::from_secs(300);
/// More than any story spends.
const PLENTY: u64 = 1_000_000;

/// The limits that hold, and the ban, if there is one.
#[derive(Default)]
pub struct Spending {
    calls_per_month: u64,
    pushes_per_month: u64,
    ban: Option<Ban>,
    /// The last entry of the journal that was looked at.
    looked_at: u64,
    /// What a story came to.
    pub bans: usize,
    pub bans_not_heard: u64,
    pub months_spent: BTreeSet<i64>,
    pub pushes_spent: BTreeSet<i64>,
    pub months: BTreeSet<i64>,
}

struct Ban {
    until: Millis,
    /// Refused calls at the last look.
    refused: u64,
    /// Whether an answer that tells of it has reached us whole. Until then nobody here can know of it.
    is_told: bool,
}

impl Spending {
    /// From here on both sides know of so few calls and pushes.
    pub async fn begin(bench: &Bench, calls_per_month: u64, pushes_per_month: Option<u64>) -> Self {
        let pushes_per_month = pushes_per_month.unwrap_or(PLENTY);
        limit(bench, calls_per_month, pushes_per_month, PER_SECOND).await;
        bench.advance(Duration::from_secs(2));
        bench.sim.dingtalk.forget_traffic();
        Self { calls_per_month, pushes_per_month, ..Self::default() }
    }

    /// Enough for everything that waits.
    pub async fn relax(&mut self, bench: &Bench) {
        (self.calls_per_month, self.pushes_per_month) = (PLENTY, PLENTY);
        self.ban = None;
        bench.sim.dingtalk.lift_bans();
        limit(bench, PLENTY, PLENTY, 20).await;
    }

    /// DingTalk bans our address.
    pub fn ban(&mut self, bench: &Bench) {
        bench.sim.dingtalk.ban_callers();
        let until = bench.sim.world.now().plus(BAN);
        self.bans += 1;
        self.ban = Some(Ban { until, refused: refused_by_ban(bench), is_told: false });
    }

    /// A process that died before it had written of the ban cannot know of it.
    pub fn forget_ban(&mut self) {
        self.ban = None;
    }

    /// No month and no second has seen too many calls, and after the answer that tells of a ban none was made.
    pub fn check(&mut self, bench: &Bench) {
        let meters = bench.sim.dingtalk.meters().expect("the seed's company");
        assert!(meters.calls <= self.calls_per_month, "{} calls of {}", meters.calls, self.calls_per_month);
        let most = bench.sim.dingtalk.most_in_a_second();
        assert!(most <= PER_SECOND, "{most} calls in a second: {:#?}", bench.sim.dingtalk.traffic());
        let refused = bench.sim.dingtalk.refused_by_limits();
        assert!(refused.keys().all(|code| *code == BANNED), "refused by a limit: {refused:?}");
        let now = bench.sim.world.now();
        let month = Month::of(now).number;
        self.months.insert(month);
        // What is kept for first words of incidents is all that is left, if that.
        if meters.calls * 100 >= self.calls_per_month * 97 {
            self.months_spent.insert(month);
        }
        if meters.pushes >= self.pushes_per_month {
            self.pushes_spent.insert(month);
        }
        self.check_ban(bench, now);
    }

    /// A ban is known from the first answer that tells of it; calls whose answers were all cut are the only others.
    fn check_ban(&mut self, bench: &Bench, now: Millis) {
        let answers = self.answers_since(bench);
        let Some(ban) = self.ban.as_mut().filter(|ban| now < ban.until) else { return };
        let more = refused_by_ban(bench) - ban.refused;
        assert!(!ban.is_told || more == 0, "{more} calls after a ban was told: {answers:#?}");
        ban.refused += more;
        ban.is_told |= answers.iter().any(tells_of_a_ban);
        if !ban.is_told {
            let cut = answers.iter().filter(|answer| answer.note.starts_with("fault")).count();
            assert!(u64::try_from(cut).unwrap() >= more, "{more} calls of a ban told of nothing: {answers:#?}");
            self.bans_not_heard += more;
        }
    }

    /// What DingTalk has answered since the last look.
    fn answers_since(&mut self, bench: &Bench) -> Vec<Entry> {
        let mut entries = bench.sim.journal.after(self.looked_at);
        self.looked_at = entries.last().map_or(self.looked_at, |entry| entry.n);
        entries.retain(|entry| entry.peer == Peer::DingTalk);
        entries
    }

    /// What holds after the story.
    pub fn calls_per_month(&self) -> u64 {
        self.calls_per_month
    }
}

/// Whether the whole page has left the platform: an answer that was cut or forgotten tells nobody anything.
fn tells_of_a_ban(answer: &Entry) -> bool {
    answer.status == 200 && answer.response_body.ends_with("</html>")
}

fn refused_by_ban(bench: &Bench) -> u64 {
    bench.sim.dingtalk.refused_by_limits().get(&BANNED).copied().unwrap_or(0)
}

async fn limit(bench: &Bench, calls_per_month: u64, pushes_per_month: u64, calls_per_second: usize) {
    bench.sim.dingtalk.set_limits(Limits { calls_per_month, pushes_per_month, calls_per_second });
    let pairs = [
        ("quota_api_month", calls_per_month.to_string()),
        ("quota_push_month", pushes_per_month.to_string()),
        ("quota_qps", calls_per_second.to_string()),
    ];
    let pairs = pairs.map(|(field, value)| (field.to_owned(), Some(value))).to_vec();
    set_up::set(&bench.app.state, KEY, pairs, "storm").await.unwrap();
}
