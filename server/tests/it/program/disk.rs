//! A disk that takes nothing more. Nothing is answered with success that was not kept, and nobody has to help when the
//! trouble is over.

use super::child::{Program, until};
use super::stage::{GROUP, Stage, platforms};
use crate::bench::Browser;
use simulator::Peer;
use simulator::dingtalk::PushResult;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqliteConnection};
use std::time::Duration;

/// Whether any event or webhook was answered with success since the journal was last cleared.
fn was_anything_taken(stage: &Stage) -> bool {
    let is_ours = |path: &str| path.contains("/events") || path.contains("/webhook/");
    let entries = stage.sim.journal.entries();
    entries.iter().any(|entry| entry.peer == Peer::Outgoing && is_ours(&entry.path) && entry.status == 200)
}

async fn status(browser: &Browser, path: &str) -> u16 {
    browser.get(path).await.status
}

/// Inputs while nothing can be kept: each is refused, and the process lives.
async fn nothing_is_taken(stage: &Stage, conversation: &str) {
    stage.sim.journal.clear();
    stage.raise("while nothing is kept", &[]).await;
    let renamed = stage.sim.dingtalk.rename_chat(conversation, "not kept", "zhang.wei").await.unwrap();
    assert!(matches!(renamed, PushResult::Failed(_)), "{renamed:?}");
    assert!(!was_anything_taken(stage), "{:?}", stage.sim.journal.entries());
    let browser = stage.browser();
    // What was found a moment ago is believed for a moment.
    until("it says that it cannot work", Duration::from_secs(25), async || {
        (status(&browser, "/ready").await == 503).then_some(())
    })
    .await;
    assert_eq!(status(&browser, "/live").await, 200);
}

/// Everything works again by itself; also after a kill, for what was kept is whole.
async fn all_is_well_again(mut stage: Stage, conversation: &str) {
    let browser = stage.browser();
    until("it is ready again", Duration::from_secs(20), async || {
        (status(&browser, "/ready").await == 200).then_some(())
    })
    .await;
    stage.raise("kept again", &[]).await;
    stage.card(conversation, "kept again").await;
    let renamed = stage.sim.dingtalk.rename_chat(conversation, "kept", "zhang.wei").await;
    assert_eq!(renamed, Ok(PushResult::Delivered));
    stage.serving.kill().await;
    stage.serving = stage.program.serve().await;
    // What the killed program had in its hands waits, on PostgreSQL, until its lease ends.
    until("the group's name", Duration::from_secs(90), async || {
        stage.items("chats").await.into_iter().find(|chat| chat["title"] == "kept")
    })
    .await;
    assert_eq!(stage.cards(conversation).iter().filter(|card| card.public["title"].contains("kept again")).count(), 1);
    assert!(!stage.program.log().contains("panicked"), "{}", stage.program.log());
}

#[tokio::test]
async fn a_full_disk_is_answered_with_503_and_overcome_without_help() {
    let stage = Stage::start().await;
    stage.join(GROUP).await;
    let conversation = stage.sim.dingtalk.chat(GROUP).unwrap().id;
    stage.serving.limit_files(Some(1)).await;
    nothing_is_taken(&stage, &conversation).await;
    stage.serving.limit_files(None).await;
    all_is_well_again(stage, &conversation).await;
}

#[tokio::test]
async fn a_database_that_somebody_else_keeps_locked_is_overcome_without_help() {
    let stage = Stage::start().await;
    stage.join(GROUP).await;
    let conversation = stage.sim.dingtalk.chat(GROUP).unwrap().id;
    let url = format!("sqlite://{}", stage.program.folder.join("program.db").display());
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    nothing_is_taken(&stage, &conversation).await;
    other.execute("ROLLBACK").await.unwrap();
    other.close().await.unwrap();
    all_is_well_again(stage, &conversation).await;
}

/// As a failover to a copy does: whoever is connected is sent away, and who comes may only read.
async fn read_only(url: &str, on: bool) {
    let mut other = PgConnection::connect(url).await.unwrap();
    other.execute("SET default_transaction_read_only = off").await.unwrap();
    let name: String = sqlx::query("SELECT current_database()::text").fetch_one(&mut other).await.unwrap().get(0);
    let change = format!("ALTER DATABASE {name} SET default_transaction_read_only = {on}");
    other.execute(AssertSqlSafe(change)).await.unwrap();
    let away = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
    other.execute(away).await.unwrap();
    other.close().await.unwrap();
}

#[tokio::test]
async fn a_database_that_becomes_read_only_is_answered_with_503_and_overcome_without_help() {
    let Some(url) = crate::postgres::database().await else { return };
    let sim = platforms().await;
    let program = Program::between(&sim).with("DINGDUTY_DATABASE_URL", &url);
    let stage = Stage::set_up(sim, program).await;
    stage.join(GROUP).await;
    let conversation = stage.sim.dingtalk.chat(GROUP).unwrap().id;
    read_only(&url, true).await;
    nothing_is_taken(&stage, &conversation).await;
    read_only(&url, false).await;
    all_is_well_again(stage, &conversation).await;
}

#[tokio::test]
async fn a_database_that_cannot_be_written_is_told_at_start() {
    let program = Program::new();
    assert_eq!(program.run(&["integration", "list"]).await.code, Some(0));
    let program = program.with("DINGDUTY_DATABASE_URL", "sqlite://program.db?mode=ro");
    let ended = program.run(&["serve"]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("the database"), "{ended:?}");
}
