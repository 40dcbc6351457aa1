//! Promises of a workshop: what is shared, what is not, and that nobody hears the difference.

use super::*;
use crate::channels::ChannelLayout;
use crate::engine::{Convolver, Kernel};
use crate::impulse::Impulse;
use crate::impulse::recipe::{Combination, Second};
use crate::impulse::units::{Level, Ratio};
use crate::prepare::{Preparer, decoded};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

const FORMAT: Format = Format { sample_rate: 48_000, layout: ChannelLayout::Stereo };

/// Against hanging; no promise depends on it.
const GUARD: Duration = Duration::from_secs(120);

fn until(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < GUARD, "still not: {what}");
        thread::park_timeout(Duration::from_millis(1));
    }
}

/// Files that are only a number: each gives noise of its own, if its gate is open.
#[derive(Default)]
struct Disk {
    content: AtomicUsize,
    reads: AtomicUsize,
    is_held: AtomicBool,
    is_damaged: AtomicBool,
    is_being_written: AtomicBool,
    panics: AtomicBool,
    given_up: AtomicUsize,
}

impl Disk {
    fn located(self: &Arc<Self>) -> Located {
        let (disk, content) = (self.clone(), self.content.load(SeqCst));
        Located::new(Some(Identity(content.to_string().into())), move |cancel| {
            disk.reads.fetch_add(1, SeqCst);
            while disk.is_held.load(SeqCst) {
                if cancel.is_cancelled() {
                    disk.given_up.fetch_add(1, SeqCst);
                    return Err(Cancelled.into());
                }
                thread::yield_now();
            }
            assert!(!disk.panics.load(SeqCst), "what a strange file");
            if disk.is_damaged.load(SeqCst) {
                return Ok(Content::Nothing);
            }
            if disk.is_being_written.load(SeqCst) {
                return Ok(Content::Unsure(impulse(99)));
            }
            Ok(Content::Sure(impulse(content)))
        })
    }
}

/// Decaying noise of a seed.
fn impulse(seed: usize) -> Impulse {
    let mut random = crate::impulse::random::Random::new(seed as u64);
    let mut channel = || (0..20_000).map(|n| random.bell() * (-3e-4 * n as f32).exp()).collect();
    Impulse::new(vec![channel(), channel()], 44_100).expect("valid")
}

/// One instance: what it has built so far.
struct Instance {
    workshop: Workshop,
    disk: Arc<Disk>,
    edition: u64,
    generation: u64,
}

impl Instance {
    fn new(shared: &Arc<Shared>, disk: &Arc<Disk>) -> Self {
        Self { workshop: Workshop::sharing(shared.clone()), disk: disk.clone(), edition: 1, generation: 0 }
    }

    fn try_build(&mut self, recipe: &Recipe, cancel: &Token) -> Result<Built, PrepareError> {
        self.generation += 1;
        let order = Order { recipe, format: FORMAT, editions: [self.edition; 2], generation: self.generation };
        self.workshop.build(&order, &|_, _, _| Ok(self.disk.located()), cancel)
    }

    fn build(&mut self, recipe: &Recipe) -> Built {
        self.try_build(recipe, &Token::never()).expect("built")
    }
}

fn begun(shared: &Shared) -> [usize; 2] {
    shared.begun.each_ref().map(|begun| begun.load(SeqCst))
}

fn file() -> Recipe {
    Recipe::file("/rooms/hall.wav")
}

fn late(decibels: f64) -> Recipe {
    let mut recipe = file();
    recipe.shape.late = Level::from_decibels(decibels);
    recipe
}

/// The bits that a convolver gives for a click, and what it knows of others.
fn heard(built: &mut Built) -> (Vec<u32>, String) {
    let (mut click, mut out) = (vec![0.0; 24_000], vec![vec![0.0; 24_000]; 2]);
    (click[0], click[501]) = (1.0, -0.5);
    let mut outputs: Vec<&mut [f32]> = out.iter_mut().map(Vec::as_mut_slice).collect();
    let convolver = built.delivery.convolver_mut();
    convolver.process(&[&click, &click[..]], &mut outputs);
    convolver.reset();
    let bits = out.concat().iter().map(|sample: &f32| sample.to_bits()).collect();
    let debug = format!("{:?}", built.delivery);
    let relations = debug.find("relations").map_or("", |at| &debug[at..]);
    (bits, relations.to_owned())
}

