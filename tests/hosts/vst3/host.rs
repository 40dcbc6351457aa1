//! A small VST3 host: one instance on the calling thread.
use super::host_objects::{Changes, Handler, Memory};
use crate::promises::{Change, Instance, number};
use nice_plug::wrapper::vst3::vst3 as v3;
use std::cell::Cell;
use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use transept::plugin::vst3::factory::GetPluginFactory;
use v3::Steinberg::Vst::*;
use v3::Steinberg::*;
use v3::{ComPtr, ComWrapper, Interface};

/// An instance, and what a host holds of it.
pub struct Vst3 {
    pub component: ComPtr<IComponent>,
    pub processor: ComPtr<IAudioProcessor>,
    pub controller: ComPtr<IEditController>,
    pub restarts: Arc<AtomicUsize>,
    outputs: usize,
    tempo: Option<f64>,
    /// Said with each block.
    block_mode: int32,
    is_active: Cell<bool>,
}

pub fn factory() -> ComPtr<IPluginFactory> {
    // SAFETY: the function gives a factory that its caller owns.
    unsafe { ComPtr::from_raw(GetPluginFactory().cast()) }.expect("a factory")
}

/// Left and right, or the middle alone.
pub fn arrangement(channels: usize) -> SpeakerArrangement {
    match channels {
        1 => SpeakerArr::kMono,
        4 => SpeakerArr::k40Music,
        6 => SpeakerArr::k51,
        8 => SpeakerArr::k71Music,
        9 => SpeakerArr::kAmbi2cdOrderACN,
        16 => SpeakerArr::kAmbi3rdOrderACN,
        other => (1 << other) - 1,
    }
}

impl Vst3 {
    pub fn process_setup(sample_rate: u32, largest_block: usize, offline: bool) -> ProcessSetup {
        ProcessSetup {
            processMode: if offline { ProcessModes_::kOffline } else { ProcessModes_::kRealtime } as int32,
            symbolicSampleSize: SymbolicSampleSizes_::kSample32 as int32,
            maxSamplesPerBlock: largest_block as int32,
            sampleRate: f64::from(sample_rate),
        }
    }

    /// Lets the instance go while it is active, as some hosts do.
    pub fn forget_to_stop(&self) {
        self.is_active.set(false);
    }

    /// One block of raw buses, as odd as a host may have them.
    pub fn process_raw(
        processor: &ComPtr<IAudioProcessor>,
        frames: usize,
        inputs: Option<&mut [*mut f32]>,
        outputs: Option<&mut [*mut f32]>,
        changes: &[Change],
    ) -> tresult {
        Self::process_at((None, 0), processor, frames, inputs, outputs, changes)
    }

    /// Processes one block of raw buses at a tempo and in a mode.
    fn process_at(
        (tempo, mode): (Option<f64>, int32),
        processor: &ComPtr<IAudioProcessor>,
        frames: usize,
        inputs: Option<&mut [*mut f32]>,
        outputs: Option<&mut [*mut f32]>,
        changes: &[Change],
    ) -> tresult {
        let changes = Changes::list(changes);
        let bus = |channels: &mut [*mut f32]| AudioBusBuffers {
            numChannels: channels.len() as int32,
            silenceFlags: u64::MAX,
            __field0: AudioBusBuffers__type0 { channelBuffers32: channels.as_mut_ptr() },
        };
        let (mut input, mut output) = (inputs.map(bus), outputs.map(bus));
        // SAFETY: a plain C struct of numbers and pointers.
        let mut data: ProcessData = unsafe { std::mem::zeroed() };
        (data.processMode, data.numSamples) = (mode, frames as int32);
        data.numInputs = int32::from(input.is_some());
        data.numOutputs = int32::from(output.is_some());
        data.inputs = input.as_mut().map_or(std::ptr::null_mut(), |bus| bus);
        data.outputs = output.as_mut().map_or(std::ptr::null_mut(), |bus| bus);
        data.inputParameterChanges = changes.as_ptr();
        let mut context = tempo.map(|tempo| {
            // SAFETY: a plain C struct of numbers.
            let mut context: ProcessContext = unsafe { std::mem::zeroed() };
            context.state = ProcessContext_::StatesAndFlags_::kTempoValid as uint32;
            context.tempo = tempo;
            context
        });
        data.processContext = context.as_mut().map_or(std::ptr::null_mut(), |context| context);
        // SAFETY: all that `data` points to lives during the call.
        unsafe { processor.process(&mut data) }
    }
}

impl Instance for Vst3 {
    fn new() -> Self {
        let factory = factory();
        // SAFETY: a plain C struct of numbers.
        let mut info: PClassInfo = unsafe { std::mem::zeroed() };
        let mut object: *mut c_void = std::ptr::null_mut();
        // SAFETY: calls of the interface with pointers to locals; the object made is this function's to hold.
        let component = unsafe {
            assert_eq!(factory.getClassInfo(0, &mut info), kResultOk);
            let made = factory.createInstance(info.cid.as_ptr(), IComponent::IID.as_ptr().cast(), &mut object);
            assert_eq!(made, kResultOk);
            ComPtr::<IComponent>::from_raw(object.cast()).expect("an instance")
        };
        let handler = Handler::default();
        let restarts = handler.restarts.clone();
        let controller: ComPtr<IEditController> = component.cast().expect("a controller");
        let handler = ComWrapper::new(handler).to_com_ptr::<IComponentHandler>().expect("a handler");
        // SAFETY: calls of the interface.
        unsafe {
            component.initialize(std::ptr::null_mut());
            controller.setComponentHandler(handler.as_ptr());
        }
        let processor = component.cast().expect("a processor");
        Self {
            component,
            processor,
            controller,
            restarts,
            outputs: 2,
            tempo: None,
            block_mode: 0,
            is_active: Cell::new(false),
        }
    }

