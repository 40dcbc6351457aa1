//! Sound files written byte by byte, right ones and broken ones, so that what they should decode to is known exactly.

pub mod aiff;
pub mod flac;
pub mod ogg;
pub mod tags;
pub mod wav;
