//! Undo and redo of what a user did in the window.
//!
//! A change holds what it changed and nothing else: parameters that automation or somebody at the host's knobs has moved
//! since stay where they are. Rooms come back with all that the session knew of them, embedded impulses included. The
//! changes belong to the instance, so none is lost when its window closes.

use super::Controller;
use super::compare::Compared;
use super::preset::Present;
use crate::editor::binding;
use crate::editor::parameter::{Edit, Move};
use crate::session::impulse::Kept;
use crate::settings::{self, Setting};
use std::sync::Arc;

/// Changes that can be undone.
const MOST: usize = 100;
/// Seconds within which a parameter that is moved again, as by a wheel, goes on with the same change.
const PAUSE: f64 = 0.7;

/// What the user has changed, the last change at the end of each list.
#[derive(Debug, Default)]
pub(super) struct Undo {
    done: Vec<Change>,
    undone: Vec<Change>,
    /// The move of the parameter that is held.
    held: Option<Move>,
    /// Seconds for which windows have been open.
    now: f64,
    /// When the last change was made.
    last: f64,
    /// True if the last change is one of impulses that are tried.
    is_trying: bool,
}

/// One change.
#[derive(Debug, Clone)]
struct Change {
    moves: Vec<Move>,
    /// The impulses before and after, if they were changed.
    rooms: Option<[Kept; 2]>,
    /// A change of the two whole settings.
    compared: Option<Compared>,
    /// The presets at hand before and after, if another one came to hand.
    presets: Option<[Option<Arc<Present>>; 2]>,
}

impl Undo {
    /// So much time has gone by.
    pub fn pass(&mut self, seconds: f32) {
        self.now += f64::from(seconds);
    }

    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// Notes a change. What was undone before cannot be redone any more.
    fn note(&mut self, change: Change) {
        self.undone.clear();
        self.is_trying = false;
        if self.done.len() == MOST {
            self.done.remove(0);
        }
        self.done.push(change);
        self.last = self.now;
    }

    /// Ends the change of impulses that are tried: the next one begins another.
    pub fn end_trial(&mut self) {
        self.is_trying = false;
    }

    /// Notes that a parameter was moved by itself.
    fn note_move(&mut self, moved: Move) {
        if moved.from == moved.to {
            return;
        }
        let goes_on = self.now - self.last < PAUSE && self.undone.is_empty();
        let last = self.done.last_mut().filter(|last| goes_on && last.rooms.is_none() && last.compared.is_none());
        if let Some([last]) = last.map(|last| &mut last.moves[..])
            && last.parameter == moved.parameter
        {
            last.to = moved.to;
            self.last = self.now;
        } else {
            self.note(Change { moves: vec![moved], rooms: None, compared: None, presets: None });
        }
    }
}

