//! Sums of cross-spectra over blocks, a few bins at a time.

use super::bins::{Bins, CHUNK};

/// Sums that grow side by side, so that they fit into a vector register.
const LANES: usize = 16;

/// The sum over blocks of the cross-spectra of two responses, or of one with itself: of each block with itself, and of
/// neighbouring blocks in both orders. A block's neighbour lies half a transform later, which turns over every other
/// bin: by `sign`. Each function is given the bins of a block, and those of the block before.
pub(super) struct Sum {
    re: [f32; CHUNK],
    im: [f32; CHUNK],
}

impl Default for Sum {
    fn default() -> Self {
        Self { re: [0.0; CHUNK], im: [0.0; CHUNK] }
    }
}

impl Sum {
    /// Adds `x*·x`, with the block before.
    pub fn add_own(&mut self, [x, before]: [Bins; 2], sign: f32) {
        for n in 0..CHUNK {
            let (re, im) = (x.re[n] + sign * before.re[n], x.im[n] + sign * before.im[n]);
            self.re[n] += re * x.re[n] + im * x.im[n];
            self.im[n] += re * x.im[n] - im * x.re[n];
        }
    }

    /// Adds half of `x*·y` and half of `y*·x`, with the blocks before.
    pub fn add(&mut self, [x, x_before]: [Bins; 2], [y, y_before]: [Bins; 2], sign: f32) {
        for n in 0..CHUNK {
            let (x_re, x_im) = (x.re[n] + sign * x_before.re[n], x.im[n] + sign * x_before.im[n]);
            let (y_re, y_im) = (y.re[n] + sign * y_before.re[n], y.im[n] + sign * y_before.im[n]);
            let one = (x_re * y.re[n] + x_im * y.im[n], x_re * y.im[n] - x_im * y.re[n]);
            let other = (y_re * x.re[n] + y_im * x.im[n], y_re * x.im[n] - y_im * x.re[n]);
            self.re[n] += 0.5 * (one.0 + other.0);
            self.im[n] += 0.5 * (one.1 + other.1);
        }
    }

    /// `Σ Re(x*·y)` with a weight's bins: the scalar product of the real and imaginary parts.
    pub fn product(&self, weight: Bins) -> f64 {
        let mut lanes = [0.0_f32; LANES];
        let pairs = weight.re.chunks(LANES).zip(self.re.chunks(LANES));
        for (x, y) in pairs.chain(weight.im.chunks(LANES).zip(self.im.chunks(LANES))) {
            lanes.iter_mut().zip(x.iter().zip(y)).for_each(|(lane, (x, y))| *lane += x * y);
        }
        lanes.iter().map(|lane| f64::from(*lane)).sum()
    }
}
