//! The window: its sizes, before it is there and while it is, and the host's menus in it. A broken one ends the whole
//! process, so what needs an open one is a child's.
use super::raw::{Raw, Sides};
use crate::display::{self, Display};
use crate::promises::number;
use crate::promises::state::FOR_EVER;
use clap_sys::ext::gui::*;
use std::process::Command;
use std::ptr::{null, null_mut};
use std::time::{Duration, Instant};
use transept::editor::window::{DEFAULT_SIZE, SMALLEST_SIZE};
use transept::library::user::CONFIG;
use transept::settings::TABLE;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt, CreateWindowAux, PropMode, WindowClass};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// The functions of windows, of one instance.
struct Gui<'a>(&'a Raw, clap_plugin_gui);

// SAFETY of all calls below: each is one of CLAP's, on an instance that lives, with pointers to locals.
impl<'a> Gui<'a> {
    fn of(raw: &'a Raw) -> Self {
        Self(raw, raw.extension(CLAP_EXT_GUI))
    }
    fn create(&self) -> bool {
        // SAFETY: see above.
        unsafe { self.1.create.expect("a function")(self.0.plugin, CLAP_WINDOW_API_X11.as_ptr(), false) }
    }
    fn destroy(&self) {
        // SAFETY: see above.
        unsafe { self.1.destroy.expect("a function")(self.0.plugin) }
    }
    fn set_scale(&self, scale: f64) -> bool {
        // SAFETY: see above.
        unsafe { self.1.set_scale.expect("a function")(self.0.plugin, scale) }
    }
    fn size(&self) -> (u32, u32) {
        let (mut width, mut height) = (0, 0);
        // SAFETY: see above.
        assert!(unsafe { self.1.get_size.expect("a function")(self.0.plugin, &mut width, &mut height) });
        (width, height)
    }
    fn adjusted(&self, (mut width, mut height): (u32, u32)) -> (u32, u32) {
        // SAFETY: see above.
        assert!(unsafe { self.1.adjust_size.expect("a function")(self.0.plugin, &mut width, &mut height) });
        (width, height)
    }
    fn set_size(&self, (width, height): (u32, u32)) -> bool {
        // SAFETY: see above.
        unsafe { self.1.set_size.expect("a function")(self.0.plugin, width, height) }
    }
    fn show(&self, parent: u32) {
        let window =
            clap_window { api: CLAP_WINDOW_API_X11.as_ptr(), specific: clap_window_handle { x11: parent.into() } };
        // SAFETY: see above; the parent lives until the window is destroyed.
        unsafe {
            assert!(self.1.set_parent.expect("a function")(self.0.plugin, &window));
            assert!(self.1.show.expect("a function")(self.0.plugin));
        }
    }
}

/// A size in pixels, at so many for each point.
fn pixels(points: egui::Vec2, scale: f32) -> (u32, u32) {
    ((points.x * scale) as u32, (points.y * scale) as u32)
}

#[test]
fn a_window_that_is_not_there_yet_has_its_sizes() {
    let raw = Raw::new(Sides::ALL);
    let gui = Gui::of(&raw);
    // SAFETY: as above.
    unsafe {
        assert!(gui.1.can_resize.expect("a function")(raw.plugin));
        let mut hints = std::mem::zeroed();
        assert!(gui.1.get_resize_hints.expect("a function")(raw.plugin, &mut hints));
        assert!(hints.can_resize_horizontally && hints.can_resize_vertically && !hints.preserve_aspect_ratio);
    }
    assert_eq!(gui.size(), pixels(DEFAULT_SIZE, 1.0));
    let smallest = pixels(SMALLEST_SIZE, 1.0);
    assert_eq!((gui.adjusted((1, 1)), gui.adjusted((800, 1))), (smallest, (800, smallest.1)));
    assert_eq!(gui.adjusted((2000, 1500)), (2000, 1500), "as large as anybody likes");
    assert!(!gui.set_size((smallest.0 - 1, smallest.1)), "nothing would be cut off");
    assert!(gui.set_size((900, 700)));
    assert_eq!(gui.size(), (900, 700));
    assert!(gui.set_scale(2.0), "kept for the window to come");
    assert_eq!(gui.adjusted((1, 1)), pixels(SMALLEST_SIZE, 2.0));
    for none in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(!gui.set_scale(none), "{none}");
    }
    // SAFETY: null pointers, which hosts were seen to give.
    unsafe {
        assert!(!gui.1.get_size.expect("a function")(raw.plugin, null_mut(), null_mut()));
        assert!(!gui.1.adjust_size.expect("a function")(raw.plugin, null_mut(), null_mut()));
        assert!(!gui.1.create.expect("a function")(raw.plugin, null(), false));
    }
    gui.destroy();
}

