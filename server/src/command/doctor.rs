//! `dingduty doctor`.

use super::{Failure, print_json};
use crate::application::Application;
use crate::flow::check::{self, CheckState, Run, Spending};
use crate::flow::set_up;
use crate::http::{CheckReader, show_checks};
use crate::model::integration::Integration;
use contract::Language;
use contract::words::check as words;
use serde_json::{Value, json};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// This integration only.
    #[arg(long, value_name = "KEY")]
    integration: Option<String>,
    /// Everything as JSON.
    #[arg(long)]
    json: bool,
    /// Makes no call that DingTalk counts; what only such a call could prove stays as it was.
    #[arg(long)]
    free: bool,
}

/// Checks and prints; fails while anything required is not proved.
pub(super) async fn run(application: &Application, arguments: Arguments) -> Result<(), Failure> {
    let state = &application.state;
    let Arguments { integration, json, free } = arguments;
    let keys = match integration {
        Some(key) => vec![set_up::get(state, &key).await?.key],
        None => set_up::list(state).await?.into_iter().map(|integration| integration.key).collect(),
    };
    if keys.is_empty() {
        return Err(Failure::Failed(
            "no integration yet; add one with: dingduty integration add --file FILE".to_owned(),
        ));
    }
    let spending = if free { Spending::Nothing } else { Spending::Calls };
    let (mut proved, mut shown) = (true, Vec::new());
    for key in &keys {
        let found = check::run(state, key, spending, "command line").await;
        let (integration, run) = found.map_err(|refusal| Failure::Failed(refusal.to_string()))?;
        proved &= run.is_proved(check::wishes(&integration));
        let reader = CheckReader { language: Language::En, with_secrets: true };
        let told = show_checks(state, &integration, Some(&run), reader);
        if !json {
            print(&integration, &run, &told);
        }
        shown.push(told);
    }
    state.pilot.flush().await;
    if json {
        print_json(&json!({"proved": proved, "integrations": shown}))?;
    }
    match proved {
        true => Ok(()),
        false => Err(Failure::Failed("not everything that is required is proved".to_owned())),
    }
}

fn print(integration: &Integration, run: &Run, told: &Value) {
    println!("{} ({}), {} counted calls", integration.settings.name, integration.key, run.cost());
    let mut step = "";
    for item in told["items"].as_array().into_iter().flatten() {
        let text = |name: &str| item[name].as_str().unwrap_or_default();
        if item["step"] != step {
            step = item["step"].as_str().unwrap_or_default();
            println!("\n  {}", words::step(step, Language::En));
        }
        let needed = if item["required"] == true { "" } else { " (advised)" };
        let said = item["evidence"]["said"].as_str().unwrap_or_default();
        println!("    {} {}{needed}: {}", mark(text("state")), text("title"), text("cause"));
        if !said.is_empty() {
            println!("        said   {said}");
        }
        if text("cure").is_empty() {
            continue;
        }
        println!("        cure   {}", text("cure"));
        println!("        where  {}", text("place"));
        if let Some(apply_url) = item["apply_url"].as_str() {
            println!("        apply  {apply_url}");
        }
        for value in item["values"].as_array().into_iter().flatten() {
            let (label, value) = (value["label"].as_str().unwrap_or_default(), value["value"].as_str());
            println!("        paste  {label}: {}", value.unwrap_or_default());
        }
    }
    println!();
}

fn mark(state: &str) -> &'static str {
    match state {
        state if state == CheckState::Proved.name() => "ok  ",
        state if state == CheckState::Failed.name() => "FAIL",
        state if state == CheckState::NotNeeded.name() => "-   ",
        _ => "?   ",
    }
}
