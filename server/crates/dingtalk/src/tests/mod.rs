//! The client against small servers that answer as the reference says.

mod admission;
mod every_call;
mod garbage;
mod peer;
mod scene;
mod token;
mod trouble;
mod wire;
mod work_notice;
