//! What changes by itself: an island beside what it keeps true. It listens to the server's stream, lets rows and panel show
//! what it hears, and shows itself what was not on the page before.

use super::acting::Acting;
use super::island;
use super::row::{for_row, row};
use crate::viewing::Viewing;
use contract::incident::IncidentView;
use contract::read;
use contract::words::{live as say, page as words};
use leptos::prelude::*;
use serde::Serialize;

/// What stands for a row's id in the address that rows lead to.
pub const ID: &str = "INCIDENT-ID";
/// Rows added at most: after that the list is better read again.
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
const FRESH_MAX: usize = 50;

/// Whether what is shown is true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "ssr", expect(dead_code, reason = "only a browser loses its stream"))]
enum Standing {
    #[default]
    True,
    /// Nothing was heard for a while; last at this moment.
    Offline(i64),
    /// Something was missed.
    Stale,
}

/// The live part of a page.
#[derive(Clone, Copy)]
struct Region {
    fresh: RwSignal<Vec<IncidentView>>,
    standing: RwSignal<Standing>,
}

/// `view` is the page as a [`crate::place::Place`], `href` the address of a row with [`ID`] in it, `empty` what an empty
/// list says: a sentence, and more.
#[cfg(feature = "ssr")]
pub fn live(viewing: Viewing, view: String, href: String, empty: Option<(String, String)>) -> AnyView {
    let given = Given { viewing, view, href, empty };
    island::drawn("wake_live", given, region)
}

/// Wakes what changes by itself.
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn wake_live(element: &leptos::web_sys::HtmlElement) {
    island::wake(element, region);
}

/// What it is given.
#[derive(Serialize)]
struct Given {
    viewing: Viewing,
    view: String,
    href: String,
    empty: Option<(String, String)>,
}

read!(Given { viewing, view, href, empty });

fn region(given: Given) -> impl IntoView {
    let Given { viewing, view, href, empty } = given;
    let region = Region { fresh: RwSignal::new(Vec::new()), standing: RwSignal::new(Standing::default()) };
    let clock = viewing.clock();
    let standing = move || match region.standing.get() {
        Standing::True => None,
        Standing::Offline(at_ms) => Some(say::offline(clock.language, clock.short(at_ms))),
        Standing::Stale => Some(say::stale(clock.language).to_owned()),
    };
    let refresh = move || {
        (region.standing.get() == Standing::Stale).then(|| view! { <a href="">{words::refresh(clock.language)}</a> })
    };
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    in_browser::listen(region, viewing.clone(), view);
    #[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
    drop(view);
    let empty = empty.map(|(sentence, more)| {
        view! {
            <div class="empty" hidden=move || !region.fresh.with(Vec::is_empty)>
                <p class="empty-title">{sentence}</p>
                <p class="hint">{more}</p>
            </div>
        }
    });
    let fresh = move |incident: IncidentView| {
        let href = href.replace(ID, &incident.id);
        let acting = Acting::new(for_row(incident), viewing.clone());
        acting.told.set(Some(say::is_new(clock.language).to_owned()));
        view! { <li>{row(acting, href, false)}</li> }
    };
    view! {
        <p class="live-state" role="status">{standing} {refresh}</p>
        <ul class="rows">
            <For each=move || region.fresh.get() key=|one| one.id.clone() children=fresh/>
        </ul>
        {empty}
    }
}

#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
mod in_browser {
    use super::{FRESH_MAX, Region, Standing};
    use crate::parts::acting;
    use crate::viewing::Viewing;
    use contract::live::Told;
    use contract::paths;
    use contract::read::Read;
    use futures::StreamExt;
    use gloo_net::eventsource::futures::EventSource;
    use leptos::prelude::*;
    use leptos::task::spawn_local;
    use std::time::Duration;
    use web_sys::js_sys::Date;

    /// How often the stream is looked after.
    const TICK: Duration = Duration::from_secs(5);
    /// The server says something every ten seconds: after so long a silence it is gone.
    const SILENCE_MAX_MS: f64 = 21_000.0;
    /// The longest pause between two tries, in ticks.
    const PAUSE_TICKS_MAX: u32 = 12;

