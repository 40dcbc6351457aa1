//! Frequency-domain delay line: the spectra of one input's latest blocks in one partition size.

use super::dispatch::Dispatch;
use super::plan::BATCH;
use super::spectrum::Bank;
use rustfft::num_complex::Complex32;
use std::ops::Range;

/// Places at the end of a delay line that repeat the first, so that the blocks that one partition meets in a batch are
/// contiguous everywhere.
const REPEATED: usize = BATCH - 1;

/// The spectra of one input's latest blocks in a ring, the newest at the lowest place: partitions of a kernel and the
/// blocks that they are multiplied with have the same order in memory.
#[derive(Debug)]
pub(super) struct DelayLine {
    spectra: Bank,
    count: usize,
    /// The last block that was not silent. After a reset, whatever is stored counts as block -1.
    sounding: Option<i64>,
}

impl DelayLine {
    /// For `count` blocks of `bins` samples, of which a partition meets up to [`BATCH`] together. Allocates.
    pub fn new(count: usize, bins: usize) -> Self {
        Self { spectra: Bank::new(count + REPEATED, bins), count, sounding: None }
    }

    fn index(&self, block: i64) -> usize {
        self.count - 1 - block.rem_euclid(self.count as i64) as usize
    }

    /// Notes that the blocks before `block` were not stored: all places must be overwritten, by zeros too.
    pub fn skip_to(&mut self, block: u64) {
        self.sounding = self.sounding.map(|_| block as i64 - 1);
    }

    /// Notes whether a new block is silent. A block that is said to sound may be silent.
    pub fn begin(&mut self, block: u64, is_silent: bool) {
        if !is_silent {
            self.sounding = Some(block as i64);
        }
    }

    /// True when the newest block has sound.
    pub fn sounds_at(&self, block: u64) -> bool {
        self.sounding == Some(block as i64)
    }

    /// Number of consecutive silent blocks up to `block`.
    pub fn silence(&self, block: u64) -> u64 {
        self.sounding.map_or(u64::MAX, |sounding| (block as i64).saturating_sub(sounding).max(0) as u64)
    }

    /// Stores bins of a block, from chunk `first` on.
    pub fn store(&mut self, dispatch: Dispatch, block: u64, first: usize, values: &[Complex32]) {
        let index = self.index(block as i64);
        self.spectra.store(dispatch, index, first, values);
        if index < REPEATED {
            self.spectra.store(dispatch, index + self.count, first, values);
        }
    }

    /// Stores zeros in some chunks of a silent block.
    pub fn store_silence(&mut self, block: u64, chunks: Range<usize>) {
        if self.silence(block) > self.count as u64 {
            return; // All places are zero already.
        }
        let index = self.index(block as i64);
        self.spectra.silence(index, chunks.clone());
        if index < REPEATED {
            self.spectra.silence(index + self.count, chunks);
        }
    }

    /// Place of the spectrum that partition `partition` meets when `block` is computed, and the number of places from
    /// there to the wrap to place 0. For a batch of `width` blocks it is the place of what the last of them meets.
    pub fn place(&self, block: u64, partition: usize, width: usize) -> (usize, usize) {
        let from = self.index(block as i64 - partition as i64 + width as i64 - 1);
        (from, self.count - from)
    }

    /// The spectra.
    pub fn bank(&self) -> &Bank {
        &self.spectra
    }

    /// Forgets the blocks without clearing them.
    pub fn reset(&mut self) {
        self.sounding = self.sounding.map(|_| -1);
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.spectra.bytes()
    }

    /// Number of values that are denormal.
    #[cfg(test)]
    pub fn denormals(&self) -> usize {
        self.spectra.denormals()
    }
}
