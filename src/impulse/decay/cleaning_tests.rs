use super::*;
use crate::impulse::random::Random;
use realfft::RealFftPlanner;

const RATE: u32 = 48_000;

fn band(samples: &[f32], rate: u32, centre: f64, width: f64) -> Vec<f64> {
    let size = (samples.len() + rate as usize).next_power_of_two();
    let mut planner = RealFftPlanner::<f64>::new();
    let mut signal = vec![0.0; size];
    signal.iter_mut().zip(samples).for_each(|(signal, sample)| *signal = f64::from(*sample));
    let mut bins = vec![Default::default(); size / 2 + 1];
    planner.plan_fft_forward(size).process(&mut signal, &mut bins).expect("lengths match");
    for (index, bin) in bins.iter_mut().enumerate() {
        let frequency = index as f64 * f64::from(rate) / size as f64;
        let beyond = ((frequency / centre).log2().abs() - 0.5 * width).max(0.0);
        *bin *= 10_f64.powf(-80.0 * 3.0 * beyond.min(1.0) / 20.0) / size as f64;
    }
    bins[size / 2].im = 0.0;
    planner.plan_fft_inverse(size).process(&mut bins, &mut signal).expect("lengths match");
    signal.truncate(samples.len());
    signal
}

fn synthetic(seed: u64, seconds: f64, floor: f64, length: f64, pink: bool) -> Impulse {
    let (mut random, level) = (Random::new(seed), 10_f64.powf(floor / 20.0));
    let mut poles = [0.0f64; 3];
    let samples = (0..(length * f64::from(RATE)) as usize).map(|n| {
        let decay = f64::from(random.bell()) * 10_f64.powf(-3.0 * n as f64 / (seconds * f64::from(RATE)));
        let w = f64::from(random.bell());
        poles[0] = 0.99765 * poles[0] + w * 0.0990460;
        poles[1] = 0.96300 * poles[1] + w * 0.2965164;
        poles[2] = 0.57000 * poles[2] + w * 1.0526913;
        let noise = if pink { (poles.iter().sum::<f64>() + w * 0.1848) * 0.5 } else { w };
        (decay + level * noise) as f32
    });
    Impulse::new(vec![samples.collect()], RATE).expect("valid")
}

#[test]
fn look() {
    for (seconds, floor, pink) in
        [(0.3, -50.0, false), (1.0, -60.0, false), (1.0, -40.0, true), (3.0, -50.0, false), (1.0, -30.0, false)]
    {
        let length = seconds * (-floor / 60.0 + 1.0);
        let recorded = synthetic(7, seconds, floor, length, pink);
        let clean = clean(recorded, &Token::never()).expect("not cancelled").impulse;
        println!("T {seconds} floor {floor} pink {pink}: {} s of {length}", clean.seconds());
        for centre in [63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16000.0] {
            let before = band(&synthetic(7, seconds, -400.0, 2.0 * seconds, false).channels()[0], RATE, centre, 1.0);
            let after = band(&clean.channels()[0], RATE, centre, 1.0);
            let level = |of: &[f64], from: f64, to: f64| {
                let [from, to] = [from, to].map(|t| ((t * seconds * f64::from(RATE)) as usize).min(of.len()));
                10.0 * (of[from..to].iter().map(|s| s * s).sum::<f64>() / (to - from) as f64).log10()
            };
            let row: String = (0..16)
                .map(|n| {
                    let t = n as f64 / 10.0;
                    format!(" {:5.1}", level(&after, t, t + 0.1) - level(&before, t, t + 0.1))
                })
                .collect();
            println!("{centre:6} {row}");
        }
    }
}
