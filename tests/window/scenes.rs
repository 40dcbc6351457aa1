//! States of the window worth a look.
use std::path::PathBuf;
use std::sync::Arc;
use transept::editor::scene::{Choice, Level, Notice, Reading, Scene};
use transept::impulse::recipe::{Side, Source};
use transept::prepare::Summary;
use transept::session::embed::Embedding;
use transept::settings::{Kind, Setting, TABLE, Value};

/// A fresh instance, some of it moved: its value on the host's scale and as text.
const MOVED: [(&str, f32, &str); 8] = [
    ("output_level", 0.75, "3.0 dB"),
    ("predelay", 0.2, "20.0 ms"),
    ("high_cut", 0.7, "9.12 kHz"),
    ("trim_start", 0.07, "9.8 ms"),
    ("trim_end_auto", 1.0, "on"),
    ("decay", 0.6, "2.431 s"),
    ("late", 0.35, "-7.2 dB"),
    ("decay_high", 0.3, "48 %"),
];

fn reading(setting: &'static Setting) -> Reading {
    let normalized = match (&setting.kind, setting.default()) {
        (Kind::Number(number), Value::Number(value)) => {
            let (least, most) = (number.range.start(), number.range.end());
            ((value - least) / (most - least)).powf(number.skew)
        }
        (Kind::Choice(choice), Value::Choice(value)) => value as f32 / (choice.words().len() - 1) as f32,
        (_, value) => f32::from(value == Value::Switch(true)),
    };
    let moved = MOVED.iter().find(|(id, ..)| *id == setting.id);
    Reading {
        parameter: setting.id,
        name: setting.name.to_owned(),
        normalized: moved.map_or(normalized, |moved| moved.1),
        default: normalized,
        text: moved.map_or_else(|| setting.show(setting.default()), |moved| moved.2.to_owned()),
    }
}

/// A fresh instance with some sound in it.
pub fn hall() -> Scene {
    let space = |id: &str, name: &str| Choice { id: id.to_owned(), name: name.to_owned() };
    Scene {
        side: Side::A,
        spaces: vec![space("room", "Room"), space("hall", "Hall"), space("plate", "Plate")],
        source: Some(Source::Space { id: "hall".to_owned() }),
        notice: Notice::Quiet,
        embedding: Embedding::WhenSmall,
        remark: None,
        summary: Some(Arc::new(summary("Hall", 2))),
        readings: TABLE.iter().map(reading).collect(),
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
        ..Summary::default()
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
