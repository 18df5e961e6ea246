//! Messages with a link button instead of a card: nothing can change them, so what they say is kept, and a group that
//! would be left with something else than the truth gets another message.

use super::card;
use super::subscription::Repaint;
use std::collections::BTreeMap;
use std::time::Duration;
use world::Millis;

/// How far apart a group's messages about one incident are; what changes meanwhile is told together.
const REST: Duration = Duration::from_secs(60);
/// The same near the end of the month's quota.
const SAVING_REST: Duration = Duration::from_secs(600);
/// Values of the card whose change is worth a message, besides those of state.
const TOLD: [&str; 3] = ["title", "severity", "responders"];

/// What a message in a group says of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkMessage {
    /// The delivery that brings it.
    pub delivery_id: String,
    pub integration: String,
    pub incident_id: String,
    pub chat_id: String,
    /// By [`shown`].
    pub shown: BTreeMap<String, String>,
    pub sent: Millis,
}

/// As much of a card's values as is told by another message when it changes.
pub fn shown(values: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let told = |name: &str| TOLD.contains(&name) || card::STATE_VALUES.contains(&name);
    values.iter().filter(|(name, _)| told(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Whether a group that was told `before` is to hear `after`. Near the end of the quota only the state is told.
pub fn is_to_be_told(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
    rule: Repaint,
    saving: bool,
) -> bool {
    match if saving { rule.min(Repaint::State) } else { rule } {
        Repaint::None => false,
        Repaint::State => card::state_changed(before, after),
        Repaint::All => before != after,
    }
}

/// When a group that last heard of the incident at `last` may hear of it again. A clock that was set back does not keep
/// it longer.
pub fn next(last: Millis, saving: bool, now: Millis) -> Millis {
    last.min(now).plus(if saving { SAVING_REST } else { REST })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_subscription_and_the_quota_say_what_is_told() {
        let before = shown(&values(&[("progress", "Triggered"), ("title", "CPU"), ("last_act", "x")]));
        let other_state = shown(&values(&[("progress", "Closed"), ("title", "CPU"), ("last_act", "y")]));
        let other_title = shown(&values(&[("progress", "Triggered"), ("title", "Disk"), ("last_act", "x")]));
        let other_act = shown(&values(&[("progress", "Triggered"), ("title", "CPU"), ("last_act", "z")]));
        use Repaint::{All, None, State};
        for (after, rule, saving, expected) in [
            (&other_state, All, false, true),
            (&other_state, State, false, true),
            (&other_state, State, true, true),
            (&other_state, None, false, false),
            (&other_title, All, false, true),
            (&other_title, All, true, false),
            (&other_title, State, false, false),
            (&other_act, All, false, false),
        ] {
            assert_eq!(is_to_be_told(&before, after, rule, saving), expected, "{after:?} {rule:?} {saving}");
        }
    }

    #[test]
    fn messages_keep_their_distance() {
        assert_eq!(next(Millis(1_000), false, Millis(5_000)), Millis(61_000));
        assert_eq!(next(Millis(1_000), true, Millis(5_000)), Millis(601_000));
        assert_eq!(next(Millis(90_000), false, Millis(5_000)), Millis(65_000), "the clock was set back");
    }
}
