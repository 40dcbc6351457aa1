//! Models of the views: states of the window worth a look.
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use transept::cancel::Token;
use transept::catalogue::{Figures, Within};
use transept::chain::Format;
use transept::channels::ChannelLayout;
use transept::editor::appearance::Appearance;
use transept::editor::controller::Letter;
use transept::editor::host_requests::Wish;
use transept::editor::parameter::Reading;
use transept::editor::views::banner::{self, Notice};
use transept::editor::views::chooser::{self, Space};
use transept::editor::views::header::presets;
use transept::editor::views::meters::{self, Level};
use transept::editor::views::status::{self, Share};
use transept::editor::views::{Model, browser, context_menu, controls, header, impulse};
use transept::impulse::Impulse;
use transept::impulse::recipe::{Side, Source};
use transept::picture::{Portrait, Timing};
use transept::prepare::Summary;
use transept::preset::list::Origin;
use transept::session::embed::Embedding;
use transept::settings::{self, Kind, Setting, Settings, TABLE, Value};

/// A fresh instance, some of it moved: its value on the host's scale and as text.
const MOVED: [(&str, f32, &str); 8] = [
    ("output_level", 0.75, "3.0 dB"),
    ("predelay", 0.2, "20.0 ms"),
    ("high_cut", 0.7, "9.12 kHz"),
    ("trim_start", 0.35355, "250.0 ms"),
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
        can_go: [true, false],
        letter: Letter::A,
        embedding: Embedding::WhenSmall,
        look: Appearance::default(),
        presets: presets::Model::default(),
        bypass: Some(reading("bypass")),
    }
}

/// A preset in the box, after which something was changed.
pub fn at_hand() -> presets::Model {
    let (origin, name) = (Origin::BuiltIn(12), "Vocal plate".to_owned());
    presets::Model { present: Some(presets::Present { origin, name, is_changed: true }), ..Default::default() }
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
        is_browsing: false,
        is_processed: true,
        auditioned: None,
    }
}

pub fn long_path() -> chooser::Model {
    let path = PathBuf::from(format!("/media/recordings/impulse responses/{LONG_NAME}.wav"));
    chooser::Model { source: Some(Source::File { path }), ..chooser() }
}

/// The impulse that sounds while the browser is open.
const PRESENT: &str = "Great hall.wav";

/// The browser beside the picture of the impulse that sounds.
pub fn browsing() -> Model {
    let source = Some(Source::File { path: format!("/ir/{PRESENT}").into() });
    Model {
        header: header::Model { title: PRESENT.to_owned(), ..header() },
        chooser: chooser::Model { source, is_browsing: true, ..chooser() },
        browser: browser(),
        ..hall()
    }
}

