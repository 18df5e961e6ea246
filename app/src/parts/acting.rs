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
    /// On an incident's own page: its entries and whether older ones exist; read again after an act.
    pub timeline: Option<RwSignal<(Vec<TimelineEntry>, bool)>>,
    /// How many times an act has changed what is shown: an answer that was asked for before that tells of the past.
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    turn: StoredValue<u32>,
    pub viewing: RwSignal<Viewing>,
}

impl Acting {
    /// An incident as the page was made.
    pub fn new(incident: IncidentView, viewing: Viewing) -> Self {
        let refused = viewing.refused.clone().filter(|refused| refused.id == incident.id);
        let acting = Self {
            incident: RwSignal::new(incident),
            busy: RwSignal::new(None),
            ended: RwSignal::new(None),
            problem: RwSignal::new(refused.map(|refused| (refused.action, refused.problem))),
            timeline: None,
            #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
            turn: StoredValue::new(0),
            viewing: RwSignal::new(viewing),
        };
        #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
        in_browser::follow(acting);
        acting
    }

    /// How the last act ended, in words.
    pub fn ended_words(self) -> Option<&'static str> {
        let language = self.viewing.with(|viewing| viewing.language);
        self.ended
            .get()
            .map(|(action, already)| if already { words::already_so(language) } else { done(action, language) })
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
mod in_browser {
    use super::*;
    use crate::api;
    use contract::incident::ActRequest;
    use leptos::task::spawn_local;
    use leptos::wasm_bindgen::JsCast;

    thread_local! {
        /// The incident that changed last: a row and the detail beside it show the same.
        static CHANGED: ArcRwSignal<Option<IncidentView>> = ArcRwSignal::new(None);
    }

    /// Shows what another island learned about the same incident.
    pub fn follow(acting: Acting) {
        let changed = CHANGED.with(Clone::clone);
        Effect::new(move |_| {
            if let Some(incident) = changed.get()
                && acting.incident.with_untracked(|mine| mine.id == incident.id && *mine != incident)
            {
                acting.show(incident);
            }
        });
    }

    impl Acting {
        fn show(self, incident: IncidentView) {
            self.turn.update_value(|turn| *turn += 1);
            self.viewing.update(|viewing| *viewing = std::mem::take(viewing).at(incident.updated_ms));
            self.incident.set(incident);
        }
    }

    pub fn submit(acting: Acting, event: leptos::ev::SubmitEvent, action: Action) {
        event.prevent_default();
        let form = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok());
        let (Some(form), None) = (form, acting.busy.get_untracked()) else { return };
        let request = read(&form);
        acting.busy.set(Some(action));
        acting.problem.set(None);
        acting.ended.set(None);
        spawn_local(async move {
            let viewing = acting.viewing.get_untracked();
            let id = acting.incident.with_untracked(|incident| incident.id.clone());
            match api::act(&viewing, &id, action, request).await {
                Ok(result) => {
                    form.reset();
                    acting.ended.set(Some((action, !result.done)));
                    acting.show(result.incident.clone());
                    CHANGED.with(|changed| changed.set(Some(result.incident)));
                }
                Err(problem) => acting.problem.set(Some((action, problem))),
            }
            acting.busy.set(None);
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

    fn read(form: &web_sys::HtmlFormElement) -> ActRequest {
        let Ok(fields) = web_sys::FormData::new_with_form(form) else { return ActRequest::default() };
        let text = |name: &str| fields.get(name).as_string().filter(|text| !text.is_empty());
        ActRequest {
            minutes: text("minutes").and_then(|minutes| minutes.parse().ok()),
            text: text("text"),
            root_cause: text("root_cause"),
            resolution: text("resolution"),
            mute: text("mute").is_some(),
            ..ActRequest::default()
        }
    }
}
