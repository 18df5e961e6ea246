//! The minutes of groups: how often one bot may speak in each, over all processes. Kept in the transaction of the API
//! that the messages go by, after its window.

use super::desk::Memory;
use super::{Asking, GROUP_REST, News, Place, Told};
use crate::model::quota::Priority;
use crate::model::throttle::{Moment, Span, Window};
use crate::store::throttle::of_group;
use crate::store::{self, StoreError, Tx};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::Duration;

/// Of so many messages a minute one is kept for what is new: changes of what was told before do not take the last.
const KEPT_EVERY: usize = 5;

/// The windows that one transaction has looked at, by their name in the database.
#[derive(Default)]
pub(super) struct Groups(BTreeMap<String, Window>);

impl Groups {
    /// Takes a turn in the minute of the group that the call speaks in. None where there was one, or no group; else how
    /// long none will be free.
    pub async fn take(
        &mut self,
        tx: &mut Tx,
        memory: &mut Memory,
        asking: &Asking,
        moment: Moment,
    ) -> Result<Option<Duration>, StoreError> {
        let Some(group) = &asking.payer.group else { return Ok(None) };
        let window = self.window(tx, memory, &asking.place, group, moment).await?;
        let most = asking.payer.limits.robot_minute;
        let most = if asking.priority == Priority::Page { most } else { most - most / KEPT_EVERY };
        Ok(match window.take(&id_of(&asking.id), most, moment, &mut memory.steady) {
            true => None,
            false => Some(window.wait(moment, &memory.steady)),
        })
    }

    /// The call does not go out for another reason.
    pub fn unused(&mut self, memory: &mut Memory, asking: &Asking) {
        let group = asking.payer.group.as_ref();
        if let Some(window) = group.and_then(|group| self.0.get_mut(&of_group(asking.place.api, group))) {
            window.unused(&id_of(&asking.id), &mut memory.steady);
        }
    }

    /// Corrects a group's minute by what became of a call.
    pub async fn learn(
        &mut self,
        tx: &mut Tx,
        memory: &mut Memory,
        told: &Told,
        moment: Moment,
    ) -> Result<(), StoreError> {
        let Some(group) = &told.payer.group else { return Ok(()) };
        let window = self.window(tx, memory, &told.place, group, moment).await?;
        match told.news {
            // Nothing was said.
            News::Unused | News::TooFast(_) => window.unused(&id_of(&told.id), &mut memory.steady),
            _ => window.answered(&id_of(&told.id), moment, &mut memory.steady),
        }
        if told.news == News::TooMuch {
            tracing::warn!(api = told.place.api, "DingTalk says that the bot speaks too often in a group");
            window.refused(GROUP_REST, moment.now);
        }
        Ok(())
    }

    /// Keeps all of them.
    pub async fn put(self, tx: &mut Tx, place: &Place) -> Result<(), StoreError> {
        for (name, window) in self.0 {
            store::throttle::put(tx, &place.client_id, &name, &window).await?;
        }
        Ok(())
    }

    async fn window(
        &mut self,
        tx: &mut Tx,
        memory: &Memory,
        place: &Place,
        group: &str,
        moment: Moment,
    ) -> Result<&mut Window, StoreError> {
        Ok(match self.0.entry(of_group(place.api, group)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let mut window = store::throttle::lock(tx, &place.client_id, unknown.key(), Span::Minute).await?;
                window.settle(moment, &memory.steady, &memory.prefix);
                unknown.insert(window)
            }
        })
    }
}

/// The turn in the group's minute of the call that has this turn in its API's second.
fn id_of(id: &str) -> String {
    format!("{id}-group")
}
