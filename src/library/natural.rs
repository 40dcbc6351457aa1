//! The order in which people number things: 2 before 10.

use std::cmp::Ordering;
use std::path::Path;

/// Compares the names of two files: numbers by value, letters whatever their case; what remains equal by its bytes, so
/// that only a name itself is equal to it.
pub fn by_name(a: &Path, b: &Path) -> Ordering {
    let (a, b) = (a.file_name().unwrap_or_default(), b.file_name().unwrap_or_default());
    let text = |name: &std::ffi::OsStr| name.to_string_lossy().to_lowercase();
    by_text(&text(a), &text(b)).then_with(|| a.cmp(b))
}

/// Compares two texts in small letters: numbers by value.
pub fn by_text(mut a: &str, mut b: &str) -> Ordering {
    loop {
        let (first, second) = (number(a), number(b));
        let order = match (first.is_empty(), second.is_empty()) {
            (false, false) => {
                a = &a[first.len()..];
                b = &b[second.len()..];
                value(first).cmp(&value(second))
            }
            _ => {
                let (mut left, mut right) = (a.chars(), b.chars());
                let order = match (left.next(), right.next()) {
                    (None, None) => return Ordering::Equal,
                    (one, other) => one.cmp(&other),
                };
                (a, b) = (left.as_str(), right.as_str());
                order
            }
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// The digits at the start.
fn number(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())]
}

/// Compares like the number itself, however long: of numbers without leading zeros the longer one is greater.
fn value(digits: &str) -> (usize, &str) {
    let digits = digits.trim_start_matches('0');
    (digits.len(), digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_by_value_and_letters_without_their_case() {
        let ordered = [
            "",
            " x.wav",
            "1.wav",
            "2.wav",
            "10.wav",
            "18446744073709551616.wav",
            "99999999999999999999999999.wav",
            "Hall 2.wav",
            "hall 3.wav",
            "Hall 10 a.wav",
            "Hall 10 b.wav",
            "hall 010 b.wav",
            "hall.wav",
            "halls.wav",
            "Ä.wav",
            "ä.wav",
        ];
        for (i, a) in ordered.iter().enumerate() {
            for (j, b) in ordered.iter().enumerate() {
                assert_eq!(by_name(Path::new(a), Path::new(b)), i.cmp(&j), "{a:?} and {b:?}");
            }
        }
    }
}
