//! Saved states that are damaged, older, newer or somebody else's: what can be read is taken, the rest is the default.
use super::params::TranseptParams;
use nice_plug::plugin::ParamValue;
use nice_plug::prelude::*;

/// Makes of any state one that says something sound about every parameter of this version, and nothing else. So what an
/// instance is after a load depends on the state alone, and not on what it was before.
///
/// The framework would take a level of 1e30 dB as it is; a value outside its range goes to the nearer end.
pub(super) fn repair(state: &mut PluginState) {
    let defaults = TranseptParams::default();
    let saved = std::mem::take(&mut state.params);
    for (id, param) in defaults.floats() {
        let value = match saved.get(id) {
            Some(ParamValue::F32(value)) if value.is_finite() => within(param.range(), *value),
            _ => param.default_plain_value(),
        };
        state.params.insert(id.to_owned(), ParamValue::F32(value));
    }
    for (id, param) in defaults.switches() {
        let value = match saved.get(id) {
            Some(ParamValue::Bool(value)) => *value,
            _ => param.default_plain_value(),
        };
        state.params.insert(id.to_owned(), ParamValue::Bool(value));
    }
    state.fields.retain(|_, json| serde_json::from_str::<serde_json::Value>(json).is_ok());
    for (key, json) in defaults.serialize_fields() {
        state.fields.entry(key).or_insert(json);
    }
}

fn within(range: FloatRange, value: f32) -> f32 {
    value.clamp(range.unnormalize(0.0), range.unnormalize(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

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
        assert_eq!(state.params.len(), 9);
        assert_eq!(text(&state.params, "wet"), "F32(-12.0)");
        assert_eq!(text(&state.params, "level"), "Bool(true)");
        assert!(state.fields["recipe"].contains("hall"));
    }

    #[test]
    fn values_of_another_kind_or_outside_their_range_do_no_harm() {
        let state = repaired(
            &[
                ("dry", ParamValue::F32(1e30)),
                ("wet", ParamValue::F32(f32::NAN)),
                ("output", ParamValue::F32(-7.3)),
                ("predelay", ParamValue::Bool(true)),
                ("bypass", ParamValue::String("yes".to_owned())),
                ("dream", ParamValue::I32(3)),
            ],
            &[("recipe", "{\"source\":"), ("other", "1")],
        );
        assert_eq!(text(&state.params, "dry"), "F32(12.0)");
        assert_eq!(text(&state.params, "wet"), "F32(-12.0)");
        assert_eq!(text(&state.params, "output"), "F32(-7.3)");
        assert_eq!(text(&state.params, "predelay"), "F32(0.0)");
        assert_eq!(text(&state.params, "bypass"), "Bool(false)");
        assert!(!state.params.contains_key("dream"));
        assert!(state.fields["recipe"].contains("hall"));
    }
}
