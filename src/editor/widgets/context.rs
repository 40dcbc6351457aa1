//! The right button of the pointer, on any control of a parameter.
use crate::editor::parameter::{Edit, Parameter};
use egui::{Pos2, Response, Ui};

/// Asks for the menu of a parameter if its control was clicked with the right button.
pub fn ask(ui: &Ui, response: &Response, parameter: Parameter, edits: &mut Vec<Edit>) {
    if let Some(place) = response.interact_pointer_pos().filter(|_| response.secondary_clicked()) {
        let pixels = pixels_per_point(ui);
        edits.push(Edit::Menu(parameter, [place.x, place.y].map(|points| (points * pixels).round() as i32)));
    }
}

/// Where the menu of a control was asked for, in points.
#[must_use]
pub fn point(ui: &Ui, place: [i32; 2]) -> Pos2 {
    Pos2::from(place.map(|pixels| pixels as f32 / pixels_per_point(ui)))
}

/// Of the host's pixels. On macOS hosts measure windows in the system's points.
fn pixels_per_point(ui: &Ui) -> f32 {
    if cfg!(target_os = "macos") { ui.ctx().zoom_factor() } else { ui.pixels_per_point() }
}
