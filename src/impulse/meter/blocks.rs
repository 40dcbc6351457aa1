//! Spectra of the blocks of paths.

use super::bins::{Bins, CHUNK, Chunk};
use crate::cancel::{Cancelled, Token};
use crate::impulse::layout::Route;
use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};
use std::borrow::Cow;
use std::f64::consts::PI;
use std::ops::Range;
use std::sync::Arc;

/// Numbers that are kept at most: 128 MB.
const MOST: usize = 1 << 25;

/// Two paths as the real and the imaginary part of one response: one to an output with an even number and one to the
/// next output. The real part of a cross-correlation of two such is the sum over both outputs, and that is all that
/// counts.
#[derive(Clone, Copy)]
pub(super) struct Strand<'a> {
    /// Pair of outputs, and pair of inputs. The second path begins at the input beside that of the first,
    /// so that both sides of a stereo impulse are together.
    pub key: Key,
    /// None where there is no such path.
    taps: [&'a [f32]; 2],
}

type Key = (usize, usize);

impl Strand<'_> {
    /// True if paths of both lead to one output.
    pub fn meets(&self, other: &Self) -> bool {
        let both = self.taps.iter().zip(&other.taps);
        self.key.0 == other.key.0 && both.into_iter().any(|(one, other)| !one.is_empty() && !other.is_empty())
    }

    /// In samples.
    pub fn len(&self) -> usize {
        self.taps[0].len().max(self.taps[1].len())
    }
}

/// Paths in pairs.
pub(super) fn strands(routes: &[Route]) -> Vec<Strand<'_>> {
    let mut strands: Vec<Strand> = Vec::new();
    for Route { input, output, taps } in routes {
        let side = output % 2;
        let key = (output / 2, input ^ side);
        let index = strands.iter().position(|strand| strand.key == key).unwrap_or_else(|| {
            strands.push(Strand { key, taps: [&[]; 2] });
            strands.len() - 1
        });
        strands[index].taps[side] = taps;
    }
    strands
}

/// From samples to spectra. A block is followed by as much silence, so that all its lags are apart. Its even bins are
/// the transform of the block without the silence, and its odd ones that of the block turned by half a bin.
pub(super) struct Transform {
    fft: Arc<dyn Fft<f32>>,
    turn: Vec<Complex32>,
    values: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl Transform {
    /// Of blocks of so many samples: a power of two, from [`CHUNK`] on.
    pub fn new(block: usize) -> Self {
        let fft = FftPlanner::new().plan_fft_forward(block);
        let turn = |n: usize| {
            let (sine, cosine) = (-PI * n as f64 / block as f64).sin_cos();
            Complex32::new(cosine as f32, sine as f32)
        };
        let scratch = vec![Complex32::ZERO; fft.get_inplace_scratch_len()];
        Self { fft, turn: (0..block).map(turn).collect(), values: vec![Complex32::ZERO; block], scratch }
    }

    /// Samples of a block.
    pub fn block(&self) -> usize {
        self.turn.len()
    }

    /// Numbers that a block's bins are: the real parts of the even ones, their imaginary parts, and those of the odd
    /// ones.
    pub fn block_len(&self) -> usize {
        4 * self.block()
    }

    /// All bins, a few at a time.
    pub fn chunks(&self) -> impl Iterator<Item = Chunk> + use<> {
        let block = self.block();
        let of_half = move |(half, sign): (usize, f32)| {
            let start = 2 * half * block;
            (start..start + block).step_by(CHUNK).map(move |re| Chunk { re, im: re + block, sign })
        };
        [(0, 1.0), (1, -1.0)].into_iter().flat_map(of_half)
    }

    /// Appends a block's bins.
    fn append(&mut self, strand: Strand, index: usize, bins: &mut Vec<f32>) {
        let block = self.block();
        let [re, im] = strand.taps.map(|taps| {
            let taps = taps.get(index * block..).unwrap_or_default();
            &taps[..taps.len().min(block)]
        });
        // A path alone is rounded alike on either side: what is imaginary is a quarter turn of what is real.
        let is_turned = re.is_empty();
        let (re, im) = if is_turned { (im, re) } else { (re, im) };
        // Where both are, and where one is.
        let both = re.len().min(im.len());
        for is_odd in [false, true] {
            let pairs = self.values.iter_mut().zip(re.iter().zip(im));
            pairs.for_each(|(value, (re, im))| *value = Complex32::new(*re, *im));
            let rest = &mut self.values[both..];
            rest.fill(Complex32::ZERO);
            rest.iter_mut().zip(&re[both..]).for_each(|(value, tap)| value.re = *tap);
            rest.iter_mut().zip(&im[both..]).for_each(|(value, tap)| value.im = *tap);
            if is_odd {
                self.values.iter_mut().zip(&self.turn).for_each(|(value, turn)| *value *= turn);
            }
            self.fft.process_with_scratch(&mut self.values, &mut self.scratch);
            if is_turned {
                self.values.iter_mut().for_each(|value| *value = Complex32::new(-value.im, value.re));
            }
            bins.extend(self.values.iter().map(|value| value.re));
            bins.extend(self.values.iter().map(|value| value.im));
        }
    }
}

/// Spectra of all blocks of a set of paths.
#[derive(Clone)]
pub(super) struct Kept(Arc<[(Key, Vec<f32>)]>);

impl std::fmt::Debug for Kept {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let numbers: usize = self.0.iter().map(|(_, values)| values.len()).sum();
        write!(formatter, "Kept({numbers} numbers)")
    }
}

