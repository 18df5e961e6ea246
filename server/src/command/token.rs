//! `dingduty token …`.

use super::Failure;
use crate::application::Application;
use crate::flow::access::{self, Role};
use clap::{Subcommand, ValueEnum};
use jiff::Timestamp;
use world::Millis;

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
    /// Lists all tokens: name, role, and when each was made (UTC).
    List,
    /// Ends a token: whoever uses it is refused from now on.
    Revoke {
        /// As it was made.
        #[arg(long, value_parser = name)]
        name: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum TokenRole {
    Administrator,
    Observer,
}

/// A moment as people and programs read it, in UTC.
fn stamp(at: Millis) -> String {
    Timestamp::from_millisecond(at.0).map(|at| at.to_string()).unwrap_or_default()
}

impl From<TokenRole> for Role {
    fn from(role: TokenRole) -> Self {
        match role {
            TokenRole::Administrator => Self::Administrator,
            TokenRole::Observer => Self::Observer,
        }
    }
}

/// Does what was asked.
pub(super) async fn run(application: &Application, command: Command) -> Result<(), Failure> {
    let state = &application.state;
    match command {
        Command::Create { name, role } => {
            println!("{}", access::create_token(state, &name, role.into(), "command line").await?);
        }
        Command::List => {
            for (token, made) in access::tokens(state).await? {
                println!("{}\t{}\t{}", token.name, token.role.name(), stamp(made));
            }
        }
        Command::Revoke { name } => {
            if access::revoke_tokens(state, &name, "command line").await? == 0 {
                return Err(Failure::Failed(format!("there is no token named {name}")));
            }
        }
    }
    Ok(())
}

fn name(text: &str) -> Result<String, &'static str> {
    let fits = (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err("must be 1 to 100 characters on one line") }
}
