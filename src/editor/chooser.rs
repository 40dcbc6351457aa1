//! The row in which an impulse is chosen: built-in spaces, a path, the file dialog, files dropped on the window.
use super::scene::{Action, Choice, Direction, Draft, Scene};
use super::slider::select_all;
use super::{presets, theme};
use crate::impulse::recipe::{Side, Source};
use crate::library;
use egui::{Button, Key, RichText, Role, TextEdit, Ui, WidgetInfo, vec2};
use std::path::{Path, PathBuf};

/// What the path field says when it is empty.
const HINT: &str = "Path of an impulse file, or left.wav ; right.wav";

/// The two impulses.
const SIDES: [(Side, &str, &str); 2] = [(Side::A, "A", "First impulse"), (Side::B, "B", "Second impulse")];

/// Draws the row over the whole width.
pub fn show(ui: &mut Ui, scene: &Scene, draft: &mut Draft, actions: &mut Vec<Action>) {
    if draft.path_of != scene.source {
        draft.path = scene.source.as_ref().map(path_text).unwrap_or_default();
        draft.path_of.clone_from(&scene.source);
    }
    ui.horizontal_centered(|ui| {
        for (side, name, about) in SIDES {
            let button = toggle(name, scene.side == side).min_size(vec2(theme::CONTROL_HEIGHT, theme::CONTROL_HEIGHT));
            let response = ui.add(button).on_hover_text(about);
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, scene.side == side, about));
            if response.clicked() {
                actions.push(Action::Turn(side));
            }
        }
        ui.add_space(theme::GAP * 0.5);
        for space in &scene.spaces {
            let source = Source::Space { id: space.id.clone() };
            let chosen = scene.source.as_ref() == Some(&source);
            if ui.add(toggle(&space.name, chosen)).clicked() {
                actions.push(Action::Load(source));
            }
        }
        ui.add_space(theme::GAP * 0.5);
        let browse = "Open…";
        let button = 78.0;
        let width = ui.available_width() - button - ui.spacing().item_spacing.x;
        let field = TextEdit::singleline(&mut draft.path)
            .hint_text(RichText::new(HINT).color(theme::TEXT_QUIET))
            .align(egui::Align2::LEFT_CENTER)
            .margin(egui::Margin::symmetric(8, 0));
        let response = ui.add_sized(vec2(width, theme::CONTROL_HEIGHT), field);
        if std::mem::take(&mut draft.focus_path) {
            response.request_focus();
            select_all(ui, response.id, &draft.path);
        }
        if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
            actions.extend(typed(&draft.path).map(asked));
        }
        if ui.add_sized(vec2(button, theme::CONTROL_HEIGHT), Button::new(browse)).clicked() {
            actions.push(Action::Browse);
        }
    });
    let dropped = ui.input(|input| input.raw.dropped_files.clone());
    if !dropped.is_empty() {
        actions.push(chosen(dropped.iter().map(|file| file.path().to_path_buf()).collect()));
    }
}

/// A button that stays down.
pub(super) fn toggle(text: &str, on: bool) -> Button<'_> {
    let colour = if on { theme::ON_ACCENT } else { theme::TEXT };
    let fill = if on { theme::ACCENT } else { theme::CONTROL };
    Button::new(RichText::new(text).color(colour)).fill(fill).selected(on).min_size(vec2(58.0, theme::CONTROL_HEIGHT))
}

/// The source that a typed text names: one path, or two with a `;` between them. `None` for an empty text.
#[must_use]
pub fn typed(text: &str) -> Option<Source> {
    let mut paths = text.split(';').map(|part| part.trim().trim_matches('"')).filter(|part| !part.is_empty());
    let first = absolute(paths.next()?);
    Some(match paths.next() {
        None => Source::File { path: first },
        Some(second) => Source::Pair { left: first, right: absolute(second) },
    })
}

/// What a source asks for: a file may be a preset.
fn asked(source: Source) -> Action {
    match source {
        Source::File { path } if presets::is_preset(&path) => Action::Preset(path),
        source => Action::Load(source),
    }
}

/// What choosing these files asks for: one is an impulse or a preset, two are the impulse of the left and of the right source, in the
/// order of their names (`…L`, `…R`; `left`, `right`).
#[must_use]
pub fn chosen(mut paths: Vec<PathBuf>) -> Action {
    paths.sort();
    let mut paths = paths.into_iter();
    match (paths.next(), paths.next(), paths.next()) {
        (Some(path), None, _) => asked(Source::File { path }),
        (Some(left), Some(right), None) => Action::Load(Source::Pair { left, right }),
        _ => Action::Refuse("Choose one file, or two: the left and the right source's.".to_owned()),
    }
}

/// The source before or after this one: the spaces in their order, or the impulse files of its folder, round and round.
/// `None` where there is no other. Looks into the folder.
#[must_use]
pub fn stepped(source: Option<&Source>, direction: Direction, spaces: &[Choice]) -> Option<Source> {
    match source? {
        Source::Space { id } => {
            let at = spaces.iter().position(|space| space.id == *id)?;
            let by = if direction == Direction::Next { 1 } else { spaces.len() - 1 };
            Some(Source::Space { id: spaces[(at + by) % spaces.len()].id.clone() })
        }
        Source::File { path } => {
            let step = if direction == Direction::Next { library::next } else { library::previous };
            step(path).map(|path| Source::File { path })
        }
        Source::Pair { .. } => None,
    }
}

