//! The desk over real HTTP, as its page and a hostile one would call it.

use crate::dingtalk::tests::card::{CREATE, card, register};
use crate::dingtalk::tests::receiver::Receiver;
use crate::dingtalk::tests::{Bench, with};
use crate::{dingtalk::AppPages, flashduty::Raise, seed};
use reqwest::header::{COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use std::time::Duration;

const LI_NA: &str = "sim_user=li.na; sim_desk=b";

fn get(bench: &Bench, path: &str) -> RequestBuilder {
    bench.http.get(format!("{}{path}", bench.sim.dingtalk_url())).header(COOKIE, LI_NA)
}

/// A request as the desk's own page makes it.
fn post(bench: &Bench, path: &str) -> RequestBuilder {
    let url = bench.sim.dingtalk_url();
    bench.http.post(format!("{url}{path}")).header(COOKIE, LI_NA).header(ORIGIN, url)
}

fn cookies(response: &Response) -> Vec<String> {
    response.headers().get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap().to_owned()).collect()
}

/// Values of a card of the seed's template.
fn values() -> Value {
    json!({ "cardParamMap": {
        "title": "<script>alert(1)</script>", "can_acknowledge": "true", "text_acknowledge": "Acknowledge",
        "can_snooze": "true", "text_snooze": "Snooze", "snooze_1_text": "2 h", "snooze_1_minutes": "120",
    } })
}

async fn with_card() -> (Bench, Receiver, String) {
    let (bench, receiver) = (Bench::start().await, Receiver::start().await);
    register(&bench, &format!("{}/clicks", receiver.url), None).await;
    let chat_id = bench.installed_chat().await;
    let card = with(&card("c1", &chat_id), json!({ "cardData": values(), "privateData": null }));
    assert_eq!(bench.post(CREATE, &card).await.0, 200);
    (bench, receiver, chat_id)
}

#[tokio::test]
async fn who_comes_first_sits_down_and_gets_the_page() {
    let bench = Bench::start().await;
    let response = bench.http.get(bench.sim.desk_url()).send().await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
    let set = cookies(&response);
    assert!(set.contains(&"sim_user=li.na; Path=/; HttpOnly; SameSite=Lax".to_owned()), "{set:?}");
    assert!(set.iter().any(|line| line.starts_with("sim_desk=")), "{set:?}");
    let page = response.text().await.unwrap();
    assert!(page.contains("I am <b>Li Na</b>") && page.contains("&quot;simUser&quot;:&quot;li.na&quot;"), "{page}");
    assert!(
        !page.contains("<script>") && !page.contains("style=\"") && !page.contains(" onclick"),
        "the policy forbids it"
    );
    let again = get(&bench, "/desk?lang=zh").send().await.unwrap();
    assert_eq!(cookies(&again), Vec::<String>::new());
    assert!(again.text().await.unwrap().contains("我是 <b>李娜</b>"));
}

#[tokio::test]
async fn another_person_has_another_cookie_jar() {
    let bench = Bench::start().await;
    let form = "person=zhang.wei&lang=en&device=pc&theme=dark&chat=cid%2B%2F%3D";
    let become_zhang = |cookie: &'static str| {
        let request = post(&bench, "/desk/person").header("content-type", "application/x-www-form-urlencoded");
        request.header(COOKIE, cookie).body(form).send()
    };
    let response = become_zhang("session=secret").await.unwrap();
    assert_eq!(response.headers()[LOCATION], "/desk?lang=en&device=pc&theme=dark&chat=cid%2B%2F%3D");
    assert_eq!(
        cookies(&response),
        ["session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax", "sim_user=zhang.wei; Path=/; HttpOnly; SameSite=Lax"]
    );
    let back = post(&bench, "/desk/person").form(&[("person", "li.na")]);
    let back = bench.http.execute(replace_cookie(back, "sim_user=zhang.wei; sim_desk=b")).await.unwrap();
    assert!(cookies(&back).contains(&"session=secret; Path=/; HttpOnly; SameSite=Lax".to_owned()));
    let nobody = post(&bench, "/desk/person").form(&[("person", "nobody")]).send().await.unwrap();
    assert_eq!((nobody.status().as_u16(), cookies(&nobody).len()), (400, 0));
}

fn replace_cookie(request: RequestBuilder, cookie: &str) -> reqwest::Request {
    let mut request = request.build().unwrap();
    request.headers_mut().insert(COOKIE, cookie.parse().unwrap());
    request
}

