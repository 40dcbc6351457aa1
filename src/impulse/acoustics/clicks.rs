//! Single clicks in a recording: a relay, a drop-out, a crackle.
//!
//! One sample holds as much energy as a second of a decay that has come down by 40 dB, so a click late in a recording
//! makes a decay out of nothing. In stretches of a millisecond it stands out of the sound around as no reflection does
//! that late.

use super::levels::{Line, decibels, mean, median};
use crate::cancel::{Cancelled, Token};
use std::ops::Range;

/// Length of a stretch in seconds.
const STRETCH: f64 = 0.001;
/// Stretches between two checks of the token: a millisecond's work.
const PIECE: usize = 1 << 12;
/// Stretches on each side of one that tell what is usual there.
const AROUND: usize = 8;
/// A stretch that is louder than usual by so many dB is a click. Where a sound falls by 60 dB in 0.2 s, eight stretches
/// are 2.4 dB,
/// and the rest is six standard deviations of what noise of 20 kHz scatters by in a millisecond: `4.34 · √(2/40)` dB,
/// with forty degrees of freedom.
const ABOVE: f64 = 9.0;
/// More clicks than this may be echoes between two walls, which outlive the room's other sound, and are part of it.
/// Those count that are as loud as the loudest less [`ALIKE`]: what a high-pass at 88 Hz adds around a click is 30 dB
/// weaker.
const MOST: usize = 3;
/// Echoes die away, clicks do not: from the first to the last echoes become weaker by so many dB or more, …
const FALL: f64 = 3.0;
/// … and by so many standard errors.
const ERRORS: f64 = 3.0;
/// In dB.
const ALIKE: f64 = 20.0;
/// Clicks are looked for from where the sound has come down by so many dB: what comes before are reflections. A click
/// among them that is half as high as the loudest sample, four times the energy of a usual one, is less than 0.8 dB of
/// the `0.2 s · 48 kHz / 13.8 · 10^-1.5 = 22` that are still to come here in a room of 0.2 s, or 4 % of T20.
const BELOW_PEAK: f64 = 15.0;

/// A click: its samples, and the factor that makes them as loud as what is around.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Click {
    pub(super) samples: Range<usize>,
    pub(super) gain: f64,
}

/// Looks for clicks in energies, from a sample on.
pub(super) fn clicks(energy: &[f64], sample_rate: f64, from: usize, cancel: &Token) -> Result<Vec<Click>, Cancelled> {
    let length = ((STRETCH * sample_rate) as usize).max(1);
    let behind = energy.get(from..).unwrap_or(&[]);
    let levels: Vec<f64> = behind.chunks_exact(length).map(|part| decibels(mean(part))).collect();
    if levels.len() <= 2 * AROUND {
        return Ok(Vec::new());
    }
    let mut near = Vec::with_capacity(2 * AROUND + 1);
    let mut usual = Vec::with_capacity(levels.len());
    for at in 0..levels.len() {
        if at % PIECE == 0 {
            cancel.check()?;
        }
        near.clear();
        near.extend_from_slice(&levels[at.saturating_sub(AROUND)..levels.len().min(at + AROUND + 1)]);
        usual.push(median(&mut near));
    }
    let peak = (0..usual.len()).max_by(|a, b| usual[*a].total_cmp(&usual[*b])).unwrap_or(0);
    let late = usual[peak..].iter().position(|level| *level < usual[peak] - BELOW_PEAK);
    let first = late.map_or(levels.len(), |late| peak + late);
    let is_click = |at: &usize| levels[*at] > usual[*at] + ABOVE;
    let found: Vec<usize> = (first..levels.len()).filter(is_click).collect();
    let loudest = found.iter().map(|at| levels[*at]).fold(f64::NEG_INFINITY, f64::max);
    let alike = found.iter().filter(|at| levels[**at] > loudest - ALIKE);
    if alike.clone().count() > MOST && die_away(alike.map(|at| (*at as f64, levels[*at]))) {
        return Ok(Vec::new());
    }
    let click = |at: usize| Click {
        samples: from + at * length..from + (at + 1) * length,
        gain: 10_f64.powf((usual[at] - levels[at]) / 20.0),
    };
    Ok(found.into_iter().map(click).collect())
}

/// True if levels over time become weaker from the first to the last, beyond chance.
fn die_away(levels: impl Iterator<Item = (f64, f64)> + Clone) -> bool {
    let times = levels.clone().map(|(time, _)| time);
    let span = times.clone().fold(0.0, f64::max) - times.fold(f64::INFINITY, f64::min);
    Line::through(levels).is_some_and(|line| -line.slope > (FALL / span).max(ERRORS * line.error))
}
