//! The company's own texts, and what messages say that cannot be changed.

use super::*;
use server::model::card_text::CardText;
use server::model::link_message::LinkMessage;
use server::store::{card_text, link_message};
use std::collections::BTreeMap;

pub fn text(version: i64, text: &str, trouble: &str) -> CardText {
    let (template_id, text, trouble) = ("6321".to_owned(), text.to_owned(), trouble.to_owned());
    CardText { template_id, version, text, trouble, tries: 1, at: NOW }
}

pub fn message(delivery: &str, incident: &str, state: &str, at: i64) -> LinkMessage {
    LinkMessage {
        delivery_id: delivery.to_owned(),
        integration: "alpha".to_owned(),
        incident_id: incident.to_owned(),
        chat_id: "ops".to_owned(),
        shown: BTreeMap::from([("state".to_owned(), state.to_owned())]),
        sent: Millis(NOW.0 + at),
    }
}

#[tokio::test]
async fn the_newest_text_of_an_incident_stays() {
    in_both(async |tx| {
        assert_eq!(card_text::get(tx, "alpha", "1").await.unwrap(), None);
        for (put, expected) in [
            (text(3, "手册 🔥", ""), text(3, "手册 🔥", "")),
            (text(3, "", "TimeOut"), text(3, "", "TimeOut")),
            (text(2, "old", ""), text(3, "", "TimeOut")),
            (text(4, "new", ""), text(4, "new", "")),
        ] {
            card_text::put(tx, "alpha", "1", &put).await.unwrap();
            assert_eq!(card_text::get(tx, "alpha", "1").await.unwrap(), Some(expected));
        }
        assert_eq!(card_text::get(tx, "beta", "1").await.unwrap(), None);
        assert_eq!(card_text::get(tx, "alpha", "2").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn messages_of_an_incident_in_their_order() {
    in_both(async |tx| {
        for one in [message("b", "1", "处理中", 2), message("a", "1", "Triggered", 1), message("a", "1", "again", 3)]
        {
            link_message::put(tx, &one).await.unwrap();
        }
        let all = link_message::of_incident(tx, "alpha", "1").await.unwrap();
        assert_eq!(all, [message("b", "1", "处理中", 2), message("a", "1", "again", 3)]);
        assert!(link_message::of_incident(tx, "beta", "1").await.unwrap().is_empty());
        link_message::remove(tx, "a").await.unwrap();
        assert_eq!(link_message::of_incident(tx, "alpha", "1").await.unwrap(), [message("b", "1", "处理中", 2)]);
    })
    .await;
}
