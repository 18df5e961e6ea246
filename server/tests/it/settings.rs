//! The console's form of an integration: made, changed, refused with what was typed, removed.

use crate::bench::{Bench, Browser, KEY};
use contract::paths;
use serde_json::json;
use server::flow;
use simulator::seed;

/// A browser in the console.
pub async fn console(bench: &Bench) -> Browser {
    let link = flow::access::console_link(&bench.app.state, "story").await.unwrap();
    let code = link.split_once("code=").unwrap().1.to_owned();
    let browser = bench.browser();
    assert_eq!(browser.form(paths::CONSOLE_ENTER, &[("code", code.as_str())]).await.status, 303);
    browser
}

/// The address of the settings of the bench's integration.
pub fn address() -> String {
    paths::fill(paths::CONSOLE_SETTINGS, &[KEY])
}

/// The tag of a field, and what stands in it up to the next field.
pub fn field<'a>(page: &'a str, name: &str) -> &'a str {
    // The menu has fields of its own.
    let page = page.find("class=\"settings\"").map_or(page, |form| &page[form..]);
    let start = page.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name} in {page}"));
    let open = page[..start].rfind('<').unwrap();
    let rest = &page[open..];
    &rest[..rest[1..].find("<label").map_or(rest.len(), |next| next + 1)]
}

/// The value of a text field.
pub fn value(page: &str, name: &str) -> String {
    let field = field(page, name);
    let tag = &field[..field.find('>').unwrap()];
    tag.split_once("value=\"").map(|(_, rest)| rest.split('"').next().unwrap().to_owned()).unwrap_or_default()
}

