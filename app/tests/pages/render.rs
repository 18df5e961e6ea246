//! Draws a page as the server does, without a server, and looks into the HTML.

use crate::fake::{Fake, NOW_MS};
use app::backend::Backend;
use app::visit::{Assets, SetStatus, Visit};
use contract::Language;
use futures::StreamExt;
use leptos::prelude::*;
use leptos::reactive::owner::Owner;
use leptos_meta::ServerMetaContext;
use leptos_router::location::RequestUrl;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

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
        csrf: "csrf-token-1".into(),
        corp_id: "ding123".into(),
        client_id: "dingclient".into(),
        jsapi_url: "https://g.example.com/jsapi.js".into(),
        now_ms: NOW_MS,
        ..Visit::default()
    }
}

/// The page at `address` for an ordinary visit.
pub fn open(address: &str, fake: Fake) -> Page {
    open_as(address, fake, visit())
}

/// The page at `address`.
pub fn open_as(address: &str, fake: Fake, visit: Visit) -> Page {
    let owner = Owner::new_root(None);
    let status = Arc::new(AtomicU16::new(200));
    let (meta, head) = ServerMetaContext::new();
    let body = owner.with(|| {
        provide_context(RequestUrl::new(address));
        provide_context(meta);
        provide_context(visit);
        provide_context(Arc::new(fake) as Arc<dyn Backend>);
        provide_context(SetStatus::new({
            let status = Arc::clone(&status);
            move |code| status.store(code, Ordering::Relaxed)
        }));
        provide_context(Assets {
            style: "body{margin:0}".into(),
            script: Some("/assets/app.js".into()),
            wasm: Some("/assets/app.wasm".into()),
            arrive: "/assets/arrive.js".into(),
            icon: "/assets/icon.svg".into(),
        });
        leptos::nonce::provide_nonce();
        app::shell().into_view().to_html_stream_in_order()
    });
    let html = futures::executor::block_on(async {
        let body = body.collect::<String>().await;
        head.inject_meta_context(futures::stream::iter([body])).await.collect::<String>().await
    });
    drop(owner);
    Page { html, status: status.load(Ordering::Relaxed) }
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
