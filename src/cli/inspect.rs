//! `transept inspect`: what impulse responses are like.

mod figures;
mod levels;
mod sheet;
pub(super) mod table;

use super::canvas::Canvas;
use super::json::{self, Warning};
use super::options::{OF_IMPULSE, Options};
use super::{DONE, FAILED, complain, file_name, one_line, picture, room, say, wrong};
use crate::cancel::Token;
use crate::files::Target;
use crate::impulse::decay::BandRatios;
use crate::impulse::findings::{self, Finding, Looking};
use crate::impulse::recipe::Source;
use crate::impulse::shape::{Shape, ShapeError, Shaper};
use crate::impulse::{Impulse, decode};
use crate::picture::Timing;
use crate::settings::Settings;
use crate::space;
use clap::error::ErrorKind;
use clap::{ArgGroup, Args};
use figures::Figures;
use levels::Levels;
use serde::Serialize;
use sheet::{Sheet, Subject};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The arguments of `transept inspect`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("room").required(true).args(["files", "space"]))]
pub struct Arguments {
    /// Impulse responses; two whose names differ in left and right alone are a pair
    #[arg(value_name = "ROOM.wav")]
    files: Vec<PathBuf>,
    /// Built-in space; `transept spaces` lists them. Or the recipe of a space
    #[arg(long, value_name = "NAME|FILE.toml")]
    space: Option<String>,
    /// Two files are a pair, that of the left source first, whatever their names
    #[arg(long, requires = "files")]
    pair: bool,
    /// Draw waveform, decay with its reverberation times, spectrogram and response into this PNG file
    #[arg(long, value_name = "OUT.png")]
    picture: Option<PathBuf>,
    /// Replace a picture that is there already
    #[arg(long, requires = "picture")]
    overwrite: bool,
    /// Say what each is like as one JSON object a line
    #[arg(long)]
    json: bool,
    /// Say what each is like in a table of comma-separated values, a row a band
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    #[command(flatten)]
    settings: Options<OF_IMPULSE>,
}

