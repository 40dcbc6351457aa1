//! Presets in the window: opening one sets the parameters and chooses its impulses, and saving one writes a file of
//! them.
use super::binding;
use super::parameter::{Move, Parameter};
use crate::files::Target;
use crate::impulse::recipe::{Combination, Recipe, Second, Side};
use crate::library::hints::Hints;
use crate::parameters::TranseptParams;
use crate::preset::{EXTENSION, Preset};
use crate::settings::Settings;
use std::path::{Path, PathBuf};

/// The locks, each with what it keeps. They are the session's: no preset says anything about them.
const LOCKS: [(Parameter, &[Parameter]); 2] =
    [("mix_lock", &["dry", "wet", "mix_mode", "mix"]), ("output_lock", &["output_level"])];

const BYPASS: Parameter = "bypass";

/// The move of each parameter that is elsewhere in a preset's settings; what is locked stays as it is.
#[must_use]
pub fn moves(settings: &Settings, params: &TranseptParams) -> Vec<Move> {
    binding::moves(settings, params, |id| stays(id, params))
}

/// True if the parameters are where a preset has brought them: those that it moves, but for the bypass, which is for
/// listening and not for how a preset sounds. Allocates nothing.
#[must_use]
pub fn are_at(settings: &Settings, params: &TranseptParams) -> bool {
    binding::are_at(settings, params, |id| id != BYPASS && !stays(id, params))
}

fn stays(id: Parameter, params: &TranseptParams) -> bool {
    let is_on = [params.mix_lock.value(), params.output_lock.value()];
    LOCKS.iter().zip(is_on).any(|((lock, kept), is_on)| *lock == id || is_on && kept.contains(&id))
}

/// Chooses a preset's impulses, of whose files something is `known`.
pub fn choose(preset: Preset, known: &[Hints], params: &TranseptParams) {
    // How both are combined say the parameters.
    let second = preset.second.map(|source| Second { source, how: Combination::default() });
    params.session.choose_known(Recipe { source: preset.source, second, ..params.session.get() }, known);
}

/// Writes a preset of parameters and recipe: the file as a whole, or nothing of it. Gives the first impulse file that
/// is not where the preset says, if one is not: the session may have it embedded, but a preset has nothing else than
/// what is known of the file.
///
/// # Errors
/// A message that names the file, also for a file that must not be replaced, such as the impulse's own.
pub fn save(path: &Path, params: &TranseptParams) -> Result<Option<PathBuf>, String> {
    let source = params.session.located(Side::A).unwrap_or_else(|| params.session.get().source);
    let mut preset = Preset { source, second: params.session.located(Side::B), settings: binding::settings(params) };
    (preset.settings.mix_lock, preset.settings.output_lock) = (false, false);
    let known = Side::BOTH.map(|side| params.session.known(side)).concat();
    let text = preset.text(&known).map_err(|error| format!("{}: {error}", path.display()))?;
    let target = Target::check(path, preset.files()).map_err(|error| error.to_string())?;
    target.write(text.as_bytes()).map_err(|error| error.to_string())?;
    Ok(preset.files().find(|file| !file.exists()).map(Path::to_owned))
}

