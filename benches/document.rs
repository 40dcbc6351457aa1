//! What was measured, as `docs/measurements.md` with its picture, and as the table of `README.md`.

use crate::capacity::Carried;
use crate::cell::{Cell, EngineName, Layout, Pace, Situation, megabytes};
use crate::chart::{self, Line};
use crate::instance::common;
use crate::machine;
use crate::race::{Entrant, Race};
use crate::readme;
use crate::rendering::Files;
use crate::sampling::{Group, Profile};
use std::fmt::{self, Write};
use std::io;
use std::path::Path;
use transept::engine::Instructions;

/// Everything that a full run finds.
#[derive(Debug)]
pub struct Findings {
    /// Engines beside one another.
    pub races: Vec<Race>,
    /// All other cells.
    pub cells: Vec<Cell>,
    /// Sample rate of a file, and milliseconds from its recipe to the first block.
    pub recipes: [(u32, f64); 2],
    /// The most instances that were carried.
    pub carried: Option<Carried>,
    /// A long file beside FFmpeg.
    pub files: Option<Files>,
    /// Where the time of the main situation goes.
    pub profiles: Vec<Profile>,
    /// Minutes that all of it took.
    pub minutes: u64,
}

/// Peers in the order of the tables.
pub const PEERS: [EngineName; 4] =
    [EngineName::ZitaConvolver, EngineName::Afir, EngineName::FftConvolver, EngineName::RtFftConvolver];
const LENGTHS: [f64; 5] = [0.5, 2.0, 6.0, 10.0, 30.0];
const BLOCKS: [usize; 6] = [32, 64, 128, 256, 512, 1024];

/// Writes all three files of the repository in `root`.
///
/// # Errors
/// When a file cannot be read or written.
pub fn write(root: &Path, findings: &Findings) -> io::Result<()> {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = findings.describe(&mut text);
    std::fs::write(root.join("docs/measurements.md"), text)?;
    std::fs::write(root.join("docs/measurements.svg"), findings.picture())?;
    readme::write(&root.join("README.md"), &findings.races)
}

/// The ratios of one peer, as a table.
#[must_use]
pub fn ratios(races: &[Race], engine: EngineName) -> String {
    let mut text = format!(
        "| layout | impulse | block | avx2 | avx512 | {engine} | ratio to avx2 |\n|---|---|---|---|---|---|---|\n"
    );
    for race in races {
        let Situation { layout, seconds, block, .. } = race.situation;
        let cost = |entrant: Option<&Entrant>| entrant.map_or_else(|| "–".into(), |it| format!("{:.1}", it.cost()));
        let ours = ["avx2", "avx512"].map(|path| cost(race.of(EngineName::Transept, Some(path))));
        let peer = race.of(engine, None);
        let ratio = peer.map_or_else(|| "–".into(), |peer| format!("{:.2}", race.ratio(peer)));
        let [avx2, avx512] = ours;
        text += &format!("| {layout} | {seconds} s | {block} | {avx2} | {avx512} | {} | {ratio} |\n", cost(peer));
    }
    text
}

/// Where the time goes, as a table: nanoseconds of a frame and shares, for each set of instructions.
#[must_use]
pub fn where_time_goes(profiles: &[Profile]) -> String {
    let Some(first) = profiles.first() else { return String::new() };
    let Situation { layout, seconds, block, .. } = first.situation;
    let mut text = format!("{layout}, {seconds} s, block {block}, hot, ns/frame:\n\n| |");
    profiles.iter().for_each(|profile| text += &format!(" {} | |", profile.instructions));
    text += &format!("\n|---|{}\n", "---|---|".repeat(profiles.len()));
    for group in Group::ALL {
        text += &format!("| {group} |");
        for profile in profiles {
            let share = profile.share(group);
            text += &format!(" {:.1} | {:.1} % |", share * profile.cost, 100.0 * share);
        }
        text.push('\n');
    }
    text += "| all |";
    profiles.iter().for_each(|profile| text += &format!(" {:.1} | |", profile.cost));
    text.push('\n');
    text
}

/// A cost and, in brackets, its ratio.
pub(crate) fn beside(race: &Race, entrant: Option<&Entrant>) -> String {
    let figures = |entrant: &Entrant| format!("{:.1} ({:.1}×)", entrant.cost(), race.ratio(entrant));
    entrant.map_or_else(|| "–".into(), figures)
}

/// The set of instructions that is measured beside the common one, if there is a better one.
pub(crate) fn better() -> Option<String> {
    Some(Instructions::best()).filter(|best| *best != common()).map(|best| best.to_string())
}

