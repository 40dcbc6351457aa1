//! From one kernel to the next without a click or a hole.
//!
//! The input is cross-faded from the sounding convolver to the new one with gains that sum to 1; then the old one rings
//! out on what it has heard, and goes home. So at most two are at work, and the tail has no hole.

use super::{Convolver, MAX_CHANNELS, MAX_QUANTUM, clean, quantum};

/// Seconds in which the input goes over to a new convolver.
const FADE: f64 = 0.05;

/// Seconds in which a ringing tail fades to nothing when somebody waits.
const RELEASE: f64 = 0.02;

/// One convolver sounding, and at most one ringing out.
#[derive(Debug)]
pub struct Engine {
    inputs: usize,
    outputs: usize,
    sample_rate: u32,
    quantum: usize,
    /// Samples since the last reset.
    position: u64,
    /// Takes over at the next quantum boundary.
    pending: Option<Box<Convolver>>,
    current: Option<Box<Convolver>>,
    /// Fades in on the input while this runs.
    fade: Option<Crossfade>,
    leaving: Option<Leaving>,
    /// Rings out no more, waits to be given back.
    finished: Option<Box<Convolver>>,
}

/// A raised cosine from 0 to 1.
#[derive(Debug, Clone, Copy)]
struct Crossfade {
    done: usize,
    len: usize,
}

impl Crossfade {
    fn new(seconds: f64, sample_rate: u32) -> Self {
        Self { done: 0, len: (seconds * f64::from(sample_rate)) as usize }
    }

    fn next(&mut self) -> f32 {
        let x = (self.done as f64 + 0.5) / self.len as f64;
        self.done += 1;
        (0.5 - 0.5 * (x * std::f64::consts::PI).cos()) as f32
    }

    fn is_over(&self) -> bool {
        self.done >= self.len
    }
}

/// The convolver that sounded before.
#[derive(Debug)]
struct Leaving {
    convolver: Box<Convolver>,
    /// Samples of tail that are left once the input is gone.
    tail: usize,
    /// Fades the tail when somebody waits.
    release: Option<Crossfade>,
}

impl Engine {
    /// An engine without a kernel: its output is silence. Allocates.
    ///
    /// # Panics
    /// If there are no channels or more than [`MAX_CHANNELS`] on a side.
    #[must_use]
    pub fn new(inputs: usize, outputs: usize, sample_rate: u32) -> Self {
        assert!((1..=MAX_CHANNELS).contains(&inputs) && (1..=MAX_CHANNELS).contains(&outputs));
        let (pending, current, fade, leaving, finished) = (None, None, None, None, None);
        let quantum = quantum(sample_rate);
        Self { inputs, outputs, sample_rate, quantum, position: 0, pending, current, fade, leaving, finished }
    }

