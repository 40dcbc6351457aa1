//! What a host can automate: ids, ranges, units, texts.
//!
//! The ids are part of every saved session and never change. Plain values are what is shown (dB, ms, Hz, %), and every
//! range is cut into steps as fine as the text shows, so that a value survives the way through a host's 0…1 and back.
//! The chain does all smoothing; nothing is smoothed here.
use super::state::RecipeSlot;
use super::state::fields::{EmbeddedField, MemoryField};
use super::text::Scale;
use crate::chain::Controls;
use crate::chain::settings::*;
use crate::impulse::recipe::{LevelRule, Recipe};
use nice_plug::prelude::*;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The parameters, and the recipe that is saved beside them.
#[derive(Params)]
pub struct TranseptParams {
    /// Which impulse, and how it is shaped.
    #[persist = "recipe"]
    pub recipe: RecipeSlot,
    /// What the session remembers of its impulse; the recipe's slot again.
    #[persist = "memory"]
    pub memory: MemoryField,
    /// The impulse itself, likewise.
    #[persist = "embedded"]
    pub embedded: EmbeddedField,
    /// Level of the dry signal in dB; [`LEVEL_OFF`] is off.
    #[id = "dry"]
    pub dry: FloatParam,
    /// Level of the convolved signal in dB; [`LEVEL_OFF`] is off.
    #[id = "wet"]
    pub wet: FloatParam,
    /// Level of the sum in dB.
    #[id = "output"]
    pub output: FloatParam,
    /// Delay before the convolution in ms.
    #[id = "predelay"]
    pub predelay: FloatParam,
    /// Corner of the wet signal's low cut in Hz; [`LOW_CUT_OFF`] is off.
    #[id = "low_cut"]
    pub low_cut: FloatParam,
    /// Corner of the wet signal's high cut in Hz; [`HIGH_CUT_OFF`] is off.
    #[id = "high_cut"]
    pub high_cut: FloatParam,
    /// Stereo width of the wet signal in %.
    #[id = "width"]
    pub width: FloatParam,
    /// Whether impulses are matched in loudness. It belongs to the recipe: the kernel is built again when it changes.
    #[id = "level"]
    pub level: BoolParam,
    /// Whether input goes to output untouched.
    #[id = "bypass"]
    pub bypass: BoolParam,
}

impl Default for TranseptParams {
    /// The hall, dry 0 dB, wet -12 dB, filters open, loudness matched.
    fn default() -> Self {
        let fresh = Settings::default();
        let recipe = RecipeSlot::default();
        Self {
            memory: MemoryField(recipe.clone()),
            embedded: EmbeddedField(recipe.clone()),
            recipe,
            dry: float("Dry", fresh.dry, LEVEL, 2.0, 0.1, Scale::Decibels, Some(LEVEL_OFF)),
            wet: float("Wet", fresh.wet, LEVEL, 2.0, 0.1, Scale::Decibels, Some(LEVEL_OFF)),
            output: float("Output", fresh.output, OUTPUT, 1.0, 0.1, Scale::Decibels, None),
            predelay: float("Pre-delay", fresh.predelay, PREDELAY, 0.5, 0.1, Scale::Milliseconds, None),
            // These two factors put the geometric middle of the range half-way.
            low_cut: float("Low cut", fresh.low_cut, LOW_CUT, 0.289, 1.0, Scale::Hertz, Some(LOW_CUT_OFF)),
            high_cut: float("High cut", fresh.high_cut, HIGH_CUT, 0.348, 10.0, Scale::Hertz, Some(HIGH_CUT_OFF)),
            width: float("Width", fresh.width, WIDTH, 1.0, 1.0, Scale::Percent, None),
            level: BoolParam::new("Level match", true),
            bypass: BoolParam::new("Bypass", false).make_bypass(),
        }
    }
}

impl TranseptParams {
    /// The numbers that one block needs. Real-time safe.
    #[must_use]
    pub fn controls(&self) -> Controls {
        Settings {
            dry: self.dry.value(),
            wet: self.wet.value(),
            output: self.output.value(),
            predelay: self.predelay.value(),
            low_cut: self.low_cut.value(),
            high_cut: self.high_cut.value(),
            width: self.width.value(),
            bypass: self.bypass.value(),
        }
        .into()
    }

