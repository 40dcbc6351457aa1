//! One parameter: name, slider, value.
//!
//! A drag moves the value from where it is, wherever the pointer took hold. A click on the rail moves it there. The wheel
//! and the arrow keys move it by a hundredth. With shift each of them moves it a tenth as far. A double click, a click
//! with ctrl, or delete resets. A click on the value, or enter, types one: enter or a click elsewhere takes it, escape
//! does not, and what is no value in the range stays, with the reason.
use super::columns::Columns;
use super::context;
use super::field::select_all;
use super::keys;
use crate::editor::parameter::{Edit, Parameter, Reading};
use crate::editor::{text, theme};
use crate::settings::Number;
use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, CornerRadius, EventFilter, Id, Key, Rect, Response, Sense, TextEdit, Ui, Vec2, pos2, vec2};

/// What an arrow key or a notch of the wheel moves, on the host's scale.
const STEP: f32 = 0.01;
/// How much finer all moves are with shift.
const FINE: f32 = 0.1;
/// Points of a notch of the wheel, where the system tells points.
const NOTCH: f32 = 50.0;
/// Points from the handle within which a click on the rail is one on the handle.
const HANDLE: f32 = 8.0;
/// What a control can do, said below what it is for.
const GESTURES: &str =
    "Drag, wheel or arrow keys; with Shift fine. Double click or Delete: default. Click the value or Enter: type one.";

/// A value that is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The parameter.
    pub parameter: Parameter,
    /// The text so far.
    pub text: String,
    /// The text at first.
    first: String,
    /// True once the field has had the keyboard.
    is_begun: bool,
    /// Why it was not taken, if somebody has tried.
    pub reason: Option<String>,
}

/// The value that is being typed, if any.
pub type Typing = Option<Typed>;

impl Typed {
    fn begin(reading: &Reading) -> Self {
        let text = reading.text.clone();
        Self { parameter: reading.parameter, first: text.clone(), text, is_begun: false, reason: None }
    }
}

/// Draws a parameter in the whole of a rectangle; `about` is said where the pointer rests.
pub fn show(
    ui: &mut Ui,
    reading: &Reading,
    number: &Number,
    about: &str,
    typing: &mut Typing,
    (rect, columns): (Rect, Columns),
    edits: &mut Vec<Edit>,
) {
    name(ui, reading, (rect, columns));
    let rail = Rect::from_min_max(
        pos2(rect.left() + columns.name, rect.top()),
        pos2(rect.right() - columns.value - 8.0, rect.bottom()),
    );
    let response = ui.interact(rail, rail_id(ui, reading.parameter), Sense::click_and_drag());
    response.widget_info(|| egui::WidgetInfo::slider(ui.is_enabled(), f64::from(reading.normalized), &reading.name));
    let about = format!("{about}\n{}\n{GESTURES}", range(number));
    let response = response.on_hover_text(&about).on_disabled_hover_text(&about);
    context::ask(ui, &response, reading.parameter, edits);
    move_by_pointer(ui, reading, &response, rail, edits);
    if response.hovered() && response.enabled() {
        move_by_wheel(ui, reading, edits);
    }
    if response.has_focus() {
        move_by_keys(ui, reading, &response, typing, edits);
    }
    paint(ui, reading, is_bipolar(reading), &response, rail);
    let value = Rect::from_min_max(pos2(rect.right() - columns.value, rect.top()), rect.max);
    show_value(ui, reading, number, typing, value, edits);
}

/// Least and largest value, in words.
fn range(number: &Number) -> String {
    let ends = [number.range.start(), number.range.end()].map(|end| text::with_minus(&number.show(*end)));
    format!("{} to {}", ends[0], ends[1])
}

/// Why a text was not taken.
#[must_use]
pub fn no_value(text: &str, number: &Number, reading: &Reading) -> String {
    let [wanted, such] = [&number.wanted(), &reading.text].map(|text| text::with_minus(text));
    format!("“{text}” is no value: {wanted}, such as {such}")
}

/// True for a value that goes as far down as up, from a default in the middle of its rail.
fn is_bipolar(reading: &Reading) -> bool {
    (reading.default - 0.5).abs() < 1e-3
}

