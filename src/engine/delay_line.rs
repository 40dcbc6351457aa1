//! Frequency-domain delay lines: the spectra of the latest blocks of some inputs in one partition size.

use super::plan::BATCH;
use super::spectrum::{Bank, CHUNK, Spectrum};
use std::ops::Range;

/// Places at the end of a delay line that repeat the first, so that the blocks that one partition meets in a batch are
/// contiguous everywhere.
const REPEATED: usize = BATCH - 1;

/// The spectra of the latest blocks of each line. A spectrum holds the bins of one line after the other.
#[derive(Debug)]
pub(super) struct DelayLines {
    ring: Ring,
    /// A longer ring that is to take the place of this one. Whatever is written meanwhile is written to both.
    longer: Option<Ring>,
    /// Chunks of one line.
    chunks: usize,
    /// The last block of each line that was not silent. After a reset, whatever is stored counts as block -1.
    sounding: Vec<Option<i64>>,
}

/// The places of the blocks, the newest block at the lowest place: partitions of a kernel and the blocks that they are
/// multiplied with have the same order in memory.
#[derive(Debug)]
struct Ring {
    spectra: Bank,
    count: usize,
}

impl Ring {
    fn new(count: usize, bins: usize) -> Self {
        Self { spectra: Bank::new(count + REPEATED, bins), count }
    }

    /// No places. Does not allocate.
    fn none() -> Self {
        Self { spectra: Bank::new(0, 0), count: 0 }
    }

    fn index(&self, block: i64) -> usize {
        self.count - 1 - block.rem_euclid(self.count as i64) as usize
    }

    /// Repeats some chunks of a place at the end of the ring, where that is needed.
    fn repeat(&mut self, index: usize, chunks: Range<usize>) {
        if index < REPEATED {
            self.spectra.repeat(index, index + self.count, chunks);
        }
    }
}

impl DelayLines {
    /// For `count` blocks of `bins` samples of each of `lines` inputs. A partition meets up to [`BATCH`] blocks
    /// together. Allocates.
    pub fn new(lines: usize, count: usize, bins: usize) -> Self {
        Self { ring: Ring::new(count, lines * bins), longer: None, chunks: bins / CHUNK, sounding: vec![None; lines] }
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
        let index = self.ring.index(block as i64);
        self.ring.spectra.spectrum(index)
    }

    /// Repeats what was written of a block of a line wherever else it is needed: at the end of the ring, and in the
    /// longer one.
    pub fn repeat(&mut self, line: usize, block: u64, chunks: Range<usize>) {
        let (index, chunks) = (self.ring.index(block as i64), self.of_line(line, chunks));
        self.ring.repeat(index, chunks.clone());
        if let Some(longer) = &mut self.longer {
            let to = longer.index(block as i64);
            chunks.clone().for_each(|chunk| longer.spectra.copy(chunk, to, &self.ring.spectra, index..index + 1));
            longer.repeat(to, chunks);
        }
    }

    /// Stores zeros in some chunks of a silent block of a line.
    pub fn store_silence(&mut self, line: usize, block: u64, chunks: Range<usize>) {
        let longest = self.longer.as_ref().map_or(self.ring.count, |longer| longer.count);
        if self.silence(line, block) > longest as u64 {
            return; // All places are zero already.
        }
        let index = self.ring.index(block as i64);
        self.ring.spectra.silence(index, self.of_line(line, chunks.clone()));
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
        let from = self.ring.index(block as i64 - partition as i64 + width as i64 - 1);
        (from, self.ring.count - from)
    }

    /// The spectra.
    pub fn bank(&self) -> &Bank {
        &self.ring.spectra
    }

    /// Number of lines.
    pub fn count(&self) -> usize {
        self.sounding.len()
    }

    /// Blocks that are kept.
    pub fn blocks(&self) -> usize {
        self.ring.count
    }

    /// Chunks of all lines.
    pub fn chunks(&self) -> usize {
        self.count() * self.chunks
    }

    /// Begins to grow into the empty ring of longer lines, which are left without one. Real-time safe.
    pub fn begin_to_grow(&mut self, into: &mut Self) {
        self.longer = Some(std::mem::replace(&mut into.ring, Ring::none()));
    }

    /// Copies some chunks of the stored blocks from `first` to `last` to the longer ring. Of these only as many are
    /// stored as there are places.
    pub fn copy(&mut self, chunks: Range<usize>, first: u64, last: u64) {
        let Self { ring, longer: Some(longer), .. } = self else { return };
        for chunk in chunks.clone() {
            let mut left = ((last + 1).saturating_sub(first)).min(ring.count as u64) as usize;
            let mut block = last as i64;
            while left > 0 {
                let (from, to) = (ring.index(block), longer.index(block));
                // Older blocks are behind, up to the ends of both rings.
                let len = left.min(ring.count - from).min(longer.count - to);
                longer.spectra.copy(chunk, to, &ring.spectra, from..from + len);
                (left, block) = (left - len, block - len as i64);
            }
        }
        (0..REPEATED).for_each(|index| longer.repeat(index, chunks.clone()));
    }

    /// Goes on with the longer ring. The outgrown one is left to the lines from which the longer one came. Real-time
    /// safe.
    pub fn finish_growing(&mut self, from: &mut Self) {
        if let Some(longer) = self.longer.take() {
            from.ring = std::mem::replace(&mut self.ring, longer);
        }
    }

    /// True while a longer ring is to take the place of this one.
    pub fn is_growing(&self) -> bool {
        self.longer.is_some()
    }

    /// Forgets the blocks without clearing them.
    pub fn reset(&mut self) {
        for sounding in &mut self.sounding {
            *sounding = sounding.map(|_| -1);
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.ring.spectra.bytes() + self.longer.as_ref().map_or(0, |longer| longer.spectra.bytes())
    }

    /// Number of values that are denormal.
    #[cfg(test)]
    pub fn denormals(&self) -> usize {
        self.ring.spectra.denormals()
    }
}
