//! The impulse over time.
use crate::channels::ImpulseForm;
use crate::editor::controller::Controller;
use crate::editor::theme;
use crate::editor::view::View;
use crate::prepare::Summary;
use egui::epaint::Vertex;
use egui::{Align2, Color32, CornerRadius, Mesh, Painter, Rect, Sense, Shape, Ui, pos2, vec2};
use std::convert::Infallible;
use std::sync::Arc;

/// Height of the time axis.
const AXIS: f32 = 18.0;
/// Space between two lanes.
const BETWEEN: f32 = 6.0;

/// The impulse over time.
pub struct Waveform;

impl View for Waveform {
    type Model = Option<Arc<Summary>>;
    type State = ();
    type Action = Infallible;

    fn model(controller: &Controller, (): &mut ()) -> Self::Model {
        controller.summary().cloned()
    }

    fn show(ui: &mut Ui, model: &Self::Model, (): &mut ()) -> Vec<Infallible> {
        draw(ui, model.as_deref(), ui.max_rect());
        Vec::new()
    }

    fn act(action: Infallible, _: &mut Controller) {
        match action {}
    }
}

/// Draws a lane per channel, for true stereo two by two with the sources as rows and the ears as columns.
/// Samples are drawn linearly, and as tall as the largest sample of all channels allows.
fn draw(ui: &Ui, summary: Option<&Summary>, rect: Rect) {
    let response = ui.interact(rect, ui.scope_id().with("waveform"), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, "Waveform"));
    let painter = ui.painter_at(rect);
    let Some(summary) = summary.filter(|summary| !summary.waveform.is_empty()) else {
        painter.rect_filled(rect, CornerRadius::same(theme::ROUNDING), theme::WELL);
        painter.text(rect.center(), Align2::CENTER_CENTER, "No impulse", theme::body(), theme::TEXT_QUIET);
        return;
    };
    let channels = summary.waveform.len();
    let form = ImpulseForm::of_marked(channels, summary.marking);
    let columns = form.filter(|form| form.sources() > 1).map_or(1, ImpulseForm::outputs);
    let rows = channels.div_ceil(columns);
    let size = vec2(
        (rect.width() - BETWEEN * (columns - 1) as f32) / columns as f32,
        (rect.height() - AXIS - BETWEEN * (rows - 1) as f32) / rows as f32,
    );
    let largest = summary.waveform.iter().flatten().fold(0.0_f32, |most, (low, high)| most.max(-low).max(*high));
    for (channel, stretches) in summary.waveform.iter().enumerate() {
        let name = form.map(|form| form.channel_name(channel)).unwrap_or_default();
        let (row, column) = (channel / columns, channel % columns);
        let corner = rect.min + vec2(column as f32 * (size.x + BETWEEN), row as f32 * (size.y + BETWEEN));
        let lane = Rect::from_min_size(corner, size);
        painter.rect_filled(lane, CornerRadius::same(theme::ROUNDING), theme::WELL);
        if row + 1 == rows {
            axis(&painter, lane, summary.seconds);
        }
        let ticks = ticks(summary.seconds, lane.width());
        for tick in ticks.iter().filter(|tick| **tick > 0.0) {
            let x = lane.left() + (tick / summary.seconds) as f32 * lane.width();
            painter.vline(x, lane.y_range(), (1.0, theme::LINE.gamma_multiply(0.55)));
        }
        painter.add(Shape::mesh(silhouette(stretches, lane, largest, ui.pixels_per_point())));
        // At the right, where rooms have died away.
        painter.text(lane.right_top() + vec2(-6.0, 3.0), Align2::RIGHT_TOP, name, theme::small(), theme::TEXT_QUIET);
    }
}

