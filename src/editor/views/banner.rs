//! What needs the user, where it cannot be overlooked: a missing file, a failed load, a message about the last action.
use crate::editor::controller::{Controller, Remark};
use crate::editor::view::View;
use crate::editor::{text, theme};
use crate::files;
use crate::prepare::worker::State;
use crate::settings::Sound;
use egui::text::LayoutJob;
use egui::{Align, Align2, Button, Color32, CornerRadius, Rect, Stroke, TextFormat, Ui, UiBuilder, vec2};
use std::path::PathBuf;
use std::sync::Arc;

/// Width for *Locate…* or *Dismiss* at the right.
const BUTTON: f32 = 92.0;
const PADDING: f32 = 8.0;
const LINE: f32 = 17.0;
/// A message longer than this many lines ends in an ellipsis; the pointer shows it whole.
const MOST_LINES: usize = 5;

/// Content of the banner. There is no banner without a remark and a notice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Model {
    /// Message about the last action. It is shown before the notice.
    pub remark: Option<Remark>,
    /// Problem of the impulse that is asked for, or of the session.
    pub notice: Option<Notice>,
    /// Name of the impulse that sounds, if any.
    pub sounding: Option<String>,
}

/// Problem of the impulse that is asked for, or of the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Its file is not there.
    Missing {
        /// The file.
        wanted: PathBuf,
    },
    /// Its file is not there, but another one in its place or of its name.
    Changed {
        /// The file.
        wanted: PathBuf,
        /// The other file.
        found: PathBuf,
    },
    /// It cannot be used.
    Failed {
        /// Names the file or space, and the reason.
        message: String,
    },
    /// The session was saved with another version of the sound.
    Sound {
        /// Says what the session sounds like now.
        message: String,
    },
}

/// Actions in the banner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Removes the remark, or else the notice.
    Dismiss,
    /// Asks for the file dialog, to say where the missing file is.
    Locate {
        /// The missing file.
        wanted: PathBuf,
        /// A file in the folder in which the dialog opens.
        beside: PathBuf,
    },
}

/// The banner, at the top of its place and as high as its text.
pub struct Banner;

impl View for Banner {
    type Model = Model;
    type State = ();
    type Action = Action;

    fn model(controller: &Controller, (): &mut ()) -> Model {
        Model {
            remark: controller.remark().cloned(),
            notice: controller.state().map_or_else(|| Some(unreadable()), notice).or_else(|| sound(controller.sound())),
            sounding: controller.summary().map(|summary| summary.name.clone()),
        }
    }

    fn show(ui: &mut Ui, model: &Model, (): &mut ()) -> Vec<Action> {
        let place = ui.max_rect();
        let (Some(galley), Some((headline, rest))) = (galley(ui, model, place.width()), texts(model)) else {
            return Vec::new();
        };
        let rect = Rect::from_min_size(place.min, vec2(place.width(), galley.size().y + 2.0 * PADDING));
        paint_ground(ui, rect);
        let cut = galley.elided;
        ui.painter().galley(rect.min + vec2(PADDING + 2.0, PADDING), galley, theme::of(ui).text);
        let whole = format!("{headline}\n{rest}");
        let response = ui.interact(rect, ui.scope_id().with("banner"), egui::Sense::hover());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Alert, true, &whole));
        if cut {
            response.on_hover_text(&whole);
        }
        answer(model).filter(|(text, _)| show_button(ui, text, rect)).map(|(_, action)| action).into_iter().collect()
    }

    fn act(action: Action, controller: &mut Controller) {
        match action {
            Action::Dismiss => controller.dismiss(),
            Action::Locate { wanted, beside } => controller.locate(wanted, &beside),
        }
    }
}

fn notice(state: &State) -> Option<Notice> {
    match state {
        State::Empty | State::Ready | State::Loading => None,
        State::Missing { wanted } => Some(Notice::Missing { wanted: wanted.clone() }),
        State::Changed { wanted, found } => Some(Notice::Changed { wanted: wanted.clone(), found: found.clone() }),
        State::Failed { message } => Some(Notice::Failed { message: message.clone() }),
    }
}

fn sound(saved: Sound) -> Option<Notice> {
    saved.remark().map(|message| Notice::Sound { message })
}

/// Of a session that a newer version has saved, for example.
fn unreadable() -> Notice {
    let message = "This session's impulse cannot be read; a newer version may have saved it. \
                   It is kept as it is until another one is chosen.";
    Notice::Failed { message: message.to_owned() }
}

