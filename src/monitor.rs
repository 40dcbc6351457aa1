//! An instance at work, for its window: levels, load, blocks and tail, and what it is asked to audition.
//!
//! The audio thread writes and the window reads, or asks, through atomics alone. Nothing is measured while no window is open,
//! and no load where the processor has no counter that can be read without the system.

mod calibration;
pub mod counter;
mod load;

use crate::audition::Audition;
use crate::chain::{Format, Meters};
use calibration::Calibration;
use counter::Counter;
pub use load::{SECONDS, Share};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::Instant;

/// What one instance is seen to do.
#[derive(Debug)]
pub struct Monitor {
    /// Levels of input and output. While they are watched all else is measured.
    pub meters: Arc<Meters>,
    /// Sample rate and channels; `None` before the first activation. \[any but audio\]
    pub format: Arc<Mutex<Option<Format>>>,
    /// The signal that the window has the instance play.
    pub audition: Arc<Audition>,
    counter: Option<Counter>,
    calibration: Mutex<Calibration>,
    load: load::Load,
    /// True while a block is measured.
    is_measuring: AtomicBool,
    /// Frames of the last block and of the largest one.
    last: AtomicUsize,
    largest: AtomicUsize,
    /// Frames, and one more; 0 before the first block.
    tail: AtomicUsize,
}

/// The load of an instance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Load {
    /// The processor has no counter to measure it by.
    Unknown,
    /// Nothing was played for a second yet.
    Pending,
    /// Of the last ten seconds of audio.
    Known(Share),
}

/// Figures of the blocks that an instance has processed while somebody looked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Frames of the last block of the host's; 0 before the first.
    pub block: usize,
    /// Frames of the largest.
    pub largest: usize,
    /// Frames that sound after the end of the input, as the host is told. `None` before the first block.
    pub tail: Option<usize>,
    /// Time that the blocks took.
    pub load: Load,
}

/// A block that is being measured, until this is dropped. \[audio\]
#[derive(Debug)]
pub struct Measured<'a> {
    monitor: &'a Monitor,
    frames: usize,
    start: Option<(Counter, u64)>,
}

impl Default for Monitor {
    fn default() -> Self {
        Self {
            meters: Arc::default(),
            format: Arc::default(),
            audition: Arc::default(),
            counter: Counter::find(),
            calibration: Mutex::default(),
            load: load::Load::default(),
            is_measuring: AtomicBool::default(),
            last: AtomicUsize::default(),
            largest: AtomicUsize::default(),
            tail: AtomicUsize::default(),
        }
    }
}

impl Monitor {
    /// A window opens: what was measured before counts no more. \[editor\]
    pub fn open(&self) {
        self.load.watch();
        self.largest.store(0, Relaxed);
        *self.calibration.lock() = Calibration::default();
    }

    /// An activation at a sample rate in Hz; no block is being processed. \[main\]
    pub fn begin(&self, sample_rate: u32) {
        self.load.begin(sample_rate);
        [&self.last, &self.largest, &self.tail].into_iter().for_each(|number| number.store(0, Relaxed));
    }

    /// Measures a block of so many frames until the result is dropped. `None` if nobody looks, or if this block is
    /// measured by whoever is nearer to the host: pieces of a block have no deadline of their own. Real-time safe.
    /// \[audio\]
    #[must_use = "a block is measured until it is dropped"]
    pub fn measure(&self, frames: usize) -> Option<Measured<'_>> {
        if !self.meters.is_watched() || self.is_measuring.load(Relaxed) {
            return None;
        }
        self.is_measuring.store(true, Relaxed);
        Some(Measured { monitor: self, frames, start: self.counter.map(|counter| (counter, counter.now())) })
    }

    /// So many frames sound after the end of the input. Real-time safe. \[audio\]
    pub fn set_tail(&self, frames: usize) {
        if self.meters.is_watched() {
            self.tail.store(frames.saturating_add(1), Relaxed);
        }
    }

    /// Looks at the clocks, and gives the figures. Several times a second, so that the clocks can be compared.
    /// \[editor\]
    #[must_use]
    pub fn figures(&self) -> Figures {
        let load = match self.counter {
            None => Load::Unknown,
            Some(counter) => {
                let rate = self.calibration.lock().rate(Instant::now(), counter.now());
                rate.and_then(|rate| self.load.share(rate)).map_or(Load::Pending, Load::Known)
            }
        };
        Figures {
            block: self.last.load(Relaxed),
            largest: self.largest.load(Relaxed),
            tail: self.tail.load(Relaxed).checked_sub(1),
            load,
        }
    }
}

impl Drop for Measured<'_> {
    fn drop(&mut self) {
        let monitor = self.monitor;
        if let Some((counter, start)) = self.start {
            monitor.load.add(counter.now().saturating_sub(start), self.frames);
        }
        if self.frames > 0 {
            monitor.last.store(self.frames, Relaxed);
            monitor.largest.store(self.frames.max(monitor.largest.load(Relaxed)), Relaxed);
        }
        monitor.is_measuring.store(false, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(monitor: &Monitor) -> (usize, usize) {
        let figures = monitor.figures();
        (figures.block, figures.largest)
    }

    #[test]
    fn nothing_is_measured_while_nobody_looks() {
        let monitor = Monitor::default();
        monitor.begin(48_000);
        assert!(monitor.measure(64).is_none());
        monitor.set_tail(100);
        assert_eq!((blocks(&monitor), monitor.figures().tail), ((0, 0), None));
        monitor.meters.watch(true);
        drop(monitor.measure(64));
        monitor.set_tail(0);
        assert_eq!((blocks(&monitor), monitor.figures().tail), ((64, 64), Some(0)));
    }

    #[test]
    fn the_host_s_block_is_measured_and_not_its_pieces() {
        let monitor = Monitor::default();
        monitor.begin(48_000);
        monitor.meters.watch(true);
        let whole = monitor.measure(256).expect("watched");
        assert!(monitor.measure(100).is_none() && monitor.measure(156).is_none());
        drop(whole);
        assert_eq!(blocks(&monitor), (256, 256));
        drop(monitor.measure(64));
        drop(monitor.measure(0));
        assert_eq!(blocks(&monitor), (64, 256), "without frames it is no block");
        monitor.open();
        drop(monitor.measure(128));
        assert_eq!(blocks(&monitor), (128, 128));
    }

    #[test]
    fn a_load_is_known_after_a_second_of_audio_if_the_processor_has_a_counter() {
        let monitor = Monitor::default();
        monitor.begin(48_000);
        monitor.meters.watch(true);
        let expected = if monitor.counter.is_some() { Load::Pending } else { Load::Unknown };
        assert_eq!(monitor.figures().load, expected);
        (0..100).for_each(|_| drop(monitor.measure(480)));
        let share = monitor.load.share(1e9);
        assert_eq!(share.is_some(), monitor.counter.is_some());
        assert!(share.is_none_or(|share| share.mean <= share.worst));
    }
}
