//! Two generations of a secret: what was replaced goes on being accepted until its successor is proved by use, so that
//! nothing is lost between the change here and the change at DingTalk.

use super::Secrets;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use world::Millis;

/// A secret that has two generations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotating {
    ClientSecret,
    AesKey,
    Token,
}

impl Rotating {
    pub const ALL: [Self; 3] = [Self::ClientSecret, Self::AesKey, Self::Token];

    /// The name of its field.
    pub fn name(self) -> &'static str {
        match self {
            Self::ClientSecret => "client_secret",
            Self::AesKey => "aes_key",
            Self::Token => "token",
        }
    }

    /// The secret of a field's name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|secret| secret.name() == name)
    }

    /// Its present value.
    pub fn of(self, secrets: &Secrets) -> &SecretString {
        match self {
            Self::ClientSecret => &secrets.client_secret,
            Self::AesKey => &secrets.aes_key,
            Self::Token => &secrets.token,
        }
    }
}

/// The former values that are still accepted.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Former {
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<FormerSecret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aes_key: Option<FormerSecret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<FormerSecret>,
}

/// One of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FormerSecret {
    #[serde(serialize_with = "crate::model::secret::expose")]
    pub value: SecretString,
    #[serde(rename = "replaced_ms")]
    pub replaced: Millis,
}

impl Former {
    /// The former value of a secret.
    pub fn of(&self, secret: Rotating) -> Option<&FormerSecret> {
        match secret {
            Rotating::ClientSecret => self.client_secret.as_ref(),
            Rotating::AesKey => self.aes_key.as_ref(),
            Rotating::Token => self.token.as_ref(),
        }
    }

    /// Sets or ends it.
    pub fn set(&mut self, secret: Rotating, former: Option<FormerSecret>) {
        match secret {
            Rotating::ClientSecret => self.client_secret = former,
            Rotating::AesKey => self.aes_key = former,
            Rotating::Token => self.token = former,
        }
    }

    /// Those that have one.
    pub fn all(&self) -> impl Iterator<Item = (Rotating, &FormerSecret)> {
        Rotating::ALL.into_iter().filter_map(|secret| Some((secret, self.of(secret)?)))
    }

    /// What is accepted beside `present` once it replaces what `before` has. A value that was never proved by use is
    /// not kept: what it replaced itself still is. Going back to the former value ends the change.
    pub fn after(
        before: &Secrets,
        secret: Rotating,
        present: &SecretString,
        is_proved: bool,
        now: Millis,
    ) -> Option<FormerSecret> {
        let (replaced, former) = (secret.of(before), before.former.of(secret));
        match former {
            _ if present.expose_secret() == replaced.expose_secret() => former.cloned(),
            Some(former) => {
                Some(former.clone()).filter(|former| former.value.expose_secret() != present.expose_secret())
            }
            None => is_proved.then(|| FormerSecret { value: replaced.clone(), replaced: now }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::integration::RouteSecrets;

    fn secrets(token: &str, former: Option<&str>) -> Secrets {
        let none = || SecretString::from("");
        let routes = RouteSecrets {
            cards: none(),
            card_signing: none(),
            webhook: none(),
            webhook_header: none(),
            action: none(),
        };
        let former = former.map(|value| FormerSecret { value: value.into(), replaced: Millis(5) });
        let former = Former { token: former, ..Former::default() };
        let (client_secret, aes_key, flashduty_app_key) = (none(), none(), none());
        Secrets { client_secret, aes_key, token: token.into(), flashduty_app_key, routes, former }
    }

    #[test]
    fn what_is_accepted_beside_a_new_value() {
        for (present, former, typed, is_proved, expected) in [
            ("a", None, "a", true, None),
            ("a", None, "b", true, Some(("a", 9))),
            ("a", None, "b", false, None),
            ("b", Some("a"), "b", false, Some(("a", 5))),
            ("b", Some("a"), "c", false, Some(("a", 5))),
            ("b", Some("a"), "a", false, None),
        ] {
            let before = secrets(present, former);
            let after = Former::after(&before, Rotating::Token, &typed.into(), is_proved, Millis(9));
            let after = after.map(|former| (former.value.expose_secret().to_owned(), former.replaced.0));
            let expected = expected.map(|(value, at): (&str, i64)| (value.to_owned(), at));
            assert_eq!(after, expected, "{present} {former:?} {typed}");
        }
    }

    #[test]
    fn what_was_sealed_before_there_were_two_generations_opens() {
        let mut text = serde_json::to_value(secrets("a", None)).unwrap();
        text.as_object_mut().unwrap().remove("former");
        let opened: Secrets = serde_json::from_value(text).unwrap();
        assert_eq!(opened.former.all().count(), 0);
        let kept: Secrets = serde_json::from_value(serde_json::to_value(secrets("b", Some("a"))).unwrap()).unwrap();
        assert_eq!(kept.former.all().map(|(secret, _)| secret).collect::<Vec<_>>(), [Rotating::Token]);
    }
}
