//! The part of the impulse that is seen, which wheel, drag and double click change, and keys while the picture has the
//! keyboard.

use crate::editor::widgets::keys::typed;
use crate::picture::{self, Axis, Look, Pane, Portrait, Sheet};
use egui::{EventFilter, Key, Response, Ui, Vec2, vec2};

/// The keys of the picture, for a reader of the screen.
pub const KEYS: &str = "+ and −: closer and further; arrow keys: earlier and later; 0: all";
/// The least share of a picture's whole width that can be seen alone.
const LEAST: f64 = 1e-3;
/// Points of the wheel after which twice as much is seen, or half.
const OCTAVE: f64 = 150.0;
/// A press of a key in points of the wheel, and as a share of what is seen.
const PRESS: f64 = 50.0;
const STEP: f64 = 0.1;

/// Zooms and moves what is seen. True if something changed.
pub fn change(ui: &Ui, portrait: &Portrait, look: &mut Look, sheet: &Sheet, response: &Response) -> bool {
    let whole = look.whole(portrait);
    // The reverberation times beside a decay stay.
    let is_zoomed = |pane: &Pane| pane.x.unit == whole.unit;
    let Some(before) = sheet.panes.iter().find(|pane| is_zoomed(pane)).map(|pane| pane.x) else { return false };
    let at = response.hover_pos().or(response.interact_pointer_pos()).map(|at| at.into());
    let pane = at.and_then(|at| Some((at, sheet.pane(at).filter(|pane| is_zoomed(pane))?)));
    let mut scale = pane.map_or(before, |(at, pane)| by_pointer(ui, response, pane, pane.share(at), &whole));
    if response.has_focus() {
        scale = by_keys(ui, response, scale, &whole);
    }
    if scale == before {
        return false;
    }
    let zoom = (!is_whole(&scale, &whole)).then_some((scale.from, scale.to));
    if look.view == picture::View::Response {
        look.frequency = zoom;
    } else {
        look.time = zoom;
    }
    true
}

/// The wheel zooms around the pointer, at a share of the pane's width; a drag moves, a double click shows all again.
fn by_pointer(ui: &Ui, response: &Response, pane: &Pane, share: f64, whole: &Axis) -> Axis {
    if response.double_clicked() {
        return *whole;
    }
    let scroll = if response.hovered() { ui.input(|input| input.smooth_scroll_delta()) } else { vec2(0.0, 0.0) };
    let drag = if response.dragged() { response.drag_delta().x } else { 0.0 };
    let mut scale = pane.x;
    if scroll.y != 0.0 {
        scale = scale.zoomed(2_f64.powf(-f64::from(scroll.y) / OCTAVE), share, whole, LEAST);
    }
    let by = f64::from((scroll.x + drag) / pane.area.width());
    if by != 0.0 {
        scale = scale.moved(-by, whole);
    }
    if scroll != Vec2::ZERO {
        // A window that scrolls stays where it is.
        ui.input_mut(|input| input.smooth_scroll_delta = Vec2::ZERO);
    }
    scale
}

fn by_keys(ui: &Ui, response: &Response, scale: Axis, whole: &Axis) -> Axis {
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    if typed(ui, &["0"]) > 0 {
        return *whole;
    }
    let closer = typed(ui, &["+", "="]) as f64 - typed(ui, &["-"]) as f64;
    let later = ui.input(|input| input.num_presses(Key::ArrowRight) as f64 - input.num_presses(Key::ArrowLeft) as f64);
    let zoomed =
        if closer == 0.0 { scale } else { scale.zoomed(2_f64.powf(-closer * PRESS / OCTAVE), 0.5, whole, LEAST) };
    if later == 0.0 { zoomed } else { zoomed.moved(later * STEP, whole) }
}

/// True if nothing of a scale is out of sight.
fn is_whole(scale: &Axis, whole: &Axis) -> bool {
    whole.place(scale.to) - whole.place(scale.from) >= 1.0 - 1e-6
}
