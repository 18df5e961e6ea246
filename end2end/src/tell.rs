//! Telling one story: a stage and a page of its own, and evidence when it fails.

use crate::browser::Browser;
use crate::device::Way;
use crate::protocol::lock;
use crate::stage::Stage;
use crate::{Page, find, variable};
use base64::prelude::{BASE64_STANDARD, Engine};
use futures::FutureExt;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::OnceCell;

/// Everything runs here: the browser outlives the story that started it.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Builder::new_multi_thread().enable_all().build().expect("a runtime")
});
static BROWSER: OnceCell<Result<Browser, String>> = OnceCell::const_new();
static SKIPPED: Mutex<bool> = Mutex::new(false);

/// Tells a story. It fails when it panics, and when its page had an error that it did not expect.
pub fn tell(name: &str, way: Way, story: impl AsyncFn(&Stage, &Page)) {
    if is_left_out() {
        return;
    }
    RUNTIME.block_on(async {
        let browser = BROWSER.get_or_init(async || Browser::launch(&evidence_folder()).await).await;
        let browser = browser.as_ref().unwrap_or_else(|why| panic!("{why}"));
        let page = browser.page(way).await.unwrap_or_else(|why| panic!("{why}"));
        let stage = Stage::start().await;
        let told = AssertUnwindSafe(story(&stage, &page)).catch_unwind().await;
        let faults = page.faults();
        if told.is_err() || !faults.is_empty() {
            keep_evidence(name, &page).await;
        }
        page.close().await;
        stage.end().await;
        if !faults.is_empty() {
            eprintln!("errors of the page:\n  {}", faults.join("\n  "));
        }
        told.unwrap_or_else(|panic| resume_unwind(panic));
        assert!(faults.is_empty(), "the page had errors: {faults:#?}\nsteps:\n  {}", page.steps().join("\n  "));
    });
}

/// Where pictures of failed stories go: `target/end2end`.
pub fn evidence_folder() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    let folder = program.ancestors().nth(3).unwrap_or(&program).join("end2end");
    // Who cannot write there sees it at the first picture.
    let _ = std::fs::create_dir_all(&folder);
    folder
}

/// Whether somebody without a browser asked to leave the stories out; never where changes are checked.
fn is_left_out() -> bool {
    let asked = variable("DINGDUTY_SKIP_BROWSER").is_some_and(|value| value == "1");
    let left_out = asked && variable("CI").is_none();
    let mut said = lock(&SKIPPED);
    if left_out && !*said {
        find::say("SKIPPED, all of them: DINGDUTY_SKIP_BROWSER=1");
        *said = true;
    }
    left_out
}

async fn keep_evidence(name: &str, page: &Page) {
    let base = evidence_folder().join(name.replace("::", "-"));
    let picture = page.picture(false).await.ok().and_then(|picture| BASE64_STANDARD.decode(picture).ok());
    let html = page.html().await.ok().map(String::into_bytes);
    for (kind, content) in [("png", picture), ("html", html)] {
        let path = base.with_extension(kind);
        if content.is_some_and(|content| std::fs::write(&path, content).is_ok()) {
            eprintln!("evidence: {}", path.display());
        }
    }
}
