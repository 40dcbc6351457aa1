//! What a host can automate: a parameter for each of the [`settings`].
//!
//! Plain values are what is shown (dB, ms, Hz, %), and every range is cut into steps as fine as the text shows, so that
//! a value survives the way through a host's 0…1 and back. The chain does all smoothing; nothing is smoothed here.
//!
//! A setting that shapes the impulse is part of the [requested recipe](TranseptParams::wanted). When it changes, its
//! parameter raises the revision, the watcher wakes the worker, and the worker builds the kernel again.

pub mod fields;
pub mod repair;
pub mod request;
pub mod sampled;
pub mod start;

use crate::handover::Revision;
use crate::impulse::recipe::Recipe;
use crate::session::impulse::SessionImpulse;
use crate::session::list::SLOTS;
use crate::settings::{self, *};
use nice_plug::prelude::*;
use sampled::Sampled;
use std::sync::Arc;

macro_rules! params {
    ($($field:ident $id:tt $name:tt $section:ident $about:tt $([$($condition:expr),*])? $kind:ident $values:tt;)*) => {
        /// The parameters, and what is saved beside them.
        #[derive(Params)]
        pub struct TranseptParams {
            /// The impulse that is asked for, with all that a session remembers of it.
            #[persist = "session"]
            pub session: SessionImpulse,
            /// Counts changes of the parameters that the kernel is built from. Not saved.
            pub revision: Arc<Revision>,
            /// The parameters as the audio thread has sampled them. Not saved.
            pub sampled: Arc<Sampled>,
            /// The parameter that chooses the impulse.
            #[id = "impulse"]
            pub impulse: IntParam,
            $(#[doc = $about] #[id = $id] pub $field: <$kind as Parameter>::Param,)*
        }

        /// A fresh instance.
        impl Default for TranseptParams {
            fn default() -> Self {
                Self::at(&Settings::default())
            }
        }

        impl TranseptParams {
            /// A fresh instance, but for the values of its parameters. To the framework these are their defaults.
            #[must_use]
            pub fn at(settings: &Settings) -> Self {
                let (session, revision) = (SessionImpulse::default(), Arc::<Revision>::default());
                let impulse = chooser(&session, &revision);
                let sampled = Arc::default();
                $(
                    let kind = beginning($kind $values, |kind| kind.default = settings.$field);
                    let $field = kind.parameter($id, $name, &revision);
                )*
                Self { impulse, $($field,)* session, revision, sampled }
            }
        }

        impl TranseptParams {
            /// Every parameter, in the order of [`TABLE`]. Real-time safe. \[any\]
            #[must_use]
            pub fn knobs(&self) -> [Knob<'_>; COUNT] {
                [$(Knob::$kind(&self.$field)),*]
            }

            /// The values of all parameters. Real-time safe. \[any\]
            #[must_use]
            pub fn settings(&self) -> Settings {
                Settings { $($field: $kind::plain(&self.$field)),* }
            }
        }
    };
}

every_setting!(params);

/// How many parameters there are: `impulse`, and one for each setting.
pub const PARAMETERS: usize = COUNT + 1;

/// The id of the parameter that chooses the impulse.
pub const IMPULSE: &str = "impulse";

/// The group in which hosts show a parameter: the title of its page in the window; empty for `impulse` and `bypass`,
/// which are on no page. Real-time safe. \[any\]
#[must_use]
pub fn section(id: &str) -> &'static str {
    let on_a_page = settings::find(id).filter(|setting| setting.id != "bypass");
    on_a_page.map_or("", |setting| setting.section.name())
}

/// A kind of values of which something is changed.
fn beginning<K>(mut kind: K, change: impl FnOnce(&mut K)) -> K {
    change(&mut kind);
    kind
}

/// The parameter that chooses among the impulses of a list, by which a slot's impulse is named.
fn chooser(session: &SessionImpulse, revision: &Arc<Revision>) -> IntParam {
    let (shown, read, moved, revision) = (session.clone(), session.clone(), session.clone(), revision.clone());
    let hall = session.choice().slot.unwrap_or(0) as i32;
    IntParam::new("Impulse", hall, IntRange::Linear { min: 0, max: SLOTS as i32 - 1 })
        .with_value_to_string(Arc::new(move |value| shown.text(usize::try_from(value).unwrap_or(0))))
        .with_string_to_value(Arc::new(move |text| read.slot(text).map(|slot| slot as i32)))
        .with_callback(Arc::new(move |value| {
            moved.move_parameter(usize::try_from(value).unwrap_or(0));
            revision.raise();
        }))
}

