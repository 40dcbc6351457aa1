//! The state of the plugin as hosts have it in a session: JSON in a Zstandard frame, which CLAP writes with its length,
//! 8 bytes, before it. The form is the framework's; only what a preset says is read and written here.

mod carried;
mod wrapping;

pub use carried::Carried;

use super::embed::{Embedding, LARGEST};
use super::embedded::Embedded;
use super::fields::{self, SESSION};
use super::memory::{Memory, Remembered};
use crate::impulse::recipe::{Combination, Recipe, Second, Side, VERSION};
use crate::library::hints::Hints;
use crate::preset::{self, Preset, PresetError, Read};
use crate::settings::{self, Kind, Settings, Sound, TABLE, Value};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::path::Path;

/// No state of ours is longer in bytes: the largest embedded impulse as base 64 text, and four megabytes for the rest.
pub const MOST: usize = LARGEST.div_ceil(3) * 4 + (4 << 20);

/// Longest file of a state in bytes: a state as base 64 text, and what hosts write around it.
const LONGEST: u64 = 2 * MOST as u64;

/// How Zstandard frames begin.
const MAGIC: [u8; 4] = 0xFD2F_B528_u32.to_le_bytes();

/// What the field of a session holds of the first and of the second impulse: what is remembered of it, and itself.
const MEMBERS: [[&str; 2]; 2] = [["memory", "embedded"], ["memory_second", "embedded_second"]];

/// A format of plugins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// CLAP: a state has its length before it.
    Clap,
    /// VST3: a state is the frame alone.
    Vst3,
}

/// The framework's form of all parameters and fields; the latter are JSON in themselves.
#[derive(Serialize, Deserialize)]
struct State<P> {
    #[serde(default)]
    version: String,
    params: BTreeMap<String, P>,
    fields: BTreeMap<String, String>,
}

/// The framework's form of a parameter.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Param {
    F32(f32),
    Bool(bool),
    I32(i32),
}

/// The JSON in a Zstandard frame: no more of it than a state may be long, whatever the frame claims.
///
/// # Errors
/// What is no frame, or a damaged one.
pub fn unpacked(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut json = Vec::new();
    zstd::Decoder::new(bytes)?.take(MOST as u64).read_to_end(&mut json)?;
    Ok(json)
}

/// JSON in a Zstandard frame.
///
/// # Errors
/// The compressor's, for want of memory.
pub fn packed(json: &[u8]) -> std::io::Result<Vec<u8>> {
    zstd::encode_all(json, zstd::DEFAULT_COMPRESSION_LEVEL)
}

/// The preset in a state, from its file, and the impulses that the state carries along.
///
/// # Errors
/// [`PresetError::Io`] and [`PresetError::State`].
pub fn open(path: &Path) -> Result<(Read, Vec<Carried>), PresetError> {
    opened(&preset::bytes(path, LONGEST)?).map_err(|reason| PresetError::State { path: path.to_owned(), reason })
}

/// The preset in a state: in the form of either format, in its JSON alone, which hosts open too, or with what hosts
/// write around it in files of their own.
///
/// # Errors
/// What is no state, as a reason.
pub fn read(bytes: &[u8]) -> Result<Read, String> {
    Ok(opened(bytes)?.0)
}