impl Controller {
    /// True if there is a change to undo.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        self.undo.can_undo()
    }

    /// True if there is an undone change to make again.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        self.undo.can_redo()
    }

    /// Takes the last change back: each parameter as one gesture of the host's.
    pub fn undo(&mut self) {
        let Some(mut change) = self.undo.done.pop() else { return };
        let here = self.whole();
        if let Some([before, after]) = &mut change.rooms {
            // By now more is known of them.
            *after = self.params.session.kept();
            self.bring_back(before.clone());
        }
        let moves: Vec<Move> = change.moves.iter().rev().map(|moved| moved.reversed()).collect();
        self.make(&moves);
        if let Some(compared) = &mut change.compared {
            self.go_over(compared, here);
        }
        if let Some([before, _]) = &change.presets {
            self.presets.set_present(before.clone());
        }
        self.undo.undone.push(change);
    }

    /// Makes the change again that was undone last.
    pub fn redo(&mut self) {
        let Some(mut change) = self.undo.undone.pop() else { return };
        let here = self.whole();
        if let Some([before, after]) = &mut change.rooms {
            *before = self.params.session.kept();
            self.bring_back(after.clone());
        }
        self.make(&change.moves);
        if let Some(compared) = &mut change.compared {
            self.go_over(compared, here);
        }
        if let Some([_, after]) = &change.presets {
            self.presets.set_present(after.clone());
        }
        self.undo.done.push(change);
        // What is moved next is a change of its own.
        self.undo.last = f64::NEG_INFINITY;
    }

    /// Notes an edit before it is made.
    pub(super) fn note_edit(&mut self, edit: &Edit) {
        let value = |parameter| binding::value_of(parameter, &self.params);
        let at = |parameter, normalized| binding::value_at(parameter, normalized);
        match edit {
            Edit::Begin(parameter) => {
                self.undo.held = value(parameter).map(|from| Move { parameter, from, to: from });
            }
            Edit::Set(parameter, normalized) => {
                let to = at(parameter, *normalized);
                if let Some((held, to)) = self.undo.held.as_mut().filter(|held| held.parameter == *parameter).zip(to) {
                    held.to = to;
                }
            }
            Edit::End(_) => {
                if let Some(moved) = self.undo.held.take() {
                    self.undo.note_move(moved);
                }
            }
            Edit::Reset(parameter) | Edit::Type(parameter, _) => {
                let to = match edit {
                    Edit::Type(_, text) => binding::typed(parameter, text, &self.params),
                    _ => settings::find(parameter).map(Setting::default),
                };
                if let Some((from, to)) = value(parameter).zip(to) {
                    self.undo.note_move(Move { parameter, from, to });
                }
            }
            Edit::Menu(..) => {}
        }
    }

    /// Notes a change of the impulses, and of the parameters that went with it.
    pub(super) fn note_rooms(&mut self, before: Kept, moves: Vec<Move>) {
        let rooms = self.rooms_since(before);
        if rooms.is_some() || !moves.is_empty() {
            self.undo.note(Change { moves, rooms, compared: None, presets: None });
        }
    }

    /// Notes that a preset was opened, with the one that was at hand before.
    pub(super) fn note_preset(&mut self, before: Kept, moves: Vec<Move>, preset: Option<Arc<Present>>) {
        let (rooms, presets) = (self.rooms_since(before), [preset, self.presets.present()]);
        if rooms.is_some() || !moves.is_empty() || presets[0] != presets[1] {
            self.undo.note(Change { moves, rooms, compared: None, presets: Some(presets) });
        }
    }

    /// Notes a change of the two whole settings, with the preset that was at hand before.
    pub(super) fn note_compared(
        &mut self,
        before: Kept,
        moves: Vec<Move>,
        compared: Compared,
        preset: Option<Arc<Present>>,
    ) {
        let (rooms, presets) = (self.rooms_since(before), Some([preset, self.presets.present()]));
        self.undo.note(Change { moves, rooms, compared: Some(compared), presets });
    }

    /// The impulses before and now, if they are others now.
    fn rooms_since(&self, before: Kept) -> Option<[Kept; 2]> {
        let after = self.params.session.kept();
        (!before.asks_for_the_same(&after)).then_some([before, after])
    }

    /// Notes that an impulse is tried: one change with those that were tried before.
    pub(super) fn note_trial(&mut self, before: Kept, moves: Vec<Move>) {
        let after = self.params.session.kept();
        let last = self.undo.done.last_mut().filter(|_| self.undo.is_trying && self.undo.undone.is_empty());
        match last.and_then(|last| last.rooms.as_mut()) {
            Some(rooms) => rooms[1] = after,
            None => {
                self.note_rooms(before, moves);
                self.undo.is_trying = true;
            }
        }
    }

    pub(super) fn bring_back(&mut self, kept: Kept) {
        self.remark = None;
        self.params.session.bring_back(kept);
        self.worker.nudge();
    }

    pub(super) fn make(&self, moves: &[Move]) {
        self.with_host(|host| {
            moves.iter().for_each(|moved| binding::move_to(moved.parameter, moved.to, &self.params, host))
        });
        self.worker.nudge();
    }
}
