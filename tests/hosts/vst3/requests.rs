//! Requests of the window to the host, by the run loop that the host lends: for its menu, and for another size of its
//! frame.
use super::host::Vst3;
use super::screen::{self, Screen};
use crate::display::end_at_a_panic;
use crate::promises::{Instance, number};
use nice_plug::wrapper::vst3::vst3::Steinberg::Linux::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::IContextMenu_::Item;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;
use nice_plug::wrapper::vst3::vst3::{Class, ComPtr, ComRef, ComWrapper};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::ThreadId;
use std::time::{Duration, Instant};
use transept::settings::TABLE;

/// Far more than anything here takes, so that a hang ends.
const LONG: Duration = Duration::from_secs(60);

/// Calls of the host: the view and the number, or the place.
type Calls = Arc<Mutex<Vec<(usize, [i64; 2])>>>;

struct Handler {
    calls: Calls,
    main: ThreadId,
}

impl Class for Handler {
    type Interfaces = (IComponentHandler, IComponentHandler3);
}

impl IComponentHandlerTrait for Handler {
    unsafe fn beginEdit(&self, _id: ParamID) -> tresult {
        panic!("nothing is edited")
    }
    unsafe fn performEdit(&self, _id: ParamID, _value: ParamValue) -> tresult {
        panic!("nothing is edited")
    }
    unsafe fn endEdit(&self, _id: ParamID) -> tresult {
        panic!("nothing is edited")
    }
    unsafe fn restartComponent(&self, _flags: int32) -> tresult {
        kResultOk
    }
}

impl IComponentHandler3Trait for Handler {
    unsafe fn createContextMenu(&self, view: *mut IPlugView, number: *const ParamID) -> *mut IContextMenu {
        assert_eq!(std::thread::current().id(), self.main);
        // SAFETY: the number is the plugin's, for the time of the call.
        let number = unsafe { *number };
        self.calls.lock().expect("not poisoned").push((view as usize, [number.into(), 0]));
        let menu = ComWrapper::new(Menu(self.calls.clone()));
        menu.to_com_ptr::<IContextMenu>().expect("a menu").into_raw()
    }
}

struct Menu(Calls);

impl Class for Menu {
    type Interfaces = (IContextMenu,);
}

impl IContextMenuTrait for Menu {
    unsafe fn getItemCount(&self) -> int32 {
        0
    }
    unsafe fn getItem(&self, _index: int32, _item: *mut Item, _target: *mut *mut IContextMenuTarget) -> tresult {
        kResultFalse
    }
    unsafe fn addItem(&self, _item: *const Item, _target: *mut IContextMenuTarget) -> tresult {
        kResultFalse
    }
    unsafe fn removeItem(&self, _item: *const Item, _target: *mut IContextMenuTarget) -> tresult {
        kResultFalse
    }
    unsafe fn popup(&self, x: UCoord, y: UCoord) -> tresult {
        self.0.lock().expect("not poisoned").push((0, [x.into(), y.into()]));
        kResultOk
    }
}

/// The handlers that a run loop calls.
type Handlers = Arc<Mutex<Vec<(ComPtr<IEventHandler>, FileDescriptor)>>>;

/// Calls what waits for the run loop.
fn serve(handlers: &Handlers) {
    let handlers = handlers.lock().expect("not poisoned").clone();
    for (handler, descriptor) in handlers {
        // SAFETY: a call of the interface.
        unsafe { handler.onFDIsSet(descriptor) };
    }
}

/// A frame with a run loop, which notes the sizes that it is asked for.
#[derive(Default)]
struct Frame {
    handlers: Handlers,
    sizes: Arc<Mutex<Vec<[i32; 2]>>>,
    view: Arc<AtomicUsize>,
    /// True if it gives a size to the window within the call. It takes its time for that: the corner goes on.
    obeys: bool,
}

impl Class for Frame {
    type Interfaces = (IPlugFrame, IRunLoop);
}

impl IPlugFrameTrait for Frame {
    unsafe fn resizeView(&self, view: *mut IPlugView, size: *mut ViewRect) -> tresult {
        assert_eq!(view as usize, self.view.load(Ordering::SeqCst), "the view that the host knows");
        // SAFETY: the rectangle is the plugin's, for the time of the call.
        let ViewRect { left, top, right, bottom } = unsafe { *size };
        self.sizes.lock().expect("not poisoned").push([right - left, bottom - top]);
        if self.obeys {
            std::thread::park_timeout(Duration::from_millis(100));
            // SAFETY: the view is alive, and the rectangle lives during the call.
            assert_eq!(unsafe { ComRef::from_raw(view).expect("a view").onSize(size) }, kResultOk);
        }
        kResultOk
    }
}

