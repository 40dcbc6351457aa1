//! One sound compared with another that it should be.

use std::fmt;

/// The most by which two sounds may differ, in dB: far above the rounding of any engine, far below a partition that is
/// missing or late.
const TOLERANCE: f64 = -100.0;

/// How a sound is another.
#[derive(Debug, Clone, Copy)]
pub struct Comparison {
    /// Frames by which it is later.
    pub latency: usize,
    /// How many times as loud it is: a power of 2, which is exact. FFmpeg's `afir` is twice as loud in some versions.
    pub gain: f64,
    /// Remaining difference, in dB of the sound.
    pub difference: f64,
}

impl Comparison {
    /// Compares planar sounds, of which one may be longer, and one later by up to so many frames.
    #[must_use]
    pub fn new(found: &[Vec<f32>], expected: &[Vec<f32>], latest: usize) -> Self {
        // Enough to find the latency by, and never silent.
        let beginning = 4 * latest + 256;
        let at = |latency, frames| {
            let gain = gain(found, expected, latency, frames);
            Self { latency, gain, difference: difference(found, expected, latency, gain, frames) }
        };
        let latency = (0..=latest).find(|latency| at(*latency, beginning).is_same()).unwrap_or(0);
        at(latency, usize::MAX)
    }

    /// True if it is the same sound.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.difference < TOLERANCE
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { latency, gain, difference } = self;
        write!(f, "{difference:.0} dB, latency {latency}")?;
        if *gain == 1.0 { Ok(()) } else { write!(f, ", {gain} times as loud") }
    }
}

/// Samples that belong together, of the first so many frames.
fn pairs<'a>(
    found: &'a [Vec<f32>],
    expected: &'a [Vec<f32>],
    latency: usize,
    frames: usize,
) -> impl Iterator<Item = (f64, f64)> {
    let channels = found.iter().zip(expected);
    let samples = channels.flat_map(move |(found, expected)| found[latency..].iter().zip(expected).take(frames));
    samples.map(|(found, expected)| (f64::from(*found), f64::from(*expected)))
}

/// The power of 2 that is nearest.
fn gain(found: &[Vec<f32>], expected: &[Vec<f32>], latency: usize, frames: usize) -> f64 {
    let mut sums = (0.0, 0.0);
    for (found, expected) in pairs(found, expected, latency, frames) {
        sums = (sums.0 + found * expected, sums.1 + expected * expected);
    }
    let gain = (sums.0 / sums.1).max(0.0).log2().round().exp2();
    if gain.is_normal() { gain } else { 1.0 }
}

fn difference(found: &[Vec<f32>], expected: &[Vec<f32>], latency: usize, gain: f64, frames: usize) -> f64 {
    let (mut error, mut sound) = (0.0, 0.0);
    for (found, expected) in pairs(found, expected, latency, frames) {
        error += (found / gain - expected).powi(2);
        sound += expected.powi(2);
    }
    10.0 * (error / sound).log10()
}
