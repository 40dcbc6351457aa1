//! A room that is to end: it rings out, and nothing comes after it until the next one.

use std::sync::Arc;
use transept::engine::{Convolver, Delivery, Engine, Kernel, Relation, quantum};
use transept_support::compare::assert_same_bits;
use transept_support::signal::{decaying_noise, noise};

const RATE: u32 = 48_000;
/// Length of the impulse; longer than the fade of the input.
const TAPS: usize = 9_000;
/// When the room is to end: within a quantum.
const END: usize = 64 * 100 + 17;
/// When the next one comes: after all has rung out.
const NEXT: usize = 64 * 400;

fn delivery(taps: &[f32], generation: u64) -> Delivery {
    let kernel = Kernel::builder(1, 1, RATE).path(0, 0, taps).build().expect("a kernel");
    Delivery::new(Convolver::new(Arc::new(kernel)), generation)
}

fn engine() -> Engine {
    let mut engine = Engine::new(1, 1, RATE);
    engine.offer(Box::new(delivery(&decaying_noise(TAPS, 1), 1)));
    engine
}

/// Plays the input from frame to frame, in blocks that fit no quantum.
fn play(engine: &mut Engine, input: &[f32]) -> Vec<f32> {
    let mut output = vec![0.0; input.len()];
    for (input, output) in input.chunks(333).zip(output.chunks_mut(333)) {
        engine.convolve(&[input], &mut [output]);
    }
    output
}

/// As if the room went over into one that has no sound.
#[test]
fn what_is_silenced_rings_out_and_the_next_one_fades_in() {
    let input = noise(NEXT + 20_000, 2);
    let (mut silenced, mut emptied) = (engine(), engine());
    let mut found = play(&mut silenced, &input[..END]);
    let mut expected = play(&mut emptied, &input[..END]);
    silenced.silence();
    let alike = Relation { correlation: 1.0, is_reshaped: false };
    emptied.offer(Box::new(delivery(&[], 2).with_relation(1, alike)));
    assert!(silenced.current().is_none() && !silenced.is_settled());
    found.extend(play(&mut silenced, &input[END..NEXT]));
    expected.extend(play(&mut emptied, &input[END..NEXT]));
    assert_same_bits(&[found.clone()], &[expected], "the end");
    let fade = (0.05 * f64::from(RATE)) as usize;
    let over = (END + quantum(RATE) + fade + TAPS).next_multiple_of(quantum(RATE));
    assert!(found[over..].iter().all(|sample| *sample == 0.0), "silence after it has rung out");
    assert!(found[over - TAPS..over - TAPS / 2].iter().any(|sample| *sample != 0.0), "but it rings");
    drop(silenced.take_retired().expect("given back"));
    assert!(silenced.is_settled());

    // The next one hears what comes from now on, faded in.
    let next = decaying_noise(2_000, 3);
    silenced.offer(Box::new(delivery(&next, 3)));
    let found = play(&mut silenced, &input[NEXT..]);
    let mut from_nothing = Engine::new(1, 1, RATE);
    play(&mut from_nothing, &input[..NEXT]);
    from_nothing.offer(Box::new(delivery(&next, 3)));
    assert_same_bits(&[found], &[play(&mut from_nothing, &input[NEXT..])], "the next");
}

#[test]
fn before_any_input_there_is_silence_at_once() {
    let mut engine = engine();
    play(&mut engine, &[]);
    engine.silence();
    assert!(play(&mut engine, &noise(5_000, 4)).iter().all(|sample| *sample == 0.0));
    assert!(engine.take_retired().is_some() && engine.is_settled());
}

#[test]
fn a_reset_ends_what_was_to_ring_out() {
    let mut engine = engine();
    play(&mut engine, &noise(5_000, 4));
    engine.silence();
    engine.reset();
    assert!(play(&mut engine, &noise(5_000, 4)).iter().all(|sample| *sample == 0.0));
    assert!(engine.take_retired().is_some() && engine.is_settled());
}

#[test]
fn one_that_comes_before_the_end_has_begun_takes_its_place() {
    let input = noise(20_000, 5);
    let [found, expected] = [true, false].map(|is_silenced| {
        let mut engine = engine();
        let mut output = play(&mut engine, &input[..END]);
        if is_silenced {
            engine.silence();
        }
        engine.offer(Box::new(delivery(&decaying_noise(3_000, 6), 2)));
        output.extend(play(&mut engine, &input[END..]));
        output
    });
    assert_same_bits(&[found], &[expected], "a change to another room");
}
