//! The whole product on one machine with no account anywhere: the simulator plays DingTalk and Flashduty, and this file
//! does what an administrator would do in their consoles. Nothing else in the server knows that it is a demo.

use crate::application::Application;
use crate::command::{Failure, serve};
use crate::config::Config;
use crate::flow::set_up::{self, Addresses, Form, SetUpError};
use crate::flow::{Refusal, access, chats, subscriptions};
use crate::model::chat::Chat;
use crate::model::subscription::Rule;
use crate::proxies::Proxies;
use crate::state::State;
use crate::work;
use serde_json::json;
use simulator::dingtalk::AppPages;
use simulator::{Simulator, flashduty, seed};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::TcpListener;
use url::Url;
use world::World;

/// The integration's id in addresses.
const KEY: &str = "dingdutydemo";
/// Seals the demo's secrets, which everybody can read in the simulator's sources.
const SECRET_KEY: &str = "ZGluZ2R1dHkgZGVtbyBrZXkgLSBub3QgYSBzZWNyZXQ=";
/// Groups of the seed that have the cool app from the first day: those in which the tour's people are.
const GROUPS: [usize; 2] = [0, 2];
/// How often it is looked whether the server knows those groups, and the pause in between.
const ARRIVAL_POLLS_MAX: usize = 200;
const ARRIVAL_POLL: Duration = Duration::from_millis(50);
/// Ports tried after a taken one.
const FURTHER_PORTS: u16 = 20;

/// What the command line says.
pub struct Options {
    /// Port of the server on this machine.
    pub port: u16,
    /// Directory of the database; none for a temporary one.
    pub data: Option<PathBuf>,
}

/// Runs until it is told to stop.
pub(crate) async fn run(options: Options) -> Result<(), Failure> {
    if Config::is_public()? {
        let why = "public_url is an https address: this place serves the public, and the demo lets everybody in; run it \
                   elsewhere, or without DINGDUTY_PUBLIC_URL and dingduty.toml";
        return Err(Failure::Usage(why.to_owned()));
    }
    let data = Data::at(options.data)?;
    let listener = listen(options.port).await?;
    let address = listener.local_addr().map_err(failed("the port cannot be used"))?;
    let world = World::system();
    let simulated =
        simulator::Options { world: world.clone(), dingtalk_port: 0, flashduty_port: 0, seed: true, tick: true };
    let simulator = Simulator::start(simulated).await.map_err(failed("the simulator cannot start"))?;
    let application = Application::build(config(address, data.path(), &simulator)?, world).await?;
    let state = application.state.clone();
    let serving = serve::until_stopped(application, listener);
    let introducing = async {
        introduce(&state, &simulator).await?;
        settle_in(&state, &simulator).await?;
        greet(&state, &simulator).await
    };
    // Both consoles check our addresses, so they can only be filled in while we serve.
    tokio::pin!(serving);
    tokio::select! {
        ended = &mut serving => return ended,
        introduced = introducing => introduced?,
    }
    serving.await
}

/// The directory of the database. A temporary one goes when the demo ends.
enum Data {
    Kept(PathBuf),
    Temporary(PathBuf),
}

impl Data {
    fn at(kept: Option<PathBuf>) -> Result<Self, Failure> {
        let data = match kept {
            Some(path) => Self::Kept(path),
            None => Self::Temporary(std::env::temp_dir().join(format!("dingduty-demo-{}", std::process::id()))),
        };
        std::fs::create_dir_all(data.path()).map_err(failed("the directory of the database cannot be made"))?;
        Ok(data)
    }

    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) | Self::Temporary(path) => path,
        }
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        if let Self::Temporary(path) = self {
            // What cannot be removed now is removed with the system's other temporary files.
            let _ = std::fs::remove_dir_all(path);
        }
    }
}

fn failed(what: &'static str) -> impl Fn(std::io::Error) -> Failure {
    move |error| Failure::Failed(format!("{what}: {error}"))
}

