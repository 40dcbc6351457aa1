//! The engine's inner loops, for its own benches; no part of the interface.
//!
//! Each is one loop with all that it works on, filled with noise, and runs as a convolver has it run: the same
//! dispatch, the same layout in memory.

use super::dispatch::{Dispatch, Instructions};
use super::head::{Head, HeadPath};
use super::noise;
use super::plan;
use super::spectrum::{Accumulate, Bank, CHUNK, Chunk, Factors, Segment};
use super::transform::{Piece, Target, Transform};

/// The head of one path, with as many taps as a quantum has samples.
#[derive(Debug)]
pub struct HeadLoop {
    dispatch: Dispatch,
    head: Head,
    paths: Vec<HeadPath>,
    input: Vec<f32>,
    output: Vec<f32>,
}

impl HeadLoop {
    /// `None` when the processor does not have the instructions.
    #[must_use]
    pub fn new(instructions: Instructions, quantum: usize) -> Option<Self> {
        Some(Self {
            dispatch: Dispatch::new(instructions)?,
            head: Head::new(1, quantum),
            paths: HeadPath::new(0, noise(quantum, 1.0, 1)).into_iter().collect(),
            input: noise(quantum, 1.0, 2),
            output: vec![0.0; quantum],
        })
    }

    /// One quantum: its samples are written, convolved with the taps, and become the last quantum.
    pub fn run(&mut self) {
        self.head.write(self.dispatch, 0, 0, &self.input);
        self.head.set_sounding(0, true);
        self.head.sum(self.dispatch, &self.paths, 0, &[], &mut self.output);
        self.head.advance(1);
    }
}

/// The packed transform of one block, all its pieces one after another.
#[derive(Debug)]
pub struct TransformLoop {
    dispatch: Dispatch,
    transform: Transform,
    pieces: Vec<Piece>,
    input: Vec<f32>,
    values: Vec<Chunk>,
    spectrum: Bank,
    /// What is transformed back.
    sums: Vec<Chunk>,
    output: Vec<f32>,
    overlap: Vec<f32>,
}

impl TransformLoop {
    /// Blocks of `points` samples. `None` when the processor does not have the instructions.
    #[must_use]
    pub fn new(instructions: Instructions, points: usize) -> Option<Self> {
        let transform = Transform::new(points);
        let mut made = Self {
            dispatch: Dispatch::new(instructions)?,
            pieces: transform.pieces().into_iter().map(|(piece, _)| piece).collect(),
            input: noise(points, 1.0, 1),
            values: vec![Chunk::SILENCE; transform.values_len()],
            spectrum: Bank::new(1, points),
            sums: vec![Chunk::SILENCE; points / CHUNK],
            output: vec![0.0; points],
            overlap: vec![0.0; points],
            transform,
        };
        // The input convolved with itself.
        made.forward();
        let factors = Factors { history: &made.spectrum, kernel: &made.spectrum };
        let segments = [Segment { first_chunk: 0, from: 0, with: 0, len: 1 }];
        let chunks = 0..points / CHUNK;
        made.dispatch.run(Accumulate { factors, segments: &segments, chunks, sums: [&mut made.sums], onto: false });
        Some(made)
    }

    /// From samples to a stored spectrum.
    pub fn forward(&mut self) {
        for piece in &self.pieces {
            let spectrum = self.spectrum.spectrum(0);
            self.transform.forward(self.dispatch, piece, &[&self.input], &mut self.values, &[0], spectrum);
        }
    }

    /// From the sums of products to samples.
    pub fn inverse(&mut self) {
        for piece in self.pieces.iter().rev() {
            let target = Target { samples: &mut self.output, overlap: &mut self.overlap, fresh: false };
            self.transform.inverse(self.dispatch, piece, &self.sums, &[0], &mut self.values, &mut [target]);
        }
    }
}

/// Multiply-accumulate of one path in one stage.
#[derive(Debug)]
pub struct MultiplyLoop {
    dispatch: Dispatch,
    partitions: usize,
    history: Bank,
    kernel: Bank,
    sums: Vec<Vec<Chunk>>,
}

impl MultiplyLoop {
    /// Blocks of a batch.
    pub const BATCH: usize = plan::BATCH;

    /// So many partitions of `bins` samples, a multiple of 16. `None` when the processor does not have the
    /// instructions.
    #[must_use]
    pub fn new(instructions: Instructions, partitions: usize, bins: usize) -> Option<Self> {
        let dispatch = Dispatch::new(instructions)?;
        Some(Self {
            dispatch,
            partitions,
            history: spectra(dispatch, partitions + Self::BATCH - 1, bins, 1),
            kernel: spectra(dispatch, partitions, bins, 2),
            sums: vec![vec![Chunk::SILENCE; bins / CHUNK]; Self::BATCH],
        })
    }

    /// All partitions for one block.
    pub fn immediate(&mut self) {
        let (factors, segments) = (Factors { history: &self.history, kernel: &self.kernel }, &self.segments());
        let sums = &mut self.sums[0];
        self.dispatch.run(Accumulate { factors, segments, chunks: 0..sums.len(), sums: [sums], onto: false });
    }

    /// All partitions for [`Self::BATCH`] blocks.
    pub fn batched(&mut self) {
        let (factors, segments) = (Factors { history: &self.history, kernel: &self.kernel }, &self.segments());
        let chunks = 0..self.sums[0].len();
        let mut all = self.sums.iter_mut().map(|sums| &mut sums[..]);
        let sums: [_; Self::BATCH] = std::array::from_fn(|_| all.next().unwrap_or_default());
        self.dispatch.run(Accumulate { factors, segments, chunks, sums, onto: false });
    }

    fn segments(&self) -> [Segment; 1] {
        [Segment { first_chunk: 0, from: 0, with: 0, len: self.partitions }]
    }
}

/// Spectra of noise.
fn spectra(dispatch: Dispatch, count: usize, bins: usize, seed: u64) -> Bank {
    let (transform, mut bank) = (Transform::new(bins), Bank::new(count, bins));
    let mut values = vec![Chunk::SILENCE; transform.values_len()];
    for index in 0..count {
        let samples = noise(bins, 1.0, seed + 2 * index as u64);
        for (piece, _) in transform.pieces() {
            transform.forward(dispatch, &piece, &[&samples], &mut values, &[0], bank.spectrum(index));
        }
    }
    bank
}
