//! The server's side of the door (see `api`): what the pages need to know, as the present visitor sees it.

use async_trait::async_trait;
use contract::Problem;
use contract::bulk::Bulk;
use contract::chat::ChatPage;
use contract::choice::{CustomActionsChoice, IncidentMore, LevelsChoice, PeopleChoice};
use contract::console::audit::{AuditPage, AuditSearch};
use contract::console::deliveries::{Deliveries, DeliveryView, Search};
use contract::console::quota::{Quota, WhatIf};
use contract::console::rooms::Rooms;
use contract::console::{Console, IntegrationView};
use contract::form::{CreateChoice, FormChoice};
use contract::group::{GroupAsked, GroupView, GroupsPage, GroupsWanted};
use contract::health::HealthView;
use contract::incident::{ActRequest, ActResult, Action, IncidentDetail, IncidentList};
use contract::listing::Listing;
use contract::on_call::OnCallPage;
use contract::people::{PeopleList, PeoplePage};
use contract::person::{Me, SignIn};
use contract::settings::SettingsForm;
use contract::war_room::WarRoomPage;

/// Data and acts for one visitor of one page. The server puts one into the Leptos context of each request; tests put
/// a fake one there. Errors are ready to be shown: sentence and remedy in the visitor's language.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Who is looking. `NotSignedIn` when there is no session, `LinkBroken` when the credential died.
    async fn me(&self) -> Result<Me, Problem>;
    /// A page of incidents, by the viewer's own Flashduty permission.
    async fn incidents(&self, list: &Listing) -> Result<IncidentList, Problem>;
    /// As many incidents as can be acted on at once, to choose from.
    async fn selection(&self, list: &Listing) -> Result<IncidentList, Problem>;
    /// What an act would mean for each of these incidents.
    async fn bulk(&self, action: Action, ids: &[String]) -> Result<Bulk, Problem>;
    /// What can be chosen for a new incident of a channel; `query` is a part of a person's name, `chosen` are people who
    /// are ticked already.
    async fn create_choice(&self, channel: Option<i64>, query: &str, chosen: &[i64]) -> Result<CreateChoice, Problem>;
    /// What a form of the account may ask for before an act on an incident.
    async fn form(&self, id: &str) -> Result<FormChoice, Problem>;
    /// Who is on call, as the viewer's Flashduty says.
    async fn on_call(&self) -> Result<OnCallPage, Problem>;
    /// One incident with its timeline.
    async fn incident(&self, id: &str) -> Result<IncidentDetail, Problem>;
    /// One incident with everything its page shows; `alerts` is the page of alerts, from 1.
    async fn incident_page(&self, id: &str, alerts: u32) -> Result<(IncidentDetail, IncidentMore), Problem>;
    /// Whom an incident can be given to; `query` is a part of a name, empty for the best ones.
    async fn people(&self, id: &str, query: &str) -> Result<PeopleChoice, Problem>;
    /// The levels an incident can be given to.
    async fn levels(&self, id: &str) -> Result<LevelsChoice, Problem>;
    /// The custom actions of an incident's channel.
    async fn custom_actions(&self, id: &str) -> Result<CustomActionsChoice, Problem>;
    /// Carries an act out at Flashduty as the viewer.
    async fn act(&self, id: &str, action: Action, request: ActRequest) -> Result<ActResult, Problem>;
    /// The page of an incident's war room; `with_url` asks for an address of its group.
    async fn war_room(&self, id: &str, with_url: bool) -> Result<WarRoomPage, Problem>;
    /// A group's page, by its open conversation id. `ChatUnknown`, `NotInChat` where nothing may be shown.
    async fn chat(&self, open_conversation_id: &str, asked: &GroupAsked) -> Result<ChatPage, Problem>;
    /// Where the present attempt to link stands.
    async fn sign_in(&self) -> Result<SignIn, Problem>;
}

/// Data for whoever is signed in to the console. In the Leptos context of the console's pages only.
#[async_trait]
pub trait ConsoleBackend: Send + Sync {
    /// All integrations.
    async fn integrations(&self) -> Result<Console, Problem>;
    /// How the set-up of one stands.
    async fn overview(&self, key: &str) -> Result<IntegrationView, Problem>;
    /// Who is linked, and how finding the others stands.
    async fn people(&self, key: &str, list: &PeopleList) -> Result<PeoplePage, Problem>;
    /// What went out; `again` asks what would be sent again if all of the kind were, `yes` or where a run ended.
    async fn deliveries(&self, key: &str, search: Search, again: Option<String>) -> Result<Deliveries, Problem>;
    /// One delivery with its attempts.
    async fn delivery(&self, key: &str, id: &str) -> Result<DeliveryView, Problem>;
    /// Its groups.
    async fn groups(&self, key: &str, wanted: &GroupsWanted) -> Result<GroupsPage, Problem>;
    /// One of them, by our id.
    async fn group(&self, key: &str, id: &str, asked: &GroupAsked) -> Result<GroupView, Problem>;
    /// What is left of the month, and what it would come to under other circumstances.
    async fn quota(&self, key: &str, asked: WhatIf) -> Result<Quota, Problem>;
    /// War rooms; `state` is the fixed name of one, or nothing, `after` where the page before ended.
    async fn rooms(&self, key: &str, state: String, after: String) -> Result<Rooms, Problem>;
    /// The audit log; `verify` walks along all of it.
    async fn audit(&self, key: &str, search: AuditSearch, verify: bool) -> Result<AuditPage, Problem>;
    /// How it goes.
    async fn health(&self, key: &str) -> Result<HealthView, Problem>;
    /// The form of a new integration.
    async fn new_integration(&self) -> Result<SettingsForm, Problem>;
    /// The form of one that there is.
    async fn settings(&self, key: &str) -> Result<SettingsForm, Problem>;
}
