//! Sessions opened while the plugin sounds: some name no sound, some are damaged or no sessions.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};

use super::rooms::rendered;
use super::{Check, Stage, knock, same};
use crate::host::{Guest, Take};
use crate::room::{Room, framed, noise, recipe, session, session_embedding};
use crate::settings;
use crate::wave::{self, Sound};

/// All checks.
pub const CHECKS: &[Check<Stage>] = &[
    (
        "a session whose file is missing or no audio, opened while a room sounds: silent wet, dry passes, nothing is lost",
        no_impulse,
    ),
    ("rate and layout may change while a session's room is being built", another_format),
    ("an older session gets the defaults of what it does not say", older),
    ("a newer session's recipe is kept, and the hall sounds in its place", newer),
    ("what is no session, opened while a room sounds, is no crash, and the room goes on", foreign),
    ("a session carries its impulse along: it sounds the same when the files are others, moved or gone", carried_along),
    (
        "a session that does not finds its file in the user's folders under another name; without it, it is silent and \
         loses nothing",
        found_again,
    ),
    ("of sessions opened one after the other while it sounds, the last one stays", by_the_dozen),
];

const RATE: u32 = 48_000;

/// Longer than a fade and a room of a tenth of a second, so that nothing of what sounded before is left.
const PAUSE: usize = RATE as usize / 2;

fn take(input: &Sound) -> Take<'_> {
    Take { rate: RATE, input, outputs: 2, blocks: &[64], tail: true, automation: &[] }
}

fn opened(room: &Room) -> Vec<u8> {
    session(&room.recipe, json!({}))
}

/// Whether a fresh instance with this session gives the samples expected.
fn sounds(stage: &Stage, session: &[u8], input: &Sound, expected: &Sound) -> Result<()> {
    let mut guest = stage.guest()?;
    guest.load(session)?;
    same(&guest.play(&take(input))?.sound, expected)
}

/// Files that are no impulses, by what is wrong with them.
fn no_impulses(stage: &Stage) -> Result<Vec<(&'static str, PathBuf)>> {
    let place = |name: &str| stage.folder.join(format!("{name}.wav"));
    wave::write(&place("whole"), RATE, &noise(2, 0.1, 21))?;
    let whole = std::fs::read(place("whole"))?;
    let contents: [(&str, &[u8]); 3] =
        [("text", b"Dear diary, this is no sound."), ("empty", b""), ("header", &whole[..30])];
    let mut paths = vec![("missing", PathBuf::from("/nowhere/Cathedral.wav")), ("not a number", place("not a number"))];
    wave::write(&place("not a number"), RATE, &vec![vec![f32::NAN; 100]; 2])?;
    for (name, content) in contents {
        std::fs::write(place(name), content)?;
        paths.push((name, place(name)));
    }
    Ok(paths)
}

fn no_impulse(stage: &Stage) -> Result<()> {
    let room = Room::new(&stage.folder, "sounding", vec![noise(2, 0.1, 22)])?;
    let input = knock(RATE);
    let expected = rendered(stage, &room, RATE, &input, &[])?;
    for (what, path) in no_impulses(stage)? {
        silent(stage, &room, &session(&recipe(json!({ "kind": "file", "path": path })), json!({})), &expected)
            .with_context(|| what.to_owned())?;
    }
    Ok(())
}

/// Opens `bad` while `room` sounds, and a good session after it.
fn silent(stage: &Stage, room: &Room, bad: &[u8], expected: &Sound) -> Result<()> {
    let (input, pause) = (knock(RATE), vec![vec![0.0; PAUSE]; 2]);
    let mut fresh = stage.guest()?;
    fresh.load(bad)?;
    let wanted = fresh.save()?;

    let mut guest = stage.guest()?;
    guest.load(&opened(room))?;
    let mut playing = guest.start(RATE, 64)?;
    same(&playing.play(&take(&input))?.sound, expected).context("before")?;
    guest.load(bad)?;
    playing.play(&take(&pause))?;
    same(&playing.play(&Take { tail: false, ..take(&input) })?.sound, &input).context("the dry signal")?;
    ensure!(guest.save()? == wanted, "what is saved is not what was opened");
    guest.load(&opened(room))?;
    guest.stop(playing)?;
    same(&guest.play(&take(&input))?.sound, expected).context("after")?;

    let mut again = stage.guest()?;
    again.load(&wanted)?;
    same(&again.play(&Take { tail: false, ..take(&input) })?.sound, &input).context("opened again")?;
    ensure!(again.save()? == wanted, "saved again, the session has other bytes");
    Ok(())
}

