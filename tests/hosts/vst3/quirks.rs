//! What hosts were seen to do, and what the framework did not survive.
use super::host::{Vst3, factory};
use crate::promises::{Instance, WET, clicks, expected, room, session};
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;
use std::sync::atomic::Ordering;
use transept::chain::Format;
use transept::channels::ChannelLayout;
use transept::parameters::PARAMETERS;
use transept_support::signal::noise;

#[test]
fn the_factory_tells_who_it_is_and_makes_nothing_else() {
    let factory = factory();
    // SAFETY: plain C structs, and calls of the interface with pointers to locals.
    unsafe {
        let mut info: PClassInfo = std::mem::zeroed();
        assert_eq!(factory.countClasses(), 1);
        assert_eq!(factory.getClassInfo(1, &mut info), kInvalidArgument);
        assert_eq!(factory.getClassInfo(0, std::ptr::null_mut()), kInvalidArgument);
        let factory: nice_plug::wrapper::vst3::vst3::ComPtr<IPluginFactory2> = factory.cast().expect("version 2");
        let mut info: PClassInfo2 = std::mem::zeroed();
        assert_eq!(factory.getClassInfo2(0, &mut info), kResultOk);
        let text =
            |chars: &[char8]| chars.iter().map(|c| *c as u8 as char).take_while(|c| *c != '\0').collect::<String>();
        assert_eq!((text(&info.name), text(&info.subCategories)), ("Transept".to_owned(), "Fx|Reverb".to_owned()));
        let (foreign, mut object) = ([7i8; 16].map(|byte| byte as char8), std::ptr::null_mut());
        let made = factory.createInstance(foreign.as_ptr(), foreign.as_ptr(), &mut object);
        assert!(made == kInvalidArgument && object.is_null());
    }
}

/// D6: an arrangement of as many channels, but other speakers, comes back as it was asked for.
#[test]
fn a_host_gets_the_speakers_that_it_asked_for() {
    let instance = Vst3::new();
    let (mut surround, mut odd) = (SpeakerArr::kStereoSurround, 0b101);
    let mut got = 0;
    // SAFETY: calls of the interface with pointers to locals.
    unsafe {
        assert_eq!(instance.processor.setBusArrangements(&mut surround, 1, &mut odd, 1), kResultOk);
        instance.processor.getBusArrangement(BusDirections_::kInput as i32, 0, &mut got);
        assert_eq!(got, surround);
        instance.processor.getBusArrangement(BusDirections_::kOutput as i32, 0, &mut got);
        assert_eq!(got, odd);
        for mut known in [SpeakerArr::k40Music, SpeakerArr::k51, SpeakerArr::k71Music, SpeakerArr::kAmbi3rdOrderACN] {
            assert_eq!(instance.processor.setBusArrangements(&mut known, 1, &mut known, 1), kResultOk);
            instance.processor.getBusArrangement(BusDirections_::kOutput as i32, 0, &mut got);
            assert_eq!(got, known);
        }
        // Harmonics from two sources, whose places nobody knows; more out than there is; fewer out than in.
        let [mut mono, mut stereo, mut first] = [SpeakerArr::kMono, SpeakerArr::kStereo, SpeakerArr::kAmbi1stOrderACN];
        let (mut many, mut five) = (SpeakerArr::kAmbi4thOrderACN, SpeakerArr::k51);
        assert_eq!(instance.processor.setBusArrangements(&mut mono, 1, &mut first, 1), kResultOk);
        assert_ne!(instance.processor.setBusArrangements(&mut stereo, 1, &mut first, 1), kResultOk);
        assert_ne!(instance.processor.setBusArrangements(&mut many, 1, &mut many, 1), kResultOk);
        assert_ne!(instance.processor.setBusArrangements(&mut five, 1, &mut stereo, 1), kResultOk);
        assert_ne!(instance.processor.setBusArrangements(std::ptr::null_mut(), 0, std::ptr::null_mut(), 0), kResultOk);
    }
}

#[test]
fn a_number_behind_the_last_parameter_is_refused() {
    let instance = Vst3::new();
    // SAFETY: a plain C struct, and calls of the interface with pointers to locals.
    unsafe {
        let mut info: ParameterInfo = std::mem::zeroed();
        let count = instance.controller.getParameterCount();
        assert_eq!(count, PARAMETERS as i32);
        assert_eq!(instance.controller.getParameterInfo(count - 1, &mut info), kResultOk);
        assert_eq!(instance.controller.getParameterInfo(count, &mut info), kInvalidArgument);
        assert_eq!(instance.controller.getParameterInfo(-1, &mut info), kInvalidArgument);
    }
}

#[test]
fn a_block_before_any_setup_is_refused() {
    let instance = Vst3::new();
    let mut data = [0f32; 8];
    let mut channels = [data.as_mut_ptr(); 2];
    assert_eq!(Vst3::process_raw(&instance.processor, 8, None, Some(&mut channels), &[]), kNotInitialized);
}

