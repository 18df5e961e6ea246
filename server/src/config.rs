//! Every setting: its name, its default, what is wrong with it. Nothing else reads the environment.
//!
//! A setting comes from `DINGDUTY_<NAME>`, else from the file, else it has its default. `dingduty.sample.toml` explains
//! each to operators.

use crate::proxies::Proxies;
use crate::store::SealingKeys;
use crate::store::seal::KeysError;
use secrecy::{ExposeSecret, SecretString};
use std::net::SocketAddr;
use std::path::Path;
use url::Url;

/// The file that is read when none is named, if it is there.
pub const FILE: &str = "dingduty.toml";

/// Names and defaults. A setting without a default is treated where it is read.
const SETTINGS: [(&str, Option<&str>); 12] = [
    ("listen", Some("127.0.0.1:3000")),
    ("public_url", None),
    ("database_url", Some("sqlite://dingduty.db")),
    ("secret_key", None),
    ("dingtalk_api_url", Some("https://api.dingtalk.com")),
    ("dingtalk_oapi_url", Some("https://oapi.dingtalk.com")),
    ("dingtalk_login_url", Some("https://login.dingtalk.com")),
    ("dingtalk_jsapi_url", Some("https://g.alicdn.com/dingding/dingtalk-jsapi/3.1.0/dingtalk.open.js")),
    ("flashduty_api_url", Some("https://api.flashcat.cloud")),
    ("trusted_proxies", Some("127.0.0.1, ::1")),
    ("connections_per_address", Some("1024")),
    ("log", Some("info")),
];

/// Everything an operator decides.
#[derive(Clone, Debug)]
pub struct Config {
    pub listen: SocketAddr,
    /// Where browsers and both platforms reach us: scheme, host and port only.
    pub public_url: Url,
    /// `sqlite://…` or `postgres://…`; may hold a password.
    pub database_url: SecretString,
    /// Base64 of 32 bytes, several separated by commas: see [`Config::sealing_keys`].
    pub secret_key: SecretString,
    pub dingtalk_api_url: Url,
    pub dingtalk_oapi_url: Url,
    pub dingtalk_login_url: Url,
    /// DingTalk's own script, which only pages inside DingTalk load.
    pub dingtalk_jsapi_url: Url,
    pub flashduty_api_url: Url,
    pub trusted_proxies: Proxies,
    /// Connections that one address may have at once; a trusted proxy may have as many as there are.
    pub connections_per_address: usize,
    /// What is logged, as `tracing`'s filters say it.
    pub log: String,
}

/// What is wrong with the configuration and how to cure it. Never repeats a value: it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {fault}")]
pub struct ConfigError {
    setting: String,
    fault: String,
}

impl Config {
    /// Reads the file, or `dingduty.toml` where there is one, and the environment.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn read(file: Option<&Path>) -> Result<Self, ConfigError> {
        Self::load(read_file(file)?.as_deref(), environment)
    }

    /// Whether this place is configured to serve the public, which the demo must not do.
    ///
    /// # Errors
    /// The file cannot be read or is none.
    pub fn is_public() -> Result<bool, ConfigError> {
        let sources = Sources { file: parse_file(read_file(None)?.as_deref().unwrap_or_default())?, environment };
        Ok(sources.find("public_url").is_some_and(|found| found.value.starts_with("https:")))
    }

    /// The configuration that a file's text and an environment make.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn load(text: Option<&str>, environment: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let sources = Sources { file: parse_file(text.unwrap_or_default())?, environment };
        let listen = sources.listen()?;
        Ok(Self {
            listen,
            public_url: sources.public_url(listen)?,
            database_url: sources.database_url()?,
            secret_key: sources.secret_key()?,
            dingtalk_api_url: sources.address("dingtalk_api_url")?,
            dingtalk_oapi_url: sources.address("dingtalk_oapi_url")?,
            dingtalk_login_url: sources.address("dingtalk_login_url")?,
            dingtalk_jsapi_url: sources.address("dingtalk_jsapi_url")?,
            flashduty_api_url: sources.address("flashduty_api_url")?,
            trusted_proxies: sources.trusted_proxies()?,
            connections_per_address: sources.connections_per_address()?,
            log: sources.log()?,
        })
    }

    /// What secrets are sealed with; [`Config::load`] has proved that the text holds keys.
    ///
    /// # Errors
    /// The text was put together elsewhere and holds none.
    pub fn sealing_keys(&self) -> Result<SealingKeys, KeysError> {
        SealingKeys::parse(self.secret_key.expose_secret())
    }
}

