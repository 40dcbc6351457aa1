//! Automation files as spreadsheets save them, and rooms that change with them.

use super::Console;

const RIDE: &str = "0, wet, -6.5 dB\n0.05, decay_high, 50 %\n";

/// The sound of an automation file of these bytes.
#[track_caller]
fn sound(folder: &Console, bytes: &[u8], room: &str) -> Vec<u8> {
    std::fs::write(folder.path("ride.csv"), bytes).expect("written");
    let ran = folder.run(&format!("render voice.wav {room} --automation ride.csv -o out.wav --overwrite"));
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{:?}", String::from_utf8_lossy(bytes));
    std::fs::read(folder.path("out.wav")).expect("rendered")
}

#[test]
fn a_spreadsheets_file_sounds_like_the_plain_one() {
    let folder = Console::new();
    let room = "--impulse room.wav";
    let plain = sound(&folder, RIDE.as_bytes(), room);
    let utf16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    for bytes in [
        format!("\u{feff}{}", RIDE.replace('\n', "\r\n")).into_bytes(),
        b"0;wet;-6,5 dB\r\n0,05;decay_high;50 %\r\n".to_vec(),
        "Zeit;Regler;Wert;;\r\n0;wet;\u{2212}6,5;;\r\n;;;;\r\n\"0,05\";decay_high;50\u{a0}%;;\r\n".into(),
        utf16("\u{feff}0\twet\t-6,5\r\n0,05\tdecay_high\t50 %\r\n"),
    ] {
        assert!(sound(&folder, &bytes, room) == plain, "{:?}", String::from_utf8_lossy(&bytes));
    }
    assert!(sound(&folder, b"0, wet, -6.5 dB", room) != plain);
}

#[test]
fn the_impulse_changes_where_the_file_says_and_its_paths_begin_beside_the_file() {
    let folder = Console::new();
    std::fs::create_dir(folder.path("rides")).expect("a folder");
    std::fs::copy(folder.path("second.wav"), folder.path("rides/a # b.wav")).expect("copied");
    let render = |arguments: &str| {
        let ran = folder.run(&format!("render voice.wav --space room {arguments} -o out.wav --overwrite"));
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{arguments}");
        std::fs::read(folder.path("out.wav")).expect("rendered")
    };
    let automated = |text: &str| {
        std::fs::write(folder.path("rides/ride.csv"), text).expect("written");
        render("--automation rides/ride.csv")
    };
    // What changes at the beginning is there from the beginning.
    let ran = folder.run("render voice.wav --impulse second.wav -o second-room.wav");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let mono = std::fs::read(folder.path("second-room.wav")).expect("rendered");
    let at_once = automated("0, impulse, \"a # b.wav\"");
    assert!(at_once == mono, "one impulse from beginning to end");
    let reshaped = automated("0, impulse, \"a # b.wav\"\n0.05, wet, -12 dB\n0.1, reverse, on");
    let channels = |wave: &[u8]| wave[22];
    assert_eq!(channels(&reshaped), 1, "one room has the channels of its impulse, however it is shaped");
    let both = automated("0, impulse, \"a # b.wav\"\n0.05, impulse, plate");
    assert_eq!(channels(&both), 2, "a job whose impulse changes has both channels");
    assert!(automated("0; impulse; ../second.wav") == at_once);
    let (stays, changes) = (render(""), automated("0.05, impulse, plate"));
    let same = stays.iter().zip(&changes).skip(100).take_while(|(a, b)| a == b).count();
    // 2400 frames of 2 floats, up to the next quantum of 64 at most.
    assert!((2400 * 8 - 100..(2400 + 64) * 8).contains(&same), "{same} bytes are the same");
}

#[test]
fn titles_remarks_and_names_of_files_are_read_as_a_spreadsheet_has_them() {
    let folder = Console::new();
    std::fs::copy(folder.path("second.wav"), folder.path("a, b.wav")).expect("copied");
    let plain = sound(&folder, b"0.01, wet, -6\n0.05, impulse, second.wav\n", "--space room");
    let with = |text: &str| {
        std::fs::write(folder.path("ride.csv"), text).expect("written");
        let ran = folder.run("render voice.wav --space room --automation ride.csv -o out.wav --overwrite");
        assert_eq!(ran.code, Some(0), "{text}: {}", ran.stderr);
        assert!(std::fs::read(folder.path("out.wav")).expect("rendered") == plain, "{text}");
        ran.stderr
    };
    assert_eq!(with("0.01, wet, -6\n0.05, impulse, a, b.wav\n"), "");
    assert_eq!(with("Time,Setting,\"Value\nor file\"\n0.01,wet,-6\n0.05,impulse,\"a, b.wav\"\n"), "");
    let said = with("Time,Setting,Value,Comment\n0.01,wet,-6,louder\n0.05,impulse,second.wav\n");
    assert_eq!(said, "warning: ride.csv: is read without what stands below \"Comment\"\n");
}

#[test]
fn what_is_wrong_in_a_spreadsheet_is_said_readably_and_before_any_rendering() {
    let folder = Console::new();
    let here = folder.root().file_name().expect("a name").to_string_lossy().into_owned();
    for (text, words) in [
        ("\u{feff}0;wet;loud", ["ride.csv, line 1: loud is no value of wet", ""]),
        ("\u{feff}0;mood;1", ["ride.csv, line 1: there is no setting mood", ""]),
        ("0;wet;-6\n1;impulse;gone.wav", ["ride.csv, line 2: gone.wav is no built-in space, and no file in ", &here]),
        ("0,5,wet,-6,5", ["ride.csv, line 1", "quotation marks"]),
        ("0,wet,-6\n1,wet,600", ["ride.csv, line 2: 600 is no value of wet: a number from -60 to 12 dB is wanted", ""]),
        ("0,wet,-6,louder", ["ride.csv, line 1: -6,louder is no value of wet", "a remark stands behind a #"]),
    ] {
        std::fs::write(folder.path("ride.csv"), text).expect("written");
        folder.fails("render voice.wav --space room --automation ride.csv -o out.wav --overwrite", 2, &words);
        let said = folder.run("render voice.wav --space room --automation ride.csv -o out.wav --overwrite").stderr;
        assert!(!said.contains('\u{feff}'), "{said:?}");
    }
}
