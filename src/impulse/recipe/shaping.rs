//! What settings make of an impulse: its level, its shape, and how it is combined with a second one.

use super::{Combination, LevelRule};
use crate::impulse::shape::{Cut, Shape};
use crate::impulse::units::Ratio;

/// Everything in a [`Recipe`](super::Recipe) that is not a source. In canonical form, what sounds alike is
/// equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shaping {
    /// How loud.
    pub level: LevelRule,
    /// True if a constant offset stays.
    pub keep_offset: bool,
    /// True for the first impulse and for the second one if it is turned over.
    pub inverted: [bool; 2],
    /// True for the first impulse and for the second one if the four paths in its file come ear by ear.
    pub by_ear: [bool; 2],
    /// How it is shaped.
    pub shape: Shape,
    /// How it is combined with the second impulse, if there is one.
    pub how: Option<Combination>,
}

impl Shaping {
    /// True if the two differ in a switch: in something that nothing lies between. Otherwise they differ in numbers at
    /// most, or not at all. Real-time safe.
    #[must_use]
    pub fn is_switched(&self, other: &Self) -> bool {
        self.switches() != other.switches()
    }

    fn switches(&self) -> (LevelRule, [bool; 9], Option<Combination>) {
        let Shape { reverse, clean, trim, .. } = self.shape;
        // A position between two impulses is a number.
        let how = self.how.map(|how| match how {
            Combination::Morph(_) => Combination::Morph(Ratio::default()),
            Combination::Blend(_) => Combination::Blend(Ratio::default()),
            Combination::Series => Combination::Series,
        });
        let [start, end] = [trim.start, trim.end].map(|cut| cut == Cut::Auto);
        let ([first, second], [one, other]) = (self.inverted, self.by_ear);
        (self.level, [self.keep_offset, first, second, one, other, reverse, clean, start, end], how)
    }
}
