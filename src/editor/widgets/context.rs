//! The right button of the pointer, on any control of a parameter.
use crate::editor::parameter::{Edit, Parameter};
use egui::{Response, Ui};

/// Asks for the host's menu of a parameter if its control was clicked with the right button.
pub fn ask(ui: &Ui, response: &Response, parameter: Parameter, edits: &mut Vec<Edit>) {
    if let Some(place) = response.interact_pointer_pos().filter(|_| response.secondary_clicked()) {
        // On macOS windows are measured in points.
        let pixels = if cfg!(target_os = "macos") { 1.0 } else { ui.pixels_per_point() };
        edits.push(Edit::Menu(parameter, [place.x, place.y].map(|points| (points * pixels).round() as i32)));
    }
}
