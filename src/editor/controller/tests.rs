use super::*;
use crate::catalogue::Query;
use crate::editor::host_requests::HostRequests;
use crate::parameters::Knob;
use crate::prepare::worker::Worker;
use std::time::Duration;

struct Silent;

impl Host for Silent {
    fn begin(&self, _knob: Knob) {}
    fn set(&self, _knob: Knob, _normalized: f32) {}
    fn end(&self, _knob: Knob) {}
}

/// A controller with an open window, and what keeps both alive.
fn opened(host: impl Host + 'static) -> (Controller, Arc<Mutex<Open>>, Worker) {
    let (worker, _kernels) = Worker::spawn(|| None);
    let mut controller = Controller::new(Arc::default(), worker.handle(), Arc::default());
    let open = controller.open(Box::new(host), None);
    (controller, open, worker)
}

fn space(id: &str) -> Source {
    Source::Space { id: id.to_owned() }
}

#[test]
fn choosing_changes_the_recipe_and_keeps_its_level_rule() {
    let (mut controller, _open, _worker) = opened(Silent);
    let before = controller.params.session.get();
    controller.select(space("plate").into());
    let after = controller.params.session.get();
    assert_eq!((after.source, after.level), (space("plate"), before.level));
}

#[test]
fn what_is_loaded_is_noted_though_nothing_is_listed() {
    let (mut controller, _open, _worker) = opened(Silent);
    let folder = transept_support::folder::Folder::with(&[]);
    let file = folder.path("marks.toml");
    controller.browsing.marks = Some(file.clone());
    for id in ["plate", "room"] {
        controller.select(space(id).into());
    }
    assert_eq!(crate::catalogue::Marks::open(Some(file)).recent(), [space("room"), space("plate")], "the last first");
}

#[test]
fn a_second_impulse_that_is_chosen_leaves_the_first_and_is_heard_at_once() {
    #[derive(Clone, Default)]
    struct Recorder(Arc<Mutex<Vec<String>>>);
    impl Host for Recorder {
        fn begin(&self, _knob: Knob) {}
        fn set(&self, knob: Knob, normalized: f32) {
            use nice_plug::params::Param;
            let Knob::Choice(param) = knob else { return };
            self.0.lock().push(param.preview_plain(normalized).to_string());
        }
        fn end(&self, _knob: Knob) {}
    }
    let recorder = Recorder::default();
    let (mut controller, _open, _worker) = opened(recorder.clone());
    let first = controller.source();
    controller.turn(Side::B);
    assert_eq!(controller.source(), None, "none yet");
    controller.select(space("plate").into());
    assert_eq!((controller.source(), &*recorder.0.lock()), (Some(space("plate")), &vec!["1".to_owned()]));
    controller.turn(Side::A);
    assert_eq!(controller.source(), first);
}

#[test]
fn a_preset_that_was_saved_opens_and_one_that_cannot_be_says_why() {
    let (mut controller, _open, _worker) = opened(Silent);
    assert_eq!(controller.preset_name(), "Hall.toml");
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name| folder.path().join(name);
    controller.select(space("plate").into());
    controller.save_preset(path("wide"));
    assert_eq!((controller.remark(), controller.preset_name().as_str()), (None, "wide.toml"));
    controller.select(space("room").into());
    controller.select(Selection::Preset(path("wide.toml")));
    assert_eq!(controller.params.session.get().source, space("plate"));
    assert_eq!(controller.remark(), None);

    std::fs::write(path("newer.toml"), "[impulse]\nkind = \"space\"\nid = \"room\"\n[settings]\nglow = 1\n")
        .expect("written");
    controller.select(Selection::Preset(path("newer.toml")));
    assert_eq!(controller.params.session.get().source, space("room"));
    assert!(
        matches!(controller.remark(), Some(Remark::Warnings(said)) if said.contains("newer.toml") && said.contains("glow"))
    );

    std::fs::write(path("damaged.toml"), "[settings\n").expect("written");
    for name in ["damaged.toml", "no.toml"] {
        controller.select(Selection::Preset(path(name)));
        let remark = controller.remark();
        assert!(matches!(remark, Some(Remark::NoPreset(said)) if said.contains(name)), "{remark:?}");
        assert_eq!(controller.params.session.get().source, space("room"), "as before");
    }
    controller.dismiss();
    assert_eq!(controller.remark(), None);
    controller.save_preset(path("no/it.toml"));
    let remark = controller.remark();
    assert!(matches!(remark, Some(Remark::SaveFailed(said)) if said.contains("it.toml")), "{remark:?}");
    assert_eq!(controller.preset_name(), "newer.toml", "the last that was opened or saved");
}

