//! Promises about the order in which a host calls: a session may come before or after an activation, and a bounce may
//! begin with a set-up, with a call in the midst of playing, or with a block that says so.
use super::state::stereo;
use super::*;
use transept_support::compare::assert_same_bits;

const RATE: u32 = 48_000;

/// Silence at the beginning of [`late_room`], in seconds: for so long nothing of it is heard, whenever it comes.
const LATE: f32 = 0.5;

/// An impulse that takes long to build: four channels of ten seconds at another rate, of which hardly anything but this
/// beginning is heard.
fn long_room(beginning: &[f32]) -> Room {
    let folder = Folder::new();
    let tail = decaying_noise(10 * 44_100, 71);
    let channel =
        |gain: f32| beginning.iter().copied().chain(tail.iter().map(|tap| tap * 1e-5)).map(|tap| tap * gain).collect();
    let path = folder.wave("long.wav", 44_100, &[1.0, 0.5, -0.5, 0.75].map(channel));
    Room { _folder: folder, recipe: Recipe::file(&path), path }
}

/// One that begins with silence.
fn late_room() -> Room {
    long_room(&vec![0.0; (LATE * 44_100.0) as usize])
}

/// What a host does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Load,
    Activate,
    Play,
    SayOffline,
}

/// Every order of calls in which an instance plays only while it is active.
fn orders() -> Vec<Vec<Call>> {
    fn extend(order: &[Call], left: &[Call], all: &mut Vec<Vec<Call>>) {
        if left.is_empty() {
            all.push(order.to_vec());
        }
        for call in left.iter().filter(|call| **call != Call::Play || order.contains(&Call::Activate)) {
            let rest: Vec<Call> = left.iter().copied().filter(|other| other != call).collect();
            extend(&[order, &[*call]].concat(), &rest, all);
        }
    }
    let mut all = Vec::new();
    extend(&[], &[Call::Load, Call::Activate, Call::SayOffline], &mut all);
    extend(&[], &[Call::Load, Call::Activate, Call::Play, Call::SayOffline], &mut all);
    all
}

/// However the host says that it is offline, and whenever the session comes.
pub fn a_bounce_has_the_right_room_from_its_first_sample_in_every_order_of_calls<I: Instance>() {
    let room = room(4, 6.0, 72);
    let input = vec![noise(12_000, 73), noise(12_000, 74)];
    let expected = expected(&room.recipe, stereo(), &wet(), &input);
    assert!(expected[0][0] != 0.0 && expected[1][0] != 0.0);
    let orders = orders();
    assert_eq!(orders.len(), 6 + 12);
    for order in orders {
        let mut instance = I::new();
        for call in &order {
            match call {
                Call::Load => assert!(instance.load(&session(&room.recipe, WET))),
                Call::Activate => instance.activate(RATE, 512, false),
                Call::SayOffline => instance.say_offline(true),
                Call::Play => drop(instance.play(&input, 512)),
            }
        }
        // What was played offline before is a bounce of its own; the next one begins with a reset.
        if order.last() == Some(&Call::Play) || position(&order, Call::SayOffline) < position(&order, Call::Play) {
            instance.reset();
        }
        assert_same_bits(&instance.play(&input, 500), &expected, &format!("{order:?}"));
        // A bounce ends with the word, and the next one is the same.
        instance.say_offline(false);
        instance.play(&input, 512);
        instance.say_offline(true);
        assert_same_bits(&instance.play(&input, 64), &expected, &format!("{order:?}, again"));
    }
}

fn position(order: &[Call], call: Call) -> Option<usize> {
    order.iter().position(|other| *other == call)
}

/// Not in the hall, which an instance has before its session.
pub fn a_fresh_instance_is_silent_until_its_sessions_room_is_there<I: Instance>() {
    let room = late_room();
    let input = vec![noise(19_200, 75), noise(19_200, 76)];
    for loads_first in [true, false] {
        let mut instance = I::new();
        if loads_first {
            assert!(instance.load(&session(&room.recipe, WET)));
        }
        instance.activate(RATE, 512, false);
        if !loads_first {
            assert!(instance.load(&session(&room.recipe, WET)));
        }
        let out = instance.play(&input, 64);
        let heard = out.iter().flatten().position(|sample| *sample != 0.0);
        assert_eq!(heard, None, "loaded first: {loads_first}");
    }
}

/// The input of the room before fades out within 50 ms, the room rings out, and nothing else is heard meanwhile.
pub fn another_session_lets_the_room_before_ring_out<I: Instance>() {
    let (before, after) = (room(2, 1.0, 77), late_room());
    let input = vec![noise(48_000, 78), noise(48_000, 79)];
    let at = 24_000;
    let mut instance = I::new();
    assert!(instance.load(&session(&before.recipe, WET)));
    instance.activate(RATE, 512, false);
    let parts = |range: std::ops::Range<usize>| -> Vec<Vec<f32>> {
        input.iter().map(|channel| channel[range.clone()].to_vec()).collect()
    };
    instance.play(&parts(0..at), 64);
    assert!(instance.load(&session(&after.recipe, WET)));
    // Less than the silence with which the room begins.
    let found = instance.play(&parts(at..at + 20_000), 64);

    let mut chain = sounding(&before.recipe, stereo(), &wet());
    let play = |chain: &mut Chain, range: std::ops::Range<usize>| {
        let mut io = parts(range);
        let mut slices: Vec<&mut [f32]> = io.iter_mut().map(Vec::as_mut_slice).collect();
        chain.process(&mut slices, &wet(), None);
        io
    };
    play(&mut chain, 0..at);
    chain.silence();
    let alone = play(&mut chain, at..at + 20_000);
    // The room may be built before the old one has rung out, which then fades: between what rings and nothing.
    for (found, alone) in found.iter().zip(&alone) {
        let outside = found.iter().zip(alone).position(|(found, alone)| {
            let rounding = alone.abs() * f32::EPSILON * 4.0;
            found * alone < 0.0 || found.abs() > alone.abs() + rounding
        });
        assert_eq!(outside, None, "more than what rings out");
    }
    assert_same_bits(
        &found.iter().map(|channel| channel[..1_000].to_vec()).collect::<Vec<_>>(),
        &alone.iter().map(|channel| channel[..1_000].to_vec()).collect::<Vec<_>>(),
        "it rings",
    );
}

/// A host that loads what is there, to undo something else, does not want a hole in the sound.
pub fn the_same_room_in_another_shape_goes_on<I: Instance>() {
    // Without its input it is silent after a tenth of a second.
    let room = long_room(&decaying_noise(4_410, 80));
    let mut instance = I::new();
    assert!(instance.load(&session(&room.recipe, WET)));
    instance.activate(RATE, 512, false);
    instance.say_offline(true);
    let input = vec![noise(48_000, 81), noise(48_000, 82)];
    instance.play(&input, 512);
    instance.say_offline(false);
    // Live again, and nothing is waited for.
    let level = |sound: &[f32]| sound.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>().sqrt();
    let steady = level(&instance.play(&input, 960)[0][..960]);
    assert!(instance.load(&session(&room.recipe, &[WET, &[("decay_high", 80.0)]].concat())));
    let out = instance.play(&input, 64);
    let faintest = out[0].chunks(960).map(level).fold(f64::INFINITY, f64::min);
    assert!(faintest > 0.3 * steady, "{faintest} of {steady}");
}
