//! Where a person goes after a form or a sign-in: a closed set, written as a short text, never an address that came
//! from outside. The text is what the form fields `back` and `goal` carry.

use contract::console::Section;
use contract::incident::{Action, Tab};
use contract::listing::Listing;
use contract::paths;

/// Longest id of an incident or a group that is taken from a text.
const ID_BYTES_MAX: usize = 256;

/// A page one can be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Phone homepage.
    Home {
        list: Listing,
    },
    /// PC homepage, with the incident shown beside the list.
    Pc {
        list: Listing,
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
    /// The war room of an incident.
    WarRoom {
        id: String,
    },
    /// A new incident; from the PC homepage, where it is shown afterwards.
    Create {
        pc: bool,
    },
    SignIn,
    Account,
    /// All integrations.
    Console,
    /// A page of the console about one integration.
    Administer {
        section: Section,
    },
    /// A group in the console, by our id.
    Group {
        id: String,
    },
}

impl Place {
    /// Reads `home`, `home:open:2`, `pc`, `pc:open:1:<id>`, `cool-app:<cid>`, `incident:<id>`, `ask:<act>:<id>`, `sign-in`, `account`,
    /// `console` or `console:<section>`; anything else is none.
    pub fn parse(text: &str) -> Option<Self> {
        let end = text.find([':', '?']).unwrap_or(text.len());
        let (name, rest) = (&text[..end], &text[end..]);
        let rest = rest.strip_prefix(':').unwrap_or(rest);
        match name {
            "home" => {
                let (list, id) = list_parts(rest)?;
                id.is_none().then_some(Self::Home { list })
            }
            "pc" => {
                let (list, id) = list_parts(rest)?;
                Some(Self::Pc { list, id })
            }
            "cool-app" => Some(Self::CoolApp { cid: id_of(rest)? }),
            "incident" => Some(Self::Incident { id: id_of(rest)? }),
            "ask" => {
                let (action, id) = rest.split_once(':')?;
                let action = Action::from_name(action).filter(|action| action.has_page())?;
                Some(Self::Ask { id: id_of(id)?, action })
            }
            "war-room" => Some(Self::WarRoom { id: id_of(rest)? }),
            "create" if rest.is_empty() || rest == "pc" => Some(Self::Create { pc: rest == "pc" }),
            "sign-in" if rest.is_empty() => Some(Self::SignIn),
            "account" if rest.is_empty() => Some(Self::Account),
            "console" if text == "console" => Some(Self::Console),
            "group" => Some(Self::Group { id: id_of(rest)? }),
            "console" => Some(Self::Administer { section: Section::from_name(rest)? }),
            _ => None,
        }
    }

    /// The text that [`Self::parse`] reads.
    pub fn text(&self) -> String {
        match self {
            Self::Home { list } => list_text("home", list, None),
            Self::Pc { list, id } => list_text("pc", list, id.as_deref()),
            Self::CoolApp { cid } => format!("cool-app:{cid}"),
            Self::Incident { id } => format!("incident:{id}"),
            Self::Ask { id, action } => format!("ask:{}:{id}", action.name()),
            Self::WarRoom { id } => format!("war-room:{id}"),
            Self::Create { pc } => if *pc { "create:pc" } else { "create" }.into(),
            Self::SignIn => "sign-in".into(),
            Self::Account => "account".into(),
            Self::Console => "console".into(),
            Self::Administer { section } => format!("console:{}", section.name()),
            Self::Group { id } => format!("group:{id}"),
        }
    }

    /// The page's address within the integration `key`.
    pub fn address(&self, key: &str) -> String {
        match self {
            Self::Home { list } => with_query(paths::fill(paths::HOME, &[key]), &list.pairs()),
            Self::Pc { list, id } => {
                let mut pairs = list.pairs();
                pairs.extend(id.clone().map(|id| ("id", id)));
                with_query(paths::fill(paths::PC_HOME, &[key]), &pairs)
            }
            Self::CoolApp { cid } => with_query(paths::fill(paths::COOL_APP, &[key]), &[("cid", cid.clone())]),
            Self::Incident { id } => paths::fill(paths::INCIDENT, &[key, id]),
            Self::Ask { id, action } => paths::fill(paths::INCIDENT_ACT, &[key, id, action.name()]),
            Self::WarRoom { id } => paths::fill(paths::WAR_ROOM, &[key, id]),
            Self::Create { pc: false } => paths::fill(paths::CREATE, &[key]),
            Self::Create { pc: true } => with_query(paths::fill(paths::CREATE, &[key]), &[("on", "pc".to_owned())]),
            Self::SignIn => paths::fill(paths::SIGN_IN, &[key]),
            Self::Account => paths::fill(paths::ACCOUNT, &[key]),
            Self::Console => paths::CONSOLE.into(),
            Self::Administer { section } if section.name().is_empty() => {
                paths::fill(paths::CONSOLE_INTEGRATION, &[key])
            }
            Self::Administer { section } => paths::fill(paths::CONSOLE_SECTION, &[key, section.name()]),
            Self::Group { id } => paths::fill(paths::CONSOLE_GROUP, &[key, id]),
        }
    }

