//! The main job as it is told once in the contract, by HTTP alone: from the address check to a card that changed for
//! everybody, and every later press that just works.

use super::child::until;
use super::markup::{follow, form, values, with};
use super::stage::{GROUP, SOON, Stage, page_in};
use crate::bench::{Answer, Browser};
use contract::paths;
use futures::future::join_all;
use serde_json::{Value, json};
use simulator::dingtalk::Place;
use simulator::flashduty::Limits;
use std::time::Duration;

/// DingTalk gives a click this long.
const CLICK_LIMIT: Duration = Duration::from_secs(2);

impl Stage {
    /// Presses a card's button, as the contract says what buttons send; the answer comes in time or not at all.
    pub async fn click(&self, card: &str, user_id: &str, act: &str) -> Result<Value, String> {
        let mut params = json!({ "action": act });
        if act == "snooze" {
            params["minutes"] = json!("120");
        }
        let begun = self.sim.world.now();
        let answer = self.sim.dingtalk.click(card, user_id, &[act], params).await;
        let taken = self.sim.world.now().since(begun);
        assert!(taken < CLICK_LIMIT, "{act} was answered after {taken:?}");
        answer
    }

    /// From nothing to a card that changed for everybody. Returns the browser of who linked, the card and the incident.
    pub async fn main_job(&self) -> (Browser, String, String) {
        self.join(GROUP).await;
        let incident = self.raise("checkout is slow", &["li.na"]).await;
        let card = self.card(GROUP, "checkout is slow").await.out_track_id;

        // Not linked: only her own copy asks her to link, and nothing is done yet.
        self.click(&card, "li.na", "acknowledge").await.unwrap();
        let (hers, others) = (self.sim.dingtalk.card_as(&card, "li.na"), self.sim.dingtalk.card_as(&card, "zhao.min"));
        let link =
            hers.iter().find(|(name, value)| value.starts_with("dingtalk://") && others.get(*name) != Some(value));
        let (_, link) = link.unwrap_or_else(|| panic!("no link of her own in {hers:?}"));
        assert_eq!(self.sim.flashduty.effects(&incident, "acknowledge"), 0);

        // One tap opens the page, DingTalk says who she is, she signs in, confirms: and the act is carried out.
        let browser = self.browser();
        let arrived = self.open(&browser, &page_in(link), "li.na").await;
        let mut ways = values(&arrived, "data-sign-in");
        ways.sort();
        assert_eq!(ways, ["app-key", "oauth"]);
        let landed = self.link(&browser, &arrived, "li.na").await;
        assert_eq!(values(&landed, "data-incident").first(), Some(&incident), "{landed:?}");
        assert_eq!(self.sim.flashduty.effects(&incident, "acknowledge"), 1);
        self.repainted(&card, "zhao.min", "Processing").await;

        // Every later press just works, and the card changes for everybody.
        self.click(&card, "li.na", "snooze").await.unwrap();
        self.click(&card, "li.na", "close").await.unwrap();
        self.repainted(&card, "zhao.min", "Closed").await;
        assert_eq!(
            (self.sim.flashduty.effects(&incident, "snooze"), self.sim.flashduty.effects(&incident, "resolve")),
            (1, 1)
        );
        assert_eq!(self.cards(GROUP).len(), 1, "one card, changed in place");
        (browser, card, incident)
    }

