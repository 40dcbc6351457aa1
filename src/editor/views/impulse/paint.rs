//! Paints a sheet with the window's painter.
use crate::editor::text::with_minus;
use crate::editor::theme;
use crate::picture::{Anchor, Area, Palette, Shape, Sheet, Spectrogram, Tone, palette};
use egui::epaint::Vertex;
use egui::{
    Align, Align2, Color32, ColorImage, CornerRadius, Mesh, Painter, Rect, Stroke, TextureHandle, TextureOptions, pos2,
};
use std::sync::Arc;

/// Pictures of levels in the memory of the graphics, with what they are of.
#[derive(Default)]
pub struct Textures(Vec<(Arc<Spectrogram>, TextureHandle)>);

/// Paints all shapes, in their order.
pub fn sheet(painter: &Painter, sheet: &Sheet, palette: &Palette, textures: &mut Textures) {
    textures.keep(sheet);
    for shape in &sheet.shapes {
        match shape {
            Shape::Fill { area, tone } => {
                let rounding = if *tone == Tone::Ground { theme::ROUNDING } else { 0 };
                painter.rect_filled(rect(*area), CornerRadius::same(rounding), colour(palette, *tone));
            }
            Shape::Line { points, width, tone } => {
                let points = points.iter().map(|[x, y]| pos2(*x, *y)).collect();
                painter.add(egui::Shape::line(points, Stroke::new(*width, colour(palette, *tone))));
            }
            Shape::Columns { left, width, spans, tone } => {
                painter.add(egui::Shape::mesh(columns(*left, *width, spans, colour(palette, *tone))));
            }
            Shape::Levels { area, levels, times } => {
                let part = Rect::from_min_max(pos2(times[0], 0.0), pos2(times[1], 1.0));
                let texture = textures.of(painter, levels);
                painter.image(texture.id(), rect(*area), part, Color32::WHITE);
            }
            Shape::Text { at: [x, y], anchor, text, tone } => {
                let align = anchor.map(|anchor| match anchor {
                    Anchor::Start => Align::Min,
                    Anchor::Middle => Align::Center,
                    Anchor::End => Align::Max,
                });
                painter.text(pos2(*x, *y), Align2(align), with_minus(text), theme::small(), colour(palette, *tone));
            }
        }
    }
}

impl Textures {
    /// Drops those that a sheet does not show.
    fn keep(&mut self, sheet: &Sheet) {
        let shows = |of: &Arc<Spectrogram>| {
            sheet.shapes.iter().any(|shape| matches!(shape, Shape::Levels { levels, .. } if Arc::ptr_eq(levels, of)))
        };
        self.0.retain(|(of, _)| shows(of));
    }

    fn of(&mut self, painter: &Painter, levels: &Arc<Spectrogram>) -> TextureHandle {
        if let Some((_, texture)) = self.0.iter().find(|(of, _)| Arc::ptr_eq(of, levels)) {
            return texture.clone();
        }
        let texture = painter.ctx().load_texture("spectrogram", image(levels), TextureOptions::LINEAR);
        self.0.push((levels.clone(), texture.clone()));
        texture
    }
}

/// The highest frequency is in the first row, at the top.
fn image(spectrogram: &Spectrogram) -> ColorImage {
    let (columns, rows) = Spectrogram::SIZE;
    let pixel = |place: usize| {
        let (row, column) = (rows - 1 - place / columns, place % columns);
        let [red, green, blue] = palette::of_level(spectrogram.levels.get(column * rows + row).copied().unwrap_or(0));
        Color32::from_rgb(red, green, blue)
    };
    ColorImage::new([columns, rows], (0..columns * rows).map(pixel).collect())
}

/// A mesh, because thousands of separate shapes would cost more than all the rest of the window.
fn columns(left: f32, width: f32, spans: &[[f32; 2]], color: Color32) -> Mesh {
    let mut mesh = Mesh::default();
    for (column, [top, bottom]) in spans.iter().enumerate() {
        let first = mesh.vertices.len() as u32;
        let (left, right) = (left + column as f32 * width, left + (column + 1) as f32 * width);
        for pos in [pos2(left, *top), pos2(right, *top), pos2(left, *bottom), pos2(right, *bottom)] {
            mesh.vertices.push(Vertex { pos, uv: egui::epaint::WHITE_UV, color });
        }
        mesh.add_triangle(first, first + 1, first + 2);
        mesh.add_triangle(first + 2, first + 1, first + 3);
    }
    mesh
}

fn rect(area: Area) -> Rect {
    Rect::from_min_max(pos2(area.left, area.top), pos2(area.right, area.bottom))
}

fn colour(palette: &Palette, tone: Tone) -> Color32 {
    let [red, green, blue] = palette.colour(tone);
    Color32::from_rgb(red, green, blue)
}
