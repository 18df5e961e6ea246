//! A `Backend` with a world of its own, and incidents as Flashduty has them.

mod console;
mod door;
mod many;
pub mod records;
mod settings;

pub use console::{console, group, group_form, groups, overview};
pub use many::{bulk, create_choice, fields};
pub use settings::{health, settings};

use crate::beside::{levels, more, people};
use app::backend::Backend;
use async_trait::async_trait;
use contract::bulk::Bulk;
use contract::chat::{ChatPage, SubscriptionView};
use contract::choice::*;
use contract::console::{Console, IntegrationView};
use contract::form::{CreateChoice, FormChoice};
use contract::group::{GroupAsked, GroupView, GroupsPage, RuleDesk};
use contract::incident::*;
use contract::listing::Listing;
use contract::on_call::{OnCallPage, ScheduleView};
use contract::people::PeoplePage;
use contract::person::{Me, PendingAct, SignIn, SignInWay};
use contract::settings::SettingsForm;
use contract::war_room::{Observer, Room, RoomBrief, RoomMember, WarRoomPage};
use contract::{Language, Problem, ProblemCode};

pub const NOW_MS: i64 = 1_775_912_219_000;
pub const ID: &str = "69da451ef77b1b51f40e83ee";
const MINUTE_MS: i64 = 60_000;

/// What the door answers. A problem in a field is answered instead of the data.
#[derive(Clone)]
pub struct Fake {
    pub me: Result<Me, Problem>,
    pub incidents: Vec<IncidentView>,
    pub has_next: bool,
    pub stale: bool,
    pub on_call: OnCallPage,
    pub incident: Result<IncidentDetail, Problem>,
    pub more: IncidentMore,
    pub people: Vec<PersonChoice>,
    pub custom_actions: Vec<CustomActionChoice>,
    pub list: Result<(), Problem>,
    pub chat: Result<ChatPage, Problem>,
    pub war_room: Result<WarRoomPage, Problem>,
    pub sign_in: Result<SignIn, Problem>,
    pub console: Result<Console, Problem>,
    pub overview: Result<IntegrationView, Problem>,
    pub groups: GroupsPage,
    pub group: GroupView,
    pub people_page: PeoplePage,
    pub form: SettingsForm,
}

impl Default for Fake {
    fn default() -> Self {
        Self {
            me: Ok(me()),
            incidents: vec![triggered(), processing(), snoozed(), closed()],
            has_next: false,
            stale: false,
            on_call: OnCallPage::default(),
            incident: Ok(detail(triggered())),
            more: more(),
            people: people(),
            custom_actions: vec![CustomActionChoice { id: 9, name: "重启 <b>web</b>".into() }],
            list: Ok(()),
            chat: Ok(chat()),
            war_room: Ok(war_room()),
            sign_in: Ok(SignIn::Arrive),
            console: Ok(console()),
            overview: Ok(overview()),
            groups: groups(),
            group: group(),
            people_page: PeoplePage::default(),
            form: settings(),
        }
    }
}

impl Fake {
    /// Nobody is signed in.
    pub fn stranger() -> Self {
        Self { me: Err(problem(ProblemCode::NotSignedIn)), ..Self::default() }
    }
}

#[async_trait]
impl Backend for Fake {
    async fn me(&self) -> Result<Me, Problem> {
        // pending once: the pages must wait for what is not there yet
        breathe().await;
        self.me.clone()
    }

    async fn incidents(&self, list: &Listing) -> Result<IncidentList, Problem> {
        breathe().await;
        self.list.clone().map(|()| IncidentList {
            tab: list.tab,
            channels: vec![(7, "Ops Channel".into())],
            items: self.incidents.clone(),
            total: self.incidents.len() as i64,
            page: list.page,
            has_next: self.has_next,
            as_of_ms: NOW_MS,
            stale: self.stale,
        })
    }

    async fn selection(&self, list: &Listing) -> Result<IncidentList, Problem> {
        self.incidents(list).await
    }

    async fn bulk(&self, action: Action, ids: &[String]) -> Result<Bulk, Problem> {
        Ok(bulk(action, ids, &self.incidents))
    }

    async fn create_choice(&self, channel: Option<i64>, query: &str, _: &[i64]) -> Result<CreateChoice, Problem> {
        Ok(create_choice(channel, query))
    }

    async fn form(&self, _: &str) -> Result<FormChoice, Problem> {
        Ok(FormChoice { incident: self.incident.clone()?.incident, fields: fields(), as_of_ms: NOW_MS })
    }

