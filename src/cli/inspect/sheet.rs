//! `--csv`: a row a band of each impulse, as RFC 4180 has it.

use super::figures::Figures;
use crate::impulse::acoustics::Figure;
use crate::impulse::findings::Finding;
use std::io::Write;

/// Columns before the figures.
const BEFORE: [&str; 6] = ["path", "right", "name", "sample_rate", "seconds", "band"];
/// Columns behind the figures.
const BEHIND: [&str; 3] = ["not_measurable", "warnings", "error"];

/// What the rows of an impulse begin with: its file, of a pair also the right one's, and its name.
pub(super) struct Subject {
    pub path: Option<String>,
    pub right: Option<String>,
    pub name: String,
}

/// Rows on standard output, under a header.
pub(super) struct Sheet {
    columns: Vec<&'static str>,
}

impl Sheet {
    /// Prints the header.
    pub fn new() -> Self {
        let columns = Figures::ids();
        say(BEFORE.iter().chain(&columns).chain(&BEHIND).map(|name| (*name).to_owned()));
        Self { columns }
    }

    /// Prints the rows of an impulse, or one with what went wrong. Warnings are in its first row.
    pub fn say(&self, subject: &Subject, outcome: &Result<(Figures, Vec<Finding>), String>) {
        let before = |rate: String, seconds: String, band: String| {
            let files = [&subject.path, &subject.right].map(|file| file.clone().unwrap_or_default());
            files.into_iter().chain([subject.name.clone(), rate, seconds, band])
        };
        match outcome {
            Ok((figures, findings)) => {
                let mut warnings = findings.iter().map(Finding::to_string).collect::<Vec<_>>().join("; ");
                for (band, values) in figures.bands() {
                    let before = before(figures.sample_rate.to_string(), figures.seconds.to_string(), band);
                    let cells = self.columns.iter().map(|id| cell(&values, id));
                    say(before.chain(cells).chain([reasons(&values), std::mem::take(&mut warnings), String::new()]));
                }
            }
            Err(message) => {
                let empty = self.columns.iter().map(|_| String::new());
                let before = before(String::new(), String::new(), String::new());
                say(before.chain(empty).chain([String::new(), String::new(), message.clone()]));
            }
        }
    }
}

/// The value of an id; empty for what is not measurable, or not of one band.
fn cell(values: &[(&'static str, Figure)], id: &str) -> String {
    let value = values.iter().find(|(known, _)| *known == id).and_then(|(_, figure)| figure.ok());
    value.map_or_else(String::new, |value| value.to_string())
}

fn reasons(values: &[(&'static str, Figure)]) -> String {
    let reason = |(id, figure): &(&str, Figure)| Some(format!("{id}: {}", figure.err()?));
    values.iter().filter_map(reason).collect::<Vec<_>>().join("; ")
}

/// Prints a row. Whoever has closed stdout does not want it.
fn say(cells: impl Iterator<Item = String>) {
    let mut row = Vec::new();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut row);
    let written = writer.write_record(cells.map(String::into_bytes)).is_ok() && writer.flush().is_ok();
    drop(writer);
    if written {
        let _ = std::io::stdout().write_all(&row);
    }
}
