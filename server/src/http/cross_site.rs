//! Requests that another site made somebody's browser send. Browsers say where a request comes from; only very old ones
//! do not, and those prove by the form's token that our own page made it.

use super::cookies::Cookies;
use crate::flow::incidents::same;
use crate::model::hash::hex_sha256;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName};
use axum_extra::extract::CookieJar;
use url::Url;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Where a request says it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    OurPages,
    Elsewhere,
    /// It does not say.
    Unknown,
}

/// Where a request comes from by its headers. Another host of the same domain counts as elsewhere.
pub fn source(headers: &HeaderMap, public_url: &Url) -> From {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = text(SEC_FETCH_SITE) {
        return if matches!(site, "same-origin" | "none") { From::OurPages } else { From::Elsewhere };
    }
    let Some(origin) = text(ORIGIN) else { return From::Unknown };
    let ours = Url::parse(origin).is_ok_and(|origin| origin.origin() == public_url.origin());
    let host = origin.split_once("://").map(|(_, host)| host);
    // Behind a proxy with another name the request's own host is the one people see. Our public name without https is
    // whoever stands between us and the browser.
    let plain = Url::parse(origin).is_ok_and(|origin| origin.host() == public_url.host());
    let named = !plain && host.is_some_and(|host| text(HOST).is_some_and(|named| named.eq_ignore_ascii_case(host)));
    if ours || named { From::OurPages } else { From::Elsewhere }
}

/// The token of the forms of a browser with this cookie value.
pub fn token(cookie: &str) -> String {
    hex_sha256(format!("{cookie}:csrf"))
}

/// Whether a form's token was made for this browser.
pub fn is_ours(given: &str, jar: &CookieJar, cookies: Cookies) -> bool {
    let mut guarded = jar.iter().filter(|cookie| cookies.is_guarded(cookie.name()) && !cookie.value().is_empty());
    guarded.any(|cookie| same(given, &token(cookie.value())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn where_requests_come_from() {
        let public = Url::parse("https://duty.example.com").unwrap();
        for (pairs, expected) in [
            (&[("sec-fetch-site", "same-origin")][..], From::OurPages),
            (&[("sec-fetch-site", "none")], From::OurPages),
            (&[("sec-fetch-site", "same-site"), ("origin", "https://duty.example.com")], From::Elsewhere),
            (&[("sec-fetch-site", "cross-site")], From::Elsewhere),
            (&[("origin", "https://duty.example.com")], From::OurPages),
            (&[("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")], From::OurPages),
            (&[("origin", "https://evil.example"), ("host", "duty.example.com")], From::Elsewhere),
            (&[("origin", "https://duty.example.com.evil.example"), ("host", "duty.example.com")], From::Elsewhere),
            (&[("origin", "http://duty.example.com"), ("host", "duty.example.com")], From::Elsewhere),
            (&[("origin", "null"), ("host", "duty.example.com")], From::Elsewhere),
            (&[("host", "duty.example.com")], From::Unknown),
        ] {
            assert_eq!(source(&headers(pairs), &public), expected, "{pairs:?}");
        }
    }

    #[test]
    fn a_token_fits_its_own_browser() {
        let jar = |text: &'static str| CookieJar::from_headers(&headers(&[("cookie", text)]));
        let cookies = Cookies { secure: false };
        assert!(is_ours(&token("v1"), &jar("dd_lang=x; dd_b=v1"), cookies));
        assert!(is_ours(&token("v2"), &jar("dd_b=v1; dd_s_k=v2"), cookies));
        assert!(!is_ours(&token("v3"), &jar("dd_b=v1; dd_s_k=v2; other=v3"), cookies));
        assert!(!is_ours(&token(""), &jar("dd_b="), cookies));
        assert!(!is_ours("", &jar(""), cookies));
    }
}
