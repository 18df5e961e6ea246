//! A notice's message in DingTalk's words.

use crate::flow::{address, notify};
use crate::model::card::Drawing;
use crate::model::incident::Mirror;
use crate::model::integration::Integration;
use crate::model::work_notice::{Bar, Content, Kind, Message, for_incident};
use crate::state::State;
use crate::web;
use contract::paths;
use dingtalk::{OaContent, StatusBar, WorkNoticeContent};

/// The notice of an incident as it is now.
pub fn of_incident(
    state: &State,
    integration: &Integration,
    (mirror, own): (&Mirror, Option<&str>),
    has_bar: bool,
) -> Message {
    let detail_url = address::incident_in_dingtalk(state, &integration.key, &mirror.incident.id);
    let page = address::page(state, paths::INCIDENT, &[&integration.key, &mirror.incident.id]);
    let drawing = Drawing { text: own, ..notify::drawing(state, integration, &detail_url) };
    let head = &integration.settings.name;
    for_incident(&mirror.incident, drawing, (head, &page), has_bar, |message| wire(state, message).bytes())
}

/// What a program asked for.
pub fn of_program(integration: &Integration, content: &Content) -> Message {
    Message::of(content, &integration.settings.name, integration.settings.language)
}

/// A message as DingTalk takes it.
pub fn wire(state: &State, message: &Message) -> WorkNoticeContent {
    let Message { kind, head, title, text, form, url, pc_url, button, picture, bar } = message.clone();
    match kind {
        Kind::Text => WorkNoticeContent::Text { content: text },
        Kind::Markdown => WorkNoticeContent::Markdown { title, text },
        Kind::Link => {
            let picture = if picture.is_empty() { icon(state) } else { picture };
            WorkNoticeContent::Link { title, text, url, picture }
        }
        Kind::ActionCard => WorkNoticeContent::ActionCard { title, text, button, url },
        Kind::Oa => WorkNoticeContent::Oa(Box::new(OaContent {
            url,
            pc_url: Some(pc_url),
            head,
            status: bar.as_ref().map(status),
            title,
            form,
            text,
            author: String::new(),
        })),
    }
}

/// A status bar as DingTalk takes it.
pub fn status(bar: &Bar) -> StatusBar {
    StatusBar { text: bar.text.clone(), rgb: bar.rgb }
}

/// A link wants a picture: the app's icon.
fn icon(state: &State) -> String {
    let icon = web::plain_script("icon.svg").map(|icon| icon.path).unwrap_or_default();
    format!("{}{icon}", state.config.public_url.as_str().trim_end_matches('/'))
}
