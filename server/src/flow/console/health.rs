//! How it goes: what came and went last, what waits, and the server itself. Every figure is bounded.

use crate::flow::set_up::rotation::used_name;
use crate::model::delivery::Outcome;
use crate::model::integration::Integration;
use crate::state::State;
use crate::store::{self, StoreError, health};
use contract::Language;
use contract::health::{HealthGroup, HealthLine, HealthView, QueueLine};
use contract::words::health as words;
use std::collections::BTreeMap;
use std::time::Duration;
use world::Millis;

/// Inputs and tasks are worked off within seconds; later than this something is amiss.
const LATE: Duration = Duration::from_secs(300);
/// Signatures of card clicks are good for five minutes; far below that.
const APART_MS_MAX: i64 = 60_000;
/// Open incidents are compared every three minutes.
const COMPARED_AGE_MAX: Duration = Duration::from_secs(3600);
/// Backups are taken at least once in a week.
const BACKUP_AGE_MAX: Duration = Duration::from_secs(7 * 24 * 3600);

/// The figures of an integration and of the server it is on.
///
/// # Errors
/// The database does not answer.
pub async fn view(state: &State, integration: &Integration, language: Language) -> Result<HealthView, StoreError> {
    let now = state.world.now();
    let mut tx = state.store.read().await?;
    let tx = &mut tx;
    let key = &integration.key;
    let evidence = store::evidence::all(tx, key).await?;
    let of_server = store::evidence::all(tx, "").await?;
    let used = ["aes_key", "token"].map(|field| evidence.get(&used_name(field)).copied());
    let event = used.into_iter().flatten().chain(integration.checked).max();
    let traffic = vec![
        moment("event", words::event(language), event, language),
        moment("webhook", words::webhook(language), integration.webhook, language),
        moment("sent", words::sent(language), health::newest_of(tx, key, Outcome::Delivered.name()).await?, language),
    ];
    let tasks = store::task::waiting_of(tx, key, health::COUNT_MAX).await?;
    let (input, given_up) = (health::oldest_input(tx).await?, health::dead_tasks(tx, key).await?);
    let run = store::reconcile::get(tx, key).await?;
    let looked = store::check_run::get(tx, key).await?.map(|run| run.ran);
    let overdue = tasks.first().map(|(_, due)| *due).filter(|due| *due < now);
    let is_late = |at: Option<Millis>| at.is_some_and(|at| now.since(at) > LATE);
    let code = run.as_ref().and_then(|run| run.failure.as_deref());
    let compared = run.as_ref().map(|run| run.ran);
    let is_old = compared.is_some_and(|ran| now.since(ran) > COMPARED_AGE_MAX);
    let work = vec![
        HealthLine { is_amiss: is_late(input), ..waits("input", words::input(language), input, language) },
        HealthLine { is_amiss: is_late(overdue), ..waits("task", words::task(language), overdue, language) },
        HealthLine { is_amiss: given_up > 0, ..text("given-up", words::given_up(language), given_up.to_string()) },
        HealthLine {
            is_amiss: code.is_some() || is_old,
            text: code.map_or_else(|| unless(compared, language), |code| words::failed_with(language, code)),
            ..moment("reconcile", words::reconcile(language), compared, language)
        },
        moment("nightly", words::nightly(language), looked, language),
    ];
    let backup = of_server.get("backup").copied();
    let is_old = backup.is_some_and(|made| now.since(made) > BACKUP_AGE_MAX);
    let server = vec![
        clock("dingtalk-clock", words::dingtalk_clock(language), state.dingtalk.clock_ahead_ms(), language),
        clock("flashduty-clock", words::flashduty_clock(language), state.flashduty.clock_ahead_ms(), language),
        text("database", words::database(language), state.store.kind().to_owned()),
        text("version", words::version(language), env!("CARGO_PKG_VERSION").to_owned()),
        text("sealing-keys", words::sealing_keys(language), state.store.sealing_keys().join(", ")),
        HealthLine { is_amiss: is_old, ..moment("backup", words::backup(language), backup, language) },
    ];
    let group = |title: &str, lines| HealthGroup { title: title.to_owned(), lines };
    Ok(HealthView {
        groups: vec![
            group(words::traffic(language), traffic),
            group(words::work(language), work),
            group(words::server(language), server),
        ],
        has_more: i64::try_from(tasks.len()).is_ok_and(|count| count >= health::COUNT_MAX),
        queue: queue(&tasks, now, language),
    })
}

/// What waits, by kind; `tasks` come in the order they are due.
fn queue(tasks: &[(String, Millis)], now: Millis, language: Language) -> Vec<QueueLine> {
    let mut kinds: BTreeMap<&str, (i64, Millis)> = BTreeMap::new();
    for (kind, due) in tasks {
        kinds.entry(kind).or_insert((0, *due)).0 += 1;
    }
    let line = |(kind, (waiting, due)): (&str, (i64, Millis))| QueueLine {
        kind: kind.to_owned(),
        label: words::work_kind(kind, language),
        waiting,
        due_ms: due.0,
        is_late: due < now && now.since(due) > LATE,
    };
    kinds.into_iter().map(line).collect()
}

fn text(name: &str, label: &str, text: String) -> HealthLine {
    HealthLine { name: name.to_owned(), label: label.to_owned(), text, ..HealthLine::default() }
}

fn moment(name: &str, label: &str, at: Option<Millis>, language: Language) -> HealthLine {
    HealthLine { at_ms: at.map(|at| at.0), ..text(name, label, unless(at, language)) }
}

fn unless(at: Option<Millis>, language: Language) -> String {
    at.map_or_else(|| words::never(language).to_owned(), |_| String::new())
}

/// The moment since when something waits, if anything does.
fn waits(name: &str, label: &str, since: Option<Millis>, language: Language) -> HealthLine {
    let none = since.map_or_else(|| words::nothing_waits(language).to_owned(), |_| String::new());
    HealthLine { at_ms: since.map(|at| at.0), ..text(name, label, none) }
}

fn clock(name: &str, label: &str, ahead_ms: Option<i64>, language: Language) -> HealthLine {
    let is_amiss = ahead_ms.is_some_and(|ahead_ms| ahead_ms.saturating_abs() > APART_MS_MAX);
    let said = ahead_ms
        .map_or_else(|| words::unknown(language).to_owned(), |ahead_ms| words::seconds(language, ahead_ms / 1_000));
    HealthLine { is_amiss, ..text(name, label, said) }
}
