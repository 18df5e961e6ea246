//! Every page in every state, one after the other, for whoever has something to look at: pictures, accessibility.

use crate::person::{arrive, home, link, prove_by_key};
use crate::stage::GROUP;
use crate::{Page, Stage};
use contract::paths;
use simulator::flashduty::Raise;
use simulator::flashduty::seed::PAYMENTS;
use simulator::{Fault, Peer, faults};
use std::time::Duration;

/// Somebody on the way through all pages, in one client and one language.
pub struct Tour<'a, L> {
    pub stage: &'a Stage,
    pub page: &'a Page,
    /// The tag of the language, as the menu knows it.
    pub language: &'a str,
    /// Looks at the page as it stands; the name is its state's.
    pub look: L,
}

impl<L: AsyncFn(&Page, &str)> Tour<'_, L> {
    /// All of it.
    pub async fn all(&self) {
        let incident = self.links().await;
        self.lists(&incident).await;
        let detail = self.stage.page(paths::INCIDENT, &[&incident]);
        self.acts(&detail).await;
        self.war_room().await;
        self.others().await;
        self.many().await;
        self.console().await;
        self.obstacles().await;
    }

    async fn take(&self, name: &str) {
        (self.look)(self.page, name).await;
    }

    /// From the press on a card to linked accounts.
    async fn links(&self) -> String {
        let Self { stage, page, .. } = self;
        stage.open_group().await;
        let title = "支付 checkout is slow: 95 % of requests take longer than 3 s";
        let incident = stage.raise(title, &["li.na"]).await;
        let card = stage.card_in_group().await;
        stage.card_settles(&card).await;
        arrive(stage, page, "li.na", &home(stage)).await;
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
        incident
    }

    async fn lists(&self, incident: &str) {
        let Self { stage, page, .. } = self;
        let home = home(stage);
        page.open(&home).await;
        self.take("4-home").await;
        page.click(".menu summary").await;
        self.take("5-menu").await;
        page.open(&format!("{home}?tab=open")).await;
        self.take("6-open").await;
        page.open(&format!("{home}?tab=open&q=nothing-is-called-so")).await;
        self.take("6-none").await;
        page.open(&format!("{home}?tab=on-call")).await;
        self.take("6-on-call").await;
        page.open(&stage.page(paths::PC_HOME, &[])).await;
        self.take("7-pc-home").await;
        page.open(&format!("{}?id={incident}", stage.page(paths::PC_HOME, &[]))).await;
        self.take("8-pc-detail").await;
    }

    /// One incident while it is worked on.
    async fn acts(&self, detail: &str) {
        let Self { stage, page, .. } = self;
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
        let by_rule = stage.sim.flashduty.raise(Raise::default()).await.expect("an incident");
        page.open(&stage.page(paths::INCIDENT_ACT, &[&by_rule, "escalate"])).await;
        self.take("9-escalate").await;
        page.open(detail).await;
        page.act("form[action$=\"/snooze\"]:has([value=\"240\"]) [data-act=snooze]", "[data-act=wake]").await;
        self.take("a-snoozed").await;
        page.open(detail).await;
        page.act("[data-act=close]", ".panel[data-progress=Closed]").await;
        self.take("b-closed").await;
        stage.sim.flashduty.require_form(true);
        page.expect_fault("the server responded with a status of 409");
        page.open(&format!("{}?tab=open", home(stage))).await;
        page.act(".row [data-act=acknowledge]", "[data-problem]").await;
        self.take("c-refused").await;
        stage.sim.flashduty.require_form(false);
    }

    async fn war_room(&self) {
        let Self { stage, page, .. } = self;
        let incident = stage.raise("orders are lost between two queues", &["li.na", "alice"]).await;
        let room = stage.page(paths::WAR_ROOM, &[&incident]);
        page.open(&room).await;
        self.take("d-war-room-none").await;
        page.follow("[data-act=war-room]").await;
        for _ in 0..20 {
            page.open(&room).await;
            if page.value("String(!!document.querySelector('[data-war-room=making]'))").await == "false" {
                break;
            }
            crate::pause(Duration::from_millis(250)).await;
        }
        self.take("d-war-room").await;
    }

    async fn others(&self) {
        let Self { stage, page, .. } = self;
        page.open(&stage.sim.dingtalk.quick_entry_url(GROUP).expect("the cool app is there")).await;
        self.take("e-group").await;
        page.open(&stage.page(paths::ACCOUNT, &[])).await;
        page.click("details:has([data-act=unlink]) summary").await;
        self.take("e-account").await;
        page.expect_fault("the server responded with a status of 404");
        page.open(&format!("{}/nowhere", home(stage))).await;
        self.take("f-not-found").await;
    }

    /// Many at once, a new incident, a form, a list while Flashduty cannot be reached, keys.
    async fn many(&self) {
        let Self { stage, page, .. } = self;
        let open = format!("{}?tab=open", home(stage));
        page.open(&format!("{open}&select=yes")).await;
        page.click(".pick").await;
        self.take("n-choose").await;
        page.open(&format!("{open}&select=all")).await;
        page.follow("[data-act=acknowledge]").await;
        self.take("n-confirm").await;
        page.follow("[data-act=acknowledge]").await;
        self.take("n-result").await;
        page.open(&stage.page(paths::CREATE, &[])).await;
        self.take("o-create").await;
        page.open(&format!("{}?channel={PAYMENTS}", stage.page(paths::CREATE, &[]))).await;
        self.take("o-create-rules").await;
        page.click("label[for=to-people]").await;
        page.expect_fault("the server responded with a status of 400");
        page.follow("[data-act=create]").await;
        self.take("o-create-wrong").await;
        let incident = stage.raise("a form is wanted", &["li.na"]).await;
        page.open(&stage.page(paths::INCIDENT_ACT, &[&incident, "close"])).await;
        self.take("p-form").await;
        let path = "/incident/list".to_owned();
        stage.sim.faults.add(Fault { peer: Peer::Flashduty, path, kind: faults::Kind::Cut, times: None });
        page.open(&home(stage)).await;
        self.take("q-stale").await;
        stage.sim.faults.clear();
        page.open(&stage.page(paths::PC_HOME, &[])).await;
        page.click("#keys summary").await;
        self.take("q-keys").await;
    }

    async fn console(&self) {
        let Self { stage, page, .. } = self;
        page.expect_fault("the server responded with a status of 401");
        page.open(&format!("{}/console", stage.base)).await;
        self.take("g-console-closed").await;
        let console = server::flow::access::console_link(&stage.app.state, "tour").await.expect("a link");
        page.open(&console).await;
        self.take("g-console-enter").await;
        page.follow("main button").await;
        self.take("g-console").await;
        page.follow(".integration h2 a").await;
        self.take("h-console-integration").await;
        let sections = "Array.from(document.querySelectorAll('.sections a'), one => one.href).join(' ')";
        for (at, address) in page.value(sections).await.split_whitespace().enumerate() {
            page.open(address).await;
            self.take(&format!("h-console-{at}")).await;
        }
    }

    /// What stands in the way.
    async fn obstacles(&self) {
        let Self { stage, page, .. } = self;
        let home = home(stage);
        page.expect_fault("the server responded with a status of 403");
        stage.sim.flashduty.set_licence(stage.member("li.na"), false);
        page.open(&home).await;
        self.take("j-no-licence").await;
        page.open(&stage.page(paths::ACCOUNT, &[])).await;
        page.click("details:has([data-act=unlink]) summary").await;
        page.follow("[data-act=unlink]").await;
        self.take("k-unlinked").await;
        page.forget_everything().await;
        stage.be("nobody");
        page.open(&home).await;
        self.choose_language().await;
        if page.way().scripts {
            page.see("#arrive-failed").await;
        }
        self.take("l-arrive-failed").await;
        page.forget_everything().await;
        link(stage, page, "liu.yang", &home).await;
        self.choose_language().await;
        self.take("m-empty").await;
    }

    async fn choose_language(&self) {
        self.page.click(".menu summary").await;
        self.page.follow(&format!(".menu [name=language][value=\"{}\"]", self.language)).await;
    }
}
