//! Requests of the window to the host: for its menu of a parameter, and for another size of its frame.
//!
//! A VST3 host opens menus and resizes frames on its main thread, and may run its loop meanwhile. The window asks while
//! it draws: on Linux on a thread of its own, elsewhere on the main thread, where the next frame would meet the locks of
//! this one. So the host is asked when nothing of the window is at work there: by a task of the framework's, which runs
//! on the main thread, on Linux by the run loop that the host lends to the view. Where there is none, the framework runs
//! the task on a thread of its own, and the host is asked for nothing.
//!
//! On X11 the windowing layer resizes its window, and asks the host once the X server tells of the new size. A frame
//! that keeps the size of what lies in it, as a GtkSocket does, takes the first request away, and the second never
//! comes. So here the host is asked first.
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
use std::sync::atomic::{AtomicPtr, Ordering};
use std::thread::{self, ThreadId};

type Post = dyn Fn(Box<dyn FnOnce() + Send>) + Send + Sync;

/// A view whose window is open, as the host knows it, or null; and the host's frame around it, if that can be asked.
type Open = (*mut IPlugView, Option<ComPtr<IPlugFrame>>);

/// The way from the window to the host.
pub(super) struct Requests {
    window: HostRequests,
    /// Each parameter's number.
    numbers: Vec<(&'static str, ParamID)>,
    post: Box<Post>,
    /// Held for moments, and never while the host is called.
    handler: Mutex<Option<ComPtr<IComponentHandler3>>>,
    /// Held for moments, and never while the host is called.
    frame: Mutex<Option<ComPtr<IPlugFrame>>>,
    view: AtomicPtr<IPlugView>,
    /// The thread on which that view was opened.
    main: Mutex<Option<ThreadId>>,
    /// Held for moments.
    due: Mutex<Due>,
}

/// Requests that are to be made.
#[derive(Default)]
struct Due {
    wish: Option<Wish>,
    /// True while a menu is open: there is one at a time.
    is_menu_open: bool,
    size: Option<[u32; 2]>,
    /// True from the posting of a task to its end: one task makes all requests.
    is_posted: bool,
    /// True while the task runs.
    is_serving: bool,
    /// Number of windows opened so far. A task serves only the window in which it was posted.
    window: u64,
}

/// Posts through the framework: by another thread, because on the main one the framework runs a task at once, under the
/// lock that it holds while another one runs. \[any but audio\]
pub(super) fn through(executor: AsyncExecutor<Transept>) -> impl Fn(Box<dyn FnOnce() + Send>) + Send + Sync {
    move |act| {
        let on_main = executor.clone();
        executor.execute_background(Task::Run(Box::new(move || on_main.execute_gui(Task::Run(act)))));
    }
}

impl Requests {
    /// Lets the window ask. `post` runs its argument on the main thread, later and never within this call. \[main\]
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
            due: Mutex::default(),
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

    /// The window of a view opens, which lies in the host's frame; what was open before. \[main\]
    pub fn opened(&self, (view, frame): Open) -> Open {
        *self.main.lock() = Some(thread::current().id());
        {
            let mut due = self.due.lock();
            // A host may have thrown a task away with the view that was open before. If it has not, that task does
            // nothing.
            due.window += 1;
            due.is_posted = due.is_serving;
        }
        let before = self.view.swap(view, Ordering::SeqCst);
        (before, self.put_frame(frame))
    }

    /// The host has set another frame around a view, or taken it back. \[main\]
    pub fn set_frame(&self, view: *mut IPlugView, frame: Option<ComPtr<IPlugFrame>>) {
        if self.view.load(Ordering::SeqCst) == view {
            self.put_frame(frame);
        }
    }

    fn put_frame(&self, frame: Option<ComPtr<IPlugFrame>>) -> Option<ComPtr<IPlugFrame>> {
        // Elsewhere no frame keeps the size of a window in it, and the framework's requests come in time.
        let frame = frame.filter(|frame| cfg!(target_os = "linux") && frame.cast::<IRunLoop>().is_some());
        let mut present = self.frame.lock();
        std::mem::replace(&mut *present, frame)
    }

    /// The window of a view closes, or has closed before. \[main\]
    pub fn closed(&self, view: *mut IPlugView) {
        // Another view may be open by now.
        if self.view.compare_exchange(view, std::ptr::null_mut(), Ordering::SeqCst, Ordering::SeqCst).is_ok() {
            {
                let mut due = self.due.lock();
                (due.wish, due.size) = (None, None);
            }
            self.window.give_size(None);
            self.put_frame(None);
        }
    }

    /// The host has given a size in pixels to the window of a view. \[main\]
    pub fn give_size(&self, view: *mut IPlugView, size: [u32; 2]) {
        if self.view.load(Ordering::SeqCst) == view {
            self.window.give_size(Some(size));
        }
    }

    /// Has a menu opened on the main thread. False if the host has none. \[window\]
    fn open_menu(self: &Arc<Self>, wish: Wish) -> bool {
        if self.handler.lock().is_none() || self.view.load(Ordering::SeqCst).is_null() {
            return false;
        }
        self.post(|due| due.wish = due.wish.or((!due.is_menu_open).then_some(wish)));
        true
    }

    /// Has the host's frame resized on the main thread, to the size that was asked for last. False if there is no frame
    /// to ask. \[window\]
    fn resize(self: &Arc<Self>, size: [u32; 2]) -> bool {
        if self.frame.lock().is_none() || self.view.load(Ordering::SeqCst).is_null() {
            return false;
        }
        self.post(|due| due.size = Some(size));
        true
    }

    /// Notes a request, and has all of them made on the main thread.
    fn post(self: &Arc<Self>, note: impl FnOnce(&mut Due)) {
        let window = {
            let mut due = self.due.lock();
            note(&mut due);
            if due.wish.is_none() && due.size.is_none() || std::mem::replace(&mut due.is_posted, true) {
                return;
            }
            due.window
        };
        let weak = Arc::downgrade(self);
        (self.post)(Box::new(move || {
            if let Some(requests) = weak.upgrade() {
                requests.serve(window);
            }
        }));
    }

    /// Makes the requests that are due, if no other window has been opened since they were posted. \[main, and nothing
    /// is asked on any other thread\]
    fn serve(self: &Arc<Self>, window: u64) {
        let wish = {
            let mut due = self.due.lock();
            if due.window != window {
                return;
            }
            due.is_serving = true;
            due.is_menu_open = due.wish.is_some();
            due.wish.take()
        };
        // Without the lock: a host may run its loop while its menu is open.
        if let Some(wish) = wish
            && !self.show_menu(wish)
        {
            self.window.refuse(wish);
        }
        let size = {
            let mut due = self.due.lock();
            due.is_menu_open = false;
            due.size.take()
        };
        if let Some(size) = size {
            self.resize_frame(size);
        }
        // Requests that have come meanwhile are for another task: this one would keep the host from its loop.
        self.post(|due| (due.is_serving, due.is_posted) = (false, false));
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