    /// One page's stream. A handle: cheap to copy.
    #[derive(Clone, Copy)]
    struct Stream {
        region: Region,
        /// Its address, without what the page knows now.
        address: StoredValue<String>,
        source: StoredValue<Option<EventSource>, LocalStorage>,
        /// Counts sources: who reads from a former one stops.
        turn: StoredValue<u32>,
        /// Up to when the page knows everything, as the server writes it.
        known: StoredValue<String>,
        /// The same in the time of this machine.
        heard_ms: StoredValue<f64>,
        /// Ticks until the next try, and how many the one after it will take.
        pause: StoredValue<(u32, u32)>,
        /// The server asked this page to wait until somebody looks at it.
        rests: StoredValue<bool>,
    }

    /// Begins to listen, once all islands are awake.
    pub fn listen(region: Region, viewing: Viewing, view: String) {
        let address = format!("{}?view={}", paths::fill(paths::API_LIVE, &[&viewing.key]), paths::encode(&view));
        let stream = Stream {
            region,
            address: StoredValue::new(address),
            source: StoredValue::new_local(None),
            turn: StoredValue::new(0),
            known: StoredValue::new(viewing.now_ms.to_string()),
            heard_ms: StoredValue::new(Date::now()),
            pause: StoredValue::new((1, 1)),
            rests: StoredValue::new(false),
        };
        spawn_local(async move { stream.connect() });
        set_interval(move || stream.look_after(), TICK);
        for event in ["visibilitychange", "pageshow", "online"] {
            // Somebody looks again: after sleep a dead stream may look alive.
            drop(window_event_listener_untyped(event, move |_| stream.wake()));
        }
        drop(window_event_listener_untyped("offline", move |_| stream.is_offline()));
    }

    impl Stream {
        fn connect(self) {
            self.rests.set_value(false);
            let known = self.known.get_value();
            let shown = acting::shown().join(",");
            let address = self.address.with_value(|address| format!("{address}&after={known}&shown={shown}"));
            let Ok(mut source) = EventSource::new(&address) else { return };
            let Ok(mut messages) = source.subscribe("message") else { return };
            self.heard_ms.set_value(Date::now());
            self.turn.update_value(|turn| *turn += 1);
            let turn = self.turn.get_value();
            // The former one is closed by being dropped.
            self.source.set_value(Some(source));
            spawn_local(async move {
                while let Some(Ok((_, message))) = messages.next().await {
                    if self.turn.get_value() != turn {
                        return;
                    }
                    let text = message.data().as_string().unwrap_or_default();
                    if let Some(told) = serde_json::from_str(&text).ok().and_then(Told::read) {
                        self.known.set_value(message.last_event_id());
                        self.hear(told);
                    }
                }
                if self.turn.get_value() == turn {
                    // Refused: the browser does not come back by itself.
                    self.source.set_value(None);
                }
            });
        }

        fn hear(self, told: Told) {
            self.heard_ms.set_value(Date::now());
            self.pause.set_value((1, 1));
            let Region { fresh, standing } = self.region;
            if standing.get_untracked() != Standing::Stale {
                standing.set(Standing::True);
            }
            match told {
                Told::Beat => {}
                Told::Stale => standing.set(Standing::Stale),
                Told::Rest => {
                    self.rests.set_value(true);
                    self.source.set_value(None);
                }
                Told::Incident(news) => {
                    if acting::tell(&news) || !news.listed {
                        return;
                    }
                    if fresh.with_untracked(Vec::len) < FRESH_MAX {
                        fresh.update(|fresh| fresh.insert(0, news.incident));
                    } else {
                        standing.set(Standing::Stale);
                    }
                }
            }
        }

        fn is_silent(self) -> bool {
            self.source.with_value(Option::is_none) || Date::now() - self.heard_ms.get_value() > SILENCE_MAX_MS
        }

        fn look_after(self) {
            if self.rests.get_value() || !self.is_silent() {
                return;
            }
            self.is_offline();
            let (left, next) = self.pause.get_value();
            if left > 1 {
                self.pause.set_value((left - 1, next));
                return;
            }
            let next = (next * 2).min(PAUSE_TICKS_MAX);
            self.pause.set_value((next, next));
            self.connect();
        }

        fn wake(self) {
            let quiet = Date::now() - self.heard_ms.get_value() > SILENCE_MAX_MS / 2.0;
            if document().visibility_state() == web_sys::VisibilityState::Visible
                && (quiet || self.rests.get_value() || self.is_silent())
            {
                self.connect();
            }
        }

        fn is_offline(self) {
            let at_ms = self.known.with_value(|known| known.parse().unwrap_or_default());
            if self.region.standing.get_untracked() == Standing::True {
                self.region.standing.set(Standing::Offline(at_ms));
            }
        }
    }
}
