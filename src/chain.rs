//! The whole effect for one block, in one function: [`Chain::process`].
//!
//! Plugin, renderer and tests call the same chain; it knows no host, no queue and no file.

mod delay;
mod filter;
mod meter;
mod ramp;
mod shelf;

use crate::channels::ChannelLayout;
use crate::engine::{CEILING, Convolver, Engine, MAX_CHANNELS};
use delay::Delay;
use filter::{Cut, Side};
pub use meter::Meters;
use ramp::Ramp;
use shelf::Shelf;
pub use shelf::Shelving;
use std::sync::Arc;

/// Longest pre-delay in seconds.
pub const MAX_PREDELAY: f32 = 0.5;

/// Frames that go through the effect at once: longer blocks are cut, so that no announced maximum has to be believed.
const CHUNK: usize = 256;

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
    /// Low shelf of the wet signal.
    pub low_shelf: Shelving,
    /// High shelf of the wet signal.
    pub high_shelf: Shelving,
    /// Stereo width of the wet signal: 0 mono, 1 as it is, 2 twice as wide.
    pub width: f32,
    /// Whether input goes to output untouched.
    pub bypass: bool,
}

impl Default for Controls {
    /// A fresh instance: dry 0 dB, wet -12 dB, output 0 dB, filters open.
    fn default() -> Self {
        Self {
            dry: 1.0,
            wet: 0.251_188_64, // 10^(-12/20)
            output: 1.0,
            predelay: 0.0,
            low_cut: None,
            high_cut: None,
            low_shelf: Shelving { gain: 0.0, corner: 150.0 },
            high_shelf: Shelving { gain: 0.0, corner: 5000.0 },
            width: 1.0,
            bypass: false,
        }
    }
}

/// The whole effect.
#[derive(Debug)]
pub struct Chain {
    format: Format,
    delay: Delay,
    engine: Engine,
    low_cut: Cut,
    high_cut: Cut,
    low_shelf: Shelf,
    high_shelf: Shelf,
    width: Ramp,
    dry: Ramp,
    wet: Ramp,
    output: Ramp,
    bypass: Ramp,
    /// Before the first block since a reset: the controls are there at once.
    is_fresh: bool,
    meters: Arc<Meters>,
}

/// One chunk of planar samples.
type Samples = [[f32; CHUNK]; MAX_CHANNELS];

/// Silence in the place of what is not finite, of damage, and of denormals: the framework's flush-to-zero cannot be relied
/// on. Everything else keeps every bit.
#[inline]
fn tidy(sample: f32) -> f32 {
    if sample.abs() <= CEILING && !sample.is_subnormal() { sample } else { 0.0 }
}

impl Chain {
    /// A chain without a kernel: its wet signal is silence. Allocates.
    #[must_use]
    pub fn new(format: Format, meters: Arc<Meters>) -> Self {
        let (sample_rate, inputs, outputs) = (format.sample_rate, format.inputs(), format.outputs());
        let longest = (MAX_PREDELAY * sample_rate as f32).ceil() as usize;
        let at_rest = |value| Ramp::new(value, sample_rate);
        Self {
            format,
            delay: Delay::new(inputs, longest, sample_rate),
            engine: Engine::new(inputs, outputs, sample_rate),
            low_cut: Cut::new(Side::Low, sample_rate),
            high_cut: Cut::new(Side::High, sample_rate),
            low_shelf: Shelf::new(Side::Low, sample_rate),
            high_shelf: Shelf::new(Side::High, sample_rate),
            width: at_rest(1.0),
            dry: at_rest(1.0),
            wet: at_rest(1.0),
            output: at_rest(1.0),
            bypass: at_rest(0.0),
            is_fresh: true,
            meters,
        }
    }

