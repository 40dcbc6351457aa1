//! What the window shows, as plain data, and what a user does in it.
use crate::impulse::recipe::{Side, Source};
use crate::prepare::Summary;
use crate::session::embed::Embedding;
use crate::settings::{self, Section, Settings};
use std::path::PathBuf;
use std::sync::Arc;

/// A parameter, by the id of its [setting](crate::settings).
pub type Parameter = &'static str;

/// A parameter as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Which.
    pub parameter: Parameter,
    /// Its name for people.
    pub name: String,
    /// Its value on the host's scale, 0 to 1.
    pub normalized: f32,
    /// Its default on the same scale.
    pub default: f32,
    /// Its value with the unit.
    pub text: String,
}

impl Reading {
    /// Whether a switch is on.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.normalized >= 0.5
    }
}

/// A built-in space to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its identifier.
    pub id: String,
    /// Its name for people.
    pub name: String,
}

/// How the request for an impulse fares.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Notice {
    /// Nothing to say.
    #[default]
    Quiet,
    /// It is being prepared.
    Loading,
    /// Its file is not there.
    Missing {
        /// The file.
        wanted: PathBuf,
    },
    /// Its file is not there, but another one in its place or of its name.
    Changed {
        /// The file.
        wanted: PathBuf,
        /// The other one.
        found: PathBuf,
    },
    /// It cannot be used.
    Failed {
        /// Names the file or space, and the reason.
        message: String,
    },
}

/// What a user should read about the last action; the reasons name the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// An impulse was not taken.
    Refused(String),
    /// A preset was not opened.
    NoPreset(String),
    /// A preset was opened, but for what is said here.
    Aside(String),
    /// A preset was saved, with an impulse file that is not there.
    Homeless(PathBuf),
    /// A preset was not saved.
    Unsaved(String),
}

/// Meter readings in dB relative to full scale.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Level {
    /// Where the bar ends.
    pub bar: f32,
    /// The largest of the last moments.
    pub held: f32,
}

/// Everything that is drawn.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scene {
    /// The built-in spaces, in their order.
    pub spaces: Vec<Choice>,
    /// The impulse at hand, of two.
    pub side: Side,
    /// What was asked for there, if anything was.
    pub source: Option<Source>,
    /// How that fares.
    pub notice: Notice,
    /// Which impulses the session holds itself.
    pub embedding: Embedding,
    /// What came of the last action, if it was not all that was asked for.
    pub remark: Option<Remark>,
    /// What sounds, if anything.
    pub summary: Option<Arc<Summary>>,
    /// Every parameter.
    pub readings: Vec<Reading>,
    /// Input levels per channel.
    pub input: [Level; 2],
    /// Output levels per channel.
    pub output: [Level; 2],
}

impl Scene {
    /// The parameter's reading, if the plugin has it.
    #[must_use]
    pub fn reading(&self, parameter: &str) -> Option<&Reading> {
        self.readings.iter().find(|reading| reading.parameter == parameter)
    }

    /// The values of all settings, as their readings stand.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        for reading in &self.readings {
            if let Some(setting) = settings::find(reading.parameter) {
                settings.set(setting.id, setting.at(reading.normalized));
            }
        }
        settings
    }

    /// The name over the window: of what sounds, else of what is wanted.
    #[must_use]
    pub fn title(&self) -> String {
        match (&self.summary, &self.source) {
            (Some(summary), _) => summary.name.clone(),
            (None, Some(Source::Space { id })) => {
                self.spaces.iter().find(|space| space.id == *id).map_or_else(|| id.clone(), |space| space.name.clone())
            }
            (None, Some(Source::File { path } | Source::Pair { left: path, .. })) => super::chooser::file_name(path),
            (None, None) => "No impulse".to_owned(),
        }
    }
}

/// Where to from the present impulse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To the one before.
    Previous,
    /// To the one after.
    Next,
}

/// What a user did. The views report, [the app](super::app) acts.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Takes this one of the two impulses in hand.
    Turn(Side),
    /// Asks for this impulse.
    Load(Source),
    /// Asks for the impulse before or after the present one.
    Step(Direction),
    /// Asks for the file dialog.
    Browse,
    /// Asks for the file dialog, to say where the missing file is.
    Locate,
    /// What was chosen cannot be asked for; the reason.
    Refuse(String),
    /// Opens this preset.
    Preset(PathBuf),
    /// Asks for the file dialog, to open a preset.
    OpenPreset,
    /// Asks for the file dialog, to save a preset.
    SavePreset,
    /// Has the session hold these impulses itself.
    Embed(Embedding),
    /// Has read the remark.
    Dismiss,
    /// Takes hold of a parameter.
    Begin(Parameter),
    /// Moves a parameter that is held to this value on the host's scale, 0 to 1.
    Set(Parameter, f32),
    /// Lets go of a parameter.
    End(Parameter),
    /// Sets a parameter to its default.
    Reset(Parameter),
    /// Sets a parameter to what this text says.
    Type(Parameter, String),
}

/// What lives in the window only: the page that is open, and texts while they are typed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Draft {
    /// Which settings are shown.
    pub page: Section,
    /// The impulse at hand.
    pub side: Side,
    /// The path field.
    pub path: String,
    /// What the path field was last filled from.
    pub path_of: Option<Source>,
    /// Whether the path field is to take the keyboard.
    pub focus_path: bool,
    /// The value that is being typed.
    pub typing: Option<(Parameter, String)>,
}
