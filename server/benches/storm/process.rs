//! `dingduty` in processes of its own, which can be stopped for a while, killed and started again.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Where a server keeps its data and whom it talks to.
#[derive(Clone)]
pub struct Place {
    pub directory: PathBuf,
    pub database_url: String,
    pub dingtalk: String,
    pub flashduty: String,
    /// Further settings.
    pub settings: Vec<(&'static str, String)>,
}

/// A running server; it ends with the benchmark.
pub struct Server {
    child: Child,
    place: Place,
    port: u16,
}

impl Place {
    fn command(&self, port: u16) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dingduty"));
        command
            .current_dir(&self.directory)
            .env("DINGDUTY_LISTEN", format!("127.0.0.1:{port}"))
            .env("DINGDUTY_DATABASE_URL", &self.database_url)
            .env("DINGDUTY_SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
            .env("DINGDUTY_DINGTALK_API_URL", &self.dingtalk)
            .env("DINGDUTY_DINGTALK_OAPI_URL", &self.dingtalk)
            .env("DINGDUTY_FLASHDUTY_API_URL", &self.flashduty)
            .env("DINGDUTY_LOG", "error")
            .envs(self.settings.iter().cloned());
        command
    }

    /// Runs a command to its end and returns what it printed.
    pub fn run(&self, port: u16, arguments: &[&str]) -> String {
        let output = self.command(port).args(arguments).stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Adds an integration; the addresses that the command prints.
    pub fn add_integration(&self, port: u16, form: &Value) -> Value {
        let file = self.directory.join("integration.json");
        std::fs::write(&file, form.to_string()).unwrap();
        let printed = self.run(port, &["integration", "add", "--file", file.to_str().unwrap()]);
        serde_json::from_str(&printed).expect("the addresses as JSON")
    }

    /// Starts a server and waits until it listens.
    pub fn serve(&self, port: u16) -> Server {
        let child = start(self.command(port).arg("serve"));
        Server { child, place: self.clone(), port }
    }
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Kills it as a power cut would, and starts it again.
    pub fn restart(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = start(self.place.command(self.port).arg("serve"));
    }

    /// Lets it stand still, or go on.
    pub fn stand_still(&self, still: bool) {
        let signal = if still { "-STOP" } else { "-CONT" };
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    /// The most memory it has had, in MiB.
    pub fn memory_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1024.0
    }

    /// CPU time it has used, in seconds.
    pub fn cpu_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // After the command's closing bracket come the fields from the third on; user and system time are the 14th and
        // 15th, in hundredths of a second.
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that is free now.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

fn start(command: &mut Command) -> Child {
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the server starts");
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = lines.any(|line| line.is_ok_and(|line| line.contains("listens on ")));
    assert!(ready, "the server says where it listens");
    // What it prints later must not fill the pipe.
    std::thread::spawn(move || lines.for_each(drop));
    child
}
