//! The four steps a newcomer is led through. A step is done when it really happened, read from both platforms' memory.

use super::device::Row;
use super::{Desk, Seat};
use crate::dingtalk::Employee;

/// How many of the latest incidents are looked at.
const INCIDENTS_MAX: usize = 20;

/// What has happened since the tour began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Happened {
    /// An incident was raised.
    pub raised: bool,
    /// A button of a card was pressed.
    pub pressed: bool,
    /// Flashduty carried out an act of whoever pressed.
    pub carried_out: bool,
    /// Another person looked at a card after that.
    pub looked: bool,
}

impl Happened {
    /// The step to do now, from 1; 5 when all is done. What came out of order counts.
    pub fn step(self) -> usize {
        let done = [self.raised, self.pressed || self.carried_out, self.carried_out, self.looked];
        done.iter().position(|done| !done).map_or(5, |first| first + 1)
    }
}

impl Desk {
    /// Reads what has happened. `cards` says whether this person looks at a chat with cards now.
    pub fn happened(&self, seat: &Seat, cards: bool) -> Happened {
        let incidents = self.raised();
        let presser = self.memory().presser.clone();
        let member_id = presser.as_ref().and_then(|presser| self.flashduty.member_id(presser));
        let acted =
            |id: &String| self.flashduty.acts(id).iter().any(|act| act.changed && member_id == Some(act.actor_id));
        let carried_out = incidents.iter().rev().take(INCIDENTS_MAX).any(acted);
        let mut memory = self.memory();
        if carried_out && cards && presser.as_ref().is_some_and(|presser| *presser != seat.person.user_id) {
            memory.looked = true;
        }
        Happened { raised: !incidents.is_empty(), pressed: presser.is_some(), carried_out, looked: memory.looked }
    }

    /// Begins the tour anew.
    pub fn begin_again(&self) {
        let incidents = self.flashduty.incident_ids().len();
        let mut memory = self.memory();
        memory.incidents_before = incidents;
        memory.presser = None;
        memory.looked = false;
    }

    /// Members who are asked to handle the latest incident that was raised.
    pub fn responders(&self) -> Vec<i64> {
        let latest = self.raised().pop().and_then(|id| self.flashduty.incident(&id));
        let responders = latest.as_ref().and_then(|incident| incident.get("responders")?.as_array());
        responders.into_iter().flatten().filter_map(|one| one.get("person_id")?.as_i64()).collect()
    }

    fn raised(&self) -> Vec<String> {
        let before = self.memory().incidents_before;
        self.flashduty.incident_ids().into_iter().skip(before).collect()
    }

    /// The strip.
    pub fn tour(&self, seat: &Seat, happened: Happened, rows: &[Row], people: &[Employee]) -> String {
        let say = |chinese, english| seat.language.say(chinese, english);
        let step = happened.step();
        let titles = [
            say("触发一个故障", "Raise an incident"),
            say("在卡片上认领", "Acknowledge on the card"),
            say("关联一次账号", "Link the accounts, once"),
            say("换个人看看", "Look as somebody else"),
        ];
        let hint = self.hint(seat, step, rows, people);
        let steps: String = titles
            .iter()
            .enumerate()
            .map(|(index, title)| {
                let number = index + 1;
                let (class, mark) = match number {
                    _ if number < step => ("done", "✓".to_owned()),
                    _ if number == step => ("now", number.to_string()),
                    _ => ("", number.to_string()),
                };
                let hint = if number == step { format!("<span class=\"do\">{hint}</span>") } else { String::new() };
                format!(
                    "<li class=\"{class}\" data-step-done=\"{}\"><i aria-hidden=\"true\">{mark}</i><div>\
                    <b>{title}</b>{hint}</div></li>",
                    number < step
                )
            })
            .collect();
        let end = match step {
            5 => format!("<li class=\"end\"><div><span class=\"do\">{hint}</span></div></li>"),
            _ => String::new(),
        };
        let again = match happened {
            Happened { raised: true, .. } => {
                format!(
                    "<li class=\"again\"><button type=\"button\" class=\"link\" data-again>{}</button></li>",
                    say("重来", "Start again")
                )
            }
            _ => String::new(),
        };
        format!("{steps}{end}{again}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_thing_not_done_is_the_step() {
        let nothing = Happened::default();
        assert_eq!(nothing.step(), 1);
        assert_eq!(Happened { raised: true, ..nothing }.step(), 2);
        assert_eq!(Happened { raised: true, pressed: true, ..nothing }.step(), 3);
        assert_eq!(Happened { raised: true, carried_out: true, ..nothing }.step(), 4);
        assert_eq!(Happened { raised: true, pressed: true, carried_out: true, looked: true }.step(), 5);
    }
}