#[tokio::test]
async fn only_the_desk_s_own_page_on_this_machine_may_act() {
    let bench = Bench::start().await;
    let url = bench.sim.dingtalk_url();
    for origin in [None, Some("http://127.0.0.1:1"), Some("null"), Some("https://evil.example")] {
        let request = bench.http.post(format!("{url}/desk/person")).header(COOKIE, LI_NA).form(&[("person", "alice")]);
        let request = origin.into_iter().fold(request, |request, origin| request.header(ORIGIN, origin));
        let response = request.send().await.unwrap();
        assert_eq!((response.status().as_u16(), cookies(&response).len()), (403, 0), "{origin:?}");
    }
    for (host, status) in [("evil.example", 403), ("evil.example:3101", 403), ("127.0.0.1.evil.example", 403)] {
        let response = get(&bench, "/desk").header(HOST, host).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{host}");
    }
    let moved = get(&bench, "/desk?lang=zh").header(HOST, "localhost:3101").send().await.unwrap();
    assert_eq!(moved.headers()[LOCATION], "http://127.0.0.1:3101/desk?lang=zh");
}

#[tokio::test]
async fn a_pressed_button_calls_back_with_what_it_is_bound_to() {
    let (bench, receiver, _) = with_card().await;
    receiver.answer_clicks(200, "{}", Duration::ZERO);
    let press = |number: u64| post(&bench, "/desk/press").json(&json!({ "card": "c1", "number": number })).send();
    let answer: Value = press(4).await.unwrap().json().await.unwrap();
    assert_eq!(answer, json!({ "ok": true }));
    let content = receiver.clicks().pop().unwrap().1["content"].as_str().unwrap().to_owned();
    let sent = json!({ "actionIds": ["snooze"], "params": { "action": "snooze", "minutes": "120" } });
    assert_eq!(serde_json::from_str::<Value>(&content).unwrap(), json!({ "cardPrivateData": sent }));
    let invisible: Value = press(3).await.unwrap().json().await.unwrap();
    assert_eq!((&invisible["ok"], receiver.clicks().len()), (&json!(false), 0));
    receiver.answer_clicks(500, "{}", Duration::ZERO);
    let failed: Value = press(0).await.unwrap().json().await.unwrap();
    assert!(failed["toast"].as_str().unwrap().contains("callback answered 500"), "{failed}");
}

#[tokio::test]
async fn the_state_tells_what_changed_and_nothing_twice() {
    let (bench, _, chat_id) = with_card().await;
    let chat: String = url::form_urlencoded::byte_serialize(chat_id.as_bytes()).collect();
    let ask = |query: String| {
        let request = get(&bench, &format!("/desk/state?lang=en{query}"));
        async move { request.send().await.unwrap().json::<Value>().await.unwrap() }
    };
    let list = ask(String::new()).await;
    assert_eq!((&list["parts"]["badge"], list["talk"].as_array().unwrap().len()), (&json!("1"), 0));
    let open = ask(format!("&chat={chat}")).await;
    assert_eq!(open["parts"]["badge"], json!(""), "who opens a chat has read it");
    let drawn = open["talk"][1][1].as_str().unwrap();
    assert!(drawn.contains("&lt;script&gt;") && !drawn.contains("<script"), "{drawn}");
    let again = ask(format!("&chat={chat}&have={}", open["key"].as_str().unwrap())).await;
    assert_eq!(again, json!({ "key": open["key"] }));
    let stranger = get(&bench, "/desk/state").build().unwrap();
    let mut stranger = stranger.try_clone().unwrap();
    stranger.headers_mut().insert(COOKIE, "sim_user=nobody".parse().unwrap());
    assert_eq!(bench.http.execute(stranger).await.unwrap().status().as_u16(), 409);
}

#[tokio::test]
async fn who_is_not_in_the_open_chat_sees_the_list() {
    let bench = Bench::start().await;
    for (group, open) in [(seed::GROUPS[0], true), (seed::GROUPS[1], false)] {
        let id = bench.sim.dingtalk.chat(group.title).unwrap().id;
        let query: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
        let shown = get(&bench, &format!("/desk?chat={query}")).send().await.unwrap().text().await.unwrap();
        assert_eq!(!shown.contains("data-chat=\"\" data-side"), open, "{}", group.title);
    }
}

