//! By what an impulse is known again, wherever its file lies and whatever it is called.
//!
//! [`Fingerprint`] is the identity: of samples, so a file may change its format, its tags or its name. [`FileHash`] is
//! a hint: cheaper to compare than decoding is, and the same after a decoder has learnt to round better.

use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;
use serde::{Deserialize, Serialize};
use std::fmt::{Debug, Display, Formatter};
use std::io::Read;

/// The first byte that is hashed; rises when those after it mean something else.
const VERSION: u8 = 1;

/// Samples hashed at a time: a fraction of a millisecond.
const CHUNK: usize = 1 << 16;

/// Identity of an impulse: BLAKE3 over its sample rate, channel count, length and the bits of its samples, all little
/// endian. Bits, not values: 0.0 and -0.0 differ. Saved as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(#[serde(with = "hex")] blake3::Hash);

/// Hash of a file's bytes: plain BLAKE3, as `b3sum` prints it. Saved as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileHash(#[serde(with = "hex")] blake3::Hash);

impl Fingerprint {
    /// Of an impulse; takes about a second for the longest there may be.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every millisecond or so.
    pub fn of(impulse: &Impulse, cancel: &Token) -> Result<Self, Cancelled> {
        let mut hasher = begun(impulse);
        for samples in impulse.channels().iter().flat_map(|channel| channel.chunks(CHUNK)) {
            cancel.check()?;
            let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
            hasher.update(&bytes);
        }
        Ok(Self(hasher.finalize()))
    }

    /// From [`Self::to_bytes`].
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(blake3::Hash::from_bytes(bytes))
    }

    /// As it is written in binary formats.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 32] {
        *self.0.as_bytes()
    }
}

/// All that is hashed before the samples.
fn begun(impulse: &Impulse) -> blake3::Hasher {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[VERSION]);
    hasher.update(&impulse.sample_rate().to_le_bytes());
    hasher.update(&(impulse.channels().len() as u32).to_le_bytes());
    hasher.update(&(impulse.len() as u64).to_le_bytes());
    hasher
}

impl FileHash {
    /// Of a file's bytes in memory.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(blake3::hash(bytes))
    }

    /// The hash of all bytes of a reader, or the reader's error.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every 64 kB.
    pub fn read(mut source: impl Read, cancel: &Token) -> Result<std::io::Result<Self>, Cancelled> {
        let mut hasher = blake3::Hasher::new();
        let mut bytes = vec![0; 1 << 16];
        loop {
            cancel.check()?;
            match source.read(&mut bytes) {
                Ok(0) => return Ok(Ok(Self(hasher.finalize()))),
                Ok(read) => {
                    hasher.update(&bytes[..read]);
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Ok(Err(error)),
            }
        }
    }
}

impl Display for Fingerprint {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        Display::fmt(&self.0, f)
    }
}

impl Debug for Fingerprint {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl Display for FileHash {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        Display::fmt(&self.0, f)
    }
}

impl Debug for FileHash {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "FileHash({self})")
    }
}

