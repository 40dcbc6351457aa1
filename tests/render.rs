//! What the offline renderer promises: the same chain, the whole tail, the same bytes, and nothing half-written.

mod common;
#[path = "common/wave.rs"]
mod wave;

use common::{error_db, noise, oracle, recordings, room};
use std::cell::{Cell, RefCell};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use transept::chain::Controls;
use transept::impulse::recipe::{LevelRule, Recipe, Source};
use transept::render::{Bits, Job, RenderError, Report, render, render_unless};

const RATE: u32 = 48_000;

/// A folder with files in it that goes when the test ends.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, channels: &[Vec<f32>]) -> PathBuf {
        wave::write(&self.path(name), RATE, channels);
        self.path(name)
    }

    fn names(&self) -> Vec<String> {
        let name = |entry: std::io::Result<std::fs::DirEntry>| entry.expect("readable").file_name();
        let entries = std::fs::read_dir(self.0.path()).expect("readable");
        let mut names: Vec<String> = entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// A job that lets through nothing but the convolved signal, as it is.
    fn wet(&self, dry: &Path, source: Source) -> Job {
        let recipe = Recipe { source, level: LevelRule::Off };
        let controls = Controls { dry: 0.0, wet: 1.0, ..Controls::default() };
        Job { controls, ..Job::new(dry, recipe, self.path("out.wav")) }
    }
}

fn file(path: PathBuf) -> Source {
    Source::File { path }
}

fn done(job: &Job) -> Report {
    render(job, |_| {}).expect("rendered")
}

fn frames(frames: usize) -> NonZeroUsize {
    NonZeroUsize::new(frames).expect("not 0")
}

#[test]
fn a_unit_impulse_gives_the_dry_file_back_bit_for_bit() {
    let folder = Folder::new();
    let unit = folder.file("unit.wav", &[vec![1.0]]);
    for dry in [vec![noise(10_000, 1)], vec![noise(10_000, 2), noise(10_000, 3)]] {
        let path = folder.file("dry.wav", &dry);
        done(&folder.wet(&path, file(unit.clone())));
        let out = wave::read(&folder.path("out.wav"));
        assert_eq!(out.sample_rate, RATE);
        assert_eq!(out.channels.len(), dry.len());
        for (out, dry) in out.channels.iter().zip(&dry) {
            // The tail of one sample is one sample long.
            assert_eq!(out.len(), dry.len() + 1);
            assert!(out[..dry.len()] == dry[..]);
            assert_eq!(out[dry.len()], 0.0);
        }
    }
}

#[test]
fn integers_come_through_a_unit_impulse_as_they_are() {
    let folder = Folder::new();
    let unit = folder.file("unit.wav", &[vec![1.0]]);
    for (number, (bits, stored)) in [(16, Bits::Int16), (24, Bits::Int24)].into_iter().enumerate() {
        let top = (1 << (bits - 1)) - 1;
        let mut dry: Vec<i32> = noise(5000, 4).iter().map(|x| (x * 2.0 * top as f32) as i32).collect();
        dry.extend([top, -top - 1, 0, 1, -1]);
        let path = folder.path(&format!("dry{number}.wav"));
        wave::write_integers(&path, bits, &[dry.clone()]);
        let report = done(&Job { bits: stored, tail: false, ..folder.wet(&path, file(unit.clone())) });
        assert_eq!(report.clipped, 0);
        assert!(wave::read_integers(&folder.path("out.wav")) == (bits, vec![dry]));
    }
}

#[test]
fn an_impulse_in_gives_the_impulse_response_out_every_sample_at_its_place() {
    let folder = Folder::new();
    let taps = [room(30_000, 5), room(30_000, 6)];
    let impulse = folder.file("room.wav", &taps);
    let dry = folder.file("dry.wav", &[vec![1.0, 0.0, 0.0]]);
    let report = done(&folder.wet(&dry, file(impulse)));
    assert_eq!((report.frames, report.channels, report.impulse.channels), (30_003, 2, 2));
    let out = wave::read(&folder.path("out.wav"));
    for (out, taps) in out.channels.iter().zip(&taps) {
        let mut expected: Vec<f64> = taps.iter().map(|x| f64::from(*x)).collect();
        expected.resize(out.len(), 0.0);
        let error = error_db(out, &expected);
        println!("impulse response out: {error:.1} dB");
        assert!(error < -125.0);
        // Nothing has moved: the head is summed directly, so its samples are the very numbers.
        assert_eq!(out[..64], taps[..64]);
    }
}

