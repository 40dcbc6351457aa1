//! What is written: how long, at which rate, in which bits, and always the same bytes.

use super::{RATE, busy, done, file, frames, wet};
use transept::chain::Controls;
use transept::render::{Bits, Job};
use transept_support::compare::error_db;
use transept_support::folder::Folder;
use transept_support::signal::noise;
use transept_support::wave;

#[test]
fn the_same_bytes_come_out_whatever_the_block_size() {
    let folder = Folder::new();
    let job = busy(&folder);
    done(&job);
    let expected = std::fs::read(&job.output).expect("written");
    for block in [1, 17, 64, 441, 8192, 100_000] {
        done(&Job { block: frames(block), ..job.clone() });
        assert!(std::fs::read(&job.output).expect("written") == expected, "blocks of {block}");
    }
}

#[test]
fn the_same_bytes_come_out_in_every_run() {
    let folder = Folder::new();
    for bits in [Bits::Int16, Bits::Int24, Bits::Float32] {
        let job = Job { bits: Some(bits), sample_rate: Some(44_100), ..busy(&folder) };
        done(&job);
        let first = std::fs::read(&job.output).expect("written");
        done(&job);
        assert!(std::fs::read(&job.output).expect("written") == first);
    }
}

#[test]
fn the_tail_is_predelay_and_impulse_less_one_sample_and_can_be_left_out() {
    let folder = Folder::new();
    let job = busy(&folder);
    let whole = done(&job);
    // 12.3 ms at 48 kHz are 590.4 samples.
    assert_eq!(whole.frames, 20_011 + 590 + 9000 - 1);
    let long = wave::read(&job.output);
    assert_eq!(long.channels[0].len() as u64, whole.frames);
    let short = done(&Job { tail: false, ..job.clone() });
    assert_eq!(short.frames, 20_011);
    let short = wave::read(&job.output);
    for (short, long) in short.channels.iter().zip(&long.channels) {
        assert!(short[..] == long[..20_011]);
        assert!(long[20_011..].iter().any(|x| *x != 0.0), "the tail sounds");
    }
}

#[test]
fn an_output_ends_with_the_last_sample_that_can_sound() {
    let folder = Folder::new();
    let click = |len: usize| {
        let mut click = vec![0.0; len];
        click[len - 1] = 1.0;
        click
    };
    let path = folder.wave("dry.wav", RATE, &[click(1000)]);
    // The zeros behind the last tap are no taps.
    let trailing = [click(300), vec![0.0; 50]].concat();
    for (taps, of_taps) in [(click(1), 1), (click(2), 2), (click(300), 300), (trailing, 300)] {
        for (predelay, samples) in [(0.0, 0), (0.01, 480)] {
            let source = file(folder.wave("room.wav", RATE, std::slice::from_ref(&taps)));
            let job = wet(&folder, &path, source);
            let job = Job { controls: Controls { predelay, ..job.controls }, ..job };
            assert_eq!(done(&job).frames, 1000 + samples + of_taps - 1);
            let out = wave::read(&job.output).channels.remove(0);
            // The click is the last sample, but for what the transforms round.
            assert!((out[out.len() - 1] - 1.0).abs() < 1e-6 && out[..out.len() - 1].iter().all(|x| x.abs() < 1e-6));
        }
    }
}

#[test]
fn the_length_at_another_rate_is_that_of_file_and_impulse_at_that_rate() {
    let folder = Folder::new();
    let path = folder.wave("dry.wav", RATE, &[noise(1001, 1)]);
    let source = file(folder.wave("room.wav", RATE, &[noise(301, 2)]));
    let job = Job { sample_rate: Some(44_100), ..wet(&folder, &path, source) };
    let job = Job { controls: Controls { predelay: 0.01, ..job.controls }, ..job };
    // 1001 · 147/160 = 919.7 and 301 · 147/160 = 276.5, both rounded up; 10 ms are 441 samples.
    assert_eq!(done(&job).frames, 920 + 441 + 277 - 1);
}

#[test]
fn another_rate_keeps_pitch_level_and_length() {
    let folder = Folder::new();
    let sine = |rate: u32, i: usize| (i as f64 * 1000.0 * std::f64::consts::TAU / f64::from(rate)).sin();
    let dry: Vec<f32> = (0..48_000).map(|i| 0.5 * sine(RATE, i) as f32).collect();
    let path = folder.wave("dry.wav", RATE, &[dry]);
    for rate in [22_050, 44_100, 96_000] {
        // At the output's rate, so that it is the dry file alone that is resampled.
        let unit = folder.path("unit.wav");
        wave::write(&unit, rate, &[vec![1.0]]);
        let report = done(&Job { sample_rate: Some(rate), tail: false, ..wet(&folder, &path, file(unit)) });
        assert_eq!((report.sample_rate, report.frames), (rate, u64::from(rate)));
        let out = wave::read(&folder.path("out.wav"));
        assert_eq!(out.sample_rate, rate);
        // Away from the ends, where the sine begins and breaks off. A shift of one sample would be worth at least
        // 20·log10(2π·1000/96000) = -24 dB; the resampler leaves its filter's ripple and the rounding of the file to
        // f32, both below -140.
        let (from, to) = (rate as usize / 10, rate as usize * 9 / 10);
        let expected: Vec<f64> = (from..to).map(|i| 0.5 * sine(rate, i)).collect();
        let error = error_db(&out.channels[0][from..to], &expected);
        println!("sine at {rate} Hz: {error:.1} dB");
        assert!(error < -120.0);
    }
}

#[test]
fn a_dry_file_at_any_rate_is_rendered_at_a_legal_one() {
    let folder = Folder::new();
    let unit = folder.wave("unit.wav", RATE, &[vec![1.0]]);
    for rate in [4000, 768_000] {
        let path = folder.path("dry.wav");
        wave::write(&path, rate, &[vec![0.5; 2000]]);
        let job = Job { sample_rate: Some(RATE), tail: false, ..wet(&folder, &path, file(unit.clone())) };
        let report = done(&job);
        assert_eq!((report.sample_rate, report.frames), (RATE, 2000 * u64::from(RATE) / u64::from(rate)));
    }
}

#[test]
fn integer_formats_clip_at_full_scale_and_say_how_often() {
    let folder = Folder::new();
    let unit = folder.wave("unit.wav", RATE, &[vec![1.0]]);
    let path = folder.wave("dry.wav", RATE, &[vec![0.5, 1.5, -3.0, -1.0, 0.25]]);
    let job = Job { bits: Some(Bits::Int16), tail: false, ..wet(&folder, &path, file(unit)) };
    let report = done(&job);
    assert_eq!((report.clipped, report.peak), (2, 3.0));
    assert_eq!(wave::read_integers(&job.output), (16, vec![vec![16384, 32767, -32768, -32768, 8192]]));
    let report = done(&Job { bits: Some(Bits::Float32), ..job });
    assert_eq!((report.clipped, report.peak), (0, 3.0));
}
