//! Another person is another phone, and so another cookie jar. Browsers do not separate the ports of one host, so the
//! product's cookies reach the desk, and the desk can put them away with the person they belong to and bring back those
//! of the next one.

use crate::dingtalk::PERSON_COOKIE;
use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use std::collections::BTreeMap;

/// The cookie that tells one browser's jars from another's.
pub const BROWSER_COOKIE: &str = "sim_desk";

/// Most cookies of one request that are looked at.
const COOKIES_MAX: usize = 64;

/// Most jars kept; when there would be more, all are emptied.
const JARS_MAX: usize = 256;

/// A cookie's name and value.
pub type Cookie = (String, String);

/// Cookies that are put away, by browser and person.
#[derive(Default)]
pub struct Jars(BTreeMap<(String, String), Vec<Cookie>>);

impl Jars {
    /// Puts `present` away for `from` and answers the `Set-Cookie` lines that leave the browser with `to`'s own. The
    /// desk's own cookies stay, except the one that says who sits there.
    pub fn swap(&mut self, browser: &str, from: Option<&str>, to: &str, present: Vec<Cookie>) -> Vec<String> {
        let mine = |name: &str| name == PERSON_COOKIE || name == BROWSER_COOKIE;
        let present: Vec<Cookie> = present.into_iter().filter(|(name, _)| !mine(name)).collect();
        if from == Some(to) {
            return vec![set(PERSON_COOKIE, to)];
        }
        let next = self.0.remove(&(browser.to_owned(), to.to_owned())).unwrap_or_default();
        let gone = present.iter().filter(|(name, _)| next.iter().all(|(kept, _)| kept != name));
        let mut lines: Vec<String> = gone.map(|(name, _)| expire(name)).collect();
        lines.extend(next.iter().map(|(name, value)| set(name, value)));
        lines.push(set(PERSON_COOKIE, to));
        if let Some(from) = from {
            if self.0.len() >= JARS_MAX {
                self.0.clear();
            }
            self.0.insert((browser.to_owned(), from.to_owned()), present);
        }
        lines
    }
}

/// All cookies of a request that can be set again as they are.
pub fn cookies(headers: &HeaderMap) -> Vec<Cookie> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',');
    let pairs = pairs.filter(|(name, _)| is_name(name)).take(COOKIES_MAX);
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The value of one cookie of a request.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    cookies(headers).into_iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value)
}

/// A `Set-Cookie` line.
pub fn set(name: &str, value: &str) -> String {
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{}", secure(name))
}

fn expire(name: &str) -> String {
    format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{}", secure(name))
}

/// Browsers refuse names with these beginnings unless they are marked so.
fn secure(name: &str) -> &'static str {
    if name.starts_with("__Host-") || name.starts_with("__Secure-") { "; Secure" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn jar(text: &str) -> Vec<Cookie> {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_str(text).unwrap());
        cookies(&headers)
    }

    #[test]
    fn people_get_their_own_cookies_back() {
        let mut jars = Jars::default();
        let first =
            jars.swap("b", Some("li.na"), "zhang.wei", jar("session=L=1; theme=dark; sim_user=li.na; sim_desk=b"));
        assert_eq!(
            first,
            [
                "session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
                "theme=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
                "sim_user=zhang.wei; Path=/; HttpOnly; SameSite=Lax",
            ]
        );
        let second =
            jars.swap("b", Some("zhang.wei"), "li.na", jar("session=Z; other=o; sim_user=zhang.wei; sim_desk=b"));
        assert_eq!(
            second,
            [
                "other=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
                "session=L=1; Path=/; HttpOnly; SameSite=Lax",
                "theme=dark; Path=/; HttpOnly; SameSite=Lax",
                "sim_user=li.na; Path=/; HttpOnly; SameSite=Lax",
            ]
        );
        let third = jars.swap("b", Some("li.na"), "zhang.wei", Vec::new());
        assert!(third.contains(&"session=Z; Path=/; HttpOnly; SameSite=Lax".to_owned()), "{third:?}");
    }

    #[test]
    fn browsers_are_kept_apart_and_nobody_swaps_with_himself() {
        let mut jars = Jars::default();
        jars.swap("one", Some("a"), "b", jar("session=A"));
        assert_eq!(jars.swap("two", Some("b"), "a", Vec::new()), [set(PERSON_COOKIE, "a")]);
        assert_eq!(jars.swap("one", Some("b"), "b", jar("session=B")), [set(PERSON_COOKIE, "b")]);
    }

    #[test]
    fn cookies_that_could_not_be_set_again_are_left_out() {
        assert_eq!(
            jar("a=1; =2; b; c c=3; d=; a=4"),
            [("a".to_owned(), "1".to_owned()), ("d".to_owned(), String::new()), ("a".to_owned(), "4".to_owned()),]
        );
        assert!(set("__Host-session", "x").ends_with("; Secure"));
    }
}
