//! The console's groups: found, seen, and what is sent to them changed; whoever comes second is told, and a dead group's
//! subscriptions go on in another one.

use crate::bench::verbs::GROUP;
use crate::bench::{Answer, Bench, Browser, KEY};
use contract::paths;
use server::model::chat::{Change, Chat};
use server::model::subscription::{Repaint, Rule, Subscription};
use server::store;
use std::time::{Duration, Instant};

const OTHER: &str = "故障通报 Incidents";

impl Bench {
    /// The browser of somebody who has used a one-time link to the console.
    async fn administrator(&self) -> Browser {
        let link = server::flow::access::console_link(&self.app.state, "story").await.unwrap();
        let code = link.split_once("code=").unwrap().1.to_owned();
        let browser = self.browser();
        let entered = browser.form(paths::CONSOLE_ENTER, &[("code", &code)]).await;
        assert_eq!(entered.status, 303, "{entered:?}");
        browser
    }

    async fn subscriptions(&self, chat: &str) -> Vec<Subscription> {
        let mut tx = self.app.state.store.read().await.unwrap();
        store::subscription::of_chat(&mut tx, KEY, chat).await.unwrap()
    }
}

fn page(chat: &str) -> String {
    paths::fill(paths::CONSOLE_GROUP, &[KEY, chat])
}

fn act(chat: &str, act: &str) -> String {
    paths::fill(paths::CONSOLE_GROUP_ACT, &[KEY, chat, act])
}

fn list(query: &str) -> String {
    format!("{}{query}", paths::fill(paths::CONSOLE_SECTION, &[KEY, "groups"]))
}

fn shows(page: &Answer, what: &str) {
    assert!(page.body.contains(what), "{what} is not on the page with status {}: {}", page.status, page.body);
}

#[tokio::test]
async fn groups_are_found_by_name_and_state_and_shown_with_how_they_do() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    let other = bench.install_cool_app(OTHER).await;
    bench.subscribe(&other).await;
    bench.raise("first", &["li.na"]).await;
    bench.sim.dingtalk.disband_chat(&bench.conversation(OTHER), "alice").await.unwrap();
    bench.run_due().await;
    let browser = bench.administrator().await;
    let all = browser.get(&list("")).await;
    for title in [GROUP, OTHER, "已解散", "1 个订阅需改到其他群"] {
        shows(&all, title);
    }
    let found = browser.get(&list("?q=PAYMENTS")).await;
    assert!(found.body.contains(GROUP) && !found.body.contains(OTHER), "{}", found.body);
    let dead = browser.get(&list("?state=dead")).await;
    assert!(!dead.body.contains(GROUP) && dead.body.contains(OTHER), "{}", dead.body);
    shows(&browser.get(&list("?q=nowhere")).await, "没有符合条件的群");
    let one = browser.get(&page(&chat)).await;
    shows(&one, &format!("/flashduty/{KEY}/robot/{chat}/"));
    assert_eq!(browser.get(&page("nothing")).await.status, 404);
    assert_eq!(bench.browser().get(&page(&chat)).await.status, 401);
}

