//! No figure is wrong: by more than 5 % or 1 dB of what the same room has without noise, fade and click, or not given.

use super::signals::Recording;
use transept::cancel::Token;
use transept::impulse::Impulse;
use transept::impulse::acoustics::{self, Figures, NotMeasurable};
use transept_support::signal::{Seeded, gaussian_noise};

/// One of a list.
fn one<T: Copy>(random: &mut Seeded, of: &[T]) -> T {
    of[random.below(of.len())]
}

/// A room as it comes.
fn any(random: &mut Seeded, longest: f64) -> Recording {
    let time = 0.2 * (longest / 0.2_f64).powf(random.uniform());
    let second = one(random, &[None, None, Some((3.0, -20.0)), Some((6.0, -30.0))]);
    let second = second.map(|(times, level)| (times * time, level));
    let length = time * one(random, &[0.7, 1.0, 1.6, 3.0]) * if second.is_some() { 2.0 } else { 1.0 };
    let click = one(random, &[None, None, Some(0.3), Some(0.55), Some(0.8)]);
    Recording {
        rate: one(random, &[44_100, 48_000, 96_000]),
        seed: u64::from(random.bits()),
        time,
        second,
        length,
        floor: one(random, &[None, Some(-30.0), Some(-40.0), Some(-50.0), Some(-60.0), Some(-75.0), Some(-90.0)]),
        fade: one(random, &[0.0, 0.05, 0.1, 0.2, 0.3, 0.4]),
        click: click.map(|share| (share * length, 0.5)),
        offset: one(random, &[0.0, 0.0, 0.01]),
        hum: one(random, &[0.0, 0.0, 0.01]),
        is_dithered: one(random, &[false, true]),
    }
}

#[test]
fn over_all_frequencies_no_figure_is_wrong_whatever_lies_under_the_room() {
    let mut random = Seeded(1);
    let (mut given, count) = (0, 60);
    for _ in 0..count {
        let recording = any(&mut random, 4.0);
        given += recording.truth(None).check(&recording.measured().broadband, &format!("{recording:?}"));
    }
    println!("{given} of {} figures are given", 5 * count);
    // A room that is known to its noise or end by 35 dB has all but T30.
    assert!(given > 3 * count, "{given}");
}

#[test]
fn in_octaves_no_figure_is_wrong_either() {
    let mut random = Seeded(2);
    let mut given = [0, 0];
    for _ in 0..24 {
        // Hum is a part of the lowest octave, and noise there.
        let recording = Recording { hum: 0.0, ..any(&mut random, 2.0) };
        for (centre, figures) in recording.measured().octaves {
            let truth = recording.truth(Some(centre));
            given[0] += truth.check(&figures, &format!("{centre} Hz, {recording:?}"));
            given[1] += 5;
        }
    }
    println!("{} of {} figures are given", given[0], given[1]);
    assert!(2 * given[0] > given[1], "{given:?}");
}

#[test]
fn times_and_clarity_are_those_of_the_closed_form() {
    let mut random = Seeded(3);
    for _ in 0..24 {
        let recording = Recording { second: None, ..any(&mut random, 2.0) };
        let measured = recording.measured();
        let whole = (0.5 * f64::from(recording.rate) - 88.0, measured.broadband);
        let octaves = measured.octaves.into_iter();
        // Beyond 0.35 of the rate a part of the octave is missing.
        let octaves = octaves.filter(|(centre, _)| *centre < 0.35 * f64::from(recording.rate));
        for (bandwidth, told) in octaves.map(|(centre, told)| (centre / 2_f64.sqrt(), told)).chain([whole]) {
            let (time, product) = (recording.time, bandwidth * recording.time);
            // Standard deviations of one response, as of ten averaged decays (ISO 3382-2:2008, annex A).
            let scatters = [0.88 * (1.19 / product).sqrt(), 0.55 * (1.152 / product).sqrt()];
            for ((figure, scatter), name) in [told.t20, told.t30].into_iter().zip(scatters).zip(["T20", "T30"]) {
                let Ok(found) = figure else { continue };
                let most = 0.05 + 3.0 * scatter;
                assert!((found / time - 1.0).abs() <= most, "{bandwidth} Hz, {name} {found} s, {recording:?}");
            }
            // The energies before and after 80 ms scatter by 1/√(B · 80 ms) and √(13.8/(2 B T)) of themselves. A narrow
            // band's filter smears them by one over its width.
            let Ok(found) = told.c80.map_err(|_| ()).and_then(|c80| if bandwidth > 300.0 { Ok(c80) } else { Err(()) })
            else {
                continue;
            };
            let closed = 10.0 * ((13.8155 * 0.08 / time).exp() - 1.0).log10();
            let scatter = 4.34 * (1.0 / (0.08 * bandwidth) + 13.8 / (2.0 * product)).sqrt();
            assert!((found - closed).abs() <= 1.0 + 3.0 * scatter, "{bandwidth} Hz, C80 {found} dB, {recording:?}");
        }
    }
}

