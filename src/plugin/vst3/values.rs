//! Parameters by their VST3 numbers.
use super::told::Told;
use crate::parameters::{Knob, PARAMETERS, TranseptParams, any_knob};
use crate::plugin::loaded;
use nice_plug::params::InternalParamMut;
use nice_plug::plugin::ParamValue;
use nice_plug::prelude::{Param, Params, PluginState};
use std::sync::Arc;

/// The parameters of an instance. Setting one tells nobody (D1): the audio thread and the window look by themselves.
#[derive(Clone)]
pub(super) struct Values {
    params: Arc<TranseptParams>,
    /// In the order of [`TranseptParams::all`], as `told`.
    numbers: [u32; PARAMETERS],
    told: Arc<Told>,
}

/// The framework's rule for the number of an id; the highest bit belongs to the host.
fn number(id: &str) -> u32 {
    id.bytes().fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) & !(1 << 31)
}

impl Values {
    /// Looks up the numbers. \[main\]
    pub fn new(params: Arc<TranseptParams>) -> Self {
        let numbers = params.all().map(|(id, _)| number(id));
        Self { params, numbers, told: Arc::default() }
    }

    /// The parameters themselves.
    pub fn params(&self) -> &TranseptParams {
        &self.params
    }

    /// The number of a parameter by its place.
    #[cfg(test)]
    pub fn number_at(&self, index: usize) -> u32 {
        self.numbers[index]
    }

    /// Every parameter's id in sessions, with its number. \[main\]
    #[cfg(feature = "editor")]
    pub fn ids(&self) -> Vec<(&'static str, u32)> {
        self.params.all().iter().zip(self.numbers).map(|((id, _), number)| (*id, number)).collect()
    }

    fn index(&self, number: u32) -> Option<usize> {
        self.numbers.iter().position(|own| *own == number)
    }

    /// Sets a parameter to a value from 0 to 1. False for a number that is none, and for a value that is none.
    /// Real-time safe. \[any\]
    pub fn set(&self, number: u32, value: f64) -> bool {
        let Some(index) = self.index(number).filter(|_| value.is_finite()) else { return false };
        self.told.overtake(index, || self.set_at(index, value));
        true
    }

    fn set_at(&self, index: usize, value: f64) {
        // SAFETY: unsafe only because the framework wants to be the one that changes parameters. The values are
        // atomics, and what our parameters call when they change may be called on any thread: it touches atomics alone.
        unsafe { any_knob!(self.params.all()[index].1, param => param._internal_set_normalized_value(value as f32)) };
    }

    /// Keeps a value from 0 to 1 that a block is going to bring: it is told back, and not heard. False for a number
    /// that is none, and for a value that is none. Real-time safe. \[any\]
    pub fn tell(&self, number: u32, value: f64) -> bool {
        let Some(index) = self.index(number).filter(|_| value.is_finite()) else { return false };
        // On the step that the parameter will be at.
        let step = any_knob!(self.params.all()[index].1, param => {
            param.preview_normalized(param.preview_plain(value as f32))
        });
        self.told.tell(index, f64::from(step));
        true
    }

    /// Sets the parameters that no block has brought, and will bring no more. Real-time safe. \[any\]
    pub fn settle(&self) {
        for index in 0..PARAMETERS {
            if let Some(value) = self.told.take(index) {
                self.set_at(index, value);
            }
        }
    }

    /// The value of a parameter as a host knows it, from 0 to 1. Real-time safe. \[any\]
    pub fn value(&self, number: u32) -> Option<f64> {
        let index = self.index(number)?;
        let own = || any_knob!(self.params.all()[index].1, param => f64::from(param.unmodulated_normalized_value()));
        Some(self.told.get(index).unwrap_or_else(own))
    }

    /// The plain value on the step of a value from 0 to 1: 0 or 1 for a switch. Real-time safe. \[any\]
    pub fn plain(&self, number: u32, normalized: f64) -> Option<f64> {
        let normalized = normalized as f32;
        Some(match self.params.all()[self.index(number)?].1 {
            Knob::Number(param) => f64::from(param.preview_plain(normalized)),
            Knob::Switch(param) => f64::from(u8::from(param.preview_plain(normalized))),
            Knob::Choice(param) => f64::from(param.preview_plain(normalized)),
        })
    }

    /// Takes over a state in which every value is sound. \[any but audio\]
    pub fn take_over(&self, state: &PluginState) {
        loaded::take_over(&self.params, state, |index, set| self.told.overtake(index, set));
    }

