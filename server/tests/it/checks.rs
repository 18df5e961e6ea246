//! The doctor: what is proved, what is not, why, and what it costs to find out.

use crate::bench::verbs::GROUP;
use crate::bench::{Bench, KEY};
use serde_json::{Value, json};
use server::flow::check::{self, Check, CheckState, Run, Spending};
use server::model::check::Reason;
use server::{flow, work};
use simulator::{Peer, dingtalk::Place};
use std::time::Duration;

const OTHER_GROUP: usize = 2;

async fn run(bench: &Bench) -> Run {
    check::run(&bench.app.state, KEY, Spending::Calls, "story").await.unwrap().1
}

fn state(run: &Run, check: Check) -> (CheckState, Reason) {
    let finding = run.of(check).unwrap();
    (finding.state, finding.reason)
}

async fn set(bench: &Bench, field: &str, value: &str) {
    let pairs = vec![(field.to_owned(), Some(value.to_owned()))];
    flow::set_up::set(&bench.app.state, KEY, pairs, "story").await.unwrap();
    bench.run_due().await;
}

/// Counted calls, as DingTalk counts them.
fn counted(bench: &Bench) -> u64 {
    bench.sim.dingtalk.meters().unwrap().calls
}

/// Does what the guide says, to its end.
async fn follow_the_guide(bench: &Bench) {
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    let conversation = bench.conversation(GROUP);
    let owner = bench.sim.dingtalk.chat(&conversation).unwrap().owner;
    bench.sim.dingtalk.rename_chat(&conversation, "On call", &owner).await.unwrap();
    let other = bench.sim.dingtalk.chats()[OTHER_GROUP].clone();
    bench.sim.dingtalk.install_cool_app(&other.id, &other.owner).await.unwrap();
    bench.sim.dingtalk.uninstall_cool_app(&other.id, &other.owner).await.unwrap();
    bench.link("zhang.wei").await;
    bench.raise("a test", &["zhang.wei"]).await;
    bench.reconcile().await;
}

#[tokio::test]
async fn a_fresh_integration_says_what_is_missing_and_reaches_nobody() {
    let bench = Bench::start().await;
    let before = bench.requests("/");
    let found = run(&bench).await;
    assert_eq!(found.findings.len(), Check::ALL.len());
    assert!(!found.is_proved(check::Wishes { cards: true, war_rooms: false }));
    for (check, expected) in [
        (Check::PublicAddress, CheckState::Proved),
        (Check::Token, CheckState::Proved),
        (Check::CorpId, CheckState::Proved),
        (Check::AgentId, CheckState::Proved),
        (Check::EventSubscription, CheckState::Proved),
        (Check::EventInstall, CheckState::Unproved),
        (Check::CoolApp, CheckState::Unproved),
        (Check::Bot, CheckState::Unproved),
        (Check::PermissionRobot, CheckState::Proved),
        (Check::PermissionChat, CheckState::Proved),
        (Check::PermissionMember, CheckState::Proved),
        (Check::PermissionMobile, CheckState::Proved),
        (Check::PermissionCard, CheckState::Proved),
        (Check::CardCallback, CheckState::Proved),
        (Check::CardTemplate, CheckState::Unproved),
        (Check::WarRoom, CheckState::NotNeeded),
        (Check::FlashdutyKey, CheckState::Proved),
        (Check::Webhook, CheckState::Unproved),
        (Check::DingtalkClock, CheckState::Proved),
        (Check::FlashdutyClock, CheckState::Proved),
        (Check::Quota, CheckState::Proved),
    ] {
        assert_eq!(state(&found, check).0, expected, "{}: {:?}", check.name(), found.of(check));
    }
    assert_eq!(found.cost(), 3, "one call each for AgentId, bot and group");
    assert!(bench.requests("/") > before);
    for user_id in ["zhang.wei", "li.na"] {
        let place = Place::Person(user_id.to_owned());
        assert!(bench.sim.dingtalk.messages(&place).is_empty(), "nobody got anything");
    }
}

