//! Values as people read and type them.
//!
//! Every text that [`show`](Scale::show) writes is read back by [`read`](Scale::read) as the same value. Units may be left
//! out, and upper or lower case and a decimal comma do not matter.

/// What the numbers of a parameter mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Decibels.
    Decibels,
    /// Milliseconds.
    Milliseconds,
    /// Hertz, shown in kilohertz from 1000 on.
    Hertz,
    /// Per cent.
    Percent,
}

/// Shown and typed for a level of nothing and for a filter that is open.
pub const OFF: &str = "off";

impl Scale {
    /// A value with its unit. `off` is the value that means off, where one does.
    #[must_use]
    pub fn show(self, value: f32, off: Option<f32>) -> String {
        if off == Some(value) {
            return OFF.to_owned();
        }
        match self {
            Self::Decibels => format!("{:.1} dB", without_sign_of_zero(value, 0.1)),
            Self::Milliseconds => format!("{value:.1} ms"),
            Self::Hertz if value.round() < 1000.0 => format!("{value:.0} Hz"),
            Self::Hertz => format!("{} kHz", value.round() / 1000.0),
            Self::Percent => format!("{value:.0} %"),
        }
    }

    /// The value of a text, `None` when it is none. Where `off` is given, "off" means it; so does "-inf" for decibels.
    #[must_use]
    pub fn read(self, text: &str, off: Option<f32>) -> Option<f32> {
        let text = text.trim().to_lowercase().replace('\u{2212}', "-").replace(',', ".");
        if text == OFF {
            return off;
        }
        // The longer unit first: "kHz" ends with "Hz" and "ms" with "s".
        let units: &[(&str, f32)] = match self {
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
        number.parse::<f32>().ok().map(|value| value * factor).filter(|value| value.is_finite())
    }
}

/// "-0.0" is a strange thing to read beside a knob.
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
            ("off", Some(-60.0)),
            ("OFF", Some(-60.0)),
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
        assert_eq!(Scale::Hertz.read("off", Some(20.0)), Some(20.0));
        assert_eq!(Scale::Percent.read("150%", None), Some(150.0));
        assert_eq!(Scale::Percent.read("off", None), None, "a width is never off");
    }

    #[test]
    fn off_and_zero_read_well() {
        assert_eq!(Scale::Decibels.show(-60.0, Some(-60.0)), "off");
        assert_eq!(Scale::Decibels.show(-0.01, Some(-60.0)), "0.0 dB");
        assert_eq!(Scale::Hertz.show(20_000.0, Some(20_000.0)), "off");
        assert_eq!(Scale::Hertz.show(12_340.0, Some(20_000.0)), "12.34 kHz");
    }
}
