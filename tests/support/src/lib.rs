//! What the tests share, all of it plain data: seeded signals and damage, comparisons, folders, and sound files.
//!
//! Nothing here knows `transept`. Its unit tests use this crate, and a type of the library's would be another one here.

pub mod compare;
pub mod damage;
pub mod encode;
pub mod folder;
pub mod recordings;
pub mod signal;
pub mod wave;