#[test]
fn sixteen_instances_of_one_session_open_with_one_build_and_one_kernel() {
    let (shared, disk) = <(Arc<Shared>, Arc<Disk>)>::default();
    disk.is_held.store(true, SeqCst);
    let instances: Vec<_> = (0..16)
        .map(|_| {
            let mut instance = Instance::new(&shared, &disk);
            thread::spawn(move || {
                let built = instance.build(&file());
                (instance, built)
            })
        })
        .collect();
    until("all wait", || shared.responses.waiting() == 16);
    disk.is_held.store(false, SeqCst);
    let mut all: Vec<_> = instances.into_iter().map(|one| one.join().expect("no panic")).collect();
    assert_eq!((begun(&shared), disk.reads.load(SeqCst)), ([1, 1], 1));
    let kernel: *const Kernel = all[0].1.delivery.kernel();
    assert!(all.iter().all(|(_, built)| std::ptr::eq(built.delivery.kernel(), kernel)), "one kernel for all");
    assert!(all.iter().all(|(_, built)| Arc::ptr_eq(&built.unmeasured, &all[0].1.unmeasured)), "and one summary");
    let expected = heard(&mut all[0].1);
    assert!(all.iter_mut().all(|(_, built)| heard(built) == expected));
    // Each further one holds what it is made of by references alone.
    drop(all);
    assert_eq!((shared.responses.len(), shared.kernels.len()), (0, 0), "nothing outlives the last instance");
}

#[test]
fn with_and_without_others_every_convolver_has_the_same_bits_and_relations() {
    let second = Second { source: Recipe::space("room").source, how: Combination::Morph(Ratio::from_thousandths(300)) };
    let two = Recipe { second: Some(second), ..file() };
    let mut larger = late(2.0);
    larger.shape.size = Ratio::from_thousandths(1200);
    let orders = [file(), late(3.0), larger, two, late(3.0), file()];
    let disk = Arc::<Disk>::default();
    let mut preparer = Preparer::default();
    let find = |source: &Source, cancel: &Token| match source {
        Source::Space { .. } => decoded(source, cancel),
        _ => Ok(impulse(0)),
    };
    let shared = Arc::<Shared>::default();
    // One that is always ahead by an order, and one that does the same.
    let (mut ahead, mut with) = (Instance::new(&shared, &disk), Instance::new(&shared, &disk));
    let mut kept = vec![ahead.build(&orders[0])];
    for (index, recipe) in orders.iter().enumerate() {
        kept.extend(orders.get(index + 1).map(|next| ahead.build(next)));
        let before = begun(&shared);
        let mut shares = with.build(recipe);
        assert_eq!(begun(&shared), before, "order {index} is there already");
        let order = Order { recipe, format: FORMAT, editions: [1; 2], generation: index as u64 + 1 };
        let mut alone = preparer.build(&order, &find, &Token::never()).expect("built");
        let (found, expected) = (heard(&mut shares), heard(&mut alone));
        assert!(found.0 == expected.0, "order {index}: the bits differ");
        assert_eq!(found.1, expected.1, "order {index}");
        let summaries = [&shares, &alone].map(|built| built.unmeasured.measure(&Token::never()).expect("measured"));
        assert_eq!(summaries[0], summaries[1], "order {index}");
    }
}

/// A duplicate of a track whose knob was moved.
#[test]
fn a_shape_that_an_instance_came_to_by_moving_a_knob_is_shared_with_one_that_begins_with_it() {
    let (shared, disk) = <(Arc<Shared>, Arc<Disk>)>::default();
    let mut moved = Instance::new(&shared, &disk);
    moved.build(&file());
    let first = moved.build(&late(4.0));
    let before = begun(&shared);
    let second = Instance::new(&shared, &disk).build(&late(4.0));
    assert_eq!(begun(&shared), before);
    assert!(std::ptr::eq(first.delivery.kernel(), second.delivery.kernel()));
    // And a knob that is moved in an instance that has read nothing reads nothing.
    let mut other = Instance::new(&shared, &disk);
    other.build(&file());
    other.build(&late(-2.0));
    assert_eq!(disk.reads.load(SeqCst), 1);
}

