//! The text form of a space: what may stand in it, and what is wrong with one that cannot be built.

mod coordinates;

use super::SpaceError;
use super::air::Air;
use super::octaves::Octaves;
use super::plain::plain;
use coordinates::{in_list, optional, point};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// A point in metres.
pub(super) type Point = [f64; 3];

/// A whole text: exactly one of the two kinds is there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Text {
    pub(super) name: String,
    pub(super) seed: u64,
    #[serde(default)]
    pub(super) materials: BTreeMap<String, Vec<f64>>,
    pub(super) shoebox: Option<Shoebox>,
    pub(super) plate: Option<Plate>,
}

/// A rectangular room.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shoebox {
    #[serde(deserialize_with = "point")]
    pub(super) size: Point,
    #[serde(default, deserialize_with = "optional")]
    source: Option<Point>,
    /// One for each side of what is played into the room, instead of one source for both.
    #[serde(default, deserialize_with = "in_list")]
    sources: Option<Vec<Point>>,
    #[serde(deserialize_with = "point")]
    pub(super) left: Point,
    #[serde(deserialize_with = "point")]
    pub(super) right: Point,
    /// Of the receivers, each of which faces away from the other: 1 hears all directions alike, 0.5 is a cardioid.
    #[serde(default = "omnidirectional")]
    pub(super) pattern: f64,
    pub(super) direct: bool,
    pub(super) scattering: f64,
    /// How deep in metres that is what stands out of the walls. Walls without it are even.
    #[serde(default)]
    pub(super) relief: f64,
    temperature: f64,
    humidity: f64,
    walls: Walls,
}

/// The material of each surface.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Walls {
    front: String,
    back: String,
    left: String,
    right: String,
    floor: String,
    ceiling: String,
}

/// A steel sheet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plate {
    #[serde(deserialize_with = "point")]
    pub(super) size: [f64; 2],
    /// In millimetres.
    pub(super) thickness: f64,
    #[serde(default, deserialize_with = "optional")]
    driver: Option<[f64; 2]>,
    /// One for each side of what is played into the sheet, instead of one driver for both.
    #[serde(default, deserialize_with = "in_list")]
    drivers: Option<Vec<[f64; 2]>>,
    #[serde(deserialize_with = "point")]
    pub(super) left: [f64; 2],
    #[serde(deserialize_with = "point")]
    pub(super) right: [f64; 2],
    decay: Vec<f64>,
    /// In dB: energy per hertz of the whole impulse. White where it is missing.
    #[serde(default = "flat")]
    tone: Vec<f64>,
}

/// The pattern of a receiver that hears all directions alike.
fn omnidirectional() -> f64 {
    1.0
}

/// A tone that is white.
fn flat() -> Vec<f64> {
    vec![0.0; DECAY_OCTAVES]
}

/// The octaves that materials are given at: those of the tables in every book on room acoustics.
const MATERIAL_OCTAVES: usize = 6;
/// The octaves that a decay is given at, from 63 Hz to 16 kHz.
const DECAY_OCTAVES: usize = 9;
/// Nominal 63 Hz: 1 kHz divided by 2⁴.
pub(super) const LOWEST_DECAY: f64 = 62.5;
/// What one may wish for, in seconds: above, the tail would pass the longest impulse there is.
pub(super) const DECAYS: RangeInclusive<f64> = 0.05..=20.0;

impl Text {
    pub(super) fn parse(text: &str) -> Result<Self, SpaceError> {
        let text: Self = toml::from_str(text).map_err(|error| SpaceError::Syntax(place(text, &error)))?;
        if text.name.trim().is_empty() {
            return Err(SpaceError::invalid("name", "nothing", "what people will read"));
        }
        for (name, absorption) in &text.materials {
            count(&format!("materials.{name}"), absorption, MATERIAL_OCTAVES)?;
            for value in absorption {
                within(&format!("materials.{name}"), *value, 0.01..=0.99, "")?;
            }
        }
        match (&text.shoebox, &text.plate) {
            (Some(shoebox), None) => shoebox.check(&text.materials)?,
            (None, Some(plate)) => plate.check()?,
            (found, _) => {
                let found = if found.is_some() { "both" } else { "neither" };
                return Err(SpaceError::invalid("shoebox, plate", found, "exactly one of the two tables"));
            }
        }
        Ok(text)
    }
}

/// What is wrong with a text and where, in one line: messages are.
fn place(text: &str, error: &toml::de::Error) -> String {
    let reason = plain(error.message());
    let Some(span) = error.span() else { return reason };
    let begin = text.floor_char_boundary(span.start);
    let number = 1 + text[..begin].matches('\n').count();
    let line = text.lines().nth(number - 1).unwrap_or_default().trim();
    format!("line {number}, {line:?}: {reason}")
}

