//! Filters of second order that sound alike at every sample rate.
//!
//! The bilinear transform squeezes the frequencies up to infinity below half the sample rate, so that a filter near it
//! becomes another one. Here the poles are those of the analogue prototype, by impulse invariance, and the zeros are
//! such that the power is the prototype's at 0 Hz and at two frequencies more, of which the upper one is 20 kHz
//! (Vicanek, *Matched Second Order Digital Filters*, 2016). A shelf that raises is the inverse of one that lowers.
//!
//! From 44.1 kHz on the gain is within 0.25 dB of the prototype's up to 20 kHz, below that up to nine tenths of the
//! band: 0.24 dB for a high cut and 0.2 dB for a high shelf at 44.1 kHz, half of that at 48 kHz, a hundredth of that
//! from 88.2 kHz on.
//!
//! A design has no loop and costs about as much as four sines.

use super::state_variable::Tuning;
use std::f64::consts::{FRAC_1_SQRT_2, TAU};

/// Highest frequency in Hz at which the gain is matched, …
const HIGHEST: f64 = 20_000.0;
/// … which is not more than this share of the sample rate: 20 kHz at 44.1 kHz.
const SHARE: f64 = HIGHEST / 44_100.0;
/// Place of the frequency between, relative to the upper one. At seven tenths of it a low-pass is right to 0.24 dB on
/// both sides; at six or eight tenths to 0.30 dB.
const BETWEEN: f64 = 0.7;
/// Highest frequency of a pole, relative to the sample rate: beyond half of it, it would come back from above.
const HIGHEST_POLE: f64 = 0.49;

/// Designs filters for one sample rate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Designer {
    /// Radians per sample for a frequency of 1 Hz.
    per_hertz: f64,
    between: Node,
    upper: Node,
}

/// A frequency at which a gain is matched.
#[derive(Debug, Clone, Copy)]
struct Node {
    /// In radians per sample.
    angle: f64,
    /// `sin²` of half the angle.
    place: f64,
}

impl Node {
    fn new(angle: f64) -> Self {
        Self { angle, place: (0.5 * angle).sin().powi(2) }
    }
}

/// `p₀ + p₁ z⁻¹ + p₂ z⁻²`, with no root outside the unit circle, by the three numbers of a filter.
#[derive(Debug, Clone, Copy)]
struct Polynomial {
    /// `p₀ + p₁ + p₂`: its value at 0 Hz.
    at_zero: f64,
    /// `p₀ - p₁ + p₂`: its value at half the sample rate.
    at_half: f64,
    /// `p₀ - p₂`.
    skew: f64,
}

impl Polynomial {
    /// Twice the root at 0 Hz.
    const HIGH_PASS: Self = Self { at_zero: 0.0, at_half: 4.0, skew: 0.0 };

    /// The two roots of Butterworth's filter of second order with a corner in radians per sample, by impulse
    /// invariance: `exp(w (-1 ± i) / √2)`.
    fn butterworth(corner: f64) -> Self {
        let angle = corner.min(HIGHEST_POLE * TAU) * FRAC_1_SQRT_2;
        let radius = (-angle).exp();
        // Both sums as squares: low corners lose no digits.
        let turned = 4.0 * radius * (0.5 * angle).sin().powi(2);
        Self {
            at_zero: (1.0 - radius).powi(2) + turned,
            at_half: (1.0 + radius).powi(2) - turned,
            skew: 1.0 - radius * radius,
        }
    }

    /// The one with these squared magnitudes: at 0 Hz that of `at_zero`, and those given at two nodes.
    ///
    /// With `x = sin²(w/2)` any squared magnitude is `(1 - x) |p(1)|² + x |p(-1)|² + x (1 - x) c`.
    fn through(at_zero: f64, nodes: [(Node, f64); 2]) -> Self {
        let [low, high] = nodes.map(|(Node { place, .. }, power)| (power - (1.0 - place) * at_zero * at_zero) / place);
        let curvature = (low - high) / (nodes[1].0.place - nodes[0].0.place);
        let at_half = (low - (1.0 - nodes[0].0.place) * curvature).max(0.0).sqrt();
        let skew = (0.25 * ((at_zero + at_half).powi(2) + curvature)).max(0.0).sqrt();
        Self { at_zero, at_half, skew }
    }

    /// Its squared magnitude at a node.
    fn power(self, Node { place, .. }: Node) -> f64 {
        let Self { at_zero, at_half, skew } = self;
        let curvature = 4.0 * skew * skew - (at_zero + at_half).powi(2);
        (1.0 - place) * at_zero * at_zero + place * at_half * at_half + place * (1.0 - place) * curvature
    }

