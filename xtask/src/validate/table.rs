//! What was found, as a table for `docs/hosts.md`.

use std::fmt;

use super::counts::Counts;

/// A series that has been played.
pub struct Row {
    /// The validator with its version.
    pub validator: String,
    /// Its options.
    pub options: String,
    /// How many runs there were.
    pub runs: usize,
    /// All of them together.
    pub counts: Counts,
}

/// All series, in Markdown.
pub struct Table<'a>(pub &'a [Row]);

impl fmt::Display for Table<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "| validator | options | runs | passed | failed | skipped | error lines | in the log |")?;
        writeln!(formatter, "|---|---|---|---|---|---|---|---|")?;
        for Row { validator, options, runs, counts } in self.0 {
            let Counts { passed, failed, skipped, errors, logged } = counts;
            let options = if options.is_empty() { "–".to_owned() } else { format!("`{options}`") };
            let counts = format!("{passed} | {failed} | {skipped} | {errors} | {logged}");
            writeln!(formatter, "| {validator} | {options} | {runs} | {counts} |")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_every_count_under_its_heading() {
        let counts = Counts { passed: 470, failed: 1, skipped: 2, errors: 3, logged: 4 };
        let row = |options: &str| Row { validator: "A 1.0".to_owned(), options: options.to_owned(), runs: 10, counts };
        let table = Table(&[row("-e"), row("")]).to_string();
        let expected = "\
| validator | options | runs | passed | failed | skipped | error lines | in the log |
|---|---|---|---|---|---|---|---|
| A 1.0 | `-e` | 10 | 470 | 1 | 2 | 3 | 4 |
| A 1.0 | – | 10 | 470 | 1 | 2 | 3 | 4 |
";
        assert_eq!(table, expected);
    }
}
