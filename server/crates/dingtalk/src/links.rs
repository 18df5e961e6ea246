//! Links that DingTalk's clients understand (section 5.2). Everything from outside is percent-encoded once, so a link
//! contains neither blanks nor `)` and can stand in markdown.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the characters that never have a meaning in an address.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Part of a phone's screen that a cool app's panel covers unless told otherwise (section 5.1).
pub const PANEL_PERCENT: u8 = 83;

/// Where [`open_app`] shows the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// The workplace.
    WorkPlatform,
    /// The system's browser.
    Browser,
    /// The side bar.
    SlidePanel,
}

/// Opens `url` inside DingTalk; on PC in the side bar (`pc_slide`) or in the system's browser.
pub fn page_link(url: &str, pc_slide: bool) -> String {
    format!("dingtalk://dingtalkclient/page/link?url={}&pc_slide={pc_slide}", encode(url))
}

/// Opens `url` as a panel over `percent` of a phone's screen.
pub fn half_panel(url: &str, percent: u8) -> String {
    format!(
        "dingtalk://dingtalkclient/action/im_open_hybrid_panel?panelHeight=percent{}&hybridType=online&pageUrl={}",
        percent.clamp(1, 100),
        encode(url)
    )
}

/// Opens one link on PC and another on phones. Both are links of this module, so the addresses in them are encoded
/// twice.
pub fn joint(pc_link: &str, mobile_link: &str) -> String {
    format!(
        "dingtalk://dingtalkclient/action/open_platform_link?pcLink={}&mobileLink={}",
        encode(pc_link),
        encode(mobile_link)
    )
}

/// Opens `url` as a page of the app, so that login by code works there.
pub fn open_app(corp_id: &str, agent_id: &str, url: &str, container: Container) -> String {
    let container = match container {
        Container::WorkPlatform => "work_platform",
        Container::Browser => "browser",
        Container::SlidePanel => "slide_panel",
    };
    format!(
        "dingtalk://dingtalkclient/action/openapp?corpid={}&container_type={container}&app_id=0_{}&redirect_type=jump&redirect_url={}",
        encode(corp_id),
        encode(agent_id),
        encode(url)
    )
}

/// The address behind a group's quick entry (section 5.1): DingTalk puts company and group in when it opens it. `url` has
/// no query of its own.
pub fn quick_entry(url: &str) -> String {
    format!("{url}?corpid=$CORPID$&cid=$ENCCID$")
}

/// The same inside the side bar of PCs: in a link the group's id is wanted encoded twice, so its placeholder is another
/// one and must itself not be encoded.
pub fn quick_entry_link(url: &str) -> String {
    let placeholders = format!("{}$CORPID${}$DOUBLE_ENCCID$", encode("?corpid="), encode("&cid="));
    format!("dingtalk://dingtalkclient/page/link?url={}{placeholders}&pc_slide=true", encode(url))
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://host/i/k?a=1&b=(x y)%20";
    const ONCE: &str = "https%3A%2F%2Fhost%2Fi%2Fk%3Fa%3D1%26b%3D%28x%20y%29%2520";
    const TWICE: &str = "https%253A%252F%252Fhost%252Fi%252Fk%253Fa%253D1%2526b%253D%2528x%2520y%2529%252520";

    #[test]
    fn every_form_of_link() {
        let client = "dingtalk://dingtalkclient";
        let enclosed = |link: &str| encode(link);
        let table = [
            (page_link(URL, true), format!("{client}/page/link?url={ONCE}&pc_slide=true")),
            (page_link(URL, false), format!("{client}/page/link?url={ONCE}&pc_slide=false")),
            (
                half_panel(URL, 60),
                format!("{client}/action/im_open_hybrid_panel?panelHeight=percent60&hybridType=online&pageUrl={ONCE}"),
            ),
            (
                half_panel(URL, 0),
                format!("{client}/action/im_open_hybrid_panel?panelHeight=percent1&hybridType=online&pageUrl={ONCE}"),
            ),
            (
                open_app("ding1", "42", URL, Container::WorkPlatform),
                format!(
                    "{client}/action/openapp?corpid=ding1&container_type=work_platform&app_id=0_42&redirect_type=jump&redirect_url={ONCE}"
                ),
            ),
            (
                open_app("ding1", "42", URL, Container::Browser),
                format!(
                    "{client}/action/openapp?corpid=ding1&container_type=browser&app_id=0_42&redirect_type=jump&redirect_url={ONCE}"
                ),
            ),
            (
                open_app("d&x", "4 2", URL, Container::SlidePanel),
                format!(
                    "{client}/action/openapp?corpid=d%26x&container_type=slide_panel&app_id=0_4%202&redirect_type=jump&redirect_url={ONCE}"
                ),
            ),
            (
                joint(&page_link(URL, true), &half_panel(URL, PANEL_PERCENT)),
                format!(
                    "{client}/action/open_platform_link?pcLink={}{TWICE}%26pc_slide%3Dtrue&mobileLink={}{TWICE}",
                    enclosed("dingtalk://dingtalkclient/page/link?url="),
                    enclosed(
                        "dingtalk://dingtalkclient/action/im_open_hybrid_panel?panelHeight=percent83&hybridType=online&pageUrl="
                    ),
                ),
            ),
            (quick_entry("https://host/i/k/cool-app"), "https://host/i/k/cool-app?corpid=$CORPID$&cid=$ENCCID$".into()),
            (
                quick_entry_link("https://host/i/k/cool-app"),
                format!(
                    "{client}/page/link?url=https%3A%2F%2Fhost%2Fi%2Fk%2Fcool-app%3Fcorpid%3D$CORPID$%26cid%3D$DOUBLE_ENCCID$&pc_slide=true"
                ),
            ),
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
