//! Impulses requested faster than they can be built.
use super::unwrapped::{Session, Unwrapped};
use crate::promises::state::{FOR_EVER, comes_to_sound, stereo};
use crate::promises::{Instance, WET, clicks, expected, room, session, wet};
use std::time::Instant;
use transept::chain::Format;
use transept::prepare::worker::State;
use transept_support::signal::noise;

pub fn the_newest_wins<I: Instance>() {
    let rooms = [room(4, 3.0, 71), room(2, 2.0, 72), room(1, 4.0, 73)];
    let newest = room(2, 0.1, 74);
    let mut instance = I::new();
    instance.activate(48_000, 512, false);
    for round in 0..100 {
        assert!(instance.load(&session(&rooms[round % 3].recipe, WET)));
        let out = instance.process(&[noise(64, 75), noise(64, 76)], &[]);
        assert!(out.iter().flatten().all(|sample| sample.is_finite()), "round {round}");
    }
    assert!(instance.load(&session(&newest.recipe, WET)));
    let expected = expected(&newest.recipe, stereo(), &wet(), &clicks(2, 10_000));
    assert!(comes_to_sound(&mut instance, &expected));
}

/// A block during which an impulse is being built before and after did not wait for it. At four times the rate of its
/// file, it takes some ten thousand times as long as a block.
#[test]
fn the_audio_never_waits() {
    let rooms = [room(4, 3.0, 77), room(4, 2.0, 78)];
    let mut instance = Unwrapped::open(&Session::new());
    instance.activate(Format { sample_rate: 176_400, ..stereo() });
    let mut during = 0;
    for round in 0..20 {
        let asked = Instant::now();
        instance.choose(rooms[round % 2].recipe.clone());
        let status = || instance.plugin.worker().status();
        while status().state != State::Loading {
            assert!(asked.elapsed() < FOR_EVER, "nothing is loaded");
            std::thread::yield_now();
        }
        let before = status();
        instance.process(&mut [noise(64, 79), noise(64, 80)]);
        let after = instance.plugin.worker().status();
        let is_loading = [&before, &after].map(|status| status.state == State::Loading);
        during += usize::from(is_loading == [true; 2] && before.generation == after.generation);
    }
    assert!(during > 0, "every block waited");
}
