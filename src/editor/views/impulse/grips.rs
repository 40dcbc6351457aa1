//! Taking hold of the handles of the picture, and what they look like.
//!
//! A drag is one gesture of the host's. With shift it is finer. A double click resets. While a handle is held, the
//! recording stays where it is on the screen (for the pre-delay, the dry sound), although the picture is made anew.

use super::handles::{self, Handle, Way};
use super::{Model, label};
use crate::editor::parameter::Edit;
use crate::editor::text;
use crate::editor::theme;
use crate::editor::widgets::context;
use crate::picture::{Look, Pane, Portrait, Sheet, Unit};
use egui::{CornerRadius, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

/// Size of a grip for the pointer.
pub const REACH: f32 = 16.0;
/// Size of a grip for the eye, of one that moves from the left to the right.
const GRIP: Vec2 = vec2(7.0, 13.0);
/// How much finer a drag is with shift.
const FINE: f32 = 0.1;
/// Points of the line of an envelope.
const POINTS: u16 = 48;

/// A handle that is held.
#[derive(Debug, Clone)]
pub struct Held {
    /// As it was when it was taken: it moves by the scale that it had then.
    handle: Handle,
    /// Its place among those in the picture.
    place: usize,
    /// Where it is held.
    point: Pos2,
    /// Seconds from the left to the right edge then, …
    scale: (f64, f64),
    /// … counted from here.
    anchor: f64,
    /// True if all was to be seen then.
    was_whole: bool,
}

impl Held {
    /// The end of the gesture.
    pub fn let_go(self) -> Edit {
        Edit::End(self.handle.setting.id)
    }
}

/// The scale stays while a handle is held.
pub fn hold_scale(held: Option<&Held>, portrait: &Portrait, look: &mut Look) {
    look.is_fixed = held.is_some();
    if let Some(held) = held {
        let by = anchor(&held.handle, portrait, look.lead) - held.anchor;
        look.time = Some((held.scale.0 + by, held.scale.1 + by));
    }
}

/// The time that stays where it is on the screen: the beginning of the recording, or the dry sound.
fn anchor(handle: &Handle, portrait: &Portrait, lead: f64) -> f64 {
    if handle.setting.id == "predelay" { -lead } else { handles::beginning(portrait) }
}

/// Shows the handles of a drawn view. True if the pointer is on one.
pub fn show(
    ui: &Ui,
    model: &Model,
    portrait: &Portrait,
    sheet: &Sheet,
    look: &mut Look,
    held: &mut Option<Held>,
    edits: &mut Vec<Edit>,
) -> bool {
    let all = handles::of(model, portrait, sheet);
    all.iter().for_each(|handle| curve(ui, handle, portrait));
    let (mut named, mut is_held) = (None, false);
    for (place, handle) in all.iter().enumerate() {
        let id = ui.scope_id().with(("handle", handle.setting.id, place));
        let is_this = held.as_ref().is_some_and(|held| held.place == place);
        // A handle that is held moves by the scale that it had when it was taken, and never leaves the pointer.
        let shown = held.as_ref().filter(|_| is_this).map(|held| Handle { value: handle.value, ..held.handle.clone() });
        let Some(point) = shown.as_ref().unwrap_or(handle).point().or(is_this.then_some([0.0; 2])) else { continue };
        let area = Rect::from_center_size(point.into(), Vec2::splat(REACH));
        let sense = if handle.reason.is_none() { Sense::CLICK | Sense::DRAG } else { Sense::hover() };
        let response = ui.interact(area, id, sense);
        let name = format!("{} handle", handle.setting.name);
        let position = f64::from(handle.number.position(handle.value));
        response.widget_info(|| WidgetInfo::slider(handle.reason.is_none(), position, &name));
        if response.drag_started() {
            let scale = look.scale(portrait);
            let was_whole = look.time.is_none();
            let (handle, scale) = (handle.clone(), (scale.from, scale.to));
            let anchor = anchor(&handle, portrait, look.lead);
            edits.push(Edit::Begin(handle.setting.id));
            *held = Some(Held { handle, place, point: point.into(), scale, anchor, was_whole });
        }
        is_held |= response.dragged();
        drag(ui, &response, held, edits);
        if response.double_clicked() {
            edits.push(Edit::Reset(handle.setting.id));
        }
        context::ask(ui, &response, handle.setting.id, edits);
        let is_lively = response.hovered() || response.dragged();
        grip(ui, shown.as_ref().unwrap_or(handle), point.into(), is_lively);
        if is_lively {
            named = Some((point, handle));
        }
    }
    // It was let go, or has gone from the picture.
    if !is_held && let Some(held) = held.take() {
        if held.was_whole {
            look.time = None;
        }
        edits.push(held.let_go());
    }
    if let Some((point, handle)) = named {
        let value = text::with_minus(&handle.number.show(handle.value));
        let about = match &handle.reason {
            Some(reason) => format!("{}: {reason}", handle.setting.name),
            None => format!("{} {value}", handle.setting.name),
        };
        label(ui, point.into(), &about);
    }
    named.is_some()
}

fn drag(ui: &Ui, response: &Response, held: &mut Option<Held>, edits: &mut Vec<Edit>) {
    let Some(held) = held.as_mut().filter(|_| response.dragged()) else { return };
    // The few points before it was clear that this is a drag count as well.
    let whole = response.total_drag_delta().unwrap_or_default();
    let by = if response.drag_started() { whole } else { response.drag_delta() };
    if by != Vec2::ZERO {
        held.point += by * if ui.input(|input| input.modifiers.shift) { FINE } else { 1.0 };
        let value = held.handle.value_at(held.point.into());
        edits.push(Edit::Set(held.handle.setting.id, held.handle.number.position(value)));
    }
}

fn grip(ui: &Ui, handle: &Handle, point: Pos2, is_lively: bool) {
    let area = handle.pane.area;
    let painter = ui.painter();
    let size = match handle.way {
        Way::Across => GRIP,
        Way::Up => vec2(GRIP.y, GRIP.x),
    };
    let colour = match (handle.reason.is_some(), is_lively) {
        (true, _) => theme::of(ui).edge,
        (false, true) => theme::of(ui).accent,
        (false, false) => theme::of(ui).text,
    };
    if matches!(handle.setting.id, "trim_start" | "trim_end" | "low_crossover" | "high_crossover") {
        painter.vline(point.x, area.top..=area.bottom, (1.0, colour));
    }
    if handle.way == Way::Up {
        let (left, right) = (point.x - 2.0 * GRIP.y, point.x + 2.0 * GRIP.y);
        painter.hline(left.max(area.left)..=right.min(area.right), point.y, (1.0, colour));
    }
    let rect = Rect::from_center_size(point, size);
    // The ring tells it from a waveform of any colour.
    painter.rect(rect, CornerRadius::same(2), colour, Stroke::new(1.5, theme::of(ui).well), StrokeKind::Outside);
}

/// The line of an envelope: what its setting does over time.
fn curve(ui: &Ui, handle: &Handle, portrait: &Portrait) {
    let is_off = handle.number.off == Some(handle.value);
    let seconds = f64::from(handle.value) / 1000.0;
    if is_off || seconds <= 0.0 || handle.pane.x.unit != Unit::Seconds {
        return;
    }
    let rise = |share: f64| 0.5 - 0.5 * (std::f64::consts::PI * share.clamp(0.0, 1.0)).cos();
    let (from, to, gain): (f64, f64, Box<dyn Fn(f64) -> f64>) = match handle.setting.id {
        "fade_in" => (0.0, seconds, Box::new(move |time| rise(time / seconds))),
        "fade_out" => {
            let end = portrait.seconds;
            (end - seconds, end, Box::new(move |time| rise((end - time) / seconds)))
        }
        "attack" => {
            let onset = portrait.onset;
            (onset, onset + seconds, Box::new(move |time| rise((time - onset) / seconds)))
        }
        "decay" => {
            let onset = portrait.onset;
            (onset, portrait.seconds, Box::new(move |time| 10_f64.powf(-3.0 * (time - onset) / seconds)))
        }
        _ => return,
    };
    let Pane { area, x, .. } = &handle.pane;
    let (from, to) = (from.max(x.from), to.min(x.to));
    let height = |gain: f64| match handle.pane.y.unit {
        Unit::Decibels => handle.pane.up(20.0 * gain.max(1e-9).log10()),
        _ => area.bottom - gain as f32 * area.height(),
    };
    if from < to {
        let time = |point: u16| from + (to - from) * f64::from(point) / f64::from(POINTS);
        let points = (0..=POINTS).map(time).map(|time| pos2(handle.pane.across(time), height(gain(time)))).collect();
        ui.painter().add(egui::Shape::line(points, Stroke::new(1.0, theme::of(ui).text_quiet)));
    }
}
