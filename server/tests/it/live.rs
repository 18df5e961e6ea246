//! What open pages are told by themselves.

mod seeing;
mod streams;

use crate::bench::{Bench, Browser, KEY};
use contract::live::{IncidentNews, Told};
use contract::paths;
use simulator::flashduty::Act;
use std::collections::VecDeque;
use std::time::Duration;

/// A change is on open pages within this time.
const SOON: Duration = Duration::from_secs(2);

/// An open page, as far as its stream goes.
pub struct OpenPage {
    response: reqwest::Response,
    text: String,
    told: VecDeque<(String, Told)>,
}

/// Opens the stream of a page that knows everything up to now.
pub async fn open(bench: &Bench, browser: &Browser, view: &str, shown: &[&str]) -> OpenPage {
    let now = bench.app.state.world.now().0;
    let mut page = open_after(browser, view, shown, None, now).await;
    page.is_ready().await;
    page
}

pub async fn open_after(
    browser: &Browser,
    view: &str,
    shown: &[&str],
    last_event_id: Option<&str>,
    after: i64,
) -> OpenPage {
    let response = browser.stream(&address(view, shown, after), last_event_id).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-store");
    OpenPage { response, text: String::new(), told: VecDeque::new() }
}

pub fn address(view: &str, shown: &[&str], after: i64) -> String {
    let (path, view) = (paths::fill(paths::API_LIVE, &[KEY]), paths::encode(view));
    format!("{path}?view={view}&shown={}&after={after}", shown.join(","))
}

impl OpenPage {
    /// The next message with its id; none when the stream has ended.
    pub async fn next(&mut self) -> Option<(String, Told)> {
        loop {
            if let Some(told) = self.told.pop_front() {
                return Some(told);
            }
            let chunk = self.response.chunk().await.ok().flatten()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let line = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
                if let Some(data) = line("data:") {
                    let told = serde_json::from_str(data).unwrap_or_else(|error| panic!("{error}: {data}"));
                    self.told.push_back((line("id:").expect("an id").to_owned(), told));
                }
                self.text = rest.to_owned();
            }
        }
    }

    /// The stream is there: its first beat has come.
    async fn is_ready(&mut self) {
        while !matches!(self.soon().await, Told::Beat) {}
    }

    async fn soon(&mut self) -> Told {
        let told = tokio::time::timeout(SOON, self.next()).await.expect("told in time");
        told.expect("the stream goes on").1
    }

    /// The next change, in time.
    pub async fn hears(&mut self) -> IncidentNews {
        loop {
            match self.soon().await {
                Told::Incident(news) => return *news,
                Told::Beat => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next change that fits, in time.
    async fn hears_of(&mut self, fits: impl Fn(&IncidentNews) -> bool) -> IncidentNews {
        loop {
            let news = self.hears().await;
            if fits(&news) {
                return news;
            }
        }
    }

    /// Nothing is told for longer than a change would take.
    async fn hears_nothing(&mut self) {
        let until = tokio::time::timeout(SOON, async {
            while let Some((_, told)) = self.next().await {
                assert_eq!(told, Told::Beat);
            }
            panic!("the stream ended");
        });
        until.await.expect_err("it went on");
    }

    /// The stream ends, after nothing but beats.
    pub async fn ends(&mut self, within: Duration) {
        let ended = tokio::time::timeout(within, async {
            while let Some((_, told)) = self.next().await {
                assert_eq!(told, Told::Beat);
            }
        });
        ended.await.expect("it ends");
    }
}

/// What somebody does in Flashduty's own console, and the webhook of it.
pub async fn act(bench: &Bench, user_id: &str, incident: &str, act: Act) {
    bench.advance(Duration::from_secs(1));
    bench.sim.flashduty.act_as(bench.member(user_id), incident, act).await.unwrap();
    bench.run_due().await;
}
