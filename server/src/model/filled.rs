//! Custom fields as people fill them in: what fits, and what does not.

use super::asked::FieldValue;
use contract::form::{FIELD_CHARS_MAX, FieldAsked, FieldKind};
use std::collections::BTreeMap;

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldFault {
    /// The account has no such field.
    Unknown,
    /// It was not offered.
    NotOffered,
    /// More than [`FIELD_CHARS_MAX`] characters.
    TooLong,
}

/// Reads what was filled in, by the fields' names; what was left empty is not there.
///
/// # Errors
/// The name of each field that is wrong, and what is.
pub fn read(
    asked: &[FieldAsked],
    posted: &BTreeMap<String, Vec<String>>,
) -> Result<BTreeMap<String, FieldValue>, Vec<(String, FieldFault)>> {
    let (mut values, mut faults) = (BTreeMap::new(), Vec::new());
    for (name, given) in posted {
        let given: Vec<String> = given.iter().filter(|text| !text.trim().is_empty()).cloned().collect();
        let Some(first) = given.first().cloned() else { continue };
        let Some(field) = asked.iter().find(|field| field.name == *name) else {
            faults.push((name.clone(), FieldFault::Unknown));
            continue;
        };
        match value(field, first, given) {
            Ok(value) => drop(values.insert(name.clone(), value)),
            Err(fault) => faults.push((name.clone(), fault)),
        }
    }
    if faults.is_empty() { Ok(values) } else { Err(faults) }
}

fn value(field: &FieldAsked, first: String, given: Vec<String>) -> Result<FieldValue, FieldFault> {
    match field.kind {
        FieldKind::Checkbox => Ok(FieldValue::Flag(first != "no" && first != "false")),
        FieldKind::Text if first.chars().count() > FIELD_CHARS_MAX => Err(FieldFault::TooLong),
        FieldKind::Text => Ok(FieldValue::Text(first)),
        FieldKind::SingleSelect if field.options.contains(&first) => Ok(FieldValue::Text(first)),
        FieldKind::MultiSelect if given.iter().all(|one| field.options.contains(one)) => Ok(FieldValue::Chosen(given)),
        FieldKind::SingleSelect | FieldKind::MultiSelect => Err(FieldFault::NotOffered),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, kind: FieldKind) -> FieldAsked {
        let options = vec!["a".to_owned(), "b, c".to_owned()];
        FieldAsked { name: name.into(), label: String::new(), hint: String::new(), kind, options }
    }

    #[test]
    fn each_kind_takes_what_fits() {
        let long = "字".repeat(FIELD_CHARS_MAX + 1);
        let text = |text: &str| FieldValue::Text(text.to_owned());
        use FieldKind as K;
        for (kind, given, expected) in [
            (K::Text, vec!["x"], Ok(Some(text("x")))),
            (K::Text, vec![" "], Ok(None)),
            (K::Text, vec![long.as_str()], Err(FieldFault::TooLong)),
            (K::Checkbox, vec!["yes"], Ok(Some(FieldValue::Flag(true)))),
            (K::Checkbox, vec!["no"], Ok(Some(FieldValue::Flag(false)))),
            (K::Checkbox, vec![], Ok(None)),
            (K::SingleSelect, vec!["b, c"], Ok(Some(text("b, c")))),
            (K::SingleSelect, vec!["z"], Err(FieldFault::NotOffered)),
            (K::MultiSelect, vec!["a", "b, c"], Ok(Some(FieldValue::Chosen(vec!["a".into(), "b, c".into()])))),
            (K::MultiSelect, vec!["a", "z"], Err(FieldFault::NotOffered)),
        ] {
            let posted = BTreeMap::from([("f".to_owned(), given.iter().map(|one| (*one).to_owned()).collect())]);
            let read = read(&[field("f", kind)], &posted).map(|mut values| values.remove("f"));
            assert_eq!(read.map_err(|faults| faults[0].1), expected, "{kind:?} {given:.20?}");
        }
        let posted = BTreeMap::from([("g".to_owned(), vec!["x".to_owned()])]);
        assert_eq!(read(&[], &posted), Err(vec![("g".to_owned(), FieldFault::Unknown)]));
    }
}
