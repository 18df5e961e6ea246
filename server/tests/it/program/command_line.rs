//! Commands, their help and their exit codes: 0 done, 1 failed, 2 asked wrongly.

use super::child::{Program, until};
use super::markup::{elements, form};
use super::stage::{SOON, Stage};
use crate::bench::Browser;
use std::time::Duration;

#[tokio::test]
async fn version_and_help_need_no_configuration() {
    let program = Program::new().with("DINGDUTY_SECRET_KEY", "");
    let version = program.run(&["version"]).await;
    assert_eq!((version.code, version.out), (Some(0), format!("dingduty {}\n", env!("CARGO_PKG_VERSION"))));
    for (command, words) in [
        ("", "Usage: dingduty [OPTIONS] <COMMAND>"),
        ("serve", "Usage: dingduty serve"),
        ("integration", "add"),
        ("integration add", "--file <FILE>"),
        ("integration list", "--json"),
        ("integration show", "--key <KEY>"),
        ("integration set", "FIELD=VALUE"),
        ("integration remove", "--key <KEY>"),
        ("console-link", "Usage: dingduty console-link"),
        ("doctor", "--integration <KEY>"),
        ("backup", "--to <FILE>"),
        ("restore", "--from <FILE>"),
        ("reseal", "Usage: dingduty reseal"),
        ("audit", "verify"),
        ("audit verify", "--holds <HASH>"),
        ("audit export", "--to <FILE>"),
        ("token", "create"),
        ("token create", "--role <ROLE>"),
        ("version", "Usage: dingduty version"),
    ] {
        let ran = program.run(&[&command.split_whitespace().collect::<Vec<_>>()[..], &["--help"]].concat()).await;
        assert_eq!(ran.code, Some(0), "{command}: {ran:?}");
        assert!(ran.out.contains(words) && ran.err.is_empty(), "{command}: {ran:?}");
    }
}

#[tokio::test]
async fn what_is_asked_wrongly_ends_with_2_and_what_fails_with_1() {
    let program = Program::new();
    for (line, code, words) in [
        ("", 2, "Usage"),
        ("server", 2, "unrecognized subcommand 'server'"),
        ("serve --port 1", 2, "unexpected argument '--port'"),
        ("integration add", 2, "--file <FILE>"),
        ("integration set --key acmeduty", 2, "FIELD=VALUE"),
        ("integration set --key acmeduty name", 2, "write FIELD=VALUE"),
        ("token create --name ci --role root", 2, "administrator, observer"),
        ("integration show --key acmeduty", 1, "no such integration"),
        ("integration set --key acmeduty name=x", 1, "no such integration"),
        ("integration remove --key acmeduty", 1, "no such integration"),
        ("doctor", 1, "no integration yet"),
        ("doctor --integration acmeduty", 1, "no such integration"),
        ("audit verify --integration acmeduty", 1, "no such log"),
        ("integration add --file absent.json", 1, "absent.json cannot be read"),
    ] {
        let ran = program.run(&line.split_whitespace().collect::<Vec<_>>()).await;
        assert_eq!(ran.code, Some(code), "{line}: {ran:?}");
        assert!(ran.err.contains(words) && ran.out.is_empty(), "{line}: {ran:?}");
        assert!(!ran.err.contains("panicked") && !ran.err.contains("src/"), "{line}: {ran:?}");
    }
}

#[tokio::test]
async fn a_taken_address_is_told_with_the_cure() {
    let program = Program::new();
    let _taken = std::net::TcpListener::bind(program.base.trim_start_matches("http://")).unwrap();
    let ran = program.run(&["serve"]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("cannot listen on 127.0.0.1") && ran.err.contains("DINGDUTY_LISTEN"), "{ran:?}");
}

#[tokio::test]
async fn the_first_start_prints_a_link_and_no_later_one_does() {
    let program = Program::new();
    let mut serving = program.serve().await;
    let printed = program.printed();
    let link = printed.split_whitespace().find(|word| word.contains("/console/")).expect("a link");
    enter(&program, link).await;
    serving.kill().await;
    let _serving = program.serve().await;
    let printed = program.printed();
    assert!(printed.contains(&program.base) && !printed.contains("code="), "{printed}");
}

