//! What an administrator sets in the developer console, and the platform's moods. Where an app is not named it is the
//! seed's.

use super::look::first_app;
use super::state::{App, AppPages, GroupTemplate, Switches, Template};
use super::{DingTalk, Edition, Limits};
use std::collections::BTreeSet;
use std::net::IpAddr;

impl DingTalk {
    /// Grants or takes a permission point (11).
    pub fn set_permission(&self, scope: &str, granted: bool) {
        self.change_app(|app| match granted {
            true => app.scopes.insert(scope.to_owned()),
            false => app.scopes.remove(scope),
        });
    }

    /// The granted permission points.
    pub fn permissions(&self) -> BTreeSet<String> {
        self.look(|state| first_app(state).map(|app| app.scopes.clone()).unwrap_or_default())
    }

    /// The visible range; everybody when `None`.
    pub fn visible(&self) -> Option<BTreeSet<String>> {
        self.look(|state| first_app(state).and_then(|app| app.visible.clone()))
    }

    /// Sets the visible range; everybody when `None`.
    pub fn set_visible(&self, user_ids: Option<&[&str]>) {
        let visible = user_ids.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>());
        self.change_app(|app| app.visible = visible);
    }

    /// Sets the addresses the API may be called from; all when `None`.
    pub fn set_allowed_addresses(&self, addresses: Option<Vec<IpAddr>>) {
        self.change_app(|app| app.allowed_addresses = addresses);
    }

    /// Writes other event keys into the console; the next `save_callback` and all pushes use them.
    pub fn set_callback_keys(&self, aes_key: &str, token: &str) {
        self.change_app(|app| {
            app.aes_key = aes_key.to_owned();
            app.callback_token = token.to_owned();
        });
    }

    /// Resets the Client Secret; tokens got by the old one stay good.
    pub fn set_client_secret(&self, secret: &str) {
        self.change_app(|app| app.client_secret = secret.to_owned());
    }

    /// Writes the addresses of the app's pages into the console.
    pub fn set_pages(&self, pages: AppPages) {
        self.change_app(|app| app.pages = pages);
    }

    /// Sets the redirect URLs of the web login.
    pub fn set_redirect_urls(&self, urls: &[&str]) {
        self.change_app(|app| app.redirect_urls = urls.iter().map(|url| (*url).to_owned()).collect());
    }

    /// Publishes a card template of the app, or takes it back; makes it when there is none.
    pub fn set_template(&self, template_id: &str, published: bool) {
        let client_id = self.first_app();
        self.change(|state| {
            state.templates.insert(template_id.to_owned(), Template { client_id, published });
        });
    }

    /// Publishes the app's group template, or takes the publishing back.
    pub fn publish_group_template(&self, published: bool) {
        self.change_group_template(|template| template.published = published);
    }

    /// Puts companies, by CorpId, on the gray list of the app's group template, in place of those on it.
    pub fn set_gray_list(&self, corp_ids: &[&str]) {
        self.change_group_template(|template| {
            template.gray_corps = corp_ids.iter().map(|corp_id| (*corp_id).to_owned()).collect();
        });
    }

    /// Takes the app's group template offline, or back.
    pub fn set_group_template_offline(&self, offline: bool) {
        self.change_group_template(|template| template.offline = offline);
    }

    fn change_group_template(&self, act: impl FnOnce(&mut GroupTemplate)) {
        self.change_app(|app| app.group_template.as_mut().map(act));
    }

    /// Ends all app tokens at once.
    pub fn expire_tokens(&self) {
        self.change(|state| state.apps.values_mut().for_each(|app| app.token = None));
    }

    /// Gives the company another edition, with its limits.
    pub fn set_edition(&self, edition: Edition) {
        self.set_limits(edition.limits());
    }

    /// Gives the company limits of its own.
    pub fn set_limits(&self, limits: Limits) {
        self.change(|state| state.corps.values_mut().for_each(|corp| corp.meters.limits = limits));
    }

    /// The present switches.
    pub fn switches(&self) -> Switches {
        self.look(|state| state.switches.clone())
    }

    /// Sets all switches.
    pub fn set_switches(&self, switches: Switches) {
        self.change(|state| state.switches = switches);
    }

    /// Who sits in front of the client when the web view does not say it.
    pub fn set_default_person(&self, user_id: Option<&str>) {
        self.change(|state| state.default_person = user_id.map(str::to_owned));
    }

    /// Client ID of the seed's app, else of the first one; empty when there is none.
    pub(super) fn first_app(&self) -> String {
        self.look(|state| first_app(state).map(|app| app.client_id.clone()).unwrap_or_default())
    }

    fn change_app<T>(&self, act: impl FnOnce(&mut App) -> T) {
        let client_id = self.first_app();
        self.change(|state| state.apps.get_mut(&client_id).map(act));
    }
}
