//! What a session remembers of its impulse besides the recipe, so that it sounds again next year on another machine.
//!
//! A state of version 1 had none of it.

use crate::impulse::recipe::Source;
use crate::library::fingerprint::Fingerprint;
use crate::library::hints::Hints;
use crate::session::embed::Embedding;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::path::Path;

/// Version of the saved form. It rises only when a field changes its meaning.
const VERSION: u64 = 2;

/// What a session remembers of one impulse.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Remembered {
    /// Whether the impulse is embedded. The user's choice for this session, whatever impulse it has.
    pub embedding: Embedding,
    /// The source that the following fields describe. With another source they mean nothing; a space has none of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Fingerprint of the embedded impulse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// Hints for each file of the source, in the source's order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Hints>,
}

impl Remembered {
    /// What is known of a source before anybody has looked at its files.
    #[must_use]
    pub fn at_once(source: &Source, embedding: Embedding) -> Self {
        let files: Vec<Hints> = source.files().into_iter().map(Hints::of_path).collect();
        let source = (!files.is_empty()).then(|| source.clone());
        Self { embedding, source, fingerprint: None, files }
    }

    /// Hints for finding the files of a source again: only their paths if nothing else is known.
    #[must_use]
    pub fn hints(&self, source: &Source) -> Vec<Hints> {
        let known: &[Hints] = if self.source.as_ref() == Some(source) { &self.files } else { &[] };
        let hints = |(index, path): (usize, &Path)| {
            let known = known.get(index).cloned().unwrap_or_default();
            // As it stands there: it may be another system's.
            Hints { path: known.path.or_else(|| Some(path.to_owned())), ..known }
        };
        source.files().into_iter().enumerate().map(hints).collect()
    }

    /// The fingerprint of the embedded impulse, if that was made of this source.
    #[must_use]
    pub fn fingerprint_of(&self, source: &Source) -> Option<Fingerprint> {
        self.fingerprint.filter(|_| self.source.as_ref() == Some(source))
    }

    /// True if this says all that another one says of an impulse.
    fn says_all_of(&self, other: &Self) -> bool {
        let says_of_files = || {
            let mut pairs = self.files.iter().zip(&other.files);
            self.files.len() == other.files.len() && pairs.all(|(own, other)| own.say_all_of(other))
        };
        (other.source.is_none() || self.source == other.source)
            && (other.fingerprint.is_none() || self.fingerprint == other.fingerprint)
            && (other.files.is_empty() || says_of_files())
    }

    /// Whether the same would be found by it.
    fn finds_the_same(&self, other: &Self) -> bool {
        (&self.source, self.fingerprint, &self.files) == (&other.source, other.fingerprint, &other.files)
    }
}

/// A [`Remembered`] with its saved form. The saved form is kept as it was loaded until something new is known, because
/// a newer version may have written more than this one can read.
#[derive(Debug, Clone, PartialEq)]
pub struct Memory {
    saved: Value,
    read: Remembered,
}

impl From<Remembered> for Memory {
    fn from(read: Remembered) -> Self {
        // There is JSON for all of it; null would read as nothing.
        let mut saved = serde_json::to_value(&read).unwrap_or(Value::Null);
        if let Some(fields) = saved.as_object_mut() {
            fields.insert("version".to_owned(), VERSION.into());
        }
        Self { saved, read }
    }
}

impl From<Value> for Memory {
    fn from(saved: Value) -> Self {
        let version = saved.get("version").and_then(Value::as_u64).unwrap_or(VERSION);
        let read = if version <= VERSION { read(&saved) } else { Remembered::default() };
        Self { saved, read }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Remembered::default().into()
    }
}

impl std::ops::Deref for Memory {
    type Target = Remembered;
    fn deref(&self) -> &Remembered {
        &self.read
    }
}

impl Memory {
    /// As it is saved.
    #[must_use]
    pub fn saved(&self) -> &Value {
        &self.saved
    }

    /// The same with another choice of embedding.
    #[must_use]
    pub fn with_embedding(&self, embedding: Embedding) -> Self {
        let new = Self::from(Remembered { embedding, ..self.read.clone() });
        // The rest stays as it is, even what cannot be read.
        let mut saved = self.saved.clone();
        match saved.as_object_mut() {
            Some(fields) => fields.insert("embedding".to_owned(), new.saved["embedding"].clone()),
            None => return new,
        };
        Self { saved, ..new }
    }

