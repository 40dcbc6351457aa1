//! The text of a spreadsheet: rows of fields, however the spreadsheet has separated and encoded them.

use encoding_rs::UTF_8;

/// Possible separators. A comma is the first because it is the one of files that are written by hand.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// Where something is wrong, counted from 1, and what.
pub type Wrong = (usize, String);

/// A row that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its line in the text, counted from 1.
    pub line: usize,
    /// The fields without the spaces and quotation marks around them; none of the last ones is empty.
    pub fields: Vec<String>,
}

/// The text of a file's bytes: UTF-8 with or without a byte order mark, or UTF-16 with one.
///
/// # Errors
/// The first line that is no such text.
pub fn decoded(bytes: &[u8]) -> Result<String, Wrong> {
    let (text, encoding, is_malformed) = UTF_8.decode(bytes);
    let bad = if is_malformed { text.find('\u{fffd}') } else { text.find('\0') };
    match bad {
        None => Ok(text.into_owned()),
        Some(at) => {
            let line = 1 + text[..at].matches('\n').count();
            let kind = if encoding == UTF_8 { "UTF-8 text, nor UTF-16 with its mark" } else { "UTF-16 text" };
            Err((line, format!("this is no {kind}; save the sheet as \"CSV UTF-8\"")))
        }
    }
}

/// The rows of a text, and the separator between their fields. Empty rows, what follows a `#` outside quotation marks,
/// and the line `sep=` by which spreadsheets tell one another the separator are left out.
///
/// The separator is the one by which a row's second field is a name, as `is_name` says; the first row that decides it
/// decides it for all. If none does, it is the one that splits the first row into three fields, else a comma.
pub fn rows(text: &str, is_name: impl Fn(&str) -> bool) -> (Vec<Row>, char) {
    let text = text.replace("\r\n", "\n").replace('\r', "\n"); // Spreadsheets end lines in all three ways.
    let lines = (1..).zip(text.lines()).map(|(line, text)| (line, without_remark(text)));
    let lines: Vec<_> = lines.filter(|(line, text)| !(*line == 1 && text.starts_with("sep="))).collect();
    let named = |separator: &&u8, text: &str| split(text, **separator).get(1).is_some_and(|field| is_name(field));
    let by_name = lines.iter().find_map(|(_, text)| SEPARATORS.iter().find(|separator| named(separator, text)));
    let first = || lines.iter().find(|(_, text)| !text.trim().is_empty());
    let by_count = || {
        let (_, text) = first()?;
        SEPARATORS.iter().find(|separator| split(text, **separator).len() >= 3)
    };
    let separator = *by_name.or_else(by_count).unwrap_or(&SEPARATORS[0]);
    let rows = lines.into_iter().map(|(line, text)| Row { line, fields: split(text, separator) });
    (rows.filter(|row| !row.fields.is_empty()).collect(), separator.into())
}

/// A line up to the first `#` that no quotation marks are around.
fn without_remark(line: &str) -> &str {
    let mut is_quoted = false;
    let begins = |letter: char| {
        is_quoted ^= letter == '"';
        letter == '#' && !is_quoted
    };
    line.split(begins).next().unwrap_or_default()
}

/// The fields of a line.
fn split(line: &str, separator: u8) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(separator)
        .buffer_capacity(line.len().max(1))
        .from_reader(line.as_bytes());
    // Of a text that is UTF-8 and of one line, the crate reads one record or none.
    let record = reader.records().next().and_then(Result::ok).unwrap_or_default();
    let mut fields: Vec<String> = record.iter().map(|field| unquoted(field).to_owned()).collect();
    fields.truncate(fields.iter().rposition(|field| !field.is_empty()).map_or(0, |last| last + 1));
    fields
}

/// A field without the spaces and quotation marks around it: people also write spaces before the mark.
fn unquoted(field: &str) -> &str {
    let field = field.trim();
    field.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields of each row, with its line, and the separator; "wet" is a name.
    fn read(text: &str) -> (Vec<(usize, String)>, char) {
        let (rows, separator) = rows(text, |field| field == "wet");
        (rows.into_iter().map(|row| (row.line, row.fields.join("|"))).collect(), separator)
    }

    #[test]
    fn each_encoding_of_spreadsheets_gives_the_same_text() {
        let text = "0;wet;-6\r\n1;wet;ö\r\n";
        let utf16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(bytes).collect()
        };
        for bytes in [
            text.as_bytes().to_vec(),
            format!("\u{feff}{text}").into_bytes(),
            utf16(u16::to_le_bytes),
            utf16(u16::to_be_bytes),
        ] {
            assert_eq!(decoded(&bytes).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_line_and_what_to_do() {
        let utf16_without_mark: Vec<u8> = "0;wet;-6".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, line) in [(&b"0;wet;-6\n1;wet;\xf6"[..], 2), (&utf16_without_mark, 1), (b"\xff\xfe0\x001", 1)] {
            let (found, reason) = decoded(bytes).expect_err("no text");
            assert!(found == line && reason.contains("CSV UTF-8"), "{found}: {reason}");
        }
    }

    #[test]
    fn the_separator_is_the_one_that_makes_a_name_of_the_second_field() {
        for (text, separator) in [
            ("0, wet, -6", ','),
            ("0,\twet,\t-6", ','),
            ("0;wet;-6,5 dB", ';'),
            ("0,5;wet;-6", ';'),
            ("0,5\twet\t-6,5 dB", '\t'),
            ("Zeit, in s;Regler;Wert\n0;wet;-6", ';'),
            ("sep=;\n0;wet;-6", ';'),
            ("0;wett;-6,5", ';'),
            ("0", ','),
        ] {
            assert_eq!(read(text).1, separator, "{text}");
        }
    }

    #[test]
    fn rows_are_read_whatever_a_spreadsheet_adds() {
        let read = |text| read(text).0;
        let rows =
            |rows: &[(usize, &str)]| rows.iter().map(|(line, row)| (*line, (*row).to_owned())).collect::<Vec<_>>();
        assert_eq!(read("0;wet;-6;;\r\n;;;;\r\n\r\n1;wet;0;;\r\n"), rows(&[(1, "0|wet|-6"), (4, "1|wet|0")]));
        assert_eq!(read("\"0,5\",\"wet\",\"-6,5 dB\""), rows(&[(1, "0,5|wet|-6,5 dB")]));
        assert_eq!(read("0, \"wet\" , \"-6\"  # loud"), rows(&[(1, "0|wet|-6")]));
        assert_eq!(read("0,wet,\"a # b\" # c"), rows(&[(1, "0|wet|a # b")]));
        assert_eq!(read("# a\r0,wet,-6\r1,wet,0"), rows(&[(2, "0|wet|-6"), (3, "1|wet|0")]));
        assert_eq!(read("sep=;\n0;wet;-6"), rows(&[(2, "0|wet|-6")]));
    }
}
