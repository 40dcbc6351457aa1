//! About rendered files.

use super::{Player, RATE, STEREO, wet};
use transept::cancel::Token;
use transept::chain::Controls;
use transept::convolution::oracle;
use transept::render::{Job, render};
use transept_support::compare::error_db;
use transept_support::folder::Folder;
use transept_support::signal::{decaying_noise, noise};
use transept_support::wave;

/// 12. Offline render differs.
#[test]
fn offline_render_differs() {
    let folder = Folder::new();
    let recipe = super::recipe(&folder, &[decaying_noise(9000, 1), decaying_noise(9000, 2)]);
    let mut signal = vec![noise(20_000, 3), noise(20_000, 4)];
    let controls = Controls { predelay: 0.01, high_cut: Some(5000.0), width: 1.5, ..Controls::default() };
    let dry = folder.wave("dry.wav", RATE, &signal);
    let job = Job { controls, ..Job::new(dry, recipe.clone(), folder.path("out.wav")) };
    let frames = render(&job, &Token::never(), |_| {}).expect("rendered").frames as usize;
    signal.iter_mut().for_each(|channel| channel.resize(frames, 0.0));
    // Live, in blocks of whatever size.
    let live = Player::new(&recipe, STEREO, controls).play(&signal, 0);
    for (rendered, live) in wave::read(&job.output).channels.iter().zip(&live) {
        assert!(rendered.iter().zip(live).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}

/// 13. Tail cut at the end.
#[test]
fn tail_cut_at_the_end() {
    let folder = Folder::new();
    // The loudest comes last.
    let mut taps = decaying_noise(30_000, 1);
    taps[29_999] = 1.0;
    let dry = noise(1000, 2);
    let recipe = super::recipe(&folder, std::slice::from_ref(&taps));
    let controls = Controls { predelay: 0.01, ..wet() };
    let path = folder.wave("dry.wav", RATE, std::slice::from_ref(&dry));
    let job = Job { controls, ..Job::new(path, recipe, folder.path("out.wav")) };
    render(&job, &Token::never(), |_| {}).expect("rendered");
    let out = wave::read(&job.output).channels.remove(0);
    // 10 ms are 480 samples.
    assert_eq!(out.len(), 480 + 1000 + 30_000 - 1);
    let mut expected = vec![0.0; 480];
    expected.extend(oracle(&dry, &taps, 30_999));
    let error = error_db(&out, &expected);
    assert!(error < -125.0, "{error:.1} dB; that of any impulse is less (tests/engine)");
}

/// 15. Leading silence of the impulse taken for latency.
#[test]
fn leading_silence_of_the_impulse_taken_for_latency() {
    let folder = Folder::new();
    let mut taps = vec![0.0; 4801];
    taps[4800] = 1.0;
    let dry = noise(10_000, 1);
    let recipe = super::recipe(&folder, &[taps]);
    let path = folder.wave("dry.wav", RATE, std::slice::from_ref(&dry));
    let job = Job { controls: Controls { dry: 1.0, ..wet() }, ..Job::new(path, recipe, folder.path("out.wav")) };
    render(&job, &Token::never(), |_| {}).expect("rendered");
    let out = wave::read(&job.output).channels.remove(0);
    // The dry signal at once, the wet one a tenth of a second later.
    let at = |i: usize| dry.get(i).map_or(0.0, |sample| f64::from(*sample));
    let expected: Vec<f64> = (0..out.len()).map(|i| at(i) + i.checked_sub(4800).map_or(0.0, at)).collect();
    let error = error_db(&out, &expected);
    assert!(error < -125.0, "{error:.1} dB; that of any impulse is less (tests/engine)");
}
