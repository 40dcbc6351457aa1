//! By what each bin of a frame is multiplied, frame after frame.

use super::frames::Frames;
use super::tail::{SOURCES, Tail};
use crate::impulse::random::Random;
use realfft::num_complex::Complex32;
use std::f64::consts::TAU;

/// Of the noise. Always the same, so that an impulse always has the same tail.
const SEED: u64 = 0x7461_696c;
/// Phases that the noise has.
const PHASES: usize = 256;
/// Frames of random phases are a quarter as loud, in energy, as frames that fit together: Hann windows that overlap four
/// times.
const INCOHERENT: f64 = 2.0;
/// Below and above this a gain is not heard, or is one of what has been left.
const LEAST: f64 = 1e-25;
const MOST: f64 = 1e25;

/// Weights of one frame. Next is the frame behind it.
pub(super) struct Weights {
    /// Of the recorded frame, less 1.
    pub(super) recorded: Vec<f32>,
    /// Of the frame that continues it, with its phase.
    pub(super) continued: Vec<Complex32>,
    /// Which of the tail's frames.
    pub(super) source: usize,
    /// Whether there is anything in `continued`.
    pub(super) continues: bool,
    bins: Vec<Bin>,
    phases: Vec<Complex32>,
    /// Middle of the first frame in which anything is continued, and samples from one frame to the next.
    begins: f64,
    hop: f64,
}

/// One frequency.
#[derive(Clone, Copy)]
struct Bin {
    /// Gains of the two in this frame, and what they are multiplied by from one frame to the next.
    gain: f64,
    step: f64,
    made: f64,
    made_step: f64,
    /// Where the change starts, and one over its length; never and 0 where the recording is not left.
    start: f64,
    inverse: f64,
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
        let bins = (0..frames.bins()).map(|bin| {
            let frequency = (bin as f64).max(1.0) * rate / frames.length() as f64;
            let (ratio, replaced) = asked(frequency);
            let change = tail.filter(|_| replaced).and_then(|tail| tail.changes[bin]);
            // An offset is none of the room, and noise that nothing can be put in place of is not raised.
            let fixed = ratio == 1.0 || ratio > 1.0 && (bin < 2 || change.is_none());
            let slope = if fixed { 0.0 } else { gain(frequency) };
            let mut made = Bin {
                gain: (slope * first).exp() / frames.mean_of_exponential(slope),
                step: (slope * hop).exp(),
                made: 0.0,
                made_step: 0.0,
                start: f64::MAX,
                inverse: 0.0,
            };
            if let (Some((start, end)), Some(tail)) = (change, tail) {
                let fall = tail.falls[bin];
                let [before, after] = [2.0 * fall, 2.0 * (fall - slope)].map(|rate| frames.mean_of_exponential(rate));
                let logarithm = fall * (end - first) + slope * first;
                made.made = INCOHERENT * logarithm.min(600.0).exp() / (before * after).sqrt();
                made.made_step = ((slope - fall) * hop).exp();
                made.start = start;
                made.inverse = 1.0 / (end - start);
            }
            made
        });
        let bins: Vec<Bin> = bins.collect();
        let phase = |index: usize| Complex32::from_polar(1.0, (TAU * index as f64 / PHASES as f64) as f32);
        Self {
            recorded: vec![0.0; bins.len()],
            continued: vec![Complex32::default(); bins.len()],
            source: 0,
            continues: false,
            begins: bins.iter().map(|bin| bin.start).fold(f64::MAX, f64::min),
            bins,
            phases: (0..PHASES).map(phase).collect(),
            hop,
        }
    }

    /// Moves on to a frame; they come one after another from the first on.
    pub(super) fn next(&mut self, frame: usize) {
        let middle = (frame as f64 - 1.0) * self.hop;
        self.continues = middle > self.begins;
        if !self.continues {
            for (bin, recorded) in self.bins.iter_mut().zip(&mut self.recorded) {
                *recorded = (bin.gain - 1.0) as f32;
                bin.gain = within(bin.gain * bin.step);
                bin.made = faded(bin.made * bin.made_step);
            }
            return;
        }
        let mut random = Random::new(SEED ^ ((frame as u64) << 32));
        self.source = random.word() as usize % SOURCES;
        let mut word = 0;
        let weights = self.recorded.iter_mut().zip(&mut self.continued);
        for (index, (bin, (recorded, continued))) in self.bins.iter_mut().zip(weights).enumerate() {
            if index % 8 == 0 {
                word = random.word();
            }
            let place = ((middle - bin.start) * bin.inverse).clamp(0.0, 1.0);
            let share = place * place * (3.0 - 2.0 * place);
            *recorded = (bin.gain * (1.0 - share).sqrt() - 1.0) as f32;
            *continued = self.phases[(word & 0xff) as usize] * (within(bin.made) * share.sqrt()) as f32;
            word >>= 8;
            bin.gain = within(bin.gain * bin.step);
            bin.made = faded(bin.made * bin.made_step);
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
