//! What was measured, as `docs/measurements.md` and its picture.

use crate::capacity::Carried;
use crate::cell::{Cell, EngineName, Layout, Pace, Situation, megabytes};
use crate::chart::{self, Line};
use crate::machine;
use std::fmt::{self, Write};
use std::io;
use std::path::Path;

/// Everything that a full run finds.
#[derive(Debug)]
pub struct Findings {
    /// All cells.
    pub cells: Vec<Cell>,
    /// Sample rate of a file, and milliseconds from its recipe to the first block.
    pub recipes: [(u32, f64); 2],
    /// The most instances that were carried.
    pub carried: Option<Carried>,
}

const PEERS: [EngineName; 2] = [EngineName::FftConvolver, EngineName::ZitaConvolver];
const LENGTHS: [f64; 5] = [0.5, 2.0, 6.0, 10.0, 30.0];
const BLOCKS: [usize; 6] = [32, 64, 128, 256, 512, 1024];

const METHOD: &str = "\
## How it is measured

48 kHz, impulses of decaying noise without a silent partition, fresh noise as input. The whole impulse sounds before
anything is measured. One callback plays all instances in turn; each has a kernel and buffers of its own, and a phase: all
start together, but do not have their heavier quanta at the same time.

- **Hot**: callback after callback. Every callback of a cycle, which is a multiple of all schedules, is timed in at least
  three passes, and the least of each kept, since whatever else the machine does can only add to it. Mean, 99th percentile
  and worst are over the callbacks of the cycle.
- **Live**: one callback, then sleep until the next is due, so that caches cool down and the clock of the processor falls.
  Mean, 99th percentile and worst are of all callbacks as they came, interruptions by other programs included. The cost is
  taken from each callback's median over the passes.
- **ns/frame** is the time of one instance per frame of all its channels: the callback's by the clock, for an engine with
  threads the processor time of all of them; at 48 kHz 100 ns are 0.48 % of a core. **Worst** is the longest callback's
  share of the time that it has. **Build** is the fastest of at least three builds of a kernel on one thread, of the peers
  one build. **MB** are a kernel's spectra and a convolver's state.
- Reading the clock adds 20 to 40 ns to each callback, of every engine; it is not taken off.

