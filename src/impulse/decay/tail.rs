//! What follows when a frequency has come to its noise, or the recording to its end, and the room has not.

use super::frames::Frames;
use super::late::MARGIN;
use super::profile::Profile;
use super::purpose::Purpose;
use realfft::num_complex::Complex32;

/// How far the frames that are continued reach back from where the recording is left, in seconds.
const STRETCH: f64 = 0.3;
/// Frames that are taken from it.
pub(super) const SOURCES: usize = 16;

/// A channel that comes to its noise so many dB later than another is left with it: what both have in common is worth
/// more than the end of its decay.
const TOGETHER: f64 = 15.0;
/// The lower edge of the lowest octave, in Hz.
const LOWEST: f64 = 44.0;
/// Bins that are looked at together for clicks, which are wide.
const GROUP: usize = 16;
/// A frame whose energy is so many times the usual one has a click in it: 9 dB, which noise of 16 bins does not reach,
/// with 32 degrees of freedom.
const CLICK: f64 = 8.0;

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
    /// Of the spectra of each pair of channels. At a frequency in Hz they are taken from before `latest`, where the
    /// first channel is left, in samples after the direct sound: from the same time in all channels, so that what these
    /// have in common stays. `None` where no octave can be continued.
    pub(super) fn new(
        frames: &Frames,
        spectra: &[Vec<Complex32>],
        profile: &Profile,
        (rate, purpose): (f64, Purpose),
        latest: &dyn Fn(f64) -> f64,
    ) -> Option<Self> {
        let places = profile.places(purpose)?;
        let bins = frames.bins();
        let length = frames.length();
        let count = spectra.first()?.len() / length;
        let frequency = |bin: usize| (bin as f64).max(1.0) * rate / frames.length() as f64;
        let seconds = |hertz: f64| profile.seconds(hertz) * places.ratio(hertz);
        let fall = |bin: usize| 3.0 * std::f64::consts::LN_10 / (seconds(frequency(bin)) * rate);
        let falls: Vec<f64> = (0..bins).map(fall).collect();
        let change = |bin: usize| {
            let goes_on = purpose == Purpose::Clean || profile.nearest(frequency(bin)).change.is_some();
            let (start, end) = places.at(frequency(bin));
            let decibels = |samples: f64| samples * falls[bin] * 20.0 / std::f64::consts::LN_10;
            let sooner = Some(end - latest(frequency(bin))).filter(|sooner| decibels(*sooner) < TOGETHER);
            let sooner = sooner.unwrap_or(0.0).max(0.0);
            // Between two octaves that differ, a start of one and a fall of the other would give any gain.
            let earliest = end - MARGIN / decibels(1.0);
            goes_on.then_some((start.max(earliest) - sooner, end - sooner))
        };
        let changes: Vec<Option<(f64, f64)>> = (0..bins).map(change).collect();
        // Of each bin and source, the frame that it is taken from, and the gain that brings it to the level at the end.
        let source = |bin: usize, index: usize| {
            let (_, end) = changes[bin]?;
            let share = (index as f64 + 0.5) / SOURCES as f64;
            // Clear of the direct sound, and of what is behind the change.
            let first = frames.length() as f64;
            let last = end.min(latest(frequency(bin)));
            let place = (last - share * STRETCH * rate).max(first.min(last));
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
        let mut tail = Self { frames: spectra.iter().map(of_pair).collect(), length, changes, falls };
        tail.quiet_clicks();
        tail.quiet_rumble(rate);
        Some(tail)
    }

    /// Makes what lies below the lowest octave no louder than that is: no decay is measured there, and what is loud may
    /// be rumble.
    fn quiet_rumble(&mut self, rate: f64) {
        let length = self.length;
        let bin = |hertz: f64| (hertz * length as f64 / rate).ceil() as usize;
        let (lowest, next) = (bin(LOWEST), bin(2.0 * LOWEST));
        for frames in &mut self.frames {
            let places =
                |bin: usize| (0..SOURCES).flat_map(move |at| both(bin, length).map(move |bin| at * length + bin));
            let energy =
                |frames: &[Complex32], bin| places(bin).map(|place| f64::from(frames[place].norm_sqr())).sum::<f64>();
            let most = (lowest..next).map(|bin| energy(frames, bin)).fold(0.0, f64::max);
            for bin in 0..lowest {
                let energy = energy(frames, bin);
                if energy > most {
                    let gain = (most / energy).sqrt() as f32;
                    places(bin).for_each(|place| frames[place] *= gain);
                }
            }
        }
    }

    /// Makes what stands out of the other frames as loud as they are, all channels alike.
    fn quiet_clicks(&mut self) {
        let (length, bins) = (self.length, self.changes.len());
        for first in (0..bins).step_by(GROUP) {
            // A group of bins in a frame, and that of the opposite frequencies.
            let group = |source: usize| {
                let bins = (first..(first + GROUP).min(bins)).flat_map(move |bin| both(bin, length));
                bins.map(move |bin| source * length + bin)
            };
            let energy = |source: usize| {
                let bins = self.frames.iter().flat_map(|frames| group(source).map(|bin| frames[bin]));
                bins.map(|bin| f64::from(bin.norm_sqr())).sum::<f64>()
            };
            let energies: [f64; SOURCES] = std::array::from_fn(energy);
            let mut sorted = energies;
            sorted.sort_by(f64::total_cmp);
            let usual = sorted[SOURCES / 2];
            for (source, energy) in energies.into_iter().enumerate().filter(|(_, energy)| *energy > CLICK * usual) {
                let gain = (usual / energy).sqrt() as f32;
                self.frames.iter_mut().for_each(|frames| group(source).for_each(|bin| frames[bin] *= gain));
            }
        }
    }

    /// One of the frames of a pair of channels.
    pub(super) fn frame(&self, pair: usize, source: usize) -> &[Complex32] {
        &self.frames[pair][source * self.length..(source + 1) * self.length]
    }
}

/// A bin of so many, and that of the opposite frequency, if that is another one.
fn both(bin: usize, length: usize) -> impl Iterator<Item = usize> {
    let opposite = Some((length - bin) % length).filter(|other| *other != bin);
    std::iter::once(bin).chain(opposite)
}
