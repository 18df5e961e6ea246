//! What happens when somebody presses: the act goes out, and the incident changes where it stands.

use crate::viewing::Viewing;
use contract::Problem;
use contract::incident::{Action, IncidentView, TimelineEntry};
use contract::words::{incident as ask, page as words};
use leptos::prelude::*;

/// One incident on a page that people can act on. A handle: cheap to copy.
#[derive(Clone, Copy)]
pub struct Acting {
    pub incident: RwSignal<IncidentView>,
    /// The act under way.
    pub busy: RwSignal<Option<Action>>,
    /// How the last act ended: `true` when somebody else had done it already.
    pub ended: RwSignal<Option<(Action, bool)>>,
    /// What stands in the way of which act.
    pub problem: RwSignal<Option<(Action, Problem)>>,
    /// What somebody else did while this was looked at, in words.
    pub told: RwSignal<Option<String>>,
    /// On an incident's own page: its entries and whether older ones exist; read again after an act.
    pub timeline: Option<RwSignal<(Vec<TimelineEntry>, bool)>>,
    /// How many times an act has changed what is shown: an answer that was asked for before that tells of the past.
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    turn: StoredValue<u32>,
    /// The revision of what is shown, as far as it is known.
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    revision: StoredValue<i64>,
    /// What was heard while an act was under way.
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    held: StoredValue<Option<contract::live::IncidentNews>>,
    pub viewing: RwSignal<Viewing>,
}

impl Acting {
    /// An incident as the page was made.
    pub fn new(incident: IncidentView, viewing: Viewing) -> Self {
        Self::with_timeline(incident, viewing, None)
    }

    /// The same on its own page, with its entries and whether older ones exist.
    pub fn with_timeline(
        incident: IncidentView,
        viewing: Viewing,
        timeline: Option<RwSignal<(Vec<TimelineEntry>, bool)>>,
    ) -> Self {
        let refused = viewing.refused.clone().filter(|refused| refused.id == incident.id);
        let acting = Self {
            incident: RwSignal::new(incident),
            busy: RwSignal::new(None),
            ended: RwSignal::new(None),
            problem: RwSignal::new(refused.map(|refused| (refused.action, refused.problem))),
            told: RwSignal::new(None),
            timeline,
            #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
            turn: StoredValue::new(0),
            #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
            revision: StoredValue::new(0),
            #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
            held: StoredValue::new(None),
            viewing: RwSignal::new(viewing),
        };
        #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
        in_browser::follow(acting);
        acting
    }

    /// How the last act ended, or what somebody else did, in words.
    pub fn ended_words(self) -> Option<String> {
        let language = self.viewing.with(|viewing| viewing.language);
        let words = |(action, already)| if already { words::already_so(language) } else { done(action, language) };
        self.ended.get().map(|ended| words(ended).to_owned()).or_else(|| self.told.get())
    }

    /// Carries out what a form asks for, instead of the form's own way through the server.
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    pub fn submit(self, event: leptos::ev::SubmitEvent, action: Action) {
        in_browser::submit(self, event, action);
    }

    /// Where no script runs the form takes its own way.
    #[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
    pub fn submit(self, _event: leptos::ev::SubmitEvent, _action: Action) {}
}

/// What was done, in words.
pub fn done(action: Action, language: contract::Language) -> &'static str {
    match action {
        Action::Acknowledge => words::done_acknowledge(language),
        Action::Unacknowledge => words::done_unacknowledge(language),
        Action::Close => words::done_close(language),
        Action::Reopen => words::done_reopen(language),
        Action::Snooze => words::done_snooze(language),
        Action::Wake => words::done_wake(language),
        Action::Comment => words::done_comment(language),
        Action::Reassign => ask::done_reassign(language),
        Action::Escalate => ask::done_escalate(language),
        Action::AddResponder => ask::done_add_responder(language),
        Action::CustomAction => ask::done_custom_action(language),
    }
}

#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
pub use in_browser::{shown, tell};

#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
mod in_browser {
    use super::*;
    use crate::api;
    use crate::parts::timeline::did;
    use contract::live::IncidentNews;
    use contract::words::{card, live};
    use leptos::task::spawn_local;
    use leptos::wasm_bindgen::JsCast;
    use std::cell::RefCell;
    use web_sys::js_sys::{JSON, Object};

    /// The same act is told with another time by whoever was asked: at most so far apart.
    const SAME_ACT_MS: i64 = 15_000;

    thread_local! {
        /// Everything on the page that people can act on: a row and the detail beside it show the same.
        static SHOWN: RefCell<Vec<(u32, Acting)>> = const { RefCell::new(Vec::new()) };
    }

    /// Lets it be told what others learn about the same incident, for as long as it is on the page.
    pub fn follow(acting: Acting) {
        let number = SHOWN.with_borrow_mut(|shown| {
            let number = shown.last().map_or(0, |(last, _)| last + 1);
            shown.push((number, acting));
            number
        });
        on_cleanup(move || SHOWN.with_borrow_mut(|shown| shown.retain(|(known, _)| *known != number)));
    }

    /// The ids of all incidents on the page.
    pub fn shown() -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        SHOWN.with_borrow(|shown| {
            for (_, acting) in shown {
                let id = acting.incident.with_untracked(|incident| incident.id.clone());
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
        });
        ids
    }

