//! Groups come and go by DingTalk's events, in any order, twice, in any spelling.

use crate::bench::Bench;
use crate::bench::verbs::GROUP;
use contract::chat::ChatState;
use simulator::dingtalk::{PushResult, Spelling, Switches};
use simulator::{Peer, Push};

#[tokio::test]
async fn an_installed_group_appears_with_its_name_and_follows_it() {
    let bench = Bench::start().await;
    let conversation = bench.conversation(GROUP);
    bench.install_cool_app(GROUP).await;
    let chat = bench.chat(&conversation).await.unwrap();
    assert_eq!((chat.state, chat.title.as_str()), (ChatState::Installed, GROUP));

    bench.sim.dingtalk.rename_chat(&conversation, "支付 100%% 🔥 %zz", "li.na").await.unwrap();
    bench.run_due().await;
    assert_eq!(bench.chat(&conversation).await.unwrap().title, "支付 100%% 🔥 %zz");

    bench.sim.dingtalk.uninstall_cool_app(&conversation, "li.na").await.unwrap();
    bench.run_due().await;
    assert_eq!(bench.chat(&conversation).await.unwrap().state, ChatState::Uninstalled);

    bench.install_cool_app("支付 100%% 🔥 %zz").await;
    assert_eq!(bench.chat(&conversation).await.unwrap().state, ChatState::Installed);

    bench.sim.dingtalk.disband_chat(&conversation, "zhang.wei").await.unwrap();
    bench.run_due().await;
    assert_eq!(bench.chat(&conversation).await.unwrap().state, ChatState::Disbanded);
}

#[tokio::test]
async fn every_spelling_and_every_repetition_is_understood() {
    let bench = Bench::start().await;
    let titles: Vec<String> = bench.sim.dingtalk.chats().into_iter().map(|chat| chat.title).collect();
    let spellings = [Spelling::Current, Spelling::Pascal, Spelling::Lower];
    for (title, spelling) in titles.iter().zip(spellings) {
        bench.sim.dingtalk.set_switches(Switches { spelling, ..bench.sim.dingtalk.switches() });
        bench.sim.faults.add_push(Peer::DingTalk, Push::Duplicate, Some(1));
        bench.install_cool_app(title).await;
        let chat = bench.chat(&bench.conversation(title)).await.unwrap();
        assert_eq!((chat.state, &chat.title), (ChatState::Installed, title), "{spelling:?}");
    }
}

#[tokio::test]
async fn events_without_an_id_are_recognised_by_their_text() {
    let bench = Bench::start().await;
    bench.sim.dingtalk.set_switches(Switches { omit_event_id: true, ..bench.sim.dingtalk.switches() });
    bench.sim.faults.add_push(Peer::DingTalk, Push::Duplicate, Some(1));
    bench.install_cool_app(GROUP).await;
    assert_eq!(bench.requests("/v1.0/im/sceneGroups/query"), 1, "the second push is the same event");
}

#[tokio::test]
async fn an_event_is_answered_though_dingtalk_itself_hangs() {
    let bench = Bench::start().await;
    bench.sim.faults.add(simulator::Fault {
        peer: Peer::DingTalk,
        path: "/v1.0/im/sceneGroups/query".to_owned(),
        kind: simulator::faults::Kind::Refuse { status: 500, body: "busy".into() },
        times: Some(2),
    });
    let conversation = bench.conversation(GROUP);
    let pushed = bench.sim.dingtalk.install_cool_app(&conversation, "zhang.wei").await.unwrap();
    assert_eq!(pushed, PushResult::Delivered);
    bench.run_due().await;
    assert_eq!(bench.chat(&conversation).await.unwrap().title, "", "installed, the name not read yet");
    bench.advance(std::time::Duration::from_secs(10));
    bench.run_due().await;
    assert_eq!(bench.chat(&conversation).await.unwrap().title, GROUP);
}

#[tokio::test]
async fn who_leaves_the_company_is_unlinked() {
    let bench = Bench::start().await;
    let browser = bench.link("li.na").await;
    let me = contract::paths::fill(contract::paths::API_ME, &[crate::bench::KEY]);
    assert_eq!(browser.get(&me).await.status, 200);
    bench.sim.dingtalk.leave_org("li.na").await.unwrap();
    bench.run_due().await;
    assert_eq!(browser.get(&me).await.problem(), "not-signed-in");
}
