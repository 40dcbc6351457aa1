//! Texts of embedded impulses, each once in a process: the instances of a session carry the same ones along.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// A text that is shared by all who hold the same.
#[derive(Debug, Clone)]
pub struct Text(Arc<Owned>);

/// In a box of its own, so that weak references keep none of it.
#[derive(Debug)]
struct Owned(Box<str>);

/// All that anybody holds.
static TEXTS: Mutex<Vec<Weak<Owned>>> = Mutex::new(Vec::new());

impl From<String> for Text {
    /// Compares it with those that are there: of a length, as long as they agree.
    fn from(text: String) -> Self {
        // Nothing panics while it is held.
        let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
        texts.retain(|known| known.strong_count() > 0);
        let same = texts.iter().filter_map(Weak::upgrade).find(|known| *known.0 == *text);
        Self(same.unwrap_or_else(|| {
            let new = Arc::new(Owned(text.into()));
            texts.push(Arc::downgrade(&new));
            new
        }))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0.0
    }
}

impl PartialEq for Text {
    /// Equal texts are one.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_one_and_go_with_their_last_holder() {
        let long = "a text that no other test has ".repeat(1000);
        let one = Text::from(long.clone());
        let others = [Text::from(long.clone()), Text::from(&long[..])];
        assert!(others.iter().all(|other| *other == one && std::ptr::eq::<str>(&**other, &*one)));
        assert_ne!(Text::from(&long[1..]), one);
        let weak = Arc::downgrade(&one.0);
        drop((one, others));
        // Whoever compares holds all texts, as long as the lock is held.
        let known = TEXTS.lock().expect("nothing panics while it is held");
        assert!(weak.upgrade().is_none());
        drop(known);
        assert_eq!(*Text::from(long.clone()), *long);
    }
}
