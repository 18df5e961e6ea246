//! What a group's own page changes, and who may: its owner as DingTalk says at that moment, by what Flashduty shows them.

use crate::bench::verbs::GROUP;
use crate::bench::{Answer, Bench, Browser, KEY};
use contract::paths;
use server::model::subscription::{Rule, Subscription};
use server::store;
use simulator::{Fault, Peer, Push, faults};

const OTHER: &str = "故障通报 Incidents";

struct Story {
    bench: Bench,
    /// Our id of the group.
    chat: String,
    cid: String,
    owner: String,
    /// Somebody in it who is not its owner.
    member: String,
    /// A channel that both see.
    channel: i64,
}

impl Story {
    async fn begin() -> Self {
        let bench = Bench::start().await;
        let chat = bench.install_cool_app(GROUP).await;
        let cid = bench.conversation(GROUP);
        let group = bench.sim.dingtalk.chat(&cid).unwrap();
        let has_key = |one: &&String| bench.sim.flashduty.member_id(one).is_some();
        let member = group.members.iter().filter(has_key).find(|one| **one != group.owner).unwrap().clone();
        let incident = bench.raise("seen before", &["li.na"]).await;
        let channel = bench.sim.flashduty.incident(&incident).unwrap()["channel_id"].as_i64().unwrap();
        Self { bench, chat, cid, owner: group.owner, member, channel }
    }

    fn page(&self, more: &str) -> String {
        format!("{}?cid={}{more}", paths::fill(paths::COOL_APP, &[KEY]), paths::encode(&self.cid))
    }

    async fn send(&self, browser: &Browser, act: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![("cid", self.cid.as_str())];
        all.extend(fields);
        browser.form(&paths::fill(paths::API_CHAT_ACT, &[KEY, act]), &all).await
    }

    async fn subscriptions(&self) -> Vec<Subscription> {
        let mut tx = self.bench.app.state.store.read().await.unwrap();
        store::subscription::of_chat(&mut tx, KEY, &self.chat).await.unwrap()
    }

    async fn editors(&self, who: &str) {
        let pairs = vec![("group_editors".to_owned(), Some(who.to_owned()))];
        server::flow::set_up::set(&self.bench.app.state, KEY, pairs, "story").await.unwrap();
    }
}

fn shows(page: &Answer, what: &str) {
    assert!(page.body.contains(what), "{what} is not on the page with status {}: {}", page.status, page.body);
}

#[tokio::test]
async fn the_owner_changes_what_is_sent_and_the_log_says_who_did_it() {
    let story = Story::begin().await;
    let owner = story.bench.link(&story.owner).await;
    let shown = owner.get(&story.page("")).await;
    shows(&shown, "data-add-subscription");
    shows(&owner.get(&story.page("&edit=new")).await, "data-subscription-form=\"new\"");
    let channel = story.channel.to_string();
    let fields = [("typed", "yes"), ("edit", "new"), ("channel", channel.as_str()), ("severity", "Critical")];
    let seen = story.send(&owner, "preview", &fields).await;
    shows(&seen, "data-preview=");
    shows(&seen, "seen before");
    let saved = story.send(&owner, "save", &fields).await;
    assert_eq!(saved.location, Some(format!("{}&done=saved", story.page(""))));
    let one = story.subscriptions().await.remove(0);
    let expected = Rule { channel_ids: vec![story.channel], severities: vec!["Critical".into()], ..Rule::default() };
    assert_eq!(one.rule, expected);
    let mut tx = story.bench.app.state.store.read().await.unwrap();
    let log = store::audit::list(&mut tx, KEY, None, 9).await.unwrap();
    drop(tx);
    let added = log.iter().find(|line| line.act == "subscription-added").expect("a line");
    assert_eq!(added.actor, story.owner);

    let revision = one.revision();
    let mention = [("typed", "yes"), ("edit", one.id.as_str()), ("revision", revision.as_str())];
    let mention = [&mention[..], &[("channel", channel.as_str()), ("mention", "yes")]].concat();
    assert_eq!(story.send(&owner, "save", &mention).await.status, 303);
    assert!(story.subscriptions().await[0].rule.mention);
    let late = story.send(&owner, "save", &mention).await;
    assert_eq!(late.status, 409);
    shows(&late, "data-problem=\"changed-meanwhile\"");
    let revision = story.subscriptions().await[0].revision();
    let remove = [("edit", one.id.as_str()), ("revision", revision.as_str())];
    assert_eq!(story.send(&owner, "remove", &remove).await.status, 303);
    assert!(story.subscriptions().await.is_empty());
}

#[tokio::test]
async fn nobody_sends_a_group_what_flashduty_does_not_show_them() {
    let story = Story::begin().await;
    let owner = story.bench.link(&story.owner).await;
    let base = [("typed", "yes"), ("edit", "new"), ("mention", "yes")];
    for (field, said) in [
        (("labels", "a=b"), "请至少选择一个协作空间"),
        (("channels", "999999999"), "Flashduty 中没有协作空间 999999999"),
        (("labels", "half"), "第 1 行应写成 名称=值"),
    ] {
        let refused = story.send(&owner, "save", &[&base[..], &[field]].concat()).await;
        assert_eq!(refused.status, 400);
        shows(&refused, said);
        shows(&refused, "name=\"mention\" value=\"yes\" checked");
    }
    assert!(story.subscriptions().await.is_empty());
}

