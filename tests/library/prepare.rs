//! Promises of `prepare::build`: from a recipe to what sounds, and to what is said about it.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use transept::cancel::Token;
use transept::chain::Format;
use transept::channels::{Bus, ChannelLayout, Marking};
use transept::engine::{BuildError, Delivery};
use transept::impulse::decay::{BandDecay, BandRatios};
use transept::impulse::layout::LayoutError;
use transept::impulse::layout::Route;
use transept::impulse::meter::Meter;
use transept::impulse::recipe::{Combination, LevelRule, Recipe, Second, Source};
use transept::impulse::resample::ResampleError;
use transept::impulse::shape::{self, Cut, Fade, Shape, ShapeError, Trim};
use transept::impulse::units::{Level, Ratio, Time};
use transept::impulse::{Impulse, level, resample};
use transept::prepare::{self, PrepareError, Prepared, STRETCHES};
use transept::space;
use transept_support::folder::Folder;
use transept_support::signal::noise;

const STEREO: Format = Format { sample_rate: 48_000, layout: ChannelLayout::Stereo };

fn build(recipe: &Recipe, format: Format) -> Result<Prepared, PrepareError> {
    prepare::build(recipe, format, &Token::never())
}

fn plain(source: Source) -> Recipe {
    Recipe { level: LevelRule::Off, ..Recipe::of(source) }
}

/// Writes 32-bit float WAV at 48 kHz and gives its path.
fn wave(folder: &Folder, name: &str, channels: &[&[f32]]) -> PathBuf {
    folder.wave(name, 48_000, &channels.iter().map(|channel| channel.to_vec()).collect::<Vec<_>>())
}

/// Seeded noise that decays to a tenth, so that its end is far above any rounding.
fn loud_noise(seed: u64, len: usize) -> Vec<f32> {
    let decay = |at| 0.1f32.powf(at as f32 / len as f32);
    noise(len, seed).into_iter().enumerate().map(|(at, sample)| 2.0 * sample * decay(at)).collect()
}

/// What comes out of `output` for a single one into `input`.
fn response(delivery: &mut Delivery, input: usize, output: usize) -> Vec<f32> {
    delivery.convolver_mut().reset();
    let (inputs, outputs) = (delivery.kernel().inputs(), delivery.kernel().outputs());
    let len = delivery.kernel().len();
    let mut ins = vec![vec![0.0; len]; inputs];
    ins[input][0] = 1.0;
    let mut outs = vec![vec![0.0; len]; outputs];
    let ins: Vec<&[f32]> = ins.iter().map(Vec::as_slice).collect();
    let mut views: Vec<&mut [f32]> = outs.iter_mut().map(Vec::as_mut_slice).collect();
    delivery.convolver_mut().process(&ins, &mut views);
    outs.swap_remove(output)
}

/// A single one through the engine: its transforms are of single precision, with an error far below 1e-5 of the peak
/// (which `tests/engine` promises); a wrong channel, place or gain is far above.
fn assert_same(found: &[f32], expected: &[f32], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() < 1e-5, "{what}: {found} for {expected} at sample {at}");
    }
}

#[test]
fn a_file_sounds_as_stored_when_matching_is_off() {
    let folder = Folder::new();
    let (left, right) = (loud_noise(1, 3000), loud_noise(2, 3000));
    let path = wave(&folder, "Oak hall.wav", &[&left, &right]);
    let mut prepared = build(&plain(Source::File { path }), STEREO).expect("built");
    assert_same(&response(&mut prepared.delivery, 0, 0), &left, "left");
    assert_same(&response(&mut prepared.delivery, 1, 1), &right, "right");
    assert_same(&response(&mut prepared.delivery, 0, 1), &[0.0; 3000], "left to right");
    assert_eq!((prepared.summary.name.as_str(), prepared.summary.level_db), ("Oak hall", 0.0));
}

