//! What the pretend client shows: the list of chats, the open chat, the workplace. Each function draws one region.

use super::link::{Container, Opening};
use super::message::Viewing;
use super::template::filled;
use super::text::{clock, cut, escape, tile};
use super::{Desk, Item, Seat};
use crate::dingtalk::{CardView, Chat, ChatKind, Content, Message, Place};

/// Messages shown of one chat.
const MESSAGES_SHOWN: usize = 60;

/// The half panel of a phone's quick entry, in percent of the screen.
const QUICK_ENTRY_PERCENT: u8 = 83;

/// The app's icon.
const APP_ICON: &str = "<span class=\"tile app\" aria-hidden=\"true\"><svg viewBox=\"0 0 24 24\"><path d=\"M12 2a6 \
    6 0 0 0-6 6v5l-2 \
    3v1h16v-1l-2-3V8a6 6 0 0 0-6-6zm-2.5 17a2.5 2.5 0 0 0 5 0z\"/></svg></span>";

/// A line of the list of chats.
pub struct Row {
    /// Where it leads.
    pub place: Place,
    /// Group or bot.
    pub name: String,
    last: Option<Message>,
    unread: usize,
    card: Option<String>,
}

impl Row {
    /// How addresses name the place: a group's id, `bot` or `work`.
    pub fn address(&self) -> &str {
        match &self.place {
            Place::Chat(id) => id,
            Place::Person(_) => "bot",
            Place::Work(_) => "work",
        }
    }

    /// outTrackId of the last card that was sent here.
    pub fn last_card(&self) -> Option<&str> {
        self.card.as_deref()
    }

    /// Whether it is a group.
    pub fn is_group(&self) -> bool {
        matches!(self.place, Place::Chat(_))
    }
}

impl Desk {
    /// Chats of a person, the latest first.
    pub fn rows(&self, seat: &Seat, viewing: &Viewing) -> Vec<Row> {
        let me = &seat.person.user_id;
        let chats = self.dingtalk.chats().into_iter();
        let groups = chats.filter(|chat| !chat.disbanded && chat.members.contains(me));
        let mut rows: Vec<Row> = groups.map(|chat| self.row(Place::Chat(chat.id), chat.title, me, viewing)).collect();
        let bot = self.row(Place::Person(me.clone()), String::new(), me, viewing);
        if let Some(last) = &bot.last {
            let name = viewing.bot_name(&last.robot_code);
            rows.push(Row { name, ..bot });
        }
        let notices = seat.language.say("工作通知", "Work notices").to_owned();
        let work = self.row(Place::Work(me.clone()), notices, me, viewing);
        if work.last.is_some() {
            rows.push(work);
        }
        rows.sort_by_key(|row| std::cmp::Reverse(row.last.as_ref().map(|last| last.n)));
        rows
    }

    fn row(&self, place: Place, name: String, me: &str, viewing: &Viewing) -> Row {
        let messages: Vec<Message> =
            self.dingtalk.messages(&place).into_iter().filter(|message| viewing.sees(message)).collect();
        let seen = self.memory().seen.get(&(me.to_owned(), place.clone())).copied().unwrap_or(0);
        let unread = messages.iter().filter(|message| message.n > seen && !message.robot_code.is_empty()).count();
        let card = messages.iter().rev().find_map(|message| match &message.content {
            Content::Card { out_track_id, .. } => Some(out_track_id.clone()),
            Content::Robot { .. } | Content::Work { .. } | Content::Notice { .. } => None,
        });
        Row { place, name, unread, card, last: messages.into_iter().next_back() }
    }
}

/// The list of chats; `open` is the one that is open.
pub fn list(rows: &[Row], open: Option<&Place>, viewing: &Viewing) -> String {
    let draw = |row: &Row| {
        let last = row.last.as_ref();
        let line = last.map(|last| viewing.line(&last.content)).unwrap_or_default();
        let unread = if row.unread > 0 {
            format!("<span class=\"unread\">{}</span>", row.unread.min(99))
        } else {
            String::new()
        };
        let current = if open == Some(&row.place) { " aria-current=\"true\"" } else { "" };
        format!(
            "<button type=\"button\" class=\"row\" data-chat=\"{id}\"{current}>{tile}<span class=\"name\">{name}</span>\
             <time>{at}</time><span class=\"line\">{line}</span>{unread}</button>",
            id = escape(row.address()),
            tile = tile(&row.name, if row.is_group() { "square" } else { "round" }),
            name = escape(&row.name),
            at = last.map(|last| clock(last.at, false)).unwrap_or_default(),
            line = escape(&line),
        )
    };
    rows.iter().map(draw).collect()
}

