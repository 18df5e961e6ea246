//! Signing in by OAuth, over HTTP, as a client that knows nothing but the metadata.

use super::super::seed::{LI_NA, PASSWORD};
use super::{Answer, Bench};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const BACK: &str = "https://duty.example.com/i/k/sign-in/back";
const VERIFIER: &str = "a-verifier-that-is-long-enough-to-be-one-0123456789";

struct Client {
    id: String,
    metadata: Value,
}

async fn register(bench: &Bench) -> Client {
    let at = format!("{}/.well-known/oauth-authorization-server", bench.url);
    let metadata = bench.send(bench.http.get(at)).await.body;
    assert_eq!(metadata["issuer"], bench.url);
    let wanted = json!({"client_name": "dingduty", "redirect_uris": [BACK], "token_endpoint_auth_method": "none"});
    let at = metadata["registration_endpoint"].as_str().unwrap();
    let made = bench.send(bench.http.post(at).json(&wanted)).await;
    assert_eq!(made.status, 201);
    assert!(made.body.get("client_secret").is_none());
    Client { id: made.body["client_id"].as_str().unwrap().to_owned(), metadata }
}

impl Client {
    fn request(&self, change: &[(&str, &str)]) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let mut pairs = vec![
            ("response_type", "code"),
            ("client_id", self.id.as_str()),
            ("redirect_uri", BACK),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
            ("state", "s t&1"),
        ];
        for (name, value) in change {
            pairs.retain(|(known, _)| known != name);
            pairs.push((name, value));
        }
        let at = self.metadata["authorization_endpoint"].as_str().unwrap();
        url::Url::parse_with_params(at, pairs).unwrap().to_string()
    }

    /// Signs in and consents; answers the parameters of the return address.
    async fn sign_in(&self, bench: &Bench, email: &str, decision: &str) -> Vec<(String, String)> {
        let at = self.request(&[]);
        let consent = bench.send(bench.http.post(&at).form(&[("email", email), ("password", PASSWORD)])).await;
        let ticket = hidden(&consent, "ticket");
        let gone = bench.send(bench.http.post(&at).form(&[("ticket", ticket.as_str()), ("decision", decision)])).await;
        assert_eq!(gone.status, 303);
        returned(&gone)
    }

    async fn token(&self, bench: &Bench, form: &[(&str, &str)]) -> Answer {
        let mut form = form.to_vec();
        form.push(("client_id", &self.id));
        bench.send(bench.http.post(self.metadata["token_endpoint"].as_str().unwrap()).form(&form)).await
    }

    async fn exchange(&self, bench: &Bench, code: &str, uri: &str, verifier: &str) -> Answer {
        let form =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", uri), ("code_verifier", verifier)];
        self.token(bench, &form).await
    }
}

fn hidden(page: &Answer, name: &str) -> String {
    let html = page.body.as_str().unwrap();
    let (_, rest) =
        html.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name}: {html}"));
    rest.split('"').next().unwrap().to_owned()
}

fn returned(answer: &Answer) -> Vec<(String, String)> {
    let address = url::Url::parse(answer.headers["location"].to_str().unwrap()).unwrap();
    assert!(address.as_str().starts_with(BACK), "{address}");
    address.query_pairs().into_owned().collect()
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default()
}

async fn who(bench: &Bench, token: &str) -> Answer {
    bench.advance(1);
    bench.send(bench.http.post(format!("{}/member/info", bench.url)).bearer_auth(token).json(&json!({}))).await
}

#[tokio::test]
async fn the_whole_story() {
    let bench = Bench::start().await;
    let client = register(&bench).await;
    let page = bench.send(bench.http.get(client.request(&[("ui_locales", "zh-CN")]))).await;
    let html = page.body.as_str().unwrap();
    assert!(html.contains("登录 Flashduty") && html.contains("data-person=\"li.na\"") && html.contains("dingduty"));
    assert!(!html.contains("zhao.min") && !html.contains("service@"), "neither who left nor programs sign in");

    let back = client.sign_in(&bench, "li.na@example.com", "allow").await;
    assert_eq!((value(&back, "state"), value(&back, "iss")), ("s t&1", bench.url.as_str()));
    let pair = client.exchange(&bench, value(&back, "code"), BACK, VERIFIER).await;
    assert_eq!(
        (pair.status, &pair.body["expires_in"], &pair.body["token_type"]),
        (200, &json!(3_600), &json!("Bearer"))
    );
    assert_eq!(pair.headers["cache-control"], "no-store");
    let token = pair.body["access_token"].as_str().unwrap();
    assert_eq!(who(&bench, token).await.data()["member_id"], LI_NA);
    bench.advance(3_600);
    assert_eq!(who(&bench, token).await.code(), (401, "Unauthorized"));

    let refresh = pair.body["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let second = client.token(&bench, &form).await;
    let second_token = second.body["access_token"].as_str().unwrap();
    assert_eq!(who(&bench, second_token).await.status, 200);
    let again = client.token(&bench, &form).await;
    assert_eq!((again.status, &again.body["error"]), (400, &json!("invalid_grant")));
    assert_eq!(who(&bench, second_token).await.status, 401, "a refresh token used twice ends the family");
}

#[tokio::test]
async fn refusals_go_where_they_belong() {
    let bench = Bench::start().await;
    let client = register(&bench).await;
    for change in [("client_id", "unknown"), ("redirect_uri", "https://duty.example.com/i/k/sign-in/back/")] {
        let answer = bench.send(bench.http.get(client.request(&[change]))).await;
        assert_eq!((answer.status, answer.headers.get("location")), (400, None), "{change:?}");
    }
    for (change, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("code_challenge", "short"), "invalid_request"),
    ] {
        let answer = bench.send(bench.http.get(client.request(&[change]))).await;
        assert_eq!(value(&returned(&answer), "error"), error);
        assert_eq!(value(&returned(&answer), "state"), "s t&1");
    }
    let denied = client.sign_in(&bench, "alice@example.com", "deny").await;
    assert_eq!((value(&denied, "error"), value(&denied, "code")), ("access_denied", ""));
    for form in [
        [("email", "li.na@example.com"), ("password", "wrong")],
        [("email", "zhao.min@example.com"), ("password", PASSWORD)],
        [("ticket", "invented"), ("decision", "allow")],
    ] {
        let answer = bench.send(bench.http.post(client.request(&[])).form(&form)).await;
        assert!(answer.body.as_str().unwrap().contains("role=\"alert\""), "{form:?}");
    }
}

