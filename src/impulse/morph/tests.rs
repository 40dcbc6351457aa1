use super::*;
use crate::impulse::random::Random;

const RATE: u32 = 48_000;

/// Noise that takes so many samples to fall by 60 dB, behind a direct sound.
fn room(before: usize, decay: f32, length: usize, seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed);
    let sound = |n: usize| 0.1 * random.bell() * 10_f32.powf(-3.0 * n as f32 / decay);
    let mut taps = vec![0.0; before];
    taps.push(1.0);
    taps.extend((1..length).map(sound));
    taps
}

fn route(input: usize, output: usize, taps: Vec<f32>) -> Route {
    Route { input, output, taps }
}

fn morph(first: &[Route], second: &[Route], is_reversed: bool) -> Morph {
    Morph::new([first, second], is_reversed, &mut Meter::new(RATE), &Token::never()).expect("not cancelled")
}

fn at(morph: &Morph, position: f64) -> Vec<Route> {
    morph.at(position, &Token::never()).expect("not cancelled")
}

fn energy(routes: &[Route]) -> f64 {
    routes.iter().flat_map(|route| &route.taps).map(|tap| f64::from(*tap).powi(2)).sum()
}

#[test]
fn nothing_sounds_before_the_direct_sound_which_goes_from_the_one_place_to_the_other() {
    let (first, second) = (room(1000, 40_000.0, 20_000, 1), room(3000, 5_000.0, 30_000, 2));
    let morph = morph(&[route(0, 0, first)], &[route(0, 0, second)], false);
    for (position, place) in [(0.01, 1020), (0.25, 1500), (0.5, 2000), (0.9, 2800)] {
        let taps = at(&morph, position).swap_remove(0).taps;
        assert!(taps[..place].iter().all(|tap| *tap == 0.0), "at {position}");
        // Both direct sounds are 1, and so is what lies between them, but for the energy of the 5 ms that they share.
        assert!(taps[place] > 0.7 && taps[place + 1..].iter().all(|tap| tap.abs() < 0.7), "{}", taps[place]);
    }
}

#[test]
fn backwards_it_is_what_it_is_forwards() {
    let (first, second) = (room(0, 9_000.0, 8_000, 1), room(0, 4_000.0, 8_000, 2));
    let backwards = |taps: &[f32]| taps.iter().rev().copied().collect::<Vec<_>>();
    let forwards = at(&morph(&[route(0, 0, first.clone())], &[route(0, 0, second.clone())], false), 0.3);
    let turned = morph(&[route(0, 0, backwards(&first))], &[route(0, 0, backwards(&second))], true);
    let turned = at(&turned, 0.3).swap_remove(0).taps;
    // What is continued is cut at the beginning, because the direct sounds are at one place, and fades in.
    let kept = turned.len() - (FADE * f64::from(RATE)) as usize;
    assert_eq!((turned.len(), &backwards(&turned)[..kept]), (8_000, &forwards[0].taps[..kept]));
}

#[test]
fn between_an_impulse_and_itself_it_is_that_impulse() {
    let taps = room(300, 20_000.0, 20_000, 1);
    let one = [route(0, 0, taps.clone())];
    let morph = morph(&one, &one, false);
    assert!((morph.correlation() - 1.0).abs() < 1e-3);
    for position in [0.01, 0.5, 0.9] {
        for (found, expected) in at(&morph, position)[0].taps.iter().zip(&taps) {
            // A few times log2(size) roundings of the frames, each of numbers up to the direct sound.
            assert!((found - expected).abs() < 1e-5, "at {position}: {found}, not {expected}");
        }
    }
}

