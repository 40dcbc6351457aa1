use super::*;
use crate::channels::{Bus, ChannelLayout};
use std::f64::consts::{SQRT_2, TAU};

const RATES: [u32; 9] = [8_000, 16_000, 22_050, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000];

fn whole(signal: Signal, sample_rate: u32) -> Vec<f32> {
    let mut voice = Voice::new(signal, sample_rate);
    let mut samples = vec![0.0; voice.left()];
    assert_eq!(voice.add(&mut samples), samples.len());
    assert_eq!((voice.left(), voice.add(&mut [0.0])), (0, 0), "it ends by itself");
    samples
}

fn decibels(ratio: f64) -> f64 {
    20.0 * ratio.log10()
}

fn rms(samples: &[f32]) -> f64 {
    (samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len() as f64).sqrt()
}

/// Largest absolute sample.
fn peak(samples: &[f32]) -> f64 {
    f64::from(samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs())))
}

#[test]
fn signals_are_as_long_and_as_loud_at_every_rate() {
    for signal in Signal::ALL {
        let reference = whole(signal, 48_000);
        assert!((-9.5..-5.0).contains(&decibels(peak(&reference))), "{signal:?}: {}", decibels(peak(&reference)));
        for rate in RATES {
            let samples = whole(signal, rate);
            let seconds = samples.len() as f64 / f64::from(rate);
            assert!(
                (seconds - reference.len() as f64 / 48_000.0).abs() <= 2.0 / f64::from(rate),
                "{signal:?} {seconds}"
            );
            assert!(seconds <= 3.0);
            // Of the wires and of the noise a rate of 8 kHz has a half at most; the rest is chance.
            let level = decibels(rms(&samples) / rms(&reference));
            assert!((-2.0..1.0).contains(&level), "{signal:?} at {rate} Hz: {level} dB");
            assert!(decibels(peak(&samples)) < -5.0, "{signal:?} at {rate} Hz: {}", decibels(peak(&samples)));
        }
    }
}

#[test]
fn signals_begin_and_end_without_a_step_and_are_always_the_same() {
    for (signal, rate) in Signal::ALL.into_iter().flat_map(|signal| RATES.map(|rate| (signal, rate))) {
        let samples = whole(signal, rate);
        assert!(samples == whole(signal, rate));
        assert!(samples[0].abs() < 1e-3, "{signal:?} at {rate} Hz begins with {}", samples[0]);
        assert_eq!(samples[samples.len() - 1], 0.0, "{signal:?} at {rate} Hz");
    }
}

/// Power of a band, by the definition of the discrete Fourier transform.
fn power(samples: &[f32], rate: u32, band: std::ops::Range<f64>) -> f64 {
    let length = samples.len() as f64;
    let bins = |frequency: f64| (frequency * length / f64::from(rate)).round() as usize;
    let of_bin = |bin: usize| {
        // Goertzel: a resonance at the bin.
        let turn = TAU * bin as f64 / length;
        let (mut last, mut before) = (0.0, 0.0);
        for sample in samples {
            (last, before) = (f64::from(*sample) + 2.0 * turn.cos() * last - before, last);
        }
        2.0 * (last * last + before * before - 2.0 * turn.cos() * last * before) / (length * length)
    };
    (bins(band.start)..bins(band.end)).map(of_bin).sum()
}

#[test]
fn pink_noise_has_the_same_power_in_each_octave() {
    let rate = 16_000;
    let samples = whole(Signal::Pink, rate);
    // -20 dBFS in the 10 octaves from 25 Hz to 24 kHz.
    let expected = 0.01 / 10.0;
    for centre in [62.5, 125.0, 250.0, 500.0, 1_000.0, 2_000.0, 4_000.0] {
        let band = centre / SQRT_2..centre * SQRT_2;
        // Each hertz of a second of noise is a sum of two squares, whose deviation is their mean: four deviations, and a
        // decibel of the filters, by which the lowest band begins and the highest does not fall enough.
        let chance = 4.0 / (band.end - band.start).sqrt();
        let ratio = power(&samples, rate, band) / expected;
        let ripple = 10.0_f64.powf(0.1);
        assert!(ratio < (1.0 + chance) * ripple, "{centre} Hz: {ratio}");
        assert!(ratio > (1.0 - chance).max(0.0) / ripple, "{centre} Hz: {ratio}");
    }
}

const STEREO: Format = Format { sample_rate: 48_000, layout: ChannelLayout::Stereo };

fn asked() -> (Arc<Audition>, Auditioner) {
    let audition = Arc::<Audition>::default();
    (audition.clone(), Auditioner::new(audition))
}

/// The left input of stereo: ones, and what is added to them in blocks of this size.
fn added(auditioner: &mut Auditioner, frames: usize, size: usize) -> Vec<f32> {
    let mut left = vec![1.0; frames];
    for block in left.chunks_mut(size) {
        let mut right = block.to_vec();
        auditioner.add(&mut [block, &mut right], STEREO);
        assert!(block == right);
    }
    left
}

