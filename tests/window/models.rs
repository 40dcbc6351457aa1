//! Models of the views: states of the window worth a look.
use std::path::PathBuf;
use std::sync::Arc;
use transept::editor::parameter::Reading;
use transept::editor::views::banner::{self, Notice};
use transept::editor::views::chooser::{self, Space};
use transept::editor::views::meters::{self, Level};
use transept::editor::views::{Model, controls, header};
use transept::impulse::recipe::{Side, Source};
use transept::prepare::Summary;
use transept::session::embed::Embedding;
use transept::settings::{self, Kind, Setting, TABLE, Value};

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

/// A name longer than its place.
const LONG_NAME: &str =
    "2019-06-14 Cathedral of the Holy Trinity, west transept, omni pair 8 m, sweep 3 of 5 (denoised, trimmed)";

fn read(setting: &'static Setting) -> Reading {
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

/// The state of one parameter.
pub fn reading(id: &str) -> Reading {
    read(settings::find(id).expect("a setting"))
}

pub fn header() -> header::Model {
    header::Model {
        title: "Hall".to_owned(),
        can_step: true,
        is_loading: false,
        embedding: Embedding::WhenSmall,
        bypass: Some(reading("bypass")),
    }
}

pub fn long_title() -> header::Model {
    header::Model { title: LONG_NAME.to_owned(), ..header() }
}

pub fn chooser() -> chooser::Model {
    let space = |id: &str, name: &str| Space { id: id.to_owned(), name: name.to_owned() };
    chooser::Model {
        side: Side::A,
        spaces: vec![space("room", "Room"), space("hall", "Hall"), space("plate", "Plate")],
        source: Some(Source::Space { id: "hall".to_owned() }),
    }
}

pub fn long_path() -> chooser::Model {
    let path = PathBuf::from(format!("/media/recordings/impulse responses/{LONG_NAME}.wav"));
    chooser::Model { source: Some(Source::File { path }), ..chooser() }
}

/// An impulse that sounds, and nothing that needs the user.
pub fn quiet() -> banner::Model {
    banner::Model { sounding: Some("Hall".to_owned()), ..banner::Model::default() }
}

pub fn missing() -> banner::Model {
    let wanted = PathBuf::from("/home/ana/Impulses/St. Mary/nave, from the organ loft.wav");
    banner::Model { notice: Some(Notice::Missing { wanted }), ..banner::Model::default() }
}

pub fn failed() -> banner::Model {
    let message = "/home/ana/Impulses/five.wav: 5 channels; an impulse has 1, 2 or 4".to_owned();
    banner::Model { notice: Some(Notice::Failed { message }), ..quiet() }
}

pub fn meters() -> meters::Model {
    meters::Model {
        input: vec![Level { bar: -14.0, held: -9.2 }, Level { bar: -17.0, held: -11.0 }],
        output: vec![Level { bar: -3.0, held: 1.4 }, Level { bar: 1.0, held: 1.0 }],
    }
}

pub fn controls() -> controls::Model {
    controls::Model { readings: TABLE.iter().map(read).collect() }
}

/// The parameters, with one of them at this value on the host's scale.
pub fn controls_with(id: &str, normalized: f32) -> controls::Model {
    let mut model = controls();
    model.readings.iter_mut().filter(|reading| reading.parameter == id).for_each(|r| r.normalized = normalized);
    model
}

/// A fresh instance with some sound in it.
pub fn hall() -> Model {
    let summary = Some(Arc::new(summary(2)));
    Model {
        header: header(),
        chooser: chooser(),
        banner: quiet(),
        waveform: summary.clone(),
        figures: summary,
        meters: meters(),
        controls: controls(),
    }
}

/// A session whose file is not there.
pub fn hall_missing() -> Model {
    let path = PathBuf::from("/home/ana/Impulses/St. Mary/nave, from the organ loft.wav");
    let title = "nave, from the organ loft.wav".to_owned();
    Model {
        header: header::Model { title, ..header() },
        chooser: chooser::Model { source: Some(Source::File { path }), ..chooser() },
        banner: missing(),
        waveform: None,
        figures: None,
        meters: meters::Model { output: meters().input, ..meters() },
        ..hall()
    }
}

/// Noise under an exponential decay, from a generator with a fixed seed.
pub fn summary(channels: usize) -> Summary {
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
        name: "Hall".to_owned(),
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
