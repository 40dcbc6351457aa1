//! One signal while it sounds.

use super::Signal;
use super::drums::{Click, Snare};
use super::noise::Pink;
use super::speech::{self, Speech};

/// Seconds of the fade at the end, and where a signal is stopped.
const FADE: f64 = 0.005;

/// A signal that sounds. It is made sample by sample from a few numbers: nothing is allocated, and however a signal is
/// cut into blocks, it has the same bits.
#[derive(Debug, Clone)]
pub struct Voice {
    generator: Generator,
    /// Frames until its end, and those of the fade.
    left: usize,
    fade: usize,
}

#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant, reason = "a box would be allocated and freed by the audio thread")]
enum Generator {
    Click(Click),
    Snare(Snare),
    Speech(Speech),
    Pink(Pink),
}

impl Voice {
    /// A signal at a sample rate in Hz, from its beginning. Real-time safe.
    #[must_use]
    pub fn new(signal: Signal, sample_rate: u32) -> Self {
        let rate = f64::from(sample_rate);
        let (generator, seconds) = match signal {
            Signal::Click => (Generator::Click(Click::new(rate)), 0.08),
            Signal::Snare => (Generator::Snare(Snare::new(rate)), 0.6),
            Signal::Speech => (Generator::Speech(Speech::new(rate)), speech::LENGTH),
            Signal::Pink => (Generator::Pink(Pink::new(rate)), 1.0),
        };
        let frames = |seconds: f64| (seconds * rate).ceil() as usize;
        Self { generator, left: frames(seconds), fade: frames(FADE).max(1) }
    }

    /// Frames until the end.
    #[must_use]
    pub fn left(&self) -> usize {
        self.left
    }

    /// Ends after a short fade.
    #[must_use]
    pub fn stopped(self) -> Self {
        Self { left: self.left.min(self.fade), ..self }
    }

    /// Adds the next frames to a buffer, as many as fit and are left. Tells how many they were. Real-time safe.
    pub fn add(&mut self, buffer: &mut [f32]) -> usize {
        let frames = buffer.len().min(self.left);
        for sample in &mut buffer[..frames] {
            self.left -= 1;
            let gain = (self.left as f64 / self.fade as f64).min(1.0);
            *sample += (gain * self.generator.next()) as f32;
        }
        frames
    }
}

impl Generator {
    fn next(&mut self) -> f64 {
        match self {
            Self::Click(click) => click.next(),
            Self::Snare(snare) => snare.next(),
            Self::Speech(speech) => speech.next(),
            Self::Pink(pink) => pink.next(),
        }
    }
}
