//! The values of all settings, and what chain and impulse make of them.

use super::kind::{Choice, Number, Switch, Typed, Value};
use super::scale::Scale;
use super::table::*;
use super::{Condition, find};
use crate::chain::{Controls, MAX_PREDELAY, Shelving};
use crate::impulse::decay::BandRatios;
use crate::impulse::recipe::Shaping;
use crate::impulse::recipe::{Combination, LevelRule, Recipe, Second, Source};
use crate::impulse::shape::{Cut, Envelope, Fade, Shape, Trim};
use crate::impulse::units::{Level, Ratio, Time};
use std::f64::consts::FRAC_PI_2;

macro_rules! settings {
    ($($field:ident $id:tt $name:tt $section:ident $about:tt $([$($condition:expr),*])? $kind:ident $values:tt;)*) => {
        /// The values of all settings: numbers in the units of their rows, switches, and the places of choices.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct Settings {
            $(#[doc = $about] pub $field: <$kind as Typed>::Plain,)*
        }

        /// A fresh instance.
        impl Default for Settings {
            fn default() -> Self {
                Self { $($field: $kind $values.default,)* }
            }
        }

        impl Settings {
            /// The values, in the order of the table.
            #[must_use]
            pub fn values(&self) -> [Value; COUNT] {
                [$(self.$field.into()),*]
            }

            /// The value of the setting of an id; `None` if there is no such setting.
            #[must_use]
            pub fn get(&self, id: &str) -> Option<Value> {
                match id {
                    $($id => Some(self.$field.into()),)*
                    _ => None,
                }
            }

            /// Sets the setting of an id. False, and nothing is set, if there is no such setting or its values are of
            /// another kind.
            pub fn set(&mut self, id: &str, value: Value) -> bool {
                match id {
                    $($id => $kind::of(value).map(|value| self.$field = value).is_some(),)*
                    _ => false,
                }
            }
        }
    };
}

every_setting!(settings);

/// Tempo in beats per minute if the host tells none.
pub const TEMPO: f64 = 120.0;

/// Length in beats (quarter notes) of each option of the pre-delay's sync, in their order, without the first: off.
const NOTES: [f64; 9] = [1.0 / 16.0, 1.0 / 8.0, 1.0 / 6.0, 1.0 / 4.0, 3.0 / 8.0, 1.0 / 3.0, 1.0 / 2.0, 3.0 / 4.0, 1.0];

/// The rule of each option of the loudness, in their order.
const RULES: [LevelRule; 3] = [LevelRule::Off, LevelRule::Match, LevelRule::Cabinet];

impl Settings {
    /// Sets what overrules the setting of an id, so that the setting has an effect.
    pub fn enable(&mut self, id: &str) {
        for condition in find(id).map(|setting| setting.conditions).unwrap_or_default() {
            let (other, text) = match condition {
                Condition::Is(other, text) | Condition::IsEither(other, [text, _]) => (other, text),
                Condition::AnyMoved(_) => continue,
            };
            if let Some(value) = find(other).and_then(|setting| setting.read(text)) {
                self.set(other, value);
            }
        }
    }

    /// The chain's controls for a block, at a tempo in beats per minute. In the place of no tempo, or of one that is
    /// not finite or not above 0, it is [`TEMPO`]. Real-time safe.
    #[must_use]
    pub fn controls(&self, tempo: Option<f64>) -> Controls {
        let level = |decibels| if decibels <= LEVEL_OFF { 0.0 } else { gain(decibels) };
        let is_mix = self.mix_mode > 0;
        let (dry, wet) = if is_mix { shares(self.mix) } else { (level(self.dry), level(self.wet)) };
        Controls {
            dry,
            wet,
            output: gain(self.output_level),
            predelay: self.note(tempo).unwrap_or(self.predelay / 1000.0),
            low_cut: Some(self.low_cut).filter(|hertz| *hertz > LOW_CUT_OFF),
            high_cut: Some(self.high_cut).filter(|hertz| *hertz < HIGH_CUT_OFF),
            low_shelf: Shelving { gain: self.low_shelf, corner: self.low_shelf_corner },
            high_shelf: Shelving { gain: self.high_shelf, corner: self.high_shelf_corner },
            width: self.width / 100.0,
            bypass: self.bypass,
        }
    }

