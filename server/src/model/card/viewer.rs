//! What single people see on a card that others do not (reference 7.3: private data lie over the public ones): a
//! responder that it waits for them, whoever acknowledged how to withdraw it, an unlinked responder how to link, and
//! notices about what somebody pressed.

use super::{Card, Drawing, Given, Notice, Noticed, VALUE_BYTES_MAX, private_values};
use crate::model::action::{self, Verdict};
use crate::model::hash::hex_sha256;
use crate::model::incident::Incident;
use crate::model::text;
use contract::incident::{Action, Progress};
use contract::words::card as words;
use std::collections::{BTreeMap, BTreeSet};

/// Most people with values of their own on one card (reference 7.3).
const PEOPLE_MAX: usize = 500;
/// All values of one card, public and private, in bytes: below DingTalk's 100 KB (reference 7.3).
const CARD_BYTES_MAX: usize = 90 * 1024;

/// Values of a card's variables.
pub type Values = BTreeMap<String, String>;

/// A responder known in DingTalk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    pub user_id: String,
    pub member_id: i64,
    /// They can act; otherwise they are known, and have no link that works.
    pub linked: bool,
}

/// What one person sees instead of everybody's. `link_url` opens the page on which accounts are linked.
pub fn view(incident: &Incident, viewer: &Viewer, drawing: Drawing, link_url: &str) -> Values {
    let language = drawing.language;
    let mine = incident.responders.iter().find(|one| one.member_id == viewer.member_id);
    let is_open = incident.progress != Progress::Closed;
    // The same in every state but their own: a change of state is no reason to tell each responder something.
    let you = match mine.map(|one| one.acknowledged) {
        Some(Some(at)) => words::you_acknowledged(language, text::clock(at, drawing.now, drawing.zone)),
        Some(None) => words::you_respond(language).to_owned(),
        None => String::new(),
    };
    let withdraw = Action::Unacknowledge;
    let can_withdraw = viewer.linked && action::judge(incident, withdraw, viewer.member_id, drawing.now) == Verdict::Do;
    let notice = match mine {
        Some(_) if is_open && !viewer.linked => Notice {
            text: words::link_once(language).to_owned(),
            button: words::link_once_button(language).to_owned(),
            url: link_url.to_owned(),
        },
        _ => Notice::default(),
    };
    values(&you, can_withdraw, &notice)
}

/// What somebody sees who is nobody in particular: no more than everybody.
pub fn nobodys() -> Values {
    values("", false, &Notice::default())
}

/// The same view with a notice on it.
pub fn with_notice(mut view: Values, notice: &Notice) -> Values {
    view.extend(private_values(notice));
    view
}

fn values(you: &str, can_withdraw: bool, notice: &Notice) -> Values {
    let own = [("you", text::cut(you, VALUE_BYTES_MAX)), ("can_unacknowledge", can_withdraw.to_string())];
    let own = own.into_iter().map(|(name, value)| (name.to_owned(), value));
    own.chain(private_values(notice)).collect()
}

/// What an update of a card has to tell single people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Telling {
    /// Values by employee, who most needs to know first.
    pub people: Vec<(String, Values)>,
    /// Notices that stay on the card after it.
    pub staying: Vec<Noticed>,
    /// A notice is to appear or to go, although nothing changes for everybody.
    pub notices_due: bool,
    /// Somebody is to see something else, although nothing changes for everybody.
    pub views_due: bool,
}

