//! Memory for bodies on their way in: bounded over all requests, and for each sender, so that one who sends slowly on many
//! connections does not keep everybody else out.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that are left. Cheap to clone.
#[derive(Clone)]
pub struct Memory {
    most: Most,
    taken: Arc<Mutex<Taken>>,
}

/// How many bytes may be taken, by everybody together and by one sender.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    pub together: usize,
    pub each: usize,
}

#[derive(Default)]
struct Taken {
    together: usize,
    by_sender: HashMap<IpAddr, usize>,
}

/// What one request has taken; given back when dropped.
pub struct Held {
    memory: Memory,
    from: IpAddr,
    bytes: usize,
}

impl Memory {
    /// All of it is left.
    pub fn new(most: Most) -> Self {
        Self { most, taken: Arc::default() }
    }

    /// Begins with nothing for a request of `from`.
    pub fn hold(&self, from: IpAddr) -> Held {
        Held { memory: self.clone(), from, bytes: 0 }
    }
}

impl Held {
    /// Takes more. False, and nothing is taken, when there is not as much left.
    #[must_use]
    pub fn grow(&mut self, bytes: usize) -> bool {
        let Most { together, each } = self.memory.most;
        let mut taken = self.memory.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.by_sender.get(&self.from).copied().unwrap_or(0);
        if taken.together + bytes > together || own + bytes > each {
            return false;
        }
        taken.together += bytes;
        taken.by_sender.insert(self.from, own + bytes);
        self.bytes += bytes;
        true
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut taken = self.memory.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.together = taken.together.saturating_sub(self.bytes);
        let own = taken.by_sender.get(&self.from).copied().unwrap_or(0).saturating_sub(self.bytes);
        if own == 0 {
            taken.by_sender.remove(&self.from);
        } else {
            taken.by_sender.insert(self.from, own);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn one_sender_has_a_share_and_everything_comes_back() {
        let memory = Memory::new(Most { together: 100, each: 60 });
        let [one, other] = [1, 2].map(|last| IpAddr::V4(Ipv4Addr::new(203, 0, 113, last)));
        let (mut first, mut second) = (memory.hold(one), memory.hold(one));
        assert!(first.grow(40) && second.grow(20));
        assert!(!second.grow(1), "its share is used up");
        let mut third = memory.hold(other);
        assert!(third.grow(40), "another's is not");
        assert!(!third.grow(1), "all of it is used up");
        drop(first);
        assert!(second.grow(40) && !second.grow(1));
        drop((second, third));
        let taken = memory.taken.lock().unwrap();
        assert_eq!((taken.together, taken.by_sender.len()), (0, 0));
    }
}
