//! Where a recording sounds again: a second impulse behind the first one, a door, somebody who speaks.

use super::levels::Levels;

/// Length of a stretch in seconds.
const STRETCH: f64 = 0.01;
/// A sound comes again where the level rises by so many dB over the lowest one before it. The median of five stretches
/// is looked at, so a single echo does not count, however loud it is.
const RISE: f64 = 20.0;
/// It does so later than so many seconds behind the direct sound. A room may answer late to one that is close.
const EARLIEST: f64 = 0.1;
/// Where it begins, a stretch is so many dB above that lowest level.
const BEGINS: f64 = 10.0;

/// The first sample from which on it sounds again, of energies from the direct sound on; their number without one.
pub(super) fn again(energy: &[f64], sample_rate: f64) -> usize {
    let levels = Levels::new(energy, (STRETCH * sample_rate) as usize);
    let first = (EARLIEST / STRETCH).round() as usize;
    let mut lowest = f64::INFINITY;
    // At the last two there are no five.
    let smoothed = levels.smoothed();
    for (at, level) in smoothed.into_iter().rev().skip(2).rev().enumerate().skip(first) {
        if level > lowest + RISE {
            let rising = levels.values[first..at].iter().rev().take_while(|level| **level > lowest + BEGINS).count();
            return (at - rising) * levels.length;
        }
        lowest = lowest.min(level);
    }
    energy.len()
}
