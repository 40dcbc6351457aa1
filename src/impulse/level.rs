//! Levels: by loudness for rooms, by the peak of the spectrum for loudspeaker [cabinets](cabinet_gain).
//!
//! Two impulses of one energy or one peak can differ by 10 dB and more in how loud they make what goes through them.
//! What is matched here is the gain on pink noise as a listener weighs it:
//!
//! ```text
//! G = Σ ∫ |H|² |K|² / f df  ÷  N ∫ |K|² / f df        from 20 Hz to 20 kHz
//! ```
//!
//! with `H` the spectra of the paths as they are played, `N` the number of outputs, and `K` the K-weighting of ITU-R
//! BS.1770-4. Outputs for low-frequency effects do not count, and of ambisonics counts the first harmonic alone. Where
//! two inputs lead to one output, [`Meter::loudness`] says how their paths add.
//!
//! A room is matched in two steps. The recording as it is gets whatever gain it needs. Then what its shape makes louder
//! or softer is made up for by at most [`MOST_COMPENSATION`], so that a knob changes the character of a room and not
//! its loudness. Trims and fades are cuts, and what they leave keeps its level.

mod cabinet;

use super::layout::Route;
use super::meter::{Measured, Meter};
use crate::cancel::{Cancelled, Token};
use crate::channels::ChannelLayout;
pub use cabinet::cabinet_gain;
use std::borrow::Cow;

/// Most decibels by which the level makes up for a shape, up or down.
pub const MOST_COMPENSATION: f64 = 12.0;

/// How loud a room is, and what its shape makes of that: loudnesses as [`Meter::loudness`] gives them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoomLevel {
    /// Of the recording, as it is.
    pub recorded: f64,
    /// Of what trimming leaves of it, …
    pub trimmed: f64,
    /// … and of that in its shape, without its fades.
    pub shaped: f64,
}

impl RoomLevel {
    /// Gain for all paths, as a factor; 1 for silence.
    #[must_use]
    pub fn gain(&self) -> f64 {
        matching(self.recorded) * self.compensation()
    }

    /// The part of the gain that makes up for the shape, as a factor.
    #[must_use]
    pub fn compensation(&self) -> f64 {
        compensation(self.trimmed / self.shaped)
    }
}

/// The gain, as a factor, that turns a loudness into that of a single unit impulse; 1 for silence.
#[must_use]
pub fn matching(loudness: f64) -> f64 {
    let gain = loudness.sqrt().recip();
    if gain.is_finite() && gain > 0.0 { gain } else { 1.0 }
}

/// The gain, as a factor, that makes up for a loudness that is to change by a ratio, as far as it may; 1 for silence.
#[must_use]
pub fn compensation(ratio: f64) -> f64 {
    let gain = matching(ratio.recip());
    let most = 10_f64.powf(MOST_COMPENSATION / 20.0);
    gain.clamp(most.recip(), most)
}

/// The gain, as a factor for all paths, that brings the loudness of paths in a layout to that of a single unit impulse;
/// 1 for silence. For several sets of paths at one rate, a [`Meter`] does more.
///
/// Allocates; not for the audio thread.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked for every sixth of a second of each path.
pub fn loudness_gain(
    routes: &[Route],
    layout: ChannelLayout,
    sample_rate: u32,
    cancel: &Token,
) -> Result<f64, Cancelled> {
    Ok(matching(loudness(routes, layout, &mut Meter::new(sample_rate), cancel)?))
}

/// The loudness of paths in a layout, as [`Meter::loudness`] gives it: of the outputs by which it is
/// [judged](ChannelLayout::is_judged).
///
/// Allocates; not for the audio thread.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked for every sixth of a second of each path.
pub fn loudness(routes: &[Route], layout: ChannelLayout, meter: &mut Meter, cancel: &Token) -> Result<f64, Cancelled> {
    meter.loudness(&judged(routes, layout), judged_outputs(layout), cancel)
}

/// The [loudness] of paths in a layout, and what [`Meter::correlations`] needs of all of them.
///
/// Allocates; not for the audio thread.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked for every sixth of a second of each path.
pub(crate) fn measure(
    routes: &[Route],
    layout: ChannelLayout,
    meter: &mut Meter,
    cancel: &Token,
) -> Result<(f64, Measured), Cancelled> {
    let (of_all, measured) = meter.measure(routes, judged_outputs(layout), cancel)?;
    match judged(routes, layout) {
        Cow::Borrowed(_) => Ok((of_all, measured)),
        Cow::Owned(judged) => Ok((meter.loudness(&judged, judged_outputs(layout), cancel)?, measured)),
    }
}

/// The paths by which loudness is judged in a layout.
fn judged(routes: &[Route], layout: ChannelLayout) -> Cow<'_, [Route]> {
    if routes.iter().all(|route| layout.is_judged(route.output)) {
        return Cow::Borrowed(routes);
    }
    routes.iter().filter(|route| layout.is_judged(route.output)).cloned().collect()
}

/// Number of outputs by which loudness is judged in a layout.
fn judged_outputs(layout: ChannelLayout) -> usize {
    (0..layout.outputs()).filter(|output| layout.is_judged(*output)).count()
}

#[cfg(test)]
mod tests;
