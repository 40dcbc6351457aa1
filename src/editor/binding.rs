//! Between the window's [`Parameter`]s and the plugin's: readings one way, the host's automation the other.
use super::scene::{Action, Parameter, Reading};
use crate::plugin::params::TranseptParams;
use nice_plug::context::gui::GuiContext;
use nice_plug::params::{BoolParam, FloatParam, Param};

/// All parameters that the window shows.
const ALL: [Parameter; 9] = [
    Parameter::Dry,
    Parameter::Wet,
    Parameter::Output,
    Parameter::LevelMatch,
    Parameter::Predelay,
    Parameter::LowCut,
    Parameter::HighCut,
    Parameter::Width,
    Parameter::Bypass,
];

/// A parameter of the plugin.
#[derive(Clone, Copy)]
pub enum Knob<'a> {
    /// One with a range.
    Range(&'a FloatParam),
    /// One that is on or off.
    Switch(&'a BoolParam),
}

/// The way to a host's automation: takes hold of a parameter, moves it, lets go of it.
pub trait Host: Send {
    /// Takes hold.
    fn begin(&self, knob: Knob);
    /// Moves to this value on the host's scale, 0 to 1.
    fn set(&self, knob: Knob, normalized: f32);
    /// Lets go.
    fn end(&self, knob: Knob);
}

impl Host for GuiContext {
    fn begin(&self, knob: Knob) {
        match knob {
            Knob::Range(param) => self.param_setter().begin_set_parameter(param),
            Knob::Switch(param) => self.param_setter().begin_set_parameter(param),
        }
    }
    fn set(&self, knob: Knob, normalized: f32) {
        // Through the plain value, so that the host hears of the step that will be shown.
        match knob {
            Knob::Range(param) => self.param_setter().set_parameter(param, param.preview_plain(normalized)),
            Knob::Switch(param) => self.param_setter().set_parameter(param, param.preview_plain(normalized)),
        }
    }
    fn end(&self, knob: Knob) {
        match knob {
            Knob::Range(param) => self.param_setter().end_set_parameter(param),
            Knob::Switch(param) => self.param_setter().end_set_parameter(param),
        }
    }
}

/// All parameters as they stand, without a host's modulation: what a drag starts from.
#[must_use]
pub fn readings(params: &TranseptParams) -> Vec<Reading> {
    ALL.into_iter()
        .map(|parameter| match knob(params, parameter) {
            Knob::Range(param) => reading(parameter, param),
            Knob::Switch(param) => reading(parameter, param),
        })
        .collect()
}

/// Tells the host of an action on a parameter; other actions do nothing. What was typed and cannot be read changes
/// nothing.
pub fn apply(action: &Action, params: &TranseptParams, host: &dyn Host) {
    let whole = |parameter, normalized| {
        let knob = knob(params, parameter);
        host.begin(knob);
        host.set(knob, normalized);
        host.end(knob);
    };
    match action {
        Action::Begin(parameter) => host.begin(knob(params, *parameter)),
        Action::Set(parameter, normalized) => host.set(knob(params, *parameter), *normalized),
        Action::End(parameter) => host.end(knob(params, *parameter)),
        Action::Reset(parameter) => whole(*parameter, default(knob(params, *parameter))),
        Action::Type(parameter, text) => {
            if let Some(normalized) = read(knob(params, *parameter), text) {
                whole(*parameter, normalized);
            }
        }
        Action::Load(_) | Action::Step(_) | Action::Browse | Action::Locate | Action::Refuse(_) => {}
    }
}

fn knob(params: &TranseptParams, parameter: Parameter) -> Knob<'_> {
    match parameter {
        Parameter::Dry => Knob::Range(&params.dry),
        Parameter::Wet => Knob::Range(&params.wet),
        Parameter::Output => Knob::Range(&params.output),
        Parameter::Predelay => Knob::Range(&params.predelay),
        Parameter::LowCut => Knob::Range(&params.low_cut),
        Parameter::HighCut => Knob::Range(&params.high_cut),
        Parameter::Width => Knob::Range(&params.width),
        Parameter::LevelMatch => Knob::Switch(&params.level),
        Parameter::Bypass => Knob::Switch(&params.bypass),
    }
}

fn reading(parameter: Parameter, param: &impl Param) -> Reading {
    let normalized = param.unmodulated_normalized_value();
    Reading {
        parameter,
        name: param.name().to_owned(),
        normalized,
        default: param.default_normalized_value(),
        text: param.normalized_value_to_string(normalized, true),
    }
}

fn default(knob: Knob) -> f32 {
    match knob {
        Knob::Range(param) => param.default_normalized_value(),
        Knob::Switch(param) => param.default_normalized_value(),
    }
}

fn read(knob: Knob, text: &str) -> Option<f32> {
    match knob {
        Knob::Range(param) => param.string_to_normalized_value(text),
        Knob::Switch(param) => param.string_to_normalized_value(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parking_lot::Mutex;

    /// A host that writes down what it hears.
    #[derive(Default)]
    struct Recorder(Mutex<Vec<String>>);

    impl Recorder {
        fn note(&self, what: &str, knob: Knob) {
            let name = match knob {
                Knob::Range(param) => param.name(),
                Knob::Switch(param) => param.name(),
            };
            self.0.lock().push(format!("{what} {name}"));
        }
    }

    impl Host for Recorder {
        fn begin(&self, knob: Knob) {
            self.note("begin", knob);
        }
        fn set(&self, knob: Knob, normalized: f32) {
            let text = match knob {
                Knob::Range(param) => param.normalized_value_to_string(normalized, true),
                Knob::Switch(param) => param.normalized_value_to_string(normalized, true),
            };
            self.note(&format!("set {text}"), knob);
        }
        fn end(&self, knob: Knob) {
            self.note("end", knob);
        }
    }

    fn heard(action: Action) -> Vec<String> {
        let recorder = Recorder::default();
        apply(&action, &TranseptParams::default(), &recorder);
        recorder.0.into_inner()
    }

    #[test]
    fn a_typed_value_is_one_gesture_and_an_unreadable_one_is_none() {
        let wet = heard(Action::Type(Parameter::Wet, "-6".to_owned()));
        assert_eq!(wet, ["begin Wet", "set -6.0 dB Wet", "end Wet"]);
        assert!(heard(Action::Type(Parameter::Wet, "loud".to_owned())).is_empty());
    }

    #[test]
    fn a_reset_is_one_gesture_to_the_default() {
        let wet = heard(Action::Reset(Parameter::Wet));
        assert_eq!(wet, ["begin Wet", "set -12.0 dB Wet", "end Wet"]);
    }

    #[test]
    fn a_held_parameter_is_moved_without_further_gestures() {
        assert_eq!(heard(Action::Begin(Parameter::Bypass)), ["begin Bypass"]);
        assert_eq!(heard(Action::Set(Parameter::Width, 0.5)), ["set 100 % Width"]);
        assert_eq!(heard(Action::End(Parameter::LevelMatch)), ["end Level match"]);
    }

    #[test]
    fn every_parameter_has_its_own_name_and_reading() {
        let readings = readings(&TranseptParams::default());
        let mut names: Vec<&str> = readings.iter().map(|reading| reading.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
        assert!(readings.iter().all(|reading| reading.normalized == reading.default && !reading.text.is_empty()));
    }
}
