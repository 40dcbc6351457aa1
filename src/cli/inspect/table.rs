//! A table for people, with footnotes for what is not known.

/// Letters that a line may have.
const WIDEST: usize = 120;

/// Columns with headings, and rows with names.
pub(in crate::cli) struct Table {
    corner: &'static str,
    headings: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
    /// Why a cell is empty; each reason once.
    reasons: Vec<String>,
}

impl Table {
    pub fn new(corner: &'static str, headings: impl Iterator<Item = String>) -> Self {
        Self { corner, headings: headings.collect(), rows: Vec::new(), reasons: Vec::new() }
    }

    /// A row of values, or of reasons why there is none.
    pub fn row(&mut self, name: String, cells: impl Iterator<Item = Result<String, String>>) {
        let cells = cells.map(|cell| cell.unwrap_or_else(|reason| format!("–{}", self.mark(reason)))).collect();
        self.rows.push((name, cells));
    }

    /// The letters that a reason has in the table.
    fn mark(&mut self, reason: String) -> String {
        let index = self.reasons.iter().position(|known| *known == reason).unwrap_or(self.reasons.len());
        if index == self.reasons.len() {
            self.reasons.push(reason);
        }
        letters(index)
    }

    /// Lines that begin with a line break: as many columns side by side as there is room for, and then the reasons.
    pub fn text(&self) -> String {
        let names = self.rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        let names = names.max(self.corner.chars().count());
        let width = |column: usize| {
            let cells = self.rows.iter().map(|(_, cells)| cells[column].chars().count());
            cells.max().unwrap_or(0).max(self.headings[column].chars().count())
        };
        let mut text = String::new();
        let mut first = 0;
        while first < self.headings.len() {
            let mut taken = 2 + names + 2 + width(first);
            let mut last = first + 1;
            while last < self.headings.len() && taken + 2 + width(last) <= WIDEST {
                taken += 2 + width(last);
                last += 1;
            }
            let mut line = |name: &str, cells: &[String]| {
                let cells = (first..last).map(|column| format!("  {:>1$}", cells[column], width(column)));
                let line = format!("  {name:<names$}{}", cells.collect::<String>());
                text += &format!("\n{}", line.trim_end());
            };
            line(self.corner, &self.headings);
            self.rows.iter().for_each(|(name, cells)| line(name, cells));
            first = last;
        }
        for (index, reason) in self.reasons.iter().enumerate() {
            text += &format!("\n  –{} not measurable: {reason}", letters(index));
        }
        text
    }
}

/// a, b, …, z, aa, ab, …
fn letters(index: usize) -> String {
    let before = if index < 26 { String::new() } else { letters(index / 26 - 1) };
    before + &char::from(b'a' + (index % 26) as u8).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_each_reason_is_told_once() {
        let mut table = Table::new("Hz", ["63", "125"].map(str::to_owned).into_iter());
        table.row("T30".to_owned(), [Ok("1.25".to_owned()), Err("too narrow".to_owned())].into_iter());
        table.row("T20, s".to_owned(), [Err("too short".to_owned()), Err("too narrow".to_owned())].into_iter());
        let lines = ["  Hz        63  125", "  T30     1.25   –a", "  T20, s    –b   –a"];
        let reasons = ["  –a not measurable: too narrow", "  –b not measurable: too short"];
        assert_eq!(table.text(), format!("\n{}\n{}", lines.join("\n"), reasons.join("\n")));
        assert_eq!([0, 25, 26, 27, 51, 52].map(letters), ["a", "z", "aa", "ab", "az", "ba"]);
    }

    #[test]
    fn what_is_too_wide_goes_on_below() {
        let mut table = Table::new("", (0..5).map(|index| format!("{index}{}", "x".repeat(40))));
        table.row("a".to_owned(), (0..5).map(|index| Ok(index.to_string())));
        let text = table.text();
        assert_eq!(text.lines().filter(|line| line.starts_with("  a")).count(), 3);
        assert!(text.lines().all(|line| line.chars().count() <= WIDEST), "{text}");
    }
}
