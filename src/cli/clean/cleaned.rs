//! What cleaning did to an impulse's octaves.

use crate::cli::inspect::table::Table;
use crate::impulse::Impulse;
use crate::impulse::acoustics::octave_band;
use crate::impulse::decay::{Cleaning, TailOfOctave};
use serde::Serialize;

/// A level below this, in dB, is not worth a number.
const LEAST: f64 = -150.0;

/// One octave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Octave {
    /// Its centre in Hz.
    hz: f64,
    /// Where its decay meets the noise, in seconds after the first sample; `None` where it does not, or that is not
    /// seen.
    knee: Option<f64>,
    /// Level in dB of the noise, relative to the octave's loudest stretch.
    noise_db: Option<f64>,
    /// Level in dB, relative to the same, of what is there instead in the last tenth of the recording; `None` also
    /// where that is silent.
    cleaned_db: Option<f64>,
    /// Reverberation time in seconds of what goes on.
    rt60: Option<f64>,
    /// True if it goes on as others do, because too little of its own decay is seen.
    assumed: bool,
}

/// The octaves of an impulse, before and after; none where nothing was cleaned.
pub(super) fn octaves(recorded: &Impulse, cleaned: &Impulse, cleaning: &Cleaning) -> Vec<Octave> {
    let Cleaning::Cleaned(octaves) = cleaning else { return Vec::new() };
    let of = |hz: f64, tail: TailOfOctave| {
        let nothing = Octave { hz, knee: None, noise_db: None, cleaned_db: None, rt60: None, assumed: false };
        match tail {
            TailOfOctave::NoNoise => nothing,
            TailOfOctave::Assumed => Octave { assumed: true, ..nothing },
            TailOfOctave::Cleaned { knee, noise, seconds } => {
                let [before, after] = [recorded, cleaned].map(|impulse| at_end(impulse, recorded.len(), hz));
                let level = noise + 10.0 * (after / before).log10();
                let rounded = |value: f64, digits: f64| Some((value * digits).round() / digits);
                Octave {
                    knee: rounded(knee, 1000.0),
                    noise_db: rounded(noise, 10.0),
                    cleaned_db: Some(level).filter(|level| *level > LEAST).and_then(|level| rounded(level, 10.0)),
                    rt60: rounded(seconds, 1000.0),
                    ..nothing
                }
            }
        }
    };
    octaves.iter().map(|octave| of(octave.hz, octave.tail)).collect()
}

/// Energy of an octave in the last tenth of so many samples.
fn at_end(impulse: &Impulse, samples: usize, hz: f64) -> f64 {
    let energy = |channel: &Vec<f32>| {
        let mut whole = channel.clone();
        whole.resize(samples.max(channel.len()), 0.0);
        let band = octave_band(&whole, impulse.sample_rate(), hz);
        band[samples - samples / 10..samples].iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>()
    };
    impulse.channels().iter().map(energy).sum()
}

/// Lines that begin with a line break.
pub(super) fn table(octaves: &[Octave]) -> String {
    let mut table = Table::new("octave, Hz", octaves.iter().map(|octave| format!("{:.0}", octave.hz)));
    let mut row = |name: &str, digits: usize, value: fn(&Octave) -> Option<f64>, none: &str| {
        let cell = |octave: &Octave| match value(octave) {
            Some(value) => Ok(format!("{value:.digits$}")),
            None if octave.assumed => Err("less than 15 dB of the decay are seen; it goes on as beside it".to_owned()),
            None if octave.knee.is_none() => Ok("–".to_owned()),
            None => Ok(none.to_owned()),
        };
        table.row(name.to_owned(), octaves.iter().map(cell));
    };
    row("knee, s", 2, |octave| octave.knee, "");
    row("noise before, dB", 0, |octave| octave.noise_db, "");
    row("after, at the old end, dB", 0, |octave| octave.cleaned_db, "<-150");
    row("goes on with, s", 2, |octave| octave.rt60, "");
    table.text()
}
