//! States of the window worth a look.
use std::path::PathBuf;
use std::sync::Arc;
use transept::editor::scene::{Choice, Level, Notice, Parameter, Reading, Scene};
use transept::impulse::recipe::Source;
use transept::prepare::Summary;

fn reading(parameter: Parameter, name: &str, normalized: f32, default: f32, text: &str) -> Reading {
    Reading { parameter, name: name.to_owned(), normalized, default, text: text.to_owned() }
}

/// A fresh instance with some sound in it.
pub fn hall() -> Scene {
    let space = |id: &str, name: &str| Choice { id: id.to_owned(), name: name.to_owned() };
    Scene {
        spaces: vec![space("room", "Room"), space("hall", "Hall"), space("plate", "Plate")],
        source: Some(Source::Space { id: "hall".to_owned() }),
        notice: Notice::Quiet,
        refused: None,
        summary: Some(Arc::new(summary("Hall", 2))),
        readings: vec![
            reading(Parameter::Dry, "Dry", 0.694, 0.694, "0.0 dB"),
            reading(Parameter::Wet, "Wet", 0.444, 0.444, "-12.0 dB"),
            reading(Parameter::Output, "Output", 0.75, 0.667, "+3.0 dB"),
            reading(Parameter::LevelMatch, "Level match", 1.0, 1.0, "On"),
            reading(Parameter::Predelay, "Pre-delay", 0.2, 0.0, "20.0 ms"),
            reading(Parameter::LowCut, "Low cut", 0.0, 0.0, "off"),
            reading(Parameter::HighCut, "High cut", 0.7, 1.0, "9120 Hz"),
            reading(Parameter::Width, "Width", 0.5, 0.5, "100 %"),
            reading(Parameter::Bypass, "Bypass", 0.0, 0.0, "Off"),
        ],
        input: [Level { bar: -14.0, held: -9.2 }, Level { bar: -17.0, held: -11.0 }],
        output: [Level { bar: -3.0, held: 1.4 }, Level { bar: 1.0, held: 1.0 }],
    }
}

/// Noise under an exponential decay, from a generator with a fixed seed.
pub fn summary(name: &str, channels: usize) -> Summary {
    let mut state = 1_u32;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 16_777_216.0
    };
    let mut stretch = |index: usize| {
        let envelope = if index < 4 { 0.0 } else { 0.8 * (-(index as f32) / 90.0).exp() };
        (-envelope * (0.6 + 0.4 * random()), envelope * (0.6 + 0.4 * random()))
    };
    let waveform = (0..channels).map(|_| (0..512).map(&mut stretch).collect()).collect();
    Summary {
        name: name.to_owned(),
        seconds: 3.2,
        channels,
        sample_rate: 44_100,
        peak: 0.8,
        rt60: Some(2.41),
        level_db: -7.34,
        waveform,
    }
}

pub fn missing() -> Scene {
    let wanted = PathBuf::from("/home/ana/Impulses/St. Mary/nave, from the organ loft.wav");
    Scene {
        source: Some(Source::File { path: wanted.clone() }),
        notice: Notice::Missing { wanted },
        summary: None,
        output: hall().input,
        ..hall()
    }
}

pub fn failed() -> Scene {
    let path = PathBuf::from("/home/ana/Impulses/five.wav");
    let message = format!("{}: 5 channels; an impulse has 1, 2 or 4", path.display());
    Scene { source: Some(Source::File { path }), notice: Notice::Failed { message }, ..hall() }
}

pub fn long_name() -> Scene {
    let name =
        "2019-06-14 Cathedral of the Holy Trinity, west transept, omni pair 8 m, sweep 3 of 5 (denoised, trimmed)";
    let path = PathBuf::from(format!("/media/recordings/impulse responses/{name}.wav"));
    let summary = Summary { rt60: None, ..summary(name, 4) };
    Scene { source: Some(Source::File { path }), summary: Some(Arc::new(summary)), ..hall() }
}
