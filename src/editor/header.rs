//! The top row: product, impulse, bypass.
use super::chooser::toggle;
use super::scene::{Action, Notice, Parameter, Scene};
use super::theme;
use egui::{Align, Label, Layout, RichText, Ui};

/// Draws the row over the whole width.
pub fn show(ui: &mut Ui, scene: &Scene, actions: &mut Vec<Action>) {
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = theme::GAP;
        ui.label(RichText::new("TRANSEPT").font(theme::body()).color(theme::ACCENT).extra_letter_spacing(3.0));
        let (_, divider) = ui.allocate_space(egui::vec2(1.0, 20.0));
        ui.painter().rect_filled(divider, 0.0, theme::LINE);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(bypass) = scene.reading(Parameter::Bypass)
                && ui.add(toggle(&bypass.name, bypass.is_on())).clicked()
            {
                let value = if bypass.is_on() { 0.0 } else { 1.0 };
                let parameter = bypass.parameter;
                actions.extend([Action::Begin(parameter), Action::Set(parameter, value), Action::End(parameter)]);
            }
            // Beside the name and not in a banner: most impulses load in a blink, and nothing may jump for that.
            if scene.notice == Notice::Loading {
                ui.label(RichText::new("Loading…").color(theme::TEXT_QUIET));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let title = scene.title();
                ui.add(Label::new(RichText::new(&title).font(theme::title()).color(theme::TEXT)).truncate());
            });
        });
    });
}
