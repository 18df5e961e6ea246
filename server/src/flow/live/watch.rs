//! One open page: what it shows, and what it is told.

use super::listening::{Listener, Next};
use super::{Full, Heard, listen, sight, timelines};
use crate::flow::read::{self, Viewer};
use crate::flow::refusal::Refusal;
use crate::flow::{credential, members, people, session};
use crate::model::changes::LOOK_BACK;
use crate::model::chat::Chat;
use crate::model::incident::{Incident, Mirror};
use crate::model::integration::Integration;
use crate::model::link::Link;
use crate::model::subscription::Subscription;
use crate::state::State;
use crate::store::{self, StoreError};
use contract::incident::{Progress, Tab};
use contract::listing::Listing;
use contract::live::{IncidentNews, Told};
use contract::{Language, ProblemCode};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use world::Millis;

/// How often a stream on which nothing happens says that it is alive.
const BEAT_EVERY: Duration = Duration::from_secs(10);
/// How long a session that was found alive is believed to be so.
const SESSION_BELIEVED: Duration = Duration::from_secs(2);
/// How long Flashduty is left alone that did not say what a person may see: a page that comes back asks for many channels.
const SILENCE_BELIEVED: Duration = Duration::from_secs(10);
/// Incidents a page can show: a group's page shows most.
pub const SHOWN_MAX: usize = 200;
/// Changes that are looked through for a page that comes back; after more, only what it shows is read.
const MISSED_MAX: usize = 500;

/// What a page shows.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// The list on it.
    pub list: List,
    /// The incident it shows in full.
    pub detail: Option<String>,
    /// Ids of all incidents on it.
    pub ids: BTreeSet<String>,
}

/// Which incidents belong to a page's list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum List {
    /// None but those that it shows: a page for itself, or a later page of a list.
    #[default]
    Fixed,
    /// The first page of open ones.
    Filtered(Listing),
    /// What is sent to a group, by its open conversation id.
    Group(String),
}

impl List {
    /// What a list takes up by itself: its first page does, where nothing is searched for.
    pub fn of(list: Listing) -> Self {
        let takes_up = list.page == 1 && list.query.is_empty() && list.tab != Tab::OnCall;
        if takes_up { Self::Filtered(list) } else { Self::Fixed }
    }
}

/// One open page.
pub struct Watch {
    state: State,
    integration: Arc<Integration>,
    session: String,
    link: Link,
    language: Language,
    shown: Shown,
    /// On a group's page: the group, and what is sent to it.
    group: Option<(Chat, Vec<Subscription>)>,
    listener: Listener,
    told: VecDeque<(Millis, Told)>,
    /// Versions of incidents that it was told: looks for changes overlap.
    versions: HashMap<String, i64>,
    /// Up to when the page knows everything.
    known: Millis,
    /// When the session was last found alive.
    alive: Millis,
    /// When Flashduty last did not say what the page's person may see.
    silent: Option<Millis>,
    ended: bool,
}

impl Watch {
    /// A page that knows everything up to `known`, opened with the session of this hash.
    ///
    /// # Errors
    /// `Unavailable` when too many listen, `ChatUnknown` and `NotInChat` where nothing of a group may be shown.
    pub async fn open(
        viewer: Viewer<'_>,
        session: String,
        shown: Shown,
        known: Option<Millis>,
    ) -> Result<Self, Refusal> {
        let now = viewer.state.world.now();
        let listener = listen(viewer.state, &viewer.integration.key, &session);
        let mut watch = Self {
            state: viewer.state.clone(),
            integration: Arc::clone(viewer.integration),
            session,
            link: viewer.link.clone(),
            language: viewer.language,
            group: None,
            listener: listener.map_err(|Full| Refusal::from(ProblemCode::Unavailable))?,
            told: VecDeque::new(),
            versions: HashMap::new(),
            known: known.unwrap_or(now).min(now),
            alive: now,
            silent: None,
            ended: false,
            shown,
        };
        if let List::Group(conversation) = watch.shown.list.clone() {
            watch.group = Some(watch.group(&conversation).await?);
        }
        {
            // A look at everything missed is the dear part: whoever comes back with all pages again and again waits for
            // themselves.
            let turn = format!("live/{}/{}", watch.integration.key, watch.link.employee.user_id);
            let _turn = watch.state.clone().caches.refreshes.lock(turn).await;
            watch.catch_up().await?;
        }
        // Whoever comes back hears at once that the stream is there.
        watch.told.push_back((now, Told::Beat));
        Ok(watch)
    }

