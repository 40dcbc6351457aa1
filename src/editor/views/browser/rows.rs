//! Rows of the browser: header, impulses, and the line below.

use super::{Action, Model, Row};
use crate::catalogue::{Column, Figures, Query};
use crate::editor::text::decibels;
use crate::editor::theme;
use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Color32, CornerRadius, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};

/// Height of a row.
pub const HEIGHT: f32 = 20.0;
/// Width of a figure's column.
const FIGURE: f32 = 52.0;
/// Width of the star.
const STAR: f32 = 18.0;
/// Space between the name and the words of a set.
const GAP: f32 = 6.0;
/// Width that the scroll bar may cover.
pub const BAR: f32 = 10.0;
/// The columns besides the name; from the width on that all of them need, and below it.
const FIGURES: &[Column] = &[Column::Length, Column::Rt60, Column::Channels, Column::Rate, Column::Level];
pub const WIDE: f32 = 420.0;
const FEW: usize = 2;

/// How far a list of rows is scrolled to have this one in sight, from how far it is scrolled now; all in points.
pub fn scrolled_to(row: usize, offset: f32, height: f32) -> f32 {
    let (top, bottom) = (row as f32 * HEIGHT, (row + 1) as f32 * HEIGHT);
    offset.min(top).max(bottom - height).max(0.0)
}

/// Places of the columns in a row: of the star, of the name, and of the figures.
fn places(row: Rect) -> (Rect, Rect, Vec<(Column, Rect)>) {
    let columns = if row.width() >= WIDE { FIGURES } else { &FIGURES[..FEW] };
    let left = row.right() - BAR - columns.len() as f32 * FIGURE;
    let star = row.with_max_x(row.left() + STAR);
    let name = Rect::from_x_y_ranges(star.right()..=left - 4.0, row.y_range());
    let figure = |(at, column): (usize, &Column)| {
        let from = left + at as f32 * FIGURE;
        (*column, Rect::from_x_y_ranges(from..=from + FIGURE, row.y_range()))
    };
    (star, name, columns.iter().enumerate().map(figure).collect())
}

/// The names of the columns; a click orders by one, another click the other way round.
pub fn show_header(ui: &Ui, model: &Model, rect: Rect, actions: &mut Vec<Action>) {
    let (_, name, figures) = places(rect);
    for (column, place) in std::iter::once((Column::Name, name)).chain(figures) {
        let is_this = model.query.column == column;
        let response = ui.interact(place, ui.scope_id().with(("column", column)), Sense::click());
        let about = format!("Order by {}", column.name().to_lowercase());
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_this, &about));
        let lively = is_this || response.hovered() || response.has_focus();
        let colour = if lively { theme::of(ui).text } else { theme::of(ui).text_quiet };
        let (anchor, at) = match column {
            Column::Name => (Align2::LEFT_CENTER, place.left_center()),
            _ => (Align2::RIGHT_CENTER, place.right_center()),
        };
        let text = ui.painter().text(at, anchor, short(column), theme::small(), colour);
        if is_this {
            let side = if column == Column::Name { text.right() + 8.0 } else { text.left() - 6.0 };
            triangle(ui, pos2(side, place.center().y), model.query.is_descending);
        }
        if response.on_hover_text(&about).clicked() {
            let is_descending = is_this && !model.query.is_descending;
            actions.push(Action::Ask(Query { column, is_descending, ..model.query.clone() }));
        }
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), (1.0, theme::of(ui).edge));
}

fn short(column: Column) -> &'static str {
    match column {
        Column::Channels => "Ch.",
        Column::Rate => "kHz",
        other => other.name(),
    }
}

/// One impulse. It is present if it, or one of its files, is asked for, and whole if it is not one of its files alone.
pub fn show(ui: &Ui, row: &Row, (is_present, is_whole): (bool, bool), rect: Rect, actions: &mut Vec<Action>) {
    let (star, name, figures) = places(rect);
    let response = ui.interact(rect.with_min_x(star.right()), ui.scope_id().with((&row.source, "row")), Sense::CLICK);
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, is_present, row.title()));
    let is_refused = matches!(row.outcome, Some(Err(_)));
    let (ground, ink, quiet) = match (is_present, response.hovered()) {
        (true, _) => (theme::of(ui).accent, theme::of(ui).on_accent, theme::of(ui).on_accent),
        (false, true) => (theme::of(ui).control, theme::of(ui).text, theme::of(ui).text_quiet),
        (false, false) => (Color32::TRANSPARENT, theme::of(ui).text, theme::of(ui).text_quiet),
    };
    ui.painter().rect_filled(rect, CornerRadius::same(theme::ROUNDING), ground);
    show_star(ui, row, star, ink, response.hovered(), actions);
    let end = line(ui, &row.name, name, if is_refused { quiet } else { ink });
    if !row.form.is_empty() && end + 4.0 * GAP < name.right() {
        line(ui, &row.form, name.with_min_x(end + GAP), quiet);
    }
    for (column, place) in figures {
        let text = match &row.outcome {
            Some(Ok(figures)) => figure(column, figures),
            Some(Err(_)) => "–".to_owned(),
            None => "·".to_owned(),
        };
        ui.painter().text(place.right_center(), Align2::RIGHT_CENTER, text, theme::small(), quiet);
    }
    if response.double_clicked() {
        actions.push(Action::Keep);
    } else if response.clicked() && !is_whole {
        actions.push(Action::Try(row.source.clone()));
    }
    response.on_hover_ui(|ui| {
        ui.label(about(row));
    });
}

