//! What the meters look like.
use super::{Level, Model, RANGE, Side, level_text};
use crate::editor::theme;
use egui::{Align2, Color32, CornerRadius, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

/// Of the scale between the groups.
const SCALE: f32 = 36.0;
/// Least width of a group: the widest figure has room below it.
const LEAST: f32 = 30.0;
/// Height of the line above the bars, and of each line below them.
const LINES: (f32, f32) = (17.0, 15.0);
/// Space between two bars, where there is room for it.
const BETWEEN: f32 = 2.0;
/// Width of the light, and least height of what is clicked to reset it (WCAG 2.2, 2.5.8).
const LIGHT: (f32, f32) = (12.0, 24.0);

/// Draws all, and returns the sides whose light was clicked.
pub fn draw(ui: &Ui, model: &Model, rect: Rect) -> Vec<Side> {
    let bars = Rect::from_min_max(rect.min + vec2(0.0, LINES.0), rect.max - vec2(0.0, 2.0 * LINES.1));
    // The bars of both sides are as wide, where the figures below them allow it.
    let (room, counts) = (rect.width() - SCALE, [&model.input, &model.output].map(|levels| levels.len().max(1) as f32));
    let width = (room * counts[0] / (counts[0] + counts[1])).clamp(LEAST, room - LEAST);
    let input = bars.with_max_x(rect.left() + width);
    let output = bars.with_min_x(input.right() + SCALE);
    let painter = ui.painter();
    // Where there is no room for all marks, every other one stays.
    let step = if bars.height() < 96.0 { 24 } else { 12 };
    for mark in (-60..=0).rev().step_by(step) {
        let place = pos2(input.right() + SCALE / 2.0, height_of(mark as f32, bars));
        let text = if mark == 0 { "0".to_owned() } else { format!("−{}", -mark) };
        painter.text(place, Align2::CENTER_CENTER, text, theme::small(), theme::of(ui).text_quiet);
    }
    let sides = [(Side::Input, input), (Side::Output, output)];
    sides.into_iter().filter(|(side, bars)| group(ui, *side, model, *bars, rect)).map(|(side, _)| side).collect()
}

/// The bars of one side, beside each other, over their names and the largest level that is held. True if the light was
/// clicked.
fn group(ui: &Ui, side: Side, model: &Model, bars: Rect, whole: Rect) -> bool {
    let levels = if side == Side::Input { &model.input } else { &model.output };
    let painter = ui.painter();
    painter.text(
        pos2(bars.left(), whole.top()),
        Align2::LEFT_TOP,
        side.name(),
        theme::small(),
        theme::of(ui).text_quiet,
    );
    let held = levels.iter().map(|level| level.held).fold(RANGE.0, f32::max);
    let colour = if held > 0.0 { theme::of(ui).alert } else { theme::of(ui).text };
    let foot = pos2(bars.center().x, whole.bottom());
    painter.text(foot, Align2::CENTER_BOTTOM, level_text(held), theme::small(), colour);
    let count = levels.len().max(1) as f32;
    let gap = BETWEEN.min(bars.width() / count / 3.0);
    let width = (bars.width() - gap * (count - 1.0)) / count;
    let names: Vec<_> = (0..levels.len()).map(|channel| side.channel(channel, model.format)).collect();
    let lay = |name: &String| painter.layout_no_wrap(name.clone(), theme::small(), theme::of(ui).text_quiet);
    let galleys: Vec<_> = names.iter().map(lay).collect();
    // Names that do not fit are left out, all of a side: they are said where the pointer rests.
    let fit = model.format.is_some() && galleys.iter().all(|galley| galley.size().x + BETWEEN <= width + gap);
    for (index, ((level, name), galley)) in levels.iter().zip(&names).zip(galleys).enumerate() {
        let left = bars.left() + index as f32 * (width + gap);
        let well = Rect::from_x_y_ranges(left..=left + width, bars.y_range());
        bar(ui, *level, well);
        if fit {
            let corner = pos2(well.center().x - galley.size().x / 2.0, bars.bottom() + 1.0);
            painter.galley(corner, galley, theme::of(ui).text_quiet);
        }
        let response = ui.interact(well, ui.scope_id().with((side.name(), index)), Sense::hover());
        let text = level.text(&format!("{} {name}", side.name()));
        response.widget_info(|| WidgetInfo::labeled(Role::Meter, true, &text));
        response.on_hover_text(text);
    }
    let over: Vec<&str> =
        levels.iter().zip(&names).filter(|(level, _)| level.is_over).map(|(_, name)| name.as_str()).collect();
    !over.is_empty() && light(ui, side, &over.join(", "), Rect::from_x_y_ranges(bars.x_range(), whole.y_range()))
}

/// A triangle with an exclamation mark, over the bars at their right end. It is there only while it is lit: its shape
/// says so, whatever its colour. True if it was clicked.
fn light(ui: &Ui, side: Side, channels: &str, column: Rect) -> bool {
    let place = column.with_max_y(column.top() + LIGHT.1);
    let response = ui.interact(place, ui.scope_id().with((side.name(), "over")), Sense::click());
    let text = format!("{}: over full scale in {channels}", side.name());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &text));
    let painter = ui.painter();
    let sign = Rect::from_min_size(pos2(column.right() - LIGHT.0, column.top() + 1.0), vec2(LIGHT.0, 13.0));
    let corners = vec![sign.center_top(), sign.right_bottom(), sign.left_bottom()];
    let is_reached = response.has_focus() || response.hovered();
    let edge = if is_reached { Stroke::new(1.5, theme::of(ui).text) } else { Stroke::NONE };
    painter.add(Shape::convex_polygon(corners, theme::of(ui).alert, edge));
    let middle = sign.center().x;
    painter.vline(middle, sign.top() + 4.5..=sign.bottom() - 4.5, (1.5, theme::of(ui).on_accent));
    painter.vline(middle, sign.bottom() - 3.0..=sign.bottom() - 1.5, (1.5, theme::of(ui).on_accent));
    response.on_hover_text(format!("{text}. Click to reset.")).clicked()
}

/// Peak, the RMS brighter inside of it, and the peak that is held as a line.
fn bar(ui: &Ui, level: Level, well: Rect) {
    let painter = ui.painter();
    painter.rect_filled(well, CornerRadius::same(2), theme::of(ui).well);
    let full = height_of(0.0, well);
    let fill = |top: f32, bottom: f32, colour: Color32| {
        if top < bottom {
            painter.rect_filled(Rect::from_x_y_ranges(well.x_range(), top..=bottom), CornerRadius::same(1), colour);
        }
    };
    let (top, rms) = (height_of(level.bar, well), height_of(level.rms, well));
    fill(top.max(full), well.bottom(), theme::of(ui).accent_quiet);
    fill(rms.max(full), well.bottom(), theme::of(ui).accent);
    fill(top, full, theme::of(ui).alert);
    painter.hline(well.x_range(), full, (1.0, theme::of(ui).edge));
    if level.held > RANGE.0 {
        let colour = if level.held > 0.0 { theme::of(ui).alert } else { theme::of(ui).text };
        painter.hline(well.x_range(), height_of(level.held, well), (1.5, colour));
    }
}

fn height_of(decibels: f32, bars: Rect) -> f32 {
    egui::remap_clamp(decibels, RANGE.0..=RANGE.1, bars.bottom()..=bars.top())
}
