//! What hosts call from threads of their own.
use super::host::{Anywhere, Vst3};
use super::host_objects::Memory;
use crate::promises::{Change, Instance, WET, number, room, session};
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::kResultOk;
use std::sync::atomic::{AtomicBool, Ordering};
use transept_support::signal::{Seeded, noise};

#[test]
fn a_parameter_can_be_set_from_another_thread() {
    let mut instance = Vst3::new();
    let controller = Anywhere::new(instance.controller.clone());
    std::thread::spawn(move || {
        // SAFETY: calls of the interface.
        unsafe {
            assert_eq!(controller.get().setParamNormalized(number("wet"), 0.5), kResultOk);
            assert_ne!(controller.get().setParamNormalized(number("wet"), f64::NAN), kResultOk);
            assert_ne!(controller.get().setParamNormalized(12_345, 0.5), kResultOk);
        }
    })
    .join()
    .expect("no panic");
    assert!((instance.value("wet") - 0.5).abs() < 0.01, "steps of 0.1 dB");
}

#[test]
fn a_session_loaded_on_another_thread_is_the_same() {
    let room = room(2, 0.05, 51);
    let state = session(&room.recipe, &[("dry", -60.0), ("wet", -3.0), ("low_cut", 123.0)]);
    let (mut here, mut there) = (Vst3::new(), Vst3::new());
    assert!(here.load(&state));
    let component = Anywhere::new(there.component.clone());
    let bytes = state.clone();
    std::thread::spawn(move || {
        for bad in [&b""[..], b"null", b"{}", &[0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3]] {
            // SAFETY: a call of the interface.
            let done = unsafe { component.get().setState(Memory::pointer(&Memory::stream(bad)).as_ptr()) };
            assert_ne!(done, kResultOk);
        }
        // SAFETY: a call of the interface.
        let done = unsafe { component.get().setState(Memory::pointer(&Memory::stream(&bytes)).as_ptr()) };
        assert_eq!(done, kResultOk);
    })
    .join()
    .expect("no panic");
    assert_eq!(there.save(), here.save());
}

/// Audio with automation on one thread, states on a second, parameters and texts on a third, all at once.
#[test]
fn sessions_and_parameters_may_come_from_anywhere_while_audio_plays() {
    let rooms = [room(2, 0.05, 52), room(4, 0.3, 53)];
    let mut instance = Vst3::new();
    instance.activate(48_000, 64, false);
    let stop = AtomicBool::new(false);
    let (processor, component) = (Anywhere::new(instance.processor.clone()), Anywhere::new(instance.component.clone()));
    std::thread::scope(|scope| {
        let audio = scope.spawn(|| {
            let processor = processor;
            let mut seeded = Seeded(54);
            let (mut left, mut right) = (noise(64, 55), noise(64, 56));
            while !stop.load(Ordering::SeqCst) {
                let mut channels = [left.as_mut_ptr(), right.as_mut_ptr()];
                let mut outputs = channels;
                let value = seeded.below(1000) as f64 / 1000.0;
                let changes: Vec<Change> =
                    ["wet", "predelay", "bypass", "loudness"].iter().map(|id| (*id, seeded.below(64), value)).collect();
                let done = Vst3::process_raw(processor.get(), 64, Some(&mut channels), Some(&mut outputs), &changes);
                assert_eq!(done, kResultOk);
                assert!(left.iter().chain(&right).all(|sample| sample.is_finite()));
                // So that it neither dies away nor grows without end.
                left.copy_from_slice(&noise(64, 57));
                right.copy_from_slice(&noise(64, 58));
            }
        });
        let states = scope.spawn(|| {
            let component = component;
            for round in 0..60 {
                let stream = Memory::stream(&session(&rooms[round % 2].recipe, WET));
                // SAFETY: a call of the interface.
                assert_eq!(unsafe { component.get().setState(Memory::pointer(&stream).as_ptr()) }, kResultOk);
                std::thread::park_timeout(std::time::Duration::from_millis(2));
            }
        });
        for round in 0..300 {
            // SAFETY: a call of the interface.
            unsafe { instance.controller.setParamNormalized(number("width"), f64::from(round % 10) / 10.0) };
            assert_eq!(instance.show("wet", 0.0), "off");
            let saved = instance.save();
            assert!(!saved.is_empty());
        }
        states.join().expect("no panic");
        stop.store(true, Ordering::SeqCst);
        audio.join().expect("no panic");
    });
    assert_eq!(instance.latency(), 0);
}
