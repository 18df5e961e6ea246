//! Small pieces of text: escaping, the reader's language, the time of day.

pub(crate) use crate::html::escape;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use world::Millis;

/// Where the pretend company is.
const TIME_ZONE: &str = "Asia/Shanghai";

/// The reader's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Chinese,
    English,
}

impl Language {
    /// The chosen one (`zh…` or another), else what the browser prefers first.
    pub fn of(chosen: Option<&str>, headers: &HeaderMap) -> Self {
        let preferred = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let chinese =
            chosen.filter(|text| !text.is_empty()).unwrap_or(preferred).to_ascii_lowercase().starts_with("zh");
        if chinese { Self::Chinese } else { Self::English }
    }

    /// The one of two texts that is in this language.
    pub fn say<'a>(self, chinese: &'a str, english: &'a str) -> &'a str {
        if self == Self::Chinese { chinese } else { english }
    }

    /// `zh` or `en`: in addresses, in `<html lang>`, in templates.
    pub fn short(self) -> &'static str {
        if self == Self::Chinese { "zh" } else { "en" }
    }

    /// As DingTalk writes it: in the web view's name, in a card's line for the list of chats.
    pub fn dingtalk(self) -> &'static str {
        if self == Self::Chinese { "zh_CN" } else { "en_US" }
    }

    /// The other one.
    pub fn other(self) -> Self {
        if self == Self::Chinese { Self::English } else { Self::Chinese }
    }
}

/// The first `most` characters.
pub fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// `HH:MM` where the company is, with seconds if wanted.
pub fn clock(at: Millis, seconds: bool) -> String {
    let format = if seconds { "%H:%M:%S" } else { "%H:%M" };
    let moment = jiff::Timestamp::from_millisecond(at.0).ok().and_then(|moment| moment.in_tz(TIME_ZONE).ok());
    moment.map(|moment| moment.strftime(format).to_string()).unwrap_or_default()
}

/// The coloured tile that stands for a person, group or bot. `shape` is a class.
pub fn tile(name: &str, shape: &str) -> String {
    let hue = name.chars().fold(7_u32, |sum, letter| (sum * 31 + u32::from(letter)) % 12);
    // Chinese people are shown by the last two characters of their name, everything else by the first one.
    let chinese = name.chars().all(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter));
    let letters: String = match name.chars().count() {
        count if chinese && count > 2 && shape == "round" => name.chars().skip(count - 2).collect(),
        _ => name.chars().take(if chinese && shape == "round" { 2 } else { 1 }).collect(),
    };
    format!("<span class=\"tile {shape} hue{hue}\" aria-hidden=\"true\">{}</span>", escape(&letters))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn hostile_text_is_harmless() {
        assert_eq!(escape("<a href='x'>&\""), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;");
        assert!(tile("<b>", "round").contains(">&lt;<"));
        assert!(tile("", "round").contains("></span>"));
    }

    #[test]
    fn the_chosen_language_wins_over_the_preferred_one() {
        let mut headers = HeaderMap::new();
        assert_eq!(Language::of(None, &headers), Language::English);
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("zh-CN,zh;q=0.9,en;q=0.8"));
        assert_eq!(Language::of(None, &headers), Language::Chinese);
        assert_eq!(Language::of(Some("en"), &headers), Language::English);
        assert_eq!(Language::of(Some(""), &headers), Language::Chinese);
    }

    #[test]
    fn times_are_the_company_s() {
        assert_eq!(clock(Millis(1_790_000_000_000), false), "22:13");
        assert_eq!(clock(Millis(1_790_000_000_000), true), "22:13:20");
        assert_eq!(clock(Millis(i64::MAX), false), "");
    }
}
