//! The client against small servers that answer as the reference says.

mod garbage;
mod peer;
mod token;
mod trouble;
mod wire;
mod work_notice;
