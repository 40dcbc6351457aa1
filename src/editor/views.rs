//! All views of the window. A new view is a file in `views/`, and its lines here.

pub mod banner;
pub mod browser;
pub mod chooser;
pub mod context_menu;
pub mod controls;
pub mod figures;
pub mod header;
pub mod impulse;
pub mod meters;
pub mod status;

use super::controller::Controller;
use super::layout::{Layout, Place};
use super::theme;
use super::view::View;
use egui::{CornerRadius, Rect, Ui, UiBuilder, Vec2};

macro_rules! views {
    ($frame:ident; $($(#[$about:meta])* $name:ident: $View:ident in $place:expr;)*) => {
        /// The models of all views.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Model {
            $($(#[$about])* pub $name: <$name::$View as View>::Model,)*
        }

        /// The states of all views.
        #[derive(Debug, Default)]
        pub struct State {
            $($(#[$about])* pub $name: <$name::$View as View>::State,)*
        }

        /// An action of the user in one of the views.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Action {
            $($(#[$about])* $View(<$name::$View as View>::Action),)*
        }

        /// All views together, in the order in which the keyboard goes through them.
        pub struct Views;

        impl Views {
            fn places(ui: &Ui, model: &Model, size: Vec2) -> Vec<Place> {
                let $frame = Frame { ui, model, size };
                vec![$($place),*]
            }

            /// The height of content of this size in which all views have room.
            #[must_use]
            pub fn least_height(ui: &Ui, model: &Model, size: Vec2) -> f32 {
                Layout::least_height(&Self::places(ui, model, size))
            }
        }

        impl View for Views {
            type Model = Model;
            type State = State;
            type Action = Action;

            fn model(controller: &Controller, state: &mut State) -> Model {
                Model { $($name: $name::$View::model(controller, &mut state.$name),)* }
            }

            fn show(ui: &mut Ui, model: &Model, state: &mut State) -> Vec<Action> {
                let content = ui.max_rect();
                let layout = Layout::new(content, &Self::places(ui, model, content.size()));
                for panel in layout.panels {
                    ui.painter().rect_filled(panel, CornerRadius::same(theme::ROUNDING), theme::of(ui).panel);
                }
                let (mut views, mut actions) = (layout.views.into_iter(), Vec::new());
                $(
                    let rect = views.next().unwrap_or(Rect::NOTHING);
                    if rect != Rect::NOTHING {
                        let done = within(ui, rect, |ui| $name::$View::show(ui, &model.$name, &mut state.$name));
                        actions.extend(done.into_iter().map(Action::$View));
                    }
                )*
                actions
            }

            fn act(action: Action, controller: &mut Controller) {
                match action {
                    $(Action::$View(action) => $name::$View::act(action, controller),)*
                }
            }
        }
    };
}

// From the top to the bottom, and from the left to the right.
views! { frame;
    /// Product, previous and next, name of the impulse, undo, A and B, options, presets, bypass.
    header: Header in Place::Row(header::HEIGHT);
    /// First or second impulse, browser, built-in spaces, path, file dialog, signals to listen with.
    chooser: Chooser in Place::Row(theme::CONTROL_HEIGHT);
    /// Only when something needs the user.
    banner: Banner in Place::Row(banner::height(frame.ui, &frame.model.banner, frame.size.x));
    /// Impulses to choose from, while it is open.
    browser: Browser in Place::Drawer(browser::width(&frame.model.browser, frame.size.x - meters::WIDTH));
    /// The impulse: wave, decay, spectrogram, response.
    impulse: Impulse in Place::Middle;
    /// Form, length, rate and levels of the impulse.
    figures: Figures in Place::Caption(figures::height(frame.model.figures.as_deref()));
    /// Levels of input and output.
    meters: Meters in Place::Side(meters::WIDTH);
    /// The parameters, in pages.
    controls: Controls in Place::Foot(controls::height(frame.size.y));
    /// Rate, block, latency, tail and load.
    status: Status in Place::Base(status::HEIGHT);
    /// Our own menu of a parameter, while it is open: above all others, wherever it was asked for.
    context_menu: ContextMenu in Place::Row(0.0);
}

/// What a place in the list may depend on.
struct Frame<'a> {
    ui: &'a Ui,
    model: &'a Model,
    /// Size of the window without its margin, in points.
    size: Vec2,
}

fn within<T>(ui: &mut Ui, rect: Rect, add: impl FnOnce(&mut Ui) -> T) -> T {
    ui.scope_builder(UiBuilder::new().max_rect(rect), add).inner
}
