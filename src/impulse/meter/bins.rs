//! Bins of a block's spectrum, a few at a time.

/// Bins that are summed together: what is read and written again and again stays in the processor's nearest cache.
pub(super) const CHUNK: usize = 256;

/// Where some bins of a block lie, and what a block's neighbour is multiplied by there.
#[derive(Clone, Copy)]
pub(super) struct Chunk {
    pub re: usize,
    pub im: usize,
    pub sign: f32,
}

/// Bins of a block, real and imaginary parts.
#[derive(Clone, Copy)]
pub(super) struct Bins<'a> {
    pub re: &'a [f32; CHUNK],
    pub im: &'a [f32; CHUNK],
}

impl<'a> Bins<'a> {
    /// Of silence.
    pub const SILENCE: Self = Self { re: &[0.0; CHUNK], im: &[0.0; CHUNK] };

    /// Of a block.
    pub fn of(block: &'a [f32], chunk: Chunk) -> Self {
        let part = |start: usize| block[start..start + CHUNK].try_into().expect("so many");
        Self { re: part(chunk.re), im: part(chunk.im) }
    }
}
