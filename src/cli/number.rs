//! The numbers that are options of `transept render`, each within its range; clap puts the option and the value before
//! what is said here.

use crate::chain::settings::*;
use crate::render::SAMPLE_RATES;
use std::fmt::Display;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// More at once would only cost memory.
const MOST_FRAMES: NonZeroUsize = NonZeroUsize::new(1 << 20).expect("it is not 0");

pub(super) fn level(text: &str) -> Result<f32, String> {
    number_or_off(text, &LEVEL, "dB", LEVEL_OFF)
}

pub(super) fn output_level(text: &str) -> Result<f32, String> {
    number(text, &OUTPUT, "dB")
}

pub(super) fn predelay(text: &str) -> Result<f32, String> {
    number(text, &PREDELAY, "ms")
}

pub(super) fn low_cut(text: &str) -> Result<f32, String> {
    number_or_off(text, &LOW_CUT, "Hz", LOW_CUT_OFF)
}

pub(super) fn high_cut(text: &str) -> Result<f32, String> {
    number_or_off(text, &HIGH_CUT, "Hz", HIGH_CUT_OFF)
}

pub(super) fn width(text: &str) -> Result<f32, String> {
    number(text, &WIDTH, "%")
}

pub(super) fn rate(text: &str) -> Result<u32, String> {
    number(text, &SAMPLE_RATES, "Hz")
}

pub(super) fn block(text: &str) -> Result<NonZeroUsize, String> {
    number(text, &(NonZeroUsize::MIN..=MOST_FRAMES), "frames")
}

/// A number within its range, or the word for the end of it that means off.
fn number_or_off(text: &str, range: &RangeInclusive<f32>, unit: &str, off: f32) -> Result<f32, String> {
    if text.eq_ignore_ascii_case("off") {
        return Ok(off);
    }
    number(text, range, unit).map_err(|wanted| format!("{wanted}, or off"))
}

fn number<N>(text: &str, range: &RangeInclusive<N>, unit: &str) -> Result<N, String>
where
    N: FromStr + PartialOrd + Display,
{
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("a number from {} to {} {unit} is wanted", range.start(), range.end()))
}