/// The port, or the next free one. On this machine only: everybody who reaches the demo can do everything in it.
async fn listen(wanted: u16) -> Result<TcpListener, Failure> {
    for port in wanted..=wanted.saturating_add(FURTHER_PORTS) {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => {
                if port != wanted {
                    println!("Port {wanted} is taken; using {port}.");
                }
                return Ok(listener);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(Failure::Failed(format!("port {port} cannot be used: {error}"))),
        }
    }
    let last = wanted.saturating_add(FURTHER_PORTS);
    Err(Failure::Failed(format!("all ports from {wanted} to {last} are taken; choose another with --port PORT")))
}

fn config(address: SocketAddr, data: &Path, simulator: &Simulator) -> Result<Config, Failure> {
    let parse = |text: &str| Url::parse(text).map_err(|error| Failure::Failed(format!("{text}: {error}")));
    let dingtalk = parse(&simulator.dingtalk_url())?;
    let file = data.join("dingduty.db");
    Ok(Config {
        listen: address,
        public_url: parse(&format!("http://{address}"))?,
        database_url: format!("sqlite://{}", file.display()).into(),
        secret_key: SECRET_KEY.into(),
        dingtalk_api_url: dingtalk.clone(),
        dingtalk_oapi_url: dingtalk.clone(),
        dingtalk_login_url: dingtalk,
        dingtalk_jsapi_url: parse(&simulator.jsapi_url())?,
        flashduty_api_url: parse(&simulator.flashduty_url())?,
        trusted_proxies: Proxies::default(),
        connections_per_address: 1024,
        log: String::new(),
    })
}

/// Does what an administrator does in three consoles: ours, DingTalk's, Flashduty's.
async fn introduce(state: &State, simulator: &Simulator) -> Result<(), Failure> {
    let addresses = add_integration(state).await?;
    simulator.dingtalk.set_pages(AppPages {
        homepage: addresses.application_homepage,
        pc_homepage: addresses.pc_homepage,
        cool_app: addresses.cool_app_web,
    });
    let refused = |why| Failure::Failed(format!("the pretend DingTalk refused the event address: {why}"));
    simulator.dingtalk.save_callback(&addresses.event_subscription).await.map_err(refused)?;
    let header = &addresses.flashduty_webhook_header;
    simulator.flashduty.set_webhook(&addresses.flashduty_webhook, &[(&header.name, &header.value)]);
    Ok(())
}

/// Adds the integration of the seed, or takes the one that an earlier demo left in the directory.
async fn add_integration(state: &State) -> Result<Addresses, Failure> {
    const ACTOR: &str = "demo";
    let form = json!({
        "key": KEY,
        "name": "演示公司 Demo company",
        "corp_id": seed::CORP_ID,
        "agent_id": seed::AGENT_ID,
        "client_id": seed::CLIENT_ID,
        "client_secret": seed::CLIENT_SECRET,
        "aes_key": seed::AES_KEY,
        "token": seed::TOKEN,
        "card_template_id": seed::CARD_TEMPLATE_ID,
        "war_room_template_id": seed::WAR_ROOM_TEMPLATE_ID,
        "war_room_bot_id": seed::WAR_ROOM_BOT_ID,
        "flashduty_app_key": flashduty::seed::SERVICE_APP_KEY,
    });
    let integration = match set_up::get(state, KEY).await {
        // The callback address has to be told to a DingTalk that remembers nothing.
        Ok(_) => set_up::set(state, KEY, Vec::new(), ACTOR).await?,
        Err(SetUpError::UnknownIntegration) => {
            let form = Form::from_json(&form.to_string()).map_err(SetUpError::Fields)?;
            set_up::add(state, form, ACTOR).await?
        }
        Err(error) => return Err(error.into()),
    };
    Ok(set_up::addresses(&state.config, &integration))
}