/// Whom an update of `card` has to tell what. `views` is what the viewers known are to see, anybody else sees what
/// everybody does; `changed` when the incident's state is another than the card's, so that no notice makes sense any more. An update
/// takes away whatever the answer to a click showed, so notices that stay are shown anew.
pub fn telling(card: &Card, views: &BTreeMap<String, Values>, changed: bool, public: &Values) -> Telling {
    let other = &nobodys();
    let is_over = |one: &&Noticed| !one.stays || (changed && !one.is_new);
    let (over, staying): (Vec<&Noticed>, Vec<&Noticed>) = card.noticed.iter().partition(is_over);
    let view_of = |user_id: &String| views.get(user_id).unwrap_or(other).clone();
    let noticed: BTreeSet<&String> = card.noticed.iter().map(|one| &one.user_id).collect();
    let mut people: Vec<(String, Values)> = staying
        .iter()
        .map(|one| (one.user_id.clone(), with_notice(view_of(&one.user_id), &one.notice)))
        .chain(over.iter().map(|one| (one.user_id.clone(), view_of(&one.user_id))))
        .collect();
    let known = views.keys().chain(card.given.keys()).collect::<BTreeSet<_>>();
    let mut differing: Vec<(String, Values)> = known
        .into_iter()
        .filter(|user_id| !noticed.contains(user_id))
        .map(|user_id| (user_id.clone(), view_of(user_id)))
        .filter(|(user_id, view)| card.given.get(user_id).map_or(view != other, |given| !given.is(view)))
        .collect();
    differing.sort_by_key(|(user_id, _)| !views.contains_key(user_id));
    let notices = people.iter().map(|(user_id, _)| user_id.clone()).collect::<BTreeSet<_>>();
    let is_news = !over.is_empty() || staying.iter().any(|one| one.is_new);
    people.extend(differing);
    people.retain(|(user_id, _)| card.given.get(user_id).is_none_or(|given| !given.is_unknown()));
    let people = with_room(card, people, size(public));
    let staying = staying.into_iter().map(|one| Noticed { is_new: false, ..one.clone() }).collect();
    let views_due = people.iter().any(|(user_id, _)| !notices.contains(user_id));
    let notices_due = is_news && people.iter().any(|(user_id, _)| notices.contains(user_id));
    Telling { people, staying, notices_due, views_due }
}

/// Whether a card takes these values for one person more.
pub fn has_room(card: &Card, user_id: &str, values: &Values) -> bool {
    let one = vec![(user_id.to_owned(), values.clone())];
    !with_room(card, one, size(&card.shown)).is_empty()
}

/// Those for whom the card has room; the others see what everybody sees.
fn with_room(card: &Card, people: Vec<(String, Values)>, public_bytes: usize) -> Vec<(String, Values)> {
    let mut given: BTreeMap<String, usize> =
        card.given.iter().map(|(user_id, given)| (user_id.clone(), given.bytes)).collect();
    let mut bytes = public_bytes + given.values().sum::<usize>();
    let mut fitting = Vec::with_capacity(people.len());
    for (user_id, values) in people {
        let (former, needed) = (given.get(&user_id).copied(), size(&values));
        let after = bytes - former.unwrap_or(0) + needed;
        let is_one_too_many = former.is_none() && given.len() >= PEOPLE_MAX;
        if is_one_too_many || (after > CARD_BYTES_MAX && needed > former.unwrap_or(0)) {
            continue;
        }
        bytes = after;
        given.insert(user_id.clone(), needed);
        fitting.push((user_id, values));
    }
    fitting
}

fn size(values: &Values) -> usize {
    values.iter().map(|(name, value)| name.len() + value.len()).sum()
}

impl Given {
    /// What DingTalk was given for a person.
    pub fn of(values: &Values) -> Self {
        let joined: String = values.iter().map(|(name, value)| format!("{name}\u{0}{value}\u{0}")).collect();
        let mut digest = hex_sha256(joined);
        digest.truncate(16);
        Self { digest, bytes: size(values) }
    }

    /// DingTalk does not know this person: the card is not to speak of them again.
    pub fn unknown() -> Self {
        Self { digest: String::new(), bytes: 0 }
    }

    fn is(&self, values: &Values) -> bool {
        *self == Self::of(values)
    }

    fn is_unknown(&self) -> bool {
        self.digest.is_empty()
    }
}

#[cfg(test)]
mod tests;
