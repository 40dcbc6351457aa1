//! All parameters but bypass, in two columns: levels, and the wet signal.
use super::scene::{Action, Draft, Parameter, Scene};
use super::{slider, theme};
use egui::{Align2, Rect, Ui, pos2, vec2};

const ROW: f32 = 28.0;
const CAPTION: f32 = 20.0;
/// Between the columns.
const BETWEEN: f32 = 32.0;

const COLUMNS: [(&str, [Parameter; 4]); 2] = [
    ("Mix", [Parameter::Dry, Parameter::Wet, Parameter::Output, Parameter::LevelMatch]),
    ("Wet signal", [Parameter::Predelay, Parameter::LowCut, Parameter::HighCut, Parameter::Width]),
];

/// Height of the content.
pub const HEIGHT: f32 = CAPTION + 4.0 * ROW;

/// Draws all parameters.
pub fn show(ui: &mut Ui, scene: &Scene, draft: &mut Draft, rect: Rect, actions: &mut Vec<Action>) {
    let size = vec2((rect.width() - BETWEEN) / 2.0, ROW);
    for (column, (caption, parameters)) in COLUMNS.into_iter().enumerate() {
        let corner = pos2(rect.left() + column as f32 * (size.x + BETWEEN), rect.top());
        ui.painter().text(corner, Align2::LEFT_TOP, caption, theme::small(), theme::ACCENT);
        for (row, parameter) in parameters.into_iter().enumerate() {
            let Some(reading) = scene.reading(parameter) else { continue };
            let place = Rect::from_min_size(corner + vec2(0.0, CAPTION + row as f32 * ROW), size);
            if parameter == Parameter::LevelMatch {
                slider::show_switch(ui, reading, place, actions);
            } else {
                slider::show(ui, reading, draft, place, actions);
            }
        }
    }
}
