use super::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::Linux::{
    FileDescriptor, IEventHandler, IRunLoopTrait, ITimerHandler, TimerInterval,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{
    IComponentHandlerTrait, IContextMenu, IContextMenu_::Item, IContextMenuTarget, ParamValue,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::{UCoord, int32, kNotImplemented, tresult};
use nice_plug::wrapper::vst3::vst3::{Class, ComWrapper};

const WISH: Wish = Wish { parameter: "wet", place: [30, 40] };

/// What a host has noted, and what it does.
#[derive(Default)]
struct Host {
    calls: Mutex<Vec<String>>,
    has_no_menu: AtomicBool,
    fails: AtomicBool,
    /// The size to which the window is pulled while the menu is open.
    pulled_under_the_menu: Mutex<Option<[u32; 2]>>,
    window: HostRequests,
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
        if let Some(size) = self.0.pulled_under_the_menu.lock().take() {
            assert!(self.0.window.resize(size));
            self.0.calls.lock().push("the menu closes".to_owned());
        }
        if self.0.fails.load(Ordering::SeqCst) { kNotImplemented } else { kResultFalse }
    }
}

impl IPlugFrameTrait for Frame {
    unsafe fn resizeView(&self, view: *mut IPlugView, size: *mut ViewRect) -> tresult {
        // SAFETY: the rectangle is the caller's.
        let ViewRect { left, top, right, bottom } = unsafe { *size };
        self.0.calls.lock().push(format!("{left} {top} {right} {bottom} of view {}", view as usize));
        // The host's loop runs, and the corner is pulled on.
        if right < 1_000 {
            assert!(self.0.window.resize([1_000, 800]));
            assert_eq!(self.0.calls.lock().len(), 1, "not before this call is over");
        }
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

fn in_place(act: Box<dyn FnOnce() + Send>) {
    act();
}

/// A host, the window's way to it, and what stands between. The window of view 8 is open on this thread.
fn opened(post: impl Fn(Box<dyn FnOnce() + Send>) + Send + Sync + 'static) -> (Arc<Host>, HostRequests, Arc<Requests>) {
    let host = Arc::<Host>::default();
    let requests = Requests::new(host.window.clone(), vec![("dry", 5), ("wet", 7)], post);
    let handler = ComWrapper::new(Handler(host.clone())).to_com_ptr().expect("a handler");
    requests.set_handler(Some(&handler));
    requests.opened(std::ptr::without_provenance_mut(8));
    (host.clone(), host.window.clone(), requests)
}

fn calls(host: &Host) -> Vec<String> {
    std::mem::take(&mut *host.calls.lock())
}

#[test]
fn a_host_opens_its_menu_of_the_parameter_at_the_place_and_gets_it_back() {
    let (host, window, requests) = opened(in_place);
    for _ in 0..2 {
        assert!(window.open_menu(WISH));
        assert_eq!(calls(&host), ["7 of view 8", "popup 30 40"], "one, although the window asks again meanwhile");
        assert_eq!(window.take_refused(), None);
    }
    // This, the host's window, and what the handler has.
    assert_eq!(Arc::strong_count(&host), 2, "its menus are gone");
    requests.set_handler(None);
    assert_eq!(Arc::strong_count(&host), 1, "and the handler");
}

#[test]
fn where_the_host_opens_none_the_window_hears_of_it() {
    let (host, window, _requests) = opened(in_place);
    host.has_no_menu.store(true, Ordering::SeqCst);
    assert!(window.open_menu(WISH));
    assert_eq!((calls(&host).len(), window.take_refused()), (1, Some(WISH)));
    host.has_no_menu.store(false, Ordering::SeqCst);
    host.fails.store(true, Ordering::SeqCst);
    assert!(window.open_menu(WISH));
    assert_eq!((calls(&host).len(), window.take_refused()), (2, Some(WISH)));
    let unknown = Wish { parameter: "impulse of another version", ..WISH };
    assert!(window.open_menu(unknown));
    assert_eq!((calls(&host).len(), window.take_refused()), (0, Some(unknown)));
}

#[test]
fn a_host_is_never_called_on_another_thread() {
    let (host, window, _requests) = opened(|act| thread::spawn(act).join().expect("no panic"));
    assert!(window.open_menu(WISH));
    assert_eq!((calls(&host).len(), window.take_refused()), (0, Some(WISH)));
}

#[test]
fn a_host_without_menus_or_without_an_open_view_is_asked_for_none() {
    let (host, window, requests) = opened(in_place);
    requests.closed(std::ptr::without_provenance_mut(4));
    assert!(window.open_menu(WISH), "another view has closed");
    requests.closed(std::ptr::without_provenance_mut(8));
    calls(&host);
    assert!(!window.open_menu(WISH));
    requests.opened(std::ptr::without_provenance_mut(8));
    let plain = ComWrapper::new(Plain).to_com_ptr().expect("a handler");
    requests.set_handler(Some(&plain));
    assert!(!window.open_menu(WISH));
    drop(requests);
    assert!(!window.open_menu(WISH), "the instance is gone");
    assert!(calls(&host).is_empty());
}

/// Tasks that wait for the host's run loop.
type Tasks = Arc<Mutex<Vec<Box<dyn FnOnce() + Send>>>>;

fn run(tasks: &Tasks) -> usize {
    let due = std::mem::take(&mut *tasks.lock());
    due.into_iter().map(|task| task()).count()
}

#[cfg(target_os = "linux")]
#[test]
fn a_frame_gets_the_newest_size_on_the_main_thread_one_call_at_a_time() {
    let tasks = Tasks::default();
    let queue = tasks.clone();
    let (host, window, requests) = opened(move |act| queue.lock().push(act));
    assert!(!window.resize([900, 700]), "there is no frame");
    let frame = ComWrapper::new(Frame(host.clone())).to_com_ptr().expect("a frame");
    requests.set_frame(Some(&frame));
    assert!(window.resize([880, 680]) && window.resize([900, 700]));
    assert!(calls(&host).is_empty(), "not while the window draws");
    assert_eq!((run(&tasks), calls(&host)), (1, vec!["0 0 900 700 of view 8".to_owned()]));
    // What was asked for during the call comes after it.
    assert_eq!((run(&tasks), calls(&host)), (1, vec!["0 0 1000 800 of view 8".to_owned()]));
    assert_eq!((run(&tasks), calls(&host).len()), (0, 0));

    assert!(window.resize([1_200, 900]));
    requests.closed(std::ptr::without_provenance_mut(8));
    assert_eq!((run(&tasks), calls(&host).len()), (1, 0), "the view has gone meanwhile");
    assert!(!window.resize([1_200, 900]));
    drop(frame);
    requests.set_frame(None);
    assert_eq!(Arc::strong_count(&host), 2, "this and what the handler has: the frame is let go of");
}

#[cfg(target_os = "linux")]
#[test]
fn under_an_open_menu_the_frame_waits() {
    let (host, window, requests) = opened(in_place);
    let frame = ComWrapper::new(Frame(host.clone())).to_com_ptr().expect("a frame");
    requests.set_frame(Some(&frame));
    *host.pulled_under_the_menu.lock() = Some([1_100, 800]);
    assert!(window.open_menu(WISH));
    assert_eq!(calls(&host), ["7 of view 8", "popup 30 40", "the menu closes", "0 0 1100 800 of view 8"]);
}

#[test]
fn a_frame_that_cannot_be_asked_on_the_main_thread_is_not_asked() {
    let (_host, window, requests) = opened(in_place);
    let frame = ComWrapper::new(PlainFrame).to_com_ptr().expect("a frame");
    requests.set_frame(Some(&frame));
    assert!(!window.resize([900, 700]), "the window resizes itself");
}
