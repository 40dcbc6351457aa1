//! What whole callbacks cost, Transept's and its peers', and what is written about it.
//!
//! A *cell* is one engine in one situation: layout, impulse length, block, number of instances, pace. [`measure`] says
//! how a cell is measured, [`ours`], [`peer`] and [`zita`] are the engines, [`document`] and [`chart`] write it down.

pub mod cell;
pub mod chart;
pub mod document;
pub mod extent;
pub mod latency;
pub mod machine;
pub mod measure;
pub mod ours;
pub mod peer;
pub mod rack;
pub mod recipe;
pub mod riding;
pub mod signal;
pub mod turning;
pub mod zita;

/// Sample rate of everything that is measured, in Hz.
pub const RATE: u32 = 48_000;
