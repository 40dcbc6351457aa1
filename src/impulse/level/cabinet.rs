//! The level of loudspeaker cabinets, as those who make their impulses set it: the peak of the spectrum at 0 dB.
//!
//! An impulse of a cabinet is a filter, and what counts is that no frequency becomes louder. The largest magnitude is
//! looked for on a grid of frequencies four times as fine as the impulse's own, so that none is missed by more than
//! 0.22 dB (`1 / sinc(1/8)`), and followed from there to its summit.

use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;
use crate::impulse::weighting::BAND;
use realfft::RealFftPlanner;
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;
use std::f64::consts::TAU;

/// Bins of the grid for each sample.
const FINENESS: usize = 4;
/// Longest transform that is made in one go, which takes a millisecond or so.
const ROW: usize = 1 << 14;
/// Samples between two checks of the token: a few milliseconds' work.
const PIECE: usize = 1 << 18;
/// Steps of the ascent: a golden section of two bins down to a thousandth of one.
const STEPS: usize = 16;

/// The gain, as a factor for all channels, that brings the largest magnitude of the spectrum between 20 Hz and 20 kHz,
/// in the channel where it is largest, to 1. For silence, 1.
///
/// Needs 16 bytes of memory and more for each sample of a channel, rounded up to a power of two.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked every few milliseconds.
pub fn cabinet_gain(impulse: &Impulse, cancel: &Token) -> Result<f64, Cancelled> {
    let rate = f64::from(impulse.sample_rate());
    let mut largest = 0.0_f64;
    for channel in impulse.channels() {
        largest = largest.max(peak(channel, rate, cancel)?);
    }
    let gain = largest.recip();
    Ok(if gain.is_finite() { gain } else { 1.0 })
}

/// The largest magnitude within the band.
fn peak(samples: &[f32], rate: f64, cancel: &Token) -> Result<f64, Cancelled> {
    let length = (FINENESS * samples.len()).next_power_of_two();
    let resolution = rate / length as f64;
    let is_counted = |bin: usize| BAND.contains(&(bin as f64 * resolution));
    let bin = largest_bin(samples, length, &is_counted, cancel)? as f64;
    // The magnitude has one summit between the neighbours of the largest bin.
    let top = BAND.end().min(0.5 * rate).max(*BAND.start());
    let within = |bin: f64| (bin * resolution).clamp(*BAND.start(), top);
    let (mut low, mut high) = (within(bin - 1.0), within(bin + 1.0));
    let mut largest = magnitude(samples, within(bin) / rate, cancel)?;
    let golden = 0.5 * (5_f64.sqrt() - 1.0);
    for _ in 0..STEPS {
        let (left, right) = (high - golden * (high - low), low + golden * (high - low));
        let at = |frequency: f64| magnitude(samples, frequency / rate, cancel);
        let (of_left, of_right) = (at(left)?, at(right)?);
        (low, high) = if of_left > of_right { (low, right) } else { (left, high) };
        largest = largest.max(of_left).max(of_right);
    }
    Ok(largest)
}

/// The bin of the largest magnitude of a transform, among those that count. In rows and columns (Bailey: *FFTs in
/// external or hierarchical memory*, 1990), so that nobody waits for the end of a long one.
fn largest_bin(
    samples: &[f32],
    length: usize,
    is_counted: &dyn Fn(usize) -> bool,
    cancel: &Token,
) -> Result<usize, Cancelled> {
    let row = (length / 2).min(ROW);
    let rows = length / row;
    let columns = RealFftPlanner::<f32>::new().plan_fft_forward(rows);
    let (mut column, mut of_column) = (columns.make_input_vec(), columns.make_output_vec());
    // The samples are real, so half of the rows hold all there is.
    let mut spectrum = vec![Complex::<f32>::ZERO; of_column.len() * row];
    for place in 0..row {
        if place.is_multiple_of(PIECE.div_ceil(rows)) {
            cancel.check()?;
        }
        for (index, sample) in column.iter_mut().enumerate() {
            *sample = samples.get(index * row + place).copied().unwrap_or(0.0);
        }
        columns.process(&mut column, &mut of_column).expect("buffers of its own making");
        for (index, value) in of_column.iter().enumerate() {
            let turn = Complex::from_polar(1.0, -TAU * (place * index) as f64 / length as f64);
            spectrum[index * row + place] = *value * Complex::new(turn.re as f32, turn.im as f32);
        }
    }
    let transform = FftPlanner::<f32>::new().plan_fft_forward(row);
    let mut scratch = vec![Complex::ZERO; transform.get_inplace_scratch_len()];
    let mut largest = (-1.0, 0);
    for (index, row) in spectrum.chunks_exact_mut(row).enumerate() {
        cancel.check()?;
        transform.process_with_scratch(row, &mut scratch);
        for (place, value) in row.iter().enumerate() {
            let bin = index + rows * place;
            let bin = bin.min(length - bin);
            if value.norm_sqr() > largest.0 && is_counted(bin) {
                largest = (value.norm_sqr(), bin);
            }
        }
    }
    Ok(largest.1)
}