/// A star: full for a favourite, an outline where the pointer is; the fonts have none.
fn show_star(ui: &Ui, row: &Row, rect: Rect, ink: Color32, is_near: bool, actions: &mut Vec<Action>) {
    let response = ui.interact(rect, ui.scope_id().with((&row.source, "star")), Sense::CLICK);
    let about = format!("Favourite: {}", row.title());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, row.is_favourite, &about));
    let corner = |n: u8| {
        let radius = if n.is_multiple_of(2) { 6.0 } else { 2.6 };
        let angle = f32::from(n) * std::f32::consts::TAU / 10.0;
        rect.center() + radius * vec2(angle.sin(), -angle.cos())
    };
    let corners: Vec<Pos2> = (0..10).map(corner).collect();
    if row.is_favourite {
        // Not convex as a whole, but each of its points is, with the middle.
        for n in (0..10).step_by(2) {
            let point = vec![corners[n], corners[(n + 1) % 10], rect.center(), corners[(n + 9) % 10]];
            ui.painter().add(Shape::convex_polygon(point, ink, Stroke::NONE));
        }
    } else if is_near || response.hovered() {
        ui.painter().add(Shape::closed_line(corners, Stroke::new(1.0, ink)));
    }
    if response.clicked() {
        actions.push(Action::Favour(row.source.clone(), !row.is_favourite));
    }
}

/// The text of a figure in its column.
fn figure(column: Column, figures: &Figures) -> String {
    match column {
        Column::Name => String::new(),
        Column::Length => format!("{:.2} s", figures.seconds),
        Column::Rt60 => figures.rt60.map_or_else(|| "–".to_owned(), |seconds| format!("{seconds:.2} s")),
        Column::Channels => figures.channels.to_string(),
        Column::Rate => (f64::from(figures.sample_rate) / 1000.0).to_string(),
        Column::Level => decibels(figures.peak.unwrap_or(f64::NEG_INFINITY)),
    }
}

/// All there is to say about an impulse: its whole name, its folder, its figures.
fn about(row: &Row) -> String {
    let files = row.source.files();
    let mut lines = match files.len() {
        0 | 1 => vec![row.name.clone()],
        count => vec![format!("{}, {count} files", row.title())],
    };
    lines.extend(files.first().and_then(|file| file.parent()).map(|folder| folder.display().to_string()));
    lines.push(match &row.outcome {
        Some(Ok(figures)) => {
            let text = |column: &Column| match column {
                Column::Channels if figures.channels == 1 => "1 channel".to_owned(),
                Column::Channels => format!("{} channels", figures.channels),
                Column::Rate => format!("{} kHz", figure(*column, figures)),
                Column::Rt60 if figures.rt60.is_none() => "RT60 not measurable".to_owned(),
                Column::Rt60 => format!("RT60 {}", figure(*column, figures)),
                Column::Level => format!("peak {}", figure(*column, figures)),
                Column::Name | Column::Length => figure(*column, figures),
            };
            FIGURES.iter().map(text).collect::<Vec<_>>().join(" · ")
        }
        Some(Err(reason)) => reason.clone(),
        None => "not measured yet".to_owned(),
    });
    lines.join("\n")
}

/// A text of one line, cut where its place ends; returns its own end.
pub fn line(ui: &Ui, text: &str, place: Rect, colour: Color32) -> f32 {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), theme::small(), colour);
    job.wrap = TextWrapping::truncate_at_width(place.width().max(1.0));
    let galley = ui.painter().layout_job(job);
    let corner = pos2(place.left(), place.center().y - galley.size().y / 2.0);
    let end = corner.x + galley.size().x;
    ui.painter().galley(corner, galley, colour);
    end
}

/// The line below the list; `more` is said where the pointer rests.
pub fn show_line(ui: &Ui, text: &str, more: &str, rect: Rect) -> Response {
    line(ui, text, rect, theme::of(ui).text_quiet);
    let response = ui.interact(rect, ui.scope_id().with("foot"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    response.on_hover_text(more)
}

/// Up for rising, down for falling.
fn triangle(ui: &Ui, at: Pos2, is_descending: bool) {
    let tip = if is_descending { 3.0 } else { -3.0 };
    let corners = vec![at + vec2(-3.5, -tip), at + vec2(3.5, -tip), at + vec2(0.0, tip)];
    ui.painter().add(Shape::convex_polygon(corners, theme::of(ui).text, Stroke::NONE));
}
