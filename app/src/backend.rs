//! The server's side of the door (see `api`): what the pages need to know, as the present visitor sees it.

use async_trait::async_trait;
use contract::Problem;
use contract::chat::ChatPage;
use contract::console::Console;
use contract::incident::{ActRequest, ActResult, Action, IncidentDetail, IncidentList, Tab};
use contract::person::{Me, SignIn};

/// Data and acts for one visitor of one page. The server puts one into the Leptos context of each request; tests put
/// a fake one there. Errors are ready to be shown: sentence and remedy in the visitor's language.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Who is looking. `NotSignedIn` when there is no session, `LinkBroken` when the credential died.
    async fn me(&self) -> Result<Me, Problem>;
    /// A page of incidents, by the viewer's own Flashduty permission. `page` counts from 1.
    async fn incidents(&self, tab: Tab, page: u32) -> Result<IncidentList, Problem>;
    /// One incident with its timeline.
    async fn incident(&self, id: &str) -> Result<IncidentDetail, Problem>;
    /// Carries an act out at Flashduty as the viewer.
    async fn act(&self, id: &str, action: Action, request: ActRequest) -> Result<ActResult, Problem>;
    /// A group's page, by its open conversation id. `ChatUnknown`, `NotInChat` where nothing may be shown.
    async fn chat(&self, open_conversation_id: &str) -> Result<ChatPage, Problem>;
    /// Where the present attempt to link stands.
    async fn sign_in(&self) -> Result<SignIn, Problem>;
    /// The console. `NotSignedIn` without a console session.
    async fn console(&self) -> Result<Console, Problem>;
}
