//! Automation files: settings and the impulse over time, as text that people write or a spreadsheet saves.
//!
//! A line is a time, a setting's id and a value: `2.5 s, decay_high, 50 %`. A time without a unit is in seconds. The
//! order of the lines matters only where they have the same time. In the place of a setting `impulse` may stand, and
//! its value is a built-in space or a file: `4, impulse, plate`. The form of the lines is that of a `sheet`, whose
//! first line may be a header.

mod sheet;

use super::{room, warn, wrong};
use crate::impulse::recipe::Source;
use crate::settings::{self, Scale, Settings};
use clap::error::ErrorKind;
use sheet::{Row, Wrong};
use std::path::Path;

/// Longest time in seconds: a day.
const LONGEST: f64 = 86_400.0;

/// The name of the impulse, among those of the settings.
const IMPULSE: &str = "impulse";

/// Columns that are read: of times, of names and of values.
const COLUMNS: usize = 3;

/// The column of values.
const VALUE: usize = 2;

/// What to do where a comma may be one in a value.
const QUOTE: &str = "where a value has the separator in it, it stands in quotation marks";
const NAMES: &str = "`transept render --help` names them";
const REMARK: &str = "a remark stands behind a #, or in a column with a title of its own";

/// What counts from a time on.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// The time in seconds.
    pub seconds: f64,
    /// All settings.
    pub settings: Settings,
    /// The first impulse.
    pub source: Source,
}

/// The [moments](Automation::of_text) of a file, which begins with these settings and this impulse. Prints what of the
/// file is left out.
///
/// # Errors
/// An error of usage that names the file, the line and the reason; also for an impulse file that is not there.
pub(super) fn read(path: &Path, settings: Settings, source: &Source) -> Result<Vec<Moment>, clap::Error> {
    let bytes =
        std::fs::read(path).map_err(|error| wrong(ErrorKind::Io, format_args!("{}: {error}", path.display())))?;
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let find = |named: &str| room::named(named, folder);
    let read = sheet::decoded(&bytes).and_then(|text| Automation::of_text(&text, settings, source, &find));
    let Automation { moments, left_out } = read.map_err(|(line, reason)| {
        wrong(ErrorKind::ValueValidation, format_args!("{}, line {line}: {reason}", path.display()))
    })?;
    if !left_out.is_empty() {
        warn(path, format_args!("is read without what stands below {}", left_out.join(", ")));
    }
    Ok(moments)
}

/// What was read of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Automation {
    /// Settings and impulse at each time at which some change, in ascending order of seconds.
    pub moments: Vec<Moment>,
    /// Titles of the columns that are left out, of those in which something stands.
    pub left_out: Vec<String>,
}

impl Automation {
    /// Before the first moment settings and impulse are as given. `find` makes an impulse of its name.
    ///
    /// # Errors
    /// The number of the first line that cannot be read, from 1, and the reason.
    pub fn of_text(
        text: &str,
        mut settings: Settings,
        source: &Source,
        find: &dyn Fn(&str) -> Result<Source, String>,
    ) -> Result<Self, Wrong> {
        let (rows, separator) = sheet::rows(text, is_name)?;
        let (header, rows) = match rows.split_first() {
            Some((first, rest)) if is_header(first) => (Some(first), rest),
            _ => (None, &rows[..]),
        };
        let columns = header.map_or(COLUMNS, Row::count);
        let reading = Reading { columns, separator, find };
        let point = |row: &Row| reading.point(row).map_err(|reason| (row.line, reason));
        let mut points = rows.iter().map(point).collect::<Result<Vec<_>, _>>()?;
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut source = source.clone();
        let mut moments: Vec<Moment> = Vec::new();
        for (seconds, becomes) in points {
            match becomes {
                Becomes::Setting(id, value) => drop(settings.set(id, value)),
                Becomes::Impulse(other) => source = other,
            }
            let moment = Moment { seconds, settings, source: source.clone() };
            match moments.last_mut().filter(|last| last.seconds == seconds) {
                Some(last) => *last = moment,
                None => moments.push(moment),
            }
        }
        let is_used = |column: &usize| rows.iter().any(|row| !row.field(*column).is_empty());
        let title = |column: usize| match header.map_or("", |header| header.field(column)) {
            "" => format!("the title of column {}", column + 1),
            title => format!("\"{}\"", title.split_whitespace().collect::<Vec<_>>().join(" ")),
        };
        Ok(Self { moments, left_out: (COLUMNS..columns).filter(is_used).map(title).collect() })
    }
}

