//! Group robots of escalation levels (reference sections 7.2, 7.6 and 9.9): when a level fires, and again with each of its
//! reminders, every `dingtalk` target of the level gets a message in DingTalk's robot format; what happens to the
//! incident later is sent as an update. The document leaves open what an empty `reply_event_types` means for robots:
//! here, as for IM apps, all events.

use super::Flashduty;
use super::incident::Incident;
use super::state::State;
use super::view::person_name;
use crate::Outgoing;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::time::Duration;

/// How long the platform waits for the answer, by real time.
const ANSWER_LIMIT: Duration = Duration::from_secs(2);

/// Longest text of a robot message, in bytes (reference section 7.6).
const TEXT_BYTES_MAX: usize = 4_000;

/// Room kept for links and mentions behind a long description, in bytes.
const TAIL_BYTES: usize = 1_500;

/// How many messages wait at most.
const WAITING_MAX: usize = 10_000;

/// A group robot on a level, as an administrator fills it in.
#[derive(Clone, Debug, Default)]
pub struct RobotTarget {
    /// A whole push address; a bare token would be DingTalk's own robot, which is not reached from here.
    pub token: String,
    /// Display name.
    pub alias: String,
    /// Nobody is mentioned.
    pub disable_at: bool,
    /// Everybody is mentioned.
    pub is_at_all: bool,
    /// Only these; empty = all.
    pub severities: Vec<String>,
    /// Only these later events; empty = all.
    pub reply_event_types: Vec<String>,
}

/// One message on its way.
struct Post {
    token: String,
    alias: String,
    incident_id: String,
    body: Value,
    /// The timeline row that follows, without the robot; updates write none.
    row: Option<Value>,
}

/// Messages that wait.
#[derive(Default)]
pub struct Robots {
    waiting: VecDeque<Post>,
}

impl Robots {
    /// Forgets what waits.
    pub fn clear_waiting(&mut self) {
        self.waiting.clear();
    }
}

impl RobotTarget {
    /// As it stands on the wire.
    fn on_wire(&self) -> Value {
        json!({"type": "dingtalk", "settings": {
            "token": self.token, "alias": self.alias, "disable_at": self.disable_at, "is_at_all": self.is_at_all,
            "severities": self.severities, "reply_event_types": self.reply_event_types,
        }})
    }

    fn read(target: &Value) -> Option<Self> {
        let settings = target.get("settings").filter(|_| target["type"] == "dingtalk")?;
        let text = |name: &str| settings[name].as_str().unwrap_or_default().to_owned();
        let texts = |name: &str| {
            let items = settings[name].as_array().into_iter().flatten();
            items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
        };
        Some(Self {
            token: text("token"),
            alias: text("alias"),
            disable_at: settings["disable_at"] == true,
            is_at_all: settings["is_at_all"] == true,
            severities: texts("severities"),
            reply_event_types: texts("reply_event_types"),
        })
    }

    fn wants_severity(&self, incident: &Incident) -> bool {
        self.severities.is_empty() || self.severities.iter().any(|one| one == incident.severity.name())
    }

    fn wants_event(&self, kind: &str) -> bool {
        self.reply_event_types.is_empty() || self.reply_event_types.iter().any(|one| one == kind)
    }

    fn is_elsewhere(&self) -> bool {
        self.token.starts_with("http://") || self.token.starts_with("https://")
    }
}

impl State {
    /// The incident's present level fires, for the first time (`fire`) or again (`refire`).
    pub fn fire_robots(&mut self, incident_id: &str, fire_type: &str) {
        let Some(incident) = self.incidents.get(incident_id) else { return };
        let to = &incident.assigned_to;
        let robots = self.robots_of(&to.rule_id, to.layer_idx..=to.layer_idx);
        let row = json!({
            "rid": "", "msg_id": "", "fire_type": fire_type, "by": "dingtalk", "escalate_rule_id": to.rule_id,
            "escalate_rule_name": to.rule_name, "layer_idx": to.layer_idx, "persons": [], "chats": [],
        });
        let posts: Vec<Post> = robots
            .into_iter()
            .filter(|robot| robot.wants_severity(incident))
            .map(|robot| Post {
                body: self.level_message(incident, &robot, fire_type),
                token: robot.token,
                alias: robot.alias,
                incident_id: incident_id.to_owned(),
                row: Some(row.clone()),
            })
            .collect();
        self.queue_posts(posts);
    }

    /// Something happened to an incident: the robots of the levels it has reached hear of it.
    pub fn update_robots(&mut self, incident_id: &str, kind: &str, creator_id: i64) {
        // A beginning and an assignment are what a level fires for.
        if matches!(kind, "i_new" | "i_assign") {
            return;
        }
        let Some(incident) = self.incidents.get(incident_id) else { return };
        let robots = self.robots_of(&incident.assigned_to.rule_id, 0..=incident.assigned_to.layer_idx);
        let who = if creator_id == 0 { "系统".to_owned() } else { person_name(self, creator_id) };
        let posts: Vec<Post> = robots
            .into_iter()
            .filter(|robot| robot.is_elsewhere() && robot.wants_severity(incident) && robot.wants_event(kind))
            .map(|robot| Post {
                body: message(
                    incident,
                    &format!("{}\n\n{who}：{kind}（{}）", headline(incident), incident.progress.name()),
                    &self.links(incident),
                    json!({"atMobiles": [], "isAtAll": false}),
                ),
                token: robot.token,
                alias: robot.alias,
                incident_id: incident_id.to_owned(),
                row: None,
            })
            .collect();
        self.queue_posts(posts);
    }