#[test]
fn a_pair_of_files_is_true_stereo() {
    let folder = Folder::new();
    let paths = [loud_noise(1, 2000), loud_noise(2, 2000), loud_noise(3, 2000), loud_noise(4, 2000)];
    let left = wave(&folder, "L.wav", &[&paths[0], &paths[1]]);
    let right = wave(&folder, "R.wav", &[&paths[2], &paths[3]]);
    let mut prepared = build(&plain(Source::Pair { left, right }), STEREO).expect("built");
    for (index, path) in paths.iter().enumerate() {
        let found = response(&mut prepared.delivery, index / 2, index % 2);
        assert_same(&found, path, ["LL", "LR", "RL", "RR"][index]);
    }
    assert_eq!(prepared.summary.channels, 4);
}

#[test]
fn paths_that_come_ear_by_ear_sound_like_the_same_paths_source_by_source() {
    let folder = Folder::new();
    let [ll, lr, rl, rr] = [1, 2, 3, 4].map(|seed| loud_noise(seed, 2000));
    let by_source = wave(&folder, "by source.wav", &[&ll, &lr, &rl, &rr]);
    let by_ear = wave(&folder, "by ear.wav", &[&ll, &rl, &lr, &rr]);
    let quad = Format { layout: ChannelLayout::Through(Bus::Quad), ..STEREO };
    let shaped = |source, by_ear| Recipe { by_ear: [by_ear, false], level: LevelRule::Match, ..plain(source) };
    let file = |path: &Path| Source::File { path: path.to_owned() };
    let bits = |recipe: &Recipe, format| {
        let mut prepared = build(recipe, format).expect("built");
        let ends = (0..2).flat_map(|input| (0..2).map(move |output| (input, output)));
        ends.map(|(input, output)| response(&mut prepared.delivery, input, output)).collect::<Vec<_>>()
    };
    let expected = bits(&shaped(file(&by_source), false), STEREO);
    assert_eq!(bits(&shaped(file(&by_ear), true), STEREO), expected);
    assert_ne!(bits(&shaped(file(&by_ear), false), STEREO), expected);
    // Whoever says the order says that it is true stereo, where four channels could be one for each output.
    let (one_each, paths) = (bits(&shaped(file(&by_ear), false), quad), bits(&shaped(file(&by_ear), true), quad));
    assert!(one_each[1].iter().all(|sample| *sample == 0.0) && paths[1].iter().any(|sample| *sample != 0.0));
    // A second one has an order of its own.
    let first = wave(&folder, "first.wav", &[&rr, &rl, &lr, &ll]);
    let both = |source, by_ear| {
        let second = Some(Second { source, how: Combination::Blend(Ratio::from_thousandths(500)) });
        Recipe { by_ear: [false, by_ear], second, ..plain(file(&first)) }
    };
    assert_eq!(bits(&both(file(&by_ear), true), STEREO), bits(&both(file(&by_source), false), STEREO));
    // What says its paths itself has no other order.
    let halves = ["l", "r"].map(|name| wave(&folder, &format!("{name}.wav"), &[&ll, &rr]));
    let pair = Source::Pair { left: halves[0].clone(), right: halves[1].clone() };
    assert_eq!(bits(&shaped(pair.clone(), true), STEREO), bits(&shaped(pair, false), STEREO));
}

#[test]
fn every_space_in_the_box_is_prepared_for_every_rate_and_layout() {
    for built_in in space::built_in() {
        for (sample_rate, inputs, outputs) in [(44_100, 1, 1), (48_000, 1, 2), (48_000, 2, 2), (96_000, 2, 2)] {
            let format = Format { sample_rate, layout: ChannelLayout::of(inputs, outputs).expect("a layout") };
            let Prepared { delivery, summary } = build(&Recipe::space(built_in.id), format).expect(built_in.id);
            let kernel = delivery.kernel();
            assert_eq!((kernel.sample_rate(), kernel.inputs(), kernel.outputs()), (sample_rate, inputs, outputs));
            assert!(!kernel.is_empty() && summary.peak > 0.0 && summary.level_db.is_finite(), "{}", built_in.id);
            assert_eq!(summary.name, built_in.name);
        }
    }
}