/// One quad per column of pixels, from the smallest to the largest sample in it and at least a pixel tall: silence is a
/// line. A mesh, because thousands of separate shapes would cost more than all the rest of the window.
fn silhouette(stretches: &[(f32, f32)], lane: Rect, largest: f32, pixels_per_point: f32) -> Mesh {
    let mut mesh = Mesh::default();
    if stretches.is_empty() {
        return mesh;
    }
    let columns = (lane.width() * pixels_per_point).floor().max(1.0) as usize;
    let scale = if largest > 0.0 { (lane.height() / 2.0 - 3.0).max(0.0) / largest } else { 0.0 };
    let half = 0.5 / pixels_per_point;
    for column in 0..columns {
        let from = column * stretches.len() / columns;
        let to = ((column + 1) * stretches.len()).div_ceil(columns).max(from + 1);
        let span = &stretches[from..to.min(stretches.len())];
        let (low, high) = span.iter().fold((f32::MAX, f32::MIN), |(a, b), (low, high)| (a.min(*low), b.max(*high)));
        let left = lane.left() + column as f32 / pixels_per_point;
        let top = (lane.center().y - high * scale - half).max(lane.top());
        let bottom = (lane.center().y - low * scale + half).min(lane.bottom());
        quad(
            &mut mesh,
            Rect::from_min_max(pos2(left, top), pos2(left + 1.0 / pixels_per_point, bottom)),
            theme::ACCENT,
        );
    }
    mesh
}

fn quad(mesh: &mut Mesh, rect: Rect, color: Color32) {
    let first = mesh.vertices.len() as u32;
    for pos in [rect.left_top(), rect.right_top(), rect.left_bottom(), rect.right_bottom()] {
        mesh.vertices.push(Vertex { pos, uv: egui::epaint::WHITE_UV, color });
    }
    mesh.add_triangle(first, first + 1, first + 2);
    mesh.add_triangle(first + 2, first + 1, first + 3);
}

fn axis(painter: &Painter, lane: Rect, seconds: f64) {
    let ticks = ticks(seconds, lane.width());
    let step = ticks.get(1).copied().unwrap_or(1.0);
    let decimals = (-(step.log10() + 1e-9).floor()).max(0.0) as usize;
    for tick in ticks {
        let x = lane.left() + (tick / seconds) as f32 * lane.width();
        let text = format!("{tick:.decimals$} s");
        // The first label starts at its line, the last must not leave the picture.
        let width = painter.layout_no_wrap(text.clone(), theme::small(), theme::TEXT_QUIET).size().x;
        let left = (x - width / 2.0).clamp(lane.left(), (lane.right() - width).max(lane.left()));
        painter.text(pos2(left, lane.bottom() + 3.0), Align2::LEFT_TOP, text, theme::small(), theme::TEXT_QUIET);
    }
}

/// Times in seconds at which the axis has a line: a step of 1, 2 or 5 times a power of ten that leaves at least 70
/// points between two lines.
#[must_use]
pub fn ticks(seconds: f64, width: f32) -> Vec<f64> {
    let most = (f64::from(width) / 70.0).max(1.0);
    if seconds <= 0.0 || !seconds.is_finite() {
        return vec![0.0];
    }
    let smallest = seconds / most;
    let decade = 10_f64.powf(smallest.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|m| m * decade).into_iter().find(|s| *s >= smallest).unwrap_or(seconds);
    (0..=(seconds / step + 1e-9) as usize).map(|n| n as f64 * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_times_at_least_seventy_points_apart() {
        assert_eq!(ticks(3.2, 582.0), [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0]);
        assert_eq!(ticks(60.0, 300.0), [0.0, 20.0, 40.0, 60.0]);
        for seconds in [1e-5, 0.0021, 0.37, 1.0, 5.9, 60.0] {
            for width in [50.0_f32, 216.0, 442.0, 1200.0] {
                let ticks = ticks(seconds, width);
                let between = ticks.get(1).map_or(f64::from(width), |step| step / seconds * f64::from(width));
                assert!(between >= 69.999_f64.min(f64::from(width)), "{seconds} s on {width}: {between}");
                assert!(ticks.len() < 40 && ticks.last().is_some_and(|last| *last <= seconds * (1.0 + 1e-6)));
            }
        }
        assert_eq!(ticks(0.0, 500.0), [0.0]);
    }

    #[test]
    fn the_silhouette_stays_in_its_lane_at_any_size() {
        for width in [0.5, 3.0, 511.0, 700.0, 2000.0] {
            let lane = Rect::from_min_size(pos2(10.0, 10.0), vec2(width, 40.0));
            for count in [0, 1, 7, 512] {
                let mesh = silhouette(&vec![(-2.0, 2.0); count], lane, 2.0, 1.5);
                assert!(mesh.is_valid() && mesh.vertices.iter().all(|v| lane.expand(0.7).contains(v.pos)));
            }
        }
    }
}
