//! The pages: what is used daily on the first, in groups in the order of the signal; then a page for each section of
//! the [settings], in that order.

use crate::settings::{self, Condition, Kind, Section, Setting, Settings, TABLE};

/// Rows of the longest page.
pub const ROWS: usize = 5;

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Page {
    /// Settings that are used daily.
    #[default]
    Main,
    /// All settings of a section.
    Section(Section),
}

/// Settings below a title.
#[derive(Debug)]
pub struct Group {
    /// The title; empty on the page of a section, which says it.
    pub title: &'static str,
    /// The settings, from the top to the bottom.
    pub settings: Vec<&'static Setting>,
}

/// The groups of the first page, in the order of the signal.
const GROUPS: [(&str, &[&str]); 3] = [
    ("Room", &["predelay", "predelay_sync", "size", "decay_all", "late"]),
    ("Tone", &["low_cut", "high_cut", "low_shelf", "high_shelf", "width"]),
    ("Mix", &["mix_mode", "dry", "wet", "mix", "output_level", "loudness"]),
];

/// Settings of the mix that give way on the first page while the mix mode overrules them.
const OF_ONE_MODE: [&str; 3] = ["dry", "wet", "mix"];

/// The padlocks, each with the setting in whose row it stands.
const PADLOCKS: [(&str, &str); 2] = [("mix_lock", "mix_mode"), ("output_lock", "output_level")];

impl Page {
    /// All pages, in the order of their tabs.
    pub const ALL: [Self; 6] = [
        Self::Main,
        Self::Section(Section::Shape),
        Self::Section(Section::Decay),
        Self::Section(Section::Blend),
        Self::Section(Section::Tone),
        Self::Section(Section::Mix),
    ];

    /// Text of the tab.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Main => "Main",
            Self::Section(section) => section.name(),
        }
    }

    /// Content of the page, said where the pointer rests on its tab.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Main => "What is used daily, in the order of the signal",
            Self::Section(_) => "All of these settings; the arrow keys go from page to page",
        }
    }

    /// The columns of the page, as the settings stand.
    #[must_use]
    pub fn columns(self, values: &Settings) -> Vec<Group> {
        match self {
            Self::Main => {
                let is_shown =
                    |setting: &&Setting| !OF_ONE_MODE.contains(&setting.id) || !is_overruled(setting.unmet(values));
                let group = |(title, ids): (_, &[&str])| Group {
                    title,
                    settings: ids.iter().filter_map(|id| settings::find(id)).filter(is_shown).collect(),
                };
                GROUPS.into_iter().map(group).collect()
            }
            Self::Section(section) => {
                let is_shown = |setting: &&Setting| {
                    setting.section == section && setting.id != "bypass" && !is_beside(setting) && !is_padlock(setting)
                };
                let all: Vec<_> = TABLE.iter().filter(is_shown).collect();
                let group = |settings: &[_]| Group { title: "", settings: settings.to_vec() };
                all.chunks(all.len().div_ceil(2)).map(group).collect()
            }
        }
    }
}

/// True for a setting that another one overrules as they stand: it cannot be moved. One that has nothing to act on can
/// be set beforehand.
pub fn is_overruled(unmet: Option<Condition>) -> bool {
    matches!(unmet, Some(Condition::Is(..) | Condition::IsEither(..)))
}

/// The switch that overrules a setting, if there is one: it stands in the row of that setting.
pub fn beside(setting: &Setting) -> Option<&'static Setting> {
    let overruling = setting.conditions.iter().filter_map(|condition| match condition {
        Condition::Is(id, _) | Condition::IsEither(id, _) => settings::find(id),
        Condition::AnyMoved(_) => None,
    });
    overruling.into_iter().find(|other| matches!(other.kind, Kind::Switch(_)))
}

/// The padlock in the row of a setting, if there is one.
pub fn padlock(setting: &Setting) -> Option<&'static Setting> {
    let (lock, _) = PADLOCKS.into_iter().find(|(_, locked)| *locked == setting.id)?;
    settings::find(lock)
}

fn is_padlock(setting: &Setting) -> bool {
    PADLOCKS.iter().any(|(lock, _)| *lock == setting.id)
}

fn is_beside(setting: &Setting) -> bool {
    TABLE.iter().filter_map(beside).any(|switch| switch.id == setting.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(page: Page, values: &Settings) -> Vec<&'static str> {
        let columns = page.columns(values);
        assert!(columns.iter().all(|group| (1..=ROWS).contains(&group.settings.len())), "{page:?}");
        let all = columns.iter().flat_map(|group| &group.settings);
        all.flat_map(|setting| [Some(setting.id), beside(setting).map(|s| s.id), padlock(setting).map(|s| s.id)])
            .flatten()
            .collect()
    }

    #[test]
    fn every_setting_but_bypass_is_on_the_page_of_its_section_that_has_room_for_it() {
        let mut all_shown: Vec<&str> = vec!["bypass"];
        for page in Page::ALL.into_iter().filter(|page| *page != Page::Main) {
            all_shown.extend(shown(page, &Settings::default()));
        }
        all_shown.sort_unstable();
        let mut all: Vec<&str> = TABLE.iter().map(|setting| setting.id).collect();
        all.sort_unstable();
        assert_eq!(all_shown, all);
    }

    #[test]
    fn the_first_page_has_what_acts_in_the_mode_of_the_mix() {
        let mix = GROUPS[2].1;
        for (mode, there) in [(0, ["dry", "wet"].as_slice()), (1, &["mix"])] {
            let shown = shown(Page::Main, &Settings { mix_mode: mode, ..Settings::default() });
            for id in mix {
                assert_eq!(shown.contains(id), !OF_ONE_MODE.contains(id) || there.contains(id), "{mode} {id}");
            }
        }
    }
}