fn opened(bytes: &[u8]) -> Result<(Read, Vec<Carried>), String> {
    let state = wrapping::unwrapped(bytes)?;
    let json = if state.starts_with(&MAGIC) {
        unpacked(&state).map_err(|error| error.to_string())?
    } else {
        state.into_owned()
    };
    let mut state: State<Json> = serde_json::from_slice(&json).map_err(|error| error.to_string())?;

    let (mut preset, mut warnings) = (Preset::default(), Vec::new());
    let (had_recipe, had_session) = (state.fields.contains_key("recipe"), state.fields.contains_key(SESSION));
    fields::fold(&mut state.fields);
    let session = state.fields.get(SESSION).and_then(|json| serde_json::from_str::<Map<String, Json>>(json).ok());
    let is_damaged = had_session && session.is_none();
    let mut session = session.unwrap_or_default();
    let recipe = session.remove("recipe").map(recipe);
    let is_known = matches!(recipe, Some(Ok(_)));
    match recipe {
        Some(Ok(recipe)) => {
            warnings.extend(Sound::of_state(session.remove("sound")).remark());
            preset.source = recipe.source;
            preset.second = recipe.second.map(|second| second.source);
        }
        Some(Err(reason)) => warnings.push(format!("the impulse is unknown: {reason}")),
        None if is_damaged || had_recipe => warnings.push("the impulse is unknown: it cannot be read".to_owned()),
        None => {}
    }
    let sources = [Some(&preset.source), preset.second.as_ref()];
    let mut carried = Vec::new();
    for ((side, source), [memory, embedded]) in Side::BOTH.into_iter().zip(sources).zip(MEMBERS) {
        let memory = session.remove(memory).map(Memory::from).unwrap_or_default();
        let embedded = session.remove(embedded).map(Embedded::from).unwrap_or_default();
        match source.filter(|_| is_known) {
            Some(source) => carried.push(Carried::new(side, source, memory, embedded)),
            None if embedded.is_none() => {}
            None => warnings.push("an impulse is embedded in the state, and is left out with its name".to_owned()),
        }
    }
    let files = carried.iter().flat_map(|carried| carried.files().to_vec()).collect();
    carried.retain(|carried| !carried.is_none());
    // Which slot of the session's list the impulse is in means nothing elsewhere.
    for (id, saved) in state.params.iter().filter(|(id, _)| *id != "impulse") {
        if let Err(reason) = set(&mut preset.settings, id, saved) {
            warnings.push(reason);
        }
    }
    Ok((Read { files, ..Read::new(preset, warnings) }, carried))
}

/// A newer version's recipe may mean something else by the same words.
fn recipe(json: Json) -> Result<Recipe, String> {
    let version = json.get("version").and_then(Json::as_u64).unwrap_or(u64::from(VERSION));
    if version > u64::from(VERSION) {
        return Err(format!("a newer program wrote it, in version {version}"));
    }
    Recipe::deserialize(json).map_err(|error| error.to_string())
}

fn set(settings: &mut Settings, id: &str, saved: &Json) -> Result<(), String> {
    let param = Param::deserialize(saved).map_err(|_| format!("{saved} is no value of {id}"))?;
    // What older versions called otherwise: `output`, and `level`, which was on for rooms or off.
    let (id, param) = match (id, param) {
        ("output", param) => ("output_level", param),
        ("level", Param::Bool(is_matched)) => ("loudness", Param::I32(is_matched.into())),
        other => other,
    };
    let setting = settings::find(id).ok_or_else(|| format!("there is no setting {id}"))?;
    let (value, is_within) = match (&setting.kind, param) {
        (Kind::Number(number), Param::F32(value)) => {
            (Value::Number(number.nearest(value)), number.range.contains(&value))
        }
        (Kind::Switch(_), Param::Bool(value)) => (Value::Switch(value), true),
        (Kind::Choice(choice), Param::I32(value)) => {
            let index = usize::try_from(value).unwrap_or(0).min(choice.options.len() - 1);
            (Value::Choice(index), usize::try_from(value) == Ok(index))
        }
        _ => return Err(format!("{saved} is no value of {id}; {} is used", setting.show(setting.default()))),
    };
    settings.set(id, value);
    if is_within { Ok(()) } else { Err(format!("{saved} is no value of {id}; {} is used", setting.show(value))) }
}

