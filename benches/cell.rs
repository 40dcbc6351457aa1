//! One measured situation, and how it is printed and saved.

use crate::RATE;
use crate::measure::Callbacks;
use serde_json::{Value, json};
use std::fmt;

/// Channels and the paths between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One input, one output.
    Mono,
    /// Left to left, right to right.
    Stereo,
    /// Both inputs to both outputs.
    TrueStereo,
}

impl Layout {
    /// Inputs, and outputs.
    #[must_use]
    pub fn channels(self) -> usize {
        if self == Self::Mono { 1 } else { 2 }
    }

    /// Input and output of each path.
    #[must_use]
    pub fn paths(self) -> &'static [(usize, usize)] {
        match self {
            Self::Mono => &[(0, 0)],
            Self::Stereo => &[(0, 0), (1, 1)],
            Self::TrueStereo => &[(0, 0), (0, 1), (1, 0), (1, 1)],
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(match self {
            Self::Mono => "mono",
            Self::Stereo => "stereo",
            Self::TrueStereo => "true-stereo",
        })
    }
}

/// When callbacks come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// One right after the other.
    Hot,
    /// As in a host: each when it is due, the thread asleep in between.
    Live,
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(if *self == Self::Hot { "hot" } else { "live" })
    }
}

/// One engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineName {
    /// Ours.
    Transept,
    /// The crate `fft-convolver`, two-stage.
    FftConvolver,
    /// The crate `rt-fft-convolver`.
    RtFftConvolver,
    /// The C++ library.
    ZitaConvolver,
    /// FFmpeg's filter `afir`.
    Afir,
}

impl fmt::Display for EngineName {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(match self {
            Self::Transept => "transept",
            Self::FftConvolver => "fft-convolver",
            Self::RtFftConvolver => "rt-fft-convolver",
            Self::Afir => "FFmpeg afir",
            Self::ZitaConvolver => "zita-convolver",
        })
    }
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Situation {
    /// Channels and paths.
    pub layout: Layout,
    /// Length of the impulse.
    pub seconds: f64,
    /// Frames per callback.
    pub block: usize,
    /// Instances that one callback plays in turn.
    pub instances: usize,
    /// Pace.
    pub pace: Pace,
}

impl Situation {
    /// Taps of each path.
    #[must_use]
    pub fn taps(&self) -> usize {
        (self.seconds * f64::from(RATE)) as usize
    }

    /// The time that one callback has, in microseconds.
    #[must_use]
    pub fn deadline(&self) -> f64 {
        self.block as f64 / f64::from(RATE) * 1e6
    }
}

/// One engine in one situation.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Which engine.
    pub engine: EngineName,
    /// Its vector instructions, where it says so.
    pub path: String,
    /// The setting that was best for it, where it has any.
    pub setting: String,
    /// The situation.
    pub situation: Situation,
    /// What its callbacks took.
    pub callbacks: Callbacks,
    /// Building one instance's kernel, in milliseconds.
    pub build: f64,
    /// Kernel and state of one instance, where it is known.
    pub bytes: Option<usize>,
}

impl Cell {
    /// Processor time of one instance per frame, in nanoseconds.
    #[must_use]
    pub fn ns_per_frame(&self) -> f64 {
        let Situation { block, instances, .. } = self.situation;
        self.callbacks.cost * 1e3 / (block * instances) as f64
    }

    /// The worst callback's share of its deadline, in percent.
    #[must_use]
    pub fn share(&self) -> f64 {
        100.0 * self.callbacks.max / self.situation.deadline()
    }

    /// As an object of `bench.json`.
    #[must_use]
    pub fn json(&self) -> Value {
        let Situation { layout, seconds, block, instances, pace } = self.situation;
        json!({
            "engine": self.engine.to_string(),
            "path": self.path,
            "layout": layout.to_string(),
            "seconds": seconds,
            "block": block,
            "instances": instances,
            "pace": pace.to_string(),
            "ns_per_frame": self.ns_per_frame(),
            "mean_us": self.callbacks.mean,
            "p99_us": self.callbacks.p99,
            "p999_us": self.callbacks.p999,
            "max_us": self.callbacks.max,
            "deadline_us": self.situation.deadline(),
            "build_ms": self.build,
            "bytes": self.bytes,
        })
    }

    /// The line above the printed cells.
    #[must_use]
    pub fn heading() -> String {
        format!(
            "{:<16} {:<9} {:<11} {:>6} {:>5} {:>4} {:<4} {:>8} {:>9} {:>9} {:>9} {:>7} {:>8} {:>7}  setting",
            "engine",
            "path",
            "layout",
            "s",
            "block",
            "inst",
            "pace",
            "ns/frame",
            "mean µs",
            "p99 µs",
            "max µs",
            "max %",
            "build ms",
            "MB"
        )
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Situation { layout, seconds, block, instances, pace } = self.situation;
        let Callbacks { mean, p99, max, .. } = self.callbacks;
        write!(f, "{:<16} {:<9} {layout:<11} {seconds:>6} {block:>5} {instances:>4} ", self.engine, self.path)?;
        write!(f, "{pace:<4} {:>8.1} {mean:>9.2} {p99:>9.2} {max:>9.2} ", self.ns_per_frame())?;
        write!(f, "{:>7.2} {:>8.1} {:>7}  {}", self.share(), self.build, megabytes(self.bytes), self.setting)
    }
}

/// Bytes in millions, or a dash.
#[must_use]
pub fn megabytes(bytes: Option<usize>) -> String {
    bytes.map_or_else(|| "–".into(), |bytes| format!("{:.1}", bytes as f64 / 1e6))
}
