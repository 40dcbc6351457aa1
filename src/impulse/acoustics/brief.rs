//! Sounds that are over too soon for a decay.

use super::reason::NotMeasurable;
use crate::impulse::Impulse;

/// A sound lasts as long as it is within so many dB, as a factor, of its peak: 60 dB.
const HEARD: f32 = 1e-3;
/// A sound that lasts no longer than so many seconds shows no decay: it is over before C50 begins to count.
const SHORTEST: f64 = 0.05;

/// Why an impulse in which no decay is found has none.
pub(in crate::impulse) fn why(impulse: &Impulse) -> NotMeasurable {
    let samples = || impulse.channels().iter().flatten();
    let least = HEARD * samples().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    if least == 0.0 {
        return NotMeasurable::Silent;
    }
    let is_heard = |sample: &f32| sample.abs() >= least;
    let first = impulse.channels().iter().filter_map(|channel| channel.iter().position(is_heard)).min();
    let last = impulse.channels().iter().filter_map(|channel| channel.iter().rposition(is_heard)).max();
    let length = last.unwrap_or(0) + 1 - first.unwrap_or(0);
    match length {
        1 => NotMeasurable::OneSample,
        _ if (length as f64) < SHORTEST * f64::from(impulse.sample_rate()) => NotMeasurable::Short,
        _ => NotMeasurable::NoDecay,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::Token;
    use crate::impulse::acoustics::measure;
    use transept_support::signal::noise;

    fn reason(samples: Vec<f32>) -> NotMeasurable {
        let impulse = Impulse::new(vec![samples], 48_000).expect("valid");
        let measured = measure(&impulse, &Token::never()).expect("never cancelled");
        for (centre, figures) in &measured.octaves {
            assert_eq!(figures.t30, measured.broadband.t30, "{centre} Hz");
        }
        measured.broadband.t30.expect_err("no decay")
    }

    #[test]
    fn what_is_over_soon_is_said_to_be_short_and_not_to_go_on() {
        let decay = noise(960, 1).into_iter().enumerate().map(|(n, x)| x * 10_f32.powf(-3.0 * n as f32 / 48_000.0));
        assert_eq!(reason(decay.collect()), NotMeasurable::Short);
        assert_eq!(reason(vec![0.5]), NotMeasurable::OneSample);
        let mut click = vec![0.0; 48_100];
        click[100] = 1.0;
        assert_eq!(reason(click.clone()), NotMeasurable::OneSample);
        click[101] = -0.5;
        assert_eq!(reason(click), NotMeasurable::Short);
        assert_eq!(reason(noise(48_000, 2)), NotMeasurable::NoDecay);
    }
}
