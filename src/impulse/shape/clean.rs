//! The part of a recording that is cleaned, and how much of it is kept.

use super::trim::{self, Cut, Trim};
use crate::cancel::{Cancelled, Token};
use crate::impulse::{Impulse, MAX_SECONDS};
use std::ops::Range;

/// The samples whose tail is cleaned: all from the start on, and what follows an end that is told is none of the
/// recording. The noise before an end that is found automatically is to be seen, and no decay of a minute.
pub(super) fn before(impulse: &Impulse, trim: Trim, cancel: &Token) -> Result<Range<usize>, Cancelled> {
    if trim.end != Cut::Auto {
        return Ok(trim::left(impulse, trim, cancel)?.samples);
    }
    let kept = trim::left(impulse, Trim { end: Cut::Off, ..trim }, cancel)?.samples;
    let most = MAX_SECONDS as usize * impulse.sample_rate() as usize;
    Ok(kept.start..kept.end.min(kept.start + most))
}

/// How many samples are kept of what was cleaned: up to the end that is told, or that is found in what was cleaned.
pub(super) fn after(cleaned: &Impulse, before: &Range<usize>, trim: Trim, cancel: &Token) -> Result<usize, Cancelled> {
    match trim.end {
        Cut::Off => Ok(cleaned.len()),
        Cut::At(_) => Ok(cleaned.len().min(before.len())),
        Cut::Auto => Ok(trim::left(cleaned, Trim { start: Cut::Off, end: Cut::Auto }, cancel)?.samples.end),
    }
}
