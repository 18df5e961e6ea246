//! Too many requests: refused without effect, so whoever waits asks again, for a while and not in crowds.

use crate::stand::{KEY, Seen, Stand, json};
use flashduty::{Client, Credential, ErrorClass, Platform};
use secrecy::SecretString;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use world::World;

const BUDGET: Duration = Duration::from_secs(3);

/// Refuses the first `refusals` requests, each with `retry-after` if one is given.
async fn refusing(refusals: usize, retry_after: Option<&'static str>) -> Stand {
    let count = Arc::new(AtomicUsize::new(0));
    Stand::start(move |_: &Seen| {
        if count.fetch_add(1, Ordering::SeqCst) >= refusals {
            return json(200, &json!({ "data": { "incident_id": "a1" } }));
        }
        let mut answer = json(429, &json!({ "error": { "code": "RequestTooFrequently", "message": "slow down" } }));
        if let Some(value) = retry_after {
            answer.headers_mut().insert("retry-after", value.parse().unwrap());
        }
        answer
    })
    .await
}

/// In a world where time passes.
fn client(stand: &Stand) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Platform::new(stand.url.clone(), World::system()).with(Credential::AppKey(SecretString::from(KEY)))
}

#[tokio::test]
async fn what_was_refused_is_asked_again_and_an_act_is_done_once() {
    let world = World::system();
    let begun = world.monotonic();
    let stand = refusing(1, None).await;
    assert_eq!(client(&stand).patient(BUDGET).incident("a1").await.unwrap().incident_id, "a1");
    assert!(world.monotonic() - begun >= Duration::from_secs(1), "Flashduty's second has passed");
    assert_eq!(stand.seen().len(), 2);

    let stand = refusing(2, Some("0")).await;
    client(&stand).patient(BUDGET).wake("a1").await.unwrap();
    assert_eq!(stand.seen().len(), 3, "two refusals, one effect");
}

#[tokio::test]
async fn nobody_waits_for_ever_or_without_being_asked_to() {
    for (retry_after, patient, requests) in
        [(Some("0"), true, 3), (Some("4"), true, 1), (Some("60"), true, 1), (Some("0"), false, 1)]
    {
        let stand = refusing(usize::MAX, retry_after).await;
        let client = if patient { client(&stand).patient(BUDGET) } else { client(&stand) };
        let error = client.incident("a1").await.unwrap_err();
        assert!(matches!(error.class, ErrorClass::RateLimited { .. }), "{error:?}");
        assert_eq!(stand.seen().len(), requests, "{retry_after:?} {patient}");
    }
    // The time is that of the whole client, not of each call.
    let stand = refusing(usize::MAX, Some("2")).await;
    let client = client(&stand).patient(BUDGET);
    for requests in [2, 3] {
        client.incident("a1").await.unwrap_err();
        assert_eq!(stand.seen().len(), requests);
    }
}

#[tokio::test]
async fn only_a_clear_refusal_is_repeated() {
    for (status, code) in [(500, "InternalError"), (503, "ServiceUnavailable"), (423, "RequestLocked")] {
        let stand = Stand::json(status, json!({ "error": { "code": code, "message": "" } })).await;
        client(&stand).patient(BUDGET).incident("a1").await.unwrap_err();
        assert_eq!(stand.seen().len(), 1, "{code}");
    }
}

#[tokio::test]
async fn where_time_stands_still_nobody_waits() {
    let stand = refusing(1, Some("1")).await;
    stand.client().patient(BUDGET).incident("a1").await.unwrap_err();
    assert_eq!(stand.seen().len(), 1);
}

#[tokio::test]
async fn of_a_crowd_only_so_many_wait() {
    let stand = refusing(usize::MAX, Some("1")).await;
    let (client, world) = (client(&stand).patient(BUDGET), World::system());
    let calls = (0..300).map(|_| async {
        let begun = world.monotonic();
        client.incident("a1").await.unwrap_err();
        world.monotonic() - begun
    });
    let took = futures::future::join_all(calls).await;
    let waited = took.iter().filter(|took| **took >= Duration::from_secs(1)).count();
    assert_eq!((waited, took.len() - waited), (256, 44));
}
