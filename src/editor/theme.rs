//! The look: colours, sizes and spacing, in one place.
//!
//! Dark and quiet, so that a bright thing means something: sandstone is what can be moved and what sounds, terracotta
//! is what needs the user. Text on its ground has a contrast of at least 5.7 : 1 (WCAG 2.1 asks for 4.5 : 1).
use egui::{Color32, CornerRadius, FontFamily, FontId, Margin, Stroke, Style, TextStyle, Vec2, Visuals, vec2};

/// Least contrast of any text with what is behind it; WCAG 2.1 asks for 4.5.
pub const LEAST_CONTRAST: f32 = 6.0;
/// Least contrast of the edge of a control, of a rail and of a grid with what is behind it (WCAG 2.1, 1.4.11).
pub const LEAST_CONTRAST_OF_EDGES: f32 = 3.0;

/// Behind everything.
pub const GROUND: Color32 = Color32::from_rgb(0x15, 0x17, 0x1a);
/// A panel on the ground.
pub const PANEL: Color32 = Color32::from_rgb(0x1d, 0x20, 0x25);
/// A well that pictures and text fields lie in.
pub const WELL: Color32 = Color32::from_rgb(0x10, 0x12, 0x14);
/// Something that can be pressed.
pub const CONTROL: Color32 = Color32::from_rgb(0x2b, 0x2f, 0x36);
/// A control under the pointer.
pub const CONTROL_HOVERED: Color32 = Color32::from_rgb(0x38, 0x3d, 0x46);
/// Between things that nobody presses.
pub const LINE: Color32 = Color32::from_rgb(0x3a, 0x40, 0x49);
/// Edges of what can be pressed or moved, rails, and grid lines.
pub const EDGE: Color32 = Color32::from_rgb(0x6e, 0x76, 0x82);
/// Text that is read first.
pub const TEXT: Color32 = Color32::from_rgb(0xe2, 0xe5, 0xe9);
/// Text that explains.
pub const TEXT_QUIET: Color32 = Color32::from_rgb(0xa0, 0xa8, 0xb3);
/// What can be moved and what sounds.
pub const ACCENT: Color32 = Color32::from_rgb(0xd9, 0xb3, 0x82);
/// What sounds, behind the accent: a peak behind its RMS.
pub const ACCENT_QUIET: Color32 = Color32::from_rgb(0x87, 0x70, 0x52);
/// Text on the accent.
pub const ON_ACCENT: Color32 = Color32::from_rgb(0x1c, 0x17, 0x10);
/// What needs the user.
pub const ALERT: Color32 = Color32::from_rgb(0xf2, 0x92, 0x74);
/// Behind text that needs the user.
pub const ALERT_GROUND: Color32 = Color32::from_rgb(0x40, 0x22, 0x1c);

/// Between the window's edge and its content.
pub const MARGIN: f32 = 14.0;
/// Between the line at the foot, which is text without an edge, and the window's lower edge.
pub const MARGIN_BELOW: f32 = 6.0;
/// Between one thing and the next.
pub const GAP: f32 = 10.0;
/// Between a panel's edge and its content.
pub const PADDING: f32 = 12.0;
/// Height of buttons and text fields.
pub const CONTROL_HEIGHT: f32 = 28.0;
/// Rounding of panels, buttons and fields.
pub const ROUNDING: u8 = 4;

/// Text of labels, buttons and values.
#[must_use]
pub fn body() -> FontId {
    FontId::proportional(13.5)
}

/// Text of captions, scales and units.
#[must_use]
pub fn small() -> FontId {
    FontId::proportional(11.5)
}

/// The impulse's name.
#[must_use]
pub fn title() -> FontId {
    FontId::proportional(18.0)
}

/// Gives a context this look, whatever theme the desktop has.
pub fn install(context: &egui::Context) {
    context.set_theme(egui::Theme::Dark);
    context.all_styles_mut(dress);
}

fn dress(style: &mut Style) {
    style.text_styles = [
        (TextStyle::Small, small()),
        (TextStyle::Body, body()),
        (TextStyle::Button, body()),
        (TextStyle::Heading, title()),
        (TextStyle::Monospace, FontId::new(12.5, FontFamily::Monospace)),
    ]
    .into();
    style.spacing.item_spacing = Vec2::splat(GAP * 0.6);
    style.spacing.button_padding = vec2(12.0, 4.0);
    style.spacing.interact_size.y = CONTROL_HEIGHT;
    style.spacing.menu_margin = Margin::same(6);
    style.interaction.selectable_labels = false;
    // Nothing glides: what is drawn is what is.
    style.animation_time = 0.0;
    style.visuals = visuals();
}

fn visuals() -> Visuals {
    let mut visuals = Visuals::dark();
    visuals.panel_fill = GROUND;
    visuals.window_fill = PANEL;
    visuals.window_stroke = Stroke::new(1.0, LINE);
    visuals.extreme_bg_color = WELL;
    visuals.text_edit_bg_color = Some(WELL);
    visuals.weak_text_color = Some(TEXT_QUIET);
    visuals.selection.bg_fill = Color32::from_rgb(0x5b, 0x4a, 0x34);
    visuals.selection.stroke = Stroke::new(1.0, ACCENT);
    let widgets = &mut visuals.widgets;
    for (state, fill, border, text) in [
        (&mut widgets.noninteractive, PANEL, LINE, TEXT),
        (&mut widgets.inactive, CONTROL, EDGE, TEXT),
        (&mut widgets.hovered, CONTROL_HOVERED, TEXT_QUIET, TEXT),
        (&mut widgets.active, CONTROL_HOVERED, ACCENT, TEXT),
        (&mut widgets.open, CONTROL, EDGE, TEXT),
    ] {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::new(1.0, border);
        state.fg_stroke = Stroke::new(1.0, text);
        state.corner_radius = CornerRadius::same(ROUNDING);
        state.expansion = 0.0;
    }
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::palette;

    fn contrast(a: Color32, b: Color32) -> f32 {
        let [a, b] = [a, b].map(|colour| [colour.r(), colour.g(), colour.b()]);
        palette::contrast(a, b)
    }

    #[test]
    fn controls_rails_and_grids_stand_out() {
        for ground in [GROUND, PANEL, WELL] {
            for edge in [EDGE, TEXT_QUIET, ACCENT, ACCENT.gamma_multiply(0.8), ACCENT_QUIET] {
                assert!(contrast(edge, ground) >= LEAST_CONTRAST_OF_EDGES, "{edge:?}: {}", contrast(edge, ground));
            }
        }
    }

    #[test]
    fn all_text_can_be_read() {
        let pairs = [
            (TEXT, CONTROL_HOVERED),
            (TEXT, ALERT_GROUND),
            (TEXT_QUIET, GROUND),
            (TEXT_QUIET, PANEL),
            (TEXT_QUIET, WELL),
            (ACCENT, PANEL),
            (ALERT, ALERT_GROUND),
            (ALERT, PANEL),
            (ON_ACCENT, ACCENT),
            (ON_ACCENT, ALERT),
        ];
        for (text, ground) in pairs {
            assert!(contrast(text, ground) >= LEAST_CONTRAST, "{text:?} on {ground:?}: {}", contrast(text, ground));
        }
    }
}