/// What the form of the bench's integration sends when nothing was typed but this.
async fn sent(browser: &Browser, typed: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let page = browser.get(&address()).await.body;
    let shown = ["revision", "name", "corp_id", "agent_id", "client_id", "card_template_id", "storm_cards_per_minute"];
    let mut fields: Vec<(&'static str, String)> = shown.into_iter().map(|name| (name, value(&page, name))).collect();
    fields.extend([("edition", "standard".to_owned()), ("person_channel", "bot".to_owned())]);
    for (name, text) in typed {
        fields.retain(|(known, _)| known != name);
        fields.push((*name, (*text).to_owned()));
    }
    fields
}

async fn send(browser: &Browser, fields: &[(&'static str, String)]) -> crate::bench::Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
    browser.form(&address(), &fields).await
}

async fn integration(bench: &Bench) -> server::model::integration::Integration {
    flow::set_up::get(&bench.app.state, KEY).await.unwrap()
}

#[tokio::test]
async fn the_form_shows_what_is_set_and_never_a_secret() {
    let bench = Bench::start().await;
    let browser = console(&bench).await;
    let page = browser.get(&address()).await;
    assert_eq!(page.status, 200);
    assert_eq!(value(&page.body, "name"), "Bench");
    assert_eq!(value(&page.body, "corp_id"), seed::CORP_ID);
    for secret in [seed::CLIENT_SECRET, seed::AES_KEY, seed::TOKEN, simulator::flashduty::seed::SERVICE_APP_KEY] {
        assert!(!page.body.contains(secret), "a secret is on the page");
    }
    for name in server::flow::set_up::Form::names().filter(|name| *name != "key") {
        field(&page.body, name);
    }
    assert!(field(&page.body, "aes_key").contains("上次使用"), "{}", field(&page.body, "aes_key"));
}

#[tokio::test]
async fn a_change_takes_effect_at_once_and_stands_in_the_audit_log_without_secrets() {
    let bench = Bench::start().await;
    let browser = console(&bench).await;
    let form = sent(&browser, &[("name", "Pay & play"), ("flashduty_app_key", "key-of-somebody-else")]).await;
    let saved = send(&browser, &form).await;
    assert_eq!((saved.status, saved.parameter("saved")), (303, Some("yes".to_owned())), "{saved:?}");
    let page = browser.get(&saved.location.unwrap()).await.body;
    assert_eq!(value(&page, "name"), "Pay &amp; play");
    assert!(!page.contains("key-of-somebody-else"));
    assert_eq!(integration(&bench).await.settings.storm_cards_per_minute, 10_000, "what was not touched stays");
    let told = bench.audited("integration-changed").await;
    let last = told.last().unwrap();
    assert_eq!(last["name"], json!({"before": "Bench", "after": "Pay & play"}));
    assert_eq!(last["flashduty_app_key"], json!({"before": "set", "after": "set"}));
    bench.run_due().await;
}

#[tokio::test]
async fn every_mistake_stands_beside_its_field_with_what_was_typed() {
    let bench = Bench::start().await;
    let browser = console(&bench).await;
    let mistakes = [("corp_id", "wx123"), ("aes_key", "too short"), ("quota_qps", "0"), ("name", "<b>Neu</b>")];
    let refused = send(&browser, &sent(&browser, &mistakes).await).await;
    assert_eq!(refused.status, 422);
    for (name, typed) in &mistakes[..3] {
        assert_eq!(value(&refused.body, name), *typed);
        assert!(field(&refused.body, name).contains("data-mistake"), "{name}: {}", field(&refused.body, name));
    }
    assert_eq!(value(&refused.body, "name"), "&lt;b&gt;Neu&lt;/b&gt;");
    assert!(!field(&refused.body, "agent_id").contains("data-mistake"));
    assert!(refused.body.contains("应为恰好 43 个字母或数字"));
    let english = browser.http().post(format!("{}{}", bench.base, address()));
    let english = english.header("sec-fetch-site", "same-origin").header("accept-language", "en").form(&mistakes);
    assert!(browser.send(english).await.body.contains("must be exactly 43 letters or digits"));
    assert_eq!(integration(&bench).await.settings.name, "Bench", "nothing was saved");
}

#[tokio::test]
async fn the_later_of_two_administrators_is_told_and_loses_nothing() {
    let bench = Bench::start().await;
    let (one, other) = (console(&bench).await, console(&bench).await);
    let (first, second) = (sent(&one, &[("name", "First")]).await, sent(&other, &[("agent_id", "777")]).await);
    // What the server itself writes meanwhile overtakes nobody.
    bench.reconcile().await;
    assert_eq!(send(&one, &first).await.status, 303);
    let told = send(&other, &second).await;
    assert_eq!(told.status, 422);
    assert!(told.body.contains("其他管理员刚刚保存过"), "{}", told.body);
    assert_eq!(value(&told.body, "agent_id"), "777");
    assert!(field(&told.body, "name").contains("First"), "what the other has saved stands beside the field");
    assert_eq!(integration(&bench).await.settings.name, "First");
    let again: Vec<_> = second
        .into_iter()
        .map(|(name, text)| (name, if name == "revision" { value(&told.body, "revision") } else { text }))
        .collect();
    assert_eq!(send(&other, &again).await.status, 303);
    let integration = integration(&bench).await;
    assert_eq!((integration.settings.name.as_str(), integration.settings.agent_id.as_str()), ("Bench", "777"));
    bench.run_due().await;
}

#[tokio::test]
async fn a_new_integration_begins_with_the_form() {
    let bench = Bench::start().await;
    let browser = console(&bench).await;
    assert!(browser.get(paths::CONSOLE).await.body.contains(&format!("href=\"{}\"", paths::CONSOLE_NEW)));
    assert_eq!(browser.get(paths::CONSOLE_NEW).await.status, 200);
    let mut form = vec![
        ("name", "Second"),
        ("corp_id", "ding5e8c0d41f7a9b362"),
        ("agent_id", "3105512877"),
        ("client_id", "dingq7m2xk4rtv9w3bze"),
        ("client_secret", "Zr8sT2-_o"),
        ("aes_key", "kT3vNq8LmXw2ZrYb6HcJd9Fs5GpAeU1iOoRtWxBnMzQ"),
        ("token", "dutyToken"),
        ("flashduty_app_key", "0123abcd"),
        ("key", KEY),
    ];
    let taken = browser.form(paths::CONSOLE_NEW, &form).await;
    assert_eq!(taken.status, 422);
    assert!(field(&taken.body, "key").contains("已被使用"));
    form.last_mut().unwrap().1 = "secondone";
    let made = browser.form(paths::CONSOLE_NEW, &form).await;
    assert_eq!((made.status, made.location.as_deref()), (303, Some("/console/secondone")), "{}", made.body);
    let page = browser.get("/console/secondone").await.body;
    assert!(page.contains("/dingtalk/secondone/events"));
    let removal = paths::fill(paths::CONSOLE_REMOVE, &["secondone"]);
    let refused = browser.form(&removal, &[("name", "Frist")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("与集成名称不一致"));
    assert_eq!(browser.form(&removal, &[("name", "Second")]).await.location.as_deref(), Some("/console"));
    assert_eq!(browser.get("/console/secondone").await.status, 404);
}

#[tokio::test]
async fn strangers_and_other_sites_change_nothing() {
    let bench = Bench::start().await;
    let browser = console(&bench).await;
    let form = sent(&browser, &[("name", "Taken over")]).await;
    let stranger = bench.browser();
    let remove = paths::fill(paths::CONSOLE_REMOVE, &[KEY]);
    for path in [address(), paths::CONSOLE_NEW.to_owned(), remove, paths::fill(paths::CONSOLE_END_FORMER, &[KEY])] {
        assert_eq!(stranger.form(&path, &[("name", "Bench")]).await.location.as_deref(), Some("/console"), "{path}");
        let elsewhere = browser.http().post(format!("{}{path}", bench.base)).header("sec-fetch-site", "cross-site");
        let refused = browser.send(elsewhere.form(&[("name", "Bench")])).await;
        assert_eq!((refused.status, refused.problem().as_str()), (403, "cross-site"), "{path}");
    }
    assert_eq!(stranger.get(&address()).await.status, 401);
    assert_eq!(integration(&bench).await.settings.name, "Bench");
    assert_eq!(form.len(), 9);
    for nonsense in ["", "revision=x", "name=%FF%FE", &"name=a&".repeat(60)] {
        let request = browser.http().post(format!("{}{}", bench.base, address()));
        let request = request.header("sec-fetch-site", "same-origin");
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(nonsense.to_owned());
        let answer = browser.send(request).await;
        assert!((400..500).contains(&answer.status), "{nonsense}: {}", answer.status);
    }
    assert_eq!(integration(&bench).await.settings.name, "Bench");
}
