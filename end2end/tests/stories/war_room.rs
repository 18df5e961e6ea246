//! A war room from the first press to its end.

use contract::paths;
use end2end::device::{PC, PHONE};
use end2end::person::link;
use end2end::stage::{KEY, eventually};
use end2end::{Page, Stage};
use server::flow::set_up;
use simulator::seed;

told!(from_press_to_end: on_phone = PHONE.live(), on_phone_plain = PHONE.plain(), on_pc = PC.live());

async fn from_press_to_end(stage: &Stage, page: &Page) {
    let fields = [("war_room_template_id", seed::WAR_ROOM_TEMPLATE_ID), ("war_room_bot_id", seed::WAR_ROOM_BOT_ID)];
    let fields = fields.map(|(name, value)| (name.to_owned(), Some(value.to_owned()))).into();
    set_up::set(&stage.app.state, KEY, fields, "stage").await.expect("war rooms are set up");
    let incident = stage.raise("db-3 has no disk left", &["li.na"]).await;
    link(stage, page, "li.na", &stage.page(paths::INCIDENT, &[&incident])).await;
    page.follow("form.act button[data-act=war-room]").await;
    page.see("[data-war-room]").await;
    eventually("the room is there", async || {
        stage
            .sim
            .dingtalk
            .chats()
            .into_iter()
            .find(|chat| chat.members.contains("li.na") && chat.title.contains("db-3"))
    })
    .await;
    page.open(&stage.page(paths::WAR_ROOM, &[&incident])).await;
    page.see_text("[data-war-room=open] h2", "db-3").await;
    page.see_text("main", "李娜").await;

    // Whoever presses is in it and is given an address that is good now, or told that DingTalk has none yet.
    page.follow("[data-act=join-war-room]").await;
    for _ in 0..20 {
        if page.value("String(!!document.querySelector('a[data-open-room]'))").await == "true" {
            break;
        }
        page.see("[data-not-yet]").await;
        page.follow("[data-act=join-war-room]").await;
    }
    page.see("a[data-open-room]").await;

    page.click("details:has([data-act=dismiss-war-room]) summary").await;
    page.follow("[data-act=dismiss-war-room]").await;
    page.see("[data-war-room=ending]").await;
    page.follow("[data-act=keep-war-room]").await;
    page.see("[data-war-room=open]").await;
}
