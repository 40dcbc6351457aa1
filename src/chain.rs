//! The whole effect for one block: [`Chain::process`] cuts it into chunks, and `Chain::process_chunk` is the audio path
//! in one function.
//!
//! Plugin, renderer and tests call the same chain. It knows no host, no queue and no file.
//!
//! A new stage is a file in `chain/` that implements the trait of `stage.rs`, a line in [`Chain::new`] with the number
//! of stages in [`Chain`], and its value in [`Controls`], which the settings fill in.

mod controls;
mod cut;
mod delay;
mod filter;
mod matched;
mod meter;
mod mix;
mod ramp;
mod shelf;
mod stage;
mod state_variable;
mod width;

use crate::channels::ChannelLayout;
use crate::engine::{CEILING, Delivery, Engine, MAX_CHANNELS, part, part_mut};
pub use controls::{Controls, MAX_PREDELAY, Shelving};
use cut::{Cut, Side};
use delay::Delay;
pub use meter::{INTEGRATION, Meters, Reading};
use mix::Mix;
use shelf::Shelf;
use stage::Stage;
use std::sync::Arc;
use width::Width;

/// Longest chunk in frames: longer blocks are cut, so that no maximum that a host announces has to be believed.
const CHUNK: usize = 1024;

// The engine has the channels of every layout.
const _: () = assert!(ChannelLayout::MOST_CHANNELS <= MAX_CHANNELS);

/// Sample rate and channel layout of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// Sample rate in Hz.
    pub sample_rate: u32,
    /// Inputs and outputs.
    pub layout: ChannelLayout,
}

impl Format {
    /// Number of input channels.
    #[must_use]
    pub const fn inputs(self) -> usize {
        self.layout.inputs()
    }

    /// Number of output channels; at least as many as inputs.
    #[must_use]
    pub const fn outputs(self) -> usize {
        self.layout.outputs()
    }
}

/// The whole effect.
#[derive(Debug)]
pub struct Chain {
    format: Format,
    /// The stages before the convolution, in their order.
    before: [Box<dyn Stage>; 1],
    engine: Engine,
    /// The stages after the convolution, in their order.
    after: [Box<dyn Stage>; 6],
    /// True until the first block after a reset, which takes the controls over at once.
    is_fresh: bool,
    meters: Arc<Meters>,
    /// A chunk of each input: the dry signal, and what becomes of it before the convolution.
    dry: Vec<Vec<f32>>,
    delayed: Vec<Vec<f32>>,
}

/// Replaces with silence what is not finite or beyond [`CEILING`], and denormals, because the framework's flush-to-zero
/// cannot be relied on. Everything else keeps every bit.
#[inline]
fn sanitize(sample: f32) -> f32 {
    if sample.abs() <= CEILING && !sample.is_subnormal() { sample } else { 0.0 }
}

impl Chain {
    /// A chain without a kernel: its wet signal is silence. Allocates.
    #[must_use]
    pub fn new(format: Format, meters: Arc<Meters>) -> Self {
        let (sample_rate, inputs, outputs) = (format.sample_rate, format.inputs(), format.outputs());
        meters.count(inputs, outputs);
        Self {
            format,
            before: [Box::new(Delay::new(inputs, sample_rate))],
            engine: Engine::new(inputs, outputs, sample_rate),
            after: [
                Box::new(Cut::new(Side::Low, outputs, sample_rate)),
                Box::new(Cut::new(Side::High, outputs, sample_rate)),
                Box::new(Shelf::new(Side::Low, outputs, sample_rate)),
                Box::new(Shelf::new(Side::High, outputs, sample_rate)),
                Box::new(Width::new(format.layout.pairs(), sample_rate)),
                Box::new(Mix::new(format.layout, sample_rate)),
            ],
            is_fresh: true,
            meters,
            dry: vec![vec![0.0; CHUNK]; inputs],
            delayed: vec![vec![0.0; CHUNK]; inputs],
        }
    }