/// Draws the parameter's name at the left of `rect`; where there is no room for it, its last word.
pub fn name(ui: &Ui, reading: &Reading, (rect, columns): (Rect, Columns)) {
    let colour = theme::of(ui).text_quiet;
    let lay = |text: String| {
        let mut job = LayoutJob::simple_singleline(text, theme::body(), colour);
        job.wrap = TextWrapping::truncate_at_width(columns.name - 4.0);
        ui.painter().layout_job(job)
    };
    let (whole, last) = (lay(reading.name.clone()), reading.name.rsplit(' ').next().unwrap_or_default());
    let galley = if whole.elided { lay(text::capitalised(last)) } else { whole };
    ui.painter().galley(rect.left_center() - vec2(0.0, galley.size().y / 2.0), galley, colour);
}

fn move_by_pointer(ui: &Ui, reading: &Reading, response: &Response, rail: Rect, edits: &mut Vec<Edit>) {
    let parameter = reading.parameter;
    let (fine, command) = ui.input(|input| (input.modifiers.shift, input.modifiers.command));
    if response.double_clicked() || (response.clicked() && command) {
        edits.push(Edit::Reset(parameter));
    } else if let Some(at) = response.interact_pointer_pos().filter(|_| response.clicked()) {
        let handle = rail.left() + reading.normalized * rail.width();
        if (at.x - handle).abs() > HANDLE {
            edits.extend(Edit::gesture(parameter, ((at.x - rail.left()) / rail.width()).clamp(0.0, 1.0)));
        }
    }
    // The value without the parameter's own steps and without the host's delay, so that no movement is lost to them.
    let held = response.id.with("held");
    if response.drag_started() {
        ui.data_mut(|data| data.insert_temp(held, reading.normalized));
        edits.push(Edit::Begin(parameter));
    }
    // The few points before it was clear that this is a drag count as well.
    let whole = response.total_drag_delta().unwrap_or_default();
    let by = if response.drag_started() { whole } else { response.drag_delta() }.x;
    if response.dragged() && by != 0.0 {
        let from = ui.data(|data| data.get_temp(held)).unwrap_or(reading.normalized);
        let by = by / rail.width() * if fine { FINE } else { 1.0 };
        let to = (from + by).clamp(0.0, 1.0);
        ui.data_mut(|data| data.insert_temp(held, to));
        edits.push(Edit::Set(parameter, to));
    }
    if response.drag_stopped() {
        edits.push(Edit::End(parameter));
    }
}

fn move_by_wheel(ui: &Ui, reading: &Reading, edits: &mut Vec<Edit>) {
    let notches = |event: &egui::Event| match event {
        // With shift some systems turn the wheel by 90°.
        egui::Event::MouseWheel { unit, delta, .. } => Some(match unit {
            egui::MouseWheelUnit::Point => (delta.x + delta.y) / NOTCH,
            egui::MouseWheelUnit::Line | egui::MouseWheelUnit::Page => delta.x + delta.y,
        }),
        _ => None,
    };
    let (turned, fine) =
        ui.input(|input| (input.events.iter().filter_map(notches).sum::<f32>(), input.modifiers.shift));
    if turned != 0.0 {
        // A window that scrolls stays where it is.
        ui.input_mut(|input| input.smooth_scroll_delta = Vec2::ZERO);
        let to = (reading.normalized + turned * STEP * if fine { FINE } else { 1.0 }).clamp(0.0, 1.0);
        edits.extend(Edit::gesture(reading.parameter, to));
    }
}

fn move_by_keys(ui: &Ui, reading: &Reading, response: &Response, typing: &mut Typing, edits: &mut Vec<Edit>) {
    let parameter = reading.parameter;
    // Left and right move the value; up and down still go to the next control.
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let (steps, fine, reset) = ui.input(|input| {
        let steps = input.num_presses(Key::ArrowRight) as f32 - input.num_presses(Key::ArrowLeft) as f32;
        let reset = input.key_pressed(Key::Delete) || input.key_pressed(Key::Backspace);
        (steps, input.modifiers.shift, reset)
    });
    if steps != 0.0 {
        let to = (reading.normalized + steps * STEP * if fine { FINE } else { 1.0 }).clamp(0.0, 1.0);
        edits.extend(Edit::gesture(parameter, to));
    }
    if reset {
        edits.push(Edit::Reset(parameter));
    }
    if keys::pressed_once(ui, Key::Enter) {
        *typing = Some(Typed::begin(reading));
    }
}

