//! Who may know whom. The folders of `src` are rooms, and a room that reaches into another which it must not know fails
//! here, with the sentence that says what it may use.

mod circles;
mod figures;
mod rooms;
mod scan;

use circles::circles;
use rooms::{ANYWHERE, PARTS, Part, ROOMS, Room};
use scan::{Named, source};
use std::collections::BTreeSet;
use std::path::Path;

/// The names by which code calls the crates that `Cargo.toml` lists.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    manifest
        .lines()
        .scan(false, |inside, line| {
            if line.starts_with('[') {
                *inside = line.ends_with("dependencies]");
            }
            Some((*inside, line))
        })
        .filter_map(|(inside, line)| line.split_once(" = ").filter(|_| inside))
        .map(|(name, _)| name.trim().replace('-', "_"))
        .collect()
}

fn row(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.name == name)
}

fn is_below(path: &[String], prefix: &str) -> bool {
    let prefix: Vec<&str> = prefix.split("::").collect();
    path.len() >= prefix.len() && prefix.iter().zip(path).all(|(a, b)| a == b)
}

/// The rule that a module of a room breaks when it names another module of the room.
fn part(module: &str, other: &str, room: &str) -> Option<&'static Part> {
    let breaks = |part: &&Part| part.room == room && part.modules.contains(&module) && part.never.contains(&other);
    PARTS.iter().find(breaks)
}

/// The sentence that a path breaks.
fn broken(named: &Named, crates: &BTreeSet<String>) -> Option<String> {
    let name = named.file.split('/').next()?;
    if matches!(name, "lib" | "main") {
        return None; // The map, and the program's entry.
    }
    let fail =
        |why: &str| Some(format!("src/{}.rs:{}: {}: {name} {why}", named.file, named.line, named.path.join("::")));
    let Some(room) = row(name) else {
        return fail("is a room that this table does not know: say there whom it may know");
    };
    let in_crate = named.path[0] == "crate";
    let path = &named.path[usize::from(in_crate)..];
    if path.is_empty() {
        return None;
    }
    if in_crate && path[0] == name {
        let part = part(named.file.split('/').nth(1)?, path.get(1)?, name)?;
        return fail(part.sentence);
    }
    let allowed = match in_crate {
        // A macro or constant of the crate's root is nobody's.
        true => room.rooms.iter().any(|may| is_below(path, may)) || row(&path[0]).is_none(),
        false => !crates.contains(&path[0]) || room.crates.iter().chain(ANYWHERE).any(|may| is_below(path, may)),
    };
    let never = room.never.iter().any(|never| is_below(path, never));
    let but = room.but.iter().any(|(may, file)| is_below(path, may) && named.file.starts_with(file));
    if allowed && (!never || but) { None } else { fail(room.sentence) }
}

#[test]
fn every_room_knows_only_whom_it_may_know() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let crates = dependencies(&std::fs::read_to_string(root.join("Cargo.toml")).expect("our manifest"));
    assert!(crates.contains("egui") && crates.contains("nice_plug") && crates.contains("crossbeam"), "{crates:?}");
    let named = scan::folder(&root.join("src"));
    assert!(named.len() > 100, "the sources were not found");
    let broken: Vec<String> = named.iter().filter_map(|named| broken(named, &crates)).collect();
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn every_row_is_a_room_that_is_there_and_names_only_rooms_above_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (at, room) in ROOMS.iter().enumerate() {
        assert!(root.join(room.name).with_extension("rs").exists(), "there is no room {}", room.name);
        for may in room.rooms {
            let name = may.split("::").next().expect("a name");
            assert!(ROOMS[..at].iter().any(|above| above.name == name), "{} may not know {may}", room.name);
        }
    }
}

#[test]
fn every_rule_inside_a_room_is_about_modules_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for part in PARTS {
        for module in part.modules.iter().chain(part.never) {
            let path = root.join(part.room).join(module).with_extension("rs");
            assert!(path.exists(), "there is no module {}/{module}", part.room);
        }
    }
}

#[test]
fn no_row_allows_what_its_room_does_not_use() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = scan::folder(&root.join("src"));
    let mut unused = Vec::new();
    for room in ROOMS {
        let uses = |prefix: &str, in_crate: bool| {
            named.iter().filter(|named| named.file.split('/').next() == Some(room.name)).any(|named| {
                let is_own = named.path[0] == "crate";
                is_own == in_crate && is_below(&named.path[usize::from(is_own)..], prefix)
            })
        };
        let rooms = room.rooms.iter().filter(|may| !uses(may, true));
        let crates = room.crates.iter().filter(|may| !uses(may, false));
        unused.extend(rooms.chain(crates).map(|may| format!("{} is allowed {may} and does not use it", room.name)));
    }
    assert!(unused.is_empty(), "\n{}\n", unused.join("\n"));
}

