//! The audio formats that are read, one row each.
//!
//! A new format is one row and its reader. Decoding asks this table by content; the refusal of other files, the file
//! dialog, the library's search, the previous and the next file of a folder and the program's help ask it for names.

use super::request::Request;
use super::{Audio, DecodeError, compressed, ogg, wave};
use symphonia::core::io::MediaSource;

/// Reads a source that begins like its format, from the source's beginning.
type Reader = fn(Request, Box<dyn MediaSource + '_>) -> Result<Audio, DecodeError>;

/// An audio format that is read.
#[derive(Debug)]
pub struct AudioFormat {
    /// Name for people.
    pub name: &'static str,
    /// File name extensions in lower case, without the dot. They only say which files are offered: a file is read by
    /// its content, whatever its name.
    pub extensions: &'static [&'static str],
    /// Bytes at the beginning of a file, each of which is enough to know the format.
    signatures: &'static [&'static [u8]],
    reader: Reader,
}

/// Every format, in the order in which people read them.
pub static FORMATS: [AudioFormat; 4] = [
    AudioFormat {
        name: "WAV",
        extensions: &["wav", "wave", "bwf", "rf64"],
        signatures: &[b"RIFF", b"RF64", b"BW64"],
        reader: wave::read,
    },
    AudioFormat {
        name: "AIFF",
        extensions: &["aif", "aiff", "aifc"],
        signatures: &[b"FORM"],
        reader: compressed::read,
    },
    AudioFormat { name: "FLAC", extensions: &["flac"], signatures: &[b"fLaC"], reader: compressed::read },
    AudioFormat { name: "Ogg Vorbis", extensions: &["ogg", "oga"], signatures: &[b"OggS"], reader: ogg::read },
];

/// Length in bytes of the longest signature: so much of a file must be seen to know its format.
pub(super) fn longest_signature() -> usize {
    FORMATS.iter().flat_map(|format| format.signatures).map(|signature| signature.len()).max().unwrap_or(0)
}

/// The reader for a file that begins with these bytes; `None` if no format begins like that.
pub(super) fn reader(beginning: &[u8]) -> Option<Reader> {
    let begins = |format: &&AudioFormat| format.signatures.iter().any(|signature| beginning.starts_with(signature));
    FORMATS.iter().find(begins).map(|format| format.reader)
}

/// The file name extensions of all formats, in lower case, without the dot.
pub fn extensions() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().flat_map(|format| format.extensions).copied()
}

/// The names of all formats as text, with `conjunction` before the last: "WAV, AIFF, FLAC and Ogg Vorbis".
#[must_use]
pub fn names(conjunction: &str) -> String {
    let [names @ .., last] = FORMATS.each_ref().map(|format| format.name);
    format!("{} {conjunction} {last}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_signature_leads_to_the_reader_of_its_row() {
        for format in &FORMATS {
            assert!(!format.signatures.is_empty(), "{} is never known", format.name);
            for signature in format.signatures {
                let file = [signature, &[0; 8][..]].concat();
                let found = reader(&file).expect("a reader");
                assert!(std::ptr::fn_addr_eq(found, format.reader), "{}", format.name);
                assert!(reader(&signature[1..]).is_none() && reader(&signature[..signature.len() - 1]).is_none());
            }
        }
    }

    #[test]
    fn no_signature_is_the_beginning_of_another() {
        let signatures: Vec<_> = FORMATS.iter().flat_map(|format| format.signatures).collect();
        for (at, one) in signatures.iter().enumerate() {
            let others = signatures.iter().enumerate().filter(|(other, _)| *other != at);
            assert!(others.into_iter().all(|(_, other)| !other.starts_with(one)), "{one:?}");
        }
    }

    #[test]
    fn every_extension_is_unique_and_in_lower_case() {
        let all: Vec<_> = extensions().collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
        assert!(FORMATS.iter().all(|format| !format.extensions.is_empty()));
        assert!(all.iter().all(|extension| extension.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())));
    }

    #[test]
    fn the_names_are_those_of_the_readme() {
        let readme = include_str!("../../../README.md").split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(names("and"), "WAV, AIFF, FLAC and Ogg Vorbis");
        assert!(readme.contains(&names("or")), "README names other formats than {}", names("or"));
    }
}
