//! What the whole effect promises: one chain for plugin, renderer and tests.

use assert_no_alloc::assert_no_alloc;
use std::sync::Arc;
use transept::chain::{Chain, Controls, Format, Meters, Reading, Shelving};
use transept::channels::ChannelLayout;
use transept::convolution::oracle;
use transept::engine::{Convolver, Delivery, Kernel, Relation};
use transept_support::signal::{BLOCKS, Seeded, cut, decaying_noise, noise};

const STEREO: Format = Format { sample_rate: 48_000, layout: ChannelLayout::Stereo };
const MONO: Format = Format { sample_rate: 48_000, layout: ChannelLayout::Mono };
const WET: Controls = Controls {
    dry: 0.0,
    wet: 1.0,
    output: 1.0,
    predelay: 0.0,
    low_cut: None,
    high_cut: None,
    low_shelf: Shelving { gain: 0.0, corner: 100.0 },
    high_shelf: Shelving { gain: 0.0, corner: 8_000.0 },
    width: 1.0,
    bypass: false,
};

/// A delivery of the same taps on every side.
fn delivery(format: Format, taps: &[f32], generation: u64) -> Box<Delivery> {
    let builder = Kernel::builder(format.inputs(), format.outputs(), format.sample_rate);
    let paths = 0..format.outputs();
    let builder = paths.fold(builder, |builder, o| builder.path(o.min(format.inputs() - 1), o, taps));
    Box::new(Delivery::new(Convolver::new(Arc::new(builder.build().unwrap())), generation))
}

/// A chain, and one block through it under the allocation guard.
struct Player {
    chain: Chain,
    controls: Controls,
}

impl Player {
    fn new(format: Format, controls: Controls) -> Self {
        Self { chain: Chain::new(format, Arc::new(Meters::default())), controls }
    }

    fn with(format: Format, controls: Controls, taps: &[f32]) -> Self {
        let mut player = Self::new(format, controls);
        assert!(player.give(delivery(format, taps, 1)).is_none());
        player
    }

    /// Hands a convolver over in a block of no frames.
    fn give(&mut self, incoming: Box<Delivery>) -> Option<Box<Delivery>> {
        let Self { chain, controls } = self;
        let outputs = chain.format().outputs();
        assert_no_alloc(|| chain.process(&mut [&mut [][..], &mut []][..outputs], controls, Some(incoming)))
    }

    fn play(&mut self, io: &mut [Vec<f32>], now: std::ops::Range<usize>) -> Option<Box<Delivery>> {
        let mut slices: Vec<&mut [f32]> = io.iter_mut().map(|channel| &mut channel[now.clone()]).collect();
        let Self { chain, controls } = self;
        assert_no_alloc(|| chain.process(&mut slices, controls, None))
    }

    fn play_all(&mut self, mut io: Vec<Vec<f32>>, block: usize) -> Vec<Vec<f32>> {
        for now in cut(io[0].len(), block, 3) {
            assert!(self.play(&mut io, now).is_none());
        }
        io
    }
}

fn largest(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |largest, x| largest.max(x.abs()))
}

fn largest_step(samples: &[f32]) -> f32 {
    samples.windows(2).fold(0.0, |largest, pair| largest.max((pair[1] - pair[0]).abs()))
}

fn sine(len: usize, hertz: f64) -> Vec<f32> {
    (0..len).map(|i| (std::f64::consts::TAU * hertz * i as f64 / 48_000.0).sin() as f32).collect()
}

#[test]
fn everything_at_once_has_the_same_bits_whatever_the_block_sizes() {
    let controls = Controls {
        dry: 0.5,
        wet: 0.7,
        output: 1.3,
        predelay: 0.0123,
        low_cut: Some(150.0),
        high_cut: Some(6_000.0),
        low_shelf: Shelving { gain: -4.0, corner: 120.0 },
        high_shelf: Shelving { gain: 5.0, corner: 3_000.0 },
        width: 1.6,
        bypass: false,
    };
    for format in [STEREO, MONO, Format { layout: ChannelLayout::MonoToStereo, ..STEREO }] {
        let signal: Vec<_> = (0..format.outputs()).map(|seed| noise(20_000, seed as u64)).collect();
        let taps = decaying_noise(9_000, 5);
        let whole = Player::with(format, controls, &taps).play_all(signal.clone(), 20_000);
        for block in BLOCKS {
            let cut = Player::with(format, controls, &taps).play_all(signal.clone(), block);
            for (a, b) in whole.iter().zip(&cut) {
                assert!(a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits()), "{format:?}, blocks of {block}");
            }
        }
    }
}

