//! The embedded impulse as a session has it: base 64, because a state is text.

mod text;

use super::embed::{self, EmbedError};
use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;
use crate::library::fingerprint::{FileHash, Fingerprint};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
pub use text::Text;

/// Bytes that become text at a time, and back: a fraction of a millisecond. A multiple of three, so that the pieces of
/// text are one.
const PIECE: usize = 3 << 16;

/// What the state holds; there once for each impulse and shared by all instances that save it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "Value")]
pub enum Embedded {
    /// Bytes as text.
    Text(Text),
    /// Null for nothing. What else a newer version may put here is kept as it is.
    Other(Value),
}

impl Default for Embedded {
    fn default() -> Self {
        Self::Other(Value::Null)
    }
}

impl From<Value> for Embedded {
    fn from(saved: Value) -> Self {
        match saved {
            Value::String(text) => Self::Text(text.into()),
            other => Self::Other(other),
        }
    }
}

impl Serialize for Embedded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Other(other) => other.serialize(serializer),
        }
    }
}

impl Embedded {
    /// The text of an encoded impulse.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every few milliseconds, but the text of the largest takes some tens of them
    /// to be moved.
    pub fn of(bytes: &[u8], cancel: &Token) -> Result<Self, Cancelled> {
        let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
        for piece in bytes.chunks(PIECE) {
            cancel.check()?;
            STANDARD.encode_string(piece, &mut text);
        }
        Ok(Self::Text(text.into()))
    }

    /// The bytes; `None` if the text is not base 64.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every few milliseconds.
    pub fn decode(&self, cancel: &Token) -> Result<Option<Vec<u8>>, Cancelled> {
        let Self::Text(text) = self else { return Ok(None) };
        let mut bytes = Vec::with_capacity(self.bytes());
        for piece in text.as_bytes().chunks(PIECE / 3 * 4) {
            cancel.check()?;
            if STANDARD.decode_vec(piece, &mut bytes).is_err() {
                return Ok(None);
            }
        }
        Ok(Some(bytes))
    }

    /// Hash of the text; `None` if there is none.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every 64 kB.
    pub fn hash(&self, cancel: &Token) -> Result<Option<FileHash>, Cancelled> {
        let Self::Text(text) = self else { return Ok(None) };
        Ok(FileHash::read(text.as_bytes(), cancel)?.ok())
    }

    /// The impulse, if it is the one of this fingerprint and undamaged.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every few milliseconds.
    pub fn impulse(&self, wanted: Fingerprint, cancel: &Token) -> Result<Option<Impulse>, Cancelled> {
        let Some(bytes) = self.decode(cancel)? else { return Ok(None) };
        if embed::fingerprint(&bytes) != Ok(wanted) {
            return Ok(None);
        }
        match embed::decode(&bytes, cancel) {
            Ok(impulse) => Ok(Some(impulse)),
            Err(EmbedError::Cancelled(cancelled)) => Err(cancelled),
            Err(_) => Ok(None),
        }
    }

    /// Whether nothing is embedded.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// About how many bytes that text is: two too many at most.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len() / 4 * 3,
            Self::Other(_) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_any_length_come_back_and_are_one_text() {
        for length in [0, 1, 2, 3, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 2] {
            let bytes: Vec<u8> = (0..length).map(|i| (i * 7 % 251) as u8).collect();
            let embedded = Embedded::of(&bytes, &Token::never()).expect("not cancelled");
            assert_eq!(embedded, Embedded::Text(STANDARD.encode(&bytes).into()));
            assert_eq!(embedded.decode(&Token::never()), Ok(Some(bytes)));
            assert!((length..=length + 2).contains(&embedded.bytes()), "{length}");
        }
    }

    #[test]
    fn what_is_no_text_or_no_base_64_is_no_bytes_and_is_saved_as_it_was() {
        for saved in ["null", "[1,2]", "{\"form\":2}", "\"no base 64\"", "\"AAA\"", "\"A===\""] {
            let embedded: Embedded = serde_json::from_str(saved).expect("any JSON");
            assert_eq!(embedded.decode(&Token::never()), Ok(None));
            assert_eq!(serde_json::to_string(&embedded).expect("JSON"), saved);
        }
    }

    #[test]
    fn it_is_given_up_between_two_pieces() {
        let asked = std::cell::Cell::new(0);
        let second = || asked.replace(asked.get() + 1) > 0;
        assert_eq!(Embedded::of(&[0; 3 * PIECE], &Token::new(&second)), Err(Cancelled));
        assert_eq!(asked.get(), 2);
        let whole = Embedded::of(&[0; 3 * PIECE], &Token::never()).expect("not cancelled");
        asked.set(0);
        assert_eq!((whole.decode(&Token::new(&second)), asked.get()), (Err(Cancelled), 2));
    }
}