impl IRunLoopTrait for Frame {
    unsafe fn registerEventHandler(&self, handler: *mut IEventHandler, descriptor: FileDescriptor) -> tresult {
        // SAFETY: a handler of the plugin's, which is held from then on.
        let handler = unsafe { ComRef::from_raw(handler) }.expect("a handler").to_com_ptr();
        self.handlers.lock().expect("not poisoned").push((handler, descriptor));
        kResultOk
    }
    unsafe fn unregisterEventHandler(&self, _handler: *mut IEventHandler) -> tresult {
        kResultOk
    }
    unsafe fn registerTimer(&self, _handler: *mut ITimerHandler, _interval: TimerInterval) -> tresult {
        kResultFalse
    }
    unsafe fn unregisterTimer(&self, _handler: *mut ITimerHandler) -> tresult {
        kResultOk
    }
}

#[test]
fn a_right_click_opens_the_hosts_menu_on_the_hosts_thread() {
    let name = "vst3::requests::a_right_click_opens_the_hosts_menu_on_the_hosts_thread";
    if let Some(text) = screen::in_child(name, click_until_a_menu_opens) {
        assert!(text.contains("a menu has opened"), "{text}");
    }
}

#[test]
fn a_frame_that_keeps_its_size_is_asked_again_for_the_one_to_which_the_corner_is_pulled() {
    let name = "vst3::requests::a_frame_that_keeps_its_size_is_asked_again_for_the_one_to_which_the_corner_is_pulled";
    if let Some(text) = screen::in_child(name, pull_the_corner_against_the_frame) {
        assert!(text.contains("the size is given"), "{text}");
    }
}

#[test]
fn a_frame_that_obeys_within_the_call_follows_the_corner_step_by_step() {
    let name = "vst3::requests::a_frame_that_obeys_within_the_call_follows_the_corner_step_by_step";
    if let Some(text) = screen::in_child(name, pull_the_corner_with_the_frame) {
        assert!(text.contains("the size is given"), "{text}");
    }
}

/// The window of an instance, in a frame.
struct Framed {
    screen: Screen,
    instance: Vst3,
    view: ComPtr<IPlugView>,
    parent: u32,
    window: u32,
    handlers: Handlers,
    sizes: Arc<Mutex<Vec<[i32; 2]>>>,
}

impl Framed {
    fn open(frame: Frame) -> Self {
        end_at_a_panic();
        let (screen, instance) = (Screen::new(), Vst3::new());
        let (handlers, sizes, known) = (frame.handlers.clone(), frame.sizes.clone(), frame.view.clone());
        let frame = ComWrapper::new(frame).to_com_ptr::<IPlugFrame>().expect("a frame");
        let parent = screen.window(screen.root(), 1000, 800);
        // SAFETY: calls of the interface; the window lives until the view has let go of it.
        let view = unsafe {
            let view = ComPtr::from_raw(instance.controller.createView(ViewType::kEditor)).expect("a view");
            known.store(view.as_ptr() as usize, Ordering::SeqCst);
            assert_eq!(view.setFrame(frame.as_ptr()), kResultOk);
            assert_eq!(view.attached(parent as usize as *mut _, kPlatformTypeX11EmbedWindowID), kResultOk);
            view
        };
        let window = screen.inside(parent);
        Self { screen, instance, view, parent, window, handlers, sizes }
    }

    fn asked(&self) -> Vec<[i32; 2]> {
        self.sizes.lock().expect("not poisoned").clone()
    }

    /// Runs the host's loop for so long, or until something is so: true then.
    fn wait(&self, time: Duration, until: impl Fn() -> bool) -> bool {
        let began = Instant::now();
        while !until() {
            if began.elapsed() > time {
                return false;
            }
            serve(&self.handlers);
            std::thread::park_timeout(Duration::from_millis(10));
        }
        true
    }

    /// Pulls the corner by 60 and 40 pixels, while the host's loop runs.
    fn pull(&self) {
        let began = Instant::now();
        // Only a window that has been drawn has a corner.
        while self.asked().is_empty() {
            assert!(began.elapsed() < LONG, "the corner asks for no size: {}", self.screen.describe(self.window));
            std::thread::scope(|scope| {
                let places: Vec<_> = (0..=20).map(|step| (772 + 3 * step, 592 + 2 * step)).collect();
                let (screen, window) = (&self.screen, self.window);
                let drag = scope.spawn(move || screen.drag(window, &places));
                self.wait(LONG, || drag.is_finished());
            });
            self.wait(Duration::from_secs(2), || !self.asked().is_empty());
        }
    }

    /// Waits until nothing has been asked for longer than the window waits for a host.
    fn settle(&self) {
        let began = Instant::now();
        let mut before = usize::MAX;
        while std::mem::replace(&mut before, self.asked().len()) != self.asked().len() {
            assert!(began.elapsed() < LONG, "it is asked without end");
            self.wait(Duration::from_secs(1), || false);
        }
    }

    fn close(self) {
        // SAFETY: calls of the interface.
        unsafe {
            assert_eq!(self.view.removed(), kResultOk);
            assert_eq!(self.view.setFrame(std::ptr::null_mut()), kResultOk);
        }
        drop(self.view);
        self.screen.destroy(self.parent);
        drop(self.instance);
        println!("the size is given");
    }
}

