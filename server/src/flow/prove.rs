//! Proof of the Flashduty side of a link: an own APP key, or Flashduty's own sign-in (Flashduty reference 6.1, 6.6, 10).

use super::console::entry::ADMIN_ROLE_ID;
use super::refusal::Refusal;
use super::{address, credential, incidents, link};
use crate::model::hash::hex_sha256;
use crate::model::integration::Integration;
use crate::model::link::{Credential, Member};
use crate::model::link_attempt::{Leaving, Proved, Step};
use crate::state::State;
use crate::store;
use crate::store::oauth_client::OauthClient;
use contract::person::SignInWay;
use contract::{ProblemCode, paths};
use flashduty::{ErrorClass, FlashdutyError, MemberInfo, Metadata, Pkce};
use secrecy::SecretString;
use std::time::Duration;
use url::Url;

/// How long Flashduty may take to say whose a credential is.
const OWNER_TIMEOUT: Duration = Duration::from_secs(5);
/// How long it goes on asking where Flashduty says that there are too many requests.
const PATIENCE: Duration = Duration::from_secs(4);
/// Longest key that is shown to Flashduty; real ones are a fraction of it.
const KEY_BYTES_MAX: usize = 256;
/// Longest code and state that are looked at.
const RETURNED_BYTES_MAX: usize = 2048;
/// More scopes than this are not asked for one by one: the server's default has to do.
const SCOPES_MAX: usize = 10;

/// Proves the Flashduty side by a key of the person's own.
///
/// # Errors
/// `KeyRefused`, `KeyOfAccount`, `OtherAccount`, `LinkExpired`.
pub async fn by_app_key(
    state: &State,
    integration: &Integration,
    id: &str,
    browser: &str,
    key: &str,
) -> Result<(), Refusal> {
    let key = key.trim();
    // First whether there is anybody to prove it for: nobody else may try keys here.
    link::check(state, integration, id, browser).await?;
    if key.is_empty() || key.len() > KEY_BYTES_MAX || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ProblemCode::KeyRefused.into());
    }
    let owner = owner(state, integration, flashduty::Credential::AppKey(key.into())).await;
    let owner = owner.map_err(|error| of_owner(&error, ProblemCode::KeyRefused))?;
    let member = noted(state, integration, owner).await?;
    let credential = Credential::AppKey(SecretString::from(key.to_owned()));
    prove(state, integration, id, browser, Proved { member, proof: SignInWay::AppKey, credential }).await
}

/// Where to send the person to sign in at Flashduty.
///
/// # Errors
/// `FlashdutyDown` where there is no such sign-in or it does not answer, `LinkExpired`.
pub async fn leave(state: &State, integration: &Integration, id: &str, browser: &str) -> Result<Url, Refusal> {
    let metadata = credential::metadata(state).await?.ok_or(ProblemCode::FlashdutyDown)?;
    let redirect_uri = redirect_uri(state, integration)?;
    let client = registration(state, integration, &metadata, &redirect_uri).await?;
    let pkce = Pkce::new(&state.world);
    let returning = format!("{id}.{}", state.world.secret());
    let leaving = Leaving { state: hex_sha256(&returning), verifier: pkce.verifier };
    link::change(state, integration, id, |attempt| attempt.leave(leaving.clone(), browser, state.world.now())).await?;
    let scopes = &metadata.scopes_supported;
    let scope = (1..=SCOPES_MAX).contains(&scopes.len()).then(|| scopes.join(" "));
    let oauth = state.flashduty.oauth();
    let (client_id, challenge) = (&client.client_id, &pkce.challenge);
    Ok(oauth.authorize_url(&metadata, client_id, &redirect_uri, &returning, challenge, scope.as_deref()))
}

/// The attempt that a `state` value coming back belongs to, for showing a refusal at the right place. Not a proof.
pub fn attempt_of(returned_state: &str) -> Option<&str> {
    let (id, _) = returned_state.split_once('.')?;
    let fine = !id.is_empty() && id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fine.then_some(id)
}

