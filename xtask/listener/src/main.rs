//! A JACK client that plays a file into the standalone and writes down what comes back.
//!
//! `listener [ports CHANNELS | DRY.wav WET.wav]`: with files it plays and records as many channels as the dry one has;
//! with `ports` it waits until the standalone has so many ports each way, without anything until the server is there. It
//! is a process of its own because which server a client talks to is a matter of the environment.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use jack::contrib::ClosureProcessHandler;
use jack::{AudioIn, AudioOut, Client, ClientOptions, Control, Port, PortFlags, ProcessScope};

use transept_support::wave::{self, Wave};

/// Planar samples: one vector per channel, all of one length.
type Sound = Vec<Vec<f32>>;

/// How the standalone calls itself.
const STANDALONE: &str = "^transept:";

/// Far more than anything here takes, so that a hang ends.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the audio thread and this one share. A lock on an audio thread: this client may miss its deadline, the server
/// waits.
#[derive(Default)]
struct Desk {
    /// Still to be played, and how far it is.
    playing: Option<(Sound, usize)>,
    /// What came back while it was played.
    caught: Sound,
}

/// A connection to the standalone.
struct Line {
    desk: Arc<(Mutex<Desk>, Condvar)>,
    channels: usize,
    rate: usize,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let client = patiently(|| Client::new("listener", ClientOptions::NO_START_SERVER)).context("no JACK server")?.0;
    if arguments.is_empty() {
        return Ok(());
    }
    match arguments.as_slice() {
        [word, channels] if word == "ports" => ports(&client, channels.parse()?).map(drop),
        [dry, wet] => record(client, wave::read(Path::new(dry)), Path::new(wet)),
        _ => bail!("two files are needed"),
    }
}

/// The standalone's inputs and outputs, once there are so many of each.
fn ports(client: &Client, channels: usize) -> Result<(Vec<String>, Vec<String>)> {
    let found = || {
        let ports = |flag| client.ports(Some(STANDALONE), Some("audio"), flag);
        let (ears, mouths) = (ports(PortFlags::IS_INPUT), ports(PortFlags::IS_OUTPUT));
        if ears.len() == channels && mouths.len() == channels { Ok((ears, mouths)) } else { Err((ears, mouths)) }
    };
    patiently(found).map_err(|found| anyhow!("the standalone's ports are {found:?}"))
}

/// The first success, or the last failure when patience ends: what is tried is still coming up.
fn patiently<T, E>(mut attempt: impl FnMut() -> Result<T, E>) -> Result<T, E> {
    let began = Instant::now();
    loop {
        match attempt() {
            Err(_) if began.elapsed() < PATIENCE => std::thread::park_timeout(Duration::from_millis(50)),
            outcome => return outcome,
        }
    }
}

/// Connects to the standalone, plays `dry` once its hall is there, and writes what comes back.
fn record(client: Client, dry: Wave, wet: &Path) -> Result<()> {
    let Wave { channels: sound, sample_rate: rate } = dry;
    let channels = sound.len();
    let (ears, mouths) = ports(&client, channels)?;
    ensure!(client.sample_rate() == rate, "the server runs at {} Hz, the file at {rate}", client.sample_rate());
    let outputs = all((1..=channels).map(|number| client.register_port(&format!("to_{number}"), AudioOut::default())))?;
    let inputs = all((1..=channels).map(|number| client.register_port(&format!("from_{number}"), AudioIn::default())))?;
    let to = outputs.iter().map(Port::name).collect::<Result<Vec<_>, _>>()?;
    let from = inputs.iter().map(Port::name).collect::<Result<Vec<_>, _>>()?;
    let desk: Arc<(Mutex<Desk>, Condvar)> = Arc::default();
    let handler = ClosureProcessHandler::new(on_audio_thread(desk.clone(), outputs, inputs));
    let active = client.activate_async((), handler).context("the JACK client does not start")?;
    for (source, destination) in to.iter().zip(&ears).chain(mouths.iter().zip(&from)) {
        patiently(|| active.as_client().connect_ports_by_name(source, destination))
            .with_context(|| format!("cannot connect {source} to {destination}"))?;
    }
    let line = Line { desk, channels, rate: rate as usize };
    line.wait_for_the_hall()?;
    wave::write(wet, rate, &line.play(sound)?);
    active.deactivate().context("the JACK client does not stop")?;
    Ok(())
}

fn all<T>(ports: impl Iterator<Item = Result<T, jack::Error>>) -> Result<Vec<T>> {
    ports.collect::<Result<_, _>>().context("no JACK port")
}

impl Line {
    /// Plays `sound`, and returns as many frames of what came back meanwhile.
    fn play(&self, sound: Sound) -> Result<Sound> {
        let (desk, done) = &*self.desk;
        let mut desk = desk.lock().expect("the audio thread does not panic");
        *desk = Desk { caught: vec![Vec::new(); sound.len()], playing: Some((sound, 0)) };
        let (mut desk, waited) =
            done.wait_timeout_while(desk, PATIENCE, |desk| desk.playing.is_some()).expect("likewise");
        ensure!(!waited.timed_out(), "the JACK server stands still");
        Ok(std::mem::take(&mut desk.caught))
    }

    /// Taps until a tail answers, and then waits until it has died away.
    fn wait_for_the_hall(&self) -> Result<()> {
        let mut tap = vec![vec![0.0; self.rate]; self.channels];
        tap.iter_mut().for_each(|channel| channel[0] = 1.0);
        let silence = vec![vec![0.0; self.rate]; self.channels];
        let has_tail = |caught: &Sound| caught.iter().any(|channel| channel[self.rate / 2..].iter().any(|s| *s != 0.0));
        let is_silent = |caught: &Sound| caught.iter().flatten().all(|sample| *sample == 0.0);
        self.until("the hall never came", &tap, has_tail)?;
        self.until("the tail never ends", &silence, is_silent)
    }

    fn until(&self, otherwise: &str, sound: &Sound, enough: impl Fn(&Sound) -> bool) -> Result<()> {
        for _ in 0..60 {
            if enough(&self.play(sound.clone())?) {
                return Ok(());
            }
        }
        bail!("{otherwise}")
    }
}

fn on_audio_thread(
    shared: Arc<(Mutex<Desk>, Condvar)>,
    mut outputs: Vec<Port<AudioOut>>,
    inputs: Vec<Port<AudioIn>>,
) -> impl FnMut(&Client, &ProcessScope) -> Control + Send + 'static {
    move |_, scope| {
        let (desk, done) = &*shared;
        let mut desk = desk.lock().expect("the other thread does not panic with it");
        let desk = &mut *desk;
        outputs.iter_mut().for_each(|port| port.as_mut_slice(scope).fill(0.0));
        let Some((sound, position)) = &mut desk.playing else { return Control::Continue };
        let count = (sound[0].len() - *position).min(scope.n_frames() as usize);
        for (port, channel) in outputs.iter_mut().zip(sound.iter()) {
            port.as_mut_slice(scope)[..count].copy_from_slice(&channel[*position..*position + count]);
        }
        for (caught, port) in desk.caught.iter_mut().zip(&inputs) {
            caught.extend(&port.as_slice(scope)[..count]);
        }
        *position += count;
        if *position == sound[0].len() {
            desk.playing = None;
            done.notify_one();
        }
        Control::Continue
    }
}
