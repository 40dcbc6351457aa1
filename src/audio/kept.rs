//! A part of what a decoder gives: encoders put samples of their own before the sound and behind it.

use super::AudioError;
use super::opened::{Opened, Samples};

/// The samples between two ends.
pub struct Kept<'a> {
    samples: Box<dyn Samples + 'a>,
    skipped: u64,
    left: u64,
}

impl<'a> Kept<'a> {
    /// Takes so many frames away at the beginning, and what lies behind the kept ones, where their number is known.
    pub fn of(opened: Opened<'a>, skipped: u64, kept: Option<u64>) -> Opened<'a> {
        let behind = opened.frames.map(|frames| frames.saturating_sub(skipped));
        let frames = match (behind, kept) {
            (Some(behind), Some(kept)) => Some(behind.min(kept)),
            (behind, kept) => behind.or(kept),
        };
        let samples = Box::new(Self { samples: opened.samples, skipped, left: kept.unwrap_or(u64::MAX) });
        Opened { frames, samples, ..opened }
    }
}

impl Samples for Kept<'_> {
    fn next(&mut self, planes: &mut Vec<Vec<f32>>) -> Result<(), AudioError> {
        loop {
            self.samples.next(planes)?;
            let there = planes.first().map_or(0, Vec::len);
            if there == 0 {
                return Ok(());
            }
            let skipped = usize::try_from(self.skipped).unwrap_or(usize::MAX).min(there);
            let kept = usize::try_from(self.left).unwrap_or(usize::MAX).min(there - skipped);
            for plane in planes.iter_mut() {
                plane.truncate(skipped + kept);
                plane.drain(..skipped);
            }
            self.skipped -= skipped as u64;
            self.left -= kept as u64;
            if kept > 0 || self.left == 0 {
                return Ok(());
            }
        }
    }
}
