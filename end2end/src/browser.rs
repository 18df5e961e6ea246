//! One Chromium for all stories of a program; each story has a browser context of its own, as if it were the first.

use crate::device::{Device, Way};
use crate::find::{self, Found};
use crate::page::Page;
use crate::protocol::Connection;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use tokio::process::Command;

/// Nothing that a story does not ask for, and nothing over the network.
const FLAGS: [&str; 16] = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--no-first-run",
    "--mute-audio",
];
/// Puts the browser's pipe where it looks for it, waits for its end (which comes when the pipe closes, however the
/// program that holds it ends), and removes its profile.
const LAUNCH: &str = r#"trap '' INT TERM HUP
dir=$(mktemp -d "${TMPDIR:-/tmp}/dingduty-browser-XXXXXX") || exit 1
log=$1; shift
"$@" --user-data-dir="$dir" about:blank 3<&0 4>&1 </dev/null >/dev/null 2>"$log"
rm -rf "$dir" || { sleep 1; rm -rf "$dir"; }"#;
/// The pretend client: DingTalk's PC names the window, and old engines have no WebAssembly.
const AS_CONTAINER: &str =
    r#"if (window === top) window.name = '{"containerId":"1","hostVersion":"7.8.10","language":"zh_CN"}'"#;
const AS_OLD: &str = "delete window.WebAssembly";

/// A running browser.
pub struct Browser {
    connection: Arc<Connection>,
}

impl Browser {
    /// Finds and starts a browser; says which on the terminal.
    ///
    /// # Errors
    /// Why there is none, and what to type.
    pub async fn launch(folder: &Path) -> Result<Self, String> {
        let Found { program, how } = find::find()?;
        let log = folder.join("browser.log");
        let mut command = Command::new("sh");
        command.args(["-c", LAUNCH, "sh"]).arg(&log).arg(&program).args(FLAGS);
        if find::is_root() {
            command.arg("--no-sandbox");
        }
        let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut process = started.map_err(|error| format!("{how} does not start: {error}"))?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            return Err("the browser has no pipe".to_owned());
        };
        let connection = Arc::new(Connection::over(input, output));
        let version = connection.call(None, "Browser.getVersion", json!({})).await.map_err(|why| {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            format!("{how} does not work: {why}\n{said}")
        })?;
        find::say(&format!("{} {how}", version["product"].as_str().unwrap_or_default()));
        Ok(Self { connection })
    }

    /// A new page of a new person: no cookies, no cache.
    ///
    /// # Errors
    /// What the browser says.
    pub async fn page(&self, way: Way) -> Result<Page, String> {
        let call = async |method, params| self.connection.call(None, method, params).await;
        let context = call("Target.createBrowserContext", json!({ "disposeOnDetach": true })).await?;
        let context = text(&context, "browserContextId");
        let blank = json!({ "url": "about:blank", "browserContextId": context });
        let target = text(&call("Target.createTarget", blank).await?, "targetId");
        let attached = call("Target.attachToTarget", json!({ "targetId": target, "flatten": true })).await?;
        let page = Page::new(Arc::clone(&self.connection), text(&attached, "sessionId"), context, way);
        page.prepare().await?;
        for (method, params) in emulation(way) {
            page.call(method, params).await?;
        }
        Ok(page)
    }
}

impl Page {
    /// Another person's page in the same kind of client.
    pub async fn of_another(&self) -> Self {
        let browser = Browser { connection: self.connection() };
        browser.page(self.way()).await.unwrap_or_else(|why| panic!("{why}"))
    }
}

/// What makes a page look like it were in that client.
fn emulation(way: Way) -> Vec<(&'static str, Value)> {
    let Way { device, scripts } = way;
    let Device { width, height, scale, mobile, .. } = device;
    let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": mobile });
    let agent = json!({ "userAgent": device.user_agent, "acceptLanguage": device.language });
    let mut all = vec![
        ("Emulation.setDeviceMetricsOverride", metrics),
        ("Emulation.setUserAgentOverride", agent),
        ("Emulation.setScriptExecutionDisabled", json!({ "value": !scripts })),
    ];
    if mobile {
        all.push(("Emulation.setTouchEmulationEnabled", json!({ "enabled": true })));
    }
    let first = [(device.container, AS_CONTAINER), (device.old, AS_OLD)];
    for (_, source) in first.into_iter().filter(|(wanted, _)| *wanted) {
        all.push(("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })));
    }
    all
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}
