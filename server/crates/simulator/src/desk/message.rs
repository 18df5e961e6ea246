//! Draws what was said in a chat, as one person sees it.

use super::card::{self, link_button};
use super::template::Template;
use super::text::{Language, clock, cut, escape, tile};
use super::{Item, markdown, work};
use crate::dingtalk::{Content, DingTalk, Employee, Message};
use serde_json::Value;

/// The longest line shown in the list of chats, in characters.
const LINE_MAX: usize = 90;

/// What drawing needs.
pub struct Viewing<'a> {
    pub dingtalk: &'a DingTalk,
    pub template: &'a Template,
    pub people: &'a [Employee],
    /// User id of who looks.
    pub viewer: &'a str,
    pub language: Language,
}

impl Viewing<'_> {
    /// Whether the viewer is shown this message.
    pub fn sees(&self, message: &Message) -> bool {
        message.only_for.is_empty() || message.only_for.contains(self.viewer)
    }

    /// One message.
    pub fn draw(&self, message: &Message) -> Item {
        let key = format!("m{}", message.n);
        if let Content::Notice { text } = &message.content {
            let line = escape(&cut(&self.with_names(text), 200));
            return Item { html: format!("<p class=\"notice\" data-key=\"{key}\">{line}</p>"), key };
        }
        let name = self.bot_name(&message.robot_code);
        let html = format!(
            "<div class=\"message\" data-key=\"{key}\">{tile}<div class=\"said\"><p class=\"by\">{name} \
             <span class=\"robot\">{robot}</span> <time>{at}</time></p>{mentions}{body}</div></div>",
            tile = tile(&name, "round"),
            name = escape(&name),
            robot = self.language.say("机器人", "Bot"),
            at = clock(message.at, false),
            mentions = self.mentions(message),
            body = self.body(&message.content),
        );
        Item { key, html }
    }

    /// The line in the list of chats.
    pub fn line(&self, content: &Content) -> String {
        let line = match content {
            Content::Notice { text } => self.with_names(text),
            Content::Card { last_message, .. } => {
                let own = last_message.get(self.language.say("ZH_CN", "EN_US"));
                let line = own.or_else(|| last_message.values().next()).filter(|line| !line.is_empty());
                line.cloned().unwrap_or_else(|| self.language.say("[卡片]", "[Card]").to_owned())
            }
            Content::Work { msg } => work::line(msg, self.language),
            Content::Robot { msg_param, .. } => {
                let first = ["title", "content", "fileName"].iter().find_map(|name| msg_param.get(name)?.as_str());
                first.unwrap_or_else(|| self.language.say("[消息]", "[Message]")).to_owned()
            }
        };
        cut(&line, LINE_MAX)
    }

    /// The name of an app's bot, or of the bot of its group template.
    pub fn bot_name(&self, robot_code: &str) -> String {
        self.dingtalk.look(|state| {
            let own = state.apps.get(robot_code).map(|app| app.name.clone());
            let of_template = || {
                let app = state.apps.values().find(|app| {
                    app.group_template.as_ref().is_some_and(|template| template.robot_code == robot_code)
                })?;
                Some(format!("{} · {}", app.name, self.language.say("群机器人", "group bot")))
            };
            own.or_else(of_template).unwrap_or_else(|| self.language.say("机器人", "Bot").to_owned())
        })
    }

    /// The name of a person in the reader's language; the id when nobody is called so.
    pub fn person_name(&self, user_id: &str) -> String {
        let person = self.people.iter().find(|person| person.user_id == user_id);
        person.map_or_else(|| user_id.to_owned(), |person| super::name(person, self.language).to_owned())
    }

    fn body(&self, content: &Content) -> String {
        match content {
            Content::Notice { .. } => String::new(),
            Content::Robot { msg_key, msg_param } => self.robot(msg_key, msg_param),
            Content::Work { msg } => work::draw(msg, self.language),
            Content::Card { out_track_id, .. } => {
                let values = self.dingtalk.card_as(out_track_id, self.viewer);
                let template_id = self.dingtalk.card(out_track_id).map(|card| card.template_id).unwrap_or_default();
                if template_id == self.template.id {
                    card::draw(self.template, out_track_id, &values, self.language)
                } else {
                    card::draw_unknown(&template_id, out_track_id, &values, self.language)
                }
            }
        }
    }

    /// A robot message (6.3).
    fn robot(&self, msg_key: &str, param: &Value) -> String {
        let field = |name: &str| param.get(name).and_then(Value::as_str).unwrap_or_default();
        let link = |label: &str, address: &str| link_button(label, address, "button", self.language);
        let action_card = |buttons: String, class: &str| {
            let text = markdown::draw(field("text"), self.language);
            format!(
                "<article class=\"card plain\"><div class=\"rich\">{text}</div><div \
                 class=\"{class}\">{buttons}</div></article>"
            )
        };
        match msg_key {
            "sampleText" => format!("<p class=\"bubble\">{}</p>", escape(&cut(field("content"), 5_000))),
            "sampleMarkdown" => {
                format!("<div class=\"bubble rich\">{}</div>", markdown::draw(field("text"), self.language))
            }
            "sampleActionCard" => action_card(link(field("singleTitle"), field("singleURL")), "buttons stacked"),
            "sampleActionCard6" => action_card(
                link(field("buttonTitle1"), field("buttonUrl1")) + &link(field("buttonTitle2"), field("buttonUrl2")),
                "buttons",
            ),
            "sampleLink" => {
                let title = escape(&cut(field("title"), 200));
                let open = link(self.language.say("打开", "Open"), field("messageUrl"));
                let text = escape(&cut(field("text"), 500));
                format!(
                    "<article class=\"card plain\"><div class=\"rich\"><p class=\"heading small\">{title}</p>\
                     <p>{text}</p></div><div class=\"buttons\">{open}</div></article>"
                )
            }
            _ if msg_key.starts_with("sampleActionCard") => {
                let titles = (1..=5).map(|n| (field(&format!("actionTitle{n}")), field(&format!("actionURL{n}"))));
                let buttons =
                    titles.filter(|(title, _)| !title.is_empty()).map(|(title, address)| link(title, address));
                action_card(buttons.collect(), "buttons stacked")
            }
            _ => format!(
                "<p class=\"bubble\">[{}] {}</p>",
                escape(&cut(msg_key, 40)),
                escape(&cut(field("fileName"), 200))
            ),
        }
    }

    fn mentions(&self, message: &Message) -> String {
        if message.mentions.is_empty() {
            return String::new();
        }
        let names = message.mentions.iter().take(20).map(|user_id| match user_id.as_str() {
            "@ALL" => self.language.say("@所有人", "@All").to_owned(),
            user_id => format!("@{}", self.person_name(user_id)),
        });
        let names: Vec<String> = names.collect();
        let me = message.mentions.contains(self.viewer) || message.mentions.contains("@ALL");
        let class = if me { "mentions me" } else { "mentions" };
        format!("<p class=\"{class}\">{}</p>", escape(&names.join(" ")))
    }

    /// DingTalk's own lines begin with a user id; people read a name.
    fn with_names(&self, text: &str) -> String {
        match text.split_once(' ') {
            Some((user_id, rest)) if self.people.iter().any(|person| person.user_id == user_id) => {
                format!("{} {rest}", self.person_name(user_id))
            }
            _ => text.to_owned(),
        }
    }
}
