//! Groups and their subscriptions as those see and change them who may: administrators in the console, and whoever a
//! group's own page lets.

use crate::chat::{ChatState, SubscriptionView};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};

/// Longest value of a parameter that is read from an address.
const VALUE_BYTES_MAX: usize = 16_384;

/// Which groups are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GroupFilter {
    #[default]
    All,
    Installed,
    Uninstalled,
    Disbanded,
    /// Nothing can be sent to it, and subscriptions point at it.
    Dead,
}

impl GroupFilter {
    /// All, in the order they are offered.
    pub const ALL: [Self; 5] = [Self::All, Self::Dead, Self::Installed, Self::Uninstalled, Self::Disbanded];

    /// The fixed name; all groups have none.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Installed => "installed",
            Self::Uninstalled => "uninstalled",
            Self::Disbanded => "disbanded",
            Self::Dead => "dead",
        }
    }

    /// The filter of a fixed name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// The state that a group of the list has, where it is one.
    pub fn state(self) -> Option<ChatState> {
        match self {
            Self::Installed => Some(ChatState::Installed),
            Self::Uninstalled => Some(ChatState::Uninstalled),
            Self::Disbanded => Some(ChatState::Disbanded),
            Self::All | Self::Dead => None,
        }
    }
}

/// What of the groups an address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupsWanted {
    /// Part of a title.
    pub query: String,
    pub filter: GroupFilter,
    /// Where the page begins, as the page before said.
    pub after: Option<String>,
}

impl GroupsWanted {
    /// The names of its parameters.
    pub const NAMES: [&'static str; 3] = ["q", "state", "after"];

    /// Reads the parameters of an address; what is unknown counts as absent.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut wanted = Self::default();
        for (name, value) in pairs.into_iter().filter(|(_, value)| value.len() <= 256) {
            match name {
                "q" => value.trim().clone_into(&mut wanted.query),
                "state" => wanted.filter = GroupFilter::from_name(value).unwrap_or_default(),
                "after" if !value.is_empty() => wanted.after = Some(value.to_owned()),
                _ => {}
            }
        }
        wanted
    }

    /// The parameters that are not as usual.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if !self.query.is_empty() {
            pairs.push(("q", self.query.clone()));
        }
        if self.filter != GroupFilter::All {
            pairs.push(("state", self.filter.name().to_owned()));
        }
        pairs.extend(self.after.clone().map(|after| ("after", after)));
        pairs
    }
}

/// A page of groups.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupsPage {
    pub items: Vec<GroupLine>,
    /// How many groups there are of each state, dead ones with subscriptions apart.
    pub counts: Vec<(GroupFilter, i64)>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// One group and how it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupLine {
    /// Ours, as in addresses.
    pub id: String,
    pub title: String,
    pub state: ChatState,
    pub subscriptions: i64,
    /// When DingTalk last told something of it.
    pub event_ms: Option<i64>,
    /// When something last arrived in it.
    pub delivered_ms: Option<i64>,
    /// What was last refused and not followed by anything that arrived: cause and cure.
    pub refused: Option<(String, String)>,
}

/// What a group's page is asked to show besides the group. All of it in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupAsked {
    /// The subscription whose form is open: its id, or `new`.
    pub edit: Option<String>,
    /// What was typed into the form, if anything was.
    pub typed: Option<TypedRule>,
    /// The incidents that would have come are wanted.
    pub preview: bool,
    /// Part of a title of the group that is to take over.
    pub find: Option<String>,
}

/// A rule as it was typed. Ticked boxes of one name come with commas between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedRule {
    pub channel: String,
    /// Further channels by number.
    pub channels: String,
    pub severity: String,
    /// One `name=value` a line.
    pub labels: String,
    pub mention: bool,
    pub repaint: String,
    /// What the form was made of, to see whether somebody else was faster.
    pub revision: String,
}

impl GroupAsked {
    /// The names of its parameters.
    pub const NAMES: [&'static str; 11] = [
        "edit", "typed", "preview", "find", "channel", "channels", "severity", "labels", "mention", "repaint",
        "revision",
    ];

