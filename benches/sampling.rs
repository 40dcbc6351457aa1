//! Where the time of a callback goes, by what the engine does: samples of the stack, by the clock of processor time.
//!
//! A sample belongs to the innermost function of the engine that a group knows. Functions of the libraries, inlined
//! ones too, belong to whoever of the engine has called them.

use crate::cell::Situation;
use crate::instance;
use crate::peer::Run;
use pprof::{ProfilerGuardBuilder, Symbol};
use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};
use transept::engine::Instructions;

/// Samples in a second: more than Linux takes in most builds, so that it takes all it can.
const FREQUENCY: i32 = 1000;

/// What the engine does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Multiply-accumulate of spectra.
    Products,
    /// From samples to stored spectra.
    Forward,
    /// From sums to samples, with overlap-add.
    Inverse,
    /// The first taps, in the time domain, and the sum of them and all stages.
    Head,
    /// Samples, and what is kept twice, to where they are kept.
    Storing,
    /// Choice of the work of a quantum, and of the partitions.
    Schedule,
    /// Everything else of this process.
    Rest,
}

impl Group {
    /// All of them, in the order of a callback's cost.
    pub const ALL: [Self; 7] =
        [Self::Products, Self::Forward, Self::Inverse, Self::Head, Self::Storing, Self::Schedule, Self::Rest];

    /// Words in file and name of a function by which a group is known, from the most telling on. What the engine calls
    /// its parts may change: what none of them knows is counted as the rest, and seen there.
    const WORDS: &[(&str, Self)] = &[
        ("Accumulate", Self::Products),
        ("Sanitize", Self::Storing),
        ("head.rs write", Self::Storing),
        ("advance", Self::Storing),
        ("head", Self::Head),
        ("kernel_state.rs sum", Self::Head),
        ("unload", Self::Inverse),
        ("nverse", Self::Inverse),
        ("overlap", Self::Inverse),
        ("orward", Self::Forward),
        ("twist", Self::Forward),
        ("history.rs transform", Self::Forward),
        ("rows.rs load", Self::Forward),
        ("store", Self::Storing),
        ("repeat", Self::Storing),
        ("samples.rs", Self::Storing),
        ("write", Self::Storing),
        ("segments", Self::Schedule),
        ("multiply", Self::Schedule),
        ("schedule", Self::Schedule),
        ("block", Self::Schedule),
        ("delay_line", Self::Schedule),
        ("kernel_state", Self::Schedule),
        ("stage", Self::Schedule),
        ("history", Self::Schedule),
        ("convolver", Self::Schedule),
    ];

    /// Of a function of the engine, by its file and name. Arithmetic of vectors and the flushing of small values belong
    /// to their callers.
    fn of(function: &str) -> Option<Self> {
        let is_arithmetic =
            (function.starts_with("dispatch.rs") || function.starts_with("lanes.rs")) && !function.contains(" run");
        if is_arithmetic || function.contains("flush") || function.contains("sanitize") {
            return None;
        }
        Self::WORDS.iter().find(|(word, _)| function.contains(word)).map(|(_, group)| *group)
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(match self {
            Self::Products => "products of spectra",
            Self::Forward => "forward transforms",
            Self::Inverse => "inverse transforms, overlap-add",
            Self::Head => "head in the time domain, sum of all stages",
            Self::Storing => "copying samples",
            Self::Schedule => "schedule and lists of partitions",
            Self::Rest => "everything else",
        })
    }
}

/// Where the time of one situation goes.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The situation.
    pub situation: Situation,
    /// Vector instructions.
    pub instructions: Instructions,
    /// Processor time of one frame in nanoseconds, without sampling.
    pub cost: f64,
    /// Samples taken.
    pub samples: usize,
    /// Share of each group.
    groups: BTreeMap<Group, f64>,
    /// Share of each function, with its group.
    functions: Vec<(String, Group, f64)>,
}

impl Profile {
    /// Samples one instance, hot, for so long.
    ///
    /// # Errors
    /// One line that says why there are no samples.
    pub fn take(situation: Situation, instructions: Instructions, time: Duration) -> Result<Self, String> {
        let mut peer = instance::beside(situation, instructions);
        peer.record(situation.taps())?;
        let cost = peer.cost(time / 4)?;
        let reason = |error: pprof::Error| format!("not sampled: {error}");
        let guard = ProfilerGuardBuilder::default().frequency(FREQUENCY).build().map_err(reason)?;
        let began = Instant::now();
        let Run::Here(stage, frames) = &mut peer.run else { return Err("the engine runs elsewhere".into()) };
        while began.elapsed() < time {
            stage.play(*frames);
        }
        let report = guard.report().build().map_err(reason)?;
        drop(guard);
        let mut counts = BTreeMap::<(Group, String), usize>::new();
        for (frames, count) in &report.data {
            *counts.entry(place(frames.frames.iter().flatten())).or_default() += count.unsigned_abs();
        }
        let samples: usize = counts.values().sum();
        let share = |count: usize| count as f64 / samples.max(1) as f64;
        let (mut groups, mut functions) = (BTreeMap::new(), Vec::new());
        for ((group, function), count) in counts {
            *groups.entry(group).or_default() += share(count);
            functions.push((function, group, share(count)));
        }
        functions.sort_by(|a, b| b.2.total_cmp(&a.2));
        Ok(Self { situation, instructions, cost, samples, groups, functions })
    }

    /// Share of a group.
    #[must_use]
    pub fn share(&self, group: Group) -> f64 {
        self.groups.get(&group).copied().unwrap_or(0.0)
    }

    /// Functions with their groups and shares, from the largest on.
    pub fn functions(&self) -> impl Iterator<Item = &(String, Group, f64)> {
        self.functions.iter()
    }
}

/// The group and the function of a sample, from the innermost frame on.
fn place<'a>(frames: impl Iterator<Item = &'a Symbol>) -> (Group, String) {
    let mut innermost = None;
    for frame in frames {
        let path = frame.filename.as_ref().map(|path| path.to_string_lossy().replace('\\', "/")).unwrap_or_default();
        let name = frame.name();
        let Some((_, file)) = path.split_once("/src/engine/") else {
            innermost.get_or_insert_with(|| short(&name));
            continue;
        };
        let function = format!("{file} {}", short(&name));
        if let Some(group) = Group::of(&function) {
            return (group, function);
        }
        innermost = Some(function);
    }
    (Group::Rest, innermost.unwrap_or_default())
}

/// A name without its modules and the crate's hash: `<Accumulate as WithSimd>::with_simd`.
fn short(name: &str) -> String {
    let mut short = String::new();
    for part in name.split_inclusive(['<', '>', ' ', '(', ')', ',', '&']) {
        short.push_str(part.rsplit("::").next().unwrap_or(part));
    }
    short.chars().take(80).collect()
}
