//! Transept is a convolution reverb: a VST3 and CLAP plugin, a standalone, an offline renderer, and this library.
//!
//! # The rooms
//!
//! The modules of `src`, from the ground up: a room may use only rooms above it in this table, and a test says which of
//! them (`tests/library/layers.rs`).
//!
//! | room | what it does |
//! |---|---|
//! | [`cancel`] | the token by which long work is given up |
//! | `files` | output files, written as a whole or not at all |
//! | [`audio`] | sound files, read in a stream: dry files and impulses alike |
//! | [`channels`] | layouts of inputs and outputs, forms of impulses, and the paths that join them |
//! | [`convolution`] | the definition, and the oracle of every test |
//! | [`engine`] | the real-time convolver; of the other rooms it knows the token alone |
//! | `handover` | the lock-free exchange between worker and audio thread |
//! | [`chain`] | the whole effect for one block: pre-delay, engine, cuts, shelves, width, mix |
//! | [`impulse`] | impulse responses: decode, resample, shape, level, figures, and the recipe of what the user asked for |
//! | [`picture`] | an impulse in four views: what is measured for them, and what they look like |
//! | [`space`] | rooms synthesised from text |
//! | [`settings`] | every control: id, range, text, and what it means for chain and impulse |
//! | `library` | folders of impulses, and how a file is known again |
//! | `catalogue` | all impulses that a user has, with their figures, for the window's browser |
//! | [`prepare`] | from recipe to kernel, and the worker thread that does it |
//! | `preset` | settings and impulse as text |
//! | `session` | what an instance is asked for, and what a session remembers of it |
//! | `parameters` | what a host can automate and save; besides window and plugin the only room that knows the framework |
//! | `audition` | short signals for hearing the present room while no track plays |
//! | `monitor` | an instance at work, for its window: levels, load, blocks, tail, and what it is asked to audition |
//! | [`render`] | offline: file in, the same chain, file out |
//! | `cli` | the `transept` program |
//! | `editor` | the window |
//! | `plugin` | the framework's trait, and the shells before the framework's VST3 and CLAP plugins |
//!
//! With `default-features = false` a program selects features. `engine` is [`convolution`], [`engine`] and [`chain`],
//! and decodes nothing. `impulse` makes kernels from files and texts. `exchange` hands kernels to an audio thread
//! without locks, and `worker` prepares them on a thread of its own. `memory` adds presets, embedded impulses and the
//! search for files. None of these features brings the framework or the window.
//!
//! # Words
//!
//! | word | meaning |
//! |---|---|
//! | impulse | an impulse response in the time domain: planar samples, a rate, a channel count |
//! | recipe | what the user asked for: which impulse, and how it is shaped; small, comparable, saved |
//! | space | an impulse that is synthesised from a text under `impulses/` |
//! | kernel | the immutable spectra of a shaped impulse for one rate and layout |
//! | plan, stage | how an impulse length is cut into partitions; all partitions of one size |
//! | quantum | the smallest partition: 64 frames at 48 kHz. A transition starts at a quantum boundary |
//! | convolver | a kernel with its running state: input history, accumulators, output rings |
//! | delivery | a convolver on its way through the exchange |
//! | transition | a change from one convolver to another while sound passes |
//! | chain | the effect around the convolver; reads one [`chain::Controls`] a block |
//! | setting, parameter | a control of the product; that control as a host has it |
//! | choice, trial | what somebody chose; whether it can be built is open until the worker says so |
//! | stage of the chain | one effect of the chain: the pre-delay, a filter, the width or the mix |
//! | request, outcome | what a worker's client wants built (`Wanted`); whether it was offered or is impossible |
//! | response | the taps of every path of a recipe in a format, at their level; what a kernel is made of |
//! | generation | number of a delivery: the newer of two has the larger one |
//! | edition | number of a choice of an impulse: another one means that the same source may give another impulse |
//! | revision | a count of changes that the audio thread raises and the watcher reads |
//!
//! # The life of a plugin
//!
//! Threads are named where they matter: *main* is the host's own, *audio* its real-time one, *worker* ours, one per
//! instance, *builder* ours, one for each build while it lasts, *watcher* ours, one per process. A function marked
//! *audio* never allocates, frees, locks, waits, wakes a thread or calls the operating system.
//!
//! 1. **Made** \[main\]. `plugin::Transept` makes its parameters, with the recipe of the hall among them, and starts
//!    the worker, which polls its client for a request (`parameters::request`). There is none until `activate` has set
//!    a format.
//! 2. **State** \[main, or any other thread of the host's\]. Parameters are set, and the one field `session` with the
//!    recipe and all that is remembered of its impulses. Older states are brought into that form before
//!    (`parameters::repair`). The worker is woken. A save, on any of these threads, writes the last choice that
//!    was not refused, or the one that a move of the parameter `impulse` is about to bring (`session::impulse`).
//! 3. **Activated** \[main\]. Sample rate and channels are known. The watcher looks after the instance from now on
//!    (H2). A [`chain::Chain`] is made if rate or channels are new; for a new chain the worker builds again. It gets
//!    half a second (H5). If the kernel is not ready then, the wet path is silent until it comes. The reported latency
//!    is always 0.
//! 4. **Prepared** \[worker\]. The worker locates the impulse (a session's by `session::resolver`, embedded or wherever
//!    its file is now). If another instance has the same response or waits for it, the worker takes that one. Otherwise
//!    a builder decodes or synthesises the impulse, drops the zeros at its end, takes out a constant offset, brings it
//!    to the host's rate, shapes it, lays its channels out, combines it with a second impulse if there is one, measures
//!    the loudness, applies the gain, and computes the spectra of an [`engine::Kernel`], as a [`prepare::Preparer`]
//!    does. Steps whose inputs did not change are reused. A newer request cancels the build, unless other instances
//!    wait for it (`docs/instances.md`); if it only reshapes the room,
//!    the build may go on for 40 ms, and of two such builds in a row the second is completed, so that a moving knob is
//!    heard. The finished [`engine::Delivery`] goes to the inbox of the exchange, which holds one; what it replaces
//!    there is freed (H3). The session hears the outcome. Then, and only then, the impulse is measured, its
//!    pictures are made if a window is open, files are hashed, and impulses are encoded for the session's next save.
//! 5. **Processed** \[audio\]. `plugin::player::Player::play` reads the parameters once into [`settings::Settings`],
//!    and these, with the host's tempo, into [`chain::Controls`]. Live, it adds what is auditioned to the input. At the
//!    points of the grid ([`prepare::grid`]) it samples what the impulse is built from, for the worker to see, and
//!    takes the delivery that is due if the return path is free (H1). It calls [`chain::Chain::process`], which cuts
//!    the block into chunks; `process_chunk` is the path of the audio, in one function. Offline, and only there, the
//!    player waits for what is due.
//! 6. **Changed** \[audio\], at a quantum boundary of sample time. A room in another shape takes over the input
//!    history, which grows if it is too short, catches up on it, a share of both in each quantum, and then the outputs
//!    are cross-faded. To another room the input is cross-faded, and the old one rings out on what it has received.
//!    Both depend on the relation of the two impulses, which the worker has computed. Then the old one is given back
//!    through the exchange and freed \[worker\].
//! 7. **Looked at** \[main\]. The window reads the parameters, the worker's status and the `monitor::Monitor`, for
//!    which the audio thread measures levels and time while a window is open, and else nothing; it sets parameters
//!    through the host, and the recipe directly. While it is open the watcher looks after the instance, too, and a
//!    thread of the window's looks 30 times a second whether there is something new to draw.
//! 8. **Reset** \[audio\]. Earlier input no longer counts; nothing is cleared that is long, nothing is freed (H7).
//!    Offline the next block begins a bounce, for which the worker builds again.
//! 9. **Deactivated and dropped** \[main\], at any moment of a load: the worker gives up as H9 says, frees the audio
//!    thread's side and what lies in the exchange once (H6), and is joined.
//!
//! # The rules of a change
//!
//! Comments cite them by number.
//!
//! - **H1** The audio thread takes a kernel only if the return path is free and no box waits for it. There is one
//!   transition at a time, and at most one kernel rings out; a kernel that waits for that is replaced by a newer one.
//!   What is given back waits on the audio side while the return path is not free: giving back can never fail.
//! - **H2** The audio thread never frees, allocates, locks, waits, wakes a thread or enters the operating system. It
//!   raises a revision. One thread of the process, the watcher, reads the revision of each instance that is active or
//!   has its window open, every 5 ms, and wakes the workers whose revision has moved. On *main*, state loads,
//!   activation and edits in the window wake the worker themselves; a parameter that a host moves while an instance is
//!   neither active nor open is seen at its next activation or save.
//! - **H3** The inbox has room for one: the newest wins, and what it replaces unheard is freed on the worker.
//! - **H4** A delivery has a sample rate, numbers of channels and a generation. One that does not fit the engine, or is
//!   older than the current one, is given back unheard.
//! - **H5** Live, activation leaves the engine with the right kernel before the first block, and waits at most 500 ms.
//!   Offline, and only there, a block waits before the chain until what is to sound from its frames on is ready, failed
//!   or cancelled: the first block for all, later ones for what is due on the grid ([`prepare::grid`]).
//! - **H6** Tear-down in any order, at any moment of a load, neither leaks nor frees twice.
//! - **H7** A reset silences history by counting what is valid, not by clearing it, ends a fade at the newest kernel
//!   and frees nothing.
//! - **H8** Memory is bounded whatever the host does: of each instance, one kernel sounding, one that it replaces, one
//!   waiting for that, one in the inbox, one on the worker, and on the return path those of one transition.
//! - **H9** The worker's work can be cancelled: a newer request or a tear-down is noticed within 50 ms. A build that
//!   others wait for is left to them.
//!   [`prepare::build`] says what it cannot interrupt.
//!
//! # As a library
//!
//! ```
//! use std::sync::Arc;
//! use transept::engine::{Convolver, Kernel};
//!
//! let taps = [1.0, 0.5, 0.25];
//! let kernel = Kernel::builder(1, 1, 48_000).path(0, 0, &taps).build()?;
//! let mut convolver = Convolver::new(Arc::new(kernel));
//! // In the audio callback, with blocks of any length:
//! let mut output = [0.0; 4];
//! convolver.process(&[&[1.0, 0.0, 0.0, 0.0]], &mut [&mut output]);
//! assert_eq!(output, [1.0, 0.5, 0.25, 0.0]);
//! # Ok::<(), transept::engine::BuildError>(())
//! ```
//!
//! The folder `examples` has more: blocks of changing size, an audio callback with interleaved blocks, a change of
//! rooms while sound passes, and a file rendered through an impulse response of another sample rate.

