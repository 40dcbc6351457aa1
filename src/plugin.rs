//! The plugin: glue between a host's framework and the chain.

pub mod params;
pub mod state;
pub mod text;