/// Takes a person back from Flashduty's sign-in.
///
/// # Errors
/// `LinkExpired` when this browser did not leave with this state, `OauthRefused`, `OtherAccount`.
pub async fn come_back(
    state: &State,
    integration: &Integration,
    returned_state: &str,
    code: &str,
    browser: &str,
) -> Result<(), Refusal> {
    if returned_state.len() > RETURNED_BYTES_MAX || code.len() > RETURNED_BYTES_MAX || code.is_empty() {
        return Err(ProblemCode::OauthRefused.into());
    }
    let id = attempt_of(returned_state).ok_or(ProblemCode::LinkExpired)?;
    let (verifier, client) = left_with(state, integration, id, returned_state, browser).await?;
    let metadata = credential::metadata(state).await?.ok_or(ProblemCode::FlashdutyDown)?;
    let redirect_uri = redirect_uri(state, integration)?;
    let oauth = state.flashduty.oauth();
    let exchanged = oauth
        .exchange(&metadata, &client.client_id, client.client_secret.as_ref(), &redirect_uri, &code.into(), &verifier)
        .await;
    let tokens = exchanged.map_err(|error| of_owner(&error, ProblemCode::OauthRefused))?;
    let owner = owner(state, integration, flashduty::Credential::Bearer(tokens.access_token.clone())).await;
    let owner = owner.map_err(|error| of_owner(&error, ProblemCode::OauthRefused))?;
    let member = noted(state, integration, owner).await?;
    let credential = credential::from_tokens(tokens, None);
    prove(state, integration, id, browser, Proved { member, proof: SignInWay::Oauth, credential }).await
}

async fn prove(
    state: &State,
    integration: &Integration,
    id: &str,
    browser: &str,
    proved: Proved,
) -> Result<(), Refusal> {
    link::change(state, integration, id, |attempt| attempt.prove(proved.clone(), browser, state.world.now())).await
}

/// What was kept when the person left, if it was this browser with this state.
async fn left_with(
    state: &State,
    integration: &Integration,
    id: &str,
    returned_state: &str,
    browser: &str,
) -> Result<(SecretString, OauthClient), Refusal> {
    let now = state.world.now();
    let mut tx = state.store.read().await?;
    let attempt = store::link_attempt::get(&mut tx, &integration.key, id, now).await?;
    let attempt = attempt.ok_or(ProblemCode::LinkExpired)?;
    attempt.employee(browser, now).map_err(link::expired)?;
    let Step::Known { leaving: Some(leaving), .. } = &attempt.step else {
        return Err(ProblemCode::LinkExpired.into());
    };
    if !incidents::same(&hex_sha256(returned_state), &leaving.state) {
        return Err(ProblemCode::LinkExpired.into());
    }
    let client = store::oauth_client::get(&mut tx, &integration.key).await?;
    Ok((leaving.verifier.clone(), client.ok_or(ProblemCode::LinkExpired)?))
}

async fn owner(
    state: &State,
    integration: &Integration,
    credential: flashduty::Credential,
) -> Result<MemberInfo, FlashdutyError> {
    let client = state.flashduty.with(credential).within(OWNER_TIMEOUT).patient(PATIENCE);
    client.language(integration.settings.language.tag()).member_info().await
}

/// The same, with a note whether they are an administrator: whom the console is offered to.
async fn noted(state: &State, integration: &Integration, info: MemberInfo) -> Result<Member, Refusal> {
    let is_admin = info.role_ids.contains(&ADMIN_ROLE_ID);
    let member = member(integration, info)?;
    let mut tx = state.store.begin().await?;
    store::member::note_admin(&mut tx, &integration.key, member.member_id, &member.name, is_admin).await?;
    tx.commit().await?;
    Ok(member)
}