#[test]
fn a_preset_that_moved_finds_its_impulse_and_one_of_settings_alone_leaves_the_room() {
    let (mut controller, _open, _worker) = opened(Silent);
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let write = |name: &str, text: &str| std::fs::write(path(name), text).expect("written");
    let said = |controller: &Controller, word: &str| match controller.remark() {
        Some(Remark::Warnings(said)) => assert!(said.contains(word), "{said}"),
        other => panic!("{other:?} does not say {word}"),
    };
    write("nave.wav", "samples");
    write("moved.toml", "[impulse]\nkind = \"file\"\npath = 'D:\\IRs\\nave.wav'\n");
    controller.select(Selection::Preset(path("moved.toml")));
    assert_eq!(controller.source(), Some(Source::File { path: path("nave.wav") }));
    said(&controller, "nave.wav was found beside it");

    write("settings.toml", "[settings]\nwet = \"-6\"\n");
    let editions = |controller: &Controller| controller.params.session.choice().editions();
    let before = editions(&controller);
    controller.select(Selection::Preset(path("settings.toml")));
    assert_eq!(editions(&controller), before, "it may be embedded, and its file gone");
    assert_eq!((controller.source(), controller.remark()), (Some(Source::File { path: path("nave.wav") }), None));

    write("gone.toml", "[impulse]\nkind = \"file\"\npath = \"gone.wav\"\n");
    controller.select(Selection::Preset(path("gone.toml")));
    assert_eq!(controller.source(), Some(Source::File { path: path("gone.wav") }), "for the banner");
    said(&controller, "gone.wav is not there; looked");

    write("other.toml", "[package]\nname = \"it\"\n");
    controller.select(Selection::Preset(path("other.toml")));
    assert!(matches!(controller.remark(), Some(Remark::NoPreset(said)) if said.contains("other.toml")));
    write("mine.toml", crate::space::find("room").expect("built in").text);
    let chosen = selection::of_files(vec![path("mine.toml")]);
    assert_eq!(chosen, Selection::Impulse(Source::File { path: path("mine.toml") }), "the recipe of a space");
}

#[test]
fn what_the_session_embeds_is_the_users_choice_and_stays_it() {
    let (mut controller, _open, _worker) = opened(Silent);
    assert_eq!(controller.embedding(), Embedding::WhenSmall);
    controller.embed(Embedding::Always);
    controller.select(space("plate").into());
    assert_eq!((controller.embedding(), controller.params.session.embedding()), (Embedding::Always, Embedding::Always));
}

#[test]
fn a_session_that_sounds_otherwise_than_it_did_says_so_until_it_is_dismissed() {
    use crate::editor::view::View;
    use crate::editor::views::banner::{self, Action, Banner, Notice};
    let (mut controller, _open, _worker) = opened(Silent);
    let notice = |controller: &Controller| Banner::model(controller, &mut ()).notice;
    assert_eq!(notice(&controller), None);
    controller.params.session.load(serde_json::from_str("{\"sound\":7}").expect("a session"));
    let Some(Notice::Sound { message }) = notice(&controller) else { panic!("{:?}", notice(&controller)) };
    assert!(message.contains("version 7"), "{message}");
    let model = Banner::model(&controller, &mut ());
    assert!(banner::texts(&model).is_some_and(|(_, rest)| rest.contains("version 7")));
    Banner::act(Action::Dismiss, &mut controller);
    assert_eq!(notice(&controller), None);
}

