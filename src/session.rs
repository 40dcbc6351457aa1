//! What an instance is asked for, and what a session remembers of it, so that it sounds again next year on another
//! machine.
//!
//! | part | what |
//! |---|---|
//! | [`impulse`] | the shared handle: what is asked for, what is saved |
//! | [`choice`], `trial`, `echo` | a choice; whether it can be built; where the parameter `impulse` is |
//! | [`list`] | the impulses that the parameter `impulse` chooses among |
//! | [`memory`] | what is remembered of an impulse's files |
//! | [`embed`], [`embedded`] | the impulse itself: encoded without loss, and as text in a state |
//! | [`saved`], [`fields`] | the one field of a state, and how the fields of older states are folded into it |
//! | [`resolver`] | finds a session's impulse: embedded, or wherever its file is now |
//! | [`host_state`] | a state as hosts keep it, to and from a preset |
//!
//! Nothing here knows the plugin framework. It runs on the worker, on a host's threads for states or in a program. Only
//! `SessionImpulse::move_parameter` may be called on the audio thread.

#[cfg(feature = "plugin")]
pub mod choice;
#[cfg(feature = "plugin")]
mod echo;
pub mod embed;
pub mod embedded;
pub mod fields;
pub mod host_state;
#[cfg(feature = "plugin")]
pub mod impulse;
#[cfg(feature = "plugin")]
pub mod list;
pub mod memory;
#[cfg(feature = "plugin")]
pub mod resolver;
#[cfg(feature = "plugin")]
pub mod saved;
#[cfg(feature = "plugin")]
mod trial;
