//! Saved states that are damaged, older, newer or somebody else's: what can be read is taken, the rest is the default.
use super::{IMPULSE, Knob, TranseptParams};
use crate::session::fields;
use crate::session::saved::SavedSession;
use nice_plug::plugin::ParamValue;
use nice_plug::prelude::*;
use std::collections::BTreeMap;

/// Makes of any state one that says something sound about every parameter of this version, and nothing else. So what an
/// instance is after a load depends on the state alone, and not on what it was before.
///
/// The framework would take a level of 1e30 dB as it is; a value outside its range goes to the nearer end.
pub fn repair(state: &mut PluginState) {
    let defaults = TranseptParams::default();
    let mut saved = std::mem::take(&mut state.params);
    rename(&mut saved);
    let has_slot = matches!(saved.get(IMPULSE), Some(ParamValue::I32(_)));
    for (id, knob) in defaults.all() {
        let value = match (knob, saved.get(id)) {
            (Knob::Number(param), Some(ParamValue::F32(value))) if value.is_finite() => {
                let (range, value) = (param.range(), *value);
                ParamValue::F32(value.clamp(range.unnormalize(0.0), range.unnormalize(1.0)))
            }
            (Knob::Switch(_), Some(ParamValue::Bool(value))) => ParamValue::Bool(*value),
            (Knob::Choice(param), Some(ParamValue::I32(value))) => {
                let (range, value) = (param.range(), *value);
                ParamValue::I32(value.clamp(range.unnormalize(0.0), range.unnormalize(1.0)))
            }
            (Knob::Number(param), _) => ParamValue::F32(param.default_plain_value()),
            (Knob::Switch(param), _) => ParamValue::Bool(param.default_plain_value()),
            (Knob::Choice(param), _) => ParamValue::I32(param.default_plain_value()),
        };
        state.params.insert(id.to_owned(), value);
    }
    fields::fold(&mut state.fields);
    for (key, json) in defaults.serialize_fields() {
        state.fields.entry(key).or_insert(json);
    }
    if !has_slot {
        // Older versions had no list: the parameter goes to what sounds.
        let session = serde_json::from_str::<SavedSession>(&state.fields[fields::SESSION]);
        let slot = session.map_or(0, SavedSession::impulse_slot);
        state.params.insert(IMPULSE.to_owned(), ParamValue::I32(slot as i32));
    }
}

/// What older versions called otherwise: `output`, and `level`, which was on for rooms or off. The lock of the mix kept
/// the output level, too, before that had its own.
fn rename(saved: &mut BTreeMap<String, ParamValue>) {
    if let Some(output) = saved.remove("output") {
        saved.entry("output_level".to_owned()).or_insert(output);
    }
    if let Some(ParamValue::Bool(is_matched)) = saved.remove("level") {
        saved.entry("loudness".to_owned()).or_insert(ParamValue::I32(is_matched.into()));
    }
    if let Some(ParamValue::Bool(is_locked)) = saved.get("mix_lock") {
        let is_locked = *is_locked;
        saved.entry("output_lock".to_owned()).or_insert(ParamValue::Bool(is_locked));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{TABLE, Value};

    fn repaired(params: &[(&str, ParamValue)], fields: &[(&str, &str)]) -> PluginState {
        let own = |(key, value): &(&str, ParamValue)| ((*key).to_owned(), value.clone());
        let mut state = PluginState {
            version: "9.9.9".to_owned(),
            params: params.iter().map(own).collect(),
            fields: fields.iter().map(|(key, json)| ((*key).to_owned(), (*json).to_owned())).collect(),
        };
        repair(&mut state);
        state
    }

    fn text(params: &BTreeMap<String, ParamValue>, id: &str) -> String {
        format!("{:?}", params[id])
    }

    #[test]
    fn an_empty_state_is_a_fresh_instance() {
        let state = repaired(&[], &[]);
        assert_eq!(state.params.len(), TABLE.len() + 1);
        assert_eq!(text(&state.params, "impulse"), "I32(0)", "the hall's slot");
        assert_eq!(text(&state.params, "wet"), "F32(-12.0)");
        assert_eq!(text(&state.params, "loudness"), "I32(1)");
        assert!(state.fields["session"].contains("hall"));
    }

    #[test]
    fn values_of_another_kind_or_outside_their_range_do_no_harm() {
        let state = repaired(
            &[
                ("dry", ParamValue::F32(1e30)),
                ("wet", ParamValue::F32(f32::NAN)),
                ("output_level", ParamValue::F32(-7.3)),
                ("loudness", ParamValue::I32(99)),
                ("predelay", ParamValue::Bool(true)),
                ("bypass", ParamValue::String("yes".to_owned())),
                ("dream", ParamValue::I32(3)),
            ],
            &[("recipe", "{\"source\":"), ("other", "1")],
        );
        assert_eq!(text(&state.params, "dry"), "F32(12.0)");
        assert_eq!(text(&state.params, "wet"), "F32(-12.0)");
        assert_eq!(text(&state.params, "output_level"), "F32(-7.3)");
        assert_eq!(text(&state.params, "loudness"), "I32(2)");
        assert_eq!(text(&state.params, "predelay"), "F32(0.0)");
        assert_eq!(text(&state.params, "bypass"), "Bool(false)");
        assert!(!state.params.contains_key("dream"));
        assert!(state.fields["session"].contains("hall"));
    }

    #[test]
    fn what_older_versions_called_otherwise_is_still_read() {
        for (matched, loudness) in [(true, "I32(1)"), (false, "I32(0)")] {
            let older = [("output", ParamValue::F32(-7.3)), ("level", ParamValue::Bool(matched))];
            let state = repaired(&older, &[]);
            assert_eq!(text(&state.params, "output_level"), "F32(-7.3)");
            assert_eq!(text(&state.params, "loudness"), loudness);
            assert!(!state.params.contains_key("output") && !state.params.contains_key("level"));
        }
        let newer = [("output", ParamValue::F32(-7.3)), ("output_level", ParamValue::F32(3.0))];
        assert_eq!(text(&repaired(&newer, &[]).params, "output_level"), "F32(3.0)");
    }

    /// What a state says to an instance.
    fn opened(bytes: &[u8]) -> crate::settings::Settings {
        let json = crate::session::host_state::unpacked(bytes).unwrap_or_else(|_| bytes.to_vec());
        let mut state: PluginState = serde_json::from_slice(&json).expect("a state");
        repair(&mut state);
        let mut settings = crate::settings::Settings::default();
        for setting in &TABLE {
            let value = match state.params[setting.id] {
                ParamValue::F32(value) => Value::Number(value),
                ParamValue::Bool(value) => Value::Switch(value),
                ParamValue::I32(value) => Value::Choice(value as usize),
                ParamValue::String(_) => panic!("{} is none", setting.id),
            };
            assert!(settings.set(setting.id, value), "{}", setting.id);
        }
        settings
    }

    #[test]
    fn a_preset_of_a_saved_state_is_what_an_instance_opens_and_so_is_the_state_of_the_preset() {
        use crate::session::host_state::{self, Format};
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
        for name in ["version-1.json", "early.vst3", "six-fields.vst3", "0.1.0.vst3"] {
            let saved = std::fs::read(folder.join(name)).expect("a file");
            let preset = host_state::read(&saved).expect("a state").preset;
            assert_eq!(preset.settings, opened(&saved), "{name}");
            assert_ne!(preset.settings, crate::settings::Settings::default(), "{name}");
            let written = host_state::written(&preset, &[], Format::Vst3).expect("written");
            assert_eq!(opened(&written), preset.settings, "{name}");
        }
    }
}
