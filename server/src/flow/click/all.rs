//! *Acknowledge all* on the card of a storm: begun, and the clicker told how far it came.

use super::{Wanted, ask_to_link, cure, noticed, private_only};
use crate::flow::digest::acknowledge::{self, Begun, Tally};
use crate::flow::refusal::{ReceiveError, Refusal};
use crate::flow::repaint::AFTER_ANSWER;
use crate::flow::subject::Subject;
use crate::flow::{address, notify};
use crate::model::card::{Card, Notice};
use crate::model::integration::Integration;
use crate::model::link::Link;
use crate::state::State;
use crate::store::StoreError;
use contract::ProblemCode;
use contract::words::digest as words;
use dingtalk::click::Answer;
use std::sync::Arc;

/// Answers the click of somebody linked.
pub async fn answer(
    state: &State,
    integration: &Arc<Integration>,
    card: Card,
    link: &Link,
) -> Result<Answer, ReceiveError> {
    let language = integration.settings.language;
    let user_id = &link.employee.user_id;
    let passing = |text: String| Notice { text, ..Notice::default() };
    let notice = match acknowledge::begin(state, integration, link, &card.incident_id, super::BUDGET).await {
        Ok(Begun::Ended(tally)) => return Ok(ended(state, integration, card, user_id, tally.words(language)).await?),
        Ok(Begun::NothingLeft) => passing(Tally::default().words(language)),
        Ok(Begun::UnderWay) => passing(words::under_way(language).to_owned()),
        Ok(Begun::GoesOn(count)) => passing(words::going_on(language, count)),
        Err(Refusal { code: ProblemCode::LinkBroken | ProblemCode::NotLinked, .. }) => {
            return Ok(ask_to_link(state, integration, card, user_id, Wanted::AcknowledgeAll).await?);
        }
        Err(Refusal { cause: Some(cause), .. }) => return Err(cause.into()),
        Err(refusal) => {
            let url = address::list_in_dingtalk(state, &integration.key, &card.target);
            let notice = Notice { button: words::list(language).to_owned(), ..cure(state, integration, url, refusal) };
            let answer = private_only(&card, user_id, &notice);
            noticed(state, card, user_id, &notice, &answer, true).await?;
            return Ok(answer);
        }
    };
    let answer = private_only(&card, user_id, &notice);
    noticed(state, card, user_id, &notice, &answer, false).await?;
    Ok(answer)
}

/// The clicker sees at once what became of the members; everybody else by the update that follows, which keeps the
/// clicker's line.
async fn ended(
    state: &State,
    integration: &Integration,
    card: Card,
    user_id: &str,
    text: String,
) -> Result<Answer, StoreError> {
    acknowledge::tell(state, integration, user_id, &card.incident_id, text.clone(), AFTER_ANSWER).await?;
    let mut tx = state.store.read().await?;
    let subject = Subject::load(&mut tx, integration, &card.incident_id).await?;
    drop(tx);
    let notice = Notice { text, ..Notice::default() };
    let Some(subject) = subject else { return Ok(private_only(&card, user_id, &notice)) };
    let url = subject.url(state, integration);
    let card_data = subject.values(notify::drawing(state, integration, &url));
    Ok(Answer { card_data, ..private_only(&card, user_id, &notice) })
}
