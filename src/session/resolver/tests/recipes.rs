//! Spaces whose recipes are files of the user's.

use super::*;
use crate::space;

#[test]
fn a_space_whose_recipe_is_a_file_is_remembered_found_and_embedded_like_any_file() {
    let rooms = Rooms::new(&[]);
    let recipe = space::find("plate").expect("built in").text;
    std::fs::write(rooms.path("mine.toml"), recipe).expect("written");
    let (bare, heard) = rooms.saved(rooms.file("mine.toml"), Embedding::Never);
    let (whole, _) = rooms.saved(rooms.file("mine.toml"), Embedding::Always);
    assert_eq!(heard, space::synthesise(recipe, &Token::never()).expect("built"));
    rooms.rename("mine.toml", "kept/other.toml");
    assert_eq!(rooms.open(&bare).find().expect("by its content"), heard);
    rooms.remove("kept/other.toml");
    assert!(matches!(rooms.open(&bare).find(), Err(PrepareError::Missing(_))));
    assert_eq!(rooms.open(&whole).find().expect("embedded"), heard);
}
