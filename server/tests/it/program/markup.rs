//! Pages as an engine without scripts has them: elements with their attributes, forms with their fields.

use crate::bench::{Answer, Browser};
use std::collections::BTreeMap;

/// A start tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
}

/// A form as it would be sent.
#[derive(Clone, Debug)]
pub struct Form {
    action: String,
    fields: Vec<(String, String)>,
}

impl Element {
    /// The value of an attribute; none where it is not written.
    pub fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).map(String::as_str)
    }

    fn has(&self, (attribute, value): (&str, &str)) -> bool {
        self.get(attribute) == Some(value)
    }
}

impl Form {
    /// The same with what somebody typed.
    pub fn fill(mut self, name: &str, value: &str) -> Self {
        let field = self.fields.iter_mut().find(|(known, _)| known == name);
        field.unwrap_or_else(|| panic!("no field {name}")).1 = value.to_owned();
        self
    }

    /// Sends it, as an engine does that says nothing of where it comes from, and follows to the page it leads to.
    pub async fn submit(&self, browser: &Browser, base: &str) -> Answer {
        let sent = browser.send(browser.http().post(format!("{base}{}", self.action)).form(&self.fields)).await;
        follow(browser, sent).await
    }
}

/// The page a redirect leads to, or the answer itself.
pub async fn follow(browser: &Browser, mut answer: Answer) -> Answer {
    for _ in 0..5 {
        let Some(location) = answer.location.clone() else { return answer };
        answer = browser.get(&location).await;
    }
    panic!("redirects without end: {answer:?}")
}

/// All start tags of a page, in order.
pub fn elements(page: &Answer) -> Vec<Element> {
    pieces(&page.body).into_iter().filter(|element| !element.name.starts_with('/')).collect()
}

/// Every element that carries an attribute.
pub fn with(page: &Answer, attribute: &str) -> Vec<Element> {
    elements(page).into_iter().filter(|element| element.get(attribute).is_some()).collect()
}

/// The values of an attribute over a page, in order.
pub fn values(page: &Answer, attribute: &str) -> Vec<String> {
    with(page, attribute).iter().filter_map(|element| element.get(attribute).map(str::to_owned)).collect()
}

/// The form that has an element with this attribute and value.
pub fn form(page: &Answer, marked: (&str, &str)) -> Form {
    let pieces = pieces(&page.body);
    let all = pieces.split(|piece| piece.name == "/form").filter_map(|piece| {
        let start = piece.iter().position(|element| element.name == "form")?;
        Some(&piece[start..])
    });
    let mut found = all.filter(|form| form.iter().any(|element| element.has(marked)));
    let form = found.next().unwrap_or_else(|| panic!("no form with {marked:?} on {}", page.body));
    let of_value = |element: &Element| {
        let pressed = element.name == "button" && element.has(marked);
        (matches!(element.name.as_str(), "input" | "textarea") || pressed)
            .then(|| Some((element.get("name")?.to_owned(), element.get("value").unwrap_or_default().to_owned())))?
    };
    let action = form[0].get("action").expect("an action").to_owned();
    Form { action, fields: form.iter().filter_map(of_value).collect() }
}

/// The name under which a marked field is sent.
pub fn field_name(page: &Answer, mark: &str) -> String {
    let field = elements(page).into_iter().find(|element| element.has(("data-field", mark)));
    field.and_then(|field| field.get("name").map(str::to_owned)).unwrap_or_else(|| panic!("no field {mark}"))
}

/// Tags of well-formed pages; contents of scripts and styles are jumped over.
fn pieces(html: &str) -> Vec<Element> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        rest = &rest[open + 1..];
        if rest.starts_with("!--") {
            rest = rest.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let (element, after) = tag(rest);
        rest = after;
        if element.name == "script" || element.name == "style" {
            rest = rest.split_once(&format!("</{}", element.name)).map_or("", |(_, after)| after);
        }
        found.push(element);
    }
    found
}

fn tag(text: &str) -> (Element, &str) {
    let end = text.find(|letter: char| letter.is_whitespace() || letter == '>').unwrap_or(text.len());
    let mut element = Element { name: text[..end].to_ascii_lowercase(), attributes: BTreeMap::new() };
    let mut rest = text[end..].trim_start();
    while !rest.is_empty() && !rest.starts_with('>') {
        let end = rest.find(|letter: char| letter.is_whitespace() || "=>".contains(letter)).unwrap_or(rest.len());
        let name = rest[..end].to_ascii_lowercase();
        let mut value = "";
        rest = &rest[end..];
        if let Some(given) = rest.strip_prefix("=\"") {
            (value, rest) = given.split_once('"').unwrap_or((given, ""));
        } else if let Some(given) = rest.strip_prefix('=') {
            let end = given.find(|letter: char| letter.is_whitespace() || letter == '>').unwrap_or(given.len());
            (value, rest) = given.split_at(end);
        }
        element.attributes.insert(name, decode(value));
        rest = rest.trim_start();
    }
    (element, rest.strip_prefix('>').unwrap_or_default())
}

fn decode(text: &str) -> String {
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    named.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[test]
fn markup_is_read_as_an_engine_reads_it() {
    let body = "<!-- <form> --><script>if(a<b)</script><FORM action=\"/a?b&amp;c\" method=post><input name=\"x\" \
                value=\"&lt;1&gt;\" required><textarea name=z></textarea><button data-act='y' data-act2=\"z\" name=\"w\" value=\"2\">go</button></form>";
    let page = Answer { status: 200, location: None, headers: Default::default(), body: body.to_owned() };
    let form = form(&page, ("data-act2", "z")).fill("x", "3");
    assert_eq!(form.action, "/a?b&c");
    let fields: Vec<_> = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(fields, [("x", "3"), ("z", ""), ("w", "2")]);
    assert_eq!(values(&page, "required"), [""]);
    assert_eq!(elements(&page).len(), 5);
}
