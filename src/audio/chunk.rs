//! What a WAV file holds besides its samples.

/// Bytes that the chunks of one file may have together to be held. Texts and marks have some kilobytes.
const MOST_BYTES: u64 = 4 << 20;

/// Kinds of other chunks that are named at most.
const MOST_NAMES: usize = 32;

/// A chunk that goes along with the sound, as it lies in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Its four letters.
    pub id: [u8; 4],
    /// What follows its size, without a pad byte.
    pub bytes: Vec<u8>,
}

impl Chunk {
    /// True if it is a text about the recording, `iXML` or `bext`, with this word in it, in capitals or not. A part of
    /// a longer word is not it: Fumagalli is a name.
    pub(crate) fn says(&self, word: &str) -> bool {
        let is_text = matches!(&self.id, b"iXML" | b"bext");
        // Bytes of a letter beyond ASCII are above it.
        let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
        let is_alone = |at: usize| {
            let before = at.checked_sub(1).and_then(|before| self.bytes.get(before));
            !before.into_iter().chain(self.bytes.get(at + word.len())).any(is_letter)
        };
        let mut parts = self.bytes.windows(word.len()).enumerate();
        is_text && parts.any(|(at, part)| part.eq_ignore_ascii_case(word.as_bytes()) && is_alone(at))
    }
}

/// What was found beside the samples of a file.
#[derive(Debug, Clone, Default)]
pub struct Chunks {
    /// What goes along, in the order of the file.
    pub carried: Vec<Chunk>,
    /// Names of what does not, each once.
    pub left_out: Vec<String>,
}

impl Chunks {
    /// True if a chunk of these letters goes along; of a `LIST`, `kind` is what it lists.
    pub fn goes_along(letters: &[u8], kind: &[u8]) -> bool {
        matches!(letters, b"bext" | b"iXML" | b"cue ") || letters == b"LIST" && matches!(kind, b"INFO" | b"adtl")
    }

    /// True if there is room for so many bytes more.
    pub fn has_room(&self, bytes: u64) -> bool {
        let held: u64 = self.carried.iter().map(|chunk| chunk.bytes.len() as u64).sum();
        held.saturating_add(bytes) <= MOST_BYTES
    }

    /// Notes a chunk that does not go along. Chunks without a content of their own are not worth a word: the form of
    /// the samples, their count and peaks, and what only takes room.
    pub fn leave_out(&mut self, letters: &[u8], kind: &[u8], reason: &str) {
        const OF_THE_SAMPLES: [&[u8]; 6] = [b"fmt ", b"ds64", b"fact", b"PEAK", b"levl", b"slnt"];
        const ROOM: [&[u8]; 5] = [b"JUNK", b"junk", b"PAD ", b"FLLR", b"filr"];
        if OF_THE_SAMPLES.iter().chain(&ROOM).any(|plain| *plain == letters) {
            return;
        }
        let text = |letters: &[u8]| String::from_utf8_lossy(letters).trim_end().to_owned();
        let kind = if letters == b"LIST" { format!(" {}", text(kind)) } else { String::new() };
        // The first one is the file's sound.
        let reason = if letters == b"data" { " (a second one)" } else { reason };
        let name = format!("{}{kind}{reason}", text(letters));
        if self.left_out.len() < MOST_NAMES && !self.left_out.contains(&name) {
            self.left_out.push(name);
        }
    }
}
