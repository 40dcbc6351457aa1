//! Where the sounds of both impulses go.

use crate::impulse::layout::Route;

/// A way from an input to an output, and the path of each impulse that goes it.
pub(super) struct Place {
    pub(super) input: usize,
    pub(super) output: usize,
    pub(super) paths: [Option<usize>; 2],
}

/// Those of two impulses: each that one of them has, in the order of inputs and outputs.
pub(super) fn places(both: [&[Route]; 2]) -> Vec<Place> {
    let mut joined: Vec<_> =
        both.iter().flat_map(|routes| routes.iter()).map(|route| (route.input, route.output)).collect();
    joined.sort_unstable();
    joined.dedup();
    let path = |routes: &[Route], place| routes.iter().position(|route| (route.input, route.output) == place);
    let place = |place: (usize, usize)| {
        let (input, output) = place;
        Place { input, output, paths: both.map(|routes| path(routes, place)) }
    };
    joined.into_iter().map(place).collect()
}