    async fn on_call(&self) -> Result<OnCallPage, Problem> {
        self.list.clone().map(|()| self.on_call.clone())
    }

    async fn incident(&self, _id: &str) -> Result<IncidentDetail, Problem> {
        breathe().await;
        self.incident.clone()
    }

    async fn incident_page(&self, _id: &str, alerts: u32) -> Result<(IncidentDetail, IncidentMore), Problem> {
        breathe().await;
        let mut more = self.more.clone();
        if let Some(list) = &mut more.alerts {
            list.page = alerts;
        }
        self.incident.clone().map(|detail| (detail, more))
    }

    async fn people(&self, _id: &str, query: &str) -> Result<PeopleChoice, Problem> {
        let incident = self.incident.clone()?.incident;
        let people = self.people.iter().filter(|one| one.name.contains(query)).cloned().collect();
        Ok(PeopleChoice { incident, people, query: query.into(), cut: true, as_of_ms: NOW_MS })
    }

    async fn levels(&self, _id: &str) -> Result<LevelsChoice, Problem> {
        let incident = self.incident.clone()?.incident;
        let (rule_id, rule_name) = ("64abb8a687e7984845822139".into(), "Default".into());
        Ok(LevelsChoice { incident, rule_id, rule_name, levels: levels(), as_of_ms: NOW_MS })
    }

    async fn custom_actions(&self, _id: &str) -> Result<CustomActionsChoice, Problem> {
        let incident = self.incident.clone()?.incident;
        Ok(CustomActionsChoice { incident, actions: self.custom_actions.clone(), as_of_ms: NOW_MS })
    }

    async fn act(&self, _id: &str, _action: Action, _request: ActRequest) -> Result<ActResult, Problem> {
        Err(problem(ProblemCode::NotNow))
    }

    async fn war_room(&self, _id: &str, _with_url: bool) -> Result<WarRoomPage, Problem> {
        breathe().await;
        self.war_room.clone()
    }

    async fn chat(&self, _open_conversation_id: &str, _: &GroupAsked) -> Result<ChatPage, Problem> {
        self.chat.clone()
    }

    async fn sign_in(&self) -> Result<SignIn, Problem> {
        self.sign_in.clone()
    }
}

