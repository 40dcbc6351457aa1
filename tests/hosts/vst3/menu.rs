//! The host's menu of a parameter: asked for in the window, and opened by the host's run loop.
use super::host::Vst3;
use super::screen::{self, Screen};
use crate::promises::{Instance, number};
use nice_plug::wrapper::vst3::vst3::Steinberg::Linux::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::IContextMenu_::Item;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;
use nice_plug::wrapper::vst3::vst3::{Class, ComPtr, ComRef, ComWrapper};
use std::sync::{Arc, Mutex};
use std::thread::ThreadId;
use std::time::{Duration, Instant};
use transept::settings::TABLE;

/// What the host was asked for: the view and the number, or the place.
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

/// A frame with a run loop.
#[derive(Default)]
struct Frame(Handlers);

impl Class for Frame {
    type Interfaces = (IPlugFrame, IRunLoop);
}

impl IPlugFrameTrait for Frame {
    unsafe fn resizeView(&self, _view: *mut IPlugView, _size: *mut ViewRect) -> tresult {
        panic!("nothing of ours asks for another size")
    }
}

impl IRunLoopTrait for Frame {
    unsafe fn registerEventHandler(&self, handler: *mut IEventHandler, descriptor: FileDescriptor) -> tresult {
        // SAFETY: a handler of the plugin's, which is held from then on.
        let handler = unsafe { ComRef::from_raw(handler) }.expect("a handler").to_com_ptr();
        self.0.lock().expect("not poisoned").push((handler, descriptor));
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
    let name = "vst3::menu::a_right_click_opens_the_hosts_menu_on_the_hosts_thread";
    if let Some(text) = screen::in_child(name, click_until_a_menu_opens) {
        assert!(text.contains("a menu has opened"), "{text}");
    }
}

/// Down the left column of the pages, until a slider is met.
fn click_until_a_menu_opens() {
    // On whatever thread: the framework's may die without a word, and take the host along later.
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("{panic}");
        std::process::abort();
    }));
    let screen = Screen::new();
    let (instance, calls, frame) = (Vst3::new(), Calls::default(), Frame::default());
    let handlers = frame.0.clone();
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
        assert!(began.elapsed() < Duration::from_secs(60), "no control asks for a menu");
        screen.click(window, 3, (180, *y));
        std::thread::park_timeout(Duration::from_millis(20));
        let handlers = handlers.lock().expect("not poisoned").clone();
        for (handler, descriptor) in handlers {
            // SAFETY: a call of the interface.
            unsafe { handler.onFDIsSet(descriptor) };
        }
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
    screen.destroy(parent);
    drop(instance);
    assert_eq!(Arc::strong_count(&calls), 2, "the menu is gone; the handler is held here alone");
    drop(handler);
    assert_eq!(Arc::strong_count(&calls), 1, "nobody else holds it");
    println!("a menu has opened");
}
