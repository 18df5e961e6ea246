//! `dingduty integration …`: works on the database directly, also while a server runs on it.

use super::{Failure, print_json};
use crate::application::Application;
use crate::flow::set_up::{self, Addresses, FieldError, Form, SetUpError};
use crate::model::integration::{Failures, Integration};
use clap::Subcommand;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Who did it, in the audit log.
const ACTOR: &str = "command line";
/// An integration file is some hundred bytes.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// What an integration is made of, for people who write a file.
const FIELDS: &str = "\
Fields of FILE, a JSON object of texts:
  name                  what people read
  corp_id               DingTalk's CorpId of the company
  agent_id              the app's AgentId
  client_id             the app's Client ID
  client_secret         the app's Client Secret
  aes_key               of the app's event subscription, 43 characters
  token                 of the app's event subscription
  flashduty_app_key     Flashduty's APP key, of a member for services
and where they are wanted:
  card_template_id      without it people get messages with links instead of cards
  war_room_template_id  with war_room_bot_id
  war_room_bot_id       with war_room_template_id
  edition               standard, professional or exclusive; standard if absent
  person_channel        bot, work_notice or both; bot if absent
  group_editors         who may change what is sent to a group on the group's own page: owner, members or nobody;
                        owner if absent
  quota_preset          before-2025-11-19 or 2025-11-19, the edition's figures to start from; the former if absent
  quota_api_month       calls in a month, where they are not the preset's
  quota_push_month      pushes in a month, where they are not the preset's
  quota_qps             calls of one API in a second, where they are not the preset's
  quota_robot_minute    messages of one bot to one group in a minute; 1 to 10000, 20 if absent
  storm_cards_per_minute
                        incidents a minute that get a card each at a group or person, what is beyond is
                        folded into one counting card; 1 to 10000, 5 if absent
  card_hidden_fields    of severity, channel, responders, alerts, snoozed_until, description, labels: what cards leave
                        out; in a file also a JSON array
  snooze_minutes        1 to 5 snooze presets on cards and pages; 120,240,720 if absent; in a file also a JSON array
  card_text_template_id Flashduty's message template whose DingTalk text replaces description and labels on cards,
                        in messages and in work notices
  key                   8 to 32 of a-z and 0-9, in all addresses; random if absent, and fixed";

