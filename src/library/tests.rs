//! Files that were moved, renamed, changed and lost.

use super::*;
use crate::impulse::{Impulse, decode};
use std::cell::Cell;
use transept_support::folder::Folder;

fn library(folder: &Folder) -> Library {
    Library { folders: vec![folder.root().to_owned()] }
}

/// As seen from the folder.
pub fn names(folder: &Folder, files: &[PathBuf]) -> Vec<String> {
    let relative = |file: &PathBuf| file.strip_prefix(folder.root()).expect("below it").to_string_lossy().into_owned();
    files.iter().map(relative).collect()
}

/// A WAV file of one sample, with a chunk that says something and changes no sample.
fn wave(sample: f32, comment: &[u8; 4]) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::new(&mut bytes, spec).expect("begun");
    writer.write_sample(sample).expect("written");
    writer.finalize().expect("complete");
    [&bytes.into_inner()[..], b"note\x04\0\0\0", comment].concat()
}

fn fingerprint(impulse: &Impulse) -> Fingerprint {
    Fingerprint::of(impulse, &Token::never()).expect("not cancelled")
}

fn hints(library: &Library, path: &Path) -> Hints {
    let fingerprint = decode::file(path, &Token::never()).ok().map(|impulse| fingerprint(&impulse));
    library.hints(path, fingerprint, &Token::never()).expect("not cancelled")
}

fn find(library: &Library, hints: &Hints) -> Found {
    library.find(hints, Limits::default(), &Token::never()).expect("not cancelled")
}

const NOWHERE: Found = Found::Missing { changed: None, gave_up: false };

#[test]
fn all_hints_are_given_of_a_file() {
    let folder = Folder::with(&[]);
    let bytes = wave(0.5, b"one!");
    let path = folder.file("a/hall.wav", &bytes);
    let one = Impulse::new(vec![vec![0.5]], 48_000).expect("valid");
    let expected = Hints {
        path: Some(path.clone()),
        relative: Some("a/hall.wav".into()),
        name: Some("hall.wav".into()),
        fingerprint: Some(fingerprint(&one)),
        file_hash: Some(FileHash::of(&bytes)),
        file_size: Some(bytes.len() as u64),
    };
    assert_eq!(hints(&library(&folder), &path), expected);
    let gone = Hints { path: Some("/gone.wav".into()), name: Some("gone.wav".into()), ..Hints::default() };
    assert_eq!(Library::default().hints(Path::new("/gone.wav"), None, &Token::never()), Ok(gone));
    let given_up = library(&folder).hints(&path, expected.fingerprint, &Token::new(&|| true));
    assert_eq!(given_up, Err(Cancelled));
}

#[test]
fn a_file_in_its_place_is_found_there_without_a_library() {
    let folder = Folder::with(&[]);
    let path = folder.file("hall.wav", &wave(0.5, b"one!"));
    assert_eq!(find(&Library::default(), &hints(&Library::default(), &path)), Found::Here(path.clone()));
    assert_eq!(find(&Library::default(), &Hints::of_path(&path)), Found::Here(path), "its place is all that is known");
}

#[test]
fn a_library_on_another_machine_has_the_file_at_its_relative_path() {
    let (here, there) = (Folder::with(&[]), Folder::with(&["b/hall.wav"]));
    let hints = hints(&library(&here), &here.file("a/hall.wav", &wave(0.5, b"one!")));
    drop(here);
    let path = there.file("a/hall.wav", &wave(0.5, b"one!"));
    let empty = Folder::with(&[]);
    let library = Library { folders: vec![empty.root().to_owned(), there.root().to_owned()] };
    assert_eq!(find(&library, &hints), Found::Here(path.clone()));
    let only_place = Hints { fingerprint: None, file_hash: None, name: None, ..hints };
    assert_eq!(find(&library, &only_place), Found::Here(path));
}

#[test]
#[cfg(target_os = "linux")] // Elsewhere the system itself finds it.
fn a_file_in_its_place_is_found_in_large_or_small_letters() {
    let (folder, empty) = (Folder::with(&[]), Folder::with(&[]));
    let path = folder.file("Rooms/Church.WAV", &wave(0.5, b"one!"));
    let saved = Hints { path: Some(folder.path("rooms/church.wav")), ..hints(&Library::default(), &path) };
    assert_eq!(find(&Library::default(), &saved), Found::Here(path.clone()), "where it was");
    assert_eq!(find(&Library::default(), &Hints::of_path(&folder.path("rooms/church.wav"))), Found::Here(path.clone()));
    let relative = Hints { relative: Some("rooms/church.wav".into()), ..Hints::default() };
    let library = Library { folders: vec![empty.root().to_owned(), folder.root().to_owned()] };
    assert_eq!(find(&library, &relative), Found::Here(path.clone()), "below a folder of the library");
    let other = folder.file("rooms/CHURCH.wav", &wave(0.25, b"one!"));
    assert_eq!(find(&library, &Hints { relative: Some("rooms/CHURCH.wav".into()), ..relative }), Found::Here(other));
    assert_eq!(find(&library, &saved), Found::Here(path), "by its content");
}

