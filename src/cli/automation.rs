//! Automation files: settings and the impulse over time, as text that people write or a spreadsheet saves.
//!
//! A line is a time, a setting's id and a value: `2.5 s, decay_high, 50 %`. A time without a unit is in seconds. The
//! order of the lines matters only where they have the same time. In the place of a setting `impulse` may stand, and
//! its value is a built-in space or a file: `4, impulse, plate`. The form of the lines is that of a `sheet`, whose
//! first line may be a header.

mod sheet;

use super::{room, wrong};
use crate::impulse::recipe::Source;
use crate::settings::{self, Scale, Settings};
use clap::error::ErrorKind;
use sheet::{Row, Wrong};
use std::path::Path;

/// Longest time in seconds: a day.
const LONGEST: f64 = 86_400.0;

/// The name of the impulse, among those of the settings.
const IMPULSE: &str = "impulse";

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

/// The [moments] of a file, which begins with these settings and this impulse.
///
/// # Errors
/// An error of usage that names the file, the line and the reason; also for an impulse file that is not there.
pub(super) fn read(path: &Path, settings: Settings, source: &Source) -> Result<Vec<Moment>, clap::Error> {
    let bytes =
        std::fs::read(path).map_err(|error| wrong(ErrorKind::Io, format_args!("{}: {error}", path.display())))?;
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let moments =
        sheet::decoded(&bytes).and_then(|text| moments(&text, settings, source, &|named| room::named(named, folder)));
    moments.map_err(|(line, reason)| {
        wrong(ErrorKind::ValueValidation, format_args!("{}, line {line}: {reason}", path.display()))
    })
}

/// Settings and impulse at each time at which some change, in ascending order of seconds; before the first they are as
/// given. `find` makes an impulse of its name.
///
/// # Errors
/// The number of the first line that cannot be read, from 1, and the reason.
pub fn moments(
    text: &str,
    mut settings: Settings,
    source: &Source,
    find: &dyn Fn(&str) -> Result<Source, String>,
) -> Result<Vec<Moment>, Wrong> {
    let (rows, separator) = sheet::rows(text, is_name);
    let rows = if rows.first().is_some_and(is_header) { &rows[1..] } else { &rows };
    let point = |row: &Row| point(&row.fields, separator, find).map_err(|reason| (row.line, reason));
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
    Ok(moments)
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
    row.fields.len() >= 3 && !has_digit(&row.fields[0]) && !is_name(&row.fields[1])
}

fn point(
    fields: &[String],
    separator: char,
    find: &dyn Fn(&str) -> Result<Source, String>,
) -> Result<(f64, Becomes), String> {
    let [time, name, value @ ..] = fields else { return Err(wanted()) };
    if value.is_empty() {
        return Err(wanted());
    }
    // A value may hold the separator: "0.5, predelay, 0,25 s".
    let value = value.join(separator.encode_utf8(&mut [0; 4]));
    let seconds = seconds(time).ok_or_else(|| format!("{time} is no time from 0 on"))?;
    let id = id(name);
    if id == IMPULSE {
        return Ok((seconds, Becomes::Impulse(find(&value)?)));
    }
    let setting = settings::find(&id).ok_or_else(|| {
        let hint = if separator == ',' && id.parse::<f64>().is_ok() {
            "where commas separate, a number with a decimal comma stands in quotation marks"
        } else {
            "`transept render --help` names them"
        };
        format!("there is no setting {id}; {hint}")
    })?;
    let value = setting.read(&value).ok_or_else(|| format!("{value} is no value of {id}"))?;
    Ok((seconds, Becomes::Setting(setting.id, value)))
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
        moments(text, Settings::default(), &room("hall"), &find)
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
            "Time, in s,Setting,Value\n0.5,wet,\u{2212}6.5,,\n1,predelay,0,25 s,,",
            "0,5 s;wet;-6,5\n1000 ms;predelay;250",
        ] {
            assert_eq!(read(text).as_ref(), Ok(&plain), "{text}");
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
            ("\n\n0, wet, loud", 3, "loud"),
            ("0, wet, -6\n1, impulse, gone", 2, "gone is not there"),
        ] {
            let (found, message) = read(text).expect_err("refused");
            assert!(found == line && message.contains(reason), "{text}: {found}: {message}");
        }
    }
}
