//! The incidents a newcomer finds.

use super::super::Refusal;
use super::super::alerts::Draft;
use super::super::assign::{AssignTo, Target};
use super::super::incident::Severity;
use super::super::machine::Act;
use super::super::state::State;
use super::{ALICE, CHEN_JIE, LI_NA, LIU_YANG, PAYMENTS, PLATFORM, SUPPORT, WANG_FANG, ZHANG_WEI};
use std::collections::BTreeMap;

/// One incident of the seed and what has happened to it.
#[derive(Default)]
pub struct Sample {
    title: &'static str,
    description: &'static str,
    severity: Option<Severity>,
    channel_id: i64,
    labels: &'static [(&'static str, &'static str)],
    people: &'static [i64],
    /// 0 = raised by alerts, so many of them as `alerts` says.
    creator_id: i64,
    alerts: usize,
    acts: Vec<(i64, Act)>,
    recovered: bool,
}

/// All of them, with their age in minutes.
#[expect(clippy::too_many_lines, reason = "a table of incidents")]
pub fn samples() -> Vec<(i64, Sample)> {
    let snooze = Act::Snooze { minutes: 120 };
    vec![
        (
            4,
            Sample {
                title: "支付网关 5xx 比例超过 5%",
                severity: Some(Severity::Critical),
                channel_id: PAYMENTS,
                alerts: 1,
                description: "**payment-gateway** 最近 5 分钟错误率 `7.3%`\n\n- 影响：微信、支付宝下单\n- [看板](https://example.com/d/pay)",
                labels: &[("service", "payment-gateway"), ("k8s.cluster.name", "shanghai-1"), ("region", "cn-east")],
                people: &[ZHANG_WEI, LI_NA],
                ..Sample::default()
            },
        ),
        (
            11,
            Sample {
                title: "CPU usage high - web-server-01",
                severity: Some(Severity::Warning),
                channel_id: PLATFORM,
                alerts: 3,
                labels: &[("check", "cpu_usage_high"), ("resource", "web-server-01"), ("host.name", "web-server-01")],
                people: &[WANG_FANG],
                acts: vec![(WANG_FANG, Act::Acknowledge)],
                ..Sample::default()
            },
        ),
        (
            26,
            Sample {
                title: "退款队列积压超过 10,000 条",
                severity: Some(Severity::Warning),
                channel_id: PAYMENTS,
                alerts: 1,
                labels: &[("queue.name", "refund")],
                people: &[LI_NA],
                acts: vec![
                    (LI_NA, Act::Acknowledge),
                    (LI_NA, Act::comment("正在扩容消费者，预计 20 分钟恢复。")),
                    (LI_NA, snooze),
                ],
                ..Sample::default()
            },
        ),
        (
            43,
            Sample {
                title: "Customers report that invoices cannot be downloaded from the billing page of the mobile app when the \
                    language is set to Traditional Chinese and the invoice has more than one hundred lines",
                severity: Some(Severity::Info),
                channel_id: SUPPORT,
                creator_id: ALICE,
                people: &[ALICE, CHEN_JIE],
                description: "Reported by **3** customers today.",
                ..Sample::default()
            },
        ),
        (
            70,
            Sample {
                title: "数据库主从延迟 45 秒",
                severity: Some(Severity::Critical),
                channel_id: PLATFORM,
                alerts: 2,
                labels: &[("db.system", "mysql"), ("instance", "order-db-2")],
                people: &[ZHANG_WEI, WANG_FANG],
                acts: vec![(ZHANG_WEI, Act::Acknowledge), (WANG_FANG, Act::Acknowledge)],
                ..Sample::default()
            },
        ),
        (
            130,
            Sample {
                title: "Certificate of pay.example.com expires in 7 days",
                severity: Some(Severity::Info),
                channel_id: PAYMENTS,
                alerts: 1,
                labels: &[("domain", "pay.example.com")],
                people: &[ALICE],
                acts: vec![(ALICE, Act::Snooze { minutes: 720 })],
                ..Sample::default()
            },
        ),
        (
            200,
            Sample {
                title: "独立故障：机房巡检发现 UPS 告警",
                severity: Some(Severity::Warning),
                creator_id: ZHANG_WEI,
                people: &[ZHANG_WEI],
                ..Sample::default()
            },
        ),
        (
            320,
            Sample {
                title: "Redis 内存使用率 92%",
                severity: Some(Severity::Warning),
                channel_id: PLATFORM,
                alerts: 1,
                labels: &[("resource", "redis-cache-3")],
                people: &[WANG_FANG],
                recovered: true,
                ..Sample::default()
            },
        ),
        (
            480,
            Sample {
                title: "Checkout latency p99 above 2 s",
                severity: Some(Severity::Critical),
                channel_id: PAYMENTS,
                alerts: 4,
                labels: &[("service", "checkout"), ("slo.name", "latency")],
                people: &[ZHANG_WEI, ALICE],
                acts: vec![
                    (ALICE, Act::Acknowledge),
                    (
                        ALICE,
                        Act::Resolve {
                            root_cause: Some("A slow query after the 14:00 release".into()),
                            resolution: Some("Rolled back".into()),
                        },
                    ),
                ],
                ..Sample::default()
            },
        ),
        (
            1_500,
            Sample {
                title: "对账文件未按时到达",
                severity: Some(Severity::Critical),
                channel_id: PAYMENTS,
                creator_id: LI_NA,
                people: &[LI_NA],
                acts: vec![(LI_NA, Act::resolve())],
                ..Sample::default()
            },
        ),
        (
            2_900,
            Sample {
                title: "Disk almost full on build-07",
                severity: Some(Severity::Info),
                channel_id: PLATFORM,
                alerts: 1,
                labels: &[("resource", "build-07")],
                people: &[CHEN_JIE],
                acts: vec![(ZHANG_WEI, Act::resolve()), (ZHANG_WEI, Act::Reopen { reason: "又满了".into() })],
                ..Sample::default()
            },
        ),
        (
            4_400,
            Sample {
                title: "客服热线排队超过 30 人",
                severity: Some(Severity::Warning),
                channel_id: SUPPORT,
                creator_id: WANG_FANG,
                people: &[WANG_FANG, LIU_YANG],
                acts: vec![(WANG_FANG, Act::Acknowledge), (WANG_FANG, Act::resolve())],
                ..Sample::default()
            },
        ),
    ]
}

