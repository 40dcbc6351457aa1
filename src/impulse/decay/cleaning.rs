//! What cleaning a tail does.

use crate::impulse::acoustics::NotMeasurable;

/// What became of a tail that was to be cleaned.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cleaning {
    /// It was not to be cleaned.
    #[default]
    Off,
    /// Its noise gave way to decay; what became of each octave.
    Cleaned(Vec<OctaveTail>),
    /// It is as recorded, because it ends before its noise.
    NoNoise,
    /// It is as recorded, because too little decay is seen.
    NotMeasurable(NotMeasurable),
}

impl Cleaning {
    /// Centres in Hz of the octaves that go on as others do, because too little of their own decay is seen.
    #[must_use]
    pub fn assumed(&self) -> Vec<f64> {
        let Self::Cleaned(octaves) = self else { return Vec::new() };
        octaves
            .iter()
            .filter(|octave| matches!(octave.tail, TailOfOctave::Assumed { .. }))
            .map(|octave| octave.hz)
            .collect()
    }
}

/// An octave of a tail that was cleaned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OctaveTail {
    /// Its centre.
    pub hz: f64,
    /// What became of it.
    pub tail: TailOfOctave,
}

/// What became of an octave's tail.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TailOfOctave {
    /// Its noise gave way to decay.
    Cleaned {
        /// Where the decay meets the noise, in seconds after the impulse's first sample.
        knee: f64,
        /// Level of the noise in dB, relative to the octave's loudest stretch.
        noise: f64,
        /// Reverberation time in seconds of what goes on.
        seconds: f64,
    },
    /// It ends before its noise, and goes on in its decay because others do.
    NoNoise,
    /// Less than 15 dB of its decay are seen. It dies away as the nearest octave does that shows more, but no slower
    /// than in air.
    Assumed {
        /// Up to where it is as recorded, in seconds after the impulse's first sample.
        knee: f64,
    },
}