#[test]
fn the_longest_room_is_measured_as_well() {
    for (length, fade) in [(20.0, 0.3), (12.0, 0.1)] {
        let recording = Recording { time: 10.0, length, floor: Some(-60.0), fade, ..Recording::default() };
        assert!(recording.truth(None).check(&recording.measured().broadband, "10 s") >= 4, "{length} s");
    }
}

#[test]
fn a_floor_that_is_faded_out_does_not_lengthen_the_room() {
    for floor in [-50.0, -40.0] {
        for fade in [1.0 / 6.0, 0.1, 0.2, 0.3] {
            let recording = Recording { floor: Some(floor), fade, ..Recording::default() };
            let figures = recording.measured().broadband;
            recording.truth(None).check(&figures, &format!("{recording:?}"));
            let time = figures.reverberation_time().expect("40 dB carry T20");
            assert!((time - 1.0).abs() < 0.05, "{floor} dB, {fade}: {time} s");
        }
    }
}

#[test]
fn a_click_does_not_lengthen_the_room() {
    for (floor, fade) in [(None, 0.0), (Some(-50.0), 0.0), (Some(-50.0), 0.2), (Some(-90.0), 0.1)] {
        let clean = Recording { floor, fade, ..Recording::default() };
        let clicked = Recording { click: Some((2.0, 0.5)), ..clean.clone() };
        clean.truth(None).check(&clicked.measured().broadband, &format!("{clicked:?}"));
        let [alone, clicked] = [clean, clicked].map(|it| it.measured().broadband.reverberation_time().expect("known"));
        assert!((alone / clicked - 1.0).abs() < 0.02, "{alone} s, and {clicked} s with a click");
    }
}

#[test]
fn echoes_between_two_walls_are_no_clicks() {
    // 0.3 s, and a flutter echo of 50 Hz that takes 1.2 s: behind a fifth of a second it is all that is heard.
    let rate = 48_000.0;
    let room = Recording { time: 0.3, ..Recording::default() }.clean(2.0);
    let flutter = |n: usize| if n.is_multiple_of(960) { 10_f64.powf(-3.0 * n as f64 / (1.2 * rate)) } else { 0.0 };
    let both = room.iter().enumerate().map(|(n, sample)| (sample + flutter(n)) as f32).collect();
    let time = all(vec![both])[0].t30.expect("known to its end");
    assert!(time > 0.6, "{time} s");
}

#[test]
fn a_room_that_answers_late_to_a_loud_direct_sound_is_a_room() {
    // Close to the source: the room is 30 dB down, and begins to sound after 30 or 60 ms.
    for (seed, time, gap) in [(1, 0.4, 1440), (2, 2.0, 2880), (3, 6.0, 2880)] {
        let room = Recording { time, seed, ..Recording::default() }.clean(1.5 * time);
        let mut samples: Vec<f32> = vec![0.0; gap];
        (samples[0], samples[gap - 800]) = (1.0, 0.5);
        samples.extend(room.iter().map(|sample| (0.1 * sample) as f32));
        let found = all(vec![samples])[0].t20.expect("known to its end");
        // As of noise alone: 0.16 dB at both ends, of 20 dB 1 %, three of these.
        assert!((found / time - 1.0).abs() < 0.034, "{found} instead of {time} s");
    }
}

#[test]
fn a_double_slope_has_two_times_and_says_so() {
    let recording = Recording { time: 0.5, second: Some((3.0, -30.0)), floor: Some(-70.0), ..Recording::default() };
    let figures = recording.measured().broadband;
    assert!(recording.truth(None).check(&figures, "0.5 and 3 s") == 5);
    assert!(figures.curvature().expect("both are known") > 0.1, "{figures:?}");
    let straight = Recording::default().measured().broadband;
    assert!(straight.curvature().expect("both are known").abs() < 0.1, "{straight:?}");
}

