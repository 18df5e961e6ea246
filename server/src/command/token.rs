//! `dingduty token …`.

use super::Failure;
use crate::application::Application;
use crate::flow::access::{self, Role};
use clap::{Subcommand, ValueEnum};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Makes a token and prints it: it is shown this once, and used as `Authorization: Bearer TOKEN`.
    Create {
        /// What it is for, as the audit log names it.
        #[arg(long, value_parser = name)]
        name: String,
        /// An administrator may change things, an observer may only read.
        #[arg(long)]
        role: TokenRole,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum TokenRole {
    Administrator,
    Observer,
}

/// Does what was asked.
pub(super) async fn run(application: &Application, command: Command) -> Result<(), Failure> {
    let Command::Create { name, role } = command;
    let role = match role {
        TokenRole::Administrator => Role::Administrator,
        TokenRole::Observer => Role::Observer,
    };
    println!("{}", access::create_token(&application.state, &name, role, "command line").await?);
    Ok(())
}

fn name(text: &str) -> Result<String, &'static str> {
    let fits = (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err("must be 1 to 100 characters on one line") }
}
