//! Speaker arrangements and channel pointers: what a host asked for, and what it then gives.
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{AudioBusBuffers, ProcessData, SpeakerArrangement};
use std::sync::atomic::{AtomicU64, Ordering};

/// Most channels of a bus.
const MOST: usize = crate::channels::ChannelLayout::MOST_CHANNELS;

/// Left and right, the arrangement of a new instance.
const STEREO: SpeakerArrangement = 0b11;

/// The arrangements that the host asked for last. Some hosts ask for unusual ones and expect the same back (D6), so
/// they are kept as they came; one bit is one channel.
///
/// Written while processing is off, read by the audio thread: a host puts these in order, hence relaxed.
pub(super) struct Layout {
    inputs: AtomicU64,
    outputs: AtomicU64,
}

impl Default for Layout {
    fn default() -> Self {
        Self { inputs: AtomicU64::new(STEREO), outputs: AtomicU64::new(STEREO) }
    }
}

impl Layout {
    /// The host asked, and the framework agreed.
    pub fn store(&self, inputs: SpeakerArrangement, outputs: SpeakerArrangement) {
        self.inputs.store(inputs, Ordering::Relaxed);
        self.outputs.store(outputs, Ordering::Relaxed);
    }
    /// Of the inputs, or of the outputs.
    pub fn arrangement(&self, of_inputs: bool) -> SpeakerArrangement {
        let bits = if of_inputs { &self.inputs } else { &self.outputs };
        bits.load(Ordering::Relaxed)
    }
    fn channels(&self, of_inputs: bool) -> usize {
        self.arrangement(of_inputs).count_ones() as usize
    }
}

/// The channels of one block, as far as a host gave them.
#[derive(Clone, Copy)]
pub(super) struct Channels {
    inputs: [*mut f32; MOST],
    outputs: [*mut f32; MOST],
    counts: [usize; 2],
}

impl Channels {
    /// The channels of a block of more than 0 frames; `None` if the outputs are not what the layout says, and nothing
    /// can be played into them. Where the inputs are not, the outputs are silenced and stand in for them: the framework
    /// would otherwise take what lies there for input, or panic.
    ///
    /// # Safety
    /// `data` describes buffers that are valid for `data.numSamples` frames, wherever it does not give null.
    pub unsafe fn of(data: &ProcessData, layout: &Layout) -> Option<Self> {
        let counts = [layout.channels(true), layout.channels(false)];
        // SAFETY: what the caller says of `data` is what is asked for.
        let outputs = unsafe { pointers(data.outputs, data.numOutputs, counts[1]) }?;
        // SAFETY: likewise.
        let inputs = unsafe { pointers(data.inputs, data.numInputs, counts[0]) };
        let inputs = inputs.unwrap_or_else(|| {
            for output in &outputs[..counts[1]] {
                // SAFETY: each pointer is valid for as many frames, says the caller, and none of them is null.
                unsafe { std::slice::from_raw_parts_mut(*output, data.numSamples as usize) }.fill(0.0);
            }
            outputs
        });
        Some(Self { inputs, outputs, counts })
    }

    /// The same channels from a frame of the block on.
    ///
    /// # Safety
    /// `frame` is at most the length of the block.
    pub unsafe fn from(&self, frame: usize) -> Self {
        let mut later = *self;
        for pointer in later.inputs[..self.counts[0]].iter_mut().chain(&mut later.outputs[..self.counts[1]]) {
            // SAFETY: within the buffer or one past its end, says the caller.
            *pointer = unsafe { pointer.add(frame) };
        }
        later
    }

    /// The two buses as the interface describes them. They point into `self`.
    pub fn buses(&mut self) -> [AudioBusBuffers; 2] {
        [(&mut self.inputs, self.counts[0]), (&mut self.outputs, self.counts[1])].map(|(channels, count)| {
            // SAFETY: a plain C struct of numbers and pointers, for which zeroes are valid.
            let mut bus: AudioBusBuffers = unsafe { std::mem::zeroed() };
            bus.numChannels = count as i32;
            bus.__field0.channelBuffers32 = channels.as_mut_ptr();
            bus
        })
    }
}

/// Silence in every output channel that there is: a host plays what it finds there, even if that is older than the
/// block.
///
/// # Safety
/// As [`Channels::of`].
pub(super) unsafe fn silence(data: &ProcessData) {
    if data.outputs.is_null() {
        return;
    }
    for index in 0..usize::try_from(data.numOutputs).unwrap_or(0) {
        // SAFETY: there are as many buses, says the caller.
        let bus = unsafe { &mut *data.outputs.add(index) };
        // SAFETY: both members of the union are pointers of the same size.
        let list = unsafe { bus.__field0.channelBuffers32 };
        let count = if list.is_null() { 0 } else { usize::try_from(bus.numChannels).unwrap_or(0) };
        for channel in 0..count {
            // SAFETY: the bus says that it has as many.
            let channel = unsafe { *list.add(channel) };
            if !channel.is_null() {
                // SAFETY: not null, and so valid for as many frames.
                unsafe { std::slice::from_raw_parts_mut(channel, data.numSamples as usize) }.fill(0.0);
            }
        }
        bus.silenceFlags = 0; // nothing is claimed
    }
}

/// The channel pointers of the first bus; `None` if there is no such bus of as many channels, or one of them is null.
///
/// # Safety
/// `buses` is null or points to `count` buses, whose channel pointers are null or point to as many pointers as they
/// say.
unsafe fn pointers(buses: *mut AudioBusBuffers, count: i32, channels: usize) -> Option<[*mut f32; MOST]> {
    if buses.is_null() || count < 1 || channels > MOST {
        return None;
    }
    // SAFETY: not null, and there is at least one.
    let bus = unsafe { &*buses };
    // SAFETY: both members of the union are pointers of the same size; samples of 64 bits are refused before.
    let list = unsafe { bus.__field0.channelBuffers32 };
    if bus.numChannels != channels as i32 || list.is_null() {
        return None;
    }
    let mut pointers = [std::ptr::null_mut(); MOST];
    for (index, pointer) in pointers.iter_mut().enumerate().take(channels) {
        // SAFETY: the bus says that it has as many.
        *pointer = unsafe { *list.add(index) };
        if pointer.is_null() {
            return None;
        }
    }
    Some(pointers)
}
