//! A card template as far as the desk needs one: what is shown where, what each button sends and when it is there. The
//! template is data; nothing here knows whose cards these are.
//!
//! In texts, links and parameters `{name}` stands for a variable. What comes out empty is not shown. A button with
//! `visible` is there while that variable is `true`, one with `hidden` while that is not.

use serde::Deserialize;
use std::collections::BTreeMap;

/// Values of a card's variables, as one person sees them.
pub type Values = BTreeMap<String, String>;

/// A template.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// cardTemplateId.
    pub id: String,
    /// Opened by a click on the card itself.
    #[serde(default)]
    pub link: String,
    /// Colours of the head; the first that fits is taken.
    tones: Vec<ToneRule>,
    /// In the head.
    pub title: String,
    /// In the head, at the right.
    pub badge: String,
    /// Below the head.
    pub rows: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ToneRule {
    variable: String,
    is: String,
    tone: Tone,
}

/// A colour of the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    Red,
    Orange,
    Blue,
    Green,
    Grey,
}

impl Tone {
    /// Its class.
    pub fn class(self) -> &'static str {
        match self {
            Self::Red => "tone-red",
            Self::Orange => "tone-orange",
            Self::Blue => "tone-blue",
            Self::Green => "tone-green",
            Self::Grey => "tone-grey",
        }
    }
}

/// A part of a card.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Row {
    /// Labels with texts, side by side.
    Fields { fields: Vec<Field> },
    /// Text over several lines.
    Text { style: TextStyle, text: String },
    /// A line that opens something.
    Link { text: String, link: String },
    /// A note that stands out, with a button.
    Alert { text: String, button: Button },
    /// Buttons.
    Buttons { buttons: Vec<Button> },
}

/// A label with a text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    pub label: String,
    pub text: String,
}

/// How a text looks.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextStyle {
    Body,
    Strong,
    Quiet,
    /// Each line a tag.
    Tags,
}

/// A button: it calls back with `params`, opens `link`, or opens `menu`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Button {
    pub text: String,
    /// The one that stands out.
    #[serde(default)]
    pub main: bool,
    /// The one that only tells.
    #[serde(default)]
    pub quiet: bool,
    /// The variable that must be `true`.
    visible: Option<String>,
    /// The variable that must not be `true`.
    hidden: Option<String>,
    /// Sent when pressed; `action` is also the action id.
    pub params: Option<BTreeMap<String, String>>,
    pub link: Option<String>,
    #[serde(default)]
    pub menu: Vec<Button>,
}

impl Button {
    /// Whether it is there.
    pub fn is_visible(&self, values: &Values) -> bool {
        let is_true = |name: &String| values.get(name).is_some_and(|value| value == "true");
        self.visible.as_ref().is_none_or(is_true)
            && !self.hidden.as_ref().is_some_and(is_true)
            && !filled(&self.text, values).is_empty()
    }
}

impl Template {
    /// The one template that the desk has: the description the product's template is made from.
    ///
    /// # Errors
    /// When the file is no template.
    pub fn shipped() -> Result<Self, serde_json::Error> {
        serde_json::from_str(include_str!("../../../../card-template/card.json"))
    }

    /// The colour of the head.
    pub fn tone(&self, values: &Values) -> Tone {
        let fits = |rule: &&ToneRule| values.get(&rule.variable) == Some(&rule.is);
        self.tones.iter().find(fits).map_or(Tone::Grey, |rule| rule.tone)
    }

    /// The label of the first button that stands out: of a note (`in_alert`), else of the card itself.
    pub fn main_label(&self, in_alert: bool, values: &Values) -> Option<String> {
        let label = |button: &Button| (button.main && button.is_visible(values)).then(|| filled(&button.text, values));
        self.rows.iter().find_map(|row| match row {
            Row::Alert { button, .. } if in_alert => label(button),
            Row::Buttons { buttons } if !in_alert => buttons.iter().find_map(label),
            _ => None,
        })
    }

