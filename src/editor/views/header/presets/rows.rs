//! Rows of the list of presets: categories, and the presets of each.

use crate::editor::theme;
use crate::preset::list::List;
use egui::text::{LayoutJob, TextWrapping};
use egui::{Color32, CornerRadius, FontId, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

/// Height of a row.
pub const HEIGHT: f32 = 20.0;
/// How far presets are set in below their category.
const INDENT: f32 = 14.0;
/// Width that the scroll bar may cover.
const BAR: f32 = 10.0;

/// A row of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// The category at this place of the list.
    Group(usize),
    /// The preset at this place of the list.
    Preset(usize),
}

/// Marks of a row.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// True for the preset at hand.
    pub is_present: bool,
    /// True for the one that enter opens.
    pub is_next: bool,
}

impl Row {
    /// The place of the row's preset; `None` for a category.
    pub fn place(self) -> Option<usize> {
        match self {
            Self::Group(_) => None,
            Self::Preset(place) => Some(place),
        }
    }
}

/// The presets that have all words of a search, each category before its presets.
pub fn of(list: &List, search: &str) -> Vec<Row> {
    let search = search.to_lowercase();
    let words: Vec<&str> = search.split_whitespace().collect();
    let mut rows = Vec::new();
    for (at, group) in list.groups.iter().enumerate() {
        let before = rows.len();
        rows.push(Row::Group(at));
        rows.extend(group.entries.clone().filter(|place| list.has(*place, &words)).map(Row::Preset));
        if rows.len() == before + 1 {
            rows.truncate(before);
        }
    }
    rows
}

/// The name of a category.
pub fn show_group(ui: &Ui, name: &str, rect: Rect) {
    line(ui, name, rect.shrink2(vec2(4.0, 0.0)), theme::small(), theme::of(ui).text_quiet);
}

/// One preset; `place` is its own in the list. True if it was clicked.
pub fn show(ui: &Ui, name: &str, place: usize, look: Look, rect: Rect) -> bool {
    let response = ui.interact(rect, ui.scope_id().with(("preset", place)), Sense::CLICK);
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, look.is_present, name));
    let (ground, ink) = match (look.is_present, response.hovered() || look.is_next) {
        (true, _) => (theme::of(ui).accent, theme::of(ui).on_accent),
        (false, true) => (theme::of(ui).control, theme::of(ui).text),
        (false, false) => (Color32::TRANSPARENT, theme::of(ui).text),
    };
    let rounding = CornerRadius::same(theme::ROUNDING);
    ui.painter().rect_filled(rect, rounding, ground);
    if look.is_next {
        ui.painter().rect_stroke(rect, rounding, Stroke::new(1.0, theme::of(ui).text_quiet), StrokeKind::Inside);
    }
    let inner = Rect::from_min_max(rect.min + vec2(INDENT, 0.0), rect.max - vec2(BAR, 0.0));
    let is_cut = line(ui, name, inner, theme::body(), ink);
    let is_clicked = response.clicked();
    if is_cut {
        response.on_hover_text(name);
    }
    is_clicked
}

/// A text of one line. True if it was cut, because its place is shorter.
fn line(ui: &Ui, text: &str, place: Rect, font: FontId, colour: Color32) -> bool {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, colour);
    job.wrap = TextWrapping::truncate_at_width(place.width().max(1.0));
    let galley = ui.painter().layout_job(job);
    let (corner, is_cut) = (pos2(place.left(), place.center().y - galley.size().y / 2.0), galley.elided);
    ui.painter().galley(corner, galley, colour);
    is_cut
}
