//! Work that goes on when the request that began it has been answered: an act at Flashduty that took longer than the
//! clicker could wait.

use crate::origin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// Acts under way at once.
const AT_ONCE_MAX: u32 = 256;

/// What is under way in the background of one process. Cheap to clone.
#[derive(Clone)]
pub struct Background(Arc<Semaphore>);

impl Default for Background {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE_MAX as usize)))
    }
}

impl Background {
    /// Starts something that nobody's leaving interrupts. None when too much is under way, or the process is stopping.
    #[expect(clippy::disallowed_methods, reason = "the one place that lets work outlive its request")]
    pub fn start<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<JoinHandle<T>> {
        let place = Arc::clone(&self.0).try_acquire_owned().ok()?;
        let address = origin::address();
        Some(tokio::spawn(async move {
            let _place = place;
            origin::within(address, work).await
        }))
    }

    /// Takes nothing more and waits, at most `limit`, for what is under way. False when something had not ended.
    pub async fn stop(&self, limit: Duration) -> bool {
        let ended = tokio::time::timeout(limit, self.0.acquire_many(AT_ONCE_MAX)).await.is_ok();
        self.0.close();
        ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_outlives_who_began_it_and_an_orderly_end_waits_for_it() {
        let background = Background::default();
        let (open, gate) = tokio::sync::oneshot::channel::<()>();
        let work = background.start(async move { gate.await.is_ok() }).unwrap();
        assert!(!background.clone().stop(Duration::from_millis(1)).await, "still under way");
        open.send(()).unwrap();
        assert!(work.await.unwrap());
        assert!(background.start(async {}).is_none(), "stopped");
    }
}
