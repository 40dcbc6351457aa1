//! The impulse in four views: wave, decay, spectrogram and response; with handles for what shapes it.

mod grips;
mod handles;
mod paint;
mod zoom;

use crate::channels::ImpulseForm;
use crate::editor::controller::Controller;
use crate::editor::parameter::Edit;
use crate::editor::text::with_minus;
use crate::editor::theme;
use crate::editor::view::View;
use crate::editor::widgets::trailing::Trailing;
use crate::editor::widgets::{button, keys, tabs};
use crate::picture::{self, Area, Look, Portrait, Sheet};
use crate::settings::Settings;
use egui::{Align2, CornerRadius, Key, Pos2, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use grips::Held;
use paint::Textures;
use std::sync::Arc;

/// Between the lowest row above the picture and the picture.
const ABOVE_PICTURE: f32 = 8.0;
/// The keys of the views, in their order.
const KEYS: [Key; 4] = [Key::Num1, Key::Num2, Key::Num3, Key::Num4];
/// Most channels that have a button each.
const MOST_BUTTONS: usize = 8;
/// Width of the button of a channel with a name of two letters, and the space behind it.
const CHIP: f32 = 38.0;
/// The orders of the four paths: by their source, and by their ear.
const ORDERS: [&str; 2] = ["LL LR RL RR", "LL RL LR RR"];
/// Short names of the orders: the two paths that change places.
const SHORT_ORDERS: [&str; 2] = ["LR RL", "RL LR"];
/// Width of the button for the order, with the space around it, in full and in short.
const ORDER: [f32; 2] = [104.0, 50.0];
/// Width of the button for levels in dB, with the space around it.
const DECIBELS: f32 = 50.0;

/// The impulse in four views.
pub struct Impulse;

/// The impulse, and what shapes it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Model {
    /// Its pictures, if there is one.
    pub portrait: Option<Arc<Portrait>>,
    /// The values of all settings.
    pub settings: Settings,
    /// True if the four paths of true stereo come in a file's order, which can be changed.
    pub has_order: bool,
}

/// View, channel and zoom, and the pictures that the graphics hold.
#[derive(Default)]
pub struct State {
    /// The part of the impulse that is seen.
    pub look: Look,
    textures: Textures,
    held: Option<Held>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("State").field("look", &self.look).finish_non_exhaustive()
    }
}

impl View for Impulse {
    type Model = Model;
    type State = State;
    type Action = Edit;

    fn model(controller: &Controller, state: &mut State) -> Model {
        let portrait = controller.portrait(state.look.view).cloned();
        let is_true_stereo = portrait.as_ref().is_some_and(|portrait| portrait.form == Some(ImpulseForm::TrueStereo));
        let has_order = is_true_stereo && controller.has_path_order();
        Model { portrait, settings: controller.settings(), has_order }
    }

    fn show(ui: &mut Ui, model: &Model, state: &mut State) -> Vec<Edit> {
        let rect = ui.max_rect();
        let (mut edits, bottom) = show_rows(ui, model, &mut state.look, rect);
        edits.extend(show_picture(ui, model, state, rect.with_min_y(bottom + ABOVE_PICTURE)));
        edits
    }

    fn act(edit: Edit, controller: &mut Controller) {
        controller.edit(&edit);
    }
}

/// The views, and what can be chosen in the one that is open: beside them, or below where there is no room for it.
/// Returns the edits, and the bottom of the lowest row.
fn show_rows(ui: &mut Ui, model: &Model, look: &mut Look, rect: Rect) -> (Vec<Edit>, f32) {
    let views = picture::View::ALL;
    let open = views.iter().position(|view| *view == look.view).unwrap_or(0);
    let names = views.map(|view| (view.name(), about(view)));
    let (mut open, place) = tabs::show(ui, "view", &names, open, rect.min, rect.width());
    if !ui.ctx().text_edit_focused() {
        open = ui.input(|input| KEYS.iter().position(|key| input.key_pressed(*key))).unwrap_or(open);
    }
    look.view = views[open];
    let Some(portrait) = &model.portrait else { return (Vec::new(), place.bottom()) };
    let beside = Rect::from_min_max(pos2(place.right() + theme::GAP, rect.top()), pos2(rect.right(), place.bottom()));
    let channels = if (2..=MOST_BUTTONS).contains(&portrait.waves.len()) { CHIP } else { 0.0 };
    let least = DECIBELS + channels + if model.has_order { ORDER[1] } else { 0.0 };
    let row = if least <= beside.width() {
        beside
    } else {
        let below = place.bottom() + ABOVE_PICTURE / 2.0;
        Rect::from_x_y_ranges(rect.x_range(), below..=below + tabs::HEIGHT)
    };
    let edits = Trailing::of(ui, "channels", row).show(ui, |ui| show_chips(ui, model, portrait, look, row.width()));
    (edits, row.bottom())
}