#[test]
fn an_offset_and_hum_do_not_count() {
    for (offset, hum) in [(0.01, 0.0), (0.0, 0.01), (0.01, 0.01)] {
        for floor in [None, Some(-60.0)] {
            let recording = Recording { offset, hum, floor, ..Recording::default() };
            let measured = recording.measured();
            assert_eq!(recording.truth(None).check(&measured.broadband, &format!("{recording:?}")), 5);
            for (centre, figures) in measured.octaves.iter().filter(|(centre, _)| (250.0..8000.0).contains(centre)) {
                recording.truth(Some(*centre)).check(figures, &format!("{centre} Hz, {recording:?}"));
                assert!(figures.reverberation_time().is_ok(), "{centre} Hz, {recording:?}");
            }
        }
    }
}

#[test]
fn no_time_is_longer_than_what_can_be_seen() {
    // 25 dB of 8 s, and the same with a plate before it.
    for (time, second) in [(8.0, None), (2.0, Some((8.0, -6.0))), (1.0, Some((8.0, -15.0)))] {
        for fade in [0.0, 0.1, 0.2] {
            let recording = Recording { time, second, length: 3.3, floor: Some(-45.0), fade, ..Recording::default() };
            let figures = recording.measured().broadband;
            assert!(matches!(figures.t30, Err(NotMeasurable::Range { needed: 45.0, .. })), "{figures:?}");
            assert!(figures.t20.is_err() && figures.reverberation_time().is_err(), "{figures:?}");
        }
    }
}

/// Every figure of an impulse.
fn all(channels: Vec<Vec<f32>>) -> Vec<Figures> {
    let impulse = Impulse::new(channels, 48_000).expect("finite samples");
    let measured = acoustics::measure(&impulse, &Token::never()).expect("not cancelled");
    std::iter::once(measured.broadband).chain(measured.octaves.into_iter().map(|(_, figures)| figures)).collect()
}

#[test]
fn what_is_no_room_has_figures_or_reasons() {
    let room = Recording { length: 1.0, floor: Some(-60.0), ..Recording::default() };
    let samples = || room.impulse().into_channels().remove(0);
    let noise = |seconds: usize| gaussian_noise(seconds * 48_000, 5).into_iter().map(|s| s as f32).collect::<Vec<_>>();
    let mut gap = samples();
    gap[10_000..16_000].fill(0.0);
    let backwards = samples().into_iter().rev().collect();
    let click = |length: usize| (0..length).map(|n| f32::from(u8::from(n == length / 2))).collect::<Vec<f32>>();
    let cut = samples()[..4800].to_vec();
    let empty = || vec![0.0; 48_000];
    for (name, channels) in [
        ("silence", vec![vec![0.0; 1000]]),
        ("one sample", vec![vec![1.0]]),
        ("two samples", vec![vec![1.0, -0.5]]),
        ("shorter than a window", vec![samples()[..100].to_vec()]),
        ("a click", vec![click(20_000)]),
        ("a gap", vec![gap]),
        ("backwards", vec![backwards]),
        ("cut before its decay", vec![cut]),
        ("noise", vec![noise(10)]),
        ("a constant", vec![vec![0.5; 48_000]]),
        ("two empty channels of four", vec![samples(), empty(), empty(), samples()]),
        ("the smallest number", vec![vec![f32::from_bits(1); 4800]]),
        ("the largest number", vec![vec![f32::MAX; 4800]]),
    ] {
        for figures in all(channels) {
            let Figures { early_decay_time, t20, t30, c50, c80, d50, centre_time, impulse_to_noise, .. } = figures;
            for alike in [figures.early_correlation, figures.late_correlation] {
                assert!(alike.is_err() || alike.is_ok_and(|alike| alike.abs() <= 1.0), "{name}: {figures:?}");
            }
            for time in [early_decay_time, t20, t30, centre_time] {
                assert!(time.is_err() || time.is_ok_and(|time| time > 0.0 && time < 100.0), "{name}: {figures:?}");
            }
            for level in [c50, c80, impulse_to_noise] {
                assert!(level.is_err() || level.is_ok_and(f64::is_finite), "{name}: {figures:?}");
            }
            assert!(d50.is_err() || d50.is_ok_and(|share| (0.0..=1.0).contains(&share)), "{name}: {figures:?}");
            assert!([t20, c50].iter().flat_map(|figure| figure.err()).all(|reason| !reason.to_string().is_empty()));
        }
    }
    let none = |channels: Vec<Vec<f32>>| all(channels)[0].reverberation_time().expect_err("not measurable");
    assert_eq!(none(vec![vec![0.0; 1000]]), NotMeasurable::Silent);
    assert_eq!(none(vec![noise(2)]), NotMeasurable::NoDecay);
    // Empty channels take nothing away.
    let [one, four] = [vec![samples()], vec![samples(), empty(), empty(), empty()]].map(|channels| all(channels)[0]);
    assert_eq!(one, four);
}