#[tokio::test]
async fn whoever_is_not_the_owner_looks_but_does_not_change() {
    let story = Story::begin().await;
    story.bench.subscribe(&story.chat).await;
    let member = story.bench.link(&story.member).await;
    let shown = member.get(&story.page("&edit=new")).await;
    shows(&shown, "全部协作空间");
    assert!(!shown.body.contains("data-subscription-form") && !shown.body.contains("data-add-subscription"));
    let one = story.subscriptions().await.remove(0);
    let revision = one.revision();
    let remove = [("edit", one.id.as_str()), ("revision", revision.as_str())];
    for (act, fields) in [("remove", &remove[..]), ("test", &[]), ("save", &[("typed", "yes"), ("edit", "new")])] {
        let refused = story.send(&member, act, fields).await;
        assert_eq!(refused.status, 403, "{act}");
        shows(&refused, "data-problem=\"not-group-editor\"");
    }
    assert_eq!(story.subscriptions().await.len(), 1);

    // The setting lets every member, or nobody.
    story.editors("members").await;
    shows(&member.get(&story.page("")).await, "data-add-subscription");
    assert_eq!(story.send(&member, "remove", &remove).await.status, 303);
    story.editors("nobody").await;
    let owner = story.bench.link(&story.owner).await;
    assert_eq!(story.send(&owner, "test", &[]).await.status, 403);
    assert!(!owner.get(&story.page("")).await.body.contains("data-add-subscription"));
}

#[tokio::test]
async fn a_group_that_changed_hands_in_silence_is_its_new_owners() {
    let story = Story::begin().await;
    let (owner, member) = (story.bench.link(&story.owner).await, story.bench.link(&story.member).await);
    story.bench.sim.faults.add_push(Peer::DingTalk, Push::Lose, Some(1));
    story.bench.sim.dingtalk.change_owner(&story.cid, &story.member).await.unwrap();
    assert_eq!(story.send(&owner, "test", &[]).await.status, 403, "asked of DingTalk, not remembered");
    // What was read then is what pages offer.
    shows(&member.get(&story.page("")).await, "data-group-act=\"test\"");
    assert_eq!(story.send(&member, "test", &[]).await.status, 303);
    story.bench.run_due().await;
    let said = story.bench.said_in(&story.cid);
    assert!(said.iter().any(|text| text.contains("测试消息")), "{said:?}");
    shows(&member.get(&story.page("")).await, "data-test=\"delivered\"");
    assert!(!owner.get(&story.page("")).await.body.contains("data-test="));
    story.bench.sim.dingtalk.change_owner(&story.cid, &story.owner).await.unwrap();
    story.bench.run_due().await;
    shows(&owner.get(&story.page("")).await, "data-group-act=\"test\"");
}

#[tokio::test]
async fn strangers_and_groups_that_are_gone_get_nothing_of_others() {
    let story = Story::begin().await;
    story.bench.subscribe(&story.chat).await;
    let members = story.bench.sim.dingtalk.chat(&story.cid).unwrap().members;
    let outsider = ["wang.fang", "bob", "zhao.min"].into_iter().find(|one| !members.iter().any(|known| known == one));
    let outsider = story.bench.link(outsider.unwrap()).await;
    for (act, fields) in [("save", vec![("typed", "yes"), ("edit", "new")]), ("preview", vec![]), ("test", vec![])] {
        let refused = story.send(&outsider, act, &fields).await;
        assert_eq!(refused.status, 403, "{act}");
        shows(&refused, "data-problem=\"not-in-chat\"");
        assert!(!refused.body.contains(GROUP) && !refused.body.contains("data-sent"), "{}", refused.body);
    }
    let owner = story.bench.link(&story.owner).await;
    let url = paths::fill(paths::API_CHAT_ACT, &[KEY, "test"]);
    for cid in ["cidUnknown", "$ENCCID$", ""] {
        let refused = owner.form(&url, &[("cid", cid)]).await;
        assert_eq!(refused.status, 404, "{cid}");
        assert!(!refused.body.contains(GROUP));
    }
    // A group of the company without the cool app is as unknown as any.
    let other = story.bench.conversation(OTHER);
    assert_eq!(owner.form(&url, &[("cid", &other)]).await.status, 404);
    let stranger = story.send(&story.bench.browser(), "test", &[]).await;
    assert!(!stranger.body.contains(GROUP) && stranger.location.is_none(), "{stranger:?}");

    // The app was removed while the form was open, and nobody told.
    story.bench.sim.faults.add_push(Peer::DingTalk, Push::Lose, Some(1));
    story.bench.sim.dingtalk.uninstall_cool_app(&story.cid, &story.owner).await.unwrap();
    let gone = story.send(&owner, "test", &[]).await;
    shows(&gone, "data-problem=\"chat-unknown\"");
    story.bench.run_due().await;
    assert_eq!(story.bench.said_in(&story.cid).len(), 0);
}

#[tokio::test]
async fn the_page_says_who_is_on_call_for_what_is_sent_here() {
    let story = Story::begin().await;
    let owner = story.bench.link(&story.owner).await;
    assert!(!owner.get(&story.page("")).await.body.contains("data-on-call"), "nothing is sent here");
    let rule = |channel| Rule { channel_ids: vec![channel], ..Rule::default() };
    story.bench.subscribe_by(&story.chat, rule(story.channel)).await;
    shows(&owner.get(&story.page("")).await, "没有值班表");
    story.bench.subscribe_by(&story.chat, rule(simulator::flashduty::seed::PLATFORM)).await;
    let shown = owner.get(&story.page("")).await;
    shows(&shown, "data-on-call");
    shows(&shown, "class=\"turns\"");
    // Without the answer of Flashduty's schedules the page is still a page.
    let path = "/schedule/list".to_owned();
    let refuse = faults::Kind::Refuse { status: 500, body: serde_json::Value::Null };
    story.bench.sim.faults.add(Fault { peer: Peer::Flashduty, path, kind: refuse, times: None });
    let shown = owner.get(&story.page("")).await;
    assert_eq!(shown.status, 200);
    shows(&shown, "没有值班表");
}
