//! Sign-in from the metadata to the end of the tokens.

use crate::stand::{Seen, Stand, json, platform};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use flashduty::{ErrorClass, Metadata, OAuth};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::collections::HashMap;
use url::Url;
use world::Millis;

const REDIRECT: &str = "https://duty.corp.example/back";

/// An authorization server with everything, at paths of its own choice.
async fn server(auth_methods: Value) -> (Stand, OAuth, Metadata) {
    let stand = Stand::start(move |seen: &Seen| {
        let at = |path: &str| format!("http://{}{path}", seen.header("host").unwrap());
        match seen.uri.path() {
            "/.well-known/oauth-authorization-server" => json(
                200,
                &json!({
                    "issuer": at(""), "authorization_endpoint": at("/x/sign-in?from=api"), "token_endpoint": at("/x/t"),
                    "registration_endpoint": at("/x/r"), "revocation_endpoint": at("/x/v"),
                    "code_challenge_methods_supported": ["S256"], "token_endpoint_auth_methods_supported": auth_methods,
                }),
            ),
            "/x/r" => json(201, &json!({ "client_id": "client-1", "client_secret": null })),
            "/x/t" => token(&form(seen)),
            "/x/v" => StatusCode::OK.into_response(),
            other => panic!("{other} was not learnt from the metadata"),
        }
    })
    .await;
    let oauth = platform(&stand.url).oauth();
    let metadata = oauth.discover().await.unwrap().unwrap();
    (stand, oauth, metadata)
}

fn token(form: &HashMap<String, String>) -> Response {
    let code = form.get("code").or(form.get("refresh_token")).map(String::as_str);
    match code {
        Some("good-code") => {
            json(200, &json!({ "access_token": "at-1", "refresh_token": "rt-1", "expires_in": "3600" }))
        }
        Some("good-refresh") => json(200, &json!({ "access_token": "at-2", "token_type": "Bearer" })),
        Some("broken") => json(200, &json!({ "token_type": "Bearer" })),
        code => json(400, &json!({ "error": "invalid_grant", "error_description": format!("{code:?} is no good") })),
    }
}

fn form(seen: &Seen) -> HashMap<String, String> {
    url::form_urlencoded::parse(seen.body.as_bytes()).into_owned().collect()
}

#[tokio::test]
async fn a_whole_sign_in() {
    let (stand, oauth, metadata) = server(json!(["none"])).await;
    let redirect = Url::parse(REDIRECT).unwrap();
    let registered = oauth.register(&metadata, &redirect, "dingduty").await.unwrap();
    assert_eq!((registered.client_id.as_str(), registered.client_secret.is_none()), ("client-1", true));
    let asked = stand.last().json();
    assert_eq!((&asked["redirect_uris"], &asked["token_endpoint_auth_method"]), (&json!([REDIRECT]), &json!("none")));

    let page = oauth.authorize_url(&metadata, "client-1", &redirect, "st&te", "chal", Some("a b"));
    let query: HashMap<String, String> = page.query_pairs().into_owned().collect();
    let expected = [
        ("from", "api"),
        ("response_type", "code"),
        ("client_id", "client-1"),
        ("redirect_uri", REDIRECT),
        ("state", "st&te"),
        ("code_challenge", "chal"),
        ("code_challenge_method", "S256"),
        ("scope", "a b"),
    ];
    assert_eq!(query, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());

    let (code, verifier) = (SecretString::from("good-code"), SecretString::from("ver"));
    let tokens = oauth.exchange(&metadata, "client-1", None, &redirect, &code, &verifier).await.unwrap();
    assert_eq!(tokens.access_token.expose_secret(), "at-1");
    assert_eq!(tokens.refresh_token.unwrap().expose_secret(), "rt-1");
    assert_eq!(tokens.expires_at, Some(Millis(1_000_000 + 3_600_000)));
    let sent = form(&stand.last());
    assert_eq!((sent["grant_type"].as_str(), sent["client_id"].as_str()), ("authorization_code", "client-1"));
    assert_eq!((sent["redirect_uri"].as_str(), sent["code_verifier"].as_str()), (REDIRECT, "ver"));

    let refresh = SecretString::from("good-refresh");
    let tokens = oauth.refresh(&metadata, "client-1", None, &refresh).await.unwrap();
    assert_eq!(tokens.access_token.expose_secret(), "at-2");
    assert_eq!((tokens.refresh_token.unwrap().expose_secret(), tokens.expires_at), ("good-refresh", None));

    assert!(oauth.revoke(&metadata, "client-1", None, &refresh).await.unwrap());
    assert_eq!(form(&stand.last())["token"], "good-refresh");
    assert!(!oauth.revoke(&Metadata { revocation_endpoint: None, ..metadata }, "c", None, &refresh).await.unwrap());
}

