//! Engines in C and C++ beside us, where their packages are installed: each a program that is compiled and run here.

use crate::cell::{EngineName, Pace, Situation};
use crate::measure::Callbacks;
use crate::peer::{Peer, Run};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const COMPILER: [&str; 4] = ["c++", "-std=c++17", "-O3", "-march=native"];

/// A program's source and what it needs.
struct Kind {
    engine: EngineName,
    source: &'static str,
    packages: &'static str,
    libraries: &'static [&'static str],
}

const KINDS: [Kind; 2] = [
    Kind {
        engine: EngineName::ZitaConvolver,
        source: "zita",
        packages: "libzita-convolver-dev, libfftw3-dev",
        libraries: &["-lzita-convolver", "-lfftw3f", "-lpthread"],
    },
    Kind {
        engine: EngineName::Afir,
        source: "afir",
        packages: "libavfilter-dev",
        libraries: &["-lavfilter", "-lavutil"],
    },
];

/// A compiled program.
#[derive(Debug)]
pub struct Compiled {
    engine: EngineName,
    path: PathBuf,
}

/// Compiles all that can be into the target folder, and says of each of the others why not.
#[must_use]
pub fn compile(target: &Path, mut missing: impl FnMut(String)) -> Vec<Compiled> {
    KINDS.iter().filter_map(|kind| compile_one(kind, target).map_err(&mut missing).ok()).collect()
}

fn compile_one(kind: &Kind, target: &Path) -> Result<Compiled, String> {
    let Kind { engine, source, packages, libraries } = kind;
    let path = target.join(source);
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(source).with_extension("cpp");
    let [compiler, options @ ..] = COMPILER;
    let mut command = Command::new(compiler);
    match command.args(options).arg(source).arg("-o").arg(&path).args(*libraries).output() {
        Ok(output) if output.status.success() => Ok(Compiled { engine: *engine, path }),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            let error = said.lines().find(|line| line.contains("error") || line.contains("cannot")).unwrap_or("");
            Err(format!("not measured: {engine} (Debian: {packages}): {error}"))
        }
        Err(error) => Err(format!("not measured: {engine}: {compiler}: {error}")),
    }
}

/// A program that runs, and does what it is told line by line. It ends with its input.
#[derive(Debug)]
pub struct Program {
    engine: EngineName,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Compiled {
    /// The engine that it runs.
    #[must_use]
    pub fn engine(&self) -> EngineName {
        self.engine
    }

    /// Starts the program in a situation, where it looks for its best setting.
    ///
    /// # Errors
    /// One line that says why it cannot be measured.
    pub fn start(&self, situation: Situation) -> Result<Peer, String> {
        let Situation { layout, seconds, block, instances, pace } = situation;
        assert_eq!(instances, 1, "peers are measured alone");
        let mut command = Command::new(&self.path);
        command.args([layout.to_string(), seconds.to_string(), block.to_string(), pace.to_string()]);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| format!("not measured: {}: {error}", self.engine))?;
        let (input, output) = (child.stdin.take(), child.stdout.take().expect("it is piped"));
        let mut program = Program { engine: self.engine, child, input, output: BufReader::new(output) };
        let line = program.line()?;
        let (figures, setting) = line.split_once("setting ").ok_or_else(|| program.reason(&line))?;
        let number = |name| number(figures, name).ok_or_else(|| program.reason(&line));
        let (build, bytes) = (number("build")?, Some(number("bytes")? as usize));
        let (path, setting) = (String::new(), setting.trim().to_owned());
        Ok(Peer { engine: self.engine, path, setting, situation, build, bytes, run: Run::Program(program) })
    }

    /// Starts it at the pace of a host, where its threads may use all cores.
    ///
    /// # Errors
    /// One line that says why it cannot be measured.
    pub fn start_live(&self, situation: Situation) -> Result<Peer, String> {
        self.start(Situation { pace: Pace::Live, ..situation })
    }
}

impl Program {
    /// Has the output written down from the beginning of the noise.
    ///
    /// # Errors
    /// One line that says why there is none.
    pub fn record(&mut self, frames: usize, channels: usize) -> Result<Vec<Vec<f32>>, String> {
        let file = tempfile::NamedTempFile::new().map_err(|error| self.reason(&error.to_string()))?;
        self.ask(&format!("record {frames} {}", file.path().display()))?;
        let bytes = std::fs::read(file.path()).map_err(|error| self.reason(&error.to_string()))?;
        if bytes.len() != frames * channels * size_of::<f32>() {
            return Err(self.reason("the recording is incomplete"));
        }
        let (samples, _) = bytes.as_chunks();
        let samples: Vec<f32> = samples.iter().map(|bytes| f32::from_ne_bytes(*bytes)).collect();
        Ok(samples.chunks(frames).map(<[f32]>::to_vec).collect())
    }

    /// Has callbacks measured.
    ///
    /// # Errors
    /// One line that says why not.
    pub fn callbacks(&mut self, how: &str) -> Result<Callbacks, String> {
        let line = self.ask(how)?;
        let number = |name| number(&line, name).ok_or_else(|| self.reason(&line));
        let late = number("late")?;
        if late > 0.0 {
            println!("{}: {late} callbacks came too late", self.engine);
        }
        Ok(Callbacks {
            cost: number("cost")?,
            mean: number("mean")?,
            p99: number("p99")?,
            p999: number("p999")?,
            max: number("max")?,
        })
    }

    fn ask(&mut self, what: &str) -> Result<String, String> {
        let sent = self.input.as_mut().map(|input| writeln!(input, "{what}"));
        sent.unwrap_or(Ok(())).map_err(|error| self.reason(&error.to_string()))?;
        self.line()
    }

    fn line(&mut self) -> Result<String, String> {
        let mut line = String::new();
        match self.output.read_line(&mut line) {
            Ok(0) => Err(self.reason("it has ended")),
            Ok(_) => Ok(line),
            Err(error) => Err(self.reason(&error.to_string())),
        }
    }

    fn reason(&self, said: &str) -> String {
        format!("not measured: {}: {}", self.engine, said.trim())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.input = None;
        // Nothing is left to be done if it cannot be waited for.
        let _ = self.child.wait();
    }
}

/// A value in a line of names and values in turn.
fn number(line: &str, name: &str) -> Option<f64> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let values: HashMap<&str, &str> = words.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    values.get(name)?.parse().ok()
}