#[test]
fn a_file_that_was_moved_is_found_by_its_name_and_content() {
    let (here, there) = (Folder::with(&[]), Folder::with(&["a/hall.wav"]));
    let hints = hints(&library(&here), &here.file("hall.wav", &wave(0.5, b"one!")));
    drop(here);
    there.file("b/hall.wav", &wave(0.25, b"one!"));
    let path = there.file("c/Hall.WAV", &wave(0.5, b"two!"));
    assert_eq!(find(&library(&there), &hints), Found::Here(path), "its tags were edited, its samples were not");
}

#[test]
fn a_file_that_was_renamed_is_found_by_its_hash() {
    let (here, there) = (Folder::with(&[]), Folder::with(&["a.wav"]));
    let hints = hints(&library(&here), &here.file("hall.wav", &wave(0.5, b"one!")));
    drop(here);
    there.file("b.wav", &wave(0.5, b"two!"));
    let path = there.file("c/large hall.wav", &wave(0.5, b"one!"));
    assert_eq!(find(&library(&there), &hints), Found::Here(path.clone()));
    let of_any_size = Hints { file_size: None, ..hints.clone() };
    assert_eq!(find(&library(&there), &of_any_size), Found::Here(path));
    let wrong_size = Hints { file_size: Some(1), ..hints };
    assert_eq!(find(&library(&there), &wrong_size), NOWHERE, "a file of another length is not read");
}

#[test]
fn a_file_whose_bytes_are_right_need_not_decode_to_the_same() {
    let folder = Folder::with(&["noise.wav"]);
    let (library, path) = (library(&folder), folder.path("noise.wav"));
    // As if an older decoder had rounded otherwise.
    let impulse = Impulse::new(vec![vec![0.5]], 48_000).expect("valid");
    let hints = library.hints(&path, Some(fingerprint(&impulse)), &Token::never()).expect("not cancelled");
    assert_eq!(find(&library, &hints), Found::Here(path));
}

#[test]
fn a_file_of_the_same_name_with_other_content_is_not_taken_for_it() {
    let (here, there) = (Folder::with(&[]), Folder::with(&[]));
    let path = here.file("hall.wav", &wave(0.5, b"one!"));
    let hints = hints(&library(&here), &path);
    here.file("hall.wav", &wave(0.25, b"one!"));
    let changed = Found::Missing { changed: Some(path.clone()), gave_up: false };
    assert_eq!(find(&library(&there), &hints), changed);
    let copy = there.file("copy of the old hall.wav", &wave(0.5, b"one!"));
    assert_eq!(find(&library(&there), &hints), Found::Here(copy), "the right content counts more than the place");
    std::fs::remove_file(&path).expect("removed");
    assert_eq!(find(&Library::default(), &hints), NOWHERE);
}

#[test]
fn of_several_files_the_first_in_order_is_taken() {
    let (here, there) = (Folder::with(&[]), Folder::with(&[]));
    let hints = hints(&library(&here), &here.file("hall.wav", &wave(0.5, b"one!")));
    drop(here);
    for name in ["10/hall.wav", "2/hall.wav", "2/a/hall.wav", "3/hall.wav"] {
        there.file(name, &wave(0.5, b"one!"));
    }
    assert_eq!(find(&library(&there), &hints), Found::Here(there.path("2/hall.wav")));
    let renamed = Hints { name: Some("room.wav".into()), ..hints };
    assert_eq!(find(&library(&there), &renamed), Found::Here(there.path("2/hall.wav")));
}

#[test]
fn a_path_from_a_session_does_not_lead_out_of_the_library() {
    let folder = Folder::with(&["secret.wav", "library/a.wav"]);
    let library = Library { folders: vec![folder.path("library")] };
    let hints = Hints { relative: Some("../secret.wav".into()), ..Hints::default() };
    assert_eq!(find(&library, &hints), NOWHERE);
    // From another system; it would be a name in the working directory.
    let elsewhere = Hints { path: Some("Cargo.toml".into()), ..Hints::default() };
    assert_eq!(find(&library, &elsewhere), NOWHERE);
}

#[test]
fn a_folder_or_a_device_of_the_name_is_no_file() {
    let folder = Folder::with(&["hall.wav/a.txt"]);
    assert_eq!(find(&library(&folder), &Hints::of_path(&folder.path("hall.wav"))), NOWHERE);
    #[cfg(unix)]
    assert_eq!(find(&library(&folder), &Hints::of_path(Path::new("/dev/zero"))), NOWHERE);
}

