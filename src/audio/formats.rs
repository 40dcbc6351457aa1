//! The audio formats that are read, one row each.
//!
//! A new format is one row and its reader. Reading asks this table by content; the refusal of other files, the file
//! dialog, the library's search, the previous and the next file of a folder and the program's help ask it for names.

mod marks;

pub use marks::is_sound_by_content;

use super::foreign::{BEGINNING, begins, refusal};
use super::input::Input;
use super::named::{NAME_THE_FILE, Named};
use super::opened::Opened;
use super::{AudioError, aiff, caf, edits, flac, frames, ogg, tags, wave};
use crate::cancel::Token;
use std::fs::File;
use std::path::Path;

/// Opens a source that begins like its format, at the source's beginning.
type Opener = for<'a> fn(&Named, Input<'a>, &Token) -> Result<Opened<'a>, AudioError>;

/// How a format is read from a pipe.
#[derive(Debug)]
enum Pipe {
    /// As a file: it can be read from one end to the other.
    Read,
    /// Not at all.
    Refused,
    /// Not at all, for a reason that the first bytes tell.
    RefusedAs(fn(&Named, &[u8]) -> AudioError),
}

/// Zeros before a file that are passed over at most.
const MOST_ZEROS: usize = 1 << 16;

/// Runs of zeros before a file, with tags between them, that are passed over at most.
const MOST_PADDINGS: usize = 16;

/// An audio format that is read.
#[derive(Debug)]
pub struct AudioFormat {
    /// Name for people.
    pub name: &'static str,
    /// File name extensions in lower case, without the dot. They only say which files are offered: a file is read by
    /// its content, whatever its name.
    pub extensions: &'static [&'static str],
    /// True if impulse responses are kept in it, so that folders of impulses offer its files. Other formats hold music
    /// or speech; their files are read as impulses when they are named.
    pub holds_impulses: bool,
    pipe: Pipe,
    /// Where and with which bytes a file begins, each of which is enough to know the format.
    signatures: &'static [(usize, &'static [u8])],
    opener: Opener,
}

/// Every format, in the order in which people read them.
pub static FORMATS: [AudioFormat; 8] = [
    AudioFormat {
        name: "WAV",
        // Impulses for equalisers are WAV files that are called `.irs`.
        extensions: &["wav", "wave", "bwf", "rf64", "irs"],
        holds_impulses: true,
        pipe: Pipe::Read,
        signatures: &[(0, b"RIFF"), (0, b"RF64"), (0, b"BW64")],
        opener: wave::open,
    },
    AudioFormat {
        name: "AIFF",
        extensions: &["aif", "aiff", "aifc"],
        holds_impulses: true,
        pipe: Pipe::Read,
        signatures: &[(0, b"FORM")],
        opener: aiff::open,
    },
    AudioFormat {
        name: "FLAC",
        extensions: &["flac"],
        holds_impulses: true,
        pipe: Pipe::Read,
        signatures: &[(0, b"fLaC")],
        opener: flac::open,
    },
    AudioFormat {
        name: "Ogg Vorbis",
        extensions: &["ogg", "oga"],
        holds_impulses: true,
        pipe: Pipe::RefusedAs(ogg::refusal_of_pipe),
        signatures: &[(0, b"OggS")],
        opener: ogg::open,
    },
    AudioFormat {
        name: "CAF",
        extensions: &["caf"],
        holds_impulses: true,
        pipe: Pipe::Refused,
        signatures: &[(0, b"caff")],
        opener: caf::open,
    },
    AudioFormat {
        name: "MP3",
        extensions: &["mp3"],
        holds_impulses: false,
        pipe: Pipe::Read,
        // Layer III, with and without checksums, of MPEG 1, 2 and 2.5.
        signatures: &[
            (0, b"\xff\xfb"),
            (0, b"\xff\xfa"),
            (0, b"\xff\xf3"),
            (0, b"\xff\xf2"),
            (0, b"\xff\xe3"),
            (0, b"\xff\xe2"),
        ],
        opener: frames::open_mp3,
    },
    AudioFormat {
        name: "AAC",
        extensions: &["aac"],
        holds_impulses: false,
        pipe: Pipe::Read,
        signatures: &[(0, b"\xff\xf1"), (0, b"\xff\xf0"), (0, b"\xff\xf9"), (0, b"\xff\xf8")],
        opener: frames::open_aac,
    },
    AudioFormat {
        name: "MP4",
        extensions: &["m4a", "mp4", "m4b"],
        holds_impulses: false,
        pipe: Pipe::Refused,
        signatures: &[(4, b"ftyp")],
        opener: edits::open,
    },
];