    async fn repainted(&self, card: &str, user_id: &str, progress: &str) {
        until(&format!("{user_id} sees {progress}"), SOON, async || {
            let seen = self.sim.dingtalk.card_as(card, user_id);
            (seen["progress"] == progress && seen["last_act"].contains("李娜")).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn from_the_address_check_to_a_card_that_changed_for_everybody() {
    let stage = Stage::start().await;
    let (browser, ..) = stage.main_job().await;
    // From now on she has a card of her own, and the app from the workplace opens at once with what is there.
    stage.raise("second of the day", &["li.na"]).await;
    until("her own card", SOON, async || {
        let cards = stage.sim.dingtalk.cards_in(&Place::Person("li.na".to_owned()));
        cards.iter().any(|card| card.public["title"].contains("second of the day")).then_some(())
    })
    .await;
    let home = browser.get(&stage.sim.dingtalk.workplace_url(false)).await;
    assert!(home.status == 200 && home.body.contains("second of the day"), "{}", home.body);
}

#[tokio::test]
async fn pages_carry_the_names_that_tools_rely_on() {
    let stage = Stage::start().await;
    stage.join(GROUP).await;
    let incident = stage.raise("named", &["li.na"]).await;
    stage.card(GROUP, "named").await;
    let browser = stage.linked("li.na").await;
    let quick_entry = stage.sim.dingtalk.quick_entry_url(GROUP).unwrap();
    let detail = paths::fill("/i/{key}/incidents/{id}", &[super::stage::KEY, &incident]);
    for page in
        [&stage.sim.dingtalk.workplace_url(false), &stage.sim.dingtalk.workplace_url(true), &quick_entry, &detail]
    {
        let opened = browser.get(page).await;
        assert_eq!(opened.status, 200, "{page}");
        assert_eq!(progress_of(&opened, &incident), "Triggered", "{page}");
        assert!(values(&opened, "data-act").iter().any(|act| act == "switch-account"), "{page}");
    }
    // Every act by its form alone, as the state offers it.
    for (act, progress, then) in [
        ("acknowledge", "Processing", "unacknowledge"),
        ("unacknowledge", "Triggered", "acknowledge"),
        ("snooze", "Triggered", "wake"),
        ("wake", "Triggered", "snooze"),
        ("close", "Closed", "reopen"),
    ] {
        let page = press(&stage, &browser, &detail, act).await;
        assert_eq!(progress_of(&page, &incident), progress, "after {act}");
        assert!(values(&page, "data-act").iter().any(|offered| offered == then), "{then} after {act}");
    }
    let page = browser.get(&detail).await;
    let (reopen, comment) = (form(&page, ("data-act", "reopen")), form(&page, ("data-act", "comment")));
    let without = reopen.submit(&browser, &stage.program.base).await;
    assert_eq!(values(&without, "data-problem"), ["invalid-field"], "a reason is needed");
    let reopened = reopen.fill("text", "not over").submit(&browser, &stage.program.base).await;
    assert_ne!(progress_of(&reopened, &incident), "Closed");
    let commented = comment.fill("text", "looking into it").submit(&browser, &stage.program.base).await;
    assert!(commented.status == 200 && commented.body.contains("looking into it"), "{}", commented.body);

    let problem = browser.get(&detail.replace(&incident, "64b1352e376e32c85c56e25b")).await;
    assert_eq!((problem.status, values(&problem, "data-problem")), (404, vec!["incident-gone".to_owned()]));
    let account =
        values(&page, "href").into_iter().find(|href| href.ends_with("/account")).expect("a link to the own account");
    let gone = press(&stage, &browser, &account, "unlink").await;
    assert_eq!(gone.status, 200);
    let again = browser.get(&format!("/i/{}/sign-in", super::stage::KEY)).await;
    let again = follow(&browser, again).await;
    assert!(form_is_there(&again), "whoever is unlinked arrives anew: {}", again.body);
}

/// Flashduty's second belongs to the whole account: pages and acts wait a moment for their place in it.
#[tokio::test]
async fn a_busy_account_makes_pages_slower_and_not_wrong() {
    let stage = Stage::start().await;
    stage.join(GROUP).await;
    let incident = stage.raise("crowded", &["li.na"]).await;
    stage.card(GROUP, "crowded").await;
    let browser = stage.linked("li.na").await;
    let detail = paths::fill("/i/{key}/incidents/{id}", &[super::stage::KEY, &incident]);
    let page = browser.get(&detail).await;
    let act = form(&page, ("data-act", "acknowledge"));

    // Few enough that some calls are refused, enough that nobody is refused a third time.
    stage.sim.flashduty.set_rate_limits(Limits { per_second: 8, per_minute: 5_000 });
    stage.sim.journal.clear();
    for page in join_all((0..3).map(|_| browser.get(&detail))).await {
        assert_eq!(progress_of(&page, &incident), "Triggered");
    }
    let acted = act.submit(&browser, &stage.program.base).await;
    assert_eq!(progress_of(&acted, &incident), "Processing");
    assert_eq!(stage.sim.flashduty.effects(&incident, "acknowledge"), 1);
    assert!(stage.sim.journal.count(|entry| entry.status == 429) > 0, "nothing was refused");

    // A minute is more than anybody waits for a page.
    stage.sim.flashduty.set_rate_limits(Limits { per_second: 50, per_minute: 1 });
    stage.sim.flashduty.change_settings(|settings| settings.rate_limit_headers = true);
    let begun = stage.sim.world.now();
    let refused = browser.get(&detail).await;
    assert_eq!((refused.status, values(&refused, "data-problem")), (502, vec!["flashduty-down".to_owned()]));
    assert!(refused.body.contains("takes no more requests") || refused.body.contains("请求频率"), "{}", refused.body);
    assert!(stage.sim.world.now().since(begun) < Duration::from_secs(2), "it was said at once");
}

fn form_is_there(page: &Answer) -> bool {
    with(page, "name").iter().any(|element| element.get("name") == Some("code"))
}

async fn press(stage: &Stage, browser: &Browser, page: &str, act: &str) -> Answer {
    let page = browser.get(page).await;
    form(&page, ("data-act", act)).submit(browser, &stage.program.base).await
}

/// The progress a page shows of an incident.
fn progress_of(page: &Answer, incident: &str) -> String {
    let shown = with(page, "data-incident").into_iter().find(|element| element.get("data-incident") == Some(incident));
    let shown = shown.unwrap_or_else(|| panic!("{incident} is not on {}", page.body));
    shown.get("data-progress").expect("its progress").to_owned()
}