    /// What the button of this number sends, if it is there for whoever sees these values. Numbers count the buttons
    /// that call back, in reading order, visible or not.
    pub fn pressed(&self, number: usize, values: &Values) -> Option<BTreeMap<String, String>> {
        let buttons = self.rows.iter().flat_map(|row| match row {
            Row::Buttons { buttons } => buttons.as_slice(),
            Row::Alert { button, .. } => std::slice::from_ref(button),
            Row::Fields { .. } | Row::Text { .. } | Row::Link { .. } => &[],
        });
        let with_parents = buttons.flat_map(|button| {
            std::iter::once((button, true)).chain(button.menu.iter().map(|entry| (entry, button.is_visible(values))))
        });
        let mut calling = with_parents.filter(|(button, _)| button.params.is_some());
        let (button, parent_visible) = calling.nth(number)?;
        let params = button.params.as_ref().filter(|_| parent_visible && button.is_visible(values))?;
        Some(params.iter().map(|(name, value)| (name.clone(), filled(value, values))).collect())
    }
}

/// `text` with its `{name}`s replaced, once: what a value contains is not replaced again.
pub fn filled(text: &str, values: &Values) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else { break };
        filled.push_str(values.get(name).map(String::as_str).unwrap_or_default());
        rest = after;
    }
    filled.push_str(rest);
    filled.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Values {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_shipped_template_is_one() {
        assert_eq!(Template::shipped().unwrap().id, crate::seed::CARD_TEMPLATE_ID);
    }

    #[test]
    fn variables_are_replaced_once() {
        let values = values(&[("a", "{b}"), ("b", "no")]);
        assert_eq!(filled("{a} and {missing}.", &values), "{b} and .");
        assert_eq!(filled("{missing}", &values), "");
    }

    #[test]
    fn only_buttons_that_are_there_can_be_pressed() {
        let template = Template::shipped().unwrap();
        let open = values(&[
            ("can_acknowledge", "true"),
            ("can_snooze", "true"),
            ("can_wake", "TRUE"),
            ("text_acknowledge", "Acknowledge"),
            ("text_snooze", "Snooze"),
            ("text_wake", "Wake"),
            ("snooze_1_text", "30 min"),
            ("snooze_1_minutes", "30"),
            ("snooze_5_text", "24 h"),
            ("snooze_5_minutes", "1440"),
        ]);
        let sent = |number| template.pressed(number, &open).map(|params| params["action"].clone());
        assert_eq!(sent(0).as_deref(), Some("acknowledge"));
        assert_eq!(sent(3), None, "close is not visible");
        assert_eq!(template.pressed(4, &open).unwrap()["minutes"], "30");
        assert_eq!(template.pressed(5, &open), None, "a preset that is not used");
        assert_eq!(template.pressed(8, &open).unwrap()["minutes"], "1440");
        assert_eq!(sent(9), None, "only `true` is true");
        assert_eq!(sent(11), None, "details opens a link");
        assert_eq!(template.pressed(4, &values(&[("snooze_1_text", "30 min")])), None, "nor what is in a hidden menu");
    }

    #[test]
    fn the_first_place_is_taken_by_one_button_in_every_state() {
        let template = Template::shipped().unwrap();
        let words = [("text_acknowledge", "a"), ("text_unacknowledge", "u"), ("text_acknowledged", "d")];
        for (state, expected) in [
            (&[("can_acknowledge", "true")][..], [true, false, false]),
            (&[("is_acknowledged", "true")], [false, false, true]),
            (&[("is_acknowledged", "true"), ("can_unacknowledge", "true")], [false, true, false]),
        ] {
            let mut seen = values(&words);
            seen.extend(values(state));
            assert_eq!([0, 1, 2].map(|number| template.pressed(number, &seen).is_some()), expected, "{state:?}");
        }
    }

    #[test]
    fn the_button_that_stands_out_has_its_label_while_it_is_there() {
        let template = Template::shipped().unwrap();
        let seen = values(&[("can_acknowledge", "true"), ("text_acknowledge", "认领"), ("notice_button", "Link")]);
        assert_eq!(template.main_label(false, &seen).as_deref(), Some("认领"));
        assert_eq!(template.main_label(true, &seen).as_deref(), Some("Link"));
        assert_eq!(template.main_label(false, &values(&[("text_acknowledge", "认领")])), None);
    }

    #[test]
    fn the_first_tone_that_fits_is_taken() {
        let template = Template::shipped().unwrap();
        assert_eq!(template.tone(&values(&[("severity", "Critical")])), Tone::Red);
        assert_eq!(template.tone(&values(&[("severity", "Critical"), ("progress", "Closed")])), Tone::Green);
        assert_eq!(template.tone(&Values::new()), Tone::Grey);
    }
}