#[derive(Subcommand)]
pub(super) enum Command {
    /// Adds an integration from a JSON file and prints the addresses to copy into DingTalk's and Flashduty's consoles.
    #[command(after_help = FIELDS)]
    Add {
        /// The file, `-` for standard input.
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        /// Also prints mistakes as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Lists all integrations.
    List {
        /// As JSON instead of lines.
        #[arg(long)]
        json: bool,
    },
    /// Prints an integration's fields and addresses; secrets only as set or not set.
    Show {
        #[arg(long)]
        key: String,
        /// The output is JSON in any case.
        #[arg(long)]
        json: bool,
    },
    /// Changes fields; an empty value clears an optional one.
    #[command(after_help = FIELDS)]
    Set {
        #[arg(long)]
        key: String,
        /// What to change. For secrets use --file: every process of the machine can read command lines.
        #[arg(value_name = "FIELD=VALUE", required_unless_present = "file", value_parser = pair)]
        fields: Vec<(String, String)>,
        /// A JSON file with the fields to change, `-` for standard input.
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// Also prints mistakes as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Removes an integration with everything that belongs to it.
    Remove {
        #[arg(long)]
        key: String,
        /// As JSON instead of a sentence.
        #[arg(long)]
        json: bool,
    },
}

/// Does what was asked.
pub(super) async fn run(application: &Application, command: Command) -> Result<(), Failure> {
    let state = &application.state;
    match command {
        Command::Add { file, json } => {
            let text = read(&file)?;
            let form = Form::from_json(&text).map_err(SetUpError::Fields);
            let added = match form {
                Ok(form) => set_up::add(state, form, ACTOR).await,
                Err(error) => Err(error),
            };
            let integration = added.map_err(|error| refused(error, json))?;
            print_json(&added_view(application, &integration))
        }
        Command::List { json } => list(application, json).await,
        Command::Show { key, .. } => {
            let integration = set_up::get(state, &key).await?;
            let mut shown = view(application, &integration);
            shown.failures = Some(set_up::failures(state, &key).await?);
            print_json(&shown)
        }
        Command::Set { key, fields, file, json } => {
            let changed = match changes(fields, file.as_deref())? {
                Ok(changes) => set_up::set(state, &key, changes, ACTOR).await,
                Err(errors) => Err(SetUpError::Fields(errors)),
            };
            let integration = changed.map_err(|error| refused(error, json))?;
            let mut shown = view(application, &integration);
            shown.failures = Some(set_up::failures(state, &key).await?);
            print_json(&shown)
        }
        Command::Remove { key, json } => {
            set_up::remove(state, &key, ACTOR).await?;
            match json {
                true => print_json(&json!({"key": key, "removed": true})),
                false => {
                    println!("removed {key}");
                    Ok(())
                }
            }
        }
    }
}

async fn list(application: &Application, json: bool) -> Result<(), Failure> {
    let integrations = set_up::list(&application.state).await?;
    if json {
        let items: Vec<_> = integrations.iter().map(|integration| view(application, integration)).collect();
        return print_json(&json!({"items": items}));
    }
    if integrations.is_empty() {
        eprintln!("no integration yet; add one with: dingduty integration add --file FILE");
    }
    for Integration { key, settings, .. } in &integrations {
        println!("{key}\t{}\t{}", settings.corp_id, settings.name);
    }
    Ok(())
}

/// What `add` prints.
#[derive(Serialize)]
struct Added {
    key: String,
    urls: Addresses,
}

/// What `show` prints: the same with the fields.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    added: Added,
    #[serde(flatten)]
    fields: Map<String, Value>,
    /// What of the standing work failed last; only of one that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    failures: Option<Failures>,
}

fn added_view(application: &Application, integration: &Integration) -> Added {
    let urls = set_up::addresses(&application.state.config, integration);
    Added { key: integration.key.clone(), urls }
}

fn view(application: &Application, integration: &Integration) -> Shown {
    Shown { added: added_view(application, integration), fields: set_up::fields(integration), failures: None }
}

/// With `--json` another program reads standard output: it gets the mistakes field by field.
fn refused(error: SetUpError, json: bool) -> Failure {
    if let (SetUpError::Fields(errors), true) = (&error, json)
        && let Err(failure) = print_json(&json!({"errors": errors}))
    {
        return failure;
    }
    error.into()
}

/// Wanted values by field, those of the command line after those of the file.
type Changes = Vec<(String, Option<String>)>;

fn changes(fields: Vec<(String, String)>, file: Option<&Path>) -> Result<Result<Changes, Vec<FieldError>>, Failure> {
    let given = file.map(read).transpose()?;
    let from_file = given.map_or(Ok(Vec::new()), |text| set_up::pairs(&text));
    Ok(from_file
        .map(|pairs| pairs.into_iter().chain(fields.into_iter().map(|(name, value)| (name, Some(value)))).collect()))
}

fn read(path: &Path) -> Result<String, Failure> {
    let failed = |error: std::io::Error| Failure::Failed(format!("{} cannot be read: {error}", path.display()));
    let mut text = String::new();
    let source: Box<dyn Read> = match path == Path::new("-") {
        true => Box::new(std::io::stdin()),
        false => Box::new(std::fs::File::open(path).map_err(failed)?),
    };
    source.take(FILE_BYTES_MAX + 1).read_to_string(&mut text).map_err(failed)?;
    match text.len() as u64 > FILE_BYTES_MAX {
        true => Err(Failure::Failed(format!("{} is too large for an integration", path.display()))),
        false => Ok(text),
    }
}

fn pair(text: &str) -> Result<(String, String), &'static str> {
    let (field, value) = text.split_once('=').ok_or("write FIELD=VALUE")?;
    Ok((field.to_owned(), value.to_owned()))
}
