//! Parts of a signal's spectrum: one octave, or all above a frequency.
//!
//! The filters have no phase: they ring before and after alike, so they do not stretch a decay as filters that run
//! forward do.

use realfft::RealFftPlanner;

/// Order of the high-pass. Hum of 60 Hz comes 40 dB weaker through one at 88 Hz, and that of 50 Hz 59 dB, and what
/// rings falls by 60 dB in 0.1 s.
const HIGH_PASS_ORDER: i32 = 12;

/// The octave around `centre` in Hz, as long as `samples` and not delayed: a Butterworth band-pass of eighth order in
/// magnitude (-3 dB at the octave's edges, as IEC 61260-1 draws it), without its phase.
#[must_use]
pub fn octave_band(samples: &[f32], sample_rate: u32, centre: f64) -> Vec<f32> {
    filtered(samples, sample_rate, centre, 0, |frequency| {
        let place = frequency / centre;
        let detuning = std::f64::consts::SQRT_2 * (place - 1.0 / place);
        (1.0 + detuning.powi(8)).sqrt().recip()
    })
}

/// What lies above a frequency in Hz, as long as `samples` and not delayed: a Butterworth high-pass in magnitude. A
/// constant leaves nothing, not even a step at the beginning.
pub(super) fn above(samples: &[f32], sample_rate: u32, edge: f64) -> Vec<f32> {
    filtered(samples, sample_rate, edge, samples.len(), |frequency| {
        (1.0 + (edge / frequency).powi(2 * HIGH_PASS_ORDER)).sqrt().recip()
    })
}

/// Filters by a gain over frequency in Hz that rings for ten periods of `slowest`, or shorter. Behind its end the signal
/// is continued by its mirror image, and so is so much of its beginning: an end in the middle of a constant, or of a
/// hum, is no step.
fn filtered(samples: &[f32], sample_rate: u32, slowest: f64, beginning: usize, gain: impl Fn(f64) -> f64) -> Vec<f32> {
    if samples.is_empty() {
        return Vec::new();
    }
    let ringing = (10.0 * f64::from(sample_rate) / slowest) as usize;
    let size = (samples.len() + 2 * ringing).next_power_of_two();
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let mut signal = samples.to_vec();
    signal.extend(samples.iter().rev().skip(1).take(ringing));
    signal.resize(size, 0.0);
    let before = samples.iter().skip(1).take(ringing.min(beginning));
    signal.iter_mut().rev().zip(before).for_each(|(before, sample)| *before = *sample);
    let mut spectrum = forward.make_output_vec();
    forward.process(&mut signal, &mut spectrum).expect("lengths match");
    let step = f64::from(sample_rate) / size as f64;
    for (bin, value) in spectrum.iter_mut().enumerate() {
        *value *= (gain(bin as f64 * step) / size as f64) as f32;
    }
    if let Some(last) = spectrum.last_mut() {
        last.im = 0.0; // a real signal's spectrum is real at both ends
    }
    inverse.process(&mut spectrum, &mut signal).expect("lengths match, both ends are real");
    signal.truncate(samples.len());
    signal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level_of_sine(frequency: f64) -> f64 {
        let sine: Vec<f32> =
            (0..48_000).map(|n| (std::f64::consts::TAU * frequency * f64::from(n) / 48_000.0).sin() as f32).collect();
        let band = octave_band(&sine, 48_000, 1000.0);
        let energy: f64 = band[12_000..36_000].iter().map(|s| f64::from(*s).powi(2)).sum();
        10.0 * (energy / 12_000.0).log10()
    }

    #[test]
    fn passes_its_centre_halves_its_edges_and_stops_its_neighbours() {
        // The sine starts and ends in a step, whose ringing is gone within the quarter second that is left out.
        assert!(level_of_sine(1000.0).abs() < 0.01);
        for edge in [1000.0 / 2_f64.sqrt(), 1000.0 * 2_f64.sqrt()] {
            assert!((level_of_sine(edge) + 3.01).abs() < 0.05, "{edge}: {}", level_of_sine(edge));
        }
        // (√2 · 1.5)⁴ = 20.25, so -26.1 dB one octave away; (√2 · 3.75)⁴ = 791, so -58 dB two away.
        for (far, decibels) in [(500.0, -26.1), (2000.0, -26.1), (250.0, -58.0), (4000.0, -58.0)] {
            assert!((level_of_sine(far) - decibels).abs() < 0.2, "{far}: {}", level_of_sine(far));
        }
    }

    #[test]
    fn does_not_delay() {
        let mut click = vec![0.0; 4800];
        click[2400] = 1.0;
        let band = octave_band(&click, 48_000, 1000.0);
        let largest = (0..band.len()).max_by(|a, b| band[*a].abs().total_cmp(&band[*b].abs()));
        assert_eq!(largest, Some(2400));
        assert!((band[2300] - band[2500]).abs() < 1e-6, "it rings alike before and after");
    }

    #[test]
    fn what_rings_behind_the_end_does_not_come_in_at_the_start() {
        let mut click = vec![0.0; 4096];
        click[4090] = 1.0;
        let band = octave_band(&click, 48_000, 1000.0);
        assert!(band[..2000].iter().all(|sample| sample.abs() < 1e-6));
    }
}
