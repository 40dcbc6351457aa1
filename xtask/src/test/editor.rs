//! The built CLAP's editor in a host, opened and closed on a display without a screen while automation plays.
//!
//! A program of its own: a broken editor ends the whole process.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use clack_extensions::gui::GuiSize;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, CreateWindowAux, ImageFormat, WindowClass};
use x11rb::rust_connection::RustConnection;

use super::Floor;
use super::hands::Hands;
use super::runner::{Check, Tally, checks, count};
use crate::host::{Clap, Guest, Played, Playing, Point, Take, Told};
use crate::{settings, workspace};

/// The word that makes this program the host; followed by the CLAP's path.
pub const HOST: &str = "editor-host";

/// The word for windows at a scale of 150 %.
pub const SCALED: &str = "scaled";

/// The word for OpenGL as it was in 2006.
pub const OLD: &str = "old";

/// Far more than an editor takes to come up, so that a hang ends.
const PATIENCE: Duration = Duration::from_secs(120);

/// A window that has not changed for so long has drawn what was done last.
const SETTLED: Duration = Duration::from_millis(500);

/// A window that has not changed for so long stays as it is: twice the time for which its meters hold a peak.
const STILL: Duration = Duration::from_secs(3);

/// Starts the host on the display.
pub fn run(floor: &Floor, tally: &mut Tally) -> Result<()> {
    let host = |config: &Path| -> Result<Command> {
        let mut host = Command::new(std::env::current_exe().context("this program is nowhere")?);
        host.arg(HOST).arg(&floor.bundles()?.clap).env(settings::VARIABLE, config);
        floor.display()?.show(&mut host);
        Ok(host)
    };
    let config = workspace::folder("hosts/clap/config")?;
    count(&mut host(&config)?, tally)?;
    // Without a framebuffer of our own every frame is drawn whole.
    let old = [
        ("MESA_GL_VERSION_OVERRIDE", "2.1"),
        ("MESA_GLSL_VERSION_OVERRIDE", "120"),
        ("MESA_EXTENSION_OVERRIDE", "-GL_ARB_framebuffer_object"),
    ];
    count(host(&config)?.arg(OLD).envs(old), tally)?;
    let config = workspace::folder("hosts/clap/scaled")?;
    std::fs::write(config.join("window.toml"), "theme = \"light\"\nscale = 150\n")?;
    count(host(&config)?.arg(SCALED), tally)
}

/// The host itself, with the CLAP at `path`; by default all checks but those that have a word.
pub fn host(path: &Path, word: Option<&str>) -> Result<ExitCode> {
    let stage = Stage::open(path)?;
    let all: &[Check<Stage>] = &[
        (
            "the editor opens, draws anew while automation plays, and closes, five times, and the sound goes on",
            opens_and_closes,
        ),
        ("an instance goes after its editor, and the next one opens its own", goes_after_its_editor),
        ("two editors are open at once, and one instance goes while the other plays on", two_at_once),
        (
            "a pointer drags, undoes, compares and browses, the host is told, and what was drawn in parts is whole",
            is_used_by_hand,
        ),
    ];
    let old: &[Check<Stage>] = &[("OpenGL 2.1 is enough for a pointer to do all that", is_used_by_hand)];
    let scaled: &[Check<Stage>] = &[(
        "a window at 150 % is as large as it says before and after it opens, twice, and light",
        is_as_large_as_said,
    )];
    let chosen = match word {
        Some(SCALED) => scaled,
        Some(OLD) => old,
        _ => all,
    };
    let mut tally = Tally::default();
    let outcome = checks(chosen, &stage, &mut tally);
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The bundle, and where windows open.
pub struct Stage {
    /// The bundle.
    pub clap: Clap,
    /// To the display.
    pub connection: RustConnection,
    root: u32,
}

/// A window of the host's; gone when this is dropped.
pub struct Parent<'a> {
    stage: &'a Stage,
    /// Its number on the display.
    pub id: u32,
    size: [u16; 2],
}

impl Stage {
    /// Loads the CLAP at `path`, and connects to the display.
    pub fn open(path: &Path) -> Result<Self> {
        let (connection, screen) = x11rb::connect(None).context("no display")?;
        let root = connection.setup().roots.get(screen).context("no screen")?.root;
        Ok(Self { clap: Clap::load(path)?, connection, root })
    }