    /// Sample rate and channel layout.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// True when no convolver is pending, crossfading or ringing out; see [`Engine::is_settled`].
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.engine.is_settled()
    }

    /// Editions of the impulses that sound or will; `None` if there are none. Real-time safe.
    #[must_use]
    pub fn editions(&self) -> Option<[u64; 2]> {
        self.engine.current().map(Delivery::editions)
    }

    /// Takes `incoming` without a block, and gives back all deliveries that have retired; see [`Engine::offer`].
    /// Real-time safe.
    #[must_use = "dropping it would free it on this thread"]
    pub fn receive(&mut self, incoming: Option<Box<Delivery>>) -> Option<Box<Delivery>> {
        if let Some(incoming) = incoming {
            self.engine.offer(incoming);
        }
        self.engine.take_retired()
    }

    /// Lets the wet signal ring out, and nothing come after it until the next delivery; see [`Engine::silence`].
    /// Real-time safe.
    pub fn silence(&mut self) {
        self.engine.silence();
    }

    /// Samples that sound after the end of the input: pre-delay and impulse, or what still rings out of the impulse
    /// before.
    #[must_use]
    pub fn tail(&self, controls: &Controls) -> usize {
        let stages = self.before.iter().chain(&self.after);
        self.engine.tail() + stages.map(|stage| stage.tail(controls)).sum::<usize>()
    }

    /// Processes a block in place: `io` has one slice per output, all of the same length (any, 0 included), of which
    /// the first `inputs` hold the input.
    ///
    /// Takes `incoming`, and gives back all deliveries that have retired, in one box; see [`Engine::process`].
    /// Real-time safe.
    ///
    /// # Panics
    /// If there are fewer slices than outputs, or slices differ in length.
    pub fn process(
        &mut self,
        io: &mut [&mut [f32]],
        controls: &Controls,
        incoming: Option<Box<Delivery>>,
    ) -> Option<Box<Delivery>> {
        self.set(controls);
        if let Some(incoming) = incoming {
            self.engine.offer(incoming);
        }
        let frames = io[0].len();
        for start in (0..frames).step_by(CHUNK) {
            let outputs = self.format.outputs();
            let mut chunk = part_mut(&mut io[..outputs], start..frames.min(start + CHUNK));
            self.process_chunk(&mut chunk[..outputs]);
        }
        self.engine.take_retired()
    }

    /// The audio path.
    fn process_chunk(&mut self, io: &mut [&mut [f32]]) {
        let (inputs, frames) = (self.format.inputs(), io[0].len());
        let is_watched = self.meters.is_watched();

        // Sanitize: a value that is not finite would never leave a filter.
        for ((dry, delayed), input) in self.dry.iter_mut().zip(&mut self.delayed).zip(io.iter()) {
            for ((dry, delayed), sample) in dry.iter_mut().zip(delayed).zip(input.iter()) {
                *dry = sanitize(*sample);
                *delayed = *dry;
            }
        }
        let dry = &part(&self.dry, 0..frames)[..inputs];
        if is_watched {
            self.meters.raise_input(dry.iter().copied(), self.format.sample_rate);
        }

        // Delay.
        let mut delayed = part_mut(&mut self.delayed, 0..frames);
        self.before.iter_mut().for_each(|stage| stage.process(&mut delayed[..inputs], dry));

        // Convolve.
        self.engine.convolve(&part(&self.delayed, 0..frames)[..inputs], io);

        // Colour, widen and mix.
        self.after.iter_mut().for_each(|stage| stage.process(io, dry));
        if is_watched {
            self.meters.raise_output(io.iter().map(|output| &**output), self.format.sample_rate);
        }
    }

    /// Every stage moves to the controls; in the first block after a reset it takes them over at once.
    fn set(&mut self, controls: &Controls) {
        let is_fresh = std::mem::take(&mut self.is_fresh);
        for stage in self.before.iter_mut().chain(&mut self.after) {
            if is_fresh { stage.jump(controls) } else { stage.set(controls) }
        }
    }

    /// Silences all that rings; the next block takes its controls over at once. Frees nothing. Real-time safe.
    pub fn reset(&mut self) {
        self.engine.reset();
        self.before.iter_mut().chain(&mut self.after).for_each(|stage| stage.reset());
        self.is_fresh = true;
    }
}