/// A change at a time.
enum Becomes {
    Setting(&'static str, settings::Value),
    Impulse(Source),
}

/// The id that a field means.
fn id(field: &str) -> String {
    field.to_lowercase().replace('-', "_")
}

fn is_name(field: &str) -> bool {
    let id = id(field);
    id == IMPULSE || settings::find(&id).is_some()
}

/// True for a row of titles: three or more, of which the first has no digit, as a time has, and the second is no name.
fn is_header(row: &Row) -> bool {
    let has_digit = |field: &str| field.contains(|letter: char| letter.is_ascii_digit());
    row.count() >= COLUMNS && !has_digit(row.field(0)) && !is_name(row.field(1))
}

/// How rows are read.
struct Reading<'a> {
    /// As many as the header has; three without a header.
    columns: usize,
    separator: char,
    find: &'a dyn Fn(&str) -> Result<Source, String>,
}

impl Reading<'_> {
    fn point(&self, row: &Row) -> Result<(f64, Becomes), String> {
        if row.count() < COLUMNS {
            return Err(wanted());
        }
        let (time, id) = (row.field(0), id(row.field(1)));
        let seconds = seconds(time).ok_or_else(|| format!("{time} is no time from 0 on"))?;
        if id != IMPULSE && settings::find(&id).is_none() {
            let hint = if self.separator == ',' && id.parse::<f64>().is_ok() { QUOTE } else { NAMES };
            return Err(format!("there is no setting {id}; {hint}"));
        }
        // A value may hold the separator: "0.5, predelay, 0,25 s".
        let whole = row.rest(VALUE, self.separator);
        if self.columns == COLUMNS {
            let is_longer = row.count() > COLUMNS;
            let hint = |reason| if is_longer { format!("{reason}; {REMARK}") } else { reason };
            return Ok((seconds, self.becomes(&id, &whole).map_err(hint)?));
        }
        if row.count() > self.columns {
            return Err(format!("there are {} fields below {} titles; {QUOTE}", row.count(), self.columns));
        }
        let value = row.field(VALUE);
        match self.becomes(&id, value) {
            Ok(_) if row.count() > COLUMNS && self.becomes(&id, &whole).is_ok() => {
                Err(format!("the value may be {value} or {whole}; {QUOTE}"))
            }
            becomes => Ok((seconds, becomes?)),
        }
    }

    /// What a value means for a setting of this id, or for the impulse.
    fn becomes(&self, id: &str, value: &str) -> Result<Becomes, String> {
        let Some(setting) = settings::find(id) else { return Ok(Becomes::Impulse((self.find)(value)?)) };
        match setting.read_within(value) {
            Ok(value) => Ok(Becomes::Setting(setting.id, value)),
            Err(wanted) => Err(format!("{value} is no value of {id}: {wanted}")),
        }
    }
}

fn wanted() -> String {
    "a time, a setting and a value are wanted, separated by commas, semicolons or tabs".to_owned()
}

