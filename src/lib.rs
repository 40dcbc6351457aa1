//! Transept: a convolution reverb as a plugin, a standalone, an offline renderer and this library.

pub mod chain;
pub mod convolution;
pub mod engine;
#[cfg(feature = "worker")]
pub mod handover;
pub mod impulse;
pub mod prepare;
pub mod render;
pub mod space;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "editor")]
pub mod editor;
#[cfg(feature = "plugin")]
pub mod plugin;
