//! `bundle check` makes the browser's files as people get them and fails when they are over the budget.
//! `bundle measure <folder of a crate> [<features>]` does the same for any crate with a `cdylib`, without the budget:
//! for comparing ways to build the pages.

use bundle::{Bound, Profile, Sizes, Terminal};
use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["check"] => sizes(&workspace().join("app"), "hydrate").and_then(|sizes| bundle::hold(&sizes)),
        ["measure", folder] => sizes(Path::new(folder), "").map(drop),
        ["measure", folder, features] => sizes(Path::new(folder), features).map(drop),
        _ => Err("type: cargo run -p bundle -- check, or: measure <folder of a crate> [<features>]".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// Builds and prints.
fn sizes(package: &Path, features: &str) -> Result<Sizes, String> {
    let target = target_folder()?.join("web");
    let bound: Bound = bundle::web(package, &target, features, Profile::Small, &mut Terminal::own())?;
    let sizes = Sizes::of(&bound);
    println!("{sizes}");
    Ok(sizes)
}

/// Where this crate was built from.
fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// The folder cargo put this program's profile folder into, so that it shares what the server's build has compiled.
fn target_folder() -> Result<PathBuf, String> {
    let program = env::current_exe().map_err(|error| format!("this program does not know where it is: {error}"))?;
    let folder = program.ancestors().nth(2).ok_or("this program is in no target directory")?;
    Ok(folder.to_owned())
}
