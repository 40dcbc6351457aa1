use super::*;

fn cleaned(impulse: &Impulse) -> Cleaned {
    clean(impulse.clone(), &Token::never()).expect("not cancelled")
}

/// Noise that falls by 60 dB in `seconds`, and over it what else is recorded at a sample.
fn recorded(seconds: f64, length: f64, mut also: impl FnMut(usize) -> f64) -> Impulse {
    let mut random = Random::new(21);
    impulse((0..(length * f64::from(RATE)) as usize).map(|n| f64::from(random.bell()) * decay(seconds, n) + also(n)))
}

/// White noise, or noise that falls by 3 dB an octave and is as loud at 1 kHz (Kellet's filter).
fn floor(level: f64, is_pink: bool) -> impl FnMut(usize) -> f64 {
    let (mut random, mut poles) = (Random::new(22), [0.0; 3]);
    move |_| {
        let white = f64::from(random.bell());
        let ways = [(0.997_65, 0.099_046), (0.963, 0.296_516), (0.57, 1.052_691)];
        poles.iter_mut().zip(ways).for_each(|(pole, (keeps, takes))| *pole = keeps * *pole + takes * white);
        // The filter's gain is 10.6 dB at 1 kHz.
        let pink = 0.3 * (poles.iter().sum::<f64>() + 0.1848 * white);
        10_f64.powf(level / 20.0) * if is_pink { pink } else { white }
    }
}

/// Mean energy of an octave between two times in seconds, in dB.
fn octave_level(samples: &[f64], from: f64, to: f64) -> f64 {
    let [from, to] = [from, to].map(|time| ((time * f64::from(RATE)) as usize).min(samples.len()));
    10.0 * (samples[from..to].iter().map(|sample| sample * sample).sum::<f64>() / (to - from) as f64).log10()
}

fn octave(impulse: &Impulse, centre: f64) -> Vec<f64> {
    steep(&impulse.channels()[0], impulse.sample_rate(), centre)
}

#[test]
fn the_tail_follows_the_decay_that_was_there_before_the_noise() {
    let cases =
        [(0.3, -50.0, false), (1.0, -30.0, false), (1.0, -60.0, true), (3.0, -50.0, false), (1.0, -70.0, false)];
    for (seconds, noise, is_pink) in cases {
        let length = seconds * (1.0 - noise / 60.0);
        let before = recorded(seconds, 2.5 * seconds, |_| 0.0);
        let Cleaned { impulse: after, cleaning, cut } = cleaned(&recorded(seconds, length, floor(noise, is_pink)));
        assert!(matches!(cleaning, Cleaning::Cleaned(_)) && !cut, "{cleaning:?}");
        for centre in [500.0, 1000.0, 2000.0, 4000.0, 8000.0] {
            let product = centre * std::f64::consts::FRAC_1_SQRT_2 * seconds;
            if product < WIDE_PRODUCT {
                continue;
            }
            let what = format!("{seconds} s, {noise} dB, pink: {is_pink}, {centre} Hz");
            let [was, is] = [&before, &after].map(|impulse| octave(impulse, centre));
            // From 30 dB above the knee to 30 dB below, in stretches of 10 dB.
            for place in -3..3 {
                let from = (-noise / 60.0 + f64::from(place) / 6.0) * seconds;
                if from < 0.0 || from + seconds / 6.0 > after.seconds() {
                    continue;
                }
                let [was, is] = [&was, &is].map(|band| octave_level(band, from, from + seconds / 6.0));
                // Each scatters by 4.34 dB over the root of bandwidth times time, of which 10 dB of an exponential
                // count as a half; the level that goes on is known as well as that. A slope that is fitted over D dB of
                // a stretch of noise has the relative error √12 · 4.34/(D √(product D/60)), and counts as far as the
                // stretch lies from the fit's middle.
                let scatter = 4.34 / (product / 12.0).sqrt();
                let seen = (-noise - 10.0).min(30.0);
                let slope = 12_f64.sqrt() * 4.34 / (seen * (product * seen / 60.0).sqrt());
                let far = (10.0 * f64::from(place + 2) + 0.5 * seen).max(0.0);
                let tolerance = 3.0 * (3.0 * scatter.powi(2) + (slope * far).powi(2)).sqrt() + 0.5;
                assert!((is - was).abs() < tolerance, "{what}, {from} s: {is} dB, not {was} ± {tolerance}");
            }
        }
        if noise <= -50.0 {
            // The same energies are integrated down to where the recording is left.
            for centre in [2000.0, 4000.0, 8000.0] {
                let [was, is] = [&before, &after].map(|impulse| t30(impulse, centre).expect("it decays"));
                assert!((is / was - 1.0).abs() < 0.05, "{seconds} s, {noise} dB, {centre} Hz: {is} s, not {was} s");
            }
        }
        let end = after.seconds() / seconds;
        // 105 dB below the peak, which is some 12 dB above the mean of the noise.
        assert!((85.0 / 60.0..115.0 / 60.0).contains(&end), "{seconds} s, {noise} dB: ends after {end} times that");
    }
}