#[tokio::test]
async fn codes_serve_once_shortly_and_exactly() {
    let bench = Bench::start().await;
    let client = register(&bench).await;
    let other = register(&bench).await;
    let code = async || value(&client.sign_in(&bench, "li.na@example.com", "allow").await, "code").to_owned();
    let wrong = "another-verifier-that-is-long-enough-to-be-one-0123456789";
    let refused = |answer: Answer| assert_eq!((answer.status, &answer.body["error"]), (400, &json!("invalid_grant")));
    refused(client.exchange(&bench, &code().await, BACK, wrong).await);
    refused(client.exchange(&bench, &code().await, "https://duty.example.com/", VERIFIER).await);
    refused(other.exchange(&bench, &code().await, BACK, VERIFIER).await);
    let late = code().await;
    bench.advance(60);
    refused(client.exchange(&bench, &late, BACK, VERIFIER).await);
    let once = code().await;
    let pair = client.exchange(&bench, &once, BACK, VERIFIER).await;
    refused(client.exchange(&bench, &once, BACK, VERIFIER).await);
    let token = pair.body["access_token"].as_str().unwrap();
    assert_eq!(who(&bench, token).await.status, 401, "a code used twice takes back what it gave");
    let form = [("grant_type", "password"), ("username", "x")];
    assert_eq!(client.token(&bench, &form).await.body["error"], "unsupported_grant_type");
    let stranger = Client { id: "x".into(), metadata: client.metadata.clone() };
    let answer = stranger.exchange(&bench, &once, BACK, VERIFIER).await;
    assert_eq!((answer.status, &answer.body["error"]), (401, &json!("invalid_client")));
}

#[tokio::test]
async fn registration_is_checked_and_confidential_clients_need_their_secret() {
    let bench = Bench::start().await;
    let at = format!("{}/oauth/register", bench.url);
    for uris in [json!(null), json!([]), json!(["http://duty.example.com/"]), json!(["javascript:x"]), json!([7])] {
        let answer = bench.send(bench.http.post(&at).json(&json!({"redirect_uris": uris}))).await;
        assert_eq!((answer.status, &answer.body["error"]), (400, &json!("invalid_redirect_uri")), "{uris}");
    }
    let made = bench.send(bench.http.post(&at).json(&json!({"redirect_uris": ["http://127.0.0.1:9/back"]}))).await;
    let (id, secret) = (made.body["client_id"].as_str().unwrap(), made.body["client_secret"].as_str().unwrap());
    let token = format!("{}/oauth/token", bench.url);
    let form = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    for (secret, error) in [("wrong", "invalid_client"), (secret, "invalid_grant")] {
        let answer = bench.send(bench.http.post(&token).basic_auth(id, Some(secret)).form(&form)).await;
        assert_eq!(answer.body["error"], error);
    }
}

#[tokio::test]
async fn a_deployment_without_oauth_knows_none_of_it() {
    let bench = Bench::start().await;
    let client = register(&bench).await;
    let back = client.sign_in(&bench, "li.na@example.com", "allow").await;
    let pair = client.exchange(&bench, value(&back, "code"), BACK, VERIFIER).await;
    bench.flashduty.revoke_tokens(LI_NA);
    assert_eq!(who(&bench, pair.body["access_token"].as_str().unwrap()).await.status, 401);
    bench.flashduty.change_settings(|settings| settings.oauth = false);
    let metadata = bench.send(bench.http.get(format!("{}/.well-known/oauth-authorization-server", bench.url))).await;
    assert_eq!(metadata.code(), (404, "RouteNotFound"));
}
