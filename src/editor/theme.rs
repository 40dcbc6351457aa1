//! The look: the colours of the two themes, sizes and spacing, in one place.
//!
//! Quiet, so that what stands out means something: sandstone is what can be moved and what sounds, red is what needs
//! the user.
use crate::editor::fonts;
use crate::picture::Palette;
use egui::{
    Color32, CornerRadius, FontId, Margin, Stroke, Style, SurrenderFocusOn, TextStyle, Ui, Vec2, Visuals, vec2,
};

/// Least contrast of any text with what is behind it; WCAG 2.1 asks for 4.5.
pub const LEAST_CONTRAST: f32 = 6.0;
/// Least contrast of the edge of a control, of a rail and of a grid with what is behind it (WCAG 2.1, 1.4.11).
pub const LEAST_CONTRAST_OF_EDGES: f32 = 3.0;

/// The colours of a theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colours {
    /// Behind everything.
    pub ground: Color32,
    /// A panel on the ground.
    pub panel: Color32,
    /// A well that pictures and text fields lie in.
    pub well: Color32,
    /// Something that can be pressed.
    pub control: Color32,
    /// A control under the pointer.
    pub control_hovered: Color32,
    /// Between things that nobody presses.
    pub line: Color32,
    /// Edges of what can be pressed or moved, rails, and grid lines.
    pub edge: Color32,
    /// Text that is read first.
    pub text: Color32,
    /// Text that explains.
    pub text_quiet: Color32,
    /// What can be moved and what sounds.
    pub accent: Color32,
    /// What sounds, behind the accent: a peak behind its RMS.
    pub accent_quiet: Color32,
    /// Text on the accent, and on the alert.
    pub on_accent: Color32,
    /// What needs the user.
    pub alert: Color32,
    /// Behind text that needs the user.
    pub alert_ground: Color32,
    /// Colours of the pictures of an impulse.
    pub picture: Palette,
}

const fn rgb(code: u32) -> Color32 {
    let [_, red, green, blue] = code.to_be_bytes();
    Color32::from_rgb(red, green, blue)
}

/// On a dark ground.
pub const DARK: Colours = Colours {
    ground: rgb(0x15_17_1a),
    panel: rgb(0x1d_20_25),
    well: rgb(0x10_12_14),
    control: rgb(0x2b_2f_36),
    control_hovered: rgb(0x38_3d_46),
    line: rgb(0x3a_40_49),
    edge: rgb(0x6e_76_82),
    text: rgb(0xe2_e5_e9),
    text_quiet: rgb(0xa0_a8_b3),
    accent: rgb(0xd9_b3_82),
    accent_quiet: rgb(0x87_70_52),
    on_accent: rgb(0x1c_17_10),
    alert: rgb(0xff_80_70),
    alert_ground: rgb(0x38_18_14),
    picture: Palette::DARK,
};

/// On a light ground.
pub const LIGHT: Colours = Colours {
    ground: rgb(0xe4_e6_e9),
    panel: rgb(0xf3_f4_f6),
    well: rgb(0xff_ff_ff),
    control: rgb(0xe6_e8_eb),
    control_hovered: rgb(0xd6_d9_de),
    line: rgb(0xc9_cd_d3),
    edge: rgb(0x79_80_8a),
    text: rgb(0x1a_1d_21),
    text_quiet: rgb(0x4a_50_59),
    accent: rgb(0x7a_4e_0f),
    accent_quiet: rgb(0x9c_79_48),
    on_accent: rgb(0xff_fb_f4),
    alert: rgb(0xa3_1d_12),
    alert_ground: rgb(0xfb_e6_e1),
    picture: Palette::LIGHT,
};

/// A look that the user can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// On a dark ground.
    #[default]
    Dark,
    /// On a light ground.
    Light,
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Dark, Self::Light];

    /// Its name in the menu; in small letters that in the user's file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dark => "Dark",
            Self::Light => "Light",
        }
    }

    /// Its colours.
    #[must_use]
    pub const fn colours(self) -> &'static Colours {
        match self {
            Self::Dark => &DARK,
            Self::Light => &LIGHT,
        }
    }

    /// The theme of egui's that it is based on.
    #[must_use]
    pub const fn of_egui(self) -> egui::Theme {
        match self {
            Self::Dark => egui::Theme::Dark,
            Self::Light => egui::Theme::Light,
        }
    }
}

/// The colours of the theme that a part of the window is drawn in.
#[must_use]
pub fn of(ui: &Ui) -> &'static Colours {
    if ui.visuals().dark_mode { &DARK } else { &LIGHT }
}

/// Size of a new window, in points.
pub const DEFAULT_SIZE: Vec2 = vec2(780.0, 600.0);
/// The smallest size of a window, in points.
pub const SMALLEST_SIZE: Vec2 = vec2(320.0, 240.0);
/// The smallest size at which all is seen at once, in points. A smaller window shows a part of it, and scrolls.
pub const WHOLE_SIZE: Vec2 = vec2(640.0, 480.0);

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

