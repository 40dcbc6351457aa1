//! Sound files, read in a stream: one [`Reader`] for dry files and for impulses.
//!
//! [`formats`] is the table of the formats that are read; `foreign` has those that are only known by name. The chunks
//! of WAV and AIFF files are walked one by one, because real files break the rules in ways that libraries refuse; `pcm`
//! reads the samples. Symphonia reads all other formats, and samples that are companded.
//!
//! A reader judges what a header promises before it gives a sample, takes memory only for what is there, holds some
//! frames at a time however long the file is, and ends in an error on damaged bytes. A file is known by its content,
//! whatever its name; tags before its beginning are passed over.

mod aiff;
mod amended;
mod caf;
mod chunk;
mod compressed;
mod continuity;
mod edits;
mod error;
mod flac;
mod foreign;
pub mod formats;
mod frames;
mod input;
mod kept;
mod lost;
mod mark;
mod named;
mod ogg;
mod opened;
mod pcm;
mod reader;
mod tags;
mod wave;

pub use chunk::Chunk;
pub use error::AudioError;
pub use mark::Mark;
pub use named::MAX_SAMPLE_RATE;
pub use reader::Reader;
