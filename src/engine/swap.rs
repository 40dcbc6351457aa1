//! From one kernel to the next without a click or a hole.
//!
//! Two gestures, by how the new convolver is [related](super::Relation) to the one that sounds:
//!
//! - **The same room in another shape.** The new kernel takes over all that was heard, catches up on it, and then the two
//!   outputs are cross-faded: what rings, rings in the new shape at once.
//! - **Another room.** The input is cross-faded from the old convolver to the new one; then the old one rings out on what it
//!   has heard.
//!
//! So at most two are at work, and the tail has no hole. What comes in the meantime waits; of several the newest.

mod fade;

use super::convolver::Beside;
use super::{Convolver, MAX_CHANNELS, MAX_QUANTUM, Relation, clean, quantum};
use fade::Crossfade;

/// Seconds in which the input goes over to another room.
const REPLACE: f64 = 0.05;

/// Seconds in which the output goes over to another shape.
const RESHAPE: f64 = 0.025;

/// Seconds in which a ringing tail fades to nothing when somebody waits.
const RELEASE: f64 = 0.02;

/// One convolver sounding, and at most one that it replaces.
#[derive(Debug)]
pub struct Engine {
    inputs: usize,
    outputs: usize,
    sample_rate: u32,
    quantum: usize,
    /// Samples since the last reset.
    position: u64,
    /// Takes over at the first quantum boundary at which nothing else changes.
    pending: Option<Box<Convolver>>,
    current: Option<Box<Convolver>>,
    /// The change to `current`, while it lasts.
    change: Option<Change>,
    /// Sound no more, wait to be given back.
    finished: Option<Box<Convolver>>,
}

/// What becomes of the convolver that sounded before.
#[derive(Debug)]
enum Change {
    /// It goes on with the past that is now its successor's, and fades out once that has caught up.
    Reshape { old: Box<Convolver>, fade: Crossfade },
    /// Its input fades out, or what comes first fades in; then it rings out.
    Replace { old: Option<Box<Convolver>>, fade: Crossfade, tail: usize, release: Option<Crossfade> },
}

/// Some samples of each channel.
type Samples = [[f32; MAX_QUANTUM]; MAX_CHANNELS];

impl Engine {
    /// An engine without a kernel: its output is silence. Allocates.
    ///
    /// # Panics
    /// If there are no channels or more than [`MAX_CHANNELS`] on a side.
    #[must_use]
    pub fn new(inputs: usize, outputs: usize, sample_rate: u32) -> Self {
        assert!((1..=MAX_CHANNELS).contains(&inputs) && (1..=MAX_CHANNELS).contains(&outputs));
        let (pending, current, change, finished) = (None, None, None, None);
        let quantum = quantum(sample_rate);
        Self { inputs, outputs, sample_rate, quantum, position: 0, pending, current, change, finished }
    }

