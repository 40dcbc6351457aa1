//! One file's way through the chain.

use super::batch::Seat;
use super::heard::{Heard, OfImpulse};
use super::sink::Sink;
use super::source::Source;
use super::{Align, Batch, Change, Job, RenderError};
use crate::cancel::Token;
use crate::chain::{Controls, Format};
use crate::channels::ChannelLayout;
use crate::impulse::recipe::Recipe;
use crate::prepare::grid::{Due, Grid};
use crate::prepare::{Ahead, Ready, Summary};
use std::collections::VecDeque;
use std::sync::Arc;

/// Frames between two reports of progress, and between two checks of the token.
const STRETCH: u64 = 1 << 14;

/// A chain with its kernel in place, and silent.
pub(super) struct Pass<'a> {
    batch: &'a Batch,
    /// The chain, with what its first convolver was made from.
    seat: Seat,
    /// Changes that are still to come.
    changes: Moments<'a>,
    controls: Controls,
    /// The recipe at the present frame; the [grid](crate::prepare::grid) says when it is followed.
    recipe: &'a Arc<Recipe>,
    /// The recipe that was ordered last.
    ordered: &'a Arc<Recipe>,
    /// The recipes that were ordered and not received yet.
    waiting: VecDeque<&'a Arc<Recipe>>,
    heard: Heard,
    grid: Grid,
    /// Builds from the first change on, ahead of what plays.
    ahead: Option<Ahead>,
    /// Number of the newest convolver.
    generation: u64,
    /// Samples that are taken out of the beginning.
    delay: u64,
}

impl<'a> Pass<'a> {
    /// Gives the kernel that the recipe asks for to a chain, as the plugin does before its first block. The layout is
    /// that of the dry file, but without outputs that would be copies for the whole of the job.
    pub fn prepare(
        batch: &'a Batch,
        job: &'a Job,
        layout: ChannelLayout,
        sample_rate: u32,
        cancel: &Token,
    ) -> Result<Self, RenderError> {
        let mut changes = Moments::new(&job.changes, sample_rate);
        // What changes at the very beginning is there from the beginning.
        let (recipe, controls) = match changes.take(0) {
            Some(change) => (&change.recipe, change.controls),
            None => (&job.recipe, job.controls),
        };
        let goes_on = changes.left.iter().any(|change| change.recipe != *recipe);
        let mut format = Format { sample_rate, layout };
        let mut opening = batch.opening(recipe, format, goes_on, cancel)?;
        let without_copies = layout.without_copies(opening.summary().channels);
        let is_one_room = job.changes.iter().all(|change| change.recipe.room() == recipe.room());
        if without_copies != layout && is_one_room {
            format.layout = without_copies;
            opening = batch.opening(recipe, format, goes_on, cancel)?;
        }
        let mut seat = batch.seat(&job.dry, opening, format)?;
        let mut nothing: [&mut [f32]; ChannelLayout::MOST_CHANNELS] = Default::default();
        // No time passes in a block without frames: it carries the controls in, which the reset settles.
        drop(seat.chain.process(&mut nothing[..format.outputs()], &controls, None));
        seat.chain.reset();
        let grid = Grid::new(sample_rate, recipe.shaping());
        let generation = seat.opening.generation();
        let delay = if job.align == Align::Peak { seat.opening.summary().peak_at as u64 } else { 0 };
        changes.delay = delay;
        let (ordered, waiting, ahead) = (recipe, VecDeque::new(), None);
        let mut heard = Heard::default();
        let Summary { findings, second_findings, .. } = seat.opening.summary();
        heard.add(recipe, [findings, second_findings], true);
        Ok(Self { batch, seat, changes, controls, recipe, ordered, waiting, heard, grid, ahead, generation, delay })
    }

    /// Samples that are taken out of the beginning.
    pub fn delay(&self) -> u64 {
        self.delay
    }

    /// Channels of the output.
    pub fn channels(&self) -> usize {
        self.seat.chain.format().outputs()
    }

    /// Samples that sound after the dry file's end, as things stand.
    pub fn tail(&self) -> u64 {
        self.seat.chain.tail(&self.controls) as u64
    }

