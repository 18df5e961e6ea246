//! One app at one API: who asks, what was told, and the transaction that answers.

use super::groups::Groups;
use super::warning::warn;
use super::{Asking, BAN, Leave, News, Place, Told, host_name};
use crate::model::quota::{self, Limits, Month, Priority};
use crate::model::throttle::{Moment, Span, Steady, Window};
use crate::store::meter;
use crate::store::{self, Store, StoreError, Tx};
use dingtalk::{Held, Host, Why};
use std::collections::HashMap;
use std::time::Duration;
use world::{Millis, World};

/// After a failed transaction.
const DATABASE_REST: Duration = Duration::from_secs(1);
/// Chatter that is held to save asks again so soon: a quieter day changes the forecast.
const SAVING: Duration = Duration::from_secs(3600);
/// Turns are looked at no more often while callers wait: another process may have given some back.
const LOOK_MIN: Duration = Duration::from_millis(5);

/// What this process remembers by its steady clock.
pub(super) struct Memory {
    pub(super) steady: Steady,
    bans: HashMap<Host, Duration>,
    /// Begins the ids of this process' turns.
    pub(super) prefix: String,
}

/// One place's callers.
#[derive(Default)]
pub(super) struct Desk {
    asking: Vec<Asking>,
    told: Vec<Told>,
    has_news: bool,
    /// When somebody who waits may be served, by the steady clock.
    pub look_at: Option<Duration>,
}

/// What a transaction has decided, told after its commit. Who is in neither list waits on.
#[derive(Default)]
struct Decided {
    leaves: HashMap<String, Leave>,
    held: HashMap<String, Held>,
    wait: Option<Duration>,
}

impl Memory {
    pub fn new(prefix: String, world: &World) -> Self {
        Self { steady: Steady::new(moment_of(world)), bans: HashMap::new(), prefix }
    }
}

impl Desk {
    pub fn ask(&mut self, asking: Asking) {
        self.asking.push(asking);
        self.has_news = true;
    }

    pub fn tell(&mut self, told: Told) {
        self.told.push(told);
        self.has_news = true;
    }

    pub fn is_due(&self, now: Duration) -> bool {
        self.has_news || self.look_at.is_some_and(|at| at <= now)
    }

    pub fn is_empty(&self) -> bool {
        self.asking.is_empty() && self.told.is_empty()
    }

    /// Answers whom it can. Who waits is looked at again at `look_at`.
    pub async fn serve(&mut self, store: &Store, world: &World, memory: &mut Memory, place: &Place) {
        self.asking.retain(|asking| !asking.answer.is_closed());
        self.asking.sort_by_key(|asking| (asking.priority, asking.since));
        (self.has_news, self.look_at) = (false, None);
        if self.is_empty() {
            return;
        }
        match self.decide(store, world, memory, place).await {
            Ok((decided, moment)) => {
                self.told.clear();
                self.answer(decided, moment);
            }
            Err(error) => {
                tracing::error!(%error, "calls to DingTalk wait: their turns cannot be kept");
                let moment = moment_of(world);
                let held = Held { until: moment.now.plus(DATABASE_REST), why: Why::Second };
                for asking in self.asking.drain(..) {
                    let _ = asking.answer.send(Err(held));
                }
                self.look_at = Some(moment.steady + DATABASE_REST);
            }
        }
    }

    fn answer(&mut self, mut decided: Decided, moment: Moment) {
        for asking in std::mem::take(&mut self.asking) {
            if let Some(held) = decided.held.remove(&asking.id) {
                metrics::counter!("dingduty_dingtalk_calls_held_total", "why" => held.why.name()).increment(1);
                let _ = asking.answer.send(Err(held));
            } else if let Some(leave) = decided.leaves.remove(&asking.id) {
                let (place, payer, id) = (asking.place, asking.payer, asking.id);
                let unused = Told { place, payer, id, counted_in: leave.counted_in, news: News::Unused };
                if asking.answer.send(Ok(leave)).is_err() {
                    self.tell(unused);
                }
            } else {
                self.asking.push(asking);
            }
        }
        if !self.asking.is_empty() {
            self.look_at = Some(moment.steady + decided.wait.unwrap_or(LOOK_MIN).max(LOOK_MIN));
        }
    }

