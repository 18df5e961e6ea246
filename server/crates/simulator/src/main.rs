//! Both platforms as a program of their own: `simulator [DINGTALK_PORT [FLASHDUTY_PORT]]`.

use simulator::{Options, Simulator, seed};
use std::error::Error;
use world::World;

/// Where they listen unless told otherwise.
const PORTS: [u16; 2] = [3101, 3102];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut port = |usual: u16| arguments.next().map_or(Ok(usual), |port| port.parse::<u16>());
    let (Ok(dingtalk_port), Ok(flashduty_port)) = (port(PORTS[0]), port(PORTS[1])) else {
        eprintln!("usage: simulator [DINGTALK_PORT [FLASHDUTY_PORT]]");
        std::process::exit(2);
    };
    let options = Options { world: World::system(), dingtalk_port, flashduty_port, seed: true, tick: true };
    let simulator = Simulator::start(options).await?;
    println!("DingTalk   {}", simulator.dingtalk_url());
    println!("JSAPI      {}", simulator.jsapi_url());
    println!("desk       {}", simulator.desk_url());
    println!("Flashduty  {}", simulator.flashduty_url());
    println!("corp_id {}  agent_id {}  client_id {}", seed::CORP_ID, seed::AGENT_ID, seed::CLIENT_ID);
    tokio::signal::ctrl_c().await?;
    Ok(())
}
