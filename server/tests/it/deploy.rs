//! What is in `server/deploy`: understood by the programs it is for, true to the settings, and proxies that keep nothing
//! back and believe no stranger. Whichever of systemd, nginx and Caddy is not installed is left out, and the run says so.

use crate::bench::{Bench, Browser};
use crate::live;
use crate::program::child::{free_port, until};
use contract::paths;
use server::config::Config;
use server::http::limits::Door;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const UNIT: &str = include_str!("../../deploy/dingduty.service");
const CONTAINER: &str = include_str!("../../deploy/Containerfile");
const COMPOSE: &str = include_str!("../../deploy/compose.yaml");
const ENVIRONMENT: &str = include_str!("../../deploy/example.env");
const CADDY: &str = include_str!("../../deploy/Caddyfile");
const NGINX: &str = include_str!("../../deploy/nginx-site.conf");

/// How long a proxy may take to begin.
const START_LIMIT: Duration = Duration::from_secs(10);
/// More than any door takes, and less than a proxy does.
const TOO_LARGE: usize = 4 * 1024 * 1024 + 1;

/// Not by the macro, whose words the test runner keeps to itself while tests pass.
fn skipped(program: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED with {program}: it is not installed");
}

/// The text with each of these put in place of the other; each has to be there.
fn replaced(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from} is not there");
        text.replace(from, to)
    })
}

