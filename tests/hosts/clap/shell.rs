//! What the shell before the framework's CLAP plugin does otherwise than the framework.
use super::raw::{Event, Raw, Sides};
use crate::promises::state::stereo;
use crate::promises::{ROUNDING, WET, clicks, expected, number, room, session, wet};
use clap_sys::ext::ambisonic::*;
use clap_sys::ext::audio_ports::{CLAP_EXT_AUDIO_PORTS, clap_audio_port_info, clap_plugin_audio_ports};
use clap_sys::ext::audio_ports_config::{CLAP_EXT_AUDIO_PORTS_CONFIG, clap_plugin_audio_ports_config};
use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_plugin_latency};
use clap_sys::ext::params::*;
use clap_sys::ext::remote_controls::{CLAP_EXT_REMOTE_CONTROLS, clap_plugin_remote_controls};
use clap_sys::ext::render::{CLAP_EXT_RENDER, CLAP_RENDER_OFFLINE, CLAP_RENDER_REALTIME, clap_plugin_render};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_plugin_state};
use clap_sys::ext::surround::{CLAP_EXT_SURROUND, CLAP_PORT_SURROUND, clap_plugin_surround};
use clap_sys::ext::tail::{CLAP_EXT_TAIL, clap_plugin_tail};
use clap_sys::process::CLAP_PROCESS_ERROR;
use std::ffi::{CStr, c_char};
use std::ptr::{null, null_mut};
use transept::channels::{Bus, ChannelLayout};
use transept::impulse::recipe::Recipe;
use transept::parameters::PARAMETERS;
use transept::session::host_state::MOST;
use transept::settings::{Kind, TABLE};
use transept_support::compare::error_db_of_channels;

fn info(raw: &Raw, index: u32) -> Option<clap_param_info> {
    // SAFETY: a plain C struct, and a call of CLAP's with a pointer to it.
    unsafe {
        let mut info = std::mem::zeroed();
        raw.params().get_info.expect("a function")(raw.plugin, index, &mut info).then_some(info)
    }
}

fn text(chars: &[c_char]) -> String {
    // SAFETY: the instance's texts end.
    unsafe { CStr::from_ptr(chars.as_ptr()) }.to_string_lossy().into_owned()
}

#[test]
fn a_mode_that_is_set_while_active_takes_effect_at_once_and_asks_for_no_restart() {
    let (old, new) = (room(2, 0.05, 26), room(2, 3.0, 27));
    let raw = Raw::new(Sides::ALL);
    assert!(raw.load(&session(&old.recipe, WET)));
    raw.activate(48_000);
    raw.calls();
    assert!(raw.set_mode(CLAP_RENDER_OFFLINE));
    assert_eq!(raw.calls(), [""; 0], "nothing is asked for");
    // A block that waits for its room is a block of a bounce.
    assert!(raw.load(&session(&new.recipe, WET)));
    (0..20).for_each(|_| drop(raw.process(&vec![vec![0.0; 480]; 2], &[])));
    let input = clicks(2, 4096);
    let out = raw.process(&input, &[]);
    let expected = expected(&new.recipe, stereo(), &wet(), &input);
    assert!(error_db_of_channels(&out, &expected) <= ROUNDING);
    assert!(raw.set_mode(CLAP_RENDER_REALTIME) && !raw.set_mode(7));
    assert!(!raw.calls().contains(&"restart".to_owned()));
    raw.deactivate();
}

#[test]
fn a_mode_that_was_set_before_holds_for_the_next_activation() {
    let room = room(2, 3.0, 27);
    let input = clicks(2, 4096);
    let expected = expected(&room.recipe, stereo(), &wet(), &input);
    for is_active in [false, true] {
        let raw = Raw::new(Sides::ALL);
        if is_active {
            raw.activate(48_000);
        }
        assert!(raw.set_mode(CLAP_RENDER_OFFLINE));
        if is_active {
            raw.deactivate();
        }
        assert!(raw.load(&session(&room.recipe, WET)));
        raw.activate(48_000);
        assert!(raw.process(&input, &[]) == expected, "active: {is_active}");
        raw.deactivate();
    }
}