#[test]
fn noise_through_a_room_is_the_direct_sum() {
    let folder = Folder::new();
    let taps = room(20_000, 7);
    let dry = noise(48_000, 8);
    let impulse = folder.file("room.wav", std::slice::from_ref(&taps));
    let path = folder.file("dry.wav", std::slice::from_ref(&dry));
    done(&folder.wet(&path, file(impulse)));
    let out = wave::read(&folder.path("out.wav"));
    assert_eq!(out.channels.len(), 1);
    let error = error_db(&out.channels[0], &oracle(&dry, &taps, dry.len() + taps.len()));
    println!("noise through a room: {error:.1} dB");
    assert!(error < -125.0);
}

#[test]
fn every_layout_sends_each_source_to_its_sides() {
    let folder = Folder::new();
    let [left, right] = [noise(2000, 9), noise(2000, 10)];
    let mono = folder.file("mono.wav", std::slice::from_ref(&left));
    let stereo = folder.file("stereo.wav", &[left.clone(), right.clone()]);
    let [ll, lr, rl, rr] = [11, 12, 13, 14].map(|seed| room(1000, seed));
    let one = file(folder.file("1.wav", std::slice::from_ref(&ll)));
    let two = file(folder.file("2.wav", &[ll.clone(), rr.clone()]));
    let four = file(folder.file("4.wav", &[ll.clone(), lr.clone(), rl.clone(), rr.clone()]));
    let pair = Source::Pair {
        left: folder.file("left.wav", &[ll.clone(), lr.clone()]),
        right: folder.file("right.wav", &[rl.clone(), rr.clone()]),
    };
    let sum = |paths: &[(f64, &[f32], &[f32])]| {
        let mut sum = vec![0.0; 3000];
        for (gain, signal, taps) in paths {
            for (sum, sample) in sum.iter_mut().zip(oracle(signal, taps, 3000)) {
                *sum += gain * sample;
            }
        }
        sum
    };
    let true_stereo =
        vec![sum(&[(1.0, &left, &ll), (1.0, &right, &rl)]), sum(&[(1.0, &left, &lr), (1.0, &right, &rr)])];
    let cases: [(&Path, &Source, Vec<Vec<f64>>); 7] = [
        (&mono, &one, vec![sum(&[(1.0, &left, &ll)])]),
        (&mono, &two, vec![sum(&[(1.0, &left, &ll)]), sum(&[(1.0, &left, &rr)])]),
        (
            &mono,
            &four,
            vec![sum(&[(0.5, &left, &ll), (0.5, &left, &rl)]), sum(&[(0.5, &left, &lr), (0.5, &left, &rr)])],
        ),
        (&stereo, &one, vec![sum(&[(1.0, &left, &ll)]), sum(&[(1.0, &right, &ll)])]),
        (&stereo, &two, vec![sum(&[(1.0, &left, &ll)]), sum(&[(1.0, &right, &rr)])]),
        (&stereo, &four, true_stereo.clone()),
        (&stereo, &pair, true_stereo),
    ];
    for (number, (dry, source, expected)) in cases.into_iter().enumerate() {
        let report = done(&folder.wet(dry, source.clone()));
        let out = wave::read(&folder.path("out.wav"));
        assert_eq!((out.channels.len(), report.channels), (expected.len(), expected.len()), "case {number}");
        for (out, expected) in out.channels.iter().zip(&expected) {
            assert!(error_db(out, expected) < -125.0, "case {number}");
        }
    }
}

#[test]
fn a_fresh_job_has_the_levels_of_a_fresh_instance() {
    let folder = Folder::new();
    let (dry, taps) = (noise(3000, 15), vec![0.0, 0.5]);
    let source = file(folder.file("room.wav", &[taps]));
    let path = folder.file("dry.wav", std::slice::from_ref(&dry));
    let recipe = Recipe { source, level: LevelRule::Off };
    done(&Job::new(&path, recipe, folder.path("out.wav")));
    let out = wave::read(&folder.path("out.wav"));
    let wet = 10_f64.powf(-12.0 / 20.0);
    let expected: Vec<f64> = (0..dry.len() + 2)
        .map(|i| {
            let at = |i: usize| dry.get(i).map_or(0.0, |x| f64::from(*x));
            at(i) + if i > 0 { wet * 0.5 * at(i - 1) } else { 0.0 }
        })
        .collect();
    assert!(error_db(&out.channels[0], &expected) < -140.0);
}