#[test]
fn what_comes_before_the_noise_keeps_its_bits() {
    let before = recorded(1.0, 2.0, floor(-60.0, false));
    let after = cleaned(&before).impulse;
    // The change begins at 40 dB, after 0.67 s; at 63 Hz the knee is known to 10 dB.
    let untouched = RATE as usize * 4 / 10;
    assert_eq!(after.channels()[0][..untouched], before.channels()[0][..untouched]);
    assert_eq!(cleaned(&before).impulse, after, "again");
}

#[test]
fn hum_whine_clicks_and_fades_are_gone_with_the_noise() {
    let time = |n: usize| n as f64 / f64::from(RATE);
    let sine = |n: usize, hertz: f64| (std::f64::consts::TAU * hertz * time(n)).sin();
    let (mut noise, mut others) = (floor(-60.0, false), floor(-55.0, false));
    let hum = recorded(0.8, 2.5, |n| noise(n) + 0.01 * (sine(n, 50.0) + sine(n, 150.0)) + 0.003 * sine(n, 12_000.0));
    let clicks = recorded(0.8, 2.5, |n| others(n) + if n == 72_000 { 0.5 } else { 0.0 });
    let mut faded = recorded(0.8, 2.5, floor(-55.0, false));
    let length = faded.len();
    for n in length - 24_000..length {
        let place = (length - n) as f64 / 24_000.0;
        faded.channels[0][n] *= (std::f64::consts::FRAC_PI_2 * place).sin().powi(2) as f32;
    }
    for (name, before) in [("hum", hum), ("clicks", clicks), ("fade", faded)] {
        let after = cleaned(&before).impulse;
        for (from, to) in [(1.0, 1.1), (1.1, 1.2), (1.2, 1.3)] {
            let (found, expected) = (level(&after, from, to), falling(0.8, from, to));
            // Times of 5 % over what follows the knee, and what low octaves scatter by.
            let tolerance = 3.0 + 0.05 * 75.0 * from;
            assert!(found < expected + tolerance, "{name}, {from} s: {found} dB, not {expected}");
        }
        assert!(after.seconds() < 1.7, "{name}: {} s", after.seconds());
    }
}

