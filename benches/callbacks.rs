//! Whole callbacks over blocks, impulses, layouts, instances, instructions and paces, beside peers in the same run.
//!
//! `cargo bench --package transept-bench --bench callbacks` measures everything and writes `target/bench.json`;
//! `-- --quick` the main cells. `-- --document` also writes `docs/measurements.md` and its picture, as
//! `cargo xtask bench` does.

use std::error::Error;
use std::path::{Path, PathBuf};
use transept::engine::Instructions;
use transept_bench::cell::{Cell, Layout, Pace, Situation};
use transept_bench::document::{self, Findings};
use transept_bench::extent::{Effort, Extent, is_given};
use transept_bench::zita::Zita;
use transept_bench::{capacity, instance, machine, peer, recipe};

/// Cells that share their kernels: one situation over several blocks.
struct Group {
    layout: Layout,
    seconds: f64,
    instances: usize,
    pace: Pace,
    blocks: Vec<usize>,
    /// Blocks at which the peers are measured as well.
    beside: Vec<usize>,
    /// Whether every set of instructions is measured, or the best alone.
    every_path: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let extent = Extent::from_arguments();
    let target = target();
    let bench = target.join("bench");
    std::fs::create_dir_all(&bench)?;
    println!("{}", machine::describe());
    println!("48 kHz; ns/frame: processor time of one instance; µs: one callback of all instances; MB: one instance");
    let zita = Zita::compile(&bench).inspect_err(|reason| println!("{reason}")).ok();
    println!("{}", Cell::heading());
    let mut cells = Vec::new();
    for group in groups(extent) {
        measure(&group, extent.effort(), zita.as_ref(), &mut |cell| {
            println!("{cell}");
            cells.push(cell);
        });
    }
    let (repeats, rates) = (if extent == Extent::Smoke { 1 } else { 7 }, [48_000, 44_100]);
    let recipes = rates.map(|rate| (rate, recipe::to_sound(rate, repeats)));
    for (rate, milliseconds) in recipes {
        println!("recipe to sound, 6 s stereo 24-bit file at {rate} Hz: {milliseconds:.1} ms (median of {repeats})");
    }
    if extent != Extent::Smoke {
        let list: Vec<_> = cells.iter().map(Cell::json).collect();
        std::fs::write(target.join("bench.json"), serde_json::to_string_pretty(&list)?)?;
    }
    if is_given("--document") {
        let carried = capacity::search(5, |result| println!("{result}"));
        document::write(&docs(), &Findings { cells, recipes, carried })?;
    }
    Ok(())
}

fn measure(group: &Group, effort: Effort, zita: Option<&Zita>, done: &mut dyn FnMut(Cell)) {
    let Group { layout, seconds, instances, pace, .. } = *group;
    let at = |block: usize| Situation { layout, seconds, block, instances, pace };
    instance::measure(at(64), &group.blocks, Instructions::best(), effort, &mut *done);
    let others = Instructions::available().into_iter().filter(|path| group.every_path && *path != Instructions::best());
    others.for_each(|path| instance::measure(at(64), &group.blocks[..1], path, effort, &mut *done));
    for &block in &group.beside {
        done(peer::measure(at(block), effort));
        match zita.map(|zita| zita.measure(at(block), effort)) {
            Some(Ok(cell)) => done(cell),
            Some(Err(reason)) => println!("{reason}"),
            None => {}
        }
    }
}

fn groups(extent: Extent) -> Vec<Group> {
    match extent {
        Extent::Smoke => vec![Group { every_path: true, ..group(Layout::Stereo, 0.5, &[64], &[64]) }],
        Extent::Quick => quick(),
        Extent::Full => full(),
    }
}

fn group(layout: Layout, seconds: f64, blocks: &[usize], beside: &[usize]) -> Group {
    let (blocks, beside) = (blocks.to_vec(), beside.to_vec());
    Group { layout, seconds, instances: 1, pace: Pace::Hot, blocks, beside, every_path: false }
}

fn quick() -> Vec<Group> {
    let six = group(Layout::Stereo, 6.0, &[64], &[64]);
    vec![
        group(Layout::Stereo, 0.5, &[64], &[64]),
        group(Layout::Stereo, 2.0, &[64, 1024], &[64, 1024]),
        Group { every_path: true, ..group(Layout::Stereo, 6.0, &[64, 512, 1024], &[64, 512, 1024]) },
        group(Layout::Stereo, 10.0, &[64, 1024], &[64, 1024]),
        group(Layout::Stereo, 30.0, &[64], &[64]),
        group(Layout::TrueStereo, 6.0, &[64], &[64]),
        Group { instances: 16, ..group(Layout::Stereo, 6.0, &[64], &[]) },
        Group { pace: Pace::Live, ..six },
    ]
}

fn full() -> Vec<Group> {
    let blocks = [64, 32, 128, 256, 512, 1024];
    let mut groups = Vec::new();
    for layout in [Layout::Mono, Layout::Stereo, Layout::TrueStereo] {
        for seconds in [0.5, 2.0, 6.0, 10.0, 30.0] {
            let beside: &[usize] = match (layout, seconds) {
                (Layout::Stereo, 6.0) => &[64, 128, 256, 512, 1024],
                (Layout::Stereo, _) => &[64, 1024],
                (Layout::TrueStereo, 6.0) => &[64],
                _ => &[],
            };
            let every_path = (layout, seconds) == (Layout::Stereo, 6.0);
            groups.push(Group { every_path, ..group(layout, seconds, &blocks, beside) });
            groups.push(Group { instances: 16, ..group(layout, seconds, &blocks, &[]) });
        }
    }
    for layout in [Layout::Mono, Layout::Stereo, Layout::TrueStereo] {
        for seconds in [0.5, 2.0, 6.0, 10.0, 30.0] {
            let (some, beside) = match (layout, seconds) {
                (Layout::Stereo, 6.0) => (&blocks[..], &[64, 256][..]),
                _ => (&blocks[..1], &[][..]),
            };
            groups.push(Group { pace: Pace::Live, ..group(layout, seconds, some, beside) });
        }
        groups.push(Group { pace: Pace::Live, instances: 16, ..group(layout, 6.0, &[64, 256], &[]) });
    }
    groups
}

fn target() -> PathBuf {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    scratch.parent().expect("it lies in the target folder").to_owned()
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}
