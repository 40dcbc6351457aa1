//! Promises about sound.
use super::*;
use transept::channels::ChannelLayout;
use transept::settings::{Section, Settings, TABLE, find};
use transept_support::compare::largest_difference;
use transept_support::signal::{Seeded, noise};

const LAYOUTS: [(usize, usize); 3] = [(2, 2), (1, 1), (1, 2)];
/// Layouts of more than two channels: quad, 5.1, 7.1, harmonics, plain channels, and from one or two to more.
const LARGER: [(usize, usize); 9] = [(4, 4), (6, 6), (8, 8), (9, 9), (16, 16), (3, 3), (1, 6), (2, 6), (1, 16)];

/// An instance that plays a room and nothing else.
pub fn playing<I: Instance>(room: &Room, layout: (usize, usize), rate: u32) -> I {
    let mut instance = I::new();
    assert!(instance.load(&session(&room.recipe, WET)));
    assert!(instance.arrange(layout.0, layout.1));
    instance.activate(rate, 512, true);
    instance
}

pub fn format(layout: (usize, usize), sample_rate: u32) -> Format {
    Format { sample_rate, layout: ChannelLayout::of(layout.0, layout.1).expect("a layout") }
}

pub fn impulse_in_impulse_response_out_exactly_in_every_layout_and_from_every_kind_of_file<I: Instance>() {
    for channels in [1, 2, 4] {
        let room = room(channels, 0.1, 3 + channels as u64);
        for layout in LAYOUTS.into_iter().chain(LARGER) {
            let input = clicks(layout.0, 6000);
            let out = playing::<I>(&room, layout, 44_100).play(&input, 512);
            let expected = expected(&room.recipe, format(layout, 44_100), &wet(), &input);
            let of = format(layout, 44_100).layout;
            let sounds =
                |(output, channel): (usize, &Vec<f32>)| channel.iter().any(|s| s.abs() > 0.01) || !of.is_judged(output);
            assert!(expected.iter().enumerate().all(sounds));
            assert_eq!(out, expected, "{channels} channels in {layout:?}");
        }
    }
}

/// A text for each control that shapes impulses, in groups of which each is heard.
const MOVED: &[&[(&str, &str)]] = &[
    &[("clean_tail", "on")],
    &[("trim_start", "12.5 ms"), ("trim_end", "0.3 s"), ("size", "130 %")],
    &[("late", "+4.5 dB"), ("attack", "20"), ("decay", "1.5 s")],
    &[("decay_low", "150 %"), ("decay_middle", "80"), ("decay_high", "50 %")],
    &[("low_crossover", "300 Hz"), ("high_crossover", "3 kHz")],
    &[("decay_all", "120 %")],
    &[("fade_in", "3.5 ms"), ("fade_out", "50 ms"), ("reverse", "on")],
    &[("trim_start_auto", "on"), ("trim_end_auto", "on")],
    &[("loudness", "cabinet"), ("keep_offset", "on")],
    &[("invert", "on")],
];

/// An impulse that comes to its noise after a quarter of a second.
fn noisy_room() -> Room {
    let folder = Folder::new();
    let channel = |seed| {
        let (decay, floor) = (decaying_noise(13_000, seed), noise(26_000, seed + 10));
        let decay = decay.into_iter().chain(std::iter::repeat(0.0));
        decay.zip(floor).map(|(decay, floor)| decay + 0.1 * 0.003 * floor).collect::<Vec<_>>()
    };
    let path = folder.wave("noisy.wav", 44_100, &[channel(29), channel(30)]);
    Room { _folder: folder, recipe: Recipe::file(&path), path }
}

