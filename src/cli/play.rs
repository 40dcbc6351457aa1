//! `transept play`: what the standalone begins with, and what is remembered of it. The program's `main` plays it,
//! because this room does not know the plugin.

use super::render::Layout;
use super::{complain, sound, unreadable, warn, wrong};
use crate::cancel::Token;
use crate::channels::ChannelLayout;
use crate::library::Library;
use crate::preset::Preset;
use crate::preset::last::{self, Last, Size};
use crate::space;
use clap::error::ErrorKind;
use clap::{Args, ValueEnum};

/// Shown below the options.
pub(super) const NOTES: &str = "\
Without a room it begins with that of the last run, or with the hall. Room and size of the window are remembered in \
play.toml beside the list of the library's folders. Under JACK the server's rate and period count.

Examples:
  transept play --impulse room.wav --wet -6 --dry off
  transept play --backend alsa --sample-rate 48000 --period-size 128 --input-device hw:1 --output-device hw:1
  transept play --output-device ''   lists the devices";

/// Heading of the options below.
const HEADING: &str = "Sound card";

/// Sound systems that may be asked for.
const BACKENDS: &[&str] = if cfg!(target_os = "macos") {
    &["auto", "jack", "core-audio", "dummy"]
} else if cfg!(target_os = "windows") {
    &["auto", "jack", "wasapi", "dummy"]
} else {
    &["auto", "jack", "alsa", "dummy"]
};

/// The arguments of `transept play`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Sound system; "auto" takes JACK if its server runs, "dummy" plays and hears nothing [default: auto]
    #[arg(short, long, value_name = "NAME", help_heading = HEADING, value_parser = BACKENDS.to_vec())]
    backend: Option<String>,
    /// Channels: stereo, mono, quad, 5.1, 7.1, ambisonic-1, -2 or -3, or from fewer to more of these, such as
    /// mono-to-stereo or stereo-to-5.1. A sound card that has fewer plays the first [default: stereo]
    #[arg(short = 'l', long, value_name = "LAYOUT", help_heading = HEADING, value_parser = layout)]
    audio_layout: Option<ChannelLayout>,
    /// Sample rate [default: 48000]
    #[arg(short = 'r', long, value_name = "HZ", help_heading = HEADING)]
    sample_rate: Option<f32>,
    /// Frames in one period of the sound card [default: 512]
    #[arg(short, long, value_name = "FRAMES", help_heading = HEADING)]
    period_size: Option<u32>,
    /// Device to listen to; without one there is no input. An empty name lists the devices
    #[arg(long, value_name = "NAME", help_heading = HEADING)]
    input_device: Option<String>,
    /// Device to play on; an empty name lists the devices [default: the system's]
    #[arg(long, value_name = "NAME", help_heading = HEADING)]
    output_device: Option<String>,
    /// Seconds between input and output of two devices; too few, and the sound breaks off [default: 0.15]
    #[arg(long, value_name = "SECONDS", help_heading = HEADING)]
    input_latency: Option<f32>,
    /// Seconds of input that can wait, at least twice the latency [default: 0.4]
    #[arg(long, value_name = "SECONDS", help_heading = HEADING)]
    input_capacity: Option<f32>,
    /// Port of JACK to listen to, or one for each input with a comma between them
    #[arg(long, value_name = "PORTS", help_heading = HEADING)]
    connect_jack_inputs: Option<String>,
    /// Tempo of notes in settings [default: 120]
    #[arg(long, value_name = "BPM", help_heading = HEADING)]
    tempo: Option<f32>,
    /// Scale of the window, where the system has none [default: 1]
    #[arg(long, value_name = "FACTOR", help_heading = HEADING)]
    dpi_scale: Option<f64>,
    #[command(flatten)]
    sound: sound::Arguments,
}

/// How the standalone begins.
#[derive(Debug)]
pub struct Beginning {
    /// Options of the framework's standalone.
    pub words: Vec<String>,
    /// Room and settings.
    pub preset: Preset,
    /// Size of the window, if one is remembered.
    pub window: Option<Size>,
}

impl Arguments {
    /// How the standalone begins. Prints what of the last run cannot be had again.
    ///
    /// # Errors
    /// An error of usage, also for a preset that cannot be read and an impulse that is not there.
    pub fn beginning(&self) -> Result<Beginning, clap::Error> {
        let last = match last::file() {
            None => Last { room: None, window: None },
            Some(file) => {
                let (last, ignored) = Last::read(&file, &Library::of_user());
                ignored.iter().for_each(|reason| warn(&file, reason));
                last
            }
        };
        let mut remembered = Preset::default();
        if let Some((source, second)) = last.room {
            (remembered.source, remembered.second) = (source, second);
        }
        let preset = if self.sound.preset.is_some() {
            let (mut preset, absent) = self.sound.preset()?;
            let settings = preset.settings;
            absent.map_or(Ok(()), |absent| absent.leave_out(&mut preset, std::iter::once(&settings)))?;
            preset
        } else {
            self.sound.over_preset(remembered)?
        };
        // Whoever starts an instrument with a room wants to hear of it before the window covers the terminal.
        if let Some(gone) = preset.files().find(|path| !path.is_file()) {
            let message = format!("{}: there is no such file; name an impulse, or --space NAME", gone.display());
            return Err(wrong(ErrorKind::ValueValidation, message));
        }
        for path in preset.files() {
            let read = space::file::impulse(path, &Token::never());
            read.map_err(unreadable)?;
        }
        if cfg!(all(unix, not(target_os = "macos"))) && std::env::var_os("DISPLAY").is_none_or(|name| name.is_empty()) {
            complain("there is no display (DISPLAY is not set); it plays without its window, until Ctrl-C");
        }
        Ok(Beginning { words: self.words(), preset, window: last.window })
    }

