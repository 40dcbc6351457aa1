//! Impulse files of every kind, named by a session, in every layout.

use anyhow::{Context, Result};
use serde_json::json;

use super::{Check, Stage, knock, same};
use crate::host::Take;
use crate::room::{self, Room, session};
use crate::wave::Sound;

/// All checks.
pub const CHECKS: &[Check<Stage>] = &[
    ("impulse files of 1, 2 and 4 channels and pairs, named by a session, sound as the program renders them", stereo),
    ("from mono to stereo as well", mono_to_stereo),
    ("and on a mono track as the mean of their channels does", mono),
];

fn stereo(stage: &Stage) -> Result<()> {
    for room in Room::of_every_kind(&stage.folder)? {
        for (rate, block) in [(room::RATE, 441), (96_000, 512)] {
            let input = knock(rate);
            let expected = rendered(stage, &room, rate, &input, &["--wet", "-3"])?;
            let opened = session(&room.recipe, json!({ "wet": { "f32": -3.0 } }));
            sounds(stage, &opened, rate, &input, block, &expected)
                .with_context(|| format!("{} at {rate} Hz", room.name))?;
        }
    }
    Ok(())
}

fn mono_to_stereo(stage: &Stage) -> Result<()> {
    let input = vec![knock(48_000).swap_remove(0)];
    for room in Room::of_every_kind(&stage.folder)? {
        let mut expected = rendered(stage, &room, 48_000, &input, &[])?;
        // Of a mono file in a mono room the program makes a mono file.
        expected.resize(2, expected[0].clone());
        sounds(stage, &session(&room.recipe, json!({})), 48_000, &input, 96, &expected)
            .with_context(|| room.name.clone())?;
    }
    Ok(())
}

/// At the rate of the files and not matched in loudness, because a mean is not as loud as what it is of.
fn mono(stage: &Stage) -> Result<()> {
    let input = vec![knock(room::RATE).swap_remove(0)];
    for room in Room::of_every_kind(&stage.folder)? {
        let expected = rendered(stage, &room.in_mono(&stage.folder)?, room::RATE, &input, &["--loudness", "off"])?;
        let opened = session(&room.recipe, json!({ "loudness": { "i32": 0 } }));
        sounds(stage, &opened, room::RATE, &input, 64, &expected).with_context(|| room.name.clone())?;
    }
    Ok(())
}

/// What the program makes of `input` in `room`.
pub fn rendered(stage: &Stage, room: &Room, rate: u32, input: &Sound, options: &[&str]) -> Result<Sound> {
    let name = format!("{} {rate} {}", room.name, input.len());
    stage.renderer.sound(&name, rate, input, &[&room.options(), options].concat())
}

/// Whether an instance with this session, in the layout of input and output, gives the samples expected.
fn sounds(stage: &Stage, session: &[u8], rate: u32, input: &Sound, block: usize, expected: &Sound) -> Result<()> {
    let mut guest = stage.guest()?;
    guest.load(session)?;
    guest.layout(input.len() as u32, expected.len() as u32)?;
    let take = Take { rate, input, outputs: expected.len(), blocks: &[block], tail: true, automation: &[] };
    same(&guest.play(&take)?.sound, expected)
}
