use super::super::tests::{RATE, bits, everything, room};
use super::super::{Cut, Envelope, Fade, Time, apply};
use super::*;
use crate::impulse::random::Random;
use std::cell::Cell;

/// One of so many.
fn one_of(random: &mut Random, count: usize) -> usize {
    ((0.5 * random.uniform() + 0.5) * count as f64) as usize
}

/// Turns one knob of a shape.
fn turn(shape: &mut Shape, random: &mut Random) {
    let seconds = |time: f64| Time::from_seconds(time);
    let knob = one_of(random, 15);
    let place = one_of(random, 4);
    let ratio = [0.6, 1.0, 1.3, 2.0].map(Ratio::from_f64)[place];
    let time = [0.0, 0.03, 0.4, 2.0].map(seconds)[place];
    match knob {
        0 => shape.trim.start = [Cut::Off, Cut::Auto, Cut::At(seconds(0.01)), Cut::At(seconds(0.03))][place],
        1 => shape.trim.end = [Cut::Off, Cut::Auto, Cut::At(seconds(0.7)), Cut::At(seconds(0.8))][place],
        2 => shape.size = [0.8, 1.0, 1.0, 1.25].map(Ratio::from_f64)[place],
        3 => shape.decay = BandRatios::default(),
        4 | 5 => shape.decay.low = ratio,
        6 | 7 => shape.decay.middle = ratio,
        8 => shape.decay.high = ratio,
        9 => shape.decay.low_crossover = [250, 300, 400, 1000][place],
        10 => shape.late = Level::from_decibels([0.0, 0.0, -6.0, 3.0][place]),
        11 => shape.reverse = !shape.reverse,
        13 => shape.clean = !shape.clean,
        12 => shape.envelope = Envelope { attack: time, decay: (place > 1).then_some(time) },
        _ => shape.fade = Fade { start: time, end: time },
    }
}

fn assert_same(found: &Shaped, expected: &Shaped, what: &str) {
    assert_eq!(bits(&found.impulse), bits(&expected.impulse), "{what}");
    assert_eq!(found, expected, "{what}");
}

#[test]
fn whatever_is_turned_it_is_what_is_made_from_scratch() {
    let mut random = Random::new(3);
    let mut silent = room(2).into_channels();
    silent[0].fill(0.0);
    silent[1][30_000..].fill(0.0);
    let impulses = [room(2), room(1), Impulse::new(silent, RATE).expect("valid"), room(4)].map(Arc::new);
    let (mut shaper, mut shape) = (Shaper::default(), Shape::default());
    let mut lengthened = 0;
    for turned in 0..160 {
        // Another impulse now and then.
        let impulse = &impulses[turned / 20 % impulses.len()];
        turn(&mut shape, &mut random);
        let expected = apply((**impulse).clone(), &shape, &Token::never()).expect("not cancelled");
        let found = shaper.apply(impulse, &shape, &Token::never()).expect("not cancelled");
        assert_same(&found, &expected, &format!("{turned}: {shape:?}"));
        lengthened += usize::from(expected.impulse.len() > impulse.len());
    }
    assert!(lengthened > 20, "{lengthened} tails were continued");
}

#[test]
fn given_up_anywhere_it_is_right_when_asked_again() {
    let impulse = Arc::new(room(2));
    let others = Shape { size: Ratio::ONE, decay: BandRatios::default(), ..everything() };
    let longer = |ratio: f64| BandRatios { middle: Ratio::from_f64(ratio), ..everything().decay };
    let trim = Trim::default();
    for [before, after] in [
        [others, everything()],
        [everything(), Shape { decay: longer(1.2), ..everything() }],
        [Shape { trim, decay: longer(1.2), ..others }, Shape { trim, decay: longer(4.0), ..others }],
    ] {
        let expected = apply((*impulse).clone(), &after, &Token::never()).expect("not cancelled");
        let mut last = 0;
        loop {
            let mut shaper = Shaper::default();
            shaper.apply(&impulse, &before, &Token::never()).expect("not cancelled");
            let asked = Cell::new(0);
            let cancelled = || {
                asked.set(asked.get() + 1);
                asked.get() > last
            };
            let outcome = shaper.apply(&impulse, &after, &Token::new(&cancelled));
            let found = shaper.apply(&impulse, &after, &Token::never()).expect("not cancelled");
            assert_same(&found, &expected, &format!("given up at question {last}"));
            match outcome {
                Ok(found) => break assert_same(&found, &expected, "not given up"),
                Err(error) => assert_eq!(error, ShapeError::Cancelled(Cancelled), "{last}"),
            }
            last += 5;
        }
        assert!(last > 20, "{last}");
    }
}

#[test]
fn what_comes_before_the_knob_that_is_turned_is_not_done_again() {
    let impulse = Arc::new(room(2));
    let (mut shaper, asked) = (Shaper::default(), Cell::new(0));
    let mut questions = |shape: Shape| {
        asked.set(0);
        let count = || {
            asked.set(asked.get() + 1);
            false
        };
        shaper.apply(&impulse, &shape, &Token::new(&count)).expect("not cancelled");
        asked.get()
    };
    let shape = everything();
    let all = questions(shape);
    let [nothing, fade] = [shape, Shape { fade: Fade::default(), ..shape }].map(&mut questions);
    let ratio = Shape { decay: BandRatios { high: Ratio::from_f64(0.6), ..shape.decay }, ..shape };
    let ratio = questions(ratio);
    // Copying, reversing and weighing ask for each channel and each 16384 frames; splitting, for each of many blocks.
    assert!(fade <= nothing && 4 * nothing < all, "{nothing} questions for nothing, of {all}");
    assert!(nothing < ratio && 2 * ratio < all, "{ratio} questions for another ratio, of {all}");
}

#[test]
fn what_trimming_leaves_and_what_comes_before_the_fades_are_steps_of_the_same_shape() {
    let impulse = Arc::new(room(2));
    let mut shaper = Shaper::default();
    for trim in [Trim::default(), everything().trim, Trim { start: Cut::Auto, end: Cut::Auto }] {
        let applied = |shape: Shape| apply((*impulse).clone(), &shape, &Token::never()).expect("not cancelled");
        let trimmed = shaper.trimmed(&impulse, trim, &Token::never()).expect("not cancelled");
        assert_eq!(trimmed, applied(Shape { trim, ..Shape::default() }).impulse, "{trim:?}");
        let shape = Shape { trim, ..everything() };
        let mut shaped = shaper.apply_before_fades(&impulse, &shape, &Token::never()).expect("not cancelled");
        assert_eq!(shaped, applied(Shape { fade: Fade::default(), ..shape }), "{trim:?}");
        fade(&mut shaped, &shape, &Token::never()).expect("not cancelled");
        assert_eq!(shaped, applied(shape), "{trim:?}");
    }
    let other = Trim { start: Cut::Auto, end: Cut::Off };
    assert_eq!(shaper.trimmed(&impulse, other, &Token::new(&|| true)), Err(Cancelled));
}
