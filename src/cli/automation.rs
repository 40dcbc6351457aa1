//! Automation files: settings over time, as text.
//!
//! A line is a time, a setting's id and a value, separated by commas: `2.5 s, decay_high, 50 %`. A time without a unit
//! is in seconds. Empty lines and what follows a `#` are left aside; the order of the lines matters only where they
//! have the same time.

use super::wrong;
use crate::settings::{self, Scale, Settings};
use clap::error::ErrorKind;
use std::path::Path;

/// Longest time in seconds: a day.
const LONGEST: f64 = 86_400.0;

/// The [moments] of a file.
///
/// # Errors
/// An error of usage that names the file, the line and the reason.
pub(super) fn read(path: &Path, settings: Settings) -> Result<Vec<(f64, Settings)>, clap::Error> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| wrong(ErrorKind::Io, format_args!("{}: {error}", path.display())))?;
    moments(&text, settings).map_err(|(line, reason)| {
        wrong(ErrorKind::ValueValidation, format_args!("{}, line {line}: {reason}", path.display()))
    })
}

/// The settings at each time at which some change, in ascending order of seconds; before the first they are as given.
///
/// # Errors
/// The number of the first line that cannot be read, from 1, and the reason.
pub fn moments(text: &str, mut settings: Settings) -> Result<Vec<(f64, Settings)>, (usize, String)> {
    let mut points = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.split('#').next().unwrap_or_default().trim();
        if !line.is_empty() {
            points.push(point(line).map_err(|reason| (number, reason))?);
        }
    }
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut moments: Vec<(f64, Settings)> = Vec::new();
    for (seconds, id, value) in points {
        settings.set(id, value);
        match moments.last_mut().filter(|moment| moment.0 == seconds) {
            Some(moment) => moment.1 = settings,
            None => moments.push((seconds, settings)),
        }
    }
    Ok(moments)
}

fn point(line: &str) -> Result<(f64, &'static str, settings::Value), String> {
    let mut parts = line.splitn(3, ',').map(str::trim);
    let (Some(time), Some(id), Some(value)) = (parts.next(), parts.next(), parts.next()) else {
        return Err("a time, a setting and a value are wanted, separated by commas".to_owned());
    };
    let seconds = seconds(time).ok_or_else(|| format!("{time} is no time from 0 on"))?;
    let id = id.replace('-', "_");
    let setting =
        settings::find(&id).ok_or_else(|| format!("there is no setting {id}; `transept render --help` names them"))?;
    let value = setting.read(value).ok_or_else(|| format!("{value} is no value of {id}"))?;
    Ok((seconds, setting.id, value))
}

fn seconds(text: &str) -> Option<f64> {
    let seconds = match text.parse::<f64>() {
        Ok(seconds) => seconds,
        Err(_) => f64::from(Scale::Milliseconds.read(text, None)?) / 1000.0,
    };
    (0.0..=LONGEST).contains(&seconds).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_settings_over_time() {
        let text = "# a ride\n1.5, wet, -6 dB\n500 ms, decay_high, 50 %  # darker\n\n1.5 s, dry, off\n";
        let moments = moments(text, Settings::default()).expect("readable");
        let fresh = Settings::default();
        let darker = Settings { decay_high: 50.0, ..fresh };
        assert_eq!(moments, [(0.5, darker), (1.5, Settings { wet: -6.0, dry: -60.0, ..darker })]);
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_line() {
        for (text, line, reason) in [
            ("0, wet", 1, "commas"),
            ("0, wet, -6\n-1, wet, 0", 2, "no time"),
            ("soon, wet, -6", 1, "no time"),
            ("nan, wet, -6", 1, "no time"),
            ("0, mood, blue", 1, "no setting mood"),
            ("\n\n0, wet, loud", 3, "loud"),
        ] {
            let (found, message) = moments(text, Settings::default()).expect_err("refused");
            assert!(found == line && message.contains(reason), "{text}: {found}: {message}");
        }
    }
}
