//! The tone of spaces.

use super::measures::{decibels, power_spectrum, third_of_octave, tone};
use super::{PLATES, numbers, recipe, space, spaces};

#[test]
fn the_plate_has_the_tone_of_a_real_one_and_the_other_is_brighter() {
    for (centre, expected) in [(62.5, -15.0), (1000.0, 0.0), (4000.0, -11.0), (8000.0, -23.0)] {
        let found = tone(&space("plate").1, centre);
        assert!((found - expected).abs() <= 3.0, "{centre} Hz: {found:.1} dB");
    }
    for centre in [4000.0, 8000.0] {
        let [dark, bright] = PLATES.map(|id| tone(&space(id).1, centre));
        assert!(bright > dark + 6.0, "{centre} Hz: {dark:.1} and {bright:.1} dB");
    }
}

#[test]
fn the_spectrum_has_no_strong_colour() {
    for (space, impulse) in spaces() {
        // Energy in thirds of an octave from 100 Hz to 10 kHz, per hertz, both channels together.
        let spectra: Vec<_> = impulse.channels().iter().map(|channel| power_spectrum(channel)).collect();
        let level = |third: i32| {
            let centre = 1000.0 * 2_f64.powf(f64::from(third) / 3.0);
            decibels(spectra.iter().map(|power| third_of_octave(power, centre)).sum())
        };
        let levels: Vec<f64> = (-10..=10).map(level).collect();
        println!("{}: {levels:.1?} dB", space.id);
        // A plate's recipe has a tone, which is taken out.
        let wanted = recipe(space.id).get("plate").map_or(vec![0.0; 9], |plate| numbers(&plate["tone"]));
        let wanted = |third: i32| {
            let place = f64::from(third) / 3.0 + 4.0;
            let below = (place as usize).min(7);
            wanted[below] + (wanted[below + 1] - wanted[below]) * (place - below as f64)
        };
        let levels: Vec<f64> = levels.iter().zip(-10..).map(|(level, third)| level - wanted(third)).collect();
        // Noise of 23·T independent values in the lowest band scatters by 4.34/√(23·T) dB, 1.3 dB for 0.5 s. What is
        // left is the slope that longer lows and the air give.
        for pair in levels.windows(2) {
            assert!((pair[1] - pair[0]).abs() < 5.0, "{}: {pair:?} dB in neighbouring bands", space.id);
        }
        let (least, most) = levels.iter().fold((f64::MAX, f64::MIN), |(a, b), l| (a.min(*l), b.max(*l)));
        assert!(most - least < 14.0, "{}: {least} to {most} dB", space.id);
    }
}
