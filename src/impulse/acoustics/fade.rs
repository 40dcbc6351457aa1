//! Where a fade-out begins.
//!
//! A decay in dB is convex: what dies away is a sum of exponentials, noise is one that does not fall, and the logarithm
//! of such a sum bends upwards alone. So its fall slows down and never hastens, whatever room, floor and double slope it
//! has, and what bends downwards later is no room: somebody has faded it out, gated it or cut it.

use super::levels::{Levels, median};

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
/// Median of the absolute value of a normal variable, relative to its standard deviation.
const MEDIAN: f64 = 0.6745;

/// The first sample of a fade-out; the length without one. `bandwidth` in Hz says how much the levels scatter.
pub(super) fn fade(energy: &[f64], sample_rate: f64, bandwidth: f64) -> usize {
    // Four degrees of freedom at least.
    let shortest = (2.0 * sample_rate / bandwidth) as usize;
    let levels = Levels::new(energy, (energy.len() / STRETCHES).max(shortest));
    if levels.values.len() < 8 {
        return energy.len();
    }
    let smoothed = levels.smoothed();
    let peak = (0..smoothed.len()).max_by(|a, b| smoothed[*a].total_cmp(&smoothed[*b])).unwrap_or(0);
    let below = |level: &f64| *level < smoothed[peak] - BELOW_PEAK;
    let Some(first) = smoothed[peak..].iter().position(below).map(|first| peak + first) else { return energy.len() };
    // A second difference of independent values scatters by √6 times as much as they do.
    let second = |three: &[f64]| (three[0] - 2.0 * three[1] + three[2]).abs();
    let mut differences: Vec<f64> = levels.values[first..].windows(3).map(second).collect();
    let scatter = median(&mut differences) / MEDIAN / 6_f64.sqrt();
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
