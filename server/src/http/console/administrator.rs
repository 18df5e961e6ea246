//! Whoever is signed in to the console, and the data of its pages.

use crate::flow::access::Role;
use crate::flow::console::entry::ConsoleSession;
use crate::flow::console::settings::{self, Typed};
use crate::flow::console::{self, Reader, groups};
use crate::flow::{Refusal, caches, check};
use crate::http::forms::see;
use crate::http::problem::ApiError;
use crate::http::session::Caller;
use crate::model::integration::Integration;
use crate::state::State;
use app::backend::ConsoleBackend;
use app::place::Place;
use async_trait::async_trait;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use contract::console::audit::{AuditPage, AuditSearch};
use contract::console::deliveries::{Deliveries, DeliveryView, Search};
use contract::console::quota::{Quota, WhatIf};
use contract::console::rooms::Rooms;
use contract::console::{Console, IntegrationView};
use contract::group::{GroupAsked, GroupView, GroupsPage, GroupsWanted};
use contract::health::HealthView;
use contract::people::{PeopleList, PeoplePage};
use contract::settings::SettingsForm;
use contract::{Problem, ProblemCode, paths};
use std::sync::Arc;

/// A request's administrator. Whoever is not signed in is sent to the console's front page, which says how to.
pub struct Administrator {
    pub state: State,
    pub caller: Caller,
    pub session: ConsoleSession,
    /// The form that was sent and not taken.
    pub typed: Option<Typed>,
}

impl Administrator {
    /// The administrator of a request, if it has the cookie of a living session of the console.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn of(state: &State, caller: &Caller) -> Result<Option<Self>, Refusal> {
        let Some(id) = caller.cookie_hash(&caller.cookies.console()) else { return Ok(None) };
        let session = console::entry::session(state, &id).await?;
        Ok(session.map(|session| Self { state: state.clone(), caller: caller.clone(), session, typed: None }))
    }

    /// The integration of a key. To a person of another one it does not exist.
    ///
    /// # Errors
    /// `NotFound`; the database does not answer.
    pub async fn integration(&self, key: &str) -> Result<Arc<Integration>, Refusal> {
        if !self.sees(key) {
            return Err(ProblemCode::NotFound.into());
        }
        let known = caches::integration(&self.state, key).await?;
        known.ok_or_else(|| ProblemCode::NotFound.into())
    }

    /// Whether an integration is theirs: whoever used a one-time link sees all of them, a person their own.
    fn sees(&self, key: &str) -> bool {
        self.session.integration.is_empty() || self.session.integration == key
    }

    /// Whether they may change things and see secrets; an observer may not.
    pub fn may_change(&self) -> bool {
        self.session.role == Role::Administrator
    }

    /// Whether they may add integrations: whoever used a one-time link and may change things.
    pub fn may_add(&self) -> bool {
        self.may_change() && self.session.integration.is_empty()
    }

    /// Who it is, for the audit log.
    pub fn actor(&self) -> &str {
        &self.session.user_id
    }

    /// What is in the way of a page, in its reader's words.
    pub fn problem(&self, refusal: impl Into<Refusal>) -> Problem {
        self.caller.problem(refusal.into(), self.caller.language())
    }
}

impl FromRequestParts<State> for Administrator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Response> {
        let Ok(caller) = Caller::from_request_parts(parts, state).await;
        // No handler can forget whose integration it is about.
        let about = RawPathParams::from_request_parts(parts, state).await.ok();
        let about = about.and_then(|all| all.iter().find(|(name, _)| *name == "key").map(|(_, key)| key.to_owned()));
        match Self::of(state, &caller).await {
            Ok(Some(stranger)) if about.as_ref().is_some_and(|key| !stranger.sees(key)) => {
                Err(ApiError::new(ProblemCode::NotFound).into_response())
            }
            // Whatever changes something is for administrators, whichever page it belongs to.
            Ok(Some(observer)) if !observer.may_change() && !parts.method.is_safe() && !is_leaving(parts) => {
                Err(ApiError::new(ProblemCode::RoleTooLow).into_response())
            }
            Ok(Some(administrator)) => Ok(administrator),
            Ok(None) => Err(see(&Place::Console.address(""))),
            Err(refusal) => Err(ApiError::from(refusal).into_response()),
        }
    }
}