impl Kept {
    /// True if so many numbers are kept.
    pub fn fits(numbers: usize) -> bool {
        numbers <= MOST
    }

    /// What was read from the first block on.
    pub fn new(readers: Vec<Reader>) -> Self {
        let kept = readers.into_iter().filter_map(|reader| Some((reader.strand?.key, reader.values.into_owned())));
        Self(kept.collect())
    }
}

/// The spectra of a strand's blocks, one segment after another.
pub(super) struct Reader<'a> {
    /// What they are computed from; `None` where they are there.
    strand: Option<Strand<'a>>,
    /// True if all are kept.
    is_kept: bool,
    /// Spectra from this block on.
    first: usize,
    values: Cow<'a, [f32]>,
    block_len: usize,
}

impl<'a> Reader<'a> {
    /// Of taps. Their spectra are kept from the first on, or forgotten again.
    pub fn of_taps(strand: Strand<'a>, is_kept: bool) -> Self {
        Self { strand: Some(strand), is_kept, first: 0, values: Cow::Owned(Vec::new()), block_len: 0 }
    }

    /// Of what was measured before, with their keys; from its paths again where nothing is kept of them.
    pub fn of_measured(routes: &'a [Route], kept: Option<&'a Kept>) -> Vec<(Key, Self)> {
        match kept {
            Some(Kept(kept)) => {
                let reader = |values| Self { strand: None, is_kept: true, first: 0, values, block_len: 0 };
                kept.iter().map(|(key, values)| (*key, reader(Cow::Borrowed(&values[..])))).collect()
            }
            None => strands(routes).into_iter().map(|strand| (strand.key, Self::of_taps(strand, false))).collect(),
        }
    }

    /// Goes on to a segment, which begins where the one before has ended.
    pub fn read(&mut self, blocks: Range<usize>, transform: &mut Transform, cancel: &Token) -> Result<(), Cancelled> {
        self.block_len = transform.block_len();
        let Some(strand) = self.strand else { return cancel.check() };
        let values = self.values.to_mut();
        if !self.is_kept && blocks.start > 0 {
            // The last one is the first one's neighbour.
            let forgotten = (blocks.start - 1 - self.first) * self.block_len;
            values.drain(..forgotten.min(values.len()));
            self.first = blocks.start - 1;
        }
        let sounding = strand.len().div_ceil(transform.block());
        values.reserve_exact(blocks.len().min(sounding.saturating_sub(blocks.start)) * self.block_len);
        for block in blocks.start..blocks.end.min(sounding) {
            cancel.check()?;
            transform.append(strand, block, values);
        }
        Ok(())
    }

    /// Some bins of a block of the segment, and of the block before it.
    pub fn bins(&self, block: usize, chunk: Chunk) -> [Bins<'_>; 2] {
        let of_block = |block: Option<usize>| {
            let start = (block? - self.first) * self.block_len;
            self.values.get(start..start + self.block_len).map(|values| Bins::of(values, chunk))
        };
        [Some(block), block.checked_sub(1)].map(|block| of_block(block).unwrap_or(Bins::SILENCE))
    }
}