    /// A window of this size in pixels, on the screen.
    pub fn window(&self, width: u32, height: u32) -> Result<Parent<'_>> {
        let size = [u16::try_from(width)?, u16::try_from(height)?];
        let id = self.connection.generate_id()?;
        let (class, looks) = (WindowClass::INPUT_OUTPUT, CreateWindowAux::new());
        self.connection.create_window(0, id, self.root, 0, 0, size[0], size[1], 0, class, 0, &looks)?.check()?;
        let parent = Parent { stage: self, id, size };
        self.connection.map_window(id)?.check()?;
        Ok(parent)
    }
}

impl Parent<'_> {
    /// The part of it in which the impulse is drawn, in a window of the default size.
    pub fn pane(&self) -> Result<Option<Vec<u8>>> {
        let image = self.stage.connection.get_image(ImageFormat::Z_PIXMAP, self.id, 40, 150, 540, 120, !0)?;
        Ok(image.reply().ok().map(|image| image.data))
    }

    /// What a user sees in it; `None` while it is not on the screen.
    fn picture(&self) -> Option<Vec<u8>> {
        let [width, height] = self.size;
        let image = self.stage.connection.get_image(ImageFormat::Z_PIXMAP, self.id, 0, 0, width, height, !0).ok()?;
        Some(image.reply().ok()?.data)
    }
}

impl Drop for Parent<'_> {
    fn drop(&mut self) {
        // Where the display has gone, so has the window.
        let _ = self.stage.connection.destroy_window(self.id).map(|cookie| cookie.check());
    }
}

/// What runs beside the main thread.
#[derive(Default)]
struct Transport {
    is_over: AtomicBool,
    rounds: AtomicUsize,
    /// All that the plugin told of its parameters.
    told: Mutex<Vec<Told>>,
}

impl Transport {
    fn rounds(&self) -> usize {
        self.rounds.load(Ordering::SeqCst)
    }

