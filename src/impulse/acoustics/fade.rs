//! Where a fade-out begins.
//!
//! A decay in dB is convex: what dies away is a sum of exponentials, noise is one that does not fall, and the logarithm
//! of such a sum bends upwards alone. So its fall slows down and never hastens, whatever room, floor and double slope
//! it has, and what bends downwards later is no room: somebody has faded it out, gated it or cut it.

use super::levels::{Levels, scatter};

/// Stretches into which a response is cut; a fade over a hundredth of it is seen.
const STRETCHES: usize = 128;
/// The lengths, in stretches, over which the bend is looked for.
const SPANS: [usize; 9] = [2, 3, 4, 6, 8, 12, 16, 24, 32];
/// A bend is one from so many dB between three spans in a row on. By a raised cosine the last of them is 1.5 dB lower
/// then, so that the mean of what is taken for noise is less than 1 dB too low.
const LEAST_BEND: f64 = 2.0;
/// And from so many of its standard errors on. A thousand bends are looked at: chance goes beyond four errors in one of
/// sixteen responses, and costs it some range, but makes no figure wrong.
const ERRORS: f64 = 4.0;
/// The bend is looked for from so many dB below the loudest stretch on: early sound comes as it likes.
const BELOW_PEAK: f64 = 10.0;
/// What rises again by so many dB behind that is the room that answers to a direct sound, or builds up, and the bend is
/// looked for from there on likewise. A median of five levels of four degrees of freedom scatters by 1.5 dB.
const RISE: f64 = 3.0;

/// The first sample of a fade-out; the length without one. `bandwidth` in Hz says how much the levels scatter.
pub(super) fn fade(energy: &[f64], sample_rate: f64, bandwidth: f64) -> usize {
    // Four degrees of freedom at least.
    let shortest = (2.0 * sample_rate / bandwidth) as usize;
    let levels = Levels::new(energy, (energy.len() / STRETCHES).max(shortest));
    if levels.values.len() < 8 {
        return energy.len();
    }
    let smoothed = levels.smoothed();
    // The peak has no share in the medians from here on.
    let Some(first) = behind_the_peak(&smoothed).map(|first| first + 2).filter(|first| first + 6 <= smoothed.len())
    else {
        return energy.len();
    };
    let scatter = scatter(&levels.values[first..]);
    let mut sums = vec![0.0];
    for level in &smoothed[first..] {
        sums.push(sums[sums.len() - 1] + level);
    }
    for end in 6..sums.len() {
        for span in SPANS.into_iter().filter(|span| 3 * span <= end) {
            let mean = |back: usize| (sums[end - back * span] - sums[end - (back + 1) * span]) / span as f64;
            let bend = mean(2) - 2.0 * mean(1) + mean(0);
            if bend < -LEAST_BEND.max(ERRORS * scatter * (6.0 / span as f64).sqrt()) {
                return (first + end - span) * levels.length;
            }
        }
    }
    energy.len()
}

/// Where levels are well below their peak, and below that of the room that answers to it.
fn behind_the_peak(levels: &[f64]) -> Option<usize> {
    let loudest = |from: usize| (from..levels.len()).max_by(|a, b| levels[*a].total_cmp(&levels[*b]));
    let mut peak = loudest(0)?;
    loop {
        let first = peak + levels[peak..].iter().position(|level| *level < levels[peak] - BELOW_PEAK)?;
        let later = loudest(first)?;
        let lowest = levels[first..=later].iter().copied().fold(f64::INFINITY, f64::min);
        if levels[later] < lowest + RISE {
            return Some(first);
        }
        peak = later;
    }
}
