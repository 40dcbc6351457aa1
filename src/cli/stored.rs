//! Options that say how outputs are stored, of each command that writes several.

use crate::render::{Bits, Dither};
use clap::{Args, ValueEnum};

/// How outputs are stored, and what becomes of those that are there already.
#[derive(Debug, Args)]
pub(super) struct Stored {
    /// Replace outputs that are there already
    #[arg(long, conflicts_with = "skip_existing")]
    pub(super) overwrite: bool,
    /// Leave outputs alone that are there already
    #[arg(long)]
    pub(super) skip_existing: bool,
    /// Samples of 16 or 24 bits, or of 32-bit float [default: 32f, in FLAC 24]
    #[arg(long, value_enum)]
    bits: Option<Depth>,
    /// Noise of two steps from peak to peak for samples that 16 or 24 bits cannot hold exactly, or none
    #[arg(long, value_enum, default_value = "tpdf")]
    dither: Noise,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Depth {
    #[value(name = "16")]
    Int16,
    #[value(name = "24")]
    Int24,
    #[value(name = "32f")]
    Float32,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Noise {
    Tpdf,
    Off,
}

impl Stored {
    /// The bits of a sample; `None` where the file's form decides.
    pub(super) fn bits(&self) -> Option<Bits> {
        self.bits.map(|depth| match depth {
            Depth::Int16 => Bits::Int16,
            Depth::Int24 => Bits::Int24,
            Depth::Float32 => Bits::Float32,
        })
    }

    pub(super) fn dither(&self) -> Dither {
        match self.dither {
            Noise::Tpdf => Dither::Tpdf,
            Noise::Off => Dither::Off,
        }
    }
}