    /// Plays automation until it is over: a tenth of a second in each round, every parameter in every block.
    fn run(&self, playing: &mut Playing, points: &[Point]) -> Result<()> {
        let input = vec![vec![0.1; 4_800]; 2];
        let take = Take { rate: 48_000, input: &input, outputs: 2, blocks: &[64], tail: false, automation: points };
        while !self.is_over.load(Ordering::SeqCst) {
            let Played { sound, told, .. } = playing.play(&take)?;
            self.told.lock().map_err(|_| anyhow!("a thread panicked"))?.extend(told);
            ensure!(sound.iter().flatten().all(|sample| sample.is_finite()), "a sample is not finite");
            ensure!(sound.iter().flatten().any(|sample| *sample != 0.0), "silence");
            self.rounds.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    }
}

/// Saws through every parameter, each at a pace of its own.
fn automation(guest: &mut Guest) -> Result<Vec<Point>> {
    let mut points = Vec::new();
    for (place, name) in ["dry", "wet", "output_level", "predelay", "low_cut", "high_cut", "width"].iter().enumerate() {
        let id = guest.parameter(name)?;
        points.extend((0..75).map(|step| Point {
            frame: 64 * step,
            id,
            value: (step * (place + 3) % 70) as f64 / 70.0,
        }));
    }
    let id = guest.parameter("bypass")?;
    points.extend((0..75).map(|step| Point { frame: 64 * step, id, value: f64::from(u8::from(step % 30 == 0)) }));
    points.sort_by_key(|point| point.frame);
    Ok(points)
}

/// Plays automation while `meanwhile` runs on this thread.
fn under_automation(guest: &mut Guest, meanwhile: impl FnOnce(&mut Guest, &Transport) -> Result<()>) -> Result<()> {
    let points = automation(guest)?;
    under(&points, guest, meanwhile)
}

fn under(
    points: &[Point],
    guest: &mut Guest,
    meanwhile: impl FnOnce(&mut Guest, &Transport) -> Result<()>,
) -> Result<()> {
    let mut playing = guest.start(48_000, 64)?;
    let transport = Transport::default();
    std::thread::scope(|scope| {
        let player = scope.spawn(|| transport.run(&mut playing, points));
        let done = meanwhile(guest, &transport);
        transport.is_over.store(true, Ordering::SeqCst);
        player.join().map_err(|_| anyhow!("the audio thread panicked"))?.and(done)
    })?;
    guest.stop(playing)
}

/// Opens the editor, waits until it has shown three different pictures and automation has gone on for `rounds`, and
/// closes it.
fn open_and_close(stage: &Stage, guest: &mut Guest, transport: &Transport, rounds: usize) -> Result<()> {
    let before = threads()?;
    let size = guest.make_editor()?;
    let parent = stage.window(size.width, size.height)?;
    #[expect(unsafe_code, reason = "the editor cannot know how long its window lives")]
    // SAFETY: the parent is dropped after the editor is closed.
    unsafe { guest.show_editor(parent.id) }?;
    let shown = watch(guest, &parent, transport, rounds);
    let opened = lasting_threads(&before)?;
    guest.close_editor()?;
    shown?;
    // What ran on would be without its code when the plugin is unloaded.
    ensure!(!opened.is_empty(), "an editor without a thread: this test finds nothing out");
    let left: Vec<_> = threads()?.into_iter().filter(|thread| opened.contains(thread)).collect();
    ensure!(left.is_empty(), "the editor is closed, but its thread still runs: {left:?}");
    Ok(())
}

/// This process's threads that are called what its first one is: those to which nobody gave a name.
fn threads() -> Result<Vec<String>> {
    let name = std::fs::read_to_string("/proc/self/comm")?;
    let mut threads = Vec::new();
    for thread in std::fs::read_dir("/proc/self/task")? {
        let thread = thread?;
        // It may have ended since it was listed.
        if std::fs::read_to_string(thread.path().join("comm")).is_ok_and(|comm| comm == name) {
            threads.push(thread.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(threads)
}

/// Those of them that were not there before, and stay: not the threads of automation, which are new in each round.
fn lasting_threads(before: &[String]) -> Result<Vec<String>> {
    let mut lasting = threads()?;
    lasting.retain(|thread| !before.contains(thread));
    for _ in 0..5 {
        std::thread::park_timeout(Duration::from_millis(20));
        let now = threads()?;
        lasting.retain(|thread| now.contains(thread));
    }
    Ok(lasting)
}

fn watch(guest: &mut Guest, parent: &Parent, transport: &Transport, rounds: usize) -> Result<()> {
    let (began, first) = (Instant::now(), transport.rounds());
    let mut pictures: Vec<Vec<u8>> = Vec::new();
    while pictures.len() < 3 || transport.rounds() < first + rounds {
        if began.elapsed() > PATIENCE {
            bail!("{} pictures and {} rounds of automation", pictures.len(), transport.rounds() - first);
        }
        // As a host's main loop does.
        guest.serve();
        if let Some(picture) = parent.picture()
            && picture.chunks(4).any(|pixel| *pixel != picture[..4])
            && pictures.len() < 3
            && !pictures.contains(&picture)
        {
            pictures.push(picture);
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
    Ok(())
}

fn opens_and_closes(stage: &Stage) -> Result<()> {
    let mut guest = stage.clap.instance()?;
    under_automation(&mut guest, |guest, transport| {
        (0..5).try_for_each(|_| open_and_close(stage, guest, transport, 10))
    })
}

fn goes_after_its_editor(stage: &Stage) -> Result<()> {
    for _ in 0..3 {
        let mut guest = stage.clap.instance()?;
        under_automation(&mut guest, |guest, transport| open_and_close(stage, guest, transport, 3))?;
        drop(guest);
    }
    Ok(())
}

fn two_at_once(stage: &Stage) -> Result<()> {
    let mut stays = stage.clap.instance()?;
    under_automation(&mut stays, |stays, transport| {
        let size = stays.make_editor()?;
        let parent = stage.window(size.width, size.height)?;
        #[expect(unsafe_code, reason = "as above")]
        // SAFETY: likewise.
        unsafe { stays.show_editor(parent.id) }?;
        let mut goes = stage.clap.instance()?;
        let gone = under_automation(&mut goes, |goes, other| open_and_close(stage, goes, other, 3));
        drop(goes);
        let shown = gone.and_then(|()| watch(stays, &parent, transport, 10));
        stays.close_editor()?;
        shown
    })
}

/// Waits until the plugin says something of a parameter, serving it as a host's main loop does.
fn await_text(guest: &mut Guest, name: &str, is_so: impl Fn(&str) -> bool) -> Result<String> {
    let began = Instant::now();
    loop {
        guest.serve();
        let text = guest.text(name)?;
        if is_so(&text) {
            return Ok(text);
        }
        ensure!(began.elapsed() < PATIENCE, "`{name}` stays at {text}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

/// The gesture on a parameter that the host was told of since it was asked last: begin, values, end.
fn gesture(transport: &Transport, guest: &mut Guest, name: &str) -> Result<()> {
    let id = guest.parameter(name)?;
    let began = Instant::now();
    loop {
        let told = transport.told.lock().map_err(|_| anyhow!("a thread panicked"))?.clone();
        let of = told
            .iter()
            .filter(|told| matches!(told, Told::Begin(of) | Told::Value(of, _) | Told::End(of) if *of == id));
        let of: Vec<_> = of.collect();
        if let [Told::Begin(_), values @ .., Told::End(_)] = &of[..] {
            ensure!(!values.is_empty() && values.iter().all(|told| matches!(told, Told::Value(..))), "{of:?}");
            transport.told.lock().map_err(|_| anyhow!("a thread panicked"))?.clear();
            return Ok(());
        }
        ensure!(began.elapsed() < PATIENCE, "no whole gesture on `{name}`: {of:?}");
        guest.serve();
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

fn is_used_by_hand(stage: &Stage) -> Result<()> {
    let mut guest = stage.clap.instance()?;
    under(&[], &mut guest, |guest, transport| {
        let size = guest.make_editor()?;
        let parent = stage.window(size.width, size.height)?;
        #[expect(unsafe_code, reason = "as above")]
        // SAFETY: likewise.
        unsafe { guest.show_editor(parent.id) }?;
        let used = use_by_hand(stage, guest, &parent, transport).and_then(|()| is_drawn_whole(guest, &parent, size));
        guest.close_editor()?;
        used
    })
}

/// Waits until the window above the line at its foot, which tells the load, looks as it should, serving the plugin as
/// a host's main loop does. `is_so` gets `None` while there is nothing to see.
fn await_picture(guest: &mut Guest, parent: &Parent, mut is_so: impl FnMut(Option<&[u8]>) -> bool) -> Result<()> {
    let above = 4 * usize::from(parent.size[0]) * (usize::from(parent.size[1]) - 30);
    let began = Instant::now();
    while !is_so(parent.picture().as_ref().map(|picture| &picture[..above])) {
        ensure!(began.elapsed() < PATIENCE, "the window does not look as it should");
        guest.serve();
        std::thread::park_timeout(Duration::from_millis(10));
    }
    Ok(())
}

/// Waits until the window has not changed for so long; what is seen in it then.
fn settle(guest: &mut Guest, parent: &Parent, time: Duration) -> Result<Vec<u8>> {
    let (mut seen, mut since) = (Vec::new(), Instant::now());
    await_picture(guest, parent, |now| {
        let now = now.unwrap_or_default();
        if now.is_empty() || now != seen {
            (seen, since) = (now.to_vec(), Instant::now());
        }
        since.elapsed() > time
    })
    .context("the window does not become still")?;
    Ok(seen)
}

/// What was drawn in parts, each where something had changed, is what is drawn at once when the size changes.
fn is_drawn_whole(guest: &mut Guest, parent: &Parent, size: GuiSize) -> Result<()> {
    let parts = settle(guest, parent, STILL)?;
    guest.size_editor(GuiSize { width: size.width, height: size.height + 60 })?;
    await_picture(guest, parent, |now| now.is_some_and(|now| now != parts))?;
    guest.size_editor(size)?;
    let mut last = Vec::new();
    let whole = await_picture(guest, parent, |now| {
        last = now.unwrap_or_default().to_vec();
        last == parts
    });
    whole.with_context(|| difference(&last, &parts, size.width as usize))
}

/// Where two pictures of this width differ.
fn difference(a: &[u8], b: &[u8], width: usize) -> String {
    let differ = a.chunks(4).zip(b.chunks(4)).enumerate().filter(|(_, (a, b))| a != b);
    let places: Vec<_> = differ.map(|(place, _)| (place % width, place / width)).collect();
    let (across, down) = (places.iter().map(|place| place.0), places.iter().map(|place| place.1));
    let from = (across.clone().min(), down.clone().min());
    format!("{} pixels differ, between {from:?} and {:?}", places.len(), (across.max(), down.max()))
}

fn use_by_hand(stage: &Stage, guest: &mut Guest, parent: &Parent, transport: &Transport) -> Result<()> {
    let hands = Hands::new(&stage.connection, stage.root)?;
    // A control may have been grey until what was done before: who uses it sees it lit first.
    let click = |guest: &mut Guest, name: &str| settle(guest, parent, SETTLED).and_then(|_| hands.click(name));
    // The window is there, and so is the impulse's picture, whose handle is dragged.
    let began = Instant::now();
    while guest.text("fade_out")? == "off" {
        ensure!(began.elapsed() < PATIENCE, "the handle does not move");
        hands.drag("Fade out handle", (-120, 0))?;
        guest.serve();
    }
    gesture(transport, guest, "fade_out")?;
    let faded = guest.text("fade_out")?;
    click(guest, "Undo (Ctrl+Z)")?;
    await_text(guest, "fade_out", |text| text == "off")?;
    click(guest, "Redo (Ctrl+Shift+Z)")?;
    await_text(guest, "fade_out", |text| text == faded)?;
    transport.told.lock().map_err(|_| anyhow!("a thread panicked"))?.clear();

    click(guest, "Compare")?;
    let wet = guest.text("wet")?;
    hands.drag("Wet", (20, 0))?;
    gesture(transport, guest, "wet")?;
    let louder = await_text(guest, "wet", |text| text != wet)?;
    click(guest, "Compare")?;
    await_text(guest, "wet", |text| text == wet)?;
    click(guest, "Compare")?;
    await_text(guest, "wet", |text| text == louder)?;

    let room = guest.text("impulse")?;
    click(guest, "Browse")?;
    click(guest, "Last row")?;
    // Another control: what was tried is kept.
    let tried = await_text(guest, "impulse", |text| text != room)?;
    click(guest, "Undo (Ctrl+Z)")?;
    await_text(guest, "impulse", |text| text == room)?;
    click(guest, "Redo (Ctrl+Shift+Z)")?;
    await_text(guest, "impulse", |text| text == tried)?;
    Ok(())
}

fn is_as_large_as_said(stage: &Stage) -> Result<()> {
    let mut guest = stage.clap.instance()?;
    under(&[], &mut guest, |guest, _| {
        for _ in 0..2 {
            let size = guest.make_editor()?;
            ensure!((size.width, size.height) == (1170, 900), "{} × {}", size.width, size.height);
            let parent = stage.window(size.width, size.height)?;
            #[expect(unsafe_code, reason = "as above")]
            // SAFETY: likewise.
            unsafe { guest.show_editor(parent.id) }?;
            // The ground of the light theme: blue, green, red.
            let is_light = |picture: Vec<u8>| picture[..3] == [0xe9, 0xe6, 0xe4];
            let began = Instant::now();
            while !parent.picture().is_some_and(is_light) && began.elapsed() < PATIENCE {
                guest.serve();
                std::thread::park_timeout(Duration::from_millis(10));
            }
            let tree = stage.connection.query_tree(parent.id)?.reply()?;
            let inner = tree
                .children
                .first()
                .map(|inner| stage.connection.get_geometry(*inner)?.reply().map_err(anyhow::Error::from));
            guest.close_editor()?;
            ensure!(began.elapsed() < PATIENCE, "it is not light");
            let inner = inner.context("no window in the host's")??;
            ensure!((inner.width, inner.height) == (1170, 900), "{} × {} inside", inner.width, inner.height);
        }
        Ok(())
    })
}
