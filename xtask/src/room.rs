//! Impulse files of a test's own, and sessions that name them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::phrase::Noise;
use crate::wave::{self, Sound};

/// Hz of the files.
pub const RATE: u32 = 44_100;

/// An impulse of one file or a pair.
pub struct Room {
    /// Of its files.
    pub name: String,
    /// As a session has it.
    pub recipe: Value,
    files: Vec<Sound>,
    paths: Vec<String>,
}

impl Room {
    /// Writes `files` into `folder`, where `name` tells them apart.
    pub fn new(folder: &Path, name: &str, files: Vec<Sound>) -> Result<Self> {
        let mut paths = Vec::new();
        for (number, taps) in files.iter().enumerate() {
            let path = folder.join(format!("{name} {number}.wav"));
            wave::write(&path, RATE, taps)?;
            paths.push(text(path)?);
        }
        let recipe = match paths.as_slice() {
            [left, right] => recipe(json!({ "kind": "pair", "left": left, "right": right })),
            _ => recipe(json!({ "kind": "file", "path": paths[0] })),
        };
        Ok(Self { name: name.to_owned(), recipe, files, paths })
    }

    /// One of each kind.
    pub fn of_every_kind(folder: &Path) -> Result<Vec<Self>> {
        let room = |name, files| Self::new(folder, name, files);
        Ok(vec![
            room("1 channel", vec![noise(1, 0.1, 11)])?,
            room("2 channels", vec![noise(2, 0.1, 12)])?,
            room("4 channels", vec![noise(4, 0.1, 13)])?,
            room("pair", vec![noise(2, 0.1, 14), noise(2, 0.1, 15)])?,
            room("pair of mono", vec![noise(1, 0.1, 16), noise(1, 0.1, 17)])?,
        ])
    }

    /// What a mono track gets: the mean of all channels, as a room of its own. A power of two, hence exact.
    pub fn in_mono(&self, folder: &Path) -> Result<Self> {
        let channels: Vec<&Vec<f32>> = self.files.iter().flatten().collect();
        let share = 1.0 / channels.len() as f32;
        let mean = |frame| channels.iter().map(|channel| channel[frame]).sum::<f32>() * share;
        let mean = (0..channels[0].len()).map(mean).collect();
        Self::new(folder, &format!("{} in mono", self.name), vec![vec![mean]])
    }

    /// Where its files are.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.paths.iter().map(Path::new)
    }

    /// What the program is told of it.
    pub fn options(&self) -> Vec<&str> {
        self.paths.iter().flat_map(|path| ["--impulse", path]).collect()
    }
}

/// Noise that decays by 60 dB over its length, another in each channel.
pub fn noise(channels: usize, seconds: f32, seed: u32) -> Sound {
    let frames = (seconds * RATE as f32) as usize;
    let mut noise = Noise(seed);
    let decay = |frame| 0.1 * 10f64.powf(-3.0 * f64::from(frame) / frames as f64);
    (0..channels).map(|_| (0..frames as u32).map(|frame| (noise.next() * decay(frame)) as f32).collect()).collect()
}

/// A recipe of this version.
pub fn recipe(source: Value) -> Value {
    json!({ "version": 1, "source": source, "level": "match" })
}

/// A session as a CLAP host keeps it: its length, and JSON. Parameters that are not named have their defaults.
pub fn session(recipe: &Value, params: Value) -> Vec<u8> {
    framed(
        json!({ "version": "0.1.0", "params": params, "fields": { "recipe": recipe.to_string() } })
            .to_string()
            .as_bytes(),
    )
}

/// The same of a session that is to embed its impulse or not: `never`, `when-small`, `always`.
pub fn session_embedding(recipe: &Value, embedding: &str) -> Vec<u8> {
    let memory = json!({ "version": 2, "embedding": embedding }).to_string();
    let fields = json!({ "recipe": recipe.to_string(), "memory": memory });
    framed(json!({ "version": "0.1.0", "params": {}, "fields": fields }).to_string().as_bytes())
}

/// Any bytes, with their length before them.
pub fn framed(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u64).to_le_bytes(), bytes].concat()
}

fn text(path: PathBuf) -> Result<String> {
    path.into_os_string().into_string().ok().context("a path that is no text")
}
