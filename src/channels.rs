//! Numbers of channels: the layouts in which the effect runs, and the forms that impulses have.
//!
//! Whatever is decided by a number of channels is decided here: which layouts a host may choose, which impulses fit
//! into them, along which paths an impulse is heard, and how all of that is called. The engine knows numbers of inputs
//! and outputs, and no layout. `docs/channels.md` has the tables.
//!
//! | impulse | mono | mono to stereo | stereo | N to N | mono to N | stereo to N |
//! |---|---|---|---|---|---|---|
//! | 1 channel | it | it to both sides | each side through it | each through it | all from it | each side through it |
//! | 2: L R | their mean | left, right | left by the first, right by the second | by sides | by sides | by sides |
//! | 4: `LL LR RL RR` | mean of all | ½(LL+RL), ½(LR+RR) | all four | every pair of sides | by sides | by sides |
//! | N | – | – | – | one each | one each | one each, from its side |
//! | a matrix, source by source | – | – | – | N·N | – | 2·N |
//!
//! *By sides*: speakers on the left as left, those on the right as right, those in the middle by the mean of both. N
//! may leave the channel for low-frequency effects out: then no room is heard there, as with 1, 2 and 4 channels.
//!
//! A layout more is a [`Bus`] more, and as many channels in the engine.

mod bus;
mod fitting;
mod form;
pub mod fuma;
mod layout;
mod marking;
mod paths;

pub use bus::Bus;
pub use form::ImpulseForm;
pub use layout::ChannelLayout;
pub use marking::Marking;
pub use paths::ChannelPath;

/// Most channels of an impulse: a matrix of all pairs of 16 sources and 16 outputs.
pub const MOST_IMPULSE_CHANNELS: usize = ChannelLayout::MOST_CHANNELS * ChannelLayout::MOST_CHANNELS;

/// Name for people of a signal of so many channels.
#[must_use]
pub fn signal_name(channels: usize) -> String {
    match channels {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        other => format!("{other} channels"),
    }
}
