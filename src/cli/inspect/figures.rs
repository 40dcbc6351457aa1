//! The figures of one impulse, for people and for programs.

mod kinds;
mod room;

use super::levels::Levels;
use crate::cancel::{Cancelled, Token};
use crate::channels::ImpulseForm;
use crate::cli::{in_decibels, json};
use crate::impulse::acoustics::{self, Figure, Measured, MixingTime, NotMeasurable};
use crate::impulse::decay::{BandDecay, Cleaning, TailOfOctave};
use crate::impulse::shape::{Cut, Shape, Shaped};
use crate::impulse::{Impulse, MAX_SECONDS};
use crate::settings::Settings;
use kinds::{OF_BAND, OF_WHOLE};
use room::{Band, Room};
use serde::Serialize;

/// An octave before its decay was scaled.
#[derive(Debug, Serialize)]
struct Before {
    hz: f64,
    rt60: Option<f64>,
}

/// What a shaped impulse is like, with what shaping did.
#[derive(Debug, Serialize)]
pub(super) struct Figures {
    channels: usize,
    #[serde(skip)]
    form: Option<ImpulseForm>,
    pub sample_rate: u32,
    frames: usize,
    pub seconds: f64,
    /// Length of the impulse before it was shaped.
    seconds_before: f64,
    peak_db: Option<f64>,
    peak_seconds: f64,
    onset_seconds: f64,
    /// What the room is like.
    #[serde(flatten)]
    room: Room,
    /// Gain by which a room, and a cabinet, is made as loud as others; and the part of a room's that makes up for its
    /// shape.
    room_gain_db: f64,
    shape_gain_db: f64,
    cabinet_gain_db: f64,
    /// Reverberation times of the octaves before decays were scaled, where they were.
    #[serde(skip_serializing_if = "Option::is_none")]
    octaves_before: Option<Vec<Before>>,
    #[serde(skip)]
    peak: f32,
    #[serde(skip)]
    deeds: Vec<(&'static str, String)>,
}

impl Figures {
    /// Measures a shaped impulse of so many seconds, and one `before` its decays were scaled, if they were. `levels`
    /// are the gains that its level rules apply. Of octaves whose tail is that of others there are no figures.
    pub fn of(
        shaped: &Shaped,
        seconds_before: f64,
        before: Option<&Impulse>,
        levels: Levels,
        settings: &Settings,
        cancel: &Token,
    ) -> Result<Self, Cancelled> {
        let (impulse, shape) = (&shaped.impulse, settings.shape());
        let seconds = |sample: usize| sample as f64 / f64::from(impulse.sample_rate());
        let (peak, peak_at) = peak(impulse);
        // A room of twice the size sounds an octave lower.
        let assumed: Vec<f64> = shaped.cleaning.assumed().iter().map(|hz| hz / shape.size.as_f64()).collect();
        let Levels { room, of_shape, cabinet } = levels;
        let [room_gain_db, shape_gain_db, cabinet_gain_db] = [room, of_shape, cabinet].map(|gain| 20.0 * gain.log10());
        let measured = if shape.reverse {
            Measured::none(impulse.sample_rate(), NotMeasurable::Backwards)
        } else {
            own(acoustics::measure(impulse, cancel)?, &assumed)
        };
        Ok(Self {
            channels: impulse.channels().len(),
            form: impulse.form(),
            sample_rate: impulse.sample_rate(),
            frames: impulse.len(),
            seconds: impulse.seconds(),
            seconds_before,
            peak_db: json::decibels(f64::from(peak)),
            peak_seconds: seconds(peak_at),
            onset_seconds: seconds(onset(impulse)),
            room: Room(measured),
            room_gain_db,
            shape_gain_db,
            cabinet_gain_db,
            octaves_before: before.map(|before| octaves(before, &assumed, cancel)).transpose()?,
            peak,
            deeds: deeds(shaped, &shape),
        })
    }

    /// A name and a value a line, and a table of the octaves.
    pub fn lines(&self) -> String {
        self.deeds_between(&self.room.lines()) + &self.room.octaves()
    }

    /// A name and a value a line of all but what the room is like.
    pub fn short_lines(&self) -> String {
        self.deeds_between(&[])
    }

