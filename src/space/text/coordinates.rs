//! Places and sizes in a text. An array's own reading leaves aside what follows its last number.

use serde::de::{Error, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt::{self, Formatter};

/// As many numbers as there are dimensions, no fewer and no more.
struct Coordinates<const DIMENSIONS: usize>([f64; DIMENSIONS]);

impl<'de, const DIMENSIONS: usize> Deserialize<'de> for Coordinates<DIMENSIONS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Reader)
    }
}

struct Reader<const DIMENSIONS: usize>;

impl<'de, const DIMENSIONS: usize> Visitor<'de> for Reader<DIMENSIONS> {
    type Value = Coordinates<DIMENSIONS>;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{DIMENSIONS} numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Self::Value, A::Error> {
        let mut found = [0.0; DIMENSIONS];
        for (index, number) in found.iter_mut().enumerate() {
            *number = numbers.next_element()?.ok_or_else(|| A::Error::invalid_length(index, &self))?;
        }
        let mut count = DIMENSIONS;
        while numbers.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        if count > DIMENSIONS { Err(A::Error::invalid_length(count, &self)) } else { Ok(Coordinates(found)) }
    }
}

/// A place or a size.
pub(super) fn point<'de, D: Deserializer<'de>, const DIMENSIONS: usize>(
    deserializer: D,
) -> Result<[f64; DIMENSIONS], D::Error> {
    Coordinates::deserialize(deserializer).map(|Coordinates(point)| point)
}

/// A place that may be missing.
pub(super) fn optional<'de, D: Deserializer<'de>, const DIMENSIONS: usize>(
    deserializer: D,
) -> Result<Option<[f64; DIMENSIONS]>, D::Error> {
    point(deserializer).map(Some)
}

/// A list of places that may be missing.
pub(super) fn in_list<'de, D: Deserializer<'de>, const DIMENSIONS: usize>(
    deserializer: D,
) -> Result<Option<Vec<[f64; DIMENSIONS]>>, D::Error> {
    let places = Vec::<Coordinates<DIMENSIONS>>::deserialize(deserializer)?;
    Ok(Some(places.into_iter().map(|Coordinates(place)| place).collect()))
}