fn pull_the_corner_against_the_frame() {
    let framed = Framed::open(Frame::default());
    framed.screen.keep_sizes(framed.parent);
    framed.pull();
    framed.settle();
    let asked = framed.asked();
    assert!(asked.ends_with(&[[840, 640]; 4]), "{asked:?}");
    assert_eq!(framed.screen.size(framed.window), [780, 600]);
    // Now the host gives the size. The windowing layer sees the change before it is told of it, and would ask for it.
    framed.screen.resize(framed.window, [840, 640]);
    let mut seen = ViewRect { left: 0, top: 0, right: 0, bottom: 0 };
    let began = Instant::now();
    while (seen.right, seen.bottom) != (840, 640) {
        assert!(began.elapsed() < LONG, "the change is not seen");
        framed.wait(Duration::from_millis(20), || false);
        // SAFETY: calls of the interface, with a rectangle that lives during them.
        assert_eq!(unsafe { framed.view.getSize(&mut seen) }, kResultOk);
    }
    // SAFETY: likewise.
    assert_eq!(unsafe { framed.view.onSize(&mut seen) }, kResultOk);
    framed.settle();
    assert_eq!((framed.asked(), framed.screen.size(framed.window)), (asked, [840, 640]));
    framed.close();
}

fn pull_the_corner_with_the_frame() {
    let framed = Framed::open(Frame { obeys: true, ..Frame::default() });
    framed.pull();
    let is_there = || framed.screen.size(framed.window) == [840, 640];
    assert!(framed.wait(LONG, is_there), "{:?}", framed.asked());
    framed.settle();
    assert!(is_there());
    let asked = framed.asked();
    let mut each = asked.clone();
    each.dedup();
    assert_eq!((asked.last(), &asked), (Some(&[840, 640]), &each), "each size once");
    framed.close();
}

/// Down the left column of the pages, until a slider is met.
fn click_until_a_menu_opens() {
    end_at_a_panic();
    let screen = Screen::new();
    let (instance, calls, frame) = (Vst3::new(), Calls::default(), Frame::default());
    let (handlers, sizes) = (frame.handlers.clone(), frame.sizes.clone());
    let handler = Handler { calls: calls.clone(), main: std::thread::current().id() };
    let handler = ComWrapper::new(handler).to_com_ptr::<IComponentHandler>().expect("a handler");
    let frame = ComWrapper::new(frame).to_com_ptr::<IPlugFrame>().expect("a frame");
    let parent = screen.window(screen.root(), 1000, 800);
    // SAFETY: calls of the interface; frame and window live until the view has let go of them.
    let view = unsafe {
        assert_eq!(instance.controller.setComponentHandler(handler.as_ptr()), kResultOk);
        let view = ComPtr::from_raw(instance.controller.createView(ViewType::kEditor)).expect("a view");
        assert_eq!(view.setFrame(frame.as_ptr()), kResultOk);
        assert_eq!(view.attached(parent as usize as *mut _, kPlatformTypeX11EmbedWindowID), kResultOk);
        view
    };
    let window = screen.inside(parent);
    let began = Instant::now();
    // It may take a while until the first frame is drawn, and only what has been drawn is clicked on.
    let is_asked = |y: &i16| {
        assert!(began.elapsed() < LONG, "no control asks for a menu: {}", screen.describe(window));
        screen.click(window, 3, (180, *y));
        std::thread::park_timeout(Duration::from_millis(20));
        serve(&handlers);
        !calls.lock().expect("not poisoned").is_empty()
    };
    assert!((0..).map(|round| 400 + round * 9 % 180).any(|y| is_asked(&y)));
    let asked = calls.lock().expect("not poisoned").clone();
    let [(of, [parameter, _]), (_, [x, y])] = asked[..] else { panic!("{asked:?}") };
    assert_eq!(of, view.as_ptr() as usize, "the view that the host knows");
    assert!(TABLE.iter().any(|setting| i64::from(number(setting.id)) == parameter), "{asked:?}");
    assert!(x == 180 && (400..580).contains(&y), "{asked:?}");
    // SAFETY: calls of the interface.
    unsafe {
        assert_eq!(view.removed(), kResultOk);
        assert_eq!(view.setFrame(std::ptr::null_mut()), kResultOk);
        assert_eq!(instance.controller.setComponentHandler(std::ptr::null_mut()), kResultOk);
    }
    drop(view);
    assert!(sizes.lock().expect("not poisoned").is_empty(), "another size");
    screen.destroy(parent);
    drop(instance);
    assert_eq!(Arc::strong_count(&calls), 2, "the menu is gone; the handler is held here alone");
    drop(handler);
    assert_eq!(Arc::strong_count(&calls), 1, "nobody else holds it");
    println!("a menu has opened");
}
