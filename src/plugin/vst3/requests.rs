//! What the window asks of the host: its menu of a parameter, and another size of its frame.
//!
//! A VST3 host opens menus and resizes frames on its main thread, and may run its loop meanwhile. The window asks while
//! it draws: on Linux on a thread of its own, elsewhere on the main thread, where the next frame would meet the locks of
//! this one. So the host is asked when nothing of the window is at work there: by a task of the framework's, which runs
//! on the main thread, on Linux by the run loop that the host lends to the view. Where there is none, the framework runs
//! the task on a thread of its own, and the host is asked for nothing.
//!
//! A window on X11 that resizes itself asks the host once the X server tells of the new size. A frame that takes such
//! requests away, as a GtkSocket does, is then never asked. So here the host is asked first.
use super::super::{Task, Transept};
use crate::editor::host_requests::{HostRequests, Wish};
use nice_plug::prelude::AsyncExecutor;
use nice_plug::wrapper::vst3::vst3::ComPtr;
use nice_plug::wrapper::vst3::vst3::Steinberg::Linux::IRunLoop;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{
    IComponentHandler, IComponentHandler3, IComponentHandler3Trait, IContextMenuTrait, ParamID,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::{
    IPlugFrame, IPlugFrameTrait, IPlugView, ViewRect, kResultFalse, kResultOk,
};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use std::thread::{self, ThreadId};

type Post = dyn Fn(Box<dyn FnOnce() + Send>) + Send + Sync;

/// The way from the window to the host.
pub(super) struct Requests {
    window: HostRequests,
    /// Each parameter's number.
    numbers: Vec<(&'static str, ParamID)>,
    post: Box<Post>,
    /// Held for moments, and never while the host is called.
    handler: Mutex<Option<ComPtr<IComponentHandler3>>>,
    /// The host's frame around the view, if it can be asked. Held for moments, and never while the host is called.
    frame: Mutex<Option<ComPtr<IPlugFrame>>>,
    /// The view whose window is open, as the host knows it; null if none is.
    view: AtomicPtr<IPlugView>,
    /// The thread on which that view was opened.
    main: Mutex<Option<ThreadId>>,
    /// The menu that is to be opened.
    wish: Mutex<Option<Wish>>,
    /// True from a wish on until its menu has closed: there is one at a time.
    is_wished: AtomicBool,
    /// Width and height in pixels that the frame is to have.
    size: Mutex<Option<[u32; 2]>>,
    /// True from the posting of a task to its end. The framework holds a lock as long as a task runs: another one would
    /// wait for it on the thread that has it.
    is_posted: AtomicBool,
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

impl Requests {
    /// Lets the window ask. `post` runs what it is given on the main thread, later. \[main\]
    pub fn new(
        window: HostRequests,
        numbers: Vec<(&'static str, ParamID)>,
        post: impl Fn(Box<dyn FnOnce() + Send>) + Send + Sync + 'static,
    ) -> Arc<Self> {
        let requests = Arc::new(Self {
            window: window.clone(),
            numbers,
            post: Box::new(post),
            handler: Mutex::default(),
            frame: Mutex::default(),
            view: AtomicPtr::default(),
            main: Mutex::default(),
            wish: Mutex::default(),
            is_wished: AtomicBool::new(false),
            size: Mutex::default(),
            is_posted: AtomicBool::new(false),
        });
        // Weak: the window belongs to the instance, and this does not keep it.
        let weak = Arc::downgrade(&requests);
        window.set_menu(move |wish| weak.upgrade().is_some_and(|requests| requests.open_menu(wish)));
        let weak = Arc::downgrade(&requests);
        window.set_resize(move |size| weak.upgrade().is_some_and(|requests| requests.resize(size)));
        requests
    }

    /// The host has set its handler, or taken it back. \[main\]
    pub fn set_handler(&self, handler: Option<&ComPtr<IComponentHandler>>) {
        let handler = handler.and_then(|handler| handler.cast());
        let before = std::mem::replace(&mut *self.handler.lock(), handler);
        // Without the lock: letting go is a call of the host's.
        drop(before);
    }

    /// The host has set its frame around a view, or taken it back. \[main\]
    pub fn set_frame(&self, frame: Option<&ComPtr<IPlugFrame>>) {
        // Elsewhere than on X11 the window asks by itself before it changes.
        let is_asked = |frame: &&ComPtr<IPlugFrame>| cfg!(target_os = "linux") && frame.cast::<IRunLoop>().is_some();
        let before = std::mem::replace(&mut *self.frame.lock(), frame.filter(is_asked).cloned());
        // As above.
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
    fn open_menu(self: &Arc<Self>, wish: Wish) -> bool {
        if self.handler.lock().is_none() || self.view.load(Ordering::SeqCst).is_null() {
            return false;
        }
        if !self.is_wished.swap(true, Ordering::SeqCst) {
            *self.wish.lock() = Some(wish);
            self.post();
        }
        true
    }

    /// Has the host's frame resized on the main thread, to the size that was asked for last. False if there is no frame
    /// to ask. \[window\]
    fn resize(self: &Arc<Self>, size: [u32; 2]) -> bool {
        if self.frame.lock().is_none() || self.view.load(Ordering::SeqCst).is_null() {
            return false;
        }
        *self.size.lock() = Some(size);
        self.post();
        true
    }

    /// Has all that is asked for done on the main thread.
    fn post(self: &Arc<Self>) {
        if self.is_posted.swap(true, Ordering::SeqCst) {
            return;
        }
        let weak = Arc::downgrade(self);
        (self.post)(Box::new(move || {
            if let Some(requests) = weak.upgrade() {
                requests.serve();
            }
        }));
    }

    /// Asks the host for what the window has asked for. \[main, and nothing is asked on any other thread\]
    fn serve(self: &Arc<Self>) {
        let (wish, size) = (self.wish.lock().take(), self.size.lock().take());
        if let Some(wish) = wish {
            // Without the lock: a host may run its loop while the menu is open.
            if !self.show_menu(wish) {
                self.window.refuse(wish);
            }
            self.is_wished.store(false, Ordering::SeqCst);
        }
        if let Some(size) = size {
            self.resize_frame(size);
        }
        self.is_posted.store(false, Ordering::SeqCst);
        let is_more = self.wish.lock().is_some() || self.size.lock().is_some();
        if is_more {
            self.post();
        }
    }

    /// The view whose window is open. `None` on any thread but the main one, which closes it.
    fn view(&self) -> Option<*mut IPlugView> {
        let is_main = *self.main.lock() == Some(thread::current().id());
        Some(self.view.load(Ordering::SeqCst)).filter(|view| is_main && !view.is_null())
    }

    /// True if the host has opened its menu.
    fn show_menu(&self, Wish { parameter, place: [x, y] }: Wish) -> bool {
        let handler = self.handler.lock().clone();
        let number = self.numbers.iter().find(|(id, _)| *id == parameter).map(|(_, number)| *number);
        let (Some(handler), Some(view), Some(number)) = (handler, self.view(), number) else { return false };
        // SAFETY: calls of the interface, with a number that lives during the call and the host's own view: it takes
        // itself out when it goes, on this thread. The menu is the caller's, and is let go of at the end.
        unsafe {
            let menu = ComPtr::from_raw(handler.createContextMenu(view, &number));
            // Without a choice of the user's some hosts say false.
            menu.is_some_and(|menu| [kResultOk, kResultFalse].contains(&menu.popup(x, y)))
        }
    }

    fn resize_frame(&self, size: [u32; 2]) {
        let frame = self.frame.lock().clone();
        let (Some(frame), Some(view)) = (frame, self.view()) else { return };
        let [right, bottom] = size.map(|length| i32::try_from(length).unwrap_or(i32::MAX));
        // SAFETY: as above, with a rectangle that lives during the call. A frame that refuses keeps its size.
        unsafe { frame.resizeView(view, &mut ViewRect { left: 0, top: 0, right, bottom }) };
    }
}

#[cfg(test)]
mod tests;
