//! The whole page. What changes in it comes from `regions`; the script only puts new parts in place of old ones.

use super::regions::Regions;
use super::text::{Language, escape, tile};
use super::{Desk, Seat, name};
use crate::dingtalk::Employee;
use crate::seed;
use serde_json::json;

/// How the page looks: what the address keeps over a reload.
pub struct Look {
    pub language: Language,
    pub pc: bool,
    pub theme: Option<&'static str>,
    pub workplace: bool,
    pub chat: String,
}

impl Look {
    /// The address of the page that looks so.
    pub fn address(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("lang", self.language.short()).append_pair("device", self.device());
        if let Some(theme) = self.theme {
            query.append_pair("theme", theme);
        }
        if self.workplace {
            query.append_pair("tab", "workplace");
        }
        if !self.chat.is_empty() {
            query.append_pair("chat", &self.chat);
        }
        format!("/desk?{}", query.finish())
    }

    fn device(&self) -> &'static str {
        if self.pc { "pc" } else { "phone" }
    }
}

/// The page.
pub fn draw(seat: &Seat, look: &Look, regions: &Regions, flashduty_url: &str) -> String {
    let say = |chinese, english| seat.language.say(chinese, english);
    // DingTalk's PC client tells pages about itself by the frame's name; the stand-in for its JSAPI also reads who it is.
    let frame_name = json!({
        "hostVersion": "7.8.10", "language": seat.language.dingtalk(), "containerId": "sim",
        "simUser": seat.person.user_id,
    });
    let theme = look.theme.map(|theme| format!(" data-theme=\"{theme}\"")).unwrap_or_default();
    let talk: String = regions.talk.iter().map(|item| item.html.as_str()).collect();
    format!(
        "<!doctype html><html lang=\"{lang}\"{theme}><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title>\
         <link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"/desk/desk.css\"></head>\
         <body data-device=\"{device}\" data-tab=\"{tab}\" data-chat=\"{chat}\" data-side=\"dingtalk\" \
         data-person=\"{person}\" data-step=\"{step}\" data-frame-name=\"{frame_name}\" data-offline=\"{offline}\">\
         {top}<ol class=\"tour\" id=\"tour\" aria-label=\"{tour_label}\">{tour}</ol>{sides}<main>\
         <section class=\"left\" aria-label=\"DingTalk\">{device_html}<div class=\"log\" id=\"log\">{log}</div>\
         </section>\
         {console}</main><script src=\"/desk/desk.js\"></script></body></html>",
        lang = seat.language.short(),
        title = say("演示桌面：钉钉与 Flashduty", "Demo desk: DingTalk and Flashduty"),
        device = look.device(),
        tab = if look.workplace { "workplace" } else { "messages" },
        chat = escape(&look.chat),
        person = escape(&seat.person.user_id),
        step = regions.step,
        frame_name = escape(&frame_name.to_string()),
        offline = say("模拟器没有应答，正在重试…", "The simulator does not answer, trying again…"),
        top = top(seat, look, regions),
        tour_label = say("演示步骤", "Steps of the tour"),
        tour = regions.part("tour"),
        sides = sides(seat),
        device_html = device(seat, regions, &talk),
        log = regions.part("log"),
        console = console(seat, flashduty_url),
    )
}