#[test]
fn dry_and_wet_are_aligned_and_the_predelay_is_exact() {
    let signal = noise(5_000, 1);
    let both = Controls { dry: 1.0, ..WET };
    let got = Player::with(MONO, both, &[1.0]).play_all(vec![signal.clone()], 100).remove(0);
    assert!(got.iter().zip(&signal).all(|(y, x)| *y == 2.0 * x), "dry and a unit impulse are twice the signal");

    let late = Controls { predelay: 0.01, ..WET };
    let got = Player::with(MONO, late, &[1.0]).play_all(vec![signal.clone()], 100).remove(0);
    assert!(got[..480].iter().all(|y| *y == 0.0));
    assert_eq!(got[480..], signal[..5_000 - 480]);
}

#[test]
fn a_mono_input_goes_to_both_sides() {
    let format = Format { layout: ChannelLayout::MonoToStereo, ..STEREO };
    let dry_only = Controls { dry: 1.0, wet: 0.0, ..WET };
    let signal = noise(1_000, 1);
    let got = Player::with(format, dry_only, &[1.0]).play_all(vec![signal.clone(), vec![9.0; 1_000]], 64);
    assert_eq!(got, [signal.clone(), signal]);
}

#[test]
fn without_a_kernel_the_dry_signal_passes() {
    let signal = noise(1_000, 1);
    let got = Player::new(MONO, Controls { dry: 1.0, ..WET }).play_all(vec![signal.clone()], 64).remove(0);
    assert_eq!(got, signal);
}

#[test]
fn width_is_none_at_0_and_twice_the_difference_at_2() {
    let signal = vec![noise(2_000, 1), noise(2_000, 2)];
    let mono = Player::with(STEREO, Controls { width: 0.0, ..WET }, &[1.0]).play_all(signal.clone(), 64);
    assert_eq!(mono[0], mono[1]);
    let wide = Player::with(STEREO, Controls { width: 2.0, ..WET }, &[1.0]).play_all(signal.clone(), 64);
    for i in 0..2_000 {
        let (was, is) = (signal[0][i] - signal[1][i], wide[0][i] - wide[1][i]);
        assert!((is - 2.0 * was).abs() < 1e-6);
    }
}

#[test]
fn bypass_is_the_input_to_the_bit_and_comes_without_a_click() {
    let signal = sine(48_000, 200.0);
    let mut player = Player::with(MONO, Controls { output: 0.1, ..WET }, &decaying_noise(5_000, 1));
    let mut io = vec![signal.clone()];
    for (i, now) in cut(48_000, 64, 0).into_iter().enumerate() {
        player.controls.bypass = (200..500).contains(&i);
        player.play(&mut io, now);
    }
    let is_bypassed = 200 * 64 + 960..500 * 64;
    assert_eq!(io[0][is_bypassed.clone()], signal[is_bypassed]);
    // The steepest of a full-scale sine of 200 Hz, and a fade over at most 2 in 960 samples.
    let allowed = std::f32::consts::TAU * 200.0 / 48_000.0 + 2.0 / 960.0;
    assert!(largest_step(&io[0]) <= allowed, "{} > {allowed}", largest_step(&io[0]));
}

#[test]
fn no_control_clicks() {
    let signal = sine(96_000, 200.0);
    let steepest = std::f32::consts::TAU * 200.0 / 48_000.0;
    let mut seeded = Seeded(4);
    let mut player = Player::with(MONO, Controls { dry: 1.0, ..WET }, &[1.0]);
    let mut io = vec![signal];
    for now in cut(96_000, 64, 0) {
        if seeded.below(5) == 0 {
            player.controls = Controls {
                dry: seeded.below(2) as f32,
                wet: seeded.below(2) as f32,
                output: 0.5 + seeded.below(2) as f32 * 0.5,
                predelay: seeded.below(3) as f32 * 0.1,
                bypass: seeded.below(2) == 1,
                ..WET
            };
        }
        player.play(&mut io, now);
    }
    // At most the slope of the dry sine and √2 times that of the delayed one, whose taps are faded at equal power, and
    // four fades (dry, wet, delay, output and bypass within 2) of as much in 960, that of the delay π/2 times as steep.
    let most = 1.0 + std::f32::consts::SQRT_2;
    let allowed = most * steepest + (3.0 + std::f32::consts::FRAC_PI_2) * most / 960.0;
    assert!(largest_step(&io[0]) <= allowed, "{} > {allowed}", largest_step(&io[0]));
}