#[test]
fn of_an_impulse_that_comes_twice_the_first_is_measured() {
    for (time, gap, height) in [(0.5, 0, 1.0), (0.5, 0, 1.5), (1.0, 48_000, 1.0), (1.0, 48_000, 0.5), (2.0, 0, 1.5)] {
        let recording = Recording { time, length: 1.6 * time, ..Recording::default() };
        let room: Vec<f32> = recording.clean(recording.length).iter().map(|sample| *sample as f32).collect();
        let again = room.iter().map(|sample| height * sample);
        let twice = room.iter().copied().chain(std::iter::repeat_n(0.0, gap)).chain(again).collect();
        let bands = [None].into_iter().chain(acoustics::OCTAVES.map(Some));
        let found = all(vec![twice]);
        for (figures, band) in found.iter().zip(bands) {
            let given = recording.truth(band).check(figures, &format!("{time} s, {gap}, {height}, {band:?}"));
            assert!(given == 5 || band.is_some(), "{figures:?}");
        }
    }
}

#[test]
fn many_clicks_do_not_lengthen_the_room() {
    let mut random = Seeded(5);
    for (count, height) in [5, 10, 20].into_iter().flat_map(|count| [0.5, 0.1].map(|height| (count, height))) {
        for floor in [None, Some(-60.0)] {
            let recording = Recording { floor, ..Recording::default() };
            let mut samples = recording.impulse().into_channels().remove(0);
            for _ in 0..count {
                // From -27 dB on.
                let at = (0.15 + 0.8 * random.uniform()) * samples.len() as f64;
                samples[at as usize] += height;
            }
            let found = all(vec![samples]);
            let bands = [None].into_iter().chain(acoustics::OCTAVES.map(Some));
            for (figures, band) in found.iter().zip(bands) {
                recording.truth(band).check(figures, &format!("{count} of {height}, {floor:?}, {band:?}"));
            }
            assert!(found[0].reverberation_time().is_ok(), "{:?}", found[0]);
        }
    }
}

#[test]
fn no_centre_time_is_wrong_by_hum() {
    for (seed, height) in (0..6).flat_map(|seed| [0.0003, 0.001, 0.003, 0.01].map(|height| (seed, height))) {
        let recording = Recording { seed, time: [0.5, 1.0, 2.0][seed as usize % 3], ..Recording::default() };
        let room = recording.clean(3.0 * recording.time);
        let hum = |n: usize| {
            let turns = |hz: f64| std::f64::consts::TAU * hz * n as f64 / 48_000.0;
            height * (turns(50.0).sin() + 0.7 * (turns(150.0) + seed as f64).sin())
        };
        let with_hum = room.iter().enumerate().map(|(n, sample)| (sample + hum(n)) as f32).collect();
        let [clean, found] = [room.iter().map(|s| *s as f32).collect(), with_hum].map(|samples| all(vec![samples]));
        for (band, (clean, found)) in clean.iter().zip(&found).enumerate() {
            let (Ok(clean), Ok(found)) = (clean.centre_time, found.centre_time) else { continue };
            assert!(
                (found / clean - 1.0).abs() <= 0.05,
                "seed {seed}, hum {height}, band {band}: {found}, not {clean}"
            );
        }
        assert!(found[0].centre_time.is_ok(), "over all frequencies hum does not count: {:?}", found[0]);
    }
}
