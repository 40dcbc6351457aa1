//! One file's way through the chain.

use super::sink::Sink;
use super::source::Source;
use super::{Job, RenderError};
use crate::chain::{Chain, Controls, Format};
use crate::prepare::{self, PrepareError, Prepared, Summary};
use std::num::NonZeroUsize;
use std::sync::Arc;

/// Frames between two words about progress, and between two questions whether to go on.
const STRETCH: u64 = 1 << 14;

/// A chain with its kernel in place, and silent.
#[derive(Debug)]
pub(super) struct Pass {
    chain: Chain,
    controls: Controls,
    summary: Summary,
}

impl Pass {
    /// Builds the kernel that the recipe asks for and gives it to a new chain, as the plugin does before its first block.
    pub fn prepare(
        job: &Job,
        inputs: usize,
        sample_rate: u32,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Self, RenderError> {
        let build = |outputs| {
            let format = Format { sample_rate, inputs, outputs };
            match prepare::build(&job.recipe, format, cancelled) {
                Ok(prepared) => Ok((format, prepared)),
                Err(PrepareError::Cancelled) => Err(RenderError::Cancelled(job.dry.clone())),
                Err(error) => Err(RenderError::Impulse(error)),
            }
        };
        let (mut format, mut prepared) = build(2)?;
        if inputs == 1 && prepared.summary.channels == 1 {
            // Both sides would be the same.
            (format, prepared) = build(1)?;
        }
        Ok(Self::start(format, prepared, job.controls))
    }

    fn start(format: Format, prepared: Prepared, controls: Controls) -> Self {
        let mut chain = Chain::new(format, Arc::default());
        let mut nothing = [[0.0; 0]; 2];
        let mut nothing = nothing.each_mut().map(|channel| &mut channel[..]);
        // No time passes in a block without frames: it carries the kernel in and the controls, which the reset settles.
        chain.process(&mut nothing[..format.outputs], &controls, Some(prepared.convolver));
        chain.reset();
        Self { chain, controls, summary: prepared.summary }
    }

    /// Channels of the output.
    pub fn channels(&self) -> usize {
        self.chain.format().outputs
    }

    /// Samples that sound after the dry file's end.
    pub fn tail(&self) -> u64 {
        self.chain.tail(&self.controls) as u64
    }

    /// What there is to say about the impulse.
    pub fn into_summary(self) -> Summary {
        self.summary
    }

    /// Renders `frames` frames: the source, and silence after its end.
    pub fn run(
        &mut self,
        source: &mut Source,
        sink: &mut Sink,
        frames: u64,
        block: NonZeroUsize,
        cancelled: &dyn Fn() -> bool,
        progress: &dyn Fn(f64),
    ) -> Result<(), RenderError> {
        let mut block = vec![vec![0.0_f32; block.get()]; self.channels()];
        let mut done = 0;
        let mut next_word = 0;
        while done < frames {
            if done >= next_word {
                if cancelled() {
                    return Err(RenderError::Cancelled(source.path().to_owned()));
                }
                progress(done as f64 / frames as f64);
                next_word = done + STRETCH;
            }
            let left = usize::try_from(frames - done).unwrap_or(usize::MAX);
            if left < block[0].len() {
                block.iter_mut().for_each(|channel| channel.truncate(left));
            }
            source.read(&mut block)?;
            let mut io: Vec<&mut [f32]> = block.iter_mut().map(Vec::as_mut_slice).collect();
            self.chain.process(&mut io, &self.controls, None);
            sink.write(&block)?;
            done += block[0].len() as u64;
        }
        progress(1.0);
        Ok(())
    }
}
