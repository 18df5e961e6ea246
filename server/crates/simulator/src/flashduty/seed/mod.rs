//! What a newcomer finds: one account with people of every kind, channels, a rota and incidents in all states
//! (reference sections 10.3 and 11). The constants are what tests and the demo paste elsewhere.

mod samples;

use super::config::{AlertIntegration, Channel, Layer, Rule, Schedule};
use super::people::{AppKey, Member, Role, Team};
use super::state::State;
use serde_json::json;

/// The account, 张江科技.
pub const ACCOUNT_ID: i64 = 2_451_002_751_131;
/// The member programs act as; administrator, licensed.
pub const SERVICE_MEMBER_ID: i64 = 2_476_444_212_100;
/// 张伟, administrator.
pub const ZHANG_WEI: i64 = 2_476_444_212_131;
/// 李娜, responder.
pub const LI_NA: i64 = 2_476_444_212_132;
/// 王芳, responder.
pub const WANG_FANG: i64 = 2_476_444_212_133;
/// 刘洋, viewer.
pub const LIU_YANG: i64 = 2_476_444_212_134;
/// 陈杰, responder without a licence.
pub const CHEN_JIE: i64 = 2_476_444_212_135;
/// Alice Brown, responder.
pub const ALICE: i64 = 2_476_444_212_136;
/// 赵敏, who left.
pub const ZHAO_MIN: i64 = 2_476_444_212_137;

/// The channel 支付 Payments: two levels, chat targets.
pub const PAYMENTS: i64 = 2_551_105_804_131;
/// The channel 平台 Platform: whoever is on call.
pub const PLATFORM: i64 = 2_551_105_804_132;
/// The channel 客服 Support: no rule.
pub const SUPPORT: i64 = 2_551_105_804_133;

/// The rota 支付值班.
pub const SCHEDULE_ID: i64 = 2_661_105_804_131;
/// The team 支付团队.
pub const PAYMENTS_TEAM: i64 = 2_771_105_804_131;
/// The team 平台团队.
pub const PLATFORM_TEAM: i64 = 2_771_105_804_132;
/// The escalation rule of [`PAYMENTS`].
pub const PAYMENTS_RULE: &str = "64abb8a687e7984845822139";
/// The escalation rule of [`PLATFORM`].
pub const PLATFORM_RULE: &str = "64abb8a687e7984845822140";

/// The key an integration server uses.
pub const SERVICE_APP_KEY: &str = "sim-service-2f6c8a1b9d3e4f70";
/// The key of the account itself, which is no member.
pub const OWNER_APP_KEY: &str = "sim-owner-91d4c7e2a05b4836";
/// Alerts into [`PAYMENTS`].
pub const INTEGRATION_KEY: &str = "simalertpayments0f3b7c";
/// Alerts into [`PLATFORM`].
pub const INTEGRATION_KEY_PLATFORM: &str = "simalertplatform1a9d2e";
/// The password of every seeded person.
pub const PASSWORD: &str = "flashduty-demo";

/// Everybody's own APP key.
pub const MEMBER_APP_KEYS: [(i64, &str); 7] = [
    (ZHANG_WEI, "sim-zhang-wei-5b1e7d90c3a24f68"),
    (LI_NA, "sim-li-na-c80a41f6d2b94e37"),
    (WANG_FANG, "sim-wang-fang-7e93b5d04c1f42a8"),
    (LIU_YANG, "sim-liu-yang-1d6fa87b3e5c4092"),
    (CHEN_JIE, "sim-chen-jie-a4c2096e8f7d4b13"),
    (ALICE, "sim-alice-e57d1c3b90f8462a"),
    (ZHAO_MIN, "sim-zhao-min-38b0f6c9a1d74e25"),
];

/// Fills an empty state. What it makes sends no webhooks, and its acts are not counted.
pub fn fill(state: &mut State) {
    let now = state.now();
    people(state, now - 90 * 86_400);
    configuration(state, now - 60 * 86_400);
    for (age_minutes, sample) in samples::samples() {
        // A sample that cannot be made would be a mistake in this file; the tests count them.
        let _ = sample.make(state, now - age_minutes * 60);
    }
    state.webhooks.clear_waiting();
    state.robots.clear_waiting();
    for incident in state.incidents.values_mut() {
        incident.acts.clear();
    }
}