impl Findings {
    fn describe(&self, text: &mut String) -> fmt::Result {
        writeln!(
            text,
            "# Measurements\n\nWritten by `cargo xtask bench` in {} min, on: {}.\n",
            self.minutes,
            machine::describe()
        )?;
        writeln!(text, "![Cost against impulse length](measurements.svg)\n")?;
        self.beside(text)?;
        self.live(text)?;
        self.paths(text)?;
        if !self.profiles.is_empty() {
            writeln!(
                text,
                "## Where the time goes\n\nBy samples of the stack; the whole is measured without sampling.\n"
            )?;
            writeln!(text, "{}", where_time_goes(&self.profiles))?;
            writeln!(text, "`cargo bench --package transept-bench --bench profile` says the functions as well.\n")?;
        }
        self.instances(text)?;
        if let Some(files) = &self.files {
            writeln!(text, "## A long file\n\n{files}")?;
            writeln!(text, "FFmpeg's output beside ours: {}. The programs took turns.\n", files.comparison)?;
        }
        self.matrices(text)?;
        self.builds(text)?;
        write!(text, "{}", include_str!("method.md"))
    }

    fn beside(&self, text: &mut String) -> fmt::Result {
        writeln!(
            text,
            "## Beside its peers\n\nOne instance, hot, ns/frame; in brackets the ratio to Transept's with {}.\n",
            common()
        )?;
        let better = better();
        let ours = better.iter().fold(format!("Transept, {}", common()), |ours, path| ours + " | " + path);
        writeln!(text, "| layout | impulse | block | {ours} | {} |", PEERS.map(|peer| peer.to_string()).join(" | "))?;
        writeln!(text, "|{}", "---|".repeat(4 + better.iter().count() + PEERS.len()))?;
        for race in &self.races {
            let Situation { layout, seconds, block, .. } = race.situation;
            write!(text, "| {layout} | {seconds} s | {block} | {:.1} ", race.entrants[0].cost())?;
            let better = better.iter().map(|path| race.of(EngineName::Transept, Some(path)));
            for entrant in better.chain(PEERS.map(|peer| race.of(peer, None))) {
                write!(text, "| {} ", beside(race, entrant))?;
            }
            writeln!(text, "|")?;
        }
        writeln!(text)
    }

    fn live(&self, text: &mut String) -> fmt::Result {
        writeln!(text, "## At live pace\n")?;
        writeln!(
            text,
            "| layout | impulse | block | instances | engine | ns/frame | mean µs | p99 µs | p99.9 µs | p99.9 | worst | setting |"
        )?;
        writeln!(text, "|---|---|---|---|---|---|---|---|---|---|---|---|")?;
        for cell in self.at_live_pace() {
            let Situation { layout, seconds, block, instances, .. } = cell.situation;
            let (engine, setting, times) = (cell.engine, &cell.setting, cell.callbacks);
            write!(text, "| {layout} | {seconds} s | {block} | {instances} | {engine} ")?;
            write!(text, "| {:.1} | {:.1} | {:.1} ", cell.ns_per_frame(), times.mean, times.p99)?;
            let share = 100.0 * times.p999 / cell.situation.deadline();
            writeln!(text, "| {:.1} | {share:.2} % | {:.2} % | {setting} |", times.p999, cell.share())?;
        }
        writeln!(text)
    }

    fn at_live_pace(&self) -> impl Iterator<Item = &Cell> {
        let raced = self.races.iter().flat_map(|race| &race.live);
        raced.chain(self.cells.iter().filter(|cell| cell.situation.pace == Pace::Live))
    }

    fn paths(&self, text: &mut String) -> fmt::Result {
        writeln!(text, "## Sets of vector instructions\n\nStereo, 6 s, block 64, hot, one instance.\n")?;
        writeln!(text, "| instructions | ns/frame | worst |\n|---|---|---|")?;
        let main = Situation { layout: Layout::Stereo, seconds: 6.0, block: 64, instances: 1, pace: Pace::Hot };
        for cell in self.cells.iter().filter(|cell| cell.engine == EngineName::Transept && cell.situation == main) {
            writeln!(text, "| {} | {:.1} | {:.2} % |", cell.path, cell.ns_per_frame(), cell.share())?;
        }
        writeln!(text)
    }

    fn instances(&self, text: &mut String) -> fmt::Result {
        writeln!(text, "## Many instances, and from recipe to sound\n")?;
        match self.carried {
            Some(carried) => {
                writeln!(
                    text,
                    "Most that one core carried at live pace for 5 s, stereo, 6 s, {}: {carried}.",
                    common()
                )?;
            }
            None => writeln!(text, "No number of instances was carried for 5 s without a missed deadline.")?,
        }
        writeln!(text, "`cargo bench --package transept-bench --bench instances -- --search` looks for longer.\n")?;
        let ours = |cell: &&Cell| cell.engine == EngineName::Transept;
        for many in self.at_live_pace().filter(ours).filter(|cell| cell.situation.instances > 1) {
            let Situation { layout, seconds, block, instances, .. } = many.situation;
            let alone = Situation { instances: 1, ..many.situation };
            if let Some(one) = self.at_live_pace().filter(ours).find(|cell| cell.situation == alone) {
                let ratio = many.ns_per_frame() / one.ns_per_frame();
                write!(
                    text,
                    "At live pace, each of {instances} instances, {layout}, {seconds} s, block {block}, takes "
                )?;
                writeln!(text, "{ratio:.2} times as long as one alone.\n")?;
            }
        }
        for (rate, milliseconds) in self.recipes {
            write!(text, "From a recipe that names a 24-bit stereo file of 6 s at {rate} Hz to its first block: ")?;
            writeln!(text, "{milliseconds:.1} ms.\n")?;
        }
        Ok(())
    }

