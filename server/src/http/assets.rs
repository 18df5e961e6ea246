//! Files for browsers: compressed once, at build time, and kept by browsers for ever where the address names the content.

use super::problem::ApiError;
use crate::state::State;
use crate::web::{self, Asset};
use axum::Router;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use contract::{ProblemCode, paths};

/// The folder of hashed files, and the few that others look for at the top.
pub fn routes() -> Router<State> {
    let fixed = web::all().iter().filter(|asset| !asset.immutable);
    fixed.fold(Router::new().route(paths::ASSETS, get(show_asset)), |router, asset| {
        router.route(asset.path, get(show_asset))
    })
}

async fn show_asset(uri: Uri, headers: HeaderMap) -> Result<Response, ApiError> {
    let asset = web::find(uri.path()).ok_or(ProblemCode::NotFound)?;
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (encoding, bytes) = choose(asset, accepted);
    let cache = if asset.immutable { "public, max-age=31536000, immutable" } else { "public, max-age=3600" };
    let mut response = bytes.into_response();
    let kept = response.headers_mut();
    kept.insert(CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    kept.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    kept.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        kept.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Ok(response)
}

/// The shortest form the browser takes.
fn choose(asset: &Asset, accepted: &str) -> (Option<&'static str>, &'static [u8]) {
    let forms = [("br", asset.brotli), ("gzip", asset.gzip)];
    let taken = forms.into_iter().find_map(|(name, bytes)| takes(accepted, name).then_some((name, bytes?)));
    taken.map_or((None, asset.bytes), |(name, bytes)| (Some(name), bytes))
}

fn takes(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|entry| {
        let (name, weight) = entry.split_once(';').unwrap_or((entry, ""));
        let refused = weight.trim().strip_prefix("q=").and_then(|q| q.trim().parse::<f32>().ok()) == Some(0.0);
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_form_the_browser_takes() {
        let asset = Asset {
            name: "a",
            path: "/assets/a",
            content_type: "text/css",
            immutable: true,
            bytes: b"plain",
            brotli: Some(b"br"),
            gzip: Some(b"gzip"),
        };
        for (accepted, expected) in [
            ("gzip, deflate, br", Some("br")),
            ("gzip", Some("gzip")),
            ("br;q=0, gzip;q=0.5", Some("gzip")),
            ("identity", None),
            ("", None),
        ] {
            assert_eq!(choose(&asset, accepted).0, expected, "{accepted}");
        }
        let bare = Asset { brotli: None, gzip: None, ..asset };
        assert_eq!(choose(&bare, "br, gzip"), (None, &b"plain"[..]));
    }
}
