//! What there is to say about an impulse.

use crate::impulse::{Impulse, acoustics};

/// Stretches of time in [`Summary::waveform`].
pub const STRETCHES: usize = 512;

/// What there is to say about an impulse that was prepared. All of it is about the impulse at its own rate and level,
/// without the exact zeros at its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The file's or space's name.
    pub name: String,
    /// Length in seconds.
    pub seconds: f64,
    /// Channels of the impulse as stored.
    pub channels: usize,
    /// Sample rate in Hz of the impulse as stored.
    pub sample_rate: u32,
    /// Largest absolute sample, as stored.
    pub peak: f32,
    /// Reverberation time in seconds, where measurable.
    pub rt60: Option<f64>,
    /// Gain applied by loudness matching, in dB; 0 when it is off.
    pub level_db: f64,
    /// Per channel, minimum and maximum in each of [`STRETCHES`] equal stretches of time, before loudness matching. An
    /// impulse of fewer samples than stretches has some of them in several.
    pub waveform: Vec<Vec<(f32, f32)>>,
}

impl Summary {
    /// Looks at an impulse; loudness matching is still to be filled in. `cancelled` is asked every few milliseconds, and
    /// once it says so the result means nothing.
    pub(super) fn of(impulse: &Impulse, name: String, cancelled: &dyn Fn() -> bool) -> Self {
        Self {
            name,
            seconds: impulse.seconds(),
            channels: impulse.channels().len(),
            sample_rate: impulse.sample_rate(),
            peak: impulse.peak(),
            rt60: acoustics::rt60_unless(impulse, cancelled),
            level_db: 0.0,
            waveform: impulse.channels().iter().map(|samples| extremes(samples, cancelled)).collect(),
        }
    }
}

fn extremes(samples: &[f32], cancelled: &dyn Fn() -> bool) -> Vec<(f32, f32)> {
    let at = |stretch: usize| stretch * samples.len() / STRETCHES;
    (0..STRETCHES)
        .take_while(|_| !cancelled())
        .map(|stretch| {
            let from = at(stretch);
            let stretch = &samples[from..at(stretch + 1).max(from + 1)];
            stretch.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &s| (low.min(s), high.max(s)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waveform_shows_every_extreme_where_it_is() {
        for len in [1, 2, 511, 512, 513, 1000, 48_000] {
            let mut samples = vec![0.25; len];
            samples[len / 2] = -1.5;
            samples[len - 1] = 2.0;
            let waveform = extremes(&samples, &|| false);
            assert_eq!(waveform.len(), STRETCHES, "{len} samples");
            assert_eq!(waveform[STRETCHES - 1].1, 2.0, "{len} samples");
            assert!(waveform.iter().all(|(low, high)| low <= high));
            if len > 2 {
                let dip = waveform.iter().position(|stretch| stretch.0 == -1.5).expect("the dip is shown");
                // A stretch is rounded to whole samples at either end.
                assert!(dip.abs_diff(STRETCHES / 2) <= 1 + STRETCHES / len, "{len} samples: dip in stretch {dip}");
            }
        }
    }
}
