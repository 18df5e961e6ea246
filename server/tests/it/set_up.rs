//! Wrong, half, swapped, expired and foreign credentials: each is said in its own sentence, with what to do.

use crate::bench::verbs::GROUP;
use crate::bench::{Bench, KEY};
use crate::settings::console;
use contract::Language;
use contract::words::check as words;
use server::flow::check::{self, Check, CheckState, Spending};
use server::flow::set_up::{self, SetUpError};
use server::model::check::Reason;
use simulator::seed;
use std::collections::BTreeSet;
use std::time::Duration;

async fn set(bench: &Bench, fields: &[(&str, &str)]) -> Result<(), Vec<(String, String)>> {
    let pairs = fields.iter().map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned()))).collect();
    let done = set_up::set(&bench.app.state, KEY, pairs, "story").await;
    bench.run_due().await;
    match done {
        Ok(_) => Ok(()),
        Err(SetUpError::Fields(errors)) => {
            Err(errors.iter().map(|error| (error.field.clone(), error.message(Language::En))).collect())
        }
        Err(other) => panic!("{other}"),
    }
}

/// What a check says: state, reason, and the sentence people read.
async fn said(bench: &Bench, check: Check, spending: Spending) -> (CheckState, Reason, String) {
    let run = check::run(&bench.app.state, KEY, spending, "story").await.unwrap().1;
    let found = run.of(check).unwrap();
    let about = words::of(check.name(), Language::En);
    let cause = words::cause(found.reason.name(), &found.detail, Language::En);
    (found.state, found.reason, format!("{}: {cause}. {} ({})", about.title, about.cure, about.place))
}

#[tokio::test]
async fn each_wrong_credential_has_its_own_sentence() {
    let bench = Bench::start().await;
    let mut sentences = BTreeSet::new();
    type Changes<'a> = &'a [(&'a str, &'a str)];
    let cases: [(Changes<'_>, Check, Reason); 5] = [
        (&[("client_secret", "wrong-secret")], Check::Token, Reason::CredentialsRefused),
        (&[("corp_id", "dingforeigncompany00000")], Check::CorpId, Reason::DoesNotFit),
        (&[("agent_id", "99")], Check::AgentId, Reason::DoesNotFit),
        (&[("flashduty_app_key", "foreign-key")], Check::FlashdutyKey, Reason::CredentialsRefused),
        (
            &[("aes_key", "QzMnBxWtRoOi1UeApG5sF9dJcH6bYrZ2wXmL8qNv3Tk")],
            Check::EventSubscription,
            Reason::SeenBeforeChange,
        ),
    ];
    for (fields, check, reason) in cases {
        let before = set_up::get(&bench.app.state, KEY).await.unwrap();
        let former = set_up::form_of(&before);
        bench.advance(Duration::from_secs(60));
        set(&bench, fields).await.unwrap();
        let (state, found, sentence) = said(&bench, check, Spending::Calls).await;
        assert_eq!(found, reason, "{fields:?}: {sentence}");
        assert_ne!(state, CheckState::Proved, "{sentence}");
        assert!(sentences.insert(sentence.clone()), "said twice: {sentence}");
        let back: Vec<(&str, &str)> = fields.iter().map(|(name, _)| (*name, former.value(name))).collect();
        set(&bench, &back).await.unwrap();
    }
}

#[tokio::test]
async fn half_and_swapped_credentials_are_caught_by_their_shape_or_by_the_platform() {
    let bench = Bench::start().await;
    let half = set(&bench, &[("aes_key", &seed::AES_KEY[..42])]).await.unwrap_err();
    assert_eq!(
        half,
        [("aes_key".to_owned(), "must be exactly 43 letters or digits, as DingTalk's console shows it".to_owned())]
    );
    let swapped = set(&bench, &[("aes_key", seed::TOKEN), ("token", seed::AES_KEY)]).await.unwrap_err();
    assert_eq!(swapped.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(), ["aes_key", "token"]);
    let swapped = set(&bench, &[("corp_id", seed::CLIENT_ID), ("agent_id", seed::CORP_ID)]).await.unwrap_err();
    assert!(swapped.iter().any(|(field, _)| field == "agent_id"), "{swapped:?}");
    set(&bench, &[("client_id", seed::CLIENT_SECRET), ("client_secret", seed::CLIENT_ID)]).await.unwrap();
    let (state, reason, _) = said(&bench, Check::Token, Spending::Nothing).await;
    assert_eq!((state, reason), (CheckState::Failed, Reason::CredentialsRefused));
    set(&bench, &[("client_id", seed::CLIENT_ID), ("client_secret", &seed::CLIENT_SECRET[..20])]).await.unwrap();
    assert_eq!(said(&bench, Check::Token, Spending::Nothing).await.1, Reason::CredentialsRefused, "half a secret");
}

#[tokio::test]
async fn what_has_expired_heals_by_itself_or_is_named() {
    let bench = Bench::start().await;
    assert_eq!(said(&bench, Check::Token, Spending::Nothing).await.0, CheckState::Proved);
    bench.sim.dingtalk.expire_tokens();
    assert_eq!(
        said(&bench, Check::PermissionMember, Spending::Nothing).await.0,
        CheckState::Proved,
        "a new token is had"
    );
    let link = server::flow::access::console_link(&bench.app.state, "story").await.unwrap();
    bench.advance(Duration::from_secs(601));
    let code = link.split_once("code=").unwrap().1;
    let late = bench.browser().form(contract::paths::CONSOLE_ENTER, &[("code", code)]).await;
    assert_eq!((late.status, late.problem().as_str()), (410, "console-link-expired"));
}

#[tokio::test]
async fn a_template_that_is_not_published_and_a_bot_that_is_not_in_the_group_are_told_apart() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    bench.sim.dingtalk.set_template(seed::CARD_TEMPLATE_ID, false);
    bench.raise("with a draft", &[]).await;
    let (state, _, template) = said(&bench, Check::CardTemplate, Spending::Nothing).await;
    assert_eq!(state, CheckState::Failed, "{template}");
    let (_, _, bot) = said(&bench, Check::Bot, Spending::Nothing).await;
    assert_ne!(template, bot);
    assert!(template.to_lowercase().contains("publish"), "{template}");
}