#[tokio::test]
async fn two_thousand_groups_are_a_list_like_any_other() {
    let bench = Bench::start().await;
    let now = bench.app.state.world.now();
    let mut tx = bench.app.state.store.begin().await.unwrap();
    for n in 0..2_000_i64 {
        let (id, conversation) = (format!("c{n:04}"), format!("cid{n}"));
        let mut chat = Chat::unknown(id, KEY, &conversation, "secret".into(), world::Millis(now.0 - n / 2));
        chat.apply(Change::Titled(format!("group {n} end")), now);
        chat.apply(Change::Installed { robot_code: None, cool_app_code: None }, now);
        store::chat::insert(&mut tx, &chat).await.unwrap();
    }
    tx.commit().await.unwrap();
    let browser = bench.administrator().await;
    let (mut address, mut seen, mut slowest) = (list(""), std::collections::BTreeSet::new(), Duration::ZERO);
    #[expect(clippy::disallowed_methods, reason = "how long a page takes is measured")]
    let clock = Instant::now;
    for _ in 0..100 {
        let begun = clock();
        let shown = browser.get(&address).await;
        slowest = slowest.max(begun.elapsed());
        let groups = shown.body.split("data-group=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        seen.extend(groups);
        let Some(next) = shown.body.split("rel=\"next\"").next().filter(|_| shown.body.contains("rel=\"next\"")) else {
            break;
        };
        address = next.rsplit("href=\"").next().unwrap().split('"').next().unwrap().replace("&amp;", "&");
    }
    assert_eq!(seen.len(), 2_000, "each once");
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    shows(&browser.get(&list("?q=group%201999%20end")).await, "c1999");
}

#[tokio::test]
async fn a_subscription_is_added_shown_beforehand_changed_and_removed() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    let critical = bench.raise("seen before", &["li.na"]).await;
    let browser = bench.administrator().await;
    shows(&browser.get(&format!("{}?edit=new", page(&chat))).await, "name=\"channel\"");
    let channel = bench.sim.flashduty.incident(&critical).unwrap()["channel_id"].to_string();
    let fields = [("typed", "yes"), ("edit", "new"), ("channel", channel.as_str()), ("repaint", "state")];
    let before = browser.form(&act(&chat, "preview"), &fields).await;
    shows(&before, "seen before");
    shows(&before, "data-preview=\"1\"");
    assert!(bench.subscriptions(&chat).await.is_empty(), "looking changes nothing");
    let saved = browser.form(&act(&chat, "save"), &fields).await;
    assert_eq!(saved.location, Some(format!("{}?done=saved", page(&chat))));
    let one = bench.subscriptions(&chat).await.remove(0);
    let expected = Rule { channel_ids: vec![channel.parse().unwrap()], repaint: Repaint::State, ..Rule::default() };
    assert_eq!(one.rule, expected);

    let revision = one.revision();
    let fields = [
        ("typed", "yes"),
        ("edit", one.id.as_str()),
        ("revision", revision.as_str()),
        ("severity", "Critical"),
        ("severity", "Info"),
        ("labels", "env=prod\r\nservice = pay\r\n"),
        ("mention", "yes"),
    ];
    assert_eq!(browser.form(&act(&chat, "save"), &fields).await.status, 303);
    let changed = bench.subscriptions(&chat).await.remove(0);
    assert_eq!((changed.rule.severities.len(), changed.rule.labels.len(), changed.rule.mention), (2, 2, true));
    let audited = bench.audited("subscription-changed").await.remove(0);
    assert_eq!(audited["rule"]["after"]["labels"]["service"], "pay");
    assert_eq!(audited["rule"]["before"]["repaint"], "state");

    let revision = changed.revision();
    let fields = [("edit", changed.id.as_str()), ("revision", revision.as_str())];
    let removed = browser.form(&act(&chat, "remove"), &fields).await;
    assert_eq!(removed.location, Some(format!("{}?done=removed", page(&chat))));
    assert!(bench.subscriptions(&chat).await.is_empty());
    shows(&browser.get(removed.location.as_deref().unwrap()).await, "已删除");
}

#[tokio::test]
async fn of_two_administrators_the_later_one_is_told_and_nothing_is_lost() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let one = bench.subscriptions(&chat).await.remove(0);
    let revision = one.revision();
    let (first, second) = (bench.administrator().await, bench.administrator().await);
    let fields = |severity: &'static str, labels: &'static str, revision: String| {
        let edit = ("edit".to_owned(), one.id.clone());
        let texts = [("typed", "yes"), ("severity", severity), ("labels", labels)];
        let texts = texts.map(|(name, value)| (name.to_owned(), value.to_owned()));
        texts.into_iter().chain([edit, ("revision".to_owned(), revision)]).collect::<Vec<_>>()
    };
    let save = async |browser: &Browser, fields: Vec<(String, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.form(&act(&chat, "save"), &fields).await
    };
    assert_eq!(save(&first, fields("Critical", "", revision.clone())).await.status, 303);
    let told = save(&second, fields("Warning", "mine=yes", revision.clone())).await;
    assert_eq!(told.status, 409);
    shows(&told, "data-problem=\"changed-meanwhile\"");
    shows(&told, "mine=yes");
    assert_eq!(bench.subscriptions(&chat).await[0].rule.severities, ["Critical"], "the first one's stays");
    // The page names what is there now, so saving again is meant.
    let now = bench.subscriptions(&chat).await[0].revision();
    shows(&told, &format!("name=\"revision\" value=\"{now}\""));
    assert_eq!(save(&second, fields("Warning", "mine=yes", now.clone())).await.status, 303);
    assert_eq!(bench.subscriptions(&chat).await[0].rule.severities, ["Warning"]);
    let stale = [("edit", one.id.as_str()), ("revision", now.as_str())];
    let kept = first.form(&act(&chat, "remove"), &stale).await;
    assert_eq!(kept.status, 409);
    assert_eq!(bench.subscriptions(&chat).await.len(), 1, "what was not seen is not removed");

    // Removed by somebody else: what was typed can be saved as a new one.
    let present = bench.subscriptions(&chat).await[0].revision();
    let seen = [("edit", one.id.as_str()), ("revision", present.as_str())];
    assert_eq!(first.form(&act(&chat, "remove"), &seen).await.status, 303);
    let told = save(&second, fields("Info", "mine=again", present)).await;
    assert_eq!(told.status, 409);
    shows(&told, "mine=again");
    shows(&told, "name=\"edit\" value=\"new\"");
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_what_was_typed() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    let browser = bench.administrator().await;
    for (field, value, said) in [
        ("channels", "999999999", "Flashduty 中没有协作空间 999999999"),
        ("channels", "支付", "“支付”不是协作空间的 ID"),
        ("severity", "Urgent", "没有“Urgent”这种严重程度"),
        ("labels", "a=1\nservice", "第 2 行应写成 名称=值"),
        ("labels", "a=1\na=2", "“a”写了两次"),
        ("repaint", "always", "请选择全部变化、仅状态变化或不更新"),
    ] {
        let fields = [("typed", "yes"), ("edit", "new"), ("mention", "yes"), (field, value)];
        let refused = browser.form(&act(&chat, "save"), &fields).await;
        assert_eq!(refused.status, 400, "{value}");
        shows(&refused, said);
        shows(&refused, "data-problem=\"invalid-field\"");
        assert!(
            refused.body.contains("name=\"mention\" value=\"yes\" checked"),
            "what was typed stays: {}",
            refused.body
        );
    }
    shows(
        &browser.form(&act(&chat, "preview"), &[("typed", "yes"), ("edit", "new"), ("labels", "x")]).await,
        "第 1 行",
    );
    assert!(bench.subscriptions(&chat).await.is_empty());

    for foreign in ["nothing", "../../x"] {
        let refused = browser.form(&act(foreign, "save"), &[("typed", "yes"), ("edit", "new")]).await;
        assert_eq!(refused.status, 404);
        shows(&refused, "本集成中没有这个群");
    }
    assert_eq!(browser.form(&act(&chat, "burn"), &[]).await.status, 404);
    shows(&browser.get(&format!("{}?edit=gone", page(&chat))).await, "这个订阅已被删除");
    let elsewhere = browser.http().post(format!("{}{}", bench.base, act(&chat, "save")));
    let elsewhere = elsewhere.header("sec-fetch-site", "cross-site").form(&[("typed", "yes"), ("edit", "new")]);
    assert_eq!(browser.send(elsewhere).await.status, 403);
    let stranger = bench.browser().form(&act(&chat, "save"), &[("typed", "yes"), ("edit", "new")]).await;
    assert_eq!(stranger.location.as_deref(), Some(paths::CONSOLE));
    assert!(bench.subscriptions(&chat).await.is_empty());

    // It died while its form was open.
    bench.sim.dingtalk.disband_chat(&bench.conversation(GROUP), "alice").await.unwrap();
    bench.run_due().await;
    let died = browser.form(&act(&chat, "save"), &[("typed", "yes"), ("edit", "new")]).await;
    assert_eq!(died.status, 400);
    shows(&died, "该群已解散");
}