/// Gives a context this look and the font in the box, whatever theme the desktop has.
pub fn install(context: &egui::Context, theme: Theme) {
    context.options_mut(|options| {
        options.zoom_with_keyboard = false;
        // A field takes its text before what is pressed acts, which is when the button goes up.
        options.input_options.surrender_focus_on = SurrenderFocusOn::Presses;
    });
    context.set_fonts(fonts::in_the_box());
    for each in Theme::ALL {
        context.style_mut_of(each.of_egui(), |style| dress(style, each));
    }
    wear(context, theme);
}

/// True if a context has this theme.
#[must_use]
pub fn is_worn(context: &egui::Context, theme: Theme) -> bool {
    context.theme() == theme.of_egui()
}

/// Changes to a theme.
pub fn wear(context: &egui::Context, theme: Theme) {
    context.set_theme(theme.of_egui());
}

fn dress(style: &mut Style, theme: Theme) {
    style.text_styles = [
        (TextStyle::Small, small()),
        (TextStyle::Body, body()),
        (TextStyle::Button, body()),
        (TextStyle::Heading, title()),
        (TextStyle::Monospace, body()),
    ]
    .into();
    style.spacing.item_spacing = Vec2::splat(GAP * 0.6);
    style.spacing.button_padding = vec2(12.0, 4.0);
    style.spacing.interact_size.y = CONTROL_HEIGHT;
    style.spacing.menu_margin = Margin::same(6);
    style.interaction.selectable_labels = false;
    // Nothing glides: what is drawn is what is.
    style.animation_time = 0.0;
    style.visuals = visuals(theme);
}

fn visuals(theme: Theme) -> Visuals {
    let colours = theme.colours();
    let mut visuals = theme.of_egui().default_visuals();
    visuals.panel_fill = colours.ground;
    visuals.window_fill = colours.panel;
    visuals.window_stroke = Stroke::new(1.0, colours.line);
    visuals.extreme_bg_color = colours.well;
    visuals.text_edit_bg_color = Some(colours.well);
    visuals.weak_text_color = Some(colours.text_quiet);
    // What is selected: buttons that are on, entries of lists, and text.
    visuals.selection.bg_fill = colours.accent;
    visuals.selection.stroke = Stroke::new(1.0, colours.on_accent);
    let widgets = &mut visuals.widgets;
    for (state, fill, border) in [
        (&mut widgets.noninteractive, colours.panel, colours.line),
        (&mut widgets.inactive, colours.control, colours.edge),
        (&mut widgets.hovered, colours.control_hovered, colours.text_quiet),
        (&mut widgets.active, colours.control_hovered, colours.accent),
        (&mut widgets.open, colours.control, colours.edge),
    ] {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::new(1.0, border);
        state.fg_stroke = Stroke::new(1.0, colours.text);
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
        for theme in Theme::ALL {
            let of = theme.colours();
            for ground in [of.ground, of.panel, of.well] {
                for edge in [of.edge, of.text_quiet, of.accent, of.accent_quiet] {
                    let contrast = contrast(edge, ground);
                    assert!(contrast >= LEAST_CONTRAST_OF_EDGES, "{theme:?}: {edge:?} on {ground:?}: {contrast}");
                }
            }
        }
    }

    #[test]
    fn all_text_can_be_read() {
        for theme in Theme::ALL {
            let of = theme.colours();
            let pairs = [
                (of.text, of.control_hovered),
                (of.text, of.alert_ground),
                (of.text_quiet, of.ground),
                (of.text_quiet, of.panel),
                (of.text_quiet, of.well),
                (of.accent, of.panel),
                (of.alert, of.alert_ground),
                (of.alert, of.panel),
                (of.on_accent, of.accent),
                (of.on_accent, of.alert),
            ];
            for (text, ground) in pairs {
                let contrast = contrast(text, ground);
                assert!(contrast >= LEAST_CONTRAST, "{theme:?}: {text:?} on {ground:?}: {contrast}");
            }
        }
    }

    /// Hue in degrees, 0 being red.
    fn hue(colour: Color32) -> f32 {
        let [red, green, blue] = [colour.r(), colour.g(), colour.b()].map(f32::from);
        (3_f32.sqrt() * (green - blue)).atan2(2.0 * red - green - blue).to_degrees()
    }

    #[test]
    fn what_sounds_does_not_look_like_what_needs_the_user() {
        for theme in Theme::ALL {
            let of = theme.colours();
            // A twelfth of the circle: as far as red is from orange.
            assert!(hue(of.accent) - hue(of.alert) >= 25.0, "{theme:?}: {} {}", hue(of.accent), hue(of.alert));
        }
    }
}
