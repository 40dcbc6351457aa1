//! About what is heard while it plays.

use super::{MONO, Player, RATE, STEREO, plain, recipe, wet};
use std::f32::consts::{FRAC_PI_2, SQRT_2, TAU};
use transept::cancel::Token;
use transept::chain::Controls;
use transept::impulse::recipe::{Recipe, Source};
use transept::prepare::{self, Order, Preparer};
use transept_support::folder::Folder;
use transept_support::signal::{BLOCKS, decaying_noise, noise};

fn sine(length: usize, hertz: f32) -> Vec<f32> {
    (0..length).map(|i| (f64::from(TAU * hertz) * i as f64 / f64::from(RATE)).sin() as f32).collect()
}

/// 7. Clicks or crashes on change; an equal-power fade of correlated signals bulges 3 dB.
#[test]
fn clicks_on_change_and_a_fade_that_bulges() {
    let signal = sine(40_000, 1000.0);
    let (before, after) = signal.split_at(20_000);
    let changed = |to: f32| {
        let folder = Folder::new();
        let mut preparer = Preparer::default();
        let mut build = |recipe: &Recipe, generation| {
            let order = Order { recipe, format: MONO, editions: [0; 2], generation };
            preparer.build(&order, &prepare::decoded, &Token::never()).expect("built").delivery
        };
        let mut player = Player::of(build(&recipe(&folder, &[vec![1.0]]), 1), MONO, wet());
        let mut heard = player.play(&[before.to_vec()], 0).remove(0);
        player.give(build(&plain(Source::File { path: folder.wave("other.wav", RATE, &[vec![to]]) }), 2));
        heard.extend(player.play(&[after.to_vec()], 0).remove(0));
        heard
    };
    // To the same again, but for its name. Both gains, both parts and their sum are rounded, each by at most half of
    // f32's epsilon, and the correlation is measured in f32.
    for (heard, sample) in changed(1.0).iter().zip(&signal) {
        assert!((heard - sample).abs() <= 4.0 * f32::EPSILON * sample.abs(), "{heard} for {sample}");
    }
    // To its opposite: no step is larger than the sine's own, and the steepest of gains whose squares sum to 1 over
    // 2400 samples from 1 to -1, √2 times that of a raised cosine; each of the two samples is rounded as before.
    let allowed = TAU * 1000.0 / RATE as f32 + 2.0 * SQRT_2 * FRAC_PI_2 / 2400.0 + 8.0 * f32::EPSILON;
    let heard = changed(-1.0);
    assert_eq!(heard[39_999], -signal[39_999]);
    for pair in heard.windows(2) {
        assert!((pair[1] - pair[0]).abs() <= allowed, "a step of {}", pair[1] - pair[0]);
    }
}

/// 9. Block sizes that are not a power of two switch the effect off.
#[test]
fn block_sizes_that_are_not_a_power_of_two() {
    let folder = Folder::new();
    let recipe = super::recipe(&folder, &[decaying_noise(9000, 1), decaying_noise(9000, 2)]);
    let signal = [noise(12_000, 3), noise(12_000, 4)];
    let controls = Controls { low_cut: Some(100.0), predelay: 0.01, ..Controls::default() };
    let play = |block| Player::new(&recipe, STEREO, controls).play(&signal, block);
    let expected = play(512);
    assert!(expected != signal, "the effect is on");
    for block in BLOCKS {
        let is_same = |(a, b): (&Vec<f32>, &Vec<f32>)| a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits());
        assert!(play(block).iter().zip(&expected).all(is_same), "blocks of {block}");
    }
}

/// 10. CPU jumps in silence from denormals.
#[test]
fn denormals_in_silence() {
    let folder = Folder::new();
    let controls = Controls { low_cut: Some(30.0), high_cut: Some(8000.0), ..wet() };
    let mut player = Player::new(&recipe(&folder, &[decaying_noise(48_000, 1)]), MONO, controls);
    let mut signal = noise(1000, 2);
    signal.resize(4 * RATE as usize, 0.0);
    let heard = player.play(&[signal], 480).remove(0);
    assert!(heard.iter().all(|sample| !sample.is_subnormal()));
    assert!(heard[3 * RATE as usize..].iter().all(|sample| *sample == 0.0), "and in the end there is nothing");
    let tiny = vec![f32::MIN_POSITIVE / 2.0; RATE as usize];
    assert!(player.play(&[tiny], 480)[0].iter().all(|sample| *sample == 0.0));
}

/// 14. Bypass or dry not aligned.
#[test]
fn bypass_or_dry_not_aligned() {
    let folder = Folder::new();
    let recipe = super::recipe(&folder, &[vec![1.0]]);
    let signal = noise(5000, 1);
    for block in [1, 100, 512] {
        let play = |controls| Player::new(&recipe, MONO, controls).play(std::slice::from_ref(&signal), block).remove(0);
        let both = play(Controls { dry: 1.0, ..wet() });
        assert!(both.iter().zip(&signal).all(|(both, sample)| *both == 2.0 * sample), "dry and wet are one");
        assert!(play(Controls { bypass: true, ..wet() }) == signal, "bypassed it is the input");
    }
}