fn seconds(text: &str) -> Option<f64> {
    // Within a field a comma can only be a decimal one.
    let text = text.replace(',', ".");
    let seconds = match text.parse::<f64>() {
        Ok(seconds) => seconds,
        Err(_) => f64::from(Scale::Milliseconds.read(&text, None)?) / 1000.0,
    };
    (0.0..=LONGEST).contains(&seconds).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impulse::recipe::Recipe;

    fn read(text: &str) -> Result<Vec<Moment>, Wrong> {
        let find = |name: &str| if name == "gone" { Err("gone is not there".to_owned()) } else { Ok(room(name)) };
        Ok(Automation::of_text(text, Settings::default(), &room("hall"), &find)?.moments)
    }

    fn room(id: &str) -> Source {
        Recipe::space(id).source
    }

    #[test]
    fn lines_become_settings_over_time() {
        let text = "# a ride\n1.5, wet, -6 dB\n500 ms, decay_high, 50 %  # darker\n\n1.5 s, dry, off\n";
        let fresh = Settings::default();
        let darker = Settings { decay_high: 50.0, ..fresh };
        let moment = |seconds, settings| Moment { seconds, settings, source: room("hall") };
        let expected = [moment(0.5, darker), moment(1.5, Settings { wet: -6.0, dry: -60.0, ..darker })];
        assert_eq!(read(text).expect("readable"), expected);
    }

    #[test]
    fn the_impulse_changes_beside_the_settings() {
        let moments = read("1, impulse, plate\n2, wet, -6\n3, Impulse, room\n3, wet, 0").expect("readable");
        let found: Vec<_> = moments.iter().map(|m| (m.seconds, m.settings.wet, m.source.display_name())).collect();
        let wet = Settings::default().wet;
        assert_eq!(found, [(1.0, wet, "plate".into()), (2.0, -6.0, "plate".into()), (3.0, 0.0, "room".into())]);
    }

    #[test]
    fn what_a_spreadsheet_saves_is_what_is_written_by_hand() {
        let plain = read("0.5, wet, -6.5 dB\n1, predelay, 250 ms").expect("readable");
        for text in [
            "0,5;wet;-6,5 dB\r\n1;predelay;0,25 s\r\n",
            "0,5\tWET\t-6,5\n1\tPredelay\t250",
            "Zeit;Regler;Wert;\n0,5;wet;-6,5\u{a0}dB;\n;;;\n1;predelay;250;",
            "\"0,5\",\"wet\",\"-6,5 dB\"\n1,predelay,\"0,25 s\"",
            "\"Time, in s\",Setting,Value\n0.5,wet,\u{2212}6.5,,\n1,predelay,0,25 s,,",
            "Time,Setting,\"Value\nwith its unit\"\n0.5,wet,-6.5\n1,predelay,0,25 s",
            "Time,Setting,Value,Comment\n0.5,wet,-6.5,louder\n1,predelay,\"0,25 s\"",
            "0,5 s;wet;-6,5\n1000 ms;predelay;250",
        ] {
            assert_eq!(read(text).as_ref(), Ok(&plain), "{text}");
        }
    }

    #[test]
    fn columns_with_titles_of_their_own_are_left_out_and_named() {
        let left_out = |text: &str| {
            let find = |name: &str| Ok(room(name));
            Automation::of_text(text, Settings::default(), &room("hall"), &find).expect("readable").left_out
        };
        for (text, titles) in [
            ("0, wet, -6", &[][..]),
            ("t;s;v;Comment;;\n0;wet;-6", &[]),
            ("t;s;v;Comment;who\n0;wet;-6,5;louder;;\n1;wet;0", &["\"Comment\""]),
            ("t;s;v;\"Comment\nof mine\"\n0;wet;-6;\"a;\nb\"", &["\"Comment of mine\""]),
            ("t;s;v;;who\n0;wet;-6;louder;me", &["the title of column 4", "\"who\""]),
        ] {
            assert_eq!(left_out(text), titles, "{text}");
        }
    }

    #[test]
    fn a_comma_in_a_name_is_a_part_of_it() {
        for text in ["0, impulse, a, b.wav", "0,impulse,\"a, b.wav\"", "0; impulse; a, b.wav"] {
            assert_eq!(read(text).expect("readable")[0].source, room("a, b.wav"), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_line() {
        for (text, line, reason) in [
            ("0, wet", 1, "commas"),
            ("0;wet;;", 1, "semicolons"),
            ("hello", 1, "commas"),
            ("0, wet, -6\n-1, wet, 0", 2, "no time"),
            ("soon, wet, -6", 1, "no time"),
            ("nan, wet, -6", 1, "no time"),
            ("1.000,5;wet;-6", 1, "no time"),
            ("0, mood, blue", 1, "no setting mood"),
            ("a, b, c\nd, e, f", 2, "no time"),
            ("0,5,wet,-6,5", 1, "quotation marks"),
            ("0, wet, 600", 1, "600 is no value of wet: a number from -60 to 12 dB is wanted, or off"),
            ("0;reverse;maybe", 1, "on or off is wanted"),
            ("0, wet, -6, louder", 1, "a remark stands behind a #"),
            ("0, impulse, gone", 1, "gone is not there"),
            ("0, wet, \"-6\n1, wet, 0", 1, "quotation mark"),
            ("t,s,v,comment\n0,wet,-6,5", 2, "the value may be -6 or -6,5"),
            ("t,s,v,comment\n0,impulse,a,b.wav", 2, "the value may be a or a,b.wav"),
            ("t,s,v,comment\n0,wet,-6,louder,and", 2, "5 fields below 4 titles"),
            ("\n\n0, wet, loud", 3, "loud"),
            ("0, wet, -6\n1, impulse, gone", 2, "gone is not there"),
        ] {
            let (found, message) = read(text).expect_err("refused");
            assert!(found == line && message.contains(reason), "{text}: {found}: {message}");
        }
    }
}