#[test]
fn matching_turns_all_paths_by_the_gain_that_the_summary_tells() {
    let folder = Folder::new();
    // The right channel ten times softer: that is the room's own balance, and stays.
    let (left, mut right) = (loud_noise(1, 4000), loud_noise(2, 4000));
    right.iter_mut().for_each(|sample| *sample *= 0.1);
    let path = wave(&folder, "room.wav", &[&left, &right]);
    let mut prepared = build(&Recipe::file(path), STEREO).expect("built");
    let gain = 10f32.powf(prepared.summary.level_db as f32 / 20.0);
    let turned = |channel: &[f32]| channel.iter().map(|sample| sample * gain).collect::<Vec<_>>();
    assert_same(&response(&mut prepared.delivery, 0, 0), &turned(&left), "left");
    assert_same(&response(&mut prepared.delivery, 1, 1), &turned(&right), "right");
    // 4000 samples of noise are much louder than the single one that they are matched to.
    assert!(prepared.summary.level_db < -10.0, "{} dB", prepared.summary.level_db);
}

#[test]
fn the_summary_is_about_the_impulse_that_sounds() {
    let folder = Folder::new();
    let mut left = vec![0.25; 48_000];
    left[24_000] = -0.75;
    let mut right = vec![0.0; 48_000];
    right[0] = 0.5;
    for channel in [&mut left, &mut right] {
        channel.resize(60_000, 0.0); // Exact zeros at the end do not count.
    }
    let path = wave(&folder, "room.wav", &[&left, &right]);
    let Prepared { summary, .. } = build(&Recipe::file(&path), STEREO).expect("built");
    assert_eq!((summary.seconds, summary.channels, summary.sample_rate, summary.peak), (1.0, 2, 48_000, 0.75));
    assert!(summary.waveform.iter().all(|channel| channel.len() == STRETCHES));
    assert_eq!(summary.waveform[0][STRETCHES / 2], (-0.75, 0.25));
    assert_eq!((summary.waveform[0][0], summary.waveform[1][0]), ((0.25, 0.25), (0.0, 0.5)));
    assert_eq!(summary.waveform[1][1], (0.0, 0.0));
    assert_eq!((summary.trimmed, summary.mixing_time, summary.cut), ((0.0, 0.0), None, false));

    let trim = Trim { start: Cut::At(Time::from_seconds(0.25)), end: Cut::At(Time::from_seconds(0.75)) };
    let shape = Shape { trim, reverse: true, ..Shape::default() };
    let format = Format { sample_rate: 96_000, ..STEREO };
    let untrimmed = build(&Recipe::file(&path), format).expect("built");
    let Prepared { summary, delivery } = build(&Recipe { shape, ..Recipe::file(path) }, format).expect("built");
    assert_eq!((summary.seconds, summary.sample_rate, delivery.kernel().len()), (0.5, 48_000, 48_000));
    assert_eq!((summary.trimmed.0, summary.rt60), (0.25, None));
    let whole = untrimmed.summary.seconds; // A little more than a second: the resampler rings.
    assert!((summary.trimmed.1 - (whole - 0.75)).abs() < 1e-9, "{} of {whole}", summary.trimmed.1);
    let dip = summary.waveform[0].iter().position(|stretch| stretch.0 < 0.0).expect("the dip is shown");
    assert!(dip.abs_diff(STRETCHES / 2) <= 1, "reversed about the middle, it stays there: {dip}");
}

