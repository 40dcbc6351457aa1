//! The folders in which sessions look for their impulses.

use super::*;
use std::path::PathBuf;

/// Of the user and not of a session; here of a folder that `TRANSEPT_CONFIG` names.
#[test]
fn library_folders_are_listed_added_and_removed() {
    let folder = Console::new();
    std::fs::create_dir(folder.path("rooms")).expect("a folder");
    let settings = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str]| {
        let mut command = program(folder.root());
        Ran::from(
            command.arg("library").args(arguments).env("TRANSEPT_CONFIG", settings.path()).output().expect("it runs"),
        )
    };
    let listed = |paths: &[PathBuf]| {
        let ran = run(&[]);
        let lines: String = paths.iter().map(|path| format!("{}\n", path.display())).collect();
        assert_eq!((ran.code, ran.stdout), (Some(0), lines));
    };
    listed(&[]);
    for _ in 0..2 {
        assert_eq!(run(&["add", "rooms/"]).code, Some(0), "twice is once");
        listed(&[folder.path("rooms")]);
    }
    assert_eq!(run(&["add", "."]).code, Some(0));
    listed(&[folder.path("rooms"), folder.root().to_owned()]);
    let wrong = run(&["add", "room.wav"]);
    assert!(wrong.code == Some(1) && wrong.stderr.contains("room.wav"), "{}", wrong.stderr);
    std::fs::remove_dir(folder.path("rooms")).expect("removed");
    assert_eq!(run(&["remove", "rooms"]).code, Some(0), "even if it is gone");
    listed(&[folder.root().to_owned()]);
    let wrong = run(&["remove", "rooms"]);
    assert!(wrong.code == Some(1) && wrong.stderr.contains("rooms"), "{}", wrong.stderr);
    std::fs::write(settings.path().join("library.toml"), "folders = [").expect("written");
    listed(&[]);
    let wrong = run(&["add", "."]);
    assert!(wrong.code == Some(1) && wrong.stderr.contains("library.toml"), "{}", wrong.stderr);
}

/// A test that forgets to name a folder does not change the folders of whoever runs it.
#[test]
fn a_program_under_test_does_not_know_the_settings_of_the_user() {
    let folder = Folder::new();
    let mut command = program(folder.root());
    command.args(["library", "add", "."]).env_remove("TRANSEPT_CONFIG").env("HOME", folder.root());
    let names = folder.names(".");
    let ran = Ran::from(command.output().expect("it runs"));
    assert!(ran.code == Some(1) && ran.stderr.contains("TRANSEPT_CONFIG"), "{}", ran.stderr);
    assert_eq!(folder.names("."), names);
}
