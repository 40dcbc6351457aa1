//! What the tests share, all of it plain data: seeded signals, comparisons, folders, and writers of sound files.
//!
//! Nothing here knows `transept`. Its unit tests use this crate, and a type of the library's would be another one here.

pub mod compare;
pub mod recordings;
pub mod signal;
pub mod wav;
pub mod wave;