    /// The same, with what else is known of the source's files, by their paths.
    pub fn with_files(&self, known: &[Hints]) -> Self {
        let mut read = self.read.clone();
        let paths: Vec<_> = read.source.iter().flat_map(Source::files).map(Path::to_owned).collect();
        for (hints, path) in read.files.iter_mut().zip(paths) {
            if let Some(known) = known.iter().find(|known| known.path.as_deref() == Some(&path)) {
                hints.clone_from(known);
            }
        }
        read.into()
    }

    /// True if this says all that another one says of an impulse.
    #[must_use]
    pub fn says_all_of(&self, other: &Self) -> bool {
        self.read.says_all_of(&other.read)
    }

    /// Whether the same would be found by both.
    #[must_use]
    pub fn finds_the_same(&self, other: &Self) -> bool {
        self.read.finds_the_same(&other.read)
    }
}

/// Each field by itself: what is of an unknown form is unknown, and the others still help.
fn read(saved: &Value) -> Remembered {
    fn field<T: DeserializeOwned + Default>(saved: &Value) -> T {
        T::deserialize(saved).unwrap_or_default()
    }
    Remembered {
        embedding: field(&saved["embedding"]),
        source: field(&saved["source"]),
        fingerprint: field(&saved["fingerprint"]),
        files: saved["files"].as_array().into_iter().flatten().map(field).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impulse::Impulse;
    use serde_json::json;

    fn pair() -> Source {
        Source::Pair { left: "/rooms/l.wav".into(), right: "/rooms/r.wav".into() }
    }

    fn everything() -> Remembered {
        let impulse = Impulse::new(vec![vec![1.0]], 48_000).expect("valid");
        let fingerprint = Fingerprint::of(&impulse, &crate::cancel::Token::never()).ok();
        Remembered { fingerprint, ..Remembered::at_once(&pair(), Embedding::Always) }
    }

    #[test]
    fn all_that_is_remembered_survives_saving_and_says_its_version() {
        let space = Source::Space { id: "hall".to_owned() };
        for remembered in [everything(), Remembered::default(), Remembered::at_once(&space, Embedding::Never)] {
            let memory = Memory::from(remembered.clone());
            assert_eq!(*Memory::from(memory.saved().clone()), remembered);
            assert_eq!(memory.saved()["version"], VERSION);
        }
        assert_eq!(everything().files[1].name, Some("r.wav".into()), "at once, the names of both");
    }

    #[test]
    fn what_is_remembered_of_another_source_is_not_believed() {
        let other = Source::File { path: "/rooms/l.wav".into() };
        let hints = Hints { path: Some("/rooms/l.wav".into()), ..Hints::default() };
        assert_eq!(everything().hints(&other), [hints], "the path alone");
        assert_eq!(everything().hints(&pair()), everything().files);
    }

    #[test]
    fn what_a_newer_version_wrote_is_saved_again_and_what_it_added_does_not_cost_the_rest() {
        let mut saved = Memory::from(everything()).saved().clone();
        saved["mood"] = json!("blue");
        saved["files"][0] = json!(7);
        saved["fingerprint"] = json!({ "blake4": 1 });
        let memory = Memory::from(saved.clone());
        assert_eq!((memory.saved(), memory.fingerprint, &memory.source), (&saved, None, &Some(pair())));
        assert_eq!(memory.hints(&pair())[0].path, Some("/rooms/l.wav".into()), "from the recipe");
        assert_eq!(memory.hints(&pair())[1], everything().files[1]);
        saved["version"] = json!(3);
        let newer = Memory::from(saved.clone());
        assert_eq!(
            (newer.saved(), &*newer),
            (&saved, &Remembered::default()),
            "it may mean something else by the same"
        );
    }

    #[test]
    fn another_choice_of_embedding_changes_nothing_else() {
        let mut saved = Memory::from(everything()).saved().clone();
        saved["mood"] = json!("blue");
        let memory = Memory::from(saved.clone()).with_embedding(Embedding::Never);
        saved["embedding"] = json!("never");
        assert_eq!((memory.saved(), memory.embedding), (&saved, Embedding::Never));
        let none = Memory::from(Value::Null).with_embedding(Embedding::Always);
        assert_eq!((&none.saved()["embedding"], none.embedding), (&json!("always"), Embedding::Always));
    }
}
