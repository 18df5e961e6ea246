//! Secrets are changed while everything goes on: the former one is accepted until the new one is proved by use.

use crate::bench::verbs::GROUP;
use crate::bench::{Bench, KEY};
use crate::settings::{address, console, field};
use server::flow::check::{self, Check, CheckState, Spending};
use server::flow::set_up;
use server::model::integration::Rotating;
use simulator::seed;
use std::time::Duration;

const NEW_AES_KEY: &str = "QzMnBxWtRoOi1UeApG5sF9dJcH6bYrZ2wXmL8qNv3Tk";
const NEW_TOKEN: &str = "anotherToken2026";
const NEW_SECRET: &str = "another-client-secret";

async fn set(bench: &Bench, fields: &[(&str, &str)]) {
    let pairs = fields.iter().map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned()))).collect();
    set_up::set(&bench.app.state, KEY, pairs, "story").await.unwrap();
    bench.run_due().await;
}

/// The fields whose former value is still accepted, as `integration show` says it.
async fn accepted(bench: &Bench) -> Vec<String> {
    let integration = set_up::get(&bench.app.state, KEY).await.unwrap();
    let fields = set_up::fields(&integration);
    serde_json::from_value(fields["former_accepted"].clone()).unwrap()
}

async fn rename(bench: &Bench, title: &str) -> bool {
    let conversation = bench.conversation(GROUP);
    let owner = bench.sim.dingtalk.chat(&conversation).unwrap().owner;
    bench.sim.dingtalk.rename_chat(&conversation, title, &owner).await.unwrap();
    bench.run_due().await;
    let chat = bench.chat(&conversation).await.unwrap();
    // The simulator answers to the name it was set up with.
    bench.sim.dingtalk.rename_chat(&conversation, GROUP, &owner).await.unwrap();
    bench.run_due().await;
    chat.title == title
}

async fn state(bench: &Bench, check: Check) -> CheckState {
    let run = check::run(&bench.app.state, KEY, Spending::Nothing, "story").await.unwrap().1;
    run.of(check).unwrap().state
}

#[tokio::test]
async fn no_event_is_lost_while_the_keys_of_events_are_changed() {
    let bench = Bench::start().await;
    bench.install_cool_app(GROUP).await;
    set(&bench, &[("aes_key", NEW_AES_KEY), ("token", NEW_TOKEN)]).await;
    assert_eq!(accepted(&bench).await, ["aes_key", "token"]);
    assert!(rename(&bench, "Still the old keys").await, "DingTalk has not been told the new keys yet");
    assert_eq!(accepted(&bench).await, ["aes_key", "token"], "the former keys prove nothing of the new ones");
    let browser = console(&bench).await;
    let page = browser.get(&address()).await.body;
    assert!(field(&page, "aes_key").contains("data-former") && field(&page, "token").contains("data-former"));

    bench.sim.dingtalk.set_callback_keys(NEW_AES_KEY, NEW_TOKEN);
    bench.sim.dingtalk.save_callback(&bench.addresses().await.event_subscription).await.unwrap();
    assert!(accepted(&bench).await.is_empty(), "the check with the new keys ends the former ones");
    assert!(rename(&bench, "The new keys").await);
    assert_eq!(bench.audited("former-secret-ended").await.len(), 1);
    assert!(!browser.get(&address()).await.body.contains("data-former"));

    bench.sim.dingtalk.set_callback_keys(seed::AES_KEY, seed::TOKEN);
    let refused = bench.sim.dingtalk.save_callback(&bench.addresses().await.event_subscription).await;
    assert!(refused.is_err(), "what has ended is refused");
}

#[tokio::test]
async fn one_of_the_two_keys_is_changed_and_an_event_proves_it() {
    let bench = Bench::start().await;
    bench.install_cool_app(GROUP).await;
    set(&bench, &[("token", NEW_TOKEN)]).await;
    assert!(rename(&bench, "Old token").await);
    bench.sim.dingtalk.set_callback_keys(seed::AES_KEY, NEW_TOKEN);
    assert_eq!(accepted(&bench).await, ["token"]);
    assert!(rename(&bench, "New token").await);
    assert!(accepted(&bench).await.is_empty());
}

#[tokio::test]
async fn a_mistyped_key_is_corrected_and_the_one_in_use_stays() {
    let bench = Bench::start().await;
    bench.install_cool_app(GROUP).await;
    set(&bench, &[("token", "mistyped")]).await;
    set(&bench, &[("token", NEW_TOKEN)]).await;
    assert_eq!(accepted(&bench).await, ["token"]);
    assert!(rename(&bench, "Old token").await, "the one that DingTalk uses is still accepted");
    set(&bench, &[("token", seed::TOKEN)]).await;
    assert!(accepted(&bench).await.is_empty(), "back to where it was");
    assert!(rename(&bench, "As before").await);
}

#[tokio::test]
async fn a_client_secret_that_is_refused_leaves_the_former_one_at_work() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    assert_eq!(state(&bench, Check::Token).await, CheckState::Proved);
    set(&bench, &[("client_secret", NEW_SECRET)]).await;
    assert_eq!(accepted(&bench).await, ["client_secret"]);
    bench.raise("with the former secret", &[]).await;
    bench.card_in(GROUP);
    assert_eq!(state(&bench, Check::Token).await, CheckState::Failed, "the new one is wrong, and that is said");
    assert_eq!(state(&bench, Check::Rotation).await, CheckState::Unproved);
    bench.advance(Duration::from_secs(25 * 3600));
    assert_eq!(state(&bench, Check::Rotation).await, CheckState::Failed, "it hangs");

    bench.sim.dingtalk.set_client_secret(NEW_SECRET);
    assert_eq!(state(&bench, Check::Token).await, CheckState::Proved);
    assert!(accepted(&bench).await.is_empty());
    assert_eq!(state(&bench, Check::Rotation).await, CheckState::Proved);
}

#[tokio::test]
async fn a_client_secret_that_dingtalk_knows_already_ends_the_former_one_at_once() {
    let bench = Bench::start().await;
    assert_eq!(state(&bench, Check::Token).await, CheckState::Proved);
    bench.sim.dingtalk.set_client_secret(NEW_SECRET);
    set(&bench, &[("client_secret", NEW_SECRET)]).await;
    assert!(accepted(&bench).await.is_empty());
    assert_eq!(bench.audited("former-secret-ended").await.len(), 1);
}

#[tokio::test]
async fn an_administrator_ends_a_former_secret_that_others_know() {
    let bench = Bench::start().await;
    set(&bench, &[("aes_key", NEW_AES_KEY)]).await;
    let browser = console(&bench).await;
    let end = contract::paths::fill(contract::paths::CONSOLE_END_FORMER, &[KEY]);
    assert_eq!(browser.form(&end, &[]).await.status, 303);
    let integration = set_up::get(&bench.app.state, KEY).await.unwrap();
    assert!(integration.secrets.former.of(Rotating::AesKey).is_none());
    assert!(bench.sim.dingtalk.save_callback(&bench.addresses().await.event_subscription).await.is_err());
}

#[tokio::test]
async fn another_app_has_no_former_secrets() {
    let bench = Bench::start().await;
    set(&bench, &[("client_id", "dinganotherapp1"), ("token", NEW_TOKEN), ("aes_key", NEW_AES_KEY)]).await;
    assert!(accepted(&bench).await.is_empty());
}