/// Text in the session: people can read and compare it, and every format has a form for it.
mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(hash: &blake3::Hash, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hash.to_hex())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<blake3::Hash, D::Error> {
        blake3::Hash::from_hex(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(impulse: &Impulse) -> Fingerprint {
        Fingerprint::of(impulse, &Token::never()).expect("not cancelled")
    }

    fn impulse(channels: &[&[f32]], rate: u32) -> Impulse {
        Impulse::new(channels.iter().map(|channel| channel.to_vec()).collect(), rate).expect("valid")
    }

    #[test]
    fn a_fingerprint_is_that_of_rate_layout_and_samples_as_written_in_the_documentation() {
        let mut bytes = vec![1];
        bytes.extend(48_000_u32.to_le_bytes());
        bytes.extend([2, 0, 0, 0]);
        bytes.extend([3, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend([1.0_f32, 0.5, -0.25, 0.0, -0.0, 1e-30].iter().flat_map(|sample| sample.to_le_bytes()));
        let fingerprint = fingerprint(&impulse(&[&[1.0, 0.5, -0.25], &[0.0, -0.0, 1e-30]], 48_000));
        assert_eq!(fingerprint.to_string(), blake3::hash(&bytes).to_string());
        assert_eq!(Fingerprint::from_bytes(fingerprint.to_bytes()), fingerprint);
    }

    #[test]
    fn a_fingerprint_is_the_same_next_year() {
        let fingerprint = fingerprint(&impulse(&[&[1.0, 0.5], &[0.0, -0.5]], 44_100));
        assert_eq!(fingerprint.to_string(), "0ace73705e0b7a35286fae40aead2010c558f9008a39f70a5d721bbf5268d097");
    }

    #[test]
    fn the_hash_of_a_file_is_the_one_that_everybody_computes() {
        // The first of BLAKE3's published test vectors.
        let nothing = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
        assert_eq!(FileHash::of(b"").to_string(), nothing);
        let bytes: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
        let read = FileHash::read(&bytes[..], &Token::never()).expect("not cancelled").expect("read");
        assert_eq!(read, FileHash::of(&bytes));
    }

    #[test]
    fn whatever_differs_has_another_fingerprint() {
        let all = [
            impulse(&[&[1.0, 0.5, 0.0, 0.0]], 48_000),
            impulse(&[&[1.0, 0.5, 0.0, 0.0]], 44_100),
            impulse(&[&[1.0, 0.5], &[0.0, 0.0]], 48_000),
            impulse(&[&[1.0], &[0.5], &[0.0], &[0.0]], 48_000),
            impulse(&[&[1.0, 0.5, 0.0]], 48_000),
            impulse(&[&[1.0, 0.5, 0.0, -0.0]], 48_000),
            impulse(&[&[1.0, 0.5, 0.0, f32::from_bits(1)]], 48_000),
        ];
        let different: std::collections::HashSet<Fingerprint> = all.iter().map(fingerprint).collect();
        assert_eq!(different.len(), all.len());
    }

    #[test]
    fn how_an_impulse_is_cut_for_hashing_does_not_matter() {
        let long: Vec<f32> = (0..2 * CHUNK + 1).map(|n| n as f32).collect();
        let mut bytes = vec![1];
        bytes.extend([8_000, 1, long.len() as u32, 0].iter().flat_map(|n: &u32| n.to_le_bytes()));
        bytes.extend(long.iter().flat_map(|sample| sample.to_le_bytes()));
        assert_eq!(fingerprint(&impulse(&[&long], 8_000)).to_string(), FileHash::of(&bytes).to_string());
    }

    #[test]
    fn nobody_waits_for_a_hash_that_nobody_wants() {
        let cancel = Token::new(&|| true);
        assert_eq!(Fingerprint::of(&impulse(&[&[1.0]], 48_000), &cancel), Err(Cancelled));
        assert!(matches!(FileHash::read(std::io::repeat(0), &cancel), Err(Cancelled)));
    }

    #[test]
    fn hashes_are_saved_as_text_and_nothing_else_is_read() {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct Both {
            of: Fingerprint,
            file: FileHash,
        }
        let both = Both { of: fingerprint(&impulse(&[&[1.0]], 48_000)), file: FileHash::of(b"RIFF") };
        let text = toml::to_string(&both).expect("text");
        assert_eq!(text, format!("of = \"{}\"\nfile = \"{}\"\n", both.of, both.file));
        assert_eq!(toml::from_str::<Both>(&text).expect("what was written"), both);
        for wrong in ["", "\"\"", "\"abc\"", "\"zz\"", "7", "[1, 2]"] {
            toml::from_str::<Both>(&format!("of = {wrong}\nfile = \"{}\"", both.file)).expect_err(wrong);
        }
    }
}
