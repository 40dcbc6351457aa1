//! What the plugin promises to every host, whatever the format: one runner for each, over the trait [`Instance`] which
//! a CLAP host and a VST3 host implement.

pub mod audio;
pub mod automation;
pub mod golden;
pub mod order;
pub mod state;

use std::path::PathBuf;
use transept::cancel::Token;
use transept::chain::{Chain, Controls, Format};
use transept::impulse::recipe::Recipe;
use transept::prepare;
use transept_support::folder::Folder;
use transept_support::signal::{decaying_noise, noise};
use transept_support::wave;

/// A change of a parameter: its id, the frame, and a value from 0 to 1.
pub type Change<'a> = (&'a str, usize, f64);

/// An instance in a host. Every test has its own, so they may run in threads.
pub trait Instance: Sized {
    fn new() -> Self;
    /// Whether the layout was agreed on.
    fn arrange(&mut self, inputs: usize, outputs: usize) -> bool;
    fn activate(&mut self, sample_rate: u32, largest_block: usize, offline: bool);
    fn deactivate(&mut self);
    /// Says how it processes from now on, without an activation.
    fn say_offline(&mut self, offline: bool);
    /// Stops and starts, which silences what rings.
    fn reset(&mut self);
    /// One block: as many frames as `input` has.
    fn process(&mut self, input: &[Vec<f32>], changes: &[Change]) -> Vec<Vec<f32>>;
    fn save(&mut self) -> Vec<u8>;
    fn load(&mut self, state: &[u8]) -> bool;
    /// From 0 to [`largest`](Self::largest).
    fn value(&mut self, id: &str) -> f64;
    /// Largest value of a parameter; the smallest is 0.
    fn largest(&mut self, id: &str) -> f64;
    fn show(&mut self, id: &str, value: f64) -> String;
    fn read(&mut self, id: &str, text: &str) -> Option<f64>;
    fn latency(&mut self) -> u32;
    fn tail(&mut self) -> u32;
    /// What the transport says from the next block on; nothing, unless this is called.
    fn set_tempo(&mut self, tempo: Option<f64>);

    /// The same in blocks.
    fn play(&mut self, input: &[Vec<f32>], block: usize) -> Vec<Vec<f32>> {
        let mut all: Vec<Vec<f32>> = Vec::new();
        for start in (0..input[0].len()).step_by(block) {
            let end = (start + block).min(input[0].len());
            let piece: Vec<Vec<f32>> = input.iter().map(|channel| channel[start..end].to_vec()).collect();
            let out = self.process(&piece, &[]);
            all.resize(out.len(), Vec::new());
            all.iter_mut().zip(out).for_each(|(channel, piece)| channel.extend(piece));
        }
        all
    }
}

/// The rule by which both formats number parameters.
pub fn number(id: &str) -> u32 {
    id.bytes().fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) & 0x7fff_ffff
}

/// A file with an impulse of its own, gone when this is dropped.
pub struct Room {
    _folder: Folder,
    pub path: PathBuf,
    pub recipe: Recipe,
}

/// An impulse of noise that decays by 60 dB over its length, at 44.1 kHz.
pub fn room(channels: usize, seconds: f32, seed: u64) -> Room {
    let folder = Folder::new();
    let taps = decaying_noise((seconds * 44_100.0) as usize, seed);
    // Each channel another one, none of them silent.
    let gain = |channel: usize, frame: usize| [1.0, -0.5, 0.25, 0.75][(channel + frame / 3) % 4];
    let channel = |channel| taps.iter().enumerate().map(|(frame, tap)| tap * gain(channel, frame)).collect();
    let path = folder.wave("room.wav", 44_100, &(0..channels).map(channel).collect::<Vec<_>>());
    Room { _folder: folder, recipe: Recipe::file(&path), path }
}

/// A session as a host would have saved it.
pub fn session(recipe: &Recipe, params: &[(&str, f32)]) -> Vec<u8> {
    let params: serde_json::Map<_, _> =
        params.iter().map(|(id, value)| ((*id).to_owned(), serde_json::json!({ "f32": value }))).collect();
    let recipe = serde_json::to_string(recipe).expect("JSON");
    serde_json::json!({ "version": "0.1.0", "params": params, "fields": { "recipe": recipe } }).to_string().into_bytes()
}

/// The dry signal off and the wet at 0 dB: nothing but the room.
pub const WET: &[(&str, f32)] = &[("dry", -60.0), ("wet", 0.0)];

/// The controls of [`WET`].
pub fn wet() -> Controls {
    Controls { dry: 0.0, wet: 1.0, ..Controls::default() }
}

/// What the chain makes of an input, by itself.
pub fn expected(recipe: &Recipe, format: Format, controls: &Controls, input: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let mut chain = sounding(recipe, format, controls);
    let mut out: Vec<Vec<f32>> =
        (0..format.outputs()).map(|c| input.get(c).cloned().unwrap_or_else(|| vec![0.0; input[0].len()])).collect();
    let mut slices: Vec<&mut [f32]> = out.iter_mut().map(Vec::as_mut_slice).collect();
    chain.process(&mut slices, controls, None);
    out
}

/// A chain with a room, at rest.
pub fn sounding(recipe: &Recipe, format: Format, controls: &Controls) -> Chain {
    let mut chain = Chain::new(format, Default::default());
    let prepared = prepare::build(recipe, format, &Token::never()).expect("a room");
    let mut nothing: Vec<&mut [f32]> = (0..format.outputs()).map(|_| &mut [][..]).collect();
    chain.process(&mut nothing, controls, Some(prepared.delivery));
    chain.reset();
    chain
}

/// One sample of 1 in each channel, at different places.
pub fn clicks(channels: usize, frames: usize) -> Vec<Vec<f32>> {
    (0..channels).map(|c| (0..frames).map(|i| if i == 5 + 11 * c { 1.0 } else { 0.0 }).collect()).collect()
}

/// How far two renderings of a sound may be apart, in dB, if they begin at other places of a partition, so that their
/// sums are rounded in another order: the error of each is at most -125 dB (`tests/engine`), and at worst they add:
/// +6.03.
pub const ROUNDING: f64 = -125.0 + 6.03;

/// The promises to one kind of host.
macro_rules! promises {
    ($instance:ty: $($subject:ident { $($promise:ident)* })*) => {
        $($(#[test]
        fn $promise() {
            crate::promises::$subject::$promise::<$instance>();
        })*)*
    };
}

pub(crate) use promises;
