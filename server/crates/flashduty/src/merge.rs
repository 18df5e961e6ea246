use crate::{FeedItem, wire};
use serde_json::Value;

/// The timeline type of a merge.
pub const MERGE: &str = "i_merge";

/// Which incidents became part of which (reference 3.1, `i_merge`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// Those that were merged away.
    pub source_ids: Vec<String>,
    /// The one that has their alerts now.
    pub target_id: String,
    /// The target's title, where it is told.
    pub target_title: String,
}

impl FeedItem {
    /// The merge this row tells of. The document does not say whether incidents are written as ids or as objects: both
    /// are read. None for other rows, and where the target is missing.
    pub fn merge(&self) -> Option<Merge> {
        if self.kind != MERGE {
            return None;
        }
        let target_id = id_of(self.detail.get("target_incident")?)?;
        let sources = self.detail.get("source_incidents").and_then(Value::as_array).map(Vec::as_slice);
        let source_ids = sources.unwrap_or_default().iter().filter_map(id_of).filter(|id| *id != target_id).collect();
        let target_title = self.detail["target_incident"].get("title").map(wire::text_of).unwrap_or_default();
        Some(Merge { source_ids, target_id, target_title })
    }
}

fn id_of(incident: &Value) -> Option<String> {
    let id = wire::text_of(incident.get("incident_id").unwrap_or(incident));
    let fits = id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| id.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const A: &str = "64b1352e376e32c85c56e25b";
    const B: &str = "64b1352e376e32c85c56e25c";

    fn row(detail: Value) -> Option<Merge> {
        FeedItem { kind: MERGE.into(), detail, ..FeedItem::default() }.merge()
    }

    #[test]
    fn incidents_are_ids_or_objects() {
        let expected = Merge { source_ids: vec![A.into()], target_id: B.into(), target_title: String::new() };
        assert_eq!(row(json!({"source_incidents": [A], "target_incident": B})).as_ref(), Some(&expected));
        let objects = json!({
            "source_incidents": [{"incident_id": A.to_uppercase()}, null, 5, "../x", B],
            "target_incident": {"incident_id": B, "title": "db"},
        });
        assert_eq!(row(objects), Some(Merge { target_title: "db".into(), ..expected }));
    }

    #[test]
    fn what_is_no_merge() {
        for detail in [json!(null), json!([]), json!({"target_incident": "../x"}), json!({"source_incidents": [A]})] {
            assert_eq!(row(detail.clone()), None, "{detail}");
        }
        assert_eq!(FeedItem::default().merge(), None);
        assert!(row(json!({"target_incident": B, "source_incidents": "x"})).unwrap().source_ids.is_empty());
    }
}
