//! Engines beside one another: each at its best setting, in a process of its own or in this one.

use crate::cell::{Cell, EngineName, Pace, Situation};
use crate::extent::Effort;
use crate::measure::{Engine, HOT_CYCLE, Stage};
use crate::program::Program;
use std::time::{Duration, Instant};

/// An engine with its setting in one situation.
pub struct Peer {
    /// The engine.
    pub engine: EngineName,
    /// Its vector instructions, where it says so.
    pub path: String,
    /// The setting that is best for it, where it has any.
    pub setting: String,
    /// The situation.
    pub situation: Situation,
    /// Building its kernel, in milliseconds.
    pub build: f64,
    /// Kernel and state, where it is known.
    pub bytes: Option<usize>,
    /// How it is run.
    pub run: Run,
}

/// Where an engine runs.
pub enum Run {
    /// In this process; a pass is so many frames.
    Here(Stage, usize),
    /// In a program of its own.
    Program(Program),
}

/// A setting of an engine of this process: its name, and how it is built.
pub type Setting<'a> = (String, Box<dyn Fn() -> Box<dyn Engine> + 'a>);

impl Peer {
    /// An engine of this process at the best of these settings. A pass is so many frames; after as many, its schedule
    /// is where it began.
    ///
    /// # Panics
    /// If there is no setting, or more than one instance.
    #[must_use]
    pub fn best(engine: EngineName, situation: Situation, settings: &[Setting], frames: usize) -> Self {
        assert_eq!(situation.instances, 1, "peers are measured alone");
        let stage = |setting: &Setting| {
            let mut stage = Stage::new(vec![setting.1()], situation.layout.channels());
            stage.resize(situation.block);
            stage
        };
        let cost = |setting: &Setting| {
            let mut stage = stage(setting);
            stage.play(frames);
            stage.cost(frames, 2, Duration::ZERO)
        };
        let best = match settings {
            [only] => only,
            _ => {
                let costs = settings.iter().map(|setting| (setting, cost(setting)));
                costs.min_by(|a, b| a.1.total_cmp(&b.1)).expect("a setting").0
            }
        };
        let start = Instant::now();
        let stage = stage(best);
        let build = start.elapsed().as_secs_f64() * 1e3;
        let (path, setting, run) = (String::new(), best.0.clone(), Run::Here(stage, frames));
        Self { engine, path, setting, situation, build, bytes: None, run }
    }

    /// What the engine makes of the noise from its beginning. Only for one on which nothing was played yet.
    ///
    /// # Errors
    /// One line that says why there is nothing.
    pub fn record(&mut self, frames: usize) -> Result<Vec<Vec<f32>>, String> {
        match &mut self.run {
            Run::Here(stage, _) => Ok(stage.record(frames)),
            Run::Program(program) => program.record(frames, self.situation.layout.channels()),
        }
    }

    /// Processor time of one frame in nanoseconds, hot, after passes of so much time.
    ///
    /// # Errors
    /// One line that says why it was not measured.
    pub fn cost(&mut self, time: Duration) -> Result<f64, String> {
        let microseconds = match &mut self.run {
            Run::Here(stage, frames) => stage.cost(*frames, 1, time),
            Run::Program(program) => program.callbacks(&format!("hot {}", time.as_millis()))?.cost,
        };
        Ok(microseconds * 1e3 / self.situation.block as f64)
    }

    /// The engine at the pace of a host.
    ///
    /// # Errors
    /// One line that says why it was not measured.
    pub fn live(&mut self, effort: Effort) -> Result<Cell, String> {
        let situation = Situation { pace: Pace::Live, ..self.situation };
        let callbacks = match &mut self.run {
            Run::Here(stage, _) => stage.measure(&situation, effort),
            Run::Program(program) => program.callbacks(&format!("live {}", effort.live))?,
        };
        let (path, setting) = (self.path.clone(), self.setting.clone());
        Ok(Cell { engine: self.engine, path, setting, situation, callbacks, build: self.build, bytes: self.bytes })
    }

    /// Frames of a pass of an engine with a schedule.
    pub const CYCLE: usize = HOT_CYCLE;
}
