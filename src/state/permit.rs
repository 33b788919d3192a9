//! Whether a writer may still act, for those who do something outside of the state on its behalf.

use std::sync::Arc;

use super::error::StateError;
use super::shared::Deadline;

/// Says whether the right to write still holds. Cheap to ask, and to hand around.
#[derive(Debug, Clone)]
pub struct Permit(Option<Arc<Deadline>>);

impl Permit {
    /// A right that lasts as long as the process.
    #[must_use]
    pub const fn always() -> Self {
        Self(None)
    }

    pub(super) const fn until(deadline: Arc<Deadline>) -> Self {
        Self(Some(deadline))
    }

    /// # Errors
    /// [`StateError::LeaseLost`].
    pub fn check(&self) -> Result<(), StateError> {
        self.0.as_ref().map_or(Ok(()), |deadline| deadline.check())
    }
}
