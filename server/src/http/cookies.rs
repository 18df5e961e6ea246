//! Our cookies: names, lifetimes, and what keeps scripts, other sites and plain connections away from them.

use axum::http::HeaderValue;
use std::time::Duration;

/// Names one browser, so that an attempt to link stays in it.
pub const BROWSER: &str = "dd_b";
/// The console's session.
pub const CONSOLE: &str = "dd_console";
/// The language somebody chose.
pub const LANGUAGE: &str = "dd_lang";
/// Light or dark, if somebody chose.
pub const THEME: &str = "dd_theme";
/// How long a browser keeps its name and its choices.
pub const LONG: Duration = Duration::from_secs(365 * 24 * 3600);

/// Cookies of this server; `secure` when it is reached by https.
#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    pub secure: bool,
}

impl Cookies {
    /// The session with one integration.
    pub fn session(self, key: &str) -> String {
        self.guarded(&format!("dd_s_{key}"))
    }

    /// The attempt to link that this browser is in.
    pub fn attempt(self, key: &str) -> String {
        self.guarded(&format!("dd_a_{key}"))
    }

    /// What proves that this browser was sent to DingTalk's sign-in page.
    pub fn login(self, key: &str) -> String {
        self.guarded(&format!("dd_l_{key}"))
    }

    /// The browser's name.
    pub fn browser(self) -> String {
        self.guarded(BROWSER)
    }

    /// The console's session.
    pub fn console(self) -> String {
        self.guarded(CONSOLE)
    }

    /// Whether a cookie of this name holds something only its browser can know.
    pub fn is_guarded(self, name: &str) -> bool {
        let name = match self.secure {
            true => name.strip_prefix("__Host-"),
            false => Some(name),
        };
        name.is_some_and(|name| name == BROWSER || name == CONSOLE || name.starts_with("dd_s_"))
    }

    /// The header that sets a cookie for a while. `value` is one of our own: letters, digits, `-` and `_`.
    pub fn keep(self, name: &str, value: &str, age: Duration) -> HeaderValue {
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{secure}", age.as_secs());
        // A value that were none of ours would be no cookie at all, rather than a header of somebody's making.
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
    }

    /// The header that takes a cookie away.
    pub fn drop(self, name: &str) -> HeaderValue {
        self.keep(name, "", Duration::ZERO)
    }

    /// With https no other host, not even a subdomain, can set a cookie of such a name.
    fn guarded(self, name: &str) -> String {
        if self.secure { format!("__Host-{name}") } else { name.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_https_a_cookie_belongs_to_this_host_alone() {
        let cookies = Cookies { secure: true };
        let header = cookies.keep(&cookies.session("k1"), "abc", Duration::from_secs(60));
        assert_eq!(header, "__Host-dd_s_k1=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
        let cookies = Cookies { secure: false };
        assert_eq!(cookies.drop(&cookies.browser()), "dd_b=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    }

    #[test]
    fn what_a_form_token_may_be_made_of() {
        for (secure, name, expected) in [
            (false, "dd_b", true),
            (false, "dd_s_k1", true),
            (false, "dd_lang", false),
            (false, "dd_a_k1", false),
            (true, "__Host-dd_console", true),
            (true, "dd_b", false),
        ] {
            assert_eq!(Cookies { secure }.is_guarded(name), expected, "{name}");
        }
    }
}