#[test]
fn one_sample_that_is_not_finite_harms_nothing() {
    let controls = Controls { dry: 1.0, low_cut: Some(100.0), high_cut: Some(5_000.0), width: 1.5, ..WET };
    for bad in [f32::NAN, f32::INFINITY, f32::MAX] {
        let mut signal = vec![noise(5_000, 1), noise(5_000, 2)];
        let mut silenced = signal.clone();
        (signal[0][1_000], silenced[0][1_000]) = (bad, 0.0);
        let got = Player::with(STEREO, controls, &decaying_noise(2_000, 1)).play_all(signal, 64);
        let expected = Player::with(STEREO, controls, &decaying_noise(2_000, 1)).play_all(silenced, 64);
        assert_eq!(got, expected);
        assert!(got.iter().flatten().all(|y| y.is_finite()));
    }
}

#[test]
fn denormals_do_not_come_out_even_in_bypass() {
    for bypass in [false, true] {
        let controls = Controls { dry: 1.0, low_cut: Some(100.0), high_cut: Some(900.0), bypass, ..WET };
        let mut signal: Vec<f32> = (0..4_000u32).map(|i| f32::from_bits(i * 2_000)).collect();
        signal.extend(sine(4_000, 100.0));
        signal.resize(96_000, 0.0);
        let got = Player::with(MONO, controls, &decaying_noise(2_000, 1)).play_all(vec![signal], 64).remove(0);
        assert_eq!(got.iter().filter(|y| y.is_subnormal()).count(), 0);
        assert_eq!(got.last(), Some(&0.0));
    }
}

#[test]
fn the_tail_is_predelay_and_impulse_and_then_silence() {
    let controls = Controls { predelay: 0.1, ..WET };
    let mut player = Player::with(MONO, controls, &decaying_noise(10_000, 1));
    let tail = player.chain.tail(&controls);
    assert_eq!(tail, 4_800 + 10_000 - 1);
    let mut signal = noise(1_000, 1);
    signal.resize(20_000, 0.0);
    let got = player.play_all(vec![signal], 64).remove(0);
    assert!(got[1_000 + tail..].iter().all(|y| y.abs() < 1e-6), "what is left is rounding");
    assert!(largest(&got[tail - 2_000..tail]) > 1e-6, "and it was not shorter");
}

/// Another room, whose sound is as like that of the one before as it can be: so the gains of a fade sum to 1.
fn alike(format: Format, taps: &[f32], generation: u64) -> Box<Delivery> {
    let relation = Relation { correlation: 1.0, is_reshaped: false };
    Box::new(delivery(format, taps, generation).with_relation(generation - 1, relation))
}

/// Plays a signal and hands over the next convolver at each of the given frames; what comes home is counted.
fn play_with_swaps(player: &mut Player, signal: &[f32], swaps: &[(usize, &[f32])]) -> (Vec<f32>, Vec<u64>) {
    let mut io = vec![signal.to_vec()];
    let mut home = Vec::new();
    let mut generation = 1;
    for now in cut(signal.len(), 64, 0) {
        if let Some((_, taps)) = swaps.iter().find(|(at, _)| now.contains(at)) {
            generation += 1;
            home.extend(player.give(alike(MONO, taps, generation)));
        }
        home.extend(player.play(&mut io, now));
    }
    (io.remove(0), home.iter().map(|delivery| delivery.generation()).collect())
}

#[test]
fn a_kernel_swapped_for_itself_is_inaudible() {
    let (taps, signal) = (decaying_noise(20_000, 1), noise(96_000, 2));
    let plain = Player::with(MONO, WET, &taps).play_all(vec![signal.clone()], 64).remove(0);
    let (got, home) = play_with_swaps(&mut Player::with(MONO, WET, &taps), &signal, &[(30_000, &taps)]);
    assert_eq!(home, [1]);
    let plain: Vec<f64> = plain.iter().map(|y| f64::from(*y)).collect();
    let error = transept_support::compare::error_db(&got, &plain);
    assert!(error <= -120.0, "{error:.1} dB");
}

