//! Whole callbacks over blocks, impulses, layouts, instances, instructions and paces, beside peers in the same run.
//!
//! `cargo bench --package transept-bench --bench callbacks` measures everything and writes `target/bench.json`;
//! `-- --quick` only the processor time beside zita-convolver. `-- --document` also writes `docs/measurements.md`, its
//! picture and the table of `README.md`, as `cargo xtask bench` does.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use transept::engine::Instructions;
use transept_bench::cell::{Cell, EngineName, Layout, Pace, Situation};
use transept_bench::document::{self, Findings};
use transept_bench::extent::{Effort, Extent, is_given};
use transept_bench::instance::common;
use transept_bench::peer::Peer;
use transept_bench::program::{self, Compiled};
use transept_bench::race::Race;
use transept_bench::rendering::{self, Files};
use transept_bench::sampling::Profile;
use transept_bench::{capacity, crates, instance, machine, recipe};

/// Cells that share their kernels: one situation over several blocks.
struct Group {
    layout: Layout,
    seconds: f64,
    instances: usize,
    pace: Pace,
    blocks: Vec<usize>,
    /// True to measure every set of instructions, false for the common one alone.
    every_path: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    if rendering::is_staged() {
        return Ok(());
    }
    let (extent, began) = (Extent::from_arguments(), Instant::now());
    let target = target();
    let bench = target.join("bench");
    std::fs::create_dir_all(&bench)?;
    println!("{}", machine::describe());
    let programs = program::compile(&bench, |reason| println!("{reason}"));
    println!("48 kHz; ns/frame: processor time of one instance, hot, least of the rounds; ratio: median of the rounds");
    println!("{}", Race::heading());
    let races: Vec<_> = situations(extent).map(|situation| race(situation, extent, &programs)).collect();
    if extent == Extent::Quick {
        println!("\n{}", document::ratios(&races, EngineName::ZitaConvolver));
        return Ok(());
    }
    println!("\nµs: one callback of all instances; MB: one instance\n{}", Cell::heading());
    let mut cells = Vec::new();
    for group in groups(extent) {
        measure(&group, extent.effort(), &mut |cell| {
            println!("{cell}");
            cells.push(cell);
        });
    }
    let (repeats, rates) = (if extent == Extent::Smoke { 1 } else { 7 }, [48_000, 44_100]);
    let recipes = rates.map(|rate| (rate, recipe::to_sound(rate, repeats)));
    for (rate, milliseconds) in recipes {
        println!("recipe to sound, 6 s stereo 24-bit file at {rate} Hz: {milliseconds:.1} ms (median of {repeats})");
    }
    if extent == Extent::Smoke {
        return Ok(());
    }
    let list: Vec<_> = cells.iter().map(Cell::json).chain(races.iter().map(Race::json)).collect();
    std::fs::write(target.join("bench.json"), serde_json::to_string_pretty(&list)?)?;
    if is_given("--document") {
        let carried = capacity::search(5, common(), |result| println!("{result}"));
        let said = |reason| println!("{reason}");
        let files = Files::measure(10.0, 4.0, 5).inspect(|files| println!("{files}")).map_err(said).ok();
        let take = |set| Profile::take(MAIN, set, Duration::from_secs(20)).map_err(said).ok();
        let profiles: Vec<_> = sets().filter_map(take).collect();
        let minutes = began.elapsed().as_secs().div_ceil(60);
        let findings = Findings { races, cells, recipes, carried, files, profiles, minutes };
        document::write(&root(), &findings)?;
    }
    Ok(())
}

/// The situation that is looked at more closely.
const MAIN: Situation = Situation { layout: Layout::Stereo, seconds: 6.0, block: 64, instances: 1, pace: Pace::Hot };

/// The common set of instructions, and then the best if it is another.
fn sets() -> impl Iterator<Item = Instructions> {
    let (common, best) = (common(), Instructions::best());
    [common, best].into_iter().take(if common == best { 1 } else { 2 })
}

/// Situations in which engines are measured beside one another.
fn situations(extent: Extent) -> impl Iterator<Item = Situation> {
    let stereo = Layout::Stereo;
    let list = match extent {
        Extent::Smoke => vec![(stereo, 0.5, 64)],
        Extent::Quick | Extent::Full => vec![
            (stereo, 0.5, 64),
            (stereo, 2.0, 64),
            (stereo, 6.0, 64),
            (stereo, 10.0, 64),
            (stereo, 30.0, 64),
            (stereo, 6.0, 128),
            (stereo, 6.0, 256),
            (stereo, 6.0, 512),
            (stereo, 0.5, 1024),
            (stereo, 2.0, 1024),
            (stereo, 6.0, 1024),
            (stereo, 10.0, 1024),
            (stereo, 30.0, 1024),
            (Layout::TrueStereo, 6.0, 64),
        ],
    };
    let is_wanted = move |(_, seconds, block): &(Layout, f64, usize)| {
        extent != Extent::Quick || [64, 256].contains(block) || (*block == 1024 && [0.5, 6.0].contains(seconds))
    };
    let situation = |(layout, seconds, block)| Situation { layout, seconds, block, ..MAIN };
    list.into_iter().filter(is_wanted).map(situation)
}

