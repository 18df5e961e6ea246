//! A message with a link button, for apps that may not send cards.

use super::ended::{self, Ended};
use crate::flow::notify;
use crate::flow::subject::Subject;
use crate::model::card::{self, Drawing};
use crate::model::chat::Chat;
use crate::model::delivery::Outcome;
use crate::model::integration::Integration;
use crate::state::State;
use dingtalk::{CardSpace, Client, GroupMessage, RobotContent};
use std::time::Duration;

/// How long a person's messages wait whom DingTalk protects from too many; it does not say for how long.
const FLOW_CONTROL_WAIT: Duration = Duration::from_secs(60);

/// Link mode: a message whose button opens the page that does the act, for apps that may not send cards.
///
/// It cannot be repeated: nothing tells whether a message arrived that was not answered.
pub async fn send(
    state: &State,
    integration: &Integration,
    client: &Client,
    (subject, own): (&Subject, Option<&str>),
    (space, chat): (CardSpace, Option<&Chat>),
    is_of_state: bool,
) -> Ended {
    let url = subject.url(state, integration);
    let drawing = Drawing { text: own, ..notify::drawing(state, integration, &url) };
    let markdown = match subject.incident().filter(|_| is_of_state) {
        Some(mirror) => card::state_markdown(&mirror.incident, drawing),
        None => subject.markdown(drawing),
    };
    let text = ended::cut(&markdown);
    let content = RobotContent::ActionCard {
        title: subject.summary(drawing),
        text: markdown,
        buttons: vec![(subject.button(drawing.language).to_owned(), url.clone())],
    };
    let robot_code = integration.settings.client_id.clone();
    let sent = match space {
        CardSpace::Group { open_conversation_id } => {
            let robot_code = chat.and_then(|chat| chat.robot_code.clone()).unwrap_or(robot_code);
            let cool_app_code = chat.and_then(|chat| chat.cool_app_code.clone());
            let message = GroupMessage { open_conversation_id, robot_code, cool_app_code, content };
            client.send_to_group(&message).await.map(|_| ())
        }
        CardSpace::Room { open_conversation_id, .. } => {
            let robot_code = integration.settings.war_room_bot_id.clone().unwrap_or_default();
            client.send_to_scene_group(&open_conversation_id, &robot_code, &content).await.map(|_| ())
        }
        CardSpace::Person { user_id } => match client.send_to_people(&robot_code, &[user_id], &content).await {
            Ok(sent) if !sent.invalid.is_empty() => {
                return Ended { text, cost: 1, ..Ended::of(Outcome::UnknownPerson) };
            }
            Ok(sent) if !sent.flow_controlled.is_empty() => {
                return Ended { text, cost: 1, told: Some(FLOW_CONTROL_WAIT), ..Ended::of(Outcome::Throttled) };
            }
            other => other.map(|_| ()),
        },
    };
    let cost = ended::cost(&sent);
    let ended = Ended { text, cost, ..Ended::from_answer(sent) };
    if ended.outcome == Outcome::Unclear { ended.unrepeatable() } else { ended }
}
