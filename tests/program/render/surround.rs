//! Dry files and outputs of more than two channels.

use super::{RATE, done, file, wet};
use std::path::{Path, PathBuf};
use transept::cancel::Token;
use transept::channels::{Bus, ChannelLayout, Marking};
use transept::convolution::oracle;
use transept::impulse::findings::Finding;
use transept::impulse::recipe::Source;
use transept::library::sets;
use transept::render::{Bits, Job, render};
use transept_support::compare::error_db;
use transept_support::encode::wav::Wav;
use transept_support::folder::Folder;
use transept_support::signal::{decaying_noise, noise};
use transept_support::wave;

const DRY: usize = 1500;
const TAPS: usize = 700;

fn dry(folder: &Folder, channels: usize) -> (PathBuf, Vec<Vec<f32>>) {
    let signals: Vec<_> = (0..channels).map(|channel| noise(DRY, 40 + channel as u64)).collect();
    (folder.wave(&format!("dry {channels}.wav"), RATE, &signals), signals)
}

fn room(folder: &Folder, channels: usize) -> (Source, Vec<Vec<f32>>) {
    let taps: Vec<_> = (0..channels).map(|channel| decaying_noise(TAPS, 100 + channel as u64)).collect();
    (file(folder.wave(&format!("room {channels}.wav"), RATE, &taps)), taps)
}

/// Asserts that each output is the exact sum of the paths of the table, and silent where none leads.
fn assert_paths(out: &Path, layout: ChannelLayout, marking: Marking, signals: &[Vec<f32>], taps: &[Vec<f32>]) {
    let out = wave::read(out).channels;
    let paths = layout.paths(taps.len(), marking).expect("it fits");
    assert_eq!(out.len(), layout.outputs(), "{layout:?}");
    for (output, out) in out.iter().enumerate() {
        let mut expected = vec![0.0; out.len()];
        for path in paths.iter().filter(|path| path.output == output) {
            let share = f64::from(path.gain) / path.channels.len() as f64;
            for channel in &path.channels {
                let sound = oracle(&signals[path.input], &taps[*channel], expected.len());
                expected.iter_mut().zip(sound).for_each(|(sum, sample)| *sum += share * sample);
            }
        }
        if expected.iter().all(|sample| *sample == 0.0) {
            assert!(out.iter().all(|sample| *sample == 0.0), "{layout:?}, {} channels, {output}", taps.len());
        } else {
            let error = error_db(out, &expected);
            assert!(error < -125.0, "{layout:?}, {} channels, output {output}: {error:.1} dB", taps.len());
        }
    }
}

#[test]
fn every_number_of_channels_goes_through_one_impulse_one_each_and_a_matrix() {
    let folder = Folder::new();
    for channels in 3..=16 {
        let ((dry, signals), layout) = (dry(&folder, channels), ChannelLayout::of_file(channels).expect("a layout"));
        let matrix = if channels <= 5 { channels * channels } else { channels };
        for of_impulse in [1, 2, channels, matrix] {
            let (source, taps) = room(&folder, of_impulse);
            let report = done(&wet(&folder, &dry, source));
            assert_eq!((report.channels, report.frames), (channels, (DRY + TAPS - 1) as u64));
            assert_paths(&folder.path("out.wav"), layout, Marking::Unmarked, &signals, &taps);
        }
    }
}

#[test]
fn a_mono_or_stereo_file_can_be_brought_to_a_larger_signal() {
    let folder = Folder::new();
    for bus in Bus::NAMED {
        for inputs in [1, 2] {
            let (dry, signals) = dry(&folder, inputs);
            let Some(layout) = ChannelLayout::to(inputs, bus) else {
                let job = Job { bus: Some(bus), ..wet(&folder, &dry, room(&folder, 1).0) };
                let error = render(&job, &Token::never(), |_| {}).expect_err("refused").to_string();
                assert!(error.contains("has 2 channels, which cannot become Ambisonics"), "{error}");
                continue;
            };
            for of_impulse in [1, 2, 4, bus.channels(), inputs * bus.channels()] {
                let (source, taps) = room(&folder, of_impulse);
                done(&Job { bus: Some(bus), ..wet(&folder, &dry, source) });
                assert_paths(&folder.path("out.wav"), layout, Marking::Unmarked, &signals, &taps);
            }
        }
    }
}

#[test]
fn two_files_of_two_channels_are_true_stereo_in_quad_too() {
    let folder = Folder::new();
    let (dry, signals) = dry(&folder, 4);
    let (_, taps) = room(&folder, 4);
    let [left, right] =
        [("left.wav", &taps[..2]), ("right.wav", &taps[2..])].map(|(name, taps)| folder.wave(name, RATE, taps));
    let report = done(&wet(&folder, &dry, Source::Pair { left, right }));
    assert!(report.of_impulses.is_empty(), "nothing was guessed: {:?}", report.of_impulses);
    let quad = ChannelLayout::Through(Bus::Quad);
    assert_paths(&folder.path("out.wav"), quad, Marking::TrueStereo, &signals, &taps);
}