/// The difference has what comes of the second one: 1 % of the power of a decay that is faster by the ratio of both
/// times, and has begun louder by as much. What the first one's gain changes, with curves that lie less than 20 dB
/// apart where there is energy, is 0.2 dB, or 5e-4 of the energy; what both have in common by chance, 1/√n of some 50
/// independent samples in a band, is divided by √(1 + 0.2/√n), which is 2e-4.
#[test]
fn a_step_of_one_percent_changes_one_percent_of_the_energy_times_the_ratio_of_the_decays() {
    let both = [room(0, 90_000.0, 60_000, 1), room(0, 40_000.0, 40_000, 2)].map(|taps| [route(0, 0, taps)]);
    let morph = morph(&both[0], &both[1], false);
    let padded = |mut routes: Vec<Route>| {
        routes[0].taps.resize(200_000, 0.0);
        routes
    };
    let mut before = padded(both[0].to_vec());
    for percent in 1..=100 {
        let there = if percent == 100 { both[1].to_vec() } else { at(&morph, f64::from(percent) / 100.0) };
        let now = padded(there);
        let changed: Vec<f32> = before[0].taps.iter().zip(&now[0].taps).map(|(before, now)| now - before).collect();
        let share = energy(&[route(0, 0, changed)]) / energy(&now);
        assert!(share < 0.01 * 90_000.0 / 40_000.0 + 7e-4, "to {percent} %: {share}");
        before = now;
    }
}

#[test]
fn whatever_both_are_it_is_finite_and_no_louder_than_both() {
    let noise = |length: usize| {
        let mut random = Random::new(7);
        (0..length).map(|_| 0.1 * random.bell()).collect::<Vec<_>>()
    };
    let gap = |mut taps: Vec<f32>| {
        taps[2_000..9_000].fill(0.0);
        taps
    };
    let backwards: Vec<f32> = room(0, 9_000.0, 9_000, 5).into_iter().rev().collect();
    let sounds = [
        vec![0.0; 100],
        vec![1.0],
        vec![0.0, 1.0, -0.5],
        room(0, 400.0, 700, 3),
        room(50, 90_000.0, 9_000, 4),
        gap(room(0, 20_000.0, 20_000, 6)),
        backwards,
        noise(30_000),
        room(100, 20_000.0, 40_000, 8),
    ];
    for first in &sounds {
        for second in &sounds {
            let stereo = [route(0, 0, first.clone()), route(1, 1, first.iter().rev().copied().collect())];
            let mono = [route(0, 0, second.clone())];
            for is_reversed in [false, true] {
                let morph = morph(&stereo, &mono, is_reversed);
                for position in [0.001, 0.5, 0.999] {
                    let routes = at(&morph, position);
                    let found = energy(&routes);
                    let most = energy(&stereo).max(energy(&mono));
                    let lengths = [first, second, &routes[0].taps].map(Vec::len);
                    assert!(found.is_finite(), "{lengths:?} at {position}");
                    // A product of powers lies between them. Twice that for what both have in common by chance.
                    assert!(found <= 2.0 * most, "{lengths:?} at {position}: {found}, {most}");
                    assert_eq!(routes.len(), 2, "{lengths:?}");
                }
            }
        }
    }
}

#[test]
fn paths_that_only_one_of_them_has_come_with_its_share() {
    let taps = |seed| room(0, 9_000.0, 9_000, seed);
    let diagonal = [route(0, 0, taps(1)), route(1, 1, taps(2))];
    let full = [route(0, 0, taps(3)), route(0, 1, taps(4)), route(1, 0, taps(5)), route(1, 1, taps(6))];
    let routes = at(&morph(&diagonal, &full, false), 0.25);
    let places: Vec<_> = routes.iter().map(|route| (route.input, route.output)).collect();
    assert_eq!(places, [(0, 0), (0, 1), (1, 0), (1, 1)]);
    let found = energy(&routes[1..2]);
    // A quarter of the power of a path that is one of four, all of one power, where the whole is `2^0.75 · 4^0.25`.
    let expected = 0.25 * 0.25 * 2_f64.powf(0.75) * 4_f64.powf(0.25) * energy(&diagonal[..1]);
    assert!((found / expected - 1.0).abs() < 0.15, "{found}, not {expected}");
}

#[test]
fn nobody_waits_for_what_nobody_wants() {
    let one = [route(0, 0, room(0, 900.0, 900, 1))];
    let never = morph(&one, &one, false);
    let cancel = Token::new(&|| true);
    assert_eq!(never.at(0.5, &cancel), Err(Cancelled));
    assert!(Morph::new([&one, &one], false, &mut Meter::new(RATE), &cancel).is_err());
}