/// The magnitude at a frequency in cycles per sample.
fn magnitude(samples: &[f32], frequency: f64, cancel: &Token) -> Result<f64, Cancelled> {
    let turn = Complex::from_polar(1.0, -TAU * frequency);
    let mut sum = Complex::<f64>::ZERO;
    for (index, piece) in samples.chunks(PIECE).enumerate() {
        cancel.check()?;
        let mut phasor = Complex::from_polar(1.0, -TAU * (frequency * (index * PIECE) as f64).fract());
        for sample in piece {
            sum += phasor * f64::from(*sample);
            phasor *= turn;
        }
    }
    Ok(sum.norm())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gain(channels: Vec<Vec<f32>>, rate: u32) -> f64 {
        cabinet_gain(&Impulse::new(channels, rate).expect("valid"), &Token::never()).expect("not cancelled")
    }

    #[track_caller]
    fn assert_peak(taps: Vec<f32>, rate: u32, expected: f64) {
        let found = 1.0 / gain(vec![taps], rate);
        // The taps are rounded to `f32`, and so is the sum of their magnitudes at the peak.
        assert!((found / expected - 1.0).abs() < 1e-6, "{found} instead of {expected}");
    }

    #[test]
    fn a_single_tap_is_its_own_peak_at_every_rate_and_place() {
        for rate in [8000, 44_100, 192_000] {
            for place in [0, 1, 999] {
                let mut taps = vec![0.0; 1000];
                taps[place] = -0.25;
                assert_peak(taps, rate, 0.25);
            }
        }
        assert_peak(vec![2.0], 48_000, 2.0);
    }

    #[test]
    fn an_echo_adds_where_its_comb_has_a_tooth() {
        for delay in [3, 7, 100, 1237, 70_001] {
            let mut taps = vec![0.0; delay + 1];
            (taps[0], taps[delay]) = (1.0, 0.5);
            assert_peak(taps, 48_000, 1.5);
        }
    }

    /// A decaying cosine of frequency f and damping d has at f the magnitude `½ / (1 - e^-d)`, and beside it the tail
    /// of the peak at -f; the sum of both geometric series is exact.
    #[test]
    fn a_resonance_peaks_as_high_as_its_geometric_series() {
        let (damping, angle) = (0.002, TAU * 440.3 / 48_000.0);
        let taps =
            (0..20_000).map(|n| ((-damping * f64::from(n)).exp() * (angle * f64::from(n)).cos()) as f32).collect();
        let series = |at: f64| {
            let pole = |angle: f64| Complex::from_polar((-damping).exp(), angle - at);
            0.5 * (1.0 / (1.0 - pole(angle)) + 1.0 / (1.0 - pole(-angle)))
        };
        let summit = (-20_000..20_000).map(|step| series(angle + f64::from(step) * 1e-8).norm()).fold(0.0, f64::max);
        assert_peak(taps, 48_000, summit);
    }

    #[test]
    fn what_lies_beside_the_band_does_not_count() {
        // All of it at 0 Hz; at 20 Hz the Dirichlet kernel of 4800 samples has its second zero, and above that the side
        // lobes of a sinc, to the square of one in 4800: the highest comes first.
        let peak = 1.0 / gain(vec![vec![1.0; 4800]], 48_000);
        assert!((peak / (4800.0 * 0.128_374_554) - 1.0).abs() < 1e-6, "{peak}");
        // All of it at half the rate: at 20 kHz the kernel is no more than the inverse of the sine that is its
        // denominator.
        let peak = 1.0 / gain(vec![(0..4800).map(|n| if n % 2 == 0 { 1.0 } else { -1.0 }).collect()], 48_000);
        assert!(peak <= 1.000_001 / (std::f64::consts::PI * 4.0 / 48.0).sin(), "{peak}");
    }

    #[test]
    fn the_loudest_path_decides_for_all() {
        let [quiet, loud] = [vec![0.1, 0.0], vec![0.0, -0.5]];
        assert!((gain(vec![quiet, loud], 48_000) - 2.0).abs() < 1e-6);
    }

    #[test]
    fn silence_is_left_alone() {
        assert_eq!(gain(vec![vec![0.0; 100]; 2], 48_000), 1.0);
    }
}
