//! Past input: samples for the transforms, and their spectra, one frequency-domain delay line per input and level.

use super::dispatch::Dispatch;
use super::plan::AHEAD;
use super::spectrum::{Bank, floor};
use rustfft::num_complex::Complex32;
use std::ops::Range;

/// The last samples of every input, in rings whose length is a multiple of every partition.
#[derive(Debug)]
pub(super) struct History {
    rings: Vec<Vec<f32>>,
    /// Per input, the position behind the last sample that was not zero.
    sounded: Vec<u64>,
}

impl History {
    /// Rings of `len` samples for `inputs` channels. Allocates.
    pub fn new(inputs: usize, len: usize) -> Self {
        Self { rings: (0..inputs).map(|_| silence(len)).collect(), sounded: vec![0; inputs] }
    }

    /// Writes samples of one input at a time. They do not cross a quantum, so they do not cross the ring's end.
    pub fn write(&mut self, input: usize, position: u64, samples: &[f32]) {
        let ring = &mut self.rings[input];
        let at = (position % ring.len() as u64) as usize;
        ring[at..at + samples.len()].copy_from_slice(samples);
        if samples.iter().any(|sample| *sample != 0.0) {
            self.sounded[input] = position + samples.len() as u64;
        }
    }

    /// Whether an input has been silent from a position on.
    pub fn is_silent_from(&self, input: usize, position: u64) -> bool {
        self.sounded[input] <= position
    }

    /// The block of one input that starts at a time.
    pub fn block(&self, input: usize, start: u64, len: usize) -> &[f32] {
        let ring = &self.rings[input];
        let at = (start % ring.len() as u64) as usize;
        &ring[at..at + len]
    }

    /// Forgets that anything sounded; positions start again from 0.
    pub fn reset(&mut self) {
        self.sounded.fill(0);
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.rings.iter().map(|ring| size_of_val(&ring[..])).sum()
    }
}

/// Zeros that have been written: memory that nobody has touched yet would be asked for on the audio thread.
pub(super) fn silence(len: usize) -> Vec<f32> {
    let mut samples = vec![0.0; len];
    samples.fill(std::hint::black_box(0.0));
    samples
}

/// Above this, +300 dB, a sample is damage, not sound, and its products could overflow.
pub const CEILING: f32 = 1e15;

/// A sample as it enters the engine: what is not finite is silence, and so is what is too large, or too small to matter.
#[inline]
#[must_use]
pub fn clean(x: f32) -> f32 {
    if x.abs() <= CEILING { floor(x) } else { 0.0 }
}

/// Places at the end of a delay line that repeat the first, so that the blocks that one partition meets together lie
/// together everywhere.
const REPEATED: usize = AHEAD - 1;

/// The spectra of one input's last blocks, the newest at the lowest place, in a ring: partitions of a kernel and the blocks
/// that they meet lie in the same order.
#[derive(Debug)]
pub(super) struct DelayLine {
    spectra: Bank,
    count: usize,
    /// The last block that was not silent; whatever is here after a reset counts as block -1.
    sounding: Option<i64>,
}

impl DelayLine {
    /// For `count` blocks of `bins` samples, of which a partition meets up to [`AHEAD`] together. Allocates.
    pub fn new(count: usize, bins: usize) -> Self {
        Self { spectra: Bank::new(count + REPEATED, bins), count, sounding: None }
    }

    fn index(&self, frame: i64) -> usize {
        self.count - 1 - frame.rem_euclid(self.count as i64) as usize
    }

    /// Takes note that the blocks before `frame` were not stored: whatever is here is to be overwritten, zeros too.
    pub fn skip_to(&mut self, frame: u64) {
        self.sounding = self.sounding.map(|_| frame as i64 - 1);
    }

    /// Takes note of whether block `frame` has sound; one that is said to have some may be silent.
    pub fn begin(&mut self, frame: u64, is_silent: bool) {
        if !is_silent {
            self.sounding = Some(frame as i64);
        }
    }

    /// Whether block `frame`, the newest, has sound.
    pub fn sounds_at(&self, frame: u64) -> bool {
        self.sounding == Some(frame as i64)
    }

    /// For how many blocks up to `frame` there has been no sound.
    pub fn silence(&self, frame: u64) -> u64 {
        self.sounding.map_or(u64::MAX, |sounding| (frame as i64).saturating_sub(sounding).max(0) as u64)
    }

    /// Stores bins of block `frame`, from chunk `first` on.
    pub fn store(&mut self, dispatch: Dispatch, frame: u64, first: usize, values: &[Complex32]) {
        let index = self.index(frame as i64);
        self.spectra.store(dispatch, index, first, values);
        if index < REPEATED {
            self.spectra.store(dispatch, index + self.count, first, values);
        }
    }

    /// Stores zeros in some chunks of block `frame`, which is silent.
    pub fn store_silence(&mut self, frame: u64, chunks: Range<usize>) {
        if self.silence(frame) > self.count as u64 {
            return; // All places are zero already.
        }
        let index = self.index(frame as i64);
        self.spectra.silence(index, chunks.clone());
        if index < REPEATED {
            self.spectra.silence(index + self.count, chunks);
        }
    }

    /// Where the blocks begin that block `frame` meets in partition `partition` and the next ones, and how many lie one
    /// after another there until they go on at place 0. For a `width` of several blocks the first place is that of what
    /// the last of them meets.
    pub fn place(&self, frame: u64, partition: usize, width: usize) -> (usize, usize) {
        let from = self.index(frame as i64 - partition as i64 + width as i64 - 1);
        (from, self.count - from)
    }

    /// The spectra.
    pub fn bank(&self) -> &Bank {
        &self.spectra
    }

    /// Forgets what was heard, without clearing it.
    pub fn reset(&mut self) {
        self.sounding = self.sounding.map(|_| -1);
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.spectra.bytes()
    }

    /// Values that are denormal.
    #[cfg(test)]
    pub fn denormals(&self) -> usize {
        self.spectra.denormals()
    }
}
