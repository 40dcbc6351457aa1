//! By what each bin of a frame is multiplied, frame after frame.

use super::frames::Frames;
use super::tail::{SOURCES, Tail};
use crate::impulse::random::Random;
use realfft::num_complex::Complex32;
use std::f64::consts::TAU;
use std::ops::Range;

/// Of the noise. Always the same, so that an impulse always has the same tail.
const SEED: u64 = 0x7461_696c;
/// Phases that the noise has.
const PHASES: usize = 256;
/// Frames of random phases are a quarter as loud, in energy, as frames that fit together, Hann windows that overlap
/// four times: so what continues a recording has this times the amplitude in its frames.
pub(in crate::impulse) const INCOHERENT: f64 = 2.0;
/// Below and above this a gain is not heard, or is one of what has been left.
const LEAST: f64 = 1e-25;
const MOST: f64 = 1e25;

/// Weights of one frame. Next is the frame behind it.
pub(super) struct Weights {
    /// Of the recorded frame, less 1.
    recorded: Vec<f32>,
    /// Of the frame that continues it, with its phase.
    continued: Vec<Complex32>,
    /// Bins that change at all.
    changed: Range<usize>,
    /// Index of the tail's frame.
    pub(super) source: usize,
    /// True if there is anything in `continued`.
    pub(super) continues: bool,
    /// Of the recording, and of what continues it.
    recording: Gains,
    continuation: Gains,
    changes: Vec<Change>,
    phases: Vec<Complex32>,
    /// Middle of the first frame in which anything is continued, and samples from one frame to the next.
    begins: f64,
    hop: f64,
}

/// Gains per bin: in this frame, and what each is multiplied by from one frame to the next.
#[derive(Default)]
struct Gains {
    now: Vec<f64>,
    steps: Vec<f64>,
}

impl Gains {
    fn push(&mut self, now: f64, step: f64) {
        self.now.push(now);
        self.steps.push(step);
    }

    /// Goes on to the next frame.
    fn advance(&mut self, limit: impl Fn(f64) -> f64) {
        self.now.iter_mut().zip(&self.steps).for_each(|(now, step)| *now = limit(*now * step));
    }
}

/// Where one frequency goes over from the recording to what continues it; never where the recording is not left.
#[derive(Clone, Copy)]
struct Change {
    start: f64,
    end: f64,
}

impl Weights {
    /// Before the first frame. `gain` is the natural logarithm of the gain from sample to sample at a frequency in Hz;
    /// `asked` the ratio, and whether the recording's noise is replaced there.
    pub(super) fn new(
        frames: &Frames,
        tail: Option<&Tail>,
        rate: f64,
        gain: &impl Fn(f64) -> f64,
        asked: impl Fn(f64) -> (f64, bool),
    ) -> Self {
        let hop = frames.hop as f64;
        let first = frames.middle(0);
        let (mut recording, mut continuation, mut changes) = (Gains::default(), Gains::default(), Vec::new());
        let mut changed = frames.bins()..0;
        for bin in 0..frames.bins() {
            let frequency = (bin as f64).max(1.0) * rate / frames.length() as f64;
            let (ratio, replaced) = asked(frequency);
            let change = tail.filter(|_| replaced).and_then(|tail| tail.changes[bin]);
            // An offset is none of the room, and noise that nothing can be put in place of is not raised.
            let fixed = ratio == 1.0 || ratio > 1.0 && (bin < 2 || change.is_none());
            let slope = if fixed { 0.0 } else { gain(frequency) };
            if slope != 0.0 || change.is_some() {
                changed = changed.start.min(bin)..bin + 1;
            }
            recording.push((slope * first).exp() / frames.mean_of_exponential(slope), (slope * hop).exp());
            if let (Some((start, end)), Some(tail)) = (change, tail) {
                let fall = tail.falls[bin];
                let [before, after] = [2.0 * fall, 2.0 * (fall - slope)].map(|rate| frames.mean_of_exponential(rate));
                let logarithm = fall * (end - first) + slope * first;
                let made = INCOHERENT * logarithm.min(600.0).exp() / (before * after).sqrt();
                continuation.push(made, ((slope - fall) * hop).exp());
                changes.push(Change { start, end });
            } else {
                continuation.push(0.0, 0.0);
                changes.push(Change { start: f64::MAX, end: f64::MAX });
            }
        }
        let phase = |index: usize| Complex32::from_polar(1.0, (TAU * index as f64 / PHASES as f64) as f32);
        Self {
            recorded: vec![0.0; frames.bins()],
            continued: vec![Complex32::default(); frames.bins()],
            changed: changed.start.min(changed.end)..changed.end,
            source: 0,
            continues: false,
            begins: changes.iter().map(|change| change.start).fold(f64::MAX, f64::min),
            recording,
            continuation,
            changes,
            phases: (0..PHASES).map(phase).collect(),
            hop,
        }
    }

