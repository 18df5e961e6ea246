//! Logs: text for people at a terminal, JSON lines for everything else; always on standard error.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Libraries that log what passes through them when asked for everything: bytes of connections, texts of statements.
/// Only naming one of them in the filter makes it that talkative.
const QUIET: &str = "h2=info,hyper=info,hyper_util=info,reqwest=info,rustls=info,sqlx=warn";

/// What is logged where `filter` is configured.
pub fn filter(filter: &str) -> EnvFilter {
    EnvFilter::new(format!("{QUIET},{filter}"))
}

/// Starts logging. `filter` has been checked by the configuration.
pub(super) fn start(filter: &str) {
    let builder = tracing_subscriber::fmt().with_env_filter(self::filter(filter)).with_writer(std::io::stderr);
    // A log that takes nothing, a file on a full disk, must not end the process.
    let builder = builder.log_internal_errors(false);
    // A second start in one process changes nothing.
    let _ = if std::io::stderr().is_terminal() { builder.try_init() } else { builder.json().try_init() };
    std::panic::set_hook(Box::new(|panic| {
        // Only the place: the text of a panic may hold anything.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
}