#[test]
fn a_refusal_stays_until_the_next_choice() {
    let (mut controller, _open, _worker) = opened(Silent);
    controller.select(selection::of_files(vec!["/a".into(), "/b".into(), "/c".into()]));
    let remark = controller.remark();
    assert!(matches!(remark, Some(Remark::Refused(reason)) if reason.contains("two")), "{remark:?}");
    controller.select(space("plate").into());
    assert_eq!(controller.remark(), None);
}

/// A host that writes down where parameters are moved.
#[derive(Clone, Default)]
struct Moved(Arc<Mutex<Vec<String>>>);

impl Host for Moved {
    fn begin(&self, _knob: Knob) {}
    fn set(&self, knob: Knob, normalized: f32) {
        use crate::parameters::any_knob;
        use nice_plug::params::Param;
        let text = any_knob!(knob, param => format!("{} {}", param.name(), param.normalized_value_to_string(normalized, true)));
        self.0.lock().push(text);
    }
    fn end(&self, _knob: Knob) {}
}

impl Moved {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock())
    }
}

#[test]
fn what_was_done_is_undone_and_redone_step_by_step_even_in_the_next_window() {
    let moved = Moved::default();
    let (mut controller, open, _worker) = opened(moved.clone());
    assert_eq!((controller.can_undo(), controller.can_redo()), (false, false));
    let hall = controller.source();
    Edit::gesture("width", 0.75).iter().for_each(|edit| controller.edit(edit));
    controller.look(10.0);
    controller.select(space("plate").into());
    controller.edit(&Edit::Type("wet", "-6".to_owned()));
    assert_eq!(moved.take(), ["Width 150 %", "Wet -6.0 dB"]);

    drop(open);
    let _open = controller.open(Box::new(moved.clone()), None);
    controller.undo();
    assert_eq!((moved.take(), controller.source()), (vec!["Wet -12.0 dB".to_owned()], Some(space("plate"))));
    controller.undo();
    assert_eq!((moved.take(), controller.source()), (Vec::new(), hall.clone()));
    controller.undo();
    assert_eq!((moved.take(), controller.can_undo()), (vec!["Width 100 %".to_owned()], false));
    controller.undo();
    assert!(moved.take().is_empty(), "there is nothing left");

    controller.redo();
    controller.redo();
    assert_eq!((moved.take(), controller.source()), (vec!["Width 150 %".to_owned()], Some(space("plate"))));
    controller.edit(&Edit::Reset("dry"));
    assert!(controller.can_redo(), "it was at its default");
    controller.select(space("room").into());
    assert!(!controller.can_redo(), "something else was done instead");
    controller.undo();
    assert_eq!(controller.source(), Some(space("plate")));
}

#[test]
fn a_second_impulse_and_how_it_is_combined_are_one_change() {
    let moved = Moved::default();
    let (mut controller, _open, _worker) = opened(moved.clone());
    controller.turn(Side::B);
    controller.select(space("plate").into());
    assert_eq!(moved.take(), ["Impulse 2 morph"]);
    controller.undo();
    assert_eq!((moved.take(), controller.source()), (vec!["Impulse 2 off".to_owned()], None));
    assert!(!controller.can_undo());
    controller.redo();
    assert_eq!((moved.take(), controller.source()), (vec!["Impulse 2 morph".to_owned()], Some(space("plate"))));
}

#[test]
fn a_preset_is_one_change() {
    let moved = Moved::default();
    let (mut controller, _open, _worker) = opened(moved.clone());
    let folder = tempfile::tempdir().expect("a folder");
    let preset = folder.path().join("wide.toml");
    let text = "[impulse]\nkind = \"space\"\nid = \"plate\"\n[settings]\nwet = \"-6\"\nwidth = \"150\"\n";
    std::fs::write(&preset, text).expect("written");
    let hall = controller.source();
    controller.select(Selection::Preset(preset));
    assert_eq!((moved.take().len(), controller.source()), (2, Some(space("plate"))));
    controller.undo();
    assert_eq!((moved.take().len(), controller.source(), controller.can_undo()), (2, hall, false));
}

