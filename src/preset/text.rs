//! The text form.

use super::fields::{Fields, Wrong, ignored, source_of};
use super::{Preset, Read, VERSION, lookup};
use crate::impulse::recipe::Source;
use crate::library::fingerprint::FileHash;
use crate::library::hints::Hints;
use crate::settings::{self, Settings, Sound, TABLE};
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// The text of a file.
pub(super) fn decoded(bytes: &[u8]) -> Result<&str, Wrong> {
    let line_of = |length: usize| 1 + bytes[..length].iter().filter(|byte| **byte == b'\n').count();
    std::str::from_utf8(bytes).map_err(|error| (line_of(error.valid_up_to()), "this is no UTF-8 text".to_owned()))
}

/// A preset of a text, its relative paths taken from `folder`.
pub(super) fn read(text: &str, folder: &Path) -> Result<Read, Wrong> {
    let fields = Fields::of(text)?;
    let mut warnings = Vec::new();
    // Who writes a preset by hand means the first version, and the sound that is heard.
    let number = "a whole number, such as 1";
    let version: u32 = fields.get("version", number)?.unwrap_or(1);
    let sound = fields.get("sound", number)?.unwrap_or(Sound::NEWEST);
    if version > VERSION {
        warnings.push(format!("a newer program wrote this, in version {version}"));
    }
    warnings.extend(sound.remark());
    let impulse: Option<Table> = fields.get("impulse", "a table, [impulse]")?;
    let second: Option<Table> = fields.get("second", "a table, [second]")?;
    let settings: Table = fields.get("settings", "a table, [settings]")?.unwrap_or_default();
    let known = ["version", "sound", "impulse", "second", "settings"];
    let table = text.parse::<Table>().unwrap_or_default();
    if !table.is_empty() && !known.iter().any(|key| table.contains_key(*key)) {
        return Err((1, "this is no preset, which has a table [impulse] or [settings]".to_owned()));
    }
    let others = table.into_iter();
    warnings
        .extend(others.filter(|(key, _)| !known.contains(&key.as_str())).map(|(key, _)| format!("{key} is unknown")));

    let mut files = Vec::new();
    let mut source = |written: Option<Table>, name: &str, table: &str| {
        let written = written?;
        match source_of(&written) {
            Ok(source) => {
                warnings.extend(ignored(&written).map(|reason| format!("{table}.{reason}; it is ignored")));
                let known = hints(&source, &written);
                let there = source.at(known.iter().filter_map(|hints| Some(joined(folder, hints.path.as_ref()?))));
                files.extend(known);
                Some(there)
            }
            Err(reason) => {
                warnings.push(format!("{name} is unknown: {reason}"));
                None
            }
        }
    };
    let first = source(impulse, "the impulse", "impulse");
    let second = source(second, "the second impulse", "second");
    let has_room = first.is_some();
    let mut preset = Preset { second, ..Preset::default() };
    preset.source = first.unwrap_or(preset.source);
    for (id, value) in &settings {
        if let Err(reason) = set(&mut preset.settings, id, value) {
            warnings.push(reason);
        }
    }
    Ok(Read { preset, warnings, has_room, files, missing: Vec::new() })
}

/// What a table says of each file of its source, with the path as it stands there.
fn hints(source: &Source, written: &Table) -> Vec<Hints> {
    fn field<T: DeserializeOwned>(written: &Table, side: &str, name: &str) -> Option<T> {
        T::deserialize(written.get(&format!("{side}{name}"))?.clone()).ok()
    }
    // The files of a set are known by their paths alone.
    let sides: &[&str] = match source {
        Source::Pair { .. } => &["left_", "right_"],
        Source::Set { files, .. } => &vec!["each_"; files.len()],
        Source::File { .. } | Source::Space { .. } => &[""],
    };
    let hints = |(path, side): (&Path, &&str)| Hints {
        path: Some(unquoted(path)),
        file_hash: field::<FileHash>(written, side, "hash"),
        file_size: field(written, side, "size"),
        ..Hints::default()
    };
    source.files().into_iter().zip(sides).map(hints).collect()
}

/// A path without the quotation marks around it that come along when a path is copied.
fn unquoted(path: &Path) -> PathBuf {
    let text = path.to_string_lossy();
    let bare = ['"', '\''].iter().find_map(|mark| text.trim().strip_prefix(*mark)?.strip_suffix(*mark));
    bare.map_or_else(|| path.to_owned(), PathBuf::from)
}

