//! Presets that are moved or passed on, with their impulses or without, and spaces whose recipes are files.

use super::{Console, RATE, program};
use transept_support::signal::decaying_noise;

const RENDER: &str = "render voice.wav -o out.wav --overwrite --preset";

impl Console {
    /// What a rendering says that must go well, and the sound.
    #[track_caller]
    fn sounds(&self, arguments: &str) -> (String, Vec<u8>) {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments}: {}", ran.stderr);
        (ran.stderr, std::fs::read(self.path("out.wav")).unwrap_or_default())
    }

    fn folder(&self, name: &str) {
        std::fs::create_dir_all(self.path(name)).expect("a folder");
    }

    fn rename(&self, from: &str, to: &str) {
        std::fs::rename(self.path(from), self.path(to)).expect("renamed");
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("written");
    }

    /// The sound of `room.wav` as it is now.
    fn sound_of_room(&self) -> Vec<u8> {
        self.sounds("render voice.wav -o out.wav --overwrite --impulse room.wav").1
    }
}

/// A folder in which a preset of `room.wav` lies beside it, and the sound of both.
fn share() -> (Console, Vec<u8>) {
    let folder = Console::new();
    let sound = folder.sound_of_room();
    folder.folder("share");
    folder.rename("room.wav", "share/room.wav");
    folder.sounds("preset --impulse share/room.wav -o share/it.toml --wet -12");
    (folder, sound)
}

impl Console {
    #[track_caller]
    fn finds(&self, preset: &str, sound: &[u8], words: &[&str]) {
        let (said, found) = self.sounds(&format!("{RENDER} {preset}"));
        assert!(found == sound, "{preset}: another sound");
        assert_eq!(said.lines().count(), usize::from(!words.is_empty()), "{said}");
        for word in words {
            assert!(said.contains(word), "{said:?} does not say {word:?}");
        }
    }
}

#[test]
fn a_preset_that_moved_with_its_impulse_finds_it_beside_itself() {
    let (folder, sound) = share();
    folder.finds("share/it.toml", &sound, &[]);
    folder.rename("share", "moved");
    folder.finds("moved/it.toml", &sound, &["warning: moved/it.toml: room.wav was found beside it"]);
    folder.folder("moved/rooms");
    folder.rename("moved/room.wav", "moved/rooms/room.wav");
    folder.fails(&format!("{RENDER} moved/it.toml"), 2, &["moved/it.toml: ", "share/room.wav is not there; looked"]);
    folder.rename("moved/rooms", "moved/share");
    folder.finds("moved/it.toml", &sound, &["room.wav was found below it, as share/room.wav"]);
}

#[test]
fn a_path_of_windows_is_the_file_of_that_name_beside_the_preset() {
    let (folder, sound) = share();
    for path in [
        r"C:\Users\somebody\IRs\room.wav",
        r"\\server\IRs/church\ROOM.WAV",
        "\"C:/IRs\\room.wav\"",
        r"..\IRs\room.wav",
        "/Volumes/IRs/room.wav",
    ] {
        folder.write("share/w.toml", &format!("version = 1\n[impulse]\nkind = \"file\"\npath = '{path}'\n"));
        folder.finds("share/w.toml", &sound, &["warning: share/w.toml: ", "was found beside it"]);
    }
    folder.write("share/w.toml", "[impulse]\nkind = \"file\"\npath = 'C:\\IRs\\gone.wav'\n");
    folder.fails(
        &format!("{RENDER} share/w.toml"),
        2,
        &["share/w.toml: C:\\IRs\\gone.wav is not there", "beside the preset in"],
    );
    let ran = folder.run(&format!("{RENDER} share/w.toml"));
    assert!(!ran.stderr.contains("share/C:"), "{}", ran.stderr);
    folder.sounds(&format!("{RENDER} share/w.toml --space plate"));
}

#[test]
#[cfg(target_os = "linux")] // Elsewhere the system itself finds it.
fn letters_may_be_large_or_small_also_below_a_folder() {
    let (folder, sound) = share();
    folder.folder("share/Rooms");
    folder.rename("share/room.wav", "share/Rooms/Room.WAV");
    let elsewhere = folder.path("share/rooms/room.wav");
    for path in ["rooms/room.wav", r"rooms\ROOM.wav", r"C:\IRs\rooms\room.wav", elsewhere.to_str().expect("text")] {
        folder.write("share/w.toml", &format!("version = 1\n[impulse]\nkind = \"file\"\npath = '{path}'\n"));
        folder.finds("share/w.toml", &sound, &["warning: share/w.toml: ", "was found below it, as Rooms/Room.WAV"]);
    }
    folder.folder("other");
    folder.rename("share/w.toml", "other/w.toml");
    folder.finds("other/w.toml", &sound, &["warning: other/w.toml: room.wav was found as ", "share/Rooms/Room.WAV"]);
}

