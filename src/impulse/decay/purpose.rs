//! What frames are cut for.

/// Purpose for which an impulse is cut into frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::impulse) enum Purpose {
    /// Its decays are scaled: what is lengthened goes on in its reverberation time.
    Scale,
    /// Its tail is cleaned: every frequency goes on as the last of its decay does.
    Clean,
}
