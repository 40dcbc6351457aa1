//! FLAC with verbatim subframes (RFC 9639).

/// Frames of a block.
const BLOCK: usize = 256;

/// Checksums of FLAC and Ogg: no reflection, nothing at the start or the end.
#[must_use]
pub fn crc(bytes: &[u8], bits: u32, polynomial: u32) -> u32 {
    let top = 1 << (bits - 1);
    bytes.iter().fold(0, |mut crc, byte| {
        crc ^= u32::from(*byte) << (bits - 8);
        for _ in 0..8 {
            crc = if crc & top != 0 { (crc << 1) ^ polynomial } else { crc << 1 };
        }
        crc & (top | (top - 1))
    })
}

/// 16-bit FLAC at 48 kHz, with a header that promises so many frames.
#[must_use]
pub fn flac(channels: &[Vec<i16>], promised: u64) -> Vec<u8> {
    flac_at(48_000, channels, promised)
}

/// 16-bit FLAC at a rate in Hz, with a header that promises so many frames, or none by a 0. All blocks but the last
/// have 256 frames.
#[must_use]
pub fn flac_at(sample_rate: u64, channels: &[Vec<i16>], promised: u64) -> Vec<u8> {
    let mut bytes = b"fLaC\x80\0\0\x22".to_vec();
    bytes.extend([(BLOCK as u16).to_be_bytes(), (BLOCK as u16).to_be_bytes()].concat());
    bytes.extend([0; 6]);
    let form = (sample_rate << 44) | ((channels.len() as u64 - 1) << 41) | (15 << 36) | promised;
    bytes.extend(form.to_be_bytes());
    bytes.extend([0; 16]);
    for (number, start) in (0..channels[0].len()).step_by(BLOCK).enumerate() {
        let end = (start + BLOCK).min(channels[0].len());
        // Sync code, block size in two bytes at the end, the stream's rate; independent channels, 16 bits; number of
        // the block.
        let mut frame = vec![0xff, 0xf8, 0x70, ((channels.len() as u8 - 1) << 4) | 8];
        assert!(number < 128, "one byte holds the number");
        frame.push(number as u8);
        frame.extend(((end - start - 1) as u16).to_be_bytes());
        frame.push(crc(&frame, 8, 0x07) as u8);
        for channel in channels {
            frame.push(0b0000_0010);
            frame.extend(channel[start..end].iter().flat_map(|sample| sample.to_be_bytes()));
        }
        frame.extend((crc(&frame, 16, 0x8005) as u16).to_be_bytes());
        bytes.extend(frame);
    }
    bytes
}

/// Samples that rise by a step, and wrap around.
#[must_use]
pub fn ramp(length: usize, step: i16) -> Vec<i16> {
    (0..length).map(|index| (index as i16).wrapping_mul(step)).collect()
}

/// What 16-bit samples decode to.
#[must_use]
pub fn floats(samples: &[i16]) -> Vec<f32> {
    samples.iter().map(|sample| f32::from(*sample) / 32768.0).collect()
}
