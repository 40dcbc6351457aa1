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
        for i in 0..channels[0].len() {
            let (dry_gain, wet_gain) = (self.dry.next(), self.wet.next());
            let (output_gain, bypass) = (self.output.next(), self.bypass.next());
            for (channel, samples) in channels.iter_mut().enumerate() {
                let dry = dry[channel.min(dry.len() - 1)][i];
                let mixed = (dry * dry_gain + samples[i] * wet_gain) * output_gain;
                samples[i] = if bypass == 1.0 { dry } else { sanitize(mixed + (dry - mixed) * bypass) };
            }
        }
    }
}