/// Times count in samples of the host's rate, whatever the file's is.
#[test]
fn an_impulse_is_shaped_at_the_hosts_rate_and_levelled_as_its_shape_sounds() {
    let folder = Folder::new();
    // Half a second of noise as loud as the room, then the room.
    let taps = [loud_noise(3, 24_000), loud_noise(4, 24_000)].concat();
    let path = wave(&folder, "room.wav", &[&taps]);
    let shape = Shape {
        trim: Trim { start: Cut::At(Time::from_seconds(0.5)), end: Cut::Off },
        fade: Fade { start: Time::from_seconds(0.1), end: Time::ZERO },
        size: Ratio::from_f64(0.8),
        ..Shape::default()
    };
    let mono = Format { sample_rate: 44_100, layout: ChannelLayout::Mono };
    for level in [LevelRule::Match, LevelRule::Cabinet, LevelRule::Off] {
        let recipe = Recipe { level, shape, ..Recipe::file(&path) };
        let mut prepared = build(&recipe, mono).expect("built");
        let at_host = Impulse::new(vec![taps.clone()], 48_000).expect("valid");
        let at_host = resample::impulse(&at_host, 44_100, 0, &Token::never());
        let [at_host] = at_host.expect("rates").into_channels().try_into().expect("mono");
        let room = Impulse::new(vec![at_host[22_050..].to_vec()], 44_100).expect("valid");
        let loudness = |taps: &[f32]| {
            let routes = [Route { input: 0, output: 0, taps: taps.to_vec() }];
            Meter::new(44_100).loudness(&routes, 1, &Token::never()).expect("not cancelled")
        };
        let gain: f64 = match level {
            // Trim and fade are no business of the level; the size is.
            LevelRule::Match => {
                let sized = Shape { size: shape.size, ..Shape::default() };
                let sized = shape::apply(room.clone(), &sized, &Token::never()).expect("shaped").impulse;
                let [recorded, trimmed, shaped] =
                    [&at_host[..], &room.channels()[0], &sized.channels()[0]].map(loudness);
                (trimmed / shaped / recorded).sqrt()
            }
            LevelRule::Cabinet => level::cabinet_gain(&room, &Token::never()).expect("not cancelled"),
            LevelRule::Off => 1.0,
        };
        assert!((prepared.summary.level_db - 20.0 * gain.log10()).abs() < 1e-9, "{level:?}");
        let untrimmed = Shape { trim: Trim::default(), ..shape };
        let shaped = shape::apply(room, &untrimmed, &Token::never()).expect("shaped").impulse;
        let expected: Vec<f32> = shaped.channels()[0].iter().map(|tap| tap * gain as f32).collect();
        assert_same(&response(&mut prepared.delivery, 0, 0), &expected, &format!("{level:?}"));
    }
}

#[test]
fn the_summary_tells_what_became_of_every_band_and_the_mixing_time() {
    let shape = Shape {
        decay: BandRatios { low: Ratio::from_f64(0.5), ..BandRatios::default() },
        late: Level::from_decibels(3.0),
        ..Shape::default()
    };
    let Prepared { summary, .. } = build(&Recipe { shape, ..Recipe::default() }, STEREO).expect("built");
    let [low, middle, high] = summary.decay;
    assert!(
        matches!(low, BandDecay::Scaled { from, to, .. } if (to - 0.5 * from).abs() < 1e-9 && from > 0.5),
        "{low:?}"
    );
    assert_eq!((middle, high), (BandDecay::Unchanged, BandDecay::Unchanged));
    assert!(summary.mixing_time.is_some_and(|seconds| (0.005..0.5).contains(&seconds)), "{:?}", summary.mixing_time);
}

#[test]
fn a_build_ends_at_whatever_question_it_is_told_to() {
    let folder = Folder::new();
    let path = wave(&folder, "room.wav", &[&loud_noise(1, 20_000), &loud_noise(2, 20_000)]);
    let format = Format { sample_rate: 44_100, ..STEREO };
    let shape = Shape {
        trim: Trim { start: Cut::Auto, end: Cut::Auto },
        size: Ratio::from_f64(0.9),
        late: Level::from_decibels(2.0),
        ..Shape::default()
    };
    let shaped = Recipe { shape, level: LevelRule::Cabinet, ..Recipe::file(&path) };
    for recipe in [Recipe::file(path), Recipe::default(), shaped] {
        let mut questions = 0;
        loop {
            let asked = Cell::new(0);
            let end = || {
                asked.set(asked.get() + 1);
                asked.get() > questions
            };
            match prepare::build(&recipe, format, &Token::new(&end)) {
                Err(PrepareError::Cancelled(_)) => assert_eq!(asked.get(), questions + 1, "it went on"),
                Err(error) => panic!("{error}"),
                Ok(_) => break,
            }
            // Each of the first, then ever fewer: a build asks some hundred times.
            questions += 1 + questions / 16;
        }
        // Between any two of read, summary, resample, level, lay out, kernel, convolver, and within.
        assert!(questions >= 50, "asked {questions} times only");
    }
}

