//! Administrators hear when something turned red: those of Flashduty's account who are linked, by the bot. The log, the
//! audit log and the console have it in any case.

use crate::flow::credential;
use crate::model::check::Check;
use crate::model::integration::Integration;
use crate::model::quota::Priority;
use crate::state::State;
use crate::store;
use contract::words::check as words;
use dingtalk::robot::RobotContent;
use flashduty::MemberQuery;

/// Flashduty's role of administrators (reference 6.1).
const ADMIN_ROLE: i64 = 2;
/// Members looked at: administrators are among the first of any account that is not huge.
const MEMBERS_MAX: u32 = 100;
/// Administrators told.
const TOLD_MAX: usize = 20;

/// Tells them in one message. That nobody could be told is no failure of the checks.
pub(super) async fn tell(state: &State, integration: &Integration, red: &[Check]) {
    let user_ids = administrators(state, integration).await;
    if user_ids.is_empty() {
        return;
    }
    let language = integration.settings.language;
    let lines: Vec<_> = red.iter().map(|check| format!("· {}", words::title(check.name(), language))).collect();
    let content = words::turned_red(language, &integration.settings.name, lines.join("\n"));
    let client = credential::dingtalk(state, integration, Priority::Chatter);
    let content = RobotContent::Text { content };
    if let Err(error) = client.send_to_people(&integration.settings.client_id, &user_ids, &content).await {
        tracing::info!(class = error.class.name(), code = error.code, "administrators were not told of failed checks");
    }
}

async fn administrators(state: &State, integration: &Integration) -> Vec<String> {
    let query = MemberQuery { limit: MEMBERS_MAX, ..MemberQuery::default() };
    let Ok(page) = credential::service(state, integration).member_list(&query).await else { return Vec::new() };
    let ids: Vec<i64> = page
        .items
        .iter()
        .filter(|member| member.role_ids.contains(&ADMIN_ROLE))
        .map(|member| member.member_id)
        .collect();
    let Ok(mut tx) = state.store.read().await else { return Vec::new() };
    let links = store::link::by_members(&mut tx, &integration.key, &ids).await.unwrap_or_default();
    links.into_iter().map(|link| link.employee.user_id).take(TOLD_MAX).collect()
}
