//! What an instance is asked for, and what a session remembers of it, so that it sounds again next year on another machine.
//!
//! | part | what |
//! |---|---|
//! | [`slot`] | the recipe that is asked for and the one that is saved |
//! | [`list`] | the impulses that the parameter `impulse` chooses among |
//! | [`memory`] | what is remembered of an impulse's files |
//! | [`embed`], [`embedded`] | the impulse itself: encoded without loss, and as text in a state |
//! | [`resolver`] | finds a session's impulse: embedded, or wherever its file is now |
//! | [`host_state`] | a state as hosts keep it, to and from a preset |
//!
//! Nothing here knows the plugin framework. All of it runs on the worker, on the host's main thread or in a program; none of
//! it in the audio callback.

pub mod embed;
#[cfg(feature = "plugin")]
pub mod embedded;
pub mod host_state;
#[cfg(feature = "plugin")]
pub mod list;
#[cfg(feature = "plugin")]
pub mod memory;
#[cfg(feature = "plugin")]
pub mod resolver;
#[cfg(feature = "plugin")]
pub mod slot;
