//! Dry and wet signal at their levels, and the bypass.

use super::{Controls, ramp::Ramp, sanitize, stage::Stage};

/// Mixes the dry signal in. While bypassed, the dry signal passes as it came.
#[derive(Debug)]
pub(super) struct Mix {
    dry: Ramp,
    wet: Ramp,
    output: Ramp,
    /// 0 is off, 1 is bypassed.
    bypass: Ramp,
}

impl Mix {
    /// All gains 1, not bypassed, at a sample rate in Hz.
    pub fn new(sample_rate: u32) -> Self {
        let [dry, wet, output, bypass] = [1.0, 1.0, 1.0, 0.0].map(|value| Ramp::new(value, sample_rate));
        Self { dry, wet, output, bypass }
    }

    /// The gains for the next sample.
    fn next(&mut self) -> Gains {
        let Self { dry, wet, output, bypass } = self;
        Gains { dry: dry.next(), wet: wet.next(), output: output.next(), bypass: bypass.next() }
    }

    /// The gains for all samples, if none moves: then there is nothing to count, and vector instructions can do it.
    fn resting(&mut self) -> Option<Gains> {
        let is_resting = [self.dry, self.wet, self.output, self.bypass].iter().all(|ramp| ramp.left() == 0);
        is_resting.then(|| self.next())
    }

    /// Every ramp with its target.
    fn targets(&mut self, controls: &Controls) -> [(&mut Ramp, f32); 4] {
        let bypass = if controls.bypass { 1.0 } else { 0.0 };
        [
            (&mut self.dry, controls.dry),
            (&mut self.wet, controls.wet),
            (&mut self.output, controls.output),
            (&mut self.bypass, bypass),
        ]
    }
}

impl Stage for Mix {
    fn set(&mut self, controls: &Controls) {
        self.targets(controls).into_iter().for_each(|(ramp, target)| ramp.set(target));
    }

    fn jump(&mut self, controls: &Controls) {
        self.targets(controls).into_iter().for_each(|(ramp, target)| ramp.jump(target));
    }

    /// Dry mono goes to both sides.
    fn process(&mut self, channels: &mut [&mut [f32]], dry: &[&[f32]]) {
        let dry_of = |channel: usize| dry[channel.min(dry.len() - 1)];
        if let Some(gains) = self.resting() {
            for (channel, samples) in channels.iter_mut().enumerate() {
                samples.iter_mut().zip(dry_of(channel)).for_each(|(sample, dry)| *sample = gains.mix(*dry, *sample));
            }
            return;
        }
        for i in 0..channels[0].len() {
            let gains = self.next();
            for (channel, samples) in channels.iter_mut().enumerate() {
                samples[i] = gains.mix(dry_of(channel)[i], samples[i]);
            }
        }
    }
}

/// The gains of one sample.
#[derive(Clone, Copy)]
struct Gains {
    dry: f32,
    wet: f32,
    output: f32,
    bypass: f32,
}

impl Gains {
    #[inline]
    fn mix(self, dry: f32, wet: f32) -> f32 {
        let mixed = (dry * self.dry + wet * self.wet) * self.output;
        if self.bypass == 1.0 { dry } else { sanitize(mixed + (dry - mixed) * self.bypass) }
    }
}