The peers are measured in the same run, each at the setting of several that is best hot for that very cell; it is kept at
live pace. `fft-convolver` (crate, two-stage, one convolver per path): three sizes of the tail. `zita-convolver` (C++,
Debian's library, FFTW plans measured): quantum and smallest partition are the block, so that it has no latency; largest
partitions of 4096 and 8192, up to 4 s of 2048 too; three densities. It works in threads: its ns/frame are the processor time of all of them, the least of the passes. Hot, they share
one core, which is the cheapest, and each callback waits for them; only at live pace do its worst callbacks mean anything.
It has no partitions below 64 frames. Least of the passes: where the other engines' figures are means of each callback's
least, zita's is the least of whole passes, which is a few per cent more.

The sets of instructions are those of the engine's own loops; rustfft, which transforms the rows, chooses its own. NEON has
not been run. What does not fit into a core's cache depends on what else uses the machine's memory: long impulses differ
most from run to run, of every engine.

A deadline is also missed when the system wakes the thread too late; such are told apart, and do not count when the most
instances are looked for.

`target/bench.json` has every cell.
";

/// Writes both files into `folder`.
///
/// # Errors
/// When a file cannot be written.
pub fn write(folder: &Path, findings: &Findings) -> io::Result<()> {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = findings.describe(&mut text);
    std::fs::write(folder.join("measurements.md"), text)?;
    std::fs::write(folder.join("measurements.svg"), findings.picture())
}

impl Findings {
    fn describe(&self, text: &mut String) -> fmt::Result {
        writeln!(text, "# Measurements\n\nWritten by `cargo xtask bench`, on: {}.\n", machine::describe())?;
        writeln!(text, "![Cost against impulse length](measurements.svg)\n")?;
        self.beside(text)?;
        self.live(text)?;
        self.paths(text)?;
        self.instances(text)?;
        self.matrices(text)?;
        self.builds(text)?;
        write!(text, "{METHOD}")
    }

    fn beside(&self, text: &mut String) -> fmt::Result {
        writeln!(text, "## Beside its peers\n\nOne instance, hot, ns/frame; in brackets the ratio to Transept's.\n")?;
        writeln!(text, "| layout | impulse | block | Transept | fft-convolver | zita-convolver |")?;
        writeln!(text, "|---|---|---|---|---|---|")?;
        for ours in self.cells.iter().filter(|cell| self.is_best(cell) && cell.situation.pace == Pace::Hot) {
            let Situation { layout, seconds, block, .. } = ours.situation;
            let peers = PEERS.map(|engine| self.of(engine, ours.situation));
            if peers.iter().any(Option::is_some) {
                write!(text, "| {layout} | {seconds} s | {block} | {:.1} ", ours.ns_per_frame())?;
                peers.iter().try_for_each(|peer| write!(text, "| {} ", ratio(*peer, ours)))?;
                writeln!(text, "|")?;
            }
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
        for cell in self.cells.iter().filter(|cell| cell.situation.pace == Pace::Live) {
            let Situation { layout, seconds, block, instances, .. } = cell.situation;
            let (engine, setting, times) = (cell.engine, &cell.setting, cell.callbacks);
            write!(text, "| {layout} | {seconds} s | {block} | {instances} | {engine} ")?;
            write!(text, "| {:.1} | {:.1} | {:.1} ", cell.ns_per_frame(), times.mean, times.p99)?;
            let share = 100.0 * times.p999 / cell.situation.deadline();
            writeln!(text, "| {:.1} | {share:.2} % | {:.2} % | {setting} |", times.p999, cell.share())?;
        }
        writeln!(text)
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
                writeln!(text, "Most that one core carried at live pace for 5 s, stereo, 6 s: {carried}.")?
            }
            None => writeln!(text, "No number of instances was carried for 5 s without a missed deadline.")?,
        }
        writeln!(text, "`cargo bench --package transept-bench --bench instances -- --search` looks for longer.\n")?;
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
            "## All blocks and impulses\n\nTransept, hot, ns/frame of one instance, and the worst callback."
        )?;
        for (layout, instances) in [Layout::Mono, Layout::Stereo, Layout::TrueStereo]
            .into_iter()
            .flat_map(|layout| [(layout, 1), (layout, 16)])
        {
            let is_of = |cell: &Cell| (cell.situation.layout, cell.situation.instances) == (layout, instances);
            if !self.cells.iter().any(|cell| self.is_best(cell) && is_of(cell)) {
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
                    let ours = self.cells.iter().find(|cell| self.is_best(cell) && cell.situation == situation);
                    let figures = |cell: &Cell| format!("{:.1}, {:.2} %", cell.ns_per_frame(), cell.share());
                    write!(text, "| {} ", ours.map_or_else(|| "–".into(), figures))?;
                }
                writeln!(text, "|")?;
            }
        }
        writeln!(text)
    }

    fn builds(&self, text: &mut String) -> fmt::Result {
        writeln!(text, "## Building and holding\n\nMilliseconds to build a kernel; MB of kernel and state.\n")?;
        writeln!(text, "| impulse | layout | Transept | fft-convolver | zita-convolver |\n|---|---|---|---|---|")?;
        for ours in self.cells.iter().filter(|cell| self.is_best(cell) && cell.situation.pace == Pace::Hot) {
            let Situation { layout, seconds, block, instances, .. } = ours.situation;
            if (block, instances) == (64, 1) {
                let bytes = |cell: &Cell| {
                    cell.bytes.map_or_else(String::new, |bytes| format!(", {} MB", megabytes(Some(bytes))))
                };
                let figures = |cell: &Cell| format!("{:.1} ms{}", cell.build, bytes(cell));
                write!(text, "| {seconds} s | {layout} | {} ", figures(ours))?;
                for peer in PEERS.map(|engine| self.of(engine, ours.situation)) {
                    write!(text, "| {} ", peer.map_or_else(|| "–".into(), figures))?;
                }
                writeln!(text, "|")?;
            }
        }
        writeln!(text)
    }

    /// Whether it is ours, with the best instructions: those are measured first.
    fn is_best(&self, cell: &Cell) -> bool {
        let first = self.cells.first().map(|first| &first.path);
        cell.engine == EngineName::Transept && Some(&cell.path) == first
    }

    fn of(&self, engine: EngineName, situation: Situation) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.engine == engine && cell.situation == situation)
    }

    fn picture(&self) -> String {
        let line = |engine| {
            let at = |seconds| Situation { layout: Layout::Stereo, seconds, block: 64, instances: 1, pace: Pace::Hot };
            let point = |seconds| Some((seconds, self.of(engine, at(seconds))?.ns_per_frame()));
            Line { engine, points: LENGTHS.into_iter().filter_map(point).collect() }
        };
        let engines = [EngineName::Transept, EngineName::FftConvolver, EngineName::ZitaConvolver];
        let lines: Vec<Line> = engines.into_iter().map(line).filter(|line| !line.points.is_empty()).collect();
        chart::draw("Stereo convolution at blocks of 64 frames, no latency, 48 kHz", &lines)
    }
}

fn ratio(peer: Option<&Cell>, ours: &Cell) -> String {
    peer.map_or_else(
        || "–".into(),
        |peer| format!("{:.1} ({:.1}×)", peer.ns_per_frame(), peer.ns_per_frame() / ours.ns_per_frame()),
    )
}