#[tokio::test]
async fn groups_change_and_people_leave_for_real() {
    let bench = Bench::start().await;
    let chat = bench.sim.dingtalk.chat(seed::GROUPS[0].title).unwrap();
    let act = |act: &'static str, title: &'static str| {
        post(&bench, "/desk/group").json(&json!({ "chat": chat.id, "act": act, "title": title })).send()
    };
    let installed: Value = act("install", "").await.unwrap().json().await.unwrap();
    assert_eq!(installed, json!({ "ok": true }));
    let twice: Value = act("install", "").await.unwrap().json().await.unwrap();
    assert_eq!(twice["ok"], json!(false));
    act("rename", "  新名 \u{7}").await.unwrap();
    let now = bench.sim.dingtalk.chat(&chat.id).unwrap();
    assert_eq!((now.title.as_str(), now.cool_apps.len()), ("新名", 1));
    assert_eq!(act("rename", " ").await.unwrap().json::<Value>().await.unwrap()["ok"], json!(false));
    let gone = post(&bench, "/desk/leave").form(&[("lang", "zh")]).send().await.unwrap();
    assert_eq!(gone.headers()[LOCATION], "/desk?lang=zh&device=phone");
    assert!(!bench.sim.dingtalk.chat(&chat.id).unwrap().members.contains("li.na"));
    assert!(cookies(&gone).iter().all(|line| !line.starts_with("sim_user=li.na")), "somebody else sits there now");
}

#[tokio::test]
async fn the_tour_goes_by_what_happened() {
    let (bench, receiver, _) = with_card().await;
    receiver.answer_clicks(200, "{}", Duration::ZERO);
    let step = || {
        let request = get(&bench, "/desk/state?lang=en");
        async move { request.send().await.unwrap().json::<Value>().await.unwrap()["step"].clone() }
    };
    assert_eq!(step().await, json!(1));
    let incident = bench.sim.flashduty.raise(Raise::default()).await.unwrap();
    assert_eq!(step().await, json!(2));
    post(&bench, "/desk/press").json(&json!({ "card": "c1", "number": 0 })).send().await.unwrap();
    assert_eq!(step().await, json!(3));
    let li_na = bench.sim.flashduty.member_id("li.na").unwrap();
    bench.sim.flashduty.act_as(li_na, &incident, crate::flashduty::Act::Acknowledge).await.unwrap();
    assert_eq!(step().await, json!(4));
    assert_eq!(post(&bench, "/desk/again").send().await.unwrap().status().as_u16(), 204);
    assert_eq!(step().await, json!(1));
}

#[tokio::test]
async fn links_and_quick_entries_open_what_the_console_says() {
    let bench = Bench::start().await;
    let page = "http://127.0.0.1:9/home?corpid=$CORPID$".to_owned();
    let cool_app = "http://127.0.0.1:9/cool?cid=$ENCCID$".to_owned();
    bench.sim.dingtalk.set_pages(AppPages { homepage: page.clone(), pc_homepage: page, cool_app });
    let chat = bench.installed_chat().await;
    let query: String = url::form_urlencoded::byte_serialize(chat.as_bytes()).collect();
    let shown = get(&bench, &format!("/desk?chat={query}")).send().await.unwrap().text().await.unwrap();
    assert!(shown.contains(&format!("data-open=\"http://127.0.0.1:9/home?corpid={}\"", seed::CORP_ID)), "{shown}");
    assert!(shown.contains("data-quick-entry data-open=\"http://127.0.0.1:9/cool?cid=cid"), "{shown}");
    let link = "/desk/link?link=dingtalk%3A%2F%2Fdingtalkclient%2Fpage%2Flink%3Furl%3Dhttp%253A%252F%252Fh%252Fp%26pc_slide%3Dtrue";
    let found: Value = get(&bench, link).send().await.unwrap().json().await.unwrap();
    assert_eq!(found, json!({ "url": "http://h/p", "place": "slide", "percent": 100, "title": null }));
}

#[tokio::test]
async fn a_page_gets_its_code_by_a_script() {
    let bench = Bench::start().await;
    let ask = |call: &str| {
        let path = format!("/_desk/login-code.js?corpId={}&simUser=alice&call={call}", seed::CORP_ID);
        get(&bench, &path).send()
    };
    let script = ask("dingtalkCode1").await.unwrap().text().await.unwrap();
    let code = script.strip_prefix("window.dingtalkCode1&&window.dingtalkCode1({\"code\":\"");
    let code = code.and_then(|rest| rest.strip_suffix("\"});")).unwrap_or_else(|| panic!("{script}"));
    let answer = bench.old_host("/topapi/v2/user/getuserinfo", &json!({ "code": code })).await;
    assert_eq!(answer["result"]["userid"], json!("alice"));
    for call in ["", "a.b", "x()", "a%3Balert(1)"] {
        assert_eq!(ask(call).await.unwrap().status().as_u16(), 400, "{call}");
    }
}