/// The bar at the top: who, which device, language, theme.
fn top(seat: &Seat, look: &Look, regions: &Regions) -> String {
    let say = |chinese, english| seat.language.say(chinese, english);
    let pressed = |pc: bool| if look.pc == pc { "true" } else { "false" };
    let other = Look { language: seat.language.other(), chat: look.chat.clone(), ..*look };
    format!(
        "<header class=\"top\"><strong>{brand}</strong>\
         <details class=\"menu who\"><summary>{tile}<span>{i_am} <b>{name}</b></span><span \
         aria-hidden=\"true\">▾</span></summary>\
         <div class=\"sheet\" id=\"people\">{people}</div></details>\
         <div class=\"switch\" role=\"group\" aria-label=\"{device}\">\
         <button type=\"button\" data-device-is=\"phone\" aria-pressed=\"{on_phone}\">{phone}</button>\
         <button type=\"button\" data-device-is=\"pc\" aria-pressed=\"{on_pc}\">{pc}</button></div>\
         <span class=\"room\"></span>\
         <button type=\"button\" class=\"tool\" data-console aria-pressed=\"true\">{console}</button>\
         <a class=\"tool\" href=\"/desk/chaos?lang={lang}\">{chaos}</a>\
         <a class=\"tool\" data-language href=\"{address}\" lang=\"{other_lang}\">{other_name}</a>\
         <button type=\"button\" class=\"tool\" data-theme-switch aria-label=\"{theme}\" \
         title=\"{theme}\">◐</button></header>",
        brand = say("演示桌面", "Demo desk"),
        tile = tile(name(&seat.person, seat.language), "round"),
        i_am = say("我是", "I am"),
        name = escape(name(&seat.person, seat.language)),
        people = regions.part("people"),
        device = say("设备", "Device"),
        on_phone = pressed(false),
        on_pc = pressed(true),
        phone = say("手机", "Phone"),
        pc = say("电脑", "PC"),
        console = say("Flashduty 控制台", "Flashduty console"),
        address = escape(&other.address()),
        lang = seat.language.short(),
        chaos = say("异常注入", "Trouble"),
        other_lang = other.language.short(),
        other_name = other.language.say("中文", "English"),
        theme = say("深色或浅色", "Dark or light"),
    )
}

/// On narrow screens one side at a time.
fn sides(seat: &Seat) -> String {
    let say = |chinese, english| seat.language.say(chinese, english);
    format!(
        "<div class=\"sides switch\" role=\"group\"><button type=\"button\" data-side-is=\"dingtalk\" \
         aria-pressed=\"true\">{}</button>\
         <button type=\"button\" data-side-is=\"flashduty\" aria-pressed=\"false\">{}</button></div>",
        say("钉钉", "DingTalk"),
        say("Flashduty 控制台", "Flashduty console"),
    )
}

/// The pretend phone or PC client.
fn device(seat: &Seat, regions: &Regions, talk: &str) -> String {
    let say = |chinese, english| seat.language.say(chinese, english);
    format!(
        "<div class=\"device\"><div class=\"status\" aria-hidden=\"true\"><span>9:41</span><span>5G ▮▮▮</span></div>\
         <nav class=\"rail\">{tile}\
         <button type=\"button\" data-tab-is=\"messages\"><svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path \
         d=\"M4 4h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-8l-5 4v-4H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z\"/></svg>\
         <span>{messages}</span><em id=\"badge\" class=\"unread\">{badge}</em></button>\
         <button type=\"button\" data-tab-is=\"workplace\"><svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path \
         d=\"M3 3h8v8H3zm10 0h8v8h-8zM3 13h8v8H3zm10 0h8v8h-8z\"/></svg>\
         <span>{workplace_title}</span></button></nav>\
         <section class=\"chats\"><h2>{messages}</h2><div id=\"chats\">{chats}</div></section>\
         <section class=\"talk\"><p class=\"nothing\">{nothing}</p><div class=\"head\" id=\"head\">{head}</div>\
         <div class=\"said-all\" id=\"talk\" tabindex=\"0\" aria-live=\"polite\">{talk}</div><div class=\"foot\" \
         id=\"foot\">{foot}</div></section>\
         <section class=\"workplace\"><h2>{workplace_title}</h2><div id=\"workplace\">{workplace}</div></section>\
         <div class=\"webs\" id=\"webs\" data-back=\"{back}\" data-close=\"{close}\" data-tab-title=\"{in_tab}\" \
         data-loading=\"{loading}\" data-app=\"{app}\"></div>\
         <div class=\"toast\" id=\"toast\" role=\"alert\" hidden></div></div>",
        tile = tile(name(&seat.person, seat.language), "square"),
        messages = say("消息", "Messages"),
        badge = regions.part("badge"),
        workplace_title = say("工作台", "Workplace"),
        chats = regions.part("chats"),
        nothing = say("选一个聊天", "Choose a chat"),
        head = regions.part("head"),
        foot = regions.part("foot"),
        workplace = regions.part("workplace"),
        back = say("返回", "Back"),
        close = say("关闭", "Close"),
        in_tab = say("在新标签页打开", "Open in a tab"),
        loading = say("正在打开…", "Opening…"),
        app = say("值班助手", "On-call"),
    )
}

