//! What is said of impulses, and what is done about it on the way to the engine.

use std::path::Path;
use transept::cancel::Token;
use transept::chain::Format;
use transept::channels::ChannelLayout;
use transept::impulse::findings::Finding;
use transept::impulse::recipe::{Combination, LevelRule, Recipe, Second, Source};
use transept::impulse::shape::Shape;
use transept::impulse::units::{Level, Ratio};
use transept::prepare::{self, Order, Prepared, Preparer, Summary};
use transept::space;
use transept_support::folder::Folder;
use transept_support::recordings::recordings;
use transept_support::signal::{decaying_noise, noise};

const STEREO: Format = Format { sample_rate: 48_000, layout: ChannelLayout::Stereo };

fn prepared(recipe: &Recipe, format: Format) -> Prepared {
    prepare::build(recipe, format, &Token::never()).expect("built")
}

fn summary(recipe: &Recipe) -> Summary {
    prepared(recipe, STEREO).summary
}

fn plain(path: &Path) -> Recipe {
    Recipe { level: LevelRule::Off, ..Recipe::file(path) }
}

/// A room of 2 s that dies away by 60 dB.
fn room(seed: u64) -> Vec<f32> {
    let decay = |n: usize| 10_f32.powf(-3.0 * n as f32 / 96_000.0);
    noise(96_000, seed).into_iter().enumerate().map(|(n, sample)| sample * decay(n)).collect()
}

/// What comes out on the left for a single one into the left.
fn response(prepared: &mut Prepared) -> Vec<f32> {
    let convolver = prepared.delivery.convolver_mut();
    let silent = vec![0.0; convolver.kernel().len()];
    let mut one = silent.clone();
    one[0] = 1.0;
    let mut outs = [silent.clone(), silent.clone()];
    let mut views: Vec<&mut [f32]> = outs.iter_mut().map(Vec::as_mut_slice).collect();
    convolver.process(&[&one, &silent], &mut views);
    let [left, _] = outs;
    left
}

#[test]
fn of_the_spaces_in_the_box_and_of_real_rooms_nothing_is_said() {
    for built_in in space::built_in() {
        assert_eq!(summary(&Recipe::space(built_in.id)).findings, [], "{}", built_in.id);
    }
    let Some(folder) = recordings() else { return };
    for file in std::fs::read_dir(folder.join("impulses")).expect("readable") {
        let path = file.expect("readable").path();
        assert_eq!(summary(&Recipe::file(&path)).findings, [], "{}", path.display());
    }
}

#[test]
fn a_room_made_larger_says_where_its_own_highs_cannot_fill_its_top() {
    let larger = |source: Recipe| {
        let shape = Shape { size: Ratio::from_f64(2.0), ..Shape::default() };
        summary(&Recipe { shape, level: LevelRule::Off, ..source }).findings
    };
    for built_in in space::built_in() {
        assert_eq!(larger(Recipe::space(built_in.id)), [], "{}", built_in.id);
    }
    let Some(folder) = recordings() else { return };
    let of = |name: &str| larger(Recipe::file(folder.join("impulses").join(name)));
    assert_eq!(of("seminar-room-clap.wav"), []);
    // Its highs lie in its noise from the direct sound on.
    let found = of("museum-basement-clap.wav");
    assert!(matches!(found[..], [Finding::DullTop { above, is_in_noise: true }] if above > 11_000.0), "{found:?}");
}

#[test]
fn a_constant_offset_is_taken_out_of_a_room_at_every_rate_unless_it_is_to_stay() {
    let folder = Folder::new();
    let (clean, by) = (room(1), 0.01);
    let peak = f64::from(clean.iter().fold(0.0_f32, |peak, tap| peak.max(tap.abs())));
    let biased: Vec<f32> = clean.iter().map(|tap| tap + by).collect();
    let [clean, biased] =
        [("clean.wav", clean), ("biased.wav", biased)].map(|(name, taps)| plain(&folder.wave(name, 48_000, &[taps])));
    for sample_rate in [48_000, 44_100] {
        let format = Format { sample_rate, ..STEREO };
        let (mut right, mut found) = (prepared(&clean, format), prepared(&biased, format));
        assert!(right.summary.findings.is_empty(), "{:?}", right.summary.findings);
        let [Finding::ConstantOffset { share, is_kept: false }] = found.summary.findings[..] else {
            panic!("{:?}", found.summary.findings)
        };
        // The mean of 20 000 samples of noise as strong as the offset is known to a hundredth of it; and the peak has
        // the offset, a fiftieth of it, in it.
        assert!((share * peak - f64::from(by)).abs() < 0.04 * f64::from(by), "{share}");
        for (right, found) in response(&mut right).iter().zip(response(&mut found)) {
            // Twice that, and the engine's rounding.
            assert!((right - found).abs() < 0.02 * by + 1e-5, "{right}, {found} at {sample_rate}");
        }
    }
    let kept = Recipe { keep_offset: true, ..biased };
    let mut found = prepared(&kept, STEREO);
    assert!(matches!(found.summary.findings[..], [Finding::ConstantOffset { is_kept: true, .. }]));
    let stored = room(1);
    assert!(response(&mut found).iter().zip(stored).all(|(found, tap)| (found - (tap + by)).abs() < 1e-5));
}

