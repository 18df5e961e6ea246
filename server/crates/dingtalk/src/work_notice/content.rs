//! What a work notification says (9.4).

use super::NOTICE_BYTES_MAX;
use crate::{DingTalkError, ErrorClass};
use serde_json::{Value, json};

/// Longest title of a message with a button, in characters.
const CARD_TITLE_CHARACTERS_MAX: usize = 20;
/// Longest caption of its button, in characters.
const BUTTON_CHARACTERS_MAX: usize = 20;
/// Longest link of its button, in bytes.
const BUTTON_URL_BYTES_MAX: usize = 500;

/// What a work notification says. Texts are in DingTalk's markdown (6.4) in `Markdown` and `ActionCard` only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkNoticeContent {
    /// Plain text.
    Text {
        /// The text.
        content: String,
    },
    /// Markdown.
    Markdown {
        /// Shown in the list of chats and in the push notice.
        title: String,
        /// The message.
        text: String,
    },
    /// A picture with a title and a text, which leads somewhere.
    Link {
        /// The heading.
        title: String,
        /// The text.
        text: String,
        /// Where a tap leads.
        url: String,
        /// Address of the picture, or a media id.
        picture: String,
    },
    /// Markdown with one link button.
    ActionCard {
        /// Shown in the list of chats; cut to what the platform takes.
        title: String,
        /// The message.
        text: String,
        /// Caption of the button.
        button: String,
        /// Where it leads.
        url: String,
    },
    /// A form with a coloured head.
    Oa(Box<OaContent>),
}

/// A form with a coloured head and, if asked for, a status bar that can be changed later.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OaContent {
    /// Where a tap leads on phones.
    pub url: String,
    /// Where it leads on a PC; as `url` where there is none.
    pub pc_url: Option<String>,
    /// Name in the head.
    pub head: String,
    /// The line whose text and colour can be changed later.
    pub status: Option<StatusBar>,
    /// The heading.
    pub title: String,
    /// Name and value of each row; six are shown.
    pub form: Vec<(String, String)>,
    /// The text below.
    pub text: String,
    /// Who says it.
    pub author: String,
}

/// The line at the foot of an OA message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusBar {
    /// What it says.
    pub text: String,
    /// Its colour, red, green and blue.
    pub rgb: u32,
}

impl StatusBar {
    /// The colour as the platform wants it: opaque, with alpha first.
    pub(super) fn colour(&self) -> String {
        format!("0xFF{:06X}", self.rgb & 0x00FF_FFFF)
    }
}

impl WorkNoticeContent {
    /// How many bytes the message takes of [`NOTICE_BYTES_MAX`].
    pub fn bytes(&self) -> usize {
        self.value().to_string().len()
    }

    /// The line that can be changed later, if there is one.
    pub fn status_bar(&self) -> Option<&StatusBar> {
        match self {
            Self::Oa(oa) => oa.status.as_ref(),
            _ => None,
        }
    }

    /// `msg`.
    pub(super) fn wire(&self) -> Result<Value, DingTalkError> {
        let value = self.value();
        let bytes = value.to_string().len();
        if bytes > NOTICE_BYTES_MAX {
            let message = format!("the message has {bytes} bytes, more than {NOTICE_BYTES_MAX}");
            return Err(DingTalkError::new(ErrorClass::ContentRefused, "local.tooLong", &message));
        }
        if let Self::ActionCard { url, .. } = self
            && url.len() > BUTTON_URL_BYTES_MAX
        {
            let message = format!("the button's link is longer than {BUTTON_URL_BYTES_MAX} bytes");
            return Err(DingTalkError::new(ErrorClass::ContentRefused, "local.tooLong", &message));
        }
        Ok(value)
    }

    fn value(&self) -> Value {
        match self {
            Self::Text { content } => json!({ "msgtype": "text", "text": { "content": content } }),
            Self::Markdown { title, text } => {
                json!({ "msgtype": "markdown", "markdown": { "title": title, "text": text } })
            }
            Self::Link { title, text, url, picture } => json!({
                "msgtype": "link",
                "link": { "messageUrl": url, "picUrl": picture, "title": title, "text": text },
            }),
            Self::ActionCard { title, text, button, url } => json!({
                "msgtype": "action_card",
                "action_card": {
                    "title": first(title, CARD_TITLE_CHARACTERS_MAX),
                    "markdown": text,
                    "single_title": first(button, BUTTON_CHARACTERS_MAX),
                    "single_url": url,
                },
            }),
            Self::Oa(oa) => json!({ "msgtype": "oa", "oa": oa.value() }),
        }
    }
}

