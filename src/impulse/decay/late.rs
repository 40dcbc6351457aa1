//! The last of a decay before its noise, which goes on when the noise is taken away.

use std::f64::consts::LN_10;
use std::ops::Range;

/// The recording is left 10 dB above its noise, or above its end, and the change begins 10 dB earlier. In dB.
pub(super) const MARGIN: f64 = 10.0;
/// Levels are looked at as far down as so many dB above the noise, …
const ABOVE: f64 = 5.0;
/// … and as so many below the loudest: below lies what the transforms' rounding leaves of other frequencies.
const SEEN: f64 = 90.0;
/// A line is laid through so many dB at least, …
const SHORTEST: f64 = 12.0;
/// … in steps of so many, …
const STEP: f64 = 1.5;
/// … and through so many stretches at least.
const LEAST: usize = 5;
/// Independent values in a stretch, at least.
const VALUES: f64 = 8.0;
/// An octave of which no decay is seen is left no sooner, in seconds: what comes before may be early reflections.
const SOONEST: f64 = 0.05;
/// By how much, as a factor, the last part of a decay may differ from the rest: late decays that are slower still are
/// taken for noise.
const MOST: f64 = 10.0;
/// Errors by which slopes may differ and still be one.
const ERRORS: f64 = 2.5;

/// An octave's decay and where it ends. Times are in samples after the direct sound.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ending {
    /// In Hz.
    pub(super) centre: f64,
    /// Reverberation time in seconds.
    pub(super) seconds: f64,
    /// In Hz.
    pub(super) rate: f64,
    /// Where the decay meets its noise, or the recording's end.
    pub(super) knee: f64,
    /// Mean energy of a sample of the noise; 0 without any.
    pub(super) noise: f64,
    /// From the loudest stretch down to the noise, in dB.
    pub(super) range: f64,
}

/// What a decay comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Its noise.
    Noise,
    /// The recording's end, or noise that nobody hears.
    Recording,
    /// Its noise, so soon that its own reverberation time is not known.
    Unseen,
}

/// The end of an octave's decay as it goes on without noise. Times are in samples after the direct sound.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Late {
    /// Where the decay meets its noise, or the recording's end.
    pub(super) knee: f64,
    /// How it ends.
    pub(super) end: End,
    /// Noise below the loudest stretch, in dB.
    pub(super) range: f64,
    /// Where the recording gives way to what goes on in its place.
    pub(super) change: Range<f64>,
    /// How many times longer than the octave's reverberation time that of its last part is; 1 where both may be one.
    pub(super) ratio: f64,
    /// Mean energy that a sample has at the end of the change, without noise.
    level: f64,
    /// Natural logarithm by which its amplitude falls from sample to sample.
    fall: f64,
}

impl Late {
    /// From mean energies of stretches of `step` samples, without noise, up to the knee. `ratio` is that of the last
    /// part where it is known from more than these. `None` where too little is seen.
    pub(super) fn new(energies: &[f64], step: usize, ending: &Ending, ratio: Option<f64>) -> Option<Self> {
        let Ending { centre, seconds, rate, knee, noise, range } = *ending;
        let per_decibel = seconds * rate / 60.0;
        let bandwidth = centre * std::f64::consts::FRAC_1_SQRT_2;
        let length = (STEP * per_decibel).max(VALUES * rate / bandwidth);
        let together = ((length / step as f64) as usize).max(1);
        let level = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
        let mut levels: Vec<f64> = energies.chunks_exact(together).map(level).collect();
        let loudest = levels.iter().copied().fold(0.0, f64::max);
        let least = (noise * 10_f64.powf(0.1 * ABOVE)).max(loudest * 10_f64.powf(-0.1 * SEEN));
        let seen = levels.iter().rposition(|level| *level > least).map_or(0, |last| last + 1);
        levels.truncate(seen);
        let stretch = (together * step) as f64;
        let scatter = 10.0 / LN_10 / (bandwidth * stretch / rate).max(1.0).sqrt();
        let decibels: Vec<f64> = levels.iter().map(|level| 10.0 * level.max(1e-300).log10()).collect();
        // Where too few stretches are seen, the reverberation time is the best that is known.
        let line = last_line(&decibels, scatter);
        let of_line = |(slope, _): (f64, usize)| (-1.0 / per_decibel / (slope / stretch)).clamp(1.0 / MOST, MOST);
        let ratio = ratio.or(line.map(of_line)).unwrap_or(1.0);
        let per_decibel = per_decibel * ratio;
        // What is before the line falls in another way.
        let first = line.map_or(0.0, |(_, first)| first as f64 * stretch);
        let change = (knee - 2.0 * MARGIN * per_decibel).max(first)..knee - MARGIN * per_decibel;
        let fall = LN_10 / 20.0 / per_decibel;
        let (from, to) = (change.start / step as f64, change.end / step as f64);
        let part = from as usize..(to.max(0.0) as usize).min(energies.len());
        let count = part.len() as f64;
        let at_end = |index: usize| (2.0 * fall * ((index as f64 + 0.5) * step as f64 - change.end)).exp();
        let level = part.map(|index| energies[index] * at_end(index)).sum::<f64>() / count;
        let is_enough = level > 0.0 && level.is_finite() && change.end > change.start + 0.01 * rate;
        let end = if noise > 0.0 && range < SEEN { End::Noise } else { End::Recording };
        is_enough.then_some(Self { knee, end, range, change, ratio, level, fall })
    }

    /// Of an octave that shows next to nothing of its decay, but that it is no louder than its noise once it has come
    /// down to it: from its loudest stretch in a reverberation time that is not its own, and no later than it did.
    pub(super) fn unseen(ending: &Ending) -> Self {
        let Ending { seconds, rate, knee, noise, range, .. } = *ending;
        let per_decibel = seconds * rate / 60.0;
        let knee = (range.max(0.0) * per_decibel).min(knee).max(SOONEST * rate);
        let change = (knee - MARGIN * per_decibel).max(0.5 * SOONEST * rate)..knee;
        Self { knee, end: End::Unseen, range, change, ratio: 1.0, level: noise, fall: LN_10 / 20.0 / per_decibel }
    }

    /// The sample at which what goes on has sunk to an energy.
    pub(super) fn reaches(&self, energy: f64) -> f64 {
        (self.change.end + 0.5 * (self.level.max(1e-300) / energy).ln() / self.fall).max(self.change.end)
    }
}

/// The line through the last levels in dB: its slope a level, and the first of them. It goes through as many as lie on
/// one line with all that are fewer, within their errors (Lepskii: *On a problem of adaptive estimation in Gaussian
/// white noise*, Theory Probab. Appl. 35, 1991).
fn last_line(levels: &[f64], scatter: f64) -> Option<(f64, usize)> {
    let mut all: Vec<(f64, f64)> = Vec::new();
    let mut found = None;
    for from in (0..=levels.len().checked_sub(LEAST)?).rev() {
        let part = &levels[from..];
        let count = part.len() as f64;
        let (mean, middle) = (part.iter().sum::<f64>() / count, 0.5 * (count - 1.0));
        let xx = count * (count * count - 1.0) / 12.0;
        let xy = part.iter().enumerate().map(|(x, y)| (x as f64 - middle) * (y - mean)).sum::<f64>();
        let (slope, error) = (xy / xx, scatter / xx.sqrt());
        if -slope * count < SHORTEST {
            continue;
        }
        if !all.iter().all(|(other, its)| (slope - other).abs() <= ERRORS * its) {
            break;
        }
        all.push((slope, error));
        found = Some((slope, from));
    }
    found
}
