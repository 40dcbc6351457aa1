//! Two impulses as one: in series, or as a blend, the sum of both. [`morph`](super::morph) is a way between both.
//!
//! Both are laid out for the engine before ([`Route`]), so that impulses of any channel counts go together, and what
//! comes out costs no more at run time than one impulse.
//!
//! **In series** the sound goes through the first and then through the second: the convolution of both, path by path.
//!
//! **A blend** at a position `m` from 0, the first, to 1, the second, is the weighted sum:
//! - Both are moved so that their direct sounds come at one time, which goes from the first one's to the second one's.
//!   What one of them loses at its beginning by that is not cut sharply: it is faded in.
//! - Their gains are `cos²(πm/2)` and `sin²(πm/2)`, both divided by `√(a² + b² + 2ρab)` with `ρ` the correlation of
//!   their sounds on pink noise ([`relation`](super::relation)), or 0 where that is negative: so two impulses of one
//!   loudness have it in between, too, however alike they are. What cancels is not made up for.
//! - At either end it is the one impulse alone, to the bit.

use super::Impulse;
use super::gain::finite;
use super::layout::Route;
use super::meter::Meter;
use crate::cancel::{Cancelled, Token};
use crate::channels::Marking;
use crate::convolution;
use std::f64::consts::FRAC_PI_2;

/// Seconds of the fade where an impulse loses its beginning.
const FADE: f64 = 0.01;

/// Both in series: the paths from the first one's inputs to the second one's outputs, through all that the first one
/// puts out and the second one takes in. At most `most` samples long: what comes later is dropped.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked every few milliseconds.
pub fn series(first: &[Route], second: &[Route], most: usize, cancel: &Token) -> Result<Vec<Route>, Cancelled> {
    let length = (len(first) + len(second)).saturating_sub(1).min(most).max(1);
    let wide = |route: &Route| route.taps.iter().map(|tap| f64::from(*tap)).collect::<Vec<_>>();
    let mut sums: Vec<(usize, usize, Vec<f64>)> = Vec::new();
    for one in first {
        for other in second.iter().filter(|other| other.input == one.output) {
            let product = convolution::fft_in_pieces(&wide(one), &wide(other), cancel)?;
            match sums.iter_mut().find(|sum| (sum.0, sum.1) == (one.input, other.output)) {
                Some((.., sum)) => sum.iter_mut().zip(&product).for_each(|(sum, product)| *sum += product),
                None => sums.push((one.input, other.output, product)),
            }
        }
    }
    if sums.is_empty() {
        sums.push((0, 0, Vec::new())); // Nothing of the first one goes through the second one.
    }
    sums.sort_by_key(|(input, output, _)| (*input, *output));
    let route = |(input, output, mut taps): (usize, usize, Vec<f64>)| {
        taps.resize(length, 0.0);
        Route { input, output, taps: taps.into_iter().map(finite).collect() }
    };
    Ok(sums.into_iter().map(route).collect())
}

/// Paths as an impulse, for measuring and for people: one channel for each place, which is an input and an output; see
/// [`ChannelLayout::places`](crate::channels::ChannelLayout::places). A channel without a path is silent.
#[must_use]
pub fn impulse(routes: &[Route], places: &[(usize, usize)], sample_rate: u32) -> Impulse {
    let path = |place: &(usize, usize)| {
        let route = routes.iter().find(|route| (route.input, route.output) == *place);
        route.map_or_else(|| vec![0.0; len(routes).max(1)], |route| route.taps.clone())
    };
    Impulse { channels: places.iter().map(path).collect(), sample_rate, marking: Marking::Unmarked }
}

/// One of two impulses.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// Its paths.
    pub routes: &'a [Route],
    /// Where its direct sound begins, in samples.
    pub onset: usize,
}

/// The sum of two impulses.
#[derive(Debug, Clone, PartialEq)]
pub struct Blend {
    /// Its paths.
    pub routes: Vec<Route>,
    /// The [`correlation`](super::relation::correlation) of both, with their direct sounds at one time; `None` at
    /// either end, where only one sounds.
    pub correlation: Option<f32>,
}