#[test]
fn a_file_with_other_content_under_the_same_path_is_another_impulse() {
    let (shared, disk) = <(Arc<Shared>, Arc<Disk>)>::default();
    let (mut old, mut new) = (Instance::new(&shared, &disk), Instance::new(&shared, &disk));
    let mut before = old.build(&file());
    disk.content.store(1, SeqCst);
    let mut after = new.build(&file());
    assert!(heard(&mut before).0 != heard(&mut after).0);
    assert_eq!(begun(&shared), [2, 2]);
    // Who has the old one goes on with it in every shape, until it is chosen again.
    let mut still = Preparer::default();
    let order = Order { recipe: &late(1.0), format: FORMAT, editions: [0; 2], generation: 1 };
    let mut still = still.build(&order, &|_, _| Ok(impulse(0)), &Token::never()).expect("built");
    assert!(heard(&mut old.build(&late(1.0))).0 == heard(&mut still).0, "as it was read");
    old.edition += 1;
    let mut again = old.build(&file());
    assert!(heard(&mut again).0 == heard(&mut after).0, "as it is now");
    assert_eq!(begun(&shared)[0], 3, "shared with the other instance");
}

#[test]
fn a_file_that_is_written_while_it_is_read_is_shared_with_nobody_who_comes_later() {
    let (shared, disk) = <(Arc<Shared>, Arc<Disk>)>::default();
    disk.is_being_written.store(true, SeqCst);
    let mut early = Instance::new(&shared, &disk);
    let mut torn = early.build(&file());
    assert_eq!(shared.responses.len(), 0);
    disk.is_being_written.store(false, SeqCst);
    let mut whole = Instance::new(&shared, &disk).build(&file());
    assert!(heard(&mut torn).0 != heard(&mut whole).0);
    // Nor does another shape of it take it for the whole one.
    let mut later = early.build(&late(1.0));
    let mut other = Instance::new(&shared, &disk).build(&late(1.0));
    assert!(heard(&mut later).0 == heard(&mut other).0);
}

#[test]
fn what_cannot_be_read_where_it_is_is_located_elsewhere() {
    let (shared, disk) = <(Arc<Shared>, Arc<Disk>)>::default();
    disk.is_damaged.store(true, SeqCst);
    let mut workshop = Workshop::sharing(shared);
    let asked = Mutex::new(Vec::new());
    let locate = |_: &Source, again: bool, _: &Token| {
        asked.lock().push(again);
        Ok(if again { Located::new(None, |_| Ok(Content::Sure(impulse(5)))) } else { disk.located() })
    };
    let order = Order { recipe: &file(), format: FORMAT, editions: [1; 2], generation: 1 };
    workshop.build(&order, &locate, &Token::never()).expect("built from what is elsewhere");
    assert_eq!(*asked.lock(), [false, true]);
    // Another shape of it goes on from there.
    let order = Order { recipe: &late(1.0), generation: 2, ..order };
    workshop.build(&order, &locate, &Token::never()).expect("built");
    assert_eq!(*asked.lock(), [false, true]);
}

#[test]
fn whoever_gives_up_takes_nothing_from_the_others_and_goes_on_with_something_else() {
    let (shared, disk) = <(Arc<Shared>, Arc<Disk>)>::default();
    disk.is_held.store(true, SeqCst);
    let (mut first, mut second) = (Instance::new(&shared, &disk), Instance::new(&shared, &disk));
    let is_cancelled = Arc::new(AtomicBool::new(false));
    let flag = is_cancelled.clone();
    let gives_up = thread::spawn(move || {
        let given_up = first.try_build(&file(), &Token::new(&|| flag.load(SeqCst)));
        assert!(matches!(given_up, Err(PrepareError::Cancelled(_))));
        // The disk is still held, and the build that it has begun goes on.
        first.build(&Recipe::space("room"));
        first
    });
    until("the first has begun", || disk.reads.load(SeqCst) == 1);
    let waits = thread::spawn(move || heard(&mut second.build(&file())));
    until("both wait", || shared.responses.waiting() == 2);
    is_cancelled.store(true, SeqCst);
    let mut first = gives_up.join().expect("no panic");
    assert_eq!((disk.given_up.load(SeqCst), disk.reads.load(SeqCst)), (0, 1));
    disk.is_held.store(false, SeqCst);
    let found = waits.join().expect("built");
    assert_eq!(disk.reads.load(SeqCst), 1, "it went on");
    let alone = heard(&mut Instance::new(&Arc::default(), &disk).build(&file()));
    assert!(found.0 == alone.0);
    assert!(heard(&mut first.build(&file())).0 == alone.0);
}

