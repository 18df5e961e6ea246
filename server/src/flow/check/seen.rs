//! What was seen: events, groups, deliveries, webhooks. Costs nothing.

use super::dingtalk::apply_url;
use super::{Ground, event_name};
use crate::flow::introduce;
use crate::flow::refusal::Refusal;
use crate::model::check::{Check, CheckState, Finding, Reason};
use crate::model::delivery::Outcome;
use crate::store::{StoreError, Tx, health};
use std::time::Duration;

/// Who was refused longer ago than this does not count any more.
const REFUSAL_AGE_MAX: Duration = Duration::from_secs(7 * 24 * 3600);
/// The permission point of cards.
const CARD_SCOPE: &str = "Card.Instance.Write";
/// What DingTalk's code says of a missing permission point (reference 1.6).
const PERMISSION_CODE: &str = "accesstokenpermissiondenied";

pub(super) async fn look(ground: &Ground<'_>) -> Result<Vec<Finding>, Refusal> {
    let (integration, now) = (ground.integration, ground.now);
    let keys = ground.changed(&["aes_key", "token", "client_id"]);
    let event = |check, name| Finding::by(check, ground.seen(&event_name(name)), ground.changed(&["client_id"]), now);
    let mut findings = vec![
        Finding::by(Check::EventSubscription, integration.checked, keys, now),
        event(Check::EventInstall, "im_cool_app_install"),
        event(Check::EventTitle, "chat_update_title"),
        event(Check::EventUninstall, "im_cool_app_uninstall"),
        Finding::by(Check::Webhook, integration.webhook, None, now),
        Finding::by(Check::WebhookHeader, integration.webhook_header, None, now),
        war_room(ground),
    ];
    let mut tx = ground.state.store.read().await?;
    findings.push(cool_app(ground, &mut tx).await?);
    findings.push(bot(ground, &mut tx).await?);
    findings.push(homepage(ground, &mut tx).await?);
    findings.extend(cards(ground, &mut tx).await?);
    findings.push(visible_range(ground, &mut tx).await?);
    Ok(findings)
}

async fn cool_app(ground: &Ground<'_>, tx: &mut Tx) -> Result<Finding, StoreError> {
    let groups = health::installed_chats(tx, &ground.integration.key).await?;
    let check = Check::CoolApp;
    Ok(match groups {
        0 => ground.found(check, CheckState::Unproved, Reason::NeverSeen),
        _ => Finding {
            seen: ground.seen(&event_name("im_cool_app_install")),
            ..ground.found(check, CheckState::Proved, Reason::Seen).with(groups)
        },
    })
}

async fn bot(ground: &Ground<'_>, tx: &mut Tx) -> Result<Finding, StoreError> {
    let key = &ground.integration.key;
    let arrived = health::newest_of(tx, key, Outcome::Delivered.name()).await?;
    let refused = health::newest_of(tx, key, Outcome::BotUnusable.name()).await?;
    Ok(match refused > arrived {
        true => Finding { seen: refused, ..ground.found(Check::Bot, CheckState::Failed, Reason::Refused) },
        false => Finding::by(Check::Bot, arrived, ground.changed(&["client_id"]), ground.now),
    })
}

async fn homepage(ground: &Ground<'_>, tx: &mut Tx) -> Result<Finding, StoreError> {
    let linked = health::last_link(tx, &ground.integration.key).await?;
    Ok(Finding::by(Check::Homepage, linked, ground.changed(&["client_id", "corp_id"]), ground.now))
}

/// The card's permission, callback address and template.
async fn cards(ground: &Ground<'_>, tx: &mut Tx) -> Result<[Finding; 3], StoreError> {
    let key = &ground.integration.key;
    let checks = [Check::PermissionCard, Check::CardCallback, Check::CardTemplate];
    if ground.integration.settings.card_template_id.is_none() {
        return Ok(checks.map(|check| ground.found(check, CheckState::NotNeeded, Reason::NotNeeded)));
    }
    let registered = ground.seen("card-callback");
    let changed = ground.changed(&["client_id", "card_template_id"]);
    let mut permission = Finding::by(Check::PermissionCard, registered, changed, ground.now);
    let mut callback = Finding::by(Check::CardCallback, registered, changed, ground.now);
    if let Some(failure) = introduce::failures(tx, key).await?.card_callback {
        let said = format!("{} {}", failure.code, failure.message).trim().to_owned();
        if failure.code.to_ascii_lowercase().contains(PERMISSION_CODE) {
            let missing = ground.found(Check::PermissionCard, CheckState::Failed, Reason::PermissionMissing);
            let apply_url = Some(apply_url(ground, CARD_SCOPE));
            permission = Finding { said: said.clone(), apply_url, ..missing.with(CARD_SCOPE) };
        }
        callback = Finding { said, ..ground.found(Check::CardCallback, CheckState::Failed, Reason::Refused) };
    }
    let shown = health::newest_of(tx, key, Outcome::Delivered.name()).await?;
    let refused = health::newest_of(tx, key, Outcome::TemplateUnusable.name()).await?;
    let template = match refused > shown {
        true => Finding { seen: refused, ..ground.found(Check::CardTemplate, CheckState::Failed, Reason::Refused) },
        false => Finding::by(Check::CardTemplate, shown, changed, ground.now),
    };
    Ok([permission, callback, template])
}

/// A room is made only when somebody asks for one.
fn war_room(ground: &Ground<'_>) -> Finding {
    match super::wishes(ground.integration).war_rooms {
        true => ground.found(Check::WarRoom, CheckState::Unproved, Reason::NotAsked),
        false => ground.found(Check::WarRoom, CheckState::NotNeeded, Reason::NotNeeded),
    }
}

async fn visible_range(ground: &Ground<'_>, tx: &mut Tx) -> Result<Finding, StoreError> {
    let key = &ground.integration.key;
    let since = ground.now.minus(REFUSAL_AGE_MAX);
    let refused = health::count_of(tx, key, Outcome::OutOfRange.name(), since).await?;
    if refused > 0 {
        return Ok(ground.found(Check::VisibleRange, CheckState::Failed, Reason::SomeAmiss).with(refused));
    }
    let linked = health::last_link(tx, key).await?;
    Ok(Finding::by(Check::VisibleRange, linked, None, ground.now))
}