#[test]
fn a_swap_sounds_as_two_rooms_of_which_one_is_left_and_one_is_entered() {
    let (old, new, signal) = (decaying_noise(20_000, 1), decaying_noise(12_345, 2), noise(96_000, 3));
    let (got, home) = play_with_swaps(&mut Player::with(MONO, WET, &old), &signal, &[(30_000, &new)]);
    assert_eq!(home, [1]);
    // The raised cosine of 50 ms on the input, from the block that holds frame 30 000.
    let gain = |i: usize| {
        let x = ((i as f64 - 29_952.0 + 0.5) / 2_400.0).clamp(0.0, 1.0);
        0.5 - 0.5 * (std::f64::consts::PI * x).cos()
    };
    let entered: Vec<f32> = signal.iter().enumerate().map(|(i, x)| (f64::from(*x) * gain(i)) as f32).collect();
    let left: Vec<f32> = signal.iter().zip(&entered).map(|(x, e)| x - e).collect();
    let (a, b) = (oracle(&left, &old, signal.len()), oracle(&entered, &new, signal.len()));
    let expected: Vec<f64> = a.iter().zip(b).map(|(a, b)| a + b).collect();
    let error = transept_support::compare::error_db(&got, &expected);
    assert!(error <= -120.0, "{error:.1} dB: no hole in the tail, no step, nothing else");
}

#[test]
fn a_swap_makes_no_step_on_a_sine() {
    let signal = sine(96_000, 1_000.0);
    let (one, other) = (vec![1.0f32], vec![0.0, 0.0, 0.0, -1.0f32]);
    let (got, _) = play_with_swaps(&mut Player::with(MONO, WET, &one), &signal, &[(30_000, &other)]);
    // The sine's own slope, and a fade between two full-scale signals by π/2 in 2 400 samples.
    let allowed = std::f32::consts::TAU * 1_000.0 / 48_000.0 + 2.0 * std::f32::consts::FRAC_PI_2 / 2_400.0;
    assert!(largest_step(&got) <= allowed, "{} > {allowed}", largest_step(&got));
}

#[test]
fn the_first_kernel_while_sound_passes_fades_in() {
    let signal = vec![1.0f32; 48_000];
    let (got, home) = play_with_swaps(&mut Player::new(MONO, WET), &signal, &[(10_000, &[1.0])]);
    assert_eq!(home, [0u64; 0]);
    assert_eq!((got[9_000], got[47_999]), (0.0, 1.0));
    assert!(largest_step(&got) < 2.0 / 2_400.0, "{}", largest_step(&got));
}

#[test]
fn a_ringing_room_fades_when_another_one_waits() {
    let silent = vec![0.0f32; 64];
    let ringing = || {
        let mut player = Player::with(MONO, WET, &decaying_noise(200_000, 1));
        let mut io = vec![noise(48_000, 2)];
        player.play(&mut io, 0..19_968);
        assert!(player.chain.is_settled());
        assert!(player.give(alike(MONO, &silent, 2)).is_none());
        assert!(!player.chain.is_settled());
        player.play(&mut io, 19_968..30_016);
        (player, io)
    };
    let (mut player, mut io) = ringing();
    assert!(!player.chain.is_settled(), "four seconds of tail are ringing out");
    let tail = player.chain.tail(&WET);
    assert!((180_000..200_000).contains(&tail), "and the host is told of it: {tail}");
    assert!(player.give(alike(MONO, &silent, 3)).is_none(), "it waits");
    assert_eq!(player.give(alike(MONO, &silent, 4)).map(|c| c.generation()), Some(3), "and gives way to a newer one");
    let home: Vec<_> = cut(1_600, 64, 0)
        .into_iter()
        .filter_map(|now| player.play(&mut io, 30_016 + now.start..30_016 + now.end))
        .map(|delivery| delivery.generation())
        .collect();
    assert_eq!(home, [1], "gone within 20 ms and a quantum");
    // What would have rung on, under half a raised cosine of 20 ms, and then the silent room alone.
    let (mut other, mut plain) = ringing();
    other.play(&mut plain, 30_016..31_616);
    for (i, (faded, plain)) in io[0][30_016..31_616].iter().zip(&plain[0][30_016..31_616]).enumerate() {
        let x = ((i as f64 + 0.5) / 960.0).min(1.0);
        let gone = (std::f64::consts::FRAC_PI_2 * x).sin().powi(2);
        let expected = plain * (1.0 - gone) as f32;
        // The gain is divided by a number that is 1 but for its rounding.
        assert!((faded - expected).abs() <= 2.0 * f32::EPSILON * plain.abs(), "frame {i}: {faded}, not {expected}");
    }
}

