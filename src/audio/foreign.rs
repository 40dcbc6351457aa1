//! Forms that people have and that are not read, by their names: a refusal says what the file is and what to do.

use super::AudioError;
use super::named::Named;

/// A form that is not read.
struct Form {
    name: &'static str,
    /// Where in the file and with which bytes it begins; each of them is enough.
    signatures: &'static [(usize, &'static [u8])],
    advice: &'static str,
}

/// Bytes of a file that must be seen to know what it is, or to see that it is text.
pub const BEGINNING: usize = 256;

const TO_WAV: &str = "convert it to WAV first";

static FORMS: [Form; 18] = [
    Form { name: "Sony Wave64", signatures: &[(0, b"riff\x2e\x91\xcf\x11")], advice: TO_WAV },
    Form { name: "RIFX, WAV of the other byte order", signatures: &[(0, b"RIFX")], advice: TO_WAV },
    Form { name: "AU", signatures: &[(0, b".snd"), (0, b"dns.")], advice: TO_WAV },
    Form {
        name: "SOFA (HDF5)",
        signatures: &[(0, b"\x89HDF\r\n\x1a\n")],
        advice: "export the measurement that you want as WAV",
    },
    Form { name: "SOFA (netCDF)", signatures: &[(0, b"CDF\x01"), (0, b"CDF\x02")], advice: "export it as WAV" },
    Form { name: "WavPack", signatures: &[(0, b"wvpk")], advice: "convert it to WAV or FLAC first" },
    Form { name: "Monkey's Audio", signatures: &[(0, b"MAC ")], advice: "convert it to WAV or FLAC first" },
    Form { name: "True Audio", signatures: &[(0, b"TTA1")], advice: "convert it to WAV or FLAC first" },
    Form { name: "DSD", signatures: &[(0, b"DSD "), (0, b"FRM8")], advice: "convert it to PCM in WAV first" },
    Form { name: "Windows Media", signatures: &[(0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11")], advice: TO_WAV },
    Form {
        name: "Matroska or WebM",
        signatures: &[(0, b"\x1a\x45\xdf\xa3")],
        advice: "extract its sound as WAV first",
    },
    Form { name: "AVI", signatures: &[(8, b"AVI ")], advice: "extract its sound as WAV first" },
    Form { name: "AMR", signatures: &[(0, b"#!AMR")], advice: TO_WAV },
    Form { name: "AC-3", signatures: &[(0, b"\x0b\x77")], advice: TO_WAV },
    Form { name: "MIDI", signatures: &[(0, b"MThd")], advice: "it holds notes; render them to WAV first" },
    Form {
        name: "an archive",
        signatures: &[(0, b"PK\x03\x04"), (0, b"Rar!\x1a"), (0, b"7z\xbc\xaf\x27\x1c"), (0, b"\x1f\x8b\x08")],
        advice: "unpack it first",
    },
    Form { name: "MATLAB data", signatures: &[(0, b"MATLAB 5.0 MAT-file")], advice: "export it as WAV" },
    Form { name: "NumPy data", signatures: &[(0, b"\x93NUMPY")], advice: "export it as WAV" },
];

/// True if a file that begins like that has a signature at its place.
pub fn begins(beginning: &[u8], (at, bytes): (usize, &[u8])) -> bool {
    beginning.get(at..).is_some_and(|rest| rest.starts_with(bytes))
}

/// The refusal of a file that begins with these bytes and is none of the [formats](super::formats).
pub fn refusal(named: &Named, beginning: &[u8]) -> AudioError {
    let is = |form: &&Form| form.signatures.iter().any(|signature| begins(beginning, *signature));
    match FORMS.iter().find(is) {
        Some(form) => named.foreign(form.name, form.advice),
        None if is_text(beginning) => {
            named.foreign("text", "if its numbers are an impulse response, export that as WAV")
        }
        None => named.not_audio("it begins like none of them"),
    }
}

/// True for characters and line ends alone, at least a word of them. A character may be cut at the end.
fn is_text(beginning: &[u8]) -> bool {
    let beginning = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning);
    let whole = match std::str::from_utf8(beginning) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&beginning[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    whole.len() >= 4 && whole.chars().all(|letter| !letter.is_control() || matches!(letter, '\t' | '\n' | '\r'))
}

/// What a WAV file's format tag stands for, where its samples are not read: the name and what to do.
pub fn wave_form(tag: u16) -> (String, &'static str) {
    let name = match tag {
        0x02 | 0x11 | 0x17 | 0x20 | 0x36 | 0x40 | 0x45 | 0x64 | 0x65 | 0x200 => "ADPCM in WAV",
        0x08 | 0x2001 => "DTS in WAV",
        0x09 | 0x0a | 0x160..=0x163 => "Windows Media in WAV",
        0x22 => "TrueSpeech in WAV",
        0x31 | 0x32 => "GSM in WAV",
        0x42 => "G.723 in WAV",
        0x50 => "MPEG in WAV",
        0x55 => "MP3 in WAV",
        0x92 | 0x2000 => "AC-3 in WAV",
        0xff | 0x1600..=0x1610 | 0xa106 => "AAC in WAV",
        0x566f | 0x674f..=0x6751 | 0x676f..=0x6771 => "Vorbis in WAV",
        0x704f => "Opus in WAV",
        0xf1ac => "FLAC in WAV",
        _ => return (format!("WAV with samples of the unknown kind {tag:#06x}"), "convert it to PCM first"),
    };
    (name.to_owned(), "convert it to PCM first")
}
