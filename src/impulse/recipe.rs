//! What the user asked for: canonical (two recipes that sound alike are equal) and versioned.

use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Where the impulse comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// Two files, of the left and of the right source: of 2 channels each for true stereo, of 1 each for stereo.
    Pair {
        /// Absolute path of the left source's.
        left: PathBuf,
        /// Absolute path of the right source's.
        right: PathBuf,
    },
}

/// How impulses are made equally loud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LevelRule {
    /// Loudness on pink noise.
    #[default]
    Match,
    /// As recorded.
    Off,
}

/// The form in which this program writes recipes. A reader leaves what it does not know aside; the number rises only
/// when a field changes its meaning.
pub const VERSION: u32 = 1;

/// What the user asked for: which impulse, and how it is shaped. Small, comparable, saved in the session.
///
/// Its saved form carries a version and tolerates fields that a newer program added; fields that an older one did not
/// know get their default.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Saved", into = "Saved")]
pub struct Recipe {
    /// Which impulse.
    pub source: Source,
    /// How loud.
    pub level: LevelRule,
}

/// A fresh instance: the built-in hall, matched in loudness.
impl Default for Recipe {
    fn default() -> Self {
        Self::space("hall")
    }
}

impl Recipe {
    /// A built-in space, matched in loudness.
    #[must_use]
    pub fn space(id: &str) -> Self {
        Self { source: Source::Space { id: id.to_owned() }, level: LevelRule::default() }
    }

    /// A file, matched in loudness. The path should be absolute: a session may be opened from anywhere.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { source: Source::File { path: path.into() }, level: LevelRule::default() }
    }

    /// A name for people: the file's without folder and extension, of a pair the left one's, or the space's identifier.
    #[must_use]
    pub fn display_name(&self) -> String {
        let stem = |path: &Path| {
            path.file_stem().map_or_else(|| path.display().to_string(), |stem| stem.to_string_lossy().into_owned())
        };
        match &self.source {
            Source::Space { id } => id.clone(),
            Source::File { path } => stem(path),
            Source::Pair { left, .. } => stem(left),
        }
    }
}

/// The saved form.
#[derive(Serialize, Deserialize)]
struct Saved {
    #[serde(default = "first_version")]
    version: u32,
    source: Source,
    #[serde(default)]
    level: LevelRule,
}

/// What was written before there was a version.
fn first_version() -> u32 {
    1
}

impl From<Saved> for Recipe {
    fn from(saved: Saved) -> Self {
        Self { source: saved.source, level: saved.level }
    }
}

impl From<Recipe> for Saved {
    fn from(recipe: Recipe) -> Self {
        Self { version: VERSION, source: recipe.source, level: recipe.level }
    }
}
