//! Update calls of one card: what everybody sees goes with the first, what single people see in as few as the limit of
//! people per call allows (reference 7.3).

use crate::flow::credential;
use crate::model::card::viewer::Values;
use crate::model::integration::Integration;
use crate::model::quota::Priority;
use crate::state::State;
use dingtalk::{CardUpdate, DingTalkError, ErrorClass, PRIVATE_PEOPLE_MAX};
use std::collections::{BTreeMap, BTreeSet};

/// An employee and the values only they see.
type Private = (String, Values);

/// How far an update came.
#[derive(Debug, Default)]
pub struct Told {
    /// Everybody sees the new values.
    pub is_painted: bool,
    /// Who was given values of their own.
    pub known: BTreeMap<String, Values>,
    /// Whom DingTalk does not know, or not any more.
    pub unknown: BTreeSet<String>,
    /// What ended it early.
    pub error: Option<DingTalkError>,
}

/// Shows everybody the values, and `people` their own. One of them may have left the company, for which DingTalk refuses
/// the whole call without a word on whom: halves find out.
pub async fn update(
    state: &State,
    integration: &Integration,
    out_track_id: &str,
    values: &Values,
    people: &[Private],
) -> Told {
    let client = credential::dingtalk(state, integration, Priority::State);
    let mut told = Told::default();
    let mut parts: Vec<&[Private]> = people.chunks(PRIVATE_PEOPLE_MAX).rev().collect();
    if parts.is_empty() {
        parts.push(&[]);
    }
    while let Some(part) = parts.pop() {
        // The last person of the first part was not known, and nobody is left to be told.
        if part.is_empty() && told.is_painted {
            continue;
        }
        let update = CardUpdate {
            out_track_id: out_track_id.to_owned(),
            card_data: if told.is_painted { Values::new() } else { values.clone() },
            private_data: part.iter().cloned().collect(),
            by_key: true,
        };
        match client.update_card(&update).await {
            Ok(()) => {
                told.is_painted = true;
                told.known.extend(part.iter().cloned());
            }
            Err(error) if error.class == ErrorClass::UnknownPerson && !part.is_empty() => {
                tracing::info!(
                    card = out_track_id,
                    code = error.code,
                    "somebody with a view of their own is not known"
                );
                if let [(user_id, _)] = part {
                    told.unknown.insert(user_id.clone());
                    if parts.is_empty() {
                        parts.push(&[]);
                    }
                } else {
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.extend([second, first]);
                }
            }
            Err(error) => {
                told.error = Some(error);
                break;
            }
        }
    }
    told
}
