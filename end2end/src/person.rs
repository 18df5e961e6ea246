//! A person opens the app: DingTalk says who it is; the first time both accounts are linked.

use crate::Page;
use crate::stage::Stage;
use contract::paths;
use serde_json::json;

/// Opens an address in a person's DingTalk and lets the product know who it is. Where scripts run they fetch the code;
/// where they do not, the code is put into the page's own form and sent from there.
pub async fn arrive(stage: &Stage, page: &Page, user_id: &str, address: &str) {
    stage.be(user_id);
    page.open(address).await;
    if page.way().scripts {
        // The script leaves at once for the page that was meant.
        page.see("main:not(:has(#arrive-wait))").await;
        page.settled().await;
        return;
    }
    page.see("noscript .notice").await;
    let code = stage.sim.dingtalk.login_code(user_id).expect("a code");
    page.step(format!("send {user_id}'s code by the page's own form"));
    let send = format!("document.forms.arrive.elements.code.value = {}, document.forms.arrive.submit()", json!(code));
    let before = page.document().await;
    page.value(&send).await;
    page.another_than(&before).await;
}

/// Chooses the own APP key and proves it.
pub async fn prove_by_key(stage: &Stage, page: &Page, user_id: &str) {
    page.fill("[data-field=app-key]", &stage.key_of(user_id)).await;
    page.follow("[data-sign-in=app-key]").await;
}

/// Arrives and links at once; ends at `address`.
pub async fn link(stage: &Stage, page: &Page, user_id: &str, address: &str) {
    arrive(stage, page, user_id, address).await;
    prove_by_key(stage, page, user_id).await;
    page.follow("[data-confirm-link]").await;
    let landed = page.address().await;
    assert!(!landed.contains("problem="), "not linked: {landed}");
    if page.address().await != address {
        page.open(address).await;
    }
}

/// The own homepage.
pub fn home(stage: &Stage) -> String {
    stage.page(paths::HOME, &[])
}