#[test]
fn whether_an_offset_stays_can_be_changed_at_any_time() {
    let folder = Folder::new();
    let biased = plain(&folder.wave("biased.wav", 48_000, &[room(2).iter().map(|tap| tap + 0.01).collect()]));
    let mut preparer = Preparer::default();
    let last = [false, true, false].into_iter().zip(1..).map(|(keep_offset, generation)| {
        let recipe = Recipe { keep_offset, ..biased.clone() };
        let order = Order { recipe: &recipe, format: STEREO, editions: [0; 2], generation };
        let built = preparer.build(&order, &prepare::decoded, &Token::never()).expect("built");
        let mut prepared = built.measured(&Token::never()).expect("not cancelled");
        assert!(
            matches!(prepared.summary.findings[..], [Finding::ConstantOffset { is_kept, .. }] if is_kept == keep_offset)
        );
        *response(&mut prepared).last().expect("taps")
    });
    let last: Vec<f32> = last.collect();
    assert!(last[0].abs() < 0.002 && (last[1] - 0.01).abs() < 0.002 && last[0] == last[2], "{last:?}");
}

#[test]
fn an_inverted_impulse_is_the_same_but_for_its_sign() {
    let folder = Folder::new();
    let recipe = Recipe::file(folder.wave("room.wav", 48_000, &[decaying_noise(5000, 1), decaying_noise(5000, 2)]));
    let inverted = Recipe { inverted: [true, false], ..recipe.clone() };
    let (mut plain, mut turned) = (prepared(&recipe, STEREO), prepared(&inverted, STEREO));
    let (plain_out, turned_out) = (response(&mut plain), response(&mut turned));
    assert!(plain_out.iter().zip(turned_out).all(|(plain, turned)| *plain == -turned));
    assert_eq!(plain.summary.level_db, turned.summary.level_db);
    let (low, high) = plain.summary.waveform[0][0];
    assert_eq!(turned.summary.waveform[0][0], (-high, -low), "the picture shows it");
}

#[test]
fn a_mixing_time_that_is_assumed_is_said_where_it_counts() {
    let folder = Folder::new();
    // An echo every 5 ms, which falls by 60 dB in 2 s.
    let echo = |n: usize| if n.is_multiple_of(240) { 10_f32.powf(-3.0 * n as f32 / 96_000.0) } else { 0.0 };
    let path = folder.wave("echoes.wav", 48_000, &[(0..144_000).map(echo).collect()]);
    let balanced = |decibels| {
        let shape = Shape { late: Level::from_decibels(decibels), ..Shape::default() };
        summary(&Recipe { shape, ..plain(&path) })
    };
    assert_eq!(balanced(0.0).findings, []);
    let found = balanced(6.0);
    let [Finding::AssumedMixingTime { seconds }] = found.findings[..] else { panic!("{:?}", found.findings) };
    // 8 % of a time that is right to 5 %.
    assert!((seconds - 0.16).abs() < 0.008 && found.mixing_time == Some(seconds), "{seconds} s");
}

#[test]
fn two_impulses_of_opposite_polarity_are_named_and_one_can_be_turned_over() {
    let folder = Folder::new();
    let front = decaying_noise(1500, 3);
    let back = front.iter().map(|tap| -tap).collect();
    let [front, back] =
        [("front.wav", front), ("back.wav", back)].map(|(name, taps)| folder.wave(name, 48_000, &[taps]));
    let blend = |inverted, position| {
        let how = Combination::Morph(Ratio::from_thousandths(position));
        let second = Some(Second { source: Source::File { path: back.clone() }, how });
        prepared(&Recipe { second, inverted, ..plain(&front) }, STEREO)
    };
    let energy = |prepared: &mut Prepared| response(prepared).iter().map(|tap| f64::from(*tap).powi(2)).sum::<f64>();
    let mut alone = blend([false; 2], 0);
    assert_eq!(alone.summary.findings, [], "nothing cancels where only one sounds");
    let mut cancelled = blend([false; 2], 500);
    assert_eq!(cancelled.summary.findings, [Finding::OppositePolarity]);
    assert!(energy(&mut cancelled) < 1e-6 * energy(&mut alone));
    for inverted in [[false, true], [true, false]] {
        let mut turned = blend(inverted, 500);
        assert_eq!(turned.summary.findings, []);
        let kept = energy(&mut turned) / energy(&mut alone);
        assert!((kept - 1.0).abs() < 1e-3, "{kept}");
    }
}
