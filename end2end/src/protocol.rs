//! Chromium's debugging protocol over its pipe: JSON messages, each ended by a zero byte. Commands are numbered and
//! answered; events belong to a session, which is one attached page.

use crate::beside;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::{mpsc, oneshot};

/// How long the browser may take to answer a command.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

type Listener = Box<dyn Fn(&str, &Value) + Send>;
type Answer = Result<Value, String>;

/// A connection to one browser.
pub struct Connection {
    outgoing: mpsc::UnboundedSender<String>,
    shared: Arc<Shared>,
    last_number: AtomicU64,
}

#[derive(Default)]
struct Shared {
    waiting: Mutex<HashMap<u64, oneshot::Sender<Answer>>>,
    listeners: Mutex<HashMap<String, Listener>>,
}

impl Connection {
    /// Speaks into `input` and listens to `output` until either ends.
    pub fn over(
        mut input: impl AsyncWrite + Send + Unpin + 'static,
        output: impl AsyncRead + Send + Unpin + 'static,
    ) -> Self {
        let (outgoing, mut messages) = mpsc::unbounded_channel::<String>();
        beside(async move {
            while let Some(message) = messages.recv().await {
                let sent = async {
                    input.write_all(message.as_bytes()).await?;
                    input.write_all(&[0]).await?;
                    input.flush().await
                };
                if sent.await.is_err() {
                    return;
                }
            }
        });
        let shared = Arc::new(Shared::default());
        let reading = Arc::clone(&shared);
        beside(async move {
            let mut output = BufReader::new(output);
            let mut message = Vec::new();
            while output.read_until(0, &mut message).await.is_ok_and(|length| length > 0) {
                message.pop();
                if let Ok(value) = serde_json::from_slice(&message) {
                    reading.take(value);
                }
                message.clear();
            }
            lock(&reading.waiting).clear();
        });
        Self { outgoing, shared, last_number: AtomicU64::new(0) }
    }

    /// Sends a command to the browser, or to one of its pages, and waits for the answer.
    ///
    /// # Errors
    /// What the browser says, or that it is gone or silent.
    pub async fn call(&self, session: Option<&str>, method: &str, params: Value) -> Answer {
        let number = self.last_number.fetch_add(1, Ordering::Relaxed) + 1;
        let mut message = json!({ "id": number, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let (answer, answered) = oneshot::channel();
        lock(&self.shared.waiting).insert(number, answer);
        let gone = || format!("{method}: the browser is gone");
        self.outgoing.send(message.to_string()).map_err(|_| gone())?;
        match tokio::time::timeout(ANSWER_LIMIT, answered).await {
            Ok(Ok(answer)) => answer.map_err(|why| format!("{method}: {why}")),
            Ok(Err(_)) => Err(gone()),
            Err(_) => Err(format!("{method}: no answer in {} s", ANSWER_LIMIT.as_secs())),
        }
    }

    /// Tells `listener` every event of a session.
    pub fn listen(&self, session: &str, listener: impl Fn(&str, &Value) + Send + 'static) {
        lock(&self.shared.listeners).insert(session.to_owned(), Box::new(listener));
    }

    /// Ends that.
    pub fn forget(&self, session: &str) {
        lock(&self.shared.listeners).remove(session);
    }
}

impl Shared {
    fn take(&self, mut message: Value) {
        if let Some(number) = message["id"].as_u64() {
            let Some(waiting) = lock(&self.waiting).remove(&number) else { return };
            let refused = message["error"]["message"].as_str().map(str::to_owned);
            // Nobody waits any more: it took too long.
            let _ = waiting.send(refused.map_or_else(|| Ok(message["result"].take()), Err));
        } else if let (Some(method), Some(session)) = (message["method"].as_str(), message["sessionId"].as_str())
            && let Some(listener) = lock(&self.listeners).get(session)
        {
            listener(method, &message["params"]);
        }
    }
}

/// A lock that a failed story elsewhere does not spoil.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
