//! Engines side by side in one situation: compared, and then measured in turn.
//!
//! A ratio is the median of the ratios of the rounds. What disturbs the machine for longer than a round disturbs both
//! engines of a ratio, and what is shorter spoils one round and not the median.

use crate::cell::{Cell, EngineName, Situation};
use crate::comparison::Comparison;
use crate::measure::median;
use crate::peer::Peer;
use crate::signal::NOISE;
use serde_json::{Value, json};
use std::time::Duration;

/// One engine in a race.
#[derive(Debug, Clone)]
pub struct Entrant {
    /// The engine.
    pub engine: EngineName,
    /// Its vector instructions, where it says so.
    pub path: String,
    /// The setting that was best for it, where it has any.
    pub setting: String,
    /// Its sound beside Transept's.
    pub comparison: Comparison,
    /// Processor time of one frame in each round, in nanoseconds.
    pub costs: Vec<f64>,
    /// Building its kernel, in milliseconds.
    pub build: f64,
    /// Kernel and state, where it is known.
    pub bytes: Option<usize>,
}

/// All engines in one situation.
#[derive(Debug, Clone)]
pub struct Race {
    /// The situation.
    pub situation: Situation,
    /// The first is Transept, with which the others are compared.
    pub entrants: Vec<Entrant>,
    /// Engines at the pace of a host.
    pub live: Vec<Cell>,
}

impl Race {
    /// So many rounds in which every engine is measured for so long, after each was compared with the first. An engine
    /// that cannot be measured is said, and left out.
    ///
    /// # Panics
    /// If there is no first engine, or if the sound of one is not that of the first.
    #[must_use]
    pub fn run(situation: Situation, peers: Vec<Peer>, rounds: usize, time: Duration) -> Self {
        let frames = (situation.taps() + NOISE).next_multiple_of(situation.block);
        let (mut expected, mut here) = (Vec::new(), Vec::new());
        for mut peer in peers {
            match peer.record(frames) {
                Ok(sound) => {
                    if expected.is_empty() {
                        expected.clone_from(&sound);
                    }
                    let comparison = Comparison::new(&sound, &expected, 2 * situation.block);
                    let (name, setting) = (peer.engine, &peer.setting);
                    assert!(comparison.is_same(), "{name} sounds otherwise, {comparison}: {setting}");
                    here.push((entrant(&peer, comparison), peer));
                }
                Err(reason) => println!("{reason}"),
            }
        }
        for _ in 0..rounds {
            here.retain_mut(|(entrant, peer)| match peer.cost(time) {
                Ok(cost) => {
                    entrant.costs.push(cost);
                    true
                }
                Err(reason) => {
                    println!("{reason}");
                    false
                }
            });
        }
        Self { situation, entrants: here.into_iter().map(|(entrant, _)| entrant).collect(), live: Vec::new() }
    }

    /// An engine; of Transept the one with these instructions, or the first.
    #[must_use]
    pub fn of(&self, engine: EngineName, path: Option<&str>) -> Option<&Entrant> {
        let mut entrants = self.entrants.iter().filter(|entrant| entrant.engine == engine);
        entrants.find(|entrant| path.is_none_or(|path| entrant.path == path))
    }

    /// How many times an engine's processor time is that of the first: the median over the rounds.
    #[must_use]
    pub fn ratio(&self, entrant: &Entrant) -> f64 {
        let pairs = entrant.costs.iter().zip(&self.entrants[0].costs);
        median(&mut pairs.map(|(theirs, ours)| theirs / ours).collect::<Vec<_>>())
    }

    /// As an object of `bench.json`.
    #[must_use]
    pub fn json(&self) -> Value {
        let Situation { layout, seconds, block, .. } = self.situation;
        let entrant = |entrant: &Entrant| {
            json!({
                "engine": entrant.engine.to_string(),
                "path": entrant.path,
                "setting": entrant.setting,
                "latency": entrant.comparison.latency,
                "gain": entrant.comparison.gain,
                "difference_db": entrant.comparison.difference,
                "ns_per_frame": entrant.costs,
                "ratio": self.ratio(entrant),
            })
        };
        let entrants: Vec<_> = self.entrants.iter().map(entrant).collect();
        json!({ "layout": layout.to_string(), "seconds": seconds, "block": block, "race": entrants })
    }
}

impl Entrant {
    /// Processor time of one frame in nanoseconds: the least of the rounds.
    #[must_use]
    pub fn cost(&self) -> f64 {
        self.costs.iter().copied().fold(f64::INFINITY, f64::min)
    }
}

fn entrant(peer: &Peer, comparison: Comparison) -> Entrant {
    let (path, setting) = (peer.path.clone(), peer.setting.clone());
    let (engine, build, bytes) = (peer.engine, peer.build, peer.bytes);
    Entrant { engine, path, setting, comparison, costs: Vec::new(), build, bytes }
}

impl std::fmt::Display for Race {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let Situation { layout, seconds, block, .. } = self.situation;
        for entrant in &self.entrants {
            let Entrant { engine, path, setting, comparison, .. } = entrant;
            write!(f, "{engine:<16} {path:<9} {layout:<11} {seconds:>6} {block:>5} {:>9.1} ", entrant.cost())?;
            writeln!(f, "{:>6.2}  {comparison}  {setting}", self.ratio(entrant))?;
        }
        self.live.iter().try_for_each(|cell| {
            let Cell { engine, path, setting, .. } = cell;
            write!(f, "{engine:<16} {path:<9} {layout:<11} {seconds:>6} {block:>5} {:>9.1} ", cell.ns_per_frame())?;
            writeln!(f, "{:>6}  at live pace  {setting}", "")
        })
    }
}

impl Race {
    /// The line above printed races.
    #[must_use]
    pub fn heading() -> String {
        format!(
            "{:<16} {:<9} {:<11} {:>6} {:>5} {:>9} {:>6}  difference, setting",
            "engine", "path", "layout", "s", "block", "ns/frame", "ratio"
        )
    }
}
