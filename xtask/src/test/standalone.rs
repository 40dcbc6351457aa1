//! `transept play` under a JACK server of our own, whose rate is not the one that the standalone's framework assumes.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::Floor;
use super::hands::HANDS;
use super::runner::{Check, Tally, checks};
use crate::command::{self, Companion, companion};
use crate::render::Renderer;
use crate::wave::{self, Sound};
use crate::workspace;

/// Hz of the server; the framework's own default is 48 000.
const RATE: u32 = 96_000;

/// Frames of the server's period; the framework's own default is 512.
const PERIOD: usize = 128;

/// The sound arrives in the middle of the convolver's blocks instead of at their start, so that its sums are rounded at
/// other places. Either is at most -125 dB away from the exact one, which the loudest sample of a knock, 1, makes 2 ×
/// 6e-7.
const TOLERANCE: f32 = 1.2e-6;

/// How long the program may take to go, so that a hang ends.
const PATIENCE: Duration = Duration::from_secs(60);

/// The JACK client that plays into the standalone: a package, and so a process, of its own.
const LISTENER: &str = "listener";

/// The user's settings, below the folder of the checks.
const CONFIG: &str = "config";

/// The word that has it wait for the standalone's ports.
const PORTS: &str = "ports";

/// A JACK server without a sound card, and what is needed to start the program under it.
struct Stage<'a> {
    floor: &'a Floor,
    server: String,
    folder: PathBuf,
    _jackd: Companion,
}

/// All checks.
pub fn run(floor: &Floor, tally: &mut Tally) -> Result<()> {
    let all: &[Check<Floor>] = &[
        (
            "the standalone sounds as the program renders at the JACK server's rate, not at its own default",
            default_rate,
        ),
        ("the same when the command line names another rate and period", other_rate),
        ("with six channels it is 5.1, each channel in its place", surround),
        ("when asked to end, the standalone does", ends),
        ("the standalone begins with the room that it is given, and with that of its last run", remembers),
        ("a pointer browses in the standalone's window, undoes and does again, and the room is remembered", browses),
        ("the room is remembered also when the window does not close", remembers_without_its_window),
    ];
    // Beforehand, so that nothing waits for a compiler while a server waits for its client.
    command::run(&mut command::cargo(&["build", "--package", LISTENER]))?;
    checks(all, floor, tally)
}

/// A server that waits for its clients instead of skipping them: nothing here depends on the machine's speed.
fn serve(name: &str) -> Result<Companion> {
    let rate = RATE.to_string();
    let period = PERIOD.to_string();
    let jackd = companion("jackd")
        .args(["--no-realtime", "--sync", "--timeout", "10000", "--name", name])
        .args(["-d", "dummy", "-r", &rate, "-p", &period])
        .env("JACK_NO_AUDIO_RESERVATION", "1")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start jackd (package jackd2)")?;
    Ok(Companion(jackd))
}

impl<'a> Stage<'a> {
    /// Where nothing is remembered yet.
    fn set(floor: &'a Floor, name: &str) -> Result<Self> {
        // What the tester's own standalone remembers neither counts nor changes.
        let config = workspace::folder("hosts/standalone")?.join(CONFIG);
        if config.exists() {
            std::fs::remove_dir_all(&config)?;
        }
        Self::set_again(floor, name)
    }

    /// With what the run before has remembered, and a server of its own for each run: the framework leaves the server
    /// from its audio thread, and a server that waits for its clients may then wait for one that has gone.
    fn set_again(floor: &'a Floor, name: &str) -> Result<Self> {
        // A name that stays the same: JACK has eight places for servers, and gives that of a dead one to its namesake
        // only.
        let server = format!("transept-test-{name}");
        let folder = workspace::folder("hosts/standalone")?;
        let stage = Self { floor, _jackd: serve(&server)?, server, folder };
        stage.listen(&[])?;
        Ok(stage)
    }

