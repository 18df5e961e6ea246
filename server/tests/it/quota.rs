//! What DingTalk allows in a second and in a month is never exceeded, and what it says is believed.

mod minute;
mod month;
mod second;
