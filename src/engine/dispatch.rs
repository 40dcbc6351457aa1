//! Choice of the vector instructions of the inner loops: made when a kernel is built, read once per loop.

use pulp::bytemuck::cast;
use pulp::{Scalar128b, Simd, WithSimd};
use std::any::{Any, TypeId};
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{__m256, __m512};
use std::fmt;

/// A set of vector instructions.
///
/// With one set, a kernel gives the same bits every time, on every machine that has it: the loops are the engine's own,
/// and nothing in them follows the machine. Two sets differ in rounding, about as much as either differs from the exact
/// result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instructions {
    /// What every processor has that the program was compiled for.
    Portable,
    /// x86-64 with 256-bit vectors and fused multiply-add.
    Avx2,
    /// x86-64 with 512-bit vectors.
    Avx512,
    /// 64-bit ARM.
    Neon,
}

impl Instructions {
    /// All sets that this processor has, from the slowest to the fastest.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let all = [Self::Portable, Self::Avx2, Self::Avx512, Self::Neon];
        all.into_iter().filter(|set| Dispatch::new(*set).is_some()).collect()
    }

    /// The fastest that this processor has.
    #[must_use]
    pub fn best() -> Self {
        Self::available().last().copied().unwrap_or(Self::Portable)
    }
}

impl fmt::Display for Instructions {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Neon => "neon",
        })
    }
}

/// The proof that the processor has a set of instructions.
#[derive(Debug, Clone, Copy)]
pub(super) enum Dispatch {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2(pulp::x86::V3),
    #[cfg(target_arch = "x86_64")]
    Avx512(pulp::x86::V4),
    #[cfg(target_arch = "aarch64")]
    Neon(pulp::aarch64::Neon),
}

impl Dispatch {
    /// `None` when the processor does not have it.
    pub fn new(instructions: Instructions) -> Option<Self> {
        match instructions {
            Instructions::Portable => Some(Self::Portable),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => pulp::x86::V3::try_new().map(Self::Avx2),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => pulp::x86::V4::try_new().map(Self::Avx512),
            #[cfg(target_arch = "aarch64")]
            Instructions::Neon => pulp::aarch64::Neon::try_new().map(Self::Neon),
            #[allow(unreachable_patterns, reason = "what is left depends on the processor's family")]
            _ => None,
        }
    }

    /// The set that this proves.
    pub fn instructions(self) -> Instructions {
        match self {
            Self::Portable => Instructions::Portable,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => Instructions::Avx2,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => Instructions::Avx512,
            #[cfg(target_arch = "aarch64")]
            Self::Neon(_) => Instructions::Neon,
        }
    }

    /// Runs a loop compiled for these instructions. All that the loop calls must be inlined into it, or it is compiled
    /// without them.
    #[inline(always)]
    pub fn run<Loop: WithSimd>(self, body: Loop) -> Loop::Output {
        match self {
            Self::Portable => body.with_simd(Scalar128b),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(simd) => Simd::vectorize(simd, body),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(simd) => Simd::vectorize(simd, body),
            #[cfg(target_arch = "aarch64")]
            Self::Neon(simd) => Simd::vectorize(simd, body),
        }
    }
}

/// True when a fused multiply-add is an instruction. Otherwise it is a function call, and very slow.
#[inline(always)]
fn is_fused<S: Simd>() -> bool {
    TypeId::of::<S>() != TypeId::of::<Scalar128b>()
}

/// `a · b + c`.
#[inline(always)]
pub(super) fn multiply_add<S: Simd>(simd: S, a: S::f32s, b: S::f32s, c: S::f32s) -> S::f32s {
    if is_fused::<S>() { simd.mul_add_e_f32s(a, b, c) } else { simd.add_f32s(simd.mul_f32s(a, b), c) }
}

/// `c - a · b`.
#[inline(always)]
pub(super) fn multiply_subtract<S: Simd>(simd: S, a: S::f32s, b: S::f32s, c: S::f32s) -> S::f32s {
    if is_fused::<S>() { simd.negate_mul_add_e_f32s(a, b, c) } else { simd.sub_f32s(c, simd.mul_f32s(a, b)) }
}

/// Transposes quads of four lanes: with vectors of four quads, what was quad `q` of vector `v` becomes quad `v` of
/// vector `q`; with vectors of two, the first two change so, and the last two; with single quads nothing changes.
#[inline(always)]
pub(super) fn transpose_quads<S: Simd>(simd: S, x: [S::f32s; 4]) -> [S::f32s; 4] {
    #[cfg(target_arch = "x86_64")]
    {
        let simd: &dyn Any = &simd;
        if let Some(simd) = simd.downcast_ref::<pulp::x86::V3>() {
            let [a, b, c, d]: [__m256; 4] = cast(x);
            return cast([
                simd.avx._mm256_permute2f128_ps::<0x20>(a, b),
                simd.avx._mm256_permute2f128_ps::<0x31>(a, b),
                simd.avx._mm256_permute2f128_ps::<0x20>(c, d),
                simd.avx._mm256_permute2f128_ps::<0x31>(c, d),
            ]);
        }
        if let Some(simd) = simd.downcast_ref::<pulp::x86::V4>() {
            let [a, b, c, d]: [__m512; 4] = cast(x);
            let simd = simd.avx512f;
            let (ab, cd) = (simd._mm512_shuffle_f32x4::<0x44>(a, b), simd._mm512_shuffle_f32x4::<0x44>(c, d));
            let (ef, gh) = (simd._mm512_shuffle_f32x4::<0xEE>(a, b), simd._mm512_shuffle_f32x4::<0xEE>(c, d));
            return cast([
                simd._mm512_shuffle_f32x4::<0x88>(ab, cd),
                simd._mm512_shuffle_f32x4::<0xDD>(ab, cd),
                simd._mm512_shuffle_f32x4::<0x88>(ef, gh),
                simd._mm512_shuffle_f32x4::<0xDD>(ef, gh),
            ]);
        }
    }
    debug_assert!(S::F32_LANES == 4);
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Transpose;

    impl WithSimd for Transpose {
        type Output = ();

        fn with_simd<S: Simd>(self, simd: S) {
            let quads = S::F32_LANES / 4;
            // Each lane is the number of its quad, counted along the vectors.
            let numbers: Vec<f32> = (0..4 * S::F32_LANES).map(|lane| (lane / 4) as f32).collect();
            let mut vectors = [simd.splat_f32s(0.0); 4];
            vectors.copy_from_slice(S::as_simd_f32s(&numbers).0);
            let transposed = transpose_quads(simd, vectors);
            let found: Vec<f32> = transposed
                .iter()
                .flat_map(|vector| pulp::bytemuck::cast_slice::<S::f32s, f32>(std::slice::from_ref(vector)).to_vec())
                .step_by(4)
                .collect();
            // So many vectors at a time are a square of quads.
            let expected: Vec<f32> = (0..4 * quads)
                .map(|place| (place / quads, place % quads))
                .map(|(vector, quad)| (vector / quads * quads * quads + quad * quads + vector % quads) as f32)
                .collect();
            assert_eq!(found, expected, "{} lanes", S::F32_LANES);
            let back = transpose_quads(simd, transposed);
            assert!(back.iter().zip(vectors).all(|(a, b)| format!("{a:?}") == format!("{b:?}")));
        }
    }

    #[test]
    fn quads_are_transposed_in_every_set_of_instructions() {
        Instructions::available().into_iter().filter_map(Dispatch::new).for_each(|dispatch| dispatch.run(Transpose));
    }
}
