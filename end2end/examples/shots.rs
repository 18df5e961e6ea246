//! Pictures of every page, on phone and PC, light and dark, in Chinese and English, to be looked at:
//! `cargo run -p end2end --example shots -- DIRECTORY`.

use base64::prelude::{BASE64_STANDARD, Engine};
use contract::paths;
use end2end::browser::Browser;
use end2end::device::{Device, OUTSIDE, PC, PHONE};
use end2end::person::{arrive, home, link, prove_by_key};
use end2end::stage::GROUP;
use end2end::{Page, Stage};
use simulator::flashduty::Raise;
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
            let shots = Shots { stage: &stage, page: &page, folder: &folder, device, language };
            shots.all().await;
            page.close().await;
            stage.end().await;
        }
    }
    let stage = Stage::start().await;
    let page = browser.page(OUTSIDE.live()).await.expect("a page");
    let shots = Shots { stage: &stage, page: &page, folder: &folder, device: OUTSIDE, language: "zh-CN" };
    page.open(&home(&stage)).await;
    shots.take("outside").await;
    shots.desk().await;
    stage.end().await;
    println!("{}", folder.display());
}

/// One client with one language.
struct Shots<'a> {
    stage: &'a Stage,
    page: &'a Page,
    folder: &'a Path,
    device: Device,
    language: &'a str,
}

