//! What went out, as the console shows it.

/// Longest value of a filter, in characters.
pub const FILTER_CHARS_MAX: usize = 100;

macro_rules! search {
    ($($(#[$doc:meta])* $field:ident = $name:literal;)+) => {
        /// Which deliveries are shown. All of it stands in the page's address, as it was typed.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Search {
            $($(#[$doc])* pub $field: String,)+
        }

        impl Search {
            /// Names of the parameters.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// Reads a parameter of an address; others are passed over.
            pub fn read(&mut self, name: &str, value: &str) {
                let kept = value.chars().filter(|one| !one.is_control()).take(FILTER_CHARS_MAX);
                let value = kept.collect::<String>().trim().to_owned();
                match name {
                    $($name => self.$field = value,)+
                    _ => {}
                }
            }

            /// The parameters that say something.
            pub fn pairs(&self) -> Vec<(&'static str, String)> {
                let all = [$(($name, &self.$field)),+];
                all.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.clone())).collect()
            }
        }
    };
}

search! {
    /// Fixed name of an outcome.
    outcome = "outcome";
    /// Fixed name of a state.
    state = "state";
    /// User id of an employee, or member id of somebody without a link.
    person = "person";
    /// Our id of a group.
    group = "group";
    /// Id of an incident or of a digest.
    incident = "incident";
    /// Somewhere in names, text, codes and ids.
    query = "q";
    /// A date and time in the integration's zone; created then or later.
    since = "since";
    /// Created before.
    until = "until";
    /// Where the page before ended.
    after = "after";
}

impl Search {
    /// The same with one parameter changed, from its first page on.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut other = Self { after: String::new(), ..self.clone() };
        other.read(name, value);
        other
    }

    /// Whether it leaves anything out.
    pub fn is_filtered(&self) -> bool {
        *self != Self { after: self.after.clone(), ..Self::default() }
    }
}

/// A page of deliveries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deliveries {
    pub search: Search,
    /// Names of the parameters that make no sense and leave nothing out.
    pub misread: Vec<&'static str>,
    /// Fixed name and cause of every outcome to choose from.
    pub outcomes: Vec<(&'static str, &'static str)>,
    /// Names of the person and the group that the search names.
    pub person: String,
    pub group: String,
    pub rows: Vec<DeliveryRow>,
    /// `after` of the page of older ones.
    pub next: Option<String>,
    /// How far back was looked, when the search ended before the page was full.
    pub looked_to_ms: Option<i64>,
    /// What would be sent again if all of this kind were.
    pub again: Option<SendAgain>,
}

/// All deliveries that failed for the same reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendAgain {
    pub outcome: String,
    pub cause: String,
    /// Milliseconds since 1970; those created before are left alone.
    pub since_ms: i64,
    /// How many there are, at most [`Self::most`].
    pub count: i64,
    /// Most that are sent again at once.
    pub most: i64,
    /// Where the run before ended.
    pub after: String,
}

/// One delivery in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryRow {
    pub id: String,
    /// `chat`, `person`, `member`, `everybody`, `room`
    pub target_kind: String,
    pub target_id: String,
    /// Name, or id where no name is known.
    pub target: String,
    pub incident_id: String,
    /// What its reader sees in the list of chats.
    pub text: String,
    /// Fixed name.
    pub state: String,
    /// Fixed name.
    pub outcome: String,
    pub cause: String,
    /// Empty where nothing has to be done, as the one after it.
    pub cure: String,
    pub who: String,
    pub created_ms: i64,
    pub updated_ms: i64,
    /// When it is tried again.
    pub next_ms: Option<i64>,
    pub attempts: i64,
    /// Counted calls spent.
    pub cost: i64,
}

/// One delivery with everything that is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryView {
    pub row: DeliveryRow,
    pub reason: String,
    /// DingTalk's own, of the last attempt.
    pub code: String,
    pub message: String,
    pub request_id: String,
    /// The digest it was folded into.
    pub folded_into: Option<String>,
    /// The card as everybody sees it now.
    pub card: Option<CardShown>,
    /// Newest first.
    pub attempts: Vec<AttemptShown>,
    /// Why it is not simply sent again; empty when it can be.
    pub objection: String,
    /// Whether it can be sent once more all the same.
    pub can_force: bool,
    /// Nothing can be done by sending it again now.
    pub is_final: bool,
}

/// A card in the values DingTalk was given last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardShown {
    pub title: String,
    pub badge: String,
    /// `red`, `orange`, `blue`, `green` or nothing.
    pub tone: String,
    /// Label and text.
    pub fields: Vec<(String, String)>,
    /// Style and text, in the order of the card.
    pub texts: Vec<(String, String)>,
    pub buttons: Vec<String>,
    /// DingTalk has taken it.
    pub is_there: bool,
}

/// One try.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttemptShown {
    pub number: i64,
    pub outcome: String,
    pub cause: String,
    pub code: String,
    pub message: String,
    pub request_id: String,
    pub cost: i64,
    pub took_ms: i64,
    pub at_ms: i64,
    /// What was sent, as its reader sees it.
    pub text: Vec<Block>,
}

/// A paragraph of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    Heading(Vec<Span>),
    Paragraph(Vec<Span>),
    Item(Vec<Span>),
    Quote(Vec<Span>),
}

/// A piece of a paragraph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub text: String,
    pub is_bold: bool,
    /// Where it leads; shown, never followed.
    pub link: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Search {
        let mut search = Search::default();
        pairs.into_iter().for_each(|(name, value)| search.read(name, value));
        search
    }

    #[test]
    fn a_search_comes_back_from_its_address() {
        let pairs: Vec<(&str, String)> = Search::NAMES.iter().map(|name| (*name, format!("{name} & more"))).collect();
        let search = read(pairs.iter().map(|(name, value)| (*name, value.as_str())));
        assert_eq!(search.pairs(), pairs);
        assert!(search.is_filtered() && !Search::default().is_filtered());
        assert!(!read([("after", "1-a")]).is_filtered());
        let other = search.with("outcome", "busy");
        assert_eq!((other.outcome.as_str(), other.after.as_str(), &other.query), ("busy", "", &search.query));
    }

    #[test]
    fn what_comes_from_an_address_is_bounded_and_has_no_controls() {
        let long = "字".repeat(FILTER_CHARS_MAX + 9);
        let search = read([("q", long.as_str()), ("person", " a\nb\0 "), ("nonsense", "x")]);
        assert_eq!((search.query.chars().count(), search.person.as_str()), (FILTER_CHARS_MAX, "ab"));
    }
}
