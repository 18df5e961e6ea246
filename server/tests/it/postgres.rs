//! One temporary PostgreSQL cluster for the test binary, one database for each test.
//!
//! PostgreSQL refuses to run as root: then it runs as the user 65534. The cluster ends with the test binary, however
//! that ends: a shell holds the other end of a pipe and stops the server when the pipe closes.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::ffi::OsString;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// `nobody`.
const UNPRIVILEGED: u32 = 65_534;
const START_POLLS_MAX: u32 = 300;
const START_POLL: Duration = Duration::from_millis(100);

const STOP_WHEN_THE_PIPE_CLOSES: &str = r#"
    "$1" -D "$2/data" -k "$2" -c listen_addresses= -c max_connections=200 \
        -c fsync=off -c full_page_writes=off >"$2/log" 2>&1 &
    read -r _
    kill -QUIT $!
    wait
    rm -rf "$2"
"#;

struct Cluster {
    folder: PathBuf,
    /// Holds the pipe whose end ends the server.
    _shell: Child,
}

/// The address of a new, empty database; none where PostgreSQL is not installed.
pub async fn database() -> Option<String> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let cluster = CLUSTER.get_or_init(start).as_ref()?;
    let address = |name: &str| format!("postgres://postgres@localhost/{name}?host={}", cluster.folder.display());
    let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(&address("postgres")).await.expect("the cluster answers");
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.expect("the database is new");
    connection.close().await.expect("the connection is open");
    Some(address(&name))
}

#[expect(clippy::disallowed_methods, reason = "only tests ask where they run")]
fn start() -> Option<Cluster> {
    let Some(programs) = programs() else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI must test with PostgreSQL, and there is none");
        // Not by the macro, whose words the test runner keeps to itself while tests pass.
        let skipped = "SKIPPED on PostgreSQL: initdb and postgres are neither on PATH nor in /usr/lib/postgresql/*/bin";
        let _ = writeln!(std::io::stderr(), "{skipped}");
        return None;
    };
    let folder = std::env::temp_dir().join(format!("dingduty-postgres-{}", std::process::id()));
    std::fs::create_dir(&folder).expect("the folder is new");
    std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o700)).expect("the folder is ours");
    let is_root = chown(&folder, Some(UNPRIVILEGED), Some(UNPRIVILEGED)).is_ok();
    let command = |program: &Path| {
        let mut command = Command::new(program);
        if is_root {
            command.uid(UNPRIVILEGED).gid(UNPRIVILEGED);
        }
        command.current_dir(&folder);
        command
    };
    let made = command(&programs.join("initdb"))
        .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
        .arg(folder.join("data"))
        .output()
        .expect("initdb runs");
    assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
    let shell = command(Path::new("/bin/sh"))
        .args(["-c", STOP_WHEN_THE_PIPE_CLOSES, "sh"])
        .args([&programs.join("postgres"), &folder])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the shell runs");
    wait_until_ready(&folder);
    Some(Cluster { folder, _shell: shell })
}

fn wait_until_ready(folder: &Path) {
    for _ in 0..START_POLLS_MAX {
        let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        if log.contains("ready to accept connections") {
            return;
        }
        std::thread::sleep(START_POLL);
    }
    panic!("PostgreSQL does not start: {}", std::fs::read_to_string(folder.join("log")).unwrap_or_default());
}

fn programs() -> Option<PathBuf> {
    let path: OsString = std::env::var_os("PATH").unwrap_or_default();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.map(|version| version.path().join("bin"));
    let has_both = |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    std::env::split_paths(&path).chain(debian).find(has_both)
}