fn paint(ui: &Ui, reading: &Reading, is_bipolar: bool, response: &Response, rail: Rect) {
    let painter = ui.painter();
    let line = Rect::from_center_size(rail.center(), vec2(rail.width(), 4.0));
    let x_of = |value: f32| rail.left() + value.clamp(0.0, 1.0) * rail.width();
    painter.rect_filled(line, CornerRadius::same(2), theme::of(ui).edge);
    // Where a reset would go.
    painter.vline(x_of(reading.default), line.y_range().expand(3.0), (1.0, theme::of(ui).edge));
    let x = x_of(reading.normalized);
    let lively = response.hovered() || response.dragged() || response.has_focus();
    let from = if is_bipolar { line.center().x } else { line.left() };
    let filled = Rect::from_x_y_ranges(from.min(x)..=from.max(x), line.y_range());
    painter.rect_filled(filled, CornerRadius::same(2), theme::of(ui).accent);
    let handle = Rect::from_center_size(pos2(x, rail.center().y), vec2(6.0, 16.0));
    painter.rect_filled(handle, CornerRadius::same(2), if lively { theme::of(ui).text } else { theme::of(ui).accent });
    if response.has_focus() {
        keys::ring(ui, rail.expand2(vec2(5.0, -1.0)));
    }
}

fn show_value(ui: &mut Ui, reading: &Reading, number: &Number, typing: &mut Typing, rect: Rect, edits: &mut Vec<Edit>) {
    if let Some(typed) = typing.as_mut().filter(|typed| typed.parameter == reading.parameter) {
        let Some(end) = type_value(ui, reading, rect, typed) else { return };
        let text = typed.text.trim();
        let is_taken = match end {
            End::Enter => true,
            End::Elsewhere => text != typed.first,
            End::Escape => false,
        };
        let next = if is_taken && number.read_within(text).is_none() {
            typed.reason = Some(no_value(text, number, reading));
            field_id(ui, reading.parameter)
        } else {
            if is_taken {
                edits.push(Edit::Type(reading.parameter, text.to_owned()));
            }
            *typing = None;
            rail_id(ui, reading.parameter)
        };
        // What somebody went to keeps the keyboard.
        if end != End::Elsewhere {
            ui.memory_mut(|memory| memory.request_focus(next));
        }
        return;
    }
    let id = ui.scope_id().with((reading.parameter, "value"));
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, ui.is_enabled(), value_label(reading)));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(
            rect.shrink2(vec2(0.0, 2.0)),
            CornerRadius::same(theme::ROUNDING),
            theme::of(ui).control,
        );
    }
    let anchor = rect.right_center() - vec2(6.0, 0.0);
    let text = text::with_minus(&reading.text);
    ui.painter().text(anchor, Align2::RIGHT_CENTER, text, theme::body(), theme::of(ui).text);
    context::ask(ui, &response, reading.parameter, edits);
    if response.clicked() {
        *typing = Some(Typed::begin(reading));
    }
}

/// How typing ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Enter,
    Escape,
    /// By a click somewhere else, or tab.
    Elsewhere,
}

/// `None` while a text is typed.
fn type_value(ui: &mut Ui, reading: &Reading, rect: Rect, typed: &mut Typed) -> Option<End> {
    let Typed { text, reason, is_begun, .. } = typed;
    let id = field_id(ui, reading.parameter);
    let field = TextEdit::singleline(text).id(id).align(Align2::RIGHT_CENTER).margin(egui::Margin::symmetric(5, 0));
    let response = ui.name_inputs(value_label(reading), |ui| ui.put(rect.shrink2(vec2(0.0, 2.0)), field));
    if response.changed() {
        *reason = None;
    }
    if let Some(reason) = reason {
        let stroke = (1.0, theme::of(ui).alert);
        ui.painter().rect_stroke(response.rect, theme::ROUNDING, stroke, egui::StrokeKind::Inside);
        response.show_tooltip_text(reason.as_str());
    }
    // A field that was not drawn when it lost the keyboard, as on another page, ends when it is drawn again.
    if response.lost_focus() || (*is_begun && !response.has_focus() && reason.is_none()) {
        let keys = [(Key::Enter, End::Enter), (Key::Escape, End::Escape)];
        let pressed = ui.input(|input| keys.into_iter().find(|(key, _)| input.key_pressed(*key)));
        return Some(pressed.map_or(End::Elsewhere, |(_, end)| end));
    }
    if !std::mem::replace(is_begun, true) {
        response.request_focus();
        select_all(ui, id, text);
    }
    None
}

fn rail_id(ui: &Ui, parameter: Parameter) -> Id {
    ui.scope_id().with(parameter)
}

fn field_id(ui: &Ui, parameter: Parameter) -> Id {
    ui.scope_id().with((parameter, "field"))
}

fn value_label(reading: &Reading) -> String {
    format!("{} value", reading.name)
}
