mod conditions;
mod docs;

use super::*;
use crate::chain::Controls;
use crate::impulse::decay::{BandRatios, HIGH_CROSSOVER, LOW_CROSSOVER, RATIO};
use crate::impulse::recipe::LevelRule;
use crate::impulse::shape::{self, Cut, Shape};
use crate::impulse::units::{Level, Ratio, Time};
use std::f32::consts::FRAC_1_SQRT_2;

/// Numbers from one end of a range to the other.
fn some_of(number: &Number) -> impl Iterator<Item = f32> {
    (0..=1000).map(|i| number.at(i as f32 / 1000.0))
}

fn values(setting: &Setting) -> Vec<Value> {
    match &setting.kind {
        Kind::Number(number) => some_of(number).map(Value::Number).collect(),
        Kind::Switch(_) => [false, true].map(Value::Switch).to_vec(),
        Kind::Choice(choice) => (0..choice.options.len()).map(Value::Choice).collect(),
    }
}

#[test]
fn every_text_of_every_setting_is_read_back_as_the_same_value() {
    for setting in &TABLE {
        for value in values(setting) {
            let text = setting.show(value);
            assert_eq!(setting.read(&text), Some(value), "{}: {text}", setting.id);
            assert_eq!(setting.read(&text.to_uppercase()), Some(value), "{}: {text}", setting.id);
            assert_eq!(setting.read_within(&text), Ok(value), "{}: {text}", setting.id);
        }
        assert_eq!(setting.read("mumble"), None, "{}", setting.id);
    }
}

#[test]
fn a_text_that_a_setting_cannot_have_says_what_is_wanted() {
    for (id, text, wanted) in [
        ("wet", "600 dB", "a number from -60 to 12 dB is wanted, or off"),
        ("wet", "-60.1", "a number from -60 to 12 dB is wanted, or off"),
        ("width", "loud", "a number from 0 to 200 % is wanted"),
        ("reverse", "2", "on or off is wanted"),
        ("loudness", "loud", "one of these is wanted: off, room, cabinet"),
    ] {
        assert_eq!(find(id).expect("there").read_within(text), Err(wanted.to_owned()), "{id}");
    }
    assert_eq!(find("wet").expect("there").read_within("off"), Ok(Value::Number(-60.0)));
}

#[test]
fn ids_and_names_are_each_settings_own() {
    for (index, setting) in TABLE.iter().enumerate() {
        assert!(std::ptr::eq(find(setting.id).expect("there"), setting), "{}", setting.id);
        assert!(TABLE[..index].iter().all(|other| other.name != setting.name), "{}", setting.name);
        assert!(!setting.about.ends_with('.'), "{}", setting.about);
    }
    assert!(find("dream").is_none());
    assert!(TABLE.is_sorted_by_key(|setting| Section::ALL.iter().position(|section| *section == setting.section)));
}

#[test]
fn every_default_lies_in_its_range_and_on_a_step() {
    for (setting, value) in TABLE.iter().zip(Settings::default().values()) {
        assert_eq!(setting.default(), value, "{}", setting.id);
        if let (Kind::Number(number), Value::Number(value)) = (&setting.kind, value) {
            assert_eq!(number.nearest(value), value, "{}", setting.id);
            assert!(number.off.is_none_or(|off| [number.range.start(), number.range.end()].contains(&&off)));
        }
    }
}

#[test]
fn a_value_is_set_by_its_id_and_only_if_it_is_of_the_right_kind() {
    for (index, setting) in TABLE.iter().enumerate() {
        let mut settings = Settings::default();
        let other = values(setting).into_iter().find(|value| *value != setting.default()).expect("there are others");
        assert!(settings.set(setting.id, other), "{}", setting.id);
        assert_eq!(settings.values()[index], other, "{}", setting.id);
        let wrong = if let Value::Switch(_) = other { Value::Number(1.0) } else { Value::Switch(true) };
        assert!(!settings.set(setting.id, wrong) && settings.values()[index] == other, "{}", setting.id);
    }
    assert!(!Settings::default().set("dream", Value::Number(1.0)));
}

