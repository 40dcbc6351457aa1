//! Connects the window's [`Parameter`]s to the plugin's: readings one way, edits through the host's automation the
//! other.
use super::parameter::{Edit, Move, Parameter, Reading};
use crate::parameters::{Knob, TranseptParams, any_knob};
use crate::settings::{self, Settings, TABLE, Value};
use nice_plug::context::gui::GuiContext;
use nice_plug::params::Param;
use std::sync::Arc;

/// A host's automation, as far as a window needs it. \[main\]
pub trait Host: Send {
    /// Begins a gesture.
    fn begin(&self, knob: Knob);
    /// Moves to this value on the host's scale, 0 to 1.
    fn set(&self, knob: Knob, normalized: f32);
    /// Ends a gesture.
    fn end(&self, knob: Knob);
}

impl Host for GuiContext {
    fn begin(&self, knob: Knob) {
        any_knob!(knob, param => self.param_setter().begin_set_parameter(param));
    }
    fn set(&self, knob: Knob, normalized: f32) {
        // Through the plain value, so that the host hears of the step that will be shown.
        any_knob!(knob, param => self.param_setter().set_parameter(param, param.preview_plain(normalized)));
    }
    fn end(&self, knob: Knob) {
        any_knob!(knob, param => self.param_setter().end_set_parameter(param));
    }
}

/// Brings the readings of all parameters up to date, in the order of the settings' table: without a host's modulation,
/// because a drag starts from the value itself. Only those that have moved are made again, because texts take time.
pub fn update(readings: &mut Arc<[Reading]>, params: &TranseptParams) {
    let knobs = TABLE.iter().zip(params.knobs());
    let make = |parameter, knob| any_knob!(knob, param => read(parameter, param, default(parameter, knob)));
    if readings.len() != TABLE.len() {
        *readings = knobs.map(|(setting, knob)| make(setting.id, knob)).collect();
        return;
    }
    for (at, (setting, knob)) in knobs.enumerate() {
        if readings[at].normalized != any_knob!(knob, param => param.unmodulated_normalized_value()) {
            Arc::make_mut(readings)[at] = make(setting.id, knob);
        }
    }
}

/// One parameter as it stands, without a host's modulation. `None` if there is no such parameter.
#[must_use]
pub fn reading(parameter: Parameter, params: &TranseptParams) -> Option<Reading> {
    params.knob(parameter).map(|knob| any_knob!(knob, param => read(parameter, param, default(parameter, knob))))
}

/// Tells the host of an edit. A text that is no value has no effect.
pub fn apply(edit: &Edit, params: &TranseptParams, host: &dyn Host) {
    let (Edit::Begin(parameter)
    | Edit::Set(parameter, _)
    | Edit::End(parameter)
    | Edit::Reset(parameter)
    | Edit::Type(parameter, _)
    | Edit::Menu(parameter, _)) = edit;
    let Some(knob) = params.knob(parameter) else { return };
    let whole = |normalized| {
        host.begin(knob);
        host.set(knob, normalized);
        host.end(knob);
    };
    match edit {
        Edit::Begin(_) => host.begin(knob),
        Edit::Set(_, normalized) => host.set(knob, *normalized),
        Edit::End(_) => host.end(knob),
        Edit::Menu(..) => {} // The controller's.
        Edit::Reset(parameter) => whole(default(parameter, knob)),
        Edit::Type(_, text) => {
            if let Some(normalized) = any_knob!(knob, param => param.string_to_normalized_value(text)) {
                whole(normalized);
            }
        }
    }
}

/// The values of all parameters, without a host's modulation.
#[must_use]
pub fn settings(params: &TranseptParams) -> Settings {
    let mut settings = Settings::default();
    for (setting, knob) in TABLE.iter().zip(params.knobs()) {
        settings.set(setting.id, value(knob));
    }
    settings
}

/// The moves that bring every parameter to its value in `settings`, except those that stay: of each that is elsewhere.
#[must_use]
pub fn moves(settings: &Settings, params: &TranseptParams, stays: impl Fn(Parameter) -> bool) -> Vec<Move> {
    let all = TABLE.iter().zip(params.knobs()).zip(settings.values());
    let moves = all.map(|((setting, knob), to)| Move { parameter: setting.id, from: value(knob), to });
    moves.filter(|moved| !stays(moved.parameter) && moved.from != moved.to).collect()
}

/// True if every parameter has its value in `settings`, except those that do not count.
#[must_use]
pub fn are_at(settings: &Settings, params: &TranseptParams, counts: impl Fn(Parameter) -> bool) -> bool {
    let mut all = TABLE.iter().zip(params.knobs()).zip(settings.values());
    all.all(|((setting, knob), wanted)| value(knob) == wanted || !counts(setting.id))
}

/// Moves one parameter to a value, as one gesture.
pub fn move_to(parameter: Parameter, to: Value, params: &TranseptParams, host: &dyn Host) {
    if let Some(knob) = params.knob(parameter) {
        host.begin(knob);
        host.set(knob, normalized(knob, to));
        host.end(knob);
    }
}

/// The value of a parameter, without a host's modulation. `None` if there is no such parameter.
#[must_use]
pub fn value_of(parameter: Parameter, params: &TranseptParams) -> Option<Value> {
    params.knob(parameter).map(value)
}

