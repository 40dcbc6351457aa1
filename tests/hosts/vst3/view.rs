//! The view: its sizes, open and closed, what it says to the log, and when it is seen.
use super::host::Vst3;
use super::screen::{self, Screen};
use crate::promises::Instance;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;
use nice_plug::wrapper::vst3::vst3::{Class, ComPtr, ComWrapper};
use std::time::{Duration, Instant};
use transept::editor::sight::Sight;
use transept::editor::window::{DEFAULT_SIZE, SMALLEST_SIZE};
use transept::plugin::vst3::factory::{ModuleEntry, ModuleExit};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt, PropMode};
use x11rb::wrapper::ConnectionExt as _;

const DEFAULT: (i32, i32) = (DEFAULT_SIZE.x as i32, DEFAULT_SIZE.y as i32);
const SMALLEST: (i32, i32) = (SMALLEST_SIZE.x as i32, SMALLEST_SIZE.y as i32);

fn view(instance: &Vst3) -> ComPtr<IPlugView> {
    // SAFETY: a call of the interface, whose result is the caller's.
    unsafe { ComPtr::from_raw(instance.controller.createView(ViewType::kEditor)) }.expect("a view")
}

fn rect((right, bottom): (i32, i32)) -> ViewRect {
    ViewRect { left: 0, top: 0, right, bottom }
}

fn size(view: &ComPtr<IPlugView>) -> (i32, i32) {
    let mut rect = rect((0, 0));
    // SAFETY: a call of the interface with a pointer to a local.
    assert_eq!(unsafe { view.getSize(&mut rect) }, kResultOk);
    (rect.right - rect.left, rect.bottom - rect.top)
}

fn resize(view: &ComPtr<IPlugView>, size: (i32, i32)) {
    // SAFETY: a call of the interface with a pointer to a local.
    assert_eq!(unsafe { view.onSize(&mut rect(size)) }, kResultOk);
}

fn scale(view: &ComPtr<IPlugView>, factor: f32) -> tresult {
    let support: ComPtr<IPlugViewContentScaleSupport> = view.cast().expect("it has a scale");
    // SAFETY: a call of the interface.
    unsafe { support.setContentScaleFactor(factor) }
}

/// What the view makes of a size.
fn constrained(view: &ComPtr<IPlugView>, size: (i32, i32)) -> (i32, i32) {
    // A host may ask with a rectangle that begins anywhere.
    let mut rect = ViewRect { left: 7, top: 9, right: 7 + size.0, bottom: 9 + size.1 };
    // SAFETY: a call of the interface with a pointer to a local.
    assert_eq!(unsafe { view.checkSizeConstraint(&mut rect) }, kResultOk, "{size:?}");
    assert_eq!((rect.left, rect.top), (7, 9));
    (rect.right - rect.left, rect.bottom - rect.top)
}

fn can_be_any_size_from_the_smallest_on(view: &ComPtr<IPlugView>) {
    // SAFETY: a call of the interface.
    assert_eq!(unsafe { view.canResize() }, kResultOk);
    assert_eq!(constrained(view, DEFAULT), DEFAULT);
    assert_eq!(constrained(view, SMALLEST), SMALLEST);
    assert_eq!(constrained(view, (2000, 3)), (2000, SMALLEST.1));
    assert_eq!(constrained(view, (1, 1500)), (SMALLEST.0, 1500));
}

#[test]
fn sizes_are_answered_before_the_window_opens() {
    let instance = Vst3::new();
    let view = view(&instance);
    assert_eq!(size(&view), DEFAULT);
    can_be_any_size_from_the_smallest_on(&view);
    assert_eq!(constrained(&view, (0, 0)), SMALLEST);
    assert_eq!(constrained(&view, (-5, i32::MIN)), SMALLEST);
    resize(&view, (900, 700));
    assert_eq!(size(&view), (900, 700));
    // SAFETY: calls of the interface with null and with pointers to locals.
    unsafe {
        assert_ne!(view.onSize(&mut rect((0, 700))), kResultOk);
        assert_ne!(view.onSize(std::ptr::null_mut()), kResultOk);
        assert_ne!(view.getSize(std::ptr::null_mut()), kResultOk);
        assert_ne!(view.checkSizeConstraint(std::ptr::null_mut()), kResultOk);
    }
    assert_eq!(size(&view), (900, 700));
}

#[test]
fn a_scale_that_comes_before_the_window_opens_counts() {
    let instance = Vst3::new();
    let view = view(&instance);
    for odd in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        assert_ne!(scale(&view, odd), kResultOk, "{odd}");
    }
    assert_eq!(scale(&view, 1.5), kResultOk);
    assert_eq!(size(&view), (DEFAULT.0 * 3 / 2, DEFAULT.1 * 3 / 2));
    assert_eq!(constrained(&view, (1, 1)), (SMALLEST.0 * 3 / 2, SMALLEST.1 * 3 / 2));
}

