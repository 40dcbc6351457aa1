//! Offline: file in -> the same chain -> file out.
//!
//! [`render()`] sends a dry file through the very [`Chain`](crate::chain::Chain) that the plugin runs, with the kernel
//! in place before the first sample, and writes what comes out: the same bytes in every run, whatever the block size.
//!
//! Several files go through one [`Batch`], from any number of threads: what they share is prepared once and held once.
//!
//! A WAV file whose rate is kept is read, rendered and written block by block, so that an hour needs no more memory
//! than a second. A file that has to be resampled, or that only [`decode`](crate::impulse::decode) can read (other
//! formats, damaged WAV headers), is held in memory whole.
//!
//! The output comes into being under a temporary name in the folder where it belongs, and gets its own name when it is
//! complete. After an error or a cancellation nothing is left of it, and a file that was there before is untouched.

mod batch;
mod error;
mod pass;
mod sink;
mod source;

pub use batch::Batch;
pub use error::RenderError;
pub use sink::Bits;

use crate::cancel::Token;
use crate::chain::Controls;
use crate::files::Target;
use crate::impulse::recipe::Recipe;
use crate::prepare::Summary;
use pass::Pass;
use sink::Sink;
use source::Source;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Sample rates in Hz at which the chain can render.
pub const SAMPLE_RATES: RangeInclusive<u32> = 8_000..=384_000;

/// Frames that are rendered at once unless the job says otherwise.
pub const BLOCK: NonZeroUsize = NonZeroUsize::new(512).expect("512 is not 0");

/// One file to render. Built by [`Job::new`] with the defaults of a fresh instance; every field may be changed after.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// The dry file, of one or two channels.
    pub dry: PathBuf,
    /// The impulse.
    pub recipe: Arc<Recipe>,
    /// The WAV file to write.
    pub output: PathBuf,
    /// Files besides that the output must not replace, because what is wanted was read from them.
    pub kept: Arc<[PathBuf]>,
    /// Whether an output that exists is replaced. Otherwise it is refused; one that is also an input always is.
    pub overwrite: bool,
    /// Gains, pre-delay, filters and width.
    pub controls: Controls,
    /// What becomes of recipe and controls while the file is rendered, in order of time. Jobs may share it.
    pub changes: Arc<[Change]>,
    /// Frames per call of the chain. No bit of the output depends on it.
    pub block: NonZeroUsize,
    /// Sample rate of the output in Hz, within [`SAMPLE_RATES`]; `None` keeps that of the dry file.
    pub sample_rate: Option<u32>,
    /// How samples are stored.
    pub bits: Bits,
    /// Whether the output goes on after the dry file's end until pre-delay and impulse have rung out.
    pub tail: bool,
}

impl Job {
    /// The job with every other field at its default: the controls of a fresh instance, blocks of 512 frames, the dry
    /// file's rate, 32-bit float, the whole tail; an output that exists is replaced.
    #[must_use]
    pub fn new(dry: impl Into<PathBuf>, recipe: impl Into<Arc<Recipe>>, output: impl Into<PathBuf>) -> Self {
        Self {
            dry: dry.into(),
            recipe: recipe.into(),
            output: output.into(),
            kept: Arc::default(),
            overwrite: true,
            controls: Controls::default(),
            changes: Arc::default(),
            block: BLOCK,
            sample_rate: None,
            bits: Bits::default(),
            tail: true,
        }
    }

    /// The files that it is made from.
    fn inputs(&self) -> impl Iterator<Item = &Path> {
        let changed = self.changes.chunk_by(|one, next| Arc::ptr_eq(&one.recipe, &next.recipe));
        let recipes = std::iter::once(&self.recipe).chain(changed.map(|alike| &alike[0].recipe));
        let kept = self.kept.iter().map(PathBuf::as_path);
        std::iter::once(self.dry.as_path())
            .chain(recipes.flat_map(|recipe| recipe.sources()).flat_map(|source| source.files()))
            .chain(kept)
    }
}

/// Recipe and controls from a moment on. As in the plugin, a moment is rounded to a sample, the controls go to their
/// new values from there in ramps, and a new kernel is in place for the first quantum boundary from there on: when it
/// sounds depends on nothing but sample time, and every run gives the same bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// When, in seconds from the beginning of the dry file.
    pub seconds: f64,
    /// The impulse from then on. Changes of anything else share it.
    pub recipe: Arc<Recipe>,
    /// Everything else from then on.
    pub controls: Controls,
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Length of the output in samples per channel.
    pub frames: u64,
    /// Channels of the output.
    pub channels: usize,
    /// Sample rate of the output in Hz.
    pub sample_rate: u32,
    /// Largest absolute sample before it was stored; above 1 an integer format has clipped.
    pub peak: f32,
    /// Samples that an integer format could not hold; always 0 for float.
    pub clipped: u64,
    /// What there is to say about the impulse.
    pub impulse: Summary,
}

/// Renders one file by itself; otherwise as [`Batch::render`], which is for several.
///
/// # Errors
/// See [`RenderError`]. No output and no temporary file is left then, nor when it is cancelled.
pub fn render(job: &Job, cancel: &Token, progress: impl Fn(f64)) -> Result<Report, RenderError> {
    Batch::default().render(job, cancel, progress)
}

impl Batch {
    /// Renders one file in the calling thread and tells `progress` from time to time which fraction, 0 to 1, is done.
    ///
    /// A mono file through a mono impulse gives mono, through any other impulse stereo; a stereo file always gives stereo.
    ///
    /// # Errors
    /// See [`RenderError`]. No output and no temporary file is left then, nor when it is cancelled.
    pub fn render(&self, job: &Job, cancel: &Token, progress: impl Fn(f64)) -> Result<Report, RenderError> {
        let target = Target::check(&job.output, job.inputs())?.only_new(job.overwrite)?;
        let mut source = Source::open(&job.dry, job.sample_rate, cancel)?;
        let sample_rate = source.sample_rate();
        let mut pass = Pass::prepare(self, job, source.layout(), sample_rate, cancel)?;
        // Changes may make it a little longer.
        let frames = source.frames() + if job.tail { pass.tail() } else { 0 };
        let mut sink = Sink::create(target, pass.channels(), sample_rate, job.bits, frames)?;
        let frames = pass.run(job, &mut source, &mut sink, cancel, &progress)?;
        let (peak, clipped) = sink.finish()?;
        Ok(Report { frames, channels: pass.channels(), sample_rate, peak, clipped, impulse: pass.finish() })
    }
}
