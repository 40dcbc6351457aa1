//! What an open window costs in which nothing changes: the standalone on an X server of its own, with OpenGL in
//! software, once seen and once hidden.
//!
//! `cargo bench --package transept-bench --features window --bench window` measures; `-- --test` only shows that it
//! runs. Of the whole program, all threads are the window's but the audio thread, which plays silence through the hall
//! at real time, and those that an instance has without a window.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use transept::parameters::start::Start;
use transept::plugin::standalone;
use transept::preset::Preset;
use transept_bench::extent::{Extent, is_given};
use transept_bench::machine;
use transept_bench::processor::{Thread, processor_time, threads};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, MapState};
use x11rb::rust_connection::RustConnection;

/// Says to this program that it has its display.
const STAGED: &str = "TRANSEPT_BENCH_WINDOW";

/// Longer than it takes to open a window, so that a bench without one ends.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() {
    if std::env::var_os(STAGED).is_some() {
        let measured = std::thread::spawn(measure);
        let Preset { source, second, settings } = Preset::default();
        let words = ["-b", "dummy"].map(str::to_owned).to_vec();
        let is_well = standalone::play(words, Start { source, second, settings }, None, drop);
        assert!(is_well && measured.join().is_ok());
        return;
    }
    println!("{}", machine::describe());
    let mut server = Command::new("Xvfb");
    // It picks a number that is free, and says it when it is ready.
    server.args(["-displayfd", "1", "-screen", "0", "1280x960x24", "-nolisten", "tcp"]);
    let Ok(mut server) = server.stdout(Stdio::piped()).stderr(Stdio::null()).spawn() else {
        println!("left out: no Xvfb");
        return;
    };
    let mut number = String::new();
    let said = server.stdout.take().map(|said| BufReader::new(said).read_line(&mut number));
    assert!(matches!(said, Some(Ok(_))), "it says its number");
    let mut child = Command::new(std::env::current_exe().expect("this program"));
    child.args(std::env::args().skip(1)).env(STAGED, "1");
    child.env("DISPLAY", format!(":{}", number.trim())).env("LIBGL_ALWAYS_SOFTWARE", "1");
    let done = child.status();
    // It may have ended by itself.
    let _ = server.kill();
    let _ = server.wait();
    assert!(done.is_ok_and(|status| status.success()));
}

/// Measures beside the standalone, and closes it.
fn measure() {
    let is_brief = is_given("--test") || Extent::from_arguments() == Extent::Smoke;
    let (rest, time) = if is_brief { (0, 100) } else { (3000, 20_000) };
    let (connection, screen) = x11rb::connect(None).expect("a display");
    let window = find(&connection, connection.setup().roots[screen].root);
    for what in ["seen", "hidden"] {
        if what == "hidden" {
            connection.unmap_window(window).expect("asked");
            connection.flush().expect("sent");
        }
        wait(Duration::from_millis(rest));
        let times = || (processor_time(threads().filter(is_of_window)), processor_time(threads()));
        let (began, before) = (Instant::now(), times());
        wait(Duration::from_millis(time));
        let (after, passed) = (times(), began.elapsed().as_secs_f64());
        let share = |after: Duration, before: Duration| 100.0 * (after - before).as_secs_f64() / passed;
        let (window, all) = (share(after.0, before.0), share(after.1, before.1));
        println!("open, silent and {what}: the window {window:.2} % of a core, the whole program {all:.2} %");
    }
    connection.map_window(window).expect("asked");
    connection.flush().expect("sent");
    transept::editor::close_all();
}

/// True of a thread that is there because of the window: the main thread, which runs it, the lookout, and those of
/// OpenGL. The audio thread has no name of its own but the program's.
fn is_of_window(thread: &Thread) -> bool {
    let of_instance = ["transept worker", "transept watcher"].map(|name| &name[..name.len().min(Thread::LONGEST_NAME)]);
    thread.is_main() || !(of_instance.contains(&&thread.name[..]) || thread.has_name_of_program())
}

/// The window, once it is there.
fn find(connection: &RustConnection, root: u32) -> u32 {
    let is_seen = |window: u32| {
        let attributes = connection.get_window_attributes(window).ok()?.reply().ok()?;
        let geometry = connection.get_geometry(window).ok()?.reply().ok()?;
        Some(attributes.map_state == MapState::VIEWABLE && geometry.width > 100)
    };
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let tree = connection.query_tree(root).expect("asked").reply().expect("answered");
        if let Some(window) = tree.children.into_iter().find(|window| is_seen(*window) == Some(true)) {
            return window;
        }
        wait(Duration::from_millis(50));
    }
    panic!("no window");
}

/// Time itself is wanted: in it, nothing is to happen.
fn wait(time: Duration) {
    let end = Instant::now() + time;
    while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        std::thread::park_timeout(left);
    }
}
