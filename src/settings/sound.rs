//! Version of the sound: what equal settings and equal impulses sound like.
//!
//! | version | what it is |
//! |---|---|
//! | 0 | of whatever was saved before versions had numbers |
//! | 1 | recipes of the built-in spaces, rule of the level, filters and shapes of the first release |
//!
//! States and presets name it. From the first release on, a change of any of these is a new row here, and an older
//! version goes on sounding as it did. Until then only the newest one is kept, and what names another one is said.
//! `tests/golden/sound-1.txt` holds what version 1 sounds like.

use serde::{Deserialize, Deserializer, Serialize};
use std::cmp::Ordering;

/// Version of the sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sound(u32);

impl Sound {
    /// The version of this program.
    pub const NEWEST: Self = Self(1);
    /// The version of what names none, though a program saved it.
    pub const UNNAMED: Self = Self(0);

    /// The version that a state says, in a form that is read; [`Self::UNNAMED`] where it says none.
    #[must_use]
    pub fn of_state<'de>(saved: Option<impl Deserializer<'de>>) -> Self {
        saved.and_then(|saved| Self::deserialize(saved).ok()).unwrap_or(Self::UNNAMED)
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }

    /// A sentence for what was saved with this version and sounds otherwise here; `None` if it sounds as it did.
    #[must_use]
    pub fn remark(self) -> Option<String> {
        let Self(newest) = Self::NEWEST;
        match self.cmp(&Self::NEWEST) {
            Ordering::Equal => None,
            Ordering::Less => Some(format!(
                "it was saved with an earlier version of the sound, which is not kept, and sounds as version {newest} now"
            )),
            Ordering::Greater => {
                let Self(saved) = self;
                Some(format!(
                    "a newer program saved it, with version {saved} of the sound, and it sounds as version {newest} here"
                ))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_version_is_remarked_on() {
        assert_eq!(Sound::NEWEST.remark(), None);
        let remark = |number| Sound(number).remark().expect("another version");
        assert!(remark(0).contains("earlier") && remark(0).contains("version 1"));
        assert!(remark(7).contains("version 7") && remark(7).contains("version 1"));
    }
}
