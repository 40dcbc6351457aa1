//! The built CLAP in a host: what it sounds like against the program, and how it behaves.

mod automation;
mod rooms;
mod sessions;

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use super::Floor;
use super::runner::{Check, Tally, checks};
use crate::difference::difference;
use crate::host::{Clap, Guest, Point, Take};
use crate::render::Renderer;
use crate::wave::Sound;
use crate::workspace;

/// Block sizes: one frame, odd ones, powers of two, and what DAWs use.
const BLOCKS: [usize; 8] = [1, 3, 17, 64, 96, 441, 512, 8192];

/// The rates of a DAW, each with two of the block sizes.
const RATES: [(u32, [usize; 2]); 5] =
    [(22_050, [17, 512]), (44_100, [441, 64]), (88_200, [96, 8192]), (96_000, [512, 1]), (192_000, [3, 8192])];

/// Seconds in which a control reaches a new value.
const RAMP: f32 = 0.02;

/// The bundle on the stage, and the program to compare it with.
struct Stage {
    clap: Clap,
    renderer: Renderer,
    /// For files.
    folder: PathBuf,
}

/// All checks.
pub fn run(floor: &Floor, tally: &mut Tally) -> Result<()> {
    let bundles = floor.bundles()?;
    let folder = workspace::folder("hosts/clap")?;
    let stage =
        Stage { clap: Clap::load(&bundles.clap)?, renderer: Renderer::new(&bundles.program, folder.clone()), folder };
    let all: &[Check<Stage>] = &[
        ("the factory tells what the plugin is", features),
        ("impulse in, impulse response out: the program's samples at every block size", every_block_size),
        ("the same at every rate", every_rate),
        ("block sizes may change from call to call", changing_blocks),
        ("mono and mono to stereo are the program's samples too", mono),
        ("latency is 0, and the tail ends where the program's does", latency_and_tail),
        ("settings reach the sound as the program's options do", settings),
        ("a saved session sounds the same when opened again", session),
        ("damaged state is no crash, and the instance plays on", damaged_state),
        ("bypass lets every bit through", bypass),
        ("without the wet signal the dry one is untouched and in its place", dry),
        ("automation does not click", automation),
        ("an instance that goes while its hall is being built leaves the other alone", dropped_while_loading),
    ];
    checks(&[all, automation::CHECKS, rooms::CHECKS, sessions::CHECKS].concat(), &stage, tally)
}

impl Stage {
    fn guest(&self) -> Result<Guest> {
        let mut guest = self.clap.instance()?;
        guest.offline(true)?;
        Ok(guest)
    }

    /// Whether a fresh instance gives the program's samples.
    fn agrees(&self, name: &str, rate: u32, blocks: &[&[usize]]) -> Result<()> {
        let input = knock(rate);
        let expected = self.renderer.hall(name, rate, &input, &[])?;
        for blocks in blocks {
            let take = Take { rate, input: &input, outputs: 2, blocks, tail: true, automation: &[] };
            same(&self.guest()?.play(&take)?.sound, &expected)
                .with_context(|| format!("{rate} Hz, blocks {blocks:?}"))?;
        }
        Ok(())
    }
}

/// An impulse on the left, another later on the right, and noise between them: seeded, a fifth of a second.
fn knock(rate: u32) -> Sound {
    let frames = rate as usize / 5;
    let mut sound = vec![vec![0.0; frames]; 2];
    sound[0][7] = 1.0;
    sound[1][frames / 2] = -0.5;
    let mut state = 0x2545_f491u32;
    for frame in frames / 4..frames / 3 {
        for channel in &mut sound {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // The top 24 bits, exact in an f32: -0.5 to 0.5.
            channel[frame] = (state >> 8) as f32 / 16_777_216.0 - 0.5;
        }
    }
    sound
}

fn same(found: &Sound, expected: &Sound) -> Result<()> {
    match difference(found, expected) {
        None => Ok(()),
        Some(difference) => anyhow::bail!("not the same samples: {difference}"),
    }
}

fn features(stage: &Stage) -> Result<()> {
    let features = stage.clap.features()?;
    for feature in ["audio-effect", "reverb", "stereo", "mono"] {
        ensure!(features.iter().any(|found| found == feature), "{feature} is not among {features:?}");
    }
    Ok(())
}

