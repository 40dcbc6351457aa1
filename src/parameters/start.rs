//! An instance that does not begin as a fresh one, but with a room and settings of its own: the standalone's.

use super::TranseptParams;
use crate::impulse::recipe::{Combination, Recipe, Second, Side, Source};
use crate::settings::Settings;

/// What an instance begins with.
#[derive(Debug, Clone, PartialEq)]
pub struct Start {
    /// The first impulse.
    pub source: Source,
    /// The second one, if there is one.
    pub second: Option<Source>,
    /// The values of all parameters.
    pub settings: Settings,
}

impl Start {
    /// What an instance would begin with that is to go on as this one is now. \[not audio\]
    #[must_use]
    pub fn of(params: &TranseptParams) -> Self {
        let source = params.session.located(Side::A).unwrap_or_else(|| params.session.get().source);
        Self { source, second: params.session.located(Side::B), settings: params.settings() }
    }

    /// The parameters of an instance that begins with it.
    #[must_use]
    pub fn params(self) -> TranseptParams {
        let params = TranseptParams::at(&self.settings);
        // How both are combined say the parameters.
        let second = self.second.map(|source| Second { source, how: Combination::default() });
        let recipe = Recipe { source: self.source, second, ..params.session.get() };
        if recipe != params.session.get() {
            params.session.choose(recipe);
        }
        params
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_begins_with_what_it_is_given_and_resets_to_the_usual_values() {
        let settings = Settings { wet: -3.0, reverse: true, loudness: 2, combine: 1, ..Settings::default() };
        let start =
            Start { source: Recipe::space("plate").source, second: Some(Recipe::space("room").source), settings };
        let params = start.clone().params();
        assert_eq!(Start::of(&params), start);
        let wanted = params.wanted();
        assert_eq!((&wanted.source, wanted.second.map(|second| second.source)), (&start.source, start.second));
        let fresh = Start { source: Recipe::default().source, second: None, settings: Settings::default() };
        assert_eq!(Start::of(&fresh.params()), Start::of(&TranseptParams::default()));
    }
}
