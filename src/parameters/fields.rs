//! The session's impulse as the framework saves and loads it: one field of a state.

use crate::session::impulse::SessionImpulse;
use crate::session::saved::SavedSession;
use nice_plug::params::persist::PersistentField;

impl PersistentField<'_, SavedSession> for SessionImpulse {
    fn set(&self, saved: SavedSession) {
        self.load(saved);
    }
    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&SavedSession) -> R,
    {
        // Millions of bytes are written without the lock.
        f(&self.save())
    }
}