#[test]
fn one_call_gives_all_that_can_go_in_one_box() {
    let mut player = Player::with(MONO, WET, &decaying_noise(5_000, 1));
    let mut io = vec![noise(40_000, 2)];
    player.play(&mut io, 0..10_000);
    assert!(player.give(delivery(MONO, &[0.5], 2)).is_none());
    // One block in which the old tail ends, handed a convolver that is too old.
    let mut block = &mut io[0][10_000..30_000];
    let older = delivery(MONO, &[0.25], 1);
    let Player { chain, controls } = &mut player;
    let home = assert_no_alloc(|| chain.process(std::slice::from_mut(&mut block), controls, Some(older)));
    let told = format!("{home:?}");
    assert_eq!(told.matches("generation: 1").count(), 2, "the one that was refused and the one that has rung out");
    assert!(player.play(&mut io, 30_000..30_001).is_none(), "and nothing in the next call");
}

#[test]
fn what_was_made_for_another_rate_or_layout_or_is_older_goes_home_unheard() {
    let mut player = Player::with(STEREO, WET, &[1.0]);
    let other_rate = Format { sample_rate: 44_100, ..STEREO };
    for (format, generation) in
        [(other_rate, 7), (Format { layout: ChannelLayout::MonoToStereo, ..STEREO }, 8), (MONO, 9), (STEREO, 0)]
    {
        let back = player.give(delivery(format, &[0.5], generation));
        assert_eq!(back.map(|delivery| delivery.generation()), Some(generation));
    }
    let signal = vec![noise(500, 1), noise(500, 2)];
    assert_eq!(player.play_all(signal.clone(), 64), signal, "and the old room goes on sounding");
}

#[test]
fn reset_in_a_fade_ends_at_the_newest_kernel_and_frees_nothing() {
    for frames_after_handover in [0, 10, 3_000, 30_000] {
        let mut player = Player::with(MONO, WET, &decaying_noise(100_000, 1));
        let mut io = vec![noise(80_000, 2)];
        player.play(&mut io, 0..40_000);
        assert!(player.give(delivery(MONO, &[0.5], 2)).is_none());
        player.play(&mut io, 40_000..40_000 + frames_after_handover);
        assert_no_alloc(|| player.chain.reset());
        let signal = noise(1_000, 3);
        let mut after = vec![signal.clone()];
        let home = player.play(&mut after, 0..1_000);
        assert_eq!(home.map(|delivery| delivery.generation()), Some(1));
        assert!(after[0].iter().zip(&signal).all(|(y, x)| *y == 0.5 * x), "after {frames_after_handover}");
        assert!(player.chain.is_settled());
    }
}

#[test]
fn a_storm_of_swaps_gives_every_kernel_home_once_and_stays_finite() {
    let mut seeded = Seeded(8);
    let mut player = Player::new(STEREO, WET);
    let mut io = vec![noise(400_000, 1), noise(400_000, 2)];
    let (mut given, mut home) = (Vec::new(), Vec::new());
    for now in cut(400_000, 0, 9) {
        if player.chain.is_settled() || seeded.below(10) == 0 {
            given.push(given.len() as u64 + 1);
            let taps = decaying_noise(1 + seeded.below(30_000), seeded.0);
            home.extend(player.give(delivery(STEREO, &taps, given.len() as u64)));
        }
        home.extend(player.play(&mut io, now));
    }
    let all = home.iter().map(|home| format!("{home:?}").matches("generation:").count()).sum::<usize>();
    assert!(given.len() > 20, "{} swaps", given.len());
    assert!((given.len() - 3..given.len()).contains(&all), "{all} of {}", given.len());
    assert!(io.iter().flatten().all(|y| y.is_finite()));
}

#[test]
fn meters_hold_the_peaks_while_somebody_looks() {
    let meters = Arc::new(Meters::default());
    let mut chain = Chain::new(MONO, meters.clone());
    let controls = Controls { dry: 0.5, ..WET };
    let mut play = |block: &mut [f32]| assert_no_alloc(|| drop(chain.process(&mut [block], &controls, None)));
    play(&mut [0.5, -0.75]);
    assert_eq!((meters.take_input()[0], meters.take_output()[0]), (Reading::default(), Reading::default()));
    meters.watch(true);
    play(&mut [0.5, -0.75]);
    play(&mut [0.25]);
    assert_eq!((meters.take_input()[0].peak, meters.take_output()[0].peak), (0.75, 0.375));
    assert_eq!(meters.take_input()[0].peak, 0.0);
}