/// What is typed in a host is what the library builds for the same texts; and it comes back from a session.
pub fn what_is_shaped_in_a_host_is_what_the_library_builds<I: Instance>() {
    let is_moved = |id| MOVED.iter().copied().flatten().any(|(moved, _)| *moved == id);
    let shaping = |section| matches!(section, Section::Shape | Section::Decay);
    assert!(TABLE.iter().filter(|setting| shaping(setting.section)).all(|setting| is_moved(setting.id)));
    let room = noisy_room();
    let mut settings = Settings::default();
    let mut instance = playing::<I>(&room, (2, 2), 48_000);
    let input = clicks(2, 40_000);
    let mut before = instance.play(&input, 512);
    for group in MOVED {
        for (id, text) in *group {
            let value = find(id).and_then(|setting| setting.read(text)).expect("a value");
            assert!(settings.set(id, value));
            let value = instance.read(id, text).expect("a value");
            instance.process(&[vec![], vec![]], &[(id, 0, value)]);
        }
        instance.deactivate();
        instance.activate(48_000, 512, true);
        let recipe = settings.recipe(room.recipe.source.clone(), None);
        let out = instance.play(&input, 512);
        assert!(out == expected(&recipe, format((2, 2), 48_000), &wet(), &input), "up to {group:?}");
        assert!(out != before, "{group:?} is not heard");
        before = out;
    }
    let mut other = I::new();
    assert!(other.load(&instance.save()));
    other.activate(48_000, 512, true);
    assert!(other.play(&input, 512) == before, "another room came back");
}

pub fn any_block_size_at_any_rate_gives_the_same_bits_as_the_chain<I: Instance>() {
    let room = room(2, 0.1, 11);
    for rate in [22_050, 44_100, 48_000, 96_000, 192_000] {
        let input = vec![noise(9000, 1), noise(9000, 2)];
        let expected = expected(&room.recipe, format((2, 2), rate), &wet(), &input);
        for block in [1, 3, 17, 64, 96, 441, 512] {
            let out = playing::<I>(&room, (2, 2), rate).play(&input, block);
            assert!(out == expected, "{rate} Hz, blocks of {block}: off by {}", largest_difference(&out, &expected));
        }
    }
}

pub fn a_rate_and_a_layout_may_change_between_activations<I: Instance>() {
    let room = room(2, 0.1, 12);
    let mut instance = I::new();
    assert!(instance.load(&session(&room.recipe, WET)));
    for (layout, rate) in [((1, 2), 96_000), ((2, 2), 44_100), ((2, 2), 44_100), ((1, 1), 44_100), ((2, 2), 48_000)] {
        assert!(instance.arrange(layout.0, layout.1));
        instance.activate(rate, 64, true);
        let input = clicks(layout.0, 12_000);
        let expected = expected(&room.recipe, format(layout, rate), &wet(), &input);
        assert_eq!(instance.play(&input, 333), expected, "{layout:?} at {rate} Hz");
        instance.deactivate();
    }
}

/// The room before the last is still ringing out when the host activates again, live: nothing waits after that. A room
/// of 0.1 s is prepared in a hundredth of the half second that the activation waits for it.
pub fn an_activation_while_a_room_rings_out_begins_with_the_newest<I: Instance>() {
    let [long, left, newest] = [(4.0, 31), (0.5, 32), (0.1, 33)].map(|(seconds, seed)| room(2, seconds, seed));
    let mut instance = playing::<I>(&long, (2, 2), 44_100);
    instance.play(&[noise(20_000, 1), noise(20_000, 2)], 512);
    assert!(instance.load(&session(&left.recipe, WET)));
    instance.play(&[noise(20_000, 3), noise(20_000, 4)], 512);
    assert!(instance.load(&session(&newest.recipe, WET)));
    instance.deactivate();
    instance.activate(44_100, 512, false);
    let input = clicks(2, 6_000);
    assert_eq!(instance.play(&input, 512), expected(&newest.recipe, format((2, 2), 44_100), &wet(), &input));
}

