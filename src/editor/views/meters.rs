//! Peak meters of input and output.
use crate::editor::controller::Controller;
use crate::editor::text::decibels;
use crate::editor::theme;
use crate::editor::view::View;
use egui::{Align2, Color32, CornerRadius, Rect, Sense, Ui, pos2};
use std::convert::Infallible;

/// Width of the panel's content.
pub const WIDTH: f32 = 112.0;
/// The scale's ends in dB relative to full scale.
pub const RANGE: (f32, f32) = (-60.0, 6.0);
/// Space between two bars, where there is room for it.
const BETWEEN: f32 = 2.0;
/// Fall of the bars in dB per second: 20 dB in 1.7 s, as IEC 60268-18 asks of peak meters.
const FALL: f32 = 20.0 / 1.7;
/// For how many seconds a peak is held.
const HOLD: f32 = 1.5;

/// Reading of one meter in dB relative to full scale.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Level {
    /// End of the bar.
    pub bar: f32,
    /// The peak that is held.
    pub held: f32,
}

impl Level {
    /// Rounds to a tenth of a decibel, as the text does; a bar cannot show less. A level that moves by less than that
    /// needs no frame.
    #[must_use]
    pub fn shown(self) -> Self {
        let tenth = |decibels: f32| (decibels * 10.0).round() / 10.0;
        Self { bar: tenth(self.bar), held: tenth(self.held) }
    }
}

/// Readings per channel.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Model {
    /// Levels of the input.
    pub input: Vec<Level>,
    /// Levels of the output.
    pub output: Vec<Level>,
}

/// Two groups of bars with one scale between them.
pub struct Meters;

impl View for Meters {
    type Model = Model;
    /// Of the input and the output channels.
    type State = [Vec<Ballistics>; 2];
    type Action = Infallible;

    fn model(controller: &Controller, state: &mut Self::State) -> Model {
        let [input, output] = controller.take_peaks();
        let [of_input, of_output] = state;
        let seconds = controller.seconds();
        let levels = |meters: &mut Vec<Ballistics>, peaks: &[f32]| {
            meters.resize(peaks.len(), Ballistics::default());
            meters.iter_mut().zip(peaks).map(|(meter, peak)| meter.update(*peak, seconds).shown()).collect()
        };
        Model { input: levels(of_input, &input), output: levels(of_output, &output) }
    }

    fn show(ui: &mut Ui, model: &Model, _: &mut Self::State) -> Vec<Infallible> {
        draw(ui, model, ui.max_rect());
        Vec::new()
    }

    fn act(action: Infallible, _: &mut Controller) {
        match action {}
    }
}

/// Rise and fall of one meter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ballistics {
    level: Level,
    age: f32,
}

impl Default for Ballistics {
    fn default() -> Self {
        Self { level: Level { bar: RANGE.0, held: RANGE.0 }, age: 0.0 }
    }
}

impl Ballistics {
    /// Takes the largest absolute sample of the last `seconds` and gives the reading: the bar rises at once and falls
    /// by 20 dB in 1.7 s, the peak is held for 1.5 s.
    pub fn update(&mut self, peak: f32, seconds: f32) -> Level {
        let now = (20.0 * peak.log10()).max(RANGE.0);
        let bar = now.max(self.level.bar - FALL * seconds).max(RANGE.0);
        self.age += seconds;
        if now >= self.level.held || self.age > HOLD {
            self.level.held = bar;
            self.age = 0.0;
        }
        self.level.bar = bar;
        self.level
    }
}

fn draw(ui: &Ui, model: &Model, rect: Rect) {
    let bars = Rect::from_min_max(rect.min + egui::vec2(0.0, 17.0), rect.max - egui::vec2(0.0, 16.0));
    group(ui, "In", &model.input, Rect::from_x_y_ranges(rect.left()..=rect.left() + 34.0, bars.y_range()), rect);
    group(ui, "Out", &model.output, Rect::from_x_y_ranges(rect.right() - 34.0..=rect.right(), bars.y_range()), rect);
    let painter = ui.painter();
    // Where there is no room for all marks, every other one stays.
    let step = if bars.height() < 96.0 { 24 } else { 12 };
    for mark in (-60..=0).rev().step_by(step) {
        let y = height_of(mark as f32, bars);
        let text = if mark == 0 { "0".to_owned() } else { format!("−{}", -mark) };
        painter.text(pos2(rect.center().x, y), Align2::CENTER_CENTER, text, theme::small(), theme::TEXT_QUIET);
    }
}