    /// The address with more query parameters, such as a [`crate::notice::Notice`].
    pub fn address_with(&self, key: &str, pairs: &[(&str, String)]) -> String {
        with_query(self.address(key), pairs)
    }

    /// Whether it is the administrator's.
    pub fn is_console(&self) -> bool {
        matches!(self, Self::Console | Self::Administer { .. } | Self::Group { .. })
    }

    /// The phone homepage as it opens.
    pub fn home() -> Self {
        Self::Home { list: Listing::of(Tab::Mine) }
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

/// `name:tab:page:id?filters`, without what says nothing.
fn list_text(name: &str, list: &Listing, id: Option<&str>) -> String {
    let (tab, page) = (list.tab.name(), list.page);
    let text = match id {
        Some(id) => format!("{name}:{tab}:{page}:{id}"),
        None if page > 1 => format!("{name}:{tab}:{page}"),
        None if list.tab != Tab::default() => format!("{name}:{tab}"),
        None => name.into(),
    };
    with_query(text, &list.filters())
}

fn list_parts(rest: &str) -> Option<(Listing, Option<String>)> {
    let (rest, filters) = rest.split_once('?').unwrap_or((rest, ""));
    let pairs = filters.split('&').filter_map(|pair| pair.split_once('='));
    let pairs: Vec<(&str, String)> = pairs.filter_map(|(name, value)| Some((name, paths::decode(value)?))).collect();
    let filters = Listing::from_pairs(pairs.iter().map(|(name, value)| (*name, value.as_str())));
    let mut parts = rest.splitn(3, ':');
    let tab = match parts.next().unwrap_or_default() {
        "" => Tab::default(),
        name => Tab::from_name(name)?,
    };
    let page = match parts.next() {
        None => 1,
        Some(page) => page.parse().ok().filter(|page| *page > 0)?,
    };
    let id = match parts.next() {
        None => None,
        Some(id) => Some(id_of(id)?),
    };
    Some((Listing { tab, page, ..filters }, id))
}

fn id_of(text: &str) -> Option<String> {
    let fine = !text.is_empty() && text.len() <= ID_BYTES_MAX && !text.chars().any(char::is_control);
    fine.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::incident::Severity;

    #[test]
    fn every_place_reads_back_from_its_text() {
        let places = [
            Place::home(),
            Place::Home { list: Listing::of(Tab::Open) },
            Place::Home { list: Listing::of(Tab::Mine).at(7) },
            Place::Home { list: Listing::of(Tab::OnCall) },
            Place::Home { list: Listing { query: "a=b&c:d?é %".into(), ..Listing::of(Tab::Mine) } },
            Place::Pc { list: Listing::of(Tab::Mine), id: None },
            Place::Pc {
                list: Listing { severity: Some(Severity::Critical), channel: Some(5), ..Listing::of(Tab::Open).at(2) },
                id: Some("69da451ef77b1b51f40e83ee".into()),
            },
            Place::CoolApp { cid: "cidA+b/c==:x".into() },
            Place::Incident { id: "69da".into() },
            Place::WarRoom { id: "69da".into() },
            Place::Create { pc: false },
            Place::Create { pc: true },
            Place::SignIn,
            Place::Account,
            Place::Console,
            Place::Group { id: "a1b2c3".into() },
        ];
        let console = Section::ALL.map(|section| Place::Administer { section });
        for place in places.into_iter().chain(console) {
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
            Place::Pc { list: Listing::of(Tab::Open).at(3), id: Some("i1".into()) }.address("k1"),
            "/i/k1/pc?tab=open&page=3&id=i1"
        );
    }
}