    /// Whether nothing waits, fades or rings out.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.pending.is_none() && self.change.is_none() && self.finished.is_none()
    }

    /// The convolver that sounds or fades in, or is about to.
    #[must_use]
    pub fn current(&self) -> Option<&Convolver> {
        self.pending.as_deref().or(self.current.as_deref())
    }

    /// Overwrites `outputs` with the convolution of `inputs`, and goes over to `incoming` from a quantum boundary on:
    /// [`offer`](Self::offer), [`convolve`](Self::convolve) and [`let_go`](Self::let_go) in one.
    ///
    /// Gives back all convolvers that have finished, in one box. Real-time safe.
    ///
    /// # Panics
    /// As [`convolve`](Self::convolve).
    pub fn process(
        &mut self,
        inputs: &[&[f32]],
        outputs: &mut [&mut [f32]],
        incoming: Option<Box<Convolver>>,
    ) -> Option<Box<Convolver>> {
        if let Some(incoming) = incoming {
            self.offer(incoming);
        }
        self.convolve(inputs, outputs);
        self.let_go()
    }

    /// Overwrites `outputs` with the convolution of `inputs`. Slices as in [`Convolver::process`]. Real-time safe.
    ///
    /// # Panics
    /// If there are fewer slices than channels, or slices differ in length.
    pub fn convolve(&mut self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        assert!(inputs.len() >= self.inputs && outputs.len() >= self.outputs, "inputs and outputs");
        let frames = outputs[0].len();
        assert!(inputs[..self.inputs].iter().all(|input| input.len() == frames), "slices of different lengths");
        assert!(outputs[..self.outputs].iter().all(|output| output.len() == frames), "slices of different lengths");
        let mut done = 0;
        while done < frames {
            let phase = (self.position % self.quantum as u64) as usize;
            if phase == 0 {
                self.turn();
            }
            let now = done..frames.min(done + self.quantum - phase);
            let mut some_inputs = [&[][..]; MAX_CHANNELS];
            for (some, input) in some_inputs.iter_mut().zip(inputs) {
                *some = &input[now.clone()];
            }
            let mut some_outputs: [&mut [f32]; MAX_CHANNELS] = Default::default();
            for (some, output) in some_outputs.iter_mut().zip(outputs.iter_mut()) {
                *some = &mut output[now.clone()];
            }
            self.piece(&some_inputs[..self.inputs], &mut some_outputs[..self.outputs]);
            self.position += now.len() as u64;
            done = now.end;
        }
    }

    /// All convolvers that have finished, in one box, to go home. Real-time safe.
    #[must_use = "dropping it would free it on this thread"]
    pub fn let_go(&mut self) -> Option<Box<Convolver>> {
        self.finished.take()
    }

    /// Samples that may still sound after the input's end: of the impulse, or of the one that rings out.
    #[must_use]
    pub fn tail(&self) -> usize {
        let ringing = match &self.change {
            Some(Change::Replace { fade, tail, .. }) if fade.is_over() => *tail,
            Some(Change::Replace { old, .. }) => old.as_ref().map_or(0, |old| old.kernel().len()),
            Some(Change::Reshape { old, .. }) => old.kernel().len(),
            None => 0,
        };
        let sounding = [&self.pending, &self.current].into_iter().flatten().map(|convolver| convolver.kernel().len());
        sounding.max().unwrap_or(0).max(ringing)
    }

    /// Keeps a convolver for the first quantum boundary at which it can take over; one that waited for that gives way. One
    /// that was made for another rate or layout, or is older than what sounds, is given back with the
    /// [finished](Self::let_go) ones. The first one, before any sound, needs no fade. Real-time safe.
    pub fn offer(&mut self, incoming: Box<Convolver>) {
        let kernel = incoming.kernel();
        let fits =
            (kernel.inputs(), kernel.outputs(), kernel.sample_rate()) == (self.inputs, self.outputs, self.sample_rate);
        let is_newer = self.current().is_none_or(|current| incoming.generation() >= current.generation());
        let unheard = if fits && is_newer { self.pending.replace(incoming) } else { Some(incoming) };
        self.finish(unheard);
    }

    fn finish(&mut self, convolver: Option<Box<Convolver>>) {
        if let Some(convolver) = convolver {
            self.finished = Some(convolver.together(self.finished.take()));
        }
    }

    /// A quantum boundary: what is over leaves, and what waits takes over if it can.
    fn turn(&mut self) {
        match self.change.take() {
            Some(Change::Reshape { old, fade }) if fade.is_over() => self.finish(Some(old)),
            Some(Change::Replace { old, fade, tail, release })
                if fade.is_over() && (tail == 0 || release.is_some_and(|release| release.is_over())) =>
            {
                self.finish(old);
            }
            other => self.change = other,
        }
        if self.change.is_none()
            && let Some(new) = self.pending.take()
        {
            self.begin(new);
        }
        if self.pending.is_some()
            && let Some(Change::Replace { fade, release, .. }) = &mut self.change
            && fade.is_over()
        {
            // Somebody waits.
            release.get_or_insert(Crossfade::new(RELEASE, self.sample_rate, 1.0));
        }
    }

    /// Begins the change to another convolver.
    fn begin(&mut self, mut new: Box<Convolver>) {
        let relation = self.current.as_ref().map(|old| new.relation(old));
        let old = self.current.take();
        self.change = match (old, relation) {
            // Into a stream that has only begun nothing needs to fade.
            (old, _) if self.position == 0 => {
                self.finish(old);
                None
            }
            (Some(mut old), Some(Relation { correlation, is_reshaped: true })) if new.suits(&old) => {
                new.take_over(&mut old);
                Some(Change::Reshape { old, fade: Crossfade::new(RESHAPE, self.sample_rate, correlation) })
            }
            (old, relation) => {
                let tail = old.as_ref().map_or(0, |old| old.kernel().len());
                // What fades in alone has nothing to keep the power of.
                let correlation = relation.map_or(1.0, |relation| relation.correlation);
                let fade = Crossfade::new(REPLACE, self.sample_rate, correlation);
                Some(Change::Replace { old, fade, tail, release: None })
            }
        };
        self.current = Some(new);
    }

    /// At most a quantum, with no boundary inside.
    fn piece(&mut self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let Some(current) = &mut self.current else {
            for output in outputs {
                output.fill(0.0);
            }
            return;
        };
        match &mut self.change {
            None => current.process(inputs, outputs),
            Some(Change::Reshape { old, fade }) => reshape(current, old, fade, inputs, outputs),
            Some(Change::Replace { old, fade, tail, release }) => {
                let is_ringing = fade.is_over();
                replace(current, old.as_deref_mut(), fade, release.as_mut(), inputs, outputs);
                if is_ringing {
                    *tail = tail.saturating_sub(outputs[0].len());
                }
            }
        }
    }

    /// Silences the past and ends a change at the newest kernel; frees nothing: what was on its way out is given back by the
    /// next [`process`](Self::process). Real-time safe.
    pub fn reset(&mut self) {
        self.position = 0;
        match self.change.take() {
            Some(Change::Reshape { old, .. }) => self.finish(Some(old)),
            Some(Change::Replace { old, .. }) => self.finish(old),
            None => {}
        }
        if let Some(new) = self.pending.take() {
            let old = self.current.replace(new);
            self.finish(old);
        }
        if let Some(current) = &mut self.current {
            current.reset();
        }
    }
}

