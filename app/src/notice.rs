//! What a page says about the form that led to it: the server's answer to a form is a redirect with one of these.

use contract::incident::Action;
use contract::{Problem, ProblemCode};

/// Longest problem id that is shown again.
const ID_BYTES_MAX: usize = 64;

/// A closed set, so that no address can put words into our mouth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The act was carried out.
    Done(Action),
    /// The act was carried out on this incident, and can be taken back.
    DoneTo { action: Action, id: String },
    /// Somebody else had done it before.
    Already(Action),
    /// An incident was created.
    Created,
    /// Accounts were linked.
    Linked,
    /// The link was removed.
    Unlinked,
    /// What was asked for in a group was done.
    Changed(Change),
    /// It failed; `id` finds it in the log.
    Problem { code: ProblemCode, id: String },
    /// It failed, in exact words. Never in an address.
    Told(Problem),
}

/// What was done with a group's subscriptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Saved,
    Removed,
    Moved,
    TestSent,
}

impl Change {
    const ALL: [Self; 4] = [Self::Saved, Self::Removed, Self::Moved, Self::TestSent];

    fn name(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Removed => "removed",
            Self::Moved => "moved",
            Self::TestSent => "test-sent",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

impl Notice {
    /// The query parameters of the redirect.
    pub fn query(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Done(action) => vec![("done", action.name().into())],
            Self::DoneTo { action, id } => vec![("done", action.name().into()), ("on", id.clone())],
            Self::Already(action) => vec![("already", action.name().into())],
            Self::Created => vec![("done", "created".into())],
            Self::Linked => vec![("done", "linked".into())],
            Self::Unlinked => vec![("done", "unlinked".into())],
            Self::Changed(change) => vec![("done", change.name().into())],
            Self::Told(Problem { code, id, .. }) | Self::Problem { code, id } => {
                vec![("problem", code.name().into()), ("problem_id", id.clone())]
            }
        }
    }

    /// Reads the query parameters; unknown values are no notice.
    pub fn from_query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Option<Self> {
        let (mut notice, mut problem_id, mut on) = (None, "", "");
        for (name, value) in pairs {
            match name {
                "done" => {
                    notice = match value {
                        "created" => Some(Self::Created),
                        "linked" => Some(Self::Linked),
                        "unlinked" => Some(Self::Unlinked),
                        _ => Change::from_name(value)
                            .map(Self::Changed)
                            .or_else(|| Action::from_name(value).map(Self::Done)),
                    };
                }
                "already" => notice = Action::from_name(value).map(Self::Already),
                "problem" => {
                    notice = ProblemCode::from_name(value).map(|code| Self::Problem { code, id: String::new() });
                }
                "problem_id" => problem_id = value,
                "on" => on = value,
                _ => {}
            }
        }
        let is_incident = on.len() == 24 && on.bytes().all(|byte| byte.is_ascii_hexdigit());
        if let Some(Self::Done(action)) = notice
            && action.inverse().is_some()
            && is_incident
        {
            notice = Some(Self::DoneTo { action, id: on.to_owned() });
        }
        if let Some(Self::Problem { id, .. }) = &mut notice
            && problem_id.len() <= ID_BYTES_MAX
            && problem_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        {
            id.push_str(problem_id);
        }
        notice
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notice_survives_the_redirect() {
        let notices = [
            Notice::Done(Action::Acknowledge),
            Notice::DoneTo { action: Action::Close, id: "69da451ef77b1b51f40e83ee".into() },
            Notice::Already(Action::Close),
            Notice::Created,
            Notice::Linked,
            Notice::Unlinked,
            Notice::Changed(Change::TestSent),
            Notice::Problem { code: ProblemCode::NoLicense, id: "r-1".into() },
        ];
        for notice in notices {
            let query = notice.query();
            let pairs = query.iter().map(|(name, value)| (*name, value.as_str()));
            assert_eq!(Notice::from_query(pairs), Some(notice));
        }
    }

    #[test]
    fn foreign_words_are_not_repeated() {
        assert_eq!(Notice::from_query([("done", "you won")]), None);
        let done = Some(Notice::Done(Action::Close));
        assert_eq!(Notice::from_query([("done", "close"), ("on", "../../x")]), done, "no incident");
        assert_eq!(
            Notice::from_query([("problem", "no-license"), ("problem_id", "call +1 555")]),
            Some(Notice::Problem { code: ProblemCode::NoLicense, id: String::new() })
        );
    }
}
