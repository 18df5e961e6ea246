//! The program as a child process, configured by its environment alone.

use simulator::Simulator;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// Below the ports that systems give to outgoing connections, so that one stays free between an end and a start.
const PORTS: std::ops::Range<u16> = 12_000..30_000;
/// How long a process may take to start on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(20);
/// How often something is looked at that is waited for.
const POLL: Duration = Duration::from_millis(15);
/// What seals secrets in every story.
pub const SECRET_KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// A place in which the program is run: a folder of its own, an address, an environment.
pub struct Program {
    pub folder: PathBuf,
    /// Where it is to listen, without a slash at the end.
    pub base: String,
    settings: Vec<(&'static str, String)>,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// `dingduty serve`, killed when it is dropped.
pub struct Serving(Child);

impl Program {
    /// A place with a key and a SQLite file, and nothing else said.
    pub fn new() -> Self {
        let port = free_port();
        let folder = std::env::temp_dir().join(format!("dingduty-program-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let settings = vec![("DINGDUTY_LISTEN", format!("127.0.0.1:{port}")), ("DINGDUTY_LOG", "warn".to_owned())];
        Self { folder, base: format!("http://127.0.0.1:{port}"), settings }
            .with("DINGDUTY_SECRET_KEY", SECRET_KEY)
            .with("DINGDUTY_DATABASE_URL", "sqlite://program.db")
    }

    /// The same with both platforms played by `sim`.
    pub fn between(sim: &Simulator) -> Self {
        Self::new()
            .with("DINGDUTY_DINGTALK_API_URL", &sim.dingtalk_url())
            .with("DINGDUTY_DINGTALK_OAPI_URL", &sim.dingtalk_url())
            .with("DINGDUTY_DINGTALK_LOGIN_URL", &sim.dingtalk_url())
            .with("DINGDUTY_DINGTALK_JSAPI_URL", &sim.jsapi_url())
            .with("DINGDUTY_FLASHDUTY_API_URL", &sim.flashduty_url())
    }

    /// The same with a setting; an empty one counts as not set.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.settings.retain(|(known, _)| *known != name);
        self.settings.push((name, value.to_owned()));
        self
    }

    /// Another place on the same database, behind the same public address.
    pub fn copy(&self) -> Self {
        let mut other = Self::new().with("DINGDUTY_PUBLIC_URL", &self.base);
        let own = ["DINGDUTY_LISTEN", "DINGDUTY_PUBLIC_URL"];
        other.settings.retain(|(name, _)| own.contains(name));
        other.settings.extend(self.settings.iter().filter(|(name, _)| !own.contains(name)).cloned());
        other
    }

    /// Writes a file into the folder and answers its path.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.folder.join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    /// Runs a command to its end.
    pub async fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "").await
    }

    /// The same with something on standard input.
    pub async fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self.command(arguments).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that does not read its input may have ended already.
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        let output = tokio::time::timeout(START_LIMIT, child.wait_with_output()).await;
        let output = output.unwrap_or_else(|_| panic!("{arguments:?} does not end")).unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Starts the server and waits until it can work.
    pub async fn serve(&self) -> Serving {
        let log = std::fs::File::options().create(true).append(true).open(self.folder.join("log")).unwrap();
        let printed = std::fs::File::create(self.folder.join("printed")).unwrap();
        // A file that must not grow is an error to be told of, not a signal that kills (see `limit_files`).
        let mut command = Command::new("/bin/sh");
        self.settle(&mut command);
        command.args(["-c", "trap '' XFSZ; exec \"$0\" serve", env!("CARGO_BIN_EXE_dingduty")]);
        let mut child = command.stdin(Stdio::null()).stdout(printed).stderr(log).spawn().unwrap();
        let browser = crate::bench::Browser::at(&self.base);
        until("the server is ready", START_LIMIT, async || {
            if let Some(status) = child.try_wait().unwrap() {
                panic!("the server ended with {status}: {}", self.log());
            }
            let answer = browser.http().get(format!("{}/ready", self.base)).send().await;
            answer.ok().filter(|answer| answer.status() == 200)
        })
        .await;
        Serving(child)
    }

    /// What the servers of this place logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// What the last server printed.
    pub fn printed(&self) -> String {
        std::fs::read_to_string(self.folder.join("printed")).unwrap_or_default()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dingduty"));
        self.settle(&mut command);
        command.args(arguments).stdout(Stdio::piped());
        command
    }

    fn settle(&self, command: &mut Command) {
        command.current_dir(&self.folder).env_clear().envs(self.settings.iter().cloned()).kill_on_drop(true);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Ran {
    /// The output as JSON of a command that worked.
    pub fn json(&self) -> serde_json::Value {
        assert_eq!(self.code, Some(0), "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Serving {
    /// Ends it without a word, as a power cut would.
    pub async fn kill(&mut self) {
        self.0.kill().await.unwrap();
    }

    /// The same for whoever shares it; [`Serving::kill`] waits for its end.
    pub async fn strike(&self) {
        let id = self.0.id().expect("it runs").to_string();
        assert!(Command::new("kill").args(["-KILL", &id]).status().await.unwrap().success());
    }

    /// Stops it where it is, or lets it go on.
    pub async fn stand_still(&self, still: bool) {
        let id = self.0.id().expect("it runs").to_string();
        let signal = if still { "-STOP" } else { "-CONT" };
        assert!(Command::new("kill").args([signal, &id]).status().await.unwrap().success());
    }

    /// Lets no file grow beyond so many bytes, as a full disk does; no limit ends that.
    pub async fn limit_files(&self, bytes: Option<u64>) {
        let id = self.0.id().expect("it runs").to_string();
        let bytes = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
        let limit = format!("--fsize={bytes}:unlimited");
        assert!(Command::new("prlimit").args(["--pid", &id, &limit]).status().await.unwrap().success());
    }

    /// Asks it to end, as a service manager does, and waits for at most `limit`.
    pub async fn terminate(mut self, limit: Duration) -> Option<ExitStatus> {
        let id = self.0.id().expect("it runs").to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
        tokio::time::timeout(limit, self.0.wait()).await.ok().map(Result::unwrap)
    }
}

/// Looks again and again until there is something, at most for `limit`.
pub async fn until<T>(what: &str, limit: Duration, probe: impl AsyncFnMut() -> Option<T>) -> T {
    tokio::time::timeout(limit, found(probe)).await.unwrap_or_else(|_| panic!("in {limit:?} still not: {what}"))
}

async fn found<T>(mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        pause(POLL).await;
    }
}

/// Lets real time pass: the program's clock is the system's.
#[expect(clippy::disallowed_methods, reason = "a process of its own does not follow a test's clock")]
pub async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// A port of this machine that nobody has.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let spread = u16::try_from(std::process::id() % 97).unwrap() * 181;
    (0..PORTS.len())
        .map(|_| PORTS.start + (spread + NEXT.fetch_add(1, Ordering::Relaxed)) % (PORTS.end - PORTS.start))
        .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a free port")
}
