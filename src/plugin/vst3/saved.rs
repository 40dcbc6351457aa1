//! States that a host sets, and those that it saves between a change and the block that brings it.
//!
//! The framework would tell the window of a loaded state on whatever thread this happens (D1). So states are loaded
//! here, as for CLAP.
use super::Shell;
use crate::plugin::loaded;
use crate::session::host_state::{MOST, packed};
use nice_plug::wrapper::vst3::vst3::ComRef;
use nice_plug::wrapper::vst3::vst3::Steinberg::{IBStream, IBStreamTrait, kResultFalse, kResultOk, tresult};

impl Shell {
    /// Takes over a saved state, and tells nobody. False if it is none. \[any but audio\]
    pub(super) fn restore(&self, bytes: &[u8]) -> bool {
        let Some(state) = loaded::read(bytes) else { return false };
        self.values.take_over(&state);
        true
    }

    /// The bytes of a state as [`state_as_told`](super::values::Values::state_as_told). \[any but audio\]
    pub(super) fn save_as_told(&self) -> Option<Vec<u8>> {
        let json = serde_json::to_vec(&self.values.state_as_told()?).ok()?;
        packed(&json).ok()
    }
}

/// The rest of a stream, `None` when there is nothing or too much: one that never ends is none.
///
/// # Safety
/// `stream` is null or a stream of the host's that lives during the call.
pub(super) unsafe fn read_all(stream: *mut IBStream) -> Option<Vec<u8>> {
    // SAFETY: the caller says so.
    let stream = unsafe { ComRef::from_raw(stream) }?;
    let mut all = Vec::new();
    let mut part = [0u8; 4096];
    loop {
        let mut count = 0;
        // SAFETY: the stream writes at most as many bytes as `part` has. Its result is not looked at, because some
        // hosts report a failure at the end of the stream; the count tells.
        let _ = unsafe { stream.read(part.as_mut_ptr().cast(), part.len() as i32, &mut count) };
        let count = usize::try_from(count).unwrap_or(0).min(part.len());
        if count == 0 {
            return Some(all).filter(|all| !all.is_empty());
        }
        all.extend_from_slice(&part[..count]);
        if all.len() > MOST {
            return None;
        }
    }
}

/// Writes all of it to a stream. False if the stream does not take it.
///
/// # Safety
/// `stream` is null or a stream of the host's that lives during the call.
pub(super) unsafe fn write_all(stream: *mut IBStream, bytes: &[u8]) -> bool {
    // SAFETY: the caller says so.
    let Some(stream) = (unsafe { ComRef::from_raw(stream) }) else { return false };
    let Ok(length) = i32::try_from(bytes.len()) else { return false };
    let mut count = 0;
    // SAFETY: the stream reads as many bytes as there are, and writes none of them.
    let done = unsafe { stream.write(bytes.as_ptr().cast_mut().cast(), length, &mut count) };
    done == kResultOk && count == length
}

/// What a method of the interface gives back for "done" and "not done".
pub(super) fn result(done: bool) -> tresult {
    if done { kResultOk } else { kResultFalse }
}