/// No inputs are silence, whatever lies in the outputs; without outputs there is no audio.
#[test]
fn channels_that_do_not_fit_do_no_harm() {
    let room = room(2, 0.05, 41);
    let mut instance = Vst3::new();
    assert!(instance.load(&session(&room.recipe, WET)));
    instance.activate(48_000, 64, true);
    let (mut left, mut right) = (noise(64, 42), noise(64, 43));
    let mut outputs = [left.as_mut_ptr(), right.as_mut_ptr()];
    assert_eq!(Vst3::process_raw(&instance.processor, 64, None, Some(&mut outputs), &[]), kResultOk);
    assert!(left.iter().chain(&right).all(|sample| *sample == 0.0));
    let mut three = [left.as_mut_ptr(); 3];
    let mut null = [std::ptr::null_mut(); 2];
    let changes = [("wet", 10, 0.0)];
    assert_eq!(Vst3::process_raw(&instance.processor, 64, None, Some(&mut three), &[]), kResultOk);
    assert_eq!(Vst3::process_raw(&instance.processor, 64, Some(&mut three), Some(&mut null), &[]), kResultOk);
    assert_eq!(Vst3::process_raw(&instance.processor, 64, None, None, &changes), kResultOk);
    assert_eq!(instance.value("wet"), 0.0, "but parameters arrive");
}

/// What a host plays if the shell writes nothing is what lay there before.
#[test]
fn outputs_that_cannot_be_played_into_are_silence() {
    let room = room(2, 0.05, 47);
    let mut instance = Vst3::new();
    assert!(instance.load(&session(&room.recipe, WET)));
    instance.activate(48_000, 64, true);
    // The agreement is stereo.
    let cases =
        [&[Some(0), None][..], &[None, Some(1)], &[Some(0)], &[Some(0), Some(1), Some(2)], &[None, Some(1), None]];
    for given in cases {
        // One frame more than the block.
        let mut buffers = vec![vec![0.5f32; 65]; 3];
        let pointer = |channel: &Option<usize>| channel.map_or(std::ptr::null_mut(), |c| buffers[c].as_mut_ptr());
        let mut outputs: Vec<*mut f32> = given.iter().map(pointer).collect();
        let mut input = clicks(2, 64);
        let mut inputs: Vec<*mut f32> = input.iter_mut().map(|channel| channel.as_mut_ptr()).collect();
        let done = Vst3::process_raw(&instance.processor, 64, Some(&mut inputs), Some(&mut outputs), &[]);
        assert_eq!(done, kResultOk);
        for (index, buffer) in buffers.iter().enumerate() {
            let expected = if given.contains(&Some(index)) { 0.0 } else { 0.5 };
            assert!(buffer[..64].iter().all(|sample| *sample == expected), "{given:?}: channel {index} is {buffer:?}");
            assert_eq!(buffer[64], 0.5, "behind the block");
        }
    }
}

/// Not all hosts call `setProcessing`.
#[test]
fn a_host_need_not_say_that_it_starts() {
    let room = room(2, 0.05, 46);
    let mut instance = Vst3::new();
    assert!(instance.load(&session(&room.recipe, WET)));
    let mut setup = Vst3::process_setup(48_000, 512, true);
    let format = Format { sample_rate: 48_000, layout: ChannelLayout::Stereo };
    // Shorter than the room: what rings then is gone at the next start.
    let input = clicks(2, 1500);
    let expected = expected(&room.recipe, format, &crate::promises::wet(), &input);
    for _ in 0..2 {
        // SAFETY: calls of the interface with a pointer to a local.
        unsafe {
            assert_eq!(instance.processor.setupProcessing(&mut setup), kResultOk);
            assert_eq!(instance.component.setActive(1), kResultOk);
            assert_eq!(instance.play(&input, 512), expected);
            assert_eq!(instance.component.setActive(0), kResultOk);
        }
    }
}

/// In place, and out of place with an impossible offset: both are what most hosts and some hosts do.
#[test]
fn in_place_is_the_same_as_out_of_place() {
    let room = room(2, 0.05, 44);
    let mut instance = Vst3::new();
    assert!(instance.load(&session(&room.recipe, WET)));
    instance.activate(48_000, 64, true);
    let input = clicks(2, 3000);
    let mut io = input.clone();
    let mut inputs: Vec<*mut f32> = io.iter_mut().map(|channel| channel.as_mut_ptr()).collect();
    let mut outputs = inputs.clone();
    let changes = [("width", 100_000, 0.5), ("width", 3, 0.5)];
    let done = Vst3::process_raw(&instance.processor, 3000, Some(&mut inputs), Some(&mut outputs), &changes);
    assert_eq!(done, kResultOk);
    let format = Format { sample_rate: 48_000, layout: ChannelLayout::Stereo };
    assert_eq!(io, expected(&room.recipe, format, &crate::promises::wet(), &input));
}

/// D7, as a host sees it.
#[test]
fn nothing_ever_asks_the_host_to_restart() {
    let room = room(2, 0.2, 45);
    let mut instance = Vst3::new();
    for (rate, offline) in [(44_100, false), (96_000, true)] {
        instance.activate(rate, 64, offline);
        assert!(instance.load(&session(&room.recipe, WET)));
        for step in 0..50 {
            instance.process(
                &clicks(2, 200),
                &[("predelay", 7, f64::from(step) / 50.0), ("loudness", 9, f64::from(step % 2))],
            );
        }
        instance.deactivate();
    }
    assert_eq!(instance.restarts.load(Ordering::SeqCst), 0);
}
