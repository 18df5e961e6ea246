//! In which language and colours somebody reads: what they chose, else what their client says (DingTalk reference 4.9).

use app::theme::Theme;
use contract::Language;

/// What a request says about languages, in the order in which it counts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wishes<'a> {
    /// `?lang=`
    pub query: Option<&'a str>,
    /// The cookie of an earlier choice.
    pub cookie: Option<&'a str>,
    pub user_agent: &'a str,
    pub accept_language: &'a str,
}

impl Wishes<'_> {
    /// The language to answer in, if anything says one we speak.
    pub fn language(&self) -> Option<Language> {
        let chosen = [self.query, self.cookie].into_iter().flatten().find_map(Language::from_tag);
        // DingTalk's phones name the app's language; their Accept-Language is the system's.
        let client = || self.user_agent.split_once("language/").and_then(|(_, tag)| Language::from_tag(tag));
        chosen.or_else(client).or_else(|| self.accept_language.split(',').find_map(Language::from_tag))
    }
}

/// The theme of a cookie or a form; `auto` is another name for following the client.
pub fn theme(name: &str) -> Option<Theme> {
    Theme::from_name(name).or((name == "auto").then_some(Theme::System))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_wishes() {
        let phone = "… Mobile/23E246 AliApp(DingTalk/7.8.1) Channel/201200 language/zh-Hans-CN UT4Aplus/0.0.6 WK";
        for (query, cookie, user_agent, accept_language, expected) in [
            (Some("en"), Some("zh-CN"), phone, "zh-CN", Some(Language::En)),
            (Some("xx"), Some("en-US"), phone, "zh-CN", Some(Language::En)),
            (None, None, phone, "en-US,en;q=0.9", Some(Language::Zh)),
            (None, None, "x language/ja-JP", "fr-FR, en;q=0.5", Some(Language::En)),
            (None, None, "Mozilla/5.0", "fr-FR", None),
            (None, Some(""), "", "", None),
        ] {
            let wishes = Wishes { query, cookie, user_agent, accept_language };
            assert_eq!(wishes.language(), expected, "{wishes:?}");
        }
    }

    #[test]
    fn themes_by_name() {
        for (name, expected) in [
            ("dark", Some(Theme::Dark)),
            ("auto", Some(Theme::System)),
            ("system", Some(Theme::System)),
            ("pink", None),
        ] {
            assert_eq!(theme(name), expected, "{name}");
        }
    }
}
