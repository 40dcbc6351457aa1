//! What needs the user, where it cannot be overlooked.
use super::chooser::file_name;
use super::scene::{Action, Notice, Remark, Scene};
use super::theme;
use egui::text::LayoutJob;
use egui::{Align, Align2, Button, Color32, CornerRadius, Rect, Stroke, TextFormat, Ui, UiBuilder, vec2};
use std::sync::Arc;

/// Room for *Locate…* or *Dismiss* at the right.
const BUTTON: f32 = 92.0;
const PADDING: f32 = 8.0;
const LINE: f32 = 17.0;
/// A message longer than this many lines ends in an ellipsis; the pointer shows it whole.
const MOST_LINES: usize = 5;

/// The texts of a banner: what happened, and what that means. `None` when nothing needs the user.
#[must_use]
pub fn texts(scene: &Scene) -> Option<(String, String)> {
    let sounding = scene
        .summary
        .as_ref()
        .map_or_else(|| "The reverb is silent.".to_owned(), |summary| format!("“{}” goes on sounding.", summary.name));
    if let Some(remark) = &scene.remark {
        let (headline, rest) = match remark {
            Remark::Refused(reason) => ("This choice cannot be used", format!("{reason}\n{sounding}")),
            Remark::NoPreset(reason) => ("This preset cannot be opened", format!("{reason}\n{sounding}")),
            Remark::Aside(reason) => ("Not all of this preset can be used", reason.clone()),
            Remark::Homeless(file) => {
                let rest = format!("{} is not there, and a preset says only where it is.", file.display());
                ("The preset is saved, but will not find its impulse", rest)
            }
            Remark::Unsaved(reason) => ("The preset was not saved", reason.clone()),
        };
        return Some((headline.to_owned(), rest));
    }
    // With a room that sounds, the path was typed just now, and the session still remembers that room.
    let kept = if scene.summary.is_none() { " Saving the session keeps the reference." } else { "" };
    match &scene.notice {
        Notice::Quiet | Notice::Loading => None,
        Notice::Missing { wanted } => {
            let rest = format!("{}\n{sounding}{kept}", wanted.display());
            Some((format!("Missing: {}", file_name(wanted)), rest))
        }
        Notice::Changed { wanted, found } => {
            let rest = format!("{} is another file now.\n{sounding}{kept}", found.display());
            Some((format!("Missing: {}", file_name(wanted)), rest))
        }
        Notice::Failed { message } => {
            Some(("This impulse cannot be used".to_owned(), format!("{message}\n{sounding}")))
        }
    }
}

fn galley(ui: &Ui, scene: &Scene, width: f32) -> Option<Arc<egui::Galley>> {
    let (headline, rest) = texts(scene)?;
    let button = if answer(scene).is_some() { BUTTON + PADDING } else { 0.0 };
    let mut job = LayoutJob::default();
    let format = |font, colour| TextFormat { line_height: Some(LINE), ..TextFormat::simple(font, colour) };
    job.append(&headline, 0.0, format(theme::body(), theme::ALERT));
    job.append(&format!("\n{rest}"), 0.0, format(theme::small(), theme::TEXT));
    job.wrap.max_width = width - 2.0 * PADDING - button;
    job.wrap.max_rows = MOST_LINES;
    // Paths have no spaces to break at.
    job.wrap.break_anywhere = true;
    Some(ui.painter().layout_job(job))
}

/// What can be done about it at once.
fn answer(scene: &Scene) -> Option<(&'static str, Action)> {
    let is_missing = matches!(scene.notice, Notice::Missing { .. } | Notice::Changed { .. });
    match &scene.remark {
        Some(_) => Some(("Dismiss", Action::Dismiss)),
        None => is_missing.then_some(("Locate…", Action::Locate)),
    }
}

/// Height that the banner needs at this width; 0 when there is none.
#[must_use]
pub fn height(ui: &Ui, scene: &Scene, width: f32) -> f32 {
    galley(ui, scene, width).map_or(0.0, |galley| galley.size().y + 2.0 * PADDING)
}

/// Draws the banner, if there is one.
pub fn show(ui: &mut Ui, scene: &Scene, rect: Rect, actions: &mut Vec<Action>) {
    let (Some(galley), Some((headline, rest))) = (galley(ui, scene, rect.width()), texts(scene)) else { return };
    let painter = ui.painter().clone();
    painter.rect_filled(rect, CornerRadius::same(theme::ROUNDING), theme::ALERT_GROUND);
    let edge = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
    painter.rect_filled(edge, CornerRadius { nw: theme::ROUNDING, sw: theme::ROUNDING, ne: 0, se: 0 }, theme::ALERT);
    let cut = galley.elided;
    painter.galley(rect.min + vec2(PADDING + 2.0, PADDING), galley, theme::TEXT);
    let whole = format!("{headline}\n{rest}");
    let response = ui.interact(rect, ui.scope_id().with("banner"), egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Alert, true, &whole));
    if cut {
        response.on_hover_text(&whole);
    }
    if let Some((text, action)) = answer(scene) {
        let size = vec2(BUTTON, theme::CONTROL_HEIGHT);
        let place = Align2::RIGHT_CENTER.align_size_within_rect(size, rect.shrink(PADDING));
        let mut inner =
            ui.new_child(UiBuilder::new().max_rect(place).layout(egui::Layout::left_to_right(Align::Center)));
        let button = Button::new(egui::RichText::new(text).color(theme::ON_ACCENT))
            .fill(theme::ALERT)
            .stroke(Stroke::new(1.0, Color32::TRANSPARENT));
        if inner.add_sized(size, button).clicked() {
            actions.push(action);
        }
    }
}
