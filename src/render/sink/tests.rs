use super::*;
use crate::render::encoding::Encoding;
use std::path::Path;

/// A stream whose bytes are looked at later.
#[derive(Clone, Default)]
pub(super) struct Tape(std::rc::Rc<std::cell::RefCell<Vec<u8>>>);

impl Tape {
    pub fn bytes(&self) -> Vec<u8> {
        self.0.borrow().clone()
    }
}

impl std::io::Write for Tape {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub(super) fn spec(form: Form, bits: Bits, channels: u16, frames: Option<u64>) -> Spec {
    Spec { channels, speakers: 0, sample_rate: 48_000, encoding: Encoding { form, bits }, frames }
}

/// A file in a folder, under way.
pub(super) fn file(path: &Path) -> Destination {
    Place::check(path, true, std::iter::empty()).expect("may be written").open().expect("opened")
}

/// What a sink makes of two channels, handed over in blocks of so many frames.
fn stored(spec: Spec, dither: Dither, channels: &[Vec<f32>], block: usize) -> (Vec<u8>, Findings) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.wav");
    let mut sink = Sink::begin(file(&path), spec, dither, Carried::default()).expect("begun");
    for start in (0..channels[0].len()).step_by(block) {
        let end = channels[0].len().min(start + block);
        sink.write(&channels.iter().map(|channel| channel[start..end].to_vec()).collect::<Vec<_>>()).expect("written");
    }
    let findings = sink.finish().expect("complete");
    (std::fs::read(path).expect("there"), findings)
}

fn noise(len: u32, seed: u64) -> Vec<f32> {
    let mut random = crate::impulse::random::Random::new(seed);
    (0..len).map(|_| 0.5 * random.uniform() as f32).collect()
}

#[test]
fn the_same_bytes_come_out_whatever_the_blocks_and_in_every_run() {
    let channels = [noise(9000, 1), noise(9000, 2)];
    for form in [Form::Wave, Form::Flac] {
        let spec = spec(form, Bits::Int16, 2, Some(9000));
        let (expected, findings) = stored(spec, Dither::Tpdf, &channels, 512);
        assert!(findings.is_dithered);
        for block in [1, 17, 4096, 9000, 512] {
            assert!(stored(spec, Dither::Tpdf, &channels, block).0 == expected, "{form:?} in blocks of {block}");
        }
    }
}

#[test]
fn a_channel_that_fits_passes_beside_one_that_does_not() {
    let on_grid: Vec<f32> = (0..1000).map(|i| (i * 7 - 3000) as f32 / 32768.0).collect();
    let channels = [on_grid.clone(), noise(1000, 3)];
    let spec = spec(Form::Wave, Bits::Int16, 2, Some(1000));
    let (bytes, findings) = stored(spec, Dither::Tpdf, &channels, 512);
    assert!(findings.is_dithered);
    let left: Vec<f32> =
        bytes[44..].as_chunks::<4>().0.iter().map(|x| f32::from(i16::from_le_bytes([x[0], x[1]])) / 32768.0).collect();
    assert_eq!(left, on_grid);
    let off = stored(spec, Dither::Off, &channels, 512);
    assert!(!off.1.is_dithered && off.0 != bytes);
}

#[test]
fn a_stream_that_is_closed_is_said_and_an_unfinished_file_goes() {
    struct Closed;
    impl std::io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    for form in [Form::Wave, Form::Flac] {
        let spec = spec(form, Bits::Int24, 1, None);
        let stream = Destination::stream("a pipe", Closed);
        let mut sink = Sink::begin(stream, spec, Dither::Tpdf, Carried::default()).expect("gathered");
        // More than is gathered before it is written.
        let error = (0..40).find_map(|seed| sink.write(&[noise(10_000, seed)]).err()).expect("it is closed");
        assert!(error.to_string().starts_with("a pipe: cannot be written: "), "{error}");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out");
        let mut sink = Sink::begin(file(&path), spec, Dither::Tpdf, Carried::default()).expect("begun");
        sink.write(&[noise(100_000, 1)]).expect("written");
        assert_eq!(std::fs::read_dir(folder.path()).expect("readable").count(), 1, "under another name");
        drop(sink);
        assert_eq!(std::fs::read_dir(folder.path()).expect("readable").count(), 0);
    }
}
