//! Queries: which entries, and in what order.

use super::entry::{Entries, Entry, Figures};
use super::fold::folded;
use super::marks::Marks;
use crate::impulse::recipe::Source;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::path::PathBuf;

/// What the entries are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Column {
    /// Names, in natural order.
    #[default]
    Name,
    /// Length.
    Length,
    /// Reverberation time.
    Rt60,
    /// Number of channels.
    Channels,
    /// Sample rate.
    Rate,
    /// Peak.
    Level,
}

/// Where entries are looked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Within {
    /// Everywhere.
    #[default]
    All,
    /// The user's favourites.
    Favourites,
    /// What was loaded last, the last first.
    Recent,
    /// The built-in spaces.
    Spaces,
    /// A folder and all below it.
    Folder(PathBuf),
}

/// A question: where to look, for which words, and in what order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Query {
    /// Words that are all in the name, or in those of the folders below the user's; neither case nor accents matter.
    pub search: String,
    /// Where to look.
    pub within: Within,
    /// What to order by.
    pub column: Column,
    /// True for the largest, or the last name, first.
    pub is_descending: bool,
}

impl Column {
    /// All columns, in their order.
    pub const ALL: [Self; 6] = [Self::Name, Self::Length, Self::Rt60, Self::Channels, Self::Rate, Self::Level];

    /// Name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Length => "Length",
            Self::Rt60 => "RT60",
            Self::Channels => "Channels",
            Self::Rate => "Rate",
            Self::Level => "Peak",
        }
    }

    /// The value of a figure; `None` of the name, and where there is none.
    fn value(self, figures: &Figures) -> Option<f64> {
        match self {
            Self::Name => None,
            Self::Length => Some(figures.seconds),
            Self::Rt60 => figures.rt60,
            Self::Channels => Some(figures.channels as f64),
            Self::Rate => Some(f64::from(figures.sample_rate)),
            Self::Level => figures.peak,
        }
    }
}

/// The places of the entries that a query is for, in its order. What has no figure stands last, whichever way the order
/// goes; what is equal goes by its name.
#[must_use]
pub fn order(entries: &Entries, query: &Query, marks: &Marks) -> Vec<u32> {
    let search = folded(&query.search);
    let words: Vec<&str> = search.split_whitespace().collect();
    let has_words = |entry: &Entry| words.iter().all(|word| entry.words.contains(word));
    let marked: &[Source] = match query.within {
        Within::Favourites => marks.favourites(),
        Within::Recent => marks.recent(),
        _ => &[],
    };
    // Of marks on several files of one impulse the first counts, which comes last here.
    let marked = marked.iter().enumerate().rev();
    let marked: HashMap<u32, usize> =
        marked.filter_map(|(order, source)| Some((*entries.places.get(source)?, order))).collect();
    let folder = match &query.within {
        Within::Spaces => entries.folders.iter().find(|folder| folder.path.is_none()),
        Within::Folder(path) => entries.folders.iter().find(|folder| folder.path.as_ref() == Some(path)),
        _ => None,
    };
    let is_within = |place: u32, entry: &Entry| match query.within {
        Within::All => true,
        Within::Favourites | Within::Recent => marked.contains_key(&place),
        Within::Spaces | Within::Folder(_) => folder.is_some_and(|folder| folder.below.contains(&entry.folder)),
    };
    let places = (0..).zip(&entries.all);
    let mut order: Vec<u32> =
        places.filter(|(place, entry)| is_within(*place, entry) && has_words(entry)).map(|(place, _)| place).collect();
    let entry = |place: &u32| &entries.all[*place as usize];
    let directed = |order: Ordering| if query.is_descending { order.reverse() } else { order };
    if query.column == Column::Name {
        let by_name = |place: &u32| match query.within {
            // The last first, which is the natural order of what was loaded.
            Within::Recent => marked.get(place).map_or(0, |order| *order as u32),
            _ => entry(place).rank,
        };
        order.sort_by(|a, b| directed(by_name(a).cmp(&by_name(b))));
        return order;
    }
    // Once for each: figures may come while they are compared, and an order that contradicts itself is none.
    let mut keyed: Vec<(Option<f64>, u32)> = order
        .into_iter()
        .map(|place| (entry(&place).figures().and_then(|figures| query.column.value(figures)), place))
        .collect();
    keyed.sort_by(|(a, one), (b, other)| {
        let by_value = match (a, b) {
            (Some(a), Some(b)) => directed(a.total_cmp(b)),
            (a, b) => b.is_some().cmp(&a.is_some()),
        };
        by_value.then_with(|| entry(one).rank.cmp(&entry(other).rank))
    });
    keyed.into_iter().map(|(_, place)| place).collect()
}