    /// What the page is told next, and the moment up to which it knows everything then. None when the stream ends: with its
    /// session, with the link, or with the server.
    pub async fn next(&mut self) -> Option<(Millis, Told)> {
        loop {
            if let Some(told) = self.told.pop_front() {
                return Some(told);
            }
            if self.ended {
                return None;
            }
            let step = match tokio::time::timeout(BEAT_EVERY, self.listener.next()).await {
                Err(_quiet) => self.beat().await,
                Ok(Next::Heard(Heard::Change(mirror, at))) => self.consider(&mirror, at).await,
                Ok(Next::Heard(Heard::Flood) | Next::Missed) => self.catch_up().await,
                Ok(Next::GiveWay) => {
                    self.ended = true;
                    self.told.push_back((self.known, Told::Rest));
                    Ok(())
                }
                Ok(Next::End) => return None,
            };
            if let Err(refusal) = step {
                // A page that asks again is told what it has missed.
                tracing::info!(problem = refusal.code.name(), "a stream ended");
                return None;
            }
        }
    }

    fn viewer(&self) -> Viewer<'_> {
        let (state, integration, link) = (&self.state, &self.integration, &self.link);
        Viewer { state, integration, link, language: self.language }
    }

    async fn beat(&mut self) -> Result<(), Refusal> {
        self.alive = Millis(0);
        self.check_session().await?;
        let now = self.state.world.now();
        self.told.push_back((now, Told::Beat));
        Ok(())
    }

    /// Ends with the session and with the link.
    async fn check_session(&mut self) -> Result<(), Refusal> {
        let now = self.state.world.now();
        if self.alive <= now && now.since(self.alive) < SESSION_BELIEVED {
            return Ok(());
        }
        let found = session::find(&self.state, &self.integration.key, &self.session).await?;
        let same = found.filter(|(_, link)| link.id == self.link.id && session::is_living(link));
        self.link = same.ok_or(ProblemCode::NotSignedIn)?.1;
        self.alive = now;
        Ok(())
    }

    /// Tells of a change, if it concerns the page and its person may see it.
    async fn consider(&mut self, mirror: &Mirror, at: Millis) -> Result<(), Refusal> {
        let incident = &mirror.incident;
        let listed = self.lists(incident);
        let concerns = listed || self.shown.ids.contains(&incident.id);
        if !concerns || self.versions.get(&incident.id).is_some_and(|told| *told >= mirror.version) {
            return Ok(());
        }
        self.check_session().await?;
        if let Some((chat, _)) = &self.group
            && !members::has(&self.state, &self.integration, chat, &self.link.employee.user_id).await?
        {
            return Err(ProblemCode::NotInChat.into());
        }
        match self.may_see(incident).await {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(refusal) if refusal.is_passing() => {
                if !matches!(self.told.back(), Some((_, Told::Stale))) {
                    self.told.push_back((at, Told::Stale));
                }
                return Ok(());
            }
            Err(refusal) => return Err(refusal),
        }
        self.shown.ids.insert(incident.id.clone());
        self.versions.insert(incident.id.clone(), mirror.version);
        let named = self.named(incident.clone()).await;
        let is_detail = self.shown.detail.as_deref() == Some(incident.id.as_str());
        let now = self.state.world.now();
        let news = IncidentNews {
            incident: self.viewer().view(&named),
            revision: mirror.version,
            listed,
            timeline: None,
            at_ms: now.0,
        };
        self.known = self.known.max(at);
        self.told.push_back((at, Told::Incident(Box::new(news.clone()))));
        if is_detail {
            // The state is told at once; what was said may take a moment to be read.
            let timeline = timelines::at(&self.state, &self.integration, &incident.id, mirror.version).await;
            let timeline = timeline.map(|read| (*read).clone());
            if timeline.is_some() {
                self.told.push_back((at, Told::Incident(Box::new(IncidentNews { timeline, ..news }))));
            }
        }
        Ok(())
    }

    /// Asks Flashduty only if it answered a moment ago: each question that it leaves open takes seconds, and a page that
    /// comes back may have one for every channel.
    async fn may_see(&mut self, incident: &Incident) -> Result<bool, Refusal> {
        if let Some(known) = sight::known(self.viewer(), incident) {
            return Ok(known);
        }
        let now = self.state.world.now();
        if self.silent.is_some_and(|at| at <= now && now.since(at) < SILENCE_BELIEVED) {
            return Err(ProblemCode::FlashdutyDown.into());
        }
        let may = sight::may_see(self.viewer(), incident).await;
        self.silent = may.as_ref().is_err_and(Refusal::is_passing).then_some(now);
        may
    }

    /// The incident with the names of those who handle it: asked for once for everybody, and remembered.
    async fn named(&self, incident: Incident) -> Incident {
        let ids = people::nameless(std::slice::from_ref(&incident));
        if ids.is_empty() {
            return incident;
        }
        let client = credential::service(&self.state, &self.integration);
        let names = people::names(&self.state, &self.integration, &client, ids).await;
        people::named(incident, &names)
    }

    fn lists(&self, incident: &Incident) -> bool {
        let open = incident.progress != Progress::Closed;
        match &self.shown.list {
            List::Fixed => false,
            List::Filtered(list) => {
                let me = self.link.member.member_id;
                open && (list.tab == Tab::Open || incident.responders.iter().any(|one| one.member_id == me))
                    && list.severity.is_none_or(|severity| severity == incident.severity)
                    && list.progress.is_none_or(|progress| progress == incident.progress)
                    && list.channel.is_none_or(|channel| channel == incident.channel_id)
            }
            List::Group(_) => {
                let subscriptions = self.group.iter().flat_map(|(_, subscriptions)| subscriptions);
                open && subscriptions.into_iter().any(|one| one.rule.fits(incident))
            }
        }
    }

    async fn group(&self, conversation: &str) -> Result<(Chat, Vec<Subscription>), Refusal> {
        let (chat, subscriptions) = read::group(&self.state, &self.integration, conversation).await?;
        if !members::has(&self.state, &self.integration, &chat, &self.link.employee.user_id).await? {
            return Err(ProblemCode::NotInChat.into());
        }
        Ok((chat, subscriptions))
    }

    /// Tells of everything that has changed since the page knew everything.
    async fn catch_up(&mut self) -> Result<(), Refusal> {
        let (rows, is_cut) = self.missed().await?;
        for (mirror, at) in rows {
            self.consider(&mirror, at).await?;
        }
        if is_cut {
            self.told.push_back((self.known, Told::Stale));
        }
        Ok(())
    }

    /// What the page has missed, the oldest first, and whether there was more.
    async fn missed(&self) -> Result<(Vec<(Mirror, Millis)>, bool), StoreError> {
        let key = &self.integration.key;
        let mut tx = self.state.store.read().await?;
        let limit = i64::try_from(MISSED_MAX).unwrap_or(i64::MAX);
        let rows = store::incident::changed_since(&mut tx, key, self.known.minus(LOOK_BACK), limit).await?;
        let is_cut = rows.len() >= MISSED_MAX;
        let mut missed = Vec::new();
        for row in rows.iter().rev() {
            missed.extend(store::incident::get(&mut tx, key, &row.id).await?.map(|mirror| (mirror, row.written)));
        }
        if is_cut {
            for id in self.shown.ids.iter().filter(|id| rows.iter().all(|row| row.id != **id)) {
                missed.extend(store::incident::get(&mut tx, key, id).await?.map(|mirror| (mirror, self.known)));
            }
        }
        Ok((missed, is_cut))
    }
}
