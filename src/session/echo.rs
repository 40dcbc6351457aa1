//! The position of the parameter `impulse`. It tells a host that moves the parameter from a host that repeats a move of
//! the session.
//!
//! A choice in the window moves the parameter only when the impulse has been built. Until the host has heard of the
//! move, the parameter has its old value, which must not undo the choice. So the session follows a *change* of the
//! parameter, and not its value.

/// The parameter as the session last saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Echo {
    seen: usize,
    pending: Pending,
}

/// Moves of the parameter that are under way. Both can be at once: the host has not answered to one when the next is
/// due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Pending {
    /// To be told to the host.
    due: Option<usize>,
    /// Told, and not seen yet.
    told: Option<usize>,
}

impl Echo {
    /// The parameter rests at a slot.
    pub fn at(slot: usize) -> Self {
        Self { seen: slot, pending: Pending::default() }
    }

    /// The slot that the parameter was last seen at.
    pub fn seen(&self) -> usize {
        self.seen
    }

    /// Looks at the parameter. True if somebody has moved it: not if it comes to where it was told to go, even if
    /// something else has been chosen since.
    pub fn is_moved_to(&mut self, slot: usize) -> bool {
        std::mem::replace(&mut self.seen, slot) != slot && self.pending.told.take() != Some(slot)
    }

    /// The parameter is to be moved to the slot of what is asked for; nothing is due if it is there.
    pub fn expect(&mut self, slot: Option<usize>) {
        self.pending.due = slot.filter(|slot| *slot != self.seen);
    }

    /// True if the parameter is to be moved.
    pub fn is_due(&self) -> bool {
        self.pending.due.is_some()
    }

    /// Where the parameter is to be moved, once.
    pub fn take_due(&mut self) -> Option<usize> {
        self.pending.told = self.pending.due.take();
        self.pending.told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_answers_has_not_moved_the_parameter() {
        let mut echo = Echo::at(0);
        echo.expect(Some(3));
        assert_eq!((echo.take_due(), echo.take_due()), (Some(3), None));
        let mut echo = Echo::at(0);
        echo.expect(Some(3));
        let _ = echo.take_due();
        echo.expect(Some(4)); // Before the host has answered.
        assert!(!echo.is_moved_to(0) && !echo.is_moved_to(3), "the answer");
        assert_eq!(echo.take_due(), Some(4));
        assert!(echo.is_moved_to(5), "somebody else");
        assert!(echo.is_moved_to(4), "an answer that comes after that is a move");
    }

    #[test]
    fn nothing_is_due_where_the_parameter_is() {
        let mut echo = Echo::at(7);
        echo.expect(Some(7));
        assert_eq!((echo.take_due(), echo.seen()), (None, 7));
    }
}
