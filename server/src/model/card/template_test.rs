//! The card's template, its documentation and what the code sends name the same variables.

use super::tests::drawing;
use super::{values, viewer};
use crate::model::delivery::Target;
use crate::model::digest::{Digest, Figures};
use crate::model::digest_card;
use crate::model::incident::Incident;
use serde_json::Value;
use std::collections::BTreeSet;
use world::Millis;

const DESCRIPTION: &str = include_str!("../../../card-template/card.json");
const README: &str = include_str!("../../../card-template/README.md");

/// Variables the code sends: to everybody, and to single people.
fn sent() -> (BTreeSet<String>, BTreeSet<String>) {
    let digest = Digest::begin("x", "k", Target::Chat("c".into()), "ops", Millis(0));
    let of_storm = digest_card::values(&digest, &Figures::default(), drawing());
    let public = values(&Incident::empty("i"), drawing()).into_keys().chain(of_storm.into_keys()).collect();
    (public, viewer::nobodys().into_keys().collect())
}

/// Every `{name}` in the texts of the description, and every variable it names.
fn described(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| described(item, names)),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(text) if matches!(name.as_str(), "visible" | "hidden" | "variable") => {
                        names.insert(text.to_owned());
                    }
                    _ => described(value, names),
                }
            }
        }
        Value::String(text) => {
            let named = text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned()));
            names.extend(named);
        }
        _ => {}
    }
}

/// The first column of the tables below a heading.
fn documented(heading: &str) -> BTreeSet<String> {
    let (_, rest) = README.split_once(heading).expect("the heading");
    let section = rest.split("\n#").next().unwrap_or_default();
    let first = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    first.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn template_documentation_and_code_name_the_same_variables() {
    let (public, private) = sent();
    let mut drawn = BTreeSet::new();
    described(&serde_json::from_str(DESCRIPTION).unwrap(), &mut drawn);
    assert_eq!(drawn, public.union(&private).cloned().collect());
    assert_eq!(documented("### Public"), public);
    assert_eq!(documented("### Private"), private.difference(&public).cloned().collect());
}