#[test]
fn a_host_without_a_side_of_windows_is_refused_and_lives() {
    let raw = Raw::new(Sides { gui: false, ..Sides::ALL });
    assert!(!Gui::of(&raw).create());
}

/// Says to the test below that it is the child, and which.
const CHILD: &str = "TRANSEPT_TEST_CLAP_WINDOW";

#[test]
fn an_open_window_has_the_size_and_the_menu_that_were_agreed_on() {
    match std::env::var(CHILD).as_deref() {
        Ok("menu") => return with_a_menu_of_the_hosts(),
        Ok("host") => return in_a_host_that_knows_the_scale(),
        Ok("system") => return on_a_system_that_knows_the_scale(),
        _ => {}
    }
    for child in ["host", "system", "menu"] {
        // Each has a display of its own, because the scale is a property of it.
        let Some(display) = Display::open() else {
            println!("skipped: there is no Xvfb");
            return;
        };
        let name = "clap::window::an_open_window_has_the_size_and_the_menu_that_were_agreed_on";
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args(["--exact", name, "--nocapture"]).env(CHILD, child).env("DISPLAY", &display.name);
        // Without settings: with them, a window opens with the size that another one had last.
        command.env_remove(CONFIG);
        let output = command.output().expect("the child ran");
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        assert!(output.status.success(), "{child}: {}: {text}", output.status);
        assert!(text.contains("1 passed"), "{child}: {text}");
    }
}

struct Screen {
    connection: RustConnection,
    root: u32,
}

impl Screen {
    fn find() -> Self {
        display::end_at_a_panic();
        let (connection, screen) = x11rb::connect(None).expect("a display");
        let root = connection.setup().roots[screen].root;
        Self { connection, root }
    }

    /// A window of the host's.
    fn parent(&self, (width, height): (u32, u32)) -> u32 {
        let window = self.connection.generate_id().expect("a number");
        let (width, height) = (width as u16, height as u16);
        let values = CreateWindowAux::new();
        self.connection
            .create_window(0, window, self.root, 0, 0, width, height, 0, WindowClass::INPUT_OUTPUT, 0, &values)
            .expect("a window");
        self.connection.map_window(window).expect("shown");
        self.wait();
        window
    }

    /// Until the server has done what was asked for.
    fn wait(&self) {
        self.connection.get_input_focus().expect("asked").reply().expect("answered");
    }

    fn children(&self, parent: u32) -> Vec<u32> {
        self.connection.query_tree(parent).expect("asked").reply().expect("answered").children
    }

    /// Clicks with a button of the pointer.
    fn click(&self, window: u32, button: u8, place: (i16, i16)) {
        display::click(&self.connection, self.root, window, button, place);
    }

    /// The size of what is in a host's window.
    fn inside(&self, parent: u32) -> (u32, u32) {
        let children = self.children(parent);
        assert_eq!(children.len(), 1, "the window is in the host's");
        let size = self.connection.get_geometry(children[0]).expect("asked").reply().expect("answered");
        (size.width.into(), size.height.into())
    }
}

