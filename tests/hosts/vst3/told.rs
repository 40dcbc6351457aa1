//! A value that a host tells the controller comes back at once, and is heard when a block brings it, not before.
use super::host::Vst3;
use crate::promises::{Instance, WET, clicks, number, room, session};
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::kResultOk;
use transept::parameters::TranseptParams;
use transept_support::signal::Seeded;

fn tell(instance: &Vst3, id: &str, value: f64) {
    // SAFETY: a call of the interface.
    assert_eq!(unsafe { instance.controller.setParamNormalized(number(id), value) }, kResultOk, "{id}");
}

/// The value on the step where the parameter will be.
fn snapped(instance: &Vst3, id: &str, value: f64) -> f64 {
    // SAFETY: calls of the interface.
    unsafe {
        let plain = instance.controller.normalizedParamToPlain(number(id), value);
        instance.controller.plainParamToNormalized(number(id), plain)
    }
}

fn ids() -> Vec<&'static str> {
    TranseptParams::default().all().map(|(id, _)| id).to_vec()
}

fn random(seeded: &mut Seeded) -> f64 {
    seeded.below(100_001) as f64 / 100_000.0
}

#[test]
fn every_value_that_is_told_comes_back_at_once_and_after_its_block() {
    let mut instance = Vst3::new();
    let mut seeded = Seeded(71);
    for is_processing in [false, true, false] {
        if is_processing {
            instance.activate(48_000, 64, false);
        }
        for _ in 0..20 {
            for id in ids() {
                let (told, brought) = (random(&mut seeded), random(&mut seeded));
                tell(&instance, id, told);
                assert_eq!(instance.value(id), snapped(&instance, id, told), "{id}: {told}, audio: {is_processing}");
                if is_processing {
                    instance.process(&clicks(2, 8), &[(id, 3, brought)]);
                    assert_eq!(instance.value(id), snapped(&instance, id, brought), "{id}: {brought} by a block");
                }
            }
        }
        if is_processing {
            instance.deactivate();
        }
    }
}

#[test]
fn automation_that_is_shown_early_is_heard_at_its_sample() {
    let room = room(2, 0.05, 72);
    let input = clicks(2, 256);
    let changes: [(&str, usize, f64); 3] = [("dry", 100, 0.9), ("wet", 60, 0.3), ("bypass", 200, 1.0)];
    let [plain, told] = [false, true].map(|is_told| {
        let mut instance = Vst3::new();
        assert!(instance.load(&session(&room.recipe, WET)));
        instance.activate(48_000, 256, true);
        let mut out = Vec::new();
        for round in 0..4 {
            if is_told {
                changes.iter().for_each(|(id, _, value)| tell(&instance, id, *value));
            }
            out.push(instance.process(&input, if round == 2 { &changes } else { &[] }));
        }
        out
    });
    assert_eq!(told, plain);
    assert_ne!(plain[2], plain[1], "the changes are to be heard");
}

/// Not all hosts say that audio runs, other than by blocks.
#[test]
fn a_host_that_only_processes_hears_nothing_early_either() {
    let mut instance = Vst3::new();
    let mut setup = Vst3::process_setup(48_000, 64, true);
    // SAFETY: calls of the interface with a pointer to a local.
    unsafe {
        assert_eq!(instance.processor.setupProcessing(&mut setup), kResultOk);
        assert_eq!(instance.component.setActive(1), kResultOk);
    }
    let bypassed = [("bypass", 0, 1.0)];
    instance.process(&clicks(2, 64), &bypassed);
    let before = instance.process(&clicks(2, 64), &[]);
    assert_eq!(before, clicks(2, 64));
    tell(&instance, "bypass", 0.0);
    assert_eq!(instance.process(&clicks(2, 64), &[]), before);
    assert_eq!(instance.value("bypass"), 0.0);
    // SAFETY: a call of the interface.
    unsafe { instance.component.setActive(0) };
    assert_eq!(instance.value("bypass"), 0.0, "no block will bring it");
}

#[test]
fn a_value_that_no_block_brings_counts_when_the_audio_stops() {
    let mut instance = Vst3::new();
    let mut seeded = Seeded(73);
    for _ in 0..10 {
        instance.activate(48_000, 64, false);
        let told: Vec<(&str, f64)> = ids().into_iter().map(|id| (id, random(&mut seeded))).collect();
        told.iter().for_each(|(id, value)| tell(&instance, id, *value));
        instance.deactivate();
        let mut other = Vst3::new();
        assert!(other.load(&instance.save()));
        for (id, value) in told {
            let value = snapped(&instance, id, value);
            assert_eq!((instance.value(id), other.value(id)), (value, value), "{id}, set and saved");
        }
    }
}

#[test]
fn a_session_saved_before_the_block_has_the_values_that_were_told() {
    let mut instance = Vst3::new();
    instance.activate(48_000, 64, true);
    let silent = [("dry", 0, 0.0), ("wet", 0, 0.0)];
    instance.process(&clicks(2, 64), &silent);
    let before = instance.process(&clicks(2, 64), &[]);
    let mut seeded = Seeded(74);
    for _ in 0..10 {
        let told: Vec<(&str, f64)> = ids().into_iter().map(|id| (id, random(&mut seeded))).collect();
        told.iter().for_each(|(id, value)| tell(&instance, id, *value));
        let mut other = Vst3::new();
        assert!(other.load(&instance.save()));
        for (id, value) in &told {
            assert_eq!(other.value(id), snapped(&instance, id, *value), "{id}");
        }
        assert_eq!(instance.process(&clicks(2, 64), &[]), before, "and none of them is heard");
    }
}

#[test]
fn a_state_goes_before_what_was_told_earlier() {
    let mut instance = Vst3::new();
    let fresh = instance.save();
    instance.activate(48_000, 64, false);
    tell(&instance, "width", 1.0);
    assert!(instance.load(&fresh));
    let width = instance.value("width");
    assert_eq!(width, Vst3::new().value("width"));
    assert_eq!(instance.save(), fresh);
    instance.deactivate();
    assert_eq!(instance.value("width"), width);
}

/// The slot and what is in it are saved together, though neither is heard yet.
#[test]
fn a_room_that_is_told_by_its_slot_is_saved() {
    let mut instance = Vst3::new();
    instance.activate(48_000, 64, true);
    let (plate, of_plate) = ([("impulse", 0, 1.0 / 127.0)], 1.0 / 127.0);
    tell(&instance, "impulse", of_plate);
    let saved = instance.save();
    let [mut told, mut brought] = [Vst3::new(), Vst3::new()];
    assert!(told.load(&saved));
    for instance in [&mut told, &mut brought] {
        instance.activate(48_000, 64, true);
    }
    brought.process(&clicks(2, 64), &plate);
    brought.deactivate();
    brought.activate(48_000, 64, true);
    let [told, brought] = [&mut told, &mut brought].map(|instance| instance.play(&clicks(2, 3000), 64));
    assert_eq!(told, brought);
    assert_ne!(instance.play(&clicks(2, 3000), 64), brought, "the hall");
}
