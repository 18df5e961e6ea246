//! `dingduty console-link`.

use super::Failure;
use super::token::TokenRole;
use crate::application::Application;
use crate::flow::access;

/// Prints a one-time address of the console.
pub(super) async fn run(application: &Application, role: TokenRole) -> Result<(), Failure> {
    println!("{}", access::console_link_as(&application.state, role.into(), "command line").await?);
    Ok(())
}