#[test]
fn every_error_names_the_file_and_the_reason() {
    let folder = Folder::new();
    let inside = |name: &str| folder.path(name);
    let good = wave(&folder, "good.wav", &[&loud_noise(1, 100), &loud_noise(2, 100)]);
    std::fs::write(inside("letter.wav"), "Dear all, this is no audio.").expect("written");
    assert_eq!(ChannelLayout::of(2, 1), None, "nothing can be prepared for a layout that there is not");
    let file = |name: &str| Source::File { path: inside(name) };
    for (source, format, name, reason) in [
        (file("gone.wav"), STEREO, "gone.wav", "no such file"),
        (Source::Pair { left: good.clone(), right: inside("gone too.wav") }, STEREO, "gone too.wav", "no such file"),
        (file("letter.wav"), STEREO, "letter.wav", "it is text, which is not read"),
        (Source::Space { id: "nowhere".into() }, STEREO, "nowhere", "there is no space"),
    ] {
        let error = build(&plain(source), format).expect_err(name);
        let message = error.to_string();
        assert!(message.contains(name) && message.contains(reason), "{message}");
        if reason == "no such file" {
            assert!(matches!(&error, PrepareError::Missing(path) if *path == inside(name)), "{error:?}");
        }
    }
    // No file that decodes brings these about.
    let origin = || "/a/room.wav".to_owned();
    let rates = ResampleError::Refused { from: 48_000, to: 1, reason: "too far".into() };
    let layout = LayoutError::Unsupported { channels: 3, marking: Marking::Unmarked, layout: ChannelLayout::Stereo };
    let kernel = BuildError::NotFinite { input: 0, output: 1, tap: 7 };
    for (error, reason) in [
        (
            PrepareError::Shape { origin: origin(), source: ShapeError::Resample(rates.clone()) },
            "the size cannot be changed",
        ),
        (PrepareError::Resample { origin: origin(), source: rates }, "too far"),
        (
            PrepareError::Layout { origin: origin(), source: layout },
            "an impulse of 3 channels does not fit Stereo, which takes 1, 2 or 4 channels",
        ),
        (PrepareError::Kernel { origin: origin(), source: kernel }, "tap 7"),
    ] {
        let message = error.to_string();
        assert!(message.starts_with("/a/room.wav: ") && message.contains(reason), "{message}");
    }
}

#[test]
fn silence_is_silent_in_every_layout() {
    for (inputs, outputs) in [(1, 1), (1, 2), (2, 2)] {
        let mut convolver = prepare::silence(Format {
            sample_rate: 48_000,
            layout: ChannelLayout::of(inputs, outputs).expect("a layout"),
        })
        .expect("built");
        assert!(convolver.kernel().is_empty());
        let ins = vec![vec![1.0; 300]; inputs];
        let mut outs = vec![vec![f32::NAN; 300]; outputs];
        let ins: Vec<&[f32]> = ins.iter().map(Vec::as_slice).collect();
        let mut views: Vec<&mut [f32]> = outs.iter_mut().map(Vec::as_mut_slice).collect();
        convolver.process(&ins, &mut views);
        assert!(outs.iter().flatten().all(|sample| *sample == 0.0), "{inputs} to {outputs}");
    }
}

#[test]
fn recordings_of_real_rooms_are_prepared() {
    let Some(data) = transept_support::recordings::recordings() else { return };
    for recording in std::fs::read_dir(data.join("impulses")).expect("readable") {
        let path = recording.expect("readable").path();
        if path.extension().is_none_or(|extension| extension != "wav") {
            continue;
        }
        let Prepared { delivery, summary } = build(&Recipe::file(&path), STEREO).expect("built");
        let seconds = delivery.kernel().len() as f64 / 48_000.0;
        // To a sample of either rate, or a few where the resampler rings.
        assert!((seconds - summary.seconds).abs() < 0.01, "{}: {seconds} s", path.display());
        println!(
            "{}: {:.2} s, {} channels, {} Hz, peak {:.3}, rt60 {:?}, {:+.1} dB",
            summary.name,
            summary.seconds,
            summary.channels,
            summary.sample_rate,
            summary.peak,
            summary.rt60,
            summary.level_db
        );
    }
}

