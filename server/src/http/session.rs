//! Who asks: the browser (`Caller`), and the person signed in with it (`Visitor`).

use super::RequestId;
use super::choice::{self, Wishes};
use super::cookies::{self, Cookies};
use super::cross_site;
use super::limits::{Limiter, Paid};
use super::problem::ApiError;
use crate::flow::{Refusal, caches, session};
use crate::model::hash::hex_sha256;
use crate::model::integration::Integration;
use crate::model::link::{Link, LinkState};
use crate::model::session::{LIFETIME, Session};
use crate::state::State;
use app::theme::Theme;
use app::visit::Client;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::header::{ACCEPT_LANGUAGE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use contract::{Language, Problem, ProblemCode};
use std::sync::Arc;
use url::form_urlencoded;

/// Longest cookie value that is looked up: ours are shorter.
const COOKIE_BYTES_MAX: usize = 128;

/// A request's browser.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The request's id.
    pub id: String,
    pub jar: CookieJar,
    pub cookies: Cookies,
    /// The value of the browser's cookie.
    browser: String,
    /// The cookie was made just now, so the answer has to set it.
    is_new: bool,
    pub inside: Option<Client>,
    pub theme: Theme,
    wished: Option<Language>,
    query: Vec<(String, String)>,
    /// What the request cost its sender.
    paid: Option<Paid>,
}

/// A request's person, within one integration.
#[derive(Clone)]
pub struct Visitor {
    pub state: State,
    pub caller: Caller,
    pub integration: Arc<Integration>,
    pub language: Language,
    /// The session and its person's link: one is nothing without the other.
    pub signed_in: Option<(Session, Link)>,
}

/// Why there is no visitor: no such integration, or the database does not answer.
pub struct NoVisitor(pub Refusal);

impl Caller {
    fn of(state: &State, parts: &Parts) -> Self {
        let jar = CookieJar::from_headers(&parts.headers);
        let cookies = Cookies { secure: state.config.public_url.scheme() == "https" };
        let query = parts.uri.query().unwrap_or_default();
        let query: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let header = |name: HeaderName| text(&parts.headers, &name);
        let user_agent = header(USER_AGENT);
        let choice = |name: &str| jar.get(name).map(|cookie| cookie.value());
        let wishes = Wishes {
            query: query.iter().find(|(name, _)| name == "lang").map(|(_, value)| value.as_str()),
            cookie: choice(cookies::LANGUAGE),
            user_agent,
            accept_language: header(ACCEPT_LANGUAGE),
        };
        let wished = wishes.language();
        let theme = choice(cookies::THEME).and_then(choice::theme).unwrap_or_default();
        let known = value(&jar, &cookies.browser());
        Self {
            id: parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
            is_new: known.is_none(),
            browser: known.unwrap_or_else(|| state.world.secret()),
            inside: Client::from_user_agent(user_agent),
            theme,
            wished,
            query,
            paid: parts.extensions.get::<Paid>().copied(),
            jar,
            cookies,
        }
    }

    /// Makes the request free for its sender: it proved to come from somebody who may.
    pub fn give_back(&self, limiter: &Limiter) {
        if let Some(paid) = self.paid {
            limiter.give_back(paid);
        }
    }

    /// The browser's name as the database knows it.
    pub fn browser_hash(&self) -> String {
        hex_sha256(&self.browser)
    }

    /// The language of what is read outside of an integration.
    pub fn language(&self) -> Language {
        self.wished.unwrap_or_default()
    }

    /// A parameter of the query that is not empty.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// All parameters of the query.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.query.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A cookie's value, if it can be one of ours.
    pub fn cookie(&self, name: &str) -> Option<String> {
        value(&self.jar, name)
    }

    /// The hash of a cookie's value, as sessions are known by.
    pub fn cookie_hash(&self, name: &str) -> Option<String> {
        self.cookie(name).map(|value| hex_sha256(&value))
    }

    /// The token for forms of a page that rests on the cookie `session`, or on the browser's own.
    pub fn form_token(&self, session: Option<&str>) -> String {
        let session = session.and_then(|name| self.cookie(name));
        cross_site::token(session.as_deref().unwrap_or(&self.browser))
    }

    /// The header that gives a new browser its name; nothing for a known one.
    pub fn introduction(&self) -> Option<HeaderValue> {
        self.is_new.then(|| self.cookies.keep(&self.cookies.browser(), &self.browser, cookies::LONG))
    }

