//! An audio callback with interleaved blocks of any length, as most sound libraries call it.
//!
//! `cargo run --example callback`, or with `--no-default-features --features engine`. The callback is called here by a
//! loop; with a library such as cpal its body is the closure that is given to the output stream.

use std::error::Error;
use std::sync::Arc;
use transept::engine::{Convolver, Kernel, ProcessError};

const RATE: u32 = 48_000;
const CHANNELS: usize = 2;
/// Frames that are convolved at once: longer blocks are cut, so no announced maximum needs to be believed.
const CHUNK: usize = 256;

/// State of the callback. It is made before the stream starts, so that the callback allocates nothing.
struct Reverb {
    convolver: Convolver,
    input: [[f32; CHUNK]; CHANNELS],
    output: [[f32; CHUNK]; CHANNELS],
}

impl Reverb {
    fn new(kernel: Kernel) -> Self {
        let silence = [[0.0; CHUNK]; CHANNELS];
        Self { convolver: Convolver::new(Arc::new(kernel)), input: silence, output: silence }
    }

    /// Convolves interleaved samples (left, right, left, …) in place. Real-time safe.
    fn callback(&mut self, data: &mut [f32]) -> Result<(), ProcessError> {
        for chunk in data.chunks_mut(CHUNK * CHANNELS) {
            let frames = chunk.len() / CHANNELS;
            for (frame, samples) in chunk.chunks_exact(CHANNELS).enumerate() {
                (self.input[0][frame], self.input[1][frame]) = (samples[0], samples[1]);
            }
            let inputs = self.input.each_ref().map(|channel| &channel[..frames]);
            let mut outputs = self.output.each_mut().map(|channel| &mut channel[..frames]);
            // A panic must not cross the sound library, so this is not `process`. The error owns no memory.
            self.convolver.try_process(&inputs, &mut outputs)?;
            for (frame, samples) in chunk.chunks_exact_mut(CHANNELS).enumerate() {
                (samples[0], samples[1]) = (self.output[0][frame], self.output[1][frame]);
            }
        }
        Ok(())
    }
}

/// Plays the example.
///
/// # Errors
/// A kernel that cannot be built, or slices that do not fit it.
pub fn main() -> Result<(), Box<dyn Error>> {
    // Left is heard again on the right after 10 ms, and right on the left after 20 ms.
    let (mut to_right, mut to_left) = (vec![0.0; 961], vec![0.0; 961]);
    (to_right[480], to_left[960]) = (0.5, 0.25);
    let mut direct = vec![0.0; 961];
    direct[0] = 1.0;
    let builder = Kernel::builder(2, 2, RATE).path(0, 0, &direct).path(1, 1, &direct);
    let kernel = builder.path(0, 1, &to_right).path(1, 0, &to_left).build()?;
    let mut reverb = Reverb::new(kernel);

    // One click on each side at once, in blocks of the sizes that sound servers use.
    let mut data = vec![0.0; 2_000 * CHANNELS];
    (data[0], data[1]) = (1.0, 1.0);
    let mut rest = &mut data[..];
    for frames in [64, 441, 1, 512, 982] {
        let (block, later) = rest.split_at_mut(frames * CHANNELS);
        reverb.callback(block)?;
        rest = later;
    }
    assert!(rest.is_empty());
    let heard: Vec<(usize, f32)> = data.iter().copied().enumerate().filter(|(_, sample)| sample.abs() > 1e-5).collect();
    let places: Vec<usize> = heard.iter().map(|(place, _)| *place).collect();
    assert_eq!(places, [0, 1, 480 * CHANNELS + 1, 960 * CHANNELS], "both clicks, and each once more on the other side");
    println!("clicks at {heard:?}");
    Ok(())
}
