//! Past + voice, for any block size.

use super::Kernel;
use super::past::Past;
use super::voice::Voice;
use std::sync::Arc;

/// Most other convolvers to which one knows its relation: those that may sound when it arrives.
const RELATIONS: usize = 4;

/// A kernel with its running state.
///
/// Output is the convolution of all input since the last [`reset`](Self::reset), without latency, and the same to the
/// last bit however the input is cut into blocks.
#[derive(Debug)]
pub struct Convolver {
    kernel: Arc<Kernel>,
    generation: u64,
    past: Past,
    voice: Voice,
    relations: [Option<(u64, Relation)>; RELATIONS],
    /// See [`Self::together`].
    other: Option<Box<Convolver>>,
}

/// How a convolver's impulse is related to another one's: what the change from one to the other depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Relation {
    /// Normalised inner product of the two impulses' sound, from 0, unrelated, to 1, the same but for its level.
    pub correlation: f32,
    /// Whether both are the same room in another shape: then the new one takes over all that the old one has heard, if
    /// their partitions allow it. Otherwise the old one rings out, and the new one begins with what comes.
    pub is_reshaped: bool,
}

/// What plays the same past beside a convolver, and where to.
pub(super) struct Beside<'a, 'b, 'c> {
    pub convolver: &'a mut Convolver,
    pub outputs: &'b mut [&'c mut [f32]],
}

impl Convolver {
    /// A convolver with a silent past. Allocates.
    #[must_use]
    pub fn new(kernel: Arc<Kernel>) -> Self {
        let taps = kernel.len();
        Self::with_room(kernel, taps)
    }

    /// The same for an impulse that may become longer, up to `taps` taps, in the shapes that come after it: as much of the
    /// past is kept. Allocates.
    #[must_use]
    pub fn with_room(kernel: Arc<Kernel>, taps: usize) -> Self {
        let (past, voice) = (Past::new(&kernel, taps), Voice::new(&kernel));
        Self { kernel, generation: 0, past, voice, relations: [None; RELATIONS], other: None }
    }

    /// The same with the number of the request that it answers; newer requests have larger numbers.
    #[must_use]
    pub fn with_generation(mut self, generation: u64) -> Self {
        self.generation = generation;
        self
    }

    /// The same knowing how it is related to the convolver of this number, should that one sound when it arrives. Of
    /// several, the last four count; to all others it is unrelated.
    #[must_use]
    pub fn with_relation(mut self, generation: u64, relation: Relation) -> Self {
        self.relations.rotate_right(1);
        self.relations[0] = Some((generation, relation));
        self
    }

    /// The same for one of many that are processed in one callback: give each another `phase`, counting from 0, and they do
    /// not all have their heavier quanta at the same time. It changes no bit of the output.
    ///
    /// # Panics
    /// If there has been input since the last reset.
    #[must_use]
    pub fn with_phase(mut self, phase: u32) -> Self {
        assert!(self.past.position == 0, "a phase for a convolver that is running");
        self.past.set_phase(phase);
        self
    }

    /// The number given by [`Self::with_generation`], else 0.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// How it is related to another one.
    #[must_use]
    pub fn relation(&self, other: &Self) -> Relation {
        let told = self.relations.iter().flatten().find(|(generation, _)| *generation == other.generation);
        told.map_or(Relation { correlation: 0.0, is_reshaped: false }, |(_, relation)| *relation)
    }

