//! Where an impulse comes from.

use super::{Recipe, portable};
use crate::channels::Marking;
use crate::impulse::Impulse;
use serde::{Deserialize, Serialize};
use std::fmt::{self, Display, Formatter};
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
    /// An audio file.
    File {
        /// Absolute path.
        #[serde(with = "portable")]
        path: PathBuf,
    },
    /// Two files, of the left and of the right source: of 2 channels each for true stereo, of 1 each for stereo.
    Pair {
        /// Absolute path of the left source's.
        #[serde(with = "portable")]
        left: PathBuf,
        /// Absolute path of the right source's.
        #[serde(with = "portable")]
        right: PathBuf,
    },
    /// Several files of one channel each, one behind the other.
    Set {
        /// Absolute paths.
        #[serde(with = "portable::list")]
        files: Vec<PathBuf>,
        /// The speakers that the channels are, as the mask of a WAV file; 0 for paths, source by source.
        #[serde(default)]
        speakers: u32,
        /// Number of sources, if there are several and the names say how many; otherwise 0.
        #[serde(default, skip_serializing_if = "is_zero")]
        sources: u8,
    },
}

impl Source {
    /// The files of which it is made, of a pair the left one first; none of a space.
    #[must_use]
    pub fn files(&self) -> Vec<&Path> {
        match self {
            Self::Space { .. } => Vec::new(),
            Self::File { path } => vec![path],
            Self::Pair { left, right } => vec![left, right],
            Self::Set { files, .. } => files.iter().map(PathBuf::as_path).collect(),
        }
    }

    /// This source, made of files in these places. Where there are fewer places than files, the other files stay.
    #[must_use]
    pub fn at(&self, places: impl IntoIterator<Item = PathBuf>) -> Self {
        let mut there = self.clone();
        let files = match &mut there {
            Self::Space { .. } => vec![],
            Self::File { path } => vec![path],
            Self::Pair { left, right } => vec![left, right],
            Self::Set { files, .. } => files.iter_mut().collect(),
        };
        files.into_iter().zip(places).for_each(|(file, place)| *file = place);
        there
    }

    /// An impulse that was made of this source's files, marked as they say together: of a pair, true stereo.
    #[must_use]
    pub fn mark(&self, impulse: Impulse) -> Impulse {
        match self {
            Self::Pair { .. } if impulse.channels().len() == 4 => impulse.marked(Marking::TrueStereo),
            Self::Set { speakers: 0, .. } if impulse.channels().len() == 4 => impulse.marked(Marking::TrueStereo),
            Self::Set { speakers, .. } if *speakers != 0 => impulse.marked(Marking::Speakers(*speakers)),
            Self::Set { sources, .. } if *sources > 1 => impulse.marked(Marking::Matrix(*sources)),
            _ => impulse,
        }
    }

    /// A name for people: the file's without folder and extension, of a pair the left one's, or the space's identifier.
    #[must_use]
    pub fn display_name(&self) -> String {
        let stem = |path: &Path| {
            path.file_stem().map_or_else(|| path.display().to_string(), |stem| stem.to_string_lossy().into_owned())
        };
        match self {
            Self::Space { id } => id.clone(),
            Self::File { path } => stem(path),
            Self::Pair { left, .. } => stem(left),
            Self::Set { files, .. } => files.first().map_or_else(String::new, |first| stem(first)),
        }
    }
}

/// Sets that say nothing of sources are saved as they always were.
fn is_zero(sources: &u8) -> bool {
    *sources == 0
}

/// For messages: the file, both files of a pair, or the space.
impl Display for Source {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Space { id } => write!(f, "space \"{id}\""),
            Self::File { path } => write!(f, "{}", path.display()),
            Self::Pair { left, right } => write!(f, "{} and {}", left.display(), right.display()),
            Self::Set { files, .. } => match files.split_first() {
                Some((first, others)) => write!(f, "{} and {} more", first.display(), others.len()),
                None => f.write_str("a set of no files"),
            },
        }
    }
}

/// One of the two impulses of a recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Side {
    /// The first.
    #[default]
    A,
    /// The second.
    B,
}

impl Side {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::A, Self::B];

    /// The one beside it.
    #[must_use]
    pub fn other(self) -> Self {
        if self == Self::A { Self::B } else { Self::A }
    }

    /// This side's source of a recipe; `None` where there is no second.
    #[must_use]
    pub fn of(self, recipe: &Recipe) -> Option<&Source> {
        recipe.sources().nth(self as usize)
    }
}