    /// The pre-delay in seconds, if it is set as a note.
    fn note(&self, tempo: Option<f64>) -> Option<f32> {
        let beats = NOTES.get(self.predelay_sync.checked_sub(1)?)?;
        let tempo = tempo.filter(|tempo| tempo.is_finite() && *tempo > 0.0).unwrap_or(TEMPO);
        Some(((beats * 60.0 / tempo) as f32).min(MAX_PREDELAY))
    }

    /// The shape of the impulse in canonical form: settings that sound alike give equal shapes.
    #[must_use]
    pub fn shape(&self) -> Shape {
        let ends = |milliseconds| (milliseconds < LONG).then(|| time(milliseconds));
        let start = if self.trim_start_auto { Cut::Auto } else { Cut::At(time(self.trim_start)) };
        let end = if self.trim_end_auto { Cut::Auto } else { ends(self.trim_end).map_or(Cut::Off, Cut::At) };
        let shape = Shape {
            size: ratio(self.size),
            late: Level::from_decibels(self.late.into()),
            reverse: self.reverse,
            trim: Trim { start, end },
            clean: self.clean_tail,
            decay: BandRatios {
                low: ratio(self.decay_low),
                middle: ratio(self.decay_middle),
                high: ratio(self.decay_high),
                all: ratio(self.decay_all),
                low_crossover: self.low_crossover as u32,
                high_crossover: self.high_crossover as u32,
            },
            envelope: Envelope { attack: time(self.attack), decay: ends(self.decay) },
            fade: Fade { start: time(self.fade_in), end: time(self.fade_out) },
        };
        shape.canonical()
    }

    /// The rule by which the impulse is levelled.
    #[must_use]
    pub fn level(&self) -> LevelRule {
        RULES.get(self.loudness).copied().unwrap_or_default()
    }

    /// How the first and the second impulse are combined; `None` if the second one is not used.
    #[must_use]
    pub fn combination(&self) -> Option<Combination> {
        match self.combine {
            1 => Some(Combination::Morph(ratio(self.morph))),
            2 => Some(Combination::Series),
            3 => Some(Combination::Blend(ratio(self.morph))),
            _ => None,
        }
    }

    /// True if something of a second impulse is heard.
    #[must_use]
    pub fn hears_second(&self) -> bool {
        match self.combination() {
            Some(Combination::Morph(position) | Combination::Blend(position)) => position > Ratio::from_thousandths(0),
            Some(Combination::Series) => true,
            None => false,
        }
    }

    /// Level, shape and combination together. Without a second impulse nothing is combined. Real-time safe.
    #[must_use]
    pub fn shaping(&self, has_second: bool) -> Shaping {
        let how = self.combination().filter(|_| has_second);
        let inverted = [self.invert, self.second_invert && how.is_some()];
        let by_ear = [self.path_order > 0, self.second_path_order > 0 && how.is_some()];
        Shaping { level: self.level(), keep_offset: self.keep_offset, inverted, by_ear, shape: self.shape(), how }
    }

    /// The recipe of an impulse, and of a second one if there is one, as the settings level, shape and combine them.
    #[must_use]
    pub fn recipe(&self, source: Source, second: Option<Source>) -> Recipe {
        let Shaping { level, keep_offset, inverted, by_ear, shape, how } = self.shaping(second.is_some());
        let second = second.zip(how).map(|(source, how)| Second { source, how });
        Recipe { source, level, keep_offset, inverted, by_ear, shape, second }
    }
}

/// Decibels to a factor, rounded once.
fn gain(decibels: f32) -> f32 {
    10_f64.powf(f64::from(decibels) / 20.0) as f32
}

/// Gains of dry and wet in a mix, by the equal-power law: cos(πm/2) and sin(πm/2) for a share m of the wet signal. The
/// sound of a room is hardly correlated with the dry signal, so their powers add, and the sum of the squares is 1. The
/// cosine is written as a sine of 1 - m, so that both ends are exact: the cosine of π/2 is not 0 in floating point.
fn shares(percent: f32) -> (f32, f32) {
    let quarter = |share: f64| (share * FRAC_PI_2).sin() as f32;
    let wet = f64::from(percent) / 100.0;
    (quarter(1.0 - wet), quarter(wet))
}

fn time(milliseconds: f32) -> Time {
    Time::from_seconds(f64::from(milliseconds) / 1000.0)
}

fn ratio(percent: f32) -> Ratio {
    Ratio::from_f64(f64::from(percent) / 100.0)
}