/// A quiet blue for the head; the status bar is what shows the state.
const HEAD_COLOUR: &str = "FF005FFF";

impl OaContent {
    fn value(&self) -> Value {
        let mut body = json!({ "title": self.title });
        if !self.form.is_empty() {
            let rows = self.form.iter().map(|(key, value)| json!({ "key": key, "value": value }));
            body["form"] = rows.collect::<Vec<_>>().into();
        }
        for (name, text) in [("content", &self.text), ("author", &self.author)] {
            if !text.is_empty() {
                body[name] = json!(text);
            }
        }
        let mut oa = json!({
            "message_url": self.url,
            "pc_message_url": self.pc_url.as_ref().unwrap_or(&self.url),
            "head": { "bgcolor": HEAD_COLOUR, "text": self.head },
            "body": body,
        });
        if let Some(status) = &self.status {
            oa["status_bar"] = json!({ "status_value": status.text, "status_bg": status.colour() });
        }
        oa
    }
}

/// The first characters; what was longer ends in an ellipsis.
fn first(text: &str, characters_max: usize) -> String {
    if text.chars().count() <= characters_max {
        return text.to_owned();
    }
    text.chars().take(characters_max - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_take_the_shapes_of_the_platform() {
        let (title, text, url) = ("T".to_owned(), "X".to_owned(), "https://h/1".to_owned());
        let oa = OaContent {
            url: url.clone(),
            pc_url: Some("dingtalk://x".into()),
            head: "App".into(),
            status: Some(StatusBar { text: "Triggered".into(), rgb: 0xF6_5E5E }),
            title: title.clone(),
            form: vec![("Severity:".into(), "Critical".into())],
            text: text.clone(),
            author: String::new(),
        };
        for (content, expected) in [
            (WorkNoticeContent::Text { content: text.clone() }, r#"{"msgtype":"text","text":{"content":"X"}}"#),
            (
                WorkNoticeContent::Markdown { title: title.clone(), text: text.clone() },
                r#"{"markdown":{"text":"X","title":"T"},"msgtype":"markdown"}"#,
            ),
            (
                WorkNoticeContent::Link {
                    title: title.clone(),
                    text: text.clone(),
                    url: url.clone(),
                    picture: "@m".into(),
                },
                r#"{"link":{"messageUrl":"https://h/1","picUrl":"@m","text":"X","title":"T"},"msgtype":"link"}"#,
            ),
            (
                WorkNoticeContent::ActionCard {
                    title: "长".repeat(30),
                    text: text.clone(),
                    button: "Open".into(),
                    url,
                },
                r#"{"action_card":{"markdown":"X","single_title":"Open","single_url":"https://h/1","title":"长长长长长长长长长长长长长长长长长长长…"},"msgtype":"action_card"}"#,
            ),
            (
                WorkNoticeContent::Oa(Box::new(oa)),
                r#"{"msgtype":"oa","oa":{"body":{"content":"X","form":[{"key":"Severity:","value":"Critical"}],"title":"T"},"head":{"bgcolor":"FF005FFF","text":"App"},"message_url":"https://h/1","pc_message_url":"dingtalk://x","status_bar":{"status_bg":"0xFFF65E5E","status_value":"Triggered"}}}"#,
            ),
        ] {
            let expected: Value = serde_json::from_str(expected).unwrap();
            assert_eq!(content.wire().unwrap(), expected);
            assert_eq!(content.bytes(), expected.to_string().len());
        }
    }

    #[test]
    fn too_long_a_message_is_refused_here() {
        let text = |length| WorkNoticeContent::Text { content: "x".repeat(length) };
        let around = text(0).bytes();
        assert!(text(NOTICE_BYTES_MAX - around).wire().is_ok());
        assert_eq!(text(NOTICE_BYTES_MAX - around + 1).wire().unwrap_err().code, "local.tooLong");
        let url = "u".repeat(BUTTON_URL_BYTES_MAX + 1);
        let card = WorkNoticeContent::ActionCard { title: "T".into(), text: "X".into(), button: "B".into(), url };
        assert_eq!(card.wire().unwrap_err().class, ErrorClass::ContentRefused);
    }
}