/// The value of a setting at a place on the host's scale. `None` if there is no such setting.
#[must_use]
pub fn value_at(parameter: Parameter, normalized: f32) -> Option<Value> {
    settings::find(parameter).map(|setting| setting.at(normalized))
}

/// The value that a text means for a parameter. `None` if it means none.
#[must_use]
pub fn typed(parameter: Parameter, text: &str, params: &TranseptParams) -> Option<Value> {
    let knob = params.knob(parameter)?;
    value_at(parameter, any_knob!(knob, param => param.string_to_normalized_value(text))?)
}

fn value(knob: Knob) -> Value {
    match knob {
        Knob::Number(param) => Value::Number(param.unmodulated_plain_value()),
        Knob::Switch(param) => Value::Switch(param.unmodulated_plain_value()),
        Knob::Choice(param) => Value::Choice(usize::try_from(param.unmodulated_plain_value()).unwrap_or(0)),
    }
}

/// A value on the host's scale; one of another kind is the default.
fn normalized(knob: Knob, value: Value) -> f32 {
    match (knob, value) {
        (Knob::Number(param), Value::Number(value)) => param.preview_normalized(value),
        (Knob::Switch(param), Value::Switch(value)) => param.preview_normalized(value),
        (Knob::Choice(param), Value::Choice(value)) => param.preview_normalized(value as i32),
        (knob, _) => any_knob!(knob, param => param.default_normalized_value()),
    }
}

/// The default of a setting on the host's scale. To the framework the defaults of a standalone are what it began with.
fn default(parameter: Parameter, knob: Knob) -> f32 {
    let setting = settings::find(parameter).map(|setting| normalized(knob, setting.default()));
    setting.unwrap_or_else(|| any_knob!(knob, param => param.default_normalized_value()))
}

/// Tells the host that another slot of the list is at hand.
pub fn choose_slot(slot: usize, params: &TranseptParams, host: &dyn Host) {
    let knob = Knob::Choice(&params.impulse);
    host.begin(knob);
    host.set(knob, params.impulse.preview_normalized(slot as i32));
    host.end(knob);
}

fn read(parameter: Parameter, param: &impl Param, default: f32) -> Reading {
    let normalized = param.unmodulated_normalized_value();
    Reading {
        parameter,
        name: param.name().to_owned(),
        normalized,
        default,
        text: param.normalized_value_to_string(normalized, true),
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
            let name = any_knob!(knob, param => param.name().to_owned());
            self.0.lock().push(format!("{what} {name}"));
        }
    }

    impl Host for Recorder {
        fn begin(&self, knob: Knob) {
            self.note("begin", knob);
        }
        fn set(&self, knob: Knob, normalized: f32) {
            let text = any_knob!(knob, param => param.normalized_value_to_string(normalized, true));
            self.note(&format!("set {text}"), knob);
        }
        fn end(&self, knob: Knob) {
            self.note("end", knob);
        }
    }

    fn heard(edit: Edit) -> Vec<String> {
        let recorder = Recorder::default();
        apply(&edit, &TranseptParams::default(), &recorder);
        recorder.0.into_inner()
    }

    #[test]
    fn a_typed_value_is_one_gesture_and_an_unreadable_one_is_none() {
        let wet = heard(Edit::Type("wet", "-6".to_owned()));
        assert_eq!(wet, ["begin Wet", "set -6.0 dB Wet", "end Wet"]);
        assert!(heard(Edit::Type("wet", "loud".to_owned())).is_empty());
    }

    #[test]
    fn a_reset_is_one_gesture_to_the_default() {
        let wet = heard(Edit::Reset("wet"));
        assert_eq!(wet, ["begin Wet", "set -12.0 dB Wet", "end Wet"]);
    }

    #[test]
    fn a_held_parameter_is_moved_without_further_gestures() {
        assert_eq!(heard(Edit::Begin("bypass")), ["begin Bypass"]);
        assert_eq!(heard(Edit::Set("width", 0.5)), ["set 100 % Width"]);
        assert_eq!(heard(Edit::End("loudness")), ["end Loudness"]);
    }

    #[test]
    fn readings_are_made_again_only_of_what_has_moved() {
        let still = TranseptParams::default();
        let moved = TranseptParams::at(&Settings { wet: -6.0, ..Settings::default() });
        let (mut readings, mut wanted) = (Arc::default(), Arc::default());
        update(&mut readings, &still);
        let before = readings.clone();
        update(&mut readings, &still);
        assert!(Arc::ptr_eq(&readings, &before));
        update(&mut readings, &moved);
        update(&mut wanted, &moved);
        assert_eq!(readings, wanted);
        let changed = readings.iter().zip(&*before).filter(|(now, before)| now != before);
        assert_eq!(changed.map(|(now, _)| now.text.as_str()).collect::<Vec<_>>(), ["-6.0 dB"]);
    }

    #[test]
    fn every_parameter_has_its_own_name_and_reading() {
        let mut readings = Arc::default();
        update(&mut readings, &TranseptParams::default());
        let mut names: Vec<&str> = readings.iter().map(|reading| reading.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TABLE.len());
        assert!(readings.iter().all(|reading| reading.normalized == reading.default && !reading.text.is_empty()));
    }
}
