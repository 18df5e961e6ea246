//! Who lets a call go out, and when it may not.

use crate::{Call, DingTalkError};
use async_trait::async_trait;
use world::Millis;

/// Asked before every request that goes out to the platform, also for a token and for the repeat after a refused one.
/// There is no way past it: the one function that sends asks it.
#[async_trait]
pub trait Admission: Send + Sync {
    /// Lets the call go now, or says until when it is held. May wait for a moment. `group` is the open conversation id of
    /// the group that a bot speaks in.
    async fn admit(&self, call: &Call, group: Option<&str>) -> Result<Box<dyn Permit>, Held>;
}

/// Leave for one request. Dropped without a word, the request may have arrived at any time until it would have timed out.
pub trait Permit: Send {
    /// The answer has come, or it is sure that none will.
    fn answered(self: Box<Self>, answer: Result<(), &DingTalkError>);
}

/// A call that was not made, because DingTalk would refuse it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// When to ask again.
    pub until: Millis,
    /// Which limit holds it.
    pub why: Why,
}

/// The limit that holds a call (section 10.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// Calls of one API by one app in a second.
    Second,
    /// Messages of one bot to one group in a minute (6.7).
    Minute,
    /// The company's calls of the month.
    Month,
    /// The address of this server is banned for some minutes.
    Ban,
}

impl Why {
    /// One word, for logs and counters.
    pub fn name(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Month => "month",
            Self::Ban => "ban",
        }
    }
}
