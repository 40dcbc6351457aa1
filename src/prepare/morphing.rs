//! The way between two impulses, kept while only the position on it moves.

use super::Order;
use crate::cancel::{Cancelled, Token};
use crate::chain::Format;
use crate::impulse::layout::Route;
use crate::impulse::meter::Meter;
use crate::impulse::morph::Morph;
use crate::impulse::recipe::{Combination, Recipe, Second};

/// Samples of frames that are kept at most: 128 MB. What is longer is cut into frames anew for each position.
const MOST: usize = 1 << 25;

/// The way of the last order that went one.
#[derive(Default)]
pub(super) struct Morphing(Option<(Key, Morph)>);

/// All of an order that the way depends on.
#[derive(PartialEq)]
struct Key {
    /// At one position.
    recipe: Recipe,
    format: Format,
    editions: [u64; 2],
}

impl Morphing {
    /// The paths at a position between 0 and 1, and how alike both impulses are. The paths of both must be those of the
    /// order.
    pub fn at(
        &mut self,
        position: f64,
        both: [&[Route]; 2],
        order: &Order,
        meter: &mut Meter,
        cancel: &Token,
    ) -> Result<(Vec<Route>, f32), Cancelled> {
        let key = Key::of(order);
        if self.0.as_ref().is_none_or(|(kept, _)| *kept != key) {
            self.0 = None; // There is only ever one.
        }
        let (_, morph) = match &mut self.0 {
            Some(kept) => kept,
            none => none.insert((key, Morph::new(both, order.recipe.shape.reverse, meter, cancel)?)),
        };
        let (routes, correlation) = (morph.at(position, cancel), morph.correlation());
        if morph.samples() > MOST {
            self.0 = None;
        }
        Ok((routes?, correlation))
    }
}

impl Key {
    fn of(order: &Order) -> Self {
        let Order { recipe, format, editions, .. } = *order;
        let mut recipe = recipe.clone();
        recipe.second = recipe.second.map(|second| Second { how: Combination::default(), ..second });
        Self { recipe, format, editions }
    }
}
