//! Faults of a recipe, in plain words in the place of those of the crate that reads it.

/// A message of the crate: types are named as people know them.
pub(super) fn plain(message: &str) -> String {
    let message = message.trim().replace('\n', ", ");
    if message.contains("i128") {
        return "a number is too large".to_owned();
    }
    let found = ["invalid type: ", "invalid value: ", "invalid length "].iter().find_map(|begin| {
        let (found, expected) = message.strip_prefix(begin)?.rsplit_once(", expected ")?;
        Some(if begin.ends_with("length ") { (format!("{found} values"), expected) } else { (thing(found), expected) })
    });
    match found {
        Some((found, expected)) => format!("it is {found}, and is to be {}", kind(expected)),
        None => message,
    }
}

/// The value that was found, without its type where its form says that.
fn thing(found: &str) -> String {
    let words = [("sequence", "a list"), ("map", "a table"), ("unit", "nothing")];
    if let Some((_, plain)) = words.iter().find(|(word, _)| *word == found) {
        return (*plain).to_owned();
    }
    let value = ["string ", "integer ", "floating point ", "boolean "].iter().find_map(|kind| found.strip_prefix(kind));
    value.unwrap_or(found).replace('`', "")
}

/// The kind of value that is expected.
fn kind(expected: &str) -> String {
    match expected {
        "u32" | "u64" | "usize" => "a whole number from 0 on".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a string" => "a text in quotation marks".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "a table".to_owned(),
        other if other.starts_with("struct ") => "a table".to_owned(),
        other => other.replace("an array of length ", "a list of the length "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_the_language_are_no_words_for_people() {
        for (message, words) in [
            ("invalid type: string \"one\", expected u64", "it is \"one\", and is to be a whole number from 0 on"),
            ("invalid value: integer `-1`, expected u64", "it is -1, and is to be a whole number from 0 on"),
            ("invalid type: sequence, expected f64", "it is a list, and is to be a number"),
            ("invalid type: boolean `true`, expected a string", "it is true, and is to be a text in quotation marks"),
            ("invalid length 2, expected an array of length 3", "it is 2 values, and is to be a list of the length 3"),
            ("invalid type: integer `99999999999999999999` as i128, expected u64", "a number is too large"),
            ("invalid type: integer `3`, expected struct Shoebox", "it is 3, and is to be a table"),
            ("missing field `scattering`", "missing field `scattering`"),
        ] {
            assert_eq!(plain(message), words);
        }
    }
}
