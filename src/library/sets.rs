//! Sets of files that are one impulse: each holds a channel of it, or all channels of one source, as its name says.

use crate::impulse::recipe::Source;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Words at the end of names, in the order of an impulse's channels, and the speakers that they are as the mask of a WAV
/// file; 0 for paths from source to ear. Larger sets come first.
const SETS: [(&[&str], u32); 17] = [
    (&["fl", "fr", "c", "lfe", "bl", "br", "sl", "sr"], 0x63f),
    (&["fl", "fr", "fc", "lfe", "bl", "br", "sl", "sr"], 0x63f),
    (&["l", "r", "c", "lfe", "lrs", "rrs", "lss", "rss"], 0x63f),
    (&["fl", "fr", "c", "lfe", "sl", "sr"], 0x3f),
    (&["fl", "fr", "fc", "lfe", "sl", "sr"], 0x3f),
    (&["fl", "fr", "c", "lfe", "bl", "br"], 0x3f),
    (&["fl", "fr", "fc", "lfe", "bl", "br"], 0x3f),
    (&["l", "r", "c", "lfe", "ls", "rs"], 0x3f),
    (&["fl", "fr", "c", "sl", "sr"], 0x37),
    (&["fl", "fr", "fc", "sl", "sr"], 0x37),
    (&["fl", "fr", "c", "bl", "br"], 0x37),
    (&["fl", "fr", "fc", "bl", "br"], 0x37),
    (&["l", "r", "c", "ls", "rs"], 0x37),
    (&["fl", "fr", "sl", "sr"], 0x33),
    (&["fl", "fr", "bl", "br"], 0x33),
    (&["l", "r", "ls", "rs"], 0x33),
    (&["ll", "lr", "rl", "rr"], 0),
];

/// What may stand between the words of a name.
const DIVIDERS: [char; 4] = ['.', '_', '-', ' '];

/// Speakers behind the number of a source, as in `hall.1.L.wav`.
const NUMBERED: [(&[&str], u32); 4] =
    [(&["l", "r", "c", "ls", "rs"], 0x37), (&["l", "r", "ls", "rs"], 0x33), (&["l", "r", "c"], 0), (&["l", "r"], 0)];

/// Words of the left and of the right source's file.
const SIDES: [[&str; 2]; 2] = [["l", "r"], ["left", "right"]];

/// Most sources of a set.
const MOST_SOURCES: usize = 16;

/// Names of the files in one folder, to look for sets among them: read once, however many files are asked for.
#[derive(Debug, Default)]
pub struct Names {
    /// By the name in small letters.
    files: HashMap<String, PathBuf>,
}

/// Several files that are one impulse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Several {
    /// All of them.
    pub source: Source,
    /// Name of the impulse: what the files' names have in common.
    pub name: String,
    /// The words in which the files' names differ, as in `LL LR RL RR`; of several sources, `2 × L R`.
    pub form: String,
}

/// The set that a file belongs to by its name, if all of its files are in the folder: `hall LL.wav` with `LR`, `RL` and
/// `RR`, `hall_fl.wav` with the other speakers, or `hall.1.L.wav` with those of all sources. Reads the folder.
#[must_use]
pub fn of(path: &Path) -> Option<Source> {
    // The folder is not read for a name that is in no set.
    cut(parts(path)?.0.as_str())?;
    Some(Names::in_folder(path.parent()?)?.set(path)?.source)
}

impl FromIterator<PathBuf> for Names {
    /// The names of files, which are all in one folder.
    fn from_iter<T: IntoIterator<Item = PathBuf>>(files: T) -> Self {
        let name = |path: &PathBuf| Some(path.file_name()?.to_str()?.to_lowercase());
        Self { files: files.into_iter().filter_map(|path| Some((name(&path)?, path))).collect() }
    }
}

impl Names {
    fn in_folder(folder: &Path) -> Option<Self> {
        let entries = std::fs::read_dir(folder).ok()?;
        Some(entries.filter_map(|entry| Some(folder.join(entry.ok()?.file_name()))).collect())
    }