/// One impulse in `--json`.
#[derive(Debug, Serialize)]
struct Object {
    /// Its file, of a pair the left source's; `None` of a space.
    path: Option<String>,
    /// The right source's file of a pair.
    #[serde(skip_serializing_if = "Option::is_none")]
    right: Option<String>,
    name: String,
    #[serde(flatten)]
    figures: Option<Figures>,
    warnings: Vec<Warning>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Draws the picture if one is asked for, and prints the figures.
///
/// # Errors
/// An error of usage.
pub(super) fn run(arguments: &Arguments) -> Result<u8, clap::Error> {
    let sources = sources(arguments)?;
    if arguments.picture.is_some() && sources.len() > 1 {
        let message = format!("--picture draws one impulse, and there are {}; inspect one at a time", sources.len());
        return Err(wrong(ErrorKind::TooManyValues, message));
    }
    let sheet = arguments.csv.then(Sheet::new);
    let (mut code, mut rooms) = (DONE, Vec::new());
    for (index, source) in sources.iter().enumerate() {
        let outcome = inspect(arguments, source);
        if let Err(message) = &outcome {
            complain(message);
            code = FAILED;
        }
        let mut files = source.files().into_iter().map(|file| json::path(named(file, &arguments.files)));
        let subject = Subject { path: files.next(), right: files.next(), name: title(source) };
        if let Some(sheet) = &sheet {
            sheet.say(&subject, &outcome);
        } else if arguments.json {
            let error = outcome.as_ref().err().cloned();
            let (figures, findings) = outcome.map_or((None, Vec::new()), |(figures, found)| (Some(figures), found));
            let warnings = findings.iter().map(|finding| Warning::of(finding, source.to_string())).collect();
            let Subject { path, right, name } = subject;
            json::say(&Object { path, right, name, figures, warnings, error });
        } else if let Ok((figures, findings)) = outcome {
            let gap = if index > 0 { "\n" } else { "" };
            let notes: String = findings.iter().map(|finding| format!("\n  {:<12} {finding}", "note")).collect();
            let lines = if sources.len() > 1 { figures.short_lines() } else { figures.lines() };
            say(format_args!("{gap}{}{lines}{notes}", one_line(&subject.name)));
            rooms.push((one_line(subject.name), figures));
        }
    }
    if sources.len() > 1 && !rooms.is_empty() {
        say(Figures::side_by_side(&rooms));
    }
    Ok(code)
}

/// A file as the user has named it.
fn named<'a>(file: &'a Path, files: &'a [PathBuf]) -> &'a Path {
    files.iter().find(|named| room::absolute(named) == file).map_or(file, PathBuf::as_path)
}

/// The impulses that are named: pairs where both halves are, at the first half's place.
fn sources(arguments: &Arguments) -> Result<Vec<Source>, clap::Error> {
    let files = &arguments.files[..];
    if arguments.pair && files.len() != 2 {
        let message = format!("--pair takes two files, that of the left source first, and there are {}", files.len());
        return Err(wrong(ErrorKind::WrongNumberOfValues, message));
    }
    if arguments.pair || files.is_empty() {
        return Ok(vec![room::source(files, arguments.space.as_deref())?]);
    }
    let mut left: Vec<&PathBuf> = files.iter().collect();
    let mut sources = Vec::new();
    while !left.is_empty() {
        let first = left.remove(0);
        let is_other = |other: &&PathBuf| room::is_pair(first, other) || room::is_pair(other, first);
        sources.push(match left.iter().position(is_other) {
            Some(index) => {
                let second = left.remove(index);
                // Of many files, as a shell lists them, the order says nothing; of two it is the user's.
                let is_mirrored = files.len() > 2 && room::is_pair(second, first);
                let (one, other) = if is_mirrored { (second, first) } else { (first, second) };
                room::source(&[one.clone(), other.clone()], None)?
            }
            None => room::source(std::slice::from_ref(first), None)?,
        });
    }
    Ok(sources)
}

/// Draws the picture, if one is asked for, and gives the figures: nothing is said before all has gone well.
fn inspect(arguments: &Arguments, source: &Source) -> Result<(Figures, Vec<Finding>), String> {
    let inputs = || arguments.files.iter().map(PathBuf::as_path);
    let check = |output: &PathBuf| Target::check(output, inputs())?.only_new(arguments.overwrite);
    let target = arguments.picture.as_ref().map(check).transpose().map_err(|error| error.to_string())?;
    let settings = arguments.settings.over(Settings::default());
    let (shape, cancel) = (settings.shape(), Token::never());
    let mut impulse = load(source, &cancel)?;
    if settings.path_order > 0 {
        impulse = impulse.read_by_ear();
    }
    let looking = Looking { keep_offset: settings.keep_offset, is_one_file: matches!(source, Source::File { .. }) };
    let (mut findings, zeros) = findings::tidy(&mut impulse, looking, &cancel).map_err(|error| error.to_string())?;
    // A file is shown as long as it is.
    impulse.append_zeros(zeros);
    let (impulse, mut shaper) = (Arc::new(impulse), Shaper::default());
    let mut shaped = || -> Result<_, ShapeError> {
        let levels = Levels::of(&mut shaper, &impulse, &shape, &cancel)?;
        Ok((shaper.apply(&impulse, &shape, &cancel)?, levels))
    };
    let (shaped, levels) = shaped().map_err(|error| format!("{}: {error}", title(source)))?;
    let as_recorded = Shape { decay: BandRatios::default(), ..shape };
    let is_scaled = !shape.reverse && shape.decay != as_recorded.decay;
    let before = is_scaled.then(|| shaper.apply(&impulse, &as_recorded, &cancel));
    let before = before.transpose().map_err(|error| format!("{}: {error}", title(source)))?;
    findings.extend(Finding::of_cleaning(&shaped.cleaning));
    if let Some(target) = target {
        let before = shaped.trimmed.0 as f64 / f64::from(impulse.sample_rate());
        let original = shape.has_visible_original().then_some(&*impulse);
        let picture = picture::draw(&shaped.impulse, original, Timing::new(shape, before), &cancel);
        write_picture(target, &picture.map_err(|error| error.to_string())?)?;
    }
    let figures = Figures::of(
        &shaped,
        impulse.seconds(),
        before.as_ref().map(|before| &before.impulse),
        levels,
        &settings,
        &cancel,
    )
    .map_err(|error| error.to_string())?;
    Ok((figures, findings))
}

fn load(source: &Source, cancel: &Token) -> Result<Impulse, String> {
    match source {
        Source::File { path } => space::file::impulse(path, cancel).map_err(|error| error.to_string()),
        Source::Pair { left, right } => decode::pair(left, right, cancel).map_err(|error| error.to_string()),
        Source::Set { files, .. } => {
            decode::set(files, cancel).map(|impulse| source.mark(impulse)).map_err(|error| error.to_string())
        }
        Source::Space { id } => {
            let impulse = space::find(id).and_then(|space| space::synthesise(space.text, cancel));
            impulse.map_err(|error| error.to_string())
        }
    }
}

fn title(source: &Source) -> String {
    match source {
        Source::File { path } => file_name(path),
        Source::Pair { left, right } => format!("{} and {}", file_name(left), file_name(right)),
        Source::Set { files, .. } => {
            files.iter().map(|file| file_name(file).to_string()).collect::<Vec<_>>().join(", ")
        }
        Source::Space { id } => space::find(id).map_or_else(|_| id.clone(), |space| space.name.to_owned()),
    }
}

fn write_picture(target: Target, picture: &Canvas) -> Result<(), String> {
    let named = target.named.display().to_string();
    let bytes = picture.png().map_err(|error| format!("{named}: {error}"))?;
    target.write(&bytes).map_err(|error| error.to_string())
}
