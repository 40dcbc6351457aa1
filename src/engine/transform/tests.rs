//! Transforms against the definition, their bits beside others, and their pieces.

use super::super::dispatch::Instructions;
use super::super::noise;
use super::super::spectrum::{Accumulate, Bank, Factors, Segment};
use super::*;
use crate::convolution::{self, Mode};

#[test]
fn the_packed_transform_convolves_linearly() {
    for instructions in Instructions::available() {
        let dispatch = Dispatch::new(instructions).unwrap();
        for points in [32usize, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 65_536, 131_072] {
            let transform = Transform::new(points);
            let mut values = vec![Chunk::SILENCE; transform.values_len()];
            let (x, h) = (noise(points, 1.0, 1), noise(points, 1.0, 2));
            let scaled: Vec<f32> = h.iter().map(|tap| tap / points as f32).collect();
            let [a, b] = [&x, &scaled].map(|samples| {
                let mut bank = Bank::new(1, points);
                for (piece, _) in transform.pieces() {
                    transform.forward(dispatch, &piece, &[samples], &mut values, &[0], bank.spectrum(0));
                }
                bank
            });
            let mut sums = vec![Chunk::SILENCE; points / CHUNK];
            let factors = Factors { history: &a, kernel: &b };
            let segments = &[Segment { first_chunk: 0, from: 0, with: 0, len: 1 }];
            let chunks = 0..points / CHUNK;
            dispatch.run(Accumulate { factors, segments, chunks, sums: [&mut sums], onto: false });
            let (mut samples, mut overlap) = (vec![0.0; points], vec![0.0; points]);
            for (piece, _) in transform.pieces().iter().rev() {
                let target = Target { samples: &mut samples, overlap: &mut overlap, fresh: true };
                transform.inverse(dispatch, piece, &sums, &[0], &mut values, &mut [target]);
            }
            let wide = |samples: &[f32]| samples.iter().map(|x| f64::from(*x)).collect::<Vec<_>>();
            let expected = convolution::fft(&wide(&x), &wide(&h), Mode::Full);
            // Rounding of f32 spectra: a few epsilon times log2(P), times the size of a sum of P products of ±0.5.
            let tolerance = 4.0 * f64::from(f32::EPSILON) * f64::from(points.ilog2()) * (points as f64).sqrt();
            for (got, expected) in samples.iter().chain(&overlap).zip(expected.iter().chain([&0.0])) {
                assert!(
                    (f64::from(*got) - expected).abs() < tolerance,
                    "{instructions}, {points}: {got} is not {expected}"
                );
            }
        }
    }
}

/// The smallest blocks of several channels lie side by side in a vector, and the last one fills what is left.
#[test]
fn a_block_has_the_same_bits_alone_and_beside_others() {
    for instructions in Instructions::available() {
        let dispatch = Dispatch::new(instructions).unwrap();
        for (points, channels) in
            [32, 64].into_iter().flat_map(|points| (2..=7).map(move |channels| (points, channels)))
        {
            let transform = Transform::new(points);
            assert!(transform.is_innermost());
            let (piece, mut values) = (Piece::Row(0), vec![Chunk::SILENCE; transform.values_len()]);
            let samples: Vec<_> = (0..channels).map(|channel| noise(points, 1.0, channel as u64)).collect();
            let blocks: Vec<&[f32]> = samples.iter().map(|samples| &samples[..]).collect();
            let all: Vec<usize> = (0..channels).collect();
            let [mut together, mut alone] = [(); 2].map(|()| Bank::new(1, channels * points));
            transform.forward(dispatch, &piece, &blocks, &mut values, &all, together.spectrum(0));
            for channel in 0..channels {
                let block = &blocks[channel..=channel];
                transform.forward(dispatch, &piece, block, &mut values, &[channel], alone.spectrum(0));
            }
            let what = format!("{instructions}, {channels} blocks of {points}");
            assert!(together == alone, "{what}");
            let sums = together.spectrum(0).chunks.to_vec();
            let mut heard = [(); 2].map(|()| vec![noise(2 * points, 1.0, 9); channels]);
            for (is_alone, heard) in heard.iter_mut().enumerate() {
                let mut targets: Vec<_> = heard
                    .iter_mut()
                    .map(|heard| heard.split_at_mut(points))
                    .map(|(samples, overlap)| Target { samples, overlap, fresh: false })
                    .collect();
                if is_alone == 0 {
                    transform.inverse(dispatch, &piece, &sums, &all, &mut values, &mut targets);
                    continue;
                }
                for channel in 0..channels {
                    let target = &mut targets[channel..=channel];
                    transform.inverse(dispatch, &piece, &sums, &[channel], &mut values, target);
                }
            }
            assert!(heard[0] == heard[1], "{what}");
        }
    }
}

#[test]
fn no_piece_is_longer_than_a_row() {
    for points in [64usize, 1024, 2048, 32_768, 131_072] {
        let transform = Transform::new(points);
        let pieces = transform.pieces();
        let octaves = COLUMN_OCTAVES * transform.outer + transform.row.ilog2() as usize;
        assert_eq!(pieces.iter().map(|piece| piece.1).sum::<usize>(), points * octaves);
        assert!(pieces.iter().all(|piece| piece.1 <= LONGEST_ROW * LONGEST_ROW.ilog2() as usize));
    }
}