/// A path in a folder, unless it is absolute: here, or on a system that names its drives.
fn joined(folder: &Path, path: &Path) -> PathBuf {
    if is_on_a_drive(path) { path.to_owned() } else { folder.join(path) }
}

/// True for an absolute path of a system that names its drives.
fn is_on_a_drive(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.starts_with("\\\\")
        || matches!(text.as_bytes(), [drive, b':', b'/' | b'\\', ..] if drive.is_ascii_alphabetic())
}

/// Sets a setting as a text says, or to the nearest value that it can have. People also write numbers and true or false
/// without quotation marks. An error says what is used in the place of what stands there.
fn set(settings: &mut Settings, id: &str, value: &Value) -> Result<(), String> {
    let setting = settings::find(id).ok_or_else(|| format!("there is no setting {id}"))?;
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let read = setting.read_within(&text);
    let used = read.as_ref().ok().copied().or_else(|| setting.read(&text)).unwrap_or_else(|| setting.default());
    settings.set(id, used);
    read.map(drop).map_err(|wanted| format!("{text} is no value of {id}: {wanted}; {} is used", setting.show(used)))
}

/// What is written.
#[derive(Serialize)]
struct Writing<'a> {
    version: u32,
    sound: Sound,
    impulse: Impulse,
    #[serde(skip_serializing_if = "Option::is_none")]
    second: Option<Impulse>,
    #[serde(serialize_with = "moved")]
    settings: &'a Settings,
}

/// An impulse, and what its files are known by.
#[derive(Serialize)]
struct Impulse {
    #[serde(flatten)]
    source: Source,
    #[serde(flatten)]
    files: Files,
}

/// What files are known by: of one file or of a pair.
#[derive(Default, Serialize)]
struct Files {
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<FileHash>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_hash: Option<FileHash>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    right_hash: Option<FileHash>,
    #[serde(skip_serializing_if = "Option::is_none")]
    right_size: Option<u64>,
}

impl Impulse {
    /// The impulse as the text says it, of files at these paths. What is `known` counts for a file that cannot be read.
    fn of(source: &Source, known: &[Hints], path: impl Fn(&Path) -> PathBuf) -> Self {
        let known = |path: &Path| {
            let read = lookup::hash(path);
            let wanted = || known.iter().find(|hints| hints.path.as_deref() == Some(path));
            let hints = if read.file_hash.is_none() { wanted().unwrap_or(&read) } else { &read };
            (hints.file_hash, hints.file_size)
        };
        let mut files = Files::default();
        match source {
            Source::Space { .. } | Source::Set { .. } => {}
            Source::File { path } => (files.hash, files.size) = known(path),
            Source::Pair { left, right } => {
                (files.left_hash, files.left_size) = known(left);
                (files.right_hash, files.right_size) = known(right);
            }
        }
        Self { source: source.at(source.files().into_iter().map(path)), files }
    }
}

fn moved<S: Serializer>(settings: &&Settings, serializer: S) -> Result<S::Ok, S::Error> {
    let moved = TABLE.iter().zip(settings.values()).filter(|(setting, value)| setting.default() != *value);
    serializer.collect_map(moved.map(|(setting, value)| (setting.id, setting.show(value))))
}

/// The text of a preset, with relative paths of files in a folder, and what is known of files that cannot be read.
pub(super) fn written(preset: &Preset, known: &[Hints], folder: Option<&Path>) -> Result<String, toml::ser::Error> {
    let absolute = |path: &Path| -> PathBuf {
        // A path of another system stays as it stands.
        if is_on_a_drive(path) {
            path.to_owned()
        } else {
            std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
        }
    };
    let path = |path: &Path| {
        let (path, folder) = (absolute(path), folder.map(absolute));
        folder.and_then(|folder| slashed(path.strip_prefix(folder).ok()?)).unwrap_or(path)
    };
    let impulse = |source: &Source| Impulse::of(source, known, path);
    let (impulse, second) = (impulse(&preset.source), preset.second.as_ref().map(impulse));
    toml::to_string(&Writing { version: VERSION, sound: Sound::NEWEST, impulse, second, settings: &preset.settings })
}

