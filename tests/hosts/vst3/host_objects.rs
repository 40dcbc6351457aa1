//! What a host lends to a plugin: streams, lists of changes, a handler.
use crate::promises::{Change, number};
use nice_plug::wrapper::vst3::vst3 as v3;
use std::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use v3::Steinberg::Vst::*;
use v3::Steinberg::*;
use v3::{Class, ComPtr, ComWrapper};

/// A stream in memory.
pub struct Memory {
    bytes: Mutex<Vec<u8>>,
    at: Mutex<usize>,
}

impl Class for Memory {
    type Interfaces = (IBStream,);
}

impl Memory {
    pub fn stream(bytes: &[u8]) -> ComWrapper<Self> {
        ComWrapper::new(Self { bytes: Mutex::new(bytes.to_vec()), at: Mutex::new(0) })
    }
    pub fn pointer(stream: &ComWrapper<Self>) -> ComPtr<IBStream> {
        stream.to_com_ptr().expect("a stream")
    }
    pub fn bytes(&self) -> Vec<u8> {
        self.bytes.lock().expect("not poisoned").clone()
    }
}

// SAFETY of all calls below: each is one of the interface, on an object that lives and with pointers to locals.
impl IBStreamTrait for Memory {
    unsafe fn read(&self, buffer: *mut c_void, size: int32, done: *mut int32) -> tresult {
        let bytes = self.bytes.lock().expect("not poisoned");
        let mut at = self.at.lock().expect("not poisoned");
        let count = (size as usize).min(bytes.len().saturating_sub(*at));
        // SAFETY: the caller's buffer has `size` bytes, and `count` are left here.
        unsafe { std::ptr::copy_nonoverlapping(bytes[*at..].as_ptr(), buffer.cast(), count) };
        *at += count;
        if !done.is_null() {
            // SAFETY: not null, and the caller's.
            unsafe { *done = count as int32 };
        }
        kResultOk
    }
    unsafe fn write(&self, buffer: *mut c_void, size: int32, done: *mut int32) -> tresult {
        // SAFETY: the caller's buffer has `size` bytes.
        let new = unsafe { std::slice::from_raw_parts(buffer.cast::<u8>(), size as usize) };
        self.bytes.lock().expect("not poisoned").extend_from_slice(new);
        if !done.is_null() {
            // SAFETY: not null, and the caller's.
            unsafe { *done = size };
        }
        kResultOk
    }
    unsafe fn seek(&self, offset: int64, mode: int32, place: *mut int64) -> tresult {
        let len = self.bytes.lock().expect("not poisoned").len() as int64;
        let mut at = self.at.lock().expect("not poisoned");
        *at = [offset, *at as int64 + offset, len + offset][mode as usize] as usize;
        if !place.is_null() {
            // SAFETY: not null, and the caller's.
            unsafe { *place = *at as int64 };
        }
        kResultOk
    }
    unsafe fn tell(&self, place: *mut int64) -> tresult {
        // SAFETY: the caller's.
        unsafe { *place = *self.at.lock().expect("not poisoned") as int64 };
        kResultOk
    }
}

/// The points of one parameter.
struct Queue {
    number: u32,
    points: Vec<(int32, f64)>,
}

impl Class for Queue {
    type Interfaces = (IParamValueQueue,);
}

impl IParamValueQueueTrait for Queue {
    unsafe fn getParameterId(&self) -> ParamID {
        self.number
    }
    unsafe fn getPointCount(&self) -> int32 {
        self.points.len() as int32
    }
    unsafe fn getPoint(&self, index: int32, offset: *mut int32, value: *mut ParamValue) -> tresult {
        let Some(point) = self.points.get(index as usize) else { return kInvalidArgument };
        // SAFETY: both are the caller's.
        unsafe { (*offset, *value) = *point };
        kResultOk
    }
    unsafe fn addPoint(&self, _offset: int32, _value: ParamValue, _index: *mut int32) -> tresult {
        kResultFalse
    }
}

/// The changes of one block.
pub struct Changes {
    queues: Vec<ComPtr<IParamValueQueue>>,
}

impl Class for Changes {
    type Interfaces = (IParameterChanges,);
}

impl IParameterChangesTrait for Changes {
    unsafe fn getParameterCount(&self) -> int32 {
        self.queues.len() as int32
    }
    unsafe fn getParameterData(&self, index: int32) -> *mut IParamValueQueue {
        self.queues.get(index as usize).map_or(std::ptr::null_mut(), ComPtr::as_ptr)
    }
    unsafe fn addParameterData(&self, _id: *const ParamID, _index: *mut int32) -> *mut IParamValueQueue {
        std::ptr::null_mut()
    }
}

impl Changes {
    pub fn list(changes: &[Change]) -> ComPtr<IParameterChanges> {
        let mut queues: Vec<Queue> = Vec::new();
        for (id, frame, value) in changes {
            let point = (*frame as int32, *value);
            match queues.iter_mut().find(|queue| queue.number == number(id)) {
                Some(queue) => queue.points.push(point),
                None => queues.push(Queue { number: number(id), points: vec![point] }),
            }
        }
        let queues = queues.into_iter().map(|queue| ComWrapper::new(queue).to_com_ptr().expect("a queue")).collect();
        ComWrapper::new(Self { queues }).to_com_ptr().expect("a list")
    }
}

/// Counts what the plugin asks of the host.
#[derive(Default)]
pub struct Handler {
    pub restarts: Arc<AtomicUsize>,
}

impl Class for Handler {
    type Interfaces = (IComponentHandler,);
}

impl IComponentHandlerTrait for Handler {
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
        self.restarts.fetch_add(1, Ordering::SeqCst);
        kResultOk
    }
}
