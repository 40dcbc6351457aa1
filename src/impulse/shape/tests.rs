use super::*;
use crate::impulse::random::Random;
use std::cell::Cell;

pub(super) const RATE: u32 = 48_000;

/// 20 ms of silence, then a room of 0.6 s that ends in noise.
pub(super) fn room(channels: usize) -> Impulse {
    let mut random = Random::new(41);
    let mut sample = |n: usize| match n.checked_sub(960) {
        None => -0.0,
        Some(n) => random.bell() * 10_f32.powf(-3.0 * n as f32 / 28_800.0) + 0.001 * random.bell(),
    };
    let channels = (0..channels).map(|_| (0..RATE as usize).map(&mut sample).collect()).collect();
    Impulse::new(channels, RATE).expect("valid")
}

/// Every control moved.
pub(super) fn everything() -> Shape {
    let seconds = Time::from_seconds;
    Shape {
        size: Ratio::from_f64(1.2),
        late: Level::from_decibels(-3.0),
        reverse: true,
        trim: Trim { start: Cut::Auto, end: Cut::At(seconds(0.9)) },
        clean: true,
        decay: BandRatios { low: Ratio::from_f64(1.5), high: Ratio::from_f64(0.5), ..BandRatios::default() },
        envelope: Envelope { attack: seconds(0.1), decay: Some(seconds(2.0)) },
        fade: Fade { start: seconds(0.01), end: seconds(0.2) },
    }
}

fn shaped(impulse: Impulse, shape: Shape) -> Shaped {
    apply(impulse, &shape, &Token::never()).expect("not cancelled")
}

pub(super) fn bits(impulse: &Impulse) -> Vec<Vec<u32>> {
    impulse.channels().iter().map(|channel| channel.iter().map(|sample| sample.to_bits()).collect()).collect()
}

#[test]
fn the_default_leaves_every_bit() {
    for channels in [1, 2, 4] {
        let Shaped { impulse, trimmed, in_doubt, cut, top, decay, cleaning, mixing_time } =
            shaped(room(channels), Shape::default());
        assert_eq!(bits(&impulse), bits(&room(channels)));
        assert_eq!(
            (trimmed, in_doubt, cut, decay, mixing_time),
            ((0, 0), false, false, [BandDecay::Unchanged; 3], None)
        );
        assert_eq!((cleaning, top), (Cleaning::Off, Top::Whole));
    }
}

#[test]
fn reversed_twice_is_the_same() {
    let backwards = Shape { reverse: true, ..Shape::default() };
    let once = shaped(room(2), backwards).impulse;
    assert_eq!(once.channels()[1][0], room(2).channels()[1][RATE as usize - 1]);
    assert_eq!(bits(&shaped(once, backwards).impulse), bits(&room(2)));
}

#[test]
fn the_envelope_counts_from_the_direct_sound_and_backwards_from_the_start() {
    let envelope = Envelope { attack: Time::ZERO, decay: Some(Time::from_seconds(0.3)) };
    let gain = |n: usize| 10_f64.powf(-3.0 * n as f64 / 14_400.0);
    let ordinary = shaped(room(1), Shape { envelope, ..Shape::default() }).impulse;
    let backwards = shaped(room(1), Shape { envelope, reverse: true, ..Shape::default() }).impulse;
    let onset = crate::impulse::acoustics::onset(&room(1), &Token::never()).expect("not cancelled");
    assert!((960..980).contains(&onset), "{onset}");
    for n in (0..20_000).step_by(777) {
        let expected = f64::from(room(1).channels()[0][n]) * gain(n.saturating_sub(onset));
        assert!((f64::from(ordinary.channels()[0][n]) - expected).abs() <= 1e-6 * expected.abs(), "{n}");
        let expected = f64::from(room(1).channels()[0][RATE as usize - 1 - n]) * gain(n);
        assert!((f64::from(backwards.channels()[0][n]) - expected).abs() <= 1e-6 * expected.abs(), "{n}, backwards");
    }
}

#[test]
fn channels_stay_aligned_whatever_is_done() {
    // The second channel is the first one, inverted and quieter: that it stays, sample by sample.
    let left = room(1).into_channels().remove(0);
    let right = left.iter().map(|sample| -0.25 * sample).collect();
    let Shaped { impulse, trimmed, decay, mixing_time, .. } =
        shaped(Impulse::new(vec![left, right], RATE).expect("valid"), everything());
    assert!(trimmed.0 > 800 && trimmed.1 == 4800 && mixing_time.is_some(), "{trimmed:?}, {mixing_time:?}");
    assert!(matches!(decay, [BandDecay::Scaled { .. }, BandDecay::Unchanged, BandDecay::Scaled { .. }]), "{decay:?}");
    let peak = impulse.peak();
    for (left, right) in impulse.channels()[0].iter().zip(&impulse.channels()[1]) {
        assert!((right + 0.25 * left).abs() <= 1e-6 * peak, "{left}, {right}");
    }
}

