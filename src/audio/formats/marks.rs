//! Sound under names that do not say so, known by the first bytes of a file.
//!
//! A folder holds more than sound, and so do some containers: RIFF also holds pictures, Ogg and MP4 films. So a file is
//! taken for sound only where its beginning leaves no doubt, be it sound that is not read and will be refused by its
//! name. Two bytes, which is all that bare MP3 and AAC begin with, are no such beginning.

use super::super::foreign::begins;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Bytes that are read of a file.
const BEGINNING: u64 = 64;

/// Where in a file and with which bytes it is marked as sound; of a row every mark must be there.
const MARKS: [&[(usize, &[u8])]; 25] = [
    &[(0, b"RIFF"), (8, b"WAVE")],
    &[(0, b"RF64"), (8, b"WAVE")],
    &[(0, b"BW64"), (8, b"WAVE")],
    &[(0, b"RIFX"), (8, b"WAVE")],
    &[(0, b"riff\x2e\x91\xcf\x11")],
    &[(0, b"FORM"), (8, b"AIFF")],
    &[(0, b"FORM"), (8, b"AIFC")],
    &[(0, b"fLaC")],
    // The first packet of an Ogg file stands behind a header of 28 bytes.
    &[(0, b"OggS"), (28, b"\x01vorbis")],
    &[(0, b"OggS"), (28, b"\x7fFLAC")],
    &[(0, b"OggS"), (28, b"OpusHead")],
    &[(0, b"OggS"), (28, b"Speex   ")],
    &[(0, b"caff")],
    &[(4, b"ftypM4A ")],
    &[(4, b"ftypM4B ")],
    // A tag, of versions that there are.
    &[(0, b"ID3\x02")],
    &[(0, b"ID3\x03")],
    &[(0, b"ID3\x04")],
    &[(0, b".snd")],
    &[(0, b"wvpk")],
    &[(0, b"MAC ")],
    &[(0, b"TTA1")],
    &[(0, b"DSD ")],
    &[(0, b"FRM8"), (12, b"DSD ")],
    &[(0, b"#!AMR")],
];

/// True if a regular file begins like sound, whatever its name. Reads its first bytes alone.
///
/// # Errors
/// What the system said of a file that cannot be read.
pub fn is_sound_by_content(path: &Path) -> io::Result<bool> {
    if !path.metadata()?.is_file() {
        return Ok(false); // A pipe or a device could be waited for without end.
    }
    let mut beginning = Vec::new();
    File::open(path)?.take(BEGINNING).read_to_end(&mut beginning)?;
    Ok(MARKS.iter().any(|row| row.iter().all(|mark| begins(&beginning, *mark))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_is_sound_only_if_it_says_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        let is_sound = |bytes: &[u8]| {
            std::fs::write(&path, bytes).expect("written");
            is_sound_by_content(&path).expect("readable")
        };
        for sound in [b"RIFF\xff\xff\xff\xffWAVEfmt ", b"FORM\0\0\0\x10AIFCFVER", b"\0\0\0\x1cftypM4A \0\0\0\0"] {
            assert!(is_sound(sound), "{sound:?}");
        }
        assert!(
            is_sound(b"fLaC") && is_sound(b"ID3\x04\0\0") && is_sound(&[&b"OggS"[..], &[0; 24], b"OpusHead"].concat())
        );
        for other in [b"RIFF\xff\xff\xff\xffWEBPVP8 ", b"RIFF\xff\xff\xff\xffAVI LIST", b"FORM\0\0\0\x10ILBMBMHD"] {
            assert!(!is_sound(other), "{other:?}");
        }
        assert!(!is_sound(b"\0\0\0\x18ftypheic") && !is_sound(&[&b"OggS"[..], &[0; 24], b"\x80theora"].concat()));
        assert!(
            !is_sound(b"")
                && !is_sound(b"RIFF")
                && !is_sound(b"ID3 is a kind of tag")
                && !is_sound(b"\xff\xfb\x90\x64")
        );
        assert!(is_sound_by_content(&folder.path().join("gone")).is_err());
    }
}