#[test]
fn a_panic_in_a_build_is_one_for_all_who_wait_and_costs_the_next_build_nothing() {
    let (shared, disk) = <(Arc<Shared>, Arc<Disk>)>::default();
    disk.is_held.store(true, SeqCst);
    disk.panics.store(true, SeqCst);
    let all = [(); 3].map(|()| {
        let mut instance = Instance::new(&shared, &disk);
        thread::spawn(move || {
            let build = std::panic::AssertUnwindSafe(|| drop(instance.try_build(&file(), &Token::never())));
            let panic = std::panic::catch_unwind(build).expect_err("it panics");
            assert_eq!(super::super::pool::reason(&*panic), "what a strange file");
            instance.workshop.give_up();
            instance.build(&Recipe::space("room"));
        })
    });
    until("all wait", || shared.responses.waiting() == 3);
    disk.is_held.store(false, SeqCst);
    all.into_iter().for_each(|one| one.join().expect("as expected"));
    assert_eq!(disk.reads.load(SeqCst), 1);
    disk.panics.store(false, SeqCst);
    Instance::new(&shared, &disk).build(&file());
}

#[test]
fn an_error_is_that_of_everyone_who_waits() {
    let shared = Arc::<Shared>::default();
    let mut workshop = Workshop::sharing(shared);
    let recipe = Recipe::file("/nowhere.wav");
    let order = Order { recipe: &recipe, format: FORMAT, editions: [1; 2], generation: 1 };
    let locate = |source: &Source, _: bool, _: &Token| {
        let source = source.clone();
        Ok(Located::new(None, move |cancel| decoded(&source, cancel).map(Content::Sure)))
    };
    let missing = workshop.build(&order, &locate, &Token::never()).expect_err("it is not there");
    assert!(matches!(missing, PrepareError::Missing(path) if path == *"/nowhere.wav"));
    let mut long = Recipe::space("hall");
    long.source = Source::Space { id: "unknown".to_owned() };
    let unknown = workshop.build(&Order { recipe: &long, ..order }, &locate, &Token::never()).expect_err("unknown");
    assert!(unknown.to_string().contains("\"unknown\""), "{unknown}");
}

/// A room of six seconds.
#[test]
fn a_further_instance_of_a_room_holds_its_history_and_rings_and_nothing_else() {
    let shared = Arc::<Shared>::default();
    let locate = |_: &Source, _: bool, _: &Token| {
        Ok(Located::new(Some(Identity("six seconds".into())), |_| {
            let mut random = crate::impulse::random::Random::new(1);
            let mut channel = || (0..288_000).map(|n| random.bell() * (-2e-5 * n as f32).exp()).collect();
            Ok(Content::Sure(Impulse::new(vec![channel(), channel()], 48_000).expect("valid")))
        }))
    };
    let order = Order { recipe: &file(), format: FORMAT, editions: [1; 2], generation: 1 };
    let mut first = Workshop::sharing(shared.clone());
    let one = first.build(&order, &locate, &Token::never()).expect("built");
    one.unmeasured.measure(&Token::never()).expect("measured");
    let held = first.loaded[0].as_ref().map(|(_, loaded)| Arc::strong_count(loaded));
    let mut further = Workshop::sharing(shared.clone());
    let other = further.build(&order, &locate, &Token::never()).expect("built");
    assert_eq!(begun(&shared), [1, 1]);
    // What is as long as the room is the first one's: the kernel by its place, the impulse by one reference more.
    assert!(std::ptr::eq(one.delivery.kernel(), other.delivery.kernel()));
    let holds = further.loaded[0].as_ref().map(|(_, loaded)| Arc::strong_count(loaded));
    assert_eq!(holds, held.map(|held| held + 1));
    assert!(further.steps.lock().is_idle(), "it has done no step");
    assert!(first.steps.lock().is_idle() != further.steps.lock().is_idle(), "but the first one has");
    // A history as long as the room, and rings: what a convolver of such a kernel takes at least, part by part in the
    // engine's own tests.
    let taps = vec![0.5; 288_000];
    let kernel = Kernel::builder(2, 2, 48_000).path(0, 0, &taps).path(1, 1, &taps).build().expect("built");
    let least = Convolver::new(Arc::new(kernel)).bytes();
    assert_eq!(other.delivery.convolver().bytes(), least);
}
