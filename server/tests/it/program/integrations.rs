//! Integrations by command, also beside a running server.

use super::child::{Program, until};
use super::stage::{KEY, SOON, Stage, integration};
use serde_json::{Value, json};
use simulator::dingtalk::PushResult;
use simulator::seed;

/// What must never be printed.
const SECRETS: [&str; 4] =
    [seed::CLIENT_SECRET, seed::AES_KEY, seed::TOKEN, simulator::flashduty::seed::SERVICE_APP_KEY];

async fn add(program: &Program, fields: &Value) -> super::child::Ran {
    let ran = program.run_with(&["integration", "add", "--file", "-", "--json"], &fields.to_string()).await;
    assert!(SECRETS.iter().all(|secret| !ran.out.contains(secret) && !ran.err.contains(secret)), "{ran:?}");
    ran
}

fn names(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[tokio::test]
async fn add_prints_the_addresses_and_show_the_fields_beside_them() {
    let program = Program::new().with("DINGDUTY_PUBLIC_URL", "https://duty.example.com");
    let added = add(&program, &integration()).await.json();
    assert_eq!(names(&added), ["key", "urls"]);
    let urls = &added["urls"];
    let below = |name: &str| {
        let url = urls[name].as_str().unwrap_or_else(|| panic!("{name} in {added}"));
        url.strip_prefix("https://duty.example.com").unwrap_or_else(|| panic!("{url}")).to_owned()
    };
    assert_eq!(below("event_subscription"), format!("/dingtalk/{KEY}/events"));
    assert_eq!(below("application_homepage"), format!("/i/{KEY}"));
    assert_eq!(below("pc_homepage"), format!("/i/{KEY}/pc"));
    assert_eq!(below("cool_app_web"), format!("/i/{KEY}/cool-app?corpid=$CORPID$&cid=$ENCCID$"));
    for (name, path) in [
        ("card_callback", format!("/dingtalk/{KEY}/cards/")),
        ("flashduty_webhook", format!("/flashduty/{KEY}/webhook/")),
        ("custom_action", format!("/flashduty/{KEY}/action/")),
    ] {
        let secret = below(name).strip_prefix(&path).map(str::len);
        assert!(secret.is_some_and(|length| length >= 32), "{name}: {}", below(name));
    }
    assert_eq!(names(&urls["flashduty_webhook_header"]), ["name", "value"]);
    assert_eq!(urls.as_object().unwrap().len(), 8);

    let shown = program.run(&["integration", "show", "--key", KEY]).await.json();
    assert_eq!((&shown["key"], &shown["urls"]), (&added["key"], urls));
    for secret in ["client_secret", "aes_key", "token", "flashduty_app_key"] {
        assert_eq!(shown[secret], "set", "{secret}");
    }
    for (field, value) in [
        ("name", json!("Acme")),
        ("corp_id", json!(seed::CORP_ID)),
        ("agent_id", json!(seed::AGENT_ID)),
        ("client_id", json!(seed::CLIENT_ID)),
        ("card_template_id", json!(seed::CARD_TEMPLATE_ID)),
        ("war_room_template_id", Value::Null),
        ("war_room_bot_id", Value::Null),
        ("edition", json!("standard")),
        ("person_channel", json!("bot")),
        ("group_editors", json!("owner")),
        ("storm_cards_per_minute", json!(5)),
    ] {
        assert_eq!(shown[field], value, "{field}");
    }
}

#[tokio::test]
async fn every_mistake_is_listed_and_nothing_is_added() {
    let program = Program::new();
    let mut fields = integration();
    for (name, value) in [("aes_key", json!("short")), ("agent_id", json!("x")), ("corp_id", Value::Null)] {
        fields[name] = value;
    }
    let ran = add(&program, &fields).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    let told: Vec<_> = told["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
    assert_eq!(told, ["corp_id", "agent_id", "aes_key"]);
    for name in ["corp_id: ", "agent_id: ", "aes_key: "] {
        assert!(ran.err.contains(name), "{name}{ran:?}");
    }
    for (input, words) in [("[]", "JSON object"), ("{", "JSON"), (r#"{"corpid":"x"}"#, "corpid"), ("", "JSON")] {
        let ran = program.run_with(&["integration", "add", "--file", "-"], input).await;
        assert!(ran.code == Some(1) && ran.err.contains(words) && ran.out.is_empty(), "{input}: {ran:?}");
    }
    let huge = program.run_with(&["integration", "add", "--file", "-"], &" ".repeat(100_000)).await;
    assert!(huge.code == Some(1) && huge.err.contains("too large"), "{huge:?}");
    assert_eq!(program.run(&["integration", "list", "--json"]).await.json()["items"], json!([]));
}

#[tokio::test]
async fn fields_are_changed_cleared_and_removed_again() {
    let program = Program::new();
    add(&program, &integration()).await.json();
    let set = async |fields: &[&str]| program.run(&[&["integration", "set", "--key", KEY], fields].concat()).await;
    let changed = set(&["name=Acme two", "card_template_id=", "person_channel=both", "storm_cards_per_minute=9"]);
    let changed = changed.await.json();
    assert_eq!((&changed["name"], &changed["person_channel"]), (&json!("Acme two"), &json!("both")));
    assert_eq!((&changed["card_template_id"], &changed["storm_cards_per_minute"]), (&Value::Null, &json!(9)));
    for (fields, words) in [
        (&["name=Acme three", "token="][..], "token"),
        (&["nonsense=1"], "nonsense"),
        (&["key=otherkey"], "key"),
        (&["edition=best"], "edition"),
    ] {
        let ran = set(fields).await;
        assert!(ran.code == Some(1) && ran.err.contains(words), "{fields:?}: {ran:?}");
    }
    let shown = program.run(&["integration", "show", "--key", KEY]).await.json();
    assert_eq!(shown, changed, "a refused change changes nothing");

    let again = add(&program, &integration()).await;
    assert!(again.code == Some(1) && again.err.contains("in use"), "{again:?}");
    program.run(&["integration", "remove", "--key", KEY, "--json"]).await.json();
    assert_eq!(program.run(&["integration", "show", "--key", KEY]).await.code, Some(1));
    add(&program, &integration()).await.json();
}

/// Secrets need not stand on the command line, where every process of the machine can read them.
#[tokio::test]
async fn secrets_are_changed_from_a_file_or_standard_input() {
    let program = Program::new();
    add(&program, &integration()).await.json();
    let change = json!({ "client_secret": "Another-secret_1", "card_template_id": null }).to_string();
    let file = program.file("change.json", &change);
    let by_file = program.run(&["integration", "set", "--key", KEY, "--file", &file]).await;
    assert!(!by_file.out.contains("Another-secret_1"));
    assert_eq!(by_file.json()["card_template_id"], Value::Null);
    let arguments = ["integration", "set", "--key", KEY, "--file", "-", "name=By both"];
    let by_input = program.run_with(&arguments, r#"{"token":"otherToken"}"#).await.json();
    assert_eq!((&by_input["name"], &by_input["token"]), (&json!("By both"), &json!("set")));
    let wrong = program.run_with(&arguments, r#"{"token":["x"],"tokn":"y"}"#).await;
    assert!(wrong.code == Some(1) && wrong.err.contains("token: ") && wrong.err.contains("tokn: "), "{wrong:?}");
}

#[tokio::test]
async fn a_second_integration_beside_a_running_server_is_known_soon_and_apart() {
    let stage = Stage::start().await;
    stage.join(super::stage::GROUP).await;
    let mut second = integration();
    let other = "dingzzzzyyyyxxxxwwwwvvvvuuuu";
    (second["key"], second["name"], second["corp_id"]) = (json!("secondone"), json!("Second"), json!(other));
    let urls = add(&stage.program, &second).await.json()["urls"].clone();
    let browser = stage.browser();
    let home = urls["application_homepage"].as_str().unwrap();
    until("the server knows the second integration", std::time::Duration::from_secs(2), async || {
        (browser.get(home).await.status == 200).then_some(())
    })
    .await;
    let api = |path: &str| {
        let url = format!("{}/api/integrations/secondone/{path}", stage.program.base);
        browser.send(browser.http().get(url).bearer_auth(&stage.token))
    };
    for list in ["chats", "subscriptions", "links", "deliveries"] {
        assert_eq!(api(list).await.json()["items"], json!([]), "{list} of the first are none of the second");
    }
    // Somebody signed in with the first is nobody to the second, and the first one's secrets open nothing there.
    let person = stage.linked("li.na").await;
    assert!(person.get(home).await.body.contains("name=\"code\""), "asked to arrive");
    let webhook = stage.urls["flashduty_webhook"].as_str().unwrap().replace(KEY, "secondone");
    let crossed = browser.json(&webhook, json!({ "event_id": "e", "event_time": 1, "event_type": "i_new" })).await;
    assert!((400..500).contains(&crossed.status), "{crossed:?}");
    assert_eq!(
        stage.sim.dingtalk.rename_chat(super::stage::GROUP, "renamed", "zhang.wei").await,
        Ok(PushResult::Delivered)
    );
    until("the first goes on", SOON, async || stage.items("chats?query=renamed").await.pop()).await;

    stage.program.run(&["integration", "remove", "--key", "secondone"]).await;
    until("the second is gone", std::time::Duration::from_secs(2), async || {
        (browser.get(home).await.status == 404).then_some(())
    })
    .await;
}
