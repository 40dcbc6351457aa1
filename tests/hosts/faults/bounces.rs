//! An offline bounce.
use crate::promises::automation::{RATE, played, rendered};
use crate::promises::state::stereo;
use crate::promises::{Instance, ROUNDING, WET, clicks, expected, room, session, wet};
use transept_support::compare::{assert_same_bits, error_db_of_channels};
use transept_support::signal::noise;

/// Whatever was there before, and however long it takes to build what is to sound.
pub fn the_first_sample_has_the_right_room_and_every_run_the_same_bytes<I: Instance>() {
    let (old, new) = (room(2, 0.05, 26), room(4, 3.0, 28));
    let input = vec![noise(20_000, 29), noise(20_000, 30)];
    let expected = expected(&new.recipe, stereo(), &wet(), &input);
    assert!(expected[0][0] != 0.0 && expected[1][0] != 0.0);
    let mut instance = I::new();
    for run in 0..3 {
        assert!(instance.load(&session(&old.recipe, WET)));
        instance.activate(48_000, 512, false);
        instance.play(&input, 512);
        assert!(instance.load(&session(&new.recipe, WET)));
        instance.deactivate();
        instance.activate(48_000, 512, true);
        assert_same_bits(&instance.play(&input, 500), &expected, &format!("run {run}"));
        instance.deactivate();
    }
    let mut fresh = I::new();
    assert!(fresh.load(&session(&new.recipe, WET)));
    fresh.activate(48_000, 64, true);
    assert_same_bits(&fresh.play(&input, 64), &expected, "a fresh instance");
}

/// H5: offline, a block waits for what is wanted when it begins. The room is long and at another rate, so that building
/// it takes much longer than the blocks do.
pub fn a_room_that_is_loaded_while_it_bounces_is_waited_for<I: Instance>() {
    let (old, new) = (room(2, 0.05, 26), room(2, 3.0, 27));
    let mut instance = I::new();
    assert!(instance.load(&session(&old.recipe, WET)));
    instance.activate(48_000, 512, true);
    assert!(instance.load(&session(&new.recipe, WET)));
    // 0.2 s, far less than it takes to build, and more than the fade from one room to the other.
    instance.play(&vec![vec![0.0; 9600]; 2], 480);
    let input = clicks(2, 48_000);
    let out = instance.play(&input, 480);
    let expected = expected(&new.recipe, stereo(), &wet(), &input);
    // The engine is not at the start of a partition now.
    assert!(error_db_of_channels(&out, &expected) <= ROUNDING, "off by {} dB", error_db_of_channels(&out, &expected));
}

/// A bounce after a session in which knobs were turned: nothing of that is heard.
pub fn what_was_played_before_does_not_matter<I: Instance>() {
    let room = room(2, 0.3, 54);
    let input = vec![noise(20_000, 55), noise(20_000, 56)];
    let moves = [(4_000, "decay_middle", "150 %"), (9_000, "size", "120 %")];
    let expected = rendered(&room, &input, &moves);
    let mut instance = I::new();
    assert!(instance.load(&session(&room.recipe, WET)));
    instance.activate(RATE, 512, false);
    for text in ["25 %", "400 %", "100 %"] {
        let value = instance.read("decay_middle", text).expect("a value");
        instance.process(&[vec![0.0; 64], vec![0.0; 64]], &[("decay_middle", 0, value)]);
        instance.play(&input, 512);
    }
    instance.deactivate();
    instance.activate(RATE, 512, true);
    let found = played(&mut instance, &input, &moves, 500);
    assert_same_bits(&found, &expected, "after a live session");
}