/// The callback of a parameter, called on any thread when its value changes. It raises the revision if the kernel is
/// built from this parameter.
fn watched<P>(id: &str, revision: &Arc<Revision>) -> Arc<dyn Fn(P) + Send + Sync> {
    let revision = settings::find(id).is_some_and(Setting::shapes_impulse).then(|| revision.clone());
    Arc::new(move |_| {
        if let Some(revision) = &revision {
            revision.raise();
        }
    })
}

impl TranseptParams {
    /// Every parameter with its id: that which chooses the impulse, and those of the settings in the order of
    /// [`TABLE`]. Real-time safe. \[any\]
    #[must_use]
    pub fn all(&self) -> [(&'static str, Knob<'_>); PARAMETERS] {
        let settings = self.knobs();
        std::array::from_fn(|at| match at.checked_sub(1) {
            None => (IMPULSE, Knob::Choice(&self.impulse)),
            Some(at) => (TABLE[at].id, settings[at]),
        })
    }

    /// The parameter of an id. \[any\]
    #[must_use]
    pub fn knob(&self, id: &str) -> Option<Knob<'_>> {
        self.all().into_iter().find(|(own, _)| *own == id).map(|(_, knob)| knob)
    }

    /// The requested recipe: the session's sources, with level, shape and combination from the parameters.
    /// \[not audio\]
    #[must_use]
    pub fn wanted(&self) -> Recipe {
        shaped(self.session.get(), &self.settings())
    }
}

/// The impulses of a recipe as settings level, shape and combine them.
fn shaped(recipe: Recipe, settings: &Settings) -> Recipe {
    settings.recipe(recipe.source, recipe.second.map(|second| second.source))
}