/// Everything at work, so that nothing in the chain may depend on how the file is cut.
fn busy(folder: &Folder) -> Job {
    let source = file(folder.file("room.wav", &[room(9000, 16), room(9000, 17)]));
    let dry = folder.file("dry.wav", &[noise(20_011, 18), noise(20_011, 19)]);
    let controls =
        Controls { predelay: 0.0123, low_cut: Some(120.0), high_cut: Some(6000.0), width: 1.5, ..Controls::default() };
    Job { controls, ..Job::new(dry, Recipe { source, level: LevelRule::Match }, folder.path("out.wav")) }
}

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
        let job = Job { bits, sample_rate: Some(44_100), ..busy(&folder) };
        done(&job);
        let first = std::fs::read(&job.output).expect("written");
        done(&job);
        assert!(std::fs::read(&job.output).expect("written") == first);
    }
}

#[test]
fn the_tail_is_predelay_and_impulse_long_and_can_be_left_out() {
    let folder = Folder::new();
    let job = busy(&folder);
    let whole = done(&job);
    // 12.3 ms at 48 kHz are 590.4 samples.
    assert_eq!(whole.frames, 20_011 + 590 + 9000);
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
fn another_rate_keeps_pitch_level_and_length() {
    let folder = Folder::new();
    let sine = |rate: u32, i: usize| (i as f64 * 1000.0 * std::f64::consts::TAU / f64::from(rate)).sin();
    let dry: Vec<f32> = (0..48_000).map(|i| 0.5 * sine(RATE, i) as f32).collect();
    let path = folder.file("dry.wav", &[dry]);
    for rate in [22_050, 44_100, 96_000] {
        // At the output's rate, so that it is the dry file alone that is resampled.
        let unit = folder.path("unit.wav");
        wave::write(&unit, rate, &[vec![1.0]]);
        let report = done(&Job { sample_rate: Some(rate), tail: false, ..folder.wet(&path, file(unit)) });
        assert_eq!((report.sample_rate, report.frames), (rate, u64::from(rate)));
        let out = wave::read(&folder.path("out.wav"));
        assert_eq!(out.sample_rate, rate);
        // Away from the ends, where the sine begins and breaks off. A shift of one sample would be worth at least
        // 20·log10(2π·1000/96000) = -24 dB; the resampler leaves its filter's ripple and the rounding of the file to f32, both below -140.
        let (from, to) = (rate as usize / 10, rate as usize * 9 / 10);
        let expected: Vec<f64> = (from..to).map(|i| 0.5 * sine(rate, i)).collect();
        let error = error_db(&out.channels[0][from..to], &expected);
        println!("sine at {rate} Hz: {error:.1} dB");
        assert!(error < -120.0);
    }
}

#[test]
fn integer_formats_clip_at_full_scale_and_say_how_often() {
    let folder = Folder::new();
    let unit = folder.file("unit.wav", &[vec![1.0]]);
    let path = folder.file("dry.wav", &[vec![0.5, 1.5, -3.0, -1.0, 0.25]]);
    let job = Job { bits: Bits::Int16, tail: false, ..folder.wet(&path, file(unit)) };
    let report = done(&job);
    assert_eq!((report.clipped, report.peak), (2, 3.0));
    assert_eq!(wave::read_integers(&job.output), (16, vec![vec![16384, 32767, -32768, -32768, 8192]]));
    let report = done(&Job { bits: Bits::Float32, ..job });
    assert_eq!((report.clipped, report.peak), (0, 3.0));
}

#[test]
fn samples_that_are_not_finite_are_silence_and_harm_nothing_else() {
    let folder = Folder::new();
    let mut dry = noise(5000, 20);
    for (at, bad) in [(100, f32::NAN), (101, f32::INFINITY), (2500, f32::NEG_INFINITY)] {
        dry[at] = bad;
    }
    let clean: Vec<f32> = dry.iter().map(|x| if x.is_finite() { *x } else { 0.0 }).collect();
    let [dry, clean] = [("damaged.wav", dry), ("clean.wav", clean)].map(|(name, signal)| folder.file(name, &[signal]));
    let job = busy(&folder);
    for sample_rate in [None, Some(96_000)] {
        let out = [&dry, &clean].map(|dry| {
            done(&Job { dry: dry.clone(), sample_rate, ..job.clone() });
            wave::read(&job.output)
        });
        assert!(out[0].channels.iter().flatten().all(|x| x.is_finite()));
        assert!(out[0] == out[1]);
    }
}

#[test]
fn progress_goes_from_nothing_to_all_and_never_back() {
    let folder = Folder::new();
    let words = RefCell::new(Vec::new());
    render(&Job { block: frames(100), ..busy(&folder) }, |done| words.borrow_mut().push(done)).expect("rendered");
    let words = words.into_inner();
    assert_eq!((words.first(), words.last()), (Some(&0.0), Some(&1.0)));
    assert!(words.len() >= 3 && words.is_sorted());
}

#[test]
fn a_cancelled_rendering_leaves_nothing_and_harms_nothing() {
    let folder = Folder::new();
    let job = busy(&folder);
    std::fs::write(&job.output, "was here before").expect("written");
    let names = folder.names();
    // After the first frames, when the temporary file is there.
    let begun = Cell::new(false);
    let seen = RefCell::new(Vec::new());
    let cancelled = || {
        if begun.get() {
            seen.replace(folder.names());
        }
        begun.get()
    };
    let error = render_unless(&job, &cancelled, &|_| begun.set(true)).expect_err("cancelled");
    assert!(matches!(error, RenderError::Cancelled(_)), "{error}");
    assert_eq!(seen.into_inner().len(), names.len() + 1, "a temporary file was under way");
    assert_eq!(folder.names(), names);
    assert_eq!(std::fs::read_to_string(&job.output).expect("there"), "was here before");
}

/// Renders a job that cannot be rendered: the message names `file` and holds `reason`, and nothing is left behind.
#[track_caller]
fn refused(folder: &Folder, job: &Job, file: &Path, reason: &str) {
    let names = folder.names();
    let message = render(job, |_| {}).expect_err("refused").to_string();
    println!("{message}");
    let name = file.file_name().expect("a name").to_string_lossy();
    assert!(message.contains(&*name), "{message} does not name {name}");
    assert!(message.contains(reason), "{message} does not say {reason}");
    assert_eq!(folder.names(), names, "something was left behind");
}

#[test]
fn a_dry_file_that_cannot_be_rendered_is_refused_with_the_reason() {
    let folder = Folder::new();
    let job = busy(&folder);
    let sound = std::fs::read(&job.dry).expect("there");
    let with = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path(name), bytes).expect("written");
        folder.path(name)
    };
    let mut no_channels = sound.clone();
    no_channels[22..24].copy_from_slice(&[0, 0]);
    let mut no_rate = sound.clone();
    no_rate[24..28].copy_from_slice(&[0; 4]);
    wave::write(&folder.path("slow.wav"), 4000, &[noise(100, 21)]);
    wave::write(&folder.path("bare.wav"), RATE, &[vec![]]);
    let cases = [
        (folder.path("missing.wav"), "no such file"),
        (with("text.wav", b"This is no audio at all, only words."), ""),
        (with("empty.wav", b""), ""),
        (with("header.wav", &sound[..30]), ""),
        (with("truncated.wav", &sound[..sound.len() / 2]), ""),
        (with("no-channels.wav", &no_channels), "channel"),
        (with("no-rate.wav", &no_rate), "0 Hz"),
        (folder.path("bare.wav"), ""),
        (folder.path("slow.wav"), "4000 Hz"),
        (folder.file("three.wav", &vec![noise(100, 22); 3]), "3 channels"),
        (folder.0.path().to_owned(), ""),
    ];
    for (dry, reason) in cases {
        refused(&folder, &Job { dry: dry.clone(), ..job.clone() }, &dry, reason);
    }
    let slow = Job { sample_rate: Some(7999), ..job.clone() };
    refused(&folder, &slow, &job.dry, "7999 Hz");
}