#[test]
fn a_wheel_that_turns_on_is_one_change_and_the_last_hundred_are_kept() {
    let moved = Moved::default();
    let (mut controller, _open, _worker) = opened(moved.clone());
    for value in [0.51, 0.52, 0.53] {
        controller.look(0.1);
        Edit::gesture("width", value).iter().for_each(|edit| controller.edit(edit));
    }
    moved.take();
    controller.undo();
    assert_eq!((moved.take(), controller.can_undo()), (vec!["Width 100 %".to_owned()], false));
    for id in ["plate", "room"].into_iter().cycle().take(130) {
        controller.select(space(id).into());
    }
    let undone = std::iter::from_fn(|| controller.can_undo().then(|| controller.undo())).count();
    assert_eq!(undone, 100);
}

#[test]
fn what_is_tried_in_a_row_is_one_change_and_what_is_kept_is_another() {
    let (mut controller, _open, _worker) = opened(Silent);
    let before = controller.source();
    for id in ["plate", "room", "plate"] {
        controller.try_out(space(id));
    }
    assert_eq!(controller.source(), Some(space("plate")));
    controller.keep_tried();
    controller.try_out(space("room"));
    controller.undo();
    assert_eq!(controller.source(), Some(space("plate")), "what was kept");
    controller.undo();
    assert_eq!((controller.source(), controller.can_undo()), (before, false));
    controller.redo();
    assert_eq!(controller.source(), Some(space("plate")));
}

#[test]
fn any_other_action_keeps_what_is_tried() {
    let (mut controller, _open, _worker) = opened(Silent);
    let is_tried = |controller: &Controller| controller.params.session.choice().is_tried;
    controller.try_out(space("plate"));
    assert!(is_tried(&controller));
    controller.edit(&Edit::Reset("wet"));
    assert!(!is_tried(&controller));
    controller.try_out(space("room"));
    controller.select(Selection::Refused("no".to_owned()));
    assert!(!is_tried(&controller));
}

#[test]
fn the_browser_lists_while_it_is_open_and_steps_go_through_its_list() {
    let (mut controller, _open, _worker) = opened(Silent);
    assert!(controller.listing().is_none());
    controller.show_browser(true);
    controller.ask_catalogue(Query { is_descending: true, ..Query::default() });
    let began = std::time::Instant::now();
    let listing = loop {
        let listing = controller.listing().expect("it is open");
        if listing.query.is_descending {
            break listing;
        }
        assert!(began.elapsed() < Duration::from_secs(60));
        std::thread::yield_now();
    };
    let first = listing.row(0).expect("a space").source.clone();
    controller.try_out(first);
    controller.step(Direction::Next);
    assert_eq!(controller.source(), listing.row(1).map(|entry| entry.source.clone()));
    controller.step(Direction::Previous);
    controller.step(Direction::Previous);
    assert_eq!(controller.source(), listing.row(listing.len() - 1).map(|entry| entry.source.clone()), "and round");
    controller.show_browser(false);
    assert!(controller.listing().is_none());
}

#[test]
fn a_and_b_are_two_whole_settings_of_which_one_sounds() {
    let (mut controller, _open, _worker) = opened(Silent);
    let now = |controller: &Controller| (controller.letter(), controller.source());
    controller.select(space("plate").into());
    controller.turn_over();
    assert_eq!(now(&controller), (Letter::B, Some(space("plate"))), "the same at first");
    controller.select(space("room").into());
    controller.turn_over();
    assert_eq!(now(&controller), (Letter::A, Some(space("plate"))));
    controller.turn_over();
    assert_eq!(now(&controller), (Letter::B, Some(space("room"))));
    controller.copy_to_other();
    controller.turn_over();
    assert_eq!(now(&controller), (Letter::A, Some(space("room"))));
    controller.undo();
    controller.undo();
    controller.turn_over();
    assert_eq!(now(&controller), (Letter::A, Some(space("plate"))), "the copy was undone");
}

