//! Runs a second cargo that compiles a crate to WebAssembly.

use crate::{
    progress::{self, Steps, Terminal},
    target::TRIPLE,
};
use std::{
    env,
    ffi::OsStr,
    io::{BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

/// How the browser's files are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Soon ready: for work and tests.
    Quick,
    /// Few bytes to load: for people.
    Small,
}

impl Profile {
    /// The profile's name in the workspace's `Cargo.toml`.
    fn name(self) -> &'static str {
        match self {
            Self::Quick => "wasm-dev",
            Self::Small => "wasm-release",
        }
    }
}

/// Compiles the library in `package` and gives the path of its module.
///
/// `target` must be another folder than the outer cargo's, which holds the lock of its own.
///
/// # Errors
/// One sentence; what the compiler said goes to standard error before it.
pub(crate) fn compile(
    package: &Path,
    target: &Path,
    features: &str,
    profile: Profile,
    terminal: &mut Terminal,
) -> Result<PathBuf, String> {
    let mut child = command(package, target, features, profile)
        .spawn()
        .map_err(|error| format!("cargo does not start: {error}"))?;
    let artifacts = read_aside(&mut child);
    let mut said = String::new();
    if let Some(stream) = child.stderr.take() {
        let mut steps = Steps::default();
        for line in progress::lines(BufReader::new(stream)) {
            match progress::crates_done(&line) {
                Some((done, all)) if steps.is_worth_telling(done, all) => {
                    terminal.say("Bundling", &format!("the pages for browsers: {done} of {all} crates compiled"));
                }
                Some(_) => {}
                None => said.extend([line.as_str(), "\n"]),
            }
        }
    }
    let status = child.wait().map_err(|error| format!("cargo was lost: {error}"))?;
    let artifacts = artifacts.join().unwrap_or_default();
    if !status.success() {
        eprintln!("{said}");
        return Err("the pages do not compile for browsers; what the compiler said about them follows below".into());
    }
    module_among(&artifacts).ok_or_else(|| format!("{} makes no WebAssembly module", package.display()))
}

/// `cargo rustc` rather than `cargo build`: only a crate that is nothing but a `cdylib` gets link-time optimisation,
/// and the same crate is an `rlib` for the server.
fn command(package: &Path, target: &Path, features: &str, profile: Profile) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(package).args(["rustc", "--locked", "--lib", "--crate-type", "cdylib"]);
    command.args(["--features", features, "--target", TRIPLE, "--profile", profile.name()]);
    command.args(["--message-format", "json-render-diagnostics", "--target-dir"]).arg(target);
    for (name, _) in env::vars_os() {
        if meant_for_the_server(&name) {
            command.env_remove(name);
        }
    }
    // A progress bar in a pipe is what tells how far it has come.
    command.envs([
        ("CARGO_TERM_PROGRESS_WHEN", "always"),
        ("CARGO_TERM_PROGRESS_WIDTH", "80"),
        ("CARGO_TERM_COLOR", "never"),
    ]);
    command.env("CARGO_BUILD_BUILD_DIR", target);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Whether a variable speaks of the build that is running and would lead the second cargo astray: it would build for
/// the wrong target, with the wrong flags, or all of it anew each time.
fn meant_for_the_server(name: &OsStr) -> bool {
    const BEGINNINGS: [&str; 6] =
        ["CARGO_FEATURE_", "CARGO_CFG_", "CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_PROFILE_", "DEP_"];
    const WHOLE: [&str; 17] = [
        "CARGO_BUILD_RUSTFLAGS",
        "CARGO_BUILD_TARGET",
        "CARGO_BUILD_TARGET_DIR",
        "CARGO_CRATE_NAME",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_PRIMARY_PACKAGE",
        "CARGO_TARGET_DIR",
        "DEBUG",
        "HOST",
        "OPT_LEVEL",
        "OUT_DIR",
        "PROFILE",
        "RUSTC_LINKER",
        "RUSTC_WORKSPACE_WRAPPER",
        "RUSTC_WRAPPER",
        "RUSTFLAGS",
        "TARGET",
    ];
    name.to_str()
        .is_some_and(|name| WHOLE.contains(&name) || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning)))
}

/// Reads standard output beside standard error, so that neither pipe fills up while the other is waited for.
fn read_aside(child: &mut Child) -> thread::JoinHandle<String> {
    let stream = child.stdout.take();
    thread::spawn(move || {
        let mut text = String::new();
        if let Some(mut stream) = stream {
            let _ = stream.read_to_string(&mut text);
        }
        text
    })
}

/// The module among cargo's messages, one JSON object a line. The last one made is the package's own.
fn module_among(messages: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|message| {
            let names = message.get("filenames")?.as_array()?;
            names.iter().filter_map(|name| name.as_str()).find(|name| name.ends_with(".wasm")).map(PathBuf::from)
        })
        .next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_the_person_set_and_drops_what_speaks_of_the_server() {
        for name in ["CARGO_FEATURE_SIMULATOR", "CARGO_CFG_UNIX", "RUSTFLAGS", "RUSTC_WORKSPACE_WRAPPER", "DEP_Z_ROOT"]
        {
            assert!(meant_for_the_server(OsStr::new(name)), "{name}");
        }
        for name in ["PATH", "CARGO_HOME", "CARGO_NET_OFFLINE", "CARGO_MAKEFLAGS", "RUSTUP_TOOLCHAIN", "RUSTC"] {
            assert!(!meant_for_the_server(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn finds_the_module_among_messages() {
        let messages = r#"{"reason":"compiler-artifact","filenames":["/t/libserde.rlib"]}
not json
{"reason":"compiler-artifact","filenames":["/t/app.wasm"]}
{"reason":"build-finished","success":true}"#;
        assert_eq!(module_among(messages), Some(PathBuf::from("/t/app.wasm")));
        assert_eq!(module_among("{}"), None);
    }
}
