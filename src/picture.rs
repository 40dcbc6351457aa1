//! An impulse in four views: what is measured for them, and what they look like.
//!
//! ```text
//! impulse ──> Portrait: extremes, decay curves, spectrograms, responses ──> draw ──> Sheet: shapes and scales
//!                                                                                    │
//!                                      the window's painter, the program's canvas <──┘
//! ```
//!
//! The window and the program draw the same sheet. Each shape of it has a [`Tone`], each tone a colour ([`palette`]), and
//! its panes say what is at a point ([`Sheet::read`]). Allocates; not for the audio thread.

mod axis;
mod decay;
mod draw;
mod gallery;
mod look;
pub mod palette;
mod portrait;
mod response;
mod sheet;
mod spectrogram;
mod view;
mod waves;

pub use axis::{Axis, Scale, Unit};
pub use decay::{Curve, Decay, Fit};
pub use draw::draw;
pub use gallery::Gallery;
pub use look::Look;
pub use palette::Palette;
pub use portrait::{Original, Portrait, Timing};
pub use response::Response;
pub use sheet::{Anchor, Area, Pane, Shape, Sheet, Tone};
pub use spectrogram::Spectrogram;
pub use view::View;
pub use waves::Waves;
