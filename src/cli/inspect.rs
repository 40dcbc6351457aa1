//! `transept inspect`: what an impulse response is like.

use super::options::{OF_IMPULSE, Options};
use super::{DONE, FAILED, complain, file_name, in_decibels, picture, room, say};
use crate::cancel::{Cancelled, Token};
use crate::channels::ImpulseForm;
use crate::files::Target;
use crate::impulse::decay::BandDecay;
use crate::impulse::recipe::Source;
use crate::impulse::shape::{Shape, ShapeError, Shaped, Shaper};
use crate::impulse::{Impulse, MAX_SECONDS, acoustics, decode};
use crate::settings::Settings;
use crate::space;
use clap::{ArgGroup, Args};
use std::path::PathBuf;
use std::sync::Arc;

/// The arguments of `transept inspect`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("room").required(true).args(["files", "space"]))]
pub struct Arguments {
    /// Impulse response; two files are a pair, that of the left source first
    #[arg(value_name = "ROOM.wav", num_args = 1..=2)]
    files: Vec<PathBuf>,
    /// Built-in space; `transept spaces` lists them. Or the recipe of a space
    #[arg(long, value_name = "NAME|FILE.toml")]
    space: Option<String>,
    /// Draw waveform and decay into this PNG file
    #[arg(long, value_name = "OUT.png")]
    picture: Option<PathBuf>,
    #[command(flatten)]
    settings: Options<OF_IMPULSE>,
}

/// Draws the picture if one is asked for, and prints the figures.
///
/// # Errors
/// An error of usage.
pub(super) fn run(arguments: &Arguments) -> Result<u8, clap::Error> {
    let source = room::source(&arguments.files, arguments.space.as_deref())?;
    Ok(match inspect(arguments, &source) {
        Ok(figures) => {
            say(figures.trim_end());
            DONE
        }
        Err(message) => {
            complain(message);
            FAILED
        }
    })
}

/// Draws the picture, if one is asked for, and gives the figures: nothing is said before all has gone well.
fn inspect(arguments: &Arguments, source: &Source) -> Result<String, String> {
    let inputs = || arguments.files.iter().map(PathBuf::as_path);
    let target = arguments.picture.as_ref().map(|output| Target::check(output, inputs())).transpose();
    let target = target.map_err(|error| error.to_string())?;
    let shape = arguments.settings.over(Settings::default()).shape();
    let cancel = Token::never();
    let (impulse, mut shaper) = (Arc::new(load(source, &cancel)?), Shaper::default());
    let mut shaped = || -> Result<_, ShapeError> {
        let room = shaper.loudness_gain(&impulse, shape.trim, &cancel)?;
        let cabinet = shaper.cabinet_gain(&impulse, shape.trim, &cancel)?;
        Ok((shaper.apply(&impulse, &shape, &cancel)?, [room, cabinet]))
    };
    let (shaped, levels) = shaped().map_err(|error| format!("{}: {error}", title(source)))?;
    if let Some(target) = target {
        write_picture(target, &shaped.impulse)?;
    }
    let mut text = format!("{}\n", title(source));
    let figures = figures(&shaped, levels, &shape, &cancel).map_err(|error| error.to_string())?;
    for (name, value) in figures.into_iter().chain(deeds(&shaped, &shape)) {
        text.push_str(&format!("  {name:<12} {value}\n"));
    }
    Ok(text)
}

fn load(source: &Source, cancel: &Token) -> Result<Impulse, String> {
    match source {
        Source::File { path } => space::file::impulse(path, cancel).map_err(|error| error.to_string()),
        Source::Pair { left, right } => decode::pair(left, right, cancel).map_err(|error| error.to_string()),
        Source::Space { id } => {
            let impulse = space::find(id).and_then(|space| space::synthesise(space.text, cancel));
            impulse.map_err(|error| error.to_string())
        }
    }
}

fn title(source: &Source) -> String {
    match source {
        Source::File { path } => file_name(path),
        Source::Pair { left, right } => format!("{} and {}", file_name(left), file_name(right)),
        Source::Space { id } => space::find(id).map_or_else(|_| id.clone(), |space| space.name.to_owned()),
    }
}

/// What the shaped impulse is like.
fn figures(
    shaped: &Shaped,
    levels: [f64; 2],
    shape: &Shape,
    cancel: &Token,
) -> Result<Vec<(&'static str, String)>, Cancelled> {
    let impulse = &shaped.impulse;
    let milliseconds = |sample: usize| 1000.0 * sample as f64 / f64::from(impulse.sample_rate());
    let (peak, peak_at) = peak(impulse);
    let rt60 = if shape.reverse { None } else { acoustics::rt60(impulse, cancel)? };
    let [room, cabinet] = levels.map(|gain| 20.0 * gain.log10());
    Ok(vec![
        ("form", form(impulse.channels().len())),
        ("rate", format!("{} Hz", impulse.sample_rate())),
        ("length", format!("{:.3} s ({} samples)", impulse.seconds(), impulse.len())),
        ("peak", format!("{} at {:.1} ms", in_decibels(f64::from(peak)), milliseconds(peak_at))),
        ("onset", format!("{:.1} ms", milliseconds(onset(impulse)))),
        ("RT60", rt60.map_or_else(|| "not measurable".to_owned(), |t| format!("{t:.2} s over all frequencies"))),
        ("level match", format!("{room:+.1} dB as a room, {cabinet:+.1} dB as a cabinet")),
    ])
}

/// The form of an impulse of so many channels. The order of channels is told where not everybody knows it.
fn form(channels: usize) -> String {
    match ImpulseForm::of(channels) {
        None => format!("{channels} channels"),
        Some(form @ ImpulseForm::Mono) => format!("{} (1 channel)", form.name()),
        Some(form @ ImpulseForm::Stereo) => format!("{} ({channels} channels)", form.name()),
        Some(form) => format!("{} ({channels} channels: {})", form.name(), form.channel_names().join(" ")),
    }
}

/// What shaping did, as far as it is not to be seen in the figures.
fn deeds(shaped: &Shaped, shape: &Shape) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    let seconds = |samples: usize| samples as f64 / f64::from(shaped.impulse.sample_rate());
    let (start, end) = shaped.trimmed;
    if start + end > 0 {
        lines.push(("trimmed", format!("{:.3} s at the start, {:.3} s at the end", seconds(start), seconds(end))));
    }
    for (name, decay) in ["lows", "middle", "highs"].into_iter().zip(shaped.decay) {
        match decay {
            BandDecay::Unchanged => {}
            BandDecay::Scaled { from, to } => lines.push((name, format!("RT60 from {from:.2} s to {to:.2} s"))),
            BandDecay::NotMeasurable => lines.push((name, "as recorded: its decay is not measurable".to_owned())),
        }
    }
    match shaped.mixing_time {
        Some(time) => lines.push(("mixing time", format!("{:.1} ms", 1000.0 * time))),
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

fn write_picture(target: Target, impulse: &Impulse) -> Result<(), String> {
    let named = target.named.display().to_string();
    let bytes = picture::draw(impulse).png().map_err(|error| format!("{named}: {error}"))?;
    target.write(&bytes).map_err(|error| error.to_string())
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
