//! `transept clean`: impulse responses without the noise of their recordings.

mod cleaned;

use super::json::{self, Warning};
use super::render::outputs::{Wanted, Way, Ways};
use super::render::pattern::Pattern;
use super::render::workers::Folders;
use super::stored::Stored;
use super::{DONE, FAILED, complain, one_line, say, warn, wrong};
use crate::audio::formats;
use crate::cancel::Token;
use crate::impulse::findings::{self, Finding, Looking};
use crate::impulse::shape::{self, Shape};
use crate::render::{self, Bits, Encoding, Form, PIPE, Storing};
use crate::space;
use clap::Args;
use clap::error::ErrorKind;
use cleaned::Octave;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Shown below the options.
pub(super) const NOTES: &str = "\
At each frequency, the recording is left where its decay comes to the noise, and goes on as the last of that decay, \
until it is 105 dB below the peak. What comes before stays as it is, bit by bit, but for an offset, which is taken out. \
An impulse that shows no steady noise at its end, or whose decay is not measurable, is written as it is, and that is \
said. The same impulse gives the same bytes. Texts and marks of a file do not go along.

It prints the length of each output, what it was before, and a column for each octave:
  noise from, s              where its decay meets the noise, after the first sample
  noise, dB                  level of that noise
  after, at the old end, dB  level of what is in the noise's place in the last tenth of the recording
  RT60 from there, s         reverberation time of what is in its place
Levels are relative to the octave's loudest stretch. A cell that is empty says why below.";

/// The arguments of `transept clean`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[arg(value_name = "ROOM.wav", required = true, help = files_help())]
    files: Vec<PathBuf>,
    /// File to write, .wav or .flac, or a folder, which several files need; OUT/ is made if it is not there
    #[arg(short, long, value_name = "OUT.wav|OUT.flac|OUT/")]
    output: PathBuf,
    /// Names of the outputs in a folder, of {stem} and {index} (from 1 on) [default: {stem}]
    #[arg(long, value_name = "PATTERN", value_parser = Pattern::without_space)]
    name: Option<Pattern>,
    /// Say nothing but errors and warnings
    #[arg(short, long)]
    quiet: bool,
    /// Say what was cleaned as one JSON object a line
    #[arg(long, conflicts_with = "quiet")]
    json: bool,
    #[command(flatten)]
    stored: Stored,
}

fn files_help() -> String {
    format!("Impulse responses, or folders of them: {}", formats::names("or"))
}