/// Both kernels on one past: the old one alone until the new one has caught up, then from one to the other.
fn reshape(
    new: &mut Convolver,
    old: &mut Convolver,
    fade: &mut Crossfade,
    inputs: &[&[f32]],
    outputs: &mut [&mut [f32]],
) {
    let mut sounds: Samples = [[0.0; MAX_QUANTUM]; MAX_CHANNELS];
    let frames = outputs[0].len();
    let mut slices = sounds.each_mut().map(|channel| &mut channel[..frames]);
    // Both are in step, so this does not change within a quantum.
    let fades = new.has_caught_up();
    let beside = Beside { convolver: old, outputs: &mut slices[..outputs.len()] };
    new.process_beside(inputs, outputs, Some(beside));
    for i in 0..frames {
        let (old_gain, new_gain) = if fades { fade.next() } else { (1.0, 0.0) };
        for (output, sound) in outputs.iter_mut().zip(&sounds) {
            output[i] = sound[i] * old_gain + output[i] * new_gain;
        }
    }
}

/// The input to both, with its gains, and the sum of what comes out.
fn replace(
    new: &mut Convolver,
    old: Option<&mut Convolver>,
    fade: &mut Crossfade,
    mut release: Option<&mut Crossfade>,
    inputs: &[&[f32]],
    outputs: &mut [&mut [f32]],
) {
    let frames = outputs[0].len();
    let mut arriving: Samples = [[0.0; MAX_QUANTUM]; MAX_CHANNELS];
    let mut remaining: Samples = [[0.0; MAX_QUANTUM]; MAX_CHANNELS];
    for i in 0..frames {
        let (old_gain, new_gain) = fade.next();
        for (channel, input) in inputs.iter().enumerate() {
            // The engine replaces what is not finite, but 0 · ∞ would make it anew.
            let sample = clean(input[i]);
            arriving[channel][i] = sample * new_gain;
            remaining[channel][i] = sample * old_gain;
        }
    }
    new.process(&arriving.each_ref().map(|channel| &channel[..frames])[..inputs.len()], outputs);
    let Some(old) = old else { return };
    let mut sounds: Samples = [[0.0; MAX_QUANTUM]; MAX_CHANNELS];
    let mut slices = sounds.each_mut().map(|channel| &mut channel[..frames]);
    let remaining = remaining.each_ref().map(|channel| &channel[..frames]);
    old.process(&remaining[..inputs.len()], &mut slices[..outputs.len()]);
    for i in 0..frames {
        let gain = release.as_mut().map_or(1.0, |release| release.next().0);
        for (output, sound) in outputs.iter_mut().zip(&sounds) {
            output[i] += sound[i] * gain;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kernel, noise};
    use super::*;
    use std::sync::Arc;

    fn kernel(len: usize, seed: u64) -> Kernel {
        let taps: Vec<_> = (0..4).map(|path| noise(len, 1.0, 4 * seed + path)).collect();
        let paths = [(0, 0), (0, 1), (1, 0), (1, 1)].into_iter().zip(&taps);
        let builder = Kernel::builder(2, 2, 48_000);
        paths.fold(builder, |builder, ((from, to), taps)| builder.path(from, to, taps)).build().unwrap()
    }

    fn true_stereo(len: usize, seed: u64) -> Convolver {
        let kernel = kernel(len, seed);
        let relation = Relation { correlation: 0.5, is_reshaped: true };
        let new = Convolver::with_room(Arc::new(kernel), len).with_generation(seed);
        (1..seed).fold(new, |new, before| new.with_relation(before, relation))
    }

    /// Transforms begun and chunks multiplied, by whoever is there.
    fn done(engine: &Engine) -> (usize, usize) {
        let old = match &engine.change {
            Some(Change::Reshape { old, .. }) => Some(old),
            Some(Change::Replace { old, .. }) => old.as_ref(),
            None => None,
        };
        let all = [engine.current.as_ref(), old, engine.finished.as_ref()];
        all.into_iter().flatten().map(|c| c.done()).fold((0, 0), |sum, done| (sum.0 + done.0, sum.1 + done.1))
    }

    /// The most of both in any quantum of some.
    fn most(engine: &mut Engine, quanta: usize) -> (usize, usize) {
        let sound = noise(64, 1.0, 9);
        let mut most = (0, 0);
        for _ in 0..quanta {
            let before = done(engine);
            let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
            engine.convolve(&[&sound, &sound], &mut [&mut left, &mut right]);
            let after = done(engine);
            most = (most.0.max(after.0 - before.0), most.1.max(after.1 - before.1));
        }
        most
    }

    /// Chunks that the level with the most of them multiplies to catch up.
    fn largest_to_catch_up(engine: &Engine) -> usize {
        let kernel = engine.current.as_ref().unwrap().kernel();
        let of_level = |level: &Arc<super::super::kernel::KernelLevel>| {
            let partitions = level.paths.iter().flat_map(|path| &path.runs).map(|run| run.partitions.len());
            4 * partitions.sum::<usize>() * level.plan.partition / 32
        };
        kernel.levels.iter().map(of_level).max().unwrap()
    }

    /// What a callback costs while a room is reshaped, and while one room follows another. Counted, so that it does not
    /// depend on the machine.
    #[test]
    fn no_quantum_does_more_than_twice_the_steady_maximum_and_a_share_of_catching_up() {
        let mut engine = Engine::new(2, 2, 48_000);
        engine.offer(Box::new(true_stereo(288_000, 1)));
        // Until the past is full, and then every slot of the largest level.
        most(&mut engine, 288_000 / 64 + 2_048);
        let steady = most(&mut engine, 2_048);
        let largest = largest_to_catch_up(&engine);
        let (mut transforms, mut chunks) = (0, 0);
        // At places that lie differently among the blocks of all levels.
        for seed in 2..26 {
            engine.offer(Box::new(true_stereo(288_000 - 1_000 * seed as usize, seed)));
            let now = most(&mut engine, 60 + 13 * (seed as usize % 7));
            (transforms, chunks) = (transforms.max(now.0), chunks.max(now.1));
            assert!(engine.let_go().is_some() && engine.is_settled(), "within 80 ms it is done");
        }
        println!(
            "steady {steady:?}, changing ({transforms}, {chunks}), the largest level's catching up {largest} chunks"
        );
        assert!(chunks <= 2 * steady.1 + largest, "the promise");
        // And what is made of it: the largest level's share of a quantum, and what its schedule had meanwhile.
        assert!(chunks <= 2 * steady.1 + largest / 8, "{chunks}: {} and {largest}", steady.1);
        // Two kernels' transforms back, and four blocks of two outputs that are caught up on.
        assert!(transforms <= 2 * steady.0 + 8, "{transforms}, {}", steady.0);
    }

    /// The same for a minute of automation, twenty changes a second: of shapes that lengthen and shorten the room, and land at
    /// every place among the blocks of all levels.
    #[test]
    fn a_minute_of_automation_does_no_more_in_any_quantum() {
        let kernels: Vec<Arc<Kernel>> =
            (0..6).map(|seed| Arc::new(kernel(288_000 - 4_000 * seed as usize, seed))).collect();
        let shape = |generation: u64| {
            let relation = Relation { correlation: 0.5, is_reshaped: true };
            let kernel = kernels[generation as usize % kernels.len()].clone();
            let new = Convolver::with_room(kernel, 288_000).with_generation(generation);
            // What it meets may be the one before, or the one before that.
            (generation.saturating_sub(3)..generation).fold(new, |new, before| new.with_relation(before, relation))
        };
        let mut engine = Engine::new(2, 2, 48_000);
        engine.offer(Box::new(shape(6))); // the longest
        most(&mut engine, 288_000 / 64 + 2_048);
        let steady = most(&mut engine, 2_048);
        let largest = largest_to_catch_up(&engine);
        let (mut worst, mut done, mut heard) = ((0, 0), 0, 0);
        for change in 1..=1_200 {
            engine.offer(Box::new(shape(6 + change)));
            let end = change as usize * 48_000 / (20 * 64);
            let now = most(&mut engine, end - std::mem::replace(&mut done, end));
            worst = (worst.0.max(now.0), worst.1.max(now.1));
            heard += usize::from(engine.let_go().is_some());
        }
        println!("steady {steady:?}, a minute of automation {worst:?}, {heard} changes heard");
        assert!(heard > 1_000, "{heard}: few gave way to a newer one");
        assert!(worst.1 <= 2 * steady.1 + largest / 8, "{worst:?}");
        assert!(worst.0 <= 2 * steady.0 + 8, "{worst:?}");
    }
}