#[test]
fn undo_goes_back_to_the_settings_that_sounded_and_the_others_are_as_they_were() {
    let (mut controller, _open, _worker) = opened(Silent);
    let before = controller.source();
    controller.turn_over();
    controller.select(space("plate").into());
    controller.turn_over();
    assert_eq!((controller.letter(), controller.source()), (Letter::A, before.clone()));
    controller.undo();
    assert_eq!((controller.letter(), controller.source()), (Letter::B, Some(space("plate"))));
    controller.undo();
    controller.undo();
    assert_eq!((controller.letter(), controller.source(), controller.can_undo()), (Letter::A, before.clone(), false));
    for _ in 0..3 {
        controller.redo();
    }
    assert_eq!((controller.letter(), controller.source()), (Letter::A, before));
    controller.turn_over();
    assert_eq!((controller.letter(), controller.source()), (Letter::B, Some(space("plate"))));
}

/// One that nobody plays would begin whenever the host goes on.
#[test]
fn a_signal_is_auditioned_until_the_window_closes_or_the_host_pauses() {
    use crate::audition::Signal;
    let (mut controller, open, _worker) = opened(Silent);
    controller.look(0.1);
    assert!(controller.is_processed(), "nobody knows better yet");
    controller.audition(Signal::Snare);
    controller.look(0.1);
    assert_eq!(controller.auditioned(), Some(Signal::Snare));
    controller.end_audition();
    assert_eq!(controller.auditioned(), None);
    controller.audition(Signal::Click);
    controller.look(0.1);
    assert_eq!((controller.is_processed(), controller.auditioned()), (false, None), "no block for so long");
    let reopened = controller.open(Box::new(Silent), None);
    drop(open);
    controller.look(0.0);
    assert!(controller.is_processed());
    controller.audition(Signal::Speech);
    drop(reopened);
    assert_eq!(controller.auditioned(), None);
}

#[test]
fn a_menu_is_the_hosts_or_else_our_own() {
    let (mut controller, _open, _worker) = opened(Silent);
    let [wet, dry] = ["wet", "dry"].map(|parameter| Wish { parameter, place: [3, 4] });
    let ask = |controller: &mut Controller, wish: Wish| controller.edit(&Edit::Menu(wish.parameter, wish.place));
    ask(&mut controller, wet);
    assert_eq!(controller.own_menu(), Some(wet), "no host has menus");
    controller.close_menu(dry);
    assert_eq!(controller.own_menu(), Some(wet), "another one is open");
    controller.close_menu(wet);
    assert_eq!(controller.own_menu(), None);

    let host = HostRequests::default();
    host.set_menu(|wish| wish.parameter == "wet");
    controller.set_host_requests(host.clone());
    ask(&mut controller, dry);
    assert_eq!(controller.own_menu(), Some(dry), "this host has none of it");
    ask(&mut controller, wet);
    assert_eq!(controller.own_menu(), None, "the host's is open instead");
    host.refuse(wet);
    controller.look(0.0);
    assert_eq!(controller.own_menu(), Some(wet), "the host has thought better of it");
    assert!(!controller.can_undo(), "nothing was changed");
    let _again = controller.open(Box::new(Silent), None);
    assert_eq!(controller.own_menu(), None, "in a window that opens");
}

#[test]
fn a_value_is_pasted_where_it_is_one() {
    use crate::editor::view::View;
    use crate::editor::views::context_menu::{Action, ContextMenu, State};

    let (mut controller, _open, _worker) = opened(Silent);
    let copied = |controller: &mut Controller, parameter| {
        controller.edit(&Edit::Menu(parameter, [0, 0]));
        ContextMenu::model(controller, &mut State::default()).expect("a menu").copied
    };
    assert_eq!(copied(&mut controller, "wet"), None, "nothing was copied");
    ContextMenu::act(Action::Copy("-6.0 dB".to_owned()), &mut controller);
    assert_eq!(copied(&mut controller, "dry").as_deref(), Some("-6.0 dB"));
    assert_eq!(copied(&mut controller, "bypass"), None);
}
