//! The audio side of the component.
use super::Shell;
use super::automation::Points;
use super::buses::{Channels, silence};
use super::saved::result;
use super::speakers;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{
    BusDirection, BusDirections_, IAudioProcessorTrait, IProcessContextRequirementsTrait, ProcessData, ProcessModes_,
    ProcessSetup, SpeakerArrangement, SymbolicSampleSizes_,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::{
    TBool, int32, kInvalidArgument, kNotInitialized, kResultOk, tresult, uint32,
};
use std::sync::atomic::Ordering;

impl Shell {
    /// No block will bring a parameter's value any more: what was told in the meantime counts. Real-time safe. \[any\]
    pub(super) fn stop_processing(&self) {
        self.is_processing.store(false, Ordering::SeqCst);
        self.values.settle();
    }

    /// Runs one block, cut where parameters change. \[audio\]
    ///
    /// # Safety
    /// As [`IAudioProcessorTrait::process`]: `data` describes one block of the host's.
    unsafe fn run(&self, data: &ProcessData) -> tresult {
        let frames = data.numSamples as usize;
        // SAFETY: the host's list lives during the call.
        let mut points = unsafe { Points::of(data.inputParameterChanges, frames) };
        // SAFETY: the host's buffers are as long as the block, says the interface.
        let channels = (frames > 0).then(|| unsafe { Channels::of(data, &self.layout) }).flatten();
        let Some(channels) = channels else {
            // No audio: a host that only brings parameters, with 0 frames or without channels, or with other channels
            // than were agreed on.
            while let Some(point) = points.take(frames, frames) {
                self.values.set(point.number, point.value);
            }
            // SAFETY: as above.
            unsafe { silence(data) };
            return kResultOk;
        };
        let mut start = 0;
        while start < frames {
            while let Some(point) = points.take(start, frames) {
                self.values.set(point.number, point.value);
            }
            let end = points.next_frame().unwrap_or(frames);
            // SAFETY: `start` is within the block.
            let mut piece = unsafe { channels.from(start) };
            let [mut input, mut output] = piece.buses();
            let mut data = *data;
            data.numSamples = (end - start) as i32;
            (data.numInputs, data.inputs) = (1, &mut input);
            (data.numOutputs, data.outputs) = (1, &mut output);
            data.inputParameterChanges = std::ptr::null_mut();
            // The place in `processContext` is that of the whole block; the plugin looks at nothing there but the
            // tempo. SAFETY: buffers of this piece, in structs that live during the call; the rest is the host's.
            let result = unsafe { IAudioProcessorTrait::process(&*self.inner, &mut data) };
            if result != kResultOk {
                // A host that does not look at the result would play what lies there. SAFETY: as above.
                unsafe { silence(&data) };
                return result;
            }
            start = end;
        }
        // SAFETY: there is an output bus, or there were no channels. What rings is not silence, whatever was there
        // before.
        unsafe { (*data.outputs).silenceFlags = 0 };
        kResultOk
    }
}

impl IAudioProcessorTrait for Shell {
    /// Keeps the arrangements that were agreed on (D6).
    unsafe fn setBusArrangements(
        &self,
        inputs: *mut SpeakerArrangement,
        num_ins: int32,
        outputs: *mut SpeakerArrangement,
        num_outs: int32,
    ) -> tresult {
        // The framework agrees to nothing but one bus each way; and it would read through a null pointer.
        if inputs.is_null() || outputs.is_null() || num_ins != 1 || num_outs != 1 {
            return result(false);
        }
        // SAFETY: neither is null, and both have one entry.
        if unsafe { speakers::lacks_places(*inputs, *outputs) } {
            return result(false);
        }
        let agreed = pass!(self, IAudioProcessorTrait, setBusArrangements(inputs, num_ins, outputs, num_outs));
        if agreed == kResultOk {
            // SAFETY: likewise.
            let (inputs, outputs) = unsafe { (*inputs, *outputs) };
            self.layout.store(inputs, outputs);
            self.asked.put(speakers::layout(inputs, outputs));
        }
        agreed
    }
    /// Answers with the arrangement that was asked for (D6).
    unsafe fn getBusArrangement(&self, dir: BusDirection, index: int32, arr: *mut SpeakerArrangement) -> tresult {
        let answer = pass!(self, IAudioProcessorTrait, getBusArrangement(dir, index, arr));
        if answer == kResultOk && index == 0 {
            // SAFETY: the framework has just written to it.
            unsafe { *arr = self.layout.arrangement(dir == BusDirections_::kInput as BusDirection) };
        }
        answer
    }
    unsafe fn canProcessSampleSize(&self, symbolic_sample_size: int32) -> tresult {
        pass!(self, IAudioProcessorTrait, canProcessSampleSize(symbolic_sample_size))
    }
    unsafe fn getLatencySamples(&self) -> uint32 {
        pass!(self, IAudioProcessorTrait, getLatencySamples())
    }
    /// Twice, because the framework stores the mode of the call before (D4).
    unsafe fn setupProcessing(&self, setup: *mut ProcessSetup) -> tresult {
        let first = pass!(self, IAudioProcessorTrait, setupProcessing(setup));
        if first != kResultOk {
            return first;
        }
        self.is_set_up.store(true, Ordering::SeqCst);
        // Without an activation too. SAFETY: the framework has just read it.
        self.mode.announce(unsafe { (*setup).processMode } == ProcessModes_::kOffline as int32);
        pass!(self, IAudioProcessorTrait, setupProcessing(setup))
    }
    /// The framework learns of the start alone, which silences what rings, and never of the end: see `Shell::new` (D1).
    unsafe fn setProcessing(&self, state: TBool) -> tresult {
        if state == 0 {
            self.stop_processing();
            return kResultOk;
        }
        self.is_processing.store(true, Ordering::SeqCst);
        pass!(self, IAudioProcessorTrait, setProcessing(state))
    }
    /// Applies the parameter changes (D1), cutting the block at each, and hands over blocks without any.
    unsafe fn process(&self, data: *mut ProcessData) -> tresult {
        if data.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: not null, and the host's for the time of the call.
        let data = unsafe { &*data };
        if data.numSamples < 0 || data.symbolicSampleSize != SymbolicSampleSizes_::kSample32 as int32 {
            return kInvalidArgument;
        }
        // The framework panics without a format.
        if !self.is_set_up.load(Ordering::SeqCst) {
            return kNotInitialized;
        }
        // Some hosts say both here alone: that audio runs, and the mode.
        if data.numSamples > 0 {
            self.is_processing.store(true, Ordering::SeqCst);
        }
        self.mode.mark_block(data.processMode == ProcessModes_::kOffline as int32);
        let _measured = self.mode.measure(&self.monitor, data.numSamples as usize);
        // SAFETY: as this method's own.
        unsafe { self.run(data) }
    }
    unsafe fn getTailSamples(&self) -> uint32 {
        pass!(self, IAudioProcessorTrait, getTailSamples())
    }
}

impl IProcessContextRequirementsTrait for Shell {
    unsafe fn getProcessContextRequirements(&self) -> uint32 {
        pass!(self, IProcessContextRequirementsTrait, getProcessContextRequirements())
    }
}
