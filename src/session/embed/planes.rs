//! Samples as bytes that compress.
//!
//! Samples that came from integers become those again; as floats the quiet ones would spread their few bits over all
//! bytes. Of neighbours the differences are taken, as often as it makes them smaller. Then the highest bytes of all
//! samples come first, and so on down to the lowest: what the samples have in common is brought together, apart from
//! the noise.

use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;

/// Full scale of the widest integers that are looked for.
const SCALE: f32 = (1 << 23) as f32;

/// How often differences may be taken.
const ORDERS: std::ops::RangeInclusive<u8> = 0..=3;

/// What stands for a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The bits of a float.
    Float,
    /// An integer of so many bits, from 1 to 24, the sign's included.
    Integer(u8),
}

impl Form {
    /// The smallest form that loses nothing.
    pub fn of(impulse: &Impulse, cancel: &Token) -> Result<Self, Cancelled> {
        let mut bits = 0;
        for samples in impulse.channels().iter().flat_map(|channel| channel.chunks(1 << 16)) {
            cancel.check()?;
            for &sample in samples {
                let integer = (sample * SCALE) as i32;
                // Minus zero is no integer, and 1 is not among those of 24 bits.
                if !(-1.0..1.0).contains(&sample) || (integer as f32 / SCALE).to_bits() != sample.to_bits() {
                    return Ok(Self::Float);
                }
                bits |= integer;
            }
        }
        Ok(Self::Integer(24 - bits.trailing_zeros().min(23) as u8))
    }

    /// Bytes of a sample.
    pub fn width(self) -> usize {
        match self {
            Self::Float => 4,
            Self::Integer(bits) => usize::from(bits).div_ceil(8),
        }
    }

    /// Bytes of a block of samples.
    pub fn bytes(self, samples: usize) -> usize {
        1 + samples * self.width()
    }
}

/// Fills `bytes` with a block of samples: how often differences were taken, and the planes, of `samples.len()` each.
pub fn split(samples: &[f32], form: Form, bytes: &mut Vec<u8>) {
    let (order, words) = match form {
        // Exponents apart from signs.
        Form::Float => (0, samples.iter().map(|sample| sample.to_bits().rotate_left(1)).collect()),
        Form::Integer(bits) => {
            let scale = full_scale(bits);
            let mut integers: Vec<i32> = samples.iter().map(|sample| (sample * scale) as i32).collect();
            smallest(&mut integers, bits)
        }
    };
    bytes.clear();
    bytes.push(order);
    for plane in (0..form.width()).rev() {
        bytes.extend(words.iter().map(|word| (word >> (8 * plane)) as u8));
    }
}

/// Appends the block of samples that `bytes` holds; `None` if it holds none.
pub fn join(bytes: &[u8], form: Form, samples: &mut Vec<f32>) -> Option<()> {
    let (&order, planes) = bytes.split_first()?;
    let count = planes.len() / form.width();
    let words = (0..count)
        .map(|index| (0..form.width()).fold(0, |word, plane| word << 8 | u32::from(planes[plane * count + index])));
    match form {
        Form::Float if order == 0 => samples.extend(words.map(|word| f32::from_bits(word.rotate_right(1)))),
        Form::Integer(bits) if ORDERS.contains(&order) => {
            let mut integers: Vec<i32> = words.map(|word| wrapped(signed(word), bits)).collect();
            for _ in 0..order {
                for index in 1..count {
                    integers[index] = wrapped(integers[index] + integers[index - 1], bits);
                }
            }
            let scale = full_scale(bits);
            samples.extend(integers.iter().map(|&integer| integer as f32 / scale));
        }
        _ => return None,
    }
    Some(())
}

/// The order of differences whose sum of magnitudes is least, and those differences. Overwrites the integers.
fn smallest(integers: &mut [i32], bits: u8) -> (u8, Vec<u32>) {
    let (mut best, mut least) = ((0, Vec::new()), u64::MAX);
    for order in ORDERS {
        let words: Vec<u32> = integers.iter().map(|&integer| unsigned(integer)).collect();
        let sum = words.iter().copied().map(u64::from).sum();
        if sum < least {
            (best, least) = ((order, words), sum);
        }
        for index in (1..integers.len()).rev() {
            integers[index] = wrapped(integers[index] - integers[index - 1], bits);
        }
    }
    best
}

