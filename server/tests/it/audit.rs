//! Who changed what can be proved: with address, before and after, in one chain, and taken elsewhere as lines of JSON.

use crate::bench::{Bench, KEY};
use serde_json::Value;
use server::flow::audit;
use server::model::hash::hex_sha256;

/// The hash of an exported line, made from nothing but the line.
fn digest(line: &Value) -> String {
    let text = |name: &str| match &line[name] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let names = ["previous", "seq", "id", "integration", "actor", "act", "subject", "detail", "address", "at_ms"];
    let texts: Vec<_> = names.into_iter().map(text).collect();
    hex_sha256(Value::from(texts).to_string())
}

#[tokio::test]
async fn the_log_is_exported_with_everything_its_hashes_are_made_of() {
    let bench = Bench::start().await;
    bench.link("li.na").await;
    let pairs = vec![("client_secret".to_owned(), Some("another-secret".to_owned()))];
    server::flow::set_up::set(&bench.app.state, KEY, pairs, "story").await.unwrap();
    let token = bench.token("observer").await;
    let url = format!("{}/api/integrations/{KEY}/audit", bench.base);
    let browser = bench.browser();
    let get = |path: &str, accept: &'static str| {
        browser.http().get(format!("{url}{path}")).bearer_auth(&token).header("accept", accept).send()
    };
    let answer = get("?format=jsonl", "*/*").await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/x-ndjson");
    let text = answer.text().await.unwrap();
    let negotiated = get("", "application/x-ndjson").await.unwrap().text().await.unwrap();
    assert_eq!(text, negotiated);
    assert_eq!(get("?format=xml", "*/*").await.unwrap().status(), 400);
    assert!(!text.contains("another-secret") && !text.contains(simulator::seed::CLIENT_SECRET));

    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut previous = String::new();
    for (place, line) in lines.iter().enumerate() {
        assert_eq!((&line["seq"], &line["previous"]), (&(place + 1).into(), &previous.clone().into()));
        assert_eq!(line["hash"], digest(line), "{line}");
        previous = line["hash"].as_str().unwrap().to_owned();
    }
    let linked = lines.iter().find(|line| line["act"] == "linked").unwrap();
    assert_eq!((&linked["actor"], &linked["address"]), (&"li.na".into(), &"127.0.0.1".into()));
    let changed = lines.iter().find(|line| line["act"] == "integration-changed").unwrap();
    assert_eq!(changed["address"], "", "not by a request");
    assert_eq!(changed["detail"]["client_secret"]["after"], "set");

    let verdicts = audit::verify(&bench.app.state, Some(KEY), Some(&previous)).await.unwrap();
    assert!(verdicts[0].holds() && verdicts[0].has_noted == Some(true), "{verdicts:?}");
    let foreign = audit::verify(&bench.app.state, Some(KEY), Some("0")).await.unwrap();
    assert_eq!(foreign[0].has_noted, Some(false));
}