/// Order of the paths, levels in dB, and channels, as there is room for them.
fn show_chips(ui: &mut Ui, model: &Model, portrait: &Portrait, look: &mut Look, width: f32) -> Vec<Edit> {
    ui.spacing_mut().item_spacing.x = 2.0;
    let least_of_order = if model.has_order { ORDER[1] } else { 0.0 };
    let channels = Chips::within(width - DECIBELS - least_of_order, portrait, model.has_order);
    let has_decibels = look.view == picture::View::Wave;
    let spare = width - channels.width() - if has_decibels { DECIBELS } else { 0.0 };
    let edits = if model.has_order { show_order(ui, model.settings.path_order > 0, spare) } else { Vec::new() };
    if has_decibels {
        if chip(ui, "dB", look.is_in_decibels, "Levels in dB").clicked() {
            look.is_in_decibels = !look.is_in_decibels;
        }
        if channels != Chips::None {
            ui.add_space(theme::GAP);
        }
    }
    show_channels(ui, portrait, look, channels);
    edits
}

/// Content of a view, and its key, said where the pointer rests on the tab.
fn about(view: picture::View) -> &'static str {
    match view {
        picture::View::Wave => "Waveform, and the original behind it (key 1)",
        picture::View::Decay => "Energy decay, its lines, and the reverberation time of each octave (key 2)",
        picture::View::Spectrogram => "Level by time and frequency (key 3)",
        picture::View::Response => "Magnitude by frequency, smoothed by a third of an octave and not (key 4)",
    }
}

/// A button with the order of the four paths in the file, which a click changes, as long as the width allows.
fn show_order(ui: &mut Ui, is_by_ear: bool, width: f32) -> Vec<Edit> {
    let texts = match width {
        width if width >= ORDER[0] => ORDERS,
        width if width >= ORDER[1] => SHORT_ORDERS,
        _ => return Vec::new(),
    };
    let [now, other] = if is_by_ear { [1, 0] } else { [0, 1] };
    let about = format!(
        "Order of the paths in the file: {}, where LR is left in, right out; a click: {}",
        ORDERS[now], ORDERS[other]
    );
    let is_clicked = chip(ui, texts[now], is_by_ear, &about).clicked();
    ui.add_space(theme::GAP);
    if is_clicked { Edit::gesture("path_order", other as f32).into_iter().collect() } else { Vec::new() }
}

/// The buttons by which a channel is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chips {
    /// Nothing to choose.
    None,
    /// One button, which goes through all of them.
    One,
    /// A button for each of so many channels; another click on it shows all.
    Each(usize),
    /// And a button for all.
    EachAndAll(usize),
}

impl Chips {
    /// As many as a width has room for. Where the order of paths needs the room, the button for all is left out.
    fn within(width: f32, portrait: &Portrait, has_order: bool) -> Self {
        let count = portrait.waves.len();
        let spare = width - count as f32 * CHIP;
        match count {
            2..=MOST_BUTTONS if spare >= CHIP => Self::EachAndAll(count),
            2..=MOST_BUTTONS if spare >= 0.0 && has_order => Self::Each(count),
            2..=MOST_BUTTONS => Self::One,
            _ => Self::None,
        }
    }

    fn width(self) -> f32 {
        let count = match self {
            Self::None => 0,
            Self::One => 1,
            Self::Each(count) => count,
            Self::EachAndAll(count) => count + 1,
        };
        count as f32 * CHIP
    }
}

fn show_channels(ui: &mut Ui, portrait: &Portrait, look: &mut Look, chips: Chips) {
    let count = portrait.waves.len();
    let chosen = look.channel.filter(|channel| *channel < count);
    let (count, has_all) = match chips {
        Chips::None => return,
        Chips::One => {
            let name = chosen.map_or_else(|| "All".to_owned(), |channel| portrait.channel_name(channel));
            if chip(ui, &name, chosen.is_some(), "Channel; a click shows the next one").clicked() {
                look.channel = Some(chosen.map_or(0, |channel| channel + 1)).filter(|channel| *channel < count);
            }
            return;
        }
        Chips::Each(count) => (count, false),
        Chips::EachAndAll(count) => (count, true),
    };
    if has_all && chip(ui, "All", chosen.is_none(), "All channels").clicked() {
        look.channel = None;
    }
    for channel in 0..count {
        let name = portrait.channel_name(channel);
        let about = format!("Channel {name} alone");
        if chip(ui, &name, chosen == Some(channel), &about).clicked() {
            look.channel = (chosen != Some(channel)).then_some(channel);
        }
    }
}

