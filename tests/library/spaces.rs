//! The built-in spaces sound like what their names say: every figure follows from their texts. Unless said otherwise
//! the figures are of a source in the middle, which is the same in both inputs: what each receiver hears is then the
//! sum of what it hears of the left and of the right source.

mod colour;
mod decay;
mod echoes;
mod figures;
mod measures;
mod samples;
mod sides;
mod sources;

use std::sync::OnceLock;
use toml::{Table, Value};
use transept::cancel::Token;
use transept::impulse::Impulse;
use transept::space::{self, BuiltIn};

/// The impulse of each space with its four channels, synthesised once for all tests.
fn impulses() -> &'static [(&'static BuiltIn, Impulse)] {
    static IMPULSES: OnceLock<Vec<(&'static BuiltIn, Impulse)>> = OnceLock::new();
    IMPULSES.get_or_init(|| {
        let synthesised =
            |space: &'static BuiltIn| (space, space::synthesise(space.text, &Token::never()).expect(space.id));
        space::built_in().iter().map(synthesised).collect()
    })
}

/// Each space, as both sides hear a source in the middle.
fn spaces() -> &'static [(&'static BuiltIn, Impulse)] {
    static SPACES: OnceLock<Vec<(&'static BuiltIn, Impulse)>> = OnceLock::new();
    SPACES.get_or_init(|| impulses().iter().map(|(space, impulse)| (*space, centred(impulse))).collect())
}

/// What both sides hear of the same sound in both inputs.
fn centred(impulse: &Impulse) -> Impulse {
    let [ll, lr, rl, rr] = impulse.channels() else { panic!("{} channels", impulse.channels().len()) };
    let sum = |one: &[f32], other: &[f32]| one.iter().zip(other).map(|(one, other)| one + other).collect();
    Impulse::new(vec![sum(ll, rl), sum(lr, rr)], impulse.sample_rate()).expect("two channels")
}

fn space(id: &str) -> &'static (&'static BuiltIn, Impulse) {
    spaces().iter().find(|(space, _)| space.id == id).expect("a built-in space")
}

/// The four channels of a space.
fn impulse(id: &str) -> &'static Impulse {
    &impulses().iter().find(|(space, _)| space.id == id).expect("a built-in space").1
}

fn recipe(id: &str) -> Table {
    space(id).0.text.parse().expect("TOML")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(|v| v.as_float().expect("a number")).collect()
}

const ROOMS: [&str; 2] = ["hall", "room"];
const PLATES: [&str; 2] = ["plate", "bright-plate"];
const SPEED_AT_TWENTY_DEGREES: f64 = 343.21;
