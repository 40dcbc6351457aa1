//! A host's windows on a display. What opens a window runs in a child of the test: a broken window
//! ends the whole process.
use crate::display::{self, Display};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use transept::library::user::CONFIG;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt, CreateWindowAux, EventMask, ImageFormat, WindowClass,
};
use x11rb::rust_connection::RustConnection;

/// Says to a test that it is the child.
const CHILD: &str = "TRANSEPT_TEST_WINDOW";

/// Runs the test of this name again as a child, in which `body` runs, and gives what the child wrote. `None` in the
/// child, and where there is no display.
pub fn in_child(name: &str, body: impl FnOnce()) -> Option<String> {
    if std::env::var_os(CHILD).is_some() {
        // A window that hangs ends, too.
        std::thread::spawn(|| {
            let began = Instant::now();
            while began.elapsed() < Duration::from_secs(300) {
                std::thread::park_timeout(Duration::from_secs(300));
            }
            eprintln!("the test hangs");
            std::process::abort();
        });
        body();
        return None;
    }
    let Some(display) = Display::find() else {
        println!("skipped: no display, and no Xvfb to make one");
        return None;
    };
    let mut child = Command::new(std::env::current_exe().expect("this program"));
    child.args(["--exact", name, "--nocapture"]).env(CHILD, "1").env("DISPLAY", &display.name);
    // Without settings: with them, a window opens with the size that another one had last.
    child.env_remove(CONFIG);
    let output = child.output().expect("the child ran");
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success(), "{}: {text}", output.status);
    Some(text)
}

/// The screen of the child's display, on which a host makes its windows.
pub struct Screen {
    pub connection: RustConnection,
    screen: usize,
}

impl Screen {
    pub fn new() -> Self {
        let (connection, screen) = x11rb::connect(None).expect("a display");
        let screen = Self { connection, screen };
        // Into the far corner: a window that appears under the pointer hears of it, in the midst of a drag.
        screen.connection.warp_pointer(x11rb::NONE, screen.root(), 0, 0, 0, 0, i16::MAX, i16::MAX).expect("moved");
        screen.settle();
        screen
    }

    pub fn root(&self) -> u32 {
        self.connection.setup().roots[self.screen].root
    }

    /// A window that is mapped.
    pub fn window(&self, parent: u32, width: u16, height: u16) -> u32 {
        let window = self.connection.generate_id().expect("a number");
        // No window manager comes between, and a window is mapped when it is said to be.
        let looks = CreateWindowAux::new().override_redirect(1);
        let class = WindowClass::INPUT_OUTPUT;
        let made = self.connection.create_window(0, window, parent, 0, 0, width, height, 0, class, 0, &looks);
        made.expect("a window");
        self.connection.map_window(window).expect("shown");
        self.settle();
        window
    }

    /// The plugin's window in a window of the host's.
    pub fn inside(&self, parent: u32) -> u32 {
        let tree = self.connection.query_tree(parent).expect("asked").reply().expect("answered");
        *tree.children.first().expect("the plugin's window")
    }

    /// Clicks with a button of the pointer.
    pub fn click(&self, window: u32, button: u8, place: (i16, i16)) {
        display::click(&self.connection, self.root(), window, button, place);
    }

    /// Drags with the left button of the pointer.
    pub fn drag(&self, window: u32, places: &[(i16, i16)]) {
        display::drag(&self.connection, self.root(), window, 1, places);
    }

    /// Keeps the size of what lies in a window, as a GtkSocket does: others than this host ask in vain.
    pub fn keep_sizes(&self, parent: u32) {
        let looks = ChangeWindowAttributesAux::new().event_mask(EventMask::SUBSTRUCTURE_REDIRECT);
        self.connection.change_window_attributes(parent, &looks).expect("kept");
        self.settle();
    }

    /// Resizes a window.
    pub fn resize(&self, window: u32, [width, height]: [u32; 2]) {
        let size = ConfigureWindowAux::new().width(width).height(height);
        self.connection.configure_window(window, &size).expect("resized");
        self.settle();
    }

    pub fn size(&self, window: u32) -> [u32; 2] {
        let size = self.connection.get_geometry(window).expect("asked").reply().expect("answered");
        [size.width.into(), size.height.into()]
    }

    /// Describes a window that does not answer: its size, its colours, and what this process's threads wait for.
    pub fn describe(&self, window: u32) -> String {
        let picture = self.connection.get_geometry(window).expect("asked").reply().map_err(|error| error.to_string());
        let picture = picture.and_then(|size| {
            let (format, planes) = (ImageFormat::Z_PIXMAP, u32::MAX);
            let asked = self.connection.get_image(format, window, 0, 0, size.width, size.height, planes);
            let image = asked.expect("asked").reply().map_err(|error| format!("{size:?}, no picture: {error}"))?;
            let colours: BTreeSet<_> = image.data.as_chunks::<4>().0.iter().collect();
            Ok(format!("{} by {} pixels of {} colours", size.width, size.height, colours.len()))
        });
        let read = |path: PathBuf| std::fs::read_to_string(path).unwrap_or_default().trim().to_owned();
        let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten().map(|thread| {
            let [name, waits] = ["comm", "wchan"].map(|file| read(thread.path().join(file)));
            format!("{name}: {waits}")
        });
        format!("{}; {:?}", picture.unwrap_or_else(|error| error), threads.collect::<Vec<_>>())
    }

    pub fn destroy(&self, window: u32) {
        self.connection.destroy_window(window).expect("gone");
        self.settle();
    }

    /// Waits until the server has done all that was asked for.
    pub fn settle(&self) {
        self.connection.get_input_focus().expect("asked").reply().expect("answered");
    }
}