/// The number at the Messages tab.
pub fn badge(rows: &[Row]) -> String {
    let unread: usize = rows.iter().map(|row| row.unread).sum();
    if unread > 0 { unread.min(99).to_string() } else { String::new() }
}

impl Desk {
    /// Messages of the open chat, which the person has seen by that.
    pub fn talk(&self, seat: &Seat, place: &Place, viewing: &Viewing) -> Vec<Item> {
        let messages = self.dingtalk.messages(place);
        let messages: Vec<&Message> = messages.iter().filter(|message| viewing.sees(message)).collect();
        if let Some(last) = messages.last() {
            let key = (seat.person.user_id.clone(), place.clone());
            self.memory().seen.insert(key, last.n);
        }
        match place {
            Place::Work(user_id) => self.dingtalk.read_work_notices(user_id),
            Place::Chat(_) | Place::Person(_) => self.dingtalk.read_messages(place, &seat.person.user_id),
        }
        let shown = &messages[messages.len().saturating_sub(MESSAGES_SHOWN)..];
        if shown.is_empty() {
            let text =
                seat.language.say("还没有消息。故障卡片会出现在这里。", "Nothing yet. Incident cards appear here.");
            return vec![Item {
                key: "none".into(),
                html: format!("<p class=\"notice\" data-key=\"none\">{text}</p>"),
            }];
        }
        shown.iter().map(|message| viewing.draw(message)).collect()
    }

    /// Title and menu of the open chat.
    pub fn head(&self, seat: &Seat, row: &Row, viewing: &Viewing) -> String {
        let say = |chinese, english| seat.language.say(chinese, english);
        let chat = match &row.place {
            Place::Chat(id) => self.dingtalk.chat(id),
            Place::Person(_) | Place::Work(_) => None,
        };
        let count = chat.as_ref().map(|chat| format!(" <small>({})</small>", chat.members.len())).unwrap_or_default();
        let menu = chat.map(|chat| self.group_menu(seat, &chat, viewing)).unwrap_or_default();
        let top = self.top_cards(&row.place, viewing);
        format!(
            "<button type=\"button\" class=\"icon back\" data-back aria-label=\"{back}\">‹</button>\
             <h2>{name}{count}</h2>{menu}{top}",
            back = say("返回", "Back"),
            name = escape(&row.name),
        )
    }

    /// Cards that are kept at the top of a group.
    fn top_cards(&self, place: &Place, viewing: &Viewing) -> String {
        let Place::Chat(id) = place else { return String::new() };
        let line = |card: CardView| {
            let shown = self.dingtalk.card_as(&card.out_track_id, viewing.viewer);
            let known = card.template_id == viewing.template.id;
            let line = if known { filled(&viewing.template.title, &shown) } else { card.template_id };
            let badge = if known { filled(&viewing.template.badge, &shown) } else { String::new() };
            format!(
                "<p class=\"top-card\" data-top-card=\"{}\"><b>{}</b> <span>{}</span></p>",
                escape(&card.out_track_id),
                escape(&cut(&line, 120)),
                escape(&cut(&badge, 40)),
            )
        };
        self.dingtalk.top_cards(id).into_iter().map(line).collect()
    }

