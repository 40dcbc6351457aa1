//! The acoustics of an impulse, for people and for programs.

use super::kinds::{BESIDE, Kind, OF_BAND, OF_WHOLE};
use crate::cli::inspect::table::Table;
use crate::impulse::acoustics::{Figure, Figures, Measured};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::collections::BTreeMap;

/// A decay is bent, and one reverberation time says little of it, from here on (ISO 3382-2:2008, annex B).
const BENT: f64 = 0.1;

/// The figures over all frequencies, and per octave.
#[derive(Debug)]
pub struct Room(pub Measured);

/// The figures of one band by their ids.
pub struct Band<'a>(pub &'a Figures);

impl Room {
    /// Ids and figures over all frequencies.
    pub fn whole(&self) -> impl Iterator<Item = (&'static str, Figure)> {
        let whole = OF_WHOLE.iter().map(|kind| (kind.id, (kind.of)(&self.0)));
        Band(&self.0.broadband).figures().chain(whole)
    }

    /// Names and values over all frequencies; those of the standard come first.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let is_beside = |id: &str| BESIDE.contains(&id);
        let all = &self.0.broadband;
        let mut lines: Vec<(&'static str, String)> =
            OF_BAND.iter().filter(|kind| !is_beside(kind.id)).filter_map(|kind| line(kind, all)).collect();
        lines.push(("", "not of ISO 3382-1:".to_owned()));
        lines.extend(OF_BAND.iter().filter(|kind| is_beside(kind.id)).filter_map(|kind| line(kind, all)));
        lines.extend(OF_WHOLE.iter().map(|kind| (kind.name, told(kind, (kind.of)(&self.0)))));
        lines
    }

    /// The octaves, one a column.
    pub fn octaves(&self) -> String {
        let mut table = Table::new("octave, Hz", self.0.octaves.iter().map(|(hz, _)| format!("{hz:.0}")));
        for kind in &OF_BAND {
            table.row(kind.heading(), self.0.octaves.iter().map(|(_, figures)| cell(kind, (kind.of)(figures))));
        }
        table.text()
    }
}

/// Several rooms side by side, one a column, with their titles.
pub fn side_by_side(rooms: &[(String, &Room)]) -> String {
    let mut table = Table::new("", rooms.iter().map(|(title, _)| title.clone()));
    for kind in &OF_BAND {
        table.row(kind.heading(), rooms.iter().map(|(_, room)| cell(kind, (kind.of)(&room.0.broadband))));
    }
    for kind in &OF_WHOLE {
        table.row(kind.heading(), rooms.iter().map(|(_, room)| cell(kind, (kind.of)(&room.0))));
    }
    let mut centres: Vec<f64> = rooms.iter().flat_map(|(_, room)| room.0.octaves.iter().map(|(hz, _)| *hz)).collect();
    centres.sort_by(f64::total_cmp);
    centres.dedup();
    // Of the octaves the times alone: each impulse by itself tells the rest.
    let [rt60, ..] = &OF_BAND;
    for centre in centres {
        let cells = rooms.iter().map(|(_, room)| {
            let octave = room.0.octaves.iter().find(|(hz, _)| *hz == centre);
            octave.map_or(Ok(String::new()), |(_, figures)| cell(rt60, (rt60.of)(figures)))
        });
        table.row(format!("{centre:.0} Hz, s"), cells);
    }
    table.text()
}

/// The line of a figure; none of a curvature that says nothing.
fn line(kind: &Kind<Figures>, all: &Figures) -> Option<(&'static str, String)> {
    let figure = (kind.of)(all);
    match (kind.id, figure) {
        ("curvature", Ok(bent)) if bent.abs() > BENT => {
            Some((kind.name, format!("{}: the decay is bent, and no one time tells it", kind.text(bent))))
        }
        ("curvature", _) => None,
        ("rt60", Ok(time)) => {
            let by = if all.t30.is_ok() { "T30" } else { "T20" };
            Some((kind.name, format!("{} over all frequencies, {by}", kind.text(time))))
        }
        ("impulse_to_noise_db", Ok(level)) => {
            Some((kind.name, format!("{} from the loudest to the noise", kind.text(level))))
        }
        _ => Some((kind.name, told(kind, figure))),
    }
}

/// A figure, or why there is none.
fn told<Of>(kind: &Kind<Of>, figure: Figure) -> String {
    figure.map_or_else(|reason| format!("not measurable: {reason}"), |value| kind.text(value))
}

fn cell<Of>(kind: &Kind<Of>, figure: Figure) -> Result<String, String> {
    figure.map(|value| kind.cell(value)).map_err(|reason| reason.to_string())
}

impl Band<'_> {
    /// Ids and figures.
    pub fn figures(&self) -> impl Iterator<Item = (&'static str, Figure)> + use<> {
        let figures = *self.0;
        OF_BAND.iter().map(move |kind| (kind.id, (kind.of)(&figures)))
    }
}

/// Values by their ids, `null` for what is not measurable, and the reasons for that.
fn entries<M: SerializeMap>(
    map: &mut M,
    figures: impl Iterator<Item = (&'static str, Figure)>,
) -> Result<(), M::Error> {
    let mut reasons = BTreeMap::new();
    for (id, figure) in figures {
        map.serialize_entry(id, &figure.ok())?;
        if let Err(reason) = figure {
            reasons.insert(id, reason.to_string());
        }
    }
    map.serialize_entry("not_measurable", &reasons)
}

impl Serialize for Room {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// With its centre in Hz.
        struct Octave<'a>(f64, &'a Figures);
        impl Serialize for Octave<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("hz", &self.0)?;
                entries(&mut map, Band(self.1).figures())?;
                map.end()
            }
        }
        let mut map = serializer.serialize_map(None)?;
        entries(&mut map, self.whole())?;
        let octaves: Vec<Octave> = self.0.octaves.iter().map(|(hz, figures)| Octave(*hz, figures)).collect();
        map.serialize_entry("octaves", &octaves)?;
        map.end()
    }
}