#[test]
fn an_impulse_that_cannot_be_used_is_refused_with_the_reason() {
    let folder = Folder::new();
    let job = busy(&folder);
    std::fs::write(folder.path("text.wav"), "This is no audio at all, only words.").expect("written");
    let mut bad = noise(100, 23);
    bad[50] = f32::NAN;
    let cases = [
        (folder.path("missing.wav"), "no such file"),
        (folder.path("text.wav"), ""),
        (folder.file("three.wav", &vec![noise(100, 24); 3]), "3 channels"),
        (folder.file("nan.wav", &[bad]), "finite"),
    ];
    for (path, reason) in cases {
        let recipe = Recipe { source: file(path.clone()), level: LevelRule::Match };
        refused(&folder, &Job { recipe, ..job.clone() }, &path, reason);
    }
    let recipe = Recipe { source: Source::Space { id: "moon".to_owned() }, level: LevelRule::Match };
    refused(&folder, &Job { recipe, ..job }, Path::new("moon"), "no space");
}

#[test]
fn an_output_that_would_destroy_something_is_refused() {
    let folder = Folder::new();
    let job = busy(&folder);
    let to = |output: PathBuf| Job { output, ..job.clone() };
    refused(&folder, &to(job.dry.clone()), &job.dry, "would replace");
    // The same file by another name.
    let roundabout = folder.path(".").join("..").join(folder.0.path().file_name().expect("a name")).join("room.wav");
    refused(&folder, &to(roundabout), Path::new("room.wav"), "would replace");
    refused(&folder, &to(folder.path("no/such/out.wav")), Path::new("out.wav"), "no folder");
    refused(&folder, &to(folder.0.path().to_owned()), folder.0.path(), "is a folder");
    let kept = folder.path("kept.wav");
    std::fs::write(&kept, "kept").expect("written");
    let mut permissions = std::fs::metadata(&kept).expect("there").permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&kept, permissions).expect("set");
    refused(&folder, &to(kept.clone()), &kept, "read-only");
    assert_eq!(std::fs::read_to_string(&kept).expect("there"), "kept");
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_devices_left_alone() {
    let folder = Folder::new();
    let job = busy(&folder);
    std::fs::write(folder.path("real.wav"), "old").expect("written");
    std::os::unix::fs::symlink("real.wav", folder.path("link.wav")).expect("linked");
    done(&Job { output: folder.path("link.wav"), ..job.clone() });
    assert!(std::fs::symlink_metadata(folder.path("link.wav")).expect("there").is_symlink());
    assert_eq!(wave::read(&folder.path("real.wav")).channels.len(), 2);
    std::os::unix::fs::symlink("dry.wav", folder.path("dry-link.wav")).expect("linked");
    refused(&folder, &Job { output: folder.path("dry-link.wav"), ..job.clone() }, Path::new("dry-link.wav"), "replace");
    let null = PathBuf::from("/dev/null");
    refused(&folder, &Job { output: null.clone(), ..job }, &null, "no ordinary file");
}

