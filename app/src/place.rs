//! Where a person goes after a form or a sign-in: a closed set, written as a short text, never an address that came
//! from outside. The text is what the form fields `back` and `goal` carry.

use contract::incident::{Action, Tab};
use contract::paths;

/// Longest id of an incident or a group that is taken from a text.
const ID_BYTES_MAX: usize = 256;

/// A page one can be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Phone homepage; `page` counts from 1.
    Home {
        tab: Tab,
        page: u32,
    },
    /// PC homepage, with the incident shown beside the list.
    Pc {
        tab: Tab,
        page: u32,
        id: Option<String>,
    },
    /// A group's page, by its open conversation id.
    CoolApp {
        cid: String,
    },
    /// One incident.
    Incident {
        id: String,
    },
    /// What an act asks before it is done.
    Ask {
        id: String,
        action: Action,
    },
    SignIn,
    Account,
    Console,
}

impl Place {
    /// Reads `home`, `home:open:2`, `pc`, `pc:open:1:<id>`, `cool-app:<cid>`, `incident:<id>`, `ask:<act>:<id>`, `sign-in`, `account`
    /// or `console`; anything else is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once(':').unwrap_or((text, ""));
        match name {
            "home" => {
                let (tab, page, id) = list_parts(rest)?;
                id.is_none().then_some(Self::Home { tab, page })
            }
            "pc" => {
                let (tab, page, id) = list_parts(rest)?;
                Some(Self::Pc { tab, page, id })
            }
            "cool-app" => Some(Self::CoolApp { cid: id_of(rest)? }),
            "incident" => Some(Self::Incident { id: id_of(rest)? }),
            "ask" => {
                let (action, id) = rest.split_once(':')?;
                let action = Action::from_name(action).filter(|action| action.is_asked_apart())?;
                Some(Self::Ask { id: id_of(id)?, action })
            }
            "sign-in" if rest.is_empty() => Some(Self::SignIn),
            "account" if rest.is_empty() => Some(Self::Account),
            "console" if rest.is_empty() => Some(Self::Console),
            _ => None,
        }
    }

    /// The text that [`Self::parse`] reads.
    pub fn text(&self) -> String {
        match self {
            Self::Home { tab, page } => list_text("home", *tab, *page, None),
            Self::Pc { tab, page, id } => list_text("pc", *tab, *page, id.as_deref()),
            Self::CoolApp { cid } => format!("cool-app:{cid}"),
            Self::Incident { id } => format!("incident:{id}"),
            Self::Ask { id, action } => format!("ask:{}:{id}", action.name()),
            Self::SignIn => "sign-in".into(),
            Self::Account => "account".into(),
            Self::Console => "console".into(),
        }
    }

    /// The page's address within the integration `key`.
    pub fn address(&self, key: &str) -> String {
        match self {
            Self::Home { tab, page } => with_query(paths::fill(paths::HOME, &[key]), &list_query(*tab, *page, None)),
            Self::Pc { tab, page, id } => {
                with_query(paths::fill(paths::PC_HOME, &[key]), &list_query(*tab, *page, id.as_deref()))
            }
            Self::CoolApp { cid } => with_query(paths::fill(paths::COOL_APP, &[key]), &[("cid", cid.clone())]),
            Self::Incident { id } => paths::fill(paths::INCIDENT, &[key, id]),
            Self::Ask { id, action } => paths::fill(paths::INCIDENT_ACT, &[key, id, action.name()]),
            Self::SignIn => paths::fill(paths::SIGN_IN, &[key]),
            Self::Account => paths::fill(paths::ACCOUNT, &[key]),
            Self::Console => paths::CONSOLE.into(),
        }
    }

    /// The address with more query parameters, such as a [`crate::notice::Notice`].
    pub fn address_with(&self, key: &str, pairs: &[(&str, String)]) -> String {
        with_query(self.address(key), pairs)
    }

    /// The phone homepage as it opens.
    pub fn home() -> Self {
        Self::Home { tab: Tab::Mine, page: 1 }
    }
}