/// A parameter of the framework's.
#[derive(Clone, Copy)]
pub enum Knob<'a> {
    /// The parameter of a number.
    Number(&'a FloatParam),
    /// The parameter of a switch.
    Switch(&'a BoolParam),
    /// The parameter of a choice.
    Choice(&'a IntParam),
}

/// Evaluates one expression for a parameter of any kind.
macro_rules! any_knob {
    ($knob:expr, $param:ident => $what:expr) => {
        match $knob {
            $crate::parameters::Knob::Number($param) => $what,
            $crate::parameters::Knob::Switch($param) => $what,
            $crate::parameters::Knob::Choice($param) => $what,
        }
    };
}
pub(crate) use any_knob;

/// How a kind of setting becomes a parameter.
pub trait Parameter: Typed {
    /// The framework's type of the parameter.
    type Param: Param;
    /// The parameter of a setting with these values.
    fn parameter(self, id: &str, name: &str, revision: &Arc<Revision>) -> Self::Param;
    /// The present value of a parameter.
    fn plain(param: &Self::Param) -> Self::Plain;
}

impl Parameter for Number {
    type Param = FloatParam;
    fn parameter(self, id: &str, name: &str, revision: &Arc<Revision>) -> FloatParam {
        let range = FloatRange::Skewed { min: *self.range.start(), max: *self.range.end(), factor: self.skew };
        let (shown, read) = (self.clone(), self.clone());
        FloatParam::new(name, self.default, range)
            .with_step_size(self.step)
            .with_callback(watched(id, revision))
            .with_value_to_string(Arc::new(move |value| shown.show(value)))
            .with_string_to_value(Arc::new(move |text| read.read(text)))
    }
    fn plain(param: &FloatParam) -> f32 {
        param.value()
    }
}

impl Parameter for Switch {
    type Param = BoolParam;
    fn parameter(self, id: &str, name: &str, revision: &Arc<Revision>) -> BoolParam {
        let param = BoolParam::new(name, self.default)
            .with_callback(watched(id, revision))
            .with_value_to_string(Arc::new(move |value| self.show(value).to_owned()))
            .with_string_to_value(Arc::new(move |text| self.read(text)));
        if id == "bypass" { param.make_bypass() } else { param }
    }
    fn plain(param: &BoolParam) -> bool {
        param.value()
    }
}

impl Parameter for Choice {
    type Param = IntParam;
    fn parameter(self, id: &str, name: &str, revision: &Arc<Revision>) -> IntParam {
        let last = self.options.len() as i32 - 1;
        IntParam::new(name, self.default as i32, IntRange::Linear { min: 0, max: last })
            .with_callback(watched(id, revision))
            .with_value_to_string(Arc::new(move |value| self.show(usize::try_from(value).unwrap_or(0)).to_owned()))
            .with_string_to_value(Arc::new(move |text| self.read(text).map(|value| value as i32)))
    }
    fn plain(param: &IntParam) -> usize {
        usize::try_from(param.value()).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::Controls;

    #[test]
    fn a_fresh_instance_sounds_like_the_chains_default() {
        let params = TranseptParams::default();
        assert_eq!(params.settings(), Settings::default());
        assert_eq!(params.settings().controls(None), Controls::default());
        assert_eq!(params.wanted(), Recipe::default());
    }

    #[test]
    fn the_ids_in_saved_sessions_are_these() {
        let params = TranseptParams::default();
        let map = params.param_map();
        let ids: Vec<&str> = map.iter().map(|(id, _, _)| id.as_str()).collect();
        let mix = [
            "dry",
            "wet",
            "mix_mode",
            "mix",
            "mix_lock",
            "output_level",
            "output_lock",
            "loudness",
            "width",
            "predelay",
            "predelay_sync",
            "bypass",
        ];
        let shape = ["trim_start", "trim_start_auto", "trim_end", "trim_end_auto", "size", "late", "reverse"];
        let decay =
            ["decay_low", "decay_middle", "decay_high", "low_crossover", "high_crossover", "decay_all", "clean_tail"];
        let blend = ["combine", "morph", "invert", "second_invert", "path_order", "second_path_order"];
        let envelope = ["attack", "decay", "fade_in", "fade_out", "keep_offset"];
        let tone = ["low_cut", "high_cut", "low_shelf", "low_shelf_corner", "high_shelf", "high_shelf_corner"];
        let all = [&["impulse"], &mix[..], &tone, &shape, &envelope, &decay, &blend].concat();
        assert_eq!(ids, all);
        let names = std::iter::once("Impulse").chain(TABLE.iter().map(|setting| setting.name));
        for (((id, pointer, _), (own, knob)), name) in map.iter().zip(params.all()).zip(names) {
            let named = any_knob!(knob, param => (param.name(), param.as_ptr()));
            assert_eq!((id.as_str(), (name, *pointer)), (own, named));
        }
    }

    /// A host asks for 0…1, shows the text, and sends back what was typed or saved.
    #[test]
    fn every_value_survives_the_way_through_text_and_through_the_hosts_scale() {
        fn walk<P: Param<Plain: Copy>>(param: &P) {
            for i in 0..=1000 {
                let plain = param.preview_plain(i as f32 / 1000.0);
                let normalized = param.preview_normalized(plain);
                assert!(param.preview_plain(normalized) == plain, "{}: {i}", param.name());
                let text = param.normalized_value_to_string(normalized, true);
                let read = param.string_to_normalized_value(&text).expect("its own text is readable");
                assert!(param.preview_plain(read) == plain, "{}: {text}", param.name());
            }
        }
        for (_, knob) in TranseptParams::default().all() {
            any_knob!(knob, param => walk(param));
        }
    }

    /// What is typed in a host is what is typed behind an option of the program, or stands in a file, to the last bit.
    #[test]
    fn a_text_means_the_same_in_a_host_as_in_the_table() {
        for (setting, knob) in TABLE.iter().zip(TranseptParams::default().knobs()) {
            let Knob::Number(param) = knob else { continue };
            for i in 0..=1000 {
                let text = param.normalized_value_to_string(i as f32 / 1000.0, true);
                let typed = param.string_to_normalized_value(&text).expect("its own text is readable");
                let Some(Value::Number(read)) = setting.read(&text) else { panic!("{}: {text}", setting.id) };
                assert_eq!(param.preview_plain(typed).to_bits(), read.to_bits(), "{}: {text}", setting.id);
            }
        }
    }

    /// The window knows positions, and asks the rows which settings have an effect there.
    #[test]
    fn a_position_on_the_hosts_scale_is_the_same_value_in_the_table() {
        for (setting, knob) in TABLE.iter().zip(TranseptParams::default().knobs()) {
            let default = any_knob!(knob, param => param.default_normalized_value());
            assert_eq!(setting.at(default), setting.default(), "{}", setting.id);
            for position in (0..=1000).map(|i| i as f32 / 1000.0) {
                match (knob, setting.at(position)) {
                    (Knob::Number(param), Value::Number(value)) => {
                        let Kind::Number(number) = &setting.kind else { panic!("{}", setting.id) };
                        // Half-way between two steps either is the nearest.
                        let apart = (param.preview_plain(position) - value).abs();
                        assert!(apart < 1.5 * number.step, "{}: {value}", setting.id);
                    }
                    (Knob::Switch(param), Value::Switch(value)) => {
                        assert_eq!(setting.at(param.preview_normalized(value)), Value::Switch(value));
                    }
                    (Knob::Choice(param), Value::Choice(value)) => {
                        assert_eq!(param.preview_plain(param.preview_normalized(value as i32)), value as i32);
                        assert_eq!(setting.at(param.preview_normalized(value as i32)), Value::Choice(value));
                    }
                    (_, value) => panic!("{}: {value:?}", setting.id),
                }
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
        assert_eq!((params.trim_end.preview_plain(1.0), set(&params.decay, "off")), (LONG, LONG));
        assert_eq!(params.wet.normalized_value_to_string(0.0, true), "off");
    }
}
