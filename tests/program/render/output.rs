//! How the output comes into being: whole or not at all, and over nothing that is needed.

use super::{busy, done, frames, refused};
use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use transept::cancel::Token;
use transept::render::{Job, RenderError, render};
use transept_support::folder::Folder;
use transept_support::wave;

#[test]
fn progress_goes_from_nothing_to_all_and_never_back() {
    let folder = Folder::new();
    let words = RefCell::new(Vec::new());
    render(&Job { block: frames(100), ..busy(&folder) }, &Token::never(), |done| words.borrow_mut().push(done))
        .expect("rendered");
    let words = words.into_inner();
    assert_eq!((words.first(), words.last()), (Some(&0.0), Some(&1.0)));
    assert!(words.len() >= 3 && words.is_sorted());
}

#[test]
fn a_cancelled_rendering_leaves_nothing_and_harms_nothing() {
    let folder = Folder::new();
    let job = busy(&folder);
    std::fs::write(&job.output, "was here before").expect("written");
    let names = folder.names(".");
    // After the first frames, when the temporary file is there.
    let begun = Cell::new(false);
    let seen = RefCell::new(Vec::new());
    let cancelled = || {
        if begun.get() {
            seen.replace(folder.names("."));
        }
        begun.get()
    };
    let error = render(&job, &Token::new(&cancelled), |_| begun.set(true)).expect_err("cancelled");
    assert!(matches!(error, RenderError::Cancelled(_)), "{error}");
    assert_eq!(seen.into_inner().len(), names.len() + 1, "a temporary file was under way");
    assert_eq!(folder.names("."), names);
    assert_eq!(std::fs::read_to_string(&job.output).expect("there"), "was here before");
}

#[test]
fn an_output_that_would_destroy_something_is_refused() {
    let folder = Folder::new();
    let job = busy(&folder);
    let to = |output: PathBuf| Job { output, ..job.clone() };
    refused(&folder, &to(job.dry.clone()), &job.dry, "would replace");
    // The same file by another name.
    let roundabout = folder.path(".").join("..").join(folder.root().file_name().expect("a name")).join("room.wav");
    refused(&folder, &to(roundabout), Path::new("room.wav"), "would replace");
    refused(&folder, &to(folder.path("no/such/out.wav")), Path::new("out.wav"), "no folder");
    refused(&folder, &to(folder.root().to_owned()), folder.root(), "is a folder");
    let kept = folder.path("kept.wav");
    std::fs::write(&kept, "kept").expect("written");
    let mut permissions = std::fs::metadata(&kept).expect("there").permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&kept, permissions).expect("set");
    refused(&folder, &to(kept.clone()), &kept, "read-only");
    assert_eq!(std::fs::read_to_string(&kept).expect("there"), "kept");
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_devices_left_alone() {
    let folder = Folder::new();
    let job = busy(&folder);
    std::fs::write(folder.path("real.wav"), "old").expect("written");
    std::os::unix::fs::symlink("real.wav", folder.path("link.wav")).expect("linked");
    done(&Job { output: folder.path("link.wav"), ..job.clone() });
    assert!(std::fs::symlink_metadata(folder.path("link.wav")).expect("there").is_symlink());
    assert_eq!(wave::read(&folder.path("real.wav")).channels.len(), 2);
    std::os::unix::fs::symlink("dry.wav", folder.path("dry-link.wav")).expect("linked");
    refused(&folder, &Job { output: folder.path("dry-link.wav"), ..job.clone() }, Path::new("dry-link.wav"), "replace");
    let null = PathBuf::from("/dev/null");
    refused(&folder, &Job { output: null.clone(), ..job }, &null, "no ordinary file");
}

#[test]
fn an_existing_output_is_replaced_whole() {
    let folder = Folder::new();
    let job = busy(&folder);
    std::fs::write(&job.output, vec![7; 2_000_000]).expect("written");
    let report = done(&job);
    assert_eq!(wave::read(&job.output).channels[0].len() as u64, report.frames);
    assert_eq!(folder.names("."), ["dry.wav", "out.wav", "room.wav"]);
}
