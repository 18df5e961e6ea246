//! What the JSON API looks like, for people who write programs against it.

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

/// OpenAPI 3.1, written by hand; the tests keep it true to the routes.
const DESCRIPTION: &str = include_str!("openapi.json");

/// Answers with the description.
pub async fn show_description() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], DESCRIPTION)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::Application;
    use crate::config::Config;
    use crate::model::delivery::Outcome;
    use axum::body::Body;
    use axum::http::{Method, Request, StatusCode};
    use serde_json::Value;
    use tower::ServiceExt;
    use world::World;

    fn description() -> Value {
        serde_json::from_str(DESCRIPTION).unwrap()
    }

    async fn router() -> (axum::Router, std::path::PathBuf) {
        let directory = std::env::temp_dir().join(format!("dingduty-openapi-{}", World::system().id()));
        std::fs::create_dir_all(&directory).unwrap();
        let database = format!("sqlite://{}", directory.join("test.db").display());
        let config = Config::load(None, |name| match name {
            "DINGDUTY_DATABASE_URL" => Some(database.clone()),
            "DINGDUTY_SECRET_KEY" => Some("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".to_owned()),
            // Without https no certificate authorities of the machine are needed.
            name if name.ends_with("API_URL") => Some("http://127.0.0.1:9".to_owned()),
            _ => None,
        });
        (Application::build(config.unwrap(), World::system()).await.unwrap().router, directory)
    }

    async fn status(router: &axum::Router, method: Method, path: &str) -> StatusCode {
        let path = path.replace("{key}", "k").replace("{id}", "1").replace("{act}", "acknowledge");
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        router.clone().oneshot(request).await.unwrap().status()
    }

    #[tokio::test]
    async fn what_is_described_is_answered_and_what_is_answered_is_described() {
        let (router, directory) = router().await;
        let described = description();
        for (path, operations) in described["paths"].as_object().unwrap() {
            for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                let described = operations.get(method.as_str().to_ascii_lowercase()).is_some();
                let answered = status(&router, method.clone(), path).await != StatusCode::METHOD_NOT_ALLOWED;
                assert_eq!(described, answered, "{method} {path}");
            }
        }
        // A method nobody uses tells a path with a route (405) from one without (404).
        const PATHS: &str = include_str!("../../../app/contract/src/paths.rs");
        let literals = PATHS.lines().filter_map(|line| line.strip_prefix("pub const ")?.split('"').nth(1));
        for path in literals.filter(|path| path.starts_with("/api/")) {
            let routed = status(&router, Method::TRACE, path).await == StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(routed, described["paths"].get(path).is_some(), "{path}");
        }
        std::fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn the_sizes_of_pictures_are_told() {
        use crate::model::markdown::{PICTURE_SHOWN, Surface};
        let picture = &description()["components"]["schemas"]["NewWorkNotice"]["properties"]["picture"];
        let told = picture["description"].as_str().unwrap();
        for (width, height) in [PICTURE_SHOWN].into_iter().chain(Surface::WorkNotice.picture_max()) {
            assert!(told.contains(&format!("{width} × {height}")), "{told}");
        }
    }

    #[test]
    fn the_closed_list_of_outcomes_is_told() {
        let told = description()["components"]["schemas"]["Outcome"]["enum"].clone();
        let names: Vec<_> = Outcome::ALL.iter().map(|outcome| outcome.name()).collect();
        assert_eq!(told, serde_json::json!(names));
    }
}
