//! What the forms of the trouble panel do. What a form cannot have sent is refused; nothing of it is done then.

use super::Desk;
use super::chaos::{numbers, peer};
use crate::dingtalk::{Limits, SCOPES, Switches};
use crate::faults::Kind;
use crate::{Fault, Push, Weather};
use serde_json::{Map, Value, json};

/// A submitted form: names and values in their order.
pub type Fields = [(String, String)];

impl Desk {
    /// Does what the form of this name asks; `None` when it is no such form.
    pub fn chaos(&self, act: &str, fields: &Fields) -> Option<()> {
        match act {
            "request" => self.fault(fields),
            "push" => self.push_fault(fields),
            "weather" => {
                self.faults.set_weather(peer(value(fields, "peer")?)?, weather(fields)?);
                Some(())
            }
            "clock" => self.clock(fields),
            "limits" => self.limit(fields),
            "rights" => {
                self.right(fields);
                Some(())
            }
            "do" => self.at_once(fields),
            _ => None,
        }
    }

    fn fault(&self, fields: &Fields) -> Option<()> {
        let path = value(fields, "path")?.to_owned();
        let kind = kind(value(fields, "kind")?, number(fields, "ms").unwrap_or_default())?;
        self.faults.add(Fault { peer: peer(value(fields, "peer")?)?, path, kind, times: times(fields)? });
        Some(())
    }

    fn push_fault(&self, fields: &Fields) -> Option<()> {
        let push = match value(fields, "push")? {
            "duplicate" => Push::Duplicate,
            "reorder" => Push::Reorder,
            "lose" => Push::Lose,
            "late" => Push::Late { ms: number(fields, "ms")? },
            _ => return None,
        };
        let times = times(fields)?;
        match value(fields, "source")? {
            "clicks" => self.faults.add_click(push, times),
            from => self.faults.add_push(peer(from)?, push, times),
        }
        Some(())
    }

    fn clock(&self, fields: &Fields) -> Option<()> {
        let seconds = |name: &str| value(fields, name)?.parse::<i64>().ok();
        let (dingtalk, flashduty) = (seconds("dingtalk")?, seconds("flashduty")?);
        for (name, seconds) in [("dingtalk", dingtalk), ("flashduty", flashduty)] {
            self.faults.set_clock_offset(peer(name)?, seconds.saturating_mul(1_000));
        }
        Some(())
    }

    fn limit(&self, fields: &Fields) -> Option<()> {
        let grace_days = u8::try_from(number(fields, "grace_days")?).ok()?;
        self.dingtalk.set_limits(Limits {
            calls_per_month: number(fields, "calls_per_month")?,
            pushes_per_month: number(fields, "pushes_per_month")?,
            calls_per_second: usize::try_from(number(fields, "calls_per_second")?).ok()?,
        });
        self.dingtalk.set_switches(Switches { quota_grace_days: grace_days, ..self.dingtalk.switches() });
        Some(())
    }

    fn right(&self, fields: &Fields) {
        for scope in SCOPES {
            let granted = fields.iter().any(|(name, value)| name == "scope" && value == scope);
            self.dingtalk.set_permission(scope, granted);
        }
        let visible: Vec<&str> = value(fields, "visible").unwrap_or_default().split(',').map(str::trim).collect();
        let visible: Vec<&str> = visible.into_iter().filter(|user_id| !user_id.is_empty()).collect();
        self.dingtalk.set_visible((!visible.is_empty()).then_some(&visible));
    }

    fn at_once(&self, fields: &Fields) -> Option<()> {
        if let Some(id) = number(fields, "remove") {
            self.faults.remove(id);
            return Some(());
        }
        match value(fields, "act")? {
            "clear" => self.faults.clear(),
            "ban" => self.dingtalk.ban_callers(),
            "lift" => self.dingtalk.lift_bans(),
            "tokens" => self.dingtalk.expire_tokens(),
            _ => return None,
        }
        Some(())
    }
}

fn kind(name: &str, ms: u64) -> Option<Kind> {
    let new = |status: u16, code: &str| Kind::Refuse {
        status,
        body: json!({ "code": code, "requestid": "0A1B2C3D-0000-4000-8000-000000000000", "message": "trouble panel" }),
    };
    let old = |body: Value| Kind::Refuse { status: 200, body };
    let wrapped = |code: u32| {
        old(json!({
            "errcode": 88, "sub_code": code.to_string(), "sub_msg": "trouble panel",
            "errmsg": format!("ding talk error[subcode={code},submsg=trouble panel]"), "request_id": "troublepanel",
        }))
    };
    Some(match name {
        "delay" => Kind::Delay { ms },
        "busy" => new(503, "ServiceUnavailable"),
        "qps" => new(403, "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi"),
        "qps_old" => wrapped(90018),
        "everywhere_old" => old(json!({ "errcode": 90002, "errmsg": "trouble panel", "request_id": "troublepanel" })),
        "quota" => new(403, "Forbidden.AccessDenied.ApiCountLimitForOrg"),
        "quota_old" => wrapped(90020),
        "html" => Kind::Html,
        "nothing" => Kind::Nothing,
        "wrong_types" => Kind::WrongTypes,
        "cut" => Kind::Cut,
        "half_body" => Kind::HalfBody,
        "forget" => Kind::Forget,
        "lose" => Kind::Lose,
        _ => return None,
    })
}

/// The weather of its numbers; percentages end at 100.
fn weather(fields: &Fields) -> Option<Weather> {
    let mut written = Map::new();
    for (name, ..) in numbers(&Weather::default()) {
        let given = number(fields, name)?;
        let is_percentage = name != "seed" && !name.ends_with("_ms");
        written.insert(name.to_owned(), json!(if is_percentage { given.min(100) } else { given }));
    }
    serde_json::from_value(Value::Object(written)).ok()
}

/// How often; always when empty. The outer `None` is for what is no number.
fn times(fields: &Fields) -> Option<Option<u32>> {
    match value(fields, "times") {
        None | Some("") => Some(None),
        Some(times) => times.parse().ok().filter(|times| *times > 0).map(Some),
    }
}

fn number(fields: &Fields, name: &str) -> Option<u64> {
    value(fields, name)?.parse().ok()
}

fn value<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trouble_of_the_panel_is_known() {
        for name in ["delay", "busy", "qps_old", "quota", "wrong_types", "lose"] {
            assert!(kind(name, 5).is_some(), "{name}");
        }
        assert_eq!((kind("delay", 5), kind("other", 5)), (Some(Kind::Delay { ms: 5 }), None));
    }

    #[test]
    fn numbers_that_are_none_are_refused() {
        let times_of = |text: &str| times(&[("times".to_owned(), text.to_owned())]);
        assert_eq!((times_of(""), times_of("3")), (Some(None), Some(Some(3))));
        assert_eq!((times_of("0"), times_of("x"), times_of("-1")), (None, None, None));
        let mut fields: Vec<(String, String)> =
            numbers(&Weather::default()).map(|(name, ..)| (name.to_owned(), "250".to_owned())).into();
        let storm = weather(&fields).unwrap();
        assert_eq!((storm.cut, storm.delay_ms, storm.seed), (100, 250, 250));
        fields.pop();
        assert_eq!(weather(&fields), None);
    }
}
