use super::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::Linux::{
    FileDescriptor, IEventHandler, IRunLoopTrait, ITimerHandler, TimerInterval,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{
    IComponentHandlerTrait, IContextMenu, IContextMenu_::Item, IContextMenuTarget, ParamValue,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::{UCoord, int32, kNotImplemented, tresult};
use nice_plug::wrapper::vst3::vst3::{Class, ComWrapper};
use std::sync::atomic::AtomicBool;

const WISH: Wish = Wish { parameter: "wet", place: [30, 40] };

/// A host's notes, and its ways.
#[derive(Default)]
struct Host {
    calls: Mutex<Vec<String>>,
    has_no_menu: AtomicBool,
    fails: AtomicBool,
    /// Size to which the corner is pulled while a menu is open, or while a frame is resized.
    pulled_meanwhile: Mutex<Option<[u32; 2]>>,
    window: HostRequests,
    tasks: Mutex<Vec<Box<dyn FnOnce() + Send>>>,
    /// The framework's, held while a task runs.
    framework: Mutex<()>,
}

impl Host {
    /// One round of the host's loop; the number of tasks that it has run.
    fn run_loop(&self) -> usize {
        let tasks = std::mem::take(&mut *self.tasks.lock());
        let run = |task: Box<dyn FnOnce() + Send>| {
            let _held = self.framework.try_lock().expect("the framework would wait for itself");
            task();
        };
        tasks.into_iter().map(run).count()
    }

    /// The window draws, and the host's loop runs, while the host does what it was asked for.
    fn go_on(&self) {
        if let Some(size) = self.pulled_meanwhile.lock().take() {
            assert!(self.window.resize(size));
        }
        assert_eq!(self.run_loop(), 0, "a task within a task");
    }
}

struct Handler(Arc<Host>);
struct Popup(Arc<Host>);
struct Frame(Arc<Host>);
/// A frame without a run loop.
struct PlainFrame;
/// The handler of a host without menus.
struct Plain;

impl Class for Handler {
    type Interfaces = (IComponentHandler, IComponentHandler3);
}
impl Class for Popup {
    type Interfaces = (IContextMenu,);
}
impl Class for Frame {
    type Interfaces = (IPlugFrame, IRunLoop);
}
impl Class for PlainFrame {
    type Interfaces = (IPlugFrame,);
}
impl Class for Plain {
    type Interfaces = (IComponentHandler,);
}

macro_rules! handler {
    ($handler:ident) => {
        impl IComponentHandlerTrait for $handler {
            unsafe fn beginEdit(&self, _id: ParamID) -> tresult {
                kResultOk
            }
            unsafe fn performEdit(&self, _id: ParamID, _value: ParamValue) -> tresult {
                kResultOk
            }
            unsafe fn endEdit(&self, _id: ParamID) -> tresult {
                kResultOk
            }
            unsafe fn restartComponent(&self, _flags: int32) -> tresult {
                kResultOk
            }
        }
    };
}
handler!(Handler);
handler!(Plain);

impl IComponentHandler3Trait for Handler {
    unsafe fn createContextMenu(&self, view: *mut IPlugView, number: *const ParamID) -> *mut IContextMenu {
        // SAFETY: the number is the caller's.
        let text = format!("{} of view {}", unsafe { *number }, view as usize);
        self.0.calls.lock().push(text);
        if self.0.has_no_menu.load(Ordering::SeqCst) {
            return std::ptr::null_mut();
        }
        ComWrapper::new(Popup(self.0.clone())).to_com_ptr::<IContextMenu>().expect("a menu").into_raw()
    }
}

impl IContextMenuTrait for Popup {
    unsafe fn getItemCount(&self) -> int32 {
        0
    }
    unsafe fn getItem(&self, _: int32, _: *mut Item, _: *mut *mut IContextMenuTarget) -> tresult {
        kResultFalse
    }
    unsafe fn addItem(&self, _: *const Item, _: *mut IContextMenuTarget) -> tresult {
        kResultFalse
    }
    unsafe fn removeItem(&self, _: *const Item, _: *mut IContextMenuTarget) -> tresult {
        kResultFalse
    }
    unsafe fn popup(&self, x: UCoord, y: UCoord) -> tresult {
        self.0.calls.lock().push(format!("popup {x} {y}"));
        // The host's loop runs, and with it the window.
        assert!(self.0.window.open_menu(WISH), "a menu is there");
        self.0.go_on();
        self.0.calls.lock().push("the menu closes".to_owned());
        if self.0.fails.load(Ordering::SeqCst) { kNotImplemented } else { kResultFalse }
    }
}

impl IPlugFrameTrait for Frame {
    unsafe fn resizeView(&self, view: *mut IPlugView, size: *mut ViewRect) -> tresult {
        // SAFETY: the rectangle is the caller's.
        let ViewRect { left, top, right, bottom } = unsafe { *size };
        self.0.calls.lock().push(format!("{left} {top} {right} {bottom} of view {}", view as usize));
        self.0.go_on();
        self.0.calls.lock().push("resized".to_owned());
        kResultFalse
    }
}

impl IPlugFrameTrait for PlainFrame {
    unsafe fn resizeView(&self, _: *mut IPlugView, _: *mut ViewRect) -> tresult {
        panic!("it is asked on the window's thread by the framework")
    }
}

impl IRunLoopTrait for Frame {
    unsafe fn registerEventHandler(&self, _: *mut IEventHandler, _: FileDescriptor) -> tresult {
        kResultFalse
    }
    unsafe fn unregisterEventHandler(&self, _: *mut IEventHandler) -> tresult {
        kResultFalse
    }
    unsafe fn registerTimer(&self, _: *mut ITimerHandler, _: TimerInterval) -> tresult {
        kResultFalse
    }
    unsafe fn unregisterTimer(&self, _: *mut ITimerHandler) -> tresult {
        kResultFalse
    }
}

const VIEW: *mut IPlugView = std::ptr::without_provenance_mut(8);

/// A host, the window's way to it, and what stands between. The window of a view is open on this thread, without a frame.
fn opened() -> (Arc<Host>, HostRequests, Arc<Requests>) {
    let host = Arc::<Host>::default();
    let loop_of = Arc::downgrade(&host);
    let post = move |task| loop_of.upgrade().expect("the host lives").tasks.lock().push(task);
    let requests = Requests::new(host.window.clone(), vec![("dry", 5), ("wet", 7)], post);
    let handler = ComWrapper::new(Handler(host.clone())).to_com_ptr().expect("a handler");
    requests.set_handler(Some(&handler));
    requests.opened((VIEW, None));
    (host.clone(), host.window.clone(), requests)
}

fn frame(host: &Arc<Host>) -> Option<ComPtr<IPlugFrame>> {
    ComWrapper::new(Frame(host.clone())).to_com_ptr()
}

/// The calls that one round of the host's loop has brought.
fn calls(host: &Host) -> Vec<String> {
    host.run_loop();
    std::mem::take(&mut *host.calls.lock())
}

const MENU: [&str; 3] = ["7 of view 8", "popup 30 40", "the menu closes"];

#[test]
fn a_host_opens_its_menu_of_the_parameter_at_the_place_and_gets_it_back() {
    let (host, window, requests) = opened();
    for _ in 0..2 {
        assert!(window.open_menu(WISH));
        assert!(host.calls.lock().is_empty(), "not while the window draws");
        assert_eq!(calls(&host), MENU, "one, although the window asks again meanwhile");
        assert_eq!(window.take_refused(), None);
    }
    // This, and what the handler has.
    assert_eq!(Arc::strong_count(&host), 2, "its menus are gone");
    requests.set_handler(None);
    assert_eq!(Arc::strong_count(&host), 1, "and the handler");
}

#[test]
fn where_the_host_opens_none_the_window_hears_of_it() {
    let (host, window, _requests) = opened();
    host.has_no_menu.store(true, Ordering::SeqCst);
    assert!(window.open_menu(WISH));
    assert_eq!((calls(&host).len(), window.take_refused()), (1, Some(WISH)));
    host.has_no_menu.store(false, Ordering::SeqCst);
    host.fails.store(true, Ordering::SeqCst);
    assert!(window.open_menu(WISH));
    assert_eq!((calls(&host).len(), window.take_refused()), (3, Some(WISH)));
    let unknown = Wish { parameter: "impulse of another version", ..WISH };
    assert!(window.open_menu(unknown));
    assert_eq!((calls(&host).len(), window.take_refused()), (0, Some(unknown)));
}

#[test]
fn a_host_is_never_called_on_another_thread() {
    let (host, window, requests) = opened();
    requests.set_frame(VIEW, frame(&host));
    assert!(window.open_menu(WISH));
    assert_eq!(window.resize([900, 700]), cfg!(target_os = "linux"));
    let called = thread::scope(|scope| scope.spawn(|| calls(&host)).join().expect("no panic"));
    assert_eq!((called.len(), window.take_refused()), (0, Some(WISH)));
}

#[test]
fn a_host_without_menus_or_without_an_open_view_is_asked_for_none() {
    let (host, window, requests) = opened();
    requests.closed(std::ptr::without_provenance_mut(4));
    assert!(window.open_menu(WISH), "another view has closed");
    requests.closed(VIEW);
    assert!(calls(&host).is_empty(), "the view has gone meanwhile");
    assert!(!window.open_menu(WISH));
    requests.opened((VIEW, None));
    assert!(calls(&host).is_empty(), "that was asked for in another window");
    let plain = ComWrapper::new(Plain).to_com_ptr().expect("a handler");
    requests.set_handler(Some(&plain));
    assert!(!window.open_menu(WISH));
    drop(requests);
    assert!(!window.open_menu(WISH), "the instance is gone");
    assert!(calls(&host).is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn a_frame_gets_the_newest_size_one_call_at_a_time() {
    let (host, window, requests) = opened();
    assert!(!window.resize([900, 700]), "there is no frame");
    requests.set_frame(std::ptr::without_provenance_mut(4), frame(&host));
    assert!(!window.resize([900, 700]), "that is another view's");
    requests.set_frame(VIEW, frame(&host));
    assert!(window.resize([880, 680]) && window.resize([900, 700]));
    *host.pulled_meanwhile.lock() = Some([1_000, 800]);
    assert!(host.calls.lock().is_empty(), "not while the window draws");
    assert_eq!(calls(&host), ["0 0 900 700 of view 8", "resized"]);
    // What was asked for during the call comes after it.
    assert_eq!(calls(&host), ["0 0 1000 800 of view 8", "resized"]);
    assert!(calls(&host).is_empty());

    assert!(window.resize([1_200, 900]));
    requests.closed(VIEW);
    requests.opened((VIEW, frame(&host)));
    assert!(calls(&host).is_empty(), "that was another window's size");
    requests.closed(VIEW);
    assert!(!window.resize([1_200, 900]));
    assert_eq!(Arc::strong_count(&host), 2, "this and what the handler has: the frame is let go of");
}

#[cfg(target_os = "linux")]
#[test]
fn under_an_open_menu_the_frame_waits() {
    let (host, window, requests) = opened();
    requests.set_frame(VIEW, frame(&host));
    assert!(window.open_menu(WISH) && window.resize([900, 700]));
    *host.pulled_meanwhile.lock() = Some([1_100, 800]);
    assert_eq!(calls(&host), [&MENU[..], &["0 0 1100 800 of view 8", "resized"]].concat());
}

#[cfg(target_os = "linux")]
#[test]
fn a_host_that_throws_tasks_away_with_a_view_is_asked_by_the_next_one() {
    let (host, window, requests) = opened();
    requests.set_frame(VIEW, frame(&host));
    assert!(window.open_menu(WISH) && window.resize([900, 700]));
    host.tasks.lock().clear();
    requests.closed(VIEW);
    requests.opened((VIEW, frame(&host)));
    assert!(window.open_menu(WISH) && window.resize([1_000, 800]));
    assert_eq!(calls(&host), [&MENU[..], &["0 0 1000 800 of view 8", "resized"]].concat());
}

#[cfg(target_os = "linux")]
#[test]
fn a_task_of_the_window_before_leaves_the_requests_to_that_of_this_one() {
    let (host, window, requests) = opened();
    requests.set_frame(VIEW, frame(&host));
    assert!(window.resize([900, 700]));
    requests.closed(VIEW);
    requests.opened((VIEW, frame(&host)));
    assert!(window.open_menu(WISH) && window.resize([1_000, 800]));
    let [before, this] = std::mem::take(&mut *host.tasks.lock()).try_into().ok().expect("a task of each window");
    before();
    assert!(host.calls.lock().is_empty(), "with the second under way, a menu would wait for it");
    this();
    assert_eq!(std::mem::take(&mut *host.calls.lock()), [&MENU[..], &["0 0 1000 800 of view 8", "resized"]].concat());
}

#[test]
fn the_window_knows_the_size_that_the_host_has_given_to_the_open_view() {
    let (_host, window, requests) = opened();
    requests.give_size(std::ptr::without_provenance_mut(4), [1, 1]);
    assert_eq!(window.given_size(), None, "that is another view's");
    requests.give_size(VIEW, [900, 700]);
    assert_eq!(window.given_size(), Some([900, 700]));
    requests.closed(VIEW);
    assert_eq!(window.given_size(), None);
}

#[test]
fn a_frame_that_cannot_be_asked_on_the_main_thread_is_not_asked() {
    let (_host, window, requests) = opened();
    let frame = ComWrapper::new(PlainFrame).to_com_ptr();
    requests.set_frame(VIEW, frame);
    assert!(!window.resize([900, 700]), "the window resizes itself");
}
