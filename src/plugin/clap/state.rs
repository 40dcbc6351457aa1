//! States that a host loads.
//!
//! The framework unpacks a state whole, however much a few bytes claim to hold, and asks for a rescan after each. So
//! states are loaded here, as for VST3. They are saved by the framework.
use super::Shell;
use crate::plugin::loaded;
use crate::session::host_state::MOST;
use clap_sys::ext::state::clap_plugin_state;
use clap_sys::plugin::clap_plugin;
use clap_sys::stream::clap_istream;

/// The functions of the extension: the framework's, but for the one below.
pub(super) fn table(framework: clap_plugin_state) -> clap_plugin_state {
    clap_plugin_state { load: Some(load), ..framework }
}

/// \[main, and any other but audio\]
unsafe extern "C" fn load(plugin: *const clap_plugin, stream: *const clap_istream) -> bool {
    // SAFETY: the host's instance.
    let Some(shell) = (unsafe { Shell::of(plugin) }) else { return false };
    // SAFETY: the host's stream, for the time of the call.
    let Some(stream) = (unsafe { stream.as_ref() }) else { return false };
    // SAFETY: likewise.
    let Some(state) = unsafe { read(stream) }.and_then(|bytes| loaded::read(&bytes)) else { return false };
    let before = shell.values.snapshot();
    loaded::take_over(&shell.values.params, &state, |_, set| set());
    let after = shell.values.snapshot();
    let changed = (0..before.len()).filter(|index| before[*index] != after[*index]);
    if shell.stale.mark(changed.fold(0, |bits, index| bits | 1 << index)) {
        shell.host.request_callback();
    }
    true
}

/// What a stream holds behind the length that it begins with. `None` when that is nothing, or more than a state can be.
///
/// # Safety
/// The stream is one of a host's, which lives during the call.
unsafe fn read(stream: &clap_istream) -> Option<Vec<u8>> {
    // SAFETY: as the caller's.
    let length = unsafe { read_at_most(stream, size_of::<u64>()) }?;
    let length = u64::from_le_bytes(length.try_into().ok()?);
    // One that claims to be longer than there can be ends with its stream, like one that claims a little too much.
    let most = usize::try_from(length).map_or(MOST, |length| length.min(MOST));
    // SAFETY: as the caller's.
    unsafe { read_at_most(stream, most) }.filter(|bytes| !bytes.is_empty())
}

/// The next bytes of a stream, fewer if it ends before. `None` if it cannot be read.
///
/// # Safety
/// The stream is one of a host's, which lives during the call.
unsafe fn read_at_most(stream: &clap_istream, most: usize) -> Option<Vec<u8>> {
    let read = stream.read?;
    let mut all = Vec::new();
    let mut part = [0u8; 1 << 16];
    while all.len() < most {
        let room = part.len().min(most - all.len());
        // SAFETY: the stream writes at most as many bytes as it is given room for.
        let count = unsafe { read(stream, part.as_mut_ptr().cast(), room as u64) };
        match usize::try_from(count).ok()?.min(room) {
            0 => break,
            count => all.extend_from_slice(&part[..count]),
        }
    }
    Some(all)
}