#[tokio::test]
async fn who_has_followed_the_guide_is_all_green() {
    let bench = Bench::start().await;
    follow_the_guide(&bench).await;
    let spent = counted(&bench);
    let found = run(&bench).await;
    let wishes = check::Wishes { cards: true, war_rooms: false };
    let open: Vec<_> = found.findings.iter().filter(|one| one.state != CheckState::Proved).collect();
    assert!(found.is_proved(wishes), "{open:#?}");
    let left: Vec<_> = open.iter().map(|one| one.check).collect();
    // The bench's key is one that somebody typed, nobody has made a backup, and there are no war rooms.
    assert_eq!(left, [Check::SecretKey, Check::Backup, Check::WarRoom]);
    assert_eq!((found.cost(), counted(&bench) - spent), (1, 1), "only the AgentId had no evidence");

    let again = check::run(&bench.app.state, KEY, Spending::Nothing, "story").await.unwrap().1;
    assert!(again.is_proved(wishes) && again.cost() == 0, "what a call has proved stays proved");
    assert_eq!(counted(&bench) - spent, 1);
}

#[tokio::test]
async fn what_is_wrong_is_named_with_its_cure() {
    let bench = Bench::start().await;
    run(&bench).await;
    for (scope, check) in [
        ("qyapi_robot_sendmsg", Check::PermissionRobot),
        ("qyapi_chat_manage", Check::PermissionChat),
        ("qyapi_get_member", Check::PermissionMember),
        ("qyapi_get_member_by_mobile", Check::PermissionMobile),
    ] {
        bench.sim.dingtalk.set_permission(scope, false);
        let found = run(&bench).await;
        assert_eq!(state(&found, check), (CheckState::Failed, Reason::PermissionMissing), "{scope}");
        let finding = found.of(check).unwrap();
        assert!(finding.apply_url.as_ref().is_some_and(|url| url.contains(scope)), "{finding:?}");
        assert_eq!(finding.detail, scope);
        bench.sim.dingtalk.set_permission(scope, true);
        assert_eq!(state(&run(&bench).await, check).0, CheckState::Proved, "{scope} cured");
    }
    bench.sim.dingtalk.set_permission("Card.Instance.Write", false);
    set(&bench, "name", "Bench again").await;
    let found = run(&bench).await;
    assert_eq!(state(&found, Check::PermissionCard), (CheckState::Failed, Reason::PermissionMissing));
    assert_eq!(state(&found, Check::CardCallback).0, CheckState::Failed);
    bench.sim.dingtalk.set_permission("Card.Instance.Write", true);
    let found = run(&bench).await;
    assert_eq!(state(&found, Check::PermissionCard).0, CheckState::Proved, "a run now tries again what had failed");

    set(&bench, "corp_id", "ding0000000000000000").await;
    assert_eq!(state(&run(&bench).await, Check::CorpId), (CheckState::Failed, Reason::DoesNotFit));
    set(&bench, "corp_id", simulator::seed::CORP_ID).await;
    set(&bench, "agent_id", "12").await;
    assert_eq!(state(&run(&bench).await, Check::AgentId), (CheckState::Failed, Reason::DoesNotFit));
    set(&bench, "flashduty_app_key", "wrong-key").await;
    assert_eq!(state(&run(&bench).await, Check::FlashdutyKey), (CheckState::Failed, Reason::CredentialsRefused));
    set(&bench, "client_secret", "wrong-secret").await;
    let found = run(&bench).await;
    assert_eq!(state(&found, Check::Token), (CheckState::Failed, Reason::CredentialsRefused));
    assert!(!serde_json::to_string(&found).unwrap().contains("wrong-secret"));
}

#[tokio::test]
async fn changed_keys_have_to_be_proved_anew_and_clocks_are_compared() {
    let bench = Bench::start().await;
    bench.sim.faults.set_clock_offset(Peer::Flashduty, 90_000);
    let found = run(&bench).await;
    assert_eq!(state(&found, Check::FlashdutyClock), (CheckState::Failed, Reason::ClockDiffers));
    assert_eq!(state(&found, Check::DingtalkClock), (CheckState::Proved, Reason::ClockAgrees));

    bench.advance(Duration::from_secs(60));
    set(&bench, "token", "anotherToken1").await;
    let found = run(&bench).await;
    assert_eq!(state(&found, Check::EventSubscription), (CheckState::Unproved, Reason::SeenBeforeChange));
}

