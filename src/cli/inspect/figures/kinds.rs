//! The kinds of figures of a room: their names, their units, and where they come from.

use crate::impulse::acoustics::{Figure, Figures, Measured};

/// A kind of figure, of what it is taken from.
pub struct Kind<Of: 'static> {
    /// In `--json` and `--csv`; it stays.
    pub id: &'static str,
    /// For people.
    pub name: &'static str,
    unit: Unit,
    pub of: fn(&Of) -> Figure,
}

/// How a figure is told to people.
#[derive(Debug, Clone, Copy)]
enum Unit {
    Seconds,
    /// Of what is in seconds.
    Milliseconds,
    Decibels,
    /// Of what is a share.
    Percent,
    /// A plain number.
    Ratio,
}

/// Those of one band, and of all frequencies together.
pub const OF_BAND: [Kind<Figures>; 12] = [
    kind("rt60", "RT60", Unit::Seconds, Figures::reverberation_time),
    kind("t20", "T20", Unit::Seconds, |band| band.t20),
    kind("t30", "T30", Unit::Seconds, |band| band.t30),
    kind("curvature", "T30/T20 - 1", Unit::Percent, Figures::curvature),
    kind("early_decay_time", "EDT", Unit::Seconds, |band| band.early_decay_time),
    kind("c50_db", "C50", Unit::Decibels, |band| band.c50),
    kind("c80_db", "C80", Unit::Decibels, |band| band.c80),
    kind("d50", "D50", Unit::Percent, |band| band.d50),
    kind("centre_time", "Ts", Unit::Milliseconds, |band| band.centre_time),
    kind("impulse_to_noise_db", "INR", Unit::Decibels, |band| band.impulse_to_noise),
    kind("early_correlation", "L/R early", Unit::Ratio, |band| band.early_correlation),
    kind("late_correlation", "L/R late", Unit::Ratio, |band| band.late_correlation),
];

/// Those of all frequencies together alone.
pub const OF_WHOLE: [Kind<Measured>; 3] = [
    kind("direct_to_reverberant_db", "D/R", Unit::Decibels, |whole| whole.direct_to_reverberant),
    kind("initial_time_delay_gap", "ITDG", Unit::Milliseconds, |whole| whole.initial_time_delay_gap),
    kind("bass_ratio", "bass ratio", Unit::Ratio, Measured::bass_ratio),
];

/// Those that are not of ISO 3382-1.
pub const BESIDE: [&str; 5] =
    ["early_correlation", "late_correlation", "direct_to_reverberant_db", "initial_time_delay_gap", "bass_ratio"];

const fn kind<Of>(id: &'static str, name: &'static str, unit: Unit, of: fn(&Of) -> Figure) -> Kind<Of> {
    Kind { id, name, unit, of }
}

impl<Of> Kind<Of> {
    /// Name and unit, above a column or before a row of cells.
    pub fn heading(&self) -> String {
        let unit = self.unit.symbol();
        if unit.is_empty() { self.name.to_owned() } else { format!("{}, {unit}", self.name) }
    }

    /// A value without its unit.
    pub fn cell(&self, value: f64) -> String {
        match self.unit {
            Unit::Seconds => format!("{value:.2}"),
            Unit::Milliseconds => format!("{:.1}", 1000.0 * value),
            Unit::Decibels => format!("{value:+.1}"),
            // Zero has no sign.
            Unit::Percent => format!("{:.0}", (100.0 * value).round() + 0.0),
            Unit::Ratio => format!("{value:.2}"),
        }
    }

    /// A value with its unit.
    pub fn text(&self, value: f64) -> String {
        format!("{} {}", self.cell(value), self.unit.symbol()).trim_end().to_owned()
    }
}

impl Unit {
    const fn symbol(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Milliseconds => "ms",
            Self::Decibels => "dB",
            Self::Percent => "%",
            Self::Ratio => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_is_explained_in_the_documents() {
        let ids = OF_BAND.iter().map(|kind| kind.id).chain(OF_WHOLE.iter().map(|kind| kind.id));
        let names = OF_BAND.iter().map(|kind| kind.name).chain(OF_WHOLE.iter().map(|kind| kind.name));
        let (json, acoustics) =
            (include_str!("../../../../docs/json.md"), include_str!("../../../../docs/acoustics.md"));
        for id in ids.clone() {
            assert!(json.contains(&format!("`{id}`")), "docs/json.md: {id}");
        }
        for name in names {
            assert!(acoustics.contains(&format!("| {name} |")), "docs/acoustics.md: {name}");
        }
        assert!(BESIDE.iter().all(|beside| ids.clone().any(|id| id == *beside)));
    }
}
