//! Initial time delay gaps are those of the geometry, or not given.

use transept::cancel::Token;
use transept::impulse::Impulse;
use transept::impulse::acoustics::{self, Figure, NotMeasurable};
use transept::space;
use transept_support::signal::Seeded;

const RATE: f64 = 48_000.0;
/// In metres a second.
const SOUND: f64 = 343.0;

fn gap(channels: Vec<Vec<f32>>) -> Figure {
    let impulse = Impulse::new(channels, RATE as u32).expect("finite samples");
    acoustics::measure(&impulse, &Token::never()).expect("not cancelled").initial_time_delay_gap
}

/// Distances and heights of what arrives in a box of hard walls, and of their images up to the third order.
fn arrivals(size: [f64; 3], source: [f64; 3], microphone: [f64; 3], hard: f64) -> Vec<(f64, f64)> {
    // Along one axis: how far it is to an image, and off how many walls.
    let along = |axis: usize| {
        let image = move |n: i32| {
            let place = f64::from(n) * size[axis] + if n % 2 == 0 { source[axis] } else { size[axis] - source[axis] };
            (place - microphone[axis], n.unsigned_abs())
        };
        (-3..=3).map(image).collect::<Vec<_>>()
    };
    let [x, y, z] = [0, 1, 2].map(along);
    let mut all = Vec::new();
    for (x, y, z) in x.iter().flat_map(|x| {
        y.iter().flat_map({
            let z = &z;
            move |y| z.iter().map(move |z| (x, y, z))
        })
    }) {
        let (distance, walls) = (x.0.hypot(y.0).hypot(z.0), x.1 + y.1 + z.1);
        all.push((distance, hard.powi(walls as i32) / distance));
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    all
}

#[test]
fn the_gap_is_that_of_the_geometry_or_not_given() {
    let mut random = Seeded(21);
    let (mut given, count) = (0, 60);
    for _ in 0..count {
        let mut between = |from: f64, to: f64| from + (to - from) * random.uniform();
        let size = [between(5.0, 30.0), between(4.0, 22.0), between(2.6, 14.0)];
        let mut place = || size.map(|edge| edge * between(0.15, 0.85));
        let (source, microphone) = (place(), place());
        let hard = between(0.7, 0.95);
        let arrivals = arrivals(size, source, microphone, hard);
        let mut room = vec![0.0; RATE as usize / 2];
        for (distance, height) in &arrivals {
            if let Some(sample) = room.get_mut((distance / SOUND * RATE) as usize) {
                *sample += *height as f32;
            }
        }
        // What comes within 2.5 ms is a part of the direct sound.
        let delays = arrivals.iter().map(|(distance, _)| (distance - arrivals[0].0) / SOUND);
        let first = delays.filter(|delay| *delay > 0.0025).fold(f64::INFINITY, f64::min);
        let Ok(found) = gap(vec![room]) else { continue };
        given += 1;
        // Both moments are rounded to samples, and what rings before a sound above 1 kHz is a sixth of its period.
        assert!((found - first).abs() < 0.0002, "{found} s instead of {first} s, {size:?} {source:?} {microphone:?}");
    }
    println!("{given} of {count} gaps are given");
    assert!(2 * given > count, "{given}");
}

#[test]
fn nothing_stands_out_of_a_plate_or_a_diffuse_room() {
    for name in ["plate", "bright-plate", "hall", "room"] {
        let recipe = std::fs::read_to_string(format!("impulses/{name}.toml")).expect("a recipe");
        let space = space::synthesise(&recipe, &Token::never()).expect("a space");
        let mut channels = space.channels().to_vec();
        assert_eq!(gap(channels.clone()), Err(NotMeasurable::NoDirectSound), "{name}");
        assert!(gap(channels[..1].to_vec()).is_err(), "one way of {name}");
        channels.iter_mut().for_each(|channel| channel.reverse());
        assert!(gap(channels).is_err(), "{name} backwards");
    }
}
