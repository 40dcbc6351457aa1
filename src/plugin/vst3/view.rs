//! The view: our own stands before the framework's.
//!
//! | what the framework does | what this does instead |
//! |---|---|
//! | refuses each size while the window is closed, which hosts take for a window of fixed size | answers within the smallest size |
//! | forgets a size or a scale that a host sets before the window opens | keeps both, and sets them when it opens |
//! | warns when a host removes a view that has no window, as some do for safety | says nothing |
//! | asks the host's frame to resize a view that the host has never seen | asks in the name of this one, or has the window ask (`frame`, `requests`) |

use super::frame::{self, Asked};
use super::requests::Requests;
use crate::editor::window::SMALLEST_SIZE;
use nice_plug::wrapper::vst3::vst3::Steinberg::{
    FIDString, IPlugFrame, IPlugView, IPlugViewContentScaleSupport, IPlugViewContentScaleSupport_::ScaleFactor,
    IPlugViewContentScaleSupportTrait, IPlugViewTrait, TBool, ViewRect, char16, int16, kInvalidArgument, kResultFalse,
    kResultOk, tresult,
};
use nice_plug::wrapper::vst3::vst3::{Class, ComPtr, ComRef, ComWrapper};
use parking_lot::Mutex;
use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Stands before the framework's view. \[main\]
pub(super) struct View {
    inner: ComPtr<IPlugView>,
    /// Held for moments, and never while the framework or the host is called.
    state: Mutex<State>,
    /// This view, for requests to the host's frame.
    asked: Asked,
    requests: Arc<Requests>,
    /// The host's frame around this view. Held for moments, and never while the host is called.
    frame: Mutex<Option<ComPtr<IPlugFrame>>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct State {
    is_attached: bool,
    /// What the host has set last, in pixels.
    size: Option<(i32, i32)>,
    /// What the host has set, if it has.
    scale: Option<f32>,
}

impl Class for View {
    type Interfaces = (IPlugView, IPlugViewContentScaleSupport);
}

impl View {
    /// A view that does what the framework's does, and whose window makes `requests`; the host holds the result. Null for
    /// null.
    ///
    /// # Safety
    /// `inner` is null or a view that the caller owns, and gives away.
    pub unsafe fn before(inner: *mut IPlugView, requests: Arc<Requests>) -> *mut IPlugView {
        // SAFETY: the caller says so.
        let Some(inner) = (unsafe { ComPtr::from_raw(inner) }) else { return inner };
        let asked = Asked::default();
        let view = ComWrapper::new(Self {
            inner,
            state: Mutex::default(),
            asked: asked.clone(),
            requests,
            frame: Mutex::default(),
        });
        let Some(view) = view.to_com_ptr::<IPlugView>() else { return std::ptr::null_mut() };
        asked.store(view.as_ptr(), Ordering::SeqCst);
        view.into_raw()
    }

    /// The smallest size in pixels, as far as the scale is known.
    fn smallest(&self) -> (i32, i32) {
        let scale = self.state.lock().scale.unwrap_or(1.0);
        let pixels = |points: f32| (points * scale).round() as i32;
        (pixels(SMALLEST_SIZE.x), pixels(SMALLEST_SIZE.y))
    }
}

impl Drop for View {
    fn drop(&mut self) {
        self.requests.closed(self.asked.swap(std::ptr::null_mut(), Ordering::SeqCst));
        if self.state.lock().is_attached {
            // The host has let go of a view whose window is open. SAFETY: a call without arguments.
            unsafe { self.inner.removed() };
        }
    }
}

fn size_of(rect: &ViewRect) -> Option<(i32, i32)> {
    let size = (rect.right.saturating_sub(rect.left), rect.bottom.saturating_sub(rect.top));
    (size.0 > 0 && size.1 > 0).then_some(size)
}

fn pixels((width, height): (i32, i32)) -> [u32; 2] {
    [width, height].map(|length| u32::try_from(length).unwrap_or(0))
}

fn set_size(rect: &mut ViewRect, (width, height): (i32, i32)) {
    (rect.right, rect.bottom) = (rect.left.saturating_add(width), rect.top.saturating_add(height));
}

// SAFETY of all calls of `inner` below: each stands in the very method that it calls, or has pointers to locals.
impl IPlugViewTrait for View {
    unsafe fn isPlatformTypeSupported(&self, platform: FIDString) -> tresult {
        // SAFETY: see above.
        unsafe { self.inner.isPlatformTypeSupported(platform) }
    }

    unsafe fn attached(&self, parent: *mut c_void, platform: FIDString) -> tresult {
        let view = self.asked.load(Ordering::SeqCst);
        let frame = self.frame.lock().clone();
        // Before: on a thread of its own, the window may ask for things while this goes on.
        let before = self.requests.opened((view, frame));
        // SAFETY: see above.
        let result = unsafe { self.inner.attached(parent, platform) };
        if result != kResultOk {
            self.requests.opened(before);
            return result;
        }
        let State { size, scale, .. } = {
            let mut state = self.state.lock();
            state.is_attached = true;
            *state
        };
        if let (Some(scale), Some(support)) = (scale, self.inner.cast::<IPlugViewContentScaleSupport>()) {
            // SAFETY: a call without pointers.
            unsafe { support.setContentScaleFactor(scale) };
        }
        if let Some((right, bottom)) = size {
            // SAFETY: see above.
            unsafe { self.inner.onSize(&mut ViewRect { left: 0, top: 0, right, bottom }) };
        }
        let mut given = ViewRect { left: 0, top: 0, right: 0, bottom: 0 };
        // SAFETY: see above.
        if unsafe { self.getSize(&mut given) } == kResultOk
            && let Some(given) = size_of(&given)
        {
            self.requests.give_size(view, pixels(given));
        }
        result
    }

