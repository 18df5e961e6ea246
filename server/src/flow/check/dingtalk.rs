//! What DingTalk answers. Tokens and people are free; the rest is asked only where nothing proves it and calls may be
//! spent. Nobody is reached by any of these: they ask for a person, a group and a task that do not exist.

use super::{Ground, Spending};
use crate::flow::credential;
use crate::flow::refusal::Refusal;
use crate::flow::set_up::rotation;
use crate::model::check::{Check, CheckState, Finding, Reason};
use crate::model::integration::Rotating;
use crate::model::link::LinkState;
use crate::model::quota::Priority;
use crate::store::{self, health};
use dingtalk::robot::RobotContent;
use dingtalk::{Call, Client, DingTalkError, ErrorClass};
use world::Millis;

/// Nobody and nothing is called so.
const NOBODY: &str = "dingduty-doctor";
const NO_GROUP: &str = "cidZGluZ2R1dHktZG9jdG9yLW5vLXN1Y2gtZ3JvdXA=";
const NO_TASK: &str = "1";
const NO_MOBILE: &str = "10000000000";
/// The AgentId is invalid (reference 1.6).
const AGENT_INVALID: &str = "40056";

/// What the database knows that saves calls.
struct Known {
    /// When something last arrived that the bot sent.
    delivered: Option<Millis>,
    /// When a group was last read.
    read: Option<Millis>,
    /// Somebody who is linked.
    somebody: Option<String>,
}

pub(super) async fn look(ground: &Ground<'_>) -> Result<Vec<Finding>, Refusal> {
    let key = &ground.integration.key;
    let mut tx = ground.state.store.read().await?;
    let links = store::link::list(&mut tx, key, Some(LinkState::Linked), None, 1).await?;
    let known = Known {
        delivered: health::newest_of(&mut tx, key, "delivered").await?,
        read: health::last_read(&mut tx, key).await?,
        somebody: links.into_iter().next().map(|link| link.employee.user_id),
    };
    drop(tx);
    let client = credential::dingtalk(ground.state, ground.integration, Priority::Chatter);
    if ground.is_quiet {
        let said = [Check::Token, Check::CorpId, Check::AgentId, Check::PermissionMember, Check::PermissionMobile];
        let mut findings: Vec<Finding> = said.map(|check| ground.earlier(check)).into();
        findings.push(ground.earlier(Check::MemberByMobile));
        findings.push(robot(ground, &client, &known).await);
        findings.push(chat(ground, &client, &known).await);
        return Ok(stand(ground, findings));
    }
    let token = client.check_token().await;
    if token.is_ok() {
        used(ground).await?;
    }
    let mut findings = vec![judged(ground, Check::Token, token, &Call::TOKEN)];
    findings.push(corp_id(ground, &client).await);
    findings.push(agent_id(ground, &client).await);
    findings.push(robot(ground, &client, &known).await);
    findings.push(chat(ground, &client, &known).await);
    findings.extend(people(ground, &client, &known).await);
    Ok(stand(ground, findings))
}

/// What was found before stands where nothing new was learned.
fn stand(ground: &Ground<'_>, findings: Vec<Finding>) -> Vec<Finding> {
    let app = ground.changed(&["client_id", "client_secret", "corp_id", "agent_id"]);
    let earlier = |check| ground.before.as_ref().and_then(|before| before.of(check));
    findings
        .into_iter()
        .map(|finding| {
            let earlier = earlier(finding.check);
            finding.or_earlier(earlier, app)
        })
        .collect()
}

/// A token was had with the present Client Secret: a former one is needed no more.
async fn used(ground: &Ground<'_>) -> Result<(), Refusal> {
    let (state, secret) = (ground.state, Rotating::ClientSecret);
    let mut tx = state.store.begin().await?;
    rotation::note_use(state, &mut tx, &ground.integration.key, &[secret.name()]).await?;
    tx.commit().await?;
    if ground.integration.secrets.former.of(secret).is_some()
        && let Err(error) = rotation::end(state, ground.integration, &[secret]).await
    {
        tracing::info!(key = ground.integration.key, error = %error, "the former Client Secret is still accepted");
    }
    Ok(())
}

async fn corp_id(ground: &Ground<'_>, client: &Client) -> Finding {
    let check = Check::CorpId;
    match client.belongs_to_corp().await {
        Ok(Some(true)) => ground.found(check, CheckState::Proved, Reason::Answered),
        Ok(_) => ground.found(check, CheckState::Failed, Reason::DoesNotFit),
        Err(error) => judged(ground, check, Err(error), &Call::CORP_TOKEN),
    }
}

/// A task that does not exist is asked for: an AgentId of another app is refused before that.
async fn agent_id(ground: &Ground<'_>, client: &Client) -> Finding {
    let check = Check::AgentId;
    if ground.spending != Spending::Calls {
        return ground.found(check, CheckState::Unproved, Reason::NotAsked);
    }
    match client.work_notice_progress(NO_TASK).await {
        Err(error) if error.code == AGENT_INVALID => {
            Finding { said: said(&error), cost: 1, ..ground.found(check, CheckState::Failed, Reason::DoesNotFit) }
        }
        Err(error) if matches!(error.class, ErrorClass::Refused) => {
            Finding { cost: 1, ..ground.found(check, CheckState::Proved, Reason::Answered) }
        }
        result => judged(ground, check, result.map(drop), &Call::WORK_NOTICE_PROGRESS),
    }
}