/// The texts of a banner: what happened, and what that means. `None` when nothing needs the user.
#[must_use]
pub fn texts(model: &Model) -> Option<(String, String)> {
    let sounding = model
        .sounding
        .as_ref()
        .map_or_else(|| "The reverb is silent.".to_owned(), |name| format!("“{name}” goes on sounding."));
    if let Some(remark) = &model.remark {
        return Some(remark_texts(remark, &sounding));
    }
    // While an impulse sounds, the path was typed just now, and the session still remembers the impulse that sounds.
    let kept = if model.sounding.is_none() { " Saving the session keeps the reference." } else { "" };
    let missing = |file: &PathBuf| format!("Missing: {}", files::name(file));
    Some(match model.notice.as_ref()? {
        Notice::Missing { wanted } => (missing(wanted), format!("{}\n{sounding}{kept}", wanted.display())),
        Notice::Changed { wanted, found } => {
            (missing(wanted), format!("{} is another file now.\n{sounding}{kept}", found.display()))
        }
        Notice::Failed { message } => ("This impulse cannot be used".to_owned(), format!("{message}\n{sounding}")),
        Notice::Sound { message } => {
            ("This session may sound different".to_owned(), format!("{}.", text::capitalised(message)))
        }
    })
}

fn remark_texts(remark: &Remark, sounding: &str) -> (String, String) {
    let (headline, rest) = match remark {
        Remark::Refused(reason) => ("This choice cannot be used", format!("{reason}\n{sounding}")),
        Remark::NoPreset(reason) => ("This preset cannot be opened", format!("{reason}\n{sounding}")),
        Remark::Warnings(reason) => ("Not all of this preset can be used", reason.clone()),
        Remark::MissingImpulse(file) => {
            let rest = format!("{} is not there, and a preset says only where it is.", file.display());
            ("The preset is saved, but will not find its impulse", rest)
        }
        Remark::NoDialog { is_saving } => {
            let rest = if *is_saving {
                "Type a name into the list of presets; the preset is saved in your folder of presets."
            } else {
                "Type or paste the path into the field above."
            };
            ("No file dialog can be opened here", rest.to_owned())
        }
        Remark::NotWritten(reason) => ("Not written down", reason.clone()),
        Remark::SaveFailed(reason) => ("The preset was not saved", reason.clone()),
    };
    (headline.to_owned(), rest)
}

fn galley(ui: &Ui, model: &Model, width: f32) -> Option<Arc<egui::Galley>> {
    let (headline, rest) = texts(model)?;
    let button = if answer(model).is_some() { BUTTON + PADDING } else { 0.0 };
    let mut job = LayoutJob::default();
    let format = |font, colour| TextFormat { line_height: Some(LINE), ..TextFormat::simple(font, colour) };
    job.append(&headline, 0.0, format(theme::body(), theme::of(ui).alert));
    job.append(&format!("\n{rest}"), 0.0, format(theme::small(), theme::of(ui).text));
    job.wrap.max_width = width - 2.0 * PADDING - button;
    job.wrap.max_rows = MOST_LINES;
    // Paths have no spaces to break at.
    job.wrap.break_anywhere = true;
    Some(ui.painter().layout_job(job))
}

/// What can be done about it at once.
fn answer(model: &Model) -> Option<(&'static str, Action)> {
    if model.remark.is_some() {
        return Some(("Dismiss", Action::Dismiss));
    }
    match model.notice.clone()? {
        Notice::Missing { wanted } => Some(("Locate…", Action::Locate { beside: wanted.clone(), wanted })),
        Notice::Changed { wanted, found } => Some(("Locate…", Action::Locate { wanted, beside: found })),
        Notice::Failed { .. } => None,
        Notice::Sound { .. } => Some(("Dismiss", Action::Dismiss)),
    }
}

/// Height that the banner needs at this width; 0 when there is none.
#[must_use]
pub fn height(ui: &Ui, model: &Model, width: f32) -> f32 {
    galley(ui, model, width).map_or(0.0, |galley| galley.size().y + 2.0 * PADDING)
}

fn paint_ground(ui: &Ui, rect: Rect) {
    let painter = ui.painter();
    painter.rect_filled(rect, CornerRadius::same(theme::ROUNDING), theme::of(ui).alert_ground);
    let edge = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
    painter.rect_filled(
        edge,
        CornerRadius { nw: theme::ROUNDING, sw: theme::ROUNDING, ne: 0, se: 0 },
        theme::of(ui).alert,
    );
}

/// True if the button was clicked.
fn show_button(ui: &mut Ui, text: &str, rect: Rect) -> bool {
    let size = vec2(BUTTON, theme::CONTROL_HEIGHT);
    let place = Align2::RIGHT_CENTER.align_size_within_rect(size, rect.shrink(PADDING));
    let mut inner = ui.new_child(UiBuilder::new().max_rect(place).layout(egui::Layout::left_to_right(Align::Center)));
    let button = Button::new(egui::RichText::new(text).color(theme::of(ui).on_accent))
        .fill(theme::of(ui).alert)
        .stroke(Stroke::new(1.0, Color32::TRANSPARENT));
    inner.add_sized(size, button).clicked()
}
