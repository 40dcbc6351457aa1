//! What the version of the sound means: every built-in space, and every setting at two values away from its default,
//! as levels per octave over time. A change of these is a change of the sound.

use std::fmt::Write as _;
use std::path::PathBuf;
use transept::cancel::Token;
use transept::chain::{Chain, Format};
use transept::channels::ChannelLayout;
use transept::impulse::acoustics::{OCTAVES, octave_band};
use transept::impulse::recipe::{Combination, Recipe};
use transept::prepare;
use transept::preset::Preset;
use transept::settings::{Kind, LEVEL_OFF, Settings, Sound, TABLE, Value};
use transept::space;

const RATE: u32 = 48_000;
/// Ends of the windows in milliseconds; the first one begins at 0.
const WINDOWS: [usize; 4] = [20, 80, 320, 1280];
/// Levels farther below the loudest one of their row, in dB, are rounding and do not count.
const DEEPEST: f64 = 90.0;
/// A level is written to a hundredth of a dB, so half of that is rounding; single precision at -125 dB under a level at
/// -90 dB changes it by another 0.15 dB at most.
const NEAR: f64 = 0.005 + 0.15;

/// A click in the left input and a weaker one in the right, through the whole chain.
fn heard(preset: &Preset) -> Vec<Vec<f32>> {
    let format = Format { sample_rate: RATE, layout: ChannelLayout::Stereo };
    let controls = preset.settings.controls(None);
    let mut chain = Chain::new(format, Default::default());
    let prepared = prepare::build(&preset.recipe(), format, &Token::never()).expect("built");
    chain.process(&mut [&mut [], &mut []], &controls, Some(prepared.delivery));
    chain.reset();
    let frames = WINDOWS[WINDOWS.len() - 1] * RATE as usize / 1000;
    let mut out = vec![vec![0.0; frames]; 2];
    (out[0][0], out[1][7]) = (1.0, 0.5);
    chain.process(&mut out.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>(), &controls, None);
    out
}

/// Levels in dB of the octaves' windows, both channels together.
fn levels(preset: &Preset) -> Vec<Vec<f64>> {
    let out = heard(preset);
    let octave = |centre: &f64| {
        let bands = out.iter().map(|channel| octave_band(channel, RATE, *centre)).collect::<Vec<_>>();
        let mut begin = 0;
        let window = |end: &usize| {
            let window = begin..end * RATE as usize / 1000;
            begin = window.end;
            let energy: f64 = bands.iter().flat_map(|band| &band[window.clone()]).map(|s| f64::from(*s).powi(2)).sum();
            10.0 * energy.log10()
        };
        WINDOWS.iter().map(window).collect()
    };
    OCTAVES.iter().map(octave).collect()
}

/// The presets that are looked at, each with a name.
fn presets() -> Vec<(String, Preset)> {
    // The direct sound would hide what a setting does to the rest.
    let wet = Settings { dry: LEVEL_OFF, wet: 0.0, ..Settings::default() };
    let of = |id: &str, settings| Preset { source: Recipe::space(id).source, second: None, settings };
    let mut presets: Vec<_> = space::built_in().iter().map(|space| (space.id.to_owned(), of(space.id, wet))).collect();
    for setting in &TABLE {
        let values: Vec<Value> = match &setting.kind {
            Kind::Number(number) => [0.25, 0.7].map(|position| Value::Number(number.at(position))).into(),
            Kind::Switch(switch) => vec![Value::Switch(!switch.default)],
            Kind::Choice(choice) => (0..choice.options.len()).map(Value::Choice).collect(),
        };
        for value in values.into_iter().filter(|value| *value != setting.default()) {
            let mut settings = wet;
            settings.enable(setting.id);
            settings.set(setting.id, value);
            // The small room dies away soon; a second impulse is heard where the settings say so.
            let second = settings.combination().is_some().then(|| Recipe::space("plate").source);
            presets
                .push((format!("{} {}", setting.id, setting.show(value)), Preset { second, ..of("room", settings) }));
        }
    }
    presets
}

/// A row for each of them: its name, and each octave's levels, with `-` where nothing is.
fn table() -> Vec<(String, Vec<Option<f64>>)> {
    let row = |(name, preset): (String, Preset)| {
        let levels = levels(&preset).concat();
        let loudest = levels.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        (name, levels.into_iter().map(|level| Some(level).filter(|level| *level > loudest - DEEPEST)).collect())
    };
    presets().into_iter().map(row).collect()
}

fn text(table: &[(String, Vec<Option<f64>>)]) -> String {
    let mut text = String::from(
        "# Levels in dB of the octaves from 63 Hz to 16 kHz, each in the first 20 ms, and to 80, 320 and 1280 ms.\n",
    );
    for (name, levels) in table {
        let level = |level: &Option<f64>| level.map_or("-".to_owned(), |level| format!("{level:.2}"));
        writeln!(text, "{name}: {}", levels.iter().map(level).collect::<Vec<_>>().join(" ")).expect("written");
    }
    text
}

/// With the environment variable `UPDATE_SOUND` the file is written: only until the version is released.
#[test]
fn the_newest_version_of_the_sound_is_what_it_was() {
    let version = Sound::NEWEST.number();
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/sound-{version}.txt"));
    let found = table();
    if std::env::var_os("UPDATE_SOUND").is_some() {
        std::fs::write(&path, text(&found)).expect("written");
    }
    let expected = std::fs::read_to_string(&path).expect("the levels of this version");
    let rows: Vec<(&str, &str)> =
        expected.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(": ")).collect();
    let names = |(name, _): &(String, Vec<Option<f64>>)| name.clone();
    assert_eq!(
        rows.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>(),
        found.iter().map(names).collect::<Vec<_>>()
    );
    for ((name, levels), (_, found)) in rows.into_iter().zip(found) {
        let levels: Vec<Option<f64>> = levels.split(' ').map(|level| level.parse().ok()).collect();
        let loudest = found.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
        assert_eq!(levels.len(), found.len(), "{name}");
        for (place, (expected, found)) in levels.into_iter().zip(found).enumerate() {
            // Where one of them is just not written, it lies at the edge.
            let edge = loudest - DEEPEST;
            let (expected, found) = (expected.unwrap_or(edge), found.unwrap_or(edge));
            let (octave, window) = (OCTAVES[place / WINDOWS.len()], WINDOWS[place % WINDOWS.len()]);
            assert!(
                (expected - found).abs() < NEAR,
                "{name}: {found:.2} dB at {octave} Hz to {window} ms, {expected:.2} in version {version} of the sound"
            );
        }
    }
}

/// Morphing needs the second impulse that the table gives it.
#[test]
fn the_settings_of_two_impulses_are_heard() {
    let morphed = |name: &str| presets().into_iter().find(|(found, _)| found.starts_with(name)).expect("there").1;
    assert!(matches!(morphed("morph ").settings.combination(), Some(Combination::Morph(_))));
}
