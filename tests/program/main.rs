//! What a user runs without a host: the `transept` program, and the offline renderer behind it.

#[cfg(feature = "cli")]
mod cli;
mod render;