/// Live, so that no activation waits until the room is there.
fn another_format(stage: &Stage) -> Result<()> {
    // At 192 kHz it takes longer than the half second for which an activation waits, on most machines.
    let long = Room::new(&stage.folder, "long", vec![noise(4, 24.0, 23)])?;
    let short = Room::new(&stage.folder, "short", vec![noise(2, 0.1, 24)])?;
    let mut guest = stage.guest()?;
    guest.offline(false)?;
    for room in [&long, &short, &long] {
        for (rate, inputs, outputs) in [(96_000, 1, 2), (192_000, 2, 2), (44_100, 1, 1), (192_000, 1, 2)] {
            guest.layout(inputs, outputs)?;
            let mut playing = guest.start(rate, 64)?;
            guest.load(&opened(room))?;
            let input = vec![vec![0.5; 640]; inputs as usize];
            let take = Take { rate, outputs: outputs as usize, tail: false, ..take(&input) };
            let played = playing.play(&take)?.sound;
            ensure!(played.iter().flatten().all(|sample| sample.is_finite()), "a sample is not finite");
            guest.stop(playing)?;
        }
    }
    guest.layout(2, 2)?;
    guest.offline(true)?;
    let input = knock(RATE);
    same(&guest.play(&take(&input))?.sound, &rendered(stage, &long, RATE, &input, &[])?)
}

fn older(stage: &Stage) -> Result<()> {
    let room = Room::new(&stage.folder, "older", vec![noise(1, 0.1, 25)])?;
    let old = session(&json!({ "source": room.recipe["source"] }), json!({}));
    let input = knock(RATE);
    sounds(stage, &old, &input, &rendered(stage, &room, RATE, &input, &[])?)
}

fn newer(stage: &Stage) -> Result<()> {
    let room = Room::new(&stage.folder, "newer", vec![noise(2, 0.1, 26)])?;
    let input = knock(RATE);
    let with = |key: &str, value: Value| {
        let mut recipe = room.recipe.clone();
        recipe[key] = value;
        recipe
    };
    let more = session(&with("mood", json!("blue")), json!({ "dream": { "f32": 3.0 } }));
    sounds(stage, &more, &input, &rendered(stage, &room, RATE, &input, &[])?).context("what is only more")?;

    let hall = stage.renderer.hall("newer", RATE, &input, &[])?;
    let fresh = stage.guest()?.save()?;
    for recipe in [with("version", json!(99)), with("source", json!({ "kind": "dream" }))] {
        let mut guest = stage.guest()?;
        guest.load(&session(&recipe, json!({})))?;
        same(&guest.play(&take(&input))?.sound, &hall)?;
        let saved = guest.save()?;
        ensure!(saved != fresh, "{recipe} is forgotten");
        let mut again = stage.guest()?;
        again.load(&saved)?;
        ensure!(again.save()? == saved, "{recipe} is forgotten when it is saved again");
    }
    Ok(())
}

fn foreign(stage: &Stage) -> Result<()> {
    let room = Room::new(&stage.folder, "foreign", vec![noise(2, 0.1, 27)])?;
    let (input, pause) = (knock(RATE), vec![vec![0.0; PAUSE]; 2]);
    let expected = rendered(stage, &room, RATE, &input, &[])?;
    let mut guest = stage.guest()?;
    guest.load(&opened(&room))?;
    let early = guest.save()?;
    let mut playing = guest.start(RATE, 64)?;
    // Once its file has been looked at, the session stays as it is.
    let saved = saved_anew(&mut guest, &early)?;
    let whole = opened(&room);
    let foreign: [&[u8]; 6] = [
        b"",
        b"null",
        b"[[[[",
        b"somebody else's state",
        &[0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3],
        &whole[8..whole.len() / 2],
    ];
    for bytes in foreign {
        for state in [bytes.to_vec(), framed(bytes)] {
            ensure!(guest.load(&state).is_err(), "{state:?} is taken for a session");
            playing.play(&take(&pause))?;
            ensure!(guest.save()? == saved, "{state:?} changed something");
        }
    }
    // Where the sound goes on, sums are rounded in another order; so it is started anew.
    guest.stop(playing)?;
    same(&guest.play(&take(&input))?.sound, &expected)
}

/// Longer than anybody takes to look at a file of a tenth of a second.
const PATIENCE: Duration = Duration::from_secs(60);

/// What an instance saves after it has played a session and looked at its files, a moment after they sound.
fn played_and_saved(stage: &Stage, opened: &[u8], input: &Sound, expected: &Sound) -> Result<Vec<u8>> {
    let mut guest = stage.guest()?;
    guest.load(opened)?;
    let early = guest.save()?;
    same(&guest.play(&take(input))?.sound, expected)?;
    saved_anew(&mut guest, &early)
}