#[tokio::test]
async fn a_console_link_signs_in_once() {
    let stage = Stage::start().await;
    let link = stage.program.run(&["console-link"]).await;
    assert_eq!(link.code, Some(0), "{link:?}");
    let link = link.out.trim();
    assert!(link.starts_with(&stage.program.base) && link.lines().count() == 1, "{link}");
    // Whatever looks at links before people do must not use it up.
    stage.browser().get(link).await;
    let browser = enter(&stage.program, link).await;
    let front = browser.get("/console").await;
    let (_, way) = front.body.split_once("href=\"/console/").expect("a way to the integration");
    let page = browser.get(&format!("/console/{}", way.split('"').next().unwrap_or_default())).await;
    for url in ["event_subscription", "application_homepage", "card_callback", "flashduty_webhook"] {
        let url = stage.urls[url].as_str().unwrap();
        assert!(elements(&page).iter().any(|element| element.get("value") == Some(url)), "{url}");
    }
    assert!(!page.body.contains(simulator::seed::CLIENT_SECRET));
    let stranger = stage.browser();
    let asked = stranger.get(link).await;
    let refused = form(&asked, ("name", "code")).submit(&stranger, &stage.program.base).await;
    assert!((400..500).contains(&refused.status), "{refused:?}");
    assert_eq!(stranger.get("/console").await.status, 401);
}

/// Opens the link and presses its button. Returns the browser, which is in the console.
async fn enter(program: &Program, link: &str) -> Browser {
    let browser = Browser::at(&program.base);
    let outside = browser.get("/console").await;
    assert_eq!(outside.status, 401);
    assert!(outside.body.contains("data-problem=\"not-signed-in\""), "{}", outside.body);
    let page = browser.get(link).await;
    let console = form(&page, ("name", "code")).submit(&browser, &program.base).await;
    assert_eq!(console.status, 200, "{console:?}");
    browser
}

#[tokio::test]
async fn a_server_tells_that_it_lives_and_can_work() {
    let stage = Stage::start().await;
    let browser = stage.browser();
    assert_eq!(browser.get("/live").await.status, 200);
    assert_eq!(browser.get("/ready").await.status, 200);
    stage.raise("counted", &["li.na"]).await;
    until("metrics count the webhook", SOON, async || {
        let metrics = browser.get("/metrics").await.body;
        metrics.contains("dingduty_webhooks_total").then_some(())
    })
    .await;
    let log = stage.program.log();
    for secret in [simulator::seed::CLIENT_SECRET, simulator::seed::AES_KEY, &stage.token, "li.na", "李娜"] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
    let ended = stage.serving.terminate(Duration::from_secs(10)).await;
    assert_eq!(ended.and_then(|status| status.code()), Some(0));
}

#[tokio::test]
async fn a_changed_audit_log_ends_with_1_and_says_which_line() {
    use sqlx::Connection;
    sqlx::any::install_default_drivers();
    let program = Program::new();
    for name in ["one", "two"] {
        assert_eq!(program.run(&["token", "create", "--name", name, "--role", "observer"]).await.code, Some(0));
    }
    let holds = program.run(&["audit", "verify"]).await;
    assert!(holds.code == Some(0) && holds.out.contains("holds\t2 lines, 1 to 2"), "{holds:?}");
    let exported = program.run(&["audit", "export"]).await;
    assert_eq!(exported.out.lines().filter(|line| line.contains("token-created")).count(), 2, "{exported:?}");

    let file = format!("sqlite:{}", program.folder.join("program.db").display());
    let mut connection = sqlx::AnyConnection::connect(&file).await.unwrap();
    sqlx::query("UPDATE audit SET subject = 'three' WHERE seq = 1").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let broken = program.run(&["audit", "verify", "--json"]).await;
    assert_eq!(broken.code, Some(1), "{broken:?}");
    let told: serde_json::Value = serde_json::from_str(&broken.out).unwrap();
    assert_eq!(told["logs"][0]["faults"], serde_json::json!([{"fault": "changed", "seq": 1}]));
}

#[tokio::test]
async fn the_doctor_ends_with_1_until_everything_required_is_proved() {
    let stage = Stage::start().await;
    let doctor = async || stage.program.run(&["doctor", "--json"]).await;
    let first = doctor().await;
    assert_eq!(first.code, Some(1), "{first:?}");
    let told: serde_json::Value = serde_json::from_str(&first.out).unwrap();
    let items = told["integrations"][0]["items"].as_array().unwrap();
    assert!(items.len() >= 20 && told["proved"] == false, "{told}");
    let text = stage.program.run(&["doctor", "--free"]).await;
    assert!(text.code == Some(1) && text.out.contains("0 counted calls") && text.out.contains("paste"), "{text:?}");

    stage.join(super::stage::GROUP).await;
    stage.linked("zhang.wei").await;
    stage.raise("a test", &["zhang.wei"]).await;
    until("the doctor is content", SOON, async || (doctor().await.code == Some(0)).then_some(())).await;
}
