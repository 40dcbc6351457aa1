//! What the window costs in a host: processor time while it is open, and the time until it shows a picture.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use x11rb::protocol::xproto::ConnectionExt;

use crate::bundle::Bundles;
use crate::command;
use crate::display::Display;
use crate::host::{Guest, Playing, Point, Take};
use crate::test::editor::{Parent, Stage};
use crate::{settings, workspace};

/// The word that makes this program the host; followed by the CLAP's path.
pub const HOST: &str = "cost-host";

/// Frames of a block, and Hz.
const BLOCK: usize = 512;
const RATE: u32 = 48_000;
/// How long each state is measured.
const MEASURED: Duration = Duration::from_secs(10);
/// How long a state is left alone before: until the tail of the sound before it has ended and the meters have fallen.
const SETTLING: Duration = Duration::from_secs(10);
/// Pictures of which each time is the median.
const ROUNDS: usize = 9;
/// A longer wait is a fault.
const PATIENCE: Duration = Duration::from_secs(20);
/// Of looks at the screen.
const LOOK: Duration = Duration::from_millis(2);
/// Ticks of a second in which the system tells processor time (`USER_HZ`).
const TICKS: f64 = 100.0;

/// Builds the plugin, and measures its window on a display without a screen.
pub fn run() -> Result<()> {
    let bundles = Bundles::build()?;
    let display = Display::open()?;
    let mut host = Command::new(std::env::current_exe().context("this program is nowhere")?);
    host.arg(HOST).arg(&bundles.clap).env(settings::VARIABLE, workspace::folder("hosts/cost")?);
    display.show(&mut host);
    command::run(&mut host)
}

/// What the audio thread plays.
#[derive(Default)]
struct Desk {
    is_over: AtomicBool,
    sounds: AtomicBool,
    /// A value for the next block.
    knob: Mutex<Option<Point>>,
}

impl Desk {
    /// Plays block after block, each when it is due.
    fn run(&self, playing: &mut Playing) -> Result<()> {
        let began = Instant::now();
        let mut state = 1_u32;
        let mut blocks = 0;
        while !self.is_over.load(Ordering::SeqCst) {
            let mut sample = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ((state >> 8) as f32 / 8_388_608.0 - 1.0) * 0.1
            };
            let sounds = self.sounds.load(Ordering::SeqCst);
            let input = vec![(0..BLOCK).map(|_| if sounds { sample() } else { 0.0 }).collect(); 2];
            let automation: Vec<Point> =
                self.knob.lock().map_err(|_| anyhow!("a thread panicked"))?.take().into_iter().collect();
            let take =
                Take { rate: RATE, input: &input, outputs: 2, blocks: &[BLOCK], tail: false, automation: &automation };
            playing.play(&take)?;
            blocks += 1;
            let due = Duration::from_secs_f64(f64::from(blocks) * BLOCK as f64 / f64::from(RATE));
            while let Some(rest) = due.checked_sub(began.elapsed()).filter(|rest| !rest.is_zero()) {
                std::thread::park_timeout(rest);
            }
        }
        Ok(())
    }
}

/// The host itself, with the CLAP at `path`.
pub fn host(path: &Path) -> Result<ExitCode> {
    let stage = Stage::open(path)?;
    let mut guest = stage.clap.instance()?;
    let mut playing = guest.start(RATE, BLOCK)?;
    let desk = Desk::default();
    std::thread::scope(|scope| {
        let player = scope.spawn(|| desk.run(&mut playing));
        let done = measure(&stage, &mut guest, &desk);
        desk.is_over.store(true, Ordering::SeqCst);
        player.join().map_err(|_| anyhow!("the audio thread panicked"))?.and(done)
    })?;
    guest.stop(playing)?;
    Ok(ExitCode::SUCCESS)
}