fn full_scale(bits: u8) -> f32 {
    (1_u32 << (bits - 1)) as f32
}

/// Differences need a bit more than what they are of, but modulo the range they say as much.
fn wrapped(integer: i32, bits: u8) -> i32 {
    let unused = 32 - u32::from(bits);
    integer << unused >> unused
}

/// With the sign in the lowest bit: of small numbers of either sign the high bytes are then alike.
fn unsigned(integer: i32) -> u32 {
    ((integer << 1) ^ (integer >> 31)) as u32
}

fn signed(word: u32) -> i32 {
    (word >> 1) as i32 ^ -((word & 1) as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(samples: &[f32]) -> Form {
        let impulse = Impulse::new(vec![samples.to_vec()], 48_000).expect("valid");
        Form::of(&impulse, &Token::never()).expect("not cancelled")
    }

    #[track_caller]
    fn comes_back(samples: &[f32], expected: Form) {
        assert_eq!(form(samples), expected);
        let (mut bytes, mut back) = (vec![9], vec![]);
        split(samples, expected, &mut bytes);
        assert_eq!(bytes.len(), expected.bytes(samples.len()));
        join(&bytes, expected, &mut back).expect("a block");
        assert!(back.iter().map(|sample| sample.to_bits()).eq(samples.iter().map(|sample| sample.to_bits())));
    }

    #[test]
    fn every_integer_comes_back_in_the_fewest_bits() {
        for bits in 1..=24 {
            let full = 1 << (bits - 1);
            let integers: Vec<f32> = (-full..full).map(|integer| integer as f32 / full as f32).collect();
            comes_back(&integers, Form::Integer(bits as u8));
        }
        comes_back(&[0.0, 0.0], Form::Integer(1));
        comes_back(&[0.0, -1.0, 0.0, -1.0, -1.0], Form::Integer(1));
    }

    #[test]
    fn neighbours_from_one_end_of_the_range_to_the_other_come_back() {
        for bits in [2, 8, 16, 24] {
            let full = full_scale(bits);
            let (low, high) = (-1.0, (full - 1.0) / full);
            comes_back(&[low, high, low, high, high, low, low, 0.0, high], Form::Integer(bits));
        }
    }

    #[test]
    fn what_is_no_integer_comes_back_as_the_float_it_is() {
        let least = f32::from_bits(1);
        for float in [1.0, -0.0, 0.5 / SCALE, -1.0 - f32::EPSILON, least, -least, f32::MAX, f32::MIN, 0.1, 1e9, -1e-9] {
            comes_back(&[0.0, 0.5, float], Form::Float);
        }
    }

    #[test]
    fn quiet_samples_have_high_planes_of_zeros() {
        let mut bytes = Vec::new();
        split(&[-3.0 / SCALE, 2.0 / SCALE, 100.0 / SCALE, -128.0 / SCALE], Form::Integer(24), &mut bytes);
        assert_eq!(bytes, [0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 4, 200, 255]);
    }

    #[test]
    fn what_rises_steadily_becomes_small() {
        let mut bytes = Vec::new();
        let rising: Vec<f32> = (0..6).map(|n| (500 + 100 * n) as f32 / 32768.0).collect();
        split(&rising, Form::Integer(16), &mut bytes);
        // 500 and -400, each doubled with its sign below; then nothing.
        assert_eq!(bytes, [2, 3, 3, 0, 0, 0, 0, 232, 31, 0, 0, 0, 0]);
    }

    #[test]
    fn a_block_of_unknown_order_is_none() {
        for (form, order) in [(Form::Float, 1), (Form::Integer(16), 4), (Form::Integer(24), 255)] {
            let mut bytes = vec![0; form.bytes(2)];
            bytes[0] = order;
            assert_eq!(join(&bytes, form, &mut Vec::new()), None);
            bytes[0] = 0;
            assert_eq!(join(&bytes, form, &mut Vec::new()), Some(()));
        }
        assert_eq!(join(&[], Form::Float, &mut Vec::new()), None);
    }
}