#[test]
fn a_set_of_mono_files_is_one_impulse_wherever_one_of_them_is_chosen() {
    let folder = Folder::new();
    let (_, taps) = room(&folder, 6);
    let set = |names: &[&str], chosen: usize| {
        for (name, taps) in names.iter().zip(&taps) {
            folder.wave(name, RATE, std::slice::from_ref(taps));
        }
        sets::of(&folder.path(names[chosen])).expect("a set")
    };
    // True stereo on a stereo file, and on four channels too.
    let true_stereo = set(&["hall LL.wav", "hall LR.wav", "hall RL.wav", "hall RR.wav"], 2);
    for (channels, layout) in [(2, ChannelLayout::Stereo), (4, ChannelLayout::Through(Bus::Quad))] {
        let (dry, signals) = dry(&folder, channels);
        let report = done(&wet(&folder, &dry, true_stereo.clone()));
        assert!(report.of_impulses.is_empty(), "the names say it: {:?}", report.of_impulses);
        assert_paths(&folder.path("out.wav"), layout, Marking::TrueStereo, &signals, &taps[..4]);
    }
    // Speakers.
    let speakers = set(&["a_fl.wav", "a_fr.wav", "a_c.wav", "a_lfe.wav", "a_sl.wav", "a_sr.wav"], 4);
    let (six, signals) = dry(&folder, 6);
    done(&wet(&folder, &six, speakers));
    let surround = ChannelLayout::Through(Bus::Surround51);
    assert_paths(&folder.path("out.wav"), surround, Marking::Speakers(0x3f), &signals, &taps);
    // Four speakers are no true stereo.
    let quad = set(&["q_fl.wav", "q_fr.wav", "q_sl.wav", "q_sr.wav"], 0);
    let error = render(&wet(&folder, &dry(&folder, 2).0, quad), &Token::never(), |_| {}).expect_err("refused");
    assert!(error.to_string().contains("does not fit Stereo") && error.to_string().contains("Quad"), "{error}");
}

#[test]
fn the_dry_signal_of_every_channel_stays_where_it_is_and_mono_comes_from_the_middle() {
    let folder = Folder::new();
    let (source, _) = room(&folder, 1);
    let through = |dry: &Path, bus| {
        let mut job = Job { bus, ..wet(&folder, dry, source.clone()) };
        (job.controls.dry, job.controls.wet) = (1.0, 0.0);
        done(&job);
        wave::read(&folder.path("out.wav")).channels
    };
    let (six, signals) = dry(&folder, 6);
    for (out, signal) in through(&six, None).iter().zip(&signals) {
        assert_eq!(out[..DRY], signal[..]);
    }
    let (one, signals) = dry(&folder, 1);
    let out = through(&one, Some(Bus::Surround51));
    for (channel, out) in out.iter().enumerate() {
        let is_silent = out.iter().all(|sample| *sample == 0.0);
        assert_eq!((is_silent, !is_silent && out[..DRY] == signals[0][..]), (channel != 2, channel == 2));
    }
}

#[test]
fn speakers_are_read_and_written_as_the_mask_of_a_wav_file() {
    let folder = Folder::new();
    let mask = |path: &Path| {
        let bytes = std::fs::read(path).expect("there");
        u32::from_le_bytes([bytes[40], bytes[41], bytes[42], bytes[43]])
    };
    let (source, _) = room(&folder, 1);
    // Where the file has no mask, or one that programs write which know no speakers, it is claimed if it was asked for.
    for (channels, bus, expected) in [
        (4, None, 0),
        (4, Some(Bus::Quad), 0x33),
        (6, None, 0x3f),
        (8, None, 0),
        (8, Some(Bus::Surround71), 0x63f),
        (2, Some(Bus::Surround51), 0x3f),
        (9, None, 0),
        (5, None, 0),
        (16, None, 0),
    ] {
        done(&Job { bus, ..wet(&folder, &dry(&folder, channels).0, source.clone()) });
        assert_eq!(mask(&folder.path("out.wav")), expected, "{channels} channels, {bus:?}");
    }
    // Six speakers that are not those of 5.1 are six channels: L R C Cs Sl Sr, without low-frequency effects.
    let samples: Vec<i16> = (0..6 * 300).map(|n| (n * 37 % 2000) as i16).collect();
    let mut bytes = Wav { extensible: true, ..Wav::pcm16(6, &samples) }.bytes();
    bytes[40..44].copy_from_slice(&0x707_u32.to_le_bytes());
    std::fs::write(folder.path("six.wav"), &bytes).expect("written");
    done(&wet(&folder, &folder.path("six.wav"), source));
    assert_eq!(mask(&folder.path("out.wav")), 0x707);
    let out = wave::read(&folder.path("out.wav")).channels;
    assert!(out[3].iter().any(|sample| *sample != 0.0), "the fourth is no LFE here");
    // And as an impulse they do not fit 5.1.
    let job = wet(&folder, &dry(&folder, 6).0, file(folder.path("six.wav")));
    let error = render(&job, &Token::never(), |_| {}).expect_err("refused").to_string();
    assert!(error.contains("for the speakers 0x707 does not fit 5.1") && error.contains("six.wav"), "{error}");
}

