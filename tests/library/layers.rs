//! Who may know whom. The folders of `src` are rooms, and a room that reaches into another which it must not know fails
//! here, with the sentence that says what it may use.

mod scan;

use scan::{Named, source};
use std::collections::{BTreeMap, BTreeSet};
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

/// What is no part of pure computation: files, the network, other processes, threads, clocks, locks and atomics.
const REALM: &[&str] = &["std::fs", "std::io", "std::net", "std::process", "std::thread", "std::time", "std::sync"];

/// From the ground up: a room may name only rooms that stand above it in this table, so that no two rooms know each other.
const ROOMS: &[Room] = &[
    Room {
        name: "cancel",
        rooms: &[],
        crates: &[],
        never: REALM,
        but: &[],
        sentence: "may use std; never any other room, files, threads, locks, atomics, clocks, the framework",
    },
    Room {
        name: "files",
        rooms: &[],
        crates: &[],
        never: &["std::net", "std::process::Command", "std::thread", "std::time"],
        but: &[],
        sentence: "may use std's files; never any other room, threads",
    },
    Room {
        name: "convolution",
        rooms: &["cancel"],
        crates: &["realfft"],
        never: REALM,
        but: &[("std::sync::Arc", "")],
        sentence: "may use std, the FFT crate and cancel; never any other room, files, threads, locks, atomics, the framework",
    },
    Room {
        name: "engine",
        rooms: &["cancel"],
        crates: &["rustfft", "pulp"],
        never: REALM,
        but: &[("std::sync::Arc", "")],
        sentence: "may use std, the FFT crate, the one for vector instructions, and cancel (building kernels); never any other room, files, threads, locks, atomics, the framework",
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
        never: REALM,
        but: &[("std::sync::Arc", ""), ("std::sync::atomic", "chain/meter")],
        sentence: "may use engine, and atomics in the meter only; never impulse, handover, prepare, plugin, editor, files, threads, locks",
    },
    Room {
        name: "impulse",
        rooms: &["cancel", "convolution"],
        crates: &["hound", "symphonia", "rubato", "realfft", "rustfft"],
        never: &["std::fs", "std::net", "std::process", "std::thread", "std::sync"],
        but: &[("std::fs", "impulse/decode"), ("std::sync::Arc", "")],
        sentence: "may use cancel, convolution, decoding, resampling and FFT crates, and files in decode only; never library, engine, plugin, editor, threads",
    },
    Room {
        name: "space",
        rooms: &["cancel", "impulse"],
        crates: &["realfft", "toml"],
        never: &["std::fs", "std::net", "std::process", "std::thread", "std::sync"],
        but: &[("std::sync::Arc", "")],
        sentence: "may use cancel, impulse, and crates for FFT and text; never files, engine, plugin, editor, threads",
    },
    Room {
        name: "settings",
        // What settings are made into.
        rooms: &["chain::Controls", "chain::Shelving", "chain::MAX_PREDELAY", "impulse"],
        crates: &[],
        never: REALM,
        but: &[],
        sentence: "may use the chain's Controls and impulse, which it makes; never plugin, cli, editor, the framework, files, threads, locks",
    },
    Room {
        name: "library",
        rooms: &["cancel", "impulse"],
        crates: &["toml", "blake3", "etcetera"],
        never: &["std::net", "std::process", "std::thread", "std::sync"],
        but: &[],
        sentence: "may use cancel, impulse, files, hashing, and the crate for the place of settings; never engine, plugin, editor, threads",
    },
    Room {
        name: "prepare",
        // Of the chain it knows for what rate and layout it prepares, and no more.
        rooms: &["cancel", "impulse", "space", "engine", "handover", "chain::Format"],
        crates: &["parking_lot"],
        never: &["std::fs", "std::io", "std::net", "std::process"],
        but: &[],
        sentence: "may use cancel, impulse, space, engine (building kernels), handover and the chain's Format; never session, plugin, editor, the framework, files",
    },
    Room {
        name: "preset",
        rooms: &["settings", "impulse"],
        crates: &["toml"],
        never: &["std::net", "std::process", "std::thread", "std::time", "std::sync"],
        but: &[],
        sentence: "may use settings and impulse, the crate for its text, and files; never session, plugin, cli, editor, the framework, threads, locks",
    },
    Room {
        name: "session",
        rooms: &["cancel", "prepare", "preset", "library", "settings", "impulse", "space"],
        crates: &["parking_lot", "serde_json", "zstd", "base64"],
        never: &["prepare::worker", "std::net", "std::process", "std::thread"],
        but: &[],
        sentence: "may use cancel, prepare (its errors and how sources are decoded), preset, library, settings, impulse, space (names), and crates for its forms; never parameters, plugin, editor, the framework, threads",
    },
    Room {
        name: "parameters",
        rooms: &["cancel", "session", "settings", "prepare", "library", "impulse", "chain::Format"],
        crates: &["nice_plug", "parking_lot", "serde_json"],
        never: &["std::fs", "std::io", "std::net", "std::process", "std::thread", "std::time"],
        but: &[],
        sentence: "may use cancel, the framework's parameters, session, settings, prepare (as its worker's client), library and impulse; never plugin, editor, files, threads",
    },
    Room {
        name: "render",
        rooms: &["cancel", "files", "chain", "impulse", "prepare"],
        crates: &["hound"],
        never: &["prepare::worker", "std::net", "std::thread"],
        but: &[],
        sentence: "may use cancel, files, chain, impulse and prepare (building, without its thread); never space, plugin, editor, threads",
    },
    Room {
        name: "cli",
        rooms: &[
            "cancel",
            "files",
            "render",
            "settings",
            "preset",
            "session::host_state",
            "library",
            "impulse",
            "space",
        ],
        crates: &["clap", "ctrlc", "indicatif", "png"],
        never: &["prepare::worker", "std::net"],
        but: &[],
        sentence: "may use cancel, files, render, settings, preset, states as presets, library, impulse and space; never prepare, chain, parameters, plugin, editor",
    },
    Room {
        name: "editor",
        rooms: &[
            "parameters",
            "session",
            "settings",
            "preset",
            "prepare",
            "library",
            "impulse",
            // Its chooser lists the built-in spaces.
            "space",
            "chain::Meters",
            "files",
        ],
        crates: &["nice_plug", "nice_plug_egui", "egui", "rfd", "parking_lot"],
        never: &["std::net", "std::process"],
        but: &[],
        sentence: "may use parameters, session (reading), settings, preset, prepare's handle and status, library, impulse, space, chain::Meters (reading) and files; never engine, handover, plugin",
    },
    Room {
        name: "plugin",
        // What the exchange carries has a name, and its layouts have as many channels as the engine.
        rooms: &[
            "chain",
            "parameters",
            "session",
            "prepare",
            "handover",
            "library",
            "editor",
            "engine::Delivery",
            "engine::MAX_CHANNELS",
        ],
        // jack for the standalone, which must start at the server's rate; nix because it must end when it is asked to.
        crates: &["nice_plug", "jack", "nix", "parking_lot", "serde_json"],
        never: &["std::net"],
        but: &[],
        sentence: "may use chain, parameters, session, prepare (its worker and the way to it), handover (audio side), library (of the user), editor's constructor; never impulse, settings, space, the GUI toolkit",
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

fn row(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.name == name)
}

/// The circles among modules that lie side by side, each as the names of its modules.
fn circles(named: &[Named]) -> Vec<String> {
    let modules: BTreeSet<&str> = named.iter().map(|named| named.file.as_str()).collect();
    // Of each module, those beside it that it or what is below it names.
    let mut knows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for named in named.iter().filter(|named| named.path[0] == "crate") {
        let (from, to): (Vec<&str>, &[String]) = (named.file.split('/').collect(), &named.path[1..]);
        let same = from.iter().zip(to).take_while(|(from, to)| *from == to).count();
        if same < from.len() && same < to.len() {
            let (from, to) = (from[..=same].join("/"), to[..=same].join("/"));
            if modules.iter().any(|module| *module == to || module.starts_with(&format!("{to}/"))) {
                knows.entry(from).or_default().insert(to);
            }
        }
    }
    let reached = |from: &String| {
        let (mut reached, mut open) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(module) = open.pop() {
            for next in knows.get(&module).into_iter().flatten() {
                if reached.insert(next.clone()) {
                    open.push(next.clone());
                }
            }
        }
        reached
    };
    let reach: BTreeMap<&String, BTreeSet<String>> = knows.keys().map(|module| (module, reached(module))).collect();
    let circle = |module: &String| {
        reach[module]
            .iter()
            .filter(|other| reach.get(other).is_some_and(|back| back.contains(module)))
            .cloned()
            .collect()
    };
    let circles: BTreeSet<Vec<String>> =
        knows.keys().map(circle).filter(|circle: &Vec<String>| !circle.is_empty()).collect();
    circles.into_iter().map(|circle| format!("a circle: {}", circle.join(", "))).collect()
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
    let Some(room) = row(name) else {
        return fail("is a room that this table does not know: say there whom it may know");
    };
    let in_crate = named.path[0] == "crate";
    let path = &named.path[usize::from(in_crate)..];
    if path.is_empty() || in_crate && path[0] == name {
        return None;
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
    let sentence = found("engine/transition", "\nuse crate::handover::exchange;").remove(0);
    assert!(
        sentence.starts_with("src/engine/transition.rs:2: crate::handover::exchange: engine may use"),
        "{sentence}"
    );
}