#[test]
fn a_click_before_the_noise_is_not_heard_again() {
    let mut noise = floor(-60.0, false);
    // At 38 dB, among the frames that go on.
    let before = recorded(0.8, 2.0, |n| noise(n) + if n == 24_300 { 2.5 } else { 0.0 });
    let after = cleaned(&before).impulse;
    let band = octave(&after, 8000.0);
    let levels: Vec<f64> =
        (0..40).map(|n| 0.8 + 0.01 * f64::from(n)).map(|at| octave_level(&band, at, at + 0.01)).collect();
    let mut steps: Vec<f64> = levels.iter().enumerate().map(|(n, level)| level + 0.75 * n as f64).collect();
    steps.sort_by(f64::total_cmp);
    // In 10 ms of the octave there are 56 independent values, which scatter by 0.6 dB, and four overlapping frames of
    // 16 that scatter by 1 dB.
    assert!(steps[39] - steps[20] < 5.0, "{levels:?}");
}

#[test]
fn a_later_slope_goes_on() {
    let (mut random, mut noise) = (Random::new(23), floor(-70.0, false));
    let before = recorded(0.8, 2.5, |n| 0.03 * f64::from(random.bell()) * decay(2.5, n) + noise(n));
    let after = cleaned(&before).impulse;
    // Behind the knee at 1.65 s, where the early one is 120 dB down, until 2.4 s.
    for (from, to) in [(1.7, 1.8), (2.0, 2.1), (2.3, 2.4)] {
        let (found, expected) = (level(&after, from, to), falling(2.5, from, to) - 30.5);
        // 40 dB are seen of it, over which a wide slope is known to 3 %: 1.5 dB at 50 dB.
        assert!((found - expected).abs() < 2.0, "{from} s: {found} dB, not {expected}");
    }
}

#[test]
fn what_ends_before_its_noise_or_does_not_decay_comes_back_as_it_is() {
    let digital = recorded(0.4, 1.0, |_| 0.0);
    assert_eq!(cleaned(&digital).cleaning, Cleaning::NoNoise);
    assert_eq!(cleaned(&digital).impulse, digital);
    let mut random = Random::new(24);
    let steady = impulse((0..2 * RATE as usize).map(|_| f64::from(random.bell())));
    let backwards = Impulse::new(vec![digital.channels()[0].iter().rev().copied().collect()], RATE).expect("valid");
    let silence = impulse((0..1000).map(|_| 0.0));
    for before in [steady, backwards, silence, impulse(std::iter::once(1.0))] {
        let Cleaned { impulse, cleaning, .. } = cleaned(&before);
        assert!(matches!(cleaning, Cleaning::NotMeasurable(_)), "{cleaning:?}");
        assert_eq!(impulse, before);
    }
    let mut gap = recorded(0.8, 2.0, floor(-60.0, false));
    gap.channels[0][20_000..40_000].fill(0.0);
    assert!(cleaned(&gap).impulse.channels()[0].iter().all(|sample| sample.is_finite()));
}

#[test]
fn sides_stay_as_alike_as_they_are_and_empty_channels_empty() {
    let [common, left, right] = [31, 32, 33].map(|seed| noise(seed, 0.8, -400.0, 2.5).into_channels().remove(0));
    let [mut first, mut second] = [floor(-55.0, false), floor(-55.0, true)];
    let mix = |own: &[f32], noise: &mut dyn FnMut(usize) -> f64| -> Vec<f32> {
        let both = common.iter().zip(own).enumerate();
        both.map(|(n, (common, own))| 0.8 * common + 0.6 * own + noise(n) as f32).collect()
    };
    let (left, right) = (mix(&left, &mut first), mix(&right, &mut second));
    let empty = vec![0.0; left.len()];
    let before = Impulse::new(vec![left, empty.clone(), empty, right], RATE).expect("valid");
    let after = cleaned(&before).impulse;
    assert!([1, 2].iter().all(|channel| after.channels()[*channel].iter().all(|sample| *sample == 0.0)));
    for centre in [1000.0, 2000.0, 4000.0, 8000.0, 16_000.0] {
        let [left, right] = [0, 3].map(|channel| steep(&after.channels()[channel], RATE, centre));
        for n in (0..12).map(|n| n * RATE as usize / 10) {
            let product = |one: &[f64], other: &[f64]| {
                let stretch = n..n + RATE as usize / 10;
                one[stretch.clone()].iter().zip(&other[stretch]).map(|(one, other)| one * other).sum::<f64>()
            };
            let found = product(&left, &right) / (product(&left, &left) * product(&right, &right)).sqrt();
            // 0.64, and 1 - 0.64² over the root of bandwidth times time as its standard error.
            let error = 0.59 / (centre * std::f64::consts::FRAC_1_SQRT_2 * 0.1).sqrt();
            assert!((found - 0.64).abs() < 4.0 * error, "{centre} Hz, {n}: {found}");
        }
    }
}

