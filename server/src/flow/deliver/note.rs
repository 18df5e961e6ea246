//! The bot's own words in a group, where a robot push brought no card.

use super::ended::{self, Ended};
use crate::model::chat::Chat;
use crate::model::delivery::Outcome;
use crate::model::integration::Integration;
use crate::model::mention::Note;
use dingtalk::{Client, GroupMessage, RobotContent};

/// Says it in a war room, by the bot of the group's template. It cannot be repeated either.
pub async fn send_to_room(integration: &Integration, client: &Client, conversation: &str, note: Note) -> Ended {
    let text = ended::cut(&note.text);
    let robot_code = integration.settings.war_room_bot_id.clone().unwrap_or_default();
    let content = RobotContent::Markdown { title: note.title, text: note.text };
    let sent = client.send_to_scene_group(conversation, &robot_code, &content).await.map(|_| ());
    let cost = ended::cost(&sent);
    let ended = Ended { text, cost, ..Ended::from_answer(sent) };
    if ended.outcome == Outcome::Unclear { ended.unrepeatable() } else { ended }
}

/// Says it. It cannot be repeated: nothing tells whether a message arrived that was not answered.
pub async fn send(integration: &Integration, client: &Client, chat: &Chat, note: Note) -> Ended {
    let text = ended::cut(&note.text);
    let message = GroupMessage {
        open_conversation_id: chat.open_conversation_id.clone(),
        robot_code: chat.robot_code.clone().unwrap_or_else(|| integration.settings.client_id.clone()),
        cool_app_code: chat.cool_app_code.clone(),
        content: RobotContent::Markdown { title: note.title, text: note.text },
    };
    let sent = client.send_to_group(&message).await.map(|_| ());
    let cost = ended::cost(&sent);
    let ended = Ended { text, cost, ..Ended::from_answer(sent) };
    if ended.outcome == Outcome::Unclear { ended.unrepeatable() } else { ended }
}
