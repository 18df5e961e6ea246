//! Whether everybody can use a page: what the browser tells a screen reader, and what a script can see (WCAG 2.1 AA as
//! far as it can be computed, and DingTalk's 44 px under a thumb).

use crate::Page;
use serde_json::{Value, json};

const AUDIT: &str = include_str!("audit.js");
/// What can be worked with has a name that is read out.
const WORKED_WITH: [&str; 11] = [
    "button",
    "link",
    "textbox",
    "searchbox",
    "spinbutton",
    "checkbox",
    "radio",
    "combobox",
    "listbox",
    "switch",
    "tab",
];

/// What axe-core calls a violation, a line for each.
const JUDGE: &str = "axe.run({ resultTypes: ['violations'] }).then(found => found.violations.flatMap(one => \
    one.nodes.map(node => one.id + ' (' + one.impact + ') ' + node.target.join(' ') + ': ' + \
    node.failureSummary.replace(/\\s+/g, ' '))).join('\\n'))";

/// What keeps people from using the page as it stands, in the light and in the dark. With `DINGDUTY_AXE`, the file of
/// axe-core (`npm pack axe-core`, then `package/axe.min.js`), it is asked as well: 650 kB that are not kept here.
pub async fn audit(page: &Page) -> Vec<String> {
    let judge =
        crate::variable("DINGDUTY_AXE").map(|file| std::fs::read_to_string(file).expect("axe-core can be read"));
    let mut found = Vec::new();
    for theme in ["light", "dark"] {
        page.set_theme(theme).await;
        let said: Vec<String> = serde_json::from_str(&page.value(&format!("JSON.stringify({AUDIT})")).await).unwrap();
        found.extend(said.into_iter().map(|one| format!("{theme}: {one}")));
        if let Some(judge) = &judge {
            page.value(&format!("{judge};0")).await;
            found.extend(page.awaited(JUDGE).await.lines().map(|one| format!("{theme}: axe: {one}")));
        }
    }
    page.set_theme("light").await;
    found.extend(unnamed(page).await);
    found
}

async fn unnamed(page: &Page) -> Vec<String> {
    let tree = page.call("Accessibility.getFullAXTree", json!({})).await.unwrap_or_else(|why| panic!("{why}"));
    let nodes = tree["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |node: &Value, field: &str| node[field]["value"].as_str().unwrap_or_default().trim().to_owned();
    let named = nodes.iter().filter(|node| node["ignored"] != true);
    let unnamed =
        named.filter(|node| WORKED_WITH.contains(&text(node, "role").as_str()) && text(node, "name").is_empty());
    unnamed.map(|node| format!("a {} is read out without a name", text(node, "role"))).collect()
}