#[test]
fn an_existing_output_is_replaced_whole() {
    let folder = Folder::new();
    let job = busy(&folder);
    std::fs::write(&job.output, vec![7; 2_000_000]).expect("written");
    let report = done(&job);
    assert_eq!(wave::read(&job.output).channels[0].len() as u64, report.frames);
    assert_eq!(folder.names(), ["dry.wav", "out.wav", "room.wav"]);
}

#[test]
fn a_voice_in_a_museum_is_the_direct_sum() {
    let Some(data) = recordings() else { return };
    let folder = Folder::new();
    let museum = data.join("impulses/museum-basement-clap.wav");
    let (bits, taps) = wave::read_integers(&museum);
    let taps = taps.iter().map(|channel| channel.iter().map(|x| *x as f32 / (1 << (bits - 1)) as f32).collect());
    let taps: Vec<Vec<f32>> = taps.collect();
    // At the museum's own rate, so that only the convolution is measured.
    let (_, speech) = wave::read_integers(&data.join("dry/speech.wav"));
    let speech: Vec<f32> = speech[0].iter().map(|x| *x as f32 / 32768.0).collect();
    let dry = folder.file("speech.wav", std::slice::from_ref(&speech));
    let report = done(&folder.wet(&dry, file(museum)));
    assert_eq!(report.channels, 2);
    let out = wave::read(&folder.path("out.wav"));
    for (out, taps) in out.channels.iter().zip(&taps) {
        let error = error_db(out, &oracle(&speech, taps, out.len()));
        println!("speech in the museum's basement: {error:.1} dB");
        assert!(error < -125.0);
    }
}