#[tokio::test]
async fn a_test_message_says_that_it_is_one_and_counts_as_a_delivery() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    let browser = bench.administrator().await;
    let sent = browser.form(&act(&chat, "test"), &[]).await;
    assert_eq!(sent.location, Some(format!("{}?done=test-sent", page(&chat))));
    shows(&browser.get(&page(&chat)).await, "data-test=\"waiting\"");
    let pending = browser.form(&act(&chat, "test"), &[]).await;
    assert_eq!(pending.status, 429);
    shows(&pending, "上一条测试消息还在发送");
    bench.run_due().await;
    let said = bench.said_in(&bench.conversation(GROUP));
    assert!(said.len() == 1 && said[0].contains("测试消息"), "{said:?}");
    shows(&browser.get(&page(&chat)).await, "data-test=\"delivered\"");
    let soon = browser.form(&act(&chat, "test"), &[]).await;
    shows(&soon, "秒后再试");
    assert_eq!(bench.audited("test-sent").await.len(), 1);

    bench.advance(Duration::from_secs(31));
    bench.sim.dingtalk.uninstall_cool_app(&bench.conversation(GROUP), "li.na").await.unwrap();
    bench.run_due().await;
    let refused = browser.form(&act(&chat, "test"), &[]).await;
    shows(&refused, "该群没有安装酷应用");
    assert_eq!(bench.said_in(&bench.conversation(GROUP)).len(), 1);
}

#[tokio::test]
async fn a_dead_groups_subscriptions_move_to_one_that_lives() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    let other = bench.install_cool_app(OTHER).await;
    bench.subscribe(&chat).await;
    bench.subscribe_by(&chat, Rule { mention: true, ..Rule::default() }).await;
    bench.sim.dingtalk.uninstall_cool_app(&bench.conversation(GROUP), "li.na").await.unwrap();
    bench.run_due().await;
    let browser = bench.administrator().await;
    shows(&browser.get(&page(&chat)).await, "data-dead");
    let found = browser.get(&format!("{}?find=incidents", page(&chat))).await;
    shows(&found, &format!("data-replacement=\"{other}\""));
    for (to, said) in [("nothing", "本集成中没有这个群"), (chat.as_str(), "该群没有安装酷应用")] {
        let refused = browser.form(&act(&chat, "move"), &[("chat_id", to)]).await;
        assert_eq!(refused.status, 400);
        shows(&refused, said);
    }
    let moved = browser.form(&act(&chat, "move"), &[("chat_id", &other)]).await;
    assert_eq!(moved.location, Some(format!("{}?done=moved", page(&other))));
    assert_eq!((bench.subscriptions(&chat).await.len(), bench.subscriptions(&other).await.len()), (0, 2));
    assert_eq!(bench.audited("subscription-replaced").await.len(), 2);
}
