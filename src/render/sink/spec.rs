//! What an output is like.

use crate::render::encoding::{Bits, Encoding};

/// Form, size and length of an output.
#[derive(Debug, Clone, Copy)]
pub(in crate::render) struct Spec {
    pub channels: u16,
    /// Bits of the channels' speakers; 0 where nobody knows them.
    pub speakers: u32,
    /// Sample rate in Hz.
    pub sample_rate: u32,
    pub encoding: Encoding,
    /// Expected samples per channel; `None` if that is not known.
    pub frames: Option<u64>,
}

impl Spec {
    /// Bytes of one sample of every channel.
    pub(super) fn frame_bytes(&self) -> u16 {
        self.channels * self.encoding.bits.bytes() as u16
    }

    /// Replaces `bytes` by these values, little-endian, each in as many bytes as a sample has.
    pub(super) fn pack(&self, values: &[i32], bytes: &mut Vec<u8>) {
        match self.encoding.bits {
            Bits::Int16 => pack::<2>(values, bytes),
            Bits::Int24 => pack::<3>(values, bytes),
            Bits::Float32 => pack::<4>(values, bytes),
        }
    }
}

fn pack<const N: usize>(values: &[i32], bytes: &mut Vec<u8>) {
    bytes.resize(values.len() * N, 0);
    for (to, value) in bytes.as_chunks_mut::<N>().0.iter_mut().zip(values) {
        to.copy_from_slice(&value.to_le_bytes()[..N]);
    }
}