    fn words(&self) -> Vec<String> {
        let text = |value: &Option<f32>| value.as_ref().map(ToString::to_string);
        let options = [
            ("backend", self.backend.clone()),
            ("audio-layout", self.audio_layout.and_then(number).map(|number| number.to_string())),
            ("sample-rate", text(&self.sample_rate)),
            ("period-size", self.period_size.map(|frames| frames.to_string())),
            ("input-device", self.input_device.clone()),
            ("output-device", self.output_device.clone()),
            ("input-latency", text(&self.input_latency)),
            ("input-capacity", text(&self.input_capacity)),
            ("connect-jack-inputs", self.connect_jack_inputs.clone()),
            ("tempo", text(&self.tempo)),
            ("dpi-scale", self.dpi_scale.map(|factor| factor.to_string())),
        ];
        options.into_iter().filter_map(|(name, value)| Some(format!("--{name}={}", value?))).collect()
    }
}

/// The layout of a word; the numbers of the framework's standalone are understood, too.
fn layout(word: &str) -> Result<ChannelLayout, String> {
    let bus = |word: &str| Layout::from_str(word, true).ok().map(Layout::bus);
    let found = match (word, word.strip_prefix("mono-to-"), word.strip_prefix("stereo-to-")) {
        ("stereo", ..) => Some(ChannelLayout::Stereo),
        ("mono", ..) => Some(ChannelLayout::Mono),
        ("mono-to-stereo", ..) => Some(ChannelLayout::MonoToStereo),
        (_, Some(to), _) => bus(to).and_then(|bus| ChannelLayout::to(1, bus)),
        (_, _, Some(to)) => bus(to).and_then(|bus| ChannelLayout::to(2, bus)),
        _ => bus(word).map(ChannelLayout::Through),
    };
    let numbered = || ChannelLayout::ALL.get(word.parse::<usize>().ok()?.checked_sub(1)?).copied();
    found.or_else(numbered).ok_or_else(|| "there is no such layout".to_owned())
}

/// The number of a layout in the framework's standalone.
fn number(layout: ChannelLayout) -> Option<usize> {
    ChannelLayout::ALL.iter().position(|other| *other == layout).map(|at| at + 1)
}

/// Remembers the end of a run for the next one.
pub fn remember(last: &Last) {
    if let Some(file) = last::file()
        && let Err(reason) = last.write(&file)
    {
        warn(&file, format_args!("the room is not remembered: {reason}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::Bus;
    use crate::cli::{Arguments, Command};
    use clap::Parser;

    #[test]
    fn layouts_have_words_and_the_framework_numbers() {
        for (word, expected) in [
            ("stereo", ChannelLayout::Stereo),
            ("mono-to-stereo", ChannelLayout::MonoToStereo),
            ("5.1", ChannelLayout::Through(Bus::Surround51)),
            ("mono-to-ambisonic-3", ChannelLayout::MonoTo(Bus::Ambisonic3)),
            ("stereo-to-7.1", ChannelLayout::StereoTo(Bus::Surround71)),
            ("2", ChannelLayout::Mono),
        ] {
            assert_eq!(layout(word), Ok(expected), "{word}");
            assert_eq!(number(expected).and_then(|number| ChannelLayout::ALL.get(number - 1)), Some(&expected));
        }
        for word in ["", "0", "99", "5.2", "stereo-to-ambisonic-1", "mono-to-mono", "stereo-to-"] {
            assert!(layout(word).is_err(), "{word}");
        }
    }

    #[test]
    fn an_impulse_that_cannot_be_had_is_refused_before_anything_starts() {
        let begin = |words: &[&str]| {
            let arguments = Arguments::try_parse_from([&["transept", "play"], words].concat()).expect("arguments");
            let Command::Play(arguments) = arguments.command else { panic!("another command") };
            arguments.beginning()
        };
        let error = begin(&["--impulse", "/nowhere/nope.wav"]).expect_err("it is not there").to_string();
        assert!(error.contains("nope.wav: there is no such file"), "{error}");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("words.wav");
        std::fs::write(&path, "no sound at all").expect("written");
        let error = begin(&["--impulse", path.to_str().expect("text")]).expect_err("it is text").to_string();
        assert!(error.contains("words.wav: it is text, which is not read"), "{error}");
        assert!(begin(&["--space", "plate"]).is_ok());
    }
}
