//! The plugin in hosts of both formats, in this process: what it promises to them, and what happens when something goes
//! wrong.
//!
//! This binary has no allocator of its own: the feature `guard` brings the framework's.
#![cfg(feature = "plugin")]
#![allow(unsafe_code)] // hosts have interfaces of raw pointers, and load an entry that promises to keep to CLAP

mod clap;
#[cfg(all(feature = "editor", target_os = "linux"))]
mod display;
mod faults;
mod promises;
mod vst3;
