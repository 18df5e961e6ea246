//! What an administrator's door answers.

use super::{Fake, breathe, health, problem, records};
use app::backend::ConsoleBackend;
use async_trait::async_trait;
use contract::console::audit::{AuditPage, AuditSearch};
use contract::console::deliveries::{Deliveries, DeliveryView, Search};
use contract::console::quota::{Quota, WhatIf};
use contract::console::rooms::Rooms;
use contract::console::{Console, IntegrationView};
use contract::group::{GroupAsked, GroupView, GroupsPage, GroupsWanted};
use contract::health::HealthView;
use contract::people::{PeopleList, PeoplePage};
use contract::settings::SettingsForm;
use contract::{Problem, ProblemCode};

#[async_trait]
impl ConsoleBackend for Fake {
    async fn integrations(&self) -> Result<Console, Problem> {
        self.console.clone()
    }

    async fn overview(&self, _: &str) -> Result<IntegrationView, Problem> {
        breathe().await;
        self.overview.clone()
    }

    async fn deliveries(&self, _: &str, search: Search, again: Option<String>) -> Result<Deliveries, Problem> {
        Ok(Deliveries { search, ..records::deliveries(again.is_some()) })
    }

    async fn quota(&self, _: &str, asked: WhatIf) -> Result<Quota, Problem> {
        Ok(records::quota(asked))
    }

    async fn rooms(&self, _: &str, state: String, after: String) -> Result<Rooms, Problem> {
        Ok(Rooms { state, after, ..records::rooms() })
    }

    async fn audit(&self, _: &str, search: AuditSearch, verify: bool) -> Result<AuditPage, Problem> {
        Ok(records::audit(search, verify))
    }

    async fn delivery(&self, _: &str, id: &str) -> Result<DeliveryView, Problem> {
        records::delivery(id).ok_or_else(|| problem(ProblemCode::NotFound))
    }

    async fn groups(&self, _: &str, wanted: &GroupsWanted) -> Result<GroupsPage, Problem> {
        let mut page = self.groups.clone();
        page.items.retain(|one| one.title.contains(&wanted.query));
        Ok(page)
    }

    async fn people(&self, _: &str, _: &PeopleList) -> Result<PeoplePage, Problem> {
        Ok(self.people_page.clone())
    }

    async fn group(&self, _: &str, _: &str, _: &GroupAsked) -> Result<GroupView, Problem> {
        breathe().await;
        Ok(self.group.clone())
    }

    async fn health(&self, _: &str) -> Result<HealthView, Problem> {
        Ok(health())
    }

    async fn new_integration(&self) -> Result<SettingsForm, Problem> {
        Ok(self.form.clone())
    }

    async fn settings(&self, _: &str) -> Result<SettingsForm, Problem> {
        Ok(self.form.clone())
    }
}
