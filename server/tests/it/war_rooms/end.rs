//! How rooms end, and begin anew.

use super::{CREATE, browser_of, press, ready};
use crate::bench::{Answer, Browser, KEY};
use contract::paths;
use simulator::flashduty::Act;
use std::time::Duration;

const DISBAND: &str = "/v1.0/im/chat/scenegroup/disband";

fn page(incident: &str) -> String {
    paths::fill(paths::WAR_ROOM, &[KEY, incident])
}

async fn act(browser: &Browser, incident: &str, act: &str, fields: &[(&str, &str)]) -> Answer {
    browser.form(&paths::fill(paths::API_WAR_ROOM_ACT, &[KEY, incident, act]), fields).await
}

#[tokio::test]
async fn made_joined_kept_and_dismissed_from_the_page_without_scripts() {
    let (bench, incident) = ready().await;
    let li = browser_of(&bench, "li.na").await;
    let detail = li.get(&paths::fill(paths::INCIDENT, &[KEY, &incident])).await.body;
    assert!(detail.contains("data-act=\"war-room\""), "the button is on the incident's page");
    let made = li.form(&paths::fill(paths::API_WAR_ROOM, &[KEY, &incident]), &[]).await;
    assert_eq!((made.status, made.location), (303, Some(page(&incident))));
    assert!(li.get(&page(&incident)).await.body.contains("data-war-room=\"making\""));
    bench.settle().await;
    let shown = li.get(&page(&incident)).await.body;
    assert!(shown.contains("data-war-room=\"open\"") && shown.contains("李娜") && shown.contains("张伟"), "{shown}");

    // Somebody else comes in by a press; the address of the group is good when it is shown.
    let alice = bench.link("alice").await;
    let joined = act(&alice, &incident, "join", &[]).await;
    assert_eq!(joined.location, Some(format!("{}?open=yes", page(&incident))));
    let url = async |browser: &Browser| {
        let body = browser.get(&format!("{}?open=yes", page(&incident))).await.body;
        let (before, _) = body.split_once("data-open-room").expect("a way into the group");
        before.rsplit_once("href=\"").unwrap().1.split('"').next().unwrap().to_owned()
    };
    let first = url(&alice).await;
    assert_eq!(alice.get(&first).await.status, 200);
    assert!(bench.room().members.contains("alice"));
    bench.sim.dingtalk.rename_chat(&bench.room().id, "renamed", "li.na").await.unwrap();
    assert_eq!(alice.get(&first).await.status, 404, "the old address is dead");
    assert_eq!(alice.get(&url(&alice).await).await.status, 200);

    // Dismissing wants to be confirmed, and can be stopped for a minute.
    let unconfirmed = act(&li, &incident, "dismiss", &[]).await;
    assert_eq!(unconfirmed.parameter("problem").as_deref(), Some("invalid-field"));
    assert_eq!(act(&li, &incident, "dismiss", &[("confirm", "yes")]).await.status, 303);
    bench.run_due().await;
    assert!(li.get(&page(&incident)).await.body.contains("data-war-room=\"ending\""));
    let said = bench.said_in(&bench.room().id);
    assert!(said.last().unwrap().contains("李娜"), "the room is told who dismisses it: {said:?}");
    bench.advance(Duration::from_secs(30));
    assert_eq!(act(&alice, &incident, "keep", &[]).await.status, 303);
    bench.advance(Duration::from_secs(90));
    bench.run_due().await;
    assert_eq!((bench.room().disbanded, bench.requests(DISBAND)), (false, 0));
    act(&li, &incident, "dismiss", &[("confirm", "yes")]).await;
    bench.advance(Duration::from_secs(61));
    bench.settle().await;
    assert!(bench.room().disbanded);
    assert!(li.get(&page(&incident)).await.body.contains("data-war-room=\"none\""));
}

#[tokio::test]
async fn closing_dismisses_nothing_and_dismissing_works_afterwards() {
    let (bench, incident) = ready().await;
    press(&bench, "li.na").await;
    bench.advance(Duration::from_secs(90));
    let close = Act::Resolve { root_cause: None, resolution: None };
    bench.sim.flashduty.act_as(bench.member("li.na"), &incident, close).await.unwrap();
    bench.settle().await;
    assert!(!bench.room().disbanded && bench.room().title.contains("已关闭"), "{}", bench.room().title);
    let li = browser_of(&bench, "li.na").await;
    act(&li, &incident, "dismiss", &[("confirm", "yes")]).await;
    bench.advance(Duration::from_secs(61));
    bench.settle().await;
    assert!(bench.room().disbanded);
    let again = li.form(&paths::fill(paths::API_WAR_ROOM, &[KEY, &incident]), &[]).await;
    assert_eq!(again.parameter("problem").as_deref(), Some("already-closed"));
}

#[tokio::test]
async fn a_room_disbanded_by_hand_is_noticed_and_can_be_made_again() {
    for told in [true, false] {
        let (bench, incident) = ready().await;
        press(&bench, "li.na").await;
        let first = bench.room().id;
        if !told {
            bench.sim.faults.add_push(simulator::Peer::DingTalk, simulator::Push::Lose, Some(1));
        }
        bench.sim.dingtalk.disband_chat(&first, "li.na").await.unwrap();
        bench.run_due().await;
        if !told {
            // Without the event it is noticed by the next thing that is done there.
            bench.advance(Duration::from_secs(90));
            let alice = bench.link("alice").await;
            let gone = act(&alice, &incident, "join", &[]).await;
            assert_eq!(gone.parameter("problem").as_deref(), Some("no-war-room"));
        }
        bench.settle().await;
        let card = bench.card_of("zhang.wei");
        assert_eq!(bench.seen(&card, "zhang.wei")["can_war_room"], "true", "{told}");
        press(&bench, "zhang.wei").await;
        assert_eq!((bench.rooms().len(), bench.requests(CREATE)), (2, 2));
        assert!(bench.rooms().iter().any(|room| !room.disbanded && room.id != first));
    }
}

#[tokio::test]
async fn a_dismissal_without_an_answer_ends_the_room_once() {
    let (bench, incident) = ready().await;
    press(&bench, "li.na").await;
    let li = browser_of(&bench, "li.na").await;
    act(&li, &incident, "dismiss", &[("confirm", "yes")]).await;
    let fault = simulator::Fault {
        peer: simulator::Peer::DingTalk,
        path: DISBAND.into(),
        kind: simulator::faults::Kind::Forget,
        times: Some(1),
    };
    bench.sim.faults.add(fault);
    bench.advance(Duration::from_secs(61));
    bench.settle().await;
    assert!(bench.room().disbanded);
    assert!(li.get(&page(&incident)).await.body.contains("data-war-room=\"none\""));
}