#[test]
fn an_impulse_is_found_by_its_content_and_another_content_is_said() {
    let (folder, sound) = share();
    let text = std::fs::read_to_string(folder.path("share/it.toml")).expect("text");
    assert!(text.contains("hash = \"") && text.contains("size = "), "{text}");
    folder.rename("share/room.wav", "share/church.wav");
    folder.finds("share/it.toml", &sound, &["room.wav was found beside it, as church.wav"]);

    // In the library, under another name.
    folder.folder("library/deep");
    folder.rename("share/church.wav", "library/deep/nave.wav");
    folder.folder("config");
    let list = format!("folders = [\"{}\"]", folder.path("library").display());
    folder.write("config/library.toml", &list);
    let run = |preset: &str| {
        let mut command = program(folder.root());
        command.env("TRANSEPT_CONFIG", folder.path("config")).args(RENDER.split(' ')).arg(preset);
        command.output().expect("it runs")
    };
    let ran = run("share/it.toml");
    let said = String::from_utf8(ran.stderr).expect("text");
    assert!(ran.status.success() && said.contains("room.wav was found in the library, as "), "{said}");
    assert!(std::fs::read(folder.path("out.wav")).expect("rendered") == sound);

    // A path counts as it stands; beside the preset, what is only called alike is taken where nothing better is.
    folder.wave("share/room.wav", RATE, &[decaying_noise(2000, 9)]);
    let (said, _) = folder.sounds(&format!("{RENDER} share/it.toml"));
    assert!(said.contains("room.wav has changed since the preset was written"), "{said}");
    folder.rename("share", "moved");
    let said = String::from_utf8(run("moved/it.toml").stderr).expect("text");
    assert!(said.contains("in the library"), "{said}");
    let (said, _) = folder.sounds(&format!("{RENDER} moved/it.toml"));
    assert!(said.contains("found beside it, and holds something else"), "{said}");
}

#[test]
fn a_preset_without_a_room_is_refused_where_one_is_needed_and_what_it_is_instead_is_said() {
    let folder = Console::new();
    folder.write("wet.toml", "version = 1\n[settings]\nwet = \"-6\"\n");
    folder.fails(&format!("{RENDER} wet.toml"), 2, &["wet.toml: has no room; add --impulse or --space"]);
    folder.fails("preset --state wet.toml -o it.clap", 2, &["wet.toml: has no room"]);
    folder.sounds(&format!("{RENDER} wet.toml --space room"));
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/impulses/room.toml"), folder.path("room.toml"))
        .expect("copied");
    folder.fails(&format!("{RENDER} room.toml"), 2, &["room.toml: is the recipe of a space", "--space room.toml"]);
    folder.write("dream.toml", "version = 9\n[impulse]\nkind = \"dream\"\n");
    folder.fails(&format!("{RENDER} dream.toml"), 2, &["dream", "has no room"]);
}

#[test]
fn a_recipe_is_a_space_wherever_a_space_is() {
    let folder = Console::new();
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/impulses/plate.toml"), folder.path("mine.toml"))
        .expect("copied");
    let (_, built_in) = folder.sounds("render voice.wav -o out.wav --overwrite --space plate");
    for room in ["--space mine.toml", "--impulse mine.toml"] {
        assert!(folder.sounds(&format!("render voice.wav -o out.wav --overwrite {room}")).1 == built_in, "{room}");
    }
    let morph = "render voice.wav -o out.wav --overwrite --impulse room.wav --combine morph";
    let (_, second) = folder.sounds(&format!("{morph} --second-space plate"));
    assert!(folder.sounds(&format!("{morph} --second-space mine.toml")).1 == second);
    let ran = folder.run("inspect --space mine.toml");
    assert!(ran.code == Some(0) && ran.stdout.contains("mine.toml"), "{}{}", ran.stdout, ran.stderr);
    folder.write("ride.csv", "0, impulse, mine.toml");
    folder.sounds("render voice.wav -o out.wav --overwrite --space room --automation ride.csv");

    folder.folder("share");
    folder.rename("mine.toml", "share/mine.toml");
    folder.sounds("preset --space share/mine.toml -o share/it.toml");
    folder.rename("share", "moved");
    assert!(folder.sounds(&format!("{RENDER} moved/it.toml")).1 == built_in);
    folder.write("wrong.toml", "name = \"x\"\nseed = 1\n[plate]\nsize = [2.0]\n");
    folder.fails("render voice.wav -o out.wav --overwrite --space wrong.toml", 1, &["wrong.toml: ", "size"]);
    folder.write("broken.toml", "name = \"x\"\nseed = one\n[plate]\n");
    let ran = folder.run("render voice.wav -o out.wav --overwrite --space broken.toml");
    assert_eq!((ran.code, ran.stderr.lines().count()), (Some(1), 1), "{}", ran.stderr);
    assert!(ran.stderr.contains("broken.toml: ") && ran.stderr.contains("line 2, \"seed = one\": "), "{}", ran.stderr);
    folder.fails(
        "render voice.wav -o out.wav --overwrite --space moved/it.toml",
        1,
        &["it.toml: this is no recipe of a space"],
    );
    folder.fails("render voice.wav -o out.wav --overwrite --space gone.toml", 1, &["gone.toml: ", "no such file"]);
}

