//! The window, opened and closed while automation plays (D1). A broken one ends the whole process, so it is a child's.
use super::host::{Anywhere, Vst3};
use super::host_objects::Memory;
use super::screen::{self, Screen};
use crate::display::end_at_a_panic;
use crate::promises::{Change, Instance, WET, room, session};
use nice_plug::wrapper::vst3::vst3::ComPtr;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use transept_support::signal::Seeded;

#[test]
fn the_window_opens_and_closes_while_automation_plays_and_the_host_lives() {
    let name = "vst3::window::the_window_opens_and_closes_while_automation_plays_and_the_host_lives";
    if let Some(text) = screen::in_child(name, open_and_close) {
        assert!(text.contains("opened"), "{text}");
    }
}

fn open_and_close() {
    end_at_a_panic();
    let display = Screen::new();
    let room = room(2, 0.05, 61);
    let mut opened = 0;
    let stays = Vst3::new();
    for round in 0..4 {
        let mut instance = Vst3::new();
        instance.activate(48_000, 64, false);
        let stop = AtomicBool::new(false);
        let blocks = AtomicUsize::new(0);
        let (processor, component) =
            (Anywhere::new(instance.processor.clone()), Anywhere::new(instance.component.clone()));
        std::thread::scope(|scope| {
            scope.spawn(|| automate(processor, &stop, &blocks));
            scope.spawn(|| {
                let component = component;
                while !stop.load(Ordering::SeqCst) {
                    let stream = Memory::stream(&session(&room.recipe, WET));
                    // SAFETY: a call of the interface.
                    assert_eq!(unsafe { component.get().setState(Memory::pointer(&stream).as_ptr()) }, kResultOk);
                    std::thread::park_timeout(Duration::from_millis(5));
                }
            });
            for _ in 0..3 {
                let window = display.window(display.root(), 800, 600);
                // SAFETY: calls of the interface; the window lives until the view is removed.
                unsafe {
                    let view = ComPtr::from_raw(instance.controller.createView(ViewType::kEditor)).expect("a view");
                    let before = blocks.load(Ordering::SeqCst);
                    if view.attached(window as usize as *mut _, kPlatformTypeX11EmbedWindowID) == kResultOk {
                        opened += 1;
                        // Audio plays on beside the window for a while.
                        while blocks.load(Ordering::SeqCst) < before + 2000 {
                            std::thread::park_timeout(Duration::from_millis(1));
                        }
                        view.removed();
                    }
                }
                display.destroy(window);
            }
            stop.store(true, Ordering::SeqCst);
        });
        if round % 2 == 0 {
            // Some hosts do not stop what they throw away.
            instance.forget_to_stop();
        }
        assert_eq!(instance.restarts.load(Ordering::SeqCst), 0);
    }
    drop(stays);
    transept::plugin::vst3::factory::ModuleExit();
    assert_eq!(opened, 12);
    println!("opened {opened} times");
}

/// Every parameter in every block.
fn automate(processor: Anywhere<ComPtr<IAudioProcessor>>, stop: &AtomicBool, blocks: &AtomicUsize) {
    let mut seeded = Seeded(62);
    let ids = ["dry", "wet", "output_level", "predelay", "low_cut", "high_cut", "width", "bypass"];
    while !stop.load(Ordering::SeqCst) {
        let (mut left, mut right) = ([0.1f32; 64], [-0.1f32; 64]);
        let mut channels = [left.as_mut_ptr(), right.as_mut_ptr()];
        let mut outputs = channels;
        let changes: Vec<Change> =
            ids.iter().map(|id| (*id, seeded.below(64), seeded.below(1000) as f64 / 1000.0)).collect();
        let done = Vst3::process_raw(processor.get(), 64, Some(&mut channels), Some(&mut outputs), &changes);
        assert_eq!(done, kResultOk);
        blocks.fetch_add(1, Ordering::SeqCst);
    }
}
