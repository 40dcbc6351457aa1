//! Runs the examples of the library. Each asserts what it shows.

#[path = "../../examples/blocks.rs"]
mod blocks;
#[path = "../../examples/callback.rs"]
mod callback;
#[cfg(feature = "impulse")]
#[allow(dead_code)] // Its `main` reads the arguments of a program.
#[path = "../../examples/file.rs"]
mod file;
#[path = "../../examples/swap.rs"]
mod swap;

#[test]
fn blocks_of_changing_size_give_the_same_bits() {
    blocks::main().expect("it runs");
}

#[test]
fn a_callback_with_interleaved_blocks_convolves_both_channels() {
    callback::main().expect("it runs");
}

#[cfg(feature = "impulse")]
#[test]
fn a_file_is_rendered_through_an_impulse_of_another_rate() {
    file::demonstrate().expect("it runs");
}

#[test]
fn rooms_change_while_sound_passes() {
    swap::main().expect("it runs");
}
