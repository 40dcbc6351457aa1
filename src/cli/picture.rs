//! An impulse as a picture: all views of it that the window has, one below the other.

use super::canvas::Canvas;
use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;
use crate::picture::{
    Anchor, Area, Look, Palette, Portrait, Shape, Sheet, Spectrogram, Timing, View, draw as sheet, palette,
};

const BACKGROUND: palette::Colour = [0x1d, 0x20, 0x25];
const PALETTE: Palette = Palette::DARK;
/// Width in points.
const WIDTH: f32 = 640.0;
/// Pixels of a point.
const SCALE: f32 = 2.0;
const MARGIN: f32 = 10.0;
/// Between two views.
const GAP: f32 = 12.0;
/// Height of a view: of one for each channel, and of one for all.
const LANE: f32 = 75.0;
const PANE: f32 = 170.0;

/// Draws all views of an impulse. The original, if there is one, lies behind its waveform.
///
/// # Errors
/// [`Cancelled`].
pub(super) fn draw(
    impulse: &Impulse,
    original: Option<&Impulse>,
    timing: Timing,
    cancel: &Token,
) -> Result<Canvas, Cancelled> {
    let portrait = Portrait::new(impulse, original, timing, cancel)?;
    let heights = View::ALL.map(|view| match view {
        View::Wave | View::Spectrogram => LANE * portrait.waves.len().max(2) as f32,
        View::Decay | View::Response => PANE,
    });
    let height = 2.0 * MARGIN + heights.iter().sum::<f32>() + GAP * (heights.len() - 1) as f32;
    let mut canvas = Canvas::new((WIDTH * SCALE) as usize, (height * SCALE) as usize, BACKGROUND);
    let mut top = MARGIN;
    for (view, height) in View::ALL.into_iter().zip(heights) {
        let area = Area { left: MARGIN, top, right: WIDTH - MARGIN, bottom: top + height };
        paint(&mut canvas, &sheet(&portrait, &Look { view, ..Look::default() }, area, SCALE));
        top += height + GAP;
    }
    Ok(canvas)
}

fn paint(canvas: &mut Canvas, sheet: &Sheet) {
    for shape in &sheet.shapes {
        match shape {
            Shape::Fill { area, tone } => fill(canvas, *area, PALETTE.colour(*tone)),
            Shape::Line { points, width, tone } => {
                let points: Vec<_> = points.iter().map(|[x, y]| (x * SCALE, y * SCALE)).collect();
                canvas.line(&points, width * SCALE, PALETTE.colour(*tone));
            }
            Shape::Columns { left, width, spans, tone } => {
                for (column, [top, bottom]) in spans.iter().enumerate() {
                    let left = left + column as f32 * width;
                    let area = Area { left, top: *top, right: left + width, bottom: *bottom };
                    fill(canvas, area, PALETTE.colour(*tone));
                }
            }
            Shape::Levels { area, levels, times } => paint_levels(canvas, *area, levels, *times),
            Shape::Text { at: [x, y], anchor, text, tone } => {
                let size = [Canvas::text_width(text), super::canvas::TEXT_HEIGHT];
                let corner = |at: f32, anchor, size: f32| match anchor {
                    Anchor::Start => at * SCALE,
                    Anchor::Middle => at * SCALE - size / 2.0,
                    Anchor::End => at * SCALE - size,
                };
                let [left, top] = [corner(*x, anchor[0], size[0]), corner(*y, anchor[1], size[1])];
                canvas.text(left.round(), top.round(), text, PALETTE.colour(*tone));
            }
        }
    }
}

fn fill(canvas: &mut Canvas, area: Area, colour: palette::Colour) {
    let Area { left, top, right, bottom } = area;
    canvas.rectangle(left * SCALE, top * SCALE, right * SCALE, bottom * SCALE, colour, 1.0);
}

fn paint_levels(canvas: &mut Canvas, area: Area, of: &Spectrogram, [from, to]: [f32; 2]) {
    let size = Spectrogram::SIZE;
    let (width, height) = ((area.width() * SCALE) as usize, (area.height() * SCALE) as usize);
    let cell = |share: f32, count: usize| ((share * count as f32).max(0.0) as usize).min(count - 1);
    for y in 0..height {
        let row = cell(1.0 - (y as f32 + 0.5) / height as f32, size.1);
        for x in 0..width {
            let column = cell(from + (x as f32 + 0.5) / width as f32 * (to - from), size.0);
            let level = of.levels.get(column * size.1 + row).copied().unwrap_or(0);
            let (left, top) = (area.left * SCALE + x as f32, area.top * SCALE + y as f32);
            canvas.rectangle(left, top, left + 1.0, top + 1.0, palette::of_level(level), 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impulses_of_any_length_and_channel_count_can_be_drawn() {
        for (length, channels, value) in [(1, 1, 1.0), (2, 2, 0.0), (1099, 4, f32::MAX), (1101, 6, -1.0)] {
            let impulse = Impulse::new(vec![vec![value; length]; channels], 48_000).expect("valid");
            let canvas = draw(&impulse, Some(&impulse), Timing::default(), &Token::never()).expect("not cancelled");
            assert!(canvas.png().expect("encoded").starts_with(b"\x89PNG"));
        }
    }
}
