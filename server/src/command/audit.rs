//! `dingduty audit …`.

use super::{Failure, print_json};
use crate::application::Application;
use crate::flow::audit::{self, Verdict};
use crate::model::audit_chain::Fault;
use clap::Subcommand;
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Reads every line and the hashes that hold them together; ends with 1 when something was changed, added or taken
    /// away.
    Verify {
        /// One integration's log only.
        #[arg(long, value_name = "KEY")]
        integration: Option<String>,
        /// A hash that was printed earlier and kept elsewhere: some line must have it.
        #[arg(long, value_name = "HASH")]
        holds: Option<String>,
        /// As JSON instead of lines.
        #[arg(long)]
        json: bool,
    },
    /// Prints the log as lines of JSON, oldest first, with the hashes.
    Export {
        /// One integration's log only.
        #[arg(long, value_name = "KEY")]
        integration: Option<String>,
        /// Into a new file instead of standard output.
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
}

/// Does what was asked.
pub(super) async fn run(application: &Application, command: Command) -> Result<(), Failure> {
    match command {
        Command::Verify { integration, holds, json } => {
            let verdicts = audit::verify(&application.state, integration.as_deref(), holds.as_deref()).await?;
            if verdicts.is_empty() && integration.is_some() {
                return Err(Failure::Failed("no such log; those there are: dingduty audit verify".to_owned()));
            }
            told(&verdicts, json)
        }
        Command::Export { integration, to } => {
            let logs = match integration {
                Some(key) => vec![key],
                None => audit::logs(&application.state).await?,
            };
            export(application, &logs, to).await
        }
    }
}

fn told(verdicts: &[Verdict], json: bool) -> Result<(), Failure> {
    let broken = verdicts.iter().any(|verdict| !verdict.holds());
    let asked = verdicts.iter().any(|verdict| verdict.has_noted.is_some());
    let lost = asked && !verdicts.iter().any(|verdict| verdict.has_noted == Some(true));
    match json {
        true => print_json(&json!({"holds": !broken && !lost, "logs": verdicts}))?,
        false => verdicts.iter().for_each(line),
    }
    match (broken, lost) {
        (true, _) => Err(Failure::Failed("the audit log was changed outside of dingduty".to_owned())),
        (_, true) => Err(Failure::Failed("no line has the given hash: the log was written anew since".to_owned())),
        _ => Ok(()),
    }
}

fn line(verdict: &Verdict) {
    let name = if verdict.integration.is_empty() { "(server)" } else { &verdict.integration };
    let state = if verdict.holds() { "holds" } else { "BROKEN" };
    let (first, seq) = (verdict.first_seq, verdict.seq);
    println!("{name}\t{state}\t{} lines, {first} to {seq}\t{}", verdict.lines, verdict.hash);
    for fault in &verdict.faults {
        println!("\t{}", words(fault));
    }
    if verdict.outside > 0 {
        println!("\t{} lines were added past dingduty", verdict.outside);
    }
}

fn words(fault: &Fault) -> String {
    match fault {
        Fault::Missing { seq } => format!("line {seq} is missing"),
        Fault::Changed { seq } => format!("line {seq} was changed"),
        Fault::Unlinked { seq } => format!("line {seq} does not follow the one before it, which was written anew"),
        Fault::CutOff { seq } => format!("the newest lines, from {seq} on, are not those that were written"),
    }
}

async fn export(application: &Application, logs: &[String], to: Option<PathBuf>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::Failed(format!("the export cannot be written: {error}"));
    let mut out: Box<dyn Write> = match to {
        Some(path) => Box::new(std::fs::File::create_new(path).map_err(failed)?),
        None => Box::new(std::io::stdout().lock()),
    };
    for key in logs {
        let mut after = 0;
        loop {
            let piece = audit::lines(&application.state, key, after).await;
            let piece = piece.map_err(|refusal| Failure::Failed(refusal.to_string()))?;
            let Some(last) = piece.last() else { break };
            after = last.seq;
            for line in &piece {
                writeln!(out, "{}", audit::exported(line)).map_err(failed)?;
            }
        }
    }
    out.flush().map_err(failed)
}