    /// Everything on the page that shows the incident.
    fn of(id: &str) -> Vec<Acting> {
        let same = |acting: &Acting| acting.incident.with_untracked(|incident| incident.id == id);
        SHOWN.with_borrow(|shown| shown.iter().map(|(_, acting)| *acting).filter(same).collect())
    }

    /// Shows what the server told. False when the incident is not on the page.
    pub fn tell(news: &IncidentNews) -> bool {
        let all = of(&news.incident.id);
        for acting in &all {
            acting.hear(news);
        }
        !all.is_empty()
    }

    impl Acting {
        /// What is heard while an act is under way waits for its answer; what is older than what is shown is passed over.
        fn hear(self, news: &IncidentNews) {
            if self.busy.with_untracked(Option::is_some) {
                self.held.set_value(Some(news.clone()));
                return;
            }
            let shown = self.revision.get_value();
            if news.revision < shown {
                return;
            }
            let is_older =
                shown == 0 && self.incident.with_untracked(|mine| news.incident.updated_ms < mine.updated_ms);
            if news.revision > shown && !is_older {
                self.revision.set_value(news.revision);
                let said = self.incident.with_untracked(|mine| said(mine, &news.incident, self.viewing));
                if said.is_some() {
                    self.ended.set(None);
                    self.told.set(said);
                }
                self.show(news.incident.clone(), news.at_ms);
            }
            if let (Some(timeline), Some(entries)) = (self.timeline, &news.timeline) {
                // What is being read by somebody's act was asked for earlier.
                self.turn.update_value(|turn| *turn += 1);
                timeline.set(entries.clone());
            }
        }

        fn show(self, incident: IncidentView, at_ms: i64) {
            self.turn.update_value(|turn| *turn += 1);
            self.viewing.update(|viewing| *viewing = std::mem::take(viewing).at(at_ms));
            self.incident.set(incident);
        }
    }

    /// What people are told of a change; nothing where they would see none.
    fn said(mine: &IncidentView, now: &IncidentView, viewing: RwSignal<Viewing>) -> Option<String> {
        let language = viewing.with_untracked(|viewing| viewing.language);
        let acknowledged = |one: &IncidentView| {
            one.responders.iter().map(|one| (one.name.clone(), one.acknowledged_ms.is_some())).collect::<Vec<_>>()
        };
        let same_act = |a: &IncidentView, b: &IncidentView| match (&a.last_act, &b.last_act) {
            (Some(a), Some(b)) => a.kind == b.kind && (a.at_ms - b.at_ms).abs() < SAME_ACT_MS,
            (a, b) => a.is_none() == b.is_none(),
        };
        let same = mine.progress == now.progress
            && mine.snoozed_until_ms.is_some() == now.snoozed_until_ms.is_some()
            && mine.severity == now.severity
            && mine.title == now.title
            && acknowledged(mine) == acknowledged(now)
            && same_act(mine, now);
        if same {
            return None;
        }
        let act = now.last_act.as_ref().filter(|_| !same_act(mine, now));
        Some(match act {
            Some(act) => {
                let who = act.who.clone().unwrap_or_else(|| card::somebody(language).into());
                live::changed_by(language, who, did(&act.kind, language))
            }
            None => live::changed(language).into(),
        })
    }

    pub fn submit(acting: Acting, event: leptos::ev::SubmitEvent, action: Action) {
        let form = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok());
        // What cannot be read takes the form's own way.
        let Some((form, fields)) = form.and_then(|form| Some((form.clone(), read(&form)?))) else { return };
        event.prevent_default();
        if acting.busy.get_untracked().is_some() {
            return;
        }
        acting.busy.set(Some(action));
        acting.problem.set(None);
        acting.ended.set(None);
        acting.told.set(None);
        spawn_local(async move {
            let viewing = acting.viewing.get_untracked();
            let id = acting.incident.with_untracked(|incident| incident.id.clone());
            match api::act(&viewing, &id, action, fields).await {
                Ok(result) => {
                    form.reset();
                    acting.ended.set(Some((action, !result.done)));
                    for shown in of(&id) {
                        shown.revision.update_value(|shown| *shown = result.revision.max(*shown));
                        shown.show(result.incident.clone(), result.incident.updated_ms);
                    }
                }
                Err(problem) => acting.problem.set(Some((action, problem))),
            }
            acting.busy.set(None);
            if let Some(news) = acting.held.try_update_value(Option::take).flatten() {
                acting.hear(&news);
            }
            let turn = acting.turn.get_value();
            // a timeline that cannot be read stays as it was: the act itself is done and shown
            if let Some(timeline) = acting.timeline
                && let Ok(detail) = api::incident(&viewing, &id).await
                && acting.turn.get_value() == turn
            {
                acting.viewing.update(|viewing| *viewing = std::mem::take(viewing).at(detail.as_of_ms));
                acting.incident.set(detail.incident);
                timeline.set((detail.timeline, detail.timeline_cut));
            }
        });
    }

    /// The form's fields as JSON.
    fn read(form: &web_sys::HtmlFormElement) -> Option<String> {
        let fields = web_sys::FormData::new_with_form(form).ok()?;
        let fields = Object::from_entries(&fields).ok()?;
        JSON::stringify(&fields).ok()?.as_string()
    }
}
