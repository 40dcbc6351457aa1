//! The saved form of a path: text, or bytes if the path is not valid text. On Unix a file name may be any bytes, and
//! the file must be found again. Serde alone would refuse such a path, and with it the whole session.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::path::{Path, PathBuf};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Saved {
    Text(String),
    Bytes(Vec<u8>),
}

pub fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    match path.to_str() {
        Some(text) => Saved::Text(text.to_owned()),
        #[cfg(unix)]
        None => Saved::Bytes(std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()),
        #[cfg(not(unix))]
        None => Saved::Text(path.to_string_lossy().into_owned()),
    }
    .serialize(serializer)
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    Ok(match Saved::deserialize(deserializer)? {
        Saved::Text(text) => text.into(),
        #[cfg(unix)]
        Saved::Bytes(bytes) => <std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes).into(),
        #[cfg(not(unix))]
        Saved::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned().into(),
    })
}

/// The same for several paths.
pub mod list {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::path::PathBuf;

    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    struct Saved(#[serde(with = "super")] PathBuf);

    pub fn serialize<S: Serializer>(paths: &[PathBuf], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(paths.iter().map(|path| Saved(path.clone())))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<PathBuf>, D::Error> {
        Ok(Vec::<Saved>::deserialize(deserializer)?.into_iter().map(|Saved(path)| path).collect())
    }
}

/// The same for a path that may be unknown. One in a form that a newer program invented is unknown to this one.
#[cfg(feature = "memory")]
pub mod optional {
    use serde::de::{Deserialize, Deserializer, IgnoredAny};
    use serde::ser::Serializer;
    use std::path::PathBuf;

    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Saved {
        Known(#[serde(with = "super")] PathBuf),
        Unknown(IgnoredAny),
    }

    pub fn serialize<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
        match path {
            Some(path) => super::serialize(path, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
        Ok(match Saved::deserialize(deserializer)? {
            Saved::Known(path) => Some(path),
            Saved::Unknown(_) => None,
        })
    }
}