#[test]
fn a_channel_that_is_softer_goes_on_at_its_own_level() {
    let [loud, soft] = [41, 42].map(|seed| noise(seed, 1.0, -400.0, 2.5).into_channels().remove(0));
    let (mut first, mut second) = (floor(-50.0, false), floor(-50.0, false));
    let true_soft: Vec<f32> = soft.iter().map(|sample| 0.05 * sample).collect();
    let left = loud.iter().enumerate().map(|(n, sample)| sample + first(n) as f32).collect();
    let right = true_soft.iter().enumerate().map(|(n, sample)| sample + second(n) as f32).collect();
    let after = cleaned(&Impulse::new(vec![left, right], RATE).expect("valid")).impulse;
    // 24 dB are seen of it; the other side has its noise from 0.83 s on.
    for centre in [1000.0, 2000.0, 4000.0, 8000.0] {
        let [was, is] = [&true_soft, &after.channels()[1]].map(|samples| steep(samples, RATE, centre));
        for from in [0.5, 0.6, 0.7, 0.8, 1.0, 1.2] {
            let [was, is] = [&was, &is].map(|band| octave_level(band, from, from + 0.1));
            // The 0.4 dB of noise at the change, and scatter of both, and of the level at the change, in 0.1 s.
            let scatter = 4.34 / (centre * std::f64::consts::FRAC_1_SQRT_2 * 0.05).sqrt();
            let tolerance = 0.5 + 3.0 * 3_f64.sqrt() * scatter;
            assert!((is - was).abs() < tolerance, "{centre} Hz, {from} s: {is} dB, not {was} ± {tolerance}");
        }
    }
}

/// What a low-pass of an order leaves, by its spectrum.
fn low_passed(impulse: &Impulse, cutoff: f64, order: i32) -> Impulse {
    let gain = |hertz: f64| 1.0 / (1.0 + (hertz / cutoff).powi(2 * order)).sqrt();
    let filtered = by_spectrum(&impulse.channels()[0], impulse.sample_rate(), gain);
    Impulse::new(vec![filtered.into_iter().map(|sample| sample as f32).collect()], RATE).expect("valid")
}

#[test]
fn no_dark_recording_becomes_louder_than_it_began() {
    for (cutoff, order, seconds) in [(1000.0, 4, 2.0), (250.0, 4, 2.0), (500.0, 6, 0.5), (3000.0, 6, 3.0)] {
        let mut random = Random::new(51);
        let dark = low_passed(&recorded(seconds, 2.0 * seconds, floor(-60.0, false)), cutoff, order);
        let largest = |impulse: &Impulse| impulse.channels()[0].iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        let scale = 0.7 / largest(&dark);
        // As 16 bits with dither keep it.
        let step =
            |x: f32| ((scale * x * 32_768.0 + random.uniform() as f32 - random.uniform() as f32).round()) / 32_768.0;
        let stored = Impulse::new(vec![dark.channels()[0].iter().copied().map(step).collect()], RATE).expect("valid");
        let what = format!("{cutoff} Hz, order {order}, {seconds} s");
        let louder = |after: &Impulse| largest(after) / largest(&stored);
        let clean = louder(&cleaned(&stored).impulse);
        assert!(clean < 1.01, "{what}: cleaned it is {clean} times as loud");
        for wanted in [all(2.0), bands(1.0, 1.0, 4.0)] {
            // What is longer adds up to more, at most by all that was there.
            let longer = louder(&scaled(&stored, wanted).impulse);
            assert!(longer < 2.0, "{what}: lengthened it is {longer} times as loud");
        }
    }
}

