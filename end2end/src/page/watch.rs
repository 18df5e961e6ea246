//! What a page says by itself: where its scripts run, and what goes wrong in it.

use serde_json::Value;
use std::collections::HashMap;

/// What is known of one page.
#[derive(Default)]
pub struct Watch {
    /// Frame and where its own scripts run.
    contexts: HashMap<i64, String>,
    faults: Vec<String>,
    expected: Vec<String>,
}

impl Watch {
    /// Takes an event.
    pub fn take(&mut self, method: &str, event: &Value) {
        match method {
            "Runtime.executionContextCreated" => {
                let context = &event["context"];
                if let (Some(id), true, Some(frame)) = (
                    context["id"].as_i64(),
                    context["auxData"]["isDefault"] == true,
                    context["auxData"]["frameId"].as_str(),
                ) {
                    self.contexts.insert(id, frame.to_owned());
                }
            }
            "Runtime.executionContextDestroyed" => {
                event["executionContextId"].as_i64().and_then(|id| self.contexts.remove(&id));
            }
            "Runtime.executionContextsCleared" => self.contexts.clear(),
            "Runtime.exceptionThrown" => {
                let details = &event["exceptionDetails"];
                let said = details["exception"]["description"].as_str().or(details["text"].as_str());
                self.faults.push(format!("exception: {}", said.unwrap_or_default()));
            }
            "Runtime.consoleAPICalled" if event["type"] == "error" || event["type"] == "assert" => {
                self.faults.push(format!("console: {}", event["args"]));
            }
            "Log.entryAdded" if event["entry"]["level"] == "error" => {
                let entry = &event["entry"];
                let said = entry["text"].as_str().unwrap_or_default();
                self.faults.push(format!("{}: {said} {}", entry["source"], entry["url"]));
            }
            _ => {}
        }
    }

    /// Where scripts of a frame run.
    pub fn context(&self, frame: &str) -> Option<i64> {
        // The newest: an older one may not have been reported gone yet.
        self.contexts.iter().filter(|(_, one)| *one == frame).map(|(id, _)| *id).max()
    }

    /// Tolerates errors that contain this.
    pub fn expect(&mut self, part: &str) {
        self.expected.push(part.to_owned());
    }

    /// Errors that nobody expected.
    pub fn faults(&self) -> Vec<String> {
        let unexpected = |fault: &&String| !self.expected.iter().any(|part| fault.contains(part));
        self.faults.iter().filter(unexpected).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_counts_as_a_fault() {
        let entry = |level: &str, text: &str| json!({ "entry": { "level": level, "text": text, "source": "network" } });
        let thrown = json!({ "exceptionDetails": { "text": "Uncaught", "exception": { "description": "Error: x" } } });
        let table = [
            ("Runtime.exceptionThrown", thrown, 1),
            ("Runtime.consoleAPICalled", json!({ "type": "error", "args": ["bad"] }), 1),
            ("Runtime.consoleAPICalled", json!({ "type": "log", "args": ["fine"] }), 0),
            ("Log.entryAdded", entry("error", "status of 500"), 1),
            ("Log.entryAdded", entry("warning", "slow"), 0),
            ("Log.entryAdded", entry("error", "status of 403"), 0),
        ];
        for (method, event, faults) in table {
            let mut watch = Watch::default();
            watch.expect("status of 403");
            watch.take(method, &event);
            assert_eq!(watch.faults().len(), faults, "{method} {event}");
        }
    }

    #[test]
    fn a_frame_has_the_newest_context() {
        let mut watch = Watch::default();
        for id in [1, 2] {
            let context = json!({ "id": id, "auxData": { "isDefault": true, "frameId": "f" } });
            watch.take("Runtime.executionContextCreated", &json!({ "context": context }));
        }
        assert_eq!(watch.context("f"), Some(2));
        watch.take("Runtime.executionContextDestroyed", &json!({ "executionContextId": 2 }));
        assert_eq!(watch.context("f"), Some(1));
        watch.take("Runtime.executionContextsCleared", &json!({}));
        assert_eq!(watch.context("f"), None);
    }
}
