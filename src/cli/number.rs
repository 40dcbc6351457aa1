//! The numbers that are options of `transept render` and no settings, each within its range; clap puts the option and
//! the value before what is said here.

use crate::render::SAMPLE_RATES;
use std::fmt::Display;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// More at once would only cost memory.
const MOST_FRAMES: NonZeroUsize = NonZeroUsize::new(1 << 20).expect("it is not 0");

/// More than machines have cores, and fewer than they have threads to give.
const MOST_JOBS: NonZeroUsize = NonZeroUsize::new(1024).expect("it is not 0");

pub(super) fn rate(text: &str) -> Result<u32, String> {
    number(text, &SAMPLE_RATES, "Hz")
}

pub(super) fn block(text: &str) -> Result<NonZeroUsize, String> {
    number(text, &(NonZeroUsize::MIN..=MOST_FRAMES), "frames")
}

pub(super) fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    number(text, &(NonZeroUsize::MIN..=MOST_JOBS), "files")
}

pub(super) fn tempo(text: &str) -> Result<f64, String> {
    number(text, &(1.0..=1000.0), "BPM")
}

fn number<N>(text: &str, range: &RangeInclusive<N>, unit: &str) -> Result<N, String>
where
    N: FromStr + PartialOrd + Display,
{
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("a number from {} to {} {unit} is wanted", range.start(), range.end()))
}