#[tokio::test]
async fn work_notices_are_a_chat_of_their_own_and_opening_reads_them() {
    let bench = Bench::start().await;
    let agent_id: u64 = seed::AGENT_ID.parse().unwrap();
    let msg = json!({ "msgtype": "text", "text": { "content": "<b>disk full" } });
    let body = json!({ "agent_id": agent_id, "userid_list": "li.na", "msg": msg });
    bench.old_host("/topapi/message/corpconversation/asyncsend_v2", &body).await;
    let list: Value = get(&bench, "/desk/state?lang=en").send().await.unwrap().json().await.unwrap();
    let chats = list["parts"]["chats"].as_str().unwrap();
    assert!(chats.contains("data-chat=\"work\"") && chats.contains("Work notices"), "{chats}");
    assert_eq!(list["parts"]["badge"], json!("1"));
    assert!(!bench.sim.dingtalk.work_notices("li.na")[0].read);
    let open: Value = get(&bench, "/desk/state?lang=en&chat=work").send().await.unwrap().json().await.unwrap();
    assert!(open["talk"][0][1].as_str().unwrap().contains("&lt;b&gt;disk full"), "{open}");
    assert_eq!(open["parts"]["badge"], json!(""));
    assert!(bench.sim.dingtalk.work_notices("li.na")[0].read);
}

#[tokio::test]
async fn the_trouble_panel_works_by_plain_forms() {
    let bench = Bench::start().await;
    let set = async |act: &str, form: &[(&str, &str)]| {
        post(&bench, &format!("/desk/chaos/{act}?lang=en")).form(form).send().await.unwrap()
    };
    let people = "/topapi/v2/user/get";
    let request = [("peer", "dingtalk"), ("path", people), ("kind", "qps_old"), ("ms", "1"), ("times", "1")];
    let answer = set("request", &request).await;
    assert_eq!((answer.status().as_u16(), answer.headers()[LOCATION].to_str().unwrap()), (303, "/desk/chaos?lang=en"));
    let shown = get(&bench, "/desk/chaos?lang=zh").send().await.unwrap();
    assert!(shown.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'self'"));
    let shown = shown.text().await.unwrap();
    assert!(shown.contains("异常注入") && shown.contains("DingTalk /topapi/v2/user/get Refuse"), "{shown}");
    assert!(!shown.contains("<script") && !shown.contains("style=\""), "it works without scripts");
    assert_eq!(bench.old_host(people, &json!({ "userid": "alice" })).await["sub_code"], "90018");
    set("push", &[("source", "clicks"), ("push", "late"), ("ms", "5"), ("times", "")]).await;
    set("clock", &[("dingtalk", "-60"), ("flashduty", "0")]).await;
    assert_eq!(bench.sim.faults.clock_offset(crate::Peer::DingTalk), -60_000);
    assert_eq!(bench.sim.faults.take_click(), Some(crate::Push::Late { ms: 5 }));
    set("do", &[("act", "clear")]).await;
    assert_eq!((bench.sim.faults.clock_offset(crate::Peer::DingTalk), bench.sim.faults.take_click()), (0, None));
    set("rights", &[("scope", "qyapi_base"), ("visible", "li.na, alice")]).await;
    assert_eq!(bench.sim.dingtalk.permissions().len(), 1);
    assert_eq!(bench.sim.dingtalk.visible().unwrap().len(), 2);
    let limits = [("calls_per_month", "7"), ("pushes_per_month", "8"), ("calls_per_second", "9"), ("grace_days", "5")];
    set("limits", &limits).await;
    let now = bench.sim.dingtalk.meters().unwrap().limits;
    assert_eq!((now.calls_per_month, now.pushes_per_month, now.calls_per_second), (7, 8, 9));
    let kind = [("peer", "dingtalk"), ("path", "/"), ("kind", "poem"), ("times", "1")];
    for (act, form) in [("request", &kind[..]), ("clock", &[]), ("other", &[]), ("do", &[("act", "x")])] {
        assert_eq!(set(act, form).await.status().as_u16(), 400, "{act}");
    }
    assert!(bench.sim.faults.set_now().is_empty(), "what is refused does nothing");
}
