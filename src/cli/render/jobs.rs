//! From the arguments to one job for each dry file, before any work.

use super::outputs::{Wanted, Way, Ways};
use super::{Aligned, Arguments, Layout};
use crate::cli::automation::{self, Moment};
use crate::cli::{room, wrong};
use crate::impulse::recipe::Recipe;
use crate::library::Unread;
use crate::preset::Preset;
use crate::render::{Align, Change, Encoding, Job, PIPE};
use crate::settings::Settings;
use clap::error::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One file to render, and what there is to say of it before.
pub(super) struct Task {
    pub job: Job,
    /// True if it was found in a folder by its content alone.
    pub is_guessed: bool,
}

/// The jobs of a command line.
pub(super) struct Plan {
    pub tasks: Vec<Task>,
    /// What cannot be read in folders.
    pub unread: Vec<Unread>,
    /// True if the folders of the outputs are made where they are not there.
    pub makes_folders: bool,
}

/// One job for each dry file.
///
/// # Errors
/// An error of usage.
pub(super) fn plan(arguments: &Arguments) -> Result<Plan, clap::Error> {
    refuse_half_a_pair(arguments)?;
    let (mut preset, absent) = arguments.sound.preset()?;
    let settings = preset.settings;
    let moments = match &arguments.automation {
        Some(file) => automation::read(file, settings, &preset.source)?,
        None => Vec::new(),
    };
    if let Some(absent) = absent {
        let all = std::iter::once(&settings).chain(moments.iter().map(|moment| &moment.settings));
        absent.leave_out(&mut preset, all)?;
    }
    let recipe = |settings: Settings| Preset { settings, ..preset.clone() }.recipe();
    refuse_half_a_combination(arguments, &preset, &moments)?;
    let controls = |settings: Settings| settings.controls(Some(arguments.tempo));
    let start = Arc::new(recipe(settings));
    let mut shared = Shared(start.clone());
    let changes: Arc<[Change]> = moments
        .into_iter()
        .map(|Moment { seconds, settings, source }| {
            let recipe = shared.recipe(Recipe { source, ..recipe(settings) });
            Change { seconds, recipe, controls: controls(settings) }
        })
        .collect();
    let (bits, dither) = (arguments.stored.bits(), arguments.stored.dither());
    let align = arguments.align.map_or(Align::Off, |Aligned::Peak| Align::Peak);
    let wanted = Wanted {
        inputs: &arguments.files,
        output: &arguments.output,
        name: arguments.name.as_ref(),
        space: &start.source.display_name(),
    };
    if arguments.json && arguments.output == Path::new(PIPE) {
        let message = "--json and the sound would both go to standard output; name a file, or leave --json out";
        return Err(wrong(ErrorKind::ArgumentConflict, message));
    }
    let Ways { ways, unread } = wanted.ways().map_err(|reason| wrong(ErrorKind::InvalidValue, reason))?;
    for Way { output, .. } in &ways {
        Encoding::of(output, bits)
            .map_err(|error| wrong(ErrorKind::InvalidValue, format_args!("{}: {error}", output.display())))?;
    }
    let kept: Arc<[PathBuf]> = arguments.sound.preset.iter().chain(&arguments.automation).cloned().collect();
    let job = |dry, output| Job {
        controls: controls(settings),
        block: arguments.block,
        sample_rate: arguments.rate,
        bus: arguments.layout.map(Layout::bus),
        bits,
        dither,
        tail: !arguments.no_tail,
        align,
        changes: changes.clone(),
        kept: kept.clone(),
        overwrite: arguments.stored.overwrite,
        ..Job::new(dry, start.clone(), output)
    };
    let task = |Way { dry, output, is_guessed }| Task { job: job(dry, output), is_guessed };
    let tasks: Vec<Task> = ways.into_iter().map(task).collect();
    if align == Align::Peak && tasks.iter().any(|task| task.job.has_dry()) {
        let message = "--align would make the dry signal come too early; it needs --dry off, and no bypass";
        return Err(wrong(ErrorKind::ArgumentConflict, message));
    }
    Ok(Plan { tasks, unread, makes_folders: wanted.is_folder() })
}

/// The recipe of the moment before. Most moments change something else, and share it.
struct Shared(Arc<Recipe>);

impl Shared {
    fn recipe(&mut self, recipe: Recipe) -> Arc<Recipe> {
        if *self.0 != recipe {
            self.0 = Arc::new(recipe);
        }
        self.0.clone()
    }
}

/// A second impulse that is named and does nothing all the time, or something to do for one that is not there. In a
/// preset either may stand.
fn refuse_half_a_combination(arguments: &Arguments, preset: &Preset, moments: &[Moment]) -> Result<(), clap::Error> {
    let mut settings = std::iter::once(&preset.settings).chain(moments.iter().map(|moment| &moment.settings));
    let is_combined = settings.any(|settings| settings.combination().is_some());
    let message = if arguments.sound.names_second() && !is_combined {
        "what is the second impulse to do? Say --combine morph, blend or series"
    } else if arguments.sound.names("combine") && is_combined && preset.second.is_none() {
        "--combine needs a second impulse: --second FILE or --second-space NAME"
    } else {
        return Ok(());
    };
    Err(wrong(ErrorKind::MissingRequiredArgument, message))
}

/// A file behind `--impulse LEFT.wav` is a dry file, also when its name says that it was meant as the other half.
fn refuse_half_a_pair(arguments: &Arguments) -> Result<(), clap::Error> {
    let [impulse] = &arguments.sound.impulse[..] else { return Ok(()) };
    for dry in &arguments.files {
        let (left, right) = if room::is_pair(dry, impulse) { (dry, impulse) } else { (impulse, dry) };
        if room::is_pair(left, right) {
            let [dry, left, right] = [dry, left, right].map(|path| path.display());
            let message = format!(
                "{dry} would be rendered, and looks like half of a room; give a pair as --impulse {left} --impulse {right}"
            );
            return Err(wrong(ErrorKind::ArgumentConflict, message));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_that_change_nothing_of_the_impulse_share_its_recipe() {
        let (hall, plate) = (Recipe::space("hall"), Recipe::space("plate"));
        let start = Arc::new(hall.clone());
        let mut shared = Shared(start.clone());
        let recipes = [&hall, &hall, &plate, &plate, &hall].map(|recipe| shared.recipe(recipe.clone()));
        assert!(Arc::ptr_eq(&start, &recipes[0]) && Arc::ptr_eq(&start, &recipes[1]));
        assert!(Arc::ptr_eq(&recipes[2], &recipes[3]) && *recipes[3] == plate && *recipes[4] == hall);
    }
}
