//! What a dry WAV file says besides its samples goes along.

use super::{RATE, done, file, wet};
use transept::impulse::findings::Finding;
use transept::render::{Job, Report};
use transept_support::folder::Folder;

/// A chunk with its letters, size and pad byte.
fn chunk(id: &[u8; 4], bytes: &[u8]) -> Vec<u8> {
    [&id[..], &(bytes.len() as u32).to_le_bytes(), bytes, &vec![0; bytes.len() % 2]].concat()
}

/// A broadcast extension of version 1 with a time reference in samples.
fn bext(time: u64) -> Vec<u8> {
    let mut bytes = vec![0; 602];
    bytes[..5].copy_from_slice(b"Scene");
    bytes[338..346].copy_from_slice(&time.to_le_bytes());
    bytes[346] = 1;
    chunk(b"bext", &bytes)
}

fn mark(position: u32) -> Vec<u8> {
    let fields = [1, 1, position, u32::from_le_bytes(*b"data"), 0, 0, position];
    chunk(b"cue ", &fields.into_iter().flat_map(u32::to_le_bytes).collect::<Vec<u8>>())
}

fn titled() -> Vec<u8> {
    chunk(b"LIST", b"INFOINAM\x04\0\0\0one\0")
}

/// A job for a file of 1000 frames with chunks before and behind its samples.
fn job(folder: &Folder) -> Job {
    let format: Vec<u8> = [1_u16, 1, 48_000, 0, 0x7700, 1, 2, 16].into_iter().flat_map(u16::to_le_bytes).collect();
    let samples = chunk(b"data", &[1; 2000]);
    let ixml = chunk(b"iXML", b"<BWFXML/>");
    let body = [bext(3600 * 48_000), chunk(b"fmt ", &format), samples, mark(480), ixml, titled()].concat();
    let whole = [&b"RIFF"[..], &(body.len() as u32 + 4).to_le_bytes(), b"WAVE", &body].concat();
    let unit = folder.wave("unit.wav", RATE, &[vec![1.0]]);
    wet(folder, &folder.file("dry.wav", &whole), file(unit))
}

fn bytes_before_the_samples(job: &Job) -> (Report, Vec<u8>) {
    let report = done(job);
    let bytes = std::fs::read(&job.output).expect("written");
    let samples = bytes.windows(4).rposition(|four| four == b"data").expect("samples");
    (report, bytes[..samples].to_vec())
}

#[test]
fn chunks_of_the_dry_file_stand_before_the_samples_at_the_same_moments() {
    let folder = Folder::new();
    for (rate, hour, position) in [(48_000, 3600 * 48_000, 480), (96_000, 3600 * 96_000, 960)] {
        let (report, header) = bytes_before_the_samples(&Job { sample_rate: Some(rate), ..job(&folder) });
        assert_eq!(report.findings, []);
        for expected in [bext(hour), mark(position), chunk(b"iXML", b"<BWFXML/>"), titled()] {
            let name = String::from_utf8_lossy(&expected[..4]).into_owned();
            assert!(header.windows(expected.len()).any(|window| window == expected), "{name} at {rate} Hz");
        }
    }
}

#[test]
fn flac_has_the_title_and_the_report_names_what_it_cannot_hold() {
    let folder = Folder::new();
    let job = Job { output: folder.path("out.flac"), ..job(&folder) };
    let names = ["bext", "cue", "iXML"].map(str::to_owned).to_vec();
    assert_eq!(done(&job).findings, [Finding::ChunksLeftOut { names }]);
    let bytes = std::fs::read(&job.output).expect("written");
    assert!(bytes.windows(9).any(|window| window == b"TITLE=one"));
}