    /// What it runs at.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Whether no convolver waits, fades or rings out; see [`Engine::is_settled`].
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.engine.is_settled()
    }

    /// Samples that sound after the input's end: pre-delay and impulse, or what is still ringing out of the one before.
    #[must_use]
    pub fn tail(&self, controls: &Controls) -> usize {
        self.predelay(controls).max(self.delay.longest()) + self.engine.tail()
    }

    fn predelay(&self, controls: &Controls) -> usize {
        (controls.predelay.clamp(0.0, MAX_PREDELAY) * self.format.sample_rate as f32).round() as usize
    }

    /// The effect, in place: `io` has one slice per output, all of the same length (any, 0 included), of which the first
    /// `inputs` hold the input.
    ///
    /// Takes `incoming`, and gives back all convolvers that have finished, in one box; see [`Engine::process`]. Real-time
    /// safe.
    ///
    /// # Panics
    /// If there are fewer slices than outputs, or slices differ in length.
    pub fn process(
        &mut self,
        io: &mut [&mut [f32]],
        controls: &Controls,
        incoming: Option<Box<Convolver>>,
    ) -> Option<Box<Convolver>> {
        self.set(controls);
        if let Some(incoming) = incoming {
            self.engine.offer(incoming);
        }
        let frames = io[0].len();
        for start in (0..frames).step_by(CHUNK) {
            let mut chunk: [&mut [f32]; MAX_CHANNELS] = Default::default();
            for (chunk, channel) in chunk.iter_mut().zip(io.iter_mut()) {
                *chunk = &mut channel[start..frames.min(start + CHUNK)];
            }
            self.chunk(&mut chunk[..self.format.outputs()]);
        }
        self.engine.let_go()
    }

    /// The way of the audio.
    fn chunk(&mut self, io: &mut [&mut [f32]]) {
        let (inputs, frames) = (self.format.inputs(), io[0].len());
        let is_watched = self.meters.is_watched();

        // Clean: what is not finite would never leave a filter.
        let mut dry: Samples = [[0.0; CHUNK]; MAX_CHANNELS];
        for (dry, input) in dry.iter_mut().zip(io[..inputs].iter()) {
            for (dry, sample) in dry.iter_mut().zip(input.iter()) {
                *dry = tidy(*sample);
            }
        }
        if is_watched {
            (0..inputs).for_each(|channel| self.meters.raise_input(channel, &dry[channel][..frames]));
        }

        // Delay.
        let mut delayed = dry;
        let mut delayed = delayed.each_mut().map(|channel| &mut channel[..frames]);
        self.delay.process(&mut delayed[..inputs]);

        // Convolve.
        let delayed = delayed.map(|channel| &*channel);
        self.engine.convolve(&delayed[..inputs], io);

        // Colour.
        self.low_cut.process(io);
        self.high_cut.process(io);
        self.low_shelf.process(io);
        self.high_shelf.process(io);
        self.widen(io);

        // Mix.
        self.mix(&dry, io);
        if is_watched {
            io.iter().enumerate().for_each(|(channel, output)| self.meters.raise_output(channel, output));
        }
    }

    /// Scales the difference of the two sides.
    fn widen(&mut self, wet: &mut [&mut [f32]]) {
        let [left, right] = wet else { return };
        if self.width.rests_at(1.0) {
            return;
        }
        for (left, right) in left.iter_mut().zip(right.iter_mut()) {
            let (middle, side) = (0.5 * (*left + *right), 0.5 * (*left - *right) * self.width.next());
            (*left, *right) = (middle + side, middle - side);
        }
    }

    /// Dry and wet at their levels, or the dry signal as it came while bypassed. Dry mono goes to both sides.
    fn mix(&mut self, dry: &Samples, io: &mut [&mut [f32]]) {
        for i in 0..io[0].len() {
            let (dry_gain, wet_gain) = (self.dry.next(), self.wet.next());
            let (output_gain, bypass) = (self.output.next(), self.bypass.next());
            for (channel, output) in io.iter_mut().enumerate() {
                let dry = dry[channel.min(self.format.inputs() - 1)][i];
                let mixed = (dry * dry_gain + output[i] * wet_gain) * output_gain;
                output[i] = if bypass == 1.0 { dry } else { tidy(mixed + (dry - mixed) * bypass) };
            }
        }
    }

    /// Every control moves to its value, or is there at once in the first block.
    fn set(&mut self, controls: &Controls) {
        let samples = self.predelay(controls);
        let bypass = if controls.bypass { 1.0 } else { 0.0 };
        let ramps = [
            (&mut self.width, controls.width),
            (&mut self.dry, controls.dry),
            (&mut self.wet, controls.wet),
            (&mut self.output, controls.output),
            (&mut self.bypass, bypass),
        ];
        if std::mem::take(&mut self.is_fresh) {
            ramps.into_iter().for_each(|(ramp, value)| ramp.jump(value));
            self.delay.jump(samples);
            self.low_cut.jump(controls.low_cut);
            self.high_cut.jump(controls.high_cut);
            self.low_shelf.jump(controls.low_shelf);
            self.high_shelf.jump(controls.high_shelf);
        } else {
            ramps.into_iter().for_each(|(ramp, value)| ramp.set(value));
            self.delay.set(samples);
            self.low_cut.set(controls.low_cut);
            self.high_cut.set(controls.high_cut);
            self.low_shelf.set(controls.low_shelf);
            self.high_shelf.set(controls.high_shelf);
        }
    }

    /// Silences all that rings; the next block's controls are there at once. Frees nothing. Real-time safe.
    pub fn reset(&mut self) {
        self.engine.reset();
        self.delay.reset();
        self.is_fresh = true;
    }
}
