//! `dingduty card-template`: what the card's template on DingTalk's card platform needs, without reading the source.

use super::{Failure, print_json};
use crate::flow::address;
use crate::model::card::template::{self, Button, Variable};
use clap::{Args, ValueEnum};
use contract::Language;
use serde_json::json;

#[derive(Args)]
pub(super) struct Arguments {
    /// Language of the examples.
    #[arg(long, default_value = "en")]
    language: ExampleLanguage,
    /// As JSON, with the example under `cardData` and `privateData` as DingTalk's card API takes them.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum ExampleLanguage {
    En,
    Zh,
}

/// Prints variables, buttons and an example.
pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let language = match arguments.language {
        ExampleLanguage::En => Language::En,
        ExampleLanguage::Zh => Language::Zh,
    };
    let link = address::example();
    let (variables, buttons) = (template::variables(language, &link), template::buttons());
    let (public, private) = template::example(language, &link);
    if arguments.json {
        return print_json(&json!({
            "variables": variables, "buttons": buttons,
            "cardData": {"cardParamMap": public}, "privateData": {"cardParamMap": private},
        }));
    }
    print!("{}", described(&variables, &buttons));
    println!("\nExample of what everybody sees, for the platform's preview:\n");
    print_json(&public)?;
    println!("\nWhat whoever acknowledged it sees instead:\n");
    print_json(&private)
}

fn described(variables: &[Variable], buttons: &[Button]) -> String {
    let widest = variables.iter().map(|one| one.name.len()).max().unwrap_or_default();
    let mut text = "Variables. All are of type text; private ones have an empty default.\n\n".to_owned();
    for Variable { name, kind, private, example } in variables {
        let private = if *private { "private" } else { "public" };
        let example = example.replace('\n', "\\n");
        text.push_str(format!("  {name:widest$}  {kind}  {private:7}  {example}").trim_end());
        text.push('\n');
    }
    text.push_str("\nButtons. The action id of one that sends something is its parameter `action`.\n\n");
    for Button { text: words, params, link, visible } in buttons {
        let does = match link.as_str() {
            "" => params.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" "),
            link => format!("opens {link}"),
        };
        let when = if visible.is_empty() { String::new() } else { format!(", while {visible} is true") };
        text.push_str(&format!("  {words}: {does}{when}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_named() {
        let variables = template::variables(Language::En, &address::example());
        let text = described(&variables, &template::buttons());
        for part in [
            "can_acknowledge_all   text  public",
            "notice_url            text  private",
            "action=acknowledge, while can_acknowledge is true",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(variables.iter().all(|one| text.contains(&format!("  {} ", one.name))), "{text}");
    }
}
