//! The client against small servers that answer as the reference says.

mod admission;
mod garbage;
mod peer;
mod token;
mod trouble;
mod wire;
mod work_notice;
