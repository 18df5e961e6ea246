//! Who calls: the bearer token and what it allows.

use crate::flow::access::{self, ApiToken, Role};
use crate::http::problem::ApiError;
use crate::state::State;
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use contract::ProblemCode;

/// A program with a token: may read.
pub struct Caller(ApiToken);

/// A program with an administrator's token: may change things too.
pub struct Administrator(ApiToken);

impl Caller {
    /// May change things too.
    pub fn is_administrator(&self) -> bool {
        self.0.role == Role::Administrator
    }
}

impl Administrator {
    /// Who it is in the audit log.
    pub fn actor(&self) -> String {
        format!("token {}", self.0.name)
    }
}

impl FromRequestParts<State> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, ApiError> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let token = bearer(header).ok_or(ProblemCode::TokenRefused)?;
        let found = access::token(state, token).await?;
        Ok(Self(found.ok_or(ProblemCode::TokenRefused)?))
    }
}

impl FromRequestParts<State> for Administrator {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, ApiError> {
        let Caller(token) = Caller::from_request_parts(parts, state).await?;
        match token.role {
            Role::Administrator => Ok(Self(token)),
            Role::Observer => Err(ProblemCode::RoleTooLow.into()),
        }
    }
}

fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_of_a_header() {
        for (header, token) in
            [("Bearer abc", Some("abc")), ("bearer  abc ", Some("abc")), ("Basic abc", None), ("abc", None), ("", None)]
        {
            assert_eq!(bearer(header), token, "{header}");
        }
    }
}
