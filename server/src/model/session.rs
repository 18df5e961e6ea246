//! The stored proof of who is looking.

use std::time::Duration;
use world::Millis;

/// How long a visitor stays signed in without coming back: DingTalk signs in again without a question anyway.
pub const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long a console session lasts.
pub const CONSOLE_LIFETIME: Duration = Duration::from_secs(12 * 3600);

/// Who is looking. For the console `integration` is empty and the user is the administrator of the one-time link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the cookie's value.
    pub id: String,
    pub integration: String,
    pub user_id: String,
    pub user_name: String,
    pub created: Millis,
    pub expires: Millis,
}