    /// What a state says while values are kept that no block has brought yet: as if they had been brought. `None` while
    /// none is kept. They are set in a copy of the instance's parameters, since here they would be heard. \[any but
    /// audio\]
    pub fn state_as_told(&self) -> Option<PluginState> {
        let all = || -> [Option<f64>; PARAMETERS] { std::array::from_fn(|index| self.told.get(index)) };
        let mut told = all();
        if told.iter().all(Option::is_none) {
            return None;
        }
        // A block may bring a value meanwhile, which is then newer than what was kept.
        let state = loop {
            let state = self.state();
            let before = std::mem::replace(&mut told, all());
            if before == told {
                break state;
            }
        };
        let copy = Self::new(Arc::default());
        copy.take_over(&state);
        for (index, value) in told.into_iter().enumerate() {
            if let Some(value) = value {
                copy.set_at(index, value);
            }
        }
        Some(copy.state())
    }

    /// The framework's form of a state.
    fn state(&self) -> PluginState {
        let value = |knob| match knob {
            Knob::Number(param) => ParamValue::F32(param.unmodulated_plain_value()),
            Knob::Switch(param) => ParamValue::Bool(param.unmodulated_plain_value()),
            Knob::Choice(param) => ParamValue::I32(param.unmodulated_plain_value()),
        };
        PluginState {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            params: self.params.all().into_iter().map(|(id, knob)| (id.to_owned(), value(knob))).collect(),
            fields: self.params.serialize_fields(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_heard_asks_for_no_other_kernel() {
        let params = Arc::new(TranseptParams::default());
        let values = Values::new(params.clone());
        let fresh = params.wanted();
        let set = |id: &str, value: f64| assert!(values.set(number(id), value), "{id}");
        for id in [
            "dry",
            "wet",
            "mix_mode",
            "mix",
            "mix_lock",
            "output_level",
            "output_lock",
            "width",
            "predelay",
            "predelay_sync",
            "bypass",
            "low_cut",
            "high_cut",
        ] {
            set(id, 0.9);
            assert_eq!(params.wanted(), fresh, "{id} is the chain's");
        }
        for id in ["low_crossover", "high_crossover"] {
            set(id, 0.9);
            assert_eq!(params.wanted(), fresh, "{id} is between bands of which none is scaled");
        }
        set("decay_low", 0.9);
        assert_ne!(params.wanted(), fresh);
        for id in ["trim_start", "trim_end"] {
            set(&format!("{id}_auto"), 1.0);
            let automatic = params.wanted();
            set(id, 0.5);
            assert_eq!(params.wanted(), automatic, "{id} does not count");
        }
    }

    /// The window is told of nothing (D1): it looks by itself.
    #[cfg(feature = "editor")]
    #[test]
    fn the_window_sees_every_parameter_that_moves() {
        use crate::editor::{binding::Host, controller::Controller, scene::Scene, window};
        use crate::prepare::worker::Worker;
        use std::time::Instant;

        struct Silent;
        impl Host for Silent {
            fn begin(&self, _knob: Knob) {}
            fn set(&self, _knob: Knob, _normalized: f32) {}
            fn end(&self, _knob: Knob) {}
        }
        let params = Arc::new(TranseptParams::default());
        let values = Values::new(params.clone());
        let (worker, _kernels) = Worker::spawn(|| None);
        let mut scene = Scene::new(Controller::new(params.clone(), worker.handle(), Arc::default()));
        let open = scene.open(Box::new(Silent), None);
        open.lock().settle();
        let (context, now) = (egui::Context::default(), Instant::now());
        crate::editor::theme::install(&context, crate::editor::theme::Theme::Dark);
        let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, window::DEFAULT_SIZE);
        let draw = |scene: &mut Scene| {
            let input = egui::RawInput { screen_rect: Some(whole), ..Default::default() };
            context.run_ui(input, |ui| scene.draw(ui, [780, 600], now)).drop_without_applying_deltas();
        };
        draw(&mut scene);
        // The choice of a slot is seen by what it selects.
        for (index, (id, _)) in params.all().into_iter().enumerate().skip(1) {
            assert!(!scene.need(now).is_for_frame(|| true), "before {id}");
            let is_high = values.value(values.numbers[index]).is_some_and(|value| value > 0.5);
            assert!(values.set(values.numbers[index], if is_high { 0.0 } else { 1.0 }));
            assert!(scene.need(now).is_for_frame(|| true), "{id}");
            draw(&mut scene);
        }
    }
}
