//! Who may know whom. The folders of `src` are rooms, and a room that reaches into another which it must not know fails
//! here, with the sentence that says what it may use.

mod scan;

use scan::{Named, source};
use std::collections::BTreeSet;
use std::path::Path;

/// What a room may name. Every path is meant with all that is below it; the longest that fits decides.
struct Room {
    name: &'static str,
    /// Rooms, or parts of them, besides itself.
    rooms: &'static [&'static str],
    /// Crates besides the standard library and those of [`ANYWHERE`].
    crates: &'static [&'static str],
    /// What it must not use of what would be allowed.
    never: &'static [&'static str],
    /// What it may use of that all the same, and in which file.
    but: &'static [(&'static str, &'static str)],
    /// Said when it is broken.
    sentence: &'static str,
}

/// Derives, and nothing else.
const ANYWHERE: &[&str] = &["std", "core", "alloc", "thiserror", "serde"];

const ROOMS: &[Room] = &[
    Room {
        name: "convolution",
        rooms: &[],
        crates: &["realfft", "rustfft"],
        never: &["std::fs", "std::io", "std::net", "std::process", "std::thread", "std::time", "std::sync"],
        but: &[("std::sync::Arc", "")],
        sentence: "may use std and the FFT crate; never any other room, files, threads, locks, atomics, the framework",
    },
    Room {
        name: "engine",
        rooms: &[],
        crates: &["realfft", "rustfft", "pulp"],
        never: &["std::fs", "std::io", "std::net", "std::process", "std::thread", "std::time", "std::sync"],
        but: &[("std::sync::Arc", "")],
        sentence: "may use std, the FFT crate and the one for vector instructions; never any other room, files, threads, locks, atomics, the framework",
    },
    Room {
        name: "impulse",
        rooms: &["convolution"],
        crates: &["hound", "symphonia", "rubato", "realfft", "rustfft", "toml", "blake3", "zstd", "etcetera"],
        never: &["std::fs", "std::net", "std::process", "std::thread", "std::sync"],
        but: &[("std::fs", "impulse/decode"), ("std::fs", "impulse/library"), ("std::sync::Arc", "")],
        sentence: "may use convolution, decoding, resampling, FFT, hashing and compressing crates, that for the place of settings, and files in decode and library only; never engine, plugin, editor, threads",
    },
    Room {
        name: "space",
        rooms: &["convolution", "impulse"],
        crates: &["realfft", "rustfft", "toml"],
        never: &["std::fs", "std::net", "std::process", "std::thread", "std::sync"],
        but: &[("std::sync::Arc", "")],
        sentence: "may use convolution and impulse, and FFT crates; never files, engine, plugin, editor, threads",
    },
    Room {
        name: "capture",
        rooms: &["convolution", "impulse"],
        crates: &["realfft", "rustfft"],
        never: &["std::fs", "std::net", "std::process", "std::thread", "std::sync"],
        but: &[],
        sentence: "may use convolution and impulse, and FFT crates; never files, engine, plugin, editor, threads",
    },
    Room {
        name: "handover",
        rooms: &[],
        // loom in its model alone.
        crates: &["crossbeam", "loom"],
        // A lock stands in the model's slot, where it is the heap's and not the exchange's.
        never: &["std::fs", "std::io", "std::thread", "std::time", "std::sync::Mutex", "crossbeam::queue"],
        but: &[("std::sync::Mutex", "handover/slot")],
        sentence: "may use crossbeam; never any audio type, any other room",
    },
    Room {
        name: "chain",
        rooms: &["engine"],
        crates: &[],
        never: &["std::fs", "std::io", "std::net", "std::process", "std::thread", "std::time", "std::sync"],
        but: &[("std::sync::Arc", ""), ("std::sync::atomic", "chain/meter")],
        sentence: "may use engine, and atomics in the meter only; never impulse, handover, prepare, plugin, editor, files, threads, locks",
    },
    Room {
        name: "settings",
        // What settings are made into.
        rooms: &["chain::Controls", "chain::Shelving", "chain::MAX_PREDELAY", "impulse"],
        crates: &[],
        never: &["std::fs", "std::io", "std::net", "std::process", "std::thread", "std::time", "std::sync"],
        but: &[],
        sentence: "may use the chain's Controls and impulse, which it makes; never plugin, cli, editor, the framework, files, threads, locks",
    },
    Room {
        name: "prepare",
        // Of the chain it knows for what rate and layout it prepares, and no more.
        rooms: &["impulse", "space", "engine", "handover", "chain::Format"],
        crates: &["parking_lot"],
        never: &["std::fs", "std::io"],
        but: &[],
        sentence: "may use impulse, space, engine (building kernels), handover and the chain's Format; never plugin, editor, the framework, files",
    },
    Room {
        name: "preset",
        rooms: &["settings", "impulse"],
        crates: &["toml", "serde_json", "zstd"],
        never: &["std::net", "std::process", "std::thread", "std::time", "std::sync"],
        but: &[],
        sentence: "may use settings and impulse, crates for its forms, and files; never plugin, cli, editor, the framework, threads, locks",
    },
    Room {
        name: "render",
        rooms: &["chain", "impulse", "space", "capture", "prepare"],
        crates: &["hound"],
        never: &["prepare::worker", "std::net"],
        but: &[],
        sentence: "may use chain, impulse, space, capture and prepare (building, without its thread); never plugin, editor",
    },
    Room {
        name: "cli",
        rooms: &["render", "settings", "preset", "chain", "impulse", "space", "capture", "prepare"],
        crates: &["clap", "ctrlc", "indicatif", "png"],
        never: &["prepare::worker", "std::net"],
        but: &[],
        sentence: "may use render, settings, preset, chain, impulse, space, capture and prepare (building, without its thread); never plugin, editor",
    },
    Room {
        name: "editor",
        // Its chooser lists the built-in spaces.
        rooms: &[
            "plugin::params",
            "settings",
            "preset",
            "prepare",
            "impulse",
            "space",
            "chain::Meters",
            "chain::meter",
            // Files written as a whole.
            "render::target",
        ],
        crates: &["nice_plug", "nice_plug_egui", "egui", "rfd", "parking_lot"],
        never: &[],
        but: &[],
        sentence: "may use plugin::params, settings, preset, prepare's request handle and status, impulse, space, chain::meter (reading) and the renderer's way to write a file; never engine, handover",
    },
    Room {
        name: "plugin",
        // What the exchange carries has a name, and its layouts have as many channels as the engine.
        rooms: &[
            "chain",
            "settings",
            "preset",
            "prepare",
            "handover",
            "impulse",
            "space",
            "editor",
            "engine::Convolver",
            "engine::MAX_CHANNELS",
        ],
        // jack for the standalone, which must start at the server's rate; nix because it must end when it is asked to.
        crates: &["nice_plug", "jack", "nix", "parking_lot", "serde_json", "zstd", "base64"],
        never: &[],
        but: &[],
        sentence: "may use chain, settings, preset, prepare, handover (audio side), impulse (recipes, and how sessions find theirs), space (names), editor's constructor; never the GUI toolkit",
    },
];

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