#[cfg(feature = "impulse")]
pub mod audio;
#[cfg(feature = "plugin")]
pub mod audition;
#[cfg(feature = "engine")]
pub mod cancel;
#[cfg(feature = "memory")]
pub mod catalogue;
#[cfg(feature = "engine")]
pub mod chain;
#[cfg(feature = "engine")]
pub mod channels;
#[cfg(feature = "engine")]
pub mod convolution;
#[cfg(feature = "engine")]
pub mod engine;
#[cfg(feature = "impulse")]
pub(crate) mod files;
#[cfg(feature = "exchange")]
pub mod handover;
#[cfg(feature = "impulse")]
pub mod impulse;
#[cfg(feature = "memory")]
pub mod library;
#[cfg(feature = "plugin")]
pub mod monitor;
#[cfg(feature = "plugin")]
pub mod parameters;
#[cfg(feature = "impulse")]
pub mod picture;
#[cfg(feature = "impulse")]
pub mod prepare;
#[cfg(feature = "memory")]
pub mod preset;
#[cfg(feature = "impulse")]
pub mod render;
#[cfg(feature = "memory")]
pub mod session;
#[cfg(feature = "impulse")]
pub mod settings;
#[cfg(feature = "impulse")]
pub mod space;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "editor")]
pub mod editor;
#[cfg(feature = "plugin")]
pub mod plugin;
