//! A style sheet taken apart: rules with their declarations, strings blanked out.

/// A selector or a step of an animation with its declarations, or an at-rule's head with none.
#[derive(Debug)]
pub struct Rule {
    pub head: String,
    /// Inside of `@keyframes`: the head is no selector.
    pub is_step: bool,
    pub declarations: Vec<(String, String)>,
}

/// All rules of a sheet, those of groups too.
///
/// # Errors
/// One sentence: it has no end, or a rule stands inside of another.
pub fn rules(text: &str) -> Result<Vec<Rule>, String> {
    let mut rules = Vec::new();
    group(&blanked(text), false, &mut rules)?;
    Ok(rules)
}

fn group(mut text: &str, are_steps: bool, rules: &mut Vec<Rule>) -> Result<(), String> {
    while let Some(open) = text.find('{') {
        let head = text[..open].trim().to_owned();
        let length = block(&text[open..]).ok_or_else(|| format!("{head} has no end"))?;
        let inner = &text[open + 1..open + length - 1];
        let is_group = head.starts_with('@');
        if !is_group && inner.contains('{') {
            return Err(format!("{head} has a rule inside of it: nesting came with 112"));
        }
        let declarations = if is_group { Vec::new() } else { declarations(inner) };
        let is_animation = head.starts_with("@keyframes");
        rules.push(Rule { head, is_step: are_steps, declarations });
        if is_group {
            group(inner, is_animation, rules)?;
        }
        text = &text[open + length..];
    }
    if text.trim().is_empty() { Ok(()) } else { Err(format!("{} stands in no rule", text.trim())) }
}

fn declarations(text: &str) -> Vec<(String, String)> {
    let parts = text.split(';').filter(|part| !part.trim().is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once(':').unwrap_or((part, ""));
            (name.trim().to_owned(), value.trim().to_owned())
        })
        .collect()
}

/// Bytes of the block that `text` begins with.
fn block(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, one) in text.char_indices() {
        match one {
            '{' => depth += 1,
            '}' if depth == 1 => return Some(at + 1),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Without comments, and with strings that say nothing.
fn blanked(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(one) = rest.chars().next() {
        let length = match one {
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' | '\'' => {
                kept.push_str("\"\"");
                rest[1..].find(one).map_or(rest.len(), |end| end + 2)
            }
            _ => {
                kept.push(one);
                one.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    kept
}