#[test]
fn a_search_keeps_to_its_limits_and_says_so() {
    let folder = Folder::with(&["a/1.wav", "a/2.wav", "b/3.wav"]);
    let library = library(&folder);
    let hints = Hints { name: Some("3.wav".into()), ..Hints::default() };
    let within = |entries, time| library.find(&hints, Limits { entries, time }, &Token::never());
    let gave_up = Ok(Found::Missing { changed: None, gave_up: true });
    assert_eq!(within(4, Duration::from_secs(60)), gave_up);
    assert_eq!(within(5, Duration::from_secs(60)), Ok(Found::Here(folder.path("b/3.wav"))));
    assert_eq!(within(5, Duration::ZERO), gave_up);
}

#[test]
fn a_search_ends_when_nobody_wants_it_whenever_that_is() {
    let (here, there) = (Folder::with(&[]), Folder::with(&["a/1.wav", "b/2.wav"]));
    let hints = hints(&library(&here), &here.file("hall.wav", &wave(0.5, b"one!")));
    drop(here);
    there.file("c/hall.wav", &wave(0.25, b"one!"));
    there.file("d/room.wav", &wave(0.5, b"one!"));
    let asked = Cell::new(0);
    let answer = |most: usize| {
        asked.set(0);
        let cancelled = || {
            asked.set(asked.get() + 1);
            asked.get() > most
        };
        library(&there).find(&hints, Limits::default(), &Token::new(&cancelled))
    };
    let found = Ok(Found::Here(there.path("d/room.wav")));
    assert_eq!(answer(usize::MAX), found);
    for most in 0..asked.get() {
        assert_eq!(answer(most), Err(Cancelled), "cancelled when asked for the {}th time", most + 1);
    }
}

#[test]
fn siblings_are_stepped_through_in_natural_order_and_around() {
    let folder = Folder::with(&["hall 10.wav", "Hall 2.flac", "hall 1.wav", "notes.txt", "more/hall 3.wav"]);
    let at = |name: &str| folder.path(name);
    assert_eq!(
        names(&folder, &siblings(&at("hall 1.wav"), &Token::never()).expect("not cancelled")),
        ["hall 1.wav", "Hall 2.flac", "hall 10.wav"]
    );
    for (one, other) in [("hall 1.wav", "Hall 2.flac"), ("Hall 2.flac", "hall 10.wav"), ("hall 10.wav", "hall 1.wav")] {
        assert_eq!((next(&at(one)), previous(&at(other))), (Some(at(other)), Some(at(one))));
    }
    assert_eq!(next(&at("hall 3.wav")), Some(at("hall 10.wav")), "it is gone; its place is known");
    assert_eq!(previous(&at("hall 3.wav")), Some(at("Hall 2.flac")));
    assert_eq!((next(&at("z.wav")), previous(&at("a.wav"))), (Some(at("hall 1.wav")), Some(at("hall 10.wav"))));
}

#[test]
fn who_has_no_siblings_has_nobody_next_to_it() {
    let folder = Folder::with(&["hall.wav", "notes.txt"]);
    for path in [folder.path("hall.wav"), folder.path("gone/hall.wav"), "/".into(), "".into()] {
        assert_eq!((next(&path), previous(&path)), (None, None), "{}", path.display());
    }
}

#[test]
fn files_that_decode_are_called_like_impulses() {
    for name in ["a.wav", "A.WAV", "a b.Aiff", "a.flac", "a.ogg", "a.1.bwf"] {
        assert!(is_impulse(Path::new(name)), "{name}");
    }
    for name in ["", "wav", ".wav", "a.mp3", "a.wav.bak", "a."] {
        assert!(!is_impulse(Path::new(name)), "{name}");
    }
}

#[test]
fn an_irs_file_and_one_without_extension_are_found_again_by_their_content() {
    use transept_support::encode::wav::Wav;
    let folder = Folder::new();
    let wav = Wav::pcm16(1, &[0x4000, 0x2000]).bytes();
    let tagged = [b"ID3\x03\0\0\0\0\0\x04\0\0\0\0".as_slice(), &wav].concat();
    for (at, (name, bytes)) in
        [("hall.irs", &wav), ("HALL.IRS", &wav), ("hall", &wav), ("tagged", &tagged)].into_iter().enumerate()
    {
        let path = folder.file(&format!("before {at}/{name}"), bytes);
        let library = Library { folders: vec![folder.path(&format!("library {at}"))] };
        let hints = library.hints(&path, None, &Token::never()).expect("nobody cancels");
        let moved = folder.file(&format!("library {at}/another {name}"), bytes);
        std::fs::remove_file(&path).expect("removed");
        let found = library.find(&hints, Limits::default(), &Token::never()).expect("nobody cancels");
        assert_eq!(found, Found::Here(moved));
    }
    for (name, bytes) in [("readme", &b"RIFF"[..3]), ("empty", b""), ("notes", b"hall"), ("song", b"\xff\xfb\x90\0")] {
        assert!(!is_impulse(&folder.file(name, bytes)), "{name}");
    }
}
