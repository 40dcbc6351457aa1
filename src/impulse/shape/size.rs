//! A room of other dimensions.

mod highs;
mod top;

use super::ShapeError;
use crate::cancel::{Cancelled, Token};
use crate::impulse::units::Ratio;
use crate::impulse::{Impulse, MAX_SECONDS, resample};
pub(super) use highs::Source;
pub use top::Top;

/// A room of another size.
pub(super) struct Resized {
    pub(super) impulse: Impulse,
    /// True if it would have become longer than [`MAX_SECONDS`].
    pub(super) cut: bool,
    pub(super) top: Top,
}

/// Stretches the impulse as if all lengths of the room were so many times as large: reflections lie further apart,
/// modes lie lower and everything dies away later, by the same ratio. Each channel's sum stays what it is, so the level
/// of a sound that is not filtered by the room does. What would come behind [`MAX_SECONDS`] is dropped.
///
/// A smaller room loses what would have to sound above half the sample rate. A larger one has its own highs above the
/// stretched band, with their decay stretched and not their pitch: those of `highs`.
pub(super) fn size(mut impulse: Impulse, highs: &Source, ratio: Ratio, cancel: &Token) -> Result<Resized, ShapeError> {
    if ratio == Ratio::ONE {
        return Ok(Resized { impulse, cut: false, top: Top::Whole });
    }
    let [from, to] = [Ratio::ONE, ratio].map(|ratio| u32::from(ratio.thousandths()));
    let most = u64::from(MAX_SECONDS) * u64::from(impulse.sample_rate()) * u64::from(from) / u64::from(to);
    let most = usize::try_from(most).unwrap_or(usize::MAX).max(1);
    let cut = impulse.len() > most;
    impulse.channels.iter_mut().for_each(|channel| channel.truncate(most));
    let mut sized = resample::stretched(&impulse, from, to, cancel)?;
    let top =
        if has_highs(ratio) { highs::add(highs, &impulse, &mut sized, ratio.as_f64(), cancel)? } else { Top::Whole };
    Ok(Resized { impulse: sized, cut, top })
}

/// True if a room of such a size has highs of its own above the stretched band.
pub(super) fn has_highs(ratio: Ratio) -> bool {
    ratio.as_f64() >= highs::LEAST_RATIO
}

/// Plays the impulse backwards, all channels over the whole length.
pub(super) fn reverse(impulse: &mut Impulse, cancel: &Token) -> Result<(), Cancelled> {
    for channel in &mut impulse.channels {
        cancel.check()?;
        channel.reverse();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;

    fn sized(taps: Vec<f32>, ratio: f64) -> Vec<f32> {
        let impulse = Impulse::new(vec![taps], RATE).expect("valid");
        let ratio = Ratio::from_f64(ratio);
        let Resized { impulse, cut, .. } =
            size(impulse, &Source::default(), ratio, &Token::never()).expect("not cancelled");
        assert!(!cut && impulse.sample_rate() == RATE);
        impulse.into_channels().remove(0)
    }

    #[test]
    fn at_1_not_a_bit_changes() {
        let taps = vec![1.0, -0.0, 1e-30, 0.3];
        let bits = |taps: &[f32]| taps.iter().map(|tap| tap.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&sized(taps.clone(), 1.0)), bits(&taps));
    }

    #[test]
    fn a_mode_sinks_and_dies_away_later_by_the_ratio() {
        // A mode that begins smoothly enough to have nothing that matters above half of the lower rate.
        let mode = |time: f64| time.powi(3) * (std::f64::consts::TAU * 440.0 * time).sin() * (-20.0 * time).exp();
        let taps: Vec<f32> = (0..48_000).map(|n| mode(f64::from(n) / f64::from(RATE)) as f32).collect();
        for ratio in [0.5, 0.8, 1.1, 1.337, 2.0] {
            let stretched = sized(taps.clone(), ratio);
            assert_eq!(stretched.len(), (48_000.0 * ratio).round() as usize);
            let peak = (0.15 / std::f64::consts::E).powi(3) / ratio;
            for (n, found) in stretched.iter().enumerate() {
                let expected = mode(n as f64 / f64::from(RATE) / ratio) / ratio;
                // The source's `f32`, and the filter's ripple of 1e-8 dB.
                assert!((f64::from(*found) - expected).abs() < 1e-6 * peak, "{ratio}, {n}: {found}, not {expected}");
            }
        }
    }

    #[test]
    fn the_sum_of_a_channel_is_kept() {
        let taps: Vec<f32> = (0..4800).map(|n| (-0.01 * n as f32).exp()).collect();
        let sum = |taps: &[f32]| taps.iter().map(|tap| f64::from(*tap)).sum::<f64>();
        for ratio in [0.5, 0.75, 1.5, 2.0] {
            let found = sum(&sized(taps.clone(), ratio)) / sum(&taps);
            assert!((found - 1.0).abs() < 1e-6, "{ratio}: {found}");
        }
    }

    #[test]
    fn what_would_be_longer_than_the_longest_is_cut() {
        // A low rate, so that it is soon done.
        let impulse = Impulse::new(vec![vec![0.5; 100 * 40]], 100).expect("valid");
        let ratio = Ratio::from_f64(2.0);
        let Resized { impulse, cut, .. } =
            size(impulse, &Source::default(), ratio, &Token::never()).expect("not cancelled");
        assert!(cut && impulse.len() == 100 * MAX_SECONDS as usize, "{}", impulse.len());
    }
}
