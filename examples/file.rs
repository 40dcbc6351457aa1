//! Renders a file through an impulse response of another sample rate: decode, resample, level, kernel, WAV.
//!
//! `cargo run --example file -- IMPULSE INPUT OUTPUT.wav`, or without arguments with files of its own.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use transept::cancel::Token;
use transept::channels::ChannelLayout;
use transept::engine::{Convolver, Kernel};
use transept::impulse::layout::routes;
use transept::impulse::{decode, level, resample};

/// Frames per call; any number gives the same bits.
const BLOCK: usize = 1024;

/// Convolves a file of 1 to 16 channels with an impulse response and writes a WAV file of 32-bit floats, of as many
/// channels. What these are is said by their number alone: 6 are 5.1.
fn render(impulse: &Path, input: &Path, output: &Path) -> Result<(), Box<dyn Error>> {
    // Long work can be cancelled through a token; this work is not.
    let cancel = Token::never();
    let audio = decode::audio(input, &cancel)?;
    let channels = audio.channels.len();
    let layout = ChannelLayout::of(channels, channels).ok_or("only files of 1 to 16 channels can be rendered")?;

    // Impulse response: at the input's rate, as loud on pink noise as the input, laid out for its channels.
    let impulse = decode::file(impulse, &cancel)?;
    let impulse = resample::impulse(&impulse, audio.sample_rate, 0, &cancel)?;
    let mut routes = routes(&impulse, layout, &cancel)?;
    let gain = level::loudness_gain(&routes, layout, audio.sample_rate, &cancel)? as f32;
    routes.iter_mut().flat_map(|route| &mut route.taps).for_each(|tap| *tap *= gain);

    let builder = Kernel::builder(channels, channels, audio.sample_rate);
    let builder = routes.iter().fold(builder, |builder, route| builder.path(route.input, route.output, &route.taps));
    let mut convolver = Convolver::new(Arc::new(builder.build()?));

    // The tail rings on after the input's end.
    let len = audio.channels[0].len() + impulse.len() - 1;
    let padded = audio.channels.into_iter().map(|mut samples| {
        samples.resize(len, 0.0);
        samples
    });
    let inputs: Vec<Vec<f32>> = padded.collect();
    let mut outputs = vec![vec![0.0; len]; channels];
    for start in (0..len).step_by(BLOCK) {
        let now = start..len.min(start + BLOCK);
        let ins: Vec<&[f32]> = inputs.iter().map(|samples| &samples[now.clone()]).collect();
        let mut outs: Vec<&mut [f32]> = outputs.iter_mut().map(|samples| &mut samples[now.clone()]).collect();
        convolver.process(&ins, &mut outs);
    }
    write(output, audio.sample_rate, &outputs)
}

fn write(path: &Path, sample_rate: u32, channels: &[Vec<f32>]) -> Result<(), Box<dyn Error>> {
    let (bits_per_sample, sample_format) = (32, hound::SampleFormat::Float);
    let spec = hound::WavSpec { channels: channels.len() as u16, sample_rate, bits_per_sample, sample_format };
    let mut writer = hound::WavWriter::create(path, spec)?;
    for frame in 0..channels[0].len() {
        channels.iter().try_for_each(|channel| writer.write_sample(channel[frame]))?;
    }
    Ok(writer.finalize()?)
}

/// Renders a click through a room of one echo. Both files are made here.
///
/// # Errors
/// A file that cannot be written or read.
pub fn demonstrate() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("transept-example-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let [impulse, input, output] = ["impulse.wav", "input.wav", "output.wav"].map(|name| folder.join(name));
    // At 44.1 kHz the direct sound after 10 ms, and an echo of half its amplitude 100 ms later.
    let mut taps = vec![0.0; 8_820];
    (taps[441], taps[4_851]) = (1.0, 0.5);
    write(&impulse, 44_100, &[taps])?;
    let mut click = vec![0.0; 100];
    click[0] = 0.5;
    write(&input, 48_000, &[click])?;

    render(&impulse, &input, &output)?;
    let rendered = decode::audio(&output, &Token::never())?;
    std::fs::remove_dir_all(&folder)?;
    let samples = &rendered.channels[0];
    assert_eq!(rendered.sample_rate, 48_000);
    let (direct, echo) = (samples[480], samples[5_280]);
    assert!((echo / direct - 0.5).abs() < 0.01, "the same times at 48 kHz: {direct}, {echo}");
    assert!(direct < 0.5, "an echo adds loudness, so the level is lowered: {direct}");
    println!("{} samples, direct sound {direct:.3}, echo {echo:.3}", samples.len());
    Ok(())
}

/// Renders the files named by the arguments.
///
/// # Errors
/// A file that cannot be written or read.
pub fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    match &arguments[..] {
        [] => demonstrate(),
        [impulse, input, output] => render(Path::new(impulse), Path::new(input), Path::new(output)),
        _ => Err("usage: file IMPULSE INPUT OUTPUT.wav".into()),
    }
}