    /// The set that a file belongs to by its name, if all of its files are there.
    #[must_use]
    pub fn set(&self, path: &Path) -> Option<Several> {
        let (stem, extension) = parts(path)?;
        let (base, word) = cut(&stem)?;
        let file = |stem: String| self.files.get(&format!("{stem}.{extension}")).cloned();
        let numbered = base.strip_suffix('.').and_then(cut).filter(|(base, _)| base.ends_with('.'));
        if let Some((base, digits)) = numbered.filter(|(_, number)| number.parse::<usize>().is_ok()) {
            let source = |number: usize, width: usize, words: &[&str]| -> Option<Vec<PathBuf>> {
                words.iter().map(|word| file(format!("{base}{number:0width$}.{word}"))).collect()
            };
            // With zeros before the number, or without: 10 may stand behind 09 and behind 9.
            let widths = [digits.len(), 1];
            return NUMBERED.iter().filter(|(words, _)| words.contains(&word)).find_map(|(words, speakers)| {
                widths.iter().find_map(|width| {
                    let files: Vec<_> = (1..=MOST_SOURCES).map_while(|number| source(number, *width, words)).collect();
                    let (speakers, sources) = if files.len() == 1 { (*speakers, 0) } else { (0, files.len() as u8) };
                    set(files.concat(), (speakers, sources), base.len(), path)
                })
            });
        }
        SETS.iter().filter(|(words, _)| words.contains(&word)).find_map(|(words, speakers)| {
            let files: Option<Vec<_>> = words.iter().map(|word| file(format!("{base}{word}"))).collect();
            set(files?, (*speakers, 0), base.len(), path)
        })
    }

    /// The pair that a file belongs to by its name, if both files are there: `hall L.wav` and `hall R.wav`, or `left`
    /// and `right`. Two such files need not be one impulse; whoever looks at them all takes them for one.
    #[must_use]
    pub fn pair(&self, path: &Path) -> Option<Several> {
        let (stem, extension) = parts(path)?;
        let (base, word) = cut(&stem)?;
        let words = SIDES.iter().find(|words| words.contains(&word))?;
        let [left, right] = words.map(|word| self.files.get(&format!("{base}{word}.{extension}")).cloned());
        let (left, right) = (left?, right?);
        if left != path && right != path {
            return None;
        }
        let (name, form) = (title(&left, base.len()), form(&[left.clone(), right.clone()]));
        Some(Several { source: Source::Pair { left, right }, name, form })
    }
}

/// A file's name without its extension, and that, both in small letters.
fn parts(path: &Path) -> Option<(String, String)> {
    let name = path.file_name()?.to_str()?.to_lowercase();
    name.rsplit_once('.').map(|(stem, extension)| (stem.to_owned(), extension.to_owned()))
}

/// A name without its last word, with what divides both, and that word.
fn cut(stem: &str) -> Option<(&str, &str)> {
    let at = stem.rfind(DIVIDERS)? + 1;
    Some(stem.split_at(at))
}

fn set(files: Vec<PathBuf>, (speakers, sources): (u32, u8), base: usize, path: &Path) -> Option<Several> {
    if files.len() < 2 || files.iter().all(|file| file != path) {
        return None;
    }
    let one = files.len() / usize::from(sources.max(1));
    let words = form(&files[..one]);
    let form = if sources > 1 { format!("{sources} × {words}") } else { words };
    Some(Several { name: title(&files[0], base), form, source: Source::Set { files, speakers, sources } })
}

/// So many of the first bytes of a file's name, those before what says which one it is; without dividers at their end.
/// The whole name, if nothing is left.
fn title(file: &Path, bytes: usize) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    // Small letters may take other numbers of bytes.
    let base = stem.get(..bytes).unwrap_or(&stem).trim_end_matches(DIVIDERS);
    if base.is_empty() { stem.into_owned() } else { base.to_owned() }
}

