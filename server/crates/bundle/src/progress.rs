//! Tells a person who waits how far the work has come. Cargo keeps what a build script prints to itself, so this writes
//! to the terminal cargo itself writes to, and to nothing else: no file, no editor, no log gets these lines.

use std::{
    fs::File,
    io::{BufRead, IsTerminal, Write},
    path::PathBuf,
};

/// The terminal a person looks at, if there is one.
pub struct Terminal(Option<File>);

impl Terminal {
    /// The terminal of the cargo that runs this build script.
    pub fn of_cargo() -> Self {
        let opened = path_of_cargo().and_then(|path| File::options().write(true).open(path).ok());
        Self(opened.filter(IsTerminal::is_terminal))
    }

    /// This program's own standard error, for a program that is no build script.
    pub fn own() -> Self {
        let opened = File::options().write(true).open("/dev/stderr").ok();
        Self(opened.filter(IsTerminal::is_terminal))
    }

    /// Writes one line in cargo's own manner, over the progress bar that cargo draws again afterwards. Says whether it
    /// could be seen; that it could not is no reason to stop building.
    pub fn say(&mut self, verb: &str, words: &str) -> bool {
        let line = format!("\r\x1b[K\x1b[1m\x1b[32m{verb:>12}\x1b[0m {words}\n");
        self.0.as_mut().is_some_and(|terminal| terminal.write_all(line.as_bytes()).is_ok())
    }
}

/// Standard error of the parent process where the system shows it, else the terminal of the session.
#[cfg(unix)]
fn path_of_cargo() -> Option<PathBuf> {
    use std::os::unix::fs::FileTypeExt;

    let path = PathBuf::from(format!("/proc/{}/fd/2", std::os::unix::process::parent_id()));
    let path = if path.exists() || cfg!(target_os = "linux") { path } else { PathBuf::from("/dev/tty") };
    path.metadata().is_ok_and(|found| found.file_type().is_char_device()).then_some(path)
}

#[cfg(not(unix))]
fn path_of_cargo() -> Option<PathBuf> {
    None
}

/// The lines of a stream in which a progress bar is redrawn: each ends at a line feed or a carriage return.
pub(crate) fn lines(stream: impl BufRead) -> impl Iterator<Item = String> {
    let chunks = stream.split(b'\n').map_while(Result::ok);
    chunks.flat_map(|chunk| {
        let text = String::from_utf8_lossy(&chunk).into_owned();
        text.split('\r').map(str::to_owned).collect::<Vec<_>>()
    })
}

/// Which of cargo's steps to tell: one in ten, and none of a build that begins where the last one ended.
#[derive(Default)]
pub(crate) struct Steps {
    tenth_told: Option<usize>,
}

impl Steps {
    /// Whether a new tenth has been reached.
    pub(crate) fn is_worth_telling(&mut self, done: usize, all: usize) -> bool {
        let tenth = done * 10 / all;
        self.tenth_told.replace(tenth).is_some_and(|before| before < tenth)
    }
}

/// Reads `    Building [====>   ] 45/228: serde, leptos` as `(45, 228)`.
pub(crate) fn crates_done(line: &str) -> Option<(usize, usize)> {
    let (_, counts) = line.trim_start().strip_prefix("Building [")?.split_once("] ")?;
    let (done, rest) = counts.split_once('/')?;
    let all = rest.split(|letter: char| !letter.is_ascii_digit()).next()?;
    let (done, all) = (done.trim().parse().ok()?, all.parse().ok()?);
    (all > 0).then_some((done, all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_cargos_bar() {
        assert_eq!(crates_done("    Building [====>     ] 45/228: serde, leptos"), Some((45, 228)));
        assert_eq!(crates_done("    Building [>] 0/1"), Some((0, 1)));
        for other in
            ["   Compiling serde v1.0.229", "    Building [=>", "    Building [] x/y", "    Building [] 0/0", ""]
        {
            assert_eq!(crates_done(other), None, "{other}");
        }
    }

    #[test]
    fn tells_tenths_of_a_long_build_and_nothing_of_a_short_one() {
        let told = |from: usize| {
            let mut steps = Steps::default();
            (from..=228).filter(|done| steps.is_worth_telling(*done, 228)).count()
        };
        assert_eq!((told(0), told(227), told(228)), (10, 1, 0));
    }

    #[test]
    fn divides_a_redrawn_bar() {
        let found: Vec<String> = lines(&b"a\n  1/2\r  2/2\rb\n"[..]).collect();
        assert_eq!(found, ["a", "  1/2", "  2/2", "b"]);
    }
}
