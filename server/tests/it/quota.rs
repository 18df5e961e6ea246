//! What DingTalk allows in a second and in a month is never exceeded, and what it says is believed.

mod month;
mod second;