impl Shoebox {
    fn check(&self, materials: &BTreeMap<String, Vec<f64>>) -> Result<(), SpaceError> {
        for length in self.size {
            within("shoebox.size", length, 2.0..=100.0, " m")?;
        }
        one_or_two(["shoebox.source", "shoebox.sources"], self.source.is_some(), self.sources.as_deref())?;
        let sources = self.sources();
        let receivers = [("shoebox.left", self.left), ("shoebox.right", self.right)];
        let field = if sources.len() > 1 { "shoebox.sources" } else { "shoebox.source" };
        // A point on a wall is its own image, and two points in one place are infinitely loud.
        for (field, point) in sources.iter().map(|source| (field, *source)).chain(receivers) {
            for (value, length) in point.iter().zip(self.size) {
                within(field, *value, 0.1..=length - 0.1, " m")?;
            }
        }
        for (field, point) in receivers {
            let mut distances = sources.iter().map(|source| distance(point, *source));
            if let Some(distance) = distances.find(|distance| *distance < 0.2) {
                return Err(SpaceError::invalid(field, &format!("{distance} m from a source"), "0.2 m or more"));
            }
        }
        within("shoebox.pattern", self.pattern, 0.5..=1.0, "")?;
        within("shoebox.scattering", self.scattering, 0.0..=1.0, "")?;
        within("shoebox.relief", self.relief, 0.0..=2.0, " m")?;
        within("shoebox.temperature", self.temperature, -20.0..=50.0, " °C")?;
        within("shoebox.humidity", self.humidity, 10.0..=100.0, " %")?;
        for (wall, material) in self.walls.in_order() {
            if !materials.contains_key(material) {
                let known: Vec<&str> = materials.keys().map(String::as_str).collect();
                let expected = format!("one of the materials: {}", known.join(", "));
                return Err(SpaceError::invalid(&format!("shoebox.walls.{wall}"), material, &expected));
            }
        }
        Ok(())
    }

    /// One source, or the left and the right one.
    pub(super) fn sources(&self) -> Vec<Point> {
        self.source.into_iter().chain(self.sources.iter().flatten().copied()).collect()
    }

    pub(super) fn air(&self) -> Air {
        Air { temperature: self.temperature, humidity: self.humidity }
    }

    /// Absorption of the walls, in the order front, back, left, right, floor, ceiling.
    pub(super) fn absorption(&self, materials: &BTreeMap<String, Vec<f64>>) -> [Octaves; 6] {
        self.walls.in_order().map(|(_, material)| Octaves::new(125.0, materials[material].clone()))
    }
}

impl Walls {
    fn in_order(&self) -> [(&'static str, &String); 6] {
        [
            ("front", &self.front),
            ("back", &self.back),
            ("left", &self.left),
            ("right", &self.right),
            ("floor", &self.floor),
            ("ceiling", &self.ceiling),
        ]
    }
}

impl Plate {
    fn check(&self) -> Result<(), SpaceError> {
        for length in self.size {
            within("plate.size", length, 0.3..=4.0, " m")?;
        }
        within("plate.thickness", self.thickness, 0.2..=5.0, " mm")?;
        one_or_two(["plate.driver", "plate.drivers"], self.driver.is_some(), self.drivers.as_deref())?;
        let field = if self.drivers.is_some() { "plate.drivers" } else { "plate.driver" };
        let drivers = self.drivers();
        let pickups = [("plate.left", self.left), ("plate.right", self.right)];
        for (field, point) in drivers.iter().map(|driver| (field, *driver)).chain(pickups) {
            for (value, length) in point.iter().zip(self.size) {
                // The edges of a plate that hangs at them do not move.
                within(field, *value, 0.05..=length - 0.05, " m")?;
            }
        }
        count("plate.decay", &self.decay, DECAY_OCTAVES)?;
        for seconds in &self.decay {
            within("plate.decay", *seconds, DECAYS, " s")?;
        }
        count("plate.tone", &self.tone, DECAY_OCTAVES)?;
        for level in &self.tone {
            within("plate.tone", *level, -60.0..=20.0, " dB")?;
        }
        Ok(())
    }

    /// One driver, or the left and the right one.
    pub(super) fn drivers(&self) -> Vec<[f64; 2]> {
        self.driver.into_iter().chain(self.drivers.iter().flatten().copied()).collect()
    }

    /// Energy per hertz of the whole impulse, in dB.
    pub(super) fn tone(&self) -> Octaves {
        Octaves::new(LOWEST_DECAY, self.tone.clone())
    }

    /// Seconds to fall by 60 dB.
    pub(super) fn decay(&self) -> Octaves {
        Octaves::new(LOWEST_DECAY, self.decay.clone())
    }
}

/// Centres in Hz of the octaves that decays are known at.
pub(super) fn decay_centres() -> impl Iterator<Item = f64> {
    (0..DECAY_OCTAVES).map(|octave| LOWEST_DECAY * 2_f64.powi(octave as i32))
}

/// In metres.
pub(super) fn distance(a: Point, b: Point) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}

/// Refuses what is outside, and what is no number.
pub(super) fn within(field: &str, found: f64, range: RangeInclusive<f64>, unit: &str) -> Result<(), SpaceError> {
    if range.contains(&found) {
        return Ok(());
    }
    let expected = format!("{} to {}{unit}", range.start(), range.end());
    Err(SpaceError::invalid(field, &format!("{found}{unit}"), &expected))
}

/// Refuses a text in which not exactly one of two fields is: that of one place, or that of a left and a right one.
fn one_or_two<Place>(fields: [&str; 2], one: bool, two: Option<&[Place]>) -> Result<(), SpaceError> {
    let found = match (one, two) {
        (true, None) => return Ok(()),
        (true, Some(_)) => "both",
        (false, None) => "neither",
        (false, Some([_, _])) => return Ok(()),
        (false, Some(places)) => {
            return Err(SpaceError::invalid(fields[1], &format!("{} places", places.len()), "2, left and right"));
        }
    };
    Err(SpaceError::invalid(&fields.join(", "), found, "exactly one of the two fields"))
}

fn count(field: &str, found: &[f64], expected: usize) -> Result<(), SpaceError> {
    if found.len() == expected {
        return Ok(());
    }
    Err(SpaceError::invalid(field, &format!("{} values", found.len()), &format!("{expected}, one per octave")))
}
