//! NaN, infinity and denormals in the audio.
use crate::promises::audio::{format, playing};
use crate::promises::{Instance, WET, expected, room, session, wet};
use transept_support::signal::noise;

/// In their place, before they reach the history: as if there had been zeros.
pub fn nan_and_infinity_are_silence_and_the_output_is_finite_at_once<I: Instance>() {
    let room = room(2, 0.1, 20);
    let mut instance = playing::<I>(&room, (2, 2), 44_100);
    let mut input = vec![noise(2000, 21), noise(2000, 22)];
    for (index, bad) in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -f32::NAN].into_iter().enumerate() {
        input[index % 2][100 + 37 * index] = bad;
    }
    let out = instance.play(&input, 64);
    assert!(out.iter().flatten().all(|sample| sample.is_finite()));
    let silenced: Vec<Vec<f32>> =
        input.iter().map(|c| c.iter().map(|s| if s.is_finite() { *s } else { 0.0 }).collect()).collect();
    assert_eq!(out, expected(&room.recipe, format((2, 2), 44_100), &wet(), &silenced));
}

/// D9. Numbers below the smallest normal one, both at the input and where a loud sound dies away.
pub fn denormals_in_none_out_not_even_in_bypass<I: Instance>() {
    let room = room(2, 0.05, 23);
    for params in [&[("dry", 0.0), ("wet", 0.0)], WET] {
        let mut instance = I::new();
        assert!(instance.load(&session(&room.recipe, params)));
        instance.activate(44_100, 512, true);
        let faint = |seed| noise(4000, seed).into_iter().map(|s| s * 1e-38).collect::<Vec<f32>>();
        let mut input = vec![faint(24), faint(25)];
        assert!(input.iter().flatten().any(|sample| sample.is_subnormal()));
        input[0][7] = 1.0;
        for bypass in [0.0, 1.0] {
            instance.process(&[vec![], vec![]], &[("bypass", 0, bypass)]);
            for _ in 0..3 {
                let out = instance.play(&input, 500);
                assert!(!out.iter().flatten().any(|sample| sample.is_subnormal()), "{params:?}, bypass {bypass}");
            }
        }
    }
}