/// What people do on the first day: the cool app comes into the groups that handle incidents, and they subscribe.
async fn settle_in(state: &State, simulator: &Simulator) -> Result<(), Failure> {
    let mut installed = Vec::new();
    for group in GROUPS.iter().filter_map(|place| seed::GROUPS.get(*place)) {
        let chats = simulator.dingtalk.chats();
        let Some(chat) = chats.iter().find(|chat| chat.title == group.title) else { continue };
        let refused = |why| Failure::Failed(format!("the pretend DingTalk did not install the cool app: {why}"));
        simulator.dingtalk.install_cool_app(&chat.id, group.owner).await.map_err(refused)?;
        installed.push(chat.id.clone());
    }
    let refused = |error: Refusal| Failure::Failed(format!("a group cannot subscribe: {error}"));
    let subscribed = subscriptions::list(state, KEY, false, None, 100).await.map_err(refused)?;
    for chat in known_chats(state, &installed).await? {
        if subscribed.iter().any(|(subscription, _)| subscription.chat_id == chat.id) {
            continue;
        }
        let subscribed = subscriptions::add(state, KEY, &chat.id, Rule::default(), "demo").await;
        subscribed.map_err(refused)?;
    }
    Ok(())
}

/// These conversations as the server knows them. The worker takes up what DingTalk tells as well, and what it has taken is
/// no longer due though not yet done: so this waits until all have arrived.
async fn known_chats(state: &State, installed: &[String]) -> Result<Vec<Chat>, Failure> {
    let failed = |error: Refusal| Failure::Failed(format!("the groups cannot be read: {error}"));
    for _ in 0..ARRIVAL_POLLS_MAX {
        work::run_due(state).await?;
        let reports = chats::list(state, KEY, None, None, 1_000).await.map_err(failed)?;
        let mut chats: Vec<Chat> = reports.into_iter().map(|report| report.chat).collect();
        chats.retain(|chat| installed.contains(&chat.open_conversation_id));
        if chats.len() == installed.len() {
            return Ok(chats);
        }
        pause().await;
    }
    Err(Failure::Failed("the groups of the demo did not arrive".to_owned()))
}

#[expect(clippy::disallowed_methods, reason = "the demo waits for its own worker, once, at its start")]
async fn pause() {
    tokio::time::sleep(ARRIVAL_POLL).await;
}

async fn greet(state: &State, simulator: &Simulator) -> Result<(), Failure> {
    let console = access::console_link(state, "demo").await?;
    println!();
    println!("  Desk (a pretend DingTalk; start here)  {}", simulator.desk_url());
    println!("  Flashduty (pretend)                    {}/console", simulator.flashduty_url());
    println!("  Console of dingduty (one-time link)    {console}");
    println!();
    println!("  1. Open the desk: you are 李娜 (Li Na) on a phone, with Flashduty's console beside it.");
    println!("  2. Raise an incident there; its card appears in the group 支付值班 Payments on-call.");
    println!("  3. Press Acknowledge: link the accounts once, and watch the card change for everybody.");
    println!();
    println!("  Stop with Ctrl-C.");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_gives_the_next_free_one() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = taken.local_addr().unwrap().port();
        let found = listen(port).await.unwrap().local_addr().unwrap().port();
        assert!((port + 1..=port + FURTHER_PORTS).contains(&found), "{port} {found}");
    }

    #[tokio::test]
    async fn the_consoles_accept_what_the_demo_fills_in() {
        let directory = Data::at(None).unwrap();
        let listener = listen(0).await.unwrap();
        let address = listener.local_addr().unwrap();
        let world = World::system();
        let options =
            simulator::Options { world: world.clone(), dingtalk_port: 0, flashduty_port: 0, seed: true, tick: false };
        let simulator = Simulator::start(options).await.unwrap();
        let config = config(address, directory.path(), &simulator).unwrap();
        let application = Application::build(config, world).await.unwrap();
        let state = application.state.clone();
        let serving = application.serve(listener, std::future::pending());
        let introducing = async {
            introduce(&state, &simulator).await.unwrap();
            introduce(&state, &simulator).await.unwrap();
        };
        tokio::select! {
            () = serving => panic!("it does not end by itself"),
            () = introducing => {}
        }
        let integration = set_up::get(&state, KEY).await.unwrap();
        assert!(integration.checked.is_some(), "check_url was opened");
        assert!(simulator.dingtalk.pages().cool_app.contains("$ENCCID$"));
    }
}
