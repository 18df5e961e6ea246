//! What is left of the month at DingTalk, as the console shows it.

/// Most that a what-if multiplies by, in hundredths.
pub const PERCENT_MAX: i64 = 10_000;

/// Both meters, what they will come to, and what they would under other circumstances.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// Fixed names.
    pub edition: &'static str,
    pub preset: &'static str,
    /// `2026-09`
    pub month: String,
    pub ends_ms: i64,
    /// Day of the month it is.
    pub today: i64,
    /// Calls of one API in a second.
    pub per_second: i64,
    pub api: Meter,
    pub push: Meter,
    /// Fixed name of why less is sent than otherwise.
    pub economy: Option<&'static str>,
    /// No call before this: DingTalk has banned this server's address.
    pub banned_until_ms: Option<i64>,
    pub presets: Vec<PresetFigures>,
    /// Figures of this company that are not the preset's; empty where they are.
    pub own: OwnFigures,
    /// Edition, preset and own figures as one text: what a form was made of.
    pub seen: String,
    pub asked: WhatIf,
    /// What the month comes to as it goes, and as it would go.
    pub now: Outlook,
    pub then: Outlook,
    /// Hundredths of what was sent lately that went to groups.
    pub groups_share: i64,
}

/// One meter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meter {
    /// None where the contract decides.
    pub limit: Option<i64>,
    pub used: i64,
    /// Kept for the first word of an incident.
    pub reserve: i64,
    /// DingTalk itself said that it is used up.
    pub is_spent: bool,
    /// Warnings given this month, in hundredths.
    pub warnings: Vec<i64>,
    /// When it will be used up if it goes on so, this month.
    pub forecast_ms: Option<i64>,
    /// Each day of the month with what was used on it.
    pub days: Vec<(i64, i64)>,
    /// Path of the call or type of the event, most first.
    pub routes: Vec<(String, i64)>,
}

/// The figures of an edition by the day from which they hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PresetFigures {
    /// Fixed names.
    pub edition: &'static str,
    pub preset: &'static str,
    pub api_month: i64,
    /// None where the contract decides.
    pub push_month: Option<i64>,
    pub per_second: i64,
}

/// Figures as a form has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnFigures {
    pub api_month: String,
    pub push_month: String,
    pub per_second: String,
}

/// Other circumstances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatIf {
    /// Cards are not painted anew.
    pub no_repaints: bool,
    /// Nothing goes to people, only to groups.
    pub no_people: bool,
    /// So many groups, in hundredths of today's.
    pub groups: i64,
    /// So many incidents, in hundredths of today's.
    pub incidents: i64,
    /// Fixed name of another edition; empty: the present one.
    pub edition: String,
}

impl Default for WhatIf {
    fn default() -> Self {
        Self { no_repaints: false, no_people: false, groups: 100, incidents: 100, edition: String::new() }
    }
}

impl WhatIf {
    /// Names of the parameters.
    pub const NAMES: [&'static str; 5] = ["no_repaints", "no_people", "groups", "incidents", "with_edition"];

    /// Reads a parameter of an address. What makes no sense changes nothing.
    pub fn read(&mut self, name: &str, value: &str) {
        let percent = value.parse().ok().filter(|percent| (0..=PERCENT_MAX).contains(percent));
        match name {
            "no_repaints" => self.no_repaints = value == "yes",
            "no_people" => self.no_people = value == "yes",
            "groups" => self.groups = percent.unwrap_or(self.groups),
            "incidents" => self.incidents = percent.unwrap_or(self.incidents),
            "with_edition" => self.edition = value.chars().filter(char::is_ascii_lowercase).take(20).collect(),
            _ => {}
        }
    }
}

/// What a month comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Calls a day.
    pub per_day: i64,
    /// Calls at the end of the month, if nothing held them back.
    pub at_end: i64,
    pub limit: i64,
    /// When the limit is reached, if this month.
    pub spent_ms: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_changes_nothing() {
        let mut asked = WhatIf::default();
        for (name, value) in [
            ("groups", "-1"),
            ("groups", "10001"),
            ("incidents", "x"),
            ("no_people", "1"),
            ("with_edition", ""),
            ("x", "y"),
        ] {
            asked.read(name, value);
        }
        assert_eq!(asked, WhatIf::default());
        for (name, value) in
            [("groups", "200"), ("incidents", "0"), ("no_repaints", "yes"), ("with_edition", "professional<")]
        {
            asked.read(name, value);
        }
        let expected =
            WhatIf { no_repaints: true, no_people: false, groups: 200, incidents: 0, edition: "professional".into() };
        assert_eq!(asked, expected);
    }
}
