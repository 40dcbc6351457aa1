//! Real transforms that can be cancelled, however long they are.
//!
//! A library's transform is one call. Of an impulse of 60 s it takes a tenth of a second, in which no token is looked at
//! (H9). What is longer than [`WHOLE`] is therefore cut: the samples as a table of rows and columns, whose columns are
//! transformed, turned by the phase of their place, and whose rows are transformed then (Bailey: *FFTs in external or
//! hierarchical memory*, J. Supercomputing 4, 1990), some of them between two checks.

use crate::cancel::{Cancelled, Token};
use realfft::RealFftPlanner;
use realfft::num_complex::{Complex32, Complex64};
use rustfft::{FftDirection, FftPlanner};
use std::f64::consts::TAU;

/// Points of the longest transform that is not cut: it is planned in some ten milliseconds, and takes a few.
const WHOLE: usize = 1 << 19;
/// Rows of a table that are worked on at once: of so many points each lies in a line of the cache.
const ROWS: usize = 16;
/// Points between two checks of the token where all that is done to one is some products.
pub(crate) const PIECE: usize = 1 << 16;

/// Plans of transforms, each of which is made once: that takes longer than the transform.
pub(crate) struct Transforms {
    whole: RealFftPlanner<f32>,
    parts: FftPlanner<f32>,
    /// Longest transform that is not cut.
    longest: usize,
}

impl Default for Transforms {
    fn default() -> Self {
        Self { whole: RealFftPlanner::new(), parts: FftPlanner::new(), longest: WHOLE }
    }
}

impl Transforms {
    /// The spectrum of a signal whose length is a power of two, 4 or more: from 0 to half the sample rate. Spoils the
    /// signal.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every few milliseconds.
    pub(crate) fn forward(&mut self, signal: &mut [f32], cancel: &Token) -> Result<Vec<Complex32>, Cancelled> {
        cancel.check()?;
        if signal.len() <= self.longest {
            let plan = self.whole.plan_fft_forward(signal.len());
            cancel.check()?;
            let mut bins = plan.make_output_vec();
            plan.process(signal, &mut bins).expect("lengths match");
            cancel.check()?;
            return Ok(bins);
        }
        let half = signal.len() / 2;
        let mut pairs = Vec::with_capacity(half);
        for piece in signal.chunks(2 * PIECE) {
            cancel.check()?;
            pairs.extend(piece.chunks_exact(2).map(|pair| Complex32::new(pair[0], pair[1])));
        }
        let pairs = self.complex(pairs, FftDirection::Forward, cancel)?;
        // Even and odd samples went in as real and imaginary parts; what is theirs is told apart by its symmetry.
        let turn = Turn::new(signal.len(), FftDirection::Forward);
        let mut bins = Vec::with_capacity(half + 1);
        for bin in 0..=half {
            if bin % PIECE == 0 {
                cancel.check()?;
            }
            let (this, mirrored) = (pairs[bin % half], pairs[(half - bin) % half].conj());
            let odd = turn.by(bin) * (this - mirrored);
            bins.push(0.5 * (this + mirrored + Complex32::new(odd.im, -odd.re)));
        }
        Ok(bins)
    }

    /// The signal of a spectrum as [`Self::forward`] makes it, times its length. Both ends are taken for real.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every few milliseconds.
    pub(crate) fn inverse(&mut self, bins: &mut [Complex32], cancel: &Token) -> Result<Vec<f32>, Cancelled> {
        cancel.check()?;
        let half = bins.len() - 1;
        (bins[0].im, bins[half].im) = (0.0, 0.0); // a real signal's spectrum is real at both ends
        if 2 * half <= self.longest {
            let plan = self.whole.plan_fft_inverse(2 * half);
            cancel.check()?;
            let mut signal = plan.make_output_vec();
            plan.process(bins, &mut signal).expect("lengths match, both ends are real");
            cancel.check()?;
            return Ok(signal);
        }
        let turn = Turn::new(2 * half, FftDirection::Inverse);
        let mut pairs = Vec::with_capacity(half);
        for bin in 0..half {
            if bin % PIECE == 0 {
                cancel.check()?;
            }
            let (this, mirrored) = (bins[bin], bins[half - bin].conj());
            let odd = turn.by(bin) * (this - mirrored);
            pairs.push(this + mirrored + Complex32::new(-odd.im, odd.re));
        }
        let pairs = self.complex(pairs, FftDirection::Inverse, cancel)?;
        let mut signal = Vec::with_capacity(2 * half);
        for piece in pairs.chunks(PIECE) {
            cancel.check()?;
            signal.extend(piece.iter().flat_map(|pair| [pair.re, pair.im]));
        }
        Ok(signal)
    }