fn is_below(path: &[String], prefix: &str) -> bool {
    let prefix: Vec<&str> = prefix.split("::").collect();
    path.len() >= prefix.len() && prefix.iter().zip(path).all(|(a, b)| a == b)
}

/// The sentence that a path breaks.
fn broken(named: &Named, crates: &BTreeSet<String>) -> Option<String> {
    let name = named.file.split('/').next()?;
    if matches!(name, "lib" | "main") {
        return None; // The map, and the program's door.
    }
    let fail =
        |why: &str| Some(format!("src/{}.rs:{}: {}: {name} {why}", named.file, named.line, named.path.join("::")));
    let Some(room) = ROOMS.iter().find(|room| room.name == name) else {
        return fail("is a room that this table does not know: say there whom it may know");
    };
    let in_crate = named.path[0] == "crate";
    let path = &named.path[usize::from(in_crate)..];
    if path.is_empty() || in_crate && path[0] == name {
        return None;
    }
    let allowed = match in_crate {
        // A macro or constant of the crate's root is nobody's.
        true => room.rooms.iter().any(|may| is_below(path, may)) || !ROOMS.iter().any(|room| room.name == path[0]),
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
        ("engine/swap", "use crate::handover::exchange;"),
        ("engine", "use crate::{engine::Kernel, chain as c};"),
        ("engine/swap", "use super::super::chain::Chain;"),
        ("engine", "mod inner { use super::super::prepare; }"),
        ("engine", "fn f() { let x = crate::chain::MAX; }"),
        ("engine", "use std::{sync::{Arc, Mutex}, fmt};"),
        ("engine", "fn f() { std::fs::read(\"x\"); }"),
        ("engine", "use crossbeam::atomic::AtomicCell;"),
        ("engine", "fn f<'a>(x: &'a str) -> parking_lot::Mutex<char> { 'x' }"),
        ("chain/delay", "use std::sync::atomic::AtomicU32;"),
        ("impulse/shape", "use std::fs::File;"),
        ("cli/render", "use crate::prepare::worker::Worker;"),
        ("plugin", "use egui::Ui;"),
        ("settings/table", "use crate::plugin::params::Knob;"),
        ("settings", "use std::sync::Mutex;"),
        ("plugin", "use crate::engine::Kernel;"),
        ("cellar", "use std::fmt;"),
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
        ("impulse/decode/wave", "use std::fs::File;"),
        ("prepare/worker", "use super::{status::Desk, PrepareError}; use crate::chain::Format;"),
    ] {
        assert_eq!(found(file, text), Vec::<String>::new(), "{file}: {text}");
    }
    let sentence = found("engine/swap", "\nuse crate::handover::exchange;").remove(0);
    assert!(sentence.starts_with("src/engine/swap.rs:2: crate::handover::exchange: engine may use"), "{sentence}");
}