    /// Decides in one transaction, which always locks window, groups' windows, meter, days in this order. Gives the moment it decided at,
    /// too: that of the lock, for by an earlier one the turns that others took meanwhile would lie in the future.
    async fn decide(
        &self,
        store: &Store,
        world: &World,
        memory: &mut Memory,
        place: &Place,
    ) -> Result<(Decided, Moment), StoreError> {
        let mut tx = store.begin().await?;
        let mut window = store::throttle::lock(&mut tx, &place.client_id, place.api, Span::Second).await?;
        let moment = moment_of(world);
        memory.steady.look(moment);
        window.settle(moment, &memory.steady, &memory.prefix);
        let mut groups = Groups::default();
        for told in &self.told {
            learn(&mut tx, memory, &mut window, told, moment).await?;
            groups.learn(&mut tx, memory, told, moment).await?;
        }
        let mut decided = Decided::default();
        for asking in &self.asking {
            if let Some(until) = ban(&mut tx, memory, asking.payer.host, moment).await? {
                decided.held.insert(asking.id.clone(), Held { until, why: Why::Ban });
                continue;
            }
            if !window.take(&asking.id, asking.payer.limits.per_second, moment, &mut memory.steady) {
                let wait = window.wait(moment, &memory.steady);
                decided.wait = Some(wait);
                let waited = moment.steady.saturating_sub(asking.since);
                if !world.runs() || waited + wait > patience(asking.priority) {
                    let held = Held { until: moment.now.plus(wait), why: Why::Second };
                    decided.held.insert(asking.id.clone(), held);
                }
                continue;
            }
            if let Some(wait) = groups.take(&mut tx, memory, asking, moment).await? {
                window.unused(&asking.id, &mut memory.steady);
                decided.held.insert(asking.id.clone(), Held { until: moment.now.plus(wait), why: Why::Minute });
                continue;
            }
            match spend(&mut tx, world, asking, moment.now).await? {
                Ok(counted_in) => {
                    let leave = Leave { at: moment.steady, counted_in };
                    decided.leaves.insert(asking.id.clone(), leave);
                }
                Err(held) => {
                    window.unused(&asking.id, &mut memory.steady);
                    groups.unused(memory, asking);
                    decided.held.insert(asking.id.clone(), held);
                }
            }
        }
        groups.put(&mut tx, place).await?;
        store::throttle::put(&mut tx, &place.client_id, place.api, &window).await?;
        tx.commit().await?;
        Ok((decided, moment))
    }
}

fn moment_of(world: &World) -> Moment {
    Moment { now: world.now(), steady: world.monotonic() }
}

/// How long a caller waits for a turn here rather than coming again.
fn patience(priority: Priority) -> Duration {
    match priority {
        Priority::Page => Duration::from_millis(2_000),
        Priority::State => Duration::from_millis(1_500),
        Priority::Chatter => Duration::from_millis(500),
    }
}

/// Corrects window and meters by what became of a call.
async fn learn(
    tx: &mut Tx,
    memory: &mut Memory,
    window: &mut Window,
    told: &Told,
    moment: Moment,
) -> Result<(), StoreError> {
    match told.news {
        News::Unused => window.unused(&told.id, &mut memory.steady),
        _ => window.answered(&told.id, moment, &mut memory.steady),
    }
    if let News::TooFast(wait) = told.news {
        tracing::warn!(api = told.place.api, "DingTalk says too fast: this API is called half as often for a minute");
        window.refused(wait, moment.now);
    }
    if told.news == News::Banned {
        tracing::error!(host = host_name(told.payer.host), "DingTalk bans this address: no call for five minutes");
        memory.bans.insert(told.payer.host, moment.steady + BAN);
        store::throttle::ban(tx, host_name(told.payer.host), moment.now.plus(BAN)).await?;
    }
    let Some((month, day)) = told.counted_in else { return Ok(()) };
    let place = meter::Place { corp_id: &told.payer.corp_id, meter: quota::Meter::Api, month };
    match told.news {
        // DingTalk does not count what it refused as too fast, nor what it never got.
        News::Unused | News::TooFast(_) => {
            meter::add(tx, place, -1).await?;
            meter::note(tx, place, day, told.place.api, -1).await?;
        }
        News::MonthSpent => {
            tracing::error!(integration = told.payer.integration, "DingTalk says that the month's calls are used up");
            meter::spent(tx, place, told.payer.limits.api_month).await?;
        }
        News::Answered | News::TooMuch | News::Banned => {}
    }
    Ok(())
}

/// Until when a host is not to be called, by whichever process was banned.
async fn ban(tx: &mut Tx, memory: &Memory, host: Host, moment: Moment) -> Result<Option<Millis>, StoreError> {
    let own = memory.bans.get(&host).map(|until| moment.now.plus(until.saturating_sub(moment.steady)));
    // A clock that was set back must not make it longer.
    let noted = store::throttle::banned_until(tx, host_name(host)).await?.map(|until| until.min(moment.now.plus(BAN)));
    Ok(own.max(noted).filter(|until| *until > moment.now))
}

/// Spends one call of the month, if this caller still may. Gives month and day it is counted in.
async fn spend(
    tx: &mut Tx,
    world: &World,
    asking: &Asking,
    now: Millis,
) -> Result<Result<Option<(i64, i64)>, Held>, StoreError> {
    let payer = &asking.payer;
    if !payer.counted {
        return Ok(Ok(None));
    }
    let month = Month::of(now);
    let place = meter::Place { corp_id: &payer.corp_id, meter: quota::Meter::Api, month: month.number };
    if asking.priority == Priority::Chatter && is_saving(tx, place, payer.limits, now).await? {
        return Ok(Err(Held { until: now.plus(SAVING).min(month.end), why: Why::Month }));
    }
    let limit = payer.limits.api_month;
    let Some(reading) = meter::spend(tx, place, quota::ceiling(limit, asking.priority), limit).await? else {
        return Ok(Err(Held { until: month.end, why: Why::Month }));
    };
    let day = Month::day(now);
    meter::note(tx, place, day, asking.place.api, 1).await?;
    warn(tx, world, &payer.integration, place, reading, limit).await?;
    Ok(Ok(Some((month.number, day))))
}

async fn is_saving(tx: &mut Tx, place: meter::Place<'_>, limits: Limits, now: Millis) -> Result<bool, StoreError> {
    let used = meter::read(tx, place).await?.used;
    let forecast = quota::forecast(&meter::by_day(tx, place).await?, used, limits.api_month, now);
    Ok(quota::economy(used, limits.api_month, forecast).is_some())
}