/// The sum of both at a position from 0 to 1, at the sample rate of the meter.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked every few milliseconds.
pub fn blend(first: Part, second: Part, position: f64, meter: &mut Meter, cancel: &Token) -> Result<Blend, Cancelled> {
    let position = position.clamp(0.0, 1.0);
    if position == 0.0 || position == 1.0 {
        let routes = if position == 0.0 { first.routes } else { second.routes }.to_vec();
        return Ok(Blend { routes, correlation: None });
    }
    let way = second.onset as f64 - first.onset as f64;
    let onset = (first.onset as f64 + way * position).round() as usize;
    let fade = (FADE * f64::from(meter.sample_rate())) as usize;
    let [moved_first, moved_second] = [first, second].map(|part| moved(part, onset, fade));
    let correlation = meter.correlation(&moved_first, &moved_second, cancel)?;
    let b = (FRAC_PI_2 * position).sin().powi(2);
    let a = 1.0 - b;
    let scale = (a * a + b * b + 2.0 * f64::from(correlation.max(0.0)) * a * b).sqrt().recip();
    let length = len(&moved_first).max(len(&moved_second));
    let mut sums: Vec<Route> = Vec::new();
    for (routes, gain) in [(moved_first, a * scale), (moved_second, b * scale)] {
        for route in routes {
            cancel.check()?;
            let Route { input, output, taps } = route;
            let index = sums.iter().position(|sum| (sum.input, sum.output) == (input, output)).unwrap_or_else(|| {
                sums.push(Route { input, output, taps: vec![0.0; length] });
                sums.len() - 1
            });
            for (sum, tap) in sums[index].taps.iter_mut().zip(taps) {
                *sum = finite(f64::from(*sum) + f64::from(tap) * gain);
            }
        }
    }
    sums.sort_by_key(|route| (route.input, route.output));
    Ok(Blend { routes: sums, correlation: Some(correlation) })
}

/// A part whose direct sound comes at another time: silence is put before it, or what comes before it is cut. What then
/// begins in the midst of a sound, as what is played backwards does, is faded in, but not the direct sound itself.
fn moved(part: Part, onset: usize, fade: usize) -> Vec<Route> {
    let later = onset.saturating_sub(part.onset);
    let earlier = part.onset.saturating_sub(onset);
    let fade = if earlier > 0 { fade.min(onset) } else { 0 };
    let taps = |taps: &[f32]| {
        let mut taps = [&vec![0.0; later][..], &taps[earlier.min(taps.len())..]].concat();
        for (index, tap) in taps.iter_mut().take(fade).enumerate() {
            *tap *= index as f32 / fade as f32;
        }
        taps
    };
    part.routes.iter().map(|route| Route { taps: taps(&route.taps), ..*route }).collect()
}

