//! The highs of a room that was made larger.
//!
//! Stretched, a recording has nothing above the end of its band divided by the ratio. There its own highs go on: grains
//! of it, which keep their spectrum, come as much later as everything else does, so that their decay is stretched and
//! their pitch is not. At each moment they are as loud as the stretched band is at its end, so that tone and decay go
//! on without a step. The direct sound's highs are one grain, and not repeated.

use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;
use crate::impulse::acoustics::onset;
use crate::impulse::gain::rise;
use crate::impulse::random::Random;
use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};
use std::ops::Range;
use std::sync::Arc;

/// Length of a grain in seconds, about. A grain begins a third of it after the one before: the squares of three Hann
/// windows sum to a constant.
const GRAIN: f64 = 0.008;
/// Sum of the squares of three Hann windows.
const SQUARES: f32 = 1.125;
/// What is weaker in the spectrum than its strongest part by this factor of energy, -60 dB, is not the recording's
/// band, …
const LEAST: f64 = 1e-6;
/// … nor is what is weaker by this one, -10 dB, than the part of the band below it: so far down, a filter and a window
/// leak by a bin at most.
const EDGE: f64 = 0.1;
/// The part below, relative to the end as it was found first.
const BELOW: Range<f64> = 0.70..0.85;
/// Recordings whose band ends below this frequency in Hz are dark, and stay so.
const DARK: f64 = 10_000.0;
/// Where the highs set in, relative to the end of the stretched band: as its filter leaves off.
const CROSSING: Range<f64> = 0.93..0.99;
/// The end of a band that is measured, relative to the band's end.
const TOP: Range<f64> = 0.80..0.93;
/// Width of what is measured where the highs set in, relative to its lower edge.
const ABOVE: f64 = 1.15;
/// Ratios whose stretched band ends hardly below the recording's change nothing.
const LEAST_RATIO: f64 = 1.06;
/// Grains on either side, of those that do not overlap, over which levels are averaged: some 20 ms.
const AROUND: usize = 2;
/// The most by which highs are raised, as a factor of power: what rises towards the end of its band does not go on so.
const MOST: f32 = 4.0;
/// Of the places of grains. Always the same, so that an impulse always has the same highs.
const SEED: u64 = 0x6869_6768;
/// Grains between two checks of the token.
const PIECE: usize = 512;

