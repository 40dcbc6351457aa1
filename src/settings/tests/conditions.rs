//! A setting has an effect exactly while its row says so.

use super::*;
use crate::impulse::recipe::Recipe;

/// All that the settings make of themselves. A flat shelf leaves every bit as it is, wherever its corner is.
fn made(settings: &Settings) -> (Controls, Recipe) {
    let mut controls = settings.controls(Some(90.0));
    for shelf in [&mut controls.low_shelf, &mut controls.high_shelf] {
        shelf.corner *= f32::from(shelf.gain != 0.0);
    }
    let [first, second] = ["hall", "plate"].map(|id| Recipe::space(id).source);
    (controls, settings.recipe(first, Some(second)))
}

/// True if any value of a setting makes a difference.
fn has_an_effect(setting: &Setting, settings: &Settings) -> bool {
    let mut settings = *settings;
    let made: Vec<_> = values(setting)
        .into_iter()
        .map(|value| {
            assert!(settings.set(setting.id, value), "{}", setting.id);
            made(&settings)
        })
        .collect();
    made.iter().any(|one| *one != made[0])
}

/// Settings in which a condition holds, and settings in which it does not; everything else is at its default.
fn with_and_without(condition: Condition) -> [Vec<Settings>; 2] {
    let fresh = Settings::default();
    let with = |id: &str, value| {
        let mut settings = fresh;
        assert!(settings.set(id, value), "{id}");
        settings
    };
    let all: Vec<Settings> = match condition {
        Condition::Is(id, _) | Condition::IsEither(id, _) => {
            values(find(id).expect("a setting")).into_iter().map(|value| with(id, value)).collect()
        }
        Condition::AnyMoved(ids) => {
            let moved = ids.iter().map(|id| {
                let setting = find(id).expect("a setting");
                let other = values(setting).into_iter().find(|value| *value != setting.default());
                with(id, other.expect("there are others"))
            });
            std::iter::once(fresh).chain(moved).collect()
        }
    };
    let (with, without) = all.into_iter().partition(|settings| condition.holds(settings));
    [with, without]
}

#[test]
fn a_setting_has_an_effect_exactly_while_its_conditions_hold() {
    for setting in &TABLE {
        for condition in setting.conditions {
            let [with, without] = with_and_without(*condition);
            assert!(!with.is_empty() && !without.is_empty(), "{}: {condition:?}", setting.id);
            for settings in with {
                assert_eq!(setting.unmet(&settings), None, "{}", setting.id);
                assert!(has_an_effect(setting, &settings), "{}: {condition:?} holds", setting.id);
            }
            for settings in without {
                assert_eq!(setting.unmet(&settings), Some(*condition), "{}", setting.id);
                assert!(!has_an_effect(setting, &settings), "{}: {condition:?} does not hold", setting.id);
            }
        }
        if setting.conditions.is_empty() {
            // What a lock keeps is for the window to say: it leaves these settings alone when it opens a preset.
            assert_eq!(has_an_effect(setting, &Settings::default()), !setting.id.ends_with("_lock"), "{}", setting.id);
        }
    }
}

#[test]
fn conditions_name_settings_and_values_that_there_are() {
    for condition in TABLE.iter().flat_map(|setting| setting.conditions) {
        match condition {
            Condition::Is(id, text) => {
                let other = find(id).expect("a setting");
                assert!(!matches!(other.kind, Kind::Number(_)), "{id} is a switch or a choice");
                assert_eq!(other.read(text).map(|value| other.show(value)).as_deref(), Some(*text), "{id}");
            }
            Condition::IsEither(id, texts) => {
                let other = find(id).expect("a setting");
                assert!(
                    texts
                        .iter()
                        .all(|text| other.read(text).map(|value| other.show(value)) == Some((*text).to_owned()))
                );
            }
            Condition::AnyMoved(ids) => {
                let defaults: Vec<_> = ids.iter().map(|id| find(id).expect("a setting").default()).collect();
                assert!(defaults.iter().all(|default| *default == defaults[0]), "{ids:?}");
            }
        }
    }
    let clause = |id: &str| find(id).expect("there").conditions[0].clause(|setting| setting.name.to_owned());
    assert_eq!(clause("dry"), "Mix mode is levels");
    assert_eq!(clause("morph"), "Impulse 2 is morph or blend");
    assert_eq!(clause("low_crossover"), "Decay lows, Decay middle or Decay highs is not 100 %");
}

#[test]
fn what_overrules_a_setting_gives_way_when_it_is_enabled() {
    for setting in &TABLE {
        for condition in setting.conditions {
            let [_, without] = with_and_without(*condition);
            for mut settings in without {
                settings.enable(setting.id);
                // There is no saying which of the settings that could be acted on a user wants to move.
                let is_overruled =
                    matches!(setting.unmet(&settings), Some(Condition::Is(..) | Condition::IsEither(..)));
                assert!(!is_overruled, "{}", setting.id);
            }
        }
    }
}
