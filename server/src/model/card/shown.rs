//! A card as everybody sees it, drawn from the values DingTalk was given and the description of the template.

use super::Card;
use super::template::DESCRIPTION;
use contract::console::deliveries::CardShown;
use serde_json::Value;
use std::collections::BTreeMap;

type Values = BTreeMap<String, String>;

/// The card in its values. What has no value is not shown, as on the card itself.
pub fn shown(card: &Card) -> CardShown {
    let description: Value = serde_json::from_str(DESCRIPTION).unwrap_or_default();
    let values = &card.shown;
    let mut shown = CardShown {
        title: filled(&description["title"], values),
        badge: filled(&description["badge"], values),
        tone: tone(&description["tones"], values),
        is_there: card.delivered,
        ..CardShown::default()
    };
    for row in description["rows"].as_array().into_iter().flatten() {
        match row["kind"].as_str() {
            Some("fields") => {
                let fields = row["fields"].as_array().into_iter().flatten();
                let fields = fields.map(|one| (filled(&one["label"], values), filled(&one["text"], values)));
                shown.fields.extend(fields.filter(|(_, text)| !text.is_empty()));
            }
            Some("text" | "link") => {
                let text = filled(&row["text"], values);
                let style = row["style"].as_str().unwrap_or("quiet").to_owned();
                shown.texts.extend((!text.is_empty()).then_some((style, text)));
            }
            Some("buttons") => {
                let buttons = row["buttons"].as_array().into_iter().flatten().filter(|one| is_visible(one, values));
                shown.buttons.extend(buttons.map(|one| filled(&one["text"], values)).filter(|text| !text.is_empty()));
            }
            _ => {}
        }
    }
    shown
}

/// A text of the description with its variables' values.
fn filled(text: &Value, values: &Values) -> String {
    let mut filled = String::new();
    let mut rest = text.as_str().unwrap_or_default();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        filled.push_str(before);
        filled.push_str(values.get(name).map(String::as_str).unwrap_or_default());
        rest = after;
    }
    filled.push_str(rest);
    filled
}

fn is_visible(button: &Value, values: &Values) -> bool {
    let is_true =
        |name: &Value| name.as_str().is_some_and(|name| values.get(name).is_some_and(|value| value == "true"));
    (button["visible"].is_null() || is_true(&button["visible"])) && !is_true(&button["hidden"])
}

/// The first tone that fits.
fn tone(tones: &Value, values: &Values) -> String {
    let fits = |one: &&Value| {
        let value = one["variable"].as_str().and_then(|name| values.get(name));
        value.is_some() && value.map(String::as_str) == one["is"].as_str()
    };
    let first = tones.as_array().into_iter().flatten().find(fits);
    first.and_then(|one| one["tone"].as_str()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::template::example;
    use super::*;
    use crate::model::delivery::Target;
    use contract::Language;
    use world::Millis;

    fn card(values: Values) -> Card {
        Card {
            out_track_id: "c".into(),
            integration: "alpha".into(),
            incident_id: "i".into(),
            target: Target::Chat("ops".into()),
            delivered: true,
            shown: values,
            noticed: Vec::new(),
            given: BTreeMap::new(),
            created: Millis(0),
            updated: Millis(0),
            version: 1,
        }
    }

    #[test]
    fn a_card_is_drawn_as_the_template_says() {
        let (values, _) = example(Language::En, "https://duty.example.com");
        let drawn = shown(&card(values.clone()));
        assert_eq!((drawn.title.as_str(), drawn.badge.as_str()), ("#56E25B CPU idle < 5 %", values["state"].as_str()));
        assert_eq!((drawn.tone.as_str(), drawn.is_there), ("red", true));
        assert_eq!(drawn.fields[1], ("Channel".to_owned(), "Payments".to_owned()));
        assert!(drawn.texts.iter().any(|(style, text)| style == "body" && text.contains("Runbook")), "{drawn:?}");
        assert!(drawn.buttons.contains(&"Close".to_owned()), "{drawn:?}");
        assert!(drawn.buttons.iter().all(|text| !text.contains('{')), "{drawn:?}");
        let closed = [("progress", "Closed"), ("can_close", "false"), ("text_close", "Close")];
        let closed = closed.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let closed = shown(&card(closed.into()));
        assert_eq!((closed.tone.as_str(), closed.buttons), ("green", vec![]));
    }

    #[test]
    fn nothing_in_a_value_becomes_a_variable() {
        let values =
            [("title", "{state} {"), ("state", "open")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let drawn = shown(&card(values.into()));
        assert_eq!((drawn.title.as_str(), drawn.fields.len(), drawn.texts.len()), ("{state} {", 0, 0));
    }
}