impl Shots<'_> {
    async fn all(&self) {
        let Self { stage, page, .. } = self;
        stage.open_group().await;
        let incident = stage.raise("支付 checkout is slow: 95 % of requests take longer than 3 s", &["li.na"]).await;
        let card = stage.card_in_group().await;
        stage.card_settles(&card).await;
        let home = home(stage);
        arrive(stage, page, "li.na", &home).await;
        self.choose_language().await;
        stage.press(&card, "li.na", "acknowledge").await;
        let notice = url::Url::parse(&stage.seen(&card, "li.na")["notice_url"]).expect("a link");
        let address = notice.query_pairs().find(|(name, _)| name == "url").expect("an address").1.into_owned();
        page.open(&address).await;
        self.take("1-choose").await;
        prove_by_key(stage, page, "li.na").await;
        self.take("2-confirm").await;
        page.follow("[data-confirm-link]").await;
        self.take("3-linked").await;

        page.open(&home).await;
        self.take("4-home").await;
        page.click(".menu summary").await;
        self.take("5-menu").await;
        page.open(&format!("{home}?tab=open")).await;
        self.take("6-open").await;
        page.open(&stage.page(paths::PC_HOME, &[])).await;
        self.take("7-pc-home").await;
        page.open(&format!("{}?id={incident}", stage.page(paths::PC_HOME, &[]))).await;
        self.take("8-pc-detail").await;
        let detail = stage.page(paths::INCIDENT, &[&incident]);
        self.acts(&detail).await;
        page.open(&stage.sim.dingtalk.quick_entry_url(GROUP).expect("the cool app is there")).await;
        self.take("d-group").await;
        page.open(&stage.page(paths::ACCOUNT, &[])).await;
        page.click("details:has([data-act=unlink]) summary").await;
        self.take("e-account").await;
        self.obstacles(&home).await;
    }

    /// The demo's desk while somebody is led through it.
    async fn desk(&self) {
        let Self { stage, page, .. } = self;
        stage.open_group().await;
        page.open(&stage.sim.desk_url()).await;
        self.take("desk-1").await;
        page.inside(".right iframe").click("[data-raise]").await;
        page.see("body[data-step=\"2\"]").await;
        let group = stage.sim.dingtalk.chat(GROUP).expect("the group").id;
        page.click(&format!("button[data-chat=\"{group}\"]")).await;
        stage.card_settles(&stage.card_in_group().await).await;
        self.take("desk-2").await;
        page.click(".card [data-action=acknowledge]").await;
        page.see(".card .alert [data-open]").await;
        self.take("desk-3").await;
        page.click(".card .alert [data-open]").await;
        page.inside(".web iframe").see("[data-sign-in=oauth]").await;
        self.take("desk-4").await;
    }

    /// One incident while it is worked on.
    async fn acts(&self, detail: &str) {
        let page = self.page;
        page.open(detail).await;
        page.fill("form[action$=\"/comment\"] textarea", "looking at it").await;
        page.act("[data-act=comment]", ".timeline .said").await;
        page.click("details:has([name=minutes][type=number]) summary").await;
        page.click("details:has([name=root_cause]) summary").await;
        self.take("9-incident").await;
        for act in ["add-responder", "reassign", "custom-action"] {
            page.open(&format!("{detail}/{act}")).await;
            self.take(&format!("9-{act}")).await;
        }
        let by_rule = self.stage.sim.flashduty.raise(Raise::default()).await.expect("an incident");
        page.open(&self.stage.page(paths::INCIDENT_ACT, &[&by_rule, "escalate"])).await;
        self.take("9-escalate").await;
        page.open(detail).await;
        page.act("form[action$=\"/snooze\"]:has([value=\"240\"]) [data-act=snooze]", "[data-act=wake]").await;
        self.take("a-snoozed").await;
        page.open(detail).await;
        page.act("[data-act=close]", ".panel[data-progress=Closed]").await;
        self.take("b-closed").await;
        self.stage.sim.flashduty.require_form(true);
        page.open(&home(self.stage)).await;
        page.act(".row [data-act=acknowledge]", "[data-problem]").await;
        self.take("c-refused").await;
        self.stage.sim.flashduty.require_form(false);
    }

    /// What stands in the way.
    async fn obstacles(&self, home: &str) {
        let Self { stage, page, .. } = self;
        page.open(&format!("{home}/nowhere")).await;
        self.take("f-not-found").await;
        page.open(&format!("{}/console", stage.base)).await;
        self.take("g-console-closed").await;
        let console = server::flow::access::console_link(&stage.app.state, "shots").await.expect("a link");
        page.open(&console).await;
        self.take("h-console-enter").await;
        page.follow("main button").await;
        self.take("i-console").await;
        stage.sim.flashduty.set_licence(stage.member("li.na"), false);
        page.open(home).await;
        self.take("j-no-licence").await;
        page.open(&stage.page(paths::ACCOUNT, &[])).await;
        page.click("details:has([data-act=unlink]) summary").await;
        page.follow("[data-act=unlink]").await;
        self.take("k-unlinked").await;
        page.forget_everything().await;
        stage.be("nobody");
        page.open(home).await;
        self.choose_language().await;
        page.see("#arrive-failed").await;
        self.take("l-arrive-failed").await;
        page.forget_everything().await;
        link(stage, page, "liu.yang", home).await;
        self.choose_language().await;
        self.take("m-empty").await;
    }

    async fn choose_language(&self) {
        self.page.click(".menu summary").await;
        self.page.follow(&format!(".menu [name=language][value=\"{}\"]", self.language)).await;
    }

    /// The whole page, light and dark.
    async fn take(&self, name: &str) {
        // Bars that stick to the window's edges would stand in the middle of the whole page.
        self.page.value("scrollTo(0, 0), 0").await;
        for scheme in ["light", "dark"] {
            self.page.set_scheme(scheme).await;
            // The client says which on Android, and so overrules the system.
            let theme = if scheme == "dark" { "dark" } else { "white" };
            let says = "document.documentElement.hasAttribute('data-dingtalk-theme')";
            let change = format!("document.documentElement.setAttribute('data-dingtalk-theme', '{theme}')");
            self.page.value(&format!("{says} && {change}, 0")).await;
            let picture = self.page.picture(true).await.expect("a picture");
            let file = format!("{name}-{}-{}-{scheme}.png", self.device.name, self.language);
            std::fs::write(self.folder.join(file), BASE64_STANDARD.decode(picture).expect("base64")).expect("written");
        }
        self.page.set_scheme("light").await;
    }
}
