//! Promises of two impulses in one recipe: between both, or one after the other.

use std::path::{Path, PathBuf};
use transept::cancel::Token;
use transept::chain::Format;
use transept::channels::ChannelLayout;
use transept::engine::{Delivery, Engine};
use transept::impulse::layout::routes;
use transept::impulse::recipe::{Combination, LevelRule, Recipe, Second, Source};
use transept::impulse::units::Ratio;
use transept::impulse::{Impulse, level};
use transept::prepare::{self, Order, PrepareError, Prepared, Preparer};
use transept_support::compare::assert_same_bits;
use transept_support::folder::Folder;
use transept_support::signal::{decaying_noise, noise};

const STEREO: Format = Format { sample_rate: 48_000, layout: ChannelLayout::Stereo };

fn file(folder: &Folder, name: &str, taps: &[f32]) -> PathBuf {
    folder.wave(name, 48_000, &[taps.to_vec()])
}

/// A click of a half at a place.
fn click(at: usize) -> Vec<f32> {
    (0..=at).map(|n| if n == at { 0.5 } else { 0.0 }).collect()
}

fn both(first: &Path, second: &Path, how: Combination) -> Recipe {
    let second = Some(Second { source: Source::File { path: second.to_owned() }, how });
    Recipe { level: LevelRule::Off, second, ..Recipe::file(first) }
}

fn between(percent: u16) -> Combination {
    Combination::Morph(Ratio::from_thousandths(10 * percent))
}

fn build(recipe: &Recipe, format: Format) -> Prepared {
    prepare::build(recipe, format, &Token::never()).expect("built")
}

/// What comes out on the left for a single one into the left.
fn response(delivery: &mut Delivery) -> Vec<f32> {
    let (inputs, outputs) = (delivery.kernel().inputs(), delivery.kernel().outputs());
    let silent = vec![0.0; delivery.kernel().len()];
    let mut one = silent.clone();
    one[0] = 1.0;
    let ins: Vec<&[f32]> = (0..inputs).map(|input| if input == 0 { &one[..] } else { &silent[..] }).collect();
    let mut outs = vec![silent.clone(); outputs];
    let mut views: Vec<&mut [f32]> = outs.iter_mut().map(Vec::as_mut_slice).collect();
    delivery.convolver_mut().process(&ins, &mut views);
    outs.swap_remove(0)
}

/// The engine's transforms are of single precision: an error far below 1e-5 of the peak, as `tests/engine` promises.
fn assert_is_click(found: &[f32], place: usize, height: f32, what: &str) {
    for (at, sample) in found.iter().enumerate() {
        let expected = if at == place { height } else { 0.0 };
        assert!((sample - expected).abs() < 1e-5, "{what}: {sample} for {expected} at sample {at}");
    }
    assert!(found.len() > place, "{what}: {} samples", found.len());
}

#[test]
fn a_click_goes_its_way_from_one_place_to_the_other() {
    let folder = Folder::new();
    let (first, second) = (file(&folder, "A.wav", &click(100)), file(&folder, "B.wav", &click(300)));
    for (inputs, outputs) in [(1, 1), (1, 2), (2, 2)] {
        let format = Format { layout: ChannelLayout::of(inputs, outputs).expect("a layout"), ..STEREO };
        for (percent, place) in [(0, 100), (50, 200), (100, 300)] {
            let Prepared { mut delivery, summary } = build(&both(&first, &second, between(percent)), format);
            // Alike to within what the correlation measures in single precision.
            assert_is_click(&response(&mut delivery), place, 0.5, &format!("{percent} % from {inputs} to {outputs}"));
            assert_eq!((summary.name.as_str(), summary.channels), ("A + B", 1));
            assert_eq!(summary.second_level_db, Some(0.0));
        }
    }
}

#[test]
fn at_the_ends_it_is_the_one_impulse_to_the_bit() {
    let folder = Folder::new();
    let stereo = |name: &str, length, seeds: [u64; 2]| {
        folder.wave(name, 48_000, &seeds.map(|seed| decaying_noise(length, seed)))
    };
    let (first, second) = (stereo("A.wav", 9_000, [1, 2]), file(&folder, "B.wav", &decaying_noise(7_000, 3)));
    for layout in ChannelLayout::ALL {
        let format = Format { layout, ..STEREO };
        let alone = |path: &Path| build(&Recipe { level: LevelRule::Off, ..Recipe::file(path) }, format);
        for kind in [Combination::Morph, Combination::Blend] {
            for (position, path) in [(0, &first), (1000, &second)] {
                let how = kind(Ratio::from_thousandths(position));
                let mut found = build(&both(&first, &second, how), format);
                let mut expected = alone(path);
                assert_same_bits(
                    &[response(&mut found.delivery)],
                    &[response(&mut expected.delivery)],
                    &format!("{how:?}, {}", layout.name()),
                );
            }
        }
    }
}

