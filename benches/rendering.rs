//! A long file, rendered as `transept render` does, beside `ffmpeg` with the same files: processor time of the whole
//! program. A bench that measures it is started once more for each rendering, and then does nothing else.

use crate::comparison::Comparison;
use crate::measure::median;
use crate::processor::time_of_children;
use crate::signal::{noise, room, write};
use std::path::Path;
use std::process::{Command, Stdio};
use transept::cancel::Token;
use transept::chain::Controls;
use transept::impulse::recipe::{LevelRule, Recipe};
use transept::render::{Job, render};

/// Sample rate of the files, in Hz.
const RATE: u32 = 48_000;

/// What was found.
#[derive(Debug, Clone)]
pub struct Files {
    /// Length of the file.
    pub minutes: f64,
    /// Length of its impulse.
    pub impulse: f64,
    /// Seconds of processor time of Transept's program in each round.
    pub ours: Vec<f64>,
    /// Seconds of FFmpeg for each set of its options.
    pub theirs: Vec<(String, Vec<f64>)>,
    /// FFmpeg's output beside the program's.
    pub comparison: Comparison,
}

impl Files {
    /// Renders a stereo file of so many minutes through a stereo impulse of so many seconds, to 32-bit float, by each
    /// program in turn, so many times.
    ///
    /// # Errors
    /// One line that says which program is not there, or does not do it.
    ///
    /// # Panics
    /// If files cannot be written, or the outputs are not the same sound.
    pub fn measure(minutes: f64, impulse: f64, rounds: usize) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let path = |name: &str| folder.path().join(name);
        let (dry, ir, wet, other) = (path("dry.wav"), path("ir.wav"), path("wet.wav"), path("other.wav"));
        let frames = (minutes * 60.0 * f64::from(RATE)) as usize;
        write(&dry, RATE, &[1, 2].map(|seed| noise(frames, seed).iter().map(|x| 0.5 * x).collect()));
        write(&ir, RATE, &[3, 4].map(|seed| room((impulse * f64::from(RATE)) as usize, seed)));
        let ours = || transept(folder.path());
        // Its own choice, and the ones that are good for long files.
        let partitions = ["", ":minp=8192:maxp=32768", ":minp=16384:maxp=16384", ":minp=32768:maxp=32768"];
        let filters = partitions.map(|partitions| format!("afir=gtype=none{partitions}"));
        let theirs = |filter: &str| ffmpeg(&dry, &ir, filter, &other);
        // Once unmeasured: caches of the system, and the comparison.
        time(ours())?;
        time(theirs(&filters[0]))?;
        let comparison = Comparison::new(&read(&other), &read(&wet), 0);
        assert!(comparison.is_same(), "FFmpeg sounds otherwise: {comparison}");
        let (mut found, mut beside) = (Vec::new(), filters.map(|filter| (filter, Vec::new())));
        for _ in 0..rounds {
            found.push(time(ours())?);
            for (filter, times) in &mut beside {
                times.push(time(theirs(filter))?);
            }
        }
        Ok(Self { minutes, impulse, ours: found, theirs: beside.into(), comparison })
    }

    /// FFmpeg's options with the times that were least.
    #[must_use]
    pub fn best(&self) -> Option<&(String, Vec<f64>)> {
        self.theirs.iter().min_by(|a, b| least(&a.1).total_cmp(&least(&b.1)))
    }

    /// How many times the program's processor time is FFmpeg's: the median over the rounds.
    #[must_use]
    pub fn ratio(&self, theirs: &[f64]) -> f64 {
        median(&mut self.ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect::<Vec<_>>())
    }
}

impl std::fmt::Display for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let Self { minutes, impulse, .. } = self;
        writeln!(
            f,
            "A stereo file of {minutes} min through {impulse} s of stereo to 32-bit float, 48 kHz: seconds of processor"
        )?;
        writeln!(f, "time of the whole program, and how many times FFmpeg's ours is.\n")?;
        writeln!(f, "| program | s | ratio |\n|---|---|---|")?;
        writeln!(f, "| `transept render` | {:.2} | |", least(&self.ours))?;
        for (filter, times) in &self.theirs {
            writeln!(f, "| `ffmpeg`, `{filter}` | {:.2} | {:.2} |", least(times), self.ratio(times))?;
        }
        Ok(())
    }
}

/// The least of some times.
#[must_use]
pub fn least(times: &[f64]) -> f64 {
    times.iter().copied().fold(f64::INFINITY, f64::min)
}

/// Says to a bench that it is to render, and which files.
const STAGED: &str = "TRANSEPT_BENCH_RENDER";

/// Renders, if that is what this program was started for. A bench asks before all else, and ends if it was.
///
/// # Panics
/// If the files cannot be rendered.
#[must_use]
pub fn is_staged() -> bool {
    let Some(folder) = std::env::var_os(STAGED) else { return false };
    let path = |name: &str| Path::new(&folder).join(name);
    let recipe = Recipe { level: LevelRule::Off, ..Recipe::file(path("ir.wav")) };
    let controls = Controls { dry: 0.0, wet: 1.0, ..Controls::default() };
    let job = Job { controls, ..Job::new(path("dry.wav"), recipe, path("wet.wav")) };
    render(&job, &Token::never(), |_| ()).expect("rendered");
    true
}

fn transept(folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.env(STAGED, folder);
    command
}

fn ffmpeg(dry: &Path, ir: &Path, filter: &str, wet: &Path) -> Command {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-loglevel", "error", "-y", "-i"]).arg(dry).arg("-i").arg(ir);
    command.args(["-filter_complex", filter, "-c:a", "pcm_f32le"]).arg(wet);
    command
}

/// Seconds of processor time of a program with all its threads.
fn time(mut command: Command) -> Result<f64, String> {
    let before = time_of_children();
    let output = command.stdin(Stdio::null()).output();
    let name = command.get_program().to_string_lossy();
    let output = output.map_err(|error| format!("not measured: files: {name}: {error}"))?;
    if !output.status.success() {
        return Err(format!("not measured: files: {name}: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok((time_of_children() - before).as_secs_f64())
}

/// The samples of a file, planar.
fn read(path: &Path) -> Vec<Vec<f32>> {
    let mut reader = hound::WavReader::open(path).expect("it was just written");
    let mut channels = vec![Vec::new(); reader.spec().channels.into()];
    for (index, sample) in reader.samples().enumerate() {
        let channel = index % channels.len();
        channels[channel].push(sample.expect("32-bit float"));
    }
    channels
}
