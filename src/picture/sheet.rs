//! A drawn view: shapes without colours, and panes that know what is where.

use super::axis::{Axis, Unit};
use super::portrait::Portrait;
use super::spectrogram::{self, Spectrogram};
use super::view::View;
use std::sync::Arc;

/// A point: from the left, and from the top.
pub type Point = [f32; 2];

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// Its left edge.
    pub left: f32,
    /// Its upper edge.
    pub top: f32,
    /// Its right edge.
    pub right: f32,
    /// Its lower edge.
    pub bottom: f32,
}

/// The meaning of a shape. Who paints it has a colour for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// The ground of a pane.
    Ground,
    /// A line of a scale.
    Grid,
    /// The text of a scale.
    Scale,
    /// A channel.
    Channel(usize),
    /// A channel, not smoothed.
    Unsmoothed(usize),
    /// The background: the original, or the level behind a decay.
    Shadow,
    /// The straight line of a decay time, counted from EDT on.
    Fit(usize),
    /// A mark at a time, such as the knee.
    Mark,
}

/// The point of a text that is at its place, in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its left or upper edge.
    Start,
    /// Its middle.
    Middle,
    /// Its right or lower edge.
    End,
}

/// One thing to paint.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A rectangle.
    Fill {
        /// Its place.
        area: Area,
        /// The tone of the shape.
        tone: Tone,
    },
    /// A line.
    Line {
        /// The points that it goes through.
        points: Vec<Point>,
        /// Its width in points.
        width: f32,
        /// The tone of the shape.
        tone: Tone,
    },
    /// Bars side by side, each of the same width.
    Columns {
        /// The left edge of the first.
        left: f32,
        /// The width of each.
        width: f32,
        /// The upper and the lower end of each.
        spans: Vec<[f32; 2]>,
        /// The tone of all bars.
        tone: Tone,
    },
    /// Levels over time and frequency, by a map of colours.
    Levels {
        /// Their place.
        area: Area,
        /// The whole of them.
        levels: Arc<Spectrogram>,
        /// The shares of the time from the left to the right edge.
        times: [f32; 2],
    },
    /// A text of one line.
    Text {
        /// Its place.
        at: Point,
        /// The point of the text that is there.
        anchor: [Anchor; 2],
        /// The text.
        text: String,
        /// The tone of the shape.
        tone: Tone,
    },
}

/// A part of a picture with scales of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Pane {
    /// Its place.
    pub area: Area,
    /// The scale from the left to the right.
    pub x: Axis,
    /// The scale from the bottom to the top.
    pub y: Axis,
    /// The channel that it is of; `None` where it is of all that are shown.
    pub channel: Option<usize>,
}

/// A drawn view.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// In the order in which they are painted.
    pub shapes: Vec<Shape>,
    /// Its panes.
    pub panes: Vec<Pane>,
    /// The view that is drawn.
    pub view: View,
    /// The channels that are shown.
    pub channels: Vec<usize>,
}

/// Level in dB below which there is only rounding.
const ROUNDING: f32 = -150.0;

/// A level in words.
fn level(db: f32, least: f32) -> String {
    if db > least { format!("{db:.1} dB") } else { format!("{least} dB or less") }
}

impl Area {
    /// Width in points.
    #[must_use]
    pub fn width(&self) -> f32 {
        self.right - self.left
    }

    /// Height in points.
    #[must_use]
    pub fn height(&self) -> f32 {
        self.bottom - self.top
    }

    /// True if a point is inside.
    #[must_use]
    pub fn contains(&self, [x, y]: Point) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }
}

impl Pane {
    /// The place of a value of the scale from the left to the right.
    #[must_use]
    pub fn across(&self, value: f64) -> f32 {
        self.area.left + self.x.place(value) as f32 * self.area.width()
    }

    /// The place of a value of the scale from the bottom to the top, within the pane.
    #[must_use]
    pub fn up(&self, value: f64) -> f32 {
        let place = self.y.place(value);
        let place = if place.is_nan() { 0.0 } else { place.clamp(0.0, 1.0) };
        self.area.bottom - place as f32 * self.area.height()
    }

    /// The share of the width at which a point is.
    #[must_use]
    pub fn share(&self, [x, _]: Point) -> f64 {
        f64::from((x - self.area.left) / self.area.width())
    }
}

impl Sheet {
    /// The pane at a point.
    #[must_use]
    pub fn pane(&self, at: Point) -> Option<&Pane> {
        self.panes.iter().find(|pane| pane.area.contains(at))
    }

    /// The text of a point of an impulse's picture: time or frequency, and the level there.
    #[must_use]
    pub fn read(&self, portrait: &Portrait, at: Point) -> Option<String> {
        let pane = self.pane(at)?;
        let (x, y) =
            (pane.x.value(pane.share(at)), pane.y.value(f64::from((pane.area.bottom - at[1]) / pane.area.height())));
        let channels = if pane.channel.is_some() { pane.channel.as_slice() } else { &self.channels };
        let least = if self.view == View::Spectrogram { spectrogram::LEAST } else { ROUNDING };
        let of_channels = |value: &dyn Fn(usize) -> Option<f32>| {
            let texts = channels.iter().filter_map(|&channel| {
                let name = portrait.channel_name(channel);
                let gap = if name.is_empty() { "" } else { " " };
                Some(format!("{name}{gap}{}", level(value(channel)?, least)))
            });
            texts.collect::<Vec<_>>()
        };
        let values = match (self.view, pane.x.unit) {
            (View::Wave, _) => {
                let half = (pane.x.to - pane.x.from) / f64::from(pane.area.width()) / 2.0;
                let level = |channel: usize| {
                    let seconds = portrait.seconds;
                    let (low, high) =
                        portrait.waves.get(channel)?.between((x - half) / seconds, (x + half) / seconds)?;
                    let peak = low.abs().max(high.abs());
                    (peak > 0.0).then(|| 20.0 * peak.log10())
                };
                of_channels(&level)
            }
            (View::Decay, Unit::Hertz) => {
                let nearest = portrait.decay().octaves.iter().min_by(|a, b| {
                    let away = |octave: &(f64, Option<f64>)| (octave.0 / x).ln().abs();
                    away(a).total_cmp(&away(b))
                });
                let (centre, time) = nearest?;
                let time = time.map_or_else(|| "not measurable".to_owned(), |time| format!("{time:.2} s"));
                return Some(format!("octave of {} · RT60 {time}", pane.x.label(*centre, pane.area.width())));
            }
            (View::Decay, _) => of_channels(&|channel| portrait.decay().channels.get(channel)?.at(x)),
            (View::Spectrogram, _) => {
                let level = |channel: usize| portrait.spectrograms().get(channel)?.at(x / portrait.seconds, y);
                [vec![pane.y.reading(y)], of_channels(&level)].concat()
            }
            (View::Response, _) => of_channels(&|channel| portrait.responses().get(channel)?.at(x)),
        };
        Some([vec![pane.x.reading(x)], values].concat().join(" · "))
    }
}
