//! The fields of a state besides its parameters: names to JSON.
//!
//! A state has one, [`SESSION`]. Until the first release each of its members was a field of its own.

use serde_json::Value;
use std::collections::BTreeMap;

/// Name of the one field.
pub const SESSION: &str = "session";

/// Names of the fields of older states, which are members of the one field now.
const OLDER: [&str; 6] = ["recipe", "memory", "embedded", "impulses", "memory_second", "embedded_second"];

/// Folds the fields of an older state into the one. A state that has both keeps the one; JSON that cannot be read is
/// left out, so that it does not cost the rest.
pub fn fold(fields: &mut BTreeMap<String, String>) {
    fields.retain(|field, json| match field.as_str() {
        SESSION => serde_json::from_str::<Value>(json).is_ok(),
        // As deep as it will lie.
        _ => serde_json::from_str::<Value>(&format!("[{json}]")).is_ok(),
    });
    let older = OLDER.iter().filter_map(|member| Some((member, fields.remove(*member)?)));
    let members: Vec<String> = older.map(|(member, json)| format!("\"{member}\":{json}")).collect();
    if !members.is_empty() {
        fields.entry(SESSION.to_owned()).or_insert_with(|| format!("{{{}}}", members.join(",")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
        let mut fields = fields.iter().map(|(name, json)| ((*name).to_owned(), (*json).to_owned())).collect();
        fold(&mut fields);
        fields
    }

    #[test]
    fn fields_of_older_states_become_members_of_the_one() {
        let fields =
            folded(&[("recipe", "{\"a\":1}"), ("embedded", "\"AAAA\""), ("memory", "not JSON"), ("mood", "2")]);
        assert_eq!(fields[SESSION], "{\"recipe\":{\"a\":1},\"embedded\":\"AAAA\"}");
        assert_eq!((fields.len(), fields["mood"].as_str()), (2, "2"), "what is unknown stays");
    }

    /// A loose reading here would let members through that are refused later, and the whole field with them.
    #[test]
    fn a_member_that_only_looks_like_json_does_not_cost_the_others() {
        let deep = format!("{}{}", "[".repeat(127), "]".repeat(127));
        for odd in ["{\"x\":1e999}", "\"\\ud800\"", &deep] {
            assert_eq!(folded(&[("recipe", "1"), ("memory", odd)])[SESSION], "{\"recipe\":1}", "{odd}");
            let one = format!("{{\"recipe\":[{odd}]}}");
            assert!(!folded(&[(SESSION, &one)]).contains_key(SESSION), "{odd}");
        }
    }

    #[test]
    fn the_one_field_goes_before_older_ones_unless_it_cannot_be_read() {
        assert_eq!(folded(&[("recipe", "1"), (SESSION, "{}")])[SESSION], "{}");
        assert_eq!(folded(&[("recipe", "1"), (SESSION, "{")])[SESSION], "{\"recipe\":1}");
        assert!(folded(&[]).is_empty());
    }
}
