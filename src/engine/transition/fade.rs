//! Cross-fade: the gains of the old and the new sound, sample by sample.

use crate::engine::Moments;
use std::f64::consts::FRAC_PI_2;

/// From one sound to another, counted in samples.
///
/// With `a = cos²θ` for the old sound and `b = sin²θ` for the new one, both divided by `√(a² + b² + 2ρab)`: for sounds
/// of one power whose correlation is `ρ` the power of the sum stays what it is. For `ρ` of 1 the gains sum to 1, for 0
/// their squares do.
///
/// Where both have a moment of their own, each goes by `√a` and `√b` alone, as of sounds whose powers add.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct Crossfade {
    done: usize,
    len: usize,
    /// Samples after which the old sound begins to fade out, and the new one to fade in.
    starts: [usize; 2],
    correlation: f64,
}

impl Crossfade {
    /// In some seconds, between sounds of a correlation from 0 to 1.
    pub fn new(seconds: f64, sample_rate: u32, correlation: f32) -> Self {
        let len = (seconds * f64::from(sample_rate)) as usize;
        Self { done: 0, len, starts: [0; 2], correlation: f64::from(correlation.clamp(0.0, 1.0)) }
    }

    /// At moments of their own. If they are the same, it begins at once.
    pub fn at(mut self, moments: Moments, sample_rate: u32) -> Self {
        let earliest = moments.fade_out.min(moments.fade_in);
        self.starts = [moments.fade_out, moments.fade_in]
            .map(|moment| (f64::from(moment - earliest) * f64::from(sample_rate)).round() as usize);
        self
    }

    /// The gains of the old and of the new sound for the next sample. Behind the end they are 0 and 1.
    pub fn next(&mut self) -> (f32, f32) {
        if self.is_over() {
            return (0.0, 1.0);
        }
        let [fallen, new] = self.starts.map(|start| {
            let position = (self.done as f64 + 0.5 - start as f64) / self.len as f64;
            (FRAC_PI_2 * position.clamp(0.0, 1.0)).sin().powi(2)
        });
        self.done += 1;
        let old = 1.0 - fallen;
        if self.starts[0] != self.starts[1] {
            return (old.sqrt() as f32, new.sqrt() as f32);
        }
        let scale = (old * old + new * new + 2.0 * self.correlation * old * new).sqrt().recip();
        ((old * scale) as f32, (new * scale) as f32)
    }

    /// True when only the new sound is left.
    pub fn is_over(&self) -> bool {
        self.done >= self.len + self.starts[0].max(self.starts[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_power_of_the_sum_stays_what_it_is_whatever_the_correlation() {
        for correlation in [0.0f32, 0.3, 0.7, 1.0] {
            let mut fade = Crossfade::new(0.02, 48_000, correlation);
            let mut before = 0.0;
            for _ in 0..960 {
                let (old, new) = fade.next();
                let power = old * old + new * new + 2.0 * correlation * old * new;
                // Two gains below 1.0 are rounded, each by half an epsilon at most.
                assert!((power - 1.0).abs() < 4.0 * f32::EPSILON, "{correlation}: {power}");
                assert!(new >= before, "{correlation}: it never falls");
                before = new;
            }
            assert!(fade.is_over());
            assert_eq!(fade.next(), (0.0, 1.0));
        }
    }

    #[test]
    fn related_sounds_have_gains_that_sum_to_1_and_mirror_each_other() {
        let mut fade = Crossfade::new(0.001, 48_000, 1.0);
        let gains: Vec<_> = (0..48).map(|_| fade.next()).collect();
        for (one, other) in gains.iter().zip(gains.iter().rev()) {
            assert!((one.0 + one.1 - 1.0).abs() < 2.0 * f32::EPSILON);
            assert!((one.0 - other.1).abs() < 2.0 * f32::EPSILON);
        }
    }

    #[test]
    fn at_moments_of_their_own_each_fades_by_itself() {
        for (fade_out, fade_in) in [(0.0, 0.004), (0.004, 0.0), (0.005, 0.001)] {
            let mut fade = Crossfade::new(0.002, 48_000, 0.0).at(Moments { fade_out, fade_in }, 48_000);
            let gains: Vec<_> = (0..288).map(|_| fade.next()).collect();
            assert!(fade.is_over());
            let [out, new] = if fade_out < fade_in { [0, 192] } else { [192, 0] };
            for (n, (old_gain, new_gain)) in gains.into_iter().enumerate() {
                let position = |start: usize| ((n as f64 + 0.5 - start as f64) / 96.0).clamp(0.0, 1.0) * FRAC_PI_2;
                // A sine and a cosine, rounded to `f32`.
                assert!((f64::from(old_gain) - position(out).cos()).abs() < 1e-7, "{n}");
                assert!((f64::from(new_gain) - position(new).sin()).abs() < 1e-7, "{n}");
            }
        }
    }
}