    unsafe fn removed(&self) -> tresult {
        if !std::mem::take(&mut self.state.lock().is_attached) {
            return kResultFalse;
        }
        self.requests.closed(self.asked.load(Ordering::SeqCst));
        // SAFETY: see above.
        unsafe { self.inner.removed() }
    }

    unsafe fn onWheel(&self, distance: f32) -> tresult {
        // SAFETY: see above.
        unsafe { self.inner.onWheel(distance) }
    }

    unsafe fn onKeyDown(&self, key: char16, key_code: int16, modifiers: int16) -> tresult {
        // SAFETY: see above.
        unsafe { self.inner.onKeyDown(key, key_code, modifiers) }
    }

    unsafe fn onKeyUp(&self, key: char16, key_code: int16, modifiers: int16) -> tresult {
        // SAFETY: see above.
        unsafe { self.inner.onKeyUp(key, key_code, modifiers) }
    }

    unsafe fn getSize(&self, size: *mut ViewRect) -> tresult {
        // SAFETY: null or the host's to write to.
        let Some(rect) = (unsafe { size.as_mut() }) else { return kInvalidArgument };
        let State { is_attached, size, scale } = *self.state.lock();
        if let Some(size) = size {
            *rect = ViewRect { left: 0, top: 0, right: size.0, bottom: size.1 };
            return kResultOk;
        }
        // SAFETY: see above.
        let result = unsafe { self.inner.getSize(rect) };
        if let Some(scale) = scale.filter(|_| result == kResultOk && !is_attached) {
            // The framework does not know of the scale yet.
            let scaled = |pixels: i32| (pixels as f32 * scale).round() as i32;
            (rect.right, rect.bottom) = (scaled(rect.right), scaled(rect.bottom));
        }
        result
    }

    unsafe fn onSize(&self, new_size: *mut ViewRect) -> tresult {
        // SAFETY: null or the host's to read from.
        let Some(rect) = (unsafe { new_size.as_mut() }) else { return kInvalidArgument };
        let Some(size) = size_of(rect) else { return kInvalidArgument };
        let is_attached = {
            let mut state = self.state.lock();
            state.size = Some(size);
            state.is_attached
        };
        self.requests.give_size(self.asked.load(Ordering::SeqCst), pixels(size));
        // SAFETY: see above.
        if is_attached { unsafe { self.inner.onSize(rect) } } else { kResultOk }
    }

    unsafe fn onFocus(&self, state: TBool) -> tresult {
        // SAFETY: see above.
        unsafe { self.inner.onFocus(state) }
    }

    unsafe fn setFrame(&self, frame: *mut IPlugFrame) -> tresult {
        // SAFETY: null or the host's frame, which lives during the call and is held from then on.
        let host = unsafe { ComRef::from_raw(frame) }.map(|frame| frame.to_com_ptr());
        let before = std::mem::replace(&mut *self.frame.lock(), host.clone());
        // Without the lock: letting go is a call of the host's.
        drop(before);
        self.requests.set_frame(self.asked.load(Ordering::SeqCst), host.clone());
        let frame = host.and_then(|host| frame::before(host, self.asked.clone()));
        let frame = frame.as_ref().map_or(std::ptr::null_mut(), ComPtr::as_ptr);
        // SAFETY: null, or a frame that lives during the call.
        unsafe { self.inner.setFrame(frame) }
    }

    unsafe fn canResize(&self) -> tresult {
        // SAFETY: see above.
        unsafe { self.inner.canResize() }
    }

    /// The nearest size that the window can have. An open window decides itself.
    unsafe fn checkSizeConstraint(&self, rect: *mut ViewRect) -> tresult {
        // SAFETY: null or the host's to read from and to write to.
        let Some(rect) = (unsafe { rect.as_mut() }) else { return kInvalidArgument };
        let is_attached = self.state.lock().is_attached;
        // SAFETY: see above.
        if is_attached && unsafe { self.inner.checkSizeConstraint(rect) } == kResultOk {
            return kResultOk;
        }
        let (width, height) = self.smallest();
        let asked = size_of(rect).unwrap_or_default();
        set_size(rect, (asked.0.max(width), asked.1.max(height)));
        kResultOk
    }
}

impl IPlugViewContentScaleSupportTrait for View {
    /// Kept until the window opens, too.
    unsafe fn setContentScaleFactor(&self, factor: ScaleFactor) -> tresult {
        if !factor.is_finite() || factor <= 0.0 {
            return kInvalidArgument;
        }
        let is_attached = {
            let mut state = self.state.lock();
            state.scale = Some(factor);
            state.is_attached
        };
        match self.inner.cast::<IPlugViewContentScaleSupport>() {
            // SAFETY: a call without pointers.
            Some(support) if is_attached => unsafe { support.setContentScaleFactor(factor) },
            _ => kResultOk,
        }
    }
}
