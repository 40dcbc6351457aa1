//! The table of `README.md`, between two marks.

use crate::cell::{Cell, EngineName, Layout, Situation};
use crate::document::{PEERS, beside, better};
use crate::instance::common;
use crate::machine;
use crate::race::Race;
use std::io;
use std::path::Path;

const BEGIN: &str = "<!-- written by `cargo xtask bench` -->\n";
const END: &str = "<!-- until here -->\n";

/// Writes the table into the file, whose other lines stay.
///
/// # Errors
/// When the file cannot be read or written, or has no place for the table.
pub fn write(path: &Path, races: &[Race]) -> io::Result<()> {
    let text = std::fs::read_to_string(path)?;
    let parts = text.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.ok_or_else(|| io::Error::other("README.md has no place for the table"))?;
    std::fs::write(path, format!("{before}{BEGIN}{}{END}{after}", table(races)))
}

fn table(races: &[Race]) -> String {
    let better = better();
    let ours = better.iter().fold(format!("Transept, {}", common()), |ours, path| ours + " | " + path);
    let peers = PEERS.map(|peer| peer.to_string()).join(" | ");
    let mut text = format!(
        "On: {}.\n\n| impulse | block | {ours} | {peers} | live: Transept | zita-convolver |\n",
        machine::describe()
    );
    text += &format!("|{}\n", "---|".repeat(5 + better.iter().count() + PEERS.len()));
    for race in races.iter().filter(|race| is_main(&race.situation)) {
        let Situation { layout, seconds, block, .. } = race.situation;
        let name = if layout == Layout::TrueStereo { ", true stereo" } else { "" };
        text += &format!("| {seconds} s{name} | {block} | {:.1} |", race.entrants[0].cost());
        if let Some(path) = &better {
            let cost = race.of(EngineName::Transept, Some(path)).map(|entrant| format!("{:.1}", entrant.cost()));
            text += &format!(" {} |", cost.unwrap_or_else(|| "–".into()));
        }
        for peer in PEERS {
            text += &format!(" {} |", beside(race, race.of(peer, None)));
        }
        let live = |engine| race.live.iter().find(|cell| cell.engine == engine).map(Cell::ns_per_frame);
        let (ours, zita) = (live(EngineName::Transept), live(EngineName::ZitaConvolver));
        text += &format!(" {} |", ours.map_or_else(|| "–".into(), |ours| format!("{ours:.1}")));
        let ratio = ours.zip(zita).map(|(ours, zita)| format!("{zita:.1} ({:.1}×)", zita / ours));
        text += &format!(" {} |\n", ratio.unwrap_or_else(|| "–".into()));
    }
    text
}

/// Situations of the README: every length at small blocks, and what is hardest at large ones.
fn is_main(situation: &Situation) -> bool {
    let Situation { seconds, block, .. } = *situation;
    matches!(block, 64 | 256) || (block == 1024 && matches!(seconds, 0.5 | 6.0))
}
