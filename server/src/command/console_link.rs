//! `dingduty console-link`.

use super::Failure;
use crate::application::Application;
use crate::flow::access;

/// Prints a one-time address of the console.
pub(super) async fn run(application: &Application) -> Result<(), Failure> {
    println!("{}", access::console_link(&application.state, "command line").await?);
    Ok(())
}
