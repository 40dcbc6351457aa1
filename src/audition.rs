//! Audition: short signals for hearing the present room while no track plays.
//!
//! The window asks ([`Audition::start`]), and the audio thread adds the signal to the input of the chain
//! ([`Auditioner::add`]): so it is heard as any other input is, with the dry and wet levels that are set, and dry with
//! bypass. It begins whenever it is asked for, whether or not the host's transport runs, and ends by itself. It is never
//! part of a bounce, no parameter, and not saved.
//!
//! While nothing is auditioned the audio thread reads one number a block, and touches no sample.

mod drums;
mod filters;
mod noise;
mod speech;
mod voice;

use crate::chain::Format;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
pub use voice::Voice;

/// A signal to listen with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// A short click: single echoes are heard.
    Click,
    /// A hit of a snare drum.
    Snare,
    /// A phrase that sounds like speech.
    Speech,
    /// A burst of pink noise, which begins and ends suddenly: colour and decay are heard.
    Pink,
}

impl Signal {
    /// All signals, the shortest first.
    pub const ALL: [Self; 4] = [Self::Click, Self::Snare, Self::Speech, Self::Pink];

    /// Name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Click => "Click",
            Self::Snare => "Snare",
            Self::Speech => "Speech",
            Self::Pink => "Pink noise",
        }
    }
}

/// Low bits of a request: 0 for silence, otherwise one more than the place of the signal in [`Signal::ALL`].
const KIND: u32 = 0b111;

/// What one instance is asked to audition.
///
/// Every access is relaxed, because a request is a number by itself and publishes nothing else.
#[derive(Debug, Default)]
pub struct Audition {
    /// The last request: its number above the bits of [`KIND`]. The window writes it.
    asked: AtomicU32,
    /// The last request whose signal has ended. The audio thread writes it.
    ended: AtomicU32,
}

impl Audition {
    /// Asks for a signal, from its beginning. What sounds fades out meanwhile. \[any but audio\]
    pub fn start(&self, signal: Signal) {
        self.ask(signal as u32 + 1);
    }

    /// Has the signal fade out, if one sounds or is asked for. \[any but audio\]
    pub fn stop(&self) {
        if self.sounding().is_some() {
            self.ask(0);
        }
    }

    /// The signal that sounds or is about to. \[any\]
    #[must_use]
    pub fn sounding(&self) -> Option<Signal> {
        let asked = self.asked.load(Relaxed);
        signal(asked).filter(|_| asked != self.ended.load(Relaxed))
    }

    /// Every request is another number, so that the same signal can be asked for again.
    fn ask(&self, kind: u32) {
        let next = |before: u32| (before | KIND).wrapping_add(1) | kind;
        // There is always a next one, so this cannot fail.
        let _ = self.asked.fetch_update(Relaxed, Relaxed, |before| Some(next(before)));
    }
}

/// The signal of a request.
fn signal(asked: u32) -> Option<Signal> {
    Signal::ALL.get(((asked & KIND) as usize).checked_sub(1)?).copied()
}

/// The audio thread's side of an [`Audition`].
#[derive(Debug)]
pub struct Auditioner {
    audition: Arc<Audition>,
    /// The last request that was looked at.
    seen: u32,
    /// What sounds, and what fades out.
    voice: Option<Voice>,
    fading: Option<Voice>,
}

impl Auditioner {
    /// For an instance that is asked through `audition`.
    #[must_use]
    pub fn new(audition: Arc<Audition>) -> Self {
        Self { audition, seen: 0, voice: None, fading: None }
    }

    /// Ends at once what sounds, and what was asked for. Real-time safe.
    pub fn end(&mut self) {
        (self.voice, self.fading) = (None, None);
        self.seen = self.audition.asked.load(Relaxed);
        self.audition.ended.store(self.seen, Relaxed);
    }

    /// Adds what is auditioned to a block in a format: one slice per channel, all of the same length, of which the
    /// first hold the input. Nothing is added to low-frequency effects, nor to harmonics that are a direction. Tells
    /// how many frames are to come after the block. Real-time safe.
    pub fn add(&mut self, io: &mut [&mut [f32]], format: Format) -> usize {
        self.look(format.sample_rate);
        let frames = io.first().map_or(0, |channel| channel.len());
        let mut done = 0;
        while done < frames && (self.voice.is_some() || self.fading.is_some()) {
            let mut buffer = [0.0; 64];
            let buffer = &mut buffer[..(frames - done).min(64)];
            let sounding = [&mut self.fading, &mut self.voice].map(|voice| play(voice, buffer));
            if self.voice.is_none() {
                self.audition.ended.store(self.seen, Relaxed);
            }
            let sounding = &buffer[..sounding[0].max(sounding[1])];
            let inputs = io.iter_mut().take(format.inputs()).enumerate();
            for (_, input) in inputs.filter(|(input, _)| format.layout.is_main(*input)) {
                for (sample, added) in input[done..].iter_mut().zip(sounding) {
                    *sample += added;
                }
            }
            done += buffer.len();
        }
        [&self.fading, &self.voice].into_iter().flatten().map(Voice::left).max().unwrap_or(0)
    }

    /// Takes a new request. While something fades out it waits: never more than two signals sound.
    fn look(&mut self, sample_rate: u32) {
        if self.fading.is_some() {
            return;
        }
        let asked = self.audition.asked.load(Relaxed);
        if asked != self.seen {
            self.seen = asked;
            self.fading = self.voice.take().map(Voice::stopped);
            self.voice = signal(asked).map(|signal| Voice::new(signal, sample_rate));
        }
    }
}

/// Adds a voice to a buffer, and drops it at its end. Tells for how many frames it sounds.
fn play(voice: &mut Option<Voice>, buffer: &mut [f32]) -> usize {
    let frames = voice.as_mut().map_or(0, |voice| voice.add(buffer));
    if voice.as_ref().is_some_and(|voice| voice.left() == 0) {
        *voice = None;
    }
    frames
}

#[cfg(test)]
mod tests;