#[test]
fn a_fresh_instance_is_the_chains_default_and_shapes_nothing() {
    let fresh = Settings::default();
    assert_eq!((fresh.controls(None), fresh.shape()), (Controls::default(), Shape::default()));
    assert_eq!(fresh.level(), LevelRule::default());
}

#[test]
fn the_ends_that_mean_off_are_off_and_their_neighbours_are_not() {
    let controls =
        |dry, wet, low_cut, high_cut| Settings { dry, wet, low_cut, high_cut, ..Settings::default() }.controls(None);
    let ends = controls(-60.0, -60.0, 20.0, 20_000.0);
    assert_eq!((ends.dry, ends.wet, ends.low_cut, ends.high_cut), (0.0, 0.0, None, None));
    let neighbours = controls(-59.9, -59.9, 21.0, 19_990.0);
    assert!(neighbours.dry > 0.0 && neighbours.wet > 0.0);
    assert_eq!((neighbours.low_cut, neighbours.high_cut), (Some(21.0), Some(19_990.0)));
    let shape = |trim_start, trim_end, decay| Settings { trim_start, trim_end, decay, ..Settings::default() }.shape();
    let ends = shape(0.0, 60_000.0, 60_000.0);
    assert_eq!((ends.trim.start, ends.trim.end, ends.envelope.decay), (Cut::Off, Cut::Off, None));
    let neighbours = shape(0.1, 59_999.0, 59_999.0);
    let at = |micros| Cut::At(Time::from_micros(micros));
    assert_eq!((neighbours.trim.start, neighbours.trim.end), (at(100), at(59_999_000)));
    assert_eq!(neighbours.envelope.decay, Some(Time::from_micros(59_999_000)));
}

#[test]
fn units_become_factors_and_seconds() {
    let settings = Settings { dry: 6.0, output_level: -20.0, predelay: 12.5, width: 150.0, ..Settings::default() };
    let controls = settings.controls(None);
    assert_eq!(controls.dry, 1.995_262_3, "10^(6/20)");
    assert_eq!((controls.output, controls.predelay, controls.width), (0.1, 0.0125, 1.5));
    assert!(!controls.bypass && Settings { bypass: true, ..settings }.controls(None).bypass);
    let settings = Settings { size: 150.0, late: -4.5, decay_high: 25.0, attack: 12.5, ..Settings::default() };
    let shape = settings.shape();
    assert_eq!((shape.size, shape.late), (Ratio::from_f64(1.5), Level::from_decibels(-4.5)));
    assert_eq!(shape.decay, BandRatios { high: Ratio::from_f64(0.25), ..BandRatios::default() });
    assert_eq!(shape.envelope.attack, Time::from_micros(12_500));
}

#[test]
fn a_mix_keeps_the_power_from_dry_alone_to_wet_alone() {
    let gains = |mix| {
        let controls = Settings { mix_mode: 1, mix, ..Settings::default() }.controls(None);
        (controls.dry, controls.wet)
    };
    assert_eq!((gains(0.0), gains(100.0)), ((1.0, 0.0), (0.0, 1.0)), "the ends are exact");
    assert_eq!(gains(50.0), (FRAC_1_SQRT_2, FRAC_1_SQRT_2), "-3 dB each");
    let mut before = gains(0.0);
    for percent in 1..=100 {
        let (dry, wet) = gains(percent as f32);
        let angle = f64::from(percent) * std::f64::consts::PI / 200.0;
        // Below 1, f32 rounds a gain by at most 2^-25, which puts its square off by less than 2^-24.
        let power = f64::from(dry).powi(2) + f64::from(wet).powi(2);
        assert!((power - 1.0).abs() < 2_f64.powi(-23), "{percent} %: {power}");
        assert!((f64::from(wet) - angle.sin()).abs() < 2_f64.powi(-24), "{percent} %: {wet}");
        assert!(dry < before.0 && wet > before.1, "{percent} %");
        before = (dry, wet);
    }
}

#[test]
fn levels_and_mix_leave_each_other_alone() {
    let levels = Settings { dry: -6.0, wet: -3.0, ..Settings::default() };
    assert_eq!(Settings { mix: 80.0, ..levels }.controls(None), levels.controls(None));
    let mix = Settings { mix_mode: 1, ..Settings::default() };
    assert_eq!(Settings { dry: -60.0, wet: 12.0, ..mix }.controls(None), mix.controls(None));
    assert_ne!(mix.controls(None), Settings::default().controls(None));
}