/// Passes over what may lie before a file: tags, and zeros before what has a known beginning, as they fill tags up.
/// Gives the bytes with which the file begins then.
pub(super) fn beginning(input: &mut Input) -> std::io::Result<Vec<u8>> {
    for _ in 0..MOST_PADDINGS {
        input.pass_over_tags()?;
        let beginning = input.peek(BEGINNING)?;
        if beginning.first() != Some(&0) || format(&beginning).is_some() {
            return Ok(beginning);
        }
        let padded = input.peek(MOST_ZEROS)?;
        let zeros = padded.iter().take_while(|byte| **byte == 0).count();
        if format(&padded[zeros..]).is_none() && tags::id3v2(padded[zeros..].get(..10).unwrap_or_default()).is_none() {
            return Ok(beginning);
        }
        input.pass_over(zeros as u64)?;
    }
    input.peek(BEGINNING)
}

/// Opens a source that begins with these bytes.
pub(super) fn open<'a>(
    named: &Named,
    beginning: &[u8],
    input: Input<'a>,
    cancel: &Token,
) -> Result<Opened<'a>, AudioError> {
    match format(beginning) {
        Some(format) if input.is_pipe() => match format.pipe {
            Pipe::Read => (format.opener)(named, input, cancel),
            Pipe::Refused => Err(named.foreign(format!("{} in a pipe", format.name), NAME_THE_FILE)),
            Pipe::RefusedAs(refusal) => Err(refusal(named, beginning)),
        },
        Some(format) => (format.opener)(named, input, cancel),
        None => Err(refusal(named, beginning)),
    }
}

fn format(beginning: &[u8]) -> Option<&'static AudioFormat> {
    let is = |format: &&AudioFormat| format.signatures.iter().any(|signature| begins(beginning, *signature));
    FORMATS.iter().find(is)
}

/// True if a regular file begins like a format in which impulses are kept. Reads its first bytes.
#[must_use]
pub fn is_impulse_by_content(path: &Path) -> bool {
    let read = || -> std::io::Result<bool> {
        if !path.metadata()?.is_file() {
            return Ok(false); // A pipe or a device could be waited for without end.
        }
        let mut input = Input::whole(File::open(path)?);
        Ok(format(&beginning(&mut input)?).is_some_and(|format| format.holds_impulses))
    };
    read().unwrap_or(false)
}

/// The file name extensions of the formats in which impulses are kept, in lower case, without the dot.
pub fn extensions() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().filter(|format| format.holds_impulses).flat_map(|format| format.extensions).copied()
}

/// True if a file is called like one of any format that is read.
#[must_use]
pub fn is_called_audio(path: &Path) -> bool {
    let mut all = FORMATS.iter().flat_map(|format| format.extensions);
    path.extension().is_some_and(|extension| all.any(|known| extension.eq_ignore_ascii_case(known)))
}

/// The names of all formats as text, with `conjunction` before the last: "WAV, AIFF and FLAC" of three.
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
    fn every_signature_leads_to_its_row() {
        for row in &FORMATS {
            assert!(!row.signatures.is_empty(), "{} is never known", row.name);
            for (at, bytes) in row.signatures {
                let file = [&vec![0; *at][..], bytes, &[0; 8]].concat();
                assert_eq!(format(&file).expect("a format").name, row.name);
                assert!(format(&file[..at + bytes.len() - 1]).is_none());
            }
        }
    }

    #[test]
    fn no_signature_is_the_beginning_of_another() {
        let signatures: Vec<_> = FORMATS.iter().flat_map(|format| format.signatures).collect();
        for (at, one) in signatures.iter().enumerate() {
            let others = signatures.iter().enumerate().filter(|(other, _)| *other != at);
            assert!(others.into_iter().all(|(_, other)| other.0 != one.0 || !other.1.starts_with(one.1)), "{one:?}");
        }
    }

    #[test]
    fn every_extension_is_unique_and_in_lower_case() {
        let all: Vec<_> = FORMATS.iter().flat_map(|format| format.extensions).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
        assert!(FORMATS.iter().all(|format| !format.extensions.is_empty()));
        assert!(all.iter().all(|extension| extension.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())));
    }

    #[test]
    fn folders_of_impulses_offer_what_impulses_are_kept_in() {
        let offered: Vec<_> = extensions().collect();
        assert!(["wav", "irs", "flac", "caf"].iter().all(|extension| offered.contains(extension)), "{offered:?}");
        assert!(!offered.contains(&"mp3") && is_called_audio(Path::new("voice.MP3")));
        assert!(!is_called_audio(Path::new("mp3")) && !is_called_audio(Path::new("voice.mid")));
    }

    #[test]
    fn the_names_are_those_of_the_readme() {
        let readme = include_str!("../../README.md").split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(names("and"), "WAV, AIFF, FLAC, Ogg Vorbis, CAF, MP3, AAC and MP4");
        assert!(readme.contains(&names("or")), "README names other formats than {}", names("or"));
    }
}