/// A relative path as every system reads it; `None` for one that is no text.
fn slashed(path: &Path) -> Option<PathBuf> {
    let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/").into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impulse::random::Random;
    use crate::impulse::recipe::Recipe;
    use crate::settings::Kind;

    const FOLDER: &str = "/presets";

    fn read_in_folder(text: &str) -> Read {
        read(text, Path::new(FOLDER)).expect("readable")
    }

    /// Any value of a setting, on a step.
    fn any_value(setting: &settings::Setting, random: &mut Random) -> settings::Value {
        let share = 0.5 + 0.5 * random.uniform();
        let at = |count: usize| ((share * count as f64) as usize).min(count - 1);
        match &setting.kind {
            Kind::Number(number) => {
                let (least, most) = (*number.range.start(), *number.range.end());
                settings::Value::Number(number.nearest(least + (most - least) * share as f32))
            }
            Kind::Switch(_) => settings::Value::Switch(share < 0.5),
            Kind::Choice(choice) => settings::Value::Choice(at(choice.options.len())),
        }
    }

    #[test]
    fn every_preset_comes_back_from_its_text() {
        let mut random = Random::new(81);
        let pair = Source::Pair { left: "/rooms/L \"1\".wav".into(), right: "/rooms/ö.wav".into() };
        for source in [Recipe::space("plate").source, Recipe::file("/rooms/hall.wav").source, pair] {
            for _ in 0..50 {
                let second = Some(source.clone()).filter(|_| random.uniform() < 0.0);
                let mut preset = Preset { source: source.clone(), second, settings: Settings::default() };
                for setting in &TABLE {
                    preset.settings.set(setting.id, any_value(setting, &mut random));
                }
                let text = written(&preset, &[], None).expect("it can be written");
                assert_eq!(read_in_folder(&text), Read::new(preset, vec![]), "{text}");
            }
        }
    }

    #[test]
    fn the_text_holds_what_is_not_at_its_default_in_the_order_of_the_table() {
        let fresh = "version = 1\nsound = 1\n\n[impulse]\nkind = \"space\"\nid = \"hall\"\n\n[settings]\n";
        assert_eq!(written(&Preset::default(), &[], None).expect("it can be written"), fresh);
        let settings =
            Settings { reverse: true, wet: -6.0, low_cut: 80.0, trim_end: 1500.0, loudness: 0, ..Settings::default() };
        let moved =
            "wet = \"-6.0 dB\"\nloudness = \"off\"\nlow_cut = \"80 Hz\"\ntrim_end = \"1.5 s\"\nreverse = \"on\"\n";
        let text = written(&Preset { settings, ..Preset::default() }, &[], None).expect("it can be written");
        assert_eq!(text, format!("{fresh}{moved}"));
    }

    #[test]
    fn relative_paths_are_read_from_the_presets_folder() {
        let source = |text: &str| read_in_folder(text).preset.source;
        let path = |path: &str| Path::new(FOLDER).join(path);
        assert_eq!(source("[impulse]\nkind = \"file\"\npath = \"a/b.wav\""), Source::File { path: path("a/b.wav") });
        let pair = Source::Pair { left: path("l.wav"), right: "/r.wav".into() };
        assert_eq!(source("[impulse]\nkind = \"pair\"\nleft = \"l.wav\"\nright = \"/r.wav\""), pair);
    }

    #[test]
    fn a_second_impulse_is_read_and_one_that_is_unknown_is_left_aside() {
        let Read { preset, warnings, .. } = read_in_folder("[second]\nkind = \"file\"\npath = \"b.wav\"");
        assert_eq!(
            preset,
            Preset { second: Some(Source::File { path: "/presets/b.wav".into() }), ..Preset::default() }
        );
        assert_eq!(warnings.len(), 0, "{warnings:?}");
        let Read { preset, warnings, .. } = read_in_folder("[second]\nkind = \"dream\"");
        assert!(
            preset == Preset::default() && warnings[0].contains("second") && warnings[0].contains("dream"),
            "{warnings:?}"
        );
    }

    #[test]
    fn what_is_typed_by_hand_is_read() {
        let text = "[settings]\nwet = -6\nwidth = 50.0\nreverse = true\npredelay = \"0,25 s\"\n";
        let settings = Settings { wet: -6.0, width: 50.0, reverse: true, predelay: 250.0, ..Settings::default() };
        let read = Read::new(Preset { settings, ..Preset::default() }, vec![]);
        assert_eq!(read_in_folder(text), Read { has_room: false, ..read });
        assert_eq!(read_in_folder("").preset, Preset::default());
    }

    #[test]
    fn a_newer_programs_preset_still_sounds() {
        let text = "version = 7\nmood = 1\n[impulse]\nkind = \"dream\"\n[settings]\nwet = \"-6\"\nglow = \"1\"\ndry = \"loud\"";
        let Read { preset, warnings, .. } = read_in_folder(text);
        let settings = Settings { wet: -6.0, ..Settings::default() };
        assert_eq!(preset, Preset { settings, ..Preset::default() });
        for (message, word) in warnings.iter().zip(["version 7", "mood", "dream", "dry", "glow"]) {
            assert!(message.contains(word), "{message} does not say {word}");
        }
        assert_eq!(warnings.len(), 5, "{warnings:?}");
    }

    #[test]
    fn a_preset_of_another_version_of_the_sound_still_sounds_and_says_so() {
        let warnings = |text: &str| read_in_folder(text).warnings;
        assert_eq!(warnings("[settings]\nwet = \"-6\""), Vec::<String>::new(), "by hand");
        for (number, word) in [(0, "earlier"), (7, "version 7")] {
            let warnings = warnings(&format!("sound = {number}\n[settings]\nwet = \"-6\""));
            assert!(warnings.len() == 1 && warnings[0].contains(word), "{warnings:?}");
        }
    }

    #[test]
    fn what_a_field_cannot_be_is_said_in_plain_words() {
        for (text, words) in [
            ("sound = \"one\"", "sound is \"one\", and is to be a whole number, such as 1"),
            ("sound = 1.5", "sound is 1.5, and is to be a whole number"),
            ("sound = 99999999999", "sound is 99999999999, and is to be a whole number"),
            ("sound = 99999999999999999999", "a number is too large"),
            ("version = [1]", "version is a list, and is to be a whole number"),
            ("settings = 3", "settings is 3, and is to be a table, [settings]"),
            ("impulse = \"hall\"", "impulse is \"hall\", and is to be a table, [impulse]"),
        ] {
            let (_, reason) = read(text, Path::new(FOLDER)).expect_err(text);
            assert!(reason.starts_with(words), "{text}: {reason}");
        }
        for (text, words) in [
            (
                "[impulse]\nid = \"hall\"",
                "the impulse is unknown: it has no kind, which is \"space\", \"file\" or \"pair\"",
            ),
            ("[impulse]\nkind = 3", "the impulse is unknown: its kind is 3, and is to be \"space\""),
            ("[impulse]\nkind = \"dream\"", "the impulse is unknown: its kind is \"dream\", and is to be \"space\""),
            ("[second]\nkind = \"file\"", "the second impulse is unknown: it has no path"),
            ("[impulse]\nkind = \"pair\"\nleft = \"a\"\nright = 1", "its right is 1, and is to be a text"),
            (
                "[impulse]\nkind = \"file\"\npath = \"a\"\nhash = 3",
                "impulse.hash is 3, and is to be 64 hexadecimal digits",
            ),
            (
                "[impulse]\nkind = \"file\"\npath = \"a\"\nsize = \"3\"",
                "impulse.size is \"3\", and is to be a number of bytes",
            ),
            ("[impulse]\nkind = \"space\"\nid = \"hall\"\nmood = 3", "impulse.mood is unknown; it is ignored"),
        ] {
            let warnings = read_in_folder(text).warnings;
            assert!(warnings.len() == 1 && warnings[0].contains(words), "{text}: {warnings:?}");
        }
    }

    #[test]
    fn a_damaged_text_is_refused_with_its_line() {
        for (text, line) in [
            ("version = 1\n[settings\nwet = 1", 2),
            ("version = 1\n\n[settings]\nwet = \"-6", 4),
            ("version = -1", 1),
            ("version = 1\nsound = \"loud\"", 2),
            ("version = 1\nsettings = 3", 2),
            ("\n[settings]\nwet = 1\nwet = 2", 4),
            ("[package]\nname = \"it\"", 1),
        ] {
            let (found, reason) = read(text, Path::new(FOLDER)).expect_err(text);
            assert_eq!(found, line, "{text}: {reason}");
        }
        assert_eq!(decoded(b"a\nb\xff").expect_err("no text").0, 2);
    }
}
