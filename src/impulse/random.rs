//! Our own generator of random numbers, so that a recipe gives the same samples with every version of every crate.

/// SplitMix64 (Steele, Lea, Flood: *Fast splittable pseudorandom number generators*, 2014).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    pub(crate) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in -1 … 1.
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.word() >> 11) as f64 * (2.0 / (1_u64 << 53) as f64) - 1.0
    }

    /// Mean 0, variance 1, bell-shaped: the sum of the four 16-bit quarters of one word. It needs no logarithm, and a
    /// sum over a spectrum makes it Gaussian anyway.
    pub(crate) fn bell(&mut self) -> f32 {
        let word = self.word();
        let sum: u64 = (0..4).map(|quarter| (word >> (16 * quarter)) & 0xffff).sum();
        // Four uniform numbers on 0 … 65535 have the variance (65536² - 1) / 3 in sum.
        const MEAN: f32 = 2.0 * 65_535.0;
        const SCALE: f32 = 1.732_050_8 / 65_536.0;
        (sum as f32 - MEAN) * SCALE
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn bell_has_mean_zero_and_variance_one() {
        let mut random = Random::new(7);
        let count = 100_000;
        let (mut sum, mut square) = (0.0_f64, 0.0_f64);
        for _ in 0..count {
            let x = f64::from(random.bell());
            sum += x;
            square += x * x;
        }
        // Standard errors: 1/√n = 0.0032 for the mean, √(1.7/n) = 0.0041 for the variance; five of each.
        assert!((sum / f64::from(count)).abs() < 0.016);
        assert!((square / f64::from(count) - 1.0).abs() < 0.021);
    }

    #[test]
    fn neighbouring_seeds_are_unrelated() {
        let (mut a, mut b) = (Random::new(1), Random::new(2));
        let count = 100_000;
        let product: f64 = (0..count).map(|_| f64::from(a.bell()) * f64::from(b.bell())).sum();
        assert!((product / f64::from(count)).abs() < 0.016, "five standard errors of 1/√n");
    }
}