/// Transforms of grains, of two channels at once: one is the real part and one the imaginary part of what is
/// transformed, and what a spectrum is multiplied by is real, so they stay apart.
struct Grains<'a> {
    /// Those that are not silent: beside another one they would not be, by a rounding.
    channels: Vec<&'a [f32]>,
    /// Indices of these.
    places: Vec<usize>,
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    values: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl<'a> Grains<'a> {
    fn new(impulse: &'a Impulse) -> Self {
        let third = (GRAIN / 3.0 * f64::from(impulse.sample_rate())).max(16.0) as usize;
        let size = 3 * third.next_power_of_two();
        let mut planner = FftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
        let scratch = forward.get_inplace_scratch_len().max(inverse.get_inplace_scratch_len());
        let window =
            (0..size).map(|n| rise(2.0 * n as f64 / size as f64).min(rise(2.0 - 2.0 * n as f64 / size as f64)));
        let sounds = |(_, channel): &(usize, &'a Vec<f32>)| channel.iter().any(|sample| *sample != 0.0);
        let sounding = impulse.channels().iter().enumerate().filter(sounds);
        let (places, channels) = sounding.map(|(place, channel)| (place, &channel[..])).unzip();
        Self {
            channels,
            places,
            window: window.map(|weight| weight as f32).collect(),
            values: vec![Complex32::ZERO; size],
            scratch: vec![Complex32::ZERO; scratch],
            forward,
            inverse,
        }
    }

    fn size(&self) -> usize {
        self.window.len()
    }

    fn pairs(&self) -> usize {
        self.channels.len().div_ceil(2)
    }

    /// The spectrum of a pair of channels around a sample.
    fn look(&mut self, pair: usize, centre: isize) {
        let start = centre - (self.size() / 2) as isize;
        let skipped = start.min(0).unsigned_abs().min(self.size());
        let heard = |channel: usize| {
            let channel = self.channels.get(channel).copied().unwrap_or_default();
            channel.get(start.max(0).unsigned_abs()..).unwrap_or_default()
        };
        self.values.fill(Complex32::ZERO);
        for (side, heard) in [heard(2 * pair), heard(2 * pair + 1)].into_iter().enumerate() {
            let windowed = self.values.iter_mut().zip(&self.window).skip(skipped);
            windowed.zip(heard).for_each(|((value, weight), heard)| *part_of(value, side) = heard * weight);
        }
        self.forward.process_with_scratch(&mut self.values, &mut self.scratch);
    }

    /// Adds the power in each bin of the spectrum that is there.
    fn add_powers(&self, powers: &mut [f32]) {
        let mirrored = self.values[1..].iter().rev();
        let pairs = self.values.iter().zip(std::iter::once(&self.values[0]).chain(mirrored));
        powers.iter_mut().zip(pairs).for_each(|(power, (bin, mirrored))| {
            *power += 0.5 * (bin.norm_sqr() + mirrored.norm_sqr());
        });
    }

    /// From the spectrum that is there, weighed by the gains of its bins, to the grains.
    fn sound(&mut self, gains: &[f32], gain: f32) {
        self.values.iter_mut().zip(gains).for_each(|(value, weight)| *value *= weight * gain);
        self.inverse.process_with_scratch(&mut self.values, &mut self.scratch);
    }
}

/// The part that is one channel of a pair.
fn part_of(value: &mut Complex32, side: usize) -> &mut f32 {
    if side == 0 { &mut value.re } else { &mut value.im }
}

/// Adds what lies above the band of `sized`, which is `impulse` stretched by a ratio above 1.
pub(super) fn add(impulse: &Impulse, sized: &mut Impulse, ratio: f64, cancel: &Token) -> Result<(), Cancelled> {
    if ratio < LEAST_RATIO {
        return Ok(());
    }
    let mut grains = Grains::new(impulse);
    let (size, rate) = (grains.size(), f64::from(impulse.sample_rate()));
    let Some(levels) = Levels::new(&mut grains, impulse.len(), ratio, rate, cancel)? else { return Ok(()) };
    let onset = onset(impulse, cancel)? as f64;
    let (hop, half) = (size / 3, 0.5 * size as f64);
    let place =
        |bin: usize| (bin as f64 / levels.end - CROSSING.start / ratio) * ratio / (CROSSING.end - CROSSING.start);
    let mask: Vec<f32> = (0..size).map(|bin| rise(place(bin.min(size - bin))).sqrt() as f32).collect();

    let length = sized.len();
    let mut random = Random::new(SEED);
    for grain in 0..length.div_ceil(hop) + 2 {
        if grain % PIECE == 0 {
            cancel.check()?;
        }
        let start = (grain * hop) as isize - (size - hop) as isize;
        // From the direct sound, which comes in the end `ratio` times as late.
        let after = (start as f64 + half) - ratio * onset;
        // Next to the direct sound nothing is stretched, so that it is there once. Elsewhere, grains are a little off
        // their places: even distances between what is there twice would be heard as a pitch.
        let off = 0.25 * hop as f64 * (1.0 + random.uniform());
        let source = match after {
            _ if after.abs() < half => after,
            _ if after > 0.0 => half.max(after / ratio) + off,
            _ => (after / ratio).min(-half) - off,
        };
        let is_whole = after.abs() < half;
        let source = (onset + source).round();
        let mut gain = levels.gain(source, size) / (SQUARES.sqrt() * size as f32);
        if is_whole {
            // Three windows sum to 1.5, and what is not stretched lasts shorter by the ratio.
            gain *= (SQUARES * ratio as f32).sqrt() / 1.5;
        }
        if gain == 0.0 {
            continue;
        }
        // What comes before the first sample or behind the last one is added to these, so that each sum stays.
        let before = start.min(0).unsigned_abs().min(size);
        let from = start.max(0).unsigned_abs();
        let within = size.min(before + length.saturating_sub(from));
        for pair in 0..grains.pairs() {
            grains.look(pair, source as isize);
            grains.sound(&mask, gain);
            let values = &grains.values;
            for (side, place) in grains.places[2 * pair..].iter().take(2).enumerate() {
                let sized = &mut sized.channels[*place];
                let sample = |value: &Complex32| if side == 0 { value.re } else { value.im };
                let inner = values[before..within].iter().map(sample);
                sized.iter_mut().skip(from).zip(inner).for_each(|(sized, sample)| *sized += sample);
                sized[0] += values[..before].iter().map(sample).sum::<f32>();
                sized[length - 1] += values[within..].iter().map(sample).sum::<f32>();
            }
        }
    }
    Ok(())
}

/// How loud highs are to be over time, so that they go on where the stretched band ends.
struct Levels {
    /// The end of the recording's band, in bins of a grain.
    end: f64,
    /// Gain in each grain of the recording, of those that do not overlap.
    gains: Vec<f32>,
}

impl Levels {
    /// `None` where there is nothing to continue.
    fn new(
        grains: &mut Grains,
        length: usize,
        ratio: f64,
        rate: f64,
        cancel: &Token,
    ) -> Result<Option<Self>, Cancelled> {
        let size = grains.size();
        let mut spectra: Vec<Vec<f32>> = Vec::new();
        let mut all = vec![0.0_f64; size / 2 + 1];
        for (index, start) in (0..length).step_by(size).enumerate() {
            if index % PIECE == 0 {
                cancel.check()?;
            }
            let mut powers = vec![0.0; size / 2 + 1];
            for pair in 0..grains.pairs() {
                grains.look(pair, (start + size / 2) as isize);
                grains.add_powers(&mut powers);
            }
            all.iter_mut().zip(&powers).for_each(|(all, power)| *all += f64::from(*power));
            spectra.push(powers);
        }
        let most = all.iter().copied().fold(0.0, f64::max);
        let end = |least: f64| all.iter().rposition(|power| *power > least).unwrap_or(0) as f64;
        let heard = end(LEAST * most);
        let below = &all[(BELOW.start * heard) as usize..=(BELOW.end * heard) as usize];
        let end = end(EDGE * below.iter().sum::<f64>() / below.len() as f64).min(heard);
        if end * rate / size as f64 <= DARK {
            return Ok(None);
        }
        let bins = |from: f64, to: f64| from as usize..(to as usize).max(from as usize + 1);
        let top = bins(TOP.start * end, TOP.end * end);
        let crossing = CROSSING.start * end / ratio;
        let above = bins(crossing, (ABOVE * crossing).min(TOP.end * end));
        let mean = |powers: &[f32]| powers.iter().sum::<f32>() / powers.len() as f32;
        let measured: Vec<[f32; 2]> =
            spectra.iter().map(|powers| [mean(&powers[top.clone()]), mean(&powers[above.clone()])]).collect();
        let gain = |index: usize| {
            let around = &measured[index.saturating_sub(AROUND)..(index + AROUND + 1).min(measured.len())];
            let [top, above] = around.iter().fold([0.0; 2], |sum, level| [sum[0] + level[0], sum[1] + level[1]]);
            // Stretched by the ratio, with its sum kept, a density of energy is so many times smaller at each moment.
            if above > 0.0 { ((top / above).min(MOST) / ratio as f32).sqrt() } else { 0.0 }
        };
        Ok(Some(Self { end, gains: (0..measured.len()).map(gain).collect() }))
    }

    /// Gain at a sample of the recording.
    fn gain(&self, sample: f64, size: usize) -> f32 {
        let last = self.gains.len() - 1;
        self.gains[((sample / size as f64).max(0.0) as usize).min(last)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::size;
    use super::*;
    use crate::impulse::units::Ratio;
    use crate::impulse::{acoustics, resample};
    use realfft::RealFftPlanner;

    const RATE: u32 = 48_000;

    fn sized(impulse: Impulse, ratio: f64) -> Impulse {
        size(impulse, Ratio::from_f64(ratio), &Token::never()).expect("not cancelled").0
    }

    /// Noise in two channels that falls by 60 dB in 1 s, behind 10 ms of silence.
    fn room(rate: u32) -> Impulse {
        let mut random = Random::new(3);
        let fall = -3.0 * std::f32::consts::LN_10 / rate as f32;
        let mut channel = || {
            let taps = (0..5 * rate as usize / 2).map(|n| random.bell() * (fall * n as f32).exp());
            std::iter::repeat_n(0.0, rate as usize / 100).chain(taps).collect()
        };
        Impulse::new(vec![channel(), channel()], rate).expect("valid")
    }

    /// Energy per Hz between two frequencies in Hz, of all channels, in dB.
    fn density(impulse: &Impulse, from: f64, to: f64) -> f64 {
        let mut planner = RealFftPlanner::<f64>::new();
        let mut sum = 0.0;
        for channel in impulse.channels() {
            let transform = planner.plan_fft_forward(channel.len());
            let (mut samples, mut bins) = (transform.make_input_vec(), transform.make_output_vec());
            samples.iter_mut().zip(channel).for_each(|(sample, tap)| *sample = f64::from(*tap));
            transform.process(&mut samples, &mut bins).expect("lengths match");
            let width = f64::from(impulse.sample_rate()) / channel.len() as f64;
            let bins = &bins[(from / width) as usize..(to / width) as usize];
            sum += bins.iter().map(|bin| bin.norm_sqr()).sum::<f64>() / bins.len() as f64;
        }
        10.0 * sum.log10()
    }

    #[test]
    fn tone_and_decay_go_on_above_the_stretched_band() {
        for (ratio, end) in [(1.1, 21_800.0), (1.5, 16_000.0), (2.0, 12_000.0)] {
            let larger = sized(room(RATE), ratio);
            let below = density(&larger, 0.5 * end, 0.9 * end);
            let above = density(&larger, end, 23_000.0);
            // The scatter of a density over so many bins is below 0.2 dB; grains that still resemble each other may add
            // as much.
            assert!((above - below).abs() < 1.0, "{ratio}: {above} dB above {end} Hz, {below} dB below");
            // The decay's own scatter in an octave of 11 kHz is far below the 5 % to which its measure is right.
            let time = acoustics::rt60_in_octave(&larger, 16_000.0, &Token::never()).expect("not cancelled");
            let time = time.expect("it is measurable");
            assert!((time / ratio - 1.0).abs() < 0.05, "{ratio}: {time} s at 16 kHz");
        }
    }

    #[test]
    fn a_recording_of_a_lower_rate_goes_on_where_its_own_band_ends() {
        let recorded = resample::impulse(&room(32_000), RATE, 0, &Token::never()).expect("not cancelled");
        let larger = sized(recorded, 2.0);
        let (below, above) = (density(&larger, 4000.0, 7200.0), density(&larger, 8200.0, 14_500.0));
        assert!((above - below).abs() < 1.0, "{above} dB above 8 kHz, {below} dB below");
        // And not beyond it.
        assert!(density(&larger, 17_000.0, 23_000.0) < below - 60.0);
    }

    #[test]
    fn a_direct_sound_is_there_once() {
        for (at, ratio) in [(0, 2.0), (1000, 1.5), (1000, 2.0)] {
            let mut taps = vec![0.0; 4000];
            taps[at] = 1.0;
            let larger = sized(Impulse::new(vec![taps], RATE).expect("valid"), ratio);
            let place = (at as f64 * ratio) as usize;
            let channel = &larger.channels()[0];
            let energy = |taps: &[f32]| taps.iter().map(|tap| f64::from(*tap).powi(2)).sum::<f64>();
            let around = energy(&channel[place.saturating_sub(24)..place + 25]);
            assert!(around > 0.95 * energy(channel), "{ratio}: {around} of {}", energy(channel));
            let sum: f64 = channel.iter().map(|tap| f64::from(*tap)).sum();
            assert!((sum - 1.0).abs() < 1e-5, "{ratio}: {sum}");
            if at > 0 {
                let (below, above) = (density(&larger, 1000.0, 10_000.0), density(&larger, 17_000.0, 23_000.0));
                assert!((above - below).abs() < 1.0, "{ratio}: {above} dB above, {below} dB below");
            }
        }
    }

    #[test]
    fn a_dark_recording_stays_dark_and_silence_silent() {
        let dark = resample::impulse(&room(16_000), RATE, 0, &Token::never()).expect("not cancelled");
        let larger = sized(dark, 2.0);
        assert!(density(&larger, 9000.0, 23_000.0) < density(&larger, 1000.0, 3000.0) - 80.0);
        // Also beside what sounds.
        let room = room(RATE).into_channels().remove(0);
        let beside = sized(Impulse::new(vec![vec![0.0; room.len()], room], RATE).expect("valid"), 2.0);
        assert!(beside.channels()[0].iter().all(|tap| *tap == 0.0));
        let silence = sized(Impulse::new(vec![vec![0.0; 100]], RATE).expect("valid"), 2.0);
        assert!(silence.channels()[0].iter().all(|tap| *tap == 0.0));
        for length in [1, 2, 100] {
            let short = sized(Impulse::new(vec![vec![0.5; length]], RATE).expect("valid"), 1.5);
            assert!(short.channels()[0].iter().all(|tap| tap.is_finite()));
        }
    }
}
