//! A display for windows under test.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use x11rb::protocol::xproto::{
    BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ButtonPressEvent, ConnectionExt, EventMask, MOTION_NOTIFY_EVENT,
};
use x11rb::rust_connection::RustConnection;

/// A display of our own, which ends when this is dropped, or that of the session.
pub struct Display {
    pub name: String,
    server: Option<Child>,
}

impl Display {
    /// One of our own, or else that of this session. `None` without either. All windows of a display share a pointer
    /// and a focus: one that opens or closes above another takes both away from it, or gives it both.
    pub fn find() -> Option<Self> {
        let session = || std::env::var("DISPLAY").ok().filter(|name| x11rb::connect(Some(name)).is_ok());
        Self::open().or_else(|| session().map(|name| Self { name, server: None }))
    }

    /// One of our own. `None` if there is no Xvfb.
    pub fn open() -> Option<Self> {
        let mut server = Command::new("Xvfb");
        // It picks a number that is free, and says it when it is ready.
        server.args(["-displayfd", "1", "-screen", "0", "1680x1280x24", "-nolisten", "tcp"]);
        let mut server = server.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
        let mut number = String::new();
        BufReader::new(server.stdout.take()?).read_line(&mut number).ok()?;
        Some(Self { name: format!(":{}", number.trim()), server: Some(server) })
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            // It may have ended by itself.
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// Ends this process at a panic on whatever thread: the framework's may die without a word, and take the host along
/// later.
pub fn end_at_a_panic() {
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("{panic}");
        std::process::abort();
    }));
}

/// Clicks in a window with a button of the pointer.
pub fn click(connection: &RustConnection, root: u32, window: u32, button: u8, place: (i16, i16)) {
    drag(connection, root, window, button, &[place]);
}

/// Drags with a button of the pointer, from the first of these places in a window to the last one.
pub fn drag(connection: &RustConnection, root: u32, window: u32, button: u8, places: &[(i16, i16)]) {
    let event = |response_type, detail, state: u16, (x, y): (i16, i16)| ButtonPressEvent {
        response_type,
        detail,
        sequence: 0,
        time: 0,
        root,
        event: window,
        child: 0,
        root_x: x,
        root_y: y,
        event_x: x,
        event_y: y,
        state: state.into(),
        same_screen: true,
    };
    let pause = Duration::from_millis(if places.len() > 1 { 10 } else { 0 });
    let send = |mask, event: ButtonPressEvent| {
        connection.send_event(false, window, mask, event).expect("sent");
        // Until the server has done what was asked for.
        connection.get_input_focus().expect("asked").reply().expect("answered");
        // As a hand does: not all within one picture.
        std::thread::park_timeout(pause);
    };
    let [from, on @ ..] = places else { panic!("a place") };
    let held = 0x80 << button;
    send(EventMask::POINTER_MOTION, event(MOTION_NOTIFY_EVENT, 0, 0, *from));
    send(EventMask::BUTTON_PRESS, event(BUTTON_PRESS_EVENT, button, 0, *from));
    for place in on {
        send(EventMask::POINTER_MOTION, event(MOTION_NOTIFY_EVENT, 0, held, *place));
    }
    send(EventMask::BUTTON_RELEASE, event(BUTTON_RELEASE_EVENT, button, held, places[places.len() - 1]));
}