fn read_file(file: Option<&Path>) -> Result<Option<String>, ConfigError> {
    let path = file.unwrap_or(Path::new(FILE));
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(fault(&path.display().to_string(), format!("cannot be read ({error})"))),
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn fault(setting: &str, fault: impl Into<String>) -> ConfigError {
    ConfigError { setting: setting.to_owned(), fault: fault.into() }
}

/// The name of a setting in the environment.
fn variable(name: &str) -> String {
    format!("DINGDUTY_{}", name.to_ascii_uppercase())
}

fn parse_file(text: &str) -> Result<toml::Table, ConfigError> {
    // The parser's own message would quote the line, which may hold a secret.
    let table: toml::Table = toml::from_str(text).map_err(|error: toml::de::Error| {
        let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].lines().count().max(1));
        fault("configuration file", format!("line {line} is not TOML; write settings as name = \"value\""))
    })?;
    for (name, value) in &table {
        if !SETTINGS.iter().any(|(known, _)| known == name) {
            let names = SETTINGS.map(|(known, _)| known).join(", ");
            return Err(fault(name, format!("is not a setting; remove it or correct its name ({names})")));
        }
        if !value.is_str() {
            return Err(fault(name, "is not a text; write it in quotes"));
        }
    }
    Ok(table)
}

/// A value and the name people know it by where they wrote it.
struct Found {
    value: String,
    written_as: String,
}

impl Found {
    fn wrong(&self, cure: impl Into<String>) -> ConfigError {
        fault(&self.written_as, cure)
    }
}

struct Sources<E> {
    file: toml::Table,
    environment: E,
}

impl<E: Fn(&str) -> Option<String>> Sources<E> {
    /// A setting's value; an empty one counts as not set, because that is what container tools pass for nothing.
    fn find(&self, name: &str) -> Option<Found> {
        let set = |value: &String| !value.trim().is_empty();
        if let Some(value) = (self.environment)(&variable(name)).filter(set) {
            return Some(Found { value: value.trim().to_owned(), written_as: variable(name) });
        }
        let written = self.file.get(name).and_then(|value| value.as_str()).map(str::to_owned).filter(set);
        let default = SETTINGS.iter().find(|(known, _)| *known == name).and_then(|(_, default)| *default);
        let value = written.or_else(|| default.map(str::to_owned))?;
        Some(Found { value: value.trim().to_owned(), written_as: name.to_owned() })
    }

    fn require(&self, name: &str, cure: &str) -> Result<Found, ConfigError> {
        let unset = || fault(name, format!("is not set; {cure}, as {} or in {FILE}", variable(name)));
        self.find(name).ok_or_else(unset)
    }

    fn listen(&self) -> Result<SocketAddr, ConfigError> {
        let found = self.require("listen", "give the address to listen on")?;
        found.value.parse().map_err(|_| found.wrong("is not an address with a port; for example 127.0.0.1:3000"))
    }

    /// Without a public address only this machine can reach us, so the address listened on is the public one.
    fn public_url(&self, listen: SocketAddr) -> Result<Url, ConfigError> {
        const CURE: &str = "give the address at which DingTalk and browsers reach this server, for example \
                            https://duty.example.com";
        if self.find("public_url").is_none() && listen.ip().is_loopback() {
            return Url::parse(&format!("http://{listen}")).map_err(|_| fault("public_url", CURE));
        }
        let found = self.require("public_url", CURE)?;
        let url = self.address("public_url")?;
        if !matches!(url.path(), "" | "/") || url.query().is_some() {
            return Err(
                found.wrong("has a path; give only scheme, host and port, for example https://duty.example.com")
            );
        }
        Ok(url)
    }

    fn database_url(&self) -> Result<SecretString, ConfigError> {
        let found = self.require("database_url", "give the address of the database")?;
        let known = ["sqlite://", "postgres://", "postgresql://"].iter().any(|scheme| found.value.starts_with(scheme));
        match known {
            true => Ok(found.value.into()),
            false => {
                Err(found.wrong("begins with neither sqlite:// nor postgres://; for example sqlite://dingduty.db"))
            }
        }
    }

    fn secret_key(&self) -> Result<SecretString, ConfigError> {
        const CURE: &str = "generate one with `openssl rand -base64 32`";
        let found = self.require("secret_key", CURE)?;
        let refused = |error: KeysError| found.wrong(format!("{error}; it is base64 of 32 bytes: {CURE}"));
        SealingKeys::parse(&found.value).map_err(refused)?;
        Ok(found.value.into())
    }

    fn address(&self, name: &str) -> Result<Url, ConfigError> {
        let found = self.require(name, "give its address")?;
        let url =
            Url::parse(&found.value).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let plain = |url: &Url| url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        url.filter(plain).ok_or_else(|| found.wrong("is not an http or https address; for example https://example.com"))
    }

    fn trusted_proxies(&self) -> Result<Proxies, ConfigError> {
        let found = self.require("trusted_proxies", "list the proxies")?;
        Proxies::parse(&found.value)
            .ok_or_else(|| found.wrong("is not a list of addresses or ranges; for example 127.0.0.1, 10.0.0.0/8"))
    }

    fn connections_per_address(&self) -> Result<usize, ConfigError> {
        let found = self.require("connections_per_address", "give a number")?;
        let number = found.value.parse().ok().filter(|number| (1..=1_000_000).contains(number));
        number.ok_or_else(|| found.wrong("is not a number from 1 to 1000000; for example 1024"))
    }

