//! Marking of an impulse's channels: meanings that are known besides their number.

/// Meaning of an impulse's channels, where more is known than their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Marking {
    /// Nothing: the number of channels and the layout say what they are.
    #[default]
    Unmarked,
    /// Four channels that are LL LR RL RR.
    TrueStereo,
    /// Paths from so many sources to speakers, source by source.
    Matrix(u8),
    /// Speakers, as the mask of a WAV file has them.
    Speakers(u32),
    /// Spherical harmonics in AmbiX.
    Ambisonic,
    /// Spherical harmonics in AmbiX, which were in [FuMa](super::fuma).
    FromFuma,
}

impl Marking {
    /// True for spherical harmonics.
    #[must_use]
    pub const fn is_ambisonic(self) -> bool {
        matches!(self, Self::Ambisonic | Self::FromFuma)
    }
}
