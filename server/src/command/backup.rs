//! `dingduty backup`, `restore` and `reseal`.

use super::Failure;
use crate::application::Application;
use crate::flow::backup::{self, DumpError};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Who did it, in the audit log.
const ACTOR: &str = "command line";

#[derive(clap::Args)]
pub(super) struct BackUp {
    /// A new file, which only its owner can read. Secrets in it stay sealed: keep the sealing key apart from it.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

#[derive(clap::Args)]
pub(super) struct Restore {
    /// A file that `backup` has written, on either database.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// In the place of whatever the database holds. Stop every server on it first.
    #[arg(long)]
    replace: bool,
}

/// Writes a backup while the server works. A file that is not whole never has the name that was asked for.
pub(super) async fn back_up(application: &Application, BackUp { to }: BackUp) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::Failed(format!("{} cannot be written: {error}", to.display()));
    if to.exists() {
        return Err(Failure::Failed(format!("{} is there already; a backup never replaces a file", to.display())));
    }
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = to.with_file_name(name);
    let made = write(application, &partial).await;
    let rows = match made {
        Ok(rows) => rows,
        Err(error) => {
            // What is left of a failed try is of no use.
            let _ = std::fs::remove_file(&partial);
            return Err(error);
        }
    };
    std::fs::rename(&partial, &to).map_err(failed)?;
    println!("{} rows in {}", rows, to.display());
    Ok(())
}

async fn write(application: &Application, partial: &Path) -> Result<u64, Failure> {
    let failed = |error: std::io::Error| Failure::Failed(format!("{} cannot be written: {error}", partial.display()));
    let mut options = File::options();
    // New, or else it could be a link to somewhere else, or somebody else's to read. What a killed command left goes first.
    let _ = std::fs::remove_file(partial);
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = BufWriter::new(options.open(partial).map_err(failed)?);
    let rows = backup::make(&application.state, &mut out, ACTOR).await?;
    out.flush().map_err(failed)?;
    // A power cut after this command must not leave an empty file.
    out.get_ref().sync_all().map_err(failed)?;
    Ok(backup::total(&rows))
}

/// Restores a backup, whole or not at all.
pub(super) async fn restore(application: &Application, Restore { from, replace }: Restore) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::Failed(format!("{} cannot be read: {error}", from.display()));
    let mut file = BufReader::new(File::open(&from).map_err(failed)?);
    let rows = backup::restore(&application.state, &mut file, replace, ACTOR).await?;
    println!("{} rows from {}", backup::total(&rows), from.display());
    Ok(backup::opens(&application.state).await?)
}

/// Says what was sealed anew, which every start does, and what no key opens.
pub(super) fn reseal(application: &Application) -> Result<(), Failure> {
    let resealed = application.state.store.resealed();
    println!("{} values sealed anew with the newest key", resealed.sealed_anew);
    match resealed.closed {
        0 => Ok(()),
        closed => Err(Failure::Failed(format!(
            "secret_key: no given key opens {closed} values; give the key they were sealed with, too, after the newest \
             and a comma"
        ))),
    }
}

impl From<DumpError> for Failure {
    fn from(error: DumpError) -> Self {
        match error {
            DumpError::Store(error) => error.into(),
            DumpError::NotEmpty => Self::Failed(
                "the database is not empty; stop every server on it and add --replace, or name an empty one".to_owned(),
            ),
            error => Self::Failed(error.to_string()),
        }
    }
}
