//! Numbers as users read and type them.
//!
//! Every text that [`show`](Scale::show) writes is read back by [`read`](Scale::read) as the same value, to the step.
//! A unit may be missing, case does not matter, and the decimal separator may be a comma.

/// The unit of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Decibels.
    Decibels,
    /// Milliseconds, shown in seconds from 1000 on.
    Milliseconds,
    /// Hertz, shown in kilohertz from 1000 on.
    Hertz,
    /// Per cent.
    Percent,
}

/// Text for a level of nothing, for a filter that is open, and for a switch that is off.
pub const OFF: &str = "off";

impl Scale {
    /// The unit of the numbers in [`Settings`](super::Settings).
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Decibels => "dB",
            Self::Milliseconds => "ms",
            Self::Hertz => "Hz",
            Self::Percent => "%",
        }
    }

    /// The text of a value with its unit, as fine as its steps.
    #[must_use]
    pub fn show(self, value: f32, step: f32) -> String {
        let decimals = usize::from(step < 1.0);
        match self {
            Self::Decibels => format!("{:.1} dB", without_sign_of_zero(value, 0.1)),
            Self::Milliseconds if value < 1000.0 - step / 2.0 => format!("{value:.decimals$} ms"),
            Self::Milliseconds => {
                let seconds = format!("{:.*}", 3 + decimals, f64::from(value) / 1000.0);
                format!("{} s", seconds.trim_end_matches('0').trim_end_matches('.'))
            }
            Self::Hertz if value.round() < 1000.0 => format!("{value:.0} Hz"),
            Self::Hertz => format!("{} kHz", value.round() / 1000.0),
            Self::Percent => format!("{value:.0} %"),
        }
    }

    /// The value of a text; `None` if it is no number. In decibels "-inf" is `off`, if that is given.
    #[must_use]
    pub fn read(self, text: &str, off: Option<f32>) -> Option<f32> {
        let text = tidied(text);
        // The longer unit first: "kHz" ends with "Hz" and "ms" with "s".
        let units: &[(&str, f64)] = match self {
            Self::Decibels => &[("db", 1.0)],
            Self::Milliseconds => &[("ms", 1.0), ("s", 1000.0)],
            Self::Hertz => &[("khz", 1000.0), ("k", 1000.0), ("hz", 1.0)],
            Self::Percent => &[("%", 1.0)],
        };
        let (number, factor) = units
            .iter()
            .find_map(|(unit, factor)| text.strip_suffix(unit).map(|number| (number.trim_end(), *factor)))
            .unwrap_or((&text, 1.0));
        if self == Self::Decibels && matches!(number, "-inf" | "-\u{221e}") {
            return off;
        }
        number.parse::<f64>().ok().map(|value| (value * factor) as f32).filter(|value| value.is_finite())
    }
}

/// A text in lower case, with a plain minus sign and decimal point, without spaces around it.
pub(super) fn tidied(text: &str) -> String {
    text.trim().to_lowercase().replace('\u{2212}', "-").replace(',', ".")
}

/// Avoids "-0.0" as the text of a value.
fn without_sign_of_zero(value: f32, step: f32) -> f32 {
    if value.abs() < step / 2.0 { 0.0 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_can_be_typed_with_and_without_its_unit() {
        for (text, value) in [
            ("-6", Some(-6.0)),
            ("-6 dB", Some(-6.0)),
            ("-6dB", Some(-6.0)),
            ("−6,5 DB", Some(-6.5)),
            (" +3 ", Some(3.0)),
            ("-inf dB", Some(-60.0)),
            ("-∞", Some(-60.0)),
            ("inf", None),
            ("nan", None),
            ("loud", None),
            ("", None),
        ] {
            assert_eq!(Scale::Decibels.read(text, Some(-60.0)), value, "{text:?}");
        }
    }

    #[test]
    fn times_and_frequencies_can_be_typed_in_either_unit() {
        assert_eq!(Scale::Milliseconds.read("0.25 s", None), Some(250.0));
        assert_eq!(Scale::Milliseconds.read("20ms", None), Some(20.0));
        assert_eq!(Scale::Hertz.read("12k", None), Some(12_000.0));
        assert_eq!(Scale::Hertz.read("1.5 kHz", None), Some(1500.0));
        assert_eq!(Scale::Hertz.read("80 Hz", None), Some(80.0));
        assert_eq!(Scale::Percent.read("150%", None), Some(150.0));
    }

    #[test]
    fn values_read_well() {
        assert_eq!(Scale::Decibels.show(-0.01, 0.1), "0.0 dB");
        assert_eq!(Scale::Hertz.show(12_340.0, 10.0), "12.34 kHz");
        assert_eq!(Scale::Milliseconds.show(20.0, 0.1), "20.0 ms");
        assert_eq!(Scale::Milliseconds.show(999.94, 0.1), "999.9 ms");
        assert_eq!(Scale::Milliseconds.show(999.96, 0.1), "1 s");
        assert_eq!(Scale::Milliseconds.show(1234.5, 0.1), "1.2345 s");
        assert_eq!(Scale::Milliseconds.show(20.0, 1.0), "20 ms");
        assert_eq!(Scale::Milliseconds.show(12_500.0, 1.0), "12.5 s");
    }
}