/// Races one situation. At live pace, Transept and zita-convolver are measured as well, all engines at 6 s.
fn race(situation: Situation, extent: Extent, programs: &[Compiled]) -> Race {
    let mut peers: Vec<Peer> = sets().map(|set| instance::beside(situation, set)).collect();
    let is_full = extent != Extent::Quick;
    let wanted = |program: &&Compiled| is_full || program.engine() == EngineName::ZitaConvolver;
    let start = |program: &Compiled| program.start(situation).map_err(|reason| println!("{reason}")).ok();
    peers.extend(programs.iter().filter(wanted).filter_map(start));
    if is_full {
        peers.push(crates::fft_convolver(situation));
        peers.extend(crates::rt_fft_convolver(situation));
    }
    let effort = extent.effort();
    let mut race = Race::run(situation, peers, effort.rounds, effort.time);
    if is_full {
        live(&mut race, effort, programs);
    }
    print!("{race}");
    race
}

/// Measures engines at the pace of a host, each in a process or with buffers of its own, so that none keeps the caches
/// of another.
fn live(race: &mut Race, effort: Effort, programs: &[Compiled]) {
    let situation = race.situation;
    let is_main = situation.seconds == MAIN.seconds && [64, 256].contains(&situation.block);
    let mut peers = vec![Ok(instance::beside(situation, common()))];
    for program in programs {
        if is_main || program.engine() == EngineName::ZitaConvolver {
            peers.push(program.start_live(situation));
        }
    }
    if is_main {
        peers.push(Ok(crates::fft_convolver(situation)));
    }
    for peer in peers {
        let cell = peer.and_then(|mut peer| {
            peer.record(situation.taps().next_multiple_of(situation.block))?;
            peer.live(effort)
        });
        match cell {
            Ok(cell) => race.live.push(cell),
            Err(reason) => println!("{reason}"),
        }
    }
}

fn measure(group: &Group, effort: Effort, done: &mut dyn FnMut(Cell)) {
    let Group { layout, seconds, instances, pace, .. } = *group;
    let first = Situation { layout, seconds, block: 64, instances, pace };
    instance::measure(first, &group.blocks, common(), effort, &mut *done);
    let others = Instructions::available().into_iter().filter(|path| group.every_path && *path != common());
    others.for_each(|path| instance::measure(first, &group.blocks[..1], path, effort, &mut *done));
}

fn groups(extent: Extent) -> Vec<Group> {
    match extent {
        Extent::Smoke => vec![Group { every_path: true, ..group(Layout::Stereo, 0.5, &[64]) }],
        Extent::Quick => Vec::new(),
        Extent::Full => full(),
    }
}

fn group(layout: Layout, seconds: f64, blocks: &[usize]) -> Group {
    Group { layout, seconds, instances: 1, pace: Pace::Hot, blocks: blocks.to_vec(), every_path: false }
}

fn full() -> Vec<Group> {
    let blocks = [64, 32, 128, 256, 512, 1024];
    let mut groups = Vec::new();
    for layout in [Layout::Mono, Layout::Stereo, Layout::TrueStereo] {
        for seconds in [0.5, 2.0, 6.0, 10.0, 30.0] {
            let every_path = (layout, seconds) == (Layout::Stereo, 6.0);
            groups.push(Group { every_path, ..group(layout, seconds, &blocks) });
            groups.push(Group { instances: 16, ..group(layout, seconds, &blocks) });
        }
    }
    for layout in [Layout::Mono, Layout::Stereo, Layout::TrueStereo] {
        for seconds in [0.5, 2.0, 6.0, 10.0, 30.0] {
            let some: &[usize] = match (layout, seconds) {
                (Layout::Stereo, 6.0) => &[32],
                (Layout::Stereo, _) | (Layout::TrueStereo, 6.0) => continue, // raced
                _ => &[64],
            };
            groups.push(Group { pace: Pace::Live, ..group(layout, seconds, some) });
        }
        groups.push(Group { pace: Pace::Live, instances: 16, ..group(layout, 6.0, &[64, 256]) });
    }
    groups
}

fn target() -> PathBuf {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    scratch.parent().expect("it lies in the target folder").to_owned()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
