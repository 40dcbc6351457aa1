//! What whole callbacks cost, Transept's and its peers', and what is written about it.
//!
//! A *cell* is one engine in one situation: layout, impulse length, block, number of instances, pace. [`measure`] says
//! how a cell is measured. A *race* is one situation in which engines take turns ([`race`]): Transept ([`instance`]),
//! [`crates`] from the registry, and [`program`]s in other languages. [`document`] and [`chart`] write it down.

pub mod automation;
pub mod capacity;
pub mod cell;
pub mod chart;
pub mod comparison;
pub mod crates;
pub mod document;
pub mod extent;
pub mod instance;
pub mod kernel_swaps;
pub mod latency;
pub mod machine;
pub mod measure;
pub mod peer;
pub mod processor;
pub mod program;
pub mod race;
mod readme;
pub mod recipe;
pub mod rendering;
pub mod residents;
pub mod sampling;
pub mod signal;

/// Sample rate of everything that is measured, in Hz.
pub const RATE: u32 = 48_000;