    fn scaled(self, factor: f64) -> Self {
        Self { at_zero: factor * self.at_zero, at_half: factor * self.at_half, skew: factor * self.skew }
    }
}

/// The filter with these zeros and poles.
///
/// With the coefficient `g` and the damping `k` of the integrators, a polynomial `h s² + b s + l` of the analogue
/// plane has the values `4 g² l` at 0 Hz, `4 h` at half the sample rate and the skew `2 g b`; of the poles `h` and `l` are 1.
fn tuning(zeros: Polynomial, poles: Polynomial) -> Tuning {
    let sum = poles.at_zero + poles.at_half + 2.0 * poles.skew;
    let root = (poles.at_zero * poles.at_half).sqrt();
    let high = zeros.at_half / poles.at_half;
    let low = zeros.at_zero / poles.at_zero;
    let band = 2.0 * (zeros.skew - high * poles.skew) / root;
    // The high-pass is what band-pass, times the damping, and low-pass leave of the input.
    Tuning([poles.at_half / sum, root / sum, poles.at_zero / sum, high, band, low - high])
}

impl Designer {
    /// For a sample rate in Hz.
    pub fn new(sample_rate: u32) -> Self {
        let per_hertz = TAU / f64::from(sample_rate);
        let upper = (HIGHEST * per_hertz).min(SHARE * TAU);
        Self { per_hertz, between: Node::new(BETWEEN * upper), upper: Node::new(upper) }
    }

    /// Radians per sample of a frequency, given as log2 of Hz.
    fn angle(&self, frequency: f32) -> f64 {
        f64::from(frequency).exp2() * self.per_hertz
    }

    /// Butterworth's low-pass of second order, `1 / (s² + √2 s + 1)`. The corner is given as log2 of its frequency in
    /// Hz, here and below.
    pub fn low_pass(&self, corner: f32) -> Tuning {
        let corner = self.angle(corner);
        let poles = Polynomial::butterworth(corner);
        let matched = |node: Node| (node, poles.power(node) / (1.0 + (node.angle / corner).powi(4)));
        let zeros = Polynomial::through(poles.at_zero, [self.between, self.upper].map(matched));
        tuning(zeros, poles)
    }

    /// Butterworth's high-pass of second order, `s² / (s² + √2 s + 1)`. Its zeros stay at 0 Hz, and its gain is matched
    /// at the frequency between alone: its corner is low.
    pub fn high_pass(&self, corner: f32) -> Tuning {
        let corner = self.angle(corner);
        let (poles, node) = (Polynomial::butterworth(corner), self.between);
        let fourth = (node.angle / corner).powi(4);
        let power = poles.power(node) * fourth / (1.0 + fourth) / Polynomial::HIGH_PASS.power(node);
        tuning(Polynomial::HIGH_PASS.scaled(power.sqrt()), poles)
    }

    /// High shelf of second order without a bump, with a gain in dB: with `A` the square root of the gain,
    /// `A (A s² + √(2A) s + 1) / (s² + √(2A) s + A)`.
    pub fn high_shelf(&self, gain: f32, corner: f32) -> Tuning {
        let (zeros, poles) = self.lowering(-gain.abs(), corner);
        if gain > 0.0 { tuning(poles, zeros) } else { tuning(zeros, poles) }
    }

    /// The mirror image of [`high_shelf`](Self::high_shelf), which is a high shelf that does the opposite, with a gain
    /// for all.
    pub fn low_shelf(&self, gain: f32, corner: f32) -> Tuning {
        let (zeros, poles) = self.lowering(-gain.abs(), corner);
        let factor = 10_f64.powf(f64::from(gain) / 20.0);
        if gain > 0.0 { tuning(zeros.scaled(factor), poles) } else { tuning(poles.scaled(factor), zeros) }
    }

    /// Zeros and poles of a high shelf that lowers by a gain of 0 dB at most.
    fn lowering(&self, gain: f32, corner: f32) -> (Polynomial, Polynomial) {
        let (a, corner) = (10_f64.powf(f64::from(gain) / 40.0), self.angle(corner));
        let root = a.sqrt();
        let poles = Polynomial::butterworth(corner * root);
        // At the zeros' own frequency, because there the zeros do most.
        let zeros_at = Node::new((corner / root).min(self.between.angle));
        let matched = |node: Node| {
            let square = (node.angle / corner).powi(2);
            let power = |x: f64, y: f64| (y - x * square).powi(2) + 2.0 * a * square;
            (node, poles.power(node) * a * a * power(a, 1.0) / power(1.0, a))
        };
        (Polynomial::through(poles.at_zero, [zeros_at, self.upper].map(matched)), poles)
    }
}