    /// Lets `command` talk to our server and to no other.
    fn on_stage<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("JACK_DEFAULT_SERVER", &self.server)
            .env("JACK_NO_START_SERVER", "1")
            .env("TRANSEPT_CONFIG", self.folder.join(CONFIG))
    }

    /// The standalone, with its ports in the server.
    fn standalone(&self, options: &[&str]) -> Result<Companion> {
        self.standalone_of(2, options)
    }

    /// The standalone, with so many of its ports in the server.
    fn standalone_of(&self, channels: usize, options: &[&str]) -> Result<Companion> {
        let mut play = companion(self.floor.bundles()?.program.to_str().context("a path that is no text")?);
        play.arg("play").args(options);
        self.floor.display()?.show(self.on_stage(&mut play));
        println!("$ {}", command::line(&play));
        let mut playing = Companion(play.spawn().context("cannot start the program")?);
        let listened = self.listen(&[Path::new(PORTS), Path::new(&channels.to_string())]);
        ensure!(playing.0.try_wait()?.is_none(), "the standalone ended at once");
        listened.map(|()| playing)
    }

    /// Runs the listener against our server.
    fn listen(&self, arguments: &[&Path]) -> Result<()> {
        let mut listen = command::cargo(&["run", "--quiet", "--package", LISTENER, "--"]);
        command::run(self.on_stage(listen.args(arguments)))
    }

    /// Plays a knock through the standalone, and compares it with the program's rendering through the hall.
    fn agrees(&self, options: &[&str]) -> Result<()> {
        self.sounds_like(options, &[])
    }

    /// Plays a knock through the standalone, and compares it with a rendering of other options than the hall alone.
    fn sounds_like(&self, options: &[&str], rendered: &[&str]) -> Result<()> {
        self.sounds_like_of(2, options, rendered)
    }

    /// Plays a knock in each of so many channels, and compares that with a rendering. Each has its knock at its own time,
    /// and no output hears more than two of them.
    fn sounds_like_of(&self, channels: usize, options: &[&str], rendered: &[&str]) -> Result<()> {
        let mut knock = vec![vec![0.0; RATE as usize / 4]; channels];
        for (channel, samples) in knock.iter_mut().enumerate() {
            samples[7 + channel * RATE as usize / 4 / channels] = if channel % 2 == 0 { 1.0 } else { -0.5 };
        }
        let renderer = Renderer::new(&self.floor.bundles()?.program, self.folder.clone());
        let expected = renderer.hall("knock", RATE, &knock, rendered)?;
        // Room for the tail, and for the way round through the server.
        let frames = expected[0].len() + 4 * PERIOD;
        knock.iter_mut().for_each(|channel| channel.resize(frames, 0.0));
        let (dry, wet) = (self.folder.join("dry.wav"), self.folder.join("played.wav"));
        wave::write(&dry, RATE, &knock)?;

        let standalone = self.standalone_of(channels, options)?;
        let listened = self.listen(&[&dry, &wet]);
        end(standalone)?;
        listened?;
        let (_, played) = wave::read(&wet)?;
        let arrived = played[0].iter().position(|sample| *sample != 0.0).context("nothing was heard")?;
        let way = arrived.checked_sub(7).context("heard before it was played")?;
        ensure!(way % PERIOD == 0 && way <= 2 * PERIOD, "the knock took {way} frames, which is not the server's way");
        let cut = |sound: &Sound| -> Sound { sound.iter().map(|c| c[way..way + expected[0].len()].to_vec()).collect() };
        let played = cut(&played);
        let pairs = played.iter().flatten().zip(expected.iter().flatten());
        let error = pairs.map(|(played, expected)| (played - expected).abs()).fold(0.0, f32::max);
        ensure!(error <= TOLERANCE, "not what the program renders: {error:e} apart");
        Ok(())
    }
}

fn default_rate(floor: &Floor) -> Result<()> {
    Stage::set(floor, "default")?.agrees(&[])
}

fn other_rate(floor: &Floor) -> Result<()> {
    Stage::set(floor, "other")?.agrees(&["--sample-rate", "44100", "--period-size", "64"])
}

fn surround(floor: &Floor) -> Result<()> {
    Stage::set(floor, "surround")?.sounds_like_of(6, &["--audio-layout", "5.1"], &["--layout", "5.1"])
}

fn ends(floor: &Floor) -> Result<()> {
    let stage = Stage::set(floor, "end")?;
    let status = end(stage.standalone(&[])?)?;
    ensure!(status.success(), "the standalone ended with {status}");
    Ok(())
}

fn remembers(floor: &Floor) -> Result<()> {
    let name = "memory";
    Stage::set(floor, name)?.sounds_like(&["--size", "80 %"], &["--size", "80 %"])?;
    let file = workspace::folder("hosts/standalone")?.join(CONFIG).join("play.toml");
    let remembered = || std::fs::read_to_string(&file).context("nothing is remembered");
    let run = |options: &[&str]| end(Stage::set_again(floor, name)?.standalone(options)?);
    ensure!(remembered()?.contains("id = \"hall\""), "another room than the hall: {}", remembered()?);
    run(&["--space", "plate"])?;
    run(&[])?;
    let text = remembered()?;
    ensure!(text.contains("id = \"plate\"") && text.contains("width = 780"), "not the room of the run before: {text}");
    std::fs::write(&file, "[impulse")?;
    run(&[])?;
    ensure!(remembered()?.contains("id = \"hall\""), "a broken memory is not replaced: {}", remembered()?);
    Ok(())
}

fn browses(floor: &Floor) -> Result<()> {
    let stage = Stage::set(floor, "browse")?;
    let standalone = stage.standalone(&[])?;
    let hands = |words: &[&str]| -> Result<()> {
        let mut hands = Command::new(std::env::current_exe().context("this program is nowhere")?);
        floor.display()?.show(hands.arg(HANDS).args(words));
        command::run(&mut hands)
    };
    for control in ["Browse", "Last row", "Undo (Ctrl+Z)", "Redo (Ctrl+Shift+Z)"] {
        hands(&["click", control])?;
    }
    ensure!(end(standalone)?.success(), "the standalone did not end well");
    let text = std::fs::read_to_string(stage.folder.join(CONFIG).join("play.toml")).context("nothing is remembered")?;
    ensure!(text.contains("kind = \"space\"") && !text.contains("id = \"hall\""), "the hall is still there: {text}");
    Ok(())
}

fn remembers_without_its_window(floor: &Floor) -> Result<()> {
    let stage = Stage::set(floor, "frozen")?;
    let standalone = stage.standalone(&["--space", "plate"])?;
    let _frozen = floor.display()?.freeze()?;
    ensure!(end(standalone)?.success(), "the standalone did not end well");
    let text = std::fs::read_to_string(stage.folder.join(CONFIG).join("play.toml")).context("nothing is remembered")?;
    ensure!(text.contains("id = \"plate\""), "another room than the plate: {text}");
    Ok(())
}

/// Asks the standalone to end, as Ctrl-C does, and waits: a client that is killed would have the server wait for it.
fn end(mut standalone: Companion) -> Result<ExitStatus> {
    command::run(&mut command::signal(&standalone.0, "INT"))?;
    let began = Instant::now();
    loop {
        if let Some(status) = standalone.0.try_wait()? {
            return Ok(status);
        }
        ensure!(began.elapsed() < PATIENCE, "the standalone does not end");
        std::thread::park_timeout(Duration::from_millis(50));
    }
}
