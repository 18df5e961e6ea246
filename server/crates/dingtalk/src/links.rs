//! Links that DingTalk's clients understand (section 5.2). Everything from outside is percent-encoded once, so a link
//! contains neither blanks nor `)` and can stand in markdown.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the characters that never have a meaning in an address.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Opens `url` inside DingTalk; on PC in the side bar (`pc_slide`) or in the system's browser.
pub fn page_link(url: &str, pc_slide: bool) -> String {
    format!("dingtalk://dingtalkclient/page/link?url={}&pc_slide={pc_slide}", encode(url))
}

/// The address behind a group's quick entry (section 5.1): DingTalk puts company and group in when it opens it. `url` has
/// no query of its own.
pub fn quick_entry(url: &str) -> String {
    format!("{url}?corpid=$CORPID$&cid=$ENCCID$")
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://host/i/k?a=1&b=(x y)%20";
    const ONCE: &str = "https%3A%2F%2Fhost%2Fi%2Fk%3Fa%3D1%26b%3D%28x%20y%29%2520";

    #[test]
    fn every_form_of_link() {
        let client = "dingtalk://dingtalkclient";
        let table = [
            (page_link(URL, true), format!("{client}/page/link?url={ONCE}&pc_slide=true")),
            (page_link(URL, false), format!("{client}/page/link?url={ONCE}&pc_slide=false")),
            (quick_entry("https://host/i/k/cool-app"), "https://host/i/k/cool-app?corpid=$CORPID$&cid=$ENCCID$".into()),
        ];
        for (link, expected) in table {
            assert_eq!(link, expected);
            assert!(!link.contains([' ', ')', '(', '\n', '"', '<', '[', ']']), "stands in markdown: {link}");
        }
    }

    #[test]
    fn what_is_in_an_address_never_ends_it() {
        for hostile in
            ["https://h/?a=1&pc_slide=false", "https://h/#x", "https://h/) [x](y", "javascript:alert(1)", "中文 🔥\n"]
        {
            let link = page_link(hostile, true);
            let (_, rest) = link.split_once("?url=").unwrap();
            assert_eq!(rest.matches(['&', '#', '?', '=']).count(), 2, "only our own: {link}");
        }
    }
}
