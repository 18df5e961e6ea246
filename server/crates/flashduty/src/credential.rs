use secrecy::SecretString;

/// Who a [`Client`](crate::Client) acts as: the actor at Flashduty is always the credential's owner (reference 2.1, 10.1).
#[derive(Clone, Debug)]
pub enum Credential {
    /// A key made in the console; goes into the query as `app_key`.
    AppKey(SecretString),
    /// An OAuth access token; goes into the `Authorization` header.
    Bearer(SecretString),
}

impl Credential {
    pub(crate) fn secret(&self) -> &SecretString {
        match self {
            Self::AppKey(secret) | Self::Bearer(secret) => secret,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn a_secret_cannot_print_itself() {
        let credential = Credential::AppKey(SecretString::from("0123456789abcdef"));
        assert!(!format!("{credential:?}").contains("0123"));
        assert_eq!(credential.secret().expose_secret(), "0123456789abcdef");
    }
}
