use std::fmt;

/// A text that must not be seen: it cannot print itself, so it cannot reach a log or an error by accident.
#[derive(Clone, Default)]
pub struct Secret(String);

impl Secret {
    /// Wraps `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for sending and sealing only.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("…")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// Who a [`Client`](crate::Client) acts as: the actor at Flashduty is always the credential's owner (reference 2.1, 10.1).
#[derive(Clone, Debug)]
pub enum Credential {
    /// A key made in the console; goes into the query as `app_key`.
    AppKey(Secret),
    /// An OAuth access token; goes into the `Authorization` header.
    Bearer(Secret),
}

impl Credential {
    pub(crate) fn secret(&self) -> &Secret {
        match self {
            Self::AppKey(secret) | Self::Bearer(secret) => secret,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_cannot_print_itself() {
        let credential = Credential::AppKey(Secret::new("0123456789abcdef"));
        assert_eq!(format!("{credential:?}"), "AppKey(…)");
        assert_eq!(credential.secret().expose(), "0123456789abcdef");
    }
}
