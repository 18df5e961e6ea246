//! What an incident's card shows of its war room.

use crate::model::war_room::OnCard;
use contract::Language;
use contract::words::war_room as room_words;
use std::collections::BTreeMap;

/// The variables of an incident's card that tell of its war room.
pub fn room_values(room: OnCard, language: Language) -> BTreeMap<String, String> {
    let pairs = [
        ("can_war_room", (room == OnCard::Make).to_string()),
        ("can_join_war_room", (room == OnCard::Join).to_string()),
        ("text_war_room", room_words::make(language).to_owned()),
        ("text_join_war_room", room_words::join(language).to_owned()),
    ];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