#[test]
fn what_is_clean_stays_as_it_is() {
    let once = cleaned(&recorded(0.8, 2.0, floor(-60.0, false))).impulse;
    let twice = cleaned(&once).impulse;
    for centre in [1000.0, 2000.0, 4000.0, 8000.0, 16_000.0] {
        let [once, twice] = [&once, &twice].map(|impulse| octave(impulse, centre));
        for from in [0.2, 0.4, 0.6, 0.8, 1.0, 1.2] {
            let [once, twice] = [&once, &twice].map(|band| octave_level(band, from, from + 0.1));
            assert!((twice - once).abs() < 1.0, "{centre} Hz, {from} s: {twice} dB, not {once}");
        }
    }
    // Highs that fall fast come to what rounding leaves long before the rest, which is no noise.
    let fast = Impulse::new(
        vec![
            recorded(0.8, 1.0, |_| 0.0).channels()[0]
                .iter()
                .zip(low_passed(&recorded(0.15, 1.0, |_| 0.0), 24_000.0, 1).channels()[0].iter())
                .map(|(slow, fast)| 0.001 * slow + fast)
                .collect(),
        ],
        RATE,
    )
    .expect("valid");
    assert_eq!(cleaned(&fast).cleaning, Cleaning::NoNoise);
    assert_eq!(cleaned(&fast).impulse, fast);
}

#[test]
fn an_octave_of_noise_alone_dies_away_and_never_swells() {
    // Highs from 10 kHz on are steady noise with a click in it; the rest decays.
    let decaying = low_passed(&recorded(3.0, 3.0, floor(-60.0, false)), 6000.0, 12);
    let mut steady = floor(-30.0, false);
    let hiss = impulse((0..decaying.len()).map(|n| steady(n) + if n == 26_000 { 0.5 } else { 0.0 }));
    let hiss = by_spectrum(&hiss.channels()[0], RATE, |hertz| f64::from(u8::from(hertz > 10_000.0)));
    let sum = decaying.channels()[0].iter().zip(&hiss).map(|(one, other)| one + *other as f32).collect();
    let before = Impulse::new(vec![sum], RATE).expect("valid");
    let after = cleaned(&before);
    assert!(after.cleaning.assumed().contains(&16_000.0), "{:?}", after.cleaning);
    let band = octave(&after.impulse, 16_000.0);
    let levels: Vec<f64> = (1..12).map(|n| 0.05 * f64::from(n)).map(|at| octave_level(&band, at, at + 0.05)).collect();
    // 560 independent values in 50 ms scatter by 0.2 dB, 16 frames that overlap by 1 dB.
    assert!(levels.windows(2).all(|pair| pair[1] < pair[0] + 3.0), "{levels:?}");
    // The air alone lets 16 kHz fall by 60 dB in 0.6 s.
    assert!(levels[10] < levels[0] - 30.0, "{levels:?}");
}

#[test]
fn a_cleaned_tail_is_lengthened_as_a_recorded_one() {
    let recorded = recorded(0.6, 1.5, floor(-60.0, false));
    let cleaned = cleaned(&recorded).impulse;
    for centre in [2000.0, 4000.0, 8000.0] {
        let [one, other] = [&recorded, &cleaned].map(|from| t30(&scaled(from, all(2.0)).impulse, centre));
        let [one, other] = [one, other].map(|seconds| seconds.expect("it decays") / 1.2);
        // Both within 7 % of what is asked.
        assert!([one, other].iter().all(|ratio| (ratio - 1.0).abs() < 0.07), "{centre} Hz: {one}, {other}");
    }
}
