//! What users of other convolution reverbs complain of, and that it does not happen here: one test for each complaint,
//! with its name, and its number in the list of the most frequent ones.

#[cfg(feature = "editor")]
mod browsing;
mod files;
mod levels;
#[cfg(feature = "worker")]
mod loading;
mod rendering;
mod sound;

use std::sync::Arc;
use transept::cancel::Token;
use transept::chain::{Chain, Controls, Format, Meters};
use transept::engine::Delivery;
use transept::impulse::recipe::{LevelRule, Recipe, Source};
use transept::prepare::{self, Prepared};
use transept_support::folder::Folder;

const RATE: u32 = 48_000;
const MONO: Format = Format { sample_rate: RATE, inputs: 1, outputs: 1 };
const STEREO: Format = Format { sample_rate: RATE, inputs: 2, outputs: 2 };

/// The recipe of a file in a folder with these samples at [`RATE`], as loud as they are.
fn recipe(folder: &Folder, channels: &[Vec<f32>]) -> Recipe {
    plain(Source::File { path: folder.wave("room.wav", RATE, channels) })
}

/// As loud as it is.
fn plain(source: Source) -> Recipe {
    Recipe { level: LevelRule::Off, ..Recipe::of(source) }
}

fn build(recipe: &Recipe, format: Format) -> Prepared {
    prepare::build(recipe, format, &Token::never()).expect("built")
}

/// Nothing but the convolved signal, as it is.
fn wet() -> Controls {
    Controls { dry: 0.0, wet: 1.0, ..Controls::default() }
}

/// The effect, and the controls of the next block.
struct Player {
    chain: Chain,
    controls: Controls,
}

impl Player {
    /// With the recipe's room in place before the first sample.
    fn new(recipe: &Recipe, format: Format, controls: Controls) -> Self {
        Self::of(build(recipe, format).delivery, format, controls)
    }

    /// With a convolver in place before the first sample.
    fn of(delivery: Box<Delivery>, format: Format, controls: Controls) -> Self {
        let mut player = Self { chain: Chain::new(format, Arc::new(Meters::default())), controls };
        player.give(delivery);
        player.chain.reset();
        player
    }

    /// Hands a convolver over, in a block of no frames.
    fn give(&mut self, delivery: Box<Delivery>) {
        let nothing = &mut [&mut [][..], &mut []][..self.chain.format().outputs];
        assert!(self.chain.process(nothing, &self.controls, Some(delivery)).is_none(), "it was taken");
    }

    /// Plays a signal, one channel for each output, in blocks of one size; of random sizes where `block` is 0.
    fn play(&mut self, signal: &[Vec<f32>], block: usize) -> Vec<Vec<f32>> {
        let mut io = signal.to_vec();
        for now in transept_support::signal::cut(io[0].len(), block, 5) {
            let mut slices: Vec<&mut [f32]> = io.iter_mut().map(|channel| &mut channel[now.clone()]).collect();
            self.chain.process(&mut slices, &self.controls, None);
        }
        io
    }
}
