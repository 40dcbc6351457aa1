//! Whom each room may know, and what modules may know inside a room.

/// What a room may name. Every path is meant with all that is below it; the longest that fits decides.
pub struct Room {
    pub name: &'static str,
    /// Rooms, or parts of them, besides itself.
    pub rooms: &'static [&'static str],
    /// Crates besides the standard library and those of [`ANYWHERE`].
    pub crates: &'static [&'static str],
    /// Parts of what would be allowed that it must not use.
    pub never: &'static [&'static str],
    /// Exceptions from those, with the file in which they hold.
    pub but: &'static [(&'static str, &'static str)],
    /// Said when it is broken.
    pub sentence: &'static str,
}

/// Derives, and nothing else.
pub const ANYWHERE: &[&str] = &["std", "core", "alloc", "thiserror", "serde"];

/// Outside of pure computation: files, the network, other processes, threads, clocks, locks and atomics.
pub const SYSTEM: &[&str] =
    &["std::fs", "std::io", "std::net", "std::process", "std::thread", "std::time", "std::sync"];

/// From the ground up: a room may name only rooms that stand above it in this table, so that no two rooms know each
/// other.
pub const ROOMS: &[Room] = &[
    Room {
        name: "channels",
        rooms: &[],
        crates: &[],
        never: SYSTEM,
        but: &[],
        sentence: "may use std; never any other room, files, threads, locks, atomics, clocks, the framework",
    },
    Room {
        name: "cancel",
        rooms: &[],
        crates: &[],
        never: SYSTEM,
        but: &[],
        sentence: "may use std; never any other room, files, threads, locks, atomics, clocks, the framework",
    },
    Room {
        name: "files",
        rooms: &[],
        crates: &["tempfile"],
        never: &["std::net", "std::process", "std::thread", "std::time", "std::sync"],
        but: &[],
        sentence: "may use std's files and the crate for temporary ones; never any other room, threads, locks",
    },
    Room {
        name: "audio",
        rooms: &["cancel"],
        crates: &["symphonia"],
        never: &["std::net", "std::process", "std::thread", "std::time", "std::sync"],
        but: &[],
        sentence: "may use cancel, the decoding crates and files; never any other room, threads, locks",
    },
    Room {
        name: "convolution",
        rooms: &["cancel"],
        crates: &["realfft"],
        never: SYSTEM,
        but: &[("std::sync::Arc", "")],
        sentence: "may use std, the FFT crate and cancel; never any other room, files, threads, locks, atomics, the framework",
    },
    Room {
        name: "engine",
        rooms: &["cancel"],
        crates: &["pulp"],
        never: SYSTEM,
        but: &[("std::sync::Arc", "")],
        sentence: "may use std, the crate for vector instructions, and cancel (building kernels); never any other room, files, threads, locks, atomics, the framework",
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
        rooms: &["channels", "engine"],
        crates: &[],
        never: SYSTEM,
        but: &[("std::sync::Arc", ""), ("std::sync::atomic", "chain/meter")],
        sentence: "may use channels, engine, and atomics in the meter only; never impulse, handover, prepare, plugin, editor, files, threads, locks",
    },
    Room {
        name: "impulse",
        rooms: &["channels", "cancel", "audio", "convolution"],
        crates: &["rubato", "realfft", "rustfft"],
        never: &["std::fs", "std::net", "std::process", "std::thread", "std::sync"],
        but: &[("std::sync::Arc", "")],
        sentence: "may use channels, cancel, audio, convolution, resampling and FFT crates; never files, library, engine, plugin, editor, threads",
    },
    Room {
        name: "picture",
        rooms: &["channels::ImpulseForm", "cancel", "impulse"],
        crates: &["realfft"],
        never: SYSTEM,
        but: &[("std::sync::Arc", "")],
        sentence: "may use channels' forms, cancel, impulse, and the FFT crate; never prepare, cli, editor, the framework, files, threads, locks",
    },
    Room {
        name: "space",
        rooms: &["channels::Marking", "cancel", "impulse"],
        crates: &["realfft", "toml"],
        never: &["std::fs", "std::net", "std::process", "std::thread", "std::sync"],
        but: &[("std::fs", "space/file"), ("std::sync::Arc", "")],
        sentence: "may use cancel, impulse, and crates for FFT and text, and files in file only; never engine, plugin, editor, threads",
    },
    Room {
        name: "settings",
        // What settings are made into.
        rooms: &["chain::Controls", "chain::Shelving", "chain::MAX_PREDELAY", "impulse"],
        crates: &[],
        never: SYSTEM,
        but: &[],
        sentence: "may use the chain's Controls and impulse, which it makes; never plugin, cli, editor, the framework, files, threads, locks",
    },
    Room {
        name: "library",
        rooms: &["cancel", "audio::formats", "impulse", "space::file"],
        crates: &["toml", "blake3", "etcetera", "tempfile"],
        never: &["std::net", "std::process", "std::thread", "std::sync"],
        but: &[],
        sentence: "may use cancel, audio's table of formats, impulse, space (recipes in files), files, hashing, and the crates for temporary files and for the place of settings; never engine, plugin, editor, threads",
    },
    Room {
        name: "catalogue",
        rooms: &["cancel", "files", "impulse", "space", "library"],
        crates: &["toml", "serde_json", "unicode_normalization"],
        never: &["std::net", "std::process"],
        but: &[],
        sentence: "may use cancel, files (names), impulse, space, library, and a thread of its own; never prepare, session, plugin, editor, the framework",
    },
    Room {
        name: "prepare",
        // Of the chain it knows for what rate and layout it prepares, and no more.
        rooms: &[
            "channels",
            "cancel",
            "audio::AudioError",
            "impulse",
            "picture",
            "space",
            "engine",
            "handover",
            "chain::Format",
        ],
        crates: &["parking_lot"],
        never: &["std::fs", "std::io", "std::net", "std::process"],
        but: &[],
        sentence: "may use channels, cancel, audio's errors, impulse, picture, space, engine (building kernels), handover and the chain's Format; never session, plugin, editor, the framework, files",
    },
    Room {
        name: "preset",
        rooms: &["cancel", "settings", "impulse", "library"],
        crates: &["toml"],
        never: &["std::net", "std::process", "std::thread", "std::time", "std::sync"],
        but: &[],
        sentence: "may use cancel, settings, impulse, library (to find files again), the crate for its text, and files; never session, plugin, cli, editor, the framework, threads, locks",
    },
    Room {
        name: "session",
        rooms: &[
            "channels::ImpulseForm",
            "channels::Marking",
            "cancel",
            "prepare",
            "preset",
            "library",
            "settings",
            "impulse",
            "space",
        ],
        crates: &["parking_lot", "serde_json", "zstd", "base64", "roxmltree", "data_encoding"],
        never: &["prepare::worker", "std::net", "std::process", "std::thread"],
        but: &[],
        sentence: "may use channels (forms of impulses), cancel, prepare (its errors and how sources are decoded), preset, library, settings, impulse, space (names), and crates for its forms; never parameters, plugin, editor, the framework, threads",
    },
    Room {
        name: "parameters",
        rooms: &[
            "cancel",
            "session",
            "settings",
            "prepare",
            "library",
            "impulse",
            "chain::Format",
            "handover::Revision",
            "handover::Snapshot",
        ],
        crates: &["nice_plug", "parking_lot", "serde_json"],
        never: &["std::fs", "std::io", "std::net", "std::process", "std::thread", "std::time"],
        // Without blocks for some time, the parameters count and not what was sampled of them.
        but: &[("std::time", "parameters/sampled"), ("std::time", "parameters/request")],
        sentence: "may use cancel, the framework's parameters, session, settings, prepare (as its worker's client), the exchange's Revision and Snapshot, library and impulse; never plugin, editor, files, threads, clocks but for what was sampled",
    },
    Room {
        name: "audition",
        rooms: &["chain::Format", "impulse::random"],
        crates: &[],
        never: SYSTEM,
        but: &[("std::sync::Arc", ""), ("std::sync::atomic", "audition")],
        sentence: "may use the chain's Format, the generator of random numbers, and atomics; never any other room, files, threads, locks, clocks",
    },
    Room {
        name: "monitor",
        rooms: &["chain::Format", "chain::Meters", "audition::Audition"],
        crates: &["parking_lot"],
        // The system's clock off the audio thread alone, for the rate of the processor's counter.
        never: &["std::fs", "std::io", "std::net", "std::process", "std::thread"],
        but: &[],
        sentence: "may use the chain's Format and Meters, what is asked of an Audition, atomics, locks off the audio thread, and the clock to calibrate the processor's counter; never any other room, files, threads",
    },
    Room {
        name: "render",
        rooms: &["channels", "cancel", "files", "audio", "chain", "impulse", "prepare"],
        crates: &["flac_codec", "md5"],
        never: &["prepare::worker", "std::net", "std::thread"],
        but: &[],
        sentence: "may use channels, cancel, files, audio, chain, impulse, prepare (building, here and ahead, without the worker), and crates for FLAC; never space, plugin, editor, threads",
    },
    Room {
        name: "cli",
        rooms: &[
            "channels",
            "cancel",
            "files",
            "audio::formats",
            "render",
            "settings",
            "preset",
            "session::host_state",
            "library",
            "impulse",
            "picture",
            "space",
        ],
        crates: &["clap", "ctrlc", "csv", "encoding_rs", "indicatif", "png", "serde_json"],
        never: &["prepare::worker", "std::net"],
        but: &[],
        sentence: "may use channels, cancel, files, audio's table of formats, render, settings, preset, states as presets, library, impulse, picture and space; never prepare, chain, parameters, plugin, editor",
    },
    Room {
        name: "editor",
        rooms: &[
            "channels::ImpulseForm",
            "audio::formats",
            "parameters",
            "session",
            "settings",
            "preset",
            "prepare",
            "library",
            "impulse",
            "catalogue",
            "picture",
            // Its chooser lists the built-in spaces.
            "space",
            // The format and the readings of its meters.
            "chain::Format",
            "chain::INTEGRATION",
            "chain::Reading",
            "monitor",
            // The signals that its chooser lists.
            "audition::Signal",
            "files",
        ],
        // x11rb to ask whether the window is seen, by the number of raw_window_handle; tracing to leave one warning
        // out; egui_glow to keep the last frame; epaint_default_fonts for the font in the box; fontdb and skrifa for
        // letters of the system's fonts.
        crates: &[
            "nice_plug",
            "nice_plug_egui",
            "egui",
            "egui_glow",
            "epaint_default_fonts",
            "fontdb",
            "rfd",
            "parking_lot",
            "raw_window_handle",
            "skrifa",
            "toml",
            "tracing",
            "x11rb",
        ],
        never: &["std::net", "std::process"],
        but: &[],
        sentence: "may use channels (forms of impulses), audio's table of formats, parameters, session (reading), settings, preset, prepare's handle and status, library, catalogue, impulse, picture, space, the chain's Format and Reading, monitor (reading), the signals of an audition, and files; never engine, handover, plugin",
    },
    Room {
        name: "plugin",
        // What the exchange carries has a name.
        rooms: &[
            "channels::Bus",
            "channels::ChannelLayout",
            "chain",
            "parameters",
            "session",
            "prepare",
            "handover",
            "library",
            "audition",
            "monitor",
            "editor",
            "engine::Delivery",
            "impulse::recipe::Shaping",
        ],
        // jack for the standalone, which must start at the server's rate; nix because it must end when it is asked to;
        // clap_sys for the names of CLAP, which the framework does not lend as it does VST3's.
        crates: &["nice_plug", "clap_sys", "jack", "nix", "parking_lot", "serde_json"],
        never: &["std::net"],
        but: &[],
        sentence: "may use channels (layouts), chain, parameters, session, prepare (its worker and the way to it), handover (audio side), library (of the user), audition (audio side), monitor (writing), editor's constructor and its smallest size; never impulse but for its Shaping, settings, space, the GUI toolkit",
    },
];

