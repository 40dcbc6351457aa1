//! `transept inspect`: what an impulse response is like.

use super::{DONE, FAILED, complain, file_name, in_decibels, picture, room, say};
use crate::impulse::recipe::{LevelRule, Source};
use crate::impulse::{Impulse, acoustics, decode, level};
use crate::render::target::Target;
use crate::space;
use clap::{ArgGroup, Args};
use std::io::Write;
use std::path::PathBuf;

/// The arguments of `transept inspect`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("room").required(true).args(["files", "space"]))]
pub struct Arguments {
    /// Impulse response; two files are a pair, that of the left source first
    #[arg(value_name = "ROOM.wav", num_args = 1..=2)]
    files: Vec<PathBuf>,
    /// Built-in space; `transept spaces` lists them
    #[arg(long, value_name = "NAME")]
    space: Option<String>,
    /// Draw waveform and decay into this PNG file
    #[arg(long, value_name = "OUT.png")]
    picture: Option<PathBuf>,
}

/// Draws the picture if one is asked for, and prints the figures.
///
/// # Errors
/// An error of usage.
pub(super) fn run(arguments: &Arguments) -> Result<u8, clap::Error> {
    let source = room::recipe(&arguments.files, arguments.space.as_deref(), LevelRule::Off)?.source;
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
    let impulse = load(source)?;
    if let Some(target) = target {
        write_picture(target, &impulse)?;
    }
    Ok(figures(&title(source), &impulse))
}

fn load(source: &Source) -> Result<Impulse, String> {
    match source {
        Source::File { path } => decode::file(path).map_err(|error| error.to_string()),
        Source::Pair { left, right } => decode::pair(left, right).map_err(|error| error.to_string()),
        Source::Space { id } => {
            space::find(id).and_then(|space| space::synthesise(space.text)).map_err(|error| error.to_string())
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

fn figures(title: &str, impulse: &Impulse) -> String {
    let form = match impulse.channels().len() {
        1 => "mono (1 channel)".to_owned(),
        2 => "stereo (2 channels)".to_owned(),
        4 => "true stereo (4 channels: LL LR RL RR)".to_owned(),
        other => format!("{other} channels"),
    };
    let milliseconds = |sample: usize| 1000.0 * sample as f64 / f64::from(impulse.sample_rate());
    let (peak, peak_at) = peak(impulse);
    let rt60 = acoustics::rt60(impulse);
    let lines = [
        ("form", form),
        ("rate", format!("{} Hz", impulse.sample_rate())),
        ("length", format!("{:.3} s ({} samples)", impulse.seconds(), impulse.len())),
        ("peak", format!("{} at {:.1} ms", in_decibels(f64::from(peak)), milliseconds(peak_at))),
        ("onset", format!("{:.1} ms", milliseconds(onset(impulse)))),
        ("RT60", rt60.map_or_else(|| "not measurable".to_owned(), |t| format!("{t:.2} s over all frequencies"))),
        ("level match", format!("{:+.1} dB", 20.0 * level::loudness_gain(impulse).log10())),
    ];
    let mut text = format!("{title}\n");
    for (name, value) in lines {
        text.push_str(&format!("  {name:<12} {value}\n"));
    }
    text
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
    let (mut file, unfinished) = target.open().map_err(|error| error.to_string())?;
    file.write_all(&bytes).map_err(|error| format!("{named}: cannot be written: {error}"))?;
    drop(file);
    unfinished.complete().map_err(|error| error.to_string())
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
