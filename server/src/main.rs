//! The program. What it can be told to do is in `command`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    server::command::run().await
}
