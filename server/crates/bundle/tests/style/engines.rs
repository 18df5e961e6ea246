//! Which version of Chromium brought what. A name that is missing here is looked up and added with its version.

use super::sheet::Rule;

/// The oldest engine: Android DingTalk up to 7.0.
const OLDEST: u32 = 69;

/// Properties that every engine since then knows.
const OLD_PROPERTIES: &str = "-webkit-box-orient -webkit-line-clamp -webkit-tap-highlight-color -webkit-text-size-adjust \
    -webkit-overflow-scrolling -webkit-appearance align-items align-self align-content animation animation-delay animation-duration \
    background background-color background-image background-size background-position background-repeat border border-bottom \
    border-bottom-color border-bottom-width border-collapse border-color border-left border-left-color border-radius \
    border-right border-right-color border-style border-spacing border-top border-top-color border-width bottom box-shadow \
    box-sizing clear clip color content cursor direction display fill flex flex-basis flex-direction flex-grow flex-shrink \
    flex-wrap float font font-family font-feature-settings font-size font-style font-variant-numeric font-weight grid-area \
    grid-auto-flow grid-auto-rows grid-column grid-column-gap grid-row grid-row-gap grid-template-areas \
    grid-template-columns grid-template-rows height hyphens justify-content justify-items justify-self left letter-spacing \
    line-break line-height list-style list-style-type margin margin-bottom margin-left margin-right margin-top max-height \
    max-width min-height min-width object-fit object-position opacity order outline outline-color outline-offset \
    outline-width overflow overflow-wrap overflow-x overflow-y overscroll-behavior overscroll-behavior-y padding \
    padding-bottom padding-left padding-right padding-top pointer-events position resize right stroke stroke-width tab-size \
    table-layout text-align text-decoration text-indent text-overflow text-shadow text-size-adjust text-transform top \
    touch-action transform transform-origin transition unicode-bidi user-select vertical-align visibility white-space width \
    will-change word-break word-wrap z-index scroll-margin-top scroll-margin-bottom";
const OLD_FUNCTIONS: &str = "attr calc counter cubic-bezier env format linear-gradient minmax radial-gradient rect repeat rgb rgba \
    hsl hsla rotate scale steps translate translateX translateY url var";
const OLD_UNITS: &str = "ch deg em fr ms px rem s vh vmax vmin vw x";
const OLD_PSEUDOS: &str = "active after before checked disabled empty enabled first-child first-of-type first-letter focus \
    focus-within hover last-child last-of-type not nth-child nth-of-type only-child placeholder required root selection \
    target visited -webkit-details-marker -webkit-inner-spin-button -webkit-outer-spin-button";
const OLD_MEDIA: &str = "and hover max-height max-width min-height min-width not only orientation pointer print screen";
const OLD_GROUPS: &str = "@font-face @keyframes @media @supports";

/// Newer, and nothing is lost where it is passed over: what it is, and why that is so.
const HARMLESS: [(&str, &str); 6] = [
    ("color-scheme", "81: scroll bars and unstyled controls in the page's tone"),
    (":focus-visible", "86: without it the ring of the focus shows after a press as well"),
    ("anywhere", "80: `word-break: break-word` beside it breaks as well"),
    ("prefers-color-scheme", "76: DingTalk says its theme in the user agent, people choose in the menu"),
    ("prefers-reduced-motion", "74: little moves here"),
    ("forced-colors", "89: no such mode before"),
];

/// Words of values that are newer.
const NEW_WORDS: [&str; 10] =
    ["anywhere", "balance", "clip", "math", "pretty", "revert", "revert-layer", "subgrid", "stretch", "ui-monospace"];

/// What of a rule does not work.
pub fn complaints(rule: &Rule) -> Vec<String> {
    let mut found = Vec::new();
    if rule.head.starts_with('@') {
        found.extend(of_group(&rule.head));
    } else if !rule.is_step {
        found.extend(of_selector(&rule.head));
    }
    let is_grid = rule.declarations.iter().any(|(name, value)| name == "display" && value.ends_with("grid"));
    for (at, (name, value)) in rule.declarations.iter().enumerate() {
        let mut too_new = of_value(value);
        let grid_gap = is_grid && ["gap", "row-gap", "column-gap"].contains(&name.as_str());
        let known = name.starts_with("--") || has(OLD_PROPERTIES, name) || grid_gap || harmless(name);
        if !known {
            found.push(format!("{name} is not known in Chromium {OLDEST}"));
        }
        // An engine that does not understand a value keeps what it was told before.
        let earlier = rule.declarations[..at].iter().any(|(other, value)| other == name && of_value(value).is_empty());
        if !earlier {
            found.append(&mut too_new);
        }
    }
    found.iter().map(|one| format!("{}: {one}", rule.head)).collect()
}

fn of_group(head: &str) -> Vec<String> {
    let (name, rest) = head.split_once(' ').unwrap_or((head, ""));
    if !has(OLD_GROUPS, name) {
        return vec![format!("{name} is not known in Chromium {OLDEST}")];
    }
    if name != "@media" {
        return Vec::new();
    }
    let parts = rest.split([' ', '(', ')', ',']).filter(|part| !part.is_empty());
    let mut found = Vec::new();
    let mut is_value = false;
    for part in parts {
        let feature = part.trim_end_matches(':');
        if !is_value && !has(OLD_MEDIA, feature) && !harmless(feature) {
            found.push(format!("the media feature {feature} is not known in Chromium {OLDEST}"));
        }
        is_value = part.ends_with(':');
    }
    found
}

fn of_selector(head: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = head;
    while let Some(at) = rest.find(':') {
        rest = rest[at..].trim_start_matches(':');
        let end = rest.find(|one: char| !one.is_ascii_alphanumeric() && one != '-').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if !has(OLD_PSEUDOS, name) && !harmless(&format!(":{name}")) {
            found.push(format!(":{name} is not known in Chromium {OLDEST}"));
        }
        if name == "not" {
            let inner = after[1..].split(')').next().unwrap_or_default();
            let parts =
                inner.matches(['.', '[', '#', ':']).count() + usize::from(inner.starts_with(char::is_alphabetic));
            if parts != 1 || inner.contains([',', ' ']) {
                found.push(format!(":not({inner}) names more than one thing, which came with 88"));
            }
        }
        rest = after;
    }
    found
}

/// Functions, units and words of a value that are too new.
fn of_value(value: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = value;
    while let Some(at) = rest.find(|one: char| one.is_ascii_alphanumeric() || one == '#' || one == '-') {
        rest = &rest[at..];
        let is_part = |one: char| one.is_ascii_alphanumeric() || "#-_.".contains(one);
        let end = rest.find(|one: char| !is_part(one)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let number = word.trim_start_matches('-').starts_with(|one: char| one.is_ascii_digit() || one == '.');
        let unit = word.trim_start_matches(|one: char| one.is_ascii_digit() || one == '.' || one == '-');
        let complaint = if after.starts_with('(') {
            (!has(OLD_FUNCTIONS, word)).then(|| format!("{word}()"))
        } else if number {
            (!unit.is_empty() && !has(OLD_UNITS, unit)).then(|| format!("the unit {unit}"))
        } else {
            (NEW_WORDS.contains(&word) && !harmless(word)).then(|| word.to_owned())
        };
        found.extend(complaint.map(|name| format!("{name} is not known in Chromium {OLDEST}")));
        rest = after;
    }
    found
}

fn has(list: &str, name: &str) -> bool {
    list.split_whitespace().any(|one| one == name)
}

fn harmless(name: &str) -> bool {
    HARMLESS.iter().any(|(one, _)| *one == name)
}
