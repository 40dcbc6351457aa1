//! The text of a spreadsheet: rows of fields, however the spreadsheet has separated and encoded them.

use encoding_rs::UTF_8;

/// Possible separators. A comma is the first because it is the one of files that are written by hand.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// Where something is wrong, counted from 1, and what.
pub type Wrong = (usize, String);

/// A row that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its line in the text, counted from 1; of a row in several lines, the first.
    pub line: usize,
    /// The fields; none of the last ones is empty.
    fields: Vec<String>,
}

impl Row {
    /// How many fields there are.
    pub fn count(&self) -> usize {
        self.fields.len()
    }

    /// A field without the spaces and quotation marks around it; empty where there is none.
    pub fn field(&self, index: usize) -> &str {
        self.fields.get(index).map_or("", |field| unquoted(field))
    }

    /// The fields from an index on as one, with all that stands between them, such as a decimal comma.
    pub fn rest(&self, from: usize, separator: char) -> String {
        let fields = self.fields.get(from..).unwrap_or_default();
        unquoted(&fields.join(separator.encode_utf8(&mut [0; 4]))).to_owned()
    }
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
///
/// # Errors
/// A quotation mark before a field that has no second one.
pub fn rows(text: &str, is_name: impl Fn(&str) -> bool) -> Result<(Vec<Row>, char), Wrong> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n"); // Spreadsheets end lines in all three ways.
    let mut lines = lines(&text)?;
    lines.retain(|(line, text)| !(*line == 1 && text.starts_with("sep=")));
    let row = |(line, text): &(usize, String), separator: u8| Row { line: *line, fields: split(text, separator) };
    let named = |separator: u8, line| row(line, separator).fields.get(1).is_some_and(|field| is_name(unquoted(field)));
    let by_name = lines.iter().find_map(|line| SEPARATORS.into_iter().find(|separator| named(*separator, line)));
    let first = || lines.iter().find(|(_, text)| !text.trim().is_empty());
    let by_count =
        || first().and_then(|line| SEPARATORS.into_iter().find(|separator| row(line, *separator).count() >= 3));
    let separator = by_name.or_else(by_count).unwrap_or(SEPARATORS[0]);
    let rows = lines.iter().map(|line| row(line, separator)).filter(|row| row.count() > 0);
    Ok((rows.collect(), separator.into()))
}

/// The lines of a text without remarks, each with its number. Within quotation marks around a field a line goes on
/// behind its end.
fn lines(text: &str) -> Result<Vec<(usize, String)>, Wrong> {
    /// What a letter belongs to.
    #[derive(PartialEq)]
    enum In {
        /// The spaces before a field.
        Space,
        Field,
        /// A field in quotation marks, which begin in this line.
        Quotes(usize),
        /// What follows the second mark. A third one is a mark in the field, which goes on.
        Closed(usize),
        Remark,
    }
    let (mut lines, mut place, mut number) = (vec![(1, String::new())], In::Space, 1);
    for letter in text.chars() {
        number += usize::from(letter == '\n');
        place = match (place, letter) {
            (In::Quotes(begin), '"') => In::Closed(begin),
            (In::Quotes(begin), _) | (In::Closed(begin), '"') => In::Quotes(begin),
            (_, '\n') => {
                lines.push((number, String::new()));
                In::Space
            }
            (In::Remark, _) | (_, '#') => In::Remark,
            (In::Space, '"') => In::Quotes(number),
            (In::Space, letter) if letter.is_whitespace() => In::Space,
            (_, letter) if u8::try_from(letter).is_ok_and(|letter| SEPARATORS.contains(&letter)) => In::Space,
            (In::Space | In::Field | In::Closed(_), _) => In::Field,
        };
        let is_between = letter == '\n' && place == In::Space;
        if let Some((_, line)) = lines.last_mut().filter(|_| place != In::Remark && !is_between) {
            line.push(letter);
        }
    }
    match place {
        In::Quotes(begin) => Err((begin, "a quotation mark before a field has no second one behind it".to_owned())),
        _ => Ok(lines),
    }
}

/// The fields of a line as they stand, without quotation marks that begin them.
fn split(line: &str, separator: u8) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(separator)
        .terminator(csv::Terminator::Any(0)) // which is in no text: a line break is a part of its field
        .buffer_capacity(line.len().max(1))
        .from_reader(line.as_bytes());
    // Of a text that is UTF-8 and of one line, the crate reads one record or none.
    let record = reader.records().next().and_then(Result::ok).unwrap_or_default();
    let mut fields: Vec<String> = record.iter().map(str::to_owned).collect();
    fields.truncate(fields.iter().rposition(|field| !unquoted(field).is_empty()).map_or(0, |last| last + 1));
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
        let (rows, separator) = rows(text, |field| field == "wet").expect("rows");
        let fields = |row: &Row| (0..row.count()).map(|index| row.field(index).to_owned()).collect::<Vec<_>>();
        (rows.iter().map(|row| (row.line, fields(row).join("|"))).collect(), separator)
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

    #[test]
    fn a_line_break_in_quotation_marks_is_a_part_of_its_field() {
        let title = (1, "Time\nin s, or \"s\" # here|wet|x\ny");
        let text = "\"Time\nin s, or \"\"s\"\" # here\",wet,\"x\r\ny\"  # a, \"remark\n0,wet,12\" room\n1,wet,0";
        let (rows, _) = read(text);
        let expected = [title, (4, "0|wet|12\" room"), (5, "1|wet|0")];
        assert_eq!(rows, expected.map(|(line, row)| (line, row.to_owned())));
        for (text, line) in [("0,wet,\"-6\n1,wet,0\n", 1), ("0,wet,1\n\n1, \"wet,0", 3)] {
            let (found, reason) = super::rows(text, |field| field == "wet").expect_err("it has no end");
            assert!(found == line && reason.contains("quotation mark"), "{found}: {reason}");
        }
    }

    #[test]
    fn the_rest_of_a_row_is_what_stands_there() {
        for (text, rest) in [
            ("0, wet, a, b.wav", "a, b.wav"),
            ("0, wet, a,b.wav ,,", "a,b.wav"),
            ("0, wet, \"a, b.wav\"", "a, b.wav"),
            ("0,wet,\"a, b.wav\"", "a, b.wav"),
            ("0;wet;a; b.wav;", "a; b.wav"),
        ] {
            let (rows, separator) = rows(text, |field| field == "wet").expect("rows");
            assert_eq!(rows[0].rest(2, separator), rest, "{text}");
        }
    }
}