#[test]
fn a_predelay_is_as_long_as_its_note_at_the_hosts_tempo() {
    let Kind::Choice(sync) = find("predelay_sync").expect("there").kind else { panic!("it is a choice") };
    let predelay = |option, tempo| {
        Settings { predelay_sync: option, predelay: 77.0, ..Settings::default() }.controls(tempo).predelay
    };
    assert_eq!(predelay(0, Some(90.0)), 0.077, "off");
    for (option, word) in sync.words().enumerate().skip(1) {
        let (note, kind) = word.split_once(' ').unwrap_or((word, "plain"));
        let whole: f64 = note.strip_prefix("1/").and_then(|part| part.parse().ok()).expect("a note");
        let factor = ["triplet", "plain", "dotted"].iter().zip([2.0 / 3.0, 1.0, 1.5]).find(|(name, _)| **name == kind);
        // A quarter note is a beat.
        let beats = factor.expect("a kind").1 * 4.0 / whole;
        for tempo in [120.0, 93.7, 180.0] {
            let seconds = (beats * 60.0 / tempo).min(0.5);
            // Once rounded to f32, and products in another order.
            assert!((f64::from(predelay(option, Some(tempo))) - seconds).abs() < 2_f64.powi(-25), "{word} at {tempo}");
        }
        for none in [None, Some(0.0), Some(-90.0), Some(f64::NAN), Some(f64::INFINITY), Some(f64::NEG_INFINITY)] {
            assert_eq!(predelay(option, none), predelay(option, Some(120.0)), "{word} at {none:?}");
        }
        assert_eq!(predelay(option, Some(1e-300)), 0.5, "{word}");
        assert_eq!(predelay(option, Some(f64::MAX)), 0.0, "{word}");
        assert_eq!(sync.read(&word.replace(" triplet", "T").replace(" dotted", "D")), Some(option), "{word}");
    }
    assert_eq!(predelay(99, Some(90.0)), 0.077, "an option that there is not");
}

#[test]
fn automatic_trims_win_over_their_times() {
    let settings = Settings { trim_start_auto: true, trim_end_auto: true, ..Settings::default() };
    let timed = Settings { trim_start: 100.0, trim_end: 500.0, ..settings };
    assert_eq!((settings.shape().trim.start, settings.shape().trim.end), (Cut::Auto, Cut::Auto));
    assert_eq!(settings.shape(), timed.shape());
}

#[test]
fn the_ranges_are_those_of_the_shape() {
    let ends = |id: &str| {
        let Kind::Number(number) = &find(id).expect("there").kind else { panic!("{id} is a number") };
        [f64::from(*number.range.start()), f64::from(*number.range.end())]
    };
    let percent =
        |range: std::ops::RangeInclusive<Ratio>| [range.start(), range.end()].map(|ratio| ratio.as_f64() * 100.0);
    assert_eq!(ends("size"), percent(shape::SIZE));
    assert_eq!(ends("decay_low"), percent(RATIO));
    assert_eq!(ends("late"), [shape::LATE.start(), shape::LATE.end()].map(|level| level.decibels()));
    assert_eq!(ends("decay"), [shape::DECAY.start(), shape::DECAY.end()].map(|time| time.seconds() * 1000.0));
    assert_eq!(ends("low_crossover"), [LOW_CROSSOVER.start(), LOW_CROSSOVER.end()].map(|hertz| f64::from(*hertz)));
    assert_eq!(ends("high_crossover"), [HIGH_CROSSOVER.start(), HIGH_CROSSOVER.end()].map(|hertz| f64::from(*hertz)));
}

#[test]
fn every_option_of_the_loudness_is_a_rule() {
    let rules = ["off", "room", "cabinet"].map(|word| {
        let mut settings = Settings::default();
        let loudness = find("loudness").expect("there");
        assert!(settings.set("loudness", loudness.read(word).expect("an option")));
        settings.level()
    });
    assert_eq!(rules, [LevelRule::Off, LevelRule::Match, LevelRule::Cabinet]);
}
