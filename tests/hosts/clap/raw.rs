//! A CLAP host of bare tables, which says what it has and writes down what it is asked for.
use crate::promises::number;
use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::events::*;
use clap_sys::ext::context_menu::*;
use clap_sys::ext::gui::{CLAP_EXT_GUI, clap_host_gui};
use clap_sys::ext::params::*;
use clap_sys::ext::render::*;
use clap_sys::ext::state::*;
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process, clap_process_status};
use clap_sys::stream::{clap_istream, clap_ostream};
use clap_sys::version::CLAP_VERSION;
use std::ffi::{CStr, c_char, c_void};
use std::ptr::{null, null_mut};
use std::sync::Mutex;

/// The host's sides of extensions.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sides {
    pub params: bool,
    pub gui: bool,
    pub menu: bool,
}

impl Sides {
    pub const ALL: Self = Self { params: true, gui: true, menu: true };
}

/// An instance in this host, on one thread.
pub struct Raw {
    pub plugin: *const clap_plugin,
    host: Box<Face>,
}

struct Face {
    host: clap_host,
    sides: Sides,
    calls: Mutex<Vec<String>>,
}

/// An event with a value for a parameter: at the first frame, or at any.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    Value(&'a str, f64),
    ValueAt(u32, &'a str, f64),
    Modulation(&'a str, f64),
}

// SAFETY of all calls below: each is one of CLAP's, on an instance that lives, on the thread that it is for, and with
// pointers to locals.
impl Raw {
    pub fn new(sides: Sides) -> Self {
        let host = clap_host {
            clap_version: CLAP_VERSION,
            host_data: null_mut(),
            name: c"tests".as_ptr(),
            vendor: c"Transept".as_ptr(),
            url: c"".as_ptr(),
            version: c"1".as_ptr(),
            get_extension: Some(get_extension),
            request_restart: Some(request_restart),
            request_process: Some(request_process),
            request_callback: Some(request_callback),
        };
        let mut host = Box::new(Face { host, sides, calls: Mutex::default() });
        host.host.host_data = (&raw mut *host).cast();
        // SAFETY: see above.
        let plugin = unsafe {
            let entry = &transept::plugin::clap::factory::clap_entry;
            assert!(entry.init.expect("a function")(c"/transept.clap".as_ptr()));
            let factory = entry.get_factory.expect("a function")(CLAP_PLUGIN_FACTORY_ID.as_ptr());
            let factory = factory.cast::<clap_plugin_factory>();
            let create = (*factory).create_plugin.expect("a function");
            create(factory, &host.host, c"org.transept.transept".as_ptr())
        };
        assert!(!plugin.is_null());
        let raw = Self { plugin, host };
        assert!(raw.calls().is_empty(), "nothing is asked for before `init`");
        // SAFETY: see above.
        assert!(unsafe { raw.functions().init.expect("a function")(plugin) });
        raw.calls();
        raw
    }

    pub fn functions(&self) -> clap_plugin {
        // SAFETY: the instance lives.
        unsafe { *self.plugin }
    }

    /// What the instance has asked for since the last look.
    pub fn calls(&self) -> Vec<String> {
        std::mem::take(&mut *self.host.calls.lock().expect("not poisoned"))
    }

    /// The table of an extension, of which `T` must be the type.
    pub fn extension<T: Copy>(&self, id: &CStr) -> T {
        // SAFETY: see above.
        let table = unsafe { self.functions().get_extension.expect("a function")(self.plugin, id.as_ptr()) };
        assert!(!table.is_null(), "{id:?}");
        // SAFETY: the table has this type, and lives as long as the instance.
        unsafe { *table.cast::<T>() }
    }

    pub fn params(&self) -> clap_plugin_params {
        self.extension(CLAP_EXT_PARAMS)
    }

    pub fn on_main_thread(&self) {
        // SAFETY: see above.
        unsafe { self.functions().on_main_thread.expect("a function")(self.plugin) };
    }

    pub fn set_mode(&self, mode: clap_plugin_render_mode) -> bool {
        // SAFETY: see above.
        unsafe { self.extension::<clap_plugin_render>(CLAP_EXT_RENDER).set.expect("a function")(self.plugin, mode) }
    }

    /// Loads a state as VST3 has it, without its length.
    pub fn load(&self, state: &[u8]) -> bool {
        self.load_raw(&[&(state.len() as u64).to_le_bytes(), state].concat())
    }

    pub fn load_raw(&self, mut bytes: &[u8]) -> bool {
        let stream = clap_istream { ctx: (&raw mut bytes).cast(), read: Some(read) };
        // SAFETY: see above.
        unsafe { self.extension::<clap_plugin_state>(CLAP_EXT_STATE).load.expect("a function")(self.plugin, &stream) }
    }

    /// A state as VST3 has it, without its length.
    pub fn save(&self) -> Vec<u8> {
        let mut bytes: Vec<u8> = Vec::new();
        let stream = clap_ostream { ctx: (&raw mut bytes).cast(), write: Some(write) };
        let state: clap_plugin_state = self.extension(CLAP_EXT_STATE);
        // SAFETY: see above.
        assert!(unsafe { state.save.expect("a function")(self.plugin, &stream) });
        bytes.split_off(8)
    }

    pub fn value(&self, id: &str) -> f64 {
        let mut value = f64::NAN;
        // SAFETY: see above.
        assert!(unsafe { self.params().get_value.expect("a function")(self.plugin, number(id), &mut value) });
        value
    }

    pub fn value_of_text(&self, id: &str, text: &CStr) -> f64 {
        let (mut value, read) = (f64::NAN, self.params().text_to_value.expect("a function"));
        // SAFETY: see above.
        assert!(unsafe { read(self.plugin, number(id), text.as_ptr(), &mut value) });
        value
    }

    pub fn activate(&self, sample_rate: u32) {
        let functions = self.functions();
        // SAFETY: see above.
        unsafe {
            assert!(functions.activate.expect("a function")(self.plugin, f64::from(sample_rate), 1, 4096));
            assert!(functions.start_processing.expect("a function")(self.plugin));
        }
    }

    pub fn deactivate(&self) {
        let functions = self.functions();
        // SAFETY: see above.
        unsafe {
            functions.stop_processing.expect("a function")(self.plugin);
            functions.deactivate.expect("a function")(self.plugin);
        }
    }

    /// One block of stereo, with events at its first sample.
    pub fn process(&self, input: &[Vec<f32>], events: &[Event]) -> Vec<Vec<f32>> {
        let mut output = vec![vec![0.777; input[0].len()]; 2];
        assert_ne!(self.process_raw(input[0].len(), Some(input), Some(&mut output), events), CLAP_PROCESS_ERROR);
        output
    }

    /// One block with one bus each way, or none.
    pub fn process_raw(
        &self,
        frames: usize,
        input: Option<&[Vec<f32>]>,
        output: Option<&mut [Vec<f32>]>,
        events: &[Event],
    ) -> clap_process_status {
        let (mut input, output) = (input.map(<[Vec<f32>]>::to_vec), output);
        let pointers = |channels: &mut [Vec<f32>]| channels.iter_mut().map(Vec::as_mut_ptr).collect::<Vec<_>>();
        let (mut ins, mut outs) = (input.as_deref_mut().map(pointers), output.map(pointers));
        let bus = |channels: &mut Vec<*mut f32>| clap_audio_buffer {
            data32: channels.as_mut_ptr(),
            data64: null_mut(),
            channel_count: channels.len() as u32,
            latency: 0,
            constant_mask: 0,
        };
        let (inputs, mut outputs) = (ins.as_mut().map(bus), outs.as_mut().map(bus));
        let list = List::of(events);
        let (events, out) = (list.input(), nowhere());
        let process = clap_process {
            steady_time: -1,
            frames_count: frames as u32,
            transport: null(),
            audio_inputs: inputs.as_ref().map_or(null(), |bus| &raw const *bus),
            audio_outputs: outputs.as_mut().map_or(null_mut(), |bus| &raw mut *bus),
            audio_inputs_count: inputs.iter().count() as u32,
            audio_outputs_count: outs.iter().count() as u32,
            in_events: &events,
            out_events: &out,
        };
        // SAFETY: see above.
        unsafe { self.functions().process.expect("a function")(self.plugin, &process) }
    }

    pub fn flush(&self, events: &[Event]) {
        let list = List::of(events);
        // SAFETY: see above.
        unsafe { self.params().flush.expect("a function")(self.plugin, &list.input(), &nowhere()) };
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // SAFETY: the last call on the instance.
        unsafe { self.functions().destroy.expect("a function")(self.plugin) };
    }
}

unsafe fn face<'a>(host: *const clap_host) -> &'a Face {
    // SAFETY: it is the one that the instance was given, and lives longer.
    unsafe { &*(*host).host_data.cast::<Face>() }
}

unsafe fn note(host: *const clap_host, what: impl Into<String>) {
    // SAFETY: as the caller's.
    unsafe { face(host) }.calls.lock().expect("not poisoned").push(what.into());
}

unsafe extern "C" fn get_extension(host: *const clap_host, id: *const c_char) -> *const c_void {
    static PARAMS: clap_host_params =
        clap_host_params { rescan: Some(rescan), clear: None, request_flush: Some(request_flush) };
    static GUI: clap_host_gui = clap_host_gui {
        resize_hints_changed: None,
        request_resize: Some(request_resize),
        request_show: None,
        request_hide: None,
        closed: Some(closed),
    };
    static MENU: clap_host_context_menu =
        clap_host_context_menu { populate: None, perform: None, can_popup: Some(can_popup), popup: Some(popup) };
    // SAFETY: the instance's texts end.
    let (sides, id) = unsafe { (face(host).sides, CStr::from_ptr(id)) };
    if id == CLAP_EXT_PARAMS && sides.params {
        (&raw const PARAMS).cast()
    } else if id == CLAP_EXT_GUI && sides.gui {
        (&raw const GUI).cast()
    } else if id == CLAP_EXT_CONTEXT_MENU_COMPAT && sides.menu {
        (&raw const MENU).cast()
    } else {
        null()
    }
}

unsafe extern "C" fn request_restart(host: *const clap_host) {
    // SAFETY: the instance's host.
    unsafe { note(host, "restart") };
}

unsafe extern "C" fn request_process(host: *const clap_host) {
    // SAFETY: the instance's host.
    unsafe { note(host, "process") };
}

unsafe extern "C" fn request_callback(host: *const clap_host) {
    // SAFETY: the instance's host.
    unsafe { note(host, "callback") };
}

unsafe extern "C" fn rescan(host: *const clap_host, flags: clap_param_rescan_flags) {
    // SAFETY: the instance's host.
    unsafe { note(host, format!("rescan {flags}")) };
}

unsafe extern "C" fn request_flush(host: *const clap_host) {
    // SAFETY: the instance's host.
    unsafe { note(host, "flush") };
}

unsafe extern "C" fn request_resize(host: *const clap_host, width: u32, height: u32) -> bool {
    // SAFETY: the instance's host.
    unsafe { note(host, format!("resize {width} {height}")) };
    false
}

unsafe extern "C" fn closed(host: *const clap_host, _was_destroyed: bool) {
    // SAFETY: the instance's host.
    unsafe { note(host, "closed") };
}

unsafe extern "C" fn can_popup(_host: *const clap_host) -> bool {
    true
}

unsafe extern "C" fn popup(
    host: *const clap_host,
    target: *const clap_context_menu_target,
    screen: i32,
    x: i32,
    y: i32,
) -> bool {
    // SAFETY: the instance's host and target.
    unsafe {
        assert_eq!((*target).kind, CLAP_CONTEXT_MENU_TARGET_KIND_PARAM);
        note(host, format!("popup {} {screen} {x} {y}", (*target).id));
    }
    true
}

unsafe extern "C" fn read(stream: *const clap_istream, place: *mut c_void, size: u64) -> i64 {
    // SAFETY: the stream of `load`, whose place has this size.
    unsafe {
        let bytes = &mut *(*stream).ctx.cast::<&[u8]>();
        let count = bytes.len().min(size as usize);
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), place.cast(), count);
        *bytes = &bytes[count..];
        count as i64
    }
}

