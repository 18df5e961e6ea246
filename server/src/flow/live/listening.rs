//! Places for streams: so many in all, so few for each session.

use super::Heard;
use crate::state::State;
use std::collections::{HashMap, VecDeque};
use tokio::sync::{broadcast, oneshot};

/// Streams of one process: half of the connections it takes.
const STREAMS_MAX: usize = 2_048;
/// Streams of one session. A browser opens six connections to a server at most, and pages need some besides.
const STREAMS_OF_SESSION_MAX: usize = 4;

/// No place is left.
#[derive(Debug)]
pub struct Full;

/// The places taken, by session, the oldest first.
#[derive(Default)]
pub struct Places {
    taken: HashMap<String, VecDeque<(u64, oneshot::Sender<()>)>>,
    count: usize,
    last: u64,
}

/// A place, until it is given back or a younger page needs it.
pub struct Place {
    number: u64,
    /// Comes when a younger page needs it.
    needed: oneshot::Receiver<()>,
}

impl Places {
    /// A place for a session; its oldest gives way where it has too many.
    pub fn take(&mut self, session: &str) -> Result<Place, Full> {
        let own = self.taken.get(session).map_or(0, VecDeque::len);
        if self.count >= STREAMS_MAX && own < STREAMS_OF_SESSION_MAX {
            return Err(Full);
        }
        let taken = self.taken.entry(session.to_owned()).or_default();
        if taken.len() >= STREAMS_OF_SESSION_MAX
            && let Some((_, oldest)) = taken.pop_front()
        {
            self.count -= 1;
            // An error means that it is ending anyway.
            let _ = oldest.send(());
        }
        self.last += 1;
        let (tell, needed) = oneshot::channel();
        taken.push_back((self.last, tell));
        self.count += 1;
        Ok(Place { number: self.last, needed })
    }

    /// Gives a place back, unless a younger page has it.
    pub fn give_back(&mut self, session: &str, number: u64) {
        let Some(taken) = self.taken.get_mut(session) else { return };
        let before = taken.len();
        taken.retain(|(known, _)| *known != number);
        self.count -= before - taken.len();
        if taken.is_empty() {
            self.taken.remove(session);
        }
    }
}

/// One who listens.
pub struct Listener {
    state: State,
    session: String,
    place: Place,
    changes: broadcast::Receiver<Heard>,
}

/// What a listener hears next.
pub enum Next {
    Heard(Heard),
    /// It was too slow: some changes were missed.
    Missed,
    /// A younger page needs the place.
    GiveWay,
    /// The server stops.
    End,
}

impl Listener {
    pub fn new(state: State, session: String, place: Place, changes: broadcast::Receiver<Heard>) -> Self {
        Self { state, session, place, changes }
    }

    /// Waits for what comes next. Nothing is lost when the waiting is given up.
    pub async fn next(&mut self) -> Next {
        tokio::select! {
            biased;
            _ = &mut self.place.needed => Next::GiveWay,
            heard = self.changes.recv() => match heard {
                Ok(heard) => Next::Heard(heard),
                Err(broadcast::error::RecvError::Lagged(_)) => Next::Missed,
                Err(broadcast::error::RecvError::Closed) => Next::End,
            },
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.state.live.lock().places.give_back(&self.session, self.place.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_page_of_a_session_gives_way() {
        let mut places = Places::default();
        let mut first = places.take("a").unwrap();
        let others: Vec<_> = (1..STREAMS_OF_SESSION_MAX).map(|_| places.take("a").unwrap()).collect();
        assert!(first.needed.try_recv().is_err());
        let _youngest = places.take("a").unwrap();
        assert_eq!(first.needed.try_recv(), Ok(()));
        places.give_back("a", first.number);
        assert_eq!(places.count, STREAMS_OF_SESSION_MAX, "it had given its place away");
        for other in others {
            places.give_back("a", other.number);
        }
        assert_eq!(places.count, 1);
    }

    #[test]
    fn all_together_are_bounded() {
        let mut places = Places::default();
        let taken: Vec<_> = (0..STREAMS_MAX).map(|n| places.take(&n.to_string()).unwrap()).collect();
        assert!(places.take("one more").is_err());
        assert!(!places.taken.contains_key("one more"), "who is refused is not remembered");
        places.give_back("0", taken[0].number);
        assert!(places.take("one more").is_ok());
    }
}