async fn robot(ground: &Ground<'_>, client: &Client, known: &Known) -> Finding {
    let check = Check::PermissionRobot;
    if let Some(found) = proved_by(ground, check, known.delivered) {
        return found;
    }
    let content = RobotContent::Text { content: NOBODY.to_owned() };
    let client_id = &ground.integration.settings.client_id;
    let sent = client.send_to_people(client_id, &[NOBODY.to_owned()], &content).await;
    judged(ground, check, sent.map(drop), &Call::SEND_TO_PEOPLE)
}

async fn chat(ground: &Ground<'_>, client: &Client, known: &Known) -> Finding {
    let check = Check::PermissionChat;
    if let Some(found) = proved_by(ground, check, known.read) {
        return found;
    }
    judged(ground, check, client.group_info(NO_GROUP, None).await.map(drop), &Call::GROUP_INFO)
}

/// Free: people are not counted.
async fn people(ground: &Ground<'_>, client: &Client, known: &Known) -> Vec<Finding> {
    let details = client.user(known.somebody.as_deref().unwrap_or(NOBODY)).await;
    let mobile = details.as_ref().ok().and_then(|details| details.mobile.clone());
    let by_mobile = client.user_id_by_mobile(mobile.as_deref().unwrap_or(NO_MOBILE)).await;
    let check = Check::MemberByMobile;
    let found = match (&known.somebody, mobile, &by_mobile) {
        (None, _, _) => ground.found(check, CheckState::Unproved, Reason::NobodyToTry),
        (Some(_), None, _) if details.is_ok() => {
            let missing = ground.found(check, CheckState::Failed, Reason::PermissionMissing).with("fieldMobile");
            Finding { apply_url: Some(apply_url(ground, "fieldMobile")), ..missing }
        }
        (Some(user_id), Some(_), Ok(found)) if found == user_id => {
            ground.found(check, CheckState::Proved, Reason::Answered)
        }
        (_, _, Ok(_)) => ground.found(check, CheckState::Failed, Reason::DoesNotFit),
        (_, _, Err(error)) => judged(ground, check, Err(error.clone()), &Call::USER_BY_MOBILE),
    };
    vec![
        judged(ground, Check::PermissionMember, details.map(drop), &Call::USER),
        judged(ground, Check::PermissionMobile, by_mobile.map(drop), &Call::USER_BY_MOBILE),
        found,
    ]
}

/// Proved by what was seen since the app was last changed; not asked where nothing may be spent; otherwise to be asked.
fn proved_by(ground: &Ground<'_>, check: Check, seen: Option<Millis>) -> Option<Finding> {
    let found = Finding::by(check, seen, ground.changed(&["client_id"]), ground.now);
    match (found.state, ground.spending) {
        (CheckState::Proved, _) => Some(found),
        (_, Spending::Nothing | Spending::Watching) => {
            Some(ground.found(check, CheckState::Unproved, Reason::NotAsked))
        }
        (_, Spending::Calls) => None,
    }
}

/// What an answer to a call says about the permission it needs: also "there is no such person" is said only to those
/// who may ask.
fn judged(ground: &Ground<'_>, check: Check, answer: Result<(), DingTalkError>, call: &Call) -> Finding {
    let counted = i64::from(call.meter == dingtalk::Meter::Api);
    let Err(error) = answer else {
        return Finding { cost: counted, ..ground.found(check, CheckState::Proved, Reason::Answered) };
    };
    let found = |state, reason| Finding { said: said(&error), cost: counted, ..ground.found(check, state, reason) };
    match &error.class {
        ErrorClass::MissingScope { name, apply_url: told } => {
            let name = name.as_deref().unwrap_or(call.scope);
            let apply_url = told.as_deref().map_or_else(|| apply_url(ground, name), str::to_owned);
            let missing = found(CheckState::Failed, Reason::PermissionMissing).with(name);
            Finding { apply_url: Some(apply_url), ..missing }
        }
        ErrorClass::CredentialsRefused | ErrorClass::TokenRefused => {
            found(CheckState::Failed, Reason::CredentialsRefused)
        }
        ErrorClass::IpNotAllowed => found(CheckState::Failed, Reason::AddressNotAllowed),
        ErrorClass::UnknownPerson
        | ErrorClass::OutOfRange
        | ErrorClass::NoSession
        | ErrorClass::ChatGone
        | ErrorClass::Unsettled
        | ErrorClass::NotInstalled => Finding { said: String::new(), ..found(CheckState::Proved, Reason::Answered) },
        ErrorClass::BotUnusable | ErrorClass::Refused | ErrorClass::ContentRefused => {
            found(CheckState::Failed, Reason::Refused)
        }
        ErrorClass::Unclear => found(CheckState::Unproved, Reason::NotAnswered),
        _ => Finding { cost: 0, ..found(CheckState::Unproved, Reason::NotAnswered) },
    }
}

fn said(error: &DingTalkError) -> String {
    format!("{} {}", error.code, error.message).trim().to_owned()
}

/// Where a permission point can be applied for (reference 11).
pub(super) fn apply_url(ground: &Ground<'_>, scope: &str) -> String {
    let client_id = &ground.integration.settings.client_id;
    format!("https://open-dev.dingtalk.com/appscope/apply?content={}%23{scope}", contract::paths::encode(client_id))
}