    fn arrange(&mut self, inputs: usize, outputs: usize) -> bool {
        let (mut input, mut output) = (arrangement(inputs), arrangement(outputs));
        // SAFETY: a call of the interface with pointers to locals.
        let agreed = unsafe { self.processor.setBusArrangements(&mut input, 1, &mut output, 1) } == kResultOk;
        if agreed {
            self.outputs = outputs;
        }
        agreed
    }

    fn activate(&mut self, sample_rate: u32, largest_block: usize, offline: bool) {
        let mut setup = Self::process_setup(sample_rate, largest_block, offline);
        // SAFETY: calls of the interface with pointers to locals.
        unsafe {
            assert_eq!(self.processor.setupProcessing(&mut setup), kResultOk);
            assert_eq!(self.component.setActive(1), kResultOk);
            assert_eq!(self.processor.setProcessing(1), kResultOk);
        }
        self.is_active.set(true);
    }

    fn deactivate(&mut self) {
        // SAFETY: calls of the interface.
        unsafe {
            self.processor.setProcessing(0);
            self.component.setActive(0);
        }
        self.is_active.set(false);
    }

    fn say_offline(&mut self, offline: bool) {
        self.block_mode = if offline { ProcessModes_::kOffline } else { ProcessModes_::kRealtime } as int32;
    }

    fn reset(&mut self) {
        // SAFETY: calls of the interface.
        unsafe {
            self.processor.setProcessing(0);
            self.processor.setProcessing(1);
        }
    }

    fn process(&mut self, input: &[Vec<f32>], changes: &[Change]) -> Vec<Vec<f32>> {
        let mut input = input.to_vec();
        // Nothing that lies there may be taken for input.
        let mut output = vec![vec![0.777; input[0].len()]; self.outputs];
        let frames = input[0].len();
        let mut inputs: Vec<*mut f32> = input.iter_mut().map(|channel| channel.as_mut_ptr()).collect();
        let mut outputs: Vec<*mut f32> = output.iter_mut().map(|channel| channel.as_mut_ptr()).collect();
        let (inputs, outputs) = (Some(&mut inputs[..]), Some(&mut outputs[..]));
        let done = Self::process_at((self.tempo, self.block_mode), &self.processor, frames, inputs, outputs, changes);
        assert_eq!(done, kResultOk);
        output
    }

    fn save(&mut self) -> Vec<u8> {
        let stream = Memory::stream(&[]);
        // SAFETY: a call of the interface.
        assert_eq!(unsafe { self.component.getState(Memory::pointer(&stream).as_ptr()) }, kResultOk);
        stream.bytes()
    }

    fn load(&mut self, state: &[u8]) -> bool {
        let stream = Memory::stream(state);
        // SAFETY: a call of the interface.
        unsafe { self.component.setState(Memory::pointer(&stream).as_ptr()) == kResultOk }
    }

    fn value(&mut self, id: &str) -> f64 {
        // SAFETY: a call of the interface.
        unsafe { self.controller.getParamNormalized(number(id)) }
    }

    fn largest(&mut self, _id: &str) -> f64 {
        1.0
    }

    fn show(&mut self, id: &str, value: f64) -> String {
        let mut text: String128 = [0; 128];
        // SAFETY: a call of the interface with a pointer to a local.
        assert_eq!(unsafe { self.controller.getParamStringByValue(number(id), value, &mut text) }, kResultOk);
        let text: Vec<u16> = text.iter().copied().take_while(|unit| *unit != 0).collect();
        String::from_utf16(&text).expect("Unicode")
    }

    fn read(&mut self, id: &str, text: &str) -> Option<f64> {
        let mut text: Vec<TChar> = text.encode_utf16().chain([0]).map(|unit| unit as TChar).collect();
        let mut value = 0.0;
        // SAFETY: a call of the interface with pointers to locals; the text ends with a zero.
        let done = unsafe { self.controller.getParamValueByString(number(id), text.as_mut_ptr(), &mut value) };
        (done == kResultOk).then_some(value)
    }

    fn latency(&mut self) -> u32 {
        // SAFETY: a call of the interface.
        unsafe { self.processor.getLatencySamples() }
    }

    fn tail(&mut self) -> u32 {
        // SAFETY: a call of the interface.
        unsafe { self.processor.getTailSamples() }
    }

    fn set_tempo(&mut self, tempo: Option<f64>) {
        self.tempo = tempo;
    }
}

impl Drop for Vst3 {
    fn drop(&mut self) {
        if self.is_active.get() {
            self.deactivate();
        }
        // SAFETY: a call of the interface.
        unsafe { self.component.terminate() };
    }
}

/// Lets an object of the plugin's go to another thread, as hosts do.
#[derive(Clone)]
pub struct Anywhere<T>(T);

// SAFETY: a host may call these interfaces from any of its threads, and the shell is made for that.
unsafe impl<T> Send for Anywhere<T> {}

impl<T> Anywhere<T> {
    pub fn new(object: T) -> Self {
        Self(object)
    }
    /// A method, so that a closure takes the whole and not the field.
    pub fn get(&self) -> &T {
        &self.0
    }
}
