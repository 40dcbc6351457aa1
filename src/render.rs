//! Offline: file in -> the same chain -> file out.
//!
//! [`render()`] sends a dry file through the very [`Chain`](crate::chain::Chain) that the plugin runs, with the kernel
//! in place before the first sample, and writes what comes out: the same bytes in every run, whatever the block size.
//!
//! A WAV file whose rate is kept is read, rendered and written block by block, so that an hour needs no more memory
//! than a second. A file that has to be resampled, or that only [`decode`](crate::impulse::decode) can read (other
//! formats, damaged WAV headers), is held in memory whole.
//!
//! The output comes into being under a temporary name in the folder where it belongs, and gets its own name when it is
//! complete. After an error or a cancellation nothing is left of it, and a file that was there before is untouched.

mod error;
mod pass;
mod sink;
mod source;

pub use error::RenderError;
pub use sink::Bits;

use crate::cancel::Token;
use crate::chain::Controls;
use crate::files::Target;
use crate::impulse::findings::Finding;
use crate::impulse::recipe::Recipe;
use crate::prepare::Summary;
use pass::Pass;
use sink::Sink;
use source::Source;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

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
    pub recipe: Recipe,
    /// The WAV file to write; replaced if it exists.
    pub output: PathBuf,
    /// Files besides that the output must not replace, because what is wanted was read from them.
    pub kept: Vec<PathBuf>,
    /// Gains, pre-delay, filters and width.
    pub controls: Controls,
    /// What becomes of recipe and controls while the file is rendered, in order of time.
    pub changes: Vec<Change>,
    /// Frames per call of the chain. No bit of the output depends on it.
    pub block: NonZeroUsize,
    /// Sample rate of the output in Hz, within [`SAMPLE_RATES`]; `None` keeps that of the dry file.
    pub sample_rate: Option<u32>,
    /// How samples are stored.
    pub bits: Bits,
    /// Whether the output goes on after the dry file's end until pre-delay and impulse have rung out.
    pub tail: bool,
    /// What is taken out of the output's beginning.
    pub align: Align,
}

/// What of the delay of a wet signal is taken out of its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// Nothing.
    #[default]
    Off,
    /// The samples before the impulse's peak, or before the centre of what is symmetric, as filters of linear phase are:
    /// [`Summary::peak_at`] of the impulse of the beginning, as it is shaped and combined, at the output's rate. The
    /// impulse stays whole, a pre-delay stays, and changes come that much later, so that they are where they were in the
    /// output. Without a tail the output is as long as the dry file. There must be no dry signal: it would come too
    /// early.
    Peak,
}

impl Job {
    /// The job with every other field at its default: the controls of a fresh instance, blocks of 512 frames, the dry
    /// file's rate, 32-bit float, the whole tail.
    #[must_use]
    pub fn new(dry: impl Into<PathBuf>, recipe: Recipe, output: impl Into<PathBuf>) -> Self {
        Self {
            dry: dry.into(),
            recipe,
            output: output.into(),
            kept: Vec::new(),
            controls: Controls::default(),
            changes: Vec::new(),
            block: BLOCK,
            sample_rate: None,
            bits: Bits::default(),
            tail: true,
            align: Align::default(),
        }
    }

    /// Whether a dry signal is heard at any time.
    fn has_dry(&self) -> bool {
        let controls = std::iter::once(&self.controls).chain(self.changes.iter().map(|change| &change.controls));
        controls.into_iter().any(|controls| controls.dry != 0.0 || controls.bypass)
    }

    /// The files that it is made from.
    fn inputs(&self) -> impl Iterator<Item = &Path> {
        let recipes = std::iter::once(&self.recipe).chain(self.changes.iter().map(|change| &change.recipe));
        let kept = self.kept.iter().map(PathBuf::as_path);
        std::iter::once(self.dry.as_path())
            .chain(recipes.flat_map(Recipe::sources).flat_map(|source| source.files()))
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
    /// The impulse from then on.
    pub recipe: Recipe,
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
    /// Samples per channel that were taken out of the beginning, because the job is aligned.
    pub aligned: u64,
    /// What is to be said about the dry file and the output.
    pub findings: Vec<Finding>,
    /// What there is to say about the impulse.
    pub impulse: Summary,
}

impl Report {
    fn findings(not_finite: u64, clipped: u64, peak: f32) -> Vec<Finding> {
        let not_finite = (not_finite > 0).then_some(Finding::NotFinite { count: not_finite });
        let clipped = (clipped > 0).then_some(Finding::Clipped { count: clipped, peak });
        not_finite.into_iter().chain(clipped).collect()
    }
}

/// Renders one file in the calling thread and tells `progress` from time to time which fraction, 0 to 1, is done.
///
/// A mono file through a mono impulse gives mono, through any other impulse stereo; a stereo file always gives stereo.
///
/// # Errors
/// See [`RenderError`]. No output and no temporary file is left then, nor when it is cancelled.
pub fn render(job: &Job, cancel: &Token, progress: impl Fn(f64)) -> Result<Report, RenderError> {
    if job.align == Align::Peak && job.has_dry() {
        return Err(RenderError::AlignedDry(job.dry.clone()));
    }
    let target = Target::check(&job.output, job.inputs())?;
    let mut source = Source::open(&job.dry, job.sample_rate, cancel)?;
    let sample_rate = source.sample_rate();
    let mut pass = Pass::prepare(job, source.layout(), sample_rate, cancel)?;
    // Changes may make it a little longer.
    let frames = source.frames() + if job.tail { pass.tail() } else { pass.delay() };
    let frames = frames.saturating_sub(pass.delay());
    let mut sink = Sink::create(target, pass.channels(), sample_rate, job.bits, frames)?;
    let frames = pass.run(job, &mut source, &mut sink, cancel, &progress)?;
    let (peak, clipped) = sink.finish()?;
    let findings = Report::findings(source.not_finite(), clipped, peak);
    let (channels, aligned) = (pass.channels(), pass.delay());
    Ok(Report { frames, channels, sample_rate, peak, clipped, aligned, findings, impulse: pass.into_summary() })
}
