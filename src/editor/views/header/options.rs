//! The menu of what neither sounds nor is a preset: the session's embedded impulses, and the look of the windows.
use super::Action;
use crate::editor::appearance::{Appearance, SCALES};
use crate::editor::theme::{self, Theme};
use crate::editor::widgets::keys;
use crate::session::embed::Embedding;
use egui::{Key, RichText, Ui};

/// The impulses that a session may embed, instead of remembering only where their files are.
const EMBEDDINGS: [(Embedding, &str); 3] =
    [(Embedding::Never, "Never"), (Embedding::WhenSmall, "When small"), (Embedding::Always, "Always")];

/// Draws the menu's content.
pub fn show(ui: &mut Ui, embedding: Embedding, look: Appearance, actions: &mut Vec<Action>) {
    caption(ui, "Embed impulses");
    for (choice, text) in EMBEDDINGS {
        if ui.selectable_label(embedding == choice, text).clicked() {
            actions.push(Action::Embed(choice));
        }
    }
    ui.separator();
    caption(ui, "Theme");
    ui.horizontal(|ui| {
        for theme in Theme::ALL {
            if ui.selectable_label(look.theme == theme, theme.name()).clicked() {
                actions.push(Action::Appear(Appearance { theme, ..look }));
            }
        }
    });
    ui.separator();
    caption(ui, "Size (Ctrl with Page up, Page down, 0)");
    ui.horizontal(|ui| {
        for scale in SCALES {
            if ui.selectable_label(look.scale == scale, format!("{scale} %")).clicked() {
                actions.push(Action::Appear(Appearance { scale, ..look }));
            }
        }
    });
}

fn caption(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).color(theme::of(ui).text_quiet));
}

/// The look that is asked for by keys, if any.
pub fn pressed(ui: &Ui, look: Appearance) -> Option<Appearance> {
    let pressed = |key: Key| keys::pressed(ui, key, |held| held.command);
    if pressed(Key::Num0) {
        Some(Appearance { scale: SCALES[0], ..look })
    } else if pressed(Key::PageUp) {
        Some(look.scaled(1))
    } else if pressed(Key::PageDown) {
        Some(look.scaled(-1))
    } else {
        None
    }
}