    /// Reads parameters; unknown ones and values beyond all bounds count as absent.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let (mut asked, mut rule, mut is_typed) = (Self::default(), TypedRule::default(), false);
        for (name, value) in pairs.into_iter().filter(|(_, value)| value.len() <= VALUE_BYTES_MAX) {
            match name {
                "edit" if !value.is_empty() => asked.edit = Some(value.to_owned()),
                "typed" => is_typed = value == "yes",
                "preview" => asked.preview = value == "yes",
                "find" => asked.find = Some(value.trim().to_owned()),
                "channel" => value.clone_into(&mut rule.channel),
                "channels" => value.clone_into(&mut rule.channels),
                "severity" => value.clone_into(&mut rule.severity),
                "labels" => value.clone_into(&mut rule.labels),
                "mention" => rule.mention = value == "yes",
                "repaint" => value.clone_into(&mut rule.repaint),
                "revision" => value.clone_into(&mut rule.revision),
                _ => {}
            }
        }
        asked.typed = is_typed.then_some(rule);
        asked
    }

    /// After a refusal: what was typed stays. If the subscription has `changed`, the form shows what is there now, and
    /// saving again is meant.
    pub fn settle(&mut self, changed: bool) {
        match &mut self.typed {
            Some(typed) if changed => typed.revision.clear(),
            Some(_) => {}
            None => self.edit = None,
        }
    }

    /// The parameters that [`Self::from_pairs`] reads.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let yes = |is: bool| if is { "yes".to_owned() } else { String::new() };
        let mut pairs = vec![
            ("edit", self.edit.clone().unwrap_or_default()),
            ("preview", yes(self.preview)),
            ("typed", yes(self.typed.is_some())),
        ];
        let rule = self.typed.clone().unwrap_or_default();
        pairs.extend([
            ("channel", rule.channel),
            ("channels", rule.channels),
            ("severity", rule.severity),
            ("labels", rule.labels),
            ("mention", yes(rule.mention)),
            ("repaint", rule.repaint),
            ("revision", rule.revision),
        ]);
        pairs.retain(|(_, value)| !value.is_empty());
        pairs.extend(self.find.clone().map(|find| ("find", find)));
        pairs
    }
}

/// A group's page in the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupView {
    pub line: GroupLine,
    pub members: Option<i64>,
    /// When it was last read at DingTalk.
    pub read_ms: Option<i64>,
    /// When a robot of an escalation rule last spoke in it.
    pub pushed_ms: Option<i64>,
    pub robot_push_url: String,
    pub subscriptions: Vec<SubscriptionView>,
    pub desk: RuleDesk,
    /// Groups that can take over what is sent here, where one is looked for.
    pub replacements: Option<Vec<(String, String)>>,
}

/// Where a subscription is made or changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleDesk {
    pub form: Option<RuleForm>,
    pub preview: Option<Preview>,
    /// Why there is no preview, or no form.
    pub problem: Option<Problem>,
    /// The newest test message.
    pub test: Option<TestView>,
}

/// The form of a subscription.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleForm {
    /// The subscription that is changed; empty for a new one.
    pub id: String,
    pub revision: String,
    pub channels: Vec<ChannelBox>,
    /// Further channels by number, as typed.
    pub channels_more: String,
    pub severities: Vec<String>,
    /// One `name=value` a line.
    pub labels: String,
    pub mention: bool,
    pub repaint: String,
    /// Choosing no channel means all of them.
    pub all_allowed: bool,
}

/// A channel that can be ticked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelBox {
    pub id: i64,
    pub name: String,
    pub chosen: bool,
}

/// What would have come to a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Incidents that were looked through, the newest ones.
    pub looked: usize,
    /// How many of them fit.
    pub fitting: usize,
    /// The newest of those.
    pub items: Vec<PreviewLine>,
}

/// An incident that would have come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewLine {
    pub id: String,
    pub num: String,
    pub title: String,
    pub channel: String,
    /// Flashduty's words.
    pub severity: String,
    pub at_ms: i64,
}

/// What became of a test message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestView {
    pub outcome: String,
    pub waiting: bool,
    pub arrived: bool,
    pub cause: String,
    pub cure: String,
    pub at_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_asks_for_survives_it() {
        let typed = TypedRule {
            channel: "1,2".into(),
            channels: "3".into(),
            severity: "Critical".into(),
            labels: "a=b\nc=d".into(),
            mention: true,
            repaint: "state".into(),
            revision: "r".into(),
        };
        for asked in [
            GroupAsked::default(),
            GroupAsked { edit: Some("new".into()), ..GroupAsked::default() },
            GroupAsked { find: Some(String::new()), ..GroupAsked::default() },
            GroupAsked { edit: Some("s1".into()), typed: Some(typed), preview: true, find: None },
        ] {
            let pairs = asked.pairs();
            assert_eq!(GroupAsked::from_pairs(pairs.iter().map(|(name, value)| (*name, value.as_str()))), asked);
            assert!(pairs.iter().all(|(name, _)| GroupAsked::NAMES.contains(name)));
        }
        let long = "x".repeat(VALUE_BYTES_MAX + 1);
        assert_eq!(GroupAsked::from_pairs([("edit", long.as_str()), ("who", "x")]), GroupAsked::default());
    }

    #[test]
    fn a_list_of_groups_survives_its_address() {
        let wanted = GroupsWanted { query: "支付".into(), filter: GroupFilter::Dead, after: Some("5-a".into()) };
        let pairs = wanted.pairs();
        assert_eq!(GroupsWanted::from_pairs(pairs.iter().map(|(name, value)| (*name, value.as_str()))), wanted);
        assert_eq!(GroupsWanted::from_pairs([("state", "odd"), ("after", ""), ("q", " ")]), GroupsWanted::default());
    }
}
