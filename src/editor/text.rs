//! Texts of the window.

/// A text with a minus in place of the hyphen, which is too short to be seen before a figure.
#[must_use]
pub fn with_minus(text: &str) -> String {
    text.replace('-', "−")
}

/// Decibels with one decimal: signed, with a true minus, and never `-0.0`.
#[must_use]
pub fn decibels(value: f64) -> String {
    if value == f64::NEG_INFINITY {
        return "−∞ dB".to_owned();
    }
    let tenths = (value * 10.0).round() / 10.0;
    let plus = if tenths > 0.0 { "+" } else { "" };
    // Adding zero takes the sign from a negative zero.
    with_minus(&format!("{plus}{:.1} dB", tenths + 0.0))
}

/// A word with its first letter in upper case.
#[must_use]
pub fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decibels_are_signed_and_never_minus_zero() {
        assert_eq!(decibels(-7.34), "−7.3 dB");
        assert_eq!(decibels(12.0), "+12.0 dB");
        assert_eq!(decibels(-0.04), "0.0 dB");
        assert_eq!(decibels(f64::NEG_INFINITY), "−∞ dB");
    }
}