/// Impulses of two folders, some of them measured.
pub fn browser() -> browser::Model {
    let place = |within, name: &str, count, depth, below| {
        let name = name.to_owned();
        browser::Place { within, name, count, depth, below }
    };
    let folder = |path: &str| Within::Folder(path.into());
    let places = vec![
        place(Within::All, "Everything", None, 0, 0),
        place(Within::Favourites, "Favourites", None, 0, 0),
        place(Within::Recent, "Loaded last", None, 0, 0),
        place(Within::Spaces, "Built-in", Some(4), 0, 0),
        place(folder("/ir"), "Impulses", Some(31), 0, 3),
        place(folder("/ir/Churches"), "Churches", Some(27), 1, 1),
        place(folder("/ir/Churches/With the organ, 2014 to 2019"), "With the organ, 2014 to 2019", Some(9), 2, 0),
        place(folder("/ir/Plates"), "Plates", Some(3), 1, 0),
    ];
    let names = [LONG_NAME, "Abbey nave, 3 m.wav", "Crypt.flac", PRESENT, "Große Halle.wav", "notes.wav"];
    let Summary { seconds, rt60, channels, sample_rate, peak, .. } = summary(2);
    let present = Figures { seconds, rt60, channels, sample_rate, peak: Some(20.0 * f64::from(peak).log10()) };
    let rows = (0..31).map(|n: u8| {
        let name = names.get(usize::from(n)).map_or_else(|| format!("Take {n}.wav"), |name| (*name).to_owned());
        let figures = Figures {
            seconds: 1.25 + f64::from(n) / 3.0,
            rt60: (n != 2).then_some(0.8 + f64::from(n) / 7.0),
            channels: if n % 4 == 2 { 4 } else { 2 },
            sample_rate: if n.is_multiple_of(3) { 96_000 } else { 44_100 },
            peak: Some(-0.3 * f64::from(n)),
        };
        let outcome = match n {
            3 => Some(Ok(present)),
            5 => Some(Err("this is no sound file".to_owned())),
            20.. => None,
            _ => Some(Ok(figures)),
        };
        browser::Row {
            source: Source::File { path: format!("/ir/{name}").into() },
            name,
            form: String::new(),
            outcome,
            is_favourite: n == 1,
        }
    });
    let rows: Vec<_> = rows.collect();
    browser::Model {
        is_open: true,
        count: 31,
        present: Some(3),
        present_row: Some(rows[3].clone()),
        rows,
        places: Arc::new(places),
        measured: Some(64),
        unread: Arc::new(vec!["/gone: the folder is not there".to_owned()]),
        ..browser::Model::default()
    }
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

/// The peak, that which is held, and the RMS, of a channel that never went over.
pub fn level(bar: f32, held: f32, rms: f32) -> Level {
    Level { bar, held, rms, is_over: false }
}

pub fn format(layout: ChannelLayout) -> Format {
    Format { sample_rate: 48_000, layout }
}

pub fn status() -> status::Model {
    let sample_rate = Some(48_000);
    status::Model { sample_rate, block: 256, largest: 256, tail: Some(32), load: Share::Known(4, 9) }
}

pub fn meters() -> meters::Model {
    meters::Model {
        input: vec![level(-14.0, -9.2, -24.0), level(-17.0, -11.0, -26.5)],
        output: vec![Level { is_over: true, ..level(-3.0, 1.4, -12.0) }, level(-1.0, -1.0, -10.3)],
        format: Some(format(ChannelLayout::Stereo)),
    }
}

pub fn controls() -> controls::Model {
    controls::Model { readings: TABLE.iter().map(read).collect(), is_without_pairs: false }
}

/// The parameters, with one of them at this value on the host's scale.
pub fn controls_with(id: &str, normalized: f32) -> controls::Model {
    let mut model = controls();
    Arc::make_mut(&mut model.readings)
        .iter_mut()
        .filter(|reading| reading.parameter == id)
        .for_each(|r| r.normalized = normalized);
    model
}

/// A fresh instance with some sound in it.
pub fn hall() -> Model {
    let summary = Some(Arc::new(summary(2)));
    Model {
        header: header(),
        chooser: chooser(),
        browser: browser::Model::default(),
        banner: quiet(),
        impulse: impulse::Model { settings: controls().settings(), ..impulse(2) },
        figures: summary,
        meters: meters(),
        controls: controls(),
        status: status(),
        context_menu: None,
    }
}

/// A fresh instance whose settings are all at their defaults.
pub fn fresh() -> Model {
    let readings = TABLE.iter().map(|setting| {
        let reading = read(setting);
        Reading { normalized: reading.default, text: setting.show(setting.default()), ..reading }
    });
    let controls = controls::Model { readings: readings.collect(), ..controls() };
    let impulse = impulse::Model { portrait: Some(trimmed(2, 0.0)), settings: Settings::default(), ..impulse(2) };
    Model { controls, impulse, header: header::Model { can_go: [true; 2], ..header() }, ..hall() }
}

/// A fresh instance with the browser open, and no folder of the user's.
pub fn browsing_the_box() -> Model {
    let mut spaces: Vec<_> = transept::space::built_in().iter().collect();
    spaces.sort_by_key(|space| space.name.to_lowercase());
    let row = |space: &&transept::space::BuiltIn| browser::Row {
        source: Source::Space { id: space.id.to_owned() },
        name: space.name.to_owned(),
        form: String::new(),
        outcome: None,
        is_favourite: false,
    };
    let rows: Vec<_> = spaces.iter().map(row).collect();
    let browser = browser::Model { count: rows.len(), rows, present: None, ..browser() };
    Model { browser, chooser: chooser::Model { is_browsing: true, ..chooser() }, ..fresh() }
}

/// Where a menu was asked for.
pub const WISH: Wish = Wish { parameter: "wet", place: [20, 20] };

/// The menu of a parameter, with what was copied before.
pub fn context_menu(id: &'static str, copied: Option<&str>) -> Option<context_menu::Menu> {
    let wish = Wish { parameter: id, ..WISH };
    Some(context_menu::Menu { wish, reading: reading(id), copied: copied.map(str::to_owned) })
}

/// A session whose file is not there.
pub fn hall_missing() -> Model {
    let path = PathBuf::from("/home/ana/Impulses/St. Mary/nave, from the organ loft.wav");
    let title = "nave, from the organ loft.wav".to_owned();
    Model {
        header: header::Model { title, ..header() },
        chooser: chooser::Model { source: Some(Source::File { path }), ..chooser() },
        banner: missing(),
        impulse: impulse::Model::default(),
        figures: None,
        meters: meters::Model { output: meters().input, ..meters() },
        status: status::Model { block: 64, largest: 4096, load: Share::Known(97, 112), ..status() },
        ..hall()
    }
}

/// A room whose first quarter of a second was trimmed away.
pub fn impulse(channels: usize) -> impulse::Model {
    let settings = Settings { trim_start: 250.0, ..Settings::default() };
    impulse::Model { portrait: Some(portrait(channels)), settings, has_order: false }
}

/// The pictures of that room, made once for each number of channels: of two seconds and a half that are left.
pub fn portrait(channels: usize) -> Arc<Portrait> {
    static MADE: Mutex<Vec<(usize, Arc<Portrait>)>> = Mutex::new(Vec::new());
    let mut made = MADE.lock().expect("no panic");
    if let Some((_, portrait)) = made.iter().find(|(of, _)| *of == channels) {
        return portrait.clone();
    }
    let portrait = trimmed(channels, 0.25);
    made.push((channels, portrait.clone()));
    portrait
}

/// The pictures of the room without so many seconds of its beginning.
pub fn trimmed(channels: usize, before: f64) -> Arc<Portrait> {
    let original = room(channels);
    let first = (before * f64::from(original.sample_rate())).round() as usize;
    let shaped = original.channels().iter().map(|samples| samples[first..].to_vec()).collect();
    let shaped = Impulse::new(shaped, original.sample_rate()).expect("valid");
    let timing = Timing { before, ..Timing::default() };
    Arc::new(Portrait::new(&shaped, Some(&original), timing, &Token::never()).expect("not cancelled"))
}

/// A direct sound after 300 ms, and noise from a generator with a fixed seed that dies away, the highs faster.
fn room(channels: usize) -> Impulse {
    let mut state = 1_u32;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    };
    let direct = 14_400;
    let mut channel = || {
        let mut low = 0.0;
        let mut sample = |n: usize| {
            let time = n.saturating_sub(direct) as f32 / 48_000.0;
            let noise = random();
            low += 0.05 * (noise - low);
            let dies = |seconds: f32| 10_f32.powf(-3.0 * time / seconds);
            let sound = 0.3 * (noise - low) * dies(0.9) + 0.9 * low * dies(2.0);
            let sound = if n == direct { 0.8 } else { sound };
            2e-5 * noise + if n < direct { 0.0 } else { sound }
        };
        (0..120_000).map(&mut sample).collect()
    };
    Impulse::new((0..channels).map(|_| channel()).collect(), 48_000).expect("valid")
}

/// The figures of an impulse.
pub fn summary(channels: usize) -> Summary {
    Summary {
        name: "Hall".to_owned(),
        seconds: 3.2,
        channels,
        sample_rate: 44_100,
        peak: 0.8,
        rt60: Some(2.41),
        level_db: -7.34,
        ..Summary::default()
    }
}