/// At every depth: two modules side by side that know each other are one module, or want a third below both.
#[test]
fn no_two_modules_of_a_room_know_each_other() {
    let named = scan::folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let circles = circles(&named);
    assert!(circles.is_empty(), "\n{}\n", circles.join("\n"));
}

#[test]
fn what_is_done_to_the_package_knows_its_artefacts_and_not_its_sources() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("xtask");
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).expect("its manifest");
    assert!(!dependencies(&manifest).contains("transept"), "xtask may use the built artefacts; never src");
    for named in scan::folder(&root.join("src")) {
        assert_ne!(named.path[0], "transept", "xtask may use the built artefacts; never src: {named:?}");
    }
}

#[test]
fn a_forbidden_use_is_found_wherever_it_hides() {
    let crates = ["egui", "crossbeam", "parking_lot"].map(str::to_owned).into();
    let found = |file: &str, text: &str| {
        let named = source(file, text, &mut BTreeSet::new());
        named.iter().filter_map(|named| broken(named, &crates)).collect::<Vec<_>>()
    };
    for (file, text) in [
        ("engine/transition", "use crate::handover::exchange;"),
        ("engine", "use crate::{engine::Kernel, chain as c};"),
        ("engine", "use crate::channels::ChannelLayout;"),
        ("engine/transition", "use super::super::chain::Chain;"),
        ("engine", "mod inner { use super::super::prepare; }"),
        ("engine", "fn f() { let x = crate::chain::MAX; }"),
        ("engine", "use std::{sync::{Arc, Mutex}, fmt};"),
        ("engine", "fn f() { std::fs::read(\"x\"); }"),
        ("engine", "use crossbeam::atomic::AtomicCell;"),
        ("engine", "fn f<'a>(x: &'a str) -> parking_lot::Mutex<char> { 'x' }"),
        ("chain/delay", "use std::sync::atomic::AtomicU32;"),
        ("impulse/shape", "use std::fs::File;"),
        ("impulse/shape", "use crate::library::Library;"),
        ("cli/render", "use crate::prepare::worker::Worker;"),
        ("plugin", "use egui::Ui;"),
        ("settings/table", "use crate::parameters::Knob;"),
        ("editor/app", "use crate::plugin::Transept;"),
        ("settings", "use std::sync::Mutex;"),
        ("plugin", "use crate::engine::Kernel;"),
        ("cellar", "use std::fmt;"),
        ("engine/plan", "use super::stage::Stage;"),
        ("engine/kernel/builder", "use super::super::history::History;"),
        ("engine/stage", "use super::transition::Engine;"),
        ("impulse/shape/trim", "use crate::impulse::recipe::Recipe;"),
        ("impulse/decode/error", "use crate::impulse::shape;"),
        ("audio/wave", "use crate::impulse::shape;"),
        ("impulse/decode", "use std::fs::File;"),
    ] {
        assert_eq!(found(file, text).len(), 1, "{file}: {text}: {:?}", found(file, text));
    }
    for (file, text) in [
        ("engine", "// use crate::chain;\n/* crate::chain::x */ fn f() { \"crate::chain::x\"; r#\"crate::chain\"#; }"),
        (
            "engine",
            "#[cfg(test)]\nmod tests { use crate::convolution::direct; fn f() { crate::chain::x(); } }\nuse std::fmt;",
        ),
        ("engine", "#[cfg(test)] use crate::chain::x;"),
        ("chain/meter", "use std::sync::atomic::AtomicU32;"),
        ("audio/reader", "use std::fs::File;"),
        ("impulse/recipe", "use super::shape::Shape;"),
        ("engine/stage", "use super::kernel::Kernel; use super::super::engine::plan;"),
        ("prepare/worker", "use super::{status::Desk, PrepareError}; use crate::chain::Format;"),
    ] {
        assert_eq!(found(file, text), Vec::<String>::new(), "{file}: {text}");
    }
    let sentence = found("engine/transition", "\nuse crate::handover::exchange;").remove(0);
    assert!(
        sentence.starts_with("src/engine/transition.rs:2: crate::handover::exchange: engine may use"),
        "{sentence}"
    );
}
