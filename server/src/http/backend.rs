//! The pages' door to data, for one visitor.

use super::session::Visitor;
use crate::flow::act::{self, Acted, Asked, Level};
use crate::flow::read::{self, Viewer};
use crate::flow::{Refusal, bulk, form, link, live, war_room};
use app::backend::Backend;
use async_trait::async_trait;
use contract::bulk::Bulk;
use contract::chat::ChatPage;
use contract::choice::{CustomActionsChoice, IncidentMore, LevelsChoice, PeopleChoice};
use contract::form::{CreateChoice, FormChoice};
use contract::group::GroupAsked;
use contract::incident::{ActRequest, ActResult, Action, IncidentDetail, IncidentList};
use contract::listing::Listing;
use contract::on_call::OnCallPage;
use contract::person::{Me, SignIn};
use contract::war_room::WarRoomPage;
use contract::{Problem, ProblemCode};
use std::collections::{BTreeMap, BTreeSet};

/// What was filled into a form of the account.
#[derive(Default)]
pub struct Filled {
    pub summary: String,
    /// Custom fields by name.
    pub fields: BTreeMap<String, Vec<String>>,
}

impl Visitor {
    pub(super) fn viewer(&self) -> Result<Viewer<'_>, Refusal> {
        let (state, integration, link) = (&self.state, &self.integration, self.living()?);
        Ok(Viewer { state, integration, link, language: self.language })
    }

    fn who(&self) -> Result<Me, Refusal> {
        let link = self.living()?;
        Ok(Me {
            dingtalk_name: link.employee.name.clone(),
            flashduty_name: link.member.name.clone(),
            account_name: link.member.account_name.clone(),
            proof: link.proof,
            linked_ms: link.created.0,
        })
    }

    /// Carries an act out, with what a form of the account asks for.
    pub(super) async fn carry_out(
        &self,
        id: &str,
        action: Action,
        request: ActRequest,
        filled: Filled,
    ) -> Result<ActResult, Refusal> {
        let viewer = self.viewer()?;
        if !read::is_incident_id(id) {
            return Err(ProblemCode::NotFound.into());
        }
        let fields = form::filled(viewer, &filled.fields).await?;
        let asked = Asked {
            minutes: request.minutes,
            text: request.text,
            root_cause: request.root_cause,
            resolution: request.resolution,
            mute: request.mute,
            people: distinct(request.people),
            level: request.rule_id.zip(request.level).and_then(|(rule_id, number)| {
                let index = number.checked_sub(1)?;
                read::is_incident_id(&rule_id).then_some(Level { rule_id, index })
            }),
            custom_action: request.custom_action,
            summary: filled.summary,
            fields,
            ..Asked::plain(id, action)
        };
        let (done, incident) =
            match act::act(&self.state, &self.integration, viewer.link, asked, act::PAGE_BUDGET).await? {
                Acted::Done(incident) => (true, incident),
                Acted::Already(incident) => (false, incident),
                Acted::Working => return Err(ProblemCode::FlashdutySlow.into()),
            };
        let revision = live::revision(viewer, &incident).await;
        Ok(ActResult { done, incident: viewer.view(&incident), revision })
    }

    /// Carries an act out on many incidents.
    pub(super) async fn act_on_many(&self, ids: &[String], asked: Asked) -> Result<Bulk, Refusal> {
        bulk::act(self.viewer()?, asked, ids).await
    }

    async fn group(&self, open_conversation_id: &str, asked: &GroupAsked) -> Result<ChatPage, Refusal> {
        let viewer = self.viewer()?;
        // DingTalk tells the company a group is of; only its own can have our cool app.
        let corp_id = self.caller.parameter("corpid").filter(|corp_id| !corp_id.starts_with('$'));
        if corp_id.is_some_and(|corp_id| corp_id != self.integration.settings.corp_id) {
            return Err(ProblemCode::ChatUnknown.into());
        }
        read::chat(viewer, open_conversation_id, asked).await
    }

    async fn linking(&self) -> Result<SignIn, Refusal> {
        let named = self.caller.parameter("attempt").map(str::to_owned);
        let is_named = named.is_some();
        let Some(id) = named.or_else(|| self.kept_attempt()) else { return Ok(SignIn::Arrive) };
        link::look(&self.state, &self.integration, &id, is_named, &self.caller.browser_hash()).await
    }
}

#[async_trait]
impl Backend for Visitor {
    async fn me(&self) -> Result<Me, Problem> {
        self.who().map_err(|refusal| self.problem(refusal))
    }

    async fn incidents(&self, list: &Listing) -> Result<IncidentList, Problem> {
        let read = async { read::incidents(self.viewer()?, list).await };
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn selection(&self, list: &Listing) -> Result<IncidentList, Problem> {
        let read = async { read::selection(self.viewer()?, list).await };
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn bulk(&self, action: Action, ids: &[String]) -> Result<Bulk, Problem> {
        let look = async { bulk::look(self.viewer()?, &Asked::plain("", action), ids).await };
        look.await.map_err(|refusal| self.problem(refusal))
    }

    async fn create_choice(&self, channel: Option<i64>, query: &str, chosen: &[i64]) -> Result<CreateChoice, Problem> {
        let read = async { read::create_choice(self.viewer()?, channel, query, chosen).await };
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn form(&self, id: &str) -> Result<FormChoice, Problem> {
        let read = async { read::form_choice(self.viewer()?, id).await };
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn on_call(&self) -> Result<OnCallPage, Problem> {
        let read = async { read::on_call(self.viewer()?).await };
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn incident(&self, id: &str) -> Result<IncidentDetail, Problem> {
        let read = async { read::incident(self.viewer()?, id).await };
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn incident_page(&self, id: &str, alerts: u32) -> Result<(IncidentDetail, IncidentMore), Problem> {
        let read = async { read::incident_page(self.viewer()?, id, alerts).await };
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn people(&self, id: &str, query: &str) -> Result<PeopleChoice, Problem> {
        let read = async { read::people(self.viewer()?, id, query).await };
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn levels(&self, id: &str) -> Result<LevelsChoice, Problem> {
        let read = async { read::levels(self.viewer()?, id).await };
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn custom_actions(&self, id: &str) -> Result<CustomActionsChoice, Problem> {
        let read = async { read::custom_actions(self.viewer()?, id).await };
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn act(&self, id: &str, action: Action, request: ActRequest) -> Result<ActResult, Problem> {
        self.carry_out(id, action, request, Filled::default()).await.map_err(|refusal| self.problem(refusal))
    }

    async fn war_room(&self, id: &str, with_url: bool) -> Result<WarRoomPage, Problem> {
        let read = async { war_room::view::page(self.viewer()?, id, with_url).await };
        read.await.map_err(|refusal| self.problem(refusal))
    }

    async fn chat(&self, open_conversation_id: &str, asked: &GroupAsked) -> Result<ChatPage, Problem> {
        self.group(open_conversation_id, asked).await.map_err(|refusal| self.problem(refusal))
    }

    async fn sign_in(&self) -> Result<SignIn, Problem> {
        self.linking().await.map_err(|refusal| self.problem(refusal))
    }
}

/// Each person once, in the order chosen.
fn distinct(mut people: Vec<i64>) -> Vec<i64> {
    let mut seen = BTreeSet::new();
    people.retain(|id| seen.insert(*id));
    people
}
