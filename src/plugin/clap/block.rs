//! Blocks as hosts send them, on their way to the framework.
//!
//! The framework cuts a block where its events say, in the order in which they come, and takes as many channels as the
//! buses say. So events behind the end of a block, or in no order, have it write behind the end of the host's buffers,
//! and a channel too many ends the host. A block that is not as it should be gets to the framework as one that is.
use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_MOD, CLAP_EVENT_PARAM_VALUE, CLAP_EVENT_TRANSPORT, clap_event_header,
    clap_event_param_mod, clap_event_param_value, clap_event_transport, clap_input_events,
};
use clap_sys::process::clap_process;
use std::ptr::null;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// The channels of inputs and outputs that were agreed on with the last activation; none before the first.
#[derive(Debug, Default)]
pub(super) struct Channels([AtomicU32; 2]);

impl Channels {
    /// Before the first block, which sees it by the host's own order of calls. \[main\]
    pub fn agree(&self, inputs: u32, outputs: u32) {
        self.0[0].store(inputs, Relaxed);
        self.0[1].store(outputs, Relaxed);
    }

    /// Real-time safe. \[any\]
    pub fn agreed(&self) -> Option<[u32; 2]> {
        let [inputs, outputs] = [0, 1].map(|side: usize| self.0[side].load(Relaxed));
        (outputs > 0).then_some([inputs, outputs])
    }
}

/// Gives a block to the framework, as it is or as it should be. Real-time safe. \[audio\]
///
/// # Safety
/// `block` is a block of the host's.
pub(super) unsafe fn pass<R>(block: &clap_process, channels: [u32; 2], framework: impl Fn(&clap_process) -> R) -> R {
    let mut given = *block;
    // SAFETY: the caller says so.
    unsafe {
        if !has(block.audio_outputs, block.audio_outputs_count, channels[1]) {
            // There is nothing to play into. The framework takes the events and calls nobody.
            silence(block);
            (given.audio_inputs_count, given.audio_outputs_count) = (0, 0);
        } else if !has(block.audio_inputs, block.audio_inputs_count, channels[0]) {
            // Without an input the framework would read what lies in the outputs.
            silence(block);
            given.audio_inputs_count = 0;
        }
        if is_in_order(block.in_events, block.frames_count) {
            return framework(&given);
        }
    }
    let mut events = InOrder { list: block.in_events, last: 0, frames: block.frames_count, copy: Copied { none: () } };
    let list = clap_input_events { ctx: (&raw mut events).cast(), size: Some(size), get: Some(get) };
    given.in_events = &raw const list;
    framework(&given)
}

/// True if there is a bus of as many channels, none of which is null.
///
/// # Safety
/// `buses` is null or has `count` buses of a host's.
unsafe fn has(buses: *const clap_audio_buffer, count: u32, channels: u32) -> bool {
    // SAFETY: the caller says so.
    let Some(bus) = (unsafe { buses.as_ref() }).filter(|_| count > 0) else { return false };
    bus.channel_count == channels
        && !bus.data32.is_null()
        // SAFETY: the bus says that it has as many.
        && (0..channels as usize).all(|channel| !unsafe { *bus.data32.add(channel) }.is_null())
}

/// Silence in every output channel that there is: a host plays what it finds there, even if that is older than the
/// block.
///
/// # Safety
/// `block` is a block of the host's.
unsafe fn silence(block: &clap_process) {
    let count = if block.audio_outputs.is_null() { 0 } else { block.audio_outputs_count as usize };
    for index in 0..count {
        // SAFETY: there are as many buses, says the block.
        let bus = unsafe { &*block.audio_outputs.add(index) };
        let count = if bus.data32.is_null() { 0 } else { bus.channel_count as usize };
        for channel in 0..count {
            // SAFETY: the bus says that it has as many.
            let channel = unsafe { *bus.data32.add(channel) };
            if !channel.is_null() {
                // SAFETY: not null, and so valid for as many frames.
                unsafe { std::slice::from_raw_parts_mut(channel, block.frames_count as usize) }.fill(0.0);
            }
        }
    }
}

/// The events of a list.
///
/// # Safety
/// `list` is null or a list of the host's.
pub(super) unsafe fn events(list: *const clap_input_events) -> impl Iterator<Item = *const clap_event_header> {
    // SAFETY: the caller says so.
    let functions = unsafe { list.as_ref() }.and_then(|list| list.size.zip(list.get));
    // SAFETY: functions of the list's.
    let count = functions.map_or(0, |(size, _)| unsafe { size(list) });
    // SAFETY: likewise.
    (0..count).filter_map(move |at| functions.map(|(_, get)| unsafe { get(list, at) })).filter(|event| !event.is_null())
}

/// True if all events are within the block, and none is before another that comes earlier in the list.
///
/// # Safety
/// `list` is null or a list of the host's.
unsafe fn is_in_order(list: *const clap_input_events, frames: u32) -> bool {
    // SAFETY: the caller says so, and an event lives as long as its list.
    let mut times = unsafe { events(list).map(|event| (*event).time) };
    let mut last = 0;
    times.all(|time| std::mem::replace(&mut last, time) <= time && time <= last_frame(frames))
}

fn last_frame(frames: u32) -> u32 {
    frames.saturating_sub(1)
}

/// A list whose events are moved into the block and into their order: those behind the end to the last frame, and none
/// before one that was looked at earlier.
struct InOrder {
    list: *const clap_input_events,
    last: u32,
    frames: u32,
    /// The event that was looked at last.
    copy: Copied,
}

union Copied {
    none: (),
    value: clap_event_param_value,
    modulation: clap_event_param_mod,
    transport: clap_event_transport,
}

unsafe extern "C" fn size(list: *const clap_input_events) -> u32 {
    // SAFETY: the list of `pass`, which is about one of the host's.
    unsafe {
        let own = (*(*list).ctx.cast::<InOrder>()).list;
        own.as_ref().and_then(|list| list.size).map_or(0, |size| size(own))
    }
}

/// An event of a kind that the plugin has no use for is none.
unsafe extern "C" fn get(list: *const clap_input_events, at: u32) -> *const clap_event_header {
    // SAFETY: the list of `pass`, which is about one of the host's, and used by nobody else meanwhile.
    unsafe {
        let own = &mut *(*list).ctx.cast::<InOrder>();
        let event = own.list.as_ref().and_then(|list| list.get).map_or(null(), |get| get(own.list, at));
        if event.is_null() || (*event).space_id != CLAP_CORE_EVENT_SPACE_ID {
            return null();
        }
        let is_whole = |size: usize| (*event).size as usize >= size;
        own.last = (*event).time.min(last_frame(own.frames)).max(own.last);
        match (*event).type_ {
            CLAP_EVENT_PARAM_VALUE if is_whole(size_of_val(&own.copy.value)) => own.copy.value = *event.cast(),
            CLAP_EVENT_PARAM_MOD if is_whole(size_of_val(&own.copy.modulation)) => own.copy.modulation = *event.cast(),
            CLAP_EVENT_TRANSPORT if is_whole(size_of_val(&own.copy.transport)) => own.copy.transport = *event.cast(),
            _ => return null(),
        }
        // Each begins with its header.
        let header = (&raw mut own.copy).cast::<clap_event_header>();
        (*header).time = own.last;
        header
    }
}
