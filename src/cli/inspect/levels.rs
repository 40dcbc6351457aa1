//! The gains that level matching would apply to an impulse.

use crate::cancel::Token;
use crate::channels::ChannelLayout;
use crate::impulse::layout::{Route, routes};
use crate::impulse::level::{self, RoomLevel};
use crate::impulse::meter::Meter;
use crate::impulse::shape::{Shape, ShapeError, Shaper};
use crate::impulse::{Impulse, MAX_SECONDS};
use std::sync::Arc;

/// The gains of an impulse on a stereo track, as factors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Levels {
    /// As a room.
    pub room: f64,
    /// The part of it that makes up for the shape.
    pub of_shape: f64,
    /// As a cabinet.
    pub cabinet: f64,
}

impl Levels {
    /// Measures an impulse in a shape, at its own rate.
    pub fn of(shaper: &mut Shaper, impulse: &Arc<Impulse>, shape: &Shape, cancel: &Token) -> Result<Self, ShapeError> {
        let (rate, layout) = (impulse.sample_rate(), ChannelLayout::Stereo);
        let mut meter = Meter::new(rate);
        let mut loudness = |impulse: &Impulse| match routes(impulse, layout, cancel) {
            Ok(routes) => level::loudness(&routes, layout, &mut meter, cancel),
            Err(_) => meter.loudness(&side_by_side(impulse), impulse.channels().len(), cancel),
        };
        // What is too long to be played whole is levelled by what is played.
        let is_long = impulse.len() > MAX_SECONDS as usize * rate as usize;
        let trimmed = loudness(&shaper.trimmed(impulse, shape.trim, cancel)?)?;
        let recorded = if is_long { trimmed } else { loudness(impulse)? };
        let shaped = loudness(&shaper.apply_before_fades(impulse, shape, cancel)?.impulse)?;
        let level = RoomLevel { recorded, trimmed, shaped };
        let cabinet = shaper.cabinet_gain(impulse, shape.trim, cancel)?;
        Ok(Self { room: level.gain(), of_shape: level.compensation(), cabinet })
    }
}

/// The channels of an impulse that fits into no layout, each on a path of its own.
fn side_by_side(impulse: &Impulse) -> Vec<Route> {
    let route = |(index, taps): (usize, &Vec<f32>)| Route { input: index, output: index, taps: taps.clone() };
    impulse.channels().iter().enumerate().map(route).collect()
}
