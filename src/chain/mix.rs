//! Dry and wet signal at their levels, and the bypass.

use super::{CHUNK, Controls, ramp::Ramp, sanitize, stage::Stage};
use crate::channels::ChannelLayout;

/// The dry signal of an output that has none: as long as the longest chunk.
static SILENCE: [f32; CHUNK] = [0.0; CHUNK];

/// Mixes the dry signal in. While bypassed, the dry signal passes as it came.
#[derive(Debug)]
pub(super) struct Mix {
    /// The input whose dry signal is heard at each output; `None` where none is.
    sources: Vec<Option<usize>>,
    dry: Ramp,
    wet: Ramp,
    output: Ramp,
    /// 0 is off, 1 is bypassed.
    bypass: Ramp,
}

impl Mix {
    /// All gains 1, not bypassed, at a sample rate in Hz. Allocates.
    pub fn new(layout: ChannelLayout, sample_rate: u32) -> Self {
        let sources = (0..layout.outputs()).map(|output| layout.dry(output)).collect();
        let [dry, wet, output, bypass] = [1.0, 1.0, 1.0, 0.0].map(|value| Ramp::new(value, sample_rate));
        Self { sources, dry, wet, output, bypass }
    }

    /// The gains for the next sample.
    fn next(&mut self) -> Gains {
        let Self { dry, wet, output, bypass, .. } = self;
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

    fn process(&mut self, channels: &mut [&mut [f32]], dry: &[&[f32]]) {
        let dry_of = |source: &Option<usize>| source.map_or(&SILENCE[..], |input| dry[input]);
        if let Some(gains) = self.resting() {
            for (source, samples) in self.sources.iter().zip(channels) {
                samples.iter_mut().zip(dry_of(source)).for_each(|(sample, dry)| *sample = gains.mix(*dry, *sample));
            }
            return;
        }
        for i in 0..channels[0].len() {
            let gains = self.next();
            for (source, samples) in self.sources.iter().zip(channels.iter_mut()) {
                samples[i] = gains.mix(dry_of(source)[i], samples[i]);
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