fn every_block_size(stage: &Stage) -> Result<()> {
    let blocks = BLOCKS.map(|size| [size]);
    stage.agrees("blocks", 48_000, &blocks.each_ref().map(|blocks| &blocks[..]))
}

fn every_rate(stage: &Stage) -> Result<()> {
    RATES.iter().try_for_each(|(rate, [one, other])| stage.agrees(&format!("{rate}"), *rate, &[&[*one], &[*other]]))
}

fn changing_blocks(stage: &Stage) -> Result<()> {
    stage.agrees("changing", 48_000, &[&[64, 1, 511, 3, 1024, 17, 8192, 2]])
}

fn mono(stage: &Stage) -> Result<()> {
    let input = vec![knock(48_000).swap_remove(0)];
    let expected = stage.renderer.hall("mono", 48_000, &input, &[])?;
    let mut guest = stage.guest()?;
    guest.layout(1, 2)?;
    let take = Take { rate: 48_000, input: &input, outputs: 2, blocks: &[96], tail: true, automation: &[] };
    same(&guest.play(&take)?.sound, &expected)?;
    // The program has no mono → mono: here the promise is the dry signal and a tail.
    guest.layout(1, 1)?;
    let played = guest.play(&Take { outputs: 1, ..take })?.sound;
    ensure!(played.len() == 1 && played[0].len() == expected[0].len(), "another length than in stereo");
    ensure!(played[0][input[0].len()..].iter().any(|sample| *sample != 0.0), "no tail");
    Ok(())
}

fn latency_and_tail(stage: &Stage) -> Result<()> {
    let input = knock(48_000);
    let with_tail = stage.renderer.hall("tail", 48_000, &input, &["--predelay", "100"])?;
    let mut guest = stage.guest()?;
    guest.set("predelay", "100 ms")?;
    let played =
        guest.play(&Take { rate: 48_000, input: &input, outputs: 2, blocks: &[512], tail: false, automation: &[] })?;
    let expected = with_tail[0].len() - input[0].len();
    ensure!(played.tail == expected, "the tail is {} frames, the program's {expected}", played.tail);
    ensure!(guest.latency()? == 0, "latency is {}", guest.latency()?);
    Ok(())
}

fn settings(stage: &Stage) -> Result<()> {
    let input = knock(44_100);
    let options = ["--dry", "-6", "--wet", "-3", "--predelay", "25", "--low-cut", "120", "--high-cut", "6000"];
    let expected = stage.renderer.hall("settings", 44_100, &input, &[&options[..], &["--loudness", "off"]].concat())?;
    let mut guest = stage.guest()?;
    for (name, text) in [
        ("dry", "-6 dB"),
        ("wet", "-3 dB"),
        ("predelay", "25 ms"),
        ("low_cut", "120 Hz"),
        ("high_cut", "6000 Hz"),
        ("loudness", "off"),
    ] {
        guest.set(name, text)?;
    }
    let take = Take { rate: 44_100, input: &input, outputs: 2, blocks: &[441], tail: true, automation: &[] };
    same(&guest.play(&take)?.sound, &expected)
}

fn session(stage: &Stage) -> Result<()> {
    let input = knock(48_000);
    let take = Take { rate: 48_000, input: &input, outputs: 2, blocks: &[512], tail: true, automation: &[] };
    let mut guest = stage.guest()?;
    guest.set("wet", "-20 dB")?;
    guest.set("high_cut", "3000 Hz")?;
    let saved = guest.save()?;
    let before = guest.play(&take)?.sound;

    let mut opened = stage.guest()?;
    opened.load(&saved)?;
    for name in ["wet", "high_cut", "dry"] {
        let (now, then) = (opened.text(name)?, guest.text(name)?);
        ensure!(now == then, "{name} is {now}, was {then}");
    }
    same(&opened.play(&take)?.sound, &before)?;
    ensure!(opened.save()? == saved, "saved again, the session has other bytes");
    Ok(())
}

