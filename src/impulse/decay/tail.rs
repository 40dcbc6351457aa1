//! What follows when a frequency has come to its noise, or the recording to its end, and the room has not.

use super::frames::Frames;
use super::profile::Profile;
use realfft::num_complex::Complex32;

/// How far the frames that are continued reach back from where the recording is left, in seconds.
const STRETCH: f64 = 0.3;
/// Frames that are taken from it.
pub(super) const SOURCES: usize = 16;

/// Frames from the end of what is clear of noise, at each frequency where its own decay comes to it, at the level that
/// the decay has at the end of its change. With other phases, the same ones in all channels, a frame of them is noise
/// that has the room's spectrum, and what channels have in common they have in common in it. Nothing else is needed: a
/// late tail is Gaussian noise that dies away (Schroeder: *Statistical parameters of the frequency response curves of
/// large rooms*, J. Audio Eng. Soc. 35, 1987).
pub(super) struct Tail {
    /// Per pair of channels, [`SOURCES`] frames one after another.
    frames: Vec<Vec<Complex32>>,
    length: usize,
    /// Per bin, where the recording is left, in samples after the direct sound; `None` where it cannot be continued.
    pub(super) changes: Vec<Option<(f64, f64)>>,
    /// Per bin, natural logarithm by which the decay's amplitude falls from sample to sample.
    pub(super) falls: Vec<f64>,
}

impl Tail {
    /// Of the spectra of each pair of channels. `None` where no octave can be continued.
    pub(super) fn new(frames: &Frames, spectra: &[Vec<Complex32>], profile: &Profile, rate: f64) -> Option<Self> {
        let places = profile.places()?;
        let bins = frames.bins();
        let length = frames.length();
        let count = spectra.first()?.len() / length;
        let frequency = |bin: usize| (bin as f64).max(1.0) * rate / frames.length() as f64;
        let fall = |bin: usize| 3.0 * std::f64::consts::LN_10 / (profile.seconds(frequency(bin)) * rate);
        let change = |bin: usize| {
            let octave = profile.nearest(frequency(bin));
            octave.change.as_ref().map(|_| places.at(frequency(bin)))
        };
        let changes: Vec<Option<(f64, f64)>> = (0..bins).map(change).collect();
        let falls: Vec<f64> = (0..bins).map(fall).collect();
        // Of each bin and source, the frame that it is taken from, and the gain that brings it to the level at the end.
        let source = |bin: usize, index: usize| {
            let (_, end) = changes[bin]?;
            let share = (index as f64 + 0.5) / SOURCES as f64;
            // Clear of the direct sound, and of what is behind the change.
            let first = frames.length() as f64;
            let place = (end - share * STRETCH * rate).max(first.min(end));
            let frame = (place / frames.hop as f64 + 1.0).floor() as usize;
            let gain = (falls[bin] * (frames.middle(frame) - end)).exp();
            (frame < count).then_some((frame, gain as f32))
        };
        let mut sources = Vec::with_capacity(SOURCES * length);
        // A negative frequency is treated as its opposite.
        (0..SOURCES).for_each(|index| sources.extend((0..length).map(|bin| source(bin.min(length - bin), index))));
        let of_pair = |spectra: &Vec<Complex32>| {
            let taken = sources.iter().enumerate().map(|(index, source)| {
                source.map_or(Complex32::default(), |(frame, gain)| spectra[frame * length + index % length] * gain)
            });
            taken.collect()
        };
        Some(Self { frames: spectra.iter().map(of_pair).collect(), length, changes, falls })
    }

    /// One of the frames of a pair of channels.
    pub(super) fn frame(&self, pair: usize, source: usize) -> &[Complex32] {
        &self.frames[pair][source * self.length..(source + 1) * self.length]
    }
}
