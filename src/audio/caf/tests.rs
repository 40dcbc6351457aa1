use super::super::Reader;
use super::*;
use std::path::Path;

/// A file of two frames of 16 bits, in which the sample of a channel is its number, and the other chunks before it.
fn file(channels: u16, chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut bytes = b"caff\0\x01\0\0".to_vec();
    let mut push = |letters: &[u8; 4], content: &[u8]| {
        bytes.extend(letters);
        bytes.extend((content.len() as u64).to_be_bytes());
        bytes.extend(content);
    };
    let mut description = 48_000_f64.to_be_bytes().to_vec();
    description.extend(b"lpcm");
    description.extend([0, 2 * u32::from(channels), 1, channels.into(), 16].into_iter().flat_map(u32::to_be_bytes));
    push(b"desc", &description);
    for (letters, content) in chunks {
        push(letters, content);
    }
    let samples = (0..channels).chain(0..channels).flat_map(u16::to_be_bytes);
    push(b"data", &[0; 4].into_iter().chain(samples).collect::<Vec<_>>());
    bytes
}

fn tag(kind: u32, channels: u32) -> (&'static [u8; 4], Vec<u8>) {
    (b"chan", [kind << 16 | channels, 0, 0].into_iter().flat_map(u32::to_be_bytes).collect())
}

/// The chunk of AmbiX with a matrix of so many rows and columns that is 1 where both are the same.
fn ambix(rows: usize, columns: usize) -> (&'static [u8; 4], Vec<u8>) {
    let values = (0..rows * columns).map(|at| if at / columns == at % columns { 1.0_f32 } else { 0.0 }.to_bits());
    let words = [rows as u32, columns as u32].into_iter().chain(values);
    (b"uuid", AMBIX.into_iter().chain(words.flat_map(u32::to_be_bytes)).collect())
}

/// What the file says its channels are, and the first frame in units of its samples.
fn read(channels: u16, chunks: &[(&[u8; 4], Vec<u8>)]) -> Result<(Mark, Vec<f32>), String> {
    let (bytes, cancel) = (file(channels, chunks), Token::never());
    let mut reader = Reader::bytes(Path::new("a.caf"), &bytes, &cancel).map_err(|error| error.to_string())?;
    let mut block = vec![vec![0.0; 2]; channels.into()];
    assert_eq!(reader.read(&mut block, &cancel).expect("readable"), 2);
    assert!(block.iter().all(|channel| channel[0] == channel[1]));
    Ok((reader.mark(), block.iter().map(|channel| channel[0] * 32_768.0).collect()))
}

#[test]
fn speakers_of_a_named_layout_come_in_the_order_of_wav() {
    let (mark, frame) = read(6, &[tag(124, 6)]).expect("readable");
    assert_eq!((mark, &frame[..]), (Mark::Speakers(0x3f), &[1.0, 2.0, 0.0, 5.0, 3.0, 4.0][..]));
    let (mark, frame) = read(8, &[tag(128, 8)]).expect("readable");
    assert_eq!((mark, &frame[..]), (Mark::Speakers(0x63f), &[0.0, 1.0, 2.0, 3.0, 6.0, 7.0, 4.0, 5.0][..]));
    assert_eq!(read(6, &[]).expect("readable").0, Mark::None);
    let error = read(8, &[tag(130, 8)]).expect_err("refused");
    assert!(error.contains("a.caf: it is CAF of 8 channels with the layout 130 of 8, which is not read; "), "{error}");
}

#[test]
fn harmonics_in_n3d_are_brought_to_sn3d() {
    let (mark, frame) = read(4, &[tag(191, 4)]).expect("readable");
    let degree = 1.0 / 3.0_f32.sqrt();
    assert_eq!((mark, frame), (Mark::AmbiX, vec![0.0, degree, 2.0 * degree, 3.0 * degree]));
    assert_eq!(read(4, &[tag(190, 4)]), Ok((Mark::AmbiX, vec![0.0, 1.0, 2.0, 3.0])));
}

#[test]
fn ambix_is_what_has_all_harmonics_as_they_are() {
    let plain = vec![0.0, 1.0, 2.0, 3.0];
    let none = (b"uuid", AMBIX.to_vec());
    for chunks in [vec![ambix(4, 4)], vec![none], vec![ambix(4, 4), tag(147, 4)], vec![tag(147, 4), ambix(4, 4)]] {
        assert_eq!(read(4, &chunks), Ok((Mark::AmbiX, plain.clone())), "{chunks:?}");
    }
    let mut mixed = ambix(4, 4);
    mixed.1[30] = 1;
    let cut = (b"uuid", ambix(4, 4).1[..60].to_vec());
    for (channels, chunk) in [(4, mixed), (4, cut), (4, ambix(9, 4)), (3, ambix(4, 3)), (6, ambix(6, 6))] {
        let error = read(channels, &[chunk]).expect_err("refused");
        let said =
            "a.caf: it is AmbiX of the extended format, with a matrix, in CAF, which is not read; convert it to the";
        assert!(error.contains(said), "{error}");
    }
    // The identifier of something else.
    assert_eq!(read(4, &[(b"uuid", vec![7; 40])]).expect("readable").0, Mark::None);
}
