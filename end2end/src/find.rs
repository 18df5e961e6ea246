//! Finding a browser: the one named, the system's, Playwright's, else Debian's package is installed.

use crate::variable;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names on the search path, best first.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// Where Playwright's browsers keep their program, by operating system.
const IN_PLAYWRIGHT: [&str; 4] = [
    "chrome-linux/chrome",
    "chrome-linux64/chrome",
    "chrome-mac/Chromium.app/Contents/MacOS/Chromium",
    "chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
];
/// What to type where nothing can be installed.
const TO_TYPE: &str =
    "sudo apt-get install -y chromium fonts-noto-cjk   (or name a Chromium or Chrome by CHROMIUM=/path)";

/// A browser, and how it was found, in words.
pub struct Found {
    pub program: PathBuf,
    pub how: String,
}

/// Finds a browser, or installs one where that is possible.
///
/// # Errors
/// What to type to get one.
pub fn find() -> Result<Found, String> {
    if let Some(named) = variable("CHROMIUM") {
        let program = PathBuf::from(&named);
        let found = if program.components().count() > 1 { is_file(program) } else { on_path(&named) };
        return found
            .map(|program| said(program, "named by CHROMIUM"))
            .ok_or(format!("CHROMIUM={named}: no such program"));
    }
    if let Some(found) = of_system().or_else(of_playwright) {
        return Ok(found);
    }
    install().and_then(|()| of_system().ok_or("the package brought no browser".to_owned())).map_err(|why| {
        format!("no browser for the stories ({why}). Type:\n  {TO_TYPE}\nor leave the stories out with DINGDUTY_SKIP_BROWSER=1")
    })
}

/// Says something on the terminal, which a passing test otherwise keeps to itself.
pub fn say(text: &str) {
    // A terminal that cannot be written to is no reason to fail.
    let _ = writeln!(std::io::stderr(), "stories: {text}");
}

fn of_system() -> Option<Found> {
    NAMES.iter().find_map(|name| on_path(name)).map(|program| said(program, "the system's"))
}

fn of_playwright() -> Option<Found> {
    let home = PathBuf::from(variable("HOME")?);
    let caches = [".cache/ms-playwright", "Library/Caches/ms-playwright"].map(|cache| home.join(cache));
    let own = variable("PLAYWRIGHT_BROWSERS_PATH").map(PathBuf::from);
    let folders = own.into_iter().chain(caches).filter_map(|cache| cache.read_dir().ok()).flatten().flatten();
    let mut versions: Vec<PathBuf> = folders.map(|entry| entry.path()).filter(|path| is_chromium(path)).collect();
    versions.sort();
    let programs = versions.iter().rev().flat_map(|version| IN_PLAYWRIGHT.map(|program| version.join(program)));
    programs.into_iter().find_map(is_file).map(|program| said(program, "Playwright's"))
}

fn is_chromium(folder: &Path) -> bool {
    folder.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("chromium-"))
}

/// Installs Debian's package, which root may do.
fn install() -> Result<(), String> {
    if !is_root() {
        return Err("not root, so none can be installed".to_owned());
    }
    let apt = on_path("apt-get").ok_or("no apt-get, so none can be installed")?;
    say("no browser found; installing Debian's: apt-get install chromium fonts-noto-cjk");
    for arguments in [&["update"][..], &["install", "-y", "chromium", "fonts-noto-cjk"]] {
        let ran = Command::new(&apt).args(arguments).env("DEBIAN_FRONTEND", "noninteractive").status();
        let ran = ran.map_err(|error| error.to_string())?;
        if !ran.success() {
            return Err(format!("apt-get {}: {ran}", arguments.join(" ")));
        }
    }
    Ok(())
}

/// Whether we are root: its own sandbox then refuses to work.
pub fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn on_path(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&variable("PATH")?).find_map(|folder| is_file(folder.join(name)))
}

fn is_file(path: PathBuf) -> Option<PathBuf> {
    path.is_file().then_some(path)
}

fn said(program: PathBuf, whose: &str) -> Found {
    let how = format!("{} ({whose})", program.display());
    Found { program, how }
}
