//! `dingduty demo`.

use super::Failure;
use crate::demo::{self, Options};
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Port of the server on this machine; when it is taken the next free one is used.
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Keeps the database in this directory instead of a temporary one.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Runs the demo until it is told to stop.
pub(super) async fn run(Arguments { port, data }: Arguments) -> Result<(), Failure> {
    demo::run(Options { port, data }).await
}