    fn deeds_between(&self, room: &[(&'static str, String)]) -> String {
        let (as_room, as_cabinet) = (self.room_gain_db, self.cabinet_gain_db);
        let of_shape = self.shape_gain_db;
        let of_shape =
            if of_shape.abs() < 0.05 { String::new() } else { format!(" ({of_shape:+.1} dB for its shape)") };
        let is_other = (self.seconds - self.seconds_before).abs() >= 0.0005;
        let of_file = if is_other { format!(", before {:.3} s", self.seconds_before) } else { String::new() };
        let figures = [
            ("form", form(self.form, self.channels)),
            ("rate", format!("{} Hz", self.sample_rate)),
            ("length", format!("{:.3} s ({} samples){of_file}", self.seconds, self.frames)),
            ("peak", format!("{} at {:.1} ms", in_decibels(f64::from(self.peak)), 1000.0 * self.peak_seconds)),
            ("onset", format!("{:.1} ms", 1000.0 * self.onset_seconds)),
            ("level match", format!("{as_room:+.1} dB as a room{of_shape}, {as_cabinet:+.1} dB as a cabinet")),
        ];
        let before = self.before();
        let lines = figures.iter().chain(&self.deeds).chain(&before).chain(room);
        lines.map(|(name, value)| format!("\n  {name:<12} {value}")).collect()
    }

    /// What several rooms are like, with their titles, side by side.
    pub fn side_by_side(rooms: &[(String, Self)]) -> String {
        let rooms: Vec<(String, &Room)> = rooms.iter().map(|(title, figures)| (title.clone(), &figures.room)).collect();
        room::side_by_side(&rooms)
    }

    /// The ids of what a room is like, in their order.
    pub fn ids() -> Vec<&'static str> {
        OF_BAND.iter().map(|kind| kind.id).chain(OF_WHOLE.iter().map(|kind| kind.id)).collect()
    }

    /// Name of each band, "all" or its centre in Hz, and its figures by their ids.
    pub fn bands(&self) -> Vec<(String, Vec<(&'static str, Figure)>)> {
        let octaves = self.room.0.octaves.iter();
        let octaves = octaves.map(|(hz, figures)| (format!("{hz:.0}"), Band(figures).figures().collect()));
        std::iter::once(("all".to_owned(), self.room.whole().collect())).chain(octaves).collect()
    }

    /// Reverberation times of the octaves before decays were scaled.
    fn before(&self) -> Option<(&'static str, String)> {
        let octaves = self.octaves_before.as_ref()?;
        let cell = |octave: &Before| {
            let seconds = octave.rt60.map_or_else(|| "–".to_owned(), |seconds| format!("{seconds:.2} s"));
            format!("{:.0} Hz {seconds}", octave.hz)
        };
        Some(("before", octaves.iter().map(cell).collect::<Vec<_>>().join(", ")))
    }
}

/// Figures without those of octaves that are, at least in part, around one of these frequencies in Hz: their tails are
/// those of other octaves, and nothing was measured of them.
fn own(mut measured: Measured, assumed: &[f64]) -> Measured {
    let is_assumed = |centre: f64| assumed.iter().any(|hz| (hz / centre).log2().abs() < 0.75);
    for (_, figures) in measured.octaves.iter_mut().filter(|(centre, _)| is_assumed(*centre)) {
        *figures = acoustics::Figures::none(NotMeasurable::Assumed);
    }
    measured
}

fn octaves(impulse: &Impulse, assumed: &[f64], cancel: &Token) -> Result<Vec<Before>, Cancelled> {
    let measured = own(acoustics::measure(impulse, cancel)?, assumed).octaves.into_iter();
    Ok(measured.map(|(hz, figures)| Before { hz, rt60: figures.reverberation_time().ok() }).collect())
}

/// The form of an impulse of so many channels. The order of channels is told where not everybody knows it.
fn form(form: Option<ImpulseForm>, channels: usize) -> String {
    match form {
        None => format!("{channels} channels"),
        Some(form @ ImpulseForm::Mono) => format!("{} (1 channel)", form.name()),
        Some(form @ ImpulseForm::Stereo) => format!("{} ({channels} channels)", form.name()),
        Some(form @ ImpulseForm::Signal(bus)) if bus.is_ambisonic() => format!("{} ({channels} channels)", form.name()),
        Some(form @ (ImpulseForm::TrueStereo | ImpulseForm::Signal(_))) => {
            let names: Vec<_> = form.channel_names().collect();
            format!("{} ({channels} channels: {})", form.name(), names.join(" "))
        }
        Some(form) => form.name(),
    }
}

/// What shaping did, as far as it is not to be seen in the figures.
fn deeds(shaped: &Shaped, shape: &Shape) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    let seconds = |samples: usize| samples as f64 / f64::from(shaped.impulse.sample_rate());
    let (start, end) = shaped.trimmed;
    // What a cleaned tail ends before its recording was not trimmed.
    let end = if shaped.cleaning != Cleaning::Off && shape.trim.end == Cut::Off { 0 } else { end };
    if start + end > 0 {
        lines.push(("trimmed", format!("{:.3} s at the start, {:.3} s at the end", seconds(start), seconds(end))));
    }
    if let Cleaning::Cleaned(octaves) = &shaped.cleaning {
        let from = octaves.iter().filter_map(|octave| match octave.tail {
            TailOfOctave::Cleaned { knee, .. } => Some(format!("{:.0} Hz from {knee:.2} s", octave.hz)),
            TailOfOctave::NoNoise | TailOfOctave::Assumed { .. } => None,
        });
        let from = from.collect::<Vec<_>>().join(", ");
        lines.push(("clean tail", format!("decay in the noise's place in the octaves {from}")));
    }
    if shaped.in_doubt {
        lines.push(("end", "not trimmed: what is there may be noise or a late decay".to_owned()));
    }
    for (name, decay) in ["lows", "middle", "highs"].into_iter().zip(shaped.decay) {
        match decay {
            BandDecay::Unchanged => {}
            BandDecay::Scaled { from, to, assumed, as_recorded, is_measured } => {
                let about = if is_measured { "" } else { "about " };
                let mut line = format!("RT60 from {about}{from:.2} s to {to:.2} s");
                let reasons = [
                    (assumed, "not measurable, scaled by what little is seen or by other frequencies"),
                    (as_recorded, "not measurable, as recorded"),
                ];
                for (octaves, reason) in reasons.into_iter().filter(|(octaves, _)| !octaves.is_empty()) {
                    let centres: Vec<String> = octaves.centres().map(|hz| format!("{hz:.0}")).collect();
                    line += &format!("; {} Hz {reason}", centres.join(", "));
                }
                lines.push((name, line));
            }
            BandDecay::NotMeasurable => lines.push((name, "as recorded: its decay is not measurable".to_owned())),
        }
    }
    match shaped.mixing_time {
        Some(MixingTime { seconds, is_assumed }) => {
            let how = if is_assumed { ", from its RT60: its echoes never become as dense as noise" } else { "" };
            lines.push(("mixing time", format!("{:.1} ms{how}", 1000.0 * seconds)));
        }
        None if shape.late != Shape::default().late => {
            lines.push(("mixing time", "not measurable: early and late part are as recorded".to_owned()));
        }
        None => {}
    }
    if shaped.cut {
        lines.push(("cut off", format!("at {MAX_SECONDS} s")));
    }
    lines
}

/// The largest absolute sample, and where it is.
fn peak(impulse: &Impulse) -> (f32, usize) {
    let mut peak = (0.0, 0);
    for channel in impulse.channels() {
        for (at, sample) in channel.iter().enumerate() {
            if sample.abs() > peak.0 {
                peak = (sample.abs(), at);
            }
        }
    }
    peak
}

/// Where the direct sound arrives: the first sample within 20 dB of the peak (ISO 3382-1, annex A).
fn onset(impulse: &Impulse) -> usize {
    let threshold = peak(impulse).0 / 10.0;
    let first = |channel: &Vec<f32>| channel.iter().position(|sample| sample.abs() >= threshold);
    impulse.channels().iter().filter_map(first).min().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn onset_is_where_the_direct_sound_arrives_in_the_earliest_channel() {
        let mut channels = vec![vec![0.001; 1000]; 2];
        channels[0][480] = -0.5;
        channels[1][96] = 0.06;
        let impulse = Impulse::new(channels, 48_000).expect("valid");
        assert_eq!(peak(&impulse), (0.5, 480));
        assert_eq!(onset(&impulse), 96);
    }
}