/// The file that a user means who saves under this name: presets are called `.toml`.
///
/// # Errors
/// A message, if another file than the one that the dialog has asked about would be replaced.
pub fn named(path: PathBuf) -> Result<PathBuf, String> {
    if path.extension().is_some() {
        return Ok(path);
    }
    let path = path.with_extension(EXTENSION);
    if path.exists() { Err(format!("{}: is there already; choose it to replace it", path.display())) } else { Ok(path) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::binding::Host;
    use crate::library::{Library, Limits};
    use crate::parameters::{Knob, any_knob};
    use crate::settings::TABLE;
    use nice_plug::params::{BoolParam, Param};
    use parking_lot::Mutex;

    /// A host that writes down what is set, and has none of its parameters moved by it.
    #[derive(Default)]
    struct Recorder(Mutex<Vec<(Parameter, String)>>);

    impl Host for Recorder {
        fn begin(&self, _knob: Knob) {}
        fn set(&self, knob: Knob, normalized: f32) {
            let (name, text) =
                any_knob!(knob, param => (param.name().to_owned(), param.normalized_value_to_string(normalized, true)));
            let setting = TABLE.iter().find(|setting| setting.name == name).expect("a setting");
            self.0.lock().push((setting.id, text));
        }
        fn end(&self, _knob: Knob) {}
    }

    fn opened(preset: Preset, params: &TranseptParams) -> Vec<(Parameter, String)> {
        let recorder = Recorder::default();
        for Move { parameter, to, .. } in moves(&preset.settings, params) {
            binding::move_to(parameter, to, params, &recorder);
        }
        choose(preset, &[], params);
        recorder.0.into_inner()
    }

    /// Values of the mix and others, none at its default.
    fn moved() -> Settings {
        Settings { dry: -3.5, wet: -60.0, mix_mode: 1, mix: 40.0, output_level: 2.0, reverse: true, ..decayed() }
    }

    fn decayed() -> Settings {
        Settings { loudness: 2, decay_high: 48.0, predelay_sync: 8, ..Settings::default() }
    }

    fn said(pairs: &[(Parameter, &str)]) -> Vec<(Parameter, String)> {
        pairs.iter().map(|(id, text)| (*id, (*text).to_owned())).collect()
    }

    #[test]
    fn opening_moves_what_is_elsewhere_and_chooses_both_impulses() {
        let params = TranseptParams::default();
        let recipe = Recipe::file("/rooms/nave.wav");
        let second = Recipe::space("plate").source;
        let preset = Preset { source: recipe.source.clone(), second: Some(second.clone()), settings: decayed() };
        let moves = [("loudness", "cabinet"), ("predelay_sync", "1/8 dotted"), ("decay_high", "48 %")];
        assert_eq!(opened(preset.clone(), &params), said(&moves));
        let chosen = params.session.get();
        assert_eq!((&chosen.source, chosen.second.map(|second| second.source)), (&recipe.source, Some(second)));
        assert!(opened(Preset { second: None, settings: Settings::default(), ..preset }, &params).is_empty());
        assert_eq!(params.session.get().second, None);
    }

    #[test]
    fn what_is_locked_stays_and_the_locks_are_nothing_that_a_preset_says() {
        let locks = Settings { mix_lock: true, output_lock: true, ..moved() };
        let preset = Preset { settings: locks, ..Preset::default() };
        let mut params = TranseptParams::default();
        let mix = [("dry", "-3.5 dB"), ("wet", "off"), ("mix_mode", "mix"), ("mix", "40 %")];
        let output = [("output_level", "2.0 dB")];
        let others =
            [("loudness", "cabinet"), ("predelay_sync", "1/8 dotted"), ("reverse", "on"), ("decay_high", "48 %")];
        assert_eq!(opened(preset.clone(), &params), said(&[&mix[..], &output, &others].concat()));
        params = TranseptParams { mix_lock: BoolParam::new("Lock mix", true), ..TranseptParams::default() };
        assert_eq!(opened(preset.clone(), &params), said(&[&output[..], &others].concat()));
        params = TranseptParams { output_lock: BoolParam::new("Lock output", true), ..TranseptParams::default() };
        assert_eq!(opened(preset.clone(), &params), said(&[&mix[..], &others].concat()));
        params.mix_lock = BoolParam::new("Lock mix", true);
        assert_eq!(opened(preset, &params), said(&others));
        assert!(opened(Preset::default(), &params).is_empty(), "it stays locked");
    }

    #[test]
    fn what_is_saved_opens_as_what_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("it.toml");
        let on = |name| BoolParam::new(name, true);
        let params = TranseptParams {
            mix_lock: on("Lock mix"),
            output_lock: on("Lock output"),
            reverse: on("Reverse"),
            ..TranseptParams::default()
        };
        params.session.put(Side::A, Recipe::file("/rooms/nave.wav").source);
        params.session.put(Side::B, Recipe::space("plate").source);
        assert_eq!(save(&path, &params), Ok(Some("/rooms/nave.wav".into())), "it is not there");
        let read = Preset::open(&path).expect("a preset");
        let settings = Settings { reverse: true, ..Settings::default() };
        let second = Some(Recipe::space("plate").source);
        assert_eq!(read.preset, Preset { source: Recipe::file("/rooms/nave.wav").source, second, settings });
        assert!(read.warnings.is_empty());
    }

    #[test]
    fn what_a_preset_knows_of_a_file_that_is_not_there_is_saved_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, again) = (folder.path().join("it.toml"), folder.path().join("again.toml"));
        let impulse = |path: &str, digit: &str| {
            format!("kind = \"file\"\npath = '{path}'\nhash = \"{}\"\nsize = 1234\n", digit.repeat(64))
        };
        let (first, second) = (impulse("/rooms/gone.wav", "a"), impulse(r"C:\rooms\gone.wav", "b"));
        std::fs::write(&path, format!("[impulse]\n{first}[second]\n{second}")).expect("written");
        let read = Preset::find(&path, &Library::default(), Limits::default()).expect("a preset");
        let (known, params) = (read.known(), TranseptParams::default());
        choose(read.preset.clone(), &known, &params);
        save(&again, &params).expect("saved");
        let saved = Preset::open(&again).expect("a preset");
        assert_eq!((saved.preset, saved.files), (read.preset, read.files));
    }

    #[test]
    fn what_cannot_be_saved_is_said_and_replaces_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let room = folder.path().join("room.wav");
        std::fs::write(&room, "samples").expect("written");
        let params = TranseptParams::default();
        params.session.put(Side::B, Recipe::file(&room).source);
        let refused = save(&room, &params).expect_err("it is the impulse");
        assert!(refused.contains("room.wav") && refused.contains("replace"), "{refused}");
        assert_eq!(std::fs::read(&room).expect("there"), b"samples");
        let refused = save(&folder.path().join("no/it.toml"), &params).expect_err("no folder");
        assert!(refused.contains("it.toml") && refused.contains("no folder"), "{refused}");
    }

    #[test]
    fn a_name_without_an_ending_gets_one_and_replaces_nothing_unasked() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name| folder.path().join(name);
        assert_eq!(named(path("it")), Ok(path("it.toml")));
        assert_eq!(named(path("it.TOML")), Ok(path("it.TOML")));
        std::fs::write(path("it.toml"), "").expect("written");
        assert!(named(path("it")).is_err_and(|reason| reason.contains("it.toml")));
        assert_eq!(named(path("it.toml")), Ok(path("it.toml")), "the dialog has asked");
    }
}
