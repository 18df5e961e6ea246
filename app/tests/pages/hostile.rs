//! Words from outside stay words.

use crate::fake::{Fake, ID, chat, detail, me, triggered};
use crate::render::open;
use contract::incident::{IncidentView, LastAct, Responder};
use contract::person::{PendingAct, SignIn, SignInWay};

const EVIL: &str = "</title>\"'><script>alert(1)</script><img src=x onerror=alert(1)>\u{202e}";

fn evil() -> IncidentView {
    IncidentView {
        num: EVIL.into(),
        title: format!("{EVIL}{}", "x".repeat(5_000)),
        description: EVIL.repeat(20),
        channel: EVIL.into(),
        responders: vec![Responder { name: EVIL.into(), acknowledged_ms: Some(i64::MAX), me: false }],
        labels: vec![(EVIL.into(), EVIL.into())],
        started_ms: i64::MIN,
        acknowledged_ms: Some(i64::MAX),
        snoozed_until_ms: Some(i64::MAX),
        last_act: Some(LastAct { who: Some(EVIL.into()), kind: EVIL.into(), at_ms: i64::MIN }),
        ..triggered()
    }
}

#[test]
fn nothing_from_outside_becomes_markup() {
    let mut timeline = detail(evil());
    for entry in &mut timeline.timeline {
        entry.who = Some(EVIL.into());
        entry.text = EVIL.into();
        entry.at_ms = i64::MAX;
    }
    let mut who = me();
    who.dingtalk_name = EVIL.into();
    who.flashduty_name = EVIL.into();
    let mut group = chat();
    group.title = EVIL.into();
    group.incidents = vec![evil()];
    group.subscriptions[0].channels = vec![EVIL.into()];
    group.subscriptions[0].labels = vec![(EVIL.into(), EVIL.into())];
    let act = PendingAct {
        action: contract::incident::Action::Close,
        incident_num: EVIL.into(),
        incident_title: EVIL.into(),
    };
    let step = SignIn::Choose { dingtalk_name: EVIL.into(), ways: vec![SignInWay::AppKey], act: Some(act) };
    let fake = Fake {
        me: Ok(who),
        incidents: vec![evil()],
        incident: Ok(timeline),
        chat: Ok(group),
        sign_in: Ok(step),
        ..Fake::default()
    };
    let query = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    for address in [
        "/i/k1".to_owned(),
        format!("/i/k1/pc?id={ID}"),
        format!("/i/k1/pc?id={query}"),
        format!("/i/k1/incidents/{ID}?from=cool-app:{query}"),
        format!("/i/k1/incidents/{query}"),
        format!("/i/k1/cool-app?cid={query}"),
        "/i/k1/sign-in".into(),
        "/i/k1/account".into(),
    ] {
        let page = open(&address, fake.clone());
        page.has_not("<script>alert").has_not("<img src=x");
    }
}

#[test]
fn the_documents_title_is_escaped_once() {
    let title = "a < b & c > d";
    let incident = IncidentView { title: title.into(), ..triggered() };
    open(&format!("/i/k1/incidents/{ID}"), Fake { incident: Ok(detail(incident)), ..Fake::default() })
        .has("<title>#0E83EE a &lt; b &amp; c > d · Flashcat</title>");
}

#[test]
fn a_title_cannot_turn_the_line_around() {
    open(&format!("/i/k1/incidents/{ID}"), Fake { incident: Ok(detail(evil())), ..Fake::default() })
        .has("dir=\"auto\"");
    let page = open("/i/k1", Fake { incidents: vec![evil()], ..Fake::default() });
    let title = page.html.split("class=\"row-title\"").nth(1).unwrap().split("</span>").next().unwrap();
    assert!(title.contains("alert(1)") && !title.contains('\u{202e}'));
}
