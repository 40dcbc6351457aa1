//! One file's way through the chain.

use super::sink::Sink;
use super::source::Source;
use super::{Change, Job, RenderError};
use crate::cancel::Token;
use crate::chain::{Chain, Controls, Format};
use crate::channels::ChannelLayout;
use crate::impulse::recipe::Recipe;
use crate::prepare::{self, Order, Prepared, Preparer, Summary};
use std::sync::Arc;

/// Frames between two reports of progress, and between two checks of the token.
const STRETCH: u64 = 1 << 14;

/// A chain with its kernel in place, and silent.
pub(super) struct Pass {
    chain: Chain,
    controls: Controls,
    recipe: Recipe,
    preparer: Preparer,
    /// Number of the newest convolver.
    generation: u64,
    summary: Summary,
}

impl Pass {
    /// Builds the kernel that the recipe asks for and gives it to a new chain, as the plugin does before its first
    /// block. The layout is that of the dry file, but without outputs that would be copies for the whole of the job.
    pub fn prepare(job: &Job, layout: ChannelLayout, sample_rate: u32, cancel: &Token) -> Result<Self, RenderError> {
        let start = |layout| Self::start(job, Format { sample_rate, layout }, cancel);
        let pass = start(layout)?;
        let without_copies = layout.without_copies(pass.summary.channels);
        if without_copies != layout && job.changes.is_empty() { start(without_copies) } else { Ok(pass) }
    }

    fn start(job: &Job, format: Format, cancel: &Token) -> Result<Self, RenderError> {
        let mut preparer = Preparer::default();
        let generation = 1;
        let Prepared { delivery, summary } = build(&mut preparer, &job.recipe, format, generation, cancel)?;
        let mut chain = Chain::new(format, Arc::default());
        let mut nothing: [&mut [f32]; ChannelLayout::MOST_CHANNELS] = Default::default();
        // No time passes in a block without frames: it carries the kernel in and the controls, which the reset settles.
        chain.process(&mut nothing[..format.outputs()], &job.controls, Some(delivery));
        chain.reset();
        Ok(Self { chain, controls: job.controls, recipe: job.recipe.clone(), preparer, generation, summary })
    }

    /// Channels of the output.
    pub fn channels(&self) -> usize {
        self.chain.format().outputs()
    }

    /// Samples that sound after the dry file's end, as things stand.
    pub fn tail(&self) -> u64 {
        self.chain.tail(&self.controls) as u64
    }

    /// What there is to say about the impulse of the beginning.
    pub fn into_summary(self) -> Summary {
        self.summary
    }

    /// Renders the source and, if the job wants it, its tail. Tells how many frames that were.
    pub fn run(
        &mut self,
        job: &Job,
        source: &mut Source,
        sink: &mut Sink,
        cancel: &Token,
        progress: &dyn Fn(f64),
    ) -> Result<u64, RenderError> {
        let mut changes = Moments::new(&job.changes, source.sample_rate());
        let mut block = vec![Vec::new(); self.channels()];
        let mut done = 0;
        let mut end = source.frames() + if job.tail { self.tail() } else { 0 };
        let mut next_word = 0;
        while done < end {
            if done >= next_word {
                cancel.check()?;
                progress(done as f64 / end as f64);
                next_word = done + STRETCH;
            }
            let incoming = match changes.take(done) {
                Some(change) => self.change(change, cancel)?.map(|prepared| prepared.delivery),
                None => None,
            };
            // A host cuts its blocks where something changes; so the changes, and not the blocks, say when.
            let left = changes.next().map_or(end, |next| next.min(end)) - done;
            let frames = job.block.get().min(usize::try_from(left).unwrap_or(usize::MAX));
            block.iter_mut().for_each(|channel| channel.resize(frames, 0.0));
            source.read(&mut block)?;
            let mut io: Vec<&mut [f32]> = block.iter_mut().map(Vec::as_mut_slice).collect();
            if let Some(finished) = self.chain.process(&mut io, &self.controls, incoming) {
                finished.generations().for_each(|generation| self.preparer.forget(generation));
            }
            sink.write(&block)?;
            done += frames as u64;
            if job.tail {
                // Before the file's end it may become shorter, too; behind it, what is on its way is heard to its end.
                let now = source.frames() + self.tail();
                end = if done < source.frames() { now } else { end.max(now) };
            }
        }
        progress(1.0);
        Ok(done)
    }

    /// Sets the controls, and builds another convolver if there is to be one.
    fn change(&mut self, change: &Change, cancel: &Token) -> Result<Option<Prepared>, RenderError> {
        self.controls = change.controls;
        if self.recipe == change.recipe {
            return Ok(None);
        }
        self.recipe = change.recipe.clone();
        self.generation += 1;
        let (format, generation) = (self.chain.format(), self.generation);
        build(&mut self.preparer, &change.recipe, format, generation, cancel).map(Some)
    }
}

fn build(
    preparer: &mut Preparer,
    recipe: &Recipe,
    format: Format,
    generation: u64,
    cancel: &Token,
) -> Result<Prepared, RenderError> {
    let order = Order { recipe, format, editions: [0; 2], generation };
    Ok(preparer.build(&order, &prepare::decoded, cancel)?)
}

/// Changes by the frames at which they are due.
struct Moments<'a> {
    left: &'a [Change],
    sample_rate: f64,
}

impl<'a> Moments<'a> {
    fn new(changes: &'a [Change], sample_rate: u32) -> Self {
        Self { left: changes, sample_rate: f64::from(sample_rate) }
    }

    fn frame(&self, change: &Change) -> u64 {
        (change.seconds * self.sample_rate).round() as u64
    }

    /// The last of those that are due up to a frame: the ones before it would not be heard.
    fn take(&mut self, frame: u64) -> Option<&'a Change> {
        let due = self.left.iter().take_while(|change| self.frame(change) <= frame).count();
        let (due, left) = self.left.split_at(due);
        self.left = left;
        due.last()
    }

    /// The frame of the next one.
    fn next(&self) -> Option<u64> {
        self.left.first().map(|change| self.frame(change))
    }
}
