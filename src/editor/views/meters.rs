//! Meters of input and output: peak, RMS, the peak that is held, and a light that stays when a channel went over.

mod ballistics;
mod paint;

use crate::chain::{Format, Reading};
use crate::editor::controller::Controller;
use crate::editor::text::decibels;
use crate::editor::view::View;
use ballistics::Ballistics;
use egui::Ui;
use std::convert::Infallible;

/// Width of the panel's content.
pub const WIDTH: f32 = 112.0;
/// The scale's ends in dB relative to full scale.
pub const RANGE: (f32, f32) = (-60.0, 6.0);

/// Levels of one channel in dB relative to full scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// End of the bar: the peak.
    pub bar: f32,
    /// The peak that is held.
    pub held: f32,
    /// The root of the mean square, at the inner end of the bar.
    pub rms: f32,
    /// True since a sample was above full scale, until somebody resets it.
    pub is_over: bool,
}

impl Default for Level {
    fn default() -> Self {
        Self { bar: RANGE.0, held: RANGE.0, rms: RANGE.0, is_over: false }
    }
}

impl Level {
    /// Rounds to a tenth of a decibel, as the text does; a bar cannot show less. A level that moves by less than that
    /// needs no frame.
    #[must_use]
    pub fn shown(self) -> Self {
        let tenth = |decibels: f32| (decibels * 10.0).round() / 10.0;
        Self { bar: tenth(self.bar), held: tenth(self.held), rms: tenth(self.rms), ..self }
    }

    /// For a reader of the screen, and where the pointer rests.
    fn text(&self, channel: &str) -> String {
        let [peak, rms, held] = [self.bar, self.rms, self.held].map(level_text);
        format!("{channel}: peak {peak} dB, RMS {rms} dB, held {held} dB")
    }
}

/// Side of the effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What comes in.
    Input,
    /// What goes out.
    Output,
}

impl Side {
    const fn name(self) -> &'static str {
        match self {
            Self::Input => "In",
            Self::Output => "Out",
        }
    }

    /// Name of a channel; its number before there is a format.
    fn channel(self, channel: usize, format: Option<Format>) -> String {
        let Some(Format { layout, .. }) = format else { return (channel + 1).to_string() };
        match self {
            Self::Input => layout.input_name(channel),
            Self::Output => layout.output_name(channel),
        }
    }
}

/// Levels per channel.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Model {
    /// Levels of the input.
    pub input: Vec<Level>,
    /// Levels of the output.
    pub output: Vec<Level>,
    /// The format, whose channels have names.
    pub format: Option<Format>,
}

/// Rise and fall of the meters.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    input: Vec<Ballistics>,
    output: Vec<Ballistics>,
}

impl State {
    /// Takes the readings of the last `seconds` and gives the levels.
    pub fn update(&mut self, side: Side, readings: &[Reading], seconds: f32) -> Vec<Level> {
        let meters = self.meters(side);
        meters.resize(readings.len(), Ballistics::default());
        meters.iter_mut().zip(readings).map(|(meter, reading)| meter.update(*reading, seconds).shown()).collect()
    }

    /// Resets the light of a side: what went over before is no longer shown.
    fn reset(&mut self, side: Side) {
        self.meters(side).iter_mut().for_each(Ballistics::reset);
    }

    fn meters(&mut self, side: Side) -> &mut Vec<Ballistics> {
        match side {
            Side::Input => &mut self.input,
            Side::Output => &mut self.output,
        }
    }
}

/// Two groups of bars with one scale between them.
pub struct Meters;

impl View for Meters {
    type Model = Model;
    type State = State;
    type Action = Infallible;

    fn model(controller: &Controller, state: &mut State) -> Model {
        let [input, output] = controller.take_levels();
        let seconds = controller.seconds();
        Model {
            input: state.update(Side::Input, &input, seconds),
            output: state.update(Side::Output, &output, seconds),
            format: controller.format(),
        }
    }

    fn show(ui: &mut Ui, model: &Model, state: &mut State) -> Vec<Infallible> {
        for side in paint::draw(ui, model, ui.max_rect()) {
            state.reset(side);
        }
        Vec::new()
    }

    fn act(action: Infallible, _: &mut Controller) {
        match action {}
    }
}

/// A level as a figure, with a true minus.
fn level_text(level: f32) -> String {
    if level <= RANGE.0 { "−∞".to_owned() } else { decibels(f64::from(level)).replace(" dB", "") }
}
