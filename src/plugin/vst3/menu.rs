//! The host's menu of a parameter, asked for in the window.
//!
//! A VST3 host opens menus on its main thread, and runs its loop meanwhile. The window asks for one while it draws: on
//! Linux on a thread of its own, elsewhere on the main thread, where the next frame would meet the locks of this one. So
//! a wish is posted through the framework, which runs it on the main thread when nothing of ours is going on there; on
//! Linux by the run loop that the host lends to the view. Where there is none, the framework runs it on a thread of its
//! own, and the wish is refused there.
use super::super::{Task, Transept};
use crate::editor::host_menu::{HostMenu, Wish};
use nice_plug::prelude::AsyncExecutor;
use nice_plug::wrapper::vst3::vst3::ComPtr;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{
    IComponentHandler, IComponentHandler3, IComponentHandler3Trait, IContextMenuTrait, ParamID,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::{IPlugView, kResultFalse, kResultOk};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use std::thread::{self, ThreadId};

type Post = dyn Fn(Box<dyn FnOnce() + Send>) + Send + Sync;

/// The way from the window to the host's menus.
pub(super) struct Menu {
    window: HostMenu,
    /// Each parameter's number.
    numbers: Vec<(&'static str, ParamID)>,
    post: Box<Post>,
    /// The host's handler, if it has menus. Held for moments, and never while the host is called.
    handler: Mutex<Option<ComPtr<IComponentHandler3>>>,
    /// The view whose window is open, as the host knows it; null without one.
    view: AtomicPtr<IPlugView>,
    /// The thread on which that view was opened.
    main: Mutex<Option<ThreadId>>,
    /// True from a wish on until it is fulfilled, which is when the menu closes. The framework holds a lock as long as
    /// a task runs: another one would wait for it on the thread that has it.
    is_wished: AtomicBool,
}

/// Posts through the framework. \[window\]
pub(super) fn through(executor: AsyncExecutor<Transept>) -> impl Fn(Box<dyn FnOnce() + Send>) + Send + Sync {
    move |act| {
        if cfg!(target_os = "linux") {
            executor.execute_gui(Task::Run(act));
        } else {
            // By another thread: on the main one the framework would run it at once.
            let on_main = executor.clone();
            executor.execute_background(Task::Run(Box::new(move || on_main.execute_gui(Task::Run(act)))));
        }
    }
}

impl Menu {
    /// Lets the window wish for menus. `post` runs what it is given on the main thread, later. \[main\]
    pub fn new(
        window: HostMenu,
        numbers: Vec<(&'static str, ParamID)>,
        post: impl Fn(Box<dyn FnOnce() + Send>) + Send + Sync + 'static,
    ) -> Arc<Self> {
        let menu = Arc::new(Self {
            window: window.clone(),
            numbers,
            post: Box::new(post),
            handler: Mutex::default(),
            view: AtomicPtr::default(),
            main: Mutex::default(),
            is_wished: AtomicBool::new(false),
        });
        // Weak: the window belongs to the instance, and this does not keep it.
        let weak = Arc::downgrade(&menu);
        window.set(move |wish| weak.upgrade().is_some_and(|menu| menu.wish(wish)));
        menu
    }

    /// The host has set its handler, or taken it back. \[main\]
    pub fn set_handler(&self, handler: Option<&ComPtr<IComponentHandler>>) {
        let handler = handler.and_then(|handler| handler.cast());
        let before = std::mem::replace(&mut *self.handler.lock(), handler);
        // Without the lock: letting go is a call of the host's.
        drop(before);
    }

    /// A view's window opens. \[main\]
    pub fn opened(&self, view: *mut IPlugView) {
        *self.main.lock() = Some(thread::current().id());
        self.view.store(view, Ordering::SeqCst);
    }

    /// A view's window closes, or has closed before. \[main\]
    pub fn closed(&self, view: *mut IPlugView) {
        // Another view may be open by now.
        let _ = self.view.compare_exchange(view, std::ptr::null_mut(), Ordering::SeqCst, Ordering::SeqCst);
    }

    /// Has a menu opened on the main thread. False if the host has none. \[window\]
    fn wish(self: &Arc<Self>, wish: Wish) -> bool {
        if self.handler.lock().is_none() || self.view.load(Ordering::SeqCst).is_null() {
            return false;
        }
        if !self.is_wished.swap(true, Ordering::SeqCst) {
            let weak = Arc::downgrade(self);
            (self.post)(Box::new(move || {
                if let Some(menu) = weak.upgrade() {
                    menu.fulfil(wish);
                }
            }));
        }
        true
    }

    /// Opens what is wished for; the window hears if the host does not.
    fn fulfil(&self, wish: Wish) {
        if !self.open(wish) {
            self.window.refuse(wish);
        }
        self.is_wished.store(false, Ordering::SeqCst);
    }

    /// True if the host has opened its menu. \[main, and nothing is done on any other thread\]
    fn open(&self, Wish { parameter, place: [x, y] }: Wish) -> bool {
        let is_main = *self.main.lock() == Some(thread::current().id());
        let (handler, view) = (self.handler.lock().clone(), self.view.load(Ordering::SeqCst));
        let number = self.numbers.iter().find(|(id, _)| *id == parameter).map(|(_, number)| *number);
        let (Some(handler), Some(number)) = (handler.filter(|_| is_main && !view.is_null()), number) else {
            return false;
        };
        // SAFETY: calls of the interface, with a number that lives during the call and the host's own view: it takes
        // itself out when it goes, on this thread. The menu is the caller's, and is let go of at the end.
        unsafe {
            let menu = ComPtr::from_raw(handler.createContextMenu(view, &number));
            // Without a choice of the user's some hosts say false.
            menu.is_some_and(|menu| [kResultOk, kResultFalse].contains(&menu.popup(x, y)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        window: HostMenu,
    }

    struct Handler(Arc<Host>);
    struct Popup(Arc<Host>);
    /// The handler of a host without menus.
    struct Plain;

    impl Class for Handler {
        type Interfaces = (IComponentHandler, IComponentHandler3);
    }
    impl Class for Popup {
        type Interfaces = (IContextMenu,);
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
            assert!(self.0.window.open(WISH), "a menu is there");
            if self.0.fails.load(Ordering::SeqCst) { kNotImplemented } else { kResultFalse }
        }
    }

    fn in_place(act: Box<dyn FnOnce() + Send>) {
        act();
    }

    /// A host, the window's way to it, and what stands between. The window of view 8 is open on this thread.
    fn opened(post: impl Fn(Box<dyn FnOnce() + Send>) + Send + Sync + 'static) -> (Arc<Host>, HostMenu, Arc<Menu>) {
        let host = Arc::<Host>::default();
        let menu = Menu::new(host.window.clone(), vec![("dry", 5), ("wet", 7)], post);
        let handler = ComWrapper::new(Handler(host.clone())).to_com_ptr().expect("a handler");
        menu.set_handler(Some(&handler));
        menu.opened(std::ptr::without_provenance_mut(8));
        (host.clone(), host.window.clone(), menu)
    }

    fn calls(host: &Host) -> Vec<String> {
        std::mem::take(&mut *host.calls.lock())
    }

    #[test]
    fn a_host_opens_its_menu_of_the_parameter_at_the_place_and_gets_it_back() {
        let (host, window, menu) = opened(in_place);
        for _ in 0..2 {
            assert!(window.open(WISH));
            assert_eq!(calls(&host), ["7 of view 8", "popup 30 40"], "one, although the window asks again meanwhile");
            assert_eq!(window.take_refused(), None);
        }
        // This, the host's window, and what the handler has.
        assert_eq!(Arc::strong_count(&host), 2, "its menus are gone");
        menu.set_handler(None);
        assert_eq!(Arc::strong_count(&host), 1, "and the handler");
    }

    #[test]
    fn where_the_host_opens_none_the_window_hears_of_it() {
        let (host, window, _menu) = opened(in_place);
        host.has_no_menu.store(true, Ordering::SeqCst);
        assert!(window.open(WISH));
        assert_eq!((calls(&host).len(), window.take_refused()), (1, Some(WISH)));
        host.has_no_menu.store(false, Ordering::SeqCst);
        host.fails.store(true, Ordering::SeqCst);
        assert!(window.open(WISH));
        assert_eq!((calls(&host).len(), window.take_refused()), (2, Some(WISH)));
        let unknown = Wish { parameter: "impulse of another version", ..WISH };
        assert!(window.open(unknown));
        assert_eq!((calls(&host).len(), window.take_refused()), (0, Some(unknown)));
    }

    #[test]
    fn a_host_is_never_called_on_another_thread() {
        let (host, window, _menu) = opened(|act| thread::spawn(act).join().expect("no panic"));
        assert!(window.open(WISH));
        assert_eq!((calls(&host).len(), window.take_refused()), (0, Some(WISH)));
    }

    #[test]
    fn a_host_without_menus_or_without_an_open_view_is_asked_for_none() {
        let (host, window, menu) = opened(in_place);
        menu.closed(std::ptr::without_provenance_mut(4));
        assert!(window.open(WISH), "another view has closed");
        menu.closed(std::ptr::without_provenance_mut(8));
        calls(&host);
        assert!(!window.open(WISH));
        menu.opened(std::ptr::without_provenance_mut(8));
        let plain = ComWrapper::new(Plain).to_com_ptr().expect("a handler");
        menu.set_handler(Some(&plain));
        assert!(!window.open(WISH));
        drop(menu);
        assert!(!window.open(WISH), "the instance is gone");
        assert!(calls(&host).is_empty());
    }
}
