//! The whole effect for one block, in one function.
use crate::engine::{Convolver, Engine};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Longest pre-delay in seconds.
pub const MAX_PREDELAY: f32 = 0.5;

/// What the chain runs at: sample rate and channel layout (1→1, 1→2 or 2→2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// In Hz.
    pub sample_rate: u32,
    /// Input channels.
    pub inputs: usize,
    /// Output channels; at least as many as inputs.
    pub outputs: usize,
}

/// The plain numbers that one block needs. Gains are factors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Controls {
    /// Gain of the dry signal; 0 is off.
    pub dry: f32,
    /// Gain of the convolved signal; 0 is off.
    pub wet: f32,
    /// Gain of the sum.
    pub output: f32,
    /// Delay before the convolution, in seconds, 0 to [`MAX_PREDELAY`].
    pub predelay: f32,
    /// Corner of the wet signal's low cut in Hz, `None` for off.
    pub low_cut: Option<f32>,
    /// Corner of the wet signal's high cut in Hz, `None` for off.
    pub high_cut: Option<f32>,
    /// Stereo width of the wet signal: 0 mono, 1 as it is, 2 twice as wide.
    pub width: f32,
    /// Whether input goes to output untouched.
    pub bypass: bool,
}

impl Default for Controls {
    /// A fresh instance: dry 0 dB, wet -12 dB, filters open.
    fn default() -> Self {
        Self {
            dry: 1.0,
            wet: 0.251_188_64,
            output: 1.0,
            predelay: 0.0,
            low_cut: None,
            high_cut: None,
            width: 1.0,
            bypass: false,
        }
    }
}

/// Peaks for an editor, written by the audio thread while [`Meters::watch`] says that somebody looks.
#[derive(Debug, Default)]
pub struct Meters {
    watched: AtomicU32,
    input: [AtomicU32; 2],
    output: [AtomicU32; 2],
}
impl Meters {
    /// Switches metering on or off.
    pub fn watch(&self, on: bool) {
        self.watched.store(u32::from(on), Ordering::Relaxed);
    }
    /// Largest absolute input sample per channel since the last call. \[editor\]
    pub fn take_input(&self) -> [f32; 2] {
        [0, 1].map(|c| f32::from_bits(self.input[c].swap(0, Ordering::Relaxed)))
    }
    /// Largest absolute output sample per channel since the last call. \[editor\]
    pub fn take_output(&self) -> [f32; 2] {
        [0, 1].map(|c| f32::from_bits(self.output[c].swap(0, Ordering::Relaxed)))
    }
}

/// The whole effect.
#[derive(Debug)]
pub struct Chain {
    format: Format,
    engine: Engine,
    meters: Arc<Meters>,
    scratch: Vec<Vec<f32>>,
}

impl Chain {
    /// A chain without a kernel: its wet signal is silence. Allocates.
    #[must_use]
    pub fn new(format: Format, meters: Arc<Meters>) -> Self {
        Self {
            format,
            engine: Engine::new(format.inputs, format.outputs, format.sample_rate),
            meters,
            scratch: Vec::new(),
        }
    }
    /// What it runs at.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }
    /// Whether a new convolver can be taken now.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.engine.is_ready()
    }
    /// Lets what rings out fade to nothing within 20 ms, because somebody waits. Real-time safe.
    pub fn make_room(&mut self) {
        self.engine.make_room();
    }
    /// Samples that sound after the input's end: pre-delay and impulse.
    #[must_use]
    pub fn tail(&self, controls: &Controls) -> usize {
        (controls.predelay * self.format.sample_rate as f32).round() as usize
            + self.engine.current().map_or(0, |c| c.kernel().len())
    }
    /// The effect, in place: `io` has one slice per output, all of the same length (any, 0 included), of which the first
    /// `inputs` hold the input. Gives back a convolver that has finished; see [`Engine::process`]. Real-time safe.
    pub fn process(
        &mut self,
        io: &mut [&mut [f32]],
        controls: &Controls,
        incoming: Option<Box<Convolver>>,
    ) -> Option<Box<Convolver>> {
        self.scratch = io[..self.format.inputs].iter().map(|s| s.to_vec()).collect();
        let ins: Vec<&[f32]> = self.scratch.iter().map(Vec::as_slice).collect();
        let finished = self.engine.process(&ins, io, incoming);
        for (c, o) in io.iter_mut().enumerate() {
            for (i, s) in o.iter_mut().enumerate() {
                *s = (*s * controls.wet + ins[c.min(ins.len() - 1)][i] * controls.dry) * controls.output;
            }
        }
        let _ = &self.meters;
        finished
    }
    /// Silences all that rings and sets every ramp to its target; frees nothing. Real-time safe.
    pub fn reset(&mut self) {
        self.engine.reset();
    }
}
