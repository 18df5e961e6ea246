//! Draws a page as the server does, without a server, and looks into the HTML.

use crate::fake::{Fake, NOW_MS};
use app::backend::{Backend, ConsoleBackend};
use app::visit::{Assets, SetStatus, Visit};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use contract::Language;
use leptos::config::LeptosOptions;
use leptos::prelude::{expect_context, provide_context};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};
use std::sync::Arc;
use tower::ServiceExt;

/// A drawn page.
pub struct Page {
    pub html: String,
    /// What the page set; 200 when it set nothing.
    pub status: u16,
}

/// A visit of the integration `k1`, in English, in China's zone.
pub fn visit() -> Visit {
    Visit {
        key: "k1".into(),
        integration_name: "Flashcat".into(),
        language: Language::En,
        zone_offset_minutes: 480,
        snooze_minutes: contract::incident::SNOOZE_PRESETS_MINUTES.to_vec(),
        csrf: "csrf-token-1".into(),
        corp_id: "ding123".into(),
        client_id: "dingclient".into(),
        jsapi_url: "https://g.example.com/jsapi.js".into(),
        now_ms: NOW_MS,
        may_change: true,
        may_add: true,
        ..Visit::default()
    }
}

/// The page at `address` for an ordinary visit.
pub fn open(address: &str, fake: Fake) -> Page {
    open_as(address, fake, visit())
}

/// The page at `address`, through the same route table as the server's.
pub fn open_as(address: &str, fake: Fake, visit: Visit) -> Page {
    let context = move || {
        let options = expect_context::<ResponseOptions>();
        provide_context(visit.clone());
        provide_context(Arc::new(fake.clone()) as Arc<dyn Backend>);
        provide_context(Arc::new(fake.clone()) as Arc<dyn ConsoleBackend>);
        provide_context(SetStatus::new(move |status| {
            options.set_status(StatusCode::from_u16(status).expect("a status"));
        }));
        provide_context(Assets {
            style: "body{margin:0}".into(),
            script: Some("/assets/app.js".into()),
            wasm: Some("/assets/app.wasm".into()),
            arrive: "/assets/arrive.js".into(),
            page: "/assets/page.js".into(),
            console: "/assets/console.js".into(),
            icon: "/assets/icon.svg".into(),
        });
    };
    let options = LeptosOptions::builder().output_name("app").build();
    let routes = generate_route_list(app::App);
    let router = Router::new()
        .leptos_routes_with_context(&options, routes, context.clone(), app::shell)
        .fallback(leptos_axum::render_app_async_with_context(context, app::shell))
        .with_state(options);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(tokio::task::LocalSet::new().run_until(async move {
        let request = Request::get(address).body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let html = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Page { html: String::from_utf8(html.to_vec()).unwrap(), status }
    }))
}

impl Page {
    /// How often a text occurs.
    pub fn count(&self, text: &str) -> usize {
        self.html.matches(text).count()
    }

    /// Fails with the page when a text is missing.
    #[track_caller]
    pub fn has(&self, text: &str) -> &Self {
        assert!(self.html.contains(text), "missing: {text}\n{}", self.html);
        self
    }

    /// Fails with the page when a text is there.
    #[track_caller]
    pub fn has_not(&self, text: &str) -> &Self {
        assert!(!self.html.contains(text), "unexpected: {text}\n{}", self.html);
        self
    }

    /// What people read, without markup and without what islands carry for themselves.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut rest = self.html.as_str();
        while let Some(open) = rest.find('<') {
            text.push_str(&rest[..open]);
            let close = rest[open..].find('>').map_or(rest.len(), |close| open + close + 1);
            rest = &rest[close..];
        }
        text.push_str(rest);
        text
    }
}
