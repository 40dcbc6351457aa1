//! A picture in memory: smooth rectangles, lines and small figures, nothing more.

use crate::picture::palette::Colour;

/// Pixels of one dot of a glyph.
const DOT: f32 = 2.0;
/// Pixels from one glyph to the next.
const ADVANCE: f32 = 6.0 * DOT;
/// Height of a glyph in pixels.
pub(super) const TEXT_HEIGHT: f32 = 7.0 * DOT;

/// A picture under way. Coordinates are pixels from the upper left corner; fractions are smoothed.
#[derive(Debug)]
pub(super) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<Colour>,
}

impl Canvas {
    /// A canvas of one colour.
    pub fn new(width: usize, height: usize, colour: Colour) -> Self {
        Self { width, height, pixels: vec![colour; width * height] }
    }

    /// Fills a rectangle.
    pub fn rectangle(&mut self, left: f32, top: f32, right: f32, bottom: f32, colour: Colour, opacity: f32) {
        for y in pixels(top, bottom, self.height) {
            for x in pixels(left, right, self.width) {
                let coverage = overlap(x, left, right) * overlap(y, top, bottom);
                self.blend(x, y, colour, coverage * opacity);
            }
        }
    }

    /// Draws a line through points.
    pub fn line(&mut self, points: &[(f32, f32)], thickness: f32, colour: Colour) {
        let reach = thickness / 2.0 + 1.0;
        // Where two pieces meet, a pixel takes the larger coverage and not both.
        let mut coverage = vec![0.0_f32; self.width * self.height];
        for piece in points.windows(2) {
            let ((x0, y0), (x1, y1)) = (piece[0], piece[1]);
            for y in pixels(y0.min(y1) - reach, y0.max(y1) + reach, self.height) {
                for x in pixels(x0.min(x1) - reach, x0.max(x1) + reach, self.width) {
                    let away = distance((x as f32 + 0.5, y as f32 + 0.5), (x0, y0), (x1, y1));
                    let here = &mut coverage[y * self.width + x];
                    *here = here.max((thickness / 2.0 + 0.5 - away).clamp(0.0, 1.0));
                }
            }
        }
        for y in 0..self.height {
            for x in 0..self.width {
                self.blend(x, y, colour, coverage[y * self.width + x]);
            }
        }
    }

    /// Writes digits and the few letters there are, from its upper left corner.
    pub fn text(&mut self, left: f32, top: f32, text: &str, colour: Colour) {
        for (place, letter) in text.chars().enumerate() {
            for (row, dots) in glyph(letter).into_iter().enumerate() {
                for column in 0..5 {
                    if dots >> (4 - column) & 1 == 1 {
                        let x = left + place as f32 * ADVANCE + column as f32 * DOT;
                        let y = top + row as f32 * DOT;
                        self.rectangle(x, y, x + DOT, y + DOT, colour, 1.0);
                    }
                }
            }
        }
    }

    /// Width of a text in pixels.
    pub fn text_width(text: &str) -> f32 {
        text.chars().count() as f32 * ADVANCE - DOT
    }

    /// The picture as the bytes of a PNG file.
    ///
    /// # Errors
    /// What the encoder says.
    pub fn png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(self.pixels.as_flattened())?;
        writer.finish()?;
        Ok(bytes)
    }

    fn blend(&mut self, x: usize, y: usize, colour: Colour, opacity: f32) {
        let pixel = &mut self.pixels[y * self.width + x];
        for (old, new) in pixel.iter_mut().zip(colour) {
            *old = (f32::from(*old) + (f32::from(new) - f32::from(*old)) * opacity).round() as u8;
        }
    }
}

/// The pixels that a span touches, within the canvas.
fn pixels(from: f32, to: f32, end: usize) -> std::ops::Range<usize> {
    from.floor().max(0.0) as usize..(to.ceil().max(0.0) as usize).min(end)
}

/// How much of a pixel a span covers.
fn overlap(pixel: usize, from: f32, to: f32) -> f32 {
    (to.min(pixel as f32 + 1.0) - from.max(pixel as f32)).clamp(0.0, 1.0)
}

/// From a point to a piece of a line.
fn distance(point: (f32, f32), from: (f32, f32), to: (f32, f32)) -> f32 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { ((point.0 - from.0) * dx + (point.1 - from.1) * dy) / length } else { 0.0 };
    let along = along.clamp(0.0, 1.0);
    (point.0 - from.0 - along * dx).hypot(point.1 - from.1 - along * dy)
}

/// Seven rows of five dots.
fn glyph(letter: char) -> [u8; 7] {
    match letter {
        '0' => [0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e],
        '1' => [0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e],
        '2' => [0x0e, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1f],
        '3' => [0x1f, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0e],
        '4' => [0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02],
        '5' => [0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e],
        '6' => [0x06, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e],
        '7' => [0x1f, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08],
        '8' => [0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e],
        '9' => [0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x0c],
        '-' => [0x00, 0x00, 0x00, 0x0e, 0x00, 0x00, 0x00],
        '.' => [0x00, 0x00, 0x00, 0x00, 0x00, 0x0c, 0x0c],
        'C' => [0x0e, 0x11, 0x10, 0x10, 0x10, 0x11, 0x0e],
        'F' => [0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x10],
        'H' => [0x11, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11],
        'S' => [0x0f, 0x10, 0x10, 0x0e, 0x01, 0x01, 0x1e],
        'W' => [0x11, 0x11, 0x11, 0x15, 0x15, 0x15, 0x0a],
        'X' => [0x11, 0x11, 0x0a, 0x04, 0x0a, 0x11, 0x11],
        'Y' => [0x11, 0x11, 0x0a, 0x04, 0x04, 0x04, 0x04],
        'Z' => [0x1f, 0x01, 0x02, 0x04, 0x08, 0x10, 0x1f],
        'b' => [0x10, 0x10, 0x1e, 0x11, 0x11, 0x11, 0x1e],
        'r' => [0x00, 0x00, 0x16, 0x19, 0x10, 0x10, 0x10],
        'z' => [0x00, 0x00, 0x1f, 0x02, 0x04, 0x08, 0x1f],
        's' => [0x00, 0x00, 0x0e, 0x10, 0x0e, 0x01, 0x1e],
        'd' => [0x01, 0x01, 0x0d, 0x13, 0x11, 0x11, 0x0f],
        'm' => [0x00, 0x00, 0x1a, 0x15, 0x15, 0x11, 0x11],
        'B' => [0x1e, 0x11, 0x11, 0x1e, 0x11, 0x11, 0x1e],
        'D' => [0x1e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1e],
        'E' => [0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x1f],
        'T' => [0x1f, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04],
        'e' => [0x00, 0x00, 0x0e, 0x11, 0x1f, 0x10, 0x0e],
        'k' => [0x10, 0x10, 0x12, 0x14, 0x18, 0x14, 0x12],
        'n' => [0x00, 0x00, 0x16, 0x19, 0x11, 0x11, 0x11],
        'L' => [0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1f],
        'R' => [0x1e, 0x11, 0x11, 0x1e, 0x14, 0x12, 0x11],
        _ => [0; 7],
    }
}
