//! The company's own text of an incident: how long it is used, and when it is asked for again after it could not be had.

use std::time::Duration;
use world::Millis;

/// Most bytes that are kept: more than any place shows, so that what is longer is still seen to be.
pub const TEXT_BYTES_MAX: usize = 2_000;
/// How long a text that could not be had is not asked for; doubled with each time.
const REST: Duration = Duration::from_secs(60);
/// Times in a row after which only a change of the incident asks again.
const TRIES_MAX: i64 = 5;

/// What Flashduty rendered last for an incident, or why it did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardText {
    /// Flashduty's message template.
    pub template_id: String,
    /// The version of the incident it was rendered for.
    pub version: i64,
    /// Plain text; empty: there is none.
    pub text: String,
    /// Why there is none; empty: nothing is wrong.
    pub trouble: String,
    /// Times in a row that it could not be had.
    pub tries: i64,
    pub at: Millis,
}

impl CardText {
    /// Whether it is what this template says of this version.
    pub fn is_of(&self, template_id: &str, version: i64) -> bool {
        self.template_id == template_id && self.version == version && self.trouble.is_empty()
    }

    /// Whether it could not be had a moment ago, so that Flashduty is left alone.
    pub fn rests(&self, template_id: &str, now: Millis) -> bool {
        let rested = self.at.plus(REST);
        self.template_id == template_id && !self.trouble.is_empty() && self.at <= now && now < rested
    }

    /// When it is worth to ask again for what could not be had for the moment. None: when the incident changes.
    pub fn again(&self) -> Option<Millis> {
        let doublings = u32::try_from(self.tries.max(1) - 1).unwrap_or(0);
        (self.tries <= TRIES_MAX).then(|| self.at.plus(REST * 2_u32.saturating_pow(doublings)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(trouble: &str, tries: i64) -> CardText {
        let (template_id, text, trouble) = ("t".to_owned(), String::new(), trouble.to_owned());
        CardText { template_id, version: 3, text, trouble, tries, at: Millis(1_000) }
    }

    #[test]
    fn a_text_is_of_one_template_and_one_version() {
        assert!(text("", 0).is_of("t", 3));
        for (trouble, template, version) in [("TimeOut", "t", 3), ("", "u", 3), ("", "t", 4)] {
            assert!(!text(trouble, 1).is_of(template, version), "{trouble} {template} {version}");
        }
    }

    #[test]
    fn after_a_failure_it_rests_longer_each_time_and_not_for_ever() {
        for (tries, again) in
            [(1, Some(61_000)), (2, Some(121_000)), (3, Some(241_000)), (5, Some(961_000)), (6, None), (i64::MAX, None)]
        {
            assert_eq!(text("TimeOut", tries).again(), again.map(Millis), "{tries}");
        }
        assert!(text("TimeOut", 1).rests("t", Millis(60_999)));
        assert!(!text("TimeOut", 1).rests("t", Millis(61_000)));
        assert!(!text("TimeOut", 1).rests("t", Millis(999)), "the clock was set back");
        assert!(!text("TimeOut", 1).rests("u", Millis(2_000)), "another template is asked for at once");
        assert!(!text("", 0).rests("t", Millis(2_000)));
    }
}