    /// Moves on to a frame; they come one after another from the first on.
    pub(super) fn next(&mut self, frame: usize) {
        let middle = (frame as f64 - 1.0) * self.hop;
        self.continues = middle > self.begins;
        for (gain, recorded) in self.recording.now.iter().zip(&mut self.recorded) {
            *recorded = (gain - 1.0) as f32;
        }
        if self.continues {
            self.leave(frame, middle);
        }
        self.recording.advance(within);
        self.continuation.advance(faded);
    }

    /// Adds to bins, which are zero, the recorded ones by their weights.
    pub(super) fn add_recorded(&self, recorded: &[Complex32], bins: &mut [Complex32]) {
        let (length, changed) = (bins.len(), self.changed.clone());
        let weigh = |(bin, (recorded, weight)): (&mut Complex32, (&Complex32, &f32))| *bin += recorded * weight;
        let weights = &self.recorded[changed.clone()];
        bins[changed.clone()].iter_mut().zip(recorded[changed].iter().zip(weights)).for_each(weigh);
        let (negative, weights) = self.negative(length, &self.recorded);
        bins[negative.clone()].iter_mut().zip(recorded[negative].iter().zip(weights.iter().rev())).for_each(weigh);
    }

    /// Adds to bins those that continue them, by their weights.
    pub(super) fn add_continued(&self, noise: &[Complex32], bins: &mut [Complex32]) {
        let (length, changed) = (bins.len(), self.changed.clone());
        for (bin, (noise, weight)) in
            bins[changed.clone()].iter_mut().zip(noise[changed.clone()].iter().zip(&self.continued[changed]))
        {
            *bin += noise * weight;
        }
        let (negative, weights) = self.negative(length, &self.continued);
        for (bin, (noise, weight)) in
            bins[negative.clone()].iter_mut().zip(noise[negative].iter().zip(weights.iter().rev()))
        {
            *bin += noise * weight.conj();
        }
    }

    /// The bins at negative frequencies that change, of so many in all; and the weights of their opposites, the last of
    /// which is that of the first.
    fn negative<'a, T>(&self, length: usize, weights: &'a [T]) -> (Range<usize>, &'a [T]) {
        // The ends have no opposite.
        let end = self.changed.end.min(weights.len() - 1);
        let start = self.changed.start.max(1).min(end);
        let negative = if start < end { length + 1 - end..length + 1 - start } else { 0..0 };
        (negative, &weights[start..end])
    }

    /// Leaves the recording where its frequencies come to their changes.
    fn leave(&mut self, frame: usize, middle: f64) {
        let mut random = Random::new(SEED ^ ((frame as u64) << 32));
        self.source = random.word() as usize % SOURCES;
        let mut word = 0;
        let last = self.changes.len() - 1;
        for (index, change) in self.changes.iter().enumerate() {
            if index % 8 == 0 {
                word = random.word();
            }
            let mut phase = self.phases[(word & 0xff) as usize];
            word >>= 8;
            if index == 0 || index == last {
                phase.im = 0.0; // a real signal's spectrum is real at both ends
            }
            if middle <= change.start {
                self.continued[index] = Complex32::default();
                continue;
            }
            let made = within(self.continuation.now[index]);
            if middle >= change.end {
                self.recorded[index] = -1.0;
                self.continued[index] = phase * made as f32;
                continue;
            }
            let place = (middle - change.start) / (change.end - change.start);
            let share = place * place * (3.0 - 2.0 * place);
            self.recorded[index] = (self.recording.now[index] * (1.0 - share).sqrt() - 1.0) as f32;
            self.continued[index] = phase * (made * share.sqrt()) as f32;
        }
    }
}

/// No less than 0 and no more than what is heard.
fn within(gain: f64) -> f64 {
    faded(gain).min(MOST)
}

/// 0 for what is not heard, so that nothing becomes a denormal.
fn faded(gain: f64) -> f64 {
    if gain < LEAST { 0.0 } else { gain }
}
