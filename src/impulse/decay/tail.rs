//! What follows when a recording is over and its room is not: noise with the spectrum of its last clear stretch.

use super::bank::Bank;
use super::blocks::Filters;
use crate::impulse::Impulse;
use crate::impulse::random::Random;
use crate::impulse::shape::{Cancelled, gain::rise, go_on};
use std::ops::Range;

/// Longest part of the stretch that is used, in seconds: the spectrum is resolved to some 10 Hz.
const STRETCH: f64 = 0.2;
/// Of the noise. Always the same, so that an impulse always has the same tail.
const SEED: u64 = 0x7461_696c;
/// Samples between two questions whether to go on.
const PIECE: usize = 1 << 16;

/// Steady noise that sounds like a stretch of an impulse: those samples, weighed by a raised cosine, are the filter of
/// white noise. The same noise goes to all channels, so what these have in common in the stretch they have in common
/// behind it. Nothing else is needed: a late tail is Gaussian noise that dies away (Schroeder: *Statistical parameters of
/// the frequency response curves of large rooms*, J. Audio Eng. Soc. 35, 1987).
pub(super) struct Tail {
    /// So many samples as were asked for, planar.
    pub(super) channels: Vec<Vec<f32>>,
    /// Per band, the factor that brings the mean energy of a sample, summed over the channels, to 1.
    pub(super) norms: [f64; 3],
}

impl Tail {
    /// So many samples that sound like the end of a stretch.
    pub(super) fn new(
        impulse: &Impulse,
        stretch: Range<usize>,
        length: usize,
        bank: &Bank,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Self, Cancelled> {
        let longest = (STRETCH * f64::from(impulse.sample_rate())) as usize;
        let taps = stretch.len().min(longest).max(1);
        let place = |n: usize| 2.0 * (n as f64 + 0.5) / taps as f64;
        let window: Vec<f64> = (0..taps).map(|n| rise(place(n)) * rise(2.0 - place(n))).collect();
        let filter = |channel: &Vec<f32>| -> Vec<f64> {
            channel[stretch.end - taps..].iter().zip(&window).map(|(sample, w)| f64::from(*sample) * w).collect()
        };
        let filters: Vec<Vec<f64>> = impulse.channels().iter().map(filter).collect();

        let mut energies = [0.0; 3];
        for filter in &filters {
            let silence = || std::iter::repeat_n(0.0, bank.reach());
            let padded: Vec<f32> = silence().chain(filter.iter().map(|tap| *tap as f32)).chain(silence()).collect();
            for (energy, band) in energies.iter_mut().zip(bank.split(&padded, cancelled)?) {
                *energy += band.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>();
            }
        }
        let mut random = Random::new(SEED);
        let mut noise = vec![0.0; length + taps - 1];
        for piece in noise.chunks_mut(PIECE) {
            go_on(cancelled)?;
            piece.iter_mut().for_each(|sample| *sample = random.bell());
        }
        let mut channels: Vec<Vec<f32>> = filters.iter().map(|_| Vec::with_capacity(length)).collect();
        // Without the filter's first samples, where it is not filled with noise yet.
        Filters::new(&filters).run(&noise, taps - 1, length, cancelled, |_, blocks| {
            for (channel, block) in channels.iter_mut().zip(blocks) {
                channel.extend(block.iter().map(|sample| *sample as f32));
            }
        })?;
        let norms = energies.map(|energy| if energy > 0.0 { 1.0 / energy.sqrt() } else { 0.0 });
        Ok(Self { channels, norms })
    }
}