#[test]
fn every_parameter_tells_its_section_and_what_it_is() {
    const KINDS: clap_param_info_flags = CLAP_PARAM_IS_STEPPED | CLAP_PARAM_IS_ENUM | CLAP_PARAM_IS_BYPASS;
    let raw = Raw::new(Sides::ALL);
    assert!(info(&raw, PARAMETERS as u32).is_none() && info(&raw, u32::MAX).is_none(), "behind the last");
    let impulse = info(&raw, 0).expect("a parameter");
    assert_eq!((impulse.id, text(&impulse.module).as_str()), (number("impulse"), ""), "it stands over all");
    // A list of it would have a line for each free slot.
    assert_eq!(impulse.flags & KINDS, CLAP_PARAM_IS_STEPPED);
    for (setting, index) in TABLE.iter().zip(1..) {
        let info = info(&raw, index).expect("a parameter");
        let page = if setting.id == "bypass" { "" } else { setting.section.name() };
        assert_eq!((info.id, text(&info.module).as_str()), (number(setting.id), page));
        let kind = match setting.kind {
            Kind::Number(_) => 0,
            Kind::Switch(_) if setting.id == "bypass" => CLAP_PARAM_IS_STEPPED | CLAP_PARAM_IS_BYPASS,
            Kind::Switch(_) => CLAP_PARAM_IS_STEPPED,
            Kind::Choice(_) => CLAP_PARAM_IS_STEPPED | CLAP_PARAM_IS_ENUM,
        };
        assert_eq!(info.flags & KINDS, kind, "{}", setting.id);
        // It is taken without audio, too.
        assert_eq!(info.flags & CLAP_PARAM_REQUIRES_PROCESS, 0, "{}", setting.id);
        assert_ne!(info.flags & CLAP_PARAM_IS_AUTOMATABLE, 0, "{}", setting.id);
        let is_modulated = !["bypass", "mix_lock", "output_lock"].contains(&setting.id);
        assert_eq!(info.flags & CLAP_PARAM_IS_MODULATABLE != 0, is_modulated, "{}", setting.id);
    }
    assert_eq!(impulse.flags & CLAP_PARAM_IS_MODULATABLE, 0, "the session would keep what a modulation chose");
}

/// Of the chain as well as of the impulse.
#[test]
fn a_modulation_is_heard_and_is_not_the_value() {
    let room = room(2, 0.2, 71);
    let input = clicks(2, 4096);
    for (id, amount) in [("wet", -0.2), ("size", 0.2), ("reverse", 1.0)] {
        let raw = Raw::new(Sides::ALL);
        assert!(raw.load(&session(&room.recipe, WET)));
        assert!(raw.set_mode(CLAP_RENDER_OFFLINE));
        raw.activate(48_000);
        let value = raw.value(id);
        let before = raw.process(&input, &[]);
        let settle = |events: &[Event]| {
            // Longer than the room, and than the fade between two.
            raw.process(&vec![vec![0.0; 4096]; 2], events);
            (0..8).for_each(|_| drop(raw.process(&vec![vec![0.0; 4096]; 2], &[])));
        };
        settle(&[Event::Modulation(id, amount)]);
        let modulated = raw.process(&input, &[]);
        assert!(error_db_of_channels(&modulated, &before) > -30.0, "{id}");
        assert_eq!(raw.value(id), value, "{id}: a host reads what it has set");
        settle(&[Event::Modulation(id, 0.0)]);
        assert!(error_db_of_channels(&raw.process(&input, &[]), &before) <= ROUNDING, "{id}");
        raw.deactivate();
    }
}

/// What a host is asked for after it has loaded a state, once it has done what hosts do by themselves.
fn asked_after(state: &[u8], host: impl FnOnce(&Raw)) -> Vec<String> {
    let raw = Raw::new(Sides::ALL);
    raw.activate(48_000);
    raw.calls();
    assert!(raw.load(state));
    let during = raw.calls();
    assert!(!during.iter().any(|call| call.starts_with("rescan")), "too soon: {during:?}");
    host(&raw);
    raw.calls();
    raw.on_main_thread();
    let asked = raw.calls();
    raw.on_main_thread();
    assert_eq!(raw.calls(), [""; 0], "once");
    assert_eq!(during.contains(&"callback".to_owned()), state != Raw::new(Sides::ALL).save());
    raw.deactivate();
    asked
}

