//! Every sentence people read, in Chinese and English, each in exactly one place. A sentence missing in one language
//! does not compile. [`page`] is for pages, [`card`] for cards and messages, [`digest`] for the card of a storm, [`problem`] for errors and their cures,
//! [`field`] for what is wrong with a field, [`form`] for new incidents and the forms of an account, [`group`] for groups and their subscriptions, [`incident`] for an incident's page, [`keys`] for the help of the keyboard, [`war_room`] for war rooms, [`resend`] for what keeps a delivery from being sent again, [`outcome`] for how deliveries end, [`check`] for the steps of a set-up, [`setting`] for the form of an integration, [`health`] for how it goes, [`people`] for the console's page of people, [`console`] for the way into the console and the names of addresses, [`records`] for its pages of deliveries, quota, war rooms and the audit log.

pub mod card;
pub mod check;
pub mod console;
pub mod digest;
pub mod field;
pub mod form;
pub mod group;
pub mod health;
pub mod incident;
pub mod keys;
pub mod list;
pub mod live;
pub mod outcome;
pub mod page;
pub mod people;
pub mod problem;
pub mod records;
pub mod resend;
pub mod setting;
pub mod war_room;

use crate::read;
use serde::Serialize;

/// A language people can read us in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Language {
    /// Simplified Chinese, DingTalk's usual.
    #[default]
    #[serde(rename = "zh-CN")]
    Zh,
    #[serde(rename = "en-US")]
    En,
}

read!(Language by from_tag);

impl Language {
    /// The tag for `lang=` and `Accept-Language`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en-US",
        }
    }

    /// The language that a tag such as `zh-Hans-CN`, `en_US` or a whole `Accept-Language` begins with.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let tag = tag.trim_start().as_bytes();
        match tag.get(..2).map(<[u8]>::to_ascii_lowercase).as_deref() {
            Some(b"zh") => Some(Self::Zh),
            Some(b"en") => Some(Self::En),
            _ => None,
        }
    }
}

/// Declares sentences: `name: "中文", "English";` makes `pub fn name(language) -> &'static str`;
/// `name(who, at): "…{who}…{at}", "…";` makes `pub fn name(language, who: impl Display, at: impl Display) -> String`.
macro_rules! sentences {
    ($($(#[$doc:meta])* $name:ident $(( $($argument:ident),+ ))? : $zh:literal, $en:literal;)*) => {
        $($crate::words::sentence! { $(#[$doc])* $name $(( $($argument),+ ))? : $zh, $en })*
    };
}
pub(crate) use sentences;

/// One sentence of [`sentences`].
macro_rules! sentence {
    ($(#[$doc:meta])* $name:ident : $zh:literal, $en:literal) => {
        $(#[$doc])*
        pub fn $name(language: $crate::Language) -> &'static str {
            match language {
                $crate::Language::Zh => $zh,
                $crate::Language::En => $en,
            }
        }
    };
    ($(#[$doc:meta])* $name:ident ( $($argument:ident),+ ) : $zh:literal, $en:literal) => {
        $(#[$doc])*
        pub fn $name(language: $crate::Language, $($argument: impl std::fmt::Display),+) -> String {
            match language {
                $crate::Language::Zh => format!($zh),
                $crate::Language::En => format!($en),
            }
        }
    };
}
pub(crate) use sentence;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_real_clients() {
        for (tag, expected) in [
            ("zh-Hans-CN", Some(Language::Zh)),
            ("zh_CN", Some(Language::Zh)),
            ("EN-us,en;q=0.9", Some(Language::En)),
            ("ja-JP", None),
            ("", None),
            ("中", None),
        ] {
            assert_eq!(Language::from_tag(tag), expected, "{tag}");
        }
    }
}