fn len(routes: &[Route]) -> usize {
    routes.first().map_or(0, |route| route.taps.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::ChannelLayout::{self, MonoToStereo, Stereo};
    use crate::convolution::Mode;
    use crate::impulse::random::Random;

    fn noise(length: usize, seed: u64) -> Vec<f32> {
        let mut random = Random::new(seed);
        (0..length).map(|n| random.bell() * (-0.003 * n as f32).exp()).collect()
    }

    fn route(input: usize, output: usize, taps: &[f32]) -> Route {
        Route { input, output, taps: taps.to_vec() }
    }

    fn power(taps: &[f32]) -> f64 {
        taps.iter().map(|tap| f64::from(*tap).powi(2)).sum()
    }

    #[test]
    fn in_series_the_second_room_hears_all_that_the_first_puts_out() {
        let taps: Vec<_> = (0..6).map(|seed| noise(300 + 100 * (seed as usize / 4), seed)).collect();
        // True stereo into a diagonal with another length.
        let first = [route(0, 0, &taps[0]), route(0, 1, &taps[1]), route(1, 0, &taps[2]), route(1, 1, &taps[3])];
        let second = [route(0, 0, &taps[4]), route(1, 1, &taps[5])];
        let both = series(&first, &second, usize::MAX, &Token::never()).expect("not cancelled");
        let wide = |taps: &[f32]| taps.iter().map(|tap| f64::from(*tap)).collect::<Vec<_>>();
        assert_eq!(both.len(), 4);
        for (both, one) in both.iter().zip(&first) {
            assert_eq!((both.input, both.output, both.taps.len()), (one.input, one.output, 300 + 400 - 1));
            let expected = convolution::direct(&wide(&one.taps), &wide(&second[one.output].taps), Mode::Full);
            for (found, expected) in both.taps.iter().zip(expected) {
                // One rounding to f32, and the transforms' of f64.
                assert!((f64::from(*found) - expected).abs() <= 6e-8 * expected.abs() + 1e-10);
            }
        }
        // Where two ways lead to an output, they are added.
        let mixed = series(
            &[route(0, 0, &[1.0]), route(0, 1, &[2.0])],
            &[route(0, 0, &[1.0]), route(1, 0, &[10.0])],
            9,
            &Token::never(),
        );
        assert_eq!(mixed, Ok(vec![route(0, 0, &[21.0])]));
        // And where none does, there is silence.
        let none = series(&[route(0, 0, &[1.0])], &[route(1, 1, &[1.0])], 9, &Token::never());
        assert_eq!(none, Ok(vec![route(0, 0, &[0.0])]));
    }

    #[test]
    fn a_series_longer_than_an_impulse_may_be_is_cut() {
        let both =
            series(&[route(0, 0, &[1.0; 10])], &[route(0, 0, &[1.0; 10])], 12, &Token::never()).expect("not cancelled");
        assert_eq!(both[0].taps.len(), 12);
        assert!(both[0].taps[..10].iter().zip(1..).all(|(tap, n)| (f64::from(*tap) - f64::from(n)).abs() < 1e-6));
    }

    #[test]
    fn at_the_ends_it_is_the_one_impulse_alone() {
        let (a, b) = ([route(0, 0, &noise(500, 1))], [route(0, 0, &noise(700, 2))]);
        let parts = || (Part { routes: &a, onset: 10 }, Part { routes: &b, onset: 90 });
        let at = |position| {
            blend(parts().0, parts().1, position, &mut Meter::new(48_000), &Token::never()).expect("not cancelled")
        };
        assert_eq!((at(0.0).routes, at(1.0).routes), (a.to_vec(), b.to_vec()));
    }

    #[test]
    fn the_direct_sounds_meet_on_a_way_from_the_one_to_the_other() {
        let click = |at: usize| {
            let mut taps = vec![0.0; 400];
            taps[at] = 1.0;
            [route(0, 0, &taps)]
        };
        let (a, b) = (click(100), click(300));
        for (position, place) in [(0.25, 150), (0.5, 200), (0.9, 280)] {
            let parts = (Part { routes: &a, onset: 100 }, Part { routes: &b, onset: 300 });
            let blend =
                blend(parts.0, parts.1, position, &mut Meter::new(48_000), &Token::never()).expect("not cancelled");
            let taps = &blend.routes[0].taps;
            // The same click with gains that sum to 1.
            assert!((taps[place] - 1.0).abs() < 1e-3, "{position}: {}", taps[place]);
            assert!(taps.iter().enumerate().all(|(n, tap)| n == place || tap.abs() < 1e-6), "{position}");
        }
    }

    #[test]
    fn unrelated_impulses_of_one_power_have_it_in_between() {
        let (a, b) = ([route(0, 0, &noise(4_000, 1))], [route(0, 0, &noise(4_000, 2))]);
        let parts = (Part { routes: &a, onset: 0 }, Part { routes: &b, onset: 0 });
        let middle =
            blend(parts.0, parts.1, 0.5, &mut Meter::new(48_000), &Token::never()).expect("not cancelled").routes;
        let change = 10.0 * (power(&middle[0].taps) / (0.5 * (power(&a[0].taps) + power(&b[0].taps)))).log10();
        // Their power on white noise; ρ is that on pink noise. Two seeded noises of some 330 independent samples (their
        // decay) are alike by chance to 1/√330, three times that is 0.17: 0.7 dB.
        assert!(change.abs() < 0.7, "{change} dB");
    }

    #[test]
    fn paths_that_only_one_of_them_has_are_there_in_between() {
        let a = [route(0, 0, &[1.0, 0.5]), route(1, 1, &[1.0, 0.5])];
        let b = [route(0, 0, &[0.5]), route(0, 1, &[0.25]), route(1, 0, &[0.25]), route(1, 1, &[0.5])];
        let parts = (Part { routes: &a, onset: 0 }, Part { routes: &b, onset: 0 });
        let middle =
            blend(parts.0, parts.1, 0.5, &mut Meter::new(48_000), &Token::never()).expect("not cancelled").routes;
        let places: Vec<_> = middle.iter().map(|route| (route.input, route.output, route.taps.len())).collect();
        assert_eq!(places, [(0, 0, 2), (0, 1, 2), (1, 0, 2), (1, 1, 2)]);
    }

    #[test]
    fn paths_are_an_impulse_of_as_many_channels() {
        let routes = [route(0, 0, &[1.0, 0.5]), route(0, 1, &[2.0, 0.5]), route(1, 1, &[3.0, 0.5])];
        let channels = |channels, layout: ChannelLayout| -> Vec<f32> {
            impulse(&routes, &layout.places(channels, Marking::Unmarked), 48_000)
                .channels()
                .iter()
                .map(|channel| channel[0])
                .collect()
        };
        assert_eq!((channels(1, Stereo), channels(2, MonoToStereo)), (vec![1.0], vec![1.0, 2.0]));
        assert_eq!((channels(2, Stereo), channels(4, Stereo)), (vec![1.0, 3.0], vec![1.0, 2.0, 0.0, 3.0]));
    }

    #[test]
    fn nobody_waits_for_what_nobody_wants() {
        let a = [route(0, 0, &[1.0])];
        let (cancel, part) = (Token::new(&|| true), Part { routes: &a, onset: 0 });
        assert_eq!(series(&a, &a, 9, &cancel), Err(Cancelled));
        assert_eq!(blend(part, part, 0.5, &mut Meter::new(48_000), &cancel), Err(Cancelled));
    }
}
