//! The program as an instrument: the framework's standalone, told the truth about the sound server.
//!
//! Under JACK the framework activates a plugin with its command line's rate and period, whatever the server runs at,
//! and a room would sound too short or too long. So the server is asked first, and its answer takes the place of what
//! the command line says.
use super::Transept;
#[cfg(feature = "editor")]
use crate::editor;
use crate::parameters::TranseptParams;
use crate::parameters::start::Start;
use nice_plug::prelude::nice_export_standalone_with_args;
#[cfg(unix)]
use nix::sys::signal::{SigSet, Signal};
use parking_lot::Mutex;
use std::sync::{Arc, OnceLock};

/// Options of the framework's standalone that a JACK server decides, short and long.
const DECIDED_BY_THE_SERVER: [(&str, &str); 2] = [("-r", "--sample-rate"), ("-p", "--period-size")];

/// What the program plays: the framework makes its instance, and can be given nothing for it.
static STAGE: OnceLock<Stage> = OnceLock::new();

/// Takes over the end of a run.
type AtEnd = Box<dyn FnOnce(End) + Send>;

struct Stage {
    params: Arc<TranseptParams>,
    #[cfg(feature = "editor")]
    size: editor::Size,
    /// `None` once it was called.
    at_end: Mutex<Option<AtEnd>>,
}

/// The end of a run.
#[derive(Debug)]
pub struct End {
    /// Room and settings.
    pub room: Start,
    /// Width and height of the window in points; `None` without a window.
    pub window: Option<[f32; 2]>,
}

/// Opens the window, in this size if one is given, and plays until it is closed, at first with this room and settings.
/// False if the framework could not play.
///
/// `arguments` are those of the framework's standalone, without the program's name. `at_end` is called once, also where
/// the program is asked to end and its window does not close; then the program ends as soon as it returns. A process
/// plays once.
#[must_use]
pub fn play(
    arguments: Vec<String>,
    start: Start,
    window: Option<[f32; 2]>,
    at_end: impl FnOnce(End) + Send + 'static,
) -> bool {
    #[cfg(not(feature = "editor"))]
    let _ = window;
    let stage = Stage {
        params: Arc::new(start.params()),
        #[cfg(feature = "editor")]
        size: editor::Size::new(window),
        at_end: Mutex::new(Some(Box::new(at_end))),
    };
    if STAGE.set(stage).is_err() {
        return false;
    }
    #[cfg(unix)]
    end_when_asked();
    let server = if may_use_jack(&arguments) { ask_jack() } else { None };
    let is_well = nice_export_standalone_with_args::<Transept, _>(command_line(arguments, server));
    end();
    is_well
}

/// Tells the end, the first time. Whoever comes second waits until it is told.
fn end() {
    if let Some(stage) = STAGE.get()
        && let mut at_end = stage.at_end.lock()
        && let Some(at_end) = at_end.take()
    {
        at_end(End { room: Start::of(&stage.params), window: stage.window() });
    }
}

impl Stage {
    #[cfg(feature = "editor")]
    fn window(&self) -> Option<[f32; 2]> {
        Some(self.size.points())
    }

    #[cfg(not(feature = "editor"))]
    fn window(&self) -> Option<[f32; 2]> {
        None
    }
}

/// The parameters of the instance that the program plays; `None` in a host.
pub(super) fn params() -> Option<Arc<TranseptParams>> {
    STAGE.get().map(|stage| stage.params.clone())
}

/// The size of the window of the instance that the program plays; `None` in a host.
#[cfg(feature = "editor")]
pub(super) fn window_size() -> Option<editor::Size> {
    STAGE.get().map(|stage| stage.size.clone())
}

/// How long the window may take to close before the program ends without it.
#[cfg(all(unix, feature = "editor"))]
const POLITENESS: std::time::Duration = std::time::Duration::from_secs(5);