/// A small button that stays down while it is on.
fn chip(ui: &mut Ui, text: &str, is_on: bool, about: &str) -> Response {
    let toggle = button::toggle(text, is_on).small().min_size(vec2(28.0, tabs::HEIGHT - 4.0));
    let response = button::add(ui, toggle, is_on);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_on, about));
    response.on_hover_text(about)
}

fn show_picture(ui: &mut Ui, model: &Model, state: &mut State, rect: Rect) -> Vec<Edit> {
    let mut edits = Vec::new();
    let sense = if model.portrait.is_some() { Sense::click_and_drag() } else { Sense::CLICK | Sense::DRAG };
    let response = ui.interact(rect, ui.scope_id().with("picture"), sense);
    let name = state.look.view.name();
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("{name} of the impulse")));
    let painter = ui.painter_at(rect);
    let Some(portrait) = model.portrait.as_deref() else {
        edits.extend(state.held.take().map(Held::let_go));
        painter.rect_filled(rect, CornerRadius::same(theme::ROUNDING), theme::of(ui).well);
        painter.text(rect.center(), Align2::CENTER_CENTER, "No impulse", theme::body(), theme::of(ui).text_quiet);
        return edits;
    };
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(zoom::KEYS));
    // As a note the pre-delay goes by a tempo that only the host knows.
    let is_note = model.settings.predelay_sync > 0;
    state.look.lead = if is_note { 0.0 } else { f64::from(model.settings.predelay) / 1000.0 };
    grips::hold_scale(state.held.as_ref(), portrait, &mut state.look);
    let area = Area { left: rect.left(), top: rect.top(), right: rect.right(), bottom: rect.bottom() };
    let pixels = ui.pixels_per_point();
    let mut sheet = picture::draw(portrait, &state.look, area, pixels);
    if zoom::change(ui, portrait, &mut state.look, &sheet, &response) {
        sheet = picture::draw(portrait, &state.look, area, pixels);
    }
    paint::sheet(&painter, &sheet, &theme::of(ui).picture, &mut state.textures);
    let mut within = ui.new_child(UiBuilder::new().max_rect(rect));
    // Half of a grip at an edge is beyond it.
    within.set_clip_rect(rect.expand2(vec2(grips::REACH / 2.0, 0.0)));
    let State { look, held, .. } = state;
    let is_on_handle = grips::show(&within, model, portrait, &sheet, look, held, &mut edits);
    if let Some(at) = response.hover_pos().filter(|_| !is_on_handle) {
        show_reading(&within, portrait, &sheet, at);
    }
    if response.has_focus() {
        keys::ring(&within, rect);
    }
    edits
}

/// A line through the pointer, and beside it what is there.
fn show_reading(ui: &Ui, portrait: &Portrait, sheet: &Sheet, at: Pos2) {
    let Some((pane, text)) = sheet.pane(at.into()).zip(sheet.read(portrait, at.into())) else { return };
    let text = with_minus(&text);
    ui.painter().vline(at.x, pane.area.top..=pane.area.bottom, (1.0, theme::of(ui).text_quiet));
    label(ui, at, &text);
}

/// A text beside a point of the picture.
fn label(ui: &Ui, at: Pos2, text: &str) {
    let (painter, rect) = (ui.painter(), ui.max_rect());
    let galley = painter.layout_no_wrap(text.to_owned(), theme::small(), theme::of(ui).text);
    let size = galley.size() + vec2(10.0, 6.0);
    // At the right of the pointer, or at its left where there is no room.
    let left = if at.x + 10.0 + size.x <= rect.right() { at.x + 10.0 } else { at.x - 10.0 - size.x };
    let top = (at.y - size.y - 6.0).clamp(rect.top(), rect.bottom() - size.y);
    let label = Rect::from_min_size(pos2(left.max(rect.left()), top), size);
    painter.rect_filled(label, CornerRadius::same(theme::ROUNDING), theme::of(ui).control);
    painter.galley(label.min + vec2(5.0, 3.0), galley, theme::of(ui).text);
    // For a reader of the screen, and for tests.
    let response = ui.interact(label, ui.scope_id().with("reading"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
}