async fn breathe() {
    let mut breathed = false;
    std::future::poll_fn(move |context| {
        if std::mem::replace(&mut breathed, true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

pub fn problem(code: ProblemCode) -> Problem {
    Problem::new(code, Language::En, "r-7f3a")
}

pub fn me() -> Me {
    Me {
        dingtalk_name: "李雷".into(),
        flashduty_name: "Li Lei".into(),
        account_name: "Flashcat".into(),
        proof: SignInWay::Oauth,
        linked_ms: NOW_MS - 3 * 24 * 60 * MINUTE_MS,
    }
}

/// Open, acknowledged by nobody.
pub fn triggered() -> IncidentView {
    IncidentView {
        id: ID.into(),
        num: "0E83EE".into(),
        title: "CPU usage high - web-server-01".into(),
        description: "cpu.usage > 95 % for 5 min\nhost: web-server-01".into(),
        severity: Severity::Critical,
        progress: Progress::Triggered,
        snoozed_until_ms: None,
        channel: "Ops Channel".into(),
        started_ms: NOW_MS - 12 * MINUTE_MS,
        acknowledged_ms: None,
        closed_ms: None,
        updated_ms: NOW_MS - 12 * MINUTE_MS,
        responders: vec![responder("李雷", None, true), responder("韩梅梅", None, false)],
        labels: vec![("check".into(), "cpu_usage_high".into()), ("resource".into(), "web-server-01".into())],
        alert_count: 17,
        root_cause: String::new(),
        resolution: String::new(),
        last_act: Some(last("i_assign", None, 11)),
        actions: vec![
            Action::Acknowledge,
            Action::Close,
            Action::Snooze,
            Action::Comment,
            Action::AddResponder,
            Action::Reassign,
            Action::Escalate,
        ],
    }
}

/// Acknowledged by the viewer.
pub fn processing() -> IncidentView {
    IncidentView {
        id: "69da451ef77b1b51f40e83ef".into(),
        num: "0E83EF".into(),
        title: "支付网关 5xx 比例超过 5%，影响下单与退款，请值班同学尽快处理并同步进展".into(),
        severity: Severity::Warning,
        progress: Progress::Processing,
        acknowledged_ms: Some(NOW_MS - 4 * MINUTE_MS),
        responders: vec![responder("李雷", Some(4), true), responder("韩梅梅", None, false)],
        last_act: Some(last("i_ack", Some("李雷"), 4)),
        actions: vec![Action::Close, Action::Snooze, Action::Unacknowledge, Action::Comment],
        ..triggered()
    }
}

/// Its notifications rest.
pub fn snoozed() -> IncidentView {
    IncidentView {
        id: "69da451ef77b1b51f40e83f0".into(),
        num: "0E83F0".into(),
        title: "Disk usage 81 % on db-07".into(),
        severity: Severity::Info,
        snoozed_until_ms: Some(NOW_MS + 90 * MINUTE_MS),
        last_act: Some(last("i_snooze", Some("韩梅梅"), 30)),
        actions: vec![Action::Close, Action::Wake, Action::Unacknowledge, Action::Comment],
        ..processing()
    }
}

/// Over.
pub fn closed() -> IncidentView {
    IncidentView {
        id: "69da451ef77b1b51f40e83f1".into(),
        num: "0E83F1".into(),
        title: "Certificate of api.example.com expires".into(),
        severity: Severity::Ok,
        progress: Progress::Closed,
        closed_ms: Some(NOW_MS - MINUTE_MS),
        root_cause: "The renewal job had no permission".into(),
        resolution: "Permission given, certificate renewed".into(),
        last_act: Some(last("i_rslv", None, 1)),
        actions: vec![Action::Reopen, Action::Comment],
        ..processing()
    }
}

pub fn detail(incident: IncidentView) -> IncidentDetail {
    let entry = |minutes: i64, kind: &str, who: Option<&str>, text: &str| TimelineEntry {
        at_ms: NOW_MS - minutes * MINUTE_MS,
        kind: kind.into(),
        who: who.map(Into::into),
        text: text.into(),
    };
    IncidentDetail {
        incident,
        timeline: vec![
            entry(2, "i_comm", Some("韩梅梅"), "Looking at the load balancer.\nMore in five minutes."),
            entry(4, "i_snooze", Some("李雷"), "120"),
            entry(11, "i_notify", None, "李雷、韩梅梅"),
            entry(12, "i_of_next_year", None, ""),
            entry(12, "i_new", None, ""),
        ],
        timeline_cut: true,
        as_of_ms: NOW_MS,
    }
}

/// A room with somebody in it, somebody to come and somebody missing.
pub fn war_room() -> WarRoomPage {
    let member = |name: &str, state: &str, remedy: &str| RoomMember {
        name: name.into(),
        state: state.into(),
        remedy: remedy.into(),
    };
    WarRoomPage {
        incident_id: ID.into(),
        num: "0E83EE".into(),
        title: "支付 <b>失败</b>".into(),
        brief: RoomBrief::There,
        room: Some(Room {
            state: "open".into(),
            title: "#0E83EE 待处理 支付".into(),
            problem: String::new(),
            mine: true,
            group_url: None,
            members: vec![
                member("李雷", "in", ""),
                member("王芳", "wanted", ""),
                member("<i>Bob</i>", "missing", "open the app once"),
            ],
            ends_ms: None,
        }),
        observers: vec![Observer { member_id: 7, name: "陈杰".into() }],
        as_of_ms: NOW_MS,
    }
}

pub fn chat() -> ChatPage {
    ChatPage {
        title: "线上故障应急群".into(),
        incidents: vec![triggered(), processing()],
        subscriptions: vec![SubscriptionView {
            id: "s1".into(),
            revision: "r1".into(),
            channels: vec!["Ops Channel".into()],
            severities: vec!["Critical".into(), "Warning".into()],
            labels: vec![],
            mention: true,
            repaint: "all".into(),
        }],
        members: Some(12),
        robot_push_ms: Some(NOW_MS - 30 * MINUTE_MS),
        on_call: vec![ScheduleView { name: "Ops <night>".into(), ..ScheduleView::default() }],
        may_change: false,
        desk: RuleDesk::default(),
        as_of_ms: NOW_MS,
    }
}

pub fn pending() -> PendingAct {
    PendingAct {
        action: Action::Acknowledge,
        incident_num: "0E83EE".into(),
        incident_title: "CPU usage high - web-server-01".into(),
    }
}

fn responder(name: &str, acknowledged_minutes_ago: Option<i64>, me: bool) -> Responder {
    let acknowledged_ms = acknowledged_minutes_ago.map(|minutes| NOW_MS - minutes * MINUTE_MS);
    Responder { name: name.into(), acknowledged_ms, me }
}

fn last(kind: &str, who: Option<&str>, minutes: i64) -> LastAct {
    LastAct { who: who.map(Into::into), kind: kind.into(), at_ms: NOW_MS - minutes * MINUTE_MS }
}