/// Ends the program on Ctrl-C and on a request to terminate.
///
/// The framework only notes such a wish, and goes on until its window is closed by hand. So the signals are kept from
/// every thread, those to come included, and one thread waits for them and has the window close itself: then the sound
/// server's client leaves in good order.
#[cfg(unix)]
fn end_when_asked() {
    let signals = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM]);
    if signals.thread_block().is_err() {
        return; // Then it ends by its window, as before.
    }
    let wait = move || {
        let asked = signals.wait();
        #[cfg(feature = "editor")]
        {
            crate::editor::close_all();
            let began = std::time::Instant::now();
            while began.elapsed() < POLITENESS {
                std::thread::park_timeout(POLITENESS);
            }
        }
        end();
        #[allow(clippy::disallowed_methods, reason = "there is no window, or it does not close")]
        std::process::exit(if asked.is_ok() { 0 } else { 1 });
    };
    // Without a thread left, likewise.
    let _ = std::thread::Builder::new().name("transept signals".to_owned()).spawn(wait);
}

/// What a JACK server runs at.
#[derive(Clone, Copy)]
struct Server {
    /// Hz.
    sample_rate: u32,
    /// Frames.
    period: u32,
}

/// The server that a client would find now. None is started: without one, the framework goes on to ALSA.
fn ask_jack() -> Option<Server> {
    let (client, _) = jack::Client::new("transept-asks", jack::ClientOptions::NO_START_SERVER).ok()?;
    Some(Server { sample_rate: client.sample_rate(), period: client.buffer_size() })
}

/// Whether the framework would try JACK; it does so first unless told another backend.
fn may_use_jack(arguments: &[String]) -> bool {
    let backend = arguments.iter().enumerate().find_map(|(index, word)| match word.as_str() {
        "-b" | "--backend" => arguments.get(index + 1).map(String::as_str),
        word => word.strip_prefix("--backend=").or_else(|| word.strip_prefix("-b")),
    });
    matches!(backend, None | Some("auto" | "jack"))
}

/// The framework's command line: with the server's rate and period in the place of others.
fn command_line(arguments: Vec<String>, server: Option<Server>) -> Vec<String> {
    let mut line = vec!["transept play".to_owned()];
    let Some(server) = server else {
        line.extend(arguments);
        return line;
    };
    let mut words = arguments.into_iter();
    while let Some(word) = words.next() {
        let is_decided = |(short, long): &(&str, &str)| {
            word.starts_with(short) && !word.starts_with("--") || word.split('=').next() == Some(long)
        };
        match DECIDED_BY_THE_SERVER.iter().find(|names| is_decided(names)) {
            None => line.push(word),
            Some((short, long)) if word == *short || word == *long => drop(words.next()),
            Some(_) => {}
        }
    }
    line.extend(["-r".to_owned(), server.sample_rate.to_string(), "-p".to_owned(), server.period.to_string()]);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(arguments: &str, server: Option<Server>) -> String {
        command_line(arguments.split_whitespace().map(str::to_owned).collect(), server).join(" ")
    }

    #[test]
    fn a_servers_rate_and_period_take_the_place_of_the_command_lines() {
        let server = Some(Server { sample_rate: 96_000, period: 128 });
        let told = "transept play -r 96000 -p 128";
        assert_eq!(line("", server), told);
        for other in ["-r 44100", "-r44100", "--sample-rate=44100", "--sample-rate 44100 -p64 --period-size=64"] {
            assert_eq!(line(other, server), told, "{other}");
        }
        assert_eq!(line("-l 2 -r 8000 --tempo 90", server), "transept play -l 2 --tempo 90 -r 96000 -p 128");
    }

    #[test]
    fn without_a_server_the_command_line_stays_as_it_is() {
        assert_eq!(line("-r 44100 --period-size=64", None), "transept play -r 44100 --period-size=64");
    }

    #[test]
    fn jack_is_not_asked_when_another_backend_is_wanted() {
        let asks = |arguments: &str| may_use_jack(&arguments.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        assert!(asks("") && asks("-r 44100") && asks("--backend jack") && asks("-b auto") && asks("--backend=jack"));
        assert!(!asks("--backend alsa") && !asks("--backend=dummy") && !asks("-b alsa") && !asks("-balsa"));
    }
}
