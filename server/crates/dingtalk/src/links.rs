//! Links that DingTalk's clients understand (section 5.2). Everything from outside is percent-encoded once, so a link
//! contains neither blanks nor `)` and can stand in markdown.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the characters that never have a meaning in an address.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

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

fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_encoded_once_and_fit_into_markdown() {
        let url = "https://host/i/k?a=1&b=(x y)%20";
        let encoded = "https%3A%2F%2Fhost%2Fi%2Fk%3Fa%3D1%26b%3D%28x%20y%29%2520";
        assert_eq!(page_link(url, true), format!("dingtalk://dingtalkclient/page/link?url={encoded}&pc_slide=true"));
        assert_eq!(
            half_panel(url, 60),
            format!(
                "dingtalk://dingtalkclient/action/im_open_hybrid_panel?panelHeight=percent60&hybridType=online&pageUrl={encoded}"
            )
        );
        assert_eq!(
            open_app("ding1", "42", url, Container::WorkPlatform),
            format!(
                "dingtalk://dingtalkclient/action/openapp?corpid=ding1&container_type=work_platform&app_id=0_42&redirect_type=jump&redirect_url={encoded}"
            )
        );
    }
}