    /// An error as its reader sees it, written to the log once.
    pub fn problem(&self, refusal: Refusal, language: Language) -> Problem {
        let (id, problem) = (&self.id, refusal.code.name());
        match (&refusal.cause, refusal.code) {
            (Some(cause), _) => tracing::error!(id, problem, %cause, "request failed"),
            (None, ProblemCode::Internal | ProblemCode::Unavailable) => tracing::error!(id, problem, "request failed"),
            (None, code) if code.status() >= 500 => tracing::warn!(id, problem, "platform failed"),
            _ => tracing::debug!(id, problem, "request refused"),
        }
        let told = Problem::new(refusal.code, language, id.as_str());
        match refusal.message {
            Some(message) => told.with_message(message.words(language)),
            None => told,
        }
    }
}

impl Visitor {
    async fn of(state: &State, caller: Caller, key: &str) -> Result<Self, Refusal> {
        let integration = caches::integration(state, key).await?.ok_or(ProblemCode::NotFound)?;
        let language = caller.wished.unwrap_or(integration.settings.language);
        let signed_in = match caller.cookie_hash(&caller.cookies.session(key)) {
            Some(id) => session::find(state, key, &id).await?,
            None => None,
        };
        Ok(Self { state: state.clone(), caller, integration, language, signed_in })
    }

    /// The integration's key.
    pub fn key(&self) -> &str {
        &self.integration.key
    }

    /// The name of the session's cookie.
    pub fn session_cookie(&self) -> String {
        self.caller.cookies.session(self.key())
    }

    /// The session the browser names, living or not, by hash.
    pub fn session_hash(&self) -> Option<String> {
        self.caller.cookie_hash(&self.session_cookie())
    }

    /// The attempt to link this browser was sent away with.
    pub fn kept_attempt(&self) -> Option<String> {
        self.caller.cookie(&self.caller.cookies.attempt(self.key()))
    }

    /// The link of whoever is signed in and can act.
    ///
    /// # Errors
    /// `NotSignedIn`, `LinkBroken`, `NotLinked`.
    pub fn living(&self) -> Result<&Link, Refusal> {
        let (_, link) = self.signed_in.as_ref().ok_or(ProblemCode::NotSignedIn)?;
        if session::is_living(link) {
            return Ok(link);
        }
        // A directory match lets nobody act.
        Err(if link.state == LinkState::Broken { ProblemCode::LinkBroken } else { ProblemCode::NotLinked }.into())
    }

    /// An error as the visitor reads it.
    pub fn problem(&self, refusal: Refusal) -> Problem {
        self.caller.problem(refusal, self.language)
    }

    /// Makes a session longer that is being used. Returns the header that tells the browser, if it was.
    pub async fn stay(&self) -> Option<HeaderValue> {
        let (session, _) = self.signed_in.as_ref()?;
        // A session that cannot be made longer now is made longer by the next visit.
        let longer = session::stay(&self.state, session).await.unwrap_or(false);
        let name = self.session_cookie();
        let value = self.caller.cookie(&name).filter(|_| longer)?;
        Some(self.caller.cookies.keep(&name, &value, LIFETIME))
    }
}

/// Whether a text has the form of an integration's key.
pub fn is_key(text: &str) -> bool {
    (8..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

fn value(jar: &CookieJar, name: &str) -> Option<String> {
    let value = jar.get(name)?.value();
    let fine =
        !value.is_empty() && value.len() <= COOKIE_BYTES_MAX && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fine.then(|| value.to_owned())
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

impl FromRequestParts<State> for Caller {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Self::Rejection> {
        Ok(Self::of(state, parts))
    }
}

impl FromRequestParts<State> for Visitor {
    type Rejection = NoVisitor;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, NoVisitor> {
        let caller = Caller::of(state, parts);
        let parameters = RawPathParams::from_request_parts(parts, state).await;
        let parameters = parameters.map_err(|_| NoVisitor(ProblemCode::BadRequest.into()))?;
        let key = parameters.iter().find(|(name, _)| *name == "key").map(|(_, key)| key);
        Self::of(state, caller, key.unwrap_or_default()).await.map_err(NoVisitor)
    }
}

impl IntoResponse for NoVisitor {
    fn into_response(self) -> Response {
        ApiError::from(self.0).into_response()
    }
}
