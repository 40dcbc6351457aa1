use super::*;
use crate::editor::binding::Host;
use crate::editor::controller::{Letter, Open, PathField};
use crate::editor::dialog::{Answer, Dialog, Purpose};
use crate::editor::parameter::Edit;
use crate::editor::selection::Selection;
use crate::parameters::{Knob, any_knob};
use crate::plugin::set_parameter;
use crate::prepare::worker::Worker;
use crate::settings::TABLE;
use nice_plug::params::Param;
use parking_lot::Mutex;
use transept_support::folder::Folder;

/// A host that moves its parameters at once.
struct Moving(Arc<TranseptParams>);

impl Host for Moving {
    fn begin(&self, _knob: Knob) {}
    fn set(&self, knob: Knob, normalized: f32) {
        let name = any_knob!(knob, param => param.name().to_owned());
        if let Some(setting) = TABLE.iter().find(|setting| setting.name == name) {
            set_parameter(&self.0, setting.id, normalized);
        }
    }
    fn end(&self, _knob: Knob) {}
}

/// A controller with an open window and a folder of presets, and what keeps them alive.
struct Desk {
    controller: Controller,
    folder: Folder,
    _open: Arc<Mutex<Open>>,
    _worker: Worker,
}

impl Desk {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Folder::new();
        for (name, text) in files {
            let path = folder.path(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, text).expect("written");
        }
        let (worker, _kernels) = Worker::spawn(|| None);
        let params = Arc::<TranseptParams>::default();
        let mut controller = Controller::new(params.clone(), worker.handle(), Arc::default());
        controller.presets = Presets::new(Some(folder.root().to_owned()));
        let open = controller.open(Box::new(Moving(params)), None);
        let mut desk = Self { controller, folder, _open: open, _worker: worker };
        desk.wait_for(files.len());
        desk
    }

    /// Looks until so many of the user's presets are listed.
    fn wait_for(&mut self, count: usize) {
        while self.controller.presets().entries.len() != built_in().len() + count {
            self.look();
            std::thread::yield_now();
        }
    }

    fn look(&mut self) {
        self.controller.look(10.0);
    }

    /// Name of the preset at hand, and whether something was changed.
    fn at_hand(&mut self) -> Option<(String, bool)> {
        self.look();
        let is_changed = self.controller.is_preset_changed();
        self.controller.preset().map(|present| (present.name.clone(), is_changed))
    }

    fn edit(&mut self, parameter: &'static str, text: &str) {
        self.controller.edit(&Edit::Type(parameter, text.to_owned()));
    }

    fn answer(&mut self, purpose: Purpose, answer: Answer) -> Option<PathField> {
        let open = self.controller.open.upgrade().expect("it is open");
        open.lock().dialog = Some(Dialog::answered(purpose, answer));
        self.controller.poll_dialog()
    }
}

fn fresh(name: &str) -> Option<(String, bool)> {
    Some((name.to_owned(), false))
}

fn changed(name: &str) -> Option<(String, bool)> {
    Some((name.to_owned(), true))
}

fn space(id: &str) -> Source {
    Source::Space { id: id.to_owned() }
}

const WIDE: &str = "[impulse]\nkind = \"space\"\nid = \"plate\"\n[settings]\nwidth = \"150\"\n";

#[test]
fn every_preset_in_the_box_opens_by_next_and_is_not_changed_then() {
    let mut desk = Desk::new(&[]);
    assert_eq!(desk.at_hand(), None);
    for preset in built_in().iter().chain(&built_in()[..1]) {
        desk.controller.step_preset(Direction::Next);
        assert_eq!((desk.at_hand(), desk.controller.remark()), (fresh(preset.name), None));
        let read = preset.read().expect("a preset").preset;
        assert_eq!(desk.controller.settings(), read.settings, "{}", preset.name);
        assert_eq!(rooms(&desk.controller.params), [Some(read.source), read.second.clone()], "{}", preset.name);
    }
    desk.controller.step_preset(Direction::Previous);
    assert_eq!(desk.at_hand(), fresh(built_in().last().expect("one").name));
}