fn measure(stage: &Stage, guest: &mut Guest, desk: &Desk) -> Result<()> {
    let mut closed = [0.0; 2];
    for (share, sounds) in closed.iter_mut().zip([false, true]) {
        desk.sounds.store(sounds, Ordering::SeqCst);
        *share = share_of_a_core(guest)?;
    }
    println!("| window | of a core, beyond the host and the reverb without it |");
    println!("|---|---|");
    let parent = open(stage, guest)?;
    desk.sounds.store(false, Ordering::SeqCst);
    println!("| open, in silence | {:.1} % |", 100.0 * (share_of_a_core(guest)? - closed[0]));
    desk.sounds.store(true, Ordering::SeqCst);
    println!("| open, with meters that move | {:.1} % |", 100.0 * (share_of_a_core(guest)? - closed[1]));
    stage.connection.unmap_window(parent.id)?.check()?;
    println!("| hidden, with sound | {:.1} % |", 100.0 * (share_of_a_core(guest)? - closed[1]));
    stage.connection.map_window(parent.id)?.check()?;
    guest.close_editor()?;
    drop(parent);
    desk.sounds.store(false, Ordering::SeqCst);

    let mut opening = Vec::new();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let parent = open(stage, guest)?;
        wait(guest, || Ok(parent.pane()?.is_some_and(|pane| has_wave(&pane))))?;
        opening.push(began.elapsed());
        guest.close_editor()?;
        drop(parent);
    }
    println!("| from opening to the first picture of the impulse | {} ms |", median(opening));

    let parent = open(stage, guest)?;
    let id = guest.parameter("decay_all")?;
    let values = ["60 %", "100 %"].map(|text| guest.value("decay_all", text));
    let mut turning = Vec::new();
    for round in 0..ROUNDS {
        let value = *values[round % 2].as_ref().map_err(|error| anyhow!("{error}"))?;
        settle(guest, Duration::from_millis(500));
        let before = parent.pane()?.context("no picture")?;
        let began = Instant::now();
        *desk.knob.lock().map_err(|_| anyhow!("a thread panicked"))? = Some(Point { frame: 0, id, value });
        wait(guest, || Ok(parent.pane()?.is_some_and(|pane| pane != before)))?;
        turning.push(began.elapsed());
    }
    println!("| from a knob to the new picture | {} ms |", median(turning));
    guest.close_editor()
}

fn open<'a>(stage: &'a Stage, guest: &mut Guest) -> Result<Parent<'a>> {
    let size = guest.make_editor()?;
    let parent = stage.window(size.width, size.height)?;
    #[expect(unsafe_code, reason = "the editor cannot know how long its window lives")]
    // SAFETY: all callers close the editor before they drop the parent, or end this process.
    unsafe { guest.show_editor(parent.id) }?;
    Ok(parent)
}

/// True if the right channel's wave is drawn: pixels of its colour, in the order blue, green, red.
fn has_wave(pane: &[u8]) -> bool {
    pane.chunks(4).filter(|pixel| pixel[..3] == [0xd8, 0xb4, 0x7f]).count() > 200
}

/// Serves the plugin as a host's main loop does, until something is so.
fn wait(guest: &mut Guest, mut is_so: impl FnMut() -> Result<bool>) -> Result<()> {
    let began = Instant::now();
    while !is_so()? {
        ensure!(began.elapsed() < PATIENCE, "no picture");
        guest.serve();
        std::thread::park_timeout(LOOK);
    }
    Ok(())
}

fn settle(guest: &mut Guest, time: Duration) {
    let began = Instant::now();
    while began.elapsed() < time {
        guest.serve();
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

/// The share of a core that this process uses.
fn share_of_a_core(guest: &mut Guest) -> Result<f64> {
    settle(guest, SETTLING);
    let (began, before) = (Instant::now(), processor_time()?);
    settle(guest, MEASURED);
    Ok((processor_time()? - before) / began.elapsed().as_secs_f64())
}

/// Processor time of this process in seconds, of all its threads.
fn processor_time() -> Result<f64> {
    let text = std::fs::read_to_string("/proc/self/stat")?;
    // After the name in brackets, which may hold anything, come the third and the following fields.
    let (_, fields) = text.rsplit_once(") ").context("no fields in /proc/self/stat")?;
    let ticks: Vec<f64> = fields.split(' ').skip(11).take(2).map_while(|field| field.parse().ok()).collect();
    ensure!(ticks.len() == 2, "no times in /proc/self/stat");
    Ok(ticks.iter().sum::<f64>() / TICKS)
}

fn median(mut times: Vec<Duration>) -> u128 {
    times.sort_unstable();
    times[times.len() / 2].as_millis()
}
