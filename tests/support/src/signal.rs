//! Seeded signals, and the blocks into which they are cut.

/// Knuth's MMIX generator of random numbers, which are the same everywhere and for ever.
#[derive(Debug, Clone)]
pub struct Seeded(pub u64);

impl Seeded {
    /// The next number, of 31 bits.
    pub fn bits(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }

    /// In `0..below`.
    pub fn below(&mut self, below: usize) -> usize {
        self.bits() as usize % below
    }

    /// In 0..1.
    pub fn uniform(&mut self) -> f64 {
        f64::from(self.bits()) / f64::from(1u32 << 31)
    }

    /// In ±0.5.
    pub fn sample(&mut self) -> f32 {
        self.bits() as f32 / (1u32 << 31) as f32 - 0.5
    }
}

/// White noise in ±0.5.
#[must_use]
pub fn noise(len: usize, seed: u64) -> Vec<f32> {
    let mut seeded = Seeded(seed);
    (0..len).map(|_| seeded.sample()).collect()
}

/// White noise with a standard deviation of 1, Gaussian enough by twelve uniforms.
#[must_use]
pub fn gaussian_noise(len: usize, seed: u64) -> Vec<f64> {
    let mut seeded = Seeded(seed);
    (0..len).map(|_| (0..12).map(|_| seeded.uniform()).sum::<f64>() - 6.0).collect()
}

/// Noise that decays by 60 dB over its length, as an impulse response does.
#[must_use]
pub fn decaying_noise(len: usize, seed: u64) -> Vec<f32> {
    let decay = |i| 10f32.powf(-3.0 * i as f32 / len as f32);
    noise(len, seed).into_iter().enumerate().map(|(i, x)| 0.1 * x * decay(i)).collect()
}

/// Block sizes for [`cut`]: every fixed size that a promise names, then 0 for random ones.
pub const BLOCKS: [usize; 15] = [1, 2, 3, 17, 63, 64, 65, 96, 192, 441, 480, 512, 1785, 8192, 0];

/// Cuts `len` frames into blocks of one size; of random sizes, empty ones among them, where `size` is 0.
#[must_use]
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
