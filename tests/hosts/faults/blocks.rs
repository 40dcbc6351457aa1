//! Blocks larger than announced or empty, and what changes while an impulse is loaded.
use crate::promises::audio::{format, playing};
use crate::promises::state::stereo;
use crate::promises::{Instance, ROUNDING, WET, clicks, expected, room, session, wet};
use transept_support::compare::error_db_of_channels;
use transept_support::signal::noise;

/// By sixteen times.
pub fn a_block_larger_than_announced_works<I: Instance>() {
    let room = room(2, 0.1, 11);
    let input = vec![noise(20_000, 1), noise(20_000, 2)];
    // An announcement of 512.
    let out = playing::<I>(&room, (2, 2), 44_100).play(&input, 8192);
    assert_eq!(out, expected(&room.recipe, format((2, 2), 44_100), &wet(), &input));
}

pub fn no_frames_are_fine<I: Instance>() {
    let room = room(2, 0.05, 19);
    let mut instance = playing::<I>(&room, (2, 2), 44_100);
    let input = clicks(2, 3000);
    let mut out = instance.process(&[vec![], vec![]], &[]);
    for (start, end) in [(0, 1000), (1000, 3000)] {
        let piece: Vec<Vec<f32>> = input.iter().map(|channel| channel[start..end].to_vec()).collect();
        instance.process(&[vec![], vec![]], &[]);
        out.iter_mut().zip(instance.process(&piece, &[])).for_each(|(all, piece)| all.extend(piece));
    }
    assert_eq!(out, expected(&room.recipe, format((2, 2), 44_100), &wet(), &input));
}

/// Each time in the midst of a load, which the host does not wait for.
pub fn the_rate_and_the_layout_may_change_while_loading<I: Instance>() {
    let (short, long) = (room(2, 0.1, 12), room(4, 3.0, 13));
    let mut instance = playing::<I>(&short, (2, 2), 44_100);
    instance.deactivate();
    let mut inputs = 2;
    for (layout, rate) in [((1, 2), 96_000), ((2, 2), 44_100), ((1, 1), 44_100), ((1, 1), 88_200), ((2, 2), 48_000)] {
        instance.activate(44_100, 64, false);
        assert!(instance.load(&session(&long.recipe, WET)));
        instance.process(&clicks(inputs, 64), &[]);
        instance.deactivate();
        assert!(instance.arrange(layout.0, layout.1));
        inputs = layout.0;
        instance.activate(rate, 64, true);
        let input = clicks(layout.0, 4000);
        let expected = expected(&long.recipe, format(layout, rate), &wet(), &input);
        assert_eq!(instance.play(&input, 333), expected, "{layout:?} at {rate} Hz");
        instance.deactivate();
        assert!(instance.load(&session(&short.recipe, WET)));
    }
}

/// At the rate in between, the room takes longer than a live activation waits, on most machines.
pub fn an_activation_that_gave_up_does_not_leave_the_next_without_its_room<I: Instance>() {
    let room = room(4, 24.0, 28);
    let mut instance = playing::<I>(&room, (2, 2), 44_100);
    instance.deactivate();
    instance.activate(192_000, 64, false);
    instance.deactivate();
    instance.activate(44_100, 64, true);
    let input = clicks(2, 3000);
    assert_eq!(instance.play(&input, 512), expected(&room.recipe, format((2, 2), 44_100), &wet(), &input));
}

/// H6. Each instance goes at another moment of its load, some before they ever played.
pub fn an_instance_may_go_at_any_moment_of_a_load_while_another_plays_on<I: Instance>() {
    let (own, busy) = (room(2, 0.05, 36), room(4, 2.0, 37));
    let mut stays = I::new();
    assert!(stays.load(&session(&own.recipe, WET)));
    stays.activate(48_000, 512, true);
    let expected = expected(&own.recipe, stereo(), &wet(), &clicks(2, 5000));
    for round in 0..12 {
        let mut goes = I::new();
        assert!(goes.load(&session(&busy.recipe, WET)));
        if round % 3 > 0 {
            goes.activate(44_100 + round, 64, false);
            goes.play(&clicks(2, 64 * round as usize), 64);
        }
        if round % 3 > 1 {
            goes.load(&session(&own.recipe, &[]));
        }
        drop(goes);
        stays.play(&vec![vec![0.0; 9600]; 2], 480);
        let out = stays.play(&clicks(2, 5000), 480);
        assert!(
            error_db_of_channels(&out, &expected) <= ROUNDING,
            "round {round}: off by {} dB",
            error_db_of_channels(&out, &expected)
        );
    }
}