/// The last words of names.
fn form(files: &[PathBuf]) -> String {
    let word = |file: &PathBuf| {
        let stem = file.file_stem()?.to_str()?;
        Some(cut(stem)?.1.to_owned())
    };
    files.iter().filter_map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names of the set's files, and its speakers.
    fn found(names: &[&str], chosen: &str) -> Option<(Vec<String>, u32)> {
        let folder = tempfile::tempdir().expect("a folder");
        names.iter().for_each(|name| std::fs::write(folder.path().join(name), "").expect("a file"));
        match of(&folder.path().join(chosen))? {
            Source::Set { files, speakers, .. } => {
                let name = |file: &PathBuf| file.file_name().expect("a name").to_str().expect("text").to_owned();
                Some((files.iter().map(name).collect(), speakers))
            }
            other => panic!("no set: {other:?}"),
        }
    }

    #[test]
    fn any_member_finds_its_set_in_the_order_of_the_channels() {
        let names = ["Hall RR.wav", "Hall LL.wav", "Hall RL.wav", "Hall LR.wav", "Hall.wav", "Room LL.wav"];
        let set = ["Hall LL.wav", "Hall LR.wav", "Hall RL.wav", "Hall RR.wav"].map(str::to_owned).to_vec();
        for chosen in &names[..4] {
            assert_eq!(found(&names, chosen), Some((set.clone(), 0)));
        }
        assert_eq!((found(&names, "Hall.wav"), found(&names, "Room LL.wav")), (None, None));
    }

    #[test]
    fn speakers_are_known_by_their_names() {
        let names = ["a_fl.wav", "a_fr.wav", "a_c.wav", "a_lfe.wav", "a_sl.wav", "a_sr.wav"];
        let (files, speakers) = found(&names, "a_lfe.wav").expect("a set");
        assert_eq!((files, speakers), (names.map(str::to_owned).to_vec(), 0x3f));
        // Without the middle and the low one they are four.
        assert_eq!(found(&[names[0], names[1], names[4], names[5]], "a_sr.wav").expect("a set").1, 0x33);
        assert_eq!(found(&names[..3], "a_fl.wav"), None, "half a set is none");
    }

    #[test]
    fn numbered_sources_are_one_behind_the_other() {
        let names = ["h.1.L.wav", "h.1.R.wav", "h.2.L.wav", "h.2.R.wav"];
        assert_eq!(found(&names, "h.2.L.wav"), Some((names.map(str::to_owned).to_vec(), 0)));
        assert_eq!(found(&names[..2], "h.1.R.wav").expect("stereo").0.len(), 2);
        let five = ["h.1.L.wav", "h.1.R.wav", "h.1.C.wav", "h.1.Ls.wav", "h.1.Rs.wav"];
        assert_eq!(found(&five, "h.1.C.wav"), Some((five.map(str::to_owned).to_vec(), 0x37)));
    }

    #[test]
    fn several_numbered_sources_are_a_matrix_whatever_the_width_of_their_number() {
        let sources = |numbers: &[&str], words: &[&str], chosen: &str| {
            let folder = tempfile::tempdir().expect("a folder");
            let names =
                numbers.iter().flat_map(|number| words.iter().map(move |word| format!("h.{number}.{word}.wav")));
            names.for_each(|name| std::fs::write(folder.path().join(name), "").expect("a file"));
            match of(&folder.path().join(chosen)) {
                Some(Source::Set { files, speakers: 0, sources }) => Some((files.len(), sources)),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(sources(&["1", "2", "3"], &["L", "R"], "h.2.R.wav"), Some((6, 3)));
        assert_eq!(sources(&["1", "2"], &["L", "R", "C"], "h.1.C.wav"), Some((6, 2)));
        assert_eq!(sources(&["01", "02", "03", "04"], &["L", "R"], "h.03.L.wav"), Some((8, 4)));
        let ten = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];
        assert_eq!(sources(&ten, &["L", "R"], "h.10.L.wav"), Some((20, 10)));
    }

    #[test]
    fn left_and_right_alone_are_no_set() {
        assert_eq!(found(&["hall L.wav", "hall R.wav"], "hall L.wav"), None, "two files are chosen by two names");
    }

    #[test]
    fn names_that_were_read_once_tell_each_file_its_set_and_what_it_is_called() {
        let names = ["Big Hall_LL.wav", "Big Hall_LR.wav", "Big Hall_RL.wav", "Big Hall_RR.wav"];
        let others = ["h.01.L.wav", "h.01.R.wav", "h.02.L.wav", "h.02.R.wav", "Plate - Left.wav", "Plate - right.wav"];
        // No such folder is there to be read.
        let path = |name: &&str| Path::new("/nowhere").join(name);
        let all: Names = names.iter().chain(&others).map(path).collect();
        let title = |several: Option<Several>| several.map(|several| (several.name, several.form));
        let told = |name: &str, form: &str| Some((name.to_owned(), form.to_owned()));
        for name in &names {
            assert_eq!(title(all.set(&path(name))), told("Big Hall", "LL LR RL RR"));
            assert_eq!(all.pair(&path(name)), None);
        }
        assert_eq!(title(all.set(&path(&"h.02.L.wav"))), told("h", "2 × L R"));
        assert_eq!(all.set(&path(&"Plate - Left.wav")), None);
        let pair = all.pair(&path(&"Plate - right.wav")).expect("a pair");
        let [left, right] = ["Plate - Left.wav", "Plate - right.wav"].map(|name| path(&name));
        assert_eq!(pair.source, Source::Pair { left, right });
        assert_eq!(title(Some(pair)), told("Plate", "Left right"));
        assert_eq!(all.pair(&path(&"Plate - centre.wav")), None);
        let half: Names = [path(&"a L.wav"), path(&"b R.wav"), path(&"a R.flac")].into_iter().collect();
        assert_eq!(half.pair(&path(&"a L.wav")), None);
    }
}