/// The member a credential belongs to, if it is one of the integration's account.
fn member(integration: &Integration, info: MemberInfo) -> Result<Member, Refusal> {
    if integration.account_id.is_some_and(|account_id| account_id != info.account_id) {
        return Err(ProblemCode::OtherAccount.into());
    }
    let name = if info.member_name.is_empty() { info.member_id.to_string() } else { info.member_name };
    Ok(Member { member_id: info.member_id, name, account_id: info.account_id, account_name: info.account_name })
}

/// Why Flashduty did not say whose a credential is; `refused` when it did not accept it.
fn of_owner(error: &FlashdutyError, refused: ProblemCode) -> Refusal {
    match error.class {
        ErrorClass::Unauthorized | ErrorClass::InvalidParameter | ErrorClass::Other => refused.into(),
        ErrorClass::NotAMember => ProblemCode::KeyOfAccount.into(),
        ErrorClass::NoLicense => ProblemCode::NoLicense.into(),
        ErrorClass::AccessDenied => ProblemCode::AccessDenied.into(),
        ErrorClass::RateLimited { .. } => error.clone().into(),
        _ => ProblemCode::FlashdutyDown.into(),
    }
}

fn redirect_uri(state: &State, integration: &Integration) -> Result<Url, Refusal> {
    let text = address::page(state, paths::API_LINK_RETURN, &[&integration.key]);
    Url::parse(&text).map_err(|_| ProblemCode::Internal.into())
}

/// How we are known to Flashduty's sign-in: registered once, and again when one of the two addresses has changed.
async fn registration(
    state: &State,
    integration: &Integration,
    metadata: &Metadata,
    redirect_uri: &Url,
) -> Result<OauthClient, Refusal> {
    let _once = state.caches.refreshes.lock(format!("registration/{}", integration.key)).await;
    let mut tx = state.store.read().await?;
    let known = store::oauth_client::get(&mut tx, &integration.key).await?;
    drop(tx);
    let fits = |known: &OauthClient| known.issuer == metadata.issuer && known.redirect_uri == redirect_uri.as_str();
    if let Some(known) = known.filter(fits) {
        return Ok(known);
    }
    let name = format!("dingduty {}", integration.settings.name);
    let made = state.flashduty.oauth().register(metadata, redirect_uri, &name).await;
    let made = made.map_err(|error| {
        tracing::warn!(code = error.code, "Flashduty did not register this product for its sign-in");
        Refusal::from(ProblemCode::FlashdutyDown)
    })?;
    let client = OauthClient {
        issuer: metadata.issuer.clone(),
        redirect_uri: redirect_uri.as_str().to_owned(),
        client_id: made.client_id,
        client_secret: made.client_secret,
    };
    let mut tx = state.store.begin().await?;
    store::oauth_client::put(&mut tx, &integration.key, &client).await?;
    tx.commit().await?;
    Ok(client)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_attempt_in_a_returned_state() {
        for (state, id) in [
            ("abc1.xyz", Some("abc1")),
            ("abc1.x.y", Some("abc1")),
            ("abc1", None),
            (".xyz", None),
            ("a/b.xyz", None),
            ("", None),
        ] {
            assert_eq!(attempt_of(state), id, "{state}");
        }
    }

    #[test]
    fn what_people_read_when_flashduty_does_not_say_whose_it_is() {
        let error = |class| FlashdutyError {
            class,
            code: String::new(),
            message: String::new(),
            request_id: None,
            http_status: None,
        };
        for (class, code) in [
            (ErrorClass::Unauthorized, ProblemCode::KeyRefused),
            (ErrorClass::NotAMember, ProblemCode::KeyOfAccount),
            (ErrorClass::Unclear, ProblemCode::FlashdutyDown),
            (ErrorClass::RateLimited { retry_after_ms: None }, ProblemCode::FlashdutyDown),
        ] {
            assert_eq!(of_owner(&error(class), ProblemCode::KeyRefused).code, code);
        }
    }
}
