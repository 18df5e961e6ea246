//! Servers in processes of their own, so that their CPU time can be told from the load generator's.

use crate::receiver::rest;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const LOOK_EVERY: Duration = Duration::from_millis(250);

/// A server that ends with the benchmark.
pub struct Server {
    child: Child,
    pub address: String,
}

impl Server {
    /// Starts a program that prints a line with `listens on HOST:PORT`.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the server starts");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .find_map(|line| line.ok()?.split_once("listens on ").map(|(_, address)| address.trim().to_owned()))
            .expect("the server says where it listens");
        // What it prints later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    /// CPU time it has used so far.
    pub fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // After the command's closing bracket come the fields from the third on; user and system time are the 14th and
        // 15th, in hundredths of a second.
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        Duration::from_millis(ticks * 10)
    }

    /// Waits until it uses less than a tenth of a core. Returns how long that took, to a quarter of a second.
    pub async fn drained(&self) -> Duration {
        let mut waited = Duration::ZERO;
        loop {
            let before = self.cpu();
            rest(LOOK_EVERY).await;
            if self.cpu() - before < LOOK_EVERY / 10 {
                return waited;
            }
            waited += LOOK_EVERY;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `dingduty` with a database of its own and both platforms at the simulator's addresses.
pub fn dingduty(directory: &Path, port: u16, dingtalk: &str, flashduty: &str) -> Command {
    program(Path::new(env!("CARGO_BIN_EXE_dingduty")), directory, port, dingtalk, flashduty)
}

/// Any program, with the settings of a server.
pub fn program(path: &Path, directory: &Path, port: u16, dingtalk: &str, flashduty: &str) -> Command {
    let mut command = Command::new(path);
    command
        .current_dir(directory)
        .env("DINGDUTY_LISTEN", format!("127.0.0.1:{port}"))
        .env("DINGDUTY_DATABASE_URL", format!("sqlite://{}", directory.join("bench.db").display()))
        .env("DINGDUTY_SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
        .env("DINGDUTY_DINGTALK_API_URL", dingtalk)
        .env("DINGDUTY_DINGTALK_OAPI_URL", dingtalk)
        .env("DINGDUTY_FLASHDUTY_API_URL", flashduty)
        .env("DINGDUTY_LOG", "error");
    command
}

/// Adds the simulator's app as an integration. Returns what the command printed.
pub fn add_integration(directory: &Path, port: u16, dingtalk: &str, flashduty: &str) -> serde_json::Value {
    use simulator::seed;
    let file = directory.join("integration.json");
    let form = serde_json::json!({
        "key": "benchbench", "name": "Bench", "corp_id": seed::CORP_ID, "agent_id": seed::AGENT_ID,
        "client_id": seed::CLIENT_ID, "client_secret": seed::CLIENT_SECRET, "aes_key": seed::AES_KEY,
        "token": seed::TOKEN, "card_template_id": seed::CARD_TEMPLATE_ID,
        "flashduty_app_key": simulator::flashduty::seed::SERVICE_APP_KEY,
    });
    std::fs::write(&file, form.to_string()).unwrap();
    let output = dingduty(directory, port, dingtalk, flashduty)
        .args(["integration", "add", "--file"])
        .arg(&file)
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).expect("the addresses as JSON")
}

/// A port that is free now.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}
