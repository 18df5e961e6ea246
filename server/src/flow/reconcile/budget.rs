//! What one run may cost.

use super::RunError;
use std::time::Duration;
use world::{Millis, World};

/// Calls of a run: fewer than an account may make in one second, whenever they come.
const CALLS_MAX: u32 = 40;
/// Time of a run: it must end before its lease does.
const TIME_MAX: Duration = Duration::from_secs(40);

/// What is left of it.
pub struct Budget {
    world: World,
    calls: u32,
    started: Millis,
}

impl Budget {
    /// A whole one.
    pub fn new(world: &World) -> Self {
        Self { world: world.clone(), calls: CALLS_MAX, started: world.now() }
    }

    /// Takes one call, to be made at once.
    ///
    /// # Errors
    /// [`RunError::Later`] when nothing is left.
    pub fn spend(&mut self) -> Result<(), RunError> {
        if self.calls == 0 || self.world.now().since(self.started) > TIME_MAX {
            return Err(RunError::Later);
        }
        self.calls -= 1;
        Ok(())
    }
}