/// A state of the plugin that opens as this preset, and in which something is known of its files, by their paths.
///
/// # Errors
/// The compressor's, for want of memory.
pub fn written(preset: &Preset, known: &[Hints], format: Format) -> std::io::Result<Vec<u8>> {
    let param = |value| match value {
        Value::Number(value) => Param::F32(value),
        Value::Switch(value) => Param::Bool(value),
        Value::Choice(value) => Param::I32(value as i32),
    };
    let params = TABLE.iter().zip(preset.settings.values());
    // How both are combined say the parameters.
    let second = preset.second.clone().map(|source| Second { source, how: Combination::default() });
    let recipe = Recipe { second, ..Recipe::of(preset.source.clone()) };
    let sound = serde_json::to_value(Sound::NEWEST)?;
    let recipe_json = serde_json::to_value(&recipe)?;
    let mut session = Map::from_iter([("recipe".to_owned(), recipe_json), ("sound".to_owned(), sound)]);
    for (source, [memory, _]) in recipe.sources().zip(MEMBERS) {
        let is_known = |path: &&Path| known.iter().any(|hints| hints.path.as_deref() == Some(*path));
        if source.files().iter().any(is_known) {
            let remembered = Memory::from(Remembered::at_once(source, Embedding::default())).with_files(known);
            session.insert(memory.to_owned(), remembered.saved().clone());
        }
    }
    let session = Json::Object(session).to_string();
    let state = State {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        params: params.map(|(setting, value)| (setting.id.to_owned(), param(value))).collect(),
        fields: BTreeMap::from([(SESSION.to_owned(), session)]),
    };
    let frame = packed(&serde_json::to_vec(&state)?)?;
    let length = (frame.len() as u64).to_le_bytes();
    Ok(match format {
        Format::Clap => [&length[..], &frame].concat(),
        Format::Vst3 => frame,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved() -> Preset {
        let settings = Settings { wet: -7.3, reverse: true, loudness: 2, high_cut: 5430.0, ..Settings::default() };
        let second = Some(Recipe::space("plate").source);
        Preset { source: Recipe::file("/rooms/ö.wav").source, second, settings }
    }

    #[test]
    fn a_preset_comes_back_from_a_state_of_either_format() {
        for preset in [moved(), Preset::default()] {
            for format in [Format::Clap, Format::Vst3] {
                let state = written(&preset, &[], format).expect("written");
                assert_eq!(read(&state).expect("a state"), Read::new(preset.clone(), vec![]));
            }
        }
    }

    #[test]
    fn what_cannot_be_read_is_left_aside_and_said() {
        let state = r#"{"params":{"dry":{"f32":1e30},"wet":{"bool":true},"loudness":{"i32":99},"reverse":{"bool":true},
            "dream":{"f32":1},"width":3},"fields":{"recipe":"{\"version\":99}","embedded":"\"AAAA\""}}"#;
        let Read { preset, warnings, .. } = read(state.as_bytes()).expect("a state");
        let settings = Settings { dry: 12.0, loudness: 2, reverse: true, ..Settings::default() };
        assert_eq!(preset, Preset { settings, ..Preset::default() });
        for (message, word) in
            warnings.iter().zip(["version 99", "embedded", "dream", "12.0 dB", "cabinet", "wet", "width"])
        {
            assert!(message.contains(word), "{message} does not say {word}");
        }
        assert_eq!(warnings.len(), 7, "{warnings:?}");
    }

    #[test]
    fn an_impulse_that_cannot_be_read_is_said() {
        for fields in [r#""recipe":"{\"source\":""#, r#""session":"{\"recipe\":""#, r#""session":"[1,2]""#] {
            let state = format!("{{\"params\":{{}},\"fields\":{{{fields}}}}}");
            let Read { preset, warnings, .. } = read(state.as_bytes()).expect("a state");
            assert_eq!(preset, Preset::default());
            assert!(warnings.len() == 1 && warnings[0].contains("impulse is unknown"), "{fields}: {warnings:?}");
        }
        let state = r#"{"params":{},"fields":{"session":"{\"mood\":1}"}}"#;
        assert_eq!(read(state.as_bytes()).expect("a state").warnings.len(), 0, "it says nothing of an impulse");
    }

    #[test]
    fn a_state_of_another_version_of_the_sound_is_said() {
        for (sound, word) in [("", "earlier"), (",\\\"sound\\\":7", "version 7")] {
            let recipe = r#"{\"recipe\":{\"source\":{\"kind\":\"space\",\"id\":\"plate\"}}"#;
            let state = format!("{{\"params\":{{}},\"fields\":{{\"session\":\"{recipe}{sound}}}\"}}}}");
            let Read { preset, warnings, .. } = read(state.as_bytes()).expect("a state");
            assert_eq!(preset.source, Recipe::space("plate").source, "{state}");
            assert!(warnings.len() == 1 && warnings[0].contains(word), "{warnings:?}");
        }
    }

    #[test]
    fn what_is_no_state_is_refused() {
        let whole = written(&moved(), &[], Format::Vst3).expect("written");
        for bytes in [&b""[..], b"null", b"{}", b"version = 1", &[0; 64], &whole[..whole.len() / 2]] {
            read(bytes).expect_err("no state");
        }
    }
}