fn saved_anew(guest: &mut Guest, before: &[u8]) -> Result<Vec<u8>> {
    let began = Instant::now();
    loop {
        let saved = guest.save()?;
        if saved != before {
            return Ok(saved);
        }
        ensure!(began.elapsed() < PATIENCE, "nothing is remembered");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

fn carried_along(stage: &Stage) -> Result<()> {
    let rooms = [
        Room::new(&stage.folder, "carried", vec![noise(4, 0.1, 29)])?,
        Room::new(&stage.folder, "carried pair", vec![noise(2, 0.1, 30), noise(2, 0.1, 31)])?,
    ];
    let input = knock(RATE);
    for room in &rooms {
        let expected = rendered(stage, room, RATE, &input, &[])?;
        let saved = played_and_saved(stage, &opened(room), &input, &expected)?;
        for path in room.paths() {
            wave::write(path, RATE, &noise(2, 0.1, 32))?;
        }
        sounds(stage, &saved, &input, &expected).context("the files are others")?;
        for path in room.paths() {
            std::fs::remove_file(path)?;
        }
        let mut guest = stage.guest()?;
        guest.load(&saved)?;
        same(&guest.play(&take(&input))?.sound, &expected).context("the files are gone")?;
        ensure!(guest.save()? == saved, "saved again, the session has other bytes");
    }
    Ok(())
}

fn found_again(stage: &Stage) -> Result<()> {
    let room = Room::new(&stage.folder, "wanted", vec![noise(2, 0.1, 33)])?;
    let input = knock(RATE);
    let expected = rendered(stage, &room, RATE, &input, &[])?;
    let saved = played_and_saved(stage, &session_embedding(&room.recipe, "never"), &input, &expected)?;
    let library = stage.folder.join("library");
    std::fs::create_dir_all(library.join("below"))?;
    let elsewhere = library.join("below").join("another name.wav");
    std::fs::rename(room.paths().next().context("a file")?, &elsewhere)?;

    let mut missing = stage.guest()?;
    missing.load(&saved)?;
    same(&missing.play(&Take { tail: false, ..take(&input) })?.sound, &input).context("in no folder")?;
    ensure!(missing.save()? == saved, "saved without its file, the session has other bytes");
    drop(missing);

    let settings = Settings::with_folder(&library)?;
    let mut found = stage.guest()?;
    found.load(&saved)?;
    same(&found.play(&take(&input))?.sound, &expected).context("in the user's folders")?;
    let next = saved_anew(&mut found, &saved)?;
    drop((found, settings));
    sounds(stage, &next, &input, &expected).context("where it was found")
}

/// The user's settings, as long as this lives.
struct Settings(PathBuf);

impl Settings {
    fn with_folder(library: &Path) -> Result<Self> {
        let folder = settings::folder();
        std::fs::create_dir_all(&folder)?;
        let file = folder.join("library.toml");
        // JSON's strings are TOML's too.
        std::fs::write(&file, format!("folders = [{}]", json!(library)))?;
        Ok(Self(file))
    }
}

impl Drop for Settings {
    fn drop(&mut self) {
        // If it is gone already, so much the better.
        let _ = std::fs::remove_file(&self.0);
    }
}

fn by_the_dozen(stage: &Stage) -> Result<()> {
    let room = |channels| Room::new(&stage.folder, &format!("dozen {channels}"), vec![noise(channels, 0.1, 28)]);
    let rooms = [room(1)?, room(2)?, room(4)?];
    let missing = session(&recipe(json!({ "kind": "file", "path": "/nowhere/Cathedral.wav" })), json!({}));
    let mut states: Vec<Vec<u8>> = rooms.iter().map(opened).collect();
    states.insert(2, missing);
    let input = knock(RATE);
    let mut guest = stage.guest()?;
    guest.offline(false)?;
    let mut playing = guest.start(RATE, 64)?;
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let player = scope.spawn(|| -> Result<()> {
            while !is_over.load(Ordering::SeqCst) {
                let played = playing.play(&Take { tail: false, ..take(&input) })?.sound;
                ensure!(played.iter().flatten().all(|sample| sample.is_finite()), "a sample is not finite");
            }
            Ok(())
        });
        let loaded = states.iter().cycle().take(60).try_for_each(|state| guest.load(state));
        is_over.store(true, Ordering::SeqCst);
        player.join().map_err(|_| anyhow!("the audio thread panicked"))?.and(loaded)
    })?;
    guest.stop(playing)?;
    guest.offline(true)?;
    same(&guest.play(&take(&input))?.sound, &rendered(stage, &rooms[2], RATE, &input, &[])?)
}