fn in_a_host_that_knows_the_scale() {
    let screen = Screen::find();
    let raw = Raw::new(Sides::ALL);
    let gui = Gui::of(&raw);
    assert!(gui.set_size((900, 700)), "before the window, as hosts do that remember it");
    assert!(gui.create() && !gui.create(), "once");
    assert_eq!(gui.size(), (900, 700));
    let parent = screen.parent((900, 700));
    gui.show(parent);
    assert_eq!(screen.inside(parent), (900, 700));
    assert!(!gui.set_size((100, 100)) && gui.set_size((1000, 800)));
    assert_eq!((gui.size(), screen.inside(parent)), ((1000, 800), (1000, 800)));
    assert_eq!(gui.adjusted((1, 1)), pixels(SMALLEST_SIZE, 1.0));
    assert!(gui.set_scale(1.5), "while it is open");
    assert_eq!(gui.adjusted((1, 1)), pixels(SMALLEST_SIZE, 1.5));
    assert_eq!((gui.size(), screen.inside(parent)), ((1500, 1200), (1500, 1200)));
    gui.destroy();
    // As it was, whether or not the host says the scale again.
    for says_it in [false, true] {
        assert!(gui.create());
        assert!(!says_it || gui.set_scale(1.5));
        assert_eq!((gui.size(), gui.adjusted((1, 1))), ((1500, 1200), pixels(SMALLEST_SIZE, 1.5)));
        let parent = screen.parent((1500, 1200));
        gui.show(parent);
        assert_eq!(screen.inside(parent), (1500, 1200));
        gui.destroy();
    }
    // Before the first window of another instance, which then goes with its window.
    let other = Raw::new(Sides::ALL);
    let gui = Gui::of(&other);
    assert!(gui.set_scale(2.0) && gui.create());
    assert_eq!((gui.size(), gui.adjusted((1, 1))), (pixels(DEFAULT_SIZE, 2.0), pixels(SMALLEST_SIZE, 2.0)));
    let parent = screen.parent(gui.size());
    gui.show(parent);
    assert_eq!(screen.inside(parent), pixels(DEFAULT_SIZE, 2.0));
    drop(other);
}

fn on_a_system_that_knows_the_scale() {
    let screen = Screen::find();
    let resources = (AtomEnum::RESOURCE_MANAGER, AtomEnum::STRING);
    screen
        .connection
        .change_property8(PropMode::REPLACE, screen.root, resources.0, resources.1, b"Xft.dpi:\t192\n")
        .expect("changed");
    screen.wait();
    let raw = Raw::new(Sides::ALL);
    let gui = Gui::of(&raw);
    for _ in 0..2 {
        assert!(gui.create());
        assert_eq!((gui.size(), gui.adjusted((1, 1))), (pixels(DEFAULT_SIZE, 2.0), pixels(SMALLEST_SIZE, 2.0)));
        gui.set_scale(3.0);
        assert_eq!(gui.size(), pixels(DEFAULT_SIZE, 2.0), "the system's word counts");
        assert_eq!(gui.adjusted((1, 1)), pixels(SMALLEST_SIZE, 2.0));
        let parent = screen.parent(gui.size());
        gui.show(parent);
        assert_eq!(screen.inside(parent), pixels(DEFAULT_SIZE, 2.0));
        gui.destroy();
    }
}

/// Until a slider is met, down the left column of the pages.
fn with_a_menu_of_the_hosts() {
    let screen = Screen::find();
    let raw = Raw::new(Sides::ALL);
    let gui = Gui::of(&raw);
    assert!(gui.create());
    let parent = screen.parent(gui.size());
    gui.show(parent);
    let window = screen.children(parent)[0];
    raw.calls();
    let began = Instant::now();
    // It may take a while until the first frame is drawn, and only what has been drawn is clicked on.
    let asked = (0..).map(|round| 400 + round * 9 % 180).find(|y| {
        assert!(began.elapsed() < FOR_EVER, "no control asks for a menu");
        screen.click(window, 3, (180, *y));
        std::thread::park_timeout(Duration::from_millis(20));
        raw.calls().contains(&"callback".to_owned())
    });
    // Another may have been clicked since the one that was heard of first.
    std::thread::park_timeout(Duration::from_millis(100));
    raw.calls();
    raw.on_main_thread();
    let calls = raw.calls();
    let popup: Vec<i64> = calls[0].split(' ').skip(1).map(|number| number.parse().expect("a number")).collect();
    assert!(TABLE.iter().any(|setting| i64::from(number(setting.id)) == popup[0]), "{calls:?}");
    assert_eq!(popup[1..3], [0, 180], "{calls:?}");
    assert!(asked.is_some() && (400..580).contains(&popup[3]), "{calls:?}");
    raw.on_main_thread();
    assert_eq!(raw.calls(), [""; 0], "once");
}
