//! Frequency-domain delay lines: the spectra of the latest blocks of some inputs in one partition size.

use super::plan::BATCH;
use super::spectrum::{Bank, CHUNK, Spectrum};
use std::ops::Range;

/// Places at the end of a delay line that repeat the first, so that the blocks that one partition meets in a batch are
/// contiguous everywhere.
const REPEATED: usize = BATCH - 1;

/// The spectra of the latest blocks in a ring, the newest at the lowest place: partitions of a kernel and the blocks
/// that they are multiplied with have the same order in memory. A spectrum holds the bins of one line after the other.
#[derive(Debug)]
pub(super) struct DelayLines {
    spectra: Bank,
    count: usize,
    /// Chunks of one line.
    chunks: usize,
    /// The last block of each line that was not silent. After a reset, whatever is stored counts as block -1.
    sounding: Vec<Option<i64>>,
}

impl DelayLines {
    /// For `count` blocks of `bins` samples of each of `lines` inputs. A partition meets up to [`BATCH`] blocks
    /// together. Allocates.
    pub fn new(lines: usize, count: usize, bins: usize) -> Self {
        let spectra = Bank::new(count + REPEATED, lines * bins);
        Self { spectra, count, chunks: bins / CHUNK, sounding: vec![None; lines] }
    }

    fn index(&self, block: i64) -> usize {
        self.count - 1 - block.rem_euclid(self.count as i64) as usize
    }

    /// Notes that the blocks before `block` were not stored: all places must be overwritten, by zeros too.
    pub fn skip_to(&mut self, block: u64) {
        for sounding in &mut self.sounding {
            *sounding = sounding.map(|_| block as i64 - 1);
        }
    }

    /// Notes whether a new block of a line is silent. A block that is said to sound may be silent.
    pub fn begin(&mut self, line: usize, block: u64, is_silent: bool) {
        if !is_silent {
            self.sounding[line] = Some(block as i64);
        }
    }

    /// True when the newest block of a line has sound.
    pub fn sounds_at(&self, line: usize, block: u64) -> bool {
        self.sounding[line] == Some(block as i64)
    }

    /// Number of consecutive silent blocks of a line up to `block`.
    pub fn silence(&self, line: usize, block: u64) -> u64 {
        self.sounding[line].map_or(u64::MAX, |sounding| (block as i64).saturating_sub(sounding).max(0) as u64)
    }

    /// The place of a block's spectrum, to be written.
    pub fn spectrum(&mut self, block: u64) -> Spectrum<'_> {
        let index = self.index(block as i64);
        self.spectra.spectrum(index)
    }

    /// Repeats what was written of a block of a line at the end of the ring, where that is needed.
    pub fn repeat(&mut self, line: usize, block: u64, chunks: Range<usize>) {
        let index = self.index(block as i64);
        if index < REPEATED {
            self.spectra.repeat(index, index + self.count, self.of_line(line, chunks));
        }
    }

    /// Stores zeros in some chunks of a silent block of a line.
    pub fn store_silence(&mut self, line: usize, block: u64, chunks: Range<usize>) {
        if self.silence(line, block) > self.count as u64 {
            return; // All places are zero already.
        }
        let index = self.index(block as i64);
        self.spectra.silence(index, self.of_line(line, chunks.clone()));
        self.repeat(line, block, chunks);
    }

    fn of_line(&self, line: usize, chunks: Range<usize>) -> Range<usize> {
        let first = self.first_chunk(line);
        first + chunks.start..first + chunks.end
    }

    /// The first chunk of a line in each of the spectra.
    pub fn first_chunk(&self, line: usize) -> usize {
        line * self.chunks
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
        for sounding in &mut self.sounding {
            *sounding = sounding.map(|_| -1);
        }
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