#[test]
fn the_same_shape_of_the_same_impulse_is_the_same() {
    assert_eq!(bits(&shaped(room(2), everything()).impulse), bits(&shaped(room(2), everything()).impulse));
}

#[test]
fn giving_up_is_noticed_wherever_it_comes() {
    let asked = Cell::new(0);
    let count = || {
        asked.set(asked.get() + 1);
        false
    };
    apply(room(2), &everything(), &Token::new(&count)).expect("not cancelled");
    let questions = asked.get();
    for last in (0..questions).step_by(7) {
        asked.set(0);
        let cancelled = || {
            asked.set(asked.get() + 1);
            asked.get() > last
        };
        assert_eq!(
            apply(room(2), &everything(), &Token::new(&cancelled)),
            Err(ShapeError::Cancelled(Cancelled)),
            "{last}"
        );
        assert!(asked.get() <= last + 3, "asked {} more times", asked.get() - last);
    }
}

#[test]
fn every_step_asks_while_it_works() {
    let room = room(1).into_channels().remove(0).repeat(40);
    let samples = 2 * room.len();
    let impulse = Impulse::new(vec![room; 2], RATE).expect("valid");
    let all = everything();
    for (what, shape) in [
        ("trim", Shape { trim: Trim { start: Cut::Auto, end: Cut::Auto }, ..Shape::default() }),
        ("size", Shape { size: all.size, ..Shape::default() }),
        ("decay", Shape { decay: all.decay, ..Shape::default() }),
        ("clean", Shape { clean: true, ..Shape::default() }),
        ("late", Shape { late: all.late, ..Shape::default() }),
        ("envelope", Shape { envelope: all.envelope, ..Shape::default() }),
    ] {
        let asked = Cell::new(0);
        let count = || {
            asked.set(asked.get() + 1);
            false
        };
        apply(impulse.clone(), &shape, &Token::new(&count)).expect("not cancelled");
        // A hundred nanoseconds for each sample make 13 ms of what is between two checks. Reversal takes one for
        // each, and asks for each channel.
        assert!(asked.get() >= samples / (1 << 17), "{what}: asked {} times for {samples} samples", asked.get());
    }
}

#[test]
fn shapes_that_sound_alike_are_equal() {
    let canonical = |change: fn(&mut Shape)| {
        let mut shape = Shape::default();
        change(&mut shape);
        shape.canonical()
    };
    assert_eq!(canonical(|shape| shape.trim.start = Cut::At(Time::ZERO)), Shape::default());
    assert_eq!(canonical(|shape| shape.decay.low_crossover = 400), Shape::default());
    assert_eq!(canonical(|shape| shape.size = Ratio::from_f64(9.0)).size, *SIZE.end());
    assert_eq!(canonical(|shape| shape.late = Level::from_decibels(-99.0)).late, *LATE.start());
    assert_eq!(canonical(|shape| shape.decay.high = Ratio::from_f64(0.0)).decay.high, *decay::RATIO.start());
    let crossovers = |shape: &mut Shape| {
        shape.decay = BandRatios { low: Ratio::from_f64(2.0), low_crossover: 0, high_crossover: 99_999, ..shape.decay };
    };
    let decay = canonical(crossovers).decay;
    assert_eq!(
        (decay.low_crossover, decay.high_crossover),
        (*decay::LOW_CROSSOVER.start(), *decay::HIGH_CROSSOVER.end())
    );
    let envelope = canonical(|shape| shape.envelope.decay = Some(Time::ZERO)).envelope;
    assert_eq!(envelope.decay, Some(*DECAY.start()));
    assert_eq!(everything().canonical(), everything());
}

#[test]
fn a_shape_survives_saving_and_what_is_missing_gets_its_default() {
    for shape in [Shape::default(), everything()] {
        let saved = toml::to_string(&shape).expect("a shape can be written");
        assert_eq!(toml::from_str::<Shape>(&saved).expect("what was written"), shape, "{saved}");
    }
    let restored = |text| toml::from_str::<Shape>(text).expect("a shape can be read");
    assert_eq!(restored(""), Shape::default());
    assert_eq!(restored("mood = \"blue\"\nsize = 1500").size, Ratio::from_f64(1.5));
    assert_eq!(restored("[trim]\nend = \"auto\"").trim, Trim { start: Cut::Off, end: Cut::Auto });
    assert_eq!(restored("[trim.start]\nat = 1500").trim.start, Cut::At(Time::from_seconds(0.001_5)));
    assert_eq!(restored("[decay]\nlow = 500").decay, BandRatios { low: Ratio::from_f64(0.5), ..BandRatios::default() });
}