#[test]
fn values_that_a_state_has_changed_are_to_be_read_unless_the_host_knows_them() {
    let changed = [("dry", -7.3), ("width", 50.0)];
    let state = session(&Recipe::default(), &changed);
    let silence = || vec![vec![0.0; 64]; 2];
    let ids = || TABLE.iter().map(|setting| setting.id);
    assert_eq!(asked_after(&state, |_| ()), ["rescan 1"], "of the values alone");
    assert_eq!(asked_after(&Raw::new(Sides::ALL).save(), |_| ()), [""; 0], "nothing has changed");
    let read_all = |raw: &Raw| ids().for_each(|id| assert!(raw.value(id) >= 0.0));
    assert_eq!(asked_after(&state, read_all), [""; 0], "it has read them");
    let read_one = |raw: &Raw| assert!(raw.value("dry") >= 0.0);
    assert_eq!(asked_after(&state, read_one), ["rescan 1"], "it has read one");
    let send = |events: &[Event], raw: &Raw| drop(raw.process(&silence(), events));
    let both = [Event::Value("dry", 0.7), Event::Value("width", 0.25)];
    assert_eq!(asked_after(&state, |raw| send(&both, raw)), [""; 0], "it has sent its own");
    assert_eq!(asked_after(&state, |raw| send(&both[..1], raw)), ["rescan 1"], "it has sent one of its own");
    let modulated = both.map(|event| match event {
        Event::Value(id, value) | Event::ValueAt(_, id, value) | Event::Modulation(id, value) => {
            Event::Modulation(id, value)
        }
    });
    assert_eq!(asked_after(&state, |raw| send(&modulated, raw)), ["rescan 1"], "a modulation is no value");
    assert_eq!(asked_after(&state, |raw| raw.flush(&both)), [""; 0], "it has sent its own without audio");
}

#[test]
fn a_host_without_a_side_of_parameters_is_asked_for_nothing() {
    let raw = Raw::new(Sides { params: false, ..Sides::ALL });
    assert!(raw.load(&session(&Recipe::default(), &[("dry", -7.3)])));
    raw.on_main_thread();
    assert_eq!(raw.calls(), ["callback"]);
}

/// As many zeros as no state has, in a frame of a few bytes.
#[test]
fn a_state_is_unpacked_no_further_than_a_state_can_be_long() {
    let raw = Raw::new(Sides::ALL);
    let saved = raw.save();
    let claims = |spaces: usize, rest: &[u8]| {
        let mut packed = zstd::Encoder::new(Vec::new(), 1).expect("a packer");
        let part = vec![b' '; 1 << 20];
        (0..spaces >> 20).for_each(|_| std::io::Write::write_all(&mut packed, &part).expect("packed"));
        std::io::Write::write_all(&mut packed, rest).expect("packed");
        packed.finish().expect("packed")
    };
    let json = session(&Recipe::default(), &[("dry", -7.3)]);
    assert!(raw.load(&claims(1 << 20, &json)), "spaces before a state do no harm");
    assert!(raw.load(&saved));
    assert!(!raw.load(&claims(MOST + (1 << 20), &json)), "more of them than a state can be long");
    assert!(raw.save() == saved);
}

