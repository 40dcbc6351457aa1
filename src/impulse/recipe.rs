//! What the user asked for.
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
/// Where the impulse comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Source {
    /// A built-in space, by its identifier.
    Space {
        /// File name in `impulses/` without the extension.
        id: String,
    },
    /// An audio file of 1, 2 or 4 channels.
    File {
        /// Absolute path.
        path: PathBuf,
    },
    /// Two files of two channels, of the left and of the right source: true stereo.
    Pair {
        /// Absolute path of the left source's.
        left: PathBuf,
        /// Absolute path of the right source's.
        right: PathBuf,
    },
}
/// How impulses are made equally loud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LevelRule {
    /// Loudness on pink noise.
    #[default]
    Match,
    /// As recorded.
    Off,
}
/// What the user asked for: which impulse, and how it is shaped. Small, comparable, saved in the session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipe {
    /// Which impulse.
    pub source: Source,
    /// How loud.
    #[serde(default)]
    pub level: LevelRule,
}
