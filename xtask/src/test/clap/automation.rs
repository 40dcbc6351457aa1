//! Settings that move while the bounce plays.

use anyhow::{Context, Result, ensure};

use super::{Check, Stage, same};
use crate::host::{Point, Take};
use crate::wave::Sound;

/// All checks.
pub const CHECKS: &[Check<Stage>] = &[
    ("automated shapes bounce to the bytes that the program renders, whatever the blocks", shapes),
    ("an automated impulse bounces to the same bytes, whatever the blocks", impulses),
];

const RATE: u32 = 48_000;

/// Frames, settings and values: within a quantum and at its end, together, and while another change is under way.
const MOVES: [(usize, &str, &str); 10] = [
    (4_800, "decay_high", "40 %"),
    (4_800, "late", "4 dB"),
    (6_001, "size", "85 %"),
    (6_500, "decay_low", "180 %"),
    (9_999, "attack", "30 ms"),
    (14_400, "reverse", "on"),
    (17_000, "reverse", "off"),
    (20_032, "wet", "-4 dB"),
    (26_000, "trim_end", "700 ms"),
    (31_001, "loudness", "off"),
];

fn shapes(stage: &Stage) -> Result<()> {
    let input = noise(40_000);
    let text: String = MOVES
        .iter()
        .map(|(frame, id, text)| format!("{:.9}, {id}, {text}\n", *frame as f64 / f64::from(RATE)))
        .collect();
    let file = stage.folder.join("automation.csv");
    std::fs::write(&file, text)?;
    let file = file.to_str().context("a path that is text")?;
    let expected = stage.renderer.hall("automation", RATE, &input, &["--automation", file, "--no-tail"])?;
    for blocks in [&[512][..], &[64], &[441, 17, 1]] {
        let mut guest = stage.guest()?;
        let mut points = Vec::new();
        for (frame, id, text) in MOVES {
            points.push(Point { frame, id: guest.parameter(id)?, value: guest.value(id, text)? });
        }
        let take = Take { rate: RATE, input: &input, outputs: 2, blocks, tail: false, automation: &points };
        same(&guest.play(&take)?.sound, &expected).with_context(|| format!("blocks {blocks:?}"))?;
    }
    Ok(())
}

fn impulses(stage: &Stage) -> Result<()> {
    let input = noise(40_000);
    let hall = stage.renderer.hall("impulses", RATE, &input, &["--no-tail"])?;
    let mut first: Option<Sound> = None;
    for blocks in [&[512][..], &[64], &[441, 17, 1]] {
        let mut guest = stage.guest()?;
        let id = guest.parameter("impulse")?;
        let mut points = Vec::new();
        for (frame, name) in [(9_001, "Plate"), (20_000, "Room"), (30_000, "Hall")] {
            points.push(Point { frame, id, value: guest.value("impulse", name)? });
        }
        let take = Take { rate: RATE, input: &input, outputs: 2, blocks, tail: false, automation: &points };
        let sound = guest.play(&take)?.sound;
        ensure!(sound[0][..9_001] == hall[0][..9_001], "blocks {blocks:?}: the hall sounds until the parameter moves");
        ensure!(sound[0][12_000..] != hall[0][12_000..], "blocks {blocks:?}: nothing was heard of the parameter");
        same(&sound, first.get_or_insert_with(|| sound.clone())).with_context(|| format!("blocks {blocks:?}"))?;
    }
    Ok(())
}

/// Seeded, on both sides another.
fn noise(frames: usize) -> Sound {
    let mut state = 0x1234_5677u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 16_777_216.0 - 0.5
    };
    (0..2).map(|_| (0..frames).map(|_| next()).collect()).collect()
}
