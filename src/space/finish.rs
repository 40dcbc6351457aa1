//! What every space gets in the end: no rumble, a level, an end.

/// Below this frequency in Hz no loudspeaker of ours radiates: -3 dB here, 24 dB less per octave downwards.
const LOWEST: f64 = 30.0;
/// What is weaker than the loudest 10 ms by this many dB is not worth its cost.
const RANGE: f64 = 95.0;
/// Length of the fade at the end, in seconds.
const FADE: f64 = 0.1;

/// Takes the rumble away, brings the energy that each of `receivers` hears of all sources together to 1 on the average
/// (then noise is as loud wet as it is dry), and ends where nothing is left, with a fade to exact zero. The channels
/// are equally long.
pub(super) fn finish(mut channels: Vec<Vec<f32>>, receivers: usize, sample_rate: f64) -> Vec<Vec<f32>> {
    let energy = |samples: &[f32]| samples.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>();
    channels.iter_mut().for_each(|channel| low_cut(channel, sample_rate));
    let level = (receivers as f64 / channels.iter().map(|channel| energy(channel)).sum::<f64>()).sqrt();

    let block = (0.01 * sample_rate) as usize;
    let mut loudness = vec![0.0; channels.first().map_or(0, |channel| channel.len().div_ceil(block))];
    for channel in &channels {
        loudness.iter_mut().zip(channel.chunks(block)).for_each(|(loudness, block)| *loudness += energy(block));
    }
    let floor = loudness.iter().copied().fold(0.0, f64::max) * 10_f64.powf(-0.1 * RANGE);
    let heard = loudness.iter().rposition(|energy| *energy > floor).map_or(0, |last| (last + 1) * block);
    let length = channels.iter().map(Vec::len).fold(heard, usize::min);
    let fade = ((FADE * sample_rate) as usize).min(length);
    channels
        .into_iter()
        .map(|mut channel| {
            channel.truncate(length);
            for (n, sample) in channel.iter_mut().enumerate() {
                let left = (length - 1 - n) as f64 / fade as f64;
                let fading = if left < 1.0 { (0.5 * std::f64::consts::PI * left).sin().powi(2) } else { 1.0 };
                *sample = (f64::from(*sample) * level * fading) as f32;
            }
            channel
        })
        .collect()
}

/// A Butterworth filter of fourth order as two sections, by the bilinear transform (Zölzer, *DAFX*, chapter 2).
fn low_cut(samples: &mut [f32], sample_rate: f64) {
    let warped = (std::f64::consts::PI * LOWEST / sample_rate).tan();
    for damping in [0.765_366_864_730_179_6, 1.847_759_065_022_573_5] {
        let norm = 1.0 / (1.0 + damping * warped + warped * warped);
        let feedback = [2.0 * (warped * warped - 1.0) * norm, (1.0 - damping * warped + warped * warped) * norm];
        let (mut first, mut second) = (0.0, 0.0);
        for sample in samples.iter_mut() {
            let input = f64::from(*sample);
            let output = norm * input + first;
            first = -2.0 * norm * input - feedback[0] * output + second;
            second = norm * input - feedback[1] * output;
            *sample = output as f32;
        }
    }
}
