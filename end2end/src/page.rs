//! One page of the browser, and what a person does in it. Every verb waits for what it needs, and fails with what it
//! found instead; real mouse and keyboard, so whatever covers a button is noticed.

mod watch;

use crate::device::Way;
use crate::pause;
use crate::protocol::{Connection, lock};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use watch::Watch;

/// How long a verb waits for what it needs.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often it looks.
const LOOK: Duration = Duration::from_millis(15);
/// The visible element of a selector that can be pressed in its middle, or what is in the way.
const PRESSABLE: &str = r#"(selector => {
  const shown = one => one.getClientRects().length > 0 && getComputedStyle(one).visibility !== 'hidden';
  const all = Array.from(document.querySelectorAll(selector));
  const one = all.find(shown);
  if (!one) return all.length + ' there, none visible';
  if (one.disabled) return 'disabled';
  one.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
  const box = one.getClientRects()[0];
  const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  if (at && (one.contains(at) || at.contains(one))) return one;
  return 'covered by ' + (at ? at.outerHTML.slice(0, 200) : 'nothing: outside of the window');
})"#;

/// A page. Cheap to clone; a clone may stand for a frame inside of it.
#[derive(Clone)]
pub struct Page {
    tab: Arc<Tab>,
    /// Selectors of the frames to go through, from the top.
    frames: Vec<String>,
}

struct Tab {
    connection: Arc<Connection>,
    session: String,
    context: String,
    way: Way,
    watch: Arc<Mutex<Watch>>,
    /// What was done, for whoever reads about a failure.
    steps: Mutex<Vec<String>>,
    patience: Mutex<Duration>,
}

impl Page {
    pub(crate) fn new(connection: Arc<Connection>, session: String, context: String, way: Way) -> Self {
        let watch = Arc::default();
        let tab =
            Tab { connection, session, context, way, watch, steps: Mutex::default(), patience: Mutex::new(PATIENCE) };
        Self { tab: Arc::new(tab), frames: Vec::new() }
    }

