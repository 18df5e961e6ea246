//! What the server's build script does: compiles the pages for browsers, gives every file a name made of its content,
//! compresses it, and writes the Rust list that `server/src/web.rs` includes.
//!
//! In the order of work: [`target`] makes sure the compiler knows WebAssembly, [`compile`] runs a second cargo for it,
//! [`bind`] turns the result into a script and a module, [`sheet`] and [`public`] add what is written by hand,
//! [`file`] names and compresses, [`embed`] writes the list, [`budget`] refuses what has grown too large.

#![expect(clippy::disallowed_methods, reason = "a build script is told everything through its environment")]

mod bind;
mod budget;
mod compile;
mod embed;
mod file;
mod progress;
mod public;
mod sheet;
mod size;
mod target;

pub use bind::Bound;
pub use budget::hold;
pub use compile::Profile;
pub use progress::Terminal;
pub use size::Sizes;

use std::{
    env,
    path::{Path, PathBuf},
};

/// Leaves script and WebAssembly out when it is `1`: for work on the server alone, for clippy, for editors.
const SKIP: &str = "DINGDUTY_SKIP_WEB";

/// Makes the browser's files for the server being built. To be called by `server/build.rs`.
///
/// # Errors
/// One sentence for the person who typed `cargo build`, with the cure.
pub fn build() -> Result<(), String> {
    let out = PathBuf::from(variable("OUT_DIR")?);
    let server = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let root = server.parent().ok_or("the server is not inside a workspace")?;
    let profile = if variable("PROFILE")? == "release" { Profile::Small } else { Profile::Quick };
    let skip = env::var(SKIP).is_ok_and(|value| value == "1");

    println!("cargo::rerun-if-env-changed={SKIP}");
    watch(root, &["style", "public"]);
    let mut files = vec![sheet::read(&root.join("style"))?];
    if !skip {
        watch(root, &["app/src", "app/Cargo.toml", "app/contract", "Cargo.toml", "Cargo.lock"]);
        let target = out.ancestors().nth(4).ok_or("OUT_DIR is not inside a target directory")?;
        let bound = web(&root.join("app"), &target.join("web"), "hydrate", profile, &mut Terminal::of_cargo())?;
        let sizes = Sizes::of(&bound);
        Terminal::of_cargo().say("Bundled", &sizes.to_string());
        if profile == Profile::Small {
            budget::hold(&sizes)?;
        }
        files.extend(bound.into_files());
    }
    files.extend(public::read(&root.join("public"))?);
    for file in files.iter_mut().filter(|file| file.brotli.is_none()) {
        file.compress(profile)?;
    }
    embed::write(&out, &files)
}

/// Compiles one crate for browsers and makes its script and module.
///
/// # Errors
/// One sentence for the person who started it.
pub fn web(
    package: &Path,
    target: &Path,
    features: &str,
    profile: Profile,
    terminal: &mut Terminal,
) -> Result<Bound, String> {
    target::ensure(terminal)?;
    let module = compile::compile(package, target, features, profile, terminal)?;
    bind::bind(&module, &target.join("bound"), profile)
}

/// A variable cargo sets for every build script.
fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("{name} is not set: this runs as a build script only"))
}

/// Cargo runs the build script again when one of these has changed, and at no other time.
fn watch(root: &Path, names: &[&str]) {
    for name in names {
        println!("cargo::rerun-if-changed={}", root.join(name).display());
    }
}