fn console(seat: &Seat, flashduty_url: &str) -> String {
    let say = |chinese, english| seat.language.say(chinese, english);
    let address = escape(&format!("{flashduty_url}/console?lang={}", seat.language.short()));
    format!(
        "<section class=\"right\" aria-label=\"Flashduty\"><div class=\"bar\"><b>{title}</b>\
         <a href=\"{address}\" target=\"_blank\" rel=\"noopener\">{in_tab} ↗</a></div>\
         <iframe title=\"{title}\" src=\"{address}\" sandbox=\"allow-scripts allow-forms allow-same-origin \
         allow-popups\"></iframe></section>",
        title = say("Flashduty 控制台", "Flashduty console"),
        in_tab = say("在新标签页打开", "Open in a tab"),
    )
}

impl Desk {
    /// The list to choose a person from.
    pub fn people(&self, seat: &Seat, people: &[Employee]) -> String {
        let say = |chinese, english| seat.language.say(chinese, english);
        let responders = self.responders();
        let entry = |person: &Employee| {
            let responds = self.responds(person, &responders);
            let known = self.flashduty.member_id(&person.user_id).is_some();
            let tag = match (person.active, responds, known) {
                (false, ..) => say("已离职", "left"),
                (_, true, _) => say("处理人", "Responder"),
                (_, _, true) => say("Flashduty 成员", "Flashduty member"),
                _ => "",
            };
            let current = if person.user_id == seat.person.user_id { " aria-current=\"true\"" } else { "" };
            let disabled = if person.active { "" } else { " disabled" };
            format!(
                "<button name=\"person\" value=\"{id}\"{current}{disabled}>{tile}<span><b>{name}</b>\
                 <small>{title}</small></span>\
                 <em class=\"{class}\">{tag}</em></button>",
                id = escape(&person.user_id),
                tile = tile(name(person, seat.language), "round"),
                name = escape(name(person, seat.language)),
                title = escape(&person.title),
                class = if responds { "responder" } else { "" },
            )
        };
        let position = |person: &Employee| seed::PEOPLE.iter().position(|seeded| seeded.id == person.user_id);
        let mut people: Vec<&Employee> = people.iter().collect();
        people.sort_by_key(|person| {
            let responds = self.responds(person, &responders);
            (!person.active, !responds, position(person).unwrap_or(usize::MAX))
        });
        let entries: String = people.into_iter().map(entry).collect();
        format!(
            "<p class=\"hint\">{each}</p><form method=\"post\" action=\"/desk/person\" data-keeps-look>{entries}</form>\
             <details class=\"leave\"><summary>{me} {leave}…</summary><form method=\"post\" action=\"/desk/leave\" \
             data-keeps-look>\
             <p class=\"hint\">{means}</p><button class=\"button danger\">{leave}</button></form></details>",
            each = say("每个人是另一部手机：各有各的登录。", "Each person is another phone with its own sign-in."),
            me = escape(name(&seat.person, seat.language)),
            leave = say("离开公司", "leaves the company"),
            means =
                say("钉钉会通知应用，此人的关联应当解除。", "DingTalk tells the app; the person’s link should end."),
        )
    }
}