#[tokio::test]
async fn what_turned_red_at_night_is_told_to_administrators_once_and_costs_no_check() {
    let bench = Bench::start().await;
    follow_the_guide(&bench).await;
    run(&bench).await;
    work::sweep::sweep(&bench.app.state).await.unwrap();
    bench.sim.dingtalk.set_permission("qyapi_get_member", false);
    let place = Place::Person("zhang.wei".to_owned());
    let heard = || {
        let messages = bench.sim.dingtalk.messages(&place);
        messages.iter().filter(|message| format!("{message:?}").contains("读取成员信息")).count()
    };
    assert_eq!(heard(), 0);
    for _ in 0..2 {
        bench.advance(Duration::from_secs(24 * 3600));
        bench.run_due().await;
    }
    assert_eq!(heard(), 1, "told once");
    let (_, last) = check::last(&bench.app.state, KEY).await.unwrap();
    let last = last.unwrap();
    assert_eq!((state(&last, Check::PermissionMember).0, last.cost()), (CheckState::Failed, 0));
}

#[tokio::test]
async fn programs_read_and_run_checks_and_observers_see_no_address_that_lets_them_in() {
    let bench = Bench::start().await;
    let (administrator, observer) = (bench.token("administrator").await, bench.token("observer").await);
    let browser = bench.browser();
    let url = format!("{}/api/integrations/{KEY}/checks", bench.base);
    let call = |method: &str, token: &str| {
        browser.http().request(method.parse().unwrap(), &url).bearer_auth(token).header("accept-language", "en")
    };
    let empty = browser.send(call("GET", &observer)).await.json();
    assert_eq!((&empty["items"], &empty["proved"], &empty["ran_ms"]), (&json!([]), &json!(false), &Value::Null));
    assert_eq!(browser.send(call("POST", &observer)).await.status, 403);

    let ran = browser.send(call("POST", &administrator)).await.json();
    let one = |answer: &Value, name: &str| {
        answer["items"].as_array().unwrap().iter().find(|item| item["check"] == name).unwrap().clone()
    };
    let webhook = one(&ran, "webhook");
    let addresses = bench.addresses().await;
    assert_eq!(webhook["values"][0]["value"], addresses.flashduty_webhook);
    assert_eq!((&webhook["state"], &webhook["curer"]), (&json!("unproved"), &json!("flashduty-administrator")));
    assert_eq!((&ran["mode"], &ran["cost"]), (&json!("cards"), &json!(3)));
    for item in ran["items"].as_array().unwrap() {
        for field in ["title", "place", "cause"] {
            assert!(item[field].as_str().is_some_and(|text| !text.is_empty()), "{field} of {item}");
        }
        let fine = item["state"] == "proved" || item["state"] == "not-needed";
        assert_eq!(item["cure"] == "", fine, "{item}");
    }

    let seen = browser.send(call("GET", &observer)).await;
    assert_eq!(one(&seen.json(), "webhook")["values"], json!([]));
    assert_eq!(one(&seen.json(), "event-subscription")["values"][0]["value"], addresses.event_subscription);
    assert!(!seen.body.contains(&addresses.flashduty_webhook_header.value));
}

#[tokio::test]
async fn the_console_shows_the_steps_in_order_with_what_to_paste_and_looks_again_on_request() {
    let bench = Bench::start().await;
    let link = flow::access::console_link(&bench.app.state, "story").await.unwrap();
    let code = link.split_once("code=").unwrap().1.to_owned();
    let stranger = bench.browser();
    let look = contract::paths::fill(contract::paths::CONSOLE_CHECKS, &[KEY]);
    assert_eq!(stranger.form(&look, &[]).await.status, 303);
    assert!(check::last(&bench.app.state, KEY).await.unwrap().1.is_none(), "a stranger spends nothing");

    let browser = bench.browser();
    assert_eq!(browser.form(contract::paths::CONSOLE_ENTER, &[("code", code.as_str())]).await.status, 303);
    let looked = browser.form(&look, &[]).await;
    assert_eq!(looked.status, 303, "{looked:?}");
    let page = browser.get(&contract::paths::fill(contract::paths::CONSOLE_INTEGRATION, &[KEY])).await.body;
    let place =
        |name: &str| page.find(&format!("data-check=\"{name}\"")).unwrap_or_else(|| panic!("{name} is not shown"));
    let places: Vec<_> = Check::ALL.iter().map(|check| place(check.name())).collect();
    assert!(places.is_sorted(), "in the order of the guide");
    assert!(page.contains(&bench.addresses().await.flashduty_webhook));
    assert!(page.contains("im_cool_app_install"));
}
