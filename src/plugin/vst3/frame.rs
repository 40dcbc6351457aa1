//! The host's frame, as the framework's view sees it.
//!
//! Where the host lends its run loop, our window asks the host's frame itself ([`requests`](super::requests)), and no
//! request of the framework's is passed on: the framework asks for each size that the X server tells of, and would bring
//! back one that the host has left behind. Elsewhere requests are passed on in the name of our view, which is the one
//! that the host knows.

use nice_plug::wrapper::vst3::vst3::Steinberg::{
    IPlugFrame, IPlugFrameTrait, IPlugView, ViewRect, kResultFalse, tresult,
};
use nice_plug::wrapper::vst3::vst3::{Class, ComPtr, ComWrapper};
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

/// The view that a request is about; null once it has gone.
pub(super) type Asked = Arc<AtomicPtr<IPlugView>>;

/// A frame that does what the host's does, for the view of `asked`.
pub(super) fn before(host: ComPtr<IPlugFrame>, asked: Asked) -> Option<ComPtr<IPlugFrame>> {
    #[cfg(target_os = "linux")]
    if let Some(run_loop) = host.cast() {
        return ComWrapper::new(linux::Frame(run_loop)).to_com_ptr();
    }
    ComWrapper::new(Frame { host, asked }).to_com_ptr()
}

/// Stands before a host's frame.
struct Frame {
    host: ComPtr<IPlugFrame>,
    asked: Asked,
}

impl Class for Frame {
    type Interfaces = (IPlugFrame,);
}

impl IPlugFrameTrait for Frame {
    unsafe fn resizeView(&self, _view: *mut IPlugView, size: *mut ViewRect) -> tresult {
        let view = self.asked.load(Ordering::SeqCst);
        if view.is_null() {
            return kResultFalse;
        }
        // SAFETY: the very method that this stands in, on a frame that is held here. The view lives: it takes itself
        // out when it goes, on this thread, which is the only one that requests come on.
        unsafe { self.host.resizeView(view, size) }
    }
}

/// The frame of a host that lends its run loop, as on Linux hosts do.
#[cfg(target_os = "linux")]
mod linux {
    use super::*;
    use nice_plug::wrapper::vst3::vst3::Steinberg::Linux::{
        FileDescriptor, IEventHandler, IRunLoop, IRunLoopTrait, ITimerHandler, TimerInterval,
    };
    use nice_plug::wrapper::vst3::vst3::Steinberg::kResultOk;

    /// Stands before a host's run loop.
    pub struct Frame(pub ComPtr<IRunLoop>);

    impl Class for Frame {
        type Interfaces = (IPlugFrame, IRunLoop);
    }

    impl IPlugFrameTrait for Frame {
        unsafe fn resizeView(&self, _view: *mut IPlugView, _size: *mut ViewRect) -> tresult {
            kResultOk
        }
    }

    impl IRunLoopTrait for Frame {
        unsafe fn registerEventHandler(&self, handler: *mut IEventHandler, descriptor: FileDescriptor) -> tresult {
            // SAFETY: this and the following are the very methods that they call.
            unsafe { self.0.registerEventHandler(handler, descriptor) }
        }
        unsafe fn unregisterEventHandler(&self, handler: *mut IEventHandler) -> tresult {
            // SAFETY: as above.
            unsafe { self.0.unregisterEventHandler(handler) }
        }
        unsafe fn registerTimer(&self, handler: *mut ITimerHandler, interval: TimerInterval) -> tresult {
            // SAFETY: as above.
            unsafe { self.0.registerTimer(handler, interval) }
        }
        unsafe fn unregisterTimer(&self, handler: *mut ITimerHandler) -> tresult {
            // SAFETY: as above.
            unsafe { self.0.unregisterTimer(handler) }
        }
    }
}