/// A file of B-format in 16 bits, as `.amb` files are.
fn b_format(folder: &Folder, channels: u16) -> (PathBuf, Vec<i16>) {
    let samples: Vec<i16> = (0..i32::from(channels) * 500).map(|n| (n * 733 % 20_011) as i16 - 10_000).collect();
    let mut bytes = Wav { extensible: true, ..Wav::pcm16(channels, &samples) }.bytes();
    bytes[46..60].copy_from_slice(b"\0\0\x21\x07\xd3\x11\x86\x44\xc8\xc1\xca\0\0\0");
    let path = folder.path("dry.amb");
    std::fs::write(&path, &bytes).expect("written");
    (path, samples)
}

#[test]
fn the_first_harmonic_alone_is_a_sound_as_any_other() {
    let folder = Folder::new();
    let (dry, samples) = b_format(&folder, 1);
    let expected: Vec<f32> = samples.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
    let unit = file(folder.wave("unit.wav", RATE, &[vec![1.0]]));
    for bus in [Some(Bus::Ambisonic1), Some(Bus::Ambisonic3), None] {
        let report = done(&Job { bus, ..wet(&folder, &dry, unit.clone()) });
        assert_eq!((report.frames, &report.findings[..]), (500, &[][..]), "{bus:?}");
        let out = wave::read(&folder.path("out.wav")).channels;
        assert_eq!((out.len(), &out[0]), (bus.map_or(1, Bus::channels), &expected));
        assert!(out[1..].iter().flatten().all(|sample| *sample == 0.0));
    }
}

#[test]
fn harmonics_of_no_whole_order_are_refused_unless_the_layout_says_what_else_they_are() {
    let folder = Folder::new();
    let unit = file(folder.wave("unit.wav", RATE, &[vec![1.0]]));
    for channels in [3, 6, 8, 11] {
        let job = wet(&folder, &b_format(&folder, channels).0, unit.clone());
        let error = render(&job, &Token::never(), |_| {}).expect_err("refused").to_string();
        let said = format!("it is ambisonics of {channels} channels; a whole order has 4, 9 or 16, so bring it to one");
        assert!(error.contains("dry.amb") && error.contains(&said), "{error}");
    }
    let job = Job { bus: Some(Bus::Surround51), ..wet(&folder, &b_format(&folder, 6).0, unit) };
    assert_eq!(done(&job).findings, []);
}

#[test]
fn a_text_that_says_fuma_does_not_go_along_into_ambix() {
    let folder = Folder::new();
    let unit = file(folder.wave("unit.wav", RATE, &[vec![1.0]]));
    let (dry, signals) = dry(&folder, 4);
    let mut bytes = std::fs::read(&dry).expect("there");
    for (id, text) in [(b"iXML", "<NOTE>FuMa</NOTE>."), (b"bext", "z=FUMA"), (b"LIST", "INFOICMT\x04\0\0\0FuMa")] {
        bytes.extend(id);
        bytes.extend((text.len() as u32).to_le_bytes());
        bytes.extend(text.as_bytes());
    }
    let size = bytes.len() as u32 - 8;
    bytes[4..8].copy_from_slice(&size.to_le_bytes());
    std::fs::write(&dry, &bytes).expect("written");
    let report = done(&wet(&folder, &dry, unit.clone()));
    let names = ["iXML (it says FuMa)", "bext (it says FuMa)"].map(str::to_owned).to_vec();
    assert_eq!(report.findings, [Finding::FromFuma, Finding::ChunksLeftOut { names }]);
    // What reads the output does not bring it to AmbiX again.
    std::fs::rename(folder.path("out.wav"), folder.path("once.wav")).expect("renamed");
    let once = wave::read(&folder.path("once.wav")).channels;
    let report = done(&Job { bus: Some(Bus::Ambisonic1), ..wet(&folder, &folder.path("once.wav"), unit) });
    assert_eq!((report.findings, wave::read(&folder.path("out.wav")).channels), (vec![], once.clone()));
    assert_eq!(once[1..], [2, 3, 1].map(|channel| signals[channel].clone())[..]);
}

