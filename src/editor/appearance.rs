//! Theme, scale and size of the windows: one for all windows of the process, kept in `window.toml` beside
//! `library.toml`.
//!
//! ```toml
//! theme = "light"
//! scale = 125 # per cent
//! size = [780, 600] # of a new window, in points
//! ```

use super::theme::{self, Theme};
use crate::library::user;
use egui::{Vec2, vec2};
use parking_lot::Mutex;
use std::path::PathBuf;
use std::sync::OnceLock;
use toml::{Table, Value};

/// Scales that the menu offers, in per cent.
pub const SCALES: [u32; 5] = [100, 125, 150, 175, 200];
/// Least and largest of them.
const ENDS: (u32, u32) = (SCALES[0], SCALES[SCALES.len() - 1]);
/// Points beyond which no side of a window is remembered: larger than any screen.
const LONGEST_SIDE: f32 = 16_384.0;

/// What the windows look like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Appearance {
    /// The theme.
    pub theme: Theme,
    /// Scale in per cent, on top of the screen's own.
    pub scale: u32,
}

impl Default for Appearance {
    fn default() -> Self {
        Self { theme: Theme::default(), scale: ENDS.0 }
    }
}

/// The look of all windows, and the size of a new one in points, as they are written down.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Kept {
    look: Appearance,
    size: Vec2,
}

impl Appearance {
    /// The factor of the scale.
    #[must_use]
    pub fn zoom(&self) -> f32 {
        self.scale as f32 / 100.0
    }

    /// The scale that is so many steps larger or smaller.
    #[must_use]
    pub fn scaled(self, steps: isize) -> Self {
        let here = SCALES.iter().position(|scale| *scale >= self.scale).unwrap_or(SCALES.len() - 1);
        Self { scale: SCALES[here.saturating_add_signed(steps).min(SCALES.len() - 1)], ..self }
    }
}

impl Default for Kept {
    fn default() -> Self {
        Self { look: Appearance::default(), size: theme::DEFAULT_SIZE }
    }
}

impl Kept {
    /// Each entry that cannot be read is left at its default.
    fn read(table: &Table) -> Self {
        let mut read = Self::default();
        if let Some(name) = table.get("theme").and_then(Value::as_str) {
            let named = Theme::ALL.into_iter().find(|theme| theme.name().eq_ignore_ascii_case(name));
            read.look.theme = named.unwrap_or_default();
        }
        if let Some(scale) = table.get("scale").and_then(Value::as_integer) {
            read.look.scale = scale.clamp(ENDS.0.into(), ENDS.1.into()) as u32;
        }
        let sides = table.get("size").and_then(Value::as_array).map(Vec::as_slice);
        if let Some([width, height]) = sides
            && let (Some(width), Some(height)) = (side(width), side(height))
        {
            read.size = vec2(width, height).max(theme::SMALLEST_SIZE);
        }
        read
    }

    fn entries(&self) -> Table {
        let sides = [self.size.x, self.size.y].map(|side| Value::Integer(side.round() as i64));
        let theme = self.look.theme.name().to_lowercase();
        Table::from_iter([
            ("theme".to_owned(), Value::String(theme)),
            ("scale".to_owned(), Value::Integer(self.look.scale.into())),
            ("size".to_owned(), Value::Array(sides.to_vec())),
        ])
    }
}

/// A side in points, from a whole number or a fraction.
fn side(value: &Value) -> Option<f32> {
    let side = value.as_float().or_else(|| Some(value.as_integer()? as f64))?;
    (side > 0.0 && side <= f64::from(LONGEST_SIDE)).then_some(side as f32)
}

fn file() -> Option<PathBuf> {
    Some(user::folder()?.join("window.toml"))
}

static KEPT: OnceLock<Mutex<Kept>> = OnceLock::new();

fn kept() -> &'static Mutex<Kept> {
    let read =
        || file().and_then(|file| user::table(&file).ok()).map_or_else(Kept::default, |table| Kept::read(&table));
    KEPT.get_or_init(|| Mutex::new(read()))
}

/// What the windows of this process look like. The first call reads the user's file. \[any but audio\]
#[must_use]
pub fn now() -> Appearance {
    kept().lock().look
}

/// Size of a new window in points: that of the window that was closed last. \[any but audio\]
#[must_use]
pub fn size() -> Vec2 {
    kept().lock().size
}

/// Has all windows of this process look like this from their next frame on, and writes it down. \[main\]
///
/// # Errors
/// A message that names the file; the windows have changed nevertheless.
pub fn change(look: Appearance) -> Result<(), String> {
    keep(|kept| kept.look = look)
}

/// Writes down the size in points that a window had when it closed. Nobody is there to hear of an error.
pub fn remember_size(size: Vec2) {
    let _ = keep(|kept| kept.size = size);
}

fn keep(set: impl FnOnce(&mut Kept)) -> Result<(), String> {
    let kept = {
        let mut kept = kept().lock();
        let before = *kept;
        set(&mut kept);
        if *kept == before {
            return Ok(());
        }
        *kept
    };
    let Some(file) = file() else { return Ok(()) };
    user::remember(&file, kept.entries()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let look = Appearance { theme: Theme::Light, scale: 150 };
        let kept = Kept { look, size: vec2(900.0, 700.0) };
        assert_eq!(Kept::read(&kept.entries()), kept);
        let text = toml::to_string(&kept.entries()).expect("a text");
        assert_eq!(Kept::read(&text.parse().expect("a table")), kept);
    }

    #[test]
    fn what_cannot_be_read_is_as_in_a_new_window() {
        let read = |text: &str| Kept::read(&text.parse().expect("a table"));
        assert_eq!(read(""), Kept::default());
        assert_eq!(read("theme = \"sepia\"\nscale = \"big\"\nsize = [1]"), Kept::default());
        assert_eq!(read("theme = 3\nscale = 1\nsize = [-4, nan]"), Kept::default());
        assert_eq!((read("scale = 9000").look.scale, read("scale = 130").look.scale), (200, 130));
        assert_eq!(read("size = [10, 99999]").size, theme::DEFAULT_SIZE);
        assert_eq!(read("size = [10, 700.5]").size, vec2(theme::SMALLEST_SIZE.x, 700.5));
    }

    #[test]
    fn the_steps_of_the_scale_end_at_both_ends() {
        let of = |scale| Appearance { scale, ..Appearance::default() };
        assert_eq!([of(100).scaled(1), of(200).scaled(1), of(100).scaled(-1)].map(|look| look.scale), [125, 200, 100]);
        assert_eq!(of(130).scaled(-1).scale, 125);
    }
}