    /// A complex transform of a power of two, cut into rows and columns.
    fn complex(
        &mut self,
        points: Vec<Complex32>,
        direction: FftDirection,
        cancel: &Token,
    ) -> Result<Vec<Complex32>, Cancelled> {
        let rows = 1 << (points.len().ilog2() / 2);
        let columns = points.len() / rows;
        let turn = Turn::new(points.len(), direction);
        let of_column = self.parts.plan_fft(rows, direction);
        let mut points = transposed(&points, rows, cancel, |column, points| {
            of_column.process(points);
            points.iter_mut().enumerate().for_each(|(place, point)| *point *= turn.by(column * place));
        })?;
        let of_row = self.parts.plan_fft(columns, direction);
        points = transposed(&points, columns, cancel, |_, points| of_row.process(points))?;
        transposed(&points, rows, cancel, |_, _| ())
    }
}

/// A table of so many rows with its columns as rows, to each of which something is done, by its number.
fn transposed(
    table: &[Complex32],
    rows: usize,
    cancel: &Token,
    each: impl Fn(usize, &mut [Complex32]),
) -> Result<Vec<Complex32>, Cancelled> {
    let columns = table.len() / rows;
    let mut turned = Vec::with_capacity(table.len());
    let mut block = vec![Complex32::default(); ROWS.min(columns) * rows];
    for first in (0..columns).step_by(ROWS) {
        cancel.check()?;
        let block = &mut block[..ROWS.min(columns - first) * rows];
        for (place, row) in table.chunks_exact(columns).enumerate() {
            let points = row[first..].iter();
            points.zip(block[place..].iter_mut().step_by(rows)).for_each(|(from, to)| *to = *from);
        }
        block.chunks_exact_mut(rows).enumerate().for_each(|(column, points)| each(first + column, points));
        turned.extend_from_slice(block);
    }
    Ok(turned)
}

/// Phases of whole shares of a turn: each is the product of a coarse and a fine one.
struct Turn {
    fine: Vec<Complex64>,
    coarse: Vec<Complex64>,
    /// Two to this power is the number of fine ones.
    bits: u32,
}

impl Turn {
    /// Of so many shares, a power of two.
    fn new(shares: usize, direction: FftDirection) -> Self {
        let sign = if direction == FftDirection::Forward { -1.0 } else { 1.0 };
        let bits = shares.ilog2() / 2;
        let fine = 1 << bits;
        let phase = |share: usize| Complex64::from_polar(1.0, sign * TAU * share as f64 / shares as f64);
        Self {
            fine: (0..fine).map(phase).collect(),
            coarse: (0..shares / fine).map(|share| phase(share * fine)).collect(),
            bits,
        }
    }

    fn by(&self, share: usize) -> Complex32 {
        let phase = self.coarse[share >> self.bits] * self.fine[share & (self.fine.len() - 1)];
        Complex32::new(phase.re as f32, phase.im as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use transept_support::signal::noise;

    /// Always cut.
    fn cutting() -> Transforms {
        Transforms { longest: 0, ..Transforms::default() }
    }

    #[test]
    fn what_is_cut_is_what_the_whole_transform_gives() {
        for length in [4, 8, 16, 64, 2048, 1 << 15, 1 << 16] {
            let signal = noise(length, 7);
            let spectrum =
                |mut of: Transforms| of.forward(&mut signal.clone(), &Token::never()).expect("not cancelled");
            let (whole, cut) = (spectrum(Transforms::default()), spectrum(cutting()));
            assert_eq!(whole.len(), cut.len());
            // Rounding adds up like noise, over as many stages as the length has bits.
            let limit = f32::EPSILON * (length as f32).sqrt() * length.ilog2() as f32;
            for (bin, (whole, cut)) in whole.iter().zip(&cut).enumerate() {
                assert!((whole - cut).norm() <= limit, "{length}, bin {bin}: {cut}, not {whole}");
            }
            let back = cutting().inverse(&mut cut.clone(), &Token::never()).expect("not cancelled");
            for (sample, back) in signal.iter().zip(back) {
                let back = back / length as f32;
                assert!((sample - back).abs() <= f32::EPSILON * 2.0 * length.ilog2() as f32, "{back}, not {sample}");
            }
        }
    }

    #[test]
    fn no_more_than_a_piece_is_worked_on_between_two_checks() {
        let length = 4 * WHOLE;
        let asked = Cell::new(0);
        let count = || {
            asked.set(asked.get() + 1);
            false
        };
        let token = Token::new(&count);
        let mut transforms = Transforms::default();
        let mut bins = transforms.forward(&mut noise(length, 1), &token).expect("not cancelled");
        assert!(asked.get() > length / PIECE, "forward: asked {} times", asked.get());
        asked.set(0);
        transforms.inverse(&mut bins, &token).expect("not cancelled");
        assert!(asked.get() > length / PIECE, "back: asked {} times", asked.get());
        // Whenever it is given up, that is what it says.
        for most in [0, 1, 5, 40, 100] {
            asked.set(0);
            let question = || asked.replace(asked.get() + 1) >= most;
            assert_eq!(transforms.inverse(&mut bins, &Token::new(&question)), Err(Cancelled), "after {most}");
            assert_eq!(asked.get(), most + 1);
        }
    }
}