#[test]
fn a_collected_preset_sounds_alike_wherever_the_folder_goes() {
    let folder = Console::new();
    // Two files of one name, of which one is used twice.
    folder.folder("a");
    folder.rename("second.wav", "a/room.wav");
    let options = "--impulse a/room.wav --impulse a/room.wav --second room.wav --combine morph --wet -9";
    let (_, sound) = folder.sounds(&format!("render voice.wav -o out.wav --overwrite {options}"));
    folder.sounds(&format!("preset {options} -o it.toml"));
    let (said, _) = folder.sounds("preset --preset it.toml --collect parcel");
    assert!(said.contains("room.wav: is copied as parcel/room-2.wav"), "{said}");
    assert_eq!(folder.names("parcel"), ["it.toml", "room-2.wav", "room.wav"]);
    let text = std::fs::read_to_string(folder.path("parcel/it.toml")).expect("text");
    assert!(text.contains("left = \"room.wav\"") && text.contains("path = \"room-2.wav\""), "{text}");
    // Of a state likewise, which has no preset's name for its impulses.
    folder.sounds("preset --state it.toml -o it.vst3");
    folder.sounds("preset --from it.vst3 --collect of-state");
    assert_eq!(folder.names("of-state"), ["it.toml", "room-2.wav", "room.wav"]);
    // The same once more changes nothing.
    folder.sounds("preset --preset it.toml --collect parcel");
    assert_eq!(folder.names("parcel").len(), 3);
    for name in ["a/room.wav", "room.wav", "it.toml"] {
        std::fs::remove_file(folder.path(name)).expect("gone");
    }
    folder.rename("parcel", "elsewhere");
    folder.finds("elsewhere/it.toml", &sound, &["all channels are identical"]);
}

#[test]
fn collecting_replaces_nothing_and_copies_nothing_in_vain() {
    let folder = Console::new();
    folder.sounds("preset --impulse room.wav -o it.toml");
    folder.folder("parcel");
    folder.write("parcel/it.toml", "mine");
    folder.write("parcel/room.wav", "mine");
    let ran = folder.run("preset --preset it.toml --collect parcel");
    assert!(ran.code == Some(1) && ran.stderr.contains("parcel/it.toml: another preset is there"), "{}", ran.stderr);
    let there = |name: &str| std::fs::read_to_string(folder.path(name)).expect("there");
    assert_eq!((there("parcel/it.toml"), there("parcel/room.wav")), ("mine".to_owned(), "mine".to_owned()));
    assert_eq!(folder.names("parcel"), ["it.toml", "room.wav"], "nothing was copied");
    std::fs::remove_file(folder.path("room.wav")).expect("gone");
    folder.fails("preset --preset it.toml --collect empty", 2, &["it.toml: ", "room.wav is not there"]);
    folder.fails("preset --preset it.toml --collect empty -o x.toml", 2, &["cannot be used with"]);
}

#[test]
fn a_recipe_that_is_called_like_the_preset_is_copied_beside_it() {
    let folder = Console::new();
    folder.folder("mine");
    folder.write("mine/room.toml", include_str!("../../../impulses/room.toml"));
    let ran = folder.run("preset --space mine/room.toml --collect parcel");
    assert!(ran.code == Some(0) && ran.stderr.contains("is copied as parcel/room-2.toml"), "{}", ran.stderr);
    assert_eq!(folder.names("parcel"), ["room-2.toml", "room.toml"]);
    folder.sounds("render voice.wav --preset parcel/room.toml -o out.wav");
}
