//! A browser without scripts: cookies, forms, redirects followed by hand.

use super::Bench;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// One person's browser.
pub struct Browser {
    http: reqwest::Client,
    base: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Clone for Browser {
    /// The same browser's other window, at the same or another address.
    fn clone(&self) -> Self {
        Self {
            http: self.http.clone(),
            base: self.base.clone(),
            cookies: Mutex::new(self.cookies.lock().unwrap().clone()),
        }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub location: Option<String>,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Answer {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The code of the problem in the body.
    pub fn problem(&self) -> String {
        self.json()["problem"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The value of a query parameter of the redirect.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let location = self.location.as_ref()?;
        let query = location.split_once('?')?.1;
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
    }
}

impl Bench {
    /// A fresh browser.
    pub fn browser(&self) -> Browser {
        Browser::at(&self.base)
    }
}

impl Browser {
    /// A fresh browser whose paths are of the server at `base`.
    pub fn at(base: &str) -> Self {
        Self { http: http(), base: base.to_owned(), cookies: Mutex::default() }
    }

    /// The same browser at another copy of the server.
    pub fn moved_to(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// Opens a page or an address of the API.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.http.get(self.absolute(path))).await
    }

    /// Submits a form, as the page itself would.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.http.post(self.absolute(path)).header("sec-fetch-site", "same-origin");
        self.send(request.form(fields)).await
    }

    /// Posts JSON, as the hydrated page would.
    pub async fn json(&self, path: &str, body: serde_json::Value) -> Answer {
        let request = self.http.post(self.absolute(path)).header("sec-fetch-site", "same-origin");
        self.send(request.json(&body)).await
    }

    /// Sends any request with this browser's cookies.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let cookies = self.cookie_line();
        let request = if cookies.is_empty() { request } else { request.header("cookie", cookies) };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        for cookie in headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            if value.is_empty() || cookie.to_ascii_lowercase().contains("max-age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let location = headers.get("location").map(|location| location.to_str().unwrap().to_owned());
        Answer { status, location, headers, body: response.text().await.unwrap() }
    }

    /// Begins to read what never ends.
    pub async fn stream(&self, path: &str, last_event_id: Option<&str>) -> reqwest::Response {
        let mut request = self.http.get(self.absolute(path)).header("cookie", self.cookie_line());
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id);
        }
        request.send().await.unwrap()
    }

    fn cookie_line(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// The HTTP client, for requests of another kind.
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    fn absolute(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) }
    }
}

#[expect(clippy::disallowed_methods, reason = "a browser is no platform client")]
fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}