#[test]
fn previous_begins_with_the_users_last_and_goes_past_one_that_cannot_be_opened() {
    let mut desk = Desk::new(&[("a.toml", WIDE), ("b.toml", "[settings\n"), ("Drums/k.toml", WIDE)]);
    desk.controller.step_preset(Direction::Previous);
    assert_eq!(desk.at_hand(), fresh("k"));
    desk.controller.step_preset(Direction::Previous);
    let remark = desk.controller.remark();
    assert!(matches!(remark, Some(Remark::NoPreset(said)) if said.contains("b.toml")), "{remark:?}");
    assert_eq!(desk.at_hand(), fresh("k"), "still");
    desk.controller.step_preset(Direction::Previous);
    assert_eq!((desk.at_hand(), desk.controller.remark()), (fresh("a"), None));
    std::fs::remove_dir_all(desk.folder.root()).expect("removed");
    desk.controller.step_preset(Direction::Next);
    assert!(matches!(desk.controller.remark(), Some(Remark::NoPreset(_))), "it has vanished");
    desk.controller.refresh_presets();
    desk.wait_for(0);
    desk.controller.step_preset(Direction::Next);
    assert_eq!(desk.at_hand(), fresh(built_in()[0].name));
}

#[test]
fn the_mark_follows_settings_and_impulses_and_neither_bypass_nor_lock() {
    let mut desk = Desk::new(&[("wide.toml", WIDE)]);
    desk.controller.open_listed(Origin::File(desk.folder.path("wide.toml")));
    assert_eq!(desk.at_hand(), fresh("wide"));
    for (parameter, text) in [("bypass", "on"), ("mix_lock", "on"), ("wet", "-6")] {
        desk.edit(parameter, text);
        assert_eq!(desk.at_hand(), fresh("wide"), "{parameter}: a locked mix stays when the preset is opened again");
    }
    desk.edit("mix_lock", "off");
    assert_eq!(desk.at_hand(), changed("wide"));
    desk.edit("wet", "-12");
    assert_eq!(desk.at_hand(), fresh("wide"), "as it was");
    desk.controller.select(space("room").into());
    assert_eq!(desk.at_hand(), changed("wide"));
    desk.controller.select(space("plate").into());
    assert_eq!(desk.at_hand(), fresh("wide"));
    desk.controller.turn(Side::B);
    desk.controller.select(space("plate").into());
    assert_eq!(desk.at_hand(), changed("wide"));
}

#[test]
fn a_preset_is_one_step_of_undo_with_its_name() {
    let mut desk = Desk::new(&[]);
    let before = (desk.controller.settings(), desk.controller.source());
    for name in ["Gated hall", "Gated hall", "Hall behind a plate"] {
        let place = built_in().iter().position(|preset| preset.name == name).expect("in the box");
        desk.controller.open_listed(Origin::BuiltIn(place));
    }
    assert_eq!(desk.at_hand(), fresh("Hall behind a plate"));
    desk.controller.undo();
    assert_eq!(desk.at_hand(), fresh("Gated hall"));
    desk.controller.undo();
    assert_eq!(desk.at_hand(), None, "opened again it changed nothing");
    assert_eq!(
        (desk.controller.settings(), desk.controller.source(), desk.controller.can_undo()),
        (before.0, before.1, false)
    );
    desk.controller.redo();
    assert_eq!(desk.at_hand(), fresh("Gated hall"));
}

#[test]
fn a_and_b_have_presets_of_their_own() {
    let mut desk = Desk::new(&[]);
    desk.controller.open_listed(Origin::BuiltIn(0));
    desk.controller.turn_over();
    assert_eq!(desk.at_hand(), fresh(built_in()[0].name), "the same at first");
    desk.controller.open_listed(Origin::BuiltIn(1));
    desk.controller.turn_over();
    assert_eq!((desk.controller.letter(), desk.at_hand()), (Letter::A, fresh(built_in()[0].name)));
    desk.controller.undo();
    assert_eq!((desk.controller.letter(), desk.at_hand()), (Letter::B, fresh(built_in()[1].name)));
}

#[test]
fn a_locked_mix_stays_when_a_preset_of_the_list_is_opened() {
    let mut desk = Desk::new(&[]);
    desk.edit("mix_lock", "on");
    desk.edit("wet", "-3");
    desk.controller.open_listed(Origin::BuiltIn(0));
    assert_eq!((desk.controller.settings().wet, desk.at_hand()), (-3.0, fresh(built_in()[0].name)));
}

