//! What the platform says about a work notification that it took (9.3).

use crate::fields::Fields;

/// How far a work notification is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeProgress {
    /// 0 to 100.
    pub percent: u8,
    /// The result is there.
    pub done: bool,
}

/// What became of a work notification. Whoever is in none of the lists has an open fate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticeResult {
    /// No such employee, or outside the visible range.
    pub invalid: Vec<String>,
    /// Silently withheld, because of a limit.
    pub forbidden: Vec<Forbidden>,
    /// Sending failed.
    pub failed: Vec<String>,
    /// Have read it.
    pub read: Vec<String>,
    /// Have it and have not read it.
    pub unread: Vec<String>,
}

/// Somebody from whom a notification was withheld.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forbidden {
    /// Who.
    pub user_id: String,
    /// Why: 143103 to 143106 (9.2); empty where the platform does not say.
    pub code: String,
}

/// `status` of a finished sending.
const DONE: i64 = 2;

impl NoticeProgress {
    pub(super) fn read(fields: Fields<'_>) -> Option<Self> {
        let progress = fields.object("progress")?;
        let percent = u8::try_from(progress.number("progress_in_percent").unwrap_or(0).clamp(0, 100)).unwrap_or(0);
        let status = progress.number("status");
        Some(Self { percent, done: status.map_or(percent == 100, |status| status == DONE) })
    }
}

impl NoticeResult {
    pub(super) fn read(fields: Fields<'_>) -> Option<Self> {
        let result = fields.object("send_result")?;
        let mut forbidden: Vec<Forbidden> = Vec::new();
        for one in result.objects("forbidden_list").unwrap_or_default() {
            let code = one.text("code").unwrap_or_default();
            for user_id in one.texts("userid") {
                forbidden.push(Forbidden { user_id, code: code.clone() });
            }
        }
        for user_id in result.texts("forbidden_user_id_list") {
            if !forbidden.iter().any(|one| one.user_id == user_id) {
                forbidden.push(Forbidden { user_id, code: String::new() });
            }
        }
        Some(Self {
            invalid: result.texts("invalid_user_id_list"),
            forbidden,
            failed: result.texts("failed_user_id_list"),
            read: result.texts("read_user_id_list"),
            unread: result.texts("unread_user_id_list"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn progress(value: &Value) -> Option<NoticeProgress> {
        NoticeProgress::read(Fields::of(value).unwrap())
    }

    #[test]
    fn progress_however_it_is_typed() {
        for (body, expected) in [
            (json!({"progress": {"progress_in_percent": 100, "status": 2}}), Some((100, true))),
            (json!({"progress": {"progress_in_percent": "40", "status": "1"}}), Some((40, false))),
            (json!({"progress": {"progress_in_percent": 100}}), Some((100, true))),
            (json!({"progress": {"progress_in_percent": 900, "status": 0}}), Some((100, false))),
            (json!({"progress": {}}), Some((0, false))),
            (json!({"progress": null}), None),
            (json!({"progress": [1]}), None),
            (json!({}), None),
        ] {
            assert_eq!(progress(&body).map(|one| (one.percent, one.done)), expected, "{body}");
        }
    }

    #[test]
    fn every_list_is_read_and_absent_ones_are_empty() {
        let body = json!({"send_result": {
            "invalid_user_id_list": ["a"], "failed_user_id_list": "b", "read_user_id_list": null,
            "unread_user_id_list": ["c", 7, {}],
            "forbidden_user_id_list": ["d", "e"],
            "forbidden_list": [{"code": 143_106, "count": 1, "userid": "d"}, 5, {"code": "143105"}],
        }});
        let result = NoticeResult::read(Fields::of(&body).unwrap()).unwrap();
        let forbidden = |user_id: &str, code: &str| Forbidden { user_id: user_id.into(), code: code.into() };
        let expected = NoticeResult {
            invalid: vec!["a".into()],
            forbidden: vec![forbidden("d", "143106"), forbidden("e", "")],
            failed: vec!["b".into()],
            read: vec![],
            unread: vec!["c".into(), "7".into()],
        };
        assert_eq!(result, expected);
        let empty = json!({"send_result": {}});
        assert_eq!(NoticeResult::read(Fields::of(&empty).unwrap()), Some(NoticeResult::default()));
        assert_eq!(NoticeResult::read(Fields::of(&json!({"send_result": "none"})).unwrap()), None);
    }
}
