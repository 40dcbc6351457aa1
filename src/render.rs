//! Offline: file in -> the same chain -> file out.
//!
//! [`render()`] sends a dry file through the very [`Chain`](crate::chain::Chain) that the plugin runs, with the kernel
//! in place before the first sample, and writes what comes out: the same bytes in every run, whatever the block size.
//!
//! A file is read, resampled, rendered and written block by block, whatever its form and its header, so that an hour
//! needs no more memory than a second ([`audio`](crate::audio)). Several files go through one [`Batch`], from any
//! number of threads: what they share is prepared once and held once.
//!
//! The output is WAV or FLAC, as its name says (`docs/outputs.md`). It comes into being under a temporary name in the
//! folder where it belongs, and gets its own name when it is complete. After an error or a cancellation nothing is left
//! of it, and a file that was there before is untouched.

mod batch;
mod chunk;
mod encoding;
mod error;
mod heard;
mod pass;
mod sink;
mod source;
mod store;

pub use batch::Batch;
pub use encoding::{Bits, Encoding, EncodingError, Form};
pub use error::RenderError;
pub use heard::OfImpulse;
pub use sink::Dither;
pub use store::{Storing, store, store_as};

use crate::cancel::Token;
use crate::chain::Controls;
use crate::channels::Bus;
use crate::impulse::findings::Finding;
use crate::impulse::recipe::Recipe;
use crate::prepare::Summary;
use chunk::Carried;
use pass::Pass;
use sink::{Findings, Place, Sink, Spec};
use source::Source;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Sample rates in Hz at which the chain can render.
pub const SAMPLE_RATES: RangeInclusive<u32> = 8_000..=384_000;

/// The path that is standard input, or standard output, and no file.
pub const PIPE: &str = "-";

/// Frames that are rendered at once unless the job says otherwise.
pub const BLOCK: NonZeroUsize = NonZeroUsize::new(1024).expect("1024 is not 0");

/// One file to render. Built by [`Job::new`] with the defaults of a fresh instance; every field may be changed after.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// The dry file, of 1 to 16 channels; `-` is standard input.
    pub dry: PathBuf,
    /// The impulse.
    pub recipe: Arc<Recipe>,
    /// The file to write, in the form that its extension says (see [`Form::of`]). `-` is the standard output: a WAV
    /// file whose sizes are not known.
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
    /// The signal of the output, to which a file of one or two channels may be brought; `None` is the dry file's own.
    pub bus: Option<Bus>,
    /// How samples are stored; `None` is 32-bit float in WAV, and 24 bits in FLAC, which holds no float.
    pub bits: Option<Bits>,
    /// What is added to samples that an integer format cannot hold exactly.
    pub dither: Dither,
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
    /// The samples before the impulse's peak, or before the centre of what is symmetric, as filters of linear phase
    /// are:
    /// [`Summary::peak_at`] of the impulse of the beginning, as it is shaped and combined, at the output's rate. The
    /// impulse stays whole, a pre-delay stays, and changes come that much later, so that they are where they were in
    /// the output. Without a tail the output is as long as the dry file. There must be no dry signal: it would come too
    /// early.
    Peak,
}

impl Job {
    /// The job with every other field at its default: the controls of a fresh instance, blocks of 512 frames, the dry
    /// file's rate, 32-bit float (24 bits in FLAC), dither where integers need it, the whole tail; an output that
    /// exists is replaced.
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
            bus: None,
            bits: None,
            dither: Dither::default(),
            tail: true,
            align: Align::default(),
        }
    }

    /// True if a dry signal is heard at any time: then it cannot be [aligned](Align::Peak).
    #[must_use]
    pub fn has_dry(&self) -> bool {
        let controls = std::iter::once(&self.controls).chain(self.changes.iter().map(|change| &change.controls));
        controls.into_iter().any(|controls| controls.dry != 0.0 || controls.bypass)
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
    /// Form and bits of the output.
    pub encoding: Encoding,
    /// True if some sample did not fit into an integer format and has got dither.
    pub is_dithered: bool,
    /// Samples per channel that were taken out of the beginning, because the job is aligned.
    pub aligned: u64,
    /// What is to be said about the dry file and the output.
    pub findings: Vec<Finding>,
    /// Findings about the impulses, those of changes among them, each impulse once.
    pub of_impulses: Vec<OfImpulse>,
    /// What there is to say about the impulse of the beginning.
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
    /// A mono file through a mono impulse gives mono, through any other impulse stereo; a file of more channels gives as
    /// many. [`Job::bus`] may ask for more.
    ///
    /// # Errors
    /// See [`RenderError`]. No output and no temporary file is left then, nor when it is cancelled.
    pub fn render(&self, job: &Job, cancel: &Token, progress: impl Fn(f64)) -> Result<Report, RenderError> {
        if job.align == Align::Peak && job.has_dry() {
            return Err(RenderError::AlignedDry(job.dry.clone()));
        }
        let cannot = |source| RenderError::Encoding { path: job.output.clone(), source };
        let place = Place::check(&job.output, job.overwrite, job.inputs())?;
        let encoding = Encoding::of(&job.output, job.bits).map_err(cannot)?;
        let mut source = Source::open(&job.dry, job.sample_rate, job.bus, cancel)?;
        let (sample_rate, layout) = (source.sample_rate(), source.layout());
        encoding.check(layout.outputs(), sample_rate, source.frames()).map_err(cannot)?;
        let mut pass = Pass::prepare(self, job, layout, sample_rate, cancel)?;
        let (channels, aligned) = (pass.channels(), pass.delay());
        // Changes may make it a little longer, and not every file says its length.
        let after = if job.tail { pass.tail() } else { aligned };
        let frames = source.frames().map(|frames| frames.saturating_add(after).saturating_sub(aligned));
        let spec = Spec { channels: channels as u16, speakers: source.speakers(), sample_rate, encoding, frames };
        let mut carried = Carried::new(source.chunks(), encoding.form, source.file_rate(), sample_rate);
        if layout.bus().is_some_and(Bus::is_ambisonic) {
            carried.leave_fuma_out();
        }
        let left_out = std::mem::take(&mut carried.left_out);
        let mut sink = Sink::create(place, spec, job.dither, carried)?;
        let frames = pass.run(job, &mut source, &mut sink, cancel, &progress)?;
        let Findings { peak, clipped, is_dithered } = sink.finish()?;
        let left_out = left_out.into_iter().chain(source.left_out().iter().cloned()).collect();
        let mut findings = findings(source.replaced(), left_out, clipped, peak);
        let of_channels = source.was_fuma().then_some(Finding::FromFuma).or(source.taken_as());
        findings.splice(0..0, of_channels);
        let (impulse, of_impulses) = pass.finish();
        Ok(Report {
            frames,
            channels,
            sample_rate,
            peak,
            clipped,
            encoding,
            is_dithered,
            aligned,
            findings,
            of_impulses,
            impulse,
        })
    }
}

/// What is to be said about a dry file and its output.
fn findings(not_finite: u64, left_out: Vec<String>, clipped: u64, peak: f32) -> Vec<Finding> {
    let not_finite = (not_finite > 0).then_some(Finding::NotFinite { count: not_finite });
    let left_out = (!left_out.is_empty()).then_some(Finding::ChunksLeftOut { names: left_out });
    let clipped = (clipped > 0).then_some(Finding::Clipped { count: clipped, peak });
    [not_finite, left_out, clipped].into_iter().flatten().collect()
}
