//! How an impulse rises and falls, whatever the room did.

use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;
use crate::impulse::gain::{Exponential, QuarterSine, weigh};
use crate::impulse::units::Time;
use serde::{Deserialize, Serialize};
use std::f64::consts::LN_10;

/// A rise from the direct sound on, and an exponential fall from there, as a synthesiser's envelope has them. Reversed,
/// both count from the first sample.
///
/// The fall is told in seconds, as users of such envelopes expect: a room of reverberation time `T` dies away in `1 /
/// (1/T + 1/decay)`. To scale the reverberation time itself is the business of
/// [`BandRatios`](crate::impulse::decay::BandRatios).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Envelope {
    /// Time in which a raised cosine comes from nothing to 1; what lies before it is silent. Zero leaves everything.
    pub attack: Time,
    /// Time in which the gain falls by 60 dB; none leaves everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decay: Option<Time>,
}

/// Raised cosines at both ends of an impulse, at most as long as it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Fade {
    /// Length of the fade from nothing, at the first sample.
    pub start: Time,
    /// Length of the fade to nothing, up to the last sample.
    pub end: Time,
}

/// Applies an envelope that counts from a frame.
pub(super) fn envelope(
    impulse: &mut Impulse,
    envelope: Envelope,
    origin: usize,
    cancel: &Token,
) -> Result<(), Cancelled> {
    let (length, rate) = (impulse.len(), impulse.sample_rate());
    let attack = envelope.attack.samples(rate);
    if attack > 0 {
        let frames = 0..length.min(origin + attack);
        // Each frame counts in its middle.
        let rise = QuarterSine::new(origin as f64 - 0.5, (origin + attack) as f64 - 0.5);
        weigh(impulse, frames, |first, gains| rise.fill_rise(first, gains), cancel)?;
    }
    if let Some(decay) = envelope.decay {
        let fall = -3.0 * LN_10 / (decay.seconds() * f64::from(rate));
        let fall = Exponential::new(origin as f64, fall);
        weigh(impulse, origin..length, |first, gains| fall.fill(first, gains), cancel)?;
    }
    Ok(())
}

/// Fades the ends.
pub(super) fn fade(impulse: &mut Impulse, fade: Fade, cancel: &Token) -> Result<(), Cancelled> {
    let length = impulse.len();
    let [start, end] = [fade.start, fade.end].map(|time| time.samples(impulse.sample_rate()).min(length));
    // Each frame counts in its middle.
    let rise = QuarterSine::new(-0.5, start as f64 - 0.5);
    weigh(impulse, 0..start, |first, gains| rise.fill_rise(first, gains), cancel)?;
    let fall = QuarterSine::new(length as f64 - 0.5, (length - end) as f64 - 0.5);
    weigh(impulse, length - end..length, |first, gains| fall.fill_rise(first, gains), cancel)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;

    fn flat(length: usize) -> Impulse {
        Impulse::new(vec![vec![1.0; length], vec![-0.5; length]], RATE).expect("valid")
    }

    fn shaped(mut impulse: Impulse, wanted: Envelope, origin: usize) -> Vec<Vec<f32>> {
        envelope(&mut impulse, wanted, origin, &Token::never()).expect("not cancelled");
        impulse.into_channels()
    }

    #[test]
    fn the_attack_is_a_raised_cosine_from_the_direct_sound() {
        let wanted = Envelope { attack: Time::from_seconds(0.01), decay: None };
        let [one, half] = shaped(flat(2000), wanted, 100).try_into().expect("two channels");
        assert!(one[..100].iter().all(|sample| *sample == 0.0), "silent before it");
        for n in 0..480 {
            let expected = 0.5 - 0.5 * (std::f64::consts::PI * (f64::from(n) + 0.5) / 480.0).cos();
            let found = f64::from(one[100 + n as usize]);
            assert!((found - expected).abs() <= f64::from(f32::EPSILON), "{n}: {found} instead of {expected}");
        }
        assert!(one[580..].iter().all(|sample| *sample == 1.0), "untouched behind it");
        assert!(one.iter().zip(&half).all(|(one, half)| *half == -0.5 * one), "alike in all channels");
    }

    #[test]
    fn the_decay_falls_by_60_db_in_its_time() {
        let wanted = Envelope { attack: Time::ZERO, decay: Some(Time::from_seconds(0.5)) };
        let channels = shaped(flat(48_000), wanted, 1000);
        assert!(channels[0][..=1000].iter().all(|sample| *sample == 1.0));
        for (after, expected) in [(12_000, 10_f64.powf(-1.5)), (24_000, 1e-3), (36_000, 10_f64.powf(-4.5))] {
            let found = f64::from(channels[0][1000 + after]);
            assert!((found / expected - 1.0).abs() < 1e-6, "{after}: {found} instead of {expected}");
        }
    }

    #[test]
    fn an_attack_longer_than_the_impulse_is_cut_off_with_it() {
        let wanted = Envelope { attack: Time::from_seconds(1.0), decay: None };
        let channels = shaped(flat(24_000), wanted, 0);
        assert!((channels[0][23_999] - 0.5).abs() < 1e-4);
    }

    #[test]
    fn fades_are_raised_cosines_and_mirror_each_other() {
        let mut impulse = flat(4800);
        let time = Time::from_seconds(0.02);
        fade(&mut impulse, Fade { start: time, end: time }, &Token::never()).expect("not cancelled");
        let samples = &impulse.channels()[0];
        for n in 0..960 {
            assert_eq!(samples[n], samples[4799 - n], "{n}");
            let sum = f64::from(samples[n] + samples[959 - n]);
            assert!((sum - 1.0).abs() < 2e-7, "both halves of a raised cosine sum to 1");
        }
        assert!(samples[0] < 1e-6 && samples[960..3840].iter().all(|sample| *sample == 1.0));
    }

    #[test]
    fn fades_longer_than_the_impulse_are_as_long_as_it() {
        let mut impulse = flat(101);
        fade(&mut impulse, Fade { start: Time::from_seconds(9.0), end: Time::ZERO }, &Token::never()).expect("goes on");
        assert!((impulse.channels()[0][50] - 0.5).abs() < 1e-6, "{}", impulse.channels()[0][50]);
    }
}