    fn queue_posts(&mut self, posts: Vec<Post>) {
        let room = WAITING_MAX.saturating_sub(self.robots.waiting.len());
        self.robots.waiting.extend(posts.into_iter().take(room));
    }

    fn robots_of(&self, rule_id: &str, levels: std::ops::RangeInclusive<usize>) -> Vec<RobotTarget> {
        let Some(rule) = self.rule(rule_id) else { return Vec::new() };
        let levels = rule.layers.iter().enumerate().filter(|(index, _)| levels.contains(index));
        levels.flat_map(|(_, layer)| layer.webhooks.iter().filter_map(RobotTarget::read)).collect()
    }

    fn level_message(&self, incident: &Incident, robot: &RobotTarget, fire_type: &str) -> Value {
        let again = if fire_type == "refire" { "[REFIRE] " } else { "" };
        let channel = self.channel(incident.channel_id).map_or("", |channel| channel.name.as_str());
        let people: Vec<i64> = incident.responders.iter().map(|one| one.person_id).collect();
        let names: Vec<String> = people.iter().map(|id| person_name(self, *id)).collect();
        let labels: String = incident.labels.iter().map(|(name, value)| format!("\n\n**{name}**：{value}")).collect();
        let text = format!(
            "{again}{}\n\n协作空间：{channel}\n\n严重程度：{}\n\n处理人员：{}\n\n{}{labels}",
            headline(incident),
            incident.severity.name(),
            names.join("、"),
            incident.description,
        );
        let phones = people.iter().filter_map(|id| self.members.get(id)).map(|member| member.phone.clone());
        let mobiles: Vec<String> =
            if robot.disable_at { Vec::new() } else { phones.filter(|phone| !phone.is_empty()).collect() };
        // DingTalk mentions a number only where it stands in the text as well.
        let mentions: String = mobiles.iter().map(|mobile| format!("@{mobile} ")).collect();
        let tail = format!("{}\n\n{}", self.links(incident), mentions.trim_end());
        let is_at_all = robot.is_at_all && !robot.disable_at;
        message(incident, &text, tail.trim_end(), json!({"atMobiles": mobiles, "isAtAll": is_at_all}))
    }

    fn links(&self, incident: &Incident) -> String {
        let page = format!("{}/incident/detail/{}", self.base_url, incident.id);
        format!("[详情]({page}) | [认领]({page}?ack=1)")
    }
}

impl Flashduty {
    /// Adds a group robot to a level of an escalation rule. False when there is no such level.
    pub fn add_robot(&self, rule_id: &str, layer_idx: usize, robot: &RobotTarget) -> bool {
        let mut state = self.state();
        let rule = state.rules.iter_mut().find(|rule| rule.id == rule_id);
        let Some(layer) = rule.and_then(|rule| rule.layers.get_mut(layer_idx)) else { return false };
        layer.webhooks.push(robot.on_wire());
        true
    }

    /// Sends what waits for robots and writes into the timeline what became of it.
    pub(super) async fn deliver_robots(&self) {
        loop {
            let Some(post) = self.state().robots.waiting.pop_front() else { return };
            let is_elsewhere = post.token.starts_with("http");
            let failed = if is_elsewhere { self.post(&post).await.err() } else { None };
            let Some(mut row) = post.row else { continue };
            let mut robot = json!({"token": post.token, "alias": post.alias});
            if let Some(reason) = failed {
                robot["failed_reason"] = json!(reason);
            }
            row["robots"] = json!([robot]);
            self.state().record_quietly(&post.incident_id, "i_notify", 0, row);
        }
    }

    async fn post(&self, post: &Post) -> Result<(), String> {
        let outgoing = Outgoing {
            url: post.token.clone(),
            headers: Vec::new(),
            body: post.body.to_string(),
            limit: ANSWER_LIMIT,
            note: format!("robot {}", post.alias),
        };
        let reply = self.core.send(outgoing).await.map_err(|no_reply| no_reply.to_string())?;
        if reply.status != 200 {
            return Err(format!("unexpected status {}", reply.status));
        }
        // DingTalk's robots say no with 200 and an error code.
        let answer: Value = serde_json::from_str(&reply.body).unwrap_or_default();
        match answer["errcode"].as_i64() {
            None | Some(0) => Ok(()),
            Some(code) => Err(format!("errcode {code}: {}", answer["errmsg"].as_str().unwrap_or_default())),
        }
    }
}

fn headline(incident: &Incident) -> String {
    format!("**INC #{} {}**", incident.num(), incident.title)
}

fn message(incident: &Incident, text: &str, tail: &str, at: Value) -> Value {
    let mut end = text.len().min(TEXT_BYTES_MAX - TAIL_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let title = format!("INC #{} {}", incident.num(), incident.title);
    json!({"msgtype": "markdown", "markdown": {"title": title, "text": format!("{}\n\n{tail}", &text[..end])}, "at": at})
}