#[tokio::test]
async fn whoever_watches_sees_each_step_turn_green_and_the_platforms_are_asked_seldom() {
    let bench = Bench::start().await;
    let browser = console(&bench).await;
    let path = contract::paths::fill(contract::paths::CONSOLE_CHECKS, &[KEY]);
    assert_eq!(bench.browser().get(&path).await.status, 303, "a stranger is told nothing");
    let first = browser.get(&path).await.json();
    assert_eq!(
        (&first["states"]["event-subscription"], &first["states"]["cool-app"]),
        (&"proved".into(), &"unproved".into())
    );
    let asked = bench.requests("/v1.0/oauth2/accessToken");
    let counted = bench.sim.dingtalk.meters().unwrap().calls;
    bench.install_cool_app(GROUP).await;
    for _ in 0..5 {
        bench.advance(Duration::from_millis(3_100));
        browser.get(&path).await;
    }
    assert_eq!(browser.get(&path).await.json()["states"]["cool-app"], "proved");
    assert_eq!(bench.requests("/v1.0/oauth2/accessToken"), asked, "asked once in twenty seconds at most");
    bench.advance(Duration::from_secs(21));
    browser.get(&path).await;
    assert_eq!(bench.requests("/v1.0/oauth2/accessToken"), asked + 1);
    // Reading the group's name after the install is the only counted call.
    assert!(bench.sim.dingtalk.meters().unwrap().calls <= counted + 1);
}

#[tokio::test]
async fn health_tells_what_came_and_what_waits() {
    let bench = Bench::start().await;
    let chat = bench.install_cool_app(GROUP).await;
    bench.subscribe(&chat).await;
    bench.raise("in good health", &[]).await;
    let browser = console(&bench).await;
    bench.reconcile().await;
    let path = format!("/console/{KEY}/health");
    assert_eq!(bench.browser().get(&path).await.status, 401);
    let page = browser.get(&path).await;
    assert_eq!(page.status, 200);
    let line = |name: &str| {
        let start = page.body.find(&format!("data-health=\"{name}\"")).unwrap_or_else(|| panic!("no {name}"));
        page.body[start..].split("</div>").next().unwrap().to_owned()
    };
    for name in ["event", "webhook", "sent"] {
        assert!(line(name).contains("<time"), "{name}: {}", line(name));
    }
    assert!(line("database").contains("SQLite") && line("version").contains(env!("CARGO_PKG_VERSION")));
    assert!(!page.body.contains("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE"), "ids of keys, not keys");
    assert!(
        page.body.contains("data-queue=\"reconcile\"") || page.body.contains("data-queue=\"check\""),
        "{}",
        page.body
    );
}