    /// The kernel.
    #[must_use]
    pub fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// Bytes of past, sums and rings held, besides the kernel's; working space of some blocks is not counted.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.past.bytes() + self.voice.bytes()
    }

    /// One box of several convolvers, to be given away and dropped together. Real-time safe.
    #[must_use = "dropping it would free it on this thread"]
    pub fn together(mut self: Box<Self>, other: Option<Box<Self>>) -> Box<Self> {
        let mut last = &mut self.other;
        while let Some(convolver) = last {
            last = &mut convolver.other;
        }
        *last = other;
        self
    }

    /// Its number, and those of the others in its box.
    pub fn generations(&self) -> impl Iterator<Item = u64> {
        std::iter::successors(Some(self), |convolver| convolver.other.as_deref()).map(Self::generation)
    }

    /// Overwrites `outputs` with the convolution of `inputs`, one slice per channel of the kernel, all of the same
    /// length, any from 0 on.
    ///
    /// Real-time safe: no allocation, lock or system call, and the work per sample does not depend on the signal, except
    /// that silence is cheaper. It comes in quanta: of callbacks shorter than one, those that complete it do more. Samples
    /// that are not finite, or beyond ±1e15, count as silence, and so do all below 1e-15, in and out.
    ///
    /// # Panics
    /// If there are not as many slices as the kernel has channels, or slices differ in length.
    pub fn process(&mut self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        self.process_beside(inputs, outputs, None);
    }

    /// The same, with another convolver's kernel playing this one's past to outputs of its own.
    pub(super) fn process_beside(&mut self, inputs: &[&[f32]], outputs: &mut [&mut [f32]], mut beside: Option<Beside>) {
        assert_eq!((inputs.len(), outputs.len()), (self.kernel.inputs(), self.kernel.outputs()), "inputs and outputs");
        let frames = outputs[0].len();
        assert!(inputs.iter().all(|input| input.len() == frames), "slices of different lengths");
        assert!(outputs.iter().all(|output| output.len() == frames), "slices of different lengths");
        let Self { kernel, past, voice, .. } = self;
        let mut done = 0;
        while done < frames {
            let now = done..frames.min(done + past.left());
            for (channel, input) in inputs.iter().enumerate() {
                past.hear(channel, &input[now.clone()]);
            }
            for (channel, output) in outputs.iter_mut().enumerate() {
                voice.sum(kernel, past, channel, &mut output[now.clone()]);
            }
            if let Some(Beside { convolver, outputs }) = &mut beside {
                for (channel, output) in outputs.iter_mut().enumerate() {
                    convolver.voice.sum(&convolver.kernel, past, channel, &mut output[now.clone()]);
                }
            }
            done = now.end;
            if past.advance(now.len()) {
                if let Some(Beside { convolver, .. }) = &mut beside {
                    convolver.voice.run(&convolver.kernel, past);
                }
                voice.run(kernel, past);
            }
        }
    }

    /// Whether it could take over another one's past: both have the same partitions, and it does not look further back than
    /// the past is kept.
    pub(super) fn suits(&self, other: &Self) -> bool {
        other.past.suits(&other.kernel, &self.kernel)
    }

    /// Takes over another one's past, which gets this one's, and begins to catch up on it. Until it
    /// [has](Self::has_caught_up), what it plays is not whole. Real-time safe.
    pub(super) fn take_over(&mut self, other: &mut Self) {
        std::mem::swap(&mut self.past, &mut other.past);
        self.voice.join();
    }

    /// Whether it plays as if it had heard all of its past.
    pub(super) fn has_caught_up(&self) -> bool {
        self.voice.has_caught_up()
    }

    /// Transforms and chunks of products so far.
    #[cfg(test)]
    pub(super) fn done(&self) -> (usize, usize) {
        let (inverse, chunks) = self.voice.done();
        (inverse + self.past.levels.iter().map(|level| level.done).sum::<usize>(), chunks)
    }

    /// Forgets all input, in a time that does not depend on the impulse's length: what was heard before is no longer
    /// counted, not cleared. Real-time safe.
    pub fn reset(&mut self) {
        self.past.reset();
        self.voice.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::super::past::LevelPast;
    use super::super::plan::AHEAD;
    use super::super::{Instructions, noise};
    use super::*;
    use std::f64::consts::PI;

    /// Quanta of one signal for all inputs; the outputs, one after another.
    fn play(convolver: &mut Convolver, signal: &[f32]) -> Vec<f32> {
        let mut heard = Vec::new();
        for block in signal.chunks(64) {
            let mut outputs = vec![vec![0.0; block.len()]; convolver.kernel.outputs()];
            let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(|output| &mut output[..]).collect();
            convolver.process(&vec![block; convolver.kernel.inputs()], &mut slices);
            heard.extend(outputs.concat());
        }
        heard
    }

    #[test]
    fn no_denormal_arises_inside() {
        for instructions in Instructions::available() {
            for exponent in [-8, -12, -14, -16, -19, -30, -42] {
                let scale = 10f64.powi(exponent);
                let sound = noise(12_000, scale, 2);
                assert_no_denormal_arises(instructions, &noise(20_000, scale, 1), &sound);
                // Most bins of a smooth block are what rounding left, far below the samples.
                let smooth = |n: usize| (scale * (n as f64 * PI / 2048.0).sin().powi(8)) as f32;
                let [taps, sound] =
                    [2048 - LAST % 2048, 0].map(|from| (from..from + 20_000).map(smooth).collect::<Vec<_>>());
                assert_no_denormal_arises(instructions, &taps, &sound);
            }
        }
    }

    /// Where the last level begins of the kernels that are searched for denormals.
    const LAST: usize = 5_184;

    fn assert_no_denormal_arises(instructions: Instructions, taps: &[f32], sound: &[f32]) {
        let what = format!("{instructions}, ±{:e}", taps.iter().copied().fold(0.0, f32::max));
        // With partitions that are worked ahead, and a transform in pieces.
        let builder = Kernel::builder(1, 1, 48_000).path(0, 0, taps).partitions(&[64, 256, 2048]);
        let kernel = builder.instructions(instructions).build().unwrap();
        assert_eq!(kernel.levels[2].plan.offset, LAST);
        let spectra = |level: &Arc<super::super::kernel::KernelLevel>| -> usize {
            level.paths.iter().map(|path| path.spectra.denormals()).sum()
        };
        assert_eq!(kernel.levels.iter().map(spectra).sum::<usize>(), 0, "in the kernel, {what}");
        let mut convolver = Convolver::new(Arc::new(kernel));
        // The sound, then silence while it rings out.
        for block in sound.chunks(64).chain([&[0.0f32; 64][..]; 400]) {
            let output = play(&mut convolver, block);
            let past: usize = convolver.past.levels.iter().map(LevelPast::denormals).sum();
            let inside = past + convolver.voice.denormals();
            assert_eq!(inside, 0, "{what}");
            assert!(!output.iter().any(|y| y.is_subnormal()), "{what}");
        }
    }

    #[test]
    fn true_stereo_shares_two_transforms_each_way() {
        let taps: Vec<_> = (0..4).map(|seed| noise(20_000, 1.0, seed)).collect();
        let builder = Kernel::builder(2, 2, 48_000).partitions(&[64, 512, 2048]);
        let paths = [(0, 0), (0, 1), (1, 0), (1, 1)].into_iter().zip(&taps);
        let kernel = paths.fold(builder, |builder, ((from, to), taps)| builder.path(from, to, taps)).build().unwrap();
        let mut convolver = Convolver::new(Arc::new(kernel));
        play(&mut convolver, &noise(40_960, 1.0, 9));
        let before = convolver.done().0;
        play(&mut convolver, &noise(20_480, 1.0, 9));
        let blocks = [64, 512, 2048].map(|partition| 20_480 / partition).iter().sum::<usize>();
        assert_eq!(convolver.done().0 - before, 4 * blocks);
    }

    #[test]
    fn after_silence_as_long_as_the_tail_the_output_is_zero_and_nothing_is_done() {
        let taps = noise(40_000, 1.0, 1);
        let kernel = Kernel::builder(2, 2, 48_000).path(0, 0, &taps).path(1, 1, &taps).build().unwrap();
        let largest = kernel.plan.largest();
        let mut convolver = Convolver::new(Arc::new(kernel));
        for round in 0..3 {
            let sound = noise(10_000 + 64 * round, 1.0, 2);
            assert!(play(&mut convolver, &sound).iter().any(|y| *y != 0.0));
            // What sounds last lies in a block, which ends somewhat later; so does the partition of the last tap.
            play(&mut convolver, &vec![0.0; (40_000 + 2 * largest).next_multiple_of(64)]);
            let before = convolver.done();
            let silence = play(&mut convolver, &vec![0.0; 50 * largest]);
            assert!(silence.iter().all(|y| y.to_bits() == 0), "round {round}");
            assert_eq!(convolver.done(), before, "round {round}");
        }
        // And then it is as if it had never heard anything.
        let sound = noise(60_032, 1.0, 3);
        let rested = play(&mut convolver, &sound);
        assert!(rested.iter().any(|y| *y != 0.0));
        let mut again = Convolver::new(convolver.kernel.clone());
        play(&mut again, &vec![0.0; (convolver.past.position - 60_032) as usize]);
        assert!(play(&mut again, &sound).iter().zip(&rested).all(|(a, b)| a.to_bits() == b.to_bits()));
    }

    /// Rest begins in every quantum of two groups of blocks that are worked ahead, and sound comes back soon or late.
    #[test]
    fn rest_may_begin_and_end_anywhere_in_a_group_of_blocks() {
        let (taps, partition) = (noise(6_000, 1.0, 1), 256);
        let partitions = [64, partition];
        let kernel = Kernel::builder(1, 1, 48_000).path(0, 0, &taps).partitions(&partitions).build().unwrap();
        let kernel = Arc::new(kernel);
        assert!(kernel.levels[1].is_ahead);
        let two_groups = 1..=2 * AHEAD * partition / 64;
        for (quanta, pause) in two_groups.flat_map(|quanta| (0..6 * AHEAD).map(move |pause| (quanta, pause))) {
            let what = format!("after {quanta} quanta and {pause} blocks of rest");
            let mut convolver = Convolver::new(kernel.clone()).with_phase(quanta as u32);
            play(&mut convolver, &noise(64 * quanta, 1.0, 2));
            play(&mut convolver, &vec![0.0; (6_000 + 2 * partition).next_multiple_of(64)]);
            let before = convolver.done();
            let silence = play(&mut convolver, &vec![0.0; pause * partition]);
            assert!(silence.iter().all(|y| y.to_bits() == 0), "{what}");
            assert_eq!(convolver.done(), before, "{what}");
            let mut again = Convolver::new(kernel.clone());
            play(&mut again, &vec![0.0; convolver.past.position as usize]);
            let sound = noise(6_000 + 2 * AHEAD * partition, 1.0, 3);
            let [expected, found] = [&mut again, &mut convolver].map(|convolver| play(convolver, &sound));
            let differs = expected.iter().zip(&found).position(|(a, b)| a.to_bits() != b.to_bits());
            assert_eq!(differs, None, "{what}");
        }
    }

    #[test]
    fn after_a_reset_silence_is_rest_as_soon_as_ever() {
        let taps = noise(40_000, 1.0, 1);
        let kernel = Kernel::builder(1, 1, 48_000).path(0, 0, &taps).partitions(&[64, 512, 2048]).build().unwrap();
        let mut convolver = Convolver::new(Arc::new(kernel));
        play(&mut convolver, &noise(200_000, 1.0, 2));
        convolver.reset();
        play(&mut convolver, &vec![0.0; (40_000 + 2 * 2048_usize).next_multiple_of(64)]);
        let before = convolver.done();
        play(&mut convolver, &vec![0.0; 40_960]);
        assert_eq!(convolver.done(), before);
    }

    #[test]
    fn silence_after_a_reset_does_not_wake_the_past() {
        let (taps, partitions) = (noise(40_000, 1.0, 1), [64, 512, 2048]);
        let builder = Kernel::builder(1, 1, 48_000).path(0, 0, &taps).partitions(&partitions);
        let kernel = Arc::new(builder.build().unwrap());
        let mut reset = Convolver::new(kernel.clone());
        for quanta in [100, 1000, 3000] {
            // Silence that reaches into every level, sound, and silence again.
            let mut signal = vec![0.0; 64 * quanta];
            signal.extend(noise(64 * 700, 1.0, 3).into_iter().chain(vec![0.0; 60_032]));
            let mut fresh = Convolver::new(kernel.clone());
            play(&mut reset, &noise(64 * 1500, 1.0, 2));
            reset.reset();
            let (expected, found) = (play(&mut fresh, &signal), play(&mut reset, &signal));
            let differs = expected.iter().zip(&found).position(|(a, b)| a.to_bits() != b.to_bits());
            assert_eq!(differs, None, "after {quanta} quanta of silence");
            reset.reset();
        }
    }

    #[test]
    fn what_is_done_does_not_depend_on_the_signal() {
        let taps = noise(40_000, 1.0, 1);
        let kernel = Arc::new(Kernel::builder(1, 1, 48_000).path(0, 0, &taps).build().unwrap());
        let work = |signal: &[f32]| {
            let mut convolver = Convolver::new(kernel.clone());
            play(&mut convolver, signal);
            convolver.done()
        };
        let len = 64 * 1000;
        let constant = work(&vec![1.0; len]);
        assert_eq!(work(&noise(len, 1.0, 2)), constant);
        assert_eq!(work(&noise(len, 1e-10, 2)), constant);
        let clicks: Vec<f32> = (0..len).map(|i| if i % 64 == 0 { 1.0 } else { 0.0 }).collect();
        assert_eq!(work(&clicks), constant);
        let nothing = work(&vec![0.0; len]);
        assert_eq!(nothing, (0, 0), "silence is cheaper");
    }
}
