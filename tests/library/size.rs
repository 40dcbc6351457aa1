//! Recordings of real rooms, made larger.

use realfft::RealFftPlanner;
use std::f64::consts::TAU;
use transept::cancel::Token;
use transept::impulse::decode;
use transept::impulse::shape::{self, Shape};
use transept::impulse::units::Ratio;
use transept_support::recordings::recordings;

/// Energy per hertz above a frequency in Hz of a stretch of sound under a Hann window, in dB.
fn density_above(stretch: &[f32], frequency: f64, rate: f64) -> f64 {
    let transform = RealFftPlanner::<f64>::new().plan_fft_forward(stretch.len());
    let (mut samples, mut bins) = (transform.make_input_vec(), transform.make_output_vec());
    for (n, (sample, found)) in samples.iter_mut().zip(stretch).enumerate() {
        *sample = f64::from(*found) * (0.5 - 0.5 * (TAU * n as f64 / stretch.len() as f64).cos());
    }
    transform.process(&mut samples, &mut bins).expect("lengths match");
    let above = &bins[(frequency / rate * stretch.len() as f64) as usize..];
    10.0 * (above.iter().map(|bin| bin.norm_sqr()).sum::<f64>() / above.len() as f64).log10()
}

#[test]
fn a_recording_with_shaped_dither_does_not_hiss_above_what_was_stretched() {
    let Some(folder) = recordings() else { return };
    // Its highs come to their noise after 0.15 of its 1 s.
    let seminar_room = folder.join("impulses").join("seminar-room-clap.wav");
    let recorded = decode::file(&seminar_room, &Token::never()).expect("a recording");
    let rate = f64::from(recorded.sample_rate());
    let size = Shape { size: Ratio::from_f64(2.0), ..Shape::default() };
    let larger = shape::apply(recorded, &size, &Token::never()).expect("not cancelled").impulse;
    let stretches = larger.channels()[0].chunks_exact(rate as usize / 10);
    // Stretched, its band ends at 11 kHz.
    let levels: Vec<f64> = stretches.map(|stretch| density_above(stretch, 12_000.0, rate)).collect();
    for (n, pair) in levels[..10].windows(2).enumerate() {
        // They die away in less than 0.8 s: by 7.5 dB or more in 0.1 s, of which scatter takes less than half.
        assert!(pair[1] < pair[0] - 3.75, "{pair:?} dB in stretch {n} of {levels:.0?}");
    }
    // What is left behind is rounding, 24 bits below what it is rounded beside.
    let most = levels[10..].iter().copied().fold(f64::MIN, f64::max);
    assert!(most < levels[0] - 110.0, "{levels:.0?}");
}
