//! `LIST INFO` as the comments of a FLAC file.

use super::{Chunk, parts};

/// The texts of a `LIST INFO` with the field of a comment for each; `None` for any other chunk. Texts without a field
/// of their own are comments too, after their letters.
pub(super) fn comments(chunk: &Chunk) -> Option<Vec<(&'static str, String)>> {
    if chunk.list()? != b"INFO" {
        return None;
    }
    let texts = parts(&chunk.bytes).map(|(id, content)| {
        let (field, text) = (field(&id), text(&chunk.bytes[content]));
        let letters = String::from_utf8_lossy(&id);
        if field == OTHER && id != *b"ICMT" { (field, format!("{letters}: {text}")) } else { (field, text) }
    });
    Some(texts.collect())
}

const OTHER: &str = "COMMENT";

fn field(id: &[u8; 4]) -> &'static str {
    match id {
        b"INAM" => "TITLE",
        b"IART" => "ARTIST",
        b"IPRD" => "ALBUM",
        b"ICRD" => "DATE",
        b"IGNR" => "GENRE",
        b"ITRK" | b"IPRT" => "TRACKNUMBER",
        b"ICOP" => "COPYRIGHT",
        b"ISFT" => "ENCODER",
        _ => OTHER,
    }
}

/// Text up to its first zero: UTF-8, or else Latin-1, which any bytes are.
fn text(bytes: &[u8]) -> String {
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8(text.to_vec()).unwrap_or_else(|_| text.iter().copied().map(char::from).collect())
}