/// The first sample of a fresh instance already has the room, live as well: an activation waits for it.
pub fn a_fresh_instance_reverberates_without_any_file<I: Instance>() {
    let mut instance = I::new();
    instance.activate(48_000, 512, true);
    let input = clicks(2, 48_000);
    let out = instance.play(&input, 512);
    let format = format((2, 2), 48_000);
    assert_eq!(out, expected(&Recipe::default(), format, &Controls::default(), &input));
    let late: f32 = out[0][24_000..].iter().map(|s| s * s).sum();
    assert!(late > 1e-9, "half a second later a hall still sounds: {late}");
}

pub fn automation_is_exact_to_the_sample<I: Instance>() {
    let room = room(2, 0.05, 13);
    let mut instance = playing::<I>(&room, (2, 2), 48_000);
    let input = vec![noise(1000, 7), noise(1000, 8)];
    let wet_at = |instance: &mut I, text| instance.read("wet", text).expect("a level");
    let (quiet, loud) = (wet_at(&mut instance, "-20 dB"), wet_at(&mut instance, "+6 dB"));
    let bypass = [("wet", 100, quiet), ("bypass", 633, 1.0), ("wet", 633, loud), ("bypass", 900, 0.0)];
    let out = instance.process(&input, &bypass);

    let mut chain = sounding(&room.recipe, format((2, 2), 48_000), &wet());
    let mut controls = wet();
    let mut same = input.clone();
    let gain = |db: f64| 10f64.powf(db / 20.0) as f32;
    for (range, level, bypassed) in
        [(0..100, 0.0, false), (100..633, -20.0, false), (633..900, 6.0, true), (900..1000, 6.0, false)]
    {
        controls.wet = gain(level);
        controls.bypass = bypassed;
        let mut slices: Vec<&mut [f32]> = same.iter_mut().map(|channel| &mut channel[range.clone()]).collect();
        chain.process(&mut slices, &controls, None);
    }
    assert!(out == same, "off by {}", largest_difference(&out, &same));
}

/// A level that goes up and down with each block, and all else with it: latency is 0 at any moment (D7).
pub fn latency_is_nothing_and_stays_so_while_everything_moves<I: Instance>() {
    let rooms = [room(1, 0.05, 14), room(4, 0.2, 15)];
    let mut seeded = Seeded(16);
    let mut instance = I::new();
    assert_eq!(instance.latency(), 0);
    for round in 0..6 {
        let layout = LAYOUTS[round % 3];
        assert!(instance.arrange(layout.0, layout.1));
        instance.activate([44_100, 96_000][round % 2], 256, round % 2 == 0);
        for _ in 0..20 {
            let input = vec![noise(64 + seeded.below(400), 17); layout.0];
            let changes: Vec<Change> = TABLE
                .iter()
                .map(|setting| (setting.id, seeded.below(64), seeded.below(1001) as f64 / 1000.0))
                .collect();
            instance.process(&input, &changes);
            assert_eq!(instance.latency(), 0);
        }
        assert!(instance.load(&session(&rooms[round % 2].recipe, &[("predelay", 300.0)])));
        assert_eq!(instance.latency(), 0);
        instance.deactivate();
    }
}

pub fn the_tail_is_pre_delay_and_impulse<I: Instance>() {
    let room = room(2, 0.5, 18);
    let mut instance = I::new();
    assert!(instance.load(&session(&room.recipe, &[("predelay", 100.0)])));
    instance.activate(44_100, 512, true);
    instance.process(&clicks(2, 512), &[]);
    let controls = Controls { predelay: 0.1, ..Controls::default() };
    let tail = sounding(&room.recipe, format((2, 2), 44_100), &controls).tail(&controls);
    assert_eq!(instance.tail() as usize, tail);
    assert!((4410 + 22_000..4410 + 22_100).contains(&tail), "{tail}");
}

pub fn parameters_arrive_without_audio<I: Instance>() {
    let mut instance = I::new();
    instance.activate(44_100, 512, false);
    instance.process(&[vec![], vec![]], &[("wet", 0, 0.25), ("bypass", 0, 1.0)]);
    assert!((instance.value("wet") - 0.25).abs() < 0.01, "steps of 0.1 dB");
    assert_eq!(instance.value("bypass"), 1.0);
}