/// The whole way of a change, with the real build.
#[cfg(feature = "worker")]
#[test]
fn the_worker_brings_a_file_to_the_audio_thread_and_a_newer_one_after_it() {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;
    use transept::prepare::worker::{OnFailure, State, Wanted, Worker};

    let folder = Folder::new();
    let first = wave(&folder, "first.wav", &[&loud_noise(1, 500)]);
    let second = wave(&folder, "second.wav", &[&loud_noise(2, 700)]);
    let wanted = Arc::new(Mutex::new(None));
    let asked = wanted.clone();
    let (worker, mut audio) = Worker::spawn(move || asked.lock().expect("no panic").clone());
    let mut sounding = None;
    for (path, generation, len) in [(first, 1, 500), (second, 2, 700)] {
        let recipe = plain(Source::File { path });
        *wanted.lock().expect("no panic") =
            Some(Wanted { recipe, format: STEREO, editions: [0; 2], on_failure: OnFailure::default() });
        assert!(worker.handle().settle(Duration::from_secs(120)), "hung");
        let status = worker.handle().status();
        assert_eq!((&status.state, status.generation), (&State::Ready, generation));
        assert!(audio.return_is_free() && audio.is_waiting());
        let new = audio.take().expect("offered");
        assert_eq!((new.generation(), new.kernel().len()), (generation, len));
        if let Some(old) = sounding.replace(new) {
            audio.give_back(old);
        }
    }
}

#[test]
fn a_minute_is_what_trimming_leaves_and_not_what_the_file_has() {
    let folder = Folder::new();
    let second = 8000;
    let format = Format { sample_rate: 8000, layout: ChannelLayout::Stereo };
    let mut take = vec![1e-4; 90 * second];
    take[0] = 0.5;
    let long = plain(Source::File { path: folder.wave("take.wav", 8000, &[take]) });
    let trimmed = |end: f64| {
        let trim = Trim { end: Cut::At(Time::from_seconds(end)), ..Trim::default() };
        Recipe { shape: Shape { trim, ..Shape::default() }, ..long.clone() }
    };
    for end in [5.0, 60.0] {
        let prepared = build(&trimmed(end), format).expect("short enough");
        assert!((prepared.summary.seconds - end).abs() < 1e-9, "{} s", prepared.summary.seconds);
    }
    let error = build(&long, format).expect_err("90 s are left").to_string();
    assert!(error.contains("take.wav: 90.0 s of it would be used, and an impulse has 60 s at most"), "{error}");
    assert!(error.contains("--trim-end"), "{error}");
    // Silence at the end is none of the impulse.
    let mut silent = vec![0.0; 90 * second];
    silent[0] = 0.5;
    build(&plain(Source::File { path: folder.wave("silent.wav", 8000, &[silent]) }), format).expect("short");
}

#[test]
fn what_is_too_much_at_the_hosts_rate_is_refused_before_it_is_resampled() {
    let folder = Folder::new();
    // 15 s: little as it is, and at 192 times the rate a sample more than there may be.
    let mut channels = vec![vec![0.0; 120_000]; 16];
    channels[15].push(0.5);
    channels[..15].iter_mut().for_each(|channel| channel.push(0.0));
    let path = folder.wave("slow.wav", 8000, &channels);
    let format = Format { sample_rate: 1_536_000, layout: ChannelLayout::of(16, 16).expect("a layout") };
    let error = build(&plain(Source::File { path }), format).expect_err("refused");
    let said = "slow.wav: 16 channels of 15.0 s take 1.5 GB at 1536000 Hz, and at most 1.5 GB of samples are taken; cut \
                the file, leave channels out, or use a lower rate";
    assert!(matches!(error, PrepareError::TooMuchAtRate { channels: 16, .. }), "{error}");
    assert!(error.to_string().ends_with(said), "{error}");
}
