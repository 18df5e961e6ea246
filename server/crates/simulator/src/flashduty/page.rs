//! Pieces the console and the sign-in page share: escaping, language, the frame around a page.

use super::gate::{parameter, prefers_chinese};
pub(crate) use crate::html::escape;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

/// The one style sheet of all pages.
pub const STYLE: &str = include_str!("console/console.css");

/// The script that keeps the console fresh.
pub const SCRIPT: &str = include_str!("console/console.js");

/// The reader's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Chinese,
    English,
}

impl Language {
    /// `lang` or `ui_locales` of the query, else what the browser prefers.
    pub fn of(query: &str, headers: &HeaderMap) -> Self {
        let chosen = parameter(query, "lang").or_else(|| parameter(query, "ui_locales"));
        let chinese = match chosen {
            Some(text) => text.to_ascii_lowercase().starts_with("zh"),
            None => prefers_chinese(headers),
        };
        if chinese { Self::Chinese } else { Self::English }
    }

    /// The one of the two sentences that is in this language.
    pub fn say(self, chinese: &'static str, english: &'static str) -> &'static str {
        if self == Self::Chinese { chinese } else { english }
    }

    /// The value of `<html lang>`.
    pub fn tag(self) -> &'static str {
        self.say("zh-CN", "en")
    }

    /// The value of the `lang` parameter.
    pub fn short(self) -> &'static str {
        self.say("zh", "en")
    }
}

/// A whole page. `body` is HTML already.
pub fn page(status: StatusCode, language: Language, title: &str, body: &str) -> Response {
    let ribbon = language.say("模拟的快猫星云 Flashduty · 仅供演示", "Simulated Flashduty · for demonstration only");
    let html = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{} · simulated Flashduty</title>\
         <link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"/console/style.css\"></head>\
         <body><p class=\"ribbon\">{ribbon}</p>{body}</body></html>",
        language.tag(),
        escape(title),
    );
    let headers = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-store")];
    (status, headers, html).into_response()
}

/// The initial letter in a coloured disc that stands for a person.
pub fn disc(name: &str) -> String {
    let hue = name.chars().fold(7_u32, |sum, letter| (sum * 31 + u32::from(letter)) % 360);
    let initial = name.chars().next().map(String::from).unwrap_or_default();
    format!("<span class=\"disc\" style=\"--hue:{hue}\" aria-hidden=\"true\">{}</span>", escape(&initial))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_harmless() {
        assert_eq!(escape("<a href='x'>&\""), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;");
        assert!(disc("<b>").contains("&lt;"));
    }
}