#[test]
fn a_signal_is_the_same_in_blocks_of_any_size() {
    for signal in Signal::ALL {
        let expected: Vec<f32> = whole(signal, 48_000).into_iter().chain([0.0; 100]).map(|added| 1.0 + added).collect();
        for size in [1, 64, 500, 4_096, expected.len()] {
            let (audition, mut auditioner) = asked();
            audition.start(signal);
            assert_eq!(audition.sounding(), Some(signal));
            assert!(added(&mut auditioner, expected.len(), size) == expected, "{signal:?} in blocks of {size}");
            assert_eq!(audition.sounding(), None, "off by itself");
        }
    }
}

#[test]
fn without_a_signal_no_bit_is_touched() {
    let (audition, mut auditioner) = asked();
    let mut play = |samples: &[f32]| {
        let mut block = samples.to_vec();
        let left = auditioner.add(&mut [&mut block], Format { layout: ChannelLayout::Mono, ..STEREO });
        assert!(block.iter().zip(samples).all(|(after, before)| after.to_bits() == before.to_bits()));
        left
    };
    let odd = [-0.0, 0.0, f32::MIN_POSITIVE / 2.0, f32::NAN, f32::INFINITY];
    assert_eq!(play(&odd), 0);
    audition.start(Signal::Click);
    audition.stop();
    assert_eq!((play(&odd), audition.sounding()), (0, None), "stopped before it began");
}

#[test]
fn a_signal_that_is_stopped_fades_out_and_another_begins_meanwhile() {
    let (audition, mut auditioner) = asked();
    audition.start(Signal::Pink);
    let before = added(&mut auditioner, 9_600, 64);
    audition.stop();
    assert_eq!(audition.sounding(), None);
    let after = added(&mut auditioner, 480, 64);
    let expected = whole(Signal::Pink, 48_000);
    assert_eq!(before[9_599], 1.0 + expected[9_599]);
    for (frame, (sample, full)) in after.iter().zip(&expected[9_600..]).enumerate() {
        let gain = (239.0 - frame as f32).max(0.0) / 240.0;
        assert!((sample - 1.0 - gain * full).abs() < 1e-6, "frame {frame}");
    }

    audition.start(Signal::Pink);
    added(&mut auditioner, 9_600, 64);
    audition.start(Signal::Click);
    let both = added(&mut auditioner, 240, 64);
    let click = whole(Signal::Click, 48_000);
    for (frame, sample) in both.iter().enumerate() {
        let expected = 1.0 + click[frame] + after[frame] - 1.0;
        assert!((sample - expected).abs() < 1e-6, "frame {frame}");
    }
    assert_eq!(audition.sounding(), Some(Signal::Click));
    for _ in 0..3 {
        audition.start(Signal::Click);
        assert_eq!(added(&mut auditioner, 480, 64)[300], 1.0 + click[300], "the same again, from its beginning");
    }
}

#[test]
fn what_ends_at_once_is_off_at_once() {
    let (audition, mut auditioner) = asked();
    audition.start(Signal::Pink);
    added(&mut auditioner, 4_800, 64);
    auditioner.end();
    assert_eq!(audition.sounding(), None);
    assert!(added(&mut auditioner, 4_800, 64) == [1.0; 4_800]);
    audition.start(Signal::Pink);
    auditioner.end();
    assert!(added(&mut auditioner, 4_800, 64) == [1.0; 4_800], "nor does what was asked for begin");
}

#[test]
fn the_frames_to_come_are_told() {
    let (audition, mut auditioner) = asked();
    audition.start(Signal::Snare);
    let length = whole(Signal::Snare, 48_000).len();
    let mut block = [0.0; 1_000];
    assert_eq!(auditioner.add(&mut [&mut block, &mut [0.0; 1_000]], STEREO), length - 1_000);
    audition.stop();
    assert_eq!(auditioner.add(&mut [&mut block[..40], &mut [0.0; 40]], STEREO), 200, "of a fade of 5 ms");
}

#[test]
fn every_input_gets_the_signal_but_low_frequencies_and_directions() {
    let heard = |layout: ChannelLayout| {
        let (audition, mut auditioner) = asked();
        audition.start(Signal::Click);
        let mut channels = vec![[0.0_f32; 64]; layout.outputs()];
        let mut io: Vec<&mut [f32]> = channels.iter_mut().map(|channel| &mut channel[..]).collect();
        auditioner.add(&mut io, Format { sample_rate: 48_000, layout });
        channels.iter().map(|channel| if channel[5] == 0.0 { '-' } else { '+' }).collect::<String>()
    };
    for (layout, expected) in [
        (ChannelLayout::Mono, "+"),
        (ChannelLayout::MonoToStereo, "+-"),
        (ChannelLayout::Stereo, "++"),
        (ChannelLayout::StereoTo(Bus::Surround51), "++----"),
        (ChannelLayout::Through(Bus::Surround51), "+++-++"),
        (ChannelLayout::MonoTo(Bus::Surround51), "+-----"),
        (ChannelLayout::Through(Bus::Ambisonic1), "+---"),
        (ChannelLayout::Through(Bus::Discrete(3)), "+++"),
    ] {
        assert_eq!(heard(layout), expected, "{layout:?}");
    }
}