unsafe extern "C" fn write(stream: *const clap_ostream, bytes: *const c_void, size: u64) -> i64 {
    // SAFETY: the stream of `save`, and as many bytes as the instance says.
    unsafe {
        let all = &mut *(*stream).ctx.cast::<Vec<u8>>();
        all.extend_from_slice(std::slice::from_raw_parts(bytes.cast::<u8>(), size as usize));
    }
    size as i64
}

/// A list of events.
struct List(Vec<Body>);

enum Body {
    Value(clap_event_param_value),
    Modulation(clap_event_param_mod),
}

impl List {
    fn of(events: &[Event]) -> Self {
        let header = |time, type_, size: usize| clap_event_header {
            size: size as u32,
            time,
            space_id: CLAP_CORE_EVENT_SPACE_ID,
            type_,
            flags: 0,
        };
        let value_at = |time, id: &str, value| {
            Body::Value(clap_event_param_value {
                header: header(time, CLAP_EVENT_PARAM_VALUE, size_of::<clap_event_param_value>()),
                param_id: number(id),
                cookie: null_mut(),
                note_id: -1,
                port_index: -1,
                channel: -1,
                key: -1,
                value,
            })
        };
        let body = |event: &Event| match *event {
            Event::Value(id, value) => value_at(0, id, value),
            Event::ValueAt(frame, id, value) => value_at(frame, id, value),
            Event::Modulation(id, amount) => Body::Modulation(clap_event_param_mod {
                header: header(0, CLAP_EVENT_PARAM_MOD, size_of::<clap_event_param_mod>()),
                param_id: number(id),
                cookie: null_mut(),
                note_id: -1,
                port_index: -1,
                channel: -1,
                key: -1,
                amount,
            }),
        };
        Self(events.iter().map(body).collect())
    }

    fn input(&self) -> clap_input_events {
        clap_input_events { ctx: (&raw const *self).cast_mut().cast(), size: Some(size), get: Some(get) }
    }
}

unsafe extern "C" fn size(list: *const clap_input_events) -> u32 {
    // SAFETY: the list of `List::input`.
    unsafe { (*list).ctx.cast::<List>().as_ref() }.map_or(0, |list| list.0.len() as u32)
}

unsafe extern "C" fn get(list: *const clap_input_events, at: u32) -> *const clap_event_header {
    // SAFETY: the list of `List::input`.
    match unsafe { (*list).ctx.cast::<List>().as_ref() }.and_then(|list| list.0.get(at as usize)) {
        Some(Body::Value(event)) => (&raw const *event).cast(),
        Some(Body::Modulation(event)) => (&raw const *event).cast(),
        None => null(),
    }
}

/// A list that takes every event and keeps none.
fn nowhere() -> clap_output_events {
    unsafe extern "C" fn take(_: *const clap_output_events, _: *const clap_event_header) -> bool {
        true
    }
    clap_output_events { ctx: null_mut(), try_push: Some(take) }
}
