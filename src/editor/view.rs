//! The form of a view: plain data in, actions of the user out.

use super::controller::Controller;
use egui::Ui;

/// A part of the window. Its file holds all that belongs to it: the data that it shows, how they are drawn, what a user
/// can do in it, and what that does to the instance.
pub trait View {
    /// Data that the view shows, from which a test draws the view without a host.
    type Model;
    /// What the view keeps from one frame to the next while its window is open, such as a text that is being typed.
    type State: Default;
    /// Actions of the user in the view.
    type Action;

    /// Collects the data for one frame.
    fn model(controller: &Controller, state: &mut Self::State) -> Self::Model;

    /// Draws the view in the whole of `ui.max_rect()` and returns what the user did, in that order.
    fn show(ui: &mut Ui, model: &Self::Model, state: &mut Self::State) -> Vec<Self::Action>;

    /// Does what an action asks for.
    fn act(action: Self::Action, controller: &mut Controller);
}