/// Whoever is there may go.
fn is_leaving(parts: &Parts) -> bool {
    parts.uri.path() == paths::CONSOLE_LEAVE
}

#[async_trait]
impl ConsoleBackend for Administrator {
    async fn integrations(&self) -> Result<Console, Problem> {
        console::integrations(&self.state, &self.session.integration).await.map_err(|error| self.problem(error))
    }

    async fn overview(&self, key: &str) -> Result<IntegrationView, Problem> {
        let read = async {
            let integration = self.integration(key).await?;
            if self.caller.parameter("watch").is_some() && self.may_change() {
                check::watch(&self.state, key).await?;
            }
            let reader = Reader { language: self.caller.language(), with_secrets: self.may_change() };
            Ok::<_, Refusal>(console::overview(&self.state, &integration, reader).await?)
        };
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn people(&self, key: &str, list: &PeopleList) -> Result<PeoplePage, Problem> {
        let read = async {
            let integration = self.integration(key).await?;
            console::people::page(&self.state, &integration, list).await
        };
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn groups(&self, key: &str, wanted: &GroupsWanted) -> Result<GroupsPage, Problem> {
        let read = async {
            let integration = self.integration(key).await?;
            Ok::<_, Refusal>(groups::list(&self.state, &integration, wanted, self.caller.language()).await?)
        };
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn group(&self, key: &str, id: &str, asked: &GroupAsked) -> Result<GroupView, Problem> {
        let read = async {
            let integration = self.integration(key).await?;
            let mut shown = groups::one(&self.state, &integration, id, asked, self.caller.language()).await?;
            if !self.may_change() {
                // Whoever has it may say something in the group.
                shown.robot_push_url.clear();
            }
            Ok::<_, Refusal>(shown)
        };
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn deliveries(&self, key: &str, search: Search, again: Option<String>) -> Result<Deliveries, Problem> {
        let read = async {
            let integration = self.integration(key).await?;
            let language = self.caller.language();
            Ok::<_, Refusal>(console::deliveries::page(&self.state, &integration, search, again, language).await?)
        };
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn quota(&self, key: &str, asked: WhatIf) -> Result<Quota, Problem> {
        let read = async {
            let integration = self.integration(key).await?;
            console::quota::page(&self.state, &integration, asked).await
        };
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn rooms(&self, key: &str, state: String, after: String) -> Result<Rooms, Problem> {
        let read = console::rooms::page(&self.state, key, state, after, self.caller.language());
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn audit(&self, key: &str, search: AuditSearch, verify: bool) -> Result<AuditPage, Problem> {
        let read = async {
            let integration = self.integration(key).await?;
            Ok::<_, Refusal>(console::log::page(&self.state, &integration, search, verify).await?)
        };
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn health(&self, key: &str) -> Result<HealthView, Problem> {
        let read = async {
            let integration = self.integration(key).await?;
            Ok::<_, Refusal>(console::health::view(&self.state, &integration, self.caller.language()).await?)
        };
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn delivery(&self, key: &str, id: &str) -> Result<DeliveryView, Problem> {
        let read = console::deliveries::one(&self.state, key, id, self.caller.language());
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn new_integration(&self) -> Result<SettingsForm, Problem> {
        if !self.may_add() {
            return Err(self.problem(ProblemCode::RoleTooLow));
        }
        let form = settings::form(&self.state, None, self.typed.as_ref(), self.caller.language()).await;
        form.map_err(|error| self.problem(error))
    }

    async fn settings(&self, key: &str) -> Result<SettingsForm, Problem> {
        let read = async {
            // Not from memory: who has just saved, or was overtaken, sees what is.
            caches::forget(&self.state, key);
            let integration = self.integration(key).await?;
            let language = self.caller.language();
            Ok::<_, Refusal>(settings::form(&self.state, Some(&integration), self.typed.as_ref(), language).await?)
        };
        read.await.map_err(|refusal| self.problem(refusal))
    }
}