struct Frame;

impl Class for Frame {
    type Interfaces = (IPlugFrame,);
}

impl IPlugFrameTrait for Frame {
    unsafe fn resizeView(&self, _view: *mut IPlugView, _size: *mut ViewRect) -> tresult {
        panic!("nothing of ours asks for another size")
    }
}

#[test]
fn a_window_that_opens_and_closes_keeps_its_size_and_logs_nothing() {
    let name = "vst3::view::a_window_that_opens_and_closes_keeps_its_size_and_logs_nothing";
    let Some(text) = screen::in_child(name, open_and_close) else { return };
    let said: Vec<&str> =
        text.lines().filter(|line| ["WARN", "ERROR", "rror:"].iter().any(|w| line.contains(w))).collect();
    assert!(said.is_empty() && text.contains("closed three times"), "{text}");
}

fn open_and_close() {
    // As a host that loads the module: the log goes to the standard error from here on.
    assert!(ModuleEntry(std::ptr::null_mut()));
    let screen = Screen::new();
    let instance = Vst3::new();
    let frame = ComWrapper::new(Frame).to_com_ptr::<IPlugFrame>().expect("a frame");
    for round in 0..3 {
        let parent = screen.window(screen.root(), 1000, 800);
        let view = view(&instance);
        if round > 0 {
            resize(&view, (900, 700));
        }
        // SAFETY: calls of the interface; frame and window live until the view has let go of them.
        unsafe {
            assert_eq!(view.setFrame(frame.as_ptr()), kResultOk);
            assert_eq!(view.attached(parent as usize as *mut _, kPlatformTypeX11EmbedWindowID), kResultOk);
        }
        if round > 0 {
            assert_eq!(size(&view), (900, 700));
            is_as_large(&screen, parent, (900, 700));
        }
        can_be_any_size_from_the_smallest_on(&view);
        resize(&view, (800, 620));
        assert_eq!(size(&view), (800, 620));
        is_as_large(&screen, parent, (800, 620));
        // SAFETY: calls of the interface.
        unsafe {
            assert_eq!(view.removed(), kResultOk);
            // Some hosts do it again, to be safe.
            assert_ne!(view.removed(), kResultOk);
            assert_eq!(view.setFrame(std::ptr::null_mut()), kResultOk);
        }
        drop(view);
        screen.destroy(parent);
    }
    drop(instance);
    ModuleExit();
    println!("closed three times");
}

/// Waits until the plugin's window in a parent has this size.
fn is_as_large(screen: &Screen, parent: u32, size: (i32, i32)) {
    let began = Instant::now();
    loop {
        let tree = screen.connection.query_tree(parent).expect("asked").reply().expect("answered");
        let child = *tree.children.first().expect("the plugin's window");
        let geometry = screen.connection.get_geometry(child).expect("asked").reply().expect("answered");
        let is = (i32::from(geometry.width), i32::from(geometry.height));
        if is == size {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{is:?} and not {size:?}");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

#[test]
fn it_is_known_when_nobody_sees_a_window() {
    screen::in_child("vst3::view::it_is_known_when_nobody_sees_a_window", look_at_windows);
}

fn look_at_windows() {
    let screen = Screen::new();
    let outer = screen.window(screen.root(), 300, 200);
    let middle = screen.window(outer, 200, 100);
    let inner = screen.window(middle, 100, 50);
    let mut sight = Sight::of_x11(inner);
    let mut now = Instant::now();
    let mut sees = |screen: &Screen| {
        screen.settle();
        now += Duration::from_secs(1);
        sight.is_seen(now)
    };
    assert!(sees(&screen));
    for window in [outer, middle, inner] {
        screen.connection.unmap_window(window).expect("asked");
        assert!(!sees(&screen));
        screen.connection.map_window(window).expect("asked");
        assert!(sees(&screen));
    }
    let atom = |name: &str| {
        screen.connection.intern_atom(false, name.as_bytes()).expect("asked").reply().expect("answered").atom
    };
    let (state, hidden, other) = (atom("_NET_WM_STATE"), atom("_NET_WM_STATE_HIDDEN"), atom("_NET_WM_STATE_STICKY"));
    for (marks, is_seen) in [(&[other, hidden][..], false), (&[other], true), (&[hidden], false), (&[], true)] {
        let mode = PropMode::REPLACE;
        screen.connection.change_property32(mode, outer, state, AtomEnum::ATOM, marks).expect("asked");
        assert_eq!(sees(&screen), is_seen, "{marks:?}");
    }
    screen.destroy(outer);
    assert!(sees(&screen), "of what is gone nothing is known");
    screen.connection.flush().expect("sent");
}