#[test]
fn a_preset_is_saved_under_a_name_and_replaced_only_when_that_is_asked_for() {
    let mut desk = Desk::new(&[]);
    desk.controller.select(space("plate").into());
    desk.controller.save_named("Voice/Mine", false);
    assert_eq!((desk.at_hand(), desk.controller.remark()), (fresh("Mine"), None));
    desk.wait_for(1);
    let path = desk.folder.path("Voice/Mine.toml");
    assert_eq!(desk.controller.presets().path(&Origin::File(path.clone())).as_deref(), Some("Voice/Mine"));
    let before = std::fs::read(&path).expect("there");

    desk.controller.select(space("room").into());
    desk.controller.save_named("Voice/Mine", false);
    let remark = desk.controller.remark();
    assert!(matches!(remark, Some(Remark::SaveFailed(said)) if said.contains("is there already")), "{remark:?}");
    assert_eq!((std::fs::read(&path).expect("there"), desk.at_hand()), (before, changed("Mine")));
    desk.controller.save_named("voice/MINE", true);
    assert_eq!((desk.at_hand(), desk.controller.remark()), (fresh("Mine"), None), "the file that is listed");
    assert_eq!(Preset::open(&path).expect("a preset").preset.source, space("room"));
    assert_eq!(desk.folder.names("Voice"), ["Mine.toml"]);
}

#[test]
fn what_cannot_be_saved_says_why_and_leaves_nothing() {
    let mut desk = Desk::new(&[]);
    for name in ["", "../out", "a:b", "NUL"] {
        desk.controller.save_named(name, true);
        assert!(matches!(desk.controller.remark(), Some(Remark::SaveFailed(_))), "{name}");
    }
    std::fs::write(desk.folder.path("Voice"), "a file").expect("written");
    desk.controller.save_named("Voice/Mine", false);
    assert!(matches!(desk.controller.remark(), Some(Remark::SaveFailed(said)) if said.contains("Voice")));
    assert_eq!((desk.folder.names("."), desk.at_hand()), (vec!["Voice".to_owned()], None));
    desk.controller.presets.folder = None;
    desk.controller.save_named("Mine", false);
    assert!(matches!(desk.controller.remark(), Some(Remark::SaveFailed(said)) if said.contains("TRANSEPT_CONFIG")));
}

#[test]
fn a_dialog_that_does_not_come_is_said_and_a_field_is_offered() {
    let mut desk = Desk::new(&[]);
    for (purpose, is_saving, field) in [
        (Purpose::Browse, false, PathField::Focus),
        (Purpose::Folder, false, PathField::Focus),
        (Purpose::Locate("/gone.wav".into()), false, PathField::Focus),
        (Purpose::OpenPreset, false, PathField::Focus),
        (Purpose::SavePreset("it.toml".to_owned()), true, PathField::Name),
    ] {
        desk.controller.dismiss();
        assert_eq!(desk.answer(purpose.clone(), Answer::NoDialog), Some(field), "{purpose:?}");
        assert_eq!(desk.controller.remark(), Some(&Remark::NoDialog { is_saving }));
    }
    desk.controller.dismiss();
    assert_eq!(desk.answer(Purpose::OpenPreset, Answer::Chosen(vec![])), Some(PathField::Focus), "cancelled");
    assert_eq!(desk.answer(Purpose::SavePreset(String::new()), Answer::Chosen(vec![])), None);
    assert_eq!(desk.controller.remark(), None);
}

#[test]
fn a_preset_of_a_dialog_or_of_the_path_field_is_at_hand_as_well() {
    let mut desk = Desk::new(&[("wide.toml", WIDE)]);
    let (wide, saved) = (desk.folder.path("wide.toml"), desk.folder.path("saved"));
    desk.answer(Purpose::OpenPreset, Answer::Chosen(vec![wide.clone()]));
    assert_eq!(desk.at_hand(), fresh("wide"));
    desk.edit("wet", "-6");
    desk.answer(Purpose::SavePreset(String::new()), Answer::Chosen(vec![saved]));
    assert_eq!(desk.at_hand(), fresh("saved"));
    desk.controller.select(Selection::Preset(wide));
    assert_eq!((desk.at_hand(), desk.controller.preset_name().as_str()), (fresh("wide"), "wide.toml"));
}