/// The bars of one side, beside each other, under the largest level that is held.
fn group(ui: &Ui, name: &str, levels: &[Level], bars: Rect, whole: Rect) {
    let painter = ui.painter().clone();
    painter.text(pos2(bars.center().x, whole.top()), Align2::CENTER_TOP, name, theme::small(), theme::TEXT_QUIET);
    let held = levels.iter().map(|level| level.held).fold(RANGE.0, f32::max);
    let colour = if held > 0.0 { theme::ALERT } else { theme::TEXT };
    let text = if held <= RANGE.0 { "−∞".to_owned() } else { decibels(f64::from(held)).replace(" dB", "") };
    painter.text(pos2(bars.center().x, whole.bottom()), Align2::CENTER_BOTTOM, &text, theme::small(), colour);
    let count = levels.len().max(1) as f32;
    let gap = BETWEEN.min(bars.width() / count / 3.0);
    let width = (bars.width() - gap * (count - 1.0)) / count;
    for (index, level) in levels.iter().enumerate() {
        let left = bars.left() + index as f32 * (width + gap);
        bar(&painter, *level, Rect::from_x_y_ranges(left..=left + width, bars.y_range()));
    }
    let response = ui.interact(bars, ui.scope_id().with(name), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Meter, true, format!("{name} {text} dB")));
}

fn bar(painter: &egui::Painter, level: Level, well: Rect) {
    painter.rect_filled(well, CornerRadius::same(2), theme::WELL);
    let full = height_of(0.0, well);
    let fill = |top: f32, bottom: f32, colour: Color32| {
        if top < bottom {
            painter.rect_filled(Rect::from_x_y_ranges(well.x_range(), top..=bottom), CornerRadius::same(1), colour);
        }
    };
    let top = height_of(level.bar, well);
    fill(top.max(full), well.bottom(), theme::ACCENT);
    fill(top, full, theme::ALERT);
    painter.hline(well.x_range(), full, (1.0, theme::EDGE));
    if level.held > RANGE.0 {
        let colour = if level.held > 0.0 { theme::ALERT } else { theme::TEXT };
        painter.hline(well.x_range(), height_of(level.held, well), (1.5, colour));
    }
}

fn height_of(decibels: f32, bars: Rect) -> f32 {
    egui::remap_clamp(decibels, RANGE.0..=RANGE.1, bars.bottom()..=bars.top())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_rise_at_once_and_fall_twenty_decibels_in_1_7_seconds() {
        let mut meter = Ballistics::default();
        assert_eq!(meter.update(1.0, 0.025), Level { bar: 0.0, held: 0.0 });
        let mut level = Level::default();
        for _ in 0..68 {
            level = meter.update(0.0, 0.025); // 68 · 25 ms = 1.7 s
        }
        // Sums of 68 f32 steps of 0.3 dB: each rounds by at most 2^-20 dB.
        assert!((level.bar + 20.0).abs() < 1e-3, "{level:?}");
    }

    #[test]
    fn a_peak_is_held_and_then_let_go() {
        let mut meter = Ballistics::default();
        meter.update(0.5, 0.025);
        let held = meter.update(0.0, 1.4).held;
        assert!((held + 6.0206).abs() < 1e-3, "{held}");
        let level = meter.update(0.0, 0.2);
        assert_eq!(level.held, level.bar);
    }

    #[test]
    fn silence_is_the_scales_end() {
        assert_eq!(Ballistics::default().update(0.0, 0.025), Level { bar: RANGE.0, held: RANGE.0 });
    }
}
