//! Catalogues of temporary folders.
use super::*;
use crate::library::Library;
use crate::library::fingerprint::FileHash;
use std::path::Path;
use std::time::{Duration, Instant};

/// Longest wait of a test, so that a fault fails instead of hanging.
const FOR_EVER: Duration = Duration::from_secs(60);

/// A wave file of one channel of 16 bits.
fn wave(path: &Path, rate: u32, samples: &[i16]) {
    let bytes = 2 * samples.len() as u32;
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(rate.to_le_bytes());
    file.extend((2 * rate).to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend(bytes.to_le_bytes());
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(path, file).expect("written");
}

/// A click of so many samples, half of full scale.
fn click(path: &Path, rate: u32, len: usize) {
    let samples: Vec<i16> = (0..len).map(|n| if n == 0 { 16_384 } else { 0 }).collect();
    wave(path, rate, &samples);
}

struct Rig {
    folder: tempfile::TempDir,
}

impl Rig {
    fn new() -> Self {
        let rig = Self { folder: tempfile::tempdir().expect("a folder") };
        click(&rig.path("rooms/nave 10.wav"), 48_000, 300);
        click(&rig.path("rooms/nave 2.wav"), 44_100, 200);
        click(&rig.path("rooms/stone/Große Halle.wav"), 96_000, 100);
        click(&rig.path("rooms/stone/deep/Crypt.wav"), 48_000, 400);
        std::fs::write(rig.path("rooms/broken.wav"), "no sound").expect("written");
        rig
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn places(&self) -> Places {
        Places {
            library: Library { folders: vec![self.path("rooms")] },
            cache: Some(self.path("cache/figures.txt")),
            marks: Some(self.path("marks.toml")),
        }
    }

    fn open(&self) -> Catalogue {
        Catalogue::open(self.places())
    }
}

fn file(path: PathBuf) -> Source {
    Source::File { path }
}

/// The listing that answers a query, once it holds.
fn when(catalogue: &Catalogue, holds: impl Fn(&Listing) -> bool) -> Arc<Listing> {
    let began = Instant::now();
    loop {
        let listing = catalogue.listing();
        if !listing.is_listing && holds(&listing) {
            return listing;
        }
        assert!(began.elapsed() < FOR_EVER, "{listing:?}");
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

fn is_measured(listing: &Listing) -> bool {
    listing.entries.measured() == listing.entries.all.len()
}

fn names(listing: &Listing) -> Vec<&str> {
    (0..listing.len()).map(|row| listing.row(row).expect("a row").name.as_str()).collect()
}

fn asked(catalogue: &Catalogue, query: Query) -> Arc<Listing> {
    catalogue.ask(query.clone());
    when(catalogue, |listing| listing.query == query)
}

#[test]
fn words_are_found_in_names_and_folders_and_numbers_go_by_value() {
    let rig = Rig::new();
    let catalogue = rig.open();
    let search = |text: &str| {
        let query = Query { search: text.to_owned(), within: Within::Folder(rig.path("rooms")), ..Query::default() };
        names(&asked(&catalogue, query)).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(search(""), ["broken.wav", "Crypt.wav", "Große Halle.wav", "nave 2.wav", "nave 10.wav"]);
    assert_eq!(search("NAVE"), ["nave 2.wav", "nave 10.wav"]);
    assert_eq!(search("stone"), ["Crypt.wav", "Große Halle.wav"], "the name of their folder");
    for text in ["große stone", "GROSSE stone", "Halle große"] {
        assert_eq!(search(text), ["Große Halle.wav"], "{text}");
    }
    assert_eq!(search("nave stone"), [""; 0]);
    let spaces = asked(&catalogue, Query { within: Within::Spaces, ..Query::default() });
    assert_eq!(spaces.len(), crate::space::built_in().len());
    let below = asked(&catalogue, Query { within: Within::Folder(rig.path("rooms/stone/deep")), ..Query::default() });
    assert_eq!(names(&below), ["Crypt.wav"]);
    assert!(asked(&catalogue, Query { within: Within::Folder("/gone".into()), ..Query::default() }).is_empty());
}

#[test]
fn folders_stand_before_those_below_them_and_count_what_is_in_them() {
    let rig = Rig::new();
    let listing = when(&rig.open(), |_| true);
    let folders: Vec<_> = listing.entries.folders[1..]
        .iter()
        .map(|folder| (folder.name.as_str(), folder.depth, folder.below.clone(), folder.count))
        .collect();
    assert_eq!(folders, [("rooms", 0, 1..4, 5), ("stone", 1, 2..4, 2), ("deep", 2, 3..4, 1)]);
    assert_eq!(
        listing.find(&file(rig.path("rooms/nave 2.wav"))).and_then(|row| listing.row(row)).map(|e| e.folder),
        Some(1)
    );
}

#[test]
fn figures_come_and_order_what_is_listed() {
    let rig = Rig::new();
    let catalogue = rig.open();
    let listing = when(&catalogue, is_measured);
    let of = |name: &str| listing.entries.all.iter().find(|entry| entry.name == name).expect("listed");
    let figures = of("nave 2.wav").figures().expect("figures");
    assert_eq!((figures.channels, figures.sample_rate, figures.rt60), (1, 44_100, None));
    assert_eq!(figures.seconds, 200.0 / 44_100.0);
    assert!((figures.peak.expect("a peak") + 6.0206).abs() < 1e-3);
    let reason = of("broken.wav").outcome().expect("known").as_ref().expect_err("no sound");
    assert!(!reason.contains("broken.wav") && !reason.is_empty(), "{reason}");
    let within = Within::Folder(rig.path("rooms"));
    let by = |column, is_descending| Query { within: within.clone(), column, is_descending, ..Query::default() };
    let length = asked(&catalogue, by(Column::Length, false));
    assert_eq!(names(&length), ["Große Halle.wav", "nave 2.wav", "nave 10.wav", "Crypt.wav", "broken.wav"]);
    let longest = asked(&catalogue, by(Column::Length, true));
    assert_eq!(names(&longest), ["Crypt.wav", "nave 10.wav", "nave 2.wav", "Große Halle.wav", "broken.wav"]);
    let rate = asked(&catalogue, by(Column::Rate, false));
    assert_eq!(names(&rate), ["nave 2.wav", "Crypt.wav", "nave 10.wav", "Große Halle.wav", "broken.wav"]);
}

/// A measurement cannot give these figures: whoever shows them has them from the cache.
fn foreign(rig: &Rig) {
    let file = rig.path("cache/figures.txt");
    let text = std::fs::read_to_string(&file).expect("the cache");
    let changed = text.lines().map(|line| match line.split_once(' ') {
        Some((_, json)) if json.starts_with('{') => {
            let json = ["1", "4"].iter().fold(json.to_owned(), |json, count| {
                json.replace(&format!("\"channels\":{count},"), "\"channels\":9,")
            });
            let sum = FileHash::of(json.as_bytes()).to_string();
            format!("{} {json}\n", &sum[..16])
        }
        _ => format!("{line}\n"),
    });
    std::fs::write(&file, changed.collect::<String>()).expect("written");
}

fn channels(listing: &Listing, name: &str) -> Option<usize> {
    let entry = listing.entries.all.iter().find(|entry| entry.name == name).expect("listed");
    entry.figures().map(|figures| figures.channels)
}

#[test]
fn what_was_measured_once_is_known_by_its_content_wherever_it_is() {
    let rig = Rig::new();
    drop(when(&rig.open(), is_measured));
    let catalogue = rig.open();
    drop(when(&catalogue, is_measured));
    drop(catalogue);
    foreign(&rig);
    std::fs::rename(rig.path("rooms/nave 2.wav"), rig.path("rooms/stone/renamed.wav")).expect("renamed");
    click(&rig.path("rooms/new.wav"), 48_000, 500);
    let listing = when(&rig.open(), is_measured);
    assert_eq!(channels(&listing, "nave 10.wav"), Some(9), "known");
    assert_eq!(channels(&listing, "renamed.wav"), Some(9), "known by its content");
    assert_eq!(channels(&listing, "new.wav"), Some(1), "measured");
}

#[test]
fn a_file_that_has_changed_is_measured_again() {
    let rig = Rig::new();
    drop(when(&rig.open(), is_measured));
    foreign(&rig);
    click(&rig.path("rooms/nave 2.wav"), 44_100, 201);
    let listing = when(&rig.open(), is_measured);
    assert_eq!((channels(&listing, "nave 2.wav"), channels(&listing, "nave 10.wav")), (Some(1), Some(9)));
}

#[test]
fn a_damaged_cache_costs_measurements_and_nothing_else() {
    let rig = Rig::new();
    drop(when(&rig.open(), is_measured));
    foreign(&rig);
    let file = rig.path("cache/figures.txt");
    let whole = std::fs::read(&file).expect("the cache");
    let text = String::from_utf8(whole.clone()).expect("text");
    let line = text.lines().find(|line| line.contains("nave 2.wav")).expect("a record").to_owned();
    let damaged = text.replace(&line, &line.replace("\"size\":", "\"size\":1"));
    std::fs::write(&file, damaged).expect("written");
    let listing = when(&rig.open(), is_measured);
    assert_eq!((channels(&listing, "nave 2.wav"), channels(&listing, "nave 10.wav")), (Some(1), Some(9)));
    let half = &whole[..whole.len() / 2];
    for bytes in [&[0xff, 0xfe, 0][..], b"", b"transept figures 0\n", half] {
        std::fs::write(&file, bytes).expect("written");
        let listing = when(&rig.open(), is_measured);
        assert!(channels(&listing, "nave 10.wav").is_some());
    }
    std::fs::remove_file(&file).expect("removed");
    std::fs::create_dir(&file).expect("a folder in its place");
    assert!(channels(&when(&rig.open(), is_measured), "nave 10.wav").is_some());
}

#[test]
fn marks_are_shared_and_survive() {
    let rig = Rig::new();
    let (one, other) = (rig.open(), rig.open());
    let [nave, crypt] = ["rooms/nave 2.wav", "rooms/stone/deep/Crypt.wav"].map(|name| file(rig.path(name)));
    one.set_favourite(&nave, true).expect("written");
    other.set_favourite(&crypt, true).expect("written");
    for source in [&nave, &crypt, &nave] {
        other.note_recent(source).expect("written");
    }
    let favourites = asked(&other, Query { within: Within::Favourites, ..Query::default() });
    assert_eq!(names(&favourites), ["Crypt.wav", "nave 2.wav"]);
    let recent = asked(&other, Query { within: Within::Recent, ..Query::default() });
    assert_eq!(names(&recent), ["nave 2.wav", "Crypt.wav"], "the last first");
    other.set_favourite(&nave, false).expect("written");
    when(&other, |listing| names(listing).len() == 2 && !listing.marks.is_favourite(&nave));
    let again = Marks::open(Some(rig.path("marks.toml")));
    assert!(again.is_favourite(&crypt) && !again.is_favourite(&nave));
    for n in 0..RECENT + 10 {
        other.note_recent(&file(format!("/{n}.wav").into())).expect("written");
    }
    assert_eq!(other.listing().marks.recent().len(), RECENT);
    std::fs::write(rig.path("marks.toml"), "favourites = [").expect("written");
    assert!(other.set_favourite(&nave, true).is_err_and(|reason| reason.contains("marks.toml")));
    assert_eq!(std::fs::read_to_string(rig.path("marks.toml")).expect("there"), "favourites = [");
}

/// Four files of true stereo of so many samples each.
fn write_set(rig: &Rig, folder: &str, len: usize) -> Vec<PathBuf> {
    let path = |word: &&str| rig.path(&format!("{folder}/Choir {word}.wav"));
    let paths: Vec<_> = ["LL", "LR", "RL", "RR"].iter().map(path).collect();
    paths.iter().enumerate().for_each(|(n, path)| click(path, 48_000, len + n));
    paths
}

#[test]
fn a_set_and_a_pair_are_one_impulse_each_with_the_figures_of_the_whole() {
    let rig = Rig::new();
    let set = write_set(&rig, "rooms/sets", 300);
    let [left, right] = ["L", "R"].map(|word| rig.path(&format!("rooms/sets/Plate {word}.wav")));
    click(&left, 44_100, 441);
    click(&right, 44_100, 100);
    let [left_of_none, right_of_none] = ["left", "right"].map(|word| rig.path(&format!("rooms/sets/no {word}.wav")));
    click(&left_of_none, 44_100, 10);
    std::fs::write(&right_of_none, "no sound").expect("written");
    let catalogue = rig.open();
    drop(when(&catalogue, is_measured));
    let listing = asked(&catalogue, Query { within: Within::Folder(rig.path("rooms/sets")), ..Query::default() });
    assert_eq!(names(&listing), ["Choir", "no", "Plate"]);
    let forms: Vec<_> = (0..3).filter_map(|row| Some(listing.row(row)?.form.as_str())).collect();
    assert_eq!(forms, ["LL LR RL RR", "left right", "L R"]);
    let whole = Source::Set { files: set.clone(), speakers: 0, sources: 0 };
    let figures = |row: usize| listing.row(row).and_then(Entry::figures).map(|of| (of.channels, of.seconds));
    assert_eq!(listing.row(0).map(|entry| &entry.source), Some(&whole));
    assert_eq!((figures(0), figures(2)), (Some((4, 303.0 / 48_000.0)), Some((2, 0.01))));
    let reason = listing.row(1).and_then(Entry::outcome).expect("known").as_ref().expect_err("no sound");
    assert!(reason.starts_with("no right.wav: "), "{reason}");
    assert!(set.iter().all(|path| listing.find(&file(path.clone())) == Some(0)), "each file is in its row");
    assert_eq!((listing.find(&whole), listing.find(&Source::Pair { left, right })), (Some(0), Some(2)));
    catalogue.ask(Query { search: "CHOIR lr".to_owned(), ..Query::default() });
    drop(when(&catalogue, |listing| names(listing) == ["Choir"]));
}

#[test]
fn a_set_is_known_again_by_the_content_of_all_its_files() {
    let rig = Rig::new();
    write_set(&rig, "rooms/sets", 300);
    drop(when(&rig.open(), is_measured));
    foreign(&rig);
    std::fs::rename(rig.path("rooms/sets"), rig.path("rooms/moved")).expect("renamed");
    assert_eq!(channels(&when(&rig.open(), is_measured), "Choir"), Some(9), "known by its content");
    assert_eq!(channels(&when(&rig.open(), is_measured), "Choir"), Some(9), "known by its files");
    click(&rig.path("rooms/moved/Choir RL.wav"), 48_000, 20);
    assert_eq!(channels(&when(&rig.open(), is_measured), "Choir"), Some(4), "one file has changed");
}

#[test]
fn a_mark_on_one_file_of_a_set_is_one_on_the_set() {
    let rig = Rig::new();
    let set = write_set(&rig, "rooms/sets", 300);
    let whole = Source::Set { files: set.clone(), speakers: 0, sources: 0 };
    let catalogue = rig.open();
    let nave = file(rig.path("rooms/nave 2.wav"));
    for source in [&file(set[1].clone()), &nave, &file(set[2].clone())] {
        catalogue.set_favourite(source, true).expect("written");
        catalogue.note_recent(source).expect("written");
    }
    let within = |within| Query { within, ..Query::default() };
    let recent = asked(&catalogue, within(Within::Recent));
    assert_eq!(names(&recent), ["Choir", "nave 2.wav"], "the last first, and once");
    let favourites = asked(&catalogue, within(Within::Favourites));
    assert_eq!(names(&favourites), ["Choir", "nave 2.wav"]);
    assert!(favourites.marks.is_favourite(&whole));
    catalogue.set_favourite(&whole, false).expect("written");
    let left = when(&catalogue, |listing| names(listing) == ["nave 2.wav"]);
    assert!(!left.marks.is_favourite(&file(set[1].clone())), "none of its files either");
    catalogue.note_recent(&whole).expect("written");
    assert_eq!(catalogue.listing().marks.recent(), [whole, nave]);
}

#[test]
fn what_comes_and_goes_is_listed_when_somebody_asks() {
    let rig = Rig::new();
    let catalogue = rig.open();
    let before = when(&catalogue, |_| true).entries.all.len();
    click(&rig.path("rooms/new.wav"), 48_000, 10);
    std::fs::remove_dir_all(rig.path("rooms/stone")).expect("removed");
    catalogue.refresh();
    let after = when(&catalogue, |listing| listing.entries.all.len() == before - 1);
    assert!(after.entries.all.iter().any(|entry| entry.name == "new.wav"));
    std::fs::remove_dir_all(rig.path("rooms")).expect("removed");
    catalogue.refresh();
    let gone = when(&catalogue, |listing| listing.entries.all.len() == crate::space::built_in().len());
    assert!(gone.entries.unread[0].contains("rooms"), "{:?}", gone.entries.unread);
}

#[test]
#[cfg(unix)]
fn names_of_any_letters_circles_and_strange_files_do_no_harm() {
    let rig = Rig::new();
    // 255 bytes.
    let long = format!("{}.wav", "ж".repeat(125)) + "x";
    let long = long.replace(".wavx", "x.wav");
    assert_eq!(long.len(), 255);
    click(&rig.path("rooms").join(&long), 48_000, 10);
    let bytes = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"no \xff text.wav");
    click(&rig.path("rooms").join(bytes), 48_000, 10);
    std::os::unix::fs::symlink(rig.path("rooms"), rig.path("rooms/circle")).expect("a link");
    std::fs::write(rig.path("rooms/empty.wav"), "").expect("written");
    let catalogue = rig.open();
    let listing = when(&catalogue, is_measured);
    assert_eq!(listing.entries.all.len(), crate::space::built_in().len() + 8);
    assert_eq!(channels(&listing, &long), Some(1));
    drop(catalogue);
    foreign(&rig);
    assert_eq!(channels(&when(&rig.open(), is_measured), &long), Some(9), "its name was kept");
}

#[test]
fn a_catalogue_that_measures_is_closed_at_once() {
    let rig = Rig::new();
    let noise: Vec<i16> = (0..48_000 * 50).map(|n: i32| (n.wrapping_mul(1_103_515_245) >> 16) as i16).collect();
    for n in 0..4 {
        wave(&rig.path(&format!("rooms/long {n}.wav")), 48_000, &noise[n..]);
    }
    let catalogue = rig.open();
    when(&catalogue, |_| true);
    drop(catalogue);
    // Were all measured before, this would not be seen; so what was not measured has no record.
    let cached = std::fs::read_to_string(rig.path("cache/figures.txt")).unwrap_or_default();
    assert!(!cached.contains("long 3.wav"));
}
