//! The client against small servers that answer as told: well, badly, slowly, or not at all.

mod calls;
mod every_call;
mod failures;
mod mutations;
mod oauth;
mod patience;
mod stand;
