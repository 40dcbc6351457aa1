//! The wheel where it counts steps.

use egui::{Event, MouseWheelUnit, Ui};

/// Points of a notch, where the system tells points.
const NOTCH: f32 = 50.0;

/// Whole notches that the wheel was turned down, up below 0. Less than one is left in `rest` for the next frame.
pub fn notches(ui: &Ui, rest: &mut f32) -> isize {
    let notches = |event: &Event| match event {
        Event::MouseWheel { unit: MouseWheelUnit::Point, delta, .. } => -delta.y / NOTCH,
        Event::MouseWheel { delta, .. } => -delta.y,
        _ => 0.0,
    };
    *rest += ui.input(|input| input.events.iter().map(notches).sum::<f32>());
    let whole = rest.trunc();
    *rest -= whole;
    whole as isize
}
