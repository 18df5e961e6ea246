//! What somebody with the source in hand would try at the doors themselves: floods, other people's names, rows behind our
//! back. Each story is an attack that once had an effect.

use crate::bench::{Answer, Bench, Browser, KEY};
use crate::live::{address, open, open_after};
use contract::live::Told;
use contract::paths;
use server::flow::audit;
use server::model::audit_chain;
use simulator::{Fault, Peer, faults};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn path(template: &str) -> String {
    paths::fill(template, &[KEY])
}

/// Writes behind the server's back into its database.
async fn raw(bench: &Bench, statement: &'static str) -> u64 {
    use secrecy::ExposeSecret;
    use sqlx::Connection;
    sqlx::any::install_default_drivers();
    let url = bench.app.state.config.database_url.expose_secret().to_owned();
    let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
    let changed = sqlx::query(statement).execute(&mut connection).await.unwrap().rows_affected();
    connection.close().await.unwrap();
    changed
}

/// Speaks to the server as no browser would.
async fn speak(bench: &Bench, request: &str) -> String {
    let mut stream = TcpStream::connect(bench.base.trim_start_matches("http://")).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// Comes back from DingTalk's page with a code of one's own making, as often as one likes.
async fn return_with(bench: &Bench, browser: &Browser, state: &str, code: &str) -> Answer {
    bench.advance(Duration::from_millis(10));
    browser.get(&format!("{}?code={code}&state={state}", path(paths::API_LOGIN_RETURN))).await
}

#[tokio::test]
async fn invented_codes_of_dingtalks_page_do_not_use_up_the_calls_of_those_who_arrive() {
    let bench = Bench::start().await;
    let exchange = "/v1.0/oauth2/userAccessToken";
    let mut refused = 0;
    for n in 0..200 {
        let browser = bench.browser();
        let left = browser.form(&path(paths::API_LOGIN), &[("goal", "home")]).await;
        let page = url::Url::parse(&left.location.unwrap()).unwrap();
        let state = page.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        let answer = return_with(&bench, &browser, &state, &format!("invented{n}")).await;
        refused += usize::from(answer.status == 429);
    }
    assert!(bench.requests(exchange) <= 65, "{} invented codes were shown to DingTalk", bench.requests(exchange));
    assert!(refused >= 130, "{refused}");
}

#[tokio::test]
async fn one_person_does_not_take_every_stream_by_arriving_again_and_again() {
    let bench = Bench::start().await;
    let first = bench.link("li.na").await;
    let mut page = open(&bench, &first, "home", &[]).await;
    let mut browsers = Vec::new();
    for _ in 0..40 {
        bench.advance(Duration::from_secs(1));
        let browser = bench.browser();
        assert_eq!(bench.arrive(&browser, "li.na", None).await.status, 303);
        browsers.push(browser);
    }
    let mut alive = 0;
    for browser in &browsers {
        alive += usize::from(browser.get(&path(paths::API_ME)).await.status == 200);
    }
    assert_eq!(alive, 20, "the newest");
    assert_eq!(browsers[39].get(&path(paths::API_ME)).await.status, 200);
    assert_eq!(first.get(&path(paths::API_ME)).await.problem(), "not-signed-in");
    let stolen = first.stream(&address("home", &[], 0), None).await;
    assert_eq!(stolen.status(), 401, "its cookie opens no stream any more");
    page.ends(Duration::from_secs(15)).await;
}

#[tokio::test]
async fn pages_that_come_back_while_flashduty_hangs_do_not_wait_for_every_incident() {
    let bench = Bench::start().await;
    let li = bench.link("li.na").await;
    for n in 0..6 {
        bench.raise(&format!("outage {n}"), &["zhang.wei"]).await;
    }
    let own = bench.raise("for li", &["li.na"]).await;
    let kind = faults::Kind::Delay { ms: 20_000 };
    bench.sim.faults.add(Fault { peer: Peer::Flashduty, path: "/incident/".to_owned(), kind, times: None });
    // One question takes three seconds, whatever was missed.
    let opening = tokio::time::timeout(Duration::from_secs(8), open(&bench, &li, "home:open", &[]));
    drop(opening.await.expect("the stream begins"));
    let after = bench.app.state.world.now().minus(Duration::from_secs(3_600)).0;
    let opening = tokio::time::timeout(Duration::from_secs(8), open_after(&li, "home:open", &[], None, after));
    let mut page = opening.await.expect("the stream begins although six are not known");
    let (mut told, mut stale) = (false, 0);
    while let Some((_, next)) = page.next().await {
        match next {
            Told::Incident(news) => told |= news.incident.id == own,
            Told::Stale => stale += 1,
            _ => break,
        }
    }
    assert!(told, "what needs no question is told");
    assert!((1..=2).contains(&stale), "{stale} times: of the rest it is said once that there is more");
}

#[tokio::test]
async fn who_names_two_hosts_is_refused() {
    let bench = Bench::start().await;
    let host = bench.base.trim_start_matches("http://");
    let head = |more: &str| format!("GET /live HTTP/1.1\r\nHost: {host}\r\n{more}Connection: close\r\n\r\n");
    let fine = speak(&bench, &head("")).await;
    assert!(fine.starts_with("HTTP/1.1 200"), "{fine}");
    let two = speak(&bench, &head("Host: evil.example\r\n")).await;
    assert!(two.starts_with("HTTP/1.1 400") && two.contains("bad-request"), "{two}");
}

#[tokio::test]
async fn a_forged_line_and_a_log_that_is_gone_are_noticed() {
    let bench = Bench::start().await;
    bench.token("observer").await;
    let state = &bench.app.state;
    let broken = async || {
        let verdicts = audit::verify(state, None, None).await.unwrap();
        verdicts.into_iter().filter(|verdict| !verdict.holds()).collect::<Vec<_>>()
    };
    assert_eq!(broken().await.len(), 0);
    // A place before the first one is in the list that people read, and on nobody's way along the chain.
    let forged = "INSERT INTO audit (id, integration, actor, act, subject, detail, at_ms, seq, previous, hash) \
                  VALUES ('forged', 'benchbench', 'li.na', 'linked', 'x', '{}', 1, 0, '', '')";
    assert_eq!(raw(&bench, forged).await, 1);
    let found = broken().await;
    assert_eq!((found.len(), found[0].integration.as_str(), found[0].outside), (1, KEY, 1));
    raw(&bench, "DELETE FROM audit WHERE id = 'forged'").await;
    assert_eq!(broken().await.len(), 0);

    assert!(raw(&bench, "DELETE FROM audit").await > 0);
    assert_eq!(raw(&bench, "DELETE FROM audit_chain").await, 2);
    let found = broken().await;
    let logs: Vec<_> = found.iter().map(|verdict| verdict.integration.as_str()).collect();
    assert_eq!(logs, ["", KEY], "nothing is left of either log");
    assert!(found.iter().all(|verdict| verdict.faults == [audit_chain::Fault::CutOff { seq: 1 }]), "{found:?}");
}