    /// Begins to listen to what the page says.
    pub(crate) async fn prepare(&self) -> Result<(), String> {
        let watch = Arc::clone(&self.tab.watch);
        self.tab.connection.listen(&self.tab.session, move |method, event| lock(&watch).take(method, event));
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            self.call(domain, json!({})).await?;
        }
        Ok(())
    }

    pub(crate) async fn call(&self, method: &str, params: Value) -> Result<Value, String> {
        self.tab.connection.call(Some(&self.tab.session), method, params).await
    }

    pub(crate) fn connection(&self) -> Arc<Connection> {
        Arc::clone(&self.tab.connection)
    }

    /// The client it is opened in.
    pub fn way(&self) -> Way {
        self.tab.way
    }

    /// The same page, seen through one of its frames.
    pub fn inside(&self, frame: &str) -> Self {
        let mut frames = self.frames.clone();
        frames.push(frame.to_owned());
        Self { tab: Arc::clone(&self.tab), frames }
    }

    /// Opens an address and waits until the page is complete and, where scripts run, live.
    pub async fn open(&self, address: &str) {
        self.step(format!("open {address}"));
        let opened = self.call("Page.navigate", json!({ "url": address })).await;
        let opened = opened.unwrap_or_else(|why| self.fail(&why));
        if let Some(why) = opened["errorText"].as_str() {
            self.fail(why);
        }
        self.settled().await;
    }

    /// Presses what leads to another document, and waits for that.
    pub async fn follow(&self, selector: &str) {
        let before = self.document().await;
        self.click(selector).await;
        self.another_than(&before).await;
    }

    /// Waits for another document than this one (see [`Self::document`]), and until it is complete.
    pub async fn another_than(&self, before: &str) {
        self.until("another document", async || Ok(self.document().await != before)).await;
        self.settled().await;
    }

    /// Presses what changes the incident shown, and waits for what that brings: in the same document where the page is
    /// live, by a form's way through the server where it is not.
    pub async fn act(&self, selector: &str, brings: &str) {
        let before = self.document().await;
        if self.tab.way.hydrates() {
            self.click(selector).await;
        } else {
            self.follow(selector).await;
        }
        self.see(brings).await;
        let stayed = self.document().await == before;
        assert_eq!(stayed, self.tab.way.hydrates(), "{selector}: same document {stayed}");
    }

    /// Presses something.
    pub async fn click(&self, selector: &str) {
        self.step(format!("click {selector}"));
        let what = format!("{selector} can be pressed");
        let found = self.until_found(&what, async || {
            let found = self.run(&format!("{PRESSABLE}({})", json!(selector)), false).await?;
            found["objectId"].as_str().map(str::to_owned).ok_or(found["value"].to_string())
        });
        let object = found.await;
        let quads = self.call("DOM.getContentQuads", json!({ "objectId": object })).await;
        let quads = quads.unwrap_or_else(|why| self.fail(&why));
        let corner = |number: usize| quads["quads"][0][number].as_f64().unwrap_or_default();
        let (x, y) = ((corner(0) + corner(4)) / 2.0, (corner(1) + corner(5)) / 2.0);
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            if let Err(why) = self.call("Input.dispatchMouseEvent", event).await {
                self.fail(&why);
            }
        }
    }

    /// Types into a field, in place of what is there.
    pub async fn fill(&self, selector: &str, text: &str) {
        self.step(format!("fill {selector}"));
        let focus = format!(
            "(one => {{ if (!one) return false; one.focus(); one.select(); return document.activeElement === one }})\
             (document.querySelector({}))",
            json!(selector)
        );
        self.until(&format!("{selector} takes text"), async || Ok(self.read(&focus).await? == true)).await;
        if let Err(why) = self.call("Input.insertText", json!({ "text": text })).await {
            self.fail(&why);
        }
    }

    /// Waits for a visible element.
    pub async fn see(&self, selector: &str) {
        self.step(format!("see {selector}"));
        let found = format!(
            "Array.from(document.querySelectorAll({})).some(one => one.getClientRects().length)",
            json!(selector)
        );
        self.until(&format!("{selector} is there"), async || Ok(self.read(&found).await? == true)).await;
    }

    /// Waits until no visible element is left.
    pub async fn see_none(&self, selector: &str) {
        self.step(format!("see no {selector}"));
        let found = format!(
            "Array.from(document.querySelectorAll({})).some(one => one.getClientRects().length)",
            json!(selector)
        );
        self.until(&format!("{selector} is gone"), async || Ok(self.read(&found).await? == false)).await;
    }

    /// Waits until an element's visible text contains `text`.
    pub async fn see_text(&self, selector: &str, text: &str) {
        self.step(format!("see “{text}” in {selector}"));
        let found = format!(
            "Array.from(document.querySelectorAll({})).some(one => one.innerText.includes({}))",
            json!(selector),
            json!(text)
        );
        self.until(&format!("{selector} says “{text}”"), async || Ok(self.read(&found).await? == true)).await;
    }

    /// The visible text of the first element; empty when there is none.
    pub async fn text(&self, selector: &str) -> String {
        self.value(&format!("document.querySelector({})?.innerText ?? ''", json!(selector))).await
    }

    /// An attribute of the first element; empty when there is none.
    pub async fn attribute(&self, selector: &str, name: &str) -> String {
        let read = format!("document.querySelector({})?.getAttribute({}) ?? ''", json!(selector), json!(name));
        self.value(&read).await
    }

    /// The address shown.
    pub async fn address(&self) -> String {
        self.value("location.href").await
    }

    /// A text that the page computes.
    pub async fn value(&self, expression: &str) -> String {
        match self.read(expression).await {
            Ok(value) => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
            Err(why) => self.fail(&why),
        }
    }

    /// Waits until a condition of the page is true.
    pub async fn holds(&self, condition: &str) {
        self.step(format!("wait for {condition}"));
        self.until(condition, async || Ok(self.read(condition).await? == true)).await;
    }

    /// The document that is shown: another name after each navigation.
    pub async fn document(&self) -> String {
        // In frames and at the top alike; the moment a document began is its own.
        self.read("String(performance.timeOrigin)").await.map_or_else(|_| String::new(), |value| value.to_string())
    }

    /// Waits until the page is complete and, where scripts run, live.
    pub async fn settled(&self) {
        let live = match self.tab.way.hydrates() {
            true => {
                "(!document.querySelector('script[type=module]') || \
                 document.documentElement.hasAttribute('data-hydrated'))"
            }
            false => "true",
        };
        let own = format!("document.readyState === 'complete' && location.href !== 'about:blank' && {live}");
        self.until("the page is complete and live", async || Ok(self.read(&own).await? == true)).await;
    }

    /// The page's system colours, `light` or `dark`.
    pub async fn set_scheme(&self, scheme: &str) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        if let Err(why) = self.call("Emulation.setEmulatedMedia", features).await {
            self.fail(&why);
        }
    }

    /// Light or dark, as the system says it and as the client does, which overrules the system.
    pub async fn set_theme(&self, theme: &str) {
        self.set_scheme(theme).await;
        let said = if theme == "dark" { "dark" } else { "white" };
        let says = "document.documentElement.hasAttribute('data-dingtalk-theme')";
        let change = format!("document.documentElement.setAttribute('data-dingtalk-theme', '{said}')");
        self.value(&format!("{says} && {change}, 0")).await;
    }

    /// A text that the page computes in its own time.
    pub async fn awaited(&self, promise: &str) -> String {
        let params = json!({ "expression": promise, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", params).await.unwrap_or_else(|why| self.fail(&why));
        match answer["exceptionDetails"]["exception"]["description"].as_str() {
            Some(why) => self.fail(why),
            None => answer["result"]["value"].as_str().unwrap_or_default().to_owned(),
        }
    }

    /// A picture as PNG, encoded in base64: of the window, or of the whole page.
    ///
    /// # Errors
    /// What the browser says.
    pub async fn picture(&self, whole: bool) -> Result<String, String> {
        let shot = self.call("Page.captureScreenshot", json!({ "captureBeyondViewport": whole })).await?;
        shot["data"].as_str().map(str::to_owned).ok_or("no picture".to_owned())
    }

    /// The document as it stands.
    ///
    /// # Errors
    /// What the browser says.
    pub async fn html(&self) -> Result<String, String> {
        self.read("document.documentElement.outerHTML").await.map(|html| html.as_str().unwrap_or_default().to_owned())
    }

    /// Loses all cookies and what else pages keep, as a new phone.
    pub async fn forget_everything(&self) {
        self.step("forget everything".to_owned());
        let origin = self.value("location.origin").await;
        for (method, params) in [
            ("Network.clearBrowserCookies", json!({})),
            ("Storage.clearDataForOrigin", json!({ "origin": origin, "storageTypes": "all" })),
        ] {
            if let Err(why) = self.call(method, params).await {
                self.fail(&why);
            }
        }
    }

    /// Tolerates errors that contain this: the story causes them on purpose.
    pub fn expect_fault(&self, part: &str) {
        lock(&self.tab.watch).expect(part);
    }

    /// Errors of the page so far, refusals of its policy among them.
    pub fn faults(&self) -> Vec<String> {
        lock(&self.tab.watch).faults()
    }

    /// What was done so far.
    pub fn steps(&self) -> Vec<String> {
        lock(&self.tab.steps).clone()
    }

    /// Closes it, and with it everything its person had.
    pub async fn close(&self) {
        self.tab.connection.forget(&self.tab.session);
        let context = json!({ "browserContextId": self.tab.context });
        // A browser that is gone has closed it already.
        let _ = self.tab.connection.call(None, "Target.disposeBrowserContext", context).await;
    }

    /// Waits less, for what will not come.
    pub fn set_patience(&self, patience: Duration) {
        *lock(&self.tab.patience) = patience;
    }

    /// Notes what is being done.
    pub fn step(&self, what: String) {
        lock(&self.tab.steps).push(what);
    }

    async fn until(&self, what: &str, holds: impl AsyncFn() -> Result<bool, String>) {
        self.until_found(what, async || if holds().await? { Ok(()) } else { Err("not so".to_owned()) }).await;
    }

    async fn until_found<T>(&self, what: &str, find: impl AsyncFn() -> Result<T, String>) -> T {
        let mut last = String::new();
        let waiting = async {
            loop {
                match find().await {
                    Ok(found) => return found,
                    Err(why) => last = why,
                }
                pause(LOOK).await;
            }
        };
        let patience = *lock(&self.tab.patience);
        match tokio::time::timeout(patience, waiting).await {
            Ok(found) => found,
            Err(_) => self.fail(&format!("waited {} s: {what}; last: {last}", patience.as_secs())),
        }
    }

    async fn read(&self, expression: &str) -> Result<Value, String> {
        Ok(self.run(expression, true).await?["value"].take())
    }

    /// Runs an expression in the page, or in the frame this stands for.
    async fn run(&self, expression: &str, by_value: bool) -> Result<Value, String> {
        let mut context = None;
        for frame in &self.frames {
            context = Some(self.context_of(frame, context).await?);
        }
        self.run_in(expression, by_value, context).await
    }

    async fn run_in(&self, expression: &str, by_value: bool, context: Option<i64>) -> Result<Value, String> {
        let mut params = json!({ "expression": expression, "returnByValue": by_value });
        if let Some(context) = context {
            params["contextId"] = context.into();
        }
        let mut answer = self.call("Runtime.evaluate", params).await?;
        match answer["exceptionDetails"]["exception"]["description"].as_str() {
            Some(why) => Err(why.to_owned()),
            None => Ok(answer["result"].take()),
        }
    }

    /// Where scripts of a frame run.
    async fn context_of(&self, frame: &str, parent: Option<i64>) -> Result<i64, String> {
        let find = format!("document.querySelector({})", json!(frame));
        let element = self.run_in(&find, false, parent).await?;
        let object = element["objectId"].as_str().ok_or_else(|| format!("no frame {frame}"))?;
        let node = self.call("DOM.describeNode", json!({ "objectId": object })).await?;
        let id = node["node"]["frameId"].as_str().ok_or_else(|| format!("{frame} is no frame"))?;
        lock(&self.tab.watch).context(id).ok_or_else(|| format!("{frame} is empty"))
    }

    fn fail(&self, why: &str) -> ! {
        panic!("{why}\nsteps:\n  {}", self.steps().join("\n  "))
    }
}
