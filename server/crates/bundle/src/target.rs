//! Makes sure the compiler has the standard library for WebAssembly.

use crate::Terminal;
use std::{
    env,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::Command,
};

/// What browsers run.
pub(crate) const TRIPLE: &str = "wasm32-unknown-unknown";

/// Adds the target through rustup when it is missing, and says so.
///
/// # Errors
/// One line that tells what to type, when rustup is absent or cannot add it.
pub(crate) fn ensure(terminal: &mut Terminal) -> Result<(), String> {
    if ask_rustc(&["--print", "target-libdir", "--target", TRIPLE]).is_some_and(|folder| folder.is_dir()) {
        return Ok(());
    }
    let sysroot = ask_rustc(&["--print", "sysroot"]).unwrap_or_default();
    let toolchain = toolchain(env::var_os("RUSTUP_TOOLCHAIN"), &sysroot);
    if !terminal.say("Adding", &format!("the compiler's {TRIPLE} part through rustup")) {
        println!(
            "cargo::warning=the compiler's {TRIPLE} part, which the pages need, was missing: added through rustup"
        );
    }
    let arguments = add_arguments(toolchain.as_deref());
    let output = Command::new("rustup").args(&arguments).output();
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            eprintln!("{}", String::from_utf8_lossy(&output.stderr));
            Err(format!("rustup could not add the WebAssembly target; type: rustup {}", spoken(&arguments)))
        }
        Err(_) => Err(format!(
            "the compiler has no WebAssembly target and there is no rustup to add it; \
             install Rust from https://rustup.rs, then type: rustup {}",
            spoken(&arguments)
        )),
    }
}

/// One path printed by the compiler that builds the server.
fn ask_rustc(arguments: &[&str]) -> Option<PathBuf> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let output = Command::new(rustc).args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()))
}

/// The name rustup knows the running compiler by: what rustup said when it started cargo, else the sysroot's folder.
fn toolchain(told: Option<OsString>, sysroot: &Path) -> Option<OsString> {
    let in_rustup = sysroot.parent().and_then(Path::file_name) == Some(OsStr::new("toolchains"));
    told.or_else(|| sysroot.file_name().filter(|_| in_rustup).map(OsStr::to_owned))
}

/// What follows `rustup` on the command line.
fn add_arguments(toolchain: Option<&OsStr>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = ["target", "add", TRIPLE].map(OsString::from).into();
    if let Some(toolchain) = toolchain {
        arguments.extend([OsString::from("--toolchain"), toolchain.to_owned()]);
    }
    arguments
}

fn spoken(arguments: &[OsString]) -> String {
    arguments.iter().map(|argument| argument.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_toolchain_that_is_running() {
        let rustup = Path::new("/home/li/.rustup/toolchains/stable-x86_64-unknown-linux-gnu");
        let cases = [
            (Some("1.95.0"), rustup, Some("1.95.0")),
            (None, rustup, Some("stable-x86_64-unknown-linux-gnu")),
            (None, Path::new("/usr"), None),
            (None, Path::new(""), None),
        ];
        for (told, sysroot, expected) in cases {
            let found = toolchain(told.map(OsString::from), sysroot);
            assert_eq!(found.as_deref(), expected.map(OsStr::new), "{told:?} {sysroot:?}");
        }
    }

    #[test]
    fn tells_what_to_type() {
        assert_eq!(spoken(&add_arguments(None)), "target add wasm32-unknown-unknown");
        let named = add_arguments(Some(OsStr::new("1.95.0")));
        assert_eq!(spoken(&named), "target add wasm32-unknown-unknown --toolchain 1.95.0");
    }
}
