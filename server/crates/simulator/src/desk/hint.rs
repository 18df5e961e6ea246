//! The sentence that says what to do now, in words that are on the screen: who, which chat, which button.

use super::device::Row;
use super::text::{Language, escape};
use super::{Desk, Seat, name};
use crate::dingtalk::Employee;

impl Desk {
    /// What to do in this step; HTML.
    pub fn hint(&self, seat: &Seat, step: usize, rows: &[Row], people: &[Employee]) -> String {
        let say = |chinese: &str, english: &str| seat.language.say(chinese, english).to_owned();
        match step {
            1 => say("在 Flashduty 控制台里点<b>触发</b>。", "In the Flashduty console, press <b>Raise</b>."),
            2 => match rows.iter().find_map(|row| Some((row, row.last_card()?))) {
                Some((row, card)) => {
                    let (me, chat) = (escape(name(&seat.person, seat.language)), escape(&row.name));
                    let button = self.button(seat, card, false, say("认领", "Acknowledge"));
                    match seat.language {
                        Language::Chinese => format!("您现在是{me}。打开「{chat}」，在卡片上点{button}。"),
                        Language::English => format!("You are {me}. Open “{chat}” and press {button} on the card."),
                    }
                }
                None => self.hint_without_card(seat, people),
            },
            3 => self.hint_to_link(seat, rows, people),
            4 => {
                let other = self.somebody_else(people).map(|person| name(person, seat.language));
                let other = escape(other.unwrap_or_default());
                match seat.language {
                    Language::Chinese => {
                        format!("卡片对所有人都变了。左上角换成<b>{other}</b>，打开同一张卡片看看。")
                    }
                    Language::English => {
                        format!("The card changed for everybody. Become <b>{other}</b> (top left) and look at it.")
                    }
                }
            }
            _ => say(
                "主线走完了。还可以试试：暂缓、关闭、在控制台恢复、从工作台打开应用、点群里的「值班」、给群改名。",
                "That was the whole main job. Also try: snooze, close, recover in the console, the app in the workplace, \
                 On-call in a group, rename a group.",
            ),
        }
    }

    /// Whether a person is one of these members.
    pub fn responds(&self, person: &Employee, responders: &[i64]) -> bool {
        self.flashduty.member_id(&person.user_id).is_some_and(|id| responders.contains(&id))
    }

    /// There is no card for this person: whom to become instead.
    fn hint_without_card(&self, seat: &Seat, people: &[Employee]) -> String {
        let responders = self.responders();
        if responders.is_empty() || self.responds(&seat.person, &responders) {
            let waiting = seat.language.say(
                "卡片正在路上，会出现在「消息」里。还没关联账号的人只在群里收到：先在一个群里添加酷应用。",
                "The card is on its way to Messages. Who has not linked an account gets it in groups only: install the \
                 cool app in one.",
            );
            return waiting.to_owned();
        }
        let names = people.iter().filter(|person| person.active && self.responds(person, &responders));
        let names: Vec<String> = names.map(|person| escape(name(person, seat.language))).collect();
        let names = names.join(seat.language.say("、", ", "));
        match seat.language {
            Language::Chinese => format!("您没有这张卡片。左上角换成处理人：<b>{names}</b>。"),
            Language::English => format!("You do not have the card. Become a responder (top left): <b>{names}</b>."),
        }
    }

    /// Somebody has pressed and is to link now.
    fn hint_to_link(&self, seat: &Seat, rows: &[Row], people: &[Employee]) -> String {
        let presser = self.memory().presser.clone().unwrap_or_default();
        let who = people.iter().find(|person| person.user_id == presser);
        let who = escape(who.map(|person| name(person, seat.language)).unwrap_or(&presser));
        if self.flashduty.member_id(&presser).is_none() {
            return match seat.language {
                Language::Chinese => format!("{who}在 Flashduty 没有账号，无法关联。左上角换成处理人再点一次。"),
                Language::English => {
                    format!("{who} has no account at Flashduty. Become a responder (top left) and press again.")
                }
            };
        }
        if presser != seat.person.user_id {
            return match seat.language {
                Language::Chinese => format!("只有<b>{who}</b>看到的卡片在提示关联：左上角换回{who}。"),
                Language::English => format!("Only <b>{who}</b>’s copy asks to link: become {who} again (top left)."),
            };
        }
        let wanted = seat.language.say("关联并继续", "Link and continue").to_owned();
        let shown = rows.iter().filter_map(|row| row.last_card());
        let card = shown.into_iter().find(|card| self.label(seat, card, true).is_some()).unwrap_or_default();
        let button = self.button(seat, card, true, wanted);
        match seat.language {
            Language::Chinese => {
                format!("只有您看到的卡片在提示：点{button}，登录 Flashduty，确认。之后认领会自动完成。")
            }
            Language::English => format!(
                "Only your copy of the card asks: press {button}, sign in to Flashduty, confirm. What you asked for is \
                 then done."
            ),
        }
    }

    /// Whom to become to see that others see it too: another responder if there is one.
    fn somebody_else<'a>(&self, people: &'a [Employee]) -> Option<&'a Employee> {
        let presser = self.memory().presser.clone();
        let responders = self.responders();
        let others = || people.iter().filter(|person| person.active && Some(&person.user_id) != presser.as_ref());
        others().find(|person| self.responds(person, &responders)).or_else(|| others().next())
    }

    /// A button by the words on it; cards speak the company's language, not the reader's, so both are said.
    fn button(&self, seat: &Seat, card: &str, in_alert: bool, usual: String) -> String {
        match self.label(seat, card, in_alert).filter(|label| *label != usual) {
            Some(label) => format!("<b>{}</b> ({usual})", escape(&label)),
            None => format!("<b>{usual}</b>"),
        }
    }

    fn label(&self, seat: &Seat, card: &str, in_alert: bool) -> Option<String> {
        self.template.main_label(in_alert, &self.dingtalk.card_as(card, &seat.person.user_id))
    }
}