/// A rule inside a room.
pub struct Part {
    pub room: &'static str,
    /// Modules of the room.
    pub modules: &'static [&'static str],
    /// Modules of the same room that these must not know.
    pub never: &'static [&'static str],
    pub sentence: &'static str,
}

pub const PARTS: &[Part] = &[
    Part {
        room: "engine",
        modules: &["plan", "schedule", "kernel", "spectrum", "transform", "head", "dispatch", "sanitize"],
        never: &["history", "delay_line", "samples", "kernel_state", "stage", "convolver", "delivery", "transition"],
        sentence: "is immutable once it is built; it never knows running state",
    },
    Part {
        room: "engine",
        modules: &["history", "delay_line", "samples", "kernel_state", "stage"],
        never: &["convolver", "delivery", "transition"],
        sentence: "is the state of one convolver; it never knows a change between two",
    },
    Part {
        room: "impulse",
        modules: &[
            "acoustics",
            "combine",
            "decay",
            "findings",
            "gain",
            "layout",
            "level",
            "morph",
            "offset",
            "random",
            "relation",
            "resample",
            "shape",
            "symmetry",
            "units",
        ],
        never: &["decode", "recipe"],
        sentence: "is a function of samples; it never knows files, or what a user asked for",
    },
    Part {
        room: "impulse",
        modules: &["decode"],
        never: &["acoustics", "combine", "decay", "level", "recipe", "relation", "shape"],
        sentence: "reads what a file holds; it never knows what becomes of it",
    },
];