    fn group_menu(&self, seat: &Seat, chat: &Chat, viewing: &Viewing) -> String {
        let say = |chinese, english| seat.language.say(chinese, english);
        let names: Vec<String> = chat.members.iter().map(|member| viewing.person_name(member)).collect();
        let (act, label) = match self.is_installed(chat) {
            true => ("uninstall", say("移除酷应用", "Remove the cool app")),
            false => ("install", say("添加酷应用「值班助手」", "Install the cool app “On-call”")),
        };
        format!(
            "<details class=\"menu group\"><summary class=\"icon\" aria-label=\"{settings}\">⋯</summary><div \
             class=\"sheet\">\
             <p class=\"hint\">{members}: {names}</p>\
             <button type=\"button\" class=\"button\" data-group=\"{act}\">{label}</button>{disband}\
             <form class=\"rename\" data-group-form=\"rename\"><input name=\"title\" maxlength=\"60\" \
             value=\"{title}\" \
             aria-label=\"{new_name}\" required><button class=\"button\">{rename}</button></form></div></details>",
            settings = say("群设置", "Group settings"),
            disband = self.disband_button(seat, chat),
            members = say("成员", "Members"),
            names = escape(&names.join(say("、", ", "))),
            title = escape(&chat.title),
            new_name = say("群名称", "Group name"),
            rename = say("改名", "Rename"),
        )
    }

    /// Only the owner of a group made by an app can disband it here: the demo's own groups are needed.
    fn disband_button(&self, seat: &Seat, chat: &Chat) -> String {
        if chat.kind != ChatKind::Scene || chat.owner != seat.person.user_id {
            return String::new();
        }
        let label = seat.language.say("解散群聊", "Disband the group");
        format!("<button type=\"button\" class=\"button danger\" data-group=\"disband\">{label}</button>")
    }

    /// The bar of quick entries below a group's messages.
    pub fn foot(&self, seat: &Seat, place: &Place) -> String {
        let say = |chinese, english| seat.language.say(chinese, english);
        let Place::Chat(id) = place else { return String::new() };
        let Some(chat) = self.dingtalk.chat(id) else { return String::new() };
        if chat.kind == ChatKind::Scene && !self.is_installed(&chat) {
            return String::new();
        }
        if !self.is_installed(&chat) {
            return format!(
                "<p class=\"hint\">{}</p><button type=\"button\" class=\"button main\" \
                 data-group=\"install\">{}</button>",
                say("本群还没有添加酷应用。", "The cool app is not in this group yet."),
                say("添加酷应用", "Install the cool app"),
            );
        }
        let url = self.dingtalk.quick_entry_url(id).unwrap_or_default();
        match Opening::new(&url, Container::Panel(QUICK_ENTRY_PERCENT)) {
            Some(opening) => format!(
                "<button type=\"button\" class=\"entry\" data-quick-entry data-open=\"{}\" data-in=\"panel\" \
                 data-percent=\"{QUICK_ENTRY_PERCENT}\">{}{}</button>",
                escape(opening.url.as_str()),
                APP_ICON,
                say("值班", "On-call"),
            ),
            None => format!(
                "<p class=\"hint\">{}</p>",
                say("应用还没有填写酷应用地址。", "The app has no cool-app address yet.")
            ),
        }
    }

    /// The workplace with the app in it.
    pub fn workplace(&self, seat: &Seat, viewing: &Viewing) -> String {
        let say = |chinese, english| seat.language.say(chinese, english);
        let phone = Opening::new(&self.dingtalk.workplace_url(false), Container::Page);
        let pc = Opening::new(&self.dingtalk.workplace_url(true), Container::Window);
        let name = viewing.bot_name(crate::seed::CLIENT_ID);
        let icon = APP_ICON;
        let heading = say("常用应用", "Apps");
        match (phone, pc) {
            (Some(phone), Some(pc)) => format!(
                "<h3>{heading}</h3><button type=\"button\" class=\"app-icon\" data-app data-open=\"{}\" \
                 data-open-pc=\"{}\" \
                 data-in=\"window\">{icon}<span>{}</span></button><p class=\"hint\">{}</p>",
                escape(phone.url.as_str()),
                escape(pc.url.as_str()),
                escape(&name),
                say(
                    "点开就是应用首页；人已登录钉钉，不再要密码。",
                    "Opens the app's home page. DingTalk says who you are: no password."
                ),
            ),
            _ => format!(
                "<h3>{heading}</h3><button type=\"button\" class=\"app-icon\" disabled>{icon}<span>{}</span></button>\
                 <p class=\"hint\">{}</p>",
                escape(&name),
                say("应用的首页地址还没有填写。", "The app's home page addresses are not set yet."),
            ),
        }
    }

    fn is_installed(&self, chat: &Chat) -> bool {
        chat.cool_apps.contains(crate::seed::CLIENT_ID)
    }
}
