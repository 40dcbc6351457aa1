//! Numbers of channels: the layouts in which the effect runs, and the forms that impulses have.
//!
//! Whatever is decided by a number of channels is decided here: which layouts a host may choose, which impulses fit
//! into them, along which paths an impulse is heard, and how all of that is called. The engine knows numbers of inputs
//! and outputs, and no layout.
//!
//! | impulse | mono | mono to stereo | stereo |
//! |---|---|---|---|
//! | mono: 1 channel | the channel | the channel to both sides | each side through the channel |
//! | stereo: 2 channels | their mean | left to the left, right to the right | left by the first, right by the second |
//! | true stereo: 4 channels, `LL LR RL RR` | the mean of all four | ½(LL+RL), ½(LR+RR) | all four |
//!
//! A layout more is a variant of [`ChannelLayout`] with its row, and as many channels in the engine.

mod form;
mod layout;

pub use form::ImpulseForm;
pub use layout::{ChannelLayout, ChannelPath};

/// Name for people of a signal of so many channels.
#[must_use]
pub fn signal_name(channels: usize) -> String {
    match channels {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        other => format!("{other} channels"),
    }
}
