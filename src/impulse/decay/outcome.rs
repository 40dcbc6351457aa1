//! The outcome for each band when decays are scaled.

use super::BandRatios;
use super::profile::Profile;
use super::target::Target;
use crate::impulse::acoustics::OCTAVES;

/// What became of a band.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum BandDecay {
    /// It was to stay as it is.
    #[default]
    Unchanged,
    /// Its reverberation time was scaled.
    Scaled {
        /// Reverberation time before, in the band's middle, in seconds.
        from: f64,
        /// Reverberation time aimed at there, in seconds.
        to: f64,
        /// Octaves that have no reverberation time, and were scaled by what little is seen of their decay, or by that
        /// of other frequencies.
        assumed: OctaveSet,
        /// Octaves that stay as they are, because too little of their decay is seen to go on with.
        as_recorded: OctaveSet,
        /// True if there is an octave that has a reverberation time.
        is_measured: bool,
    },
    /// All of it stays as it is, because nothing in it carries a reverberation time.
    NotMeasurable,
}

/// Some of [`OCTAVES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OctaveSet(u16);

impl OctaveSet {
    /// Their centres in Hz.
    pub fn centres(self) -> impl Iterator<Item = f64> {
        OCTAVES.into_iter().enumerate().filter(move |(index, _)| self.0 >> index & 1 == 1).map(|(_, centre)| centre)
    }

    /// True if there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Of the octaves with these centres in Hz.
impl FromIterator<f64> for OctaveSet {
    fn from_iter<I: IntoIterator<Item = f64>>(centres: I) -> Self {
        let index = |centre: f64| OCTAVES.iter().position(|octave| *octave == centre);
        Self(centres.into_iter().filter_map(index).fold(0, |set, index| set | 1 << index))
    }
}

/// Outcome for low, middle and high.
pub(super) fn told(profile: Option<&Profile>, wanted: BandRatios) -> [BandDecay; 3] {
    let [low, high] = [wanted.low_crossover, wanted.high_crossover].map(f64::from);
    let middles = [low / 2.0, (low * high).sqrt(), high * 2.0];
    let (ratios, target) = (wanted.products(), Target::new(wanted));
    std::array::from_fn(|band| {
        let Some(profile) = profile.filter(|_| ratios[band] != 1.0) else {
            return if ratios[band] == 1.0 { BandDecay::Unchanged } else { BandDecay::NotMeasurable };
        };
        let measured: Vec<f64> =
            profile.octaves.iter().filter(|octave| octave.is_measured).map(|octave| octave.centre).collect();
        let all = profile.octaves.iter().map(|octave| octave.centre);
        let centres: Vec<f64> = all.filter(|centre| target.shares(*centre)[band] > 0.0).collect();
        // What is lengthened goes on behind its noise, or not at all.
        let stays = |centre: &f64| target.at(*centre) > 1.0 && profile.nearest(*centre).change.is_none();
        if !centres.is_empty() && centres.iter().all(stays) {
            return BandDecay::NotMeasurable;
        }
        let from = profile.seconds(middles[band]);
        BandDecay::Scaled {
            from,
            to: ratios[band] * from,
            assumed: centres.iter().copied().filter(|centre| !measured.contains(centre) && !stays(centre)).collect(),
            as_recorded: centres.iter().copied().filter(stays).collect(),
            is_measured: centres.iter().any(|centre| measured.contains(centre)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Scaled, scale};
    use super::*;
    use crate::cancel::Token;
    use crate::impulse::Impulse;
    use crate::impulse::acoustics::octave_band;
    use crate::impulse::units::Ratio;
    use transept_support::signal::noise;

    const RATE: u32 = 48_000;

    /// A decay of 0.6 s over noise at -60 dB, that is 41 dB louder below 20 Hz and falls by 6 dB an octave from there.
    fn rumbling() -> Impulse {
        let mut rumble = 0.0;
        let sample = |(n, (sample, noise)): (usize, (f32, f32))| {
            rumble = 0.9974 * rumble + 0.3 * noise;
            sample * 10_f32.powf(-3.0 * n as f32 / 28_800.0) + 0.001 * (noise + rumble)
        };
        let both = noise(72_000, 1).into_iter().zip(noise(72_000, 2)).enumerate();
        Impulse::new(vec![both.map(sample).collect()], RATE).expect("valid")
    }

    fn energy(impulse: &Impulse, hz: f64) -> f64 {
        octave_band(&impulse.channels()[0], RATE, hz).iter().map(|sample| f64::from(*sample).powi(2)).sum()
    }

    #[test]
    fn octaves_that_are_not_measured_are_named_with_what_became_of_them() {
        let before = rumbling();
        for low in [0.5, 2.0] {
            let wanted = BandRatios { low: Ratio::from_f64(low), low_crossover: 1000, ..BandRatios::default() };
            let Scaled { impulse, bands, .. } =
                scale(before.clone(), wanted, &Token::never()).expect("never cancelled");
            let [BandDecay::Scaled { assumed, as_recorded, is_measured, .. }, others @ ..] = bands else {
                panic!("{bands:?}")
            };
            assert_eq!(others, [BandDecay::Unchanged; 2]);
            let [assumed, as_recorded]: [Vec<f64>; 2] = [assumed, as_recorded].map(|set| set.centres().collect());
            // 1 kHz has 53 dB of its decay above the rumble, and 63 Hz 29, of which T20 needs 35.
            assert!(is_measured && assumed.iter().chain(&as_recorded).any(|hz| *hz == 63.0));
            for hz in as_recorded {
                // What is changed begins half an octave away, where the octave's filter is 3 dB down.
                let ratio = energy(&impulse, hz) / energy(&before, hz);
                assert!(low > 1.0 && ratio < 1.25, "{low}: {hz} Hz, {ratio}");
            }
            for hz in assumed.into_iter().filter(|_| low < 1.0) {
                let ratio = energy(&impulse, hz) / energy(&before, hz);
                assert!(ratio < 0.8, "{low}: {hz} Hz, {ratio}");
            }
        }
    }

    #[test]
    fn an_octave_of_two_bands_counts_for_both() {
        let target = Target::new(BandRatios::default());
        assert_eq!(
            [63.0, 1000.0, 16_000.0].map(|hz| target.shares(hz)),
            [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
        );
        let [low, middle, high] = target.shares(250.0);
        assert!((low - 0.5).abs() < 1e-12 && (middle - 0.5).abs() < 1e-12 && high == 0.0);
        let set: OctaveSet = [125.0, 63.0].into_iter().collect();
        assert_eq!(set.centres().collect::<Vec<_>>(), [63.0, 125.0]);
    }
}
