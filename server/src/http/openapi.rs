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

    async fn status(router: &axum::Router, method: Method, path: &str) -> StatusCode {
        let path = path.replace("{key}", "k").replace("{id}", "1").replace("{act}", "acknowledge");
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        router.clone().oneshot(request).await.unwrap().status()
    }

    #[tokio::test]
    async fn what_is_described_is_answered_and_nothing_else() {
        let directory = std::env::temp_dir().join(format!("dingduty-openapi-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let database = format!("sqlite://{}", directory.join("test.db").display());
        let config = Config::load(None, |name| match name {
            "DINGDUTY_DATABASE_URL" => Some(database.clone()),
            "DINGDUTY_SECRET_KEY" => Some("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".to_owned()),
            // Without https no certificate authorities of the machine are needed.
            name if name.ends_with("_API_URL") => Some("http://127.0.0.1:9".to_owned()),
            _ => None,
        });
        let router = Application::build(config.unwrap(), World::system()).await.unwrap().router;
        for (path, operations) in description()["paths"].as_object().unwrap() {
            assert_eq!(status(&router, Method::TRACE, path).await, StatusCode::METHOD_NOT_ALLOWED, "no route: {path}");
            for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                let described = operations.get(method.as_str().to_ascii_lowercase()).is_some();
                let answered = status(&router, method.clone(), path).await != StatusCode::METHOD_NOT_ALLOWED;
                assert_eq!(described, answered, "{method} {path}");
            }
        }
        std::fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn every_path_of_the_api_is_described() {
        const PATHS: &str = include_str!("../../../app/contract/src/paths.rs");
        let described = description();
        let literals = PATHS.lines().filter_map(|line| line.strip_prefix("pub const ")?.split('"').nth(1));
        let missing: Vec<_> = literals
            .filter(|path| path.starts_with("/api/"))
            .filter(|path| described["paths"].get(*path).is_none())
            .collect();
        assert_eq!(missing, Vec::<&str>::new());
    }

    #[test]
    fn the_closed_list_of_outcomes_is_told() {
        let told = description()["components"]["schemas"]["Outcome"]["enum"].clone();
        let names: Vec<_> = Outcome::ALL.iter().map(|outcome| outcome.name()).collect();
        assert_eq!(told, serde_json::json!(names));
    }
}
