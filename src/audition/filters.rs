//! Small filters and oscillators that the signals are made of. Their states are `f64`, which none of them, ringing for
//! seconds, fills with denormals.

use std::f64::consts::TAU;

/// Largest frequency that is synthesised, as a share of the sample rate.
pub(super) const HIGHEST: f64 = 0.42;

/// A decaying sine that begins at 0.
#[derive(Debug, Clone)]
pub(super) struct Mode {
    state: [f64; 2],
    /// Factor from a sample to the next, as a complex number.
    turn: [f64; 2],
}

impl Mode {
    /// Of a frequency in Hz, an amplitude, and a time in seconds in which it decays to 1/e. Above the rate's
    /// [`HIGHEST`] it is silent.
    pub fn new(frequency: f64, amplitude: f64, time: f64, rate: f64) -> Self {
        let amplitude = if frequency <= HIGHEST * rate { amplitude } else { 0.0 };
        let (sin, cos) = (TAU * frequency / rate).sin_cos();
        let decay = (-1.0 / (time * rate)).exp();
        Self { state: [amplitude, 0.0], turn: [decay * cos, decay * sin] }
    }

    pub fn next(&mut self) -> f64 {
        let ([re, im], [a, b]) = (self.state, self.turn);
        self.state = [re * a - im * b, re * b + im * a];
        im
    }
}

/// A low-pass of first order.
#[derive(Debug, Clone, Default)]
pub(super) struct OnePole {
    keep: f64,
    state: f64,
}

impl OnePole {
    /// With this corner in Hz.
    pub fn new(frequency: f64, rate: f64) -> Self {
        Self { keep: (-TAU * frequency / rate).exp(), state: 0.0 }
    }

    /// Approaches a target in steps: after so many seconds 1/e of the way is left.
    pub fn slide(time: f64, rate: f64) -> Self {
        Self { keep: (-1.0 / (time * rate)).exp(), state: 0.0 }
    }

    pub fn next(&mut self, input: f64) -> f64 {
        self.state = input + self.keep * (self.state - input);
        self.state
    }

    /// Is at this value at once.
    pub fn jump(&mut self, value: f64) {
        self.state = value;
    }

    /// What the low-pass leaves out.
    pub fn next_high(&mut self, input: f64) -> f64 {
        input - self.next(input)
    }
}

/// A resonance with two poles (D. Klatt, *Software for a cascade/parallel formant synthesizer*, JASA 67, 1980): of gain
/// 1 at 0 Hz as a formant, or at its frequency as a band-pass.
#[derive(Debug, Clone, Default)]
pub(super) struct Resonator {
    /// Factors of the two outputs before.
    feedback: [f64; 2],
    outputs: [f64; 2],
    inputs: [f64; 2],
}

impl Resonator {
    /// Moves to a frequency and a bandwidth in Hz; what rings goes on. Above the rate's [`HIGHEST`] a formant changes
    /// nothing.
    pub fn tune(&mut self, frequency: f64, bandwidth: f64, rate: f64) {
        if frequency > HIGHEST * rate {
            self.feedback = [0.0; 2];
            return;
        }
        let radius = (-0.5 * TAU * bandwidth / rate).exp();
        let turn = (TAU * frequency / rate).cos();
        self.feedback = [2.0 * radius * turn, -radius * radius];
    }

    pub fn next_formant(&mut self, input: f64) -> f64 {
        let [b, c] = self.feedback;
        self.put(input * (1.0 - b - c))
    }

    /// With zeros at 0 Hz and at half of the sample rate.
    pub fn next_band(&mut self, input: f64) -> f64 {
        let [_, before] = self.inputs;
        self.inputs = [input, self.inputs[0]];
        self.put((input - before) * 0.5 * (1.0 + self.feedback[1]))
    }

    fn put(&mut self, input: f64) -> f64 {
        let ([b, c], [y1, y2]) = (self.feedback, self.outputs);
        let output = input + b * y1 + c * y2;
        self.outputs = [output, y1];
        output
    }
}
