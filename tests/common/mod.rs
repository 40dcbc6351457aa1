//! What the tests share: seeded signals, random block sizes, the oracle and its error.
#![allow(dead_code, missing_docs, reason = "each test uses its own part")]

use std::path::PathBuf;
use transept::convolution::{self, Mode};

/// Knuth's MMIX generator: the same numbers everywhere, for ever.
#[derive(Debug, Clone)]
pub struct Seeded(pub u64);

impl Seeded {
    pub fn bits(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }

    /// In `0..below`.
    pub fn below(&mut self, below: usize) -> usize {
        self.bits() as usize % below
    }

    /// In ±0.5.
    pub fn sample(&mut self) -> f32 {
        self.bits() as f32 / (1u32 << 31) as f32 - 0.5
    }
}

/// White noise in ±0.5.
pub fn noise(len: usize, seed: u64) -> Vec<f32> {
    let mut seeded = Seeded(seed);
    (0..len).map(|_| seeded.sample()).collect()
}

/// Noise that decays by 60 dB over its length, like a room.
pub fn room(len: usize, seed: u64) -> Vec<f32> {
    let decay = |i| 10f32.powf(-3.0 * i as f32 / len as f32);
    noise(len, seed).into_iter().enumerate().map(|(i, x)| 0.1 * x * decay(i)).collect()
}

/// The first `len` samples of the convolution, in `f64`: by the direct sum where that is quick, else by whole spectra,
/// whose own error of about -300 dB does not count here.
pub fn oracle(signal: &[f32], taps: &[f32], len: usize) -> Vec<f64> {
    let [f, g] = [signal, taps].map(|x| x.iter().map(|x| f64::from(*x)).collect::<Vec<_>>());
    let is_short = f.len().min(g.len()) <= 64;
    let mut sums =
        if is_short { convolution::direct(&f, &g, Mode::Full) } else { convolution::fft(&f, &g, Mode::Full) };
    sums.resize(len, 0.0);
    sums
}

/// RMS of the difference relative to the RMS of what is expected, in dB.
pub fn error_db(got: &[f32], expected: &[f64]) -> f64 {
    assert_eq!(got.len(), expected.len());
    let power = |x: f64| x * x;
    let error: f64 = got.iter().zip(expected).map(|(g, e)| power(f64::from(*g) - e)).sum();
    10.0 * (error / expected.iter().map(|e| power(*e)).sum::<f64>()).log10()
}

/// Every fixed size that promises name, then random ones.
pub const BLOCKS: [usize; 15] = [1, 2, 3, 17, 63, 64, 65, 96, 192, 441, 480, 512, 1785, 8192, 0];

/// Cuts `len` frames into blocks of one size; of random sizes, empty ones among them, where `size` is 0.
pub fn cut(len: usize, size: usize, seed: u64) -> Vec<std::ops::Range<usize>> {
    let mut seeded = Seeded(seed);
    let mut blocks = Vec::new();
    let mut done = 0;
    while done < len {
        let largest = if seeded.below(4) == 0 { 8193 } else { 130 };
        let next = if size > 0 { size } else { seeded.below(largest) };
        let end = (done + next).min(len);
        blocks.push(done..end);
        done = end;
    }
    blocks
}

/// The folder of recordings beside the project, or `None` after saying so. Another place for it can be named in
/// `TRANSEPT_DATA`.
pub fn recordings() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folder = std::env::var_os("TRANSEPT_DATA").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no ../shared/data");
    None
}