#[test]
fn in_series_a_click_comes_after_both_ways() {
    let folder = Folder::new();
    let (first, second) = (file(&folder, "A.wav", &click(100)), file(&folder, "B.wav", &click(300)));
    for (inputs, outputs) in [(1, 1), (1, 2), (2, 2)] {
        let format = Format { layout: ChannelLayout::of(inputs, outputs).expect("a layout"), ..STEREO };
        let Prepared { mut delivery, summary } = build(&both(&first, &second, Combination::Series), format);
        assert_is_click(&response(&mut delivery), 400, 0.25, &format!("from {inputs} to {outputs}"));
        assert_eq!((summary.seconds * 48_000.0).round(), 401.0);
        assert!((summary.peak - 0.25).abs() < 1e-6, "{}", summary.peak);
    }
}

fn loudness_gain(impulse: &Impulse) -> f64 {
    let routes = routes(impulse, ChannelLayout::Mono, &Token::never()).expect("a layout");
    level::loudness_gain(&routes, ChannelLayout::Mono, impulse.sample_rate(), &Token::never()).expect("not cancelled")
}

#[test]
fn two_matched_rooms_in_series_are_matched_too() {
    let folder = Folder::new();
    let (first, second) = (decaying_noise(9_000, 1), decaying_noise(7_000, 2));
    let (first, second) = (file(&folder, "A.wav", &first), file(&folder, "B.wav", &second));
    let mono = Format { sample_rate: 48_000, layout: ChannelLayout::Mono };
    let gain = |level| {
        let mut prepared = build(&Recipe { level, ..both(&first, &second, Combination::Series) }, mono);
        let taps = response(&mut prepared.delivery);
        20.0 * loudness_gain(&Impulse::new(vec![taps], 48_000).expect("valid")).log10()
    };
    // What is left to do is the engine's rounding.
    assert!(gain(LevelRule::Match).abs() < 1e-3, "{} dB", gain(LevelRule::Match));
    assert!(gain(LevelRule::Off).abs() > 1.0, "{} dB", gain(LevelRule::Off));
}

#[test]
fn a_series_of_stereo_rooms_is_as_loud_as_its_rule_says_on_a_mono_track_too() {
    let folder = Folder::new();
    let stereo = |name: &str, length, seeds: [u64; 2]| {
        folder.wave(name, 48_000, &seeds.map(|seed| decaying_noise(length, seed)))
    };
    let (first, second) = (stereo("A.wav", 9_000, [1, 2]), stereo("B.wav", 7_000, [3, 4]));
    let mono = Format { sample_rate: 48_000, layout: ChannelLayout::Mono };
    let recipe = Recipe { level: LevelRule::Match, ..both(&first, &second, Combination::Series) };
    let Prepared { mut delivery, summary } = build(&recipe, mono);
    let gain = loudness_gain(&Impulse::new(vec![response(&mut delivery)], 48_000).expect("valid"));
    assert!((20.0 * gain.log10()).abs() < 1e-3, "{gain}");
    assert_eq!(summary.channels, 1);
}

/// Backwards the direct sounds are at the ends, and it is those that meet.
#[test]
fn impulses_played_backwards_meet_in_their_direct_sounds() {
    let folder = Folder::new();
    let taps = |decade: f32, length: usize| {
        let decay = |n: usize| if n < 99 { 0.0 } else { 0.5 * 0.1_f32.powf((n - 99) as f32 / decade) };
        (0..length).map(decay).collect::<Vec<_>>()
    };
    // Backwards the direct sounds are at 900 and 1900.
    let (first, second) = (file(&folder, "A.wav", &taps(200.0, 1000)), file(&folder, "B.wav", &taps(1600.0, 2000)));
    let shape = transept::impulse::shape::Shape { reverse: true, ..Default::default() };
    let recipe = Recipe { shape, ..both(&first, &second, between(50)) };
    let Prepared { mut delivery, .. } = build(&recipe, Format { sample_rate: 48_000, layout: ChannelLayout::Mono });
    let found = response(&mut delivery);
    let (place, peak) = found.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).expect("a direct sound");
    // Two direct sounds of 0.5 in one place, each with a half of its level or more; apart they would be two of at most
    // 0.36.
    assert!(place.abs_diff(1400) <= 1 && *peak > 0.45, "{peak} at {place}");
    let step = found.windows(2).take(1300).map(|pair| (pair[1] - pair[0]).abs()).fold(found[0].abs(), f32::max);
    assert!(step < 0.01, "what is cut begins with a step of {step}");
}