#[tokio::test]
async fn a_client_with_a_secret_shows_it_as_the_server_wants() {
    let (refresh, secret) = (SecretString::from("good-refresh"), SecretString::from("s/1"));
    let (stand, oauth, metadata) = server(json!(["client_secret_basic"])).await;
    oauth.refresh(&metadata, "client 1", Some(&secret), &refresh).await.unwrap();
    // "client+1:s%2F1"
    assert_eq!(stand.last().header("authorization"), Some("Basic Y2xpZW50KzE6cyUyRjE="));
    assert!(!form(&stand.last()).contains_key("client_id"));

    let (stand, oauth, metadata) = server(json!(["client_secret_post"])).await;
    oauth.refresh(&metadata, "client 1", Some(&secret), &refresh).await.unwrap();
    assert_eq!(stand.last().header("authorization"), None);
    assert_eq!(form(&stand.last())["client_secret"], "s/1");
}

#[tokio::test]
async fn refusals_name_no_secret() {
    let (_stand, oauth, metadata) = server(json!(null)).await;
    let (code, verifier) = (SecretString::from("stolen-code"), SecretString::from("stolen-verifier"));
    let redirect = Url::parse(REDIRECT).unwrap();
    let error = oauth.exchange(&metadata, "c", None, &redirect, &code, &verifier).await.unwrap_err();
    assert_eq!((error.class, error.code.as_str()), (ErrorClass::Unauthorized, "invalid_grant"));
    assert!(!format!("{error:?}").contains("stolen"), "{error:?}");
    let error = oauth.refresh(&metadata, "c", None, &code).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Unauthorized);
    assert!(!format!("{error:?}").contains("stolen"), "{error:?}");
    let error = oauth.refresh(&metadata, "c", None, &SecretString::from("broken")).await.unwrap_err();
    assert_eq!((error.class, error.code.as_str()), (ErrorClass::Unclear, "UnexpectedData"));
    let metadata = Metadata { registration_endpoint: None, ..metadata };
    assert_eq!(oauth.register(&metadata, &redirect, "d").await.unwrap_err().class, ErrorClass::NoSuchRoute);
}

#[tokio::test]
async fn deployments_without_oauth() {
    for (status, body) in [
        (404, json!({ "error": { "code": "RouteNotFound", "message": "" } })),
        (200, json!({ "error": { "code": "RouteNotFound", "message": "" } })),
        (404, json!("404 page not found")),
        (404, json!({ "error": "not_found" })),
    ] {
        let stand = Stand::json(status, body).await;
        assert_eq!(platform(&stand.url).oauth().discover().await.unwrap(), None);
        assert_eq!((stand.last().method.as_str(), stand.last().uri.query()), ("GET", None));
    }
    let broken = Stand::json(200, json!({ "issuer": "x" })).await;
    assert_eq!(platform(&broken.url).oauth().discover().await.unwrap_err().code, "BadMetadata");
    let busy = Stand::json(503, json!({ "error": { "code": "ServiceUnavailable" } })).await;
    assert_eq!(platform(&busy.url).oauth().discover().await.unwrap_err().class, ErrorClass::Busy);
}
