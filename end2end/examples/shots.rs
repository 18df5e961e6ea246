//! Pictures of every page, on phone and PC, light and dark, in Chinese and English, to be looked at:
//! `cargo run -p end2end --example shots -- DIRECTORY`.

use base64::prelude::{BASE64_STANDARD, Engine};
use end2end::browser::Browser;
use end2end::device::{Device, OUTSIDE, PC, PHONE};
use end2end::person::home;
use end2end::stage::GROUP;
use end2end::tour::Tour;
use end2end::{Page, Stage};
use std::path::{Path, PathBuf};

#[tokio::main]
async fn main() {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: shots DIRECTORY");
        std::process::exit(2);
    };
    std::fs::create_dir_all(&folder).expect("the directory can be made");
    let browser = Browser::launch(&folder).await.unwrap_or_else(|why| panic!("{why}"));
    for device in [PHONE, PC] {
        for language in ["zh-CN", "en-US"] {
            let stage = Stage::start().await;
            let page = browser.page(device.live()).await.expect("a page");
            let shots = Shots { stage: &stage, page: &page, folder: &folder, device };
            let look = async |page: &Page, name: &str| shots.take(page, name, language).await;
            Tour { stage: &stage, page: &page, language, look }.all().await;
            page.close().await;
            stage.end().await;
        }
    }
    let stage = Stage::start().await;
    let page = browser.page(OUTSIDE.live()).await.expect("a page");
    let shots = Shots { stage: &stage, page: &page, folder: &folder, device: OUTSIDE };
    page.open(&home(&stage)).await;
    shots.take(&page, "outside", "zh-CN").await;
    shots.desk().await;
    stage.end().await;
    println!("{}", folder.display());
}

/// One client.
struct Shots<'a> {
    stage: &'a Stage,
    page: &'a Page,
    folder: &'a Path,
    device: Device,
}

impl Shots<'_> {
    /// The demo's desk while somebody is led through it.
    async fn desk(&self) {
        let Self { stage, page, .. } = self;
        stage.open_group().await;
        page.open(&stage.sim.desk_url()).await;
        self.take(page, "desk-1", "zh-CN").await;
        page.inside(".right iframe").click("[data-raise]").await;
        page.see("body[data-step=\"2\"]").await;
        let group = stage.sim.dingtalk.chat(GROUP).expect("the group").id;
        page.click(&format!("button[data-chat=\"{group}\"]")).await;
        stage.card_settles(&stage.card_in_group().await).await;
        self.take(page, "desk-2", "zh-CN").await;
        page.click(".card [data-action=acknowledge]").await;
        page.see(".card .alert [data-open]").await;
        self.take(page, "desk-3", "zh-CN").await;
        page.click(".card .alert [data-open]").await;
        page.inside(".web iframe").see("[data-sign-in=oauth]").await;
        self.take(page, "desk-4", "zh-CN").await;
    }

    /// The whole page, light and dark.
    async fn take(&self, page: &Page, name: &str, language: &str) {
        // Bars that stick to the window's edges would stand in the middle of the whole page.
        page.value("scrollTo(0, 0), 0").await;
        for theme in ["light", "dark"] {
            page.set_theme(theme).await;
            let picture = page.picture(true).await.expect("a picture");
            let file = format!("{name}-{}-{language}-{theme}.png", self.device.name);
            std::fs::write(self.folder.join(file), BASE64_STANDARD.decode(picture).expect("base64")).expect("written");
        }
        page.set_theme("light").await;
    }
}
