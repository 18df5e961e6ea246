//! The command line: one file per command. Results go to standard output, everything else to standard error; the exit
//! code is 0, 1 when it failed, 2 when it was asked wrongly.

mod audit;
mod backup;
mod card_template;
mod console_link;
#[cfg(feature = "simulator")]
mod demo;
mod doctor;
mod integration;
pub mod logging;
pub(crate) mod serve;
mod token;

use crate::application::{Application, BuildError};
use crate::config::{Config, ConfigError};
use crate::flow::set_up::SetUpError;
use crate::store::StoreError;
use clap::{Parser, Subcommand};
use contract::Language;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use world::World;

/// Brings Flashduty's incidents into DingTalk: cards with buttons that work, and pages.
#[derive(Parser)]
#[command(name = "dingduty", version, arg_required_else_help = true)]
struct CommandLine {
    /// Configuration file (default: dingduty.toml in this directory, if there is one).
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server.
    Serve,
    /// Runs the server with a pretend DingTalk and a pretend Flashduty to play with; needs no account and no set-up.
    #[cfg(feature = "simulator")]
    Demo(demo::Arguments),
    /// Adds, shows, changes and removes integrations.
    Integration {
        #[command(subcommand)]
        command: integration::Command,
    },
    /// Prints variables, buttons and an example of the card's template, to build it on DingTalk's card platform.
    CardTemplate(card_template::Arguments),
    /// Writes everything into a file, while the server works.
    Backup(backup::BackUp),
    /// Reads a backup back, whole or not at all, into this database or the other kind.
    Restore(backup::Restore),
    /// Seals with the newest key what an older one has sealed, so that the older one can go.
    Reseal,
    /// Checks every step of the set-up by evidence; ends with 1 while anything required is not proved.
    Doctor(doctor::Arguments),
    /// Prints a one-time address for signing in to the console; it lasts ten minutes.
    ConsoleLink {
        /// An administrator may change things, an observer may only look.
        #[arg(long, default_value = "administrator")]
        role: token::TokenRole,
    },
    /// Proves that the audit log was not changed, and exports it.
    Audit {
        #[command(subcommand)]
        command: audit::Command,
    },
    /// Makes, lists and revokes tokens of the automation API.
    Token {
        #[command(subcommand)]
        command: token::Command,
    },
    /// Prints the version.
    Version,
}

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// It was asked wrongly, or is configured wrongly.
    #[error("{0}")]
    Usage(String),
    /// It was tried and did not work.
    #[error("{0}")]
    Failed(String),
}

/// Does what the command line says.
pub async fn run() -> ExitCode {
    // Help goes out with 0 and mistakes with 2: clap's own doing.
    let CommandLine { config, command } = CommandLine::parse();
    match dispatch(config.as_deref(), command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("dingduty: {failure}");
            ExitCode::from(if matches!(failure, Failure::Usage(_)) { 2 } else { 1 })
        }
    }
}

async fn dispatch(file: Option<&Path>, command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve => {
            let config = Config::read(file)?;
            logging::start(&config.log);
            serve::run(config).await
        }
        #[cfg(feature = "simulator")]
        Command::Demo(arguments) => {
            logging::start("warn,server=info,access=warn");
            demo::run(arguments).await
        }
        Command::Integration { command } => integration::run(&open(file).await?, command).await,
        Command::CardTemplate(arguments) => card_template::run(&arguments),
        Command::Backup(arguments) => backup::back_up(&open(file).await?, arguments).await,
        Command::Restore(arguments) => backup::restore(&open(file).await?, arguments).await,
        Command::Reseal => backup::reseal(&open(file).await?),
        Command::Doctor(arguments) => doctor::run(&open(file).await?, arguments).await,
        Command::ConsoleLink { role } => console_link::run(&open(file).await?, role).await,
        Command::Audit { command } => audit::run(&open(file).await?, command).await,
        Command::Token { command } => token::run(&open(file).await?, command).await,
        Command::Version => {
            println!("dingduty {}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
    }
}

/// What a command that works on the database needs. A server may be running on the same one.
async fn open(file: Option<&Path>) -> Result<Application, Failure> {
    let config = Config::read(file)?;
    logging::start("warn");
    Ok(Application::build(config, World::system()).await?)
}

/// Prints a result as JSON.
fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::Failed(error.to_string()))?;
    println!("{text}");
    Ok(())
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        match error {
            BuildError::Store(error @ StoreError::Sealed { .. }) => error.into(),
            BuildError::Store(error) => Self::Failed(format!(
                "database_url: the database cannot be opened ({error}); is the address right, is its folder there, does \
                 its server run?"
            )),
            error => Self::Failed(error.to_string()),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Failed(match error {
            StoreError::Sealed { .. } => {
                format!("secret_key: {error}; give the key it was sealed with, too, after the newest and a comma")
            }
            error => error.to_string(),
        })
    }
}

impl From<SetUpError> for Failure {
    fn from(error: SetUpError) -> Self {
        match error {
            SetUpError::Store(error) => error.into(),
            SetUpError::UnknownIntegration => {
                Self::Failed("no such integration; those there are: dingduty integration list".to_owned())
            }
            SetUpError::Fields(errors) => {
                let lines = errors.iter().map(|error| format!("\n  {}: {}", error.field, error.message(Language::En)));
                Self::Failed(format!("nothing was changed, because of{}", lines.collect::<String>()))
            }
            error @ (SetUpError::Conflict | SetUpError::Overtaken) => Self::Failed(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_commands_are_well_formed_and_those_of_the_contract() {
        CommandLine::command().debug_assert();
        for line in [
            "dingduty serve",
            "dingduty demo",
            "dingduty demo --port 4000 --data x",
            "dingduty integration add --file x.json --json",
            "dingduty integration list --json",
            "dingduty integration show --key k --json",
            "dingduty integration set --key k name=x token=",
            "dingduty integration set --key k --file x.json",
            "dingduty integration remove --key k --json",
            "dingduty card-template",
            "dingduty card-template --json --language zh",
            "dingduty doctor --integration k --json",
            "dingduty doctor --free",
            "dingduty backup --to x",
            "dingduty restore --from x --replace",
            "dingduty reseal",
            "dingduty console-link",
            "dingduty token create --name ci --role observer",
            "dingduty audit verify --integration k --holds 1 --json",
            "dingduty audit export --to x.jsonl",
            "dingduty version --config x",
        ] {
            assert!(CommandLine::try_parse_from(line.split(' ')).is_ok(), "{line}");
        }
        for line in [
            "dingduty",
            "dingduty server",
            "dingduty integration set --key k",
            "dingduty integration set --key k name",
            "dingduty token create --name ci --role root",
            "dingduty demo --port x",
        ] {
            assert!(CommandLine::try_parse_from(line.split(' ')).is_err(), "{line}");
        }
    }
}