#[test]
fn a_morph_towards_a_longer_room_stays_the_same_room_from_its_end_on() {
    let folder = Folder::new();
    let (first, second) =
        (file(&folder, "A.wav", &decaying_noise(5_000, 1)), file(&folder, "B.wav", &decaying_noise(20_000, 2)));
    let mut preparer = Preparer::default();
    let mut build = |percent, generation| {
        let order =
            Order { recipe: &both(&first, &second, between(percent)), format: STEREO, editions: [0; 2], generation };
        preparer.build(&order, &prepare::decoded, &Token::never()).expect("built").delivery
    };
    let (end, further) = (build(0, 1), build(50, 2));
    assert!(further.kernel().len() > 3 * end.kernel().len());
    // What was heard before the change sounds on in the longer room: as if that had been there from the beginning.
    let input = noise(24_000, 3);
    let mut reference =
        *prepare::build(&both(&first, &second, between(50)), STEREO, &Token::never()).expect("built").delivery;
    let mut expected = [vec![0.0; input.len()], vec![0.0; input.len()]];
    reference.convolver_mut().process(&[&input, &input], &mut expected.each_mut().map(Vec::as_mut_slice));
    let mut engine = Engine::new(2, 2, STEREO.sample_rate);
    let mut found = [vec![0.0; input.len()], vec![0.0; input.len()]];
    for (range, incoming) in [(0..9_600, end), (9_600..input.len(), further)] {
        let mut slices = found.each_mut().map(|channel| &mut channel[range.clone()]);
        engine.process(&[&input[range.clone()], &input[range.clone()]], &mut slices, Some(incoming));
    }
    // 100 ms after it, when the catching up and the fade of 25 ms are over.
    let after = 9_600 + 4_800;
    let peak = expected[0].iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    for (found, expected) in found[0][after..].iter().zip(&expected[0][after..]) {
        assert!((found - expected).abs() < 1e-5 * peak, "{found} for {expected}");
    }
}

#[test]
fn a_position_that_is_moved_is_the_same_room_and_costs_no_decoding() {
    let folder = Folder::new();
    let (first, second) = (decaying_noise(9_000, 1), decaying_noise(7_000, 2));
    let (first, second) = (file(&folder, "A.wav", &first), file(&folder, "B.wav", &second));
    let decoded = std::cell::Cell::new(0);
    let find = |source: &Source, cancel: &Token| {
        decoded.set(decoded.get() + 1);
        prepare::decoded(source, cancel)
    };
    let mut preparer = Preparer::default();
    let mut made = Vec::new();
    for (generation, how) in (1..).zip([between(20), between(70), Combination::Series]) {
        let order = Order { recipe: &both(&first, &second, how), format: STEREO, editions: [0; 2], generation };
        made.push(preparer.build(&order, &find, &Token::never()).expect("built").delivery);
    }
    assert!(made[1].relation(&made[0]).is_reshaped, "moved");
    assert!(!made[2].relation(&made[1]).is_reshaped, "another room");
    assert_eq!(decoded.get(), 2);
    // As if it had been asked for at once.
    let mut anew = build(&both(&first, &second, between(70)), STEREO);
    let (found, expected) = (response(&mut made[1]), response(&mut anew.delivery));
    assert!(found.iter().zip(&expected).all(|(found, expected)| (found - expected).abs() < 1e-5));
}

#[test]
fn an_error_names_the_file_that_failed() {
    let folder = Folder::new();
    let here = file(&folder, "A.wav", &click(100));
    let gone = folder.path("gone.wav");
    for recipe in [both(&here, &gone, Combination::Series), both(&gone, &here, between(50))] {
        match prepare::build(&recipe, STEREO, &Token::never()) {
            Err(PrepareError::Missing(path)) => assert_eq!(path, gone),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_build_of_two_ends_at_whatever_question_it_is_told_to() {
    let folder = Folder::new();
    let (first, second) = (decaying_noise(3_000, 1), decaying_noise(2_000, 2));
    let (first, second) = (file(&folder, "A.wav", &first), file(&folder, "B.wav", &second));
    for how in [between(50), Combination::Series] {
        let recipe = Recipe { level: LevelRule::Match, ..both(&first, &second, how) };
        let asked = std::cell::Cell::new(0);
        let until = |most: usize| {
            let question = || asked.replace(asked.get() + 1) >= most;
            prepare::build(&recipe, STEREO, &Token::new(&question))
        };
        assert!(until(usize::MAX).is_ok());
        let all = asked.get();
        for most in 0..all {
            asked.set(0);
            assert!(matches!(until(most), Err(PrepareError::Cancelled(_))), "{how:?}: question {most} of {all}");
        }
    }
}
