//! zita-convolver beside us, where its package is installed: `zita.cpp` is compiled and run as a program of its own.

use crate::cell::{Cell, EngineName, Situation};
use crate::extent::Effort;
use crate::measure::Callbacks;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/zita.cpp");
const COMPILER: [&str; 4] = ["c++", "-std=c++17", "-O3", "-march=native"];
const LIBRARIES: [&str; 3] = ["-lzita-convolver", "-lfftw3f", "-lpthread"];

/// The compiled program.
#[derive(Debug)]
pub struct Zita(PathBuf);

impl Zita {
    /// Compiles it into the target folder.
    ///
    /// # Errors
    /// One line that says why it cannot be measured here.
    pub fn compile(target: &Path) -> Result<Self, String> {
        let program = target.join("zita");
        let [compiler, options @ ..] = COMPILER;
        let mut command = Command::new(compiler);
        command.args(options).arg(SOURCE).arg("-o").arg(&program).args(LIBRARIES);
        match command.output() {
            Ok(output) if output.status.success() => Ok(Self(program)),
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                let error = said.lines().find(|line| line.contains("error") || line.contains("cannot")).unwrap_or("");
                Err(format!("not measured: zita-convolver (Debian: libzita-convolver-dev, libfftw3-dev): {error}"))
            }
            Err(error) => Err(format!("not measured: zita-convolver: {compiler}: {error}")),
        }
    }

    /// Measures one situation at the best setting.
    ///
    /// # Errors
    /// One line that says why not.
    pub fn measure(&self, situation: Situation, effort: Effort) -> Result<Cell, String> {
        let Situation { layout, seconds, block, instances, pace } = situation;
        assert_eq!(instances, 1, "a peer is measured alone");
        let passes = if pace == crate::cell::Pace::Hot { effort.least } else { effort.live };
        let words = [layout.to_string(), seconds.to_string(), block.to_string(), pace.to_string(), passes.to_string()];
        let mut command = Command::new(&self.0);
        command.args(words).arg(effort.time.as_millis().to_string());
        let reason = |reason: &str| format!("not measured: zita-convolver, block {block}: {}", reason.trim());
        let output = command.output().map_err(|error| reason(&error.to_string()))?;
        if !output.status.success() {
            return Err(reason(&String::from_utf8_lossy(&output.stderr)));
        }
        let line = String::from_utf8_lossy(&output.stdout);
        cell(situation, &line).ok_or_else(|| reason(&format!("`{}` is not understood", line.trim())))
    }
}

/// What the program's line says: names and values in turn.
fn cell(situation: Situation, line: &str) -> Option<Cell> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let values: HashMap<&str, &str> = words.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    let number = |name: &str| values.get(name)?.parse::<f64>().ok();
    let late = match number("late")? {
        0.0 => String::new(),
        late => format!(", {late} callbacks late"),
    };
    Some(Cell {
        engine: EngineName::ZitaConvolver,
        path: String::new(),
        setting: format!("partitions {}, density {}{late}", values.get("partitions")?, values.get("density")?),
        situation,
        callbacks: Callbacks {
            cost: number("cost")?,
            mean: number("mean")?,
            p99: number("p99")?,
            p999: number("p999")?,
            max: number("max")?,
        },
        build: number("build")?,
        bytes: Some(number("bytes")? as usize),
    })
}
