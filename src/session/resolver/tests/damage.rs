//! Whole states with seeded damage, through all that reads them.

use super::*;
use std::time::{Duration, Instant};
use transept_support::signal::Seeded;

/// A few bytes of one field are others, or a piece is gone or doubled.
fn damage(state: &State, seeded: &mut Seeded) -> State {
    let mut damaged = state.clone();
    let keys: Vec<String> = damaged.keys().cloned().collect();
    for _ in 0..=seeded.below(3) {
        let text = damaged.get_mut(&keys[seeded.below(keys.len())]).expect("a field");
        let mut bytes = std::mem::take(text).into_bytes();
        let (from, to) = (seeded.below(bytes.len() + 1), seeded.below(bytes.len() + 1));
        match seeded.below(5) {
            0 => bytes.truncate(from),
            1 => drop(bytes.drain(from.min(to)..from.max(to))),
            2 => {
                let piece = bytes[..to.min(64)].to_vec();
                bytes.splice(from..from, piece);
            }
            _ if bytes.is_empty() => {}
            _ => {
                let place = seeded.below(bytes.len());
                // Half of them what stays text in JSON, and base 64.
                bytes[place] = match seeded.below(2) {
                    0 => b"0129AZaz+/=-.\"[]{},:/"[seeded.below(21)],
                    _ => seeded.below(256) as u8,
                };
            }
        }
        *text = String::from_utf8_lossy(&bytes).into_owned();
    }
    damaged
}

#[test]
fn no_damage_to_a_state_is_a_crash_or_a_hang_and_the_right_impulse_sounds_or_none() {
    endure(|state| State::from([(fields::SESSION.to_owned(), field(state))]));
}

#[test]
fn no_damage_to_an_older_state_is_a_crash_or_a_hang_and_the_right_impulse_sounds_or_none() {
    endure(State::clone);
}

/// Ten thousand damages of a saved state, in a form. What a host may open: by the framework's own rules, which take
/// every field that is JSON.
fn endure(form: impl Fn(&State) -> State) {
    let rooms = Rooms::new(&["a.wav", "b.wav"]);
    let (state, heard) = rooms.saved(rooms.file("a.wav"), Embedding::WhenSmall);
    let state = form(&state);
    rooms.rename("a.wav", "moved.wav");
    let began = Instant::now();
    let mut seeded = Seeded(11);
    let (mut found, mut missing, mut others) = (0, 0, 0);
    for round in 0..10_000 {
        let mut damaged = damage(&state, &mut seeded);
        damaged.retain(|_, json| serde_json::from_str::<serde_json::Value>(json).is_ok());
        let session = rooms.open(&damaged);
        let recipe = session.params.session.get();
        // Damage may name the other file, or ask for a space.
        if recipe.source.files().is_empty() {
            others += 1;
            continue;
        }
        match session.find() {
            Ok(impulse) if impulse == heard => found += 1,
            Ok(_) => others += 1,
            Err(PrepareError::Cancelled(_)) => panic!("round {round}: nobody did"),
            Err(_) => missing += 1,
        }
        if round % 16 == 0 {
            session.resolver.remember(&Token::never());
        }
        let saved = session.fields();
        assert_eq!(rooms.open(&saved).fields(), saved, "round {round}: what it saves then is sound");
    }
    println!("{found} found, {missing} missing, {others} others in {:?}", began.elapsed());
    assert!(found > 1000 && missing > 100 && others > 100, "{found} found, {missing} missing, {others} others");
    // Only against hangs.
    assert!(began.elapsed() < Duration::from_secs(120));
    assert_eq!(rooms.open(&state).heard(), heard);
}
