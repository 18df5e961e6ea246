use crate::patience::WAITING_MAX;
use crate::{Client, Credential, OAuth};
use reqwest::redirect::Policy;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use url::{Host, Url};
use world::{PeerClock, World};

/// Where Flashduty is, and the connections to it. Cheap to clone; one per program is enough.
#[derive(Clone)]
pub struct Platform(Arc<Parts>);

struct Parts {
    api: Url,
    world: World,
    http: reqwest::Client,
    clock: PeerClock,
    waiting: Semaphore,
}

impl Platform {
    /// Flashduty at `api`: `https://api.flashcat.cloud`, or a private deployment's own base, which may have a path.
    ///
    /// # Panics
    /// When no TLS provider has been installed in this program (see `rustls::crypto`): a mistake of the program, found
    /// at its start.
    pub fn new(api: Url, world: World) -> Self {
        let http = http_client(&api);
        let waiting = Semaphore::new(WAITING_MAX);
        Self(Arc::new(Parts { api, world, http, clock: PeerClock::default(), waiting }))
    }

    /// A client that acts as the owner of `credential`.
    pub fn with(&self, credential: Credential) -> Client {
        Client::new(self.clone(), credential)
    }

    /// Sign-in of people at this Flashduty.
    pub fn oauth(&self) -> OAuth {
        OAuth::new(self.clone())
    }

    /// How far this machine's clock is ahead of Flashduty's, in milliseconds; negative when it is behind. Exact to about
    /// two seconds. None before the first answer.
    pub fn clock_ahead_ms(&self) -> Option<i64> {
        self.0.clock.ahead_ms()
    }

    pub(crate) fn clock(&self) -> &PeerClock {
        &self.0.clock
    }

    /// Places for calls that wait to be made again.
    pub(crate) fn waiting(&self) -> &Semaphore {
        &self.0.waiting
    }

    pub(crate) fn api(&self) -> &Url {
        &self.0.api
    }

    pub(crate) fn world(&self) -> &World {
        &self.0.world
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.0.http
    }

    /// The address of `path` (with a leading slash) below the base.
    pub(crate) fn address(&self, path: &str) -> Url {
        let mut address = self.0.api.clone();
        let full = format!("{}{path}", address.path().trim_end_matches('/'));
        address.set_path(&full);
        address.set_query(None);
        address.set_fragment(None);
        address
    }
}

#[expect(clippy::disallowed_methods, reason = "the Flashduty client owns its HTTP client")]
fn http_client(api: &Url) -> reqwest::Client {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("dingduty/", env!("CARGO_PKG_VERSION")))
        // The app_key is in the query and the token in a header: neither may be carried to another place.
        .redirect(Policy::none())
        .connect_timeout(Duration::from_secs(3))
        .timeout(Duration::from_secs(10))
        // Shorter than usual servers keep a connection, so that a call seldom meets one closed under it.
        .pool_idle_timeout(Duration::from_secs(20));
    if is_loopback(api) {
        builder = builder.no_proxy();
    }
    builder.build().expect("an HTTP client can be made once a TLS provider is installed")
}

fn is_loopback(address: &Url) -> bool {
    match address.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stay_below_the_base() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        for (base, whole) in [
            ("https://api.flashcat.cloud", "https://api.flashcat.cloud/incident/list"),
            ("https://on.corp.example/duty/", "https://on.corp.example/duty/incident/list"),
            ("http://127.0.0.1:9/api?x=1#y", "http://127.0.0.1:9/api/incident/list"),
        ] {
            let platform = Platform::new(Url::parse(base).unwrap(), World::system());
            assert_eq!(platform.address("/incident/list").as_str(), whole);
        }
    }
}