    /// Whether a new convolver can be taken: none is waiting, fading or ringing out.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.pending.is_none() && self.leaving.is_none() && self.finished.is_none() && self.fade.is_none()
    }

    /// Lets what rings out fade to nothing within 20 ms, because somebody waits. Real-time safe.
    pub fn make_room(&mut self) {
        if self.fade.is_none()
            && let Some(leaving) = &mut self.leaving
        {
            leaving.release.get_or_insert(Crossfade::new(RELEASE, self.sample_rate));
        }
    }

    /// The convolver that sounds or fades in, or is about to.
    #[must_use]
    pub fn current(&self) -> Option<&Convolver> {
        self.pending.as_deref().or(self.current.as_deref())
    }

    /// Overwrites `outputs` with the convolution of `inputs`, and goes over to `incoming` from the next quantum boundary
    /// on: [`offer`](Self::offer), [`convolve`](Self::convolve) and [`let_go`](Self::let_go) in one.
    ///
    /// Gives back `incoming` if it was refused, else a convolver that has finished: at most one per call. Real-time safe.
    ///
    /// # Panics
    /// As [`convolve`](Self::convolve).
    pub fn process(
        &mut self,
        inputs: &[&[f32]],
        outputs: &mut [&mut [f32]],
        incoming: Option<Box<Convolver>>,
    ) -> Option<Box<Convolver>> {
        let refused = incoming.and_then(|incoming| self.offer(incoming));
        self.convolve(inputs, outputs);
        refused.or_else(|| self.let_go())
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

    /// A convolver that has finished and can go home. Real-time safe.
    #[must_use = "dropping it would free it on this thread"]
    pub fn let_go(&mut self) -> Option<Box<Convolver>> {
        self.finished.take()
    }

    /// Samples that may still sound after the input's end: of the impulse, or of the one that rings out.
    #[must_use]
    pub fn tail(&self) -> usize {
        let ringing = self
            .leaving
            .as_ref()
            .map_or(0, |leaving| if self.fade.is_some() { leaving.convolver.kernel().len() } else { leaving.tail });
        let sounding = [&self.pending, &self.current].into_iter().flatten().map(|convolver| convolver.kernel().len());
        sounding.max().unwrap_or(0).max(ringing)
    }

    /// Keeps a convolver for the next quantum boundary. Gives it back when it was made for another rate or layout, when it
    /// is older than what sounds, or when the engine is not [ready](Self::is_ready) for it. The first one, before any
    /// sound, needs no fade. Real-time safe.
    #[must_use = "dropping it would free it on this thread"]
    pub fn offer(&mut self, incoming: Box<Convolver>) -> Option<Box<Convolver>> {
        let kernel = incoming.kernel();
        let fits =
            (kernel.inputs(), kernel.outputs(), kernel.sample_rate()) == (self.inputs, self.outputs, self.sample_rate);
        let is_newer = self.current().is_none_or(|current| incoming.generation() >= current.generation());
        if fits && is_newer && self.is_ready() {
            self.pending = Some(incoming);
            None
        } else {
            Some(incoming)
        }
    }

    /// A quantum boundary: the one that waits takes over, the one whose tail is over leaves.
    fn turn(&mut self) {
        if self.fade.is_some_and(|fade| fade.is_over()) {
            self.fade = None;
        }
        if let Some(new) = self.pending.take() {
            // Into a stream that has only begun nothing needs to fade.
            self.fade = (self.position > 0).then(|| Crossfade::new(FADE, self.sample_rate));
            self.leaving = self.current.replace(new).map(|convolver| {
                let tail = if self.position > 0 { convolver.kernel().len() } else { 0 };
                Leaving { convolver, tail, release: None }
            });
        }
        let is_over = |leaving: &Leaving| leaving.tail == 0 || leaving.release.is_some_and(|release| release.is_over());
        if self.fade.is_none() && self.leaving.as_ref().is_some_and(is_over) {
            self.finished = self.leaving.take().map(|leaving| leaving.convolver);
        }
    }

    /// At most a quantum, with no boundary inside.
    fn piece(&mut self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let Some(current) = &mut self.current else {
            for output in outputs {
                output.fill(0.0);
            }
            return;
        };
        if self.fade.is_none() && self.leaving.is_none() {
            return current.process(inputs, outputs);
        }
        let frames = outputs[0].len();
        let mut arriving = [[0.0f32; MAX_QUANTUM]; MAX_CHANNELS];
        let mut remaining = [[0.0f32; MAX_QUANTUM]; MAX_CHANNELS];
        for i in 0..frames {
            let gain = self.fade.as_mut().filter(|fade| !fade.is_over()).map_or(1.0, Crossfade::next);
            for (channel, input) in inputs.iter().enumerate() {
                // The engine replaces what is not finite, but 0 · ∞ would make it anew.
                let sample = clean(input[i]);
                arriving[channel][i] = sample * gain;
                remaining[channel][i] = sample - sample * gain;
            }
        }
        current.process(&arriving.each_ref().map(|channel| &channel[..frames])[..inputs.len()], outputs);
        if let Some(leaving) = &mut self.leaving {
            let remaining = remaining.each_ref().map(|channel| &channel[..frames]);
            leaving.add(&remaining[..inputs.len()], outputs, self.fade.is_none());
        }
    }

    /// Silences the past and ends a fade at the newest kernel; frees nothing: what was ringing out is given back by the
    /// next [`process`](Self::process). Real-time safe.
    pub fn reset(&mut self) {
        self.position = 0;
        self.fade = None;
        if let Some(leaving) = self.leaving.take() {
            self.finished = Some(leaving.convolver);
        }
        // Something can be pending only while nothing leaves, so there is a place for what it replaces.
        if let Some(new) = self.pending.take()
            && let Some(old) = self.current.replace(new)
        {
            self.finished = Some(old);
        }
        if let Some(current) = &mut self.current {
            current.reset();
        }
    }
}

impl Leaving {
    fn add(&mut self, inputs: &[&[f32]], outputs: &mut [&mut [f32]], is_tail: bool) {
        let frames = outputs[0].len();
        let mut sounds = [[0.0f32; MAX_QUANTUM]; MAX_CHANNELS];
        let mut slices = sounds.each_mut().map(|channel| &mut channel[..frames]);
        self.convolver.process(inputs, &mut slices[..outputs.len()]);
        for i in 0..frames {
            let gain = match &mut self.release {
                Some(release) if release.is_over() => 0.0,
                Some(release) => 1.0 - release.next(),
                None => 1.0,
            };
            for (output, sound) in outputs.iter_mut().zip(&sounds) {
                output[i] += sound[i] * gain;
            }
        }
        if is_tail {
            self.tail = self.tail.saturating_sub(frames);
        }
    }
}