    /// Ends the pass, and tells what there is to say about the impulse of the beginning, and about all.
    pub fn finish(self) -> (Summary, Vec<OfImpulse>) {
        let summary = self.seat.opening.summary().clone();
        if self.ahead.is_none() {
            self.batch.give_back(self.seat);
        }
        (summary, self.heard.all())
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
        let mut block = vec![Vec::new(); self.channels()];
        let mut done = 0;
        let mut tail = if job.tail { self.tail() } else { self.delay };
        // Where the file ends, and with it the output. Only reading tells.
        let mut ends = None;
        let mut next_word = 0;
        while ends.is_none_or(|(_, end)| done < end) {
            if done >= next_word {
                cancel.check()?;
                let end = ends.map(|(_, end)| end).or(source.frames().map(|frames| frames.saturating_add(tail)));
                progress(end.map_or(0.0, |end| (done as f64 / end as f64).min(1.0)));
                next_word = done + STRETCH;
            }
            if let Some(change) = self.changes.take(done) {
                (self.recipe, self.controls) = (&change.recipe, change.controls);
            }
            self.follow(cancel)?;
            // A host cuts its blocks where something changes; so the changes and the grid, not the blocks, say when.
            let end = ends.map_or(u64::MAX, |(_, end)| end);
            let next = self.changes.next().map_or(end, |next| next.min(end)) - done;
            let left = next.min(self.grid.ahead(&self.recipe.shaping(), self.is_other()));
            let mut frames = job.block.get().min(usize::try_from(left).unwrap_or(usize::MAX));
            block.iter_mut().for_each(|channel| channel.resize(frames, 0.0));
            let read = source.read(&mut block, cancel)? as u64;
            if ends.is_none() && source.is_at_end() {
                let end = done + read + tail;
                ends = Some((done + read, end));
                frames = frames.min(usize::try_from(end - done).unwrap_or(usize::MAX));
                block.iter_mut().for_each(|channel| channel.truncate(frames));
            }
            let mut io: Vec<&mut [f32]> = block.iter_mut().map(Vec::as_mut_slice).collect();
            let retired = self.seat.chain.process(&mut io, &self.controls, None);
            if let Some(ahead) = &self.ahead {
                ahead.free(retired);
            }
            let early = self.delay.saturating_sub(done).min(frames as u64) as usize;
            block.iter_mut().for_each(|channel| drop(channel.drain(..early)));
            sink.write(&block)?;
            self.grid.advance(frames as u64);
            done += frames as u64;
            if job.tail {
                // Before the file's end it may become shorter, too; behind it, what is on its way is heard to its end.
                let now = self.tail();
                tail = if ends.is_none() { now } else { tail.max(now) };
                ends = ends.map(|(file, _)| (file, file + tail));
            }
        }
        progress(1.0);
        Ok(done.saturating_sub(self.delay))
    }

    /// Orders and receives convolvers as the plugin does in a bounce, before the present frame.
    fn follow(&mut self, cancel: &Token) -> Result<(), RenderError> {
        if self.grid.is_due() {
            self.receive(cancel)?;
        }
        let due = self.grid.look(&self.recipe.shaping(), self.is_other());
        if due == Some(Due::Now) {
            // What is on its way is never heard, but what is built next depends on it.
            self.receive(cancel)?;
        }
        if due.is_some() {
            self.order()?;
        }
        if due == Some(Due::Now) {
            self.receive(cancel)?;
        }
        Ok(())
    }

    /// True if the recipe is for another impulse than the one that was ordered last.
    fn is_other(&self) -> bool {
        let [first, second] =
            [self.recipe, self.ordered].map(|recipe| recipe.second.as_ref().map(|second| &second.source));
        self.recipe.source != self.ordered.source || first.zip(second).is_some_and(|(first, second)| first != second)
    }

    fn order(&mut self) -> Result<(), RenderError> {
        self.ordered = self.recipe;
        self.generation += 1;
        let ahead = match &mut self.ahead {
            Some(ahead) => ahead,
            none => none.insert(Ahead::start(self.seat.opening.preparer()).ok_or(RenderError::Thread)?),
        };
        self.waiting.push_back(self.recipe);
        ahead.order(self.recipe, self.seat.chain.format(), self.generation);
        Ok(())
    }

    /// Waits for what was ordered and gives it to the chain.
    fn receive(&mut self, cancel: &Token) -> Result<(), RenderError> {
        if let Some(ahead) = &mut self.ahead
            && let Some(Ready { delivery, findings }) = ahead.take(cancel)?
        {
            if let Some(recipe) = self.waiting.pop_front() {
                self.heard.add(recipe, findings.each_ref().map(Vec::as_slice), false);
            }
            ahead.free(self.seat.chain.receive(Some(delivery)));
        }
        Ok(())
    }
}

/// Changes by the frames at which they are due.
struct Moments<'a> {
    left: &'a [Change],
    sample_rate: f64,
    /// Samples by which they are due later, because so many are taken out of the output's beginning.
    delay: u64,
}

impl<'a> Moments<'a> {
    fn new(changes: &'a [Change], sample_rate: u32) -> Self {
        Self { left: changes, sample_rate: f64::from(sample_rate), delay: 0 }
    }

    fn frame(&self, change: &Change) -> u64 {
        (change.seconds * self.sample_rate).round() as u64 + self.delay
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
