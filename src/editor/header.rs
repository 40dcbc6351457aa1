//! The top row: product, previous and next, impulse, session, presets, bypass.
use super::chooser::toggle;
use super::scene::{Action, Direction, Notice, Scene};
use super::theme;
use crate::impulse::recipe::Source;
use crate::session::embed::Embedding;
use egui::{Align, Button, Label, Layout, RichText, Role, Ui, WidgetInfo, vec2};

/// What goes through the spaces, or through the files of a folder.
const STEPS: [(Direction, &str, &str); 2] =
    [(Direction::Previous, "‹", "Previous impulse"), (Direction::Next, "›", "Next impulse")];

/// Whether a session holds its impulse itself, or only says where its file is.
const EMBEDDINGS: [(Embedding, &str); 3] =
    [(Embedding::Never, "Never"), (Embedding::WhenSmall, "When small"), (Embedding::Always, "Always")];

/// Draws the row over the whole width.
pub fn show(ui: &mut Ui, scene: &Scene, actions: &mut Vec<Action>) {
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = theme::GAP;
        ui.label(RichText::new("TRANSEPT").font(theme::body()).color(theme::ACCENT).extra_letter_spacing(3.0));
        let (_, divider) = ui.allocate_space(vec2(1.0, 20.0));
        ui.painter().rect_filled(divider, 0.0, theme::LINE);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(bypass) = scene.reading("bypass")
                && ui.add(toggle(&bypass.name, bypass.is_on())).clicked()
            {
                let value = if bypass.is_on() { 0.0 } else { 1.0 };
                let parameter = bypass.parameter;
                actions.extend([Action::Begin(parameter), Action::Set(parameter, value), Action::End(parameter)]);
            }
            ui.menu_button("Presets", |ui| {
                for (text, action) in [("Open preset…", Action::OpenPreset), ("Save preset…", Action::SavePreset)] {
                    if ui.button(text).clicked() {
                        actions.push(action);
                    }
                }
            });
            ui.menu_button("Session", |ui| {
                ui.label(RichText::new("Embed impulses").color(theme::TEXT_QUIET));
                for (embedding, text) in EMBEDDINGS {
                    if ui.selectable_label(scene.embedding == embedding, text).clicked() {
                        actions.push(Action::Embed(embedding));
                    }
                }
            });
            // Beside the name and not in a banner: most impulses load in a blink, and nothing may jump for that.
            if scene.notice == Notice::Loading {
                ui.label(RichText::new("Loading…").color(theme::TEXT_QUIET));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                // A pair has no place in the order of a folder.
                let can_step = matches!(scene.source, Some(Source::Space { .. } | Source::File { .. }));
                for (direction, sign, name) in STEPS {
                    let button = Button::new(RichText::new(sign).font(theme::title()).color(theme::TEXT_QUIET));
                    let button = button.min_size(vec2(theme::CONTROL_HEIGHT, theme::CONTROL_HEIGHT));
                    let response = ui.add_enabled(can_step, button).on_hover_text(name);
                    response.widget_info(|| WidgetInfo::labeled(Role::Button, can_step, name));
                    if response.clicked() {
                        actions.push(Action::Step(direction));
                    }
                }
                ui.add_space(theme::GAP * 0.5);
                let title = scene.title();
                ui.add(Label::new(RichText::new(&title).font(theme::title()).color(theme::TEXT)).truncate());
            });
        });
    });
}
