//! The parts of the page that change while one looks. The page is drawn with them, and the script asks for them again.

use super::message::Viewing;
use super::{Desk, Item, Seat, device};
use serde_json::{Value, json};
use std::hash::{DefaultHasher, Hash, Hasher};

/// All of them, as HTML by the id of their element, and the open chat's messages one by one.
pub struct Regions {
    /// Step of the tour, from 1.
    pub step: usize,
    /// Id and HTML.
    pub parts: Vec<(&'static str, String)>,
    /// Messages of the open chat.
    pub talk: Vec<Item>,
}

impl Regions {
    /// The HTML of one part.
    pub fn part(&self, id: &str) -> &str {
        self.parts.iter().find(|(known, _)| *known == id).map(|(_, html)| html.as_str()).unwrap_or_default()
    }

    /// For the script. Without the parts when they are those it has.
    pub fn json(&self, person: &str, have: Option<&str>) -> Value {
        let mut hasher = DefaultHasher::new();
        (person, self.step, &self.parts).hash(&mut hasher);
        self.talk.iter().for_each(|item| (&item.key, &item.html).hash(&mut hasher));
        let key = format!("{:016x}", hasher.finish());
        if have == Some(key.as_str()) {
            return json!({ "key": key });
        }
        let parts: serde_json::Map<String, Value> =
            self.parts.iter().map(|(id, html)| ((*id).to_owned(), json!(html))).collect();
        let talk: Vec<Value> = self.talk.iter().map(|item| json!([item.key, item.html])).collect();
        json!({ "key": key, "person": person, "step": self.step, "parts": parts, "talk": talk })
    }
}

impl Desk {
    /// Draws them.
    pub fn regions(&self, seat: &Seat) -> Regions {
        let people = self.dingtalk.users();
        let viewing = Viewing {
            dingtalk: &self.dingtalk,
            template: &self.template,
            people: &people,
            viewer: &seat.person.user_id,
            language: seat.language,
        };
        let rows = self.rows(seat, &viewing);
        let open = seat.open.as_ref().and_then(|open| rows.iter().find(|row| row.place == *open));
        let happened = self.happened(seat, open.is_some_and(|row| row.last_card().is_some()));
        let talk = open.map(|row| self.talk(seat, &row.place, &viewing)).unwrap_or_default();
        let head = open.map(|row| self.head(seat, row, &viewing)).unwrap_or_default();
        let foot = open.map(|row| self.foot(seat, &row.place)).unwrap_or_default();
        // Drawing the open chat has marked it as read.
        let rows = self.rows(seat, &viewing);
        let parts = vec![
            ("tour", self.tour(seat, happened, &rows, &people)),
            ("chats", device::list(&rows, seat.open.as_ref(), &viewing)),
            ("badge", device::badge(&rows)),
            ("head", head),
            ("foot", foot),
            ("workplace", self.workplace(seat, &viewing)),
            ("people", self.people(seat, &people)),
            ("log", self.log_lines(seat.language)),
        ];
        Regions { step: happened.step(), parts, talk }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_script_has_is_not_sent_again() {
        let talk = vec![Item { key: "m1".into(), html: "<p>".into() }];
        let mut regions = Regions { step: 2, parts: vec![("badge", "1".into())], talk };
        let first = regions.json("li.na", None);
        assert_eq!((&first["parts"]["badge"], &first["talk"][0][1]), (&json!("1"), &json!("<p>")));
        let key = first["key"].as_str().unwrap().to_owned();
        assert!(regions.json("li.na", Some(&key)).get("parts").is_none());
        assert!(regions.json("alice", Some(&key)).get("parts").is_some());
        regions.talk[0].html.push('x');
        assert!(regions.json("li.na", Some(&key)).get("parts").is_some());
    }
}
