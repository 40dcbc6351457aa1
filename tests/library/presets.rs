//! The presets in the box, played: as loud as each other.

use super::level::{pink, power};
use transept::cancel::Token;
use transept::chain::Format;
use transept::channels::ChannelLayout;
use transept::prepare::{Order, Preparer, decoded};
use transept::preset::built_in::built_in;

const STEREO: Format = Format { sample_rate: 48_000, layout: ChannelLayout::Stereo };

/// Both inputs hear the same noise, as a voice in the middle does; the rooms are measured by two that differ.
#[test]
fn every_preset_in_the_box_is_as_loud_on_pink_noise_as_the_dry_signal() {
    let noise: Vec<f32> = pink(1 << 17).into_iter().map(|sample| sample as f32).collect();
    let loudness = |signal: &[f32]| power(&signal.iter().copied().map(f64::from).collect::<Vec<_>>());
    let (never, reference, mut preparer) = (Token::never(), loudness(&noise), Preparer::default());
    for (generation, preset) in built_in().iter().enumerate() {
        let recipe = preset.read().expect("a preset").preset.recipe();
        let order = Order { recipe: &recipe, format: STEREO, editions: [0; 2], generation: generation as u64 };
        let mut delivery = preparer.build(&order, &decoded, &never).expect("built").delivery;
        let mut outputs = [vec![0.0; noise.len()], vec![0.0; noise.len()]];
        // Until the longest tail has gone through, so that the noise goes round.
        for _ in 0..=delivery.kernel().len().div_ceil(noise.len()) {
            let [left, right] = &mut outputs;
            delivery.convolver_mut().process(&[&noise, &noise], &mut [left, right]);
        }
        let heard = outputs.iter().map(|output| loudness(output)).sum::<f64>() / 2.0;
        let decibels = 10.0 * (heard / reference).log10();
        println!("{}: {decibels:+.2} dB", preset.name);
        assert!(decibels.abs() < 3.0, "{}: {decibels} dB", preset.name);
    }
}