fn people(state: &mut State, joined: i64) {
    let rows: [(i64, &str, &str, &str, Role, bool, bool); 8] = [
        (ZHANG_WEI, "zhang.wei", "张伟", "13800000001", Role::Admin, true, false),
        (LI_NA, "li.na", "李娜", "13800000002", Role::Responder, true, false),
        (WANG_FANG, "wang.fang", "王芳", "13800000003", Role::Responder, true, false),
        (LIU_YANG, "liu.yang", "刘洋", "13800000004", Role::Viewer, true, false),
        (CHEN_JIE, "chen.jie", "陈杰", "13800000005", Role::Responder, false, false),
        (ALICE, "alice", "Alice Brown", "13800000006", Role::Responder, true, false),
        (ZHAO_MIN, "zhao.min", "赵敏", "13800000007", Role::Responder, false, true),
        (SERVICE_MEMBER_ID, "service", "集成服务 Service", "", Role::Admin, true, false),
    ];
    for (id, key, name, phone, role, licensed, deleted) in rows {
        let member = Member {
            id,
            key: key.to_owned(),
            name: name.to_owned(),
            email: format!("{key}@example.com"),
            email_verified: true,
            phone: phone.to_owned(),
            phone_verified: !phone.is_empty(),
            password: PASSWORD.to_owned(),
            locale: if key == "alice" { "en-US" } else { "zh-CN" }.to_owned(),
            role,
            licensed,
            deleted,
            is_service: id == SERVICE_MEMBER_ID,
            ref_id: String::new(),
            created_at: joined,
            updated_at: joined,
        };
        state.members.insert(id, member);
    }
    let mut keys = MEMBER_APP_KEYS.to_vec();
    keys.push((SERVICE_MEMBER_ID, SERVICE_APP_KEY));
    for ((owner_id, secret), id) in keys.into_iter().zip(7_100_000_000_100..) {
        state.app_keys.push(AppKey {
            id,
            name: "seed".to_owned(),
            secret: secret.to_owned(),
            owner_id,
            enabled: true,
            by_owner: false,
            created_at: joined,
        });
    }
}

fn configuration(state: &mut State, made: i64) {
    let team = |id, name: &str, person_ids: &[i64]| Team {
        id,
        name: name.to_owned(),
        description: String::new(),
        person_ids: person_ids.to_vec(),
        created_at: made,
    };
    state.teams = vec![
        team(PAYMENTS_TEAM, "支付团队 Payments team", &[ZHANG_WEI, LI_NA, ALICE]),
        team(PLATFORM_TEAM, "平台团队 Platform team", &[WANG_FANG, CHEN_JIE]),
    ];
    let channel = |id, name: &str, description: &str, team_id| Channel {
        id,
        name: name.to_owned(),
        description: description.to_owned(),
        team_id,
        is_private: false,
        disable_auto_close: false,
        auto_resolve_timeout: 0,
        created_at: made,
    };
    state.channels = vec![
        channel(PAYMENTS, "支付 Payments", "收银、清算与对账", PAYMENTS_TEAM),
        channel(PLATFORM, "平台 Platform", "Kubernetes, networks, databases", PLATFORM_TEAM),
        channel(SUPPORT, "客服 Support", "", PLATFORM_TEAM),
    ];
    state.schedules = vec![Schedule {
        id: SCHEDULE_ID,
        name: "支付值班 Payments on call".to_owned(),
        description: "12 小时一班 / turns of 12 hours".to_owned(),
        team_id: PAYMENTS_TEAM,
        turn_seconds: 12 * 3_600,
        person_ids: vec![ZHANG_WEI, LI_NA, WANG_FANG],
        created_at: made,
    }];
    state.rules = rules(made);
    state.custom_fields = super::form::seeded();
    let integration = |id, name: &str, key: &str, channel_id| AlertIntegration {
        id,
        name: name.to_owned(),
        key: key.to_owned(),
        channel_id,
    };
    state.integrations = vec![
        integration(2_881_105_804_131, "标准告警 · 支付", INTEGRATION_KEY, PAYMENTS),
        integration(2_881_105_804_132, "Standard alerts · Platform", INTEGRATION_KEY_PLATFORM, PLATFORM),
    ];
}

fn rules(made: i64) -> Vec<Rule> {
    let layer = |person_ids: &[i64], schedule_ids: &[i64], escalate_window| Layer {
        person_ids: person_ids.to_vec(),
        team_ids: Vec::new(),
        schedule_ids: schedule_ids.to_vec(),
        escalate_window,
        force_escalate: false,
        max_times: 0,
        notify_step: 5.0,
        webhooks: Vec::new(),
    };
    let mut first = layer(&[ZHANG_WEI, LI_NA], &[], 30);
    first.webhooks = vec![
        json!({"type": "dingtalk", "settings": {
            "token": "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "alias": "支付群机器人", "reply_event_types": [],
            "disable_at": false, "is_at_all": false, "severities": [],
        }}),
        json!({"type": "dingtalk_app", "settings": {
            "data_source_id": 2_991_105_804_131_i64, "chat_ids": ["cidSimulatedPayments=="],
            "reply_event_types": [], "disable_at": false, "severities": ["Critical", "Warning"],
        }}),
    ];
    let rule = |id: &str, name: &str, channel_id, layers| Rule {
        id: id.to_owned(),
        name: name.to_owned(),
        channel_id,
        priority: 0,
        template_id: super::template::PRESET_ID.to_owned(),
        layers,
        created_at: made,
        updated_by: ZHANG_WEI,
    };
    vec![
        rule(PAYMENTS_RULE, "默认分派 Default", PAYMENTS, vec![first, layer(&[WANG_FANG, ALICE], &[], 0)]),
        rule(PLATFORM_RULE, "值班 On call", PLATFORM, vec![layer(&[], &[SCHEDULE_ID], 0)]),
    ]
}