/// A table that the shell hands out has functions of the framework's in it, which take its instance for theirs.
#[test]
fn every_function_that_is_left_to_the_framework_finds_its_instance() {
    let raw = Raw::new(Sides::ALL);
    let params = raw.params();
    let mut chars = [0; 64];
    // SAFETY: calls of CLAP's, with pointers to locals.
    unsafe {
        assert_eq!(params.count.expect("a function")(raw.plugin), PARAMETERS as u32);
        let show = params.value_to_text.expect("a function");
        assert!(show(raw.plugin, number("dry"), raw.value("dry"), chars.as_mut_ptr(), 64));
        assert_eq!(text(&chars), "0.0 dB");
        assert!(!show(raw.plugin, 1, 0.0, chars.as_mut_ptr(), 64));
        let mut value = 0.0;
        let read = params.text_to_value.expect("a function");
        assert!(read(raw.plugin, number("width"), c"200 %".as_ptr(), &mut value) && value == 1.0);
        let render: clap_plugin_render = raw.extension(CLAP_EXT_RENDER);
        assert!(!render.has_hard_realtime_requirement.expect("a function")(raw.plugin));
        let latency: clap_plugin_latency = raw.extension(CLAP_EXT_LATENCY);
        assert_eq!(latency.get.expect("a function")(raw.plugin), 0);
        let tail: clap_plugin_tail = raw.extension(CLAP_EXT_TAIL);
        assert_eq!(tail.get.expect("a function")(raw.plugin), 0);
        let ports: clap_plugin_audio_ports = raw.extension(CLAP_EXT_AUDIO_PORTS);
        assert_eq!(ports.count.expect("a function")(raw.plugin, true), 1);
        let configs: clap_plugin_audio_ports_config = raw.extension(CLAP_EXT_AUDIO_PORTS_CONFIG);
        assert_eq!(configs.count.expect("a function")(raw.plugin) as usize, ChannelLayout::ALL.len());
        let controls: clap_plugin_remote_controls = raw.extension(CLAP_EXT_REMOTE_CONTROLS);
        assert_eq!(controls.count.expect("a function")(raw.plugin), 0);
        assert!(raw.functions().get_extension.expect("a function")(raw.plugin, c"clap.dream".as_ptr()).is_null());
    }
    raw.activate(48_000);
    raw.process(&clicks(2, 64), &[]);
    // SAFETY: as above.
    unsafe {
        raw.functions().reset.expect("a function")(raw.plugin);
        let tail: clap_plugin_tail = raw.extension(CLAP_EXT_TAIL);
        assert_ne!(tail.get.expect("a function")(raw.plugin), 0);
    }
    raw.deactivate();
}

/// Of each layout a host is told which speakers its channels are, or that they are harmonics in AmbiX.
#[test]
fn ports_say_what_their_channels_are() {
    let raw = Raw::new(Sides::ALL);
    let ports: clap_plugin_audio_ports = raw.extension(CLAP_EXT_AUDIO_PORTS);
    let configs: clap_plugin_audio_ports_config = raw.extension(CLAP_EXT_AUDIO_PORTS_CONFIG);
    let surround: clap_plugin_surround = raw.extension(CLAP_EXT_SURROUND);
    let ambisonic: clap_plugin_ambisonic = raw.extension(CLAP_EXT_AMBISONIC);
    // SAFETY: functions of the plugin's, with its instance and places of this function.
    unsafe {
        for (number, layout) in (0..).zip(ChannelLayout::ALL) {
            assert!(configs.select.expect("a function")(raw.plugin, number), "{layout:?}");
            let mut info: clap_audio_port_info = std::mem::zeroed();
            assert!(ports.get.expect("a function")(raw.plugin, 0, false, &mut info));
            assert_eq!(info.channel_count as usize, layout.outputs());
            let kind = (!info.port_type.is_null()).then(|| CStr::from_ptr(info.port_type));
            let bus = layout.bus();
            let expected = match bus {
                Some(Bus::Discrete(_)) => None,
                Some(bus) if bus.is_ambisonic() => Some(CLAP_PORT_AMBISONIC),
                Some(_) => Some(CLAP_PORT_SURROUND),
                None => kind,
            };
            assert_eq!(kind, expected, "{layout:?}");
            let mut map = [99; 16];
            let count = surround.get_channel_map.expect("a function")(raw.plugin, false, 0, map.as_mut_ptr(), 16);
            let mask = map[..count as usize].iter().fold(0, |mask, speaker| mask | 1_u32 << speaker);
            assert_eq!(mask, bus.map_or(0, Bus::mask), "{layout:?}");
            let mut order = clap_ambisonic_config { ordering: 9, normalization: 9 };
            let is_told = ambisonic.get_config.expect("a function")(raw.plugin, false, 0, &mut order);
            assert_eq!(is_told, bus.is_some_and(Bus::is_ambisonic), "{layout:?}");
            if is_told {
                let ambix = (CLAP_AMBISONIC_ORDERING_ACN, CLAP_AMBISONIC_NORMALIZATION_SN3D);
                assert_eq!((order.ordering, order.normalization), ambix);
                assert!(ambisonic.is_config_supported.expect("a function")(raw.plugin, &order));
            }
        }
        assert!(!configs.select.expect("a function")(raw.plugin, 9999));
        assert!(surround.is_channel_mask_supported.expect("a function")(raw.plugin, 0x3f));
        assert!(!surround.is_channel_mask_supported.expect("a function")(raw.plugin, 0xff));
        let fuma = clap_ambisonic_config { ordering: 0, normalization: 0 };
        assert!(!ambisonic.is_config_supported.expect("a function")(raw.plugin, &fuma));
    }
}

