//! What DingTalk does with a link (dingtalk.md, 5.2): which page it opens, and in which container.

use percent_encoding::percent_decode_str;
use url::Url;

/// The part of a phone's screen that a panel covers unless the link says it, in percent.
const PANEL_PERCENT: u8 = 83;

/// Where a page opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// The phone's whole screen; on PC the side bar.
    Page,
    /// PC side bar; on a phone the whole screen.
    Slide,
    /// Over this part of a phone's screen, in percent; on PC the side bar.
    Panel(u8),
    /// A window of the PC client; on a phone the whole screen.
    Window,
    /// The system's browser on PC; on a phone the whole screen.
    Browser,
}

/// A page to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// `http` or `https`.
    pub url: Url,
    /// Where.
    pub container: Container,
    /// What the link wants as the title.
    pub title: Option<String>,
    /// What opens on PC instead, where the link has one for each.
    pub on_pc: Option<Url>,
}

impl Opening {
    /// A page in this container, if `url` is an address of the web.
    pub fn new(url: &str, container: Container) -> Option<Self> {
        Some(Self { url: web(url)?, container, title: None, on_pc: None })
    }

    /// The name of the container in the page's `data-in`.
    pub fn place(&self) -> &'static str {
        match self.container {
            Container::Page => "page",
            Container::Slide => "slide",
            Container::Panel(_) => "panel",
            Container::Window => "window",
            Container::Browser => "browser",
        }
    }

    /// How much of a phone's screen it takes, in percent.
    pub fn percent(&self) -> u8 {
        if let Container::Panel(percent) = self.container { percent } else { 100 }
    }
}

/// What a link opens; nothing when DingTalk would not know what to do with it.
pub fn parse(link: &str) -> Option<Opening> {
    let link = link.trim();
    if let Some(opening) = Opening::new(link, Container::Page) {
        return Some(opening);
    }
    let rest = link.strip_prefix("dingtalk://dingtalkclient/")?;
    let (path, query) = rest.split_once('?')?;
    let given = |wanted: &str| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        // `+` stays a plus: DingTalk's links are percent-encoded, they are not forms.
        let mut values = pairs.filter(|(name, _)| *name == wanted).map(|(_, value)| percent_decode_str(value));
        values.next().and_then(|value| value.decode_utf8().ok()).map(|value| value.into_owned())
    };
    if path == "action/open_platform_link" {
        // Each of the two is a link by itself; on PC every container but a window is the side bar.
        let (on_pc, on_phone) = (single(&given("pcLink")?)?, single(&given("mobileLink")?)?);
        return Some(Opening { on_pc: Some(on_pc.url), ..on_phone });
    }
    let is = |name: &str, value: &str| given(name).as_deref() == Some(value);
    let (address, container) = match path {
        "page/link" if is("popup_wnd", "true") => ("url", Container::Window),
        "page/link" if is("pc_slide", "true") => ("url", Container::Slide),
        "page/link" => ("url", Container::Browser),
        "action/openapp" if is("container_type", "browser") => ("redirect_url", Container::Browser),
        "action/openapp" if is("container_type", "slide_panel") => ("redirect_url", Container::Slide),
        "action/openapp" => ("redirect_url", Container::Window),
        "action/im_open_hybrid_panel" => ("pageUrl", Container::Panel(percent(given("panelHeight").as_deref()))),
        _ => return None,
    };
    Some(Opening { url: web(&given(address)?)?, container, title: given("title"), on_pc: None })
}

/// A link that is not again one of two.
fn single(link: &str) -> Option<Opening> {
    if link.contains("/action/open_platform_link") { None } else { parse(link) }
}

fn percent(height: Option<&str>) -> u8 {
    let percent = height.and_then(|height| height.strip_prefix("percent")?.parse().ok());
    percent.filter(|percent| (1..=100).contains(percent)).unwrap_or(PANEL_PERCENT)
}

fn web(url: &str) -> Option<Url> {
    Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_open_where_dingtalk_opens_them() {
        let page = "http://127.0.0.1:3000/i/k?a=1&b=x+y%2F";
        let encoded = "http%3A%2F%2F127.0.0.1%3A3000%2Fi%2Fk%3Fa%3D1%26b%3Dx+y%252F";
        let table = [
            (page.to_owned(), Container::Page),
            (format!("dingtalk://dingtalkclient/page/link?url={encoded}&pc_slide=true"), Container::Slide),
            (format!("dingtalk://dingtalkclient/page/link?pc_slide=false&url={encoded}"), Container::Browser),
            (format!("dingtalk://dingtalkclient/page/link?url={encoded}"), Container::Browser),
            (format!("dingtalk://dingtalkclient/page/link?url={encoded}&popup_wnd=true&width=9"), Container::Window),
            (
                format!(
                    "dingtalk://dingtalkclient/action/openapp?corpid=c&container_type=slide_panel&redirect_url={encoded}"
                ),
                Container::Slide,
            ),
            (
                format!("dingtalk://dingtalkclient/action/openapp?container_type=work_platform&redirect_url={encoded}"),
                Container::Window,
            ),
            (
                format!(
                    "dingtalk://dingtalkclient/action/im_open_hybrid_panel?panelHeight=percent60&pageUrl={encoded}"
                ),
                Container::Panel(60),
            ),
            (
                format!(
                    "dingtalk://dingtalkclient/action/im_open_hybrid_panel?panelHeight=percent900&pageUrl={encoded}"
                ),
                Container::Panel(83),
            ),
        ];
        for (link, container) in table {
            let opening = parse(&link).unwrap_or_else(|| panic!("{link}"));
            assert_eq!((opening.url.as_str(), opening.container), (page, container), "{link}");
        }
        let of_each = parse(
            "dingtalk://dingtalkclient/action/open_platform_link?pcLink=http%3A%2F%2Fh%2Fpc&mobileLink=\
             dingtalk%3A%2F%2Fdingtalkclient%2Faction%2Fim_open_hybrid_panel%3FpanelHeight%3Dpercent60%26pageUrl%3Dhttp%253A%252F%252Fh%252Fphone",
        );
        let of_each = of_each.unwrap();
        assert_eq!((of_each.url.as_str(), of_each.container), ("http://h/phone", Container::Panel(60)));
        assert_eq!(of_each.on_pc.unwrap().as_str(), "http://h/pc");
        let titled = parse(&format!("dingtalk://dingtalkclient/page/link?url={encoded}&title=%E8%AF%A6"));
        assert_eq!(titled.unwrap().title.as_deref(), Some("详"));
    }

    #[test]
    fn nothing_but_pages_of_the_web_opens() {
        let refused = [
            "",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "dingtalk://dingtalkclient/page/link",
            "dingtalk://dingtalkclient/page/link?pc_slide=true",
            "dingtalk://dingtalkclient/page/link?url=javascript%3Aalert(1)&pc_slide=true",
            "dingtalk://dingtalkclient/page/link?url=%FF",
            "dingtalk://dingtalkclient/action/unknown?url=http%3A%2F%2Fx",
            "dingtalk://dingtalkclient/action/open_platform_link?pcLink=http%3A%2F%2Fh",
            "dingtalk://elsewhere/page/link?url=http%3A%2F%2Fx",
        ];
        for link in refused {
            assert_eq!(parse(link), None, "{link}");
        }
    }
}