    /// The parameters with values on a scale, by their ids. \[any\]
    #[must_use]
    pub fn floats(&self) -> [(&'static str, &FloatParam); 7] {
        [
            ("dry", &self.dry),
            ("wet", &self.wet),
            ("output", &self.output),
            ("predelay", &self.predelay),
            ("low_cut", &self.low_cut),
            ("high_cut", &self.high_cut),
            ("width", &self.width),
        ]
    }

    /// The parameters that are on or off, by their ids. \[any\]
    #[must_use]
    pub fn switches(&self) -> [(&'static str, &BoolParam); 2] {
        [("level", &self.level), ("bypass", &self.bypass)]
    }

    /// The saved recipe with what the parameters add to it: what is wanted now. Not for the audio thread.
    #[must_use]
    pub fn wanted(&self) -> Recipe {
        self.with_level(self.recipe.get())
    }

    /// A recipe under the level rule that the parameter says. \[any\]
    pub(super) fn with_level(&self, recipe: Recipe) -> Recipe {
        Recipe { level: if self.level.value() { LevelRule::Match } else { LevelRule::Off }, ..recipe }
    }
}

/// A parameter on a scale. `skew` above 1 gives the upper end more of the way, below 1 the lower end.
fn float(
    name: &str,
    default: f32,
    range: RangeInclusive<f32>,
    skew: f32,
    step: f32,
    scale: Scale,
    off: Option<f32>,
) -> FloatParam {
    let (min, max) = (*range.start(), *range.end());
    FloatParam::new(name, default, FloatRange::Skewed { min, max, factor: skew })
        .with_step_size(step)
        .with_value_to_string(Arc::new(move |value| scale.show(value, off)))
        .with_string_to_value(Arc::new(move |text| scale.read(text, off)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_instance_sounds_like_the_chains_default() {
        assert_eq!(TranseptParams::default().controls(), Controls::default());
        assert_eq!(TranseptParams::default().wanted().level, LevelRule::Match);
    }

    #[test]
    fn the_ids_in_saved_sessions_are_these() {
        let params = TranseptParams::default();
        let ids: Vec<String> = params.param_map().into_iter().map(|(id, _, _)| id).collect();
        assert_eq!(ids, ["dry", "wet", "output", "predelay", "low_cut", "high_cut", "width", "level", "bypass"]);
        let named = params.floats().map(|(id, param)| (id, param.as_ptr())).into_iter();
        let named = named.chain(params.switches().map(|(id, param)| (id, param.as_ptr())));
        for ((id, pointer, _), (name, named)) in params.param_map().into_iter().zip(named) {
            assert!(id == name && pointer == named, "{id} is called {name}");
        }
    }

    /// A host asks for 0…1, shows the text, and sends back what was typed or saved.
    #[test]
    fn every_value_survives_the_way_through_text_and_through_the_hosts_scale() {
        let params = TranseptParams::default();
        for (_, param) in params.floats() {
            for i in 0..=1000 {
                let plain = param.preview_plain(i as f32 / 1000.0);
                let normalized = param.preview_normalized(plain);
                assert_eq!(param.preview_plain(normalized), plain, "{}", param.name());
                let text = param.normalized_value_to_string(normalized, true);
                let read = param.string_to_normalized_value(&text).expect("its own text is readable");
                assert_eq!(param.preview_plain(read), plain, "{}: {text}", param.name());
            }
        }
    }

    #[test]
    fn the_ends_that_mean_off_are_reached() {
        let params = TranseptParams::default();
        let set = |param: &FloatParam, text: &str| {
            param.preview_plain(param.string_to_normalized_value(text).expect("a readable text"))
        };
        assert_eq!(set(&params.wet, "off"), LEVEL_OFF);
        assert_eq!(params.wet.preview_plain(0.0), LEVEL_OFF);
        assert_eq!(set(&params.dry, "-6 dB"), -6.0);
        assert_eq!(set(&params.dry, "-100"), LEVEL_OFF, "clamped");
        assert_eq!(set(&params.low_cut, "off"), LOW_CUT_OFF);
        assert_eq!(params.high_cut.preview_plain(1.0), HIGH_CUT_OFF);
        assert_eq!(params.wet.normalized_value_to_string(0.0, true), "off");
    }
}