#[test]
fn null_pointers_do_no_harm() {
    let raw = Raw::new(Sides::ALL);
    let (functions, none) = (raw.functions(), null());
    // SAFETY: null pointers, which CLAP does not allow, and hosts were seen to give.
    unsafe {
        assert!(!functions.init.expect("a function")(none));
        functions.destroy.expect("a function")(none);
        functions.on_main_thread.expect("a function")(none);
        assert!(functions.get_extension.expect("a function")(raw.plugin, null()).is_null());
        assert_eq!(functions.process.expect("a function")(raw.plugin, null()), CLAP_PROCESS_ERROR);
        assert!(!raw.params().get_value.expect("a function")(raw.plugin, number("dry"), null_mut()));
        assert!(!raw.params().get_info.expect("a function")(raw.plugin, 0, null_mut()));
        let state: clap_plugin_state = raw.extension(CLAP_EXT_STATE);
        assert!(!state.load.expect("a function")(raw.plugin, null()));
    }
}

#[test]
fn a_block_before_any_activation_or_with_other_channels_does_no_harm() {
    let raw = Raw::new(Sides::ALL);
    let block = |channels: usize| vec![vec![0.5f32; 64]; channels];
    assert_eq!(raw.process_raw(64, Some(&block(2)), Some(&mut block(2)), &[]), CLAP_PROCESS_ERROR);
    raw.activate(48_000);
    for inputs in [None, Some(0), Some(1), Some(2), Some(3)] {
        for outputs in [None, Some(0), Some(1), Some(2), Some(3)] {
            let (input, mut output) = (inputs.map(block), outputs.map(block));
            raw.process_raw(64, input.as_deref(), output.as_deref_mut(), &[]);
            let finite = output.iter().flatten().flatten().all(|sample| sample.is_finite());
            assert!(finite, "{inputs:?} in, {outputs:?} out");
        }
    }
    raw.process_raw(0, Some(&block(2)), Some(&mut block(2)), &[Event::Value("width", 0.25)]);
    assert_eq!(raw.value("width"), 0.25);
    raw.deactivate();
}

/// An input that is missing is silence, and not what lies in the outputs.
#[test]
fn a_block_without_an_input_is_a_block_of_silence() {
    let raw = Raw::new(Sides::ALL);
    raw.activate(48_000);
    for input in [None, Some(vec![vec![0.5f32; 64]; 1])] {
        let mut output = vec![vec![0.777; 64]; 2];
        assert_ne!(raw.process_raw(64, input.as_deref(), Some(&mut output), &[]), CLAP_PROCESS_ERROR);
        assert_eq!(output, [[0.0; 64]; 2], "nothing has sounded before");
    }
    raw.deactivate();
}

#[test]
fn events_behind_the_end_of_a_block_and_in_no_order_take_effect_within_it() {
    let raw = Raw::new(Sides::ALL);
    assert!(raw.load(&session(&Recipe::default(), &[("dry", 0.0), ("wet", -60.0)])));
    raw.activate(48_000);
    let largest = |id| raw.value_of_text(id, c"12 dB");
    let (input, mut output) = (vec![vec![0.5f32; 64]; 2], vec![vec![0.777; 4096]; 2]);
    let events = [
        Event::ValueAt(5, "width", 0.25),
        Event::ValueAt(70, "dry", largest("dry")),
        Event::ValueAt(3, "output_level", largest("output_level")),
        Event::ValueAt(u32::MAX, "bypass", 0.0),
    ];
    assert_ne!(raw.process_raw(64, Some(&input), Some(&mut output), &events), CLAP_PROCESS_ERROR);
    for channel in &output {
        assert!(channel[..63].iter().all(|sample| *sample == 0.5), "nothing before the last frame");
        assert!(channel[64..].iter().all(|sample| *sample == 0.777), "nothing behind the end");
    }
    assert_eq!(raw.value("width"), 0.25);
    assert_eq!(["dry", "output_level"].map(|id| raw.value(id)), ["dry", "output_level"].map(largest));
    // Without audio, too.
    raw.process_raw(0, None, None, &[Event::ValueAt(9, "width", 0.5), Event::ValueAt(2, "dry", 0.5)]);
    assert_eq!(raw.value("width"), 0.5);
    raw.deactivate();
}