impl Sample {
    /// Makes the incident now, lets its acts happen, then moves everything to the time it is said to have happened at.
    pub fn make(self, state: &mut State, at: i64) -> Result<(), Refusal> {
        let severity = self.severity.unwrap_or(Severity::Info);
        let labels: BTreeMap<String, String> =
            self.labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let assign = AssignTo { target: Target::People(self.people.to_vec()), kind: "assign", emails: Vec::new() };
        let integration = state.integrations.iter().find(|one| one.channel_id == self.channel_id);
        let integration_id = integration.map_or(0, |one| one.id);
        let alerts: Vec<_> = (0..self.alerts)
            .map(|number| {
                let title =
                    if number == 0 { self.title.to_owned() } else { format!("{} ({})", self.title, number + 1) };
                state.seed_alert(title, self.description.to_owned(), severity, labels.clone())
            })
            .collect();
        let id = state.create(Draft {
            title: self.title.to_owned(),
            description: self.description.to_owned(),
            severity,
            channel_id: self.channel_id,
            integration_id: if self.alerts == 0 { 0 } else { integration_id },
            labels,
            creator_id: self.creator_id,
            assign: Some(assign),
            alert: None,
        })?;
        state.incident_mut(&id)?.alerts = alerts;
        for (actor_id, act) in &self.acts {
            state.act(*actor_id, &id, act)?;
        }
        if self.recovered {
            state.recover(&id)?;
        }
        state.move_to(&id, at)
    }
}

impl State {
    /// Gives an incident just made an earlier time: its rows follow a minute after each other. The id is remade, because
    /// it carries the time.
    fn move_to(&mut self, id: &str, at: i64) -> Result<(), Refusal> {
        let now = self.now();
        let new_id = format!("{:08x}{}", at.clamp(0, i64::from(u32::MAX)), &id[8..]);
        let Some(mut incident) = self.incidents.remove(id) else { return Ok(()) };
        let last = incident.feed.len().saturating_sub(1) as i64;
        let step = ((now - at) / (last + 1)).clamp(0, 60);
        for (row, number) in incident.feed.iter_mut().zip(0_i64..) {
            row.created_at_ms = (at + number * step) * 1_000 + 137 * (number % 7);
        }
        let end = at + last * step;
        if let Some(row) = incident.feed.iter().rfind(|row| row.kind == "i_snooze") {
            incident.snoozed_before = row.created_at_ms / 1_000 + row.detail["minutes"].as_i64().unwrap_or(0) * 60;
        }
        for time in [&mut incident.ack_time, &mut incident.close_time, &mut incident.end_time] {
            *time = if *time == 0 { 0 } else { end };
        }
        (incident.start_time, incident.created_at, incident.level_since) = (at, at, now);
        (incident.last_time, incident.updated_at, incident.assigned_to.assigned_at) = (end, end, at);
        for responder in &mut incident.responders {
            responder.assigned_at = at;
            responder.acknowledged_at = if responder.acknowledged_at == 0 { 0 } else { end };
        }
        for alert in &mut incident.alerts {
            (alert.start_time, alert.last_time) = (at, end);
            alert.end_time = if alert.end_time == 0 { 0 } else { end };
        }
        incident.id.clone_from(&new_id);
        self.incidents.insert(new_id, incident);
        Ok(())
    }
}
