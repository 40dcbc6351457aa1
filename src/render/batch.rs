//! What the jobs of a batch share: each impulse is prepared once for each format, however many files go through it.

mod shelf;

use super::RenderError;
use crate::cancel::Token;
use crate::chain::{Chain, Format};
use crate::impulse::recipe::Recipe;
use crate::prepare::{Opening, memory};
use shelf::{Key, Place};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes of spectra that are kept for formats other than the last one that was asked for.
const SPARE: usize = 32 << 20;
/// Formats that are kept at most.
const MOST: usize = 16;

/// Jobs that share what is alike in them, rendered by [`Batch::render`] from any number of threads.
///
/// Each impulse is decoded, resampled, shaped and transformed once for each rate and layout; a thread that needs what
/// another one is preparing waits for it. An impulse that cannot be used is tried once, and every job that needs it
/// gets the same error. Of the formats, the last one is kept and as many others as fit into 32 MB of spectra.
#[derive(Default)]
pub struct Batch {
    /// The one that was asked for last stands last.
    places: Mutex<Vec<Arc<Place>>>,
    /// Chains that have ended, and can be played again through the same opening.
    idle: Mutex<Vec<Seat>>,
}

/// A chain with its first convolver in place.
pub(super) struct Seat {
    pub opening: Arc<Opening>,
    pub chain: Chain,
}

impl Batch {
    /// The opening of a recipe: built now, or by another job before. `goes_on` is as in [`Opening::build`].
    pub(super) fn opening(
        &self,
        recipe: &Arc<Recipe>,
        format: Format,
        goes_on: bool,
        cancel: &Token,
    ) -> Result<Arc<Opening>, RenderError> {
        let key = Key { recipe: recipe.clone(), format, goes_on };
        let place = self.place(key);
        let opening = place.opening(cancel)?;
        self.tidy();
        Ok(opening)
    }

    /// A chain in which the opening's convolver is in place, and that has received nothing since its last reset, for a
    /// dry file.
    pub(super) fn seat(&self, dry: &Path, opening: Arc<Opening>, format: Format) -> Result<Seat, RenderError> {
        let mut idle = lock(&self.idle);
        if let Some(index) = idle.iter().position(|seat| Arc::ptr_eq(&seat.opening, &opening)) {
            return Ok(idle.swap_remove(index));
        }
        // There are never more chains than jobs at one time.
        let other = (!idle.is_empty()).then(|| idle.swap_remove(0));
        drop(idle);
        drop(other);
        let bytes = opening.bytes_of_delivery();
        if !memory::is_there(bytes) {
            return Err(RenderError::Memory { path: dry.to_owned(), bytes });
        }
        let mut chain = Chain::new(format, Arc::default());
        // Before any input it is in place at once.
        drop(chain.receive(Some(opening.delivery())));
        Ok(Seat { opening, chain })
    }

    /// Takes back a chain that has received no other convolver.
    pub(super) fn give_back(&self, mut seat: Seat) {
        seat.chain.reset();
        lock(&self.idle).push(seat);
    }

    fn place(&self, key: Key) -> Arc<Place> {
        let mut places = lock(&self.places);
        let place = match places.iter().position(|place| place.key == key) {
            Some(index) => places.remove(index),
            None => Arc::new(Place::new(key)),
        };
        places.push(place.clone());
        place
    }

    /// Forgets the formats that were not asked for the longest.
    fn tidy(&self) {
        let mut places = lock(&self.places);
        let mut spare = 0;
        let newest = places.len().saturating_sub(1);
        let is_kept = |(index, place): (usize, &Arc<Place>)| {
            spare += if index == newest { 0 } else { place.bytes() };
            spare <= SPARE && newest - index < MOST
        };
        let kept: Vec<bool> = places.iter().enumerate().rev().map(is_kept).collect();
        let mut kept = kept.into_iter().rev();
        places.retain(|_| kept.next().unwrap_or(true));
    }
}

/// A panic of another job's leaves nothing half-done behind these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