fn damaged_state(stage: &Stage) -> Result<()> {
    let mut guest = stage.guest()?;
    let saved = guest.save()?;
    let mut flipped = saved.clone();
    flipped.iter_mut().skip(9).step_by(5).for_each(|byte| *byte ^= 0x5a);
    for bytes in [&saved[..saved.len() / 2], &flipped, b"", b"somebody else's state", &[0xff; 4096]] {
        // Whether it is refused or read as far as it goes is the plugin's choice; the sound below is not.
        let _ = guest.load(bytes);
    }
    guest.load(&saved)?;
    let input = knock(48_000);
    let take = Take { rate: 48_000, input: &input, outputs: 2, blocks: &[512], tail: true, automation: &[] };
    same(&guest.play(&take)?.sound, &stage.renderer.hall("damaged", 48_000, &input, &[])?)
}

fn bypass(stage: &Stage) -> Result<()> {
    let mut guest = stage.guest()?;
    guest.set("bypass", "on")?;
    let input = knock(48_000);
    let take = Take { rate: 48_000, input: &input, outputs: 2, blocks: &[64], tail: false, automation: &[] };
    same(&guest.play(&take)?.sound, &input)
}

fn dry(stage: &Stage) -> Result<()> {
    let mut guest = stage.guest()?;
    guest.set("wet", "off")?;
    let input = knock(48_000);
    let take = Take { rate: 48_000, input: &input, outputs: 2, blocks: &[17], tail: false, automation: &[] };
    same(&guest.play(&take)?.sound, &input)
}

/// A constant goes in, and the dry level falls from 0 dB to off and comes back: the largest step between two samples is
/// where a click would be. Every level, and bypass, goes to its new value in a line over [`RAMP`]. The dry level moves
/// the output between nothing and the input, and so does bypass, which comes and goes while the dry level is off.
///
/// The thousandth is for rounding: a value up to 1 is rounded by 6e-8 at each of the 960 steps, which the steps after
/// it share out evenly: 6e-8 times 1 + 1/2 + … + 1/960 at most, in the last one.
fn automation(stage: &Stage) -> Result<()> {
    let mut guest = stage.guest()?;
    guest.set("wet", "off")?;
    let id = guest.parameter("dry")?;
    let values = [("off", 4_800), ("0 dB", 9_600), ("off", 9_650), ("0 dB", 9_777), ("off", 12_000), ("0 dB", 18_000)];
    let mut points = Vec::new();
    for (text, frame) in values {
        points.push(Point { frame, id, value: guest.value("dry", text)? });
    }
    let bypass = guest.parameter("bypass")?;
    points.extend([(14_000, 1.0), (16_000, 0.0)].map(|(frame, value)| Point { frame, id: bypass, value }));
    points.sort_by_key(|point| point.frame);
    let input = vec![vec![0.5; 24_000]; 2];
    let take = Take { rate: 48_000, input: &input, outputs: 2, blocks: &[512], tail: false, automation: &points };
    let played = guest.play(&take)?.sound;
    let quietest = played[0].iter().fold(1.0f32, |quietest, sample| quietest.min(*sample));
    ensure!(quietest < 0.01, "the dry level was never off");
    ensure!(played[0][13_999] == 0.0 && played[0][15_999] == 0.5, "bypass was never on");
    let largest = 0.5 / (48_000.0 * RAMP) * 1.001;
    for channel in &played {
        let steps = channel.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        let (frame, step) = steps.enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).context("there are samples")?;
        ensure!(step <= largest, "a step of {step} at frame {frame}, and {largest} is the ramps'");
    }
    Ok(())
}

fn dropped_while_loading(stage: &Stage) -> Result<()> {
    let input = knock(48_000);
    let expected = stage.renderer.hall("dropped", 48_000, &input, &[])?;
    let take = Take { rate: 48_000, input: &input, outputs: 2, blocks: &[64], tail: true, automation: &[] };
    for _ in 0..5 {
        let mut stays = stage.guest()?;
        // Live, so that nothing waits for its hall; and asked for another at once.
        let mut goes = stage.clap.instance()?;
        goes.play(&Take { tail: false, ..take })?;
        goes.set("loudness", "off")?;
        goes.play(&Take { rate: 96_000, tail: false, ..take })?;
        drop(goes);
        same(&stays.play(&take)?.sound, &expected)?;
    }
    Ok(())
}
