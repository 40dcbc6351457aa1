//! The font in the box, and the fonts of the system for letters that it lacks: names of files are in any script.

use egui::Context;
use egui::epaint::text::{FallbackRequest, FontInsert, FontProvider};
use egui::{FontData, FontDefinitions, FontFamily};
use epaint_default_fonts::UBUNTU_LIGHT;
use fontdb::{Database, FaceInfo, Style, Weight};
use skrifa::MetadataProvider;
use std::sync::{Arc, OnceLock};

/// The font of all text of the window itself.
#[must_use]
pub fn in_the_box() -> FontDefinitions {
    only("Ubuntu-Light", UBUNTU_LIGHT)
}

fn only(name: &str, data: &'static [u8]) -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(data)));
    for family in [FontFamily::Proportional, FontFamily::Monospace] {
        fonts.families.insert(family, vec![name.to_owned()]);
    }
    fonts
}

/// The fonts of the system. To list them takes some tenths of a second where there are very many, so that nobody does
/// it before there is a letter to look for.
#[derive(Default)]
struct SystemFonts(OnceLock<Database>);

impl FontProvider for SystemFonts {
    fn font_for(&self, request: &FallbackRequest) -> Option<FontInsert> {
        let letter = request.cluster.chars().next()?;
        let fonts = self.0.get_or_init(|| {
            let mut fonts = Database::new();
            fonts.load_system_fonts();
            fonts
        });
        find(fonts, letter, *request.family == FontFamily::Monospace)
    }
}

/// Has a window look for letters in the fonts of the system. Those that it uses are kept until it closes.
pub fn install(context: &Context) {
    context.add_font_provider(Arc::new(SystemFonts::default()));
}

/// A font that has a letter: the plainest one.
fn find(fonts: &Database, letter: char, is_monospaced: bool) -> Option<FontInsert> {
    let mut faces: Vec<&FaceInfo> = fonts.faces().collect();
    let distance = |face: &FaceInfo| face.weight.0.abs_diff(Weight::NORMAL.0);
    faces.sort_by_key(|face| (face.style != Style::Normal, face.monospaced != is_monospaced, distance(face)));
    faces.into_iter().find_map(|face| {
        let found =
            fonts.with_face_data(face.id, |data, index| has(data, index, letter).then(|| (data.to_vec(), index)));
        let (data, index) = found??;
        let data = FontData { index, ..FontData::from_owned(data) };
        Some(FontInsert { name: format!("system: {} {index}", face.post_script_name), data, families: Vec::new() })
    })
}

fn has(data: &[u8], index: u32, letter: char) -> bool {
    skrifa::FontRef::from_index(data, index).is_ok_and(|font| font.charmap().map(letter).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{FontId, RawInput};
    use epaint_default_fonts::HACK_REGULAR;

    /// In `Ubuntu-Light`, but not in `Hack`.
    const SCHWA: char = 'Ə';
    /// In neither.
    const HAN: char = '残';

    /// The fonts of a system that has this one.
    fn system() -> SystemFonts {
        let mut fonts = Database::new();
        fonts.load_font_source(fontdb::Source::Binary(Arc::new(UBUNTU_LIGHT)));
        SystemFonts(OnceLock::from(fonts))
    }

    #[test]
    fn a_letter_is_found_in_the_fonts_of_the_system_and_then_drawn() {
        let context = Context::default();
        context.set_fonts(only("Hack", HACK_REGULAR));
        let has = |context: &Context, letter| {
            let mut has = false;
            context
                .run_ui(RawInput::default(), |ui| {
                    has = ui.fonts_mut(|fonts| fonts.has_glyph(&FontId::proportional(14.0), letter));
                })
                .drop_without_applying_deltas();
            has
        };
        assert!(has(&context, 'a') && !has(&context, SCHWA));
        context.add_font_provider(Arc::new(system()));
        assert!(has(&context, SCHWA) && !has(&context, HAN));
    }

    #[test]
    fn a_system_without_fonts_has_no_letter() {
        assert!(find(&Database::new(), 'a', false).is_none());
    }
}