#[test]
fn systemd_understands_the_unit() {
    let folder = folder("unit");
    let unit = folder.join("dingduty.service");
    std::fs::write(&unit, replaced(UNIT, &[("/usr/local/bin/dingduty", env!("CARGO_BIN_EXE_dingduty"))])).unwrap();
    let verified = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&unit).output();
    let Ok(verified) = verified else { return skipped("systemd-analyze") };
    let said = String::from_utf8_lossy(&verified.stderr).into_owned();
    assert!(verified.status.success() && said.is_empty(), "{said}");
    // Tenths: from 0, nothing is permitted, to 100, everything is.
    let judged = ["security", "--offline=true", "--no-pager", "--threshold=20"];
    let judged = Command::new("systemd-analyze").args(judged).arg(&unit).output().unwrap();
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stdout));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_container_is_configured_by_settings_there_are() {
    let written = format!("{ENVIRONMENT}{COMPOSE}");
    let example =
        ENVIRONMENT.lines().filter_map(|line| line.split_once('=')).filter(|(name, _)| !name.starts_with('#'));
    let given: BTreeMap<&str, &str> = example
        .map(|(name, _)| match name {
            "PUBLIC_HOST" => (name, "duty.example.com"),
            "DINGDUTY_SECRET_KEY" => (name, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
            "POSTGRES_PASSWORD" => (name, "5f0c"),
            other => panic!("{other} is asked for by nobody"),
        })
        .collect();
    // `${NAME:?what to do}` is a value that has to be given.
    let fill = |value: &str| match value.split_once("${") {
        Some((before, rest)) => {
            let (asked, after) = rest.split_once('}').expect("an end");
            let name = asked.split(":?").next().unwrap_or_default();
            format!("{before}{}{after}", given.get(name).unwrap_or_else(|| panic!("{name} is not in example.env")))
        }
        None => value.to_owned(),
    };
    let composed = COMPOSE.lines().filter_map(|line| line.trim().strip_prefix("DINGDUTY_")?.split_once(": "));
    let built = CONTAINER.lines().filter_map(|line| line.strip_prefix("ENV DINGDUTY_")?.split_once('='));
    let settings: BTreeMap<String, String> =
        composed.chain(built).map(|(name, value)| (format!("DINGDUTY_{name}"), fill(value))).collect();
    const SAMPLE: &str = include_str!("../../dingduty.sample.toml");
    for name in settings.keys() {
        let setting = name.trim_start_matches("DINGDUTY_").to_ascii_lowercase();
        assert!(SAMPLE.contains(&format!("{setting} = ")), "{name} is no setting");
    }
    let config = Config::load(None, |name| settings.get(name).cloned()).unwrap();
    assert_eq!((config.listen.to_string().as_str(), config.public_url.scheme()), ("0.0.0.0:3000", "https"));
    let subnet = COMPOSE.lines().find_map(|line| line.trim().strip_prefix("- subnet: ")).expect("a subnet");
    assert_eq!(config.trusted_proxies.to_string(), subnet, "only the composed network's proxy is believed");
    assert!(!written.contains("DINGDUTY_LISTEN"), "the image says it");
}

#[tokio::test]
async fn nginx_keeps_nothing_back_and_believes_no_stranger() {
    let bench = Bench::start().await;
    let (folder, port) = (folder("nginx"), free_port());
    let here = folder.display().to_string();
    let site = replaced(
        NGINX,
        &[
            ("listen 443 ssl http2;", &format!("listen 127.0.0.1:{port};")),
            ("    listen [::]:443 ssl http2;\n", ""),
            ("    ssl_certificate     /etc/ssl/certs/duty.example.com.pem;\n", ""),
            ("    ssl_certificate_key /etc/ssl/private/duty.example.com.key;\n", ""),
            ("/var/log/nginx", &here),
            ("http://127.0.0.1:3000", &bench.base),
        ],
    );
    let kept: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {here}/{kind};\n"))
        .concat();
    let whole = format!(
        "daemon off;\nmaster_process off;\npid {here}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{kept}{site}}}\n"
    );
    std::fs::write(folder.join("nginx.conf"), whole).unwrap();
    let arguments = ["-p", &here, "-e", &format!("{here}/errors"), "-c", &format!("{here}/nginx.conf")];
    let Some(proxy) = Proxy::start("nginx", &arguments, &[], port).await else { return skipped("nginx") };
    behind(&bench, &proxy).await;
    drop(proxy);
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn caddy_keeps_nothing_back_and_believes_no_stranger() {
    let bench = Bench::start().await;
    let (folder, port) = (folder("caddy"), free_port());
    let file = folder.join("Caddyfile");
    // A test needs no port for administration: two at once would want the same.
    std::fs::write(&file, replaced(CADDY, &[("{\n\tlog {", "{\n\tadmin off\n\tlog {")])).unwrap();
    let arguments = ["run", "--adapter", "caddyfile", "--config", &file.display().to_string()];
    let environment = [
        ("SITE", format!("http://127.0.0.1:{port}")),
        ("UPSTREAM", bench.base.trim_start_matches("http://").to_owned()),
        ("HOME", folder.display().to_string()),
    ];
    let Some(proxy) = Proxy::start("caddy", &arguments, &environment, port).await else { return skipped("caddy") };
    behind(&bench, &proxy).await;
    drop(proxy);
    std::fs::remove_dir_all(folder).unwrap();
}

/// What has to hold behind any proxy.
async fn behind(bench: &Bench, proxy: &Proxy) {
    let stranger = Browser::at(&proxy.base);
    assert_eq!(stranger.get(paths::LIVE).await.status, 200);
    assert_eq!(stranger.get(paths::METRICS).await.status, 404, "metrics stay inside");

    // A change is on an open page as soon as without a proxy.
    let incident = bench.raise("queue full", &["li.na"]).await;
    let li = bench.link("li.na").await;
    let mut page = live::open(bench, &li.moved_to(&proxy.base), "home", &[&incident]).await;
    live::act(bench, "zhang.wei", &incident, simulator::flashduty::Act::Acknowledge).await;
    assert_eq!(page.hears().await.incident.id, incident);

    // Bodies of every size we take reach us, and what is too large is refused in our words.
    assert!(Door::Webhook.body_bytes_max() < TOO_LARGE);
    let webhook = paths::fill(paths::FLASHDUTY_WEBHOOK, &[crate::bench::KEY, "guessed"]);
    for (bytes, status) in [(Door::Webhook.body_bytes_max(), 403), (TOO_LARGE, 413)] {
        let request = stranger.http().post(format!("{}{webhook}", proxy.base)).body("x".repeat(bytes));
        let answer = stranger.send(request).await;
        assert_eq!((answer.status, answer.problem().is_empty()), (status, false), "{bytes}: {answer:?}");
    }

    // Whoever guesses codes does not become somebody else by a header.
    let mut refused = 0;
    for number in 0..40 {
        let guess = stranger.http().post(format!("{}{}", proxy.base, paths::CONSOLE_ENTER));
        let guess =
            guess.header("sec-fetch-site", "same-origin").header("x-forwarded-for", format!("198.51.100.{number}"));
        refused += u32::from(stranger.send(guess.form(&[("code", "guessed")])).await.status == 429);
    }
    assert_eq!(refused, 10, "thirty guesses are one address's");
}

/// A proxy that ends with the test.
struct Proxy {
    child: Child,
    base: String,
}

impl Proxy {
    /// Starts it and waits until it answers. None where it is not installed.
    async fn start(program: &str, arguments: &[&str], environment: &[(&str, String)], port: u16) -> Option<Self> {
        let mut command = Command::new(program);
        command.args(arguments).envs(environment.iter().cloned()).stdin(Stdio::null()).stdout(Stdio::null());
        let child = command.stderr(Stdio::null()).spawn().ok()?;
        let mut proxy = Self { child, base: format!("http://127.0.0.1:{port}") };
        let browser = Browser::at(&proxy.base);
        until("the proxy answers", START_LIMIT, async || {
            assert!(proxy.child.try_wait().unwrap().is_none(), "{program} has ended");
            browser.http().get(format!("{}{}", proxy.base, paths::LIVE)).send().await.ok()
        })
        .await;
        Some(proxy)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("dingduty-deploy-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