    fn log(&self) -> Result<String, ConfigError> {
        let found = self.require("log", "say what is to be logged")?;
        match found.value.parse::<tracing_subscriber::EnvFilter>() {
            Ok(_) => Ok(found.value),
            Err(_) => Err(found.wrong("is not a log filter; for example info, or info,server=debug")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const SAMPLE: &str = include_str!("../dingduty.sample.toml");

    fn load(text: Option<&str>, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let environment: HashMap<_, _> = environment.iter().copied().collect();
        Config::load(text, |name| environment.get(name).map(|value| (*value).to_owned()))
    }

    fn message(text: &str, environment: &[(&str, &str)]) -> String {
        let with_key = [&[("DINGDUTY_SECRET_KEY", KEY)], environment].concat();
        load(Some(text), &with_key).unwrap_err().to_string()
    }

    #[test]
    fn defaults_are_the_real_platforms() {
        let config = load(None, &[("DINGDUTY_SECRET_KEY", KEY)]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
        assert_eq!(config.public_url.as_str(), "http://127.0.0.1:3000/");
        assert_eq!(config.database_url.expose_secret(), "sqlite://dingduty.db");
        assert_eq!(config.dingtalk_api_url.as_str(), "https://api.dingtalk.com/");
        assert_eq!(config.flashduty_api_url.as_str(), "https://api.flashcat.cloud/");
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = "listen = \"127.0.0.1:1\"\ndatabase_url = \"sqlite://file.db\"\n";
        let config = load(Some(file), &[("DINGDUTY_SECRET_KEY", KEY), ("DINGDUTY_LISTEN", "127.0.0.1:2")]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:2");
        assert_eq!(config.database_url.expose_secret(), "sqlite://file.db");
    }

    #[test]
    fn the_sample_says_the_defaults_and_explains_every_setting() {
        let key = [("DINGDUTY_SECRET_KEY", KEY)];
        let (sample, bare) = (load(Some(SAMPLE), &key).unwrap(), load(None, &key).unwrap());
        assert_eq!(format!("{sample:?}"), format!("{bare:?}"));
        assert_eq!(sample.database_url.expose_secret(), bare.database_url.expose_secret());
        for (name, default) in SETTINGS {
            assert!(SAMPLE.contains(&format!("{name} = ")), "{name}");
            assert!(SAMPLE.contains(default.unwrap_or_default()), "{name}");
        }
    }

    #[test]
    fn every_fault_names_the_setting_and_the_cure_and_no_secret() {
        let unset = load(None, &[]).unwrap_err().to_string();
        assert!(unset.contains("DINGDUTY_SECRET_KEY") && unset.contains("openssl rand -base64 32"), "{unset}");
        for (file, environment, expected) in [
            ("", [("DINGDUTY_LISTEN", "3000")], "DINGDUTY_LISTEN: is not an address with a port"),
            ("", [("DINGDUTY_LISTEN", "0.0.0.0:3000")], "public_url: is not set"),
            ("", [("DINGDUTY_PUBLIC_URL", "duty.example.com")], "DINGDUTY_PUBLIC_URL: is not an http"),
            ("", [("DINGDUTY_PUBLIC_URL", "https://a.example/x")], "DINGDUTY_PUBLIC_URL: has a path"),
            ("", [("DINGDUTY_DATABASE_URL", "mysql://root:hunter2@h")], "DINGDUTY_DATABASE_URL: begins with neither"),
            ("", [("DINGDUTY_SECRET_KEY", "hunter2")], "DINGDUTY_SECRET_KEY: a sealing key is not"),
            ("", [("DINGDUTY_FLASHDUTY_API_URL", "ftp://h")], "DINGDUTY_FLASHDUTY_API_URL: is not an http"),
            ("", [("DINGDUTY_FLASHDUTY_API_URL", "http://u:hunter2@h")], "DINGDUTY_FLASHDUTY_API_URL: is not an http"),
            ("", [("DINGDUTY_LOG", "a=b=c")], "DINGDUTY_LOG: is not a log filter"),
            ("", [("DINGDUTY_CONNECTIONS_PER_ADDRESS", "0")], "DINGDUTY_CONNECTIONS_PER_ADDRESS: is not a number"),
            ("", [("DINGDUTY_TRUSTED_PROXIES", "proxy")], "DINGDUTY_TRUSTED_PROXIES: is not a list"),
            ("listn = \"x\"", [("", "")], "listn: is not a setting"),
            ("listen = 3000", [("", "")], "listen: is not a text"),
            ("listen = \"x\"", [("", "")], "listen: is not an address"),
            ("log = \"info\"\nsecret_key = hunter2", [("", "")], "configuration file: line 2 is not TOML"),
        ] {
            let message = message(file, &environment);
            assert!(message.starts_with(expected), "{message}");
            assert!(!message.contains("hunter2"), "{message}");
            assert!(!message.contains('\n'), "{message}");
        }
    }
}