/// One impulse in `--json`.
#[derive(Debug, Default, Serialize)]
struct Object {
    path: String,
    output: Option<String>,
    skipped: bool,
    /// Missing where nothing was cleaned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    octaves: Vec<Octave>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    length: Option<Length>,
    warnings: Vec<Warning>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// How much was written.
#[derive(Debug, Clone, Copy, Serialize)]
struct Length {
    channels: usize,
    sample_rate: u32,
    seconds: f64,
    /// Of the impulse that was cleaned.
    seconds_before: f64,
}

/// What was written of an impulse.
struct Written {
    octaves: Vec<Octave>,
    length: Length,
    /// About the impulse, and about the output.
    findings: (Vec<Finding>, Vec<Finding>),
}

/// Cleans all files, and says of each from when on.
///
/// # Errors
/// An error of usage; then nothing was done.
pub(super) fn run(arguments: &Arguments) -> Result<u8, clap::Error> {
    let pipe = Path::new(PIPE);
    if arguments.output == pipe || arguments.files.iter().any(|file| file == pipe) {
        return Err(wrong(ErrorKind::InvalidValue, "impulses are not cleaned through pipes; name files"));
    }
    let Arguments { files: inputs, output, name, .. } = arguments;
    let wanted = Wanted { inputs, output, name: name.as_ref(), space: "" };
    let Ways { ways, unread } = wanted.ways().map_err(|reason| wrong(ErrorKind::InvalidValue, reason))?;
    let bits = arguments.stored.bits();
    let storing = |output: &Path| {
        let encoding = Encoding::of(output, bits);
        let encoding =
            encoding.map_err(|error| wrong(ErrorKind::InvalidValue, format_args!("{}: {error}", output.display())))?;
        Ok::<_, clap::Error>(Storing {
            encoding,
            dither: arguments.stored.dither(),
            overwrite: arguments.stored.overwrite,
        })
    };
    let storings = ways.iter().map(|way| storing(&way.output)).collect::<Result<Vec<_>, _>>()?;
    let (made, mut code) = (Folders::default(), DONE);
    for unread in unread {
        code = FAILED;
        let message = format!("{}: {}", unread.path.display(), unread.reason);
        fail(arguments, Object { path: json::path(&unread.path), ..Object::default() }, message);
    }
    for (way, storing) in ways.iter().zip(storings) {
        let object = Object { path: json::path(&way.dry), output: Some(json::path(&way.output)), ..Object::default() };
        if arguments.stored.skip_existing && way.output.exists() {
            if arguments.json {
                json::say(&Object { skipped: true, ..object });
            } else if !arguments.quiet {
                say(one_line(format_args!("{}: is there already, left alone", way.output.display())));
            }
            continue;
        }
        if wanted.is_folder() {
            made.make_above(&way.output);
        }
        match clean(way, storing, bits) {
            Ok(written) => tell(arguments, way, object, written),
            Err(message) => {
                code = FAILED;
                fail(arguments, object, message);
            }
        }
    }
    made.remove_empty();
    Ok(code)
}

fn tell(arguments: &Arguments, way: &Way, object: Object, written: Written) {
    let Written { octaves, length, findings: (of_impulse, of_output) } = written;
    let about = |file: &Path, findings: &[Finding]| {
        let name = file.display().to_string();
        let warning = |finding| Warning { text: said(finding), ..Warning::of(finding, name.clone()) };
        findings.iter().map(warning).collect::<Vec<_>>()
    };
    let warnings = [about(&way.dry, &of_impulse), about(&way.output, &of_output)].concat();
    warnings.iter().for_each(|warning| warn(Path::new(&warning.about), &warning.text));
    if arguments.json {
        json::say(&Object { octaves, length: Some(length), warnings, ..object });
    } else if !arguments.quiet {
        let table = if octaves.is_empty() { String::new() } else { cleaned::table(&octaves) };
        let Length { seconds, seconds_before, .. } = length;
        let before = if octaves.is_empty() { String::new() } else { format!(", before {seconds_before:.3} s") };
        say(format_args!("{}: {seconds:.3} s{before}{table}", one_line(way.output.display())));
    }
}

/// A finding, with advice that this command can follow: it has no settings.
fn said(finding: &Finding) -> String {
    match finding {
        Finding::ConstantOffset { .. } => finding.fact().to_string(),
        Finding::Clipped { .. } => format!("{}; write a .wav with --bits 32f", finding.fact()),
        _ => finding.to_string(),
    }
}

fn fail(arguments: &Arguments, object: Object, message: String) {
    complain(&message);
    if arguments.json {
        json::say(&Object { error: Some(message), ..object });
    }
}

/// Cleans one file.
///
/// # Errors
/// A sentence that begins with the file's name.
fn clean(way: &Way, storing: Storing, bits: Option<Bits>) -> Result<Written, String> {
    let (Way { dry, output, is_guessed }, cancel) = (way, Token::never());
    let stored = space::file::impulse(dry, &cancel).map_err(|error| error.to_string())?;
    let of_file = |error: &dyn std::fmt::Display| format!("{}: {error}", dry.display());
    let mut impulse = stored.clone();
    let looking = Looking { keep_offset: false, is_one_file: true };
    let (mut findings, _) = findings::tidy(&mut impulse, looking, &cancel).map_err(|error| of_file(&error))?;
    let recorded = impulse.clone();
    let shape = Shape { clean: true, ..Shape::default() };
    let shaped = shape::apply(impulse, &shape, &cancel).map_err(|error| of_file(&error))?;
    let octaves = cleaned::octaves(&recorded, &shaped.impulse, &shaped.cleaning);
    // What is not cleaned comes back as it is.
    let result = if octaves.is_empty() { &stored } else { &shaped.impulse };
    if octaves.is_empty() {
        findings.retain(|finding| !matches!(finding, Finding::ConstantOffset { .. }));
    }
    findings.extend(Finding::of_cleaning(&shaped.cleaning));
    findings.extend(shaped.cut.then_some(Finding::TailCutOff));
    findings.extend(is_guessed.then_some(Finding::KnownByContent));
    let clipped = render::store_as(result, output, storing, &[dry]).map_err(|error| error.to_string())?;
    let is_flac_by_name = bits.is_none() && storing.encoding.form == Form::Flac;
    let of_output = is_flac_by_name.then_some(Finding::FlacBits).into_iter().chain(clipped).collect();
    let (channels, sample_rate, seconds) = (result.channels().len(), result.sample_rate(), result.seconds());
    let length = Length { channels, sample_rate, seconds, seconds_before: stored.seconds() };
    Ok(Written { octaves, length, findings: (findings, of_output) })
}
