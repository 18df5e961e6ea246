//! That no secret shows itself: neither in the log, at its most talkative, nor in anything that is answered.

use crate::bench::{Bench, KEY};
use server::command::logging;
use server::store;
use simulator::{flashduty, seed};
use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex};
use tracing::subscriber::DefaultGuard;

use super::PEOPLE;

/// Shorter texts are not secret by themselves.
const SECRET_CHARS_MIN: usize = 12;

pub struct Watch {
    log: Log,
    lines: usize,
    secrets: BTreeSet<String>,
    /// Log and secrets are of this thread: stories of other tests run beside.
    _guard: DefaultGuard,
}

/// What was logged and not looked at yet.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Watch {
    /// From here on everything is kept that is logged.
    pub fn begin() -> Self {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(logging::filter("trace"))
            .with_writer(move || writer.clone())
            .with_ansi(false)
            .finish();
        let guard = tracing::subscriber::set_default(subscriber);
        Self { log, lines: 0, secrets: BTreeSet::new(), _guard: guard }
    }

    /// Learns what is secret at present.
    pub async fn learn(&mut self, bench: &Bench) {
        let mut tx = bench.app.state.store.read().await.unwrap();
        let integration = store::integration::by_key(&mut tx, KEY).await.unwrap().unwrap();
        drop(tx);
        // Written in clear only to be sealed, and here.
        self.know_all(&serde_json::to_value(&integration.secrets).unwrap());
        for secret in [seed::CLIENT_SECRET, seed::AES_KEY, seed::TOKEN, flashduty::seed::SERVICE_APP_KEY] {
            self.know(secret);
        }
        for person in PEOPLE {
            self.know(&bench.sim.flashduty.key_of(bench.member(person)).unwrap());
        }
        if let Some(token) = bench.sim.dingtalk.app_token() {
            self.know(&token);
        }
        assert!(self.secrets.len() >= 12, "only {} secrets are known", self.secrets.len());
    }

    fn know_all(&mut self, value: &serde_json::Value) {
        match value {
            serde_json::Value::String(text) => self.know(text),
            serde_json::Value::Object(fields) => fields.values().for_each(|value| self.know_all(value)),
            serde_json::Value::Array(items) => items.iter().for_each(|value| self.know_all(value)),
            _ => {}
        }
    }

    pub fn know(&mut self, secret: &str) {
        if secret.len() >= SECRET_CHARS_MIN {
            self.secrets.insert(secret.to_owned());
        }
    }

    /// Something was answered.
    pub fn saw(&self, place: &str, text: &str) {
        for secret in &self.secrets {
            assert!(!text.contains(secret.as_str()), "{place} shows the secret that begins with {}", &secret[..4]);
        }
    }

    /// Looks through what was logged since the last time.
    pub fn read_log(&mut self) {
        let bytes = std::mem::take(&mut *self.log.0.lock().unwrap());
        let text = String::from_utf8_lossy(&bytes);
        for line in text.lines() {
            self.lines += 1;
            self.saw(&format!("the log, in {line:?},"), line);
        }
    }

    /// The last look, and that there was something to look at.
    pub fn end(&mut self) {
        self.read_log();
        assert!(self.lines > 100, "only {} lines were logged", self.lines);
    }
}
