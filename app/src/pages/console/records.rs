//! Pieces that the console's lists share.

use crate::pages::query;
use contract::Language;
use contract::words::records as words;
use leptos::prelude::*;

/// A whole number in the page's address.
pub fn number(name: &str) -> Option<i64> {
    query(name)?.parse().ok().filter(|number| *number >= 0)
}

/// How it stands with something that was to be sent.
pub fn state_mark(state: &str, language: Language) -> AnyView {
    let (class, word) = match state {
        "waiting" => ("mark is-processing", words::state_waiting(language)),
        "failed" => ("mark is-triggered", words::state_failed(language)),
        _ => ("mark is-closed", words::state_done(language)),
    };
    view! { <span class=class><span class="state">{word}</span></span> }.into_any()
}

/// A figure with its thousands apart.
pub fn figure(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut apart = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        apart.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart
}

/// Parameters of the address that make no sense, by their words.
pub fn misread(
    names: &[&'static str],
    label: impl Fn(&'static str) -> &'static str,
    language: Language,
) -> Option<AnyView> {
    let named: Vec<&str> = names.iter().map(|name| label(name)).collect();
    let text = format!("{}: {}", words::misread(language), named.join(", "));
    (!named.is_empty()).then(|| view! { <p class="notice" role="alert" data-misread="">{text}</p> }.into_any())
}

/// A choice of one of some, or of any where there is a word for it.
pub fn select(
    label: &'static str,
    name: &'static str,
    any: &'static str,
    offered: &[(&'static str, &'static str)],
    chosen: &str,
) -> AnyView {
    let options: Vec<_> = offered
        .iter()
        .map(|(value, word)| view! { <option value=*value selected=*value == chosen>{*word}</option> })
        .collect();
    let any = (!any.is_empty()).then(|| view! { <option value="">{any}</option> });
    view! {
        <label class="field">
            <span>{label}</span>
            <select name=name>{any}{options}</select>
        </label>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::figure;

    #[test]
    fn thousands_stand_apart() {
        for (number, expected) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (-12_345_678, "-12,345,678"),
            (i64::MIN, "-9,223,372,036,854,775,808"),
        ] {
            assert_eq!(figure(number), expected);
        }
    }
}
