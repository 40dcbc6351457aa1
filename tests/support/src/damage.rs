//! Seeded damage to bytes.

use crate::signal::Seeded;

/// What means something in JSON, TOML, base 64 and the text of settings, so that damage to a text often stays one.
const LETTERS: &[u8] = b"0129-+.eAZaz/=,:;#\"[]{} %\n";

/// What means something in the headers of sound files: the ends of the numbers, and their middle.
const NUMBERS: [u8; 4] = [0, 0xff, 0x7f, 0x80];

/// The bytes with one to five faults: some are others, or a piece is gone or doubled. Half of the faults are near the
/// beginning, where headers are.
#[must_use]
pub fn damaged(whole: &[u8], seeded: &mut Seeded) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for _ in 0..=seeded.below(5) {
        let reach = if seeded.below(2) == 0 { bytes.len().min(64) } else { bytes.len() };
        let (from, to) = (seeded.below(reach + 1), seeded.below(reach + 1));
        match seeded.below(10) {
            0 => bytes.truncate(from),
            1 => drop(bytes.drain(from.min(to)..from.max(to))),
            2 => {
                let piece = bytes[from.min(to)..from.max(to)].to_vec();
                bytes.splice(from..from, piece);
            }
            _ if reach == 0 => {}
            kind => {
                let byte = match kind % 3 {
                    0 => LETTERS[seeded.below(LETTERS.len())],
                    1 => NUMBERS[seeded.below(NUMBERS.len())],
                    _ => seeded.bits() as u8,
                };
                bytes[seeded.below(reach)] = byte;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_the_same_for_a_seed_and_another_for_another() {
        let whole: Vec<u8> = (0..200).collect();
        let rounds = |seed| (0..100).map(|_| ()).scan(Seeded(seed), |seeded, ()| Some(damaged(&whole, seeded)));
        assert!(rounds(1).eq(rounds(1)));
        assert!(rounds(1).ne(rounds(2)));
        assert!(rounds(1).filter(|bytes| *bytes != whole).count() > 95);
        assert!(damaged(&[], &mut Seeded(1)).is_empty());
    }
}