/// Puts query parameters behind an address that may have some.
pub fn with_query(mut address: String, pairs: &[(&str, String)]) -> String {
    for (name, value) in pairs {
        address.push(if address.contains('?') { '&' } else { '?' });
        address.push_str(name);
        address.push('=');
        address.push_str(&paths::encode(value));
    }
    address
}

/// The tab of a `?tab=`; the first one when the value is unknown.
pub fn tab_of(name: &str) -> Tab {
    if name == Tab::Open.name() { Tab::Open } else { Tab::Mine }
}

fn list_query(tab: Tab, page: u32, id: Option<&str>) -> Vec<(&'static str, String)> {
    let mut pairs = Vec::new();
    if tab != Tab::Mine {
        pairs.push(("tab", tab.name().to_owned()));
    }
    if page > 1 {
        pairs.push(("page", page.to_string()));
    }
    if let Some(id) = id {
        pairs.push(("id", id.to_owned()));
    }
    pairs
}

fn list_text(name: &str, tab: Tab, page: u32, id: Option<&str>) -> String {
    match id {
        Some(id) => format!("{name}:{}:{page}:{id}", tab.name()),
        None if page > 1 => format!("{name}:{}:{page}", tab.name()),
        None if tab != Tab::Mine => format!("{name}:{}", tab.name()),
        None => name.into(),
    }
}

fn list_parts(rest: &str) -> Option<(Tab, u32, Option<String>)> {
    let mut parts = rest.splitn(3, ':');
    let tab = match parts.next().unwrap_or_default() {
        "" | "mine" => Tab::Mine,
        "open" => Tab::Open,
        _ => return None,
    };
    let page = match parts.next() {
        None => 1,
        Some(page) => page.parse().ok().filter(|page| *page > 0)?,
    };
    let id = match parts.next() {
        None => None,
        Some(id) => Some(id_of(id)?),
    };
    Some((tab, page, id))
}

fn id_of(text: &str) -> Option<String> {
    let fine = !text.is_empty() && text.len() <= ID_BYTES_MAX && !text.chars().any(char::is_control);
    fine.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_reads_back_from_its_text() {
        let places = [
            Place::home(),
            Place::Home { tab: Tab::Open, page: 1 },
            Place::Home { tab: Tab::Mine, page: 7 },
            Place::Pc { tab: Tab::Mine, page: 1, id: None },
            Place::Pc { tab: Tab::Open, page: 2, id: Some("69da451ef77b1b51f40e83ee".into()) },
            Place::CoolApp { cid: "cidA+b/c==:x".into() },
            Place::Incident { id: "69da".into() },
            Place::SignIn,
            Place::Account,
            Place::Console,
        ];
        for place in places {
            assert_eq!(Place::parse(&place.text()), Some(place.clone()), "{place:?}");
        }
    }

    #[test]
    fn nothing_from_outside_becomes_an_address() {
        let long = format!("incident:{}", "x".repeat(ID_BYTES_MAX + 1));
        for text in
            ["", "https://evil.example/", "//evil", "home:all", "home:open:0", "incident:", "incident:a\nb", &long]
        {
            assert_eq!(Place::parse(text), None, "{text}");
        }
        let hostile = Place::parse("incident:../../x?y#z").unwrap();
        assert_eq!(hostile.address("k1"), "/i/k1/incidents/..%2F..%2Fx%3Fy%23z");
        assert_eq!(Place::CoolApp { cid: "a+b/=".into() }.address("k1"), "/i/k1/cool-app?cid=a%2Bb%2F%3D");
        assert_eq!(
            Place::Pc { tab: Tab::Open, page: 3, id: Some("i1".into()) }.address("k1"),
            "/i/k1/pc?tab=open&page=3&id=i1"
        );
    }
}