    /// Ours, every layout and number of instances: impulses down, blocks across.
    fn matrices(&self, text: &mut String) -> fmt::Result {
        writeln!(
            text,
            "## All blocks and impulses\n\nTransept, {}, hot: ns/frame of one instance, the worst callback, and how many \
             times the mean that is.",
            common()
        )?;
        for (layout, instances) in [Layout::Mono, Layout::Stereo, Layout::TrueStereo]
            .into_iter()
            .flat_map(|layout| [(layout, 1), (layout, 16)])
        {
            let is_of = |cell: &Cell| (cell.situation.layout, cell.situation.instances) == (layout, instances);
            if !self.cells.iter().any(|cell| is_common(cell) && is_of(cell)) {
                continue;
            }
            let plural = if instances == 1 { "instance" } else { "instances" };
            writeln!(text, "\n{layout}, {instances} {plural}:\n")?;
            writeln!(text, "| impulse | {} |", BLOCKS.map(|block| block.to_string()).join(" | "))?;
            writeln!(text, "|---{}|", "|---".repeat(BLOCKS.len()))?;
            for seconds in LENGTHS {
                write!(text, "| {seconds} s ")?;
                for block in BLOCKS {
                    let situation = Situation { layout, seconds, block, instances, pace: Pace::Hot };
                    let ours = self.cells.iter().find(|cell| is_common(cell) && cell.situation == situation);
                    let figures = |cell: &Cell| {
                        let flatness = cell.callbacks.max / cell.callbacks.mean;
                        format!("{:.1}, {:.2} %, {flatness:.1}×", cell.ns_per_frame(), cell.share())
                    };
                    write!(text, "| {} ", ours.map_or_else(|| "–".into(), figures))?;
                }
                writeln!(text, "|")?;
            }
        }
        writeln!(text)
    }

    fn builds(&self, text: &mut String) -> fmt::Result {
        writeln!(text, "## Building and holding\n\nMilliseconds to build a kernel; MB of kernel and state.\n")?;
        writeln!(text, "| impulse | layout | Transept | {} |", PEERS.map(|peer| peer.to_string()).join(" | "))?;
        writeln!(text, "|---|---|---|{}", "---|".repeat(PEERS.len()))?;
        let figures = |build: f64, bytes: Option<usize>| {
            let bytes = bytes.map_or_else(String::new, |bytes| format!(", {} MB", megabytes(Some(bytes))));
            format!("{build:.1} ms{bytes}")
        };
        for ours in self.cells.iter().filter(|cell| is_common(cell) && cell.situation.pace == Pace::Hot) {
            let Situation { layout, seconds, block, instances, .. } = ours.situation;
            if (block, instances) == (64, 1) {
                write!(text, "| {seconds} s | {layout} | {} ", figures(ours.build, ours.bytes))?;
                let race = self.races.iter().find(|race| race.situation == ours.situation);
                for peer in PEERS.map(|engine| race.and_then(|race| race.of(engine, None))) {
                    let peer = peer.map(|peer| figures(peer.build, peer.bytes));
                    write!(text, "| {} ", peer.unwrap_or_else(|| "–".into()))?;
                }
                writeln!(text, "|")?;
            }
        }
        writeln!(text)
    }

    fn picture(&self) -> String {
        let line = |engine: EngineName, path: Option<&str>| {
            let at = |seconds| Situation { layout: Layout::Stereo, seconds, block: 64, instances: 1, pace: Pace::Hot };
            let race = |seconds| self.races.iter().find(|race| race.situation == at(seconds));
            let point = |seconds| Some((seconds, race(seconds)?.of(engine, path)?.cost()));
            let name = path.map_or_else(|| engine.to_string(), |path| format!("{engine} {path}"));
            Line { name, points: LENGTHS.into_iter().filter_map(point).collect() }
        };
        let ours = [Some(common().to_string()), better()].into_iter().flatten();
        let lines = ours.map(|path| line(EngineName::Transept, Some(&path)));
        let lines = lines.chain(PEERS.map(|peer| line(peer, None))).filter(|line| !line.points.is_empty());
        chart::draw("Stereo convolution at blocks of 64 frames, no latency, 48 kHz", &lines.collect::<Vec<_>>())
    }
}

/// True if it is ours, with the instructions that most users' machines have.
fn is_common(cell: &Cell) -> bool {
    cell.engine == EngineName::Transept && cell.path == common().to_string()
}
