//! Head + levels + schedule, for any block size.

use super::Kernel;
use super::head::Head;
use super::history::{History, clean};
use super::level::Level;
use super::spectrum::floor;
use std::sync::Arc;

/// A kernel with its running state.
///
/// Output is the convolution of all input since the last [`reset`](Self::reset), without latency, and the same to the
/// last bit however the input is cut into blocks.
#[derive(Debug)]
pub struct Convolver {
    kernel: Arc<Kernel>,
    generation: u64,
    head: Head,
    history: History,
    levels: Vec<Level>,
    /// Samples since the last reset.
    position: u64,
}

impl Convolver {
    /// A convolver with a silent past. Allocates.
    #[must_use]
    pub fn new(kernel: Arc<Kernel>) -> Self {
        Self {
            generation: 0,
            head: Head::new(kernel.inputs(), kernel.quantum()),
            history: History::new(kernel.inputs(), kernel.plan.history()),
            levels: kernel.levels.iter().map(|level| Level::new(&kernel, level)).collect(),
            position: 0,
            kernel,
        }
    }

    /// The same with the number of the request that it answers; newer requests have larger numbers.
    #[must_use]
    pub fn with_generation(mut self, generation: u64) -> Self {
        self.generation = generation;
        self
    }

    /// The same for one of many that are processed in one callback: give each another `phase`, counting from 0, and they do
    /// not all have their heavier quanta at the same time. It changes no bit of the output.
    ///
    /// # Panics
    /// If there has been input since the last reset.
    #[must_use]
    pub fn with_phase(mut self, phase: u32) -> Self {
        assert!(self.position == 0, "a phase for a convolver that is running");
        for (level, kernel) in self.levels.iter_mut().zip(&self.kernel.levels) {
            level.delay(kernel.plan.delay(phase, self.kernel.quantum()) * self.kernel.quantum());
        }
        self
    }

    /// The number given by [`Self::with_generation`], else 0.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The kernel.
    #[must_use]
    pub fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// Bytes of past, sums and rings held, besides the kernel's; working space of some blocks is not counted.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.history.bytes() + self.levels.iter().map(Level::bytes).sum::<usize>()
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
        assert_eq!((inputs.len(), outputs.len()), (self.kernel.inputs(), self.kernel.outputs()), "inputs and outputs");
        let quantum = self.kernel.quantum();
        let frames = outputs[0].len();
        assert!(inputs.iter().all(|input| input.len() == frames), "slices of different lengths");
        assert!(outputs.iter().all(|output| output.len() == frames), "slices of different lengths");
        let mut done = 0;
        while done < frames {
            let phase = (self.position % quantum as u64) as usize;
            let now = done..frames.min(done + quantum - phase);
            for (channel, input) in inputs.iter().enumerate() {
                let present = self.head.present(channel, phase, now.len());
                for (clean_sample, sample) in present.iter_mut().zip(&input[now.clone()]) {
                    *clean_sample = clean(*sample);
                }
                self.history.write(channel, self.position, present);
            }
            for (channel, output) in outputs.iter_mut().enumerate() {
                self.sum(channel, phase, &mut output[now.clone()]);
            }
            self.position += now.len() as u64;
            done = now.end;
            if self.position.is_multiple_of(quantum as u64) {
                self.turn();
            }
        }
    }

    /// One output: the head's taps, then what the levels have computed, always in the same order.
    fn sum(&self, channel: usize, phase: usize, output: &mut [f32]) {
        output.fill(0.0);
        let recent = self.position.saturating_sub(self.kernel.quantum() as u64);
        for path in self.kernel.heads.iter().filter(|path| path.output == channel) {
            if self.history.is_silent_from(path.input, recent) {
                continue; // Its sum is zero.
            }
            self.head.add(self.kernel.dispatch, path, phase, output);
        }
        for (level, kernel) in self.levels.iter().zip(&self.kernel.levels) {
            level.add(kernel, self.position, channel, output);
        }
        for sample in output {
            *sample = floor(*sample);
        }
    }

    /// The end of a quantum: every level does its share of the schedule.
    fn turn(&mut self) {
        self.head.turn();
        for (level, kernel) in self.levels.iter_mut().zip(&self.kernel.levels) {
            level.run(kernel, &self.kernel, self.position, &self.history);
        }
    }

    /// Forgets all input, in a time that does not depend on the impulse's length: what was heard before is no longer
    /// counted, not cleared. Real-time safe.
    pub fn reset(&mut self) {
        self.head.reset();
        self.history.reset();
        self.levels.iter_mut().for_each(Level::reset);
        self.position = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::AHEAD;
    use super::super::{Instructions, noise};
    use super::*;
    use std::f64::consts::PI;

    /// Transforms and chunks of products so far.
    fn done(convolver: &Convolver) -> (usize, usize) {
        convolver.levels.iter().fold((0, 0), |sum, level| (sum.0 + level.done.0, sum.1 + level.done.1))
    }

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
        let spectra = |level: &super::super::kernel::KernelLevel| -> usize {
            level.paths.iter().map(|path| path.spectra.denormals()).sum()
        };
        assert_eq!(kernel.levels.iter().map(spectra).sum::<usize>(), 0, "in the kernel, {what}");
        let mut convolver = Convolver::new(Arc::new(kernel));
        // The sound, then silence while it rings out.
        for block in sound.chunks(64).chain([&[0.0f32; 64][..]; 400]) {
            let output = play(&mut convolver, block);
            let inside: usize = convolver.levels.iter().map(Level::denormals).sum();
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
        let before = done(&convolver).0;
        play(&mut convolver, &noise(20_480, 1.0, 9));
        let blocks = [64, 512, 2048].map(|partition| 20_480 / partition).iter().sum::<usize>();
        assert_eq!(done(&convolver).0 - before, 4 * blocks);
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
            let before = done(&convolver);
            let silence = play(&mut convolver, &vec![0.0; 50 * largest]);
            assert!(silence.iter().all(|y| y.to_bits() == 0), "round {round}");
            assert_eq!(done(&convolver), before, "round {round}");
        }
        // And then it is as if it had never heard anything.
        let sound = noise(60_032, 1.0, 3);
        let rested = play(&mut convolver, &sound);
        assert!(rested.iter().any(|y| *y != 0.0));
        let mut again = Convolver::new(convolver.kernel.clone());
        play(&mut again, &vec![0.0; (convolver.position - 60_032) as usize]);
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
            let before = done(&convolver);
            let silence = play(&mut convolver, &vec![0.0; pause * partition]);
            assert!(silence.iter().all(|y| y.to_bits() == 0), "{what}");
            assert_eq!(done(&convolver), before, "{what}");
            let mut again = Convolver::new(kernel.clone());
            play(&mut again, &vec![0.0; convolver.position as usize]);
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
        let before = done(&convolver);
        play(&mut convolver, &vec![0.0; 40_960]);
        assert_eq!(done(&convolver), before);
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
            done(&convolver)
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