#[test]
fn what_nobody_says_of_a_dry_file_is_said() {
    let folder = Folder::new();
    let (source, _) = room(&folder, 1);
    let said = |channels: usize, bus| {
        let report = done(&Job { bus, ..wet(&folder, &dry(&folder, channels).0, source.clone()) });
        report.findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let four = "its 4 channels are taken as L R Ls Rs, because nothing in the file says what they are; ";
    assert_eq!(said(4, None), format!("{four}--layout quad or ambisonic-1 says it"));
    assert!(said(8, None).contains("its 8 channels are taken as L R C LFE Ls Rs Sl Sr, because nothing"));
    assert!(said(9, None).contains("its 9 channels are taken as AmbiX (ACN, SN3D), because nothing"));
    for (channels, bus) in [(1, None), (2, None), (3, None), (6, None), (10, None), (4, Some(Bus::Ambisonic1))] {
        assert_eq!(said(channels, bus), "", "{channels} channels");
    }
}

#[test]
fn harmonics_in_fuma_are_brought_to_ambix_and_it_is_said() {
    let folder = Folder::new();
    let (amb, samples) = b_format(&folder, 4);
    let unit = file(folder.wave("unit.wav", RATE, &[vec![1.0]]));
    let report = done(&wet(&folder, &amb, unit));
    assert_eq!(report.findings, [Finding::FromFuma]);
    let out = wave::read(&folder.path("out.wav")).channels;
    let of = |channel: usize| samples.iter().skip(channel).step_by(4).map(|x| f32::from(*x) / 32_768.0);
    let w: Vec<f32> = of(0).map(|sample| sample * std::f32::consts::SQRT_2).collect();
    let rest = [2, 3, 1].map(|channel| of(channel).collect::<Vec<f32>>());
    assert_eq!((&out[0], &out[1..]), (&w, &rest[..]));
    // The impulse says it too, where it is used; in the layout of its harmonics nothing is guessed.
    let job = wet(&folder, &dry(&folder, 1).0, file(amb));
    let report = done(&Job { bus: Some(Bus::Ambisonic1), ..job });
    let said: Vec<_> = report.of_impulses.iter().map(|of| &of.finding).collect();
    assert!(said.contains(&&Finding::FromFuma), "{said:?}");
}

#[test]
fn what_nothing_in_the_file_says_is_said() {
    let folder = Folder::new();
    let said = |channels: usize, of_impulse: usize| {
        let report = done(&wet(&folder, &dry(&folder, channels).0, room(&folder, of_impulse).0));
        let said = report.of_impulses.iter().map(|of| of.finding.to_string()).collect::<Vec<_>>();
        said.join("\n")
    };
    assert!(said(6, 5).contains("its 5 channels are taken as L R C Ls Rs"));
    assert!(said(8, 8).contains("its 8 channels are taken as L R C LFE Ls Rs Sl Sr"));
    assert!(said(9, 9).contains("its 9 channels are taken as AmbiX (ACN, SN3D)"));
    assert!(said(4, 16).contains("its 16 channels are taken as a matrix of 4 sources and 4 outputs"));
    assert_eq!([(6, 1), (6, 2), (6, 6)].map(|(dry, impulse)| said(dry, impulse)), ["", "", ""], "a file says 5.1");
}

#[test]
fn flac_has_at_most_eight_channels() {
    let folder = Folder::new();
    let (source, _) = room(&folder, 1);
    let output = folder.path("out.flac");
    let job = |channels| Job {
        output: output.clone(),
        bits: Some(Bits::Int24),
        ..wet(&folder, &dry(&folder, channels).0, source.clone())
    };
    assert_eq!(done(&job(8)).channels, 8);
    let error = render(&job(9), &Token::never(), |_| {}).expect_err("refused").to_string();
    assert!(error.contains("FLAC holds no more than 8 channels, and these would be 9; write a .wav file"), "{error}");
}

#[test]
fn more_paths_than_there_may_be_memory_for_are_refused_with_their_size() {
    let folder = Folder::new();
    let (dry, _) = dry(&folder, 16);
    // A minute along 16 paths, at a rate at which that is too much.
    let impulse = folder.path("minute.wav");
    std::fs::write(&impulse, Wav { sample_rate: 8000, ..Wav::pcm16(1, &vec![1; 60 * 8000]) }.bytes()).expect("written");
    let job = Job { sample_rate: Some(192_000), ..wet(&folder, &dry, file(impulse)) };
    let error = render(&job, &Token::never(), |_| {}).expect_err("refused").to_string();
    let said = "16 paths of 60.0 s take 2.3 GB as impulse and kernel, and at most 2.1 GB are taken; shorten it";
    assert!(error.contains("minute.wav") && error.contains(said), "{error}");
}