/// The source with the file that is missing replaced by the one that was found.
#[must_use]
pub fn relocated(source: Option<&Source>, wanted: &Path, found: PathBuf) -> Source {
    match source {
        Some(Source::Pair { left, right }) if right == wanted => Source::Pair { left: left.clone(), right: found },
        Some(Source::Pair { left, right }) if left == wanted => Source::Pair { left: found, right: right.clone() },
        _ => Source::File { path: found },
    }
}

/// The last part of a path, for people.
#[must_use]
pub fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn path_text(source: &Source) -> String {
    match source {
        Source::Space { .. } => String::new(),
        Source::File { path } => path.display().to_string(),
        Source::Pair { left, right } => format!("{} ; {}", left.display(), right.display()),
    }
}

/// A session must not depend on where its host was started, so `~` and relative paths are resolved here.
fn absolute(text: &str) -> PathBuf {
    let home = text.strip_prefix("~/").and_then(|rest| std::env::home_dir().map(|home| home.join(rest)));
    let path = home.unwrap_or_else(|| PathBuf::from(text));
    std::path::absolute(&path).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> Option<Source> {
        Some(Source::File { path: path.into() })
    }

    #[test]
    fn typed_paths_are_absolute_and_may_be_quoted() {
        assert_eq!(typed(" \"/a b/c.wav\" "), file("/a b/c.wav"));
        assert_eq!(typed(" ; "), None);
        let here = std::env::current_dir().expect("a current folder");
        assert_eq!(typed("c.wav"), Some(Source::File { path: here.join("c.wav") }));
        if let Some(home) = std::env::home_dir() {
            assert_eq!(typed("~/c.wav"), Some(Source::File { path: home.join("c.wav") }));
        }
    }

    #[test]
    fn one_or_two_files_are_an_impulse_and_three_are_refused() {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        assert_eq!(Some(chosen(paths(&["/b"]))), file("/b").map(Action::Load));
        let pair = Source::Pair { left: "/hall left".into(), right: "/hall right".into() };
        assert_eq!(chosen(paths(&["/hall right", "/hall left"])), Action::Load(pair));
        assert!(matches!(chosen(paths(&["/a", "/b", "/c"])), Action::Refuse(_)));
        assert_eq!(chosen(paths(&["/church.TOML"])), Action::Preset("/church.TOML".into()));
    }

    #[test]
    fn next_and_previous_go_round_the_spaces_and_the_files_of_a_folder() {
        let spaces = ["room", "hall", "plate"].map(|id| Choice { id: id.to_owned(), name: id.to_owned() });
        let space = |id: &str| Some(Source::Space { id: id.to_owned() });
        let step = |source: &Option<Source>, direction| stepped(source.as_ref(), direction, &spaces);
        assert_eq!(step(&space("hall"), Direction::Next), space("plate"));
        assert_eq!(step(&space("plate"), Direction::Next), space("room"));
        assert_eq!(step(&space("room"), Direction::Previous), space("plate"));

        let folder = tempfile::tempdir().expect("a folder");
        for name in ["room 10.wav", "room 2.WAV", "room 2.txt", "room 3.flac"] {
            std::fs::write(folder.path().join(name), "").expect("a file");
        }
        let here = |name: &str| file(folder.path().join(name).to_str().expect("text"));
        assert_eq!(step(&here("room 2.WAV"), Direction::Next), here("room 3.flac"));
        assert_eq!(step(&here("room 3.flac"), Direction::Next), here("room 10.wav"));
        assert_eq!(step(&here("room 10.wav"), Direction::Next), here("room 2.WAV"));
        assert_eq!(step(&here("room 2.WAV"), Direction::Previous), here("room 10.wav"));

        let pair = Source::Pair { left: "/l".into(), right: "/r".into() };
        assert_eq!(step(&Some(pair), Direction::Next), None);
        assert_eq!(step(&None, Direction::Next), None);
        for name in ["room 10.wav", "room 3.flac"] {
            std::fs::remove_file(folder.path().join(name)).expect("gone");
        }
        assert_eq!(step(&here("room 2.WAV"), Direction::Next), None, "alone in its folder");
    }

    #[test]
    fn the_missing_half_of_a_pair_is_replaced_alone() {
        let pair = |left: &str, right: &str| Source::Pair { left: left.into(), right: right.into() };
        let was = pair("/l", "/r");
        assert_eq!(relocated(Some(&was), Path::new("/r"), "/new".into()), pair("/l", "/new"));
        assert_eq!(relocated(Some(&was), Path::new("/l"), "/new".into()), pair("/new", "/r"));
        assert_eq!(Some(relocated(file("/f").as_ref(), Path::new("/f"), "/new".into())), file("/new"));
    }
}
