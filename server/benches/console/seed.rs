//! A database as a large company has it after three months, made by the database itself: one text for SQLite and
//! PostgreSQL.

use super::KEY;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};

const DELIVERIES: i64 = 1_000_000;
const PEOPLE: i64 = 10_000;
/// Of whom so many are linked.
const LINKED: i64 = 8_000;
/// On call within a week.
const ON_CALL: i64 = 200;
const GROUPS: i64 = 2_000;
const ROOMS: i64 = 2_000;
const LINES: i64 = 100_000;
/// Milliseconds between two deliveries: a million in three months.
const APART_MS: i64 = 7_776;

/// Numbers from 1 on as the table `n`.
fn numbers(count: i64) -> String {
    format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})")
}

/// Fills the database up to `now_ms`. Returns how many deliveries there are.
#[expect(clippy::disallowed_methods, reason = "a benchmark is told its size by the environment")]
pub async fn fill(database_url: &str, now_ms: i64) -> i64 {
    let wanted = std::env::var("DINGDUTY_CONSOLE_DELIVERIES").ok();
    let count = wanted.and_then(|wanted| wanted.parse().ok()).unwrap_or(DELIVERIES);
    let mut connection = AnyConnection::connect(database_url).await.unwrap();
    for statement in [
        chats(),
        subscriptions(),
        members(now_ms),
        links(now_ms),
        rooms(now_ms),
        deliveries(count, now_ms),
        attempts(count),
        audit(now_ms),
        "ANALYZE".into(),
    ] {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    count
}

fn chats() -> String {
    format!(
        "INSERT INTO chat (id, integration, open_conversation_id, title, title_folded, state, robot_secret, installed_ms, \
         titled_ms, created_ms, updated_ms, version) {} SELECT 'chat' || CAST(i AS TEXT), '{KEY}', \
         'cid' || CAST(i AS TEXT), 'Group ' || CAST(i AS TEXT), 'group ' || CAST(i AS TEXT), \
         CASE WHEN i % 50 = 0 THEN 'uninstalled' ELSE 'installed' END, 's' || CAST(i AS TEXT), 1, 1, i, i, 1 FROM n",
        numbers(GROUPS)
    )
}

/// One and a half for each group.
fn subscriptions() -> String {
    format!(
        "INSERT INTO subscription (id, integration, chat_id, rule, created_ms) {} SELECT 'sub' || CAST(i AS TEXT), \
         '{KEY}', 'chat' || CAST(1 + i % {GROUPS} AS TEXT), \
         '{{\"channel_ids\":[],\"severities\":[],\"labels\":{{}},\"mention\":false,\"repaint\":\"all\"}}', i FROM n",
        numbers(GROUPS * 3 / 2)
    )
}

fn members(now_ms: i64) -> String {
    format!(
        "INSERT INTO member (integration, member_id, name, sort_name, on_call_ms, read_ms) {} SELECT '{KEY}', i, \
         'Member ' || CAST(i AS TEXT), 'member ' || CAST(i AS TEXT), \
         CASE WHEN i <= {ON_CALL} THEN {now_ms} + i ELSE {} END, {now_ms} FROM n",
        numbers(PEOPLE),
        i64::MAX
    )
}

fn rooms(now_ms: i64) -> String {
    format!(
        "INSERT INTO war_room (id, integration, incident_id, generation, uuid, state, open_conversation_id, title, \
         titled_by_hand, titled_ms, asked_by, asked_name, problem, link_posted, told_ms, missing_told, ended_by, \
         created_ms, updated_ms, version) {} SELECT 'room' || CAST(i AS TEXT), '{KEY}', 'incident' || CAST(i AS TEXT), 1, \
         'uuid' || CAST(i AS TEXT), CASE WHEN i % 20 = 0 THEN 'open' ELSE 'gone' END, 'room-cid' || CAST(i AS TEXT), \
         'Room ' || CAST(i AS TEXT), 0, 1, 'user1', 'Person 1', '', 2, 1, '[]', '', {now_ms} - i, {now_ms}, 1 FROM n",
        numbers(ROOMS)
    )
}

fn links(now_ms: i64) -> String {
    format!(
        "INSERT INTO link (id, integration, user_id, user_name, member_id, member_name, account_id, account_name, proof, \
         state, created_ms, updated_ms, version) {} SELECT 'link' || CAST(i AS TEXT), '{KEY}', 'user' || CAST(i AS TEXT), \
         'Person ' || CAST(i AS TEXT), i, 'Member ' || CAST(i AS TEXT), 1, 'Account', 'oauth', \
         CASE WHEN i % 40 = 0 THEN 'broken' ELSE 'linked' END, {now_ms} - i, {now_ms}, 1 FROM n",
        numbers(LINKED)
    )
}

/// Two in three go to groups; one in fifty failed for want of a link, one in a thousand waits.
fn deliveries(count: i64, now_ms: i64) -> String {
    let text = "'[Critical] title of incident ' || CAST(i / 5 AS TEXT)";
    format!(
        "INSERT INTO delivery (id, integration, incident_id, target_kind, target, target_name, reason, state, outcome, \
         code, message, request_id, text, attempts, cost, created_ms, updated_ms, version, search) {} \
         SELECT 'd' || CAST(i AS TEXT), '{KEY}', 'incident' || CAST(i / 5 AS TEXT), \
         CASE WHEN i % 3 = 0 THEN 'person' ELSE 'chat' END, \
         CASE WHEN i % 3 = 0 THEN 'user' || CAST(i % {PEOPLE} AS TEXT) ELSE 'chat' || CAST(i % {GROUPS} AS TEXT) END, \
         'Name ' || CAST(i % 1000 AS TEXT), 'reason ' || CAST(i AS TEXT), \
         CASE WHEN i % 50 = 0 THEN 'failed' WHEN i % 1001 = 0 THEN 'waiting' ELSE 'done' END, \
         CASE WHEN i % 50 = 0 THEN 'app not linked' WHEN i % 1001 = 0 THEN 'throttled' ELSE 'delivered' END, \
         '', '', 'R-' || CAST(i AS TEXT), {text}, 1, 1, {now_ms} - ({count} - i) * {APART_MS}, {now_ms}, 1, {text} FROM n",
        numbers(count)
    )
}

fn attempts(count: i64) -> String {
    format!(
        "INSERT INTO attempt (delivery_id, number, outcome, code, message, request_id, at_ms) {} \
         SELECT 'd' || CAST(i AS TEXT), 1, 'delivered', '', '', '', i FROM n",
        numbers(count)
    )
}

/// Lines of another log's kind: the chain is not what is measured.
fn audit(now_ms: i64) -> String {
    format!(
        "INSERT INTO audit (id, integration, actor, act, subject, detail, at_ms) {} SELECT 'a' || CAST(i AS TEXT), \
         '{KEY}', 'actor' || CAST(i % 9 AS TEXT), CASE WHEN i % 7 = 0 THEN 'link-removed' ELSE 'linked' END, \
         's' || CAST(i AS TEXT), '{{}}', {now_ms} - i FROM n",
        numbers(LINES)
    )
}
