//! Outputs of the dry files: each is settled before any work.

use super::pattern::{Names, Pattern};
use super::written::{names, not_written};
use crate::audio::formats;
use crate::library::{self, Below, Unread};
use crate::render::{Form, PIPE};
use std::collections::HashMap;
use std::io::IsTerminal;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

/// What the command line says of inputs and outputs.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Wanted<'a> {
    /// Files and folders.
    pub inputs: &'a [PathBuf],
    /// A file or a folder.
    pub output: &'a Path,
    /// What outputs in a folder are called.
    pub name: Option<&'a Pattern>,
    /// The name of the room.
    pub space: &'a str,
}

/// One dry file and its output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Way {
    pub dry: PathBuf,
    pub output: PathBuf,
    /// True if it was found in a folder, and by its content alone.
    pub is_guessed: bool,
}

/// All that the inputs hold.
#[derive(Debug, Default)]
pub(in crate::cli) struct Ways {
    /// In the order of the arguments and, in a folder, of the names.
    pub ways: Vec<Way>,
    /// What cannot be read in folders. Each is a failure of its own.
    pub unread: Vec<Unread>,
}

/// A dry file, and the folders between the folder that was named and this file.
struct Dry {
    path: PathBuf,
    below: PathBuf,
    is_guessed: bool,
}

impl Wanted<'_> {
    /// The way of each dry file.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn ways(&self) -> Result<Ways, String> {
        self.refuse_pipes()?;
        if !self.is_folder() {
            self.refuse_extension()?;
            return match (self.inputs, self.name) {
                ([dry], None) if !dry.is_dir() => {
                    let way = Way { dry: dry.clone(), output: self.output.to_owned(), is_guessed: false };
                    Ok(Ways { ways: vec![way], unread: Vec::new() })
                }
                ([dry], Some(_)) if !dry.is_dir() => Err(format!(
                    "--name gives names to files in a folder, and {output} is a file; write -o {output}{MAIN_SEPARATOR}",
                    output = self.output.display()
                )),
                _ => Err(format!("several files need a folder to go to, and {} is no folder", self.output.display())),
            };
        }
        let ((dry, unread), pattern) = (self.dry_files()?, self.name.cloned().unwrap_or_default());
        let count = dry.len();
        let output_of = |(index, dry): (usize, &Dry)| {
            // An ending that names no format tells files apart: those of "take.L" and "take.R" would become one.
            let whole = dry.path.file_name().unwrap_or(dry.path.as_os_str());
            let stem = if dry.is_guessed { whole } else { dry.path.file_stem().unwrap_or(whole) };
            let of_output = Names { stem, space: self.space, index: (index + 1, count) };
            self.output.join(&dry.below).join(pattern.path(of_output))
        };
        let outputs: Vec<PathBuf> = dry.iter().enumerate().map(output_of).collect();
        let way = |(dry, output)| {
            let Dry { path: dry, is_guessed, .. } = dry;
            Way { dry, output, is_guessed }
        };
        let ways: Vec<Way> = dry.into_iter().zip(outputs).map(way).collect();
        refuse_collisions(&ways)?;
        Ok(Ways { ways, unread })
    }

    /// True if outputs go into a folder: it is there, it is written as one, or there are several files and its name is
    /// not that of a file.
    pub fn is_folder(&self) -> bool {
        let text = self.output.as_os_str().to_string_lossy();
        let is_several = self.inputs.len() > 1 || self.inputs.iter().any(|input| input.is_dir());
        let is_there = self.output.exists();
        self.output.is_dir()
            || text.ends_with(std::path::is_separator)
            || is_several && !is_there && !formats::is_called_audio(self.output)
    }

    fn refuse_extension(&self) -> Result<(), String> {
        // What is no ordinary file is refused as such.
        let is_special = self.output.metadata().is_ok_and(|found| !found.is_file());
        let refused = match self.output.extension() {
            _ if Form::of(self.output).is_some() || is_special => return Ok(()),
            Some(extension) => not_written(extension),
            None => format!(
                "the name does not say in which form to write; let it end in {}, or in {MAIN_SEPARATOR} for a folder",
                names()
            ),
        };
        Err(format!("{}: {refused}", self.output.display()))
    }

    /// Standard input and output are for one file each, and not for people.
    fn refuse_pipes(&self) -> Result<(), String> {
        let is_pipe = |path: &Path| path == Path::new(PIPE);
        let is_input = self.inputs.iter().any(|input| is_pipe(input));
        if (is_input || is_pipe(self.output)) && self.inputs.len() > 1 {
            return Err("- is standard input or output, which is for one file; name files and a folder".to_owned());
        }
        if is_input && self.is_folder() {
            return Err("standard input has no name; give the output one, such as -o wet.wav".to_owned());
        }
        if is_input && std::io::stdin().is_terminal() {
            return Err("standard input is a terminal; pipe a sound into it (./- is a file called -)".to_owned());
        }
        if is_pipe(self.output) && std::io::stdout().is_terminal() {
            let reason = "standard output is a terminal, which would show samples as text; pipe it, or name a file";
            return Err(reason.to_owned());
        }
        Ok(())
    }

    fn dry_files(&self) -> Result<(Vec<Dry>, Vec<Unread>), String> {
        let (mut files, mut all_unread) = (Vec::new(), Vec::new());
        for input in self.inputs {
            if !input.is_dir() {
                files.push(Dry { path: input.clone(), below: PathBuf::new(), is_guessed: false });
                continue;
            }
            let before = files.len();
            // What an earlier run has written into a folder below its input is no input of this one.
            let written = self.output.canonicalize().ok().filter(|output| is_below(output, input));
            let is_output = |path: &Path| written.as_ref().is_some_and(|written| real(path).starts_with(written));
            let Below { files: found, unread } = library::audio_below(input);
            for path in found.into_iter().filter(|path| !is_output(path)) {
                let below = path.parent().and_then(|parent| parent.strip_prefix(input).ok()).unwrap_or(Path::new(""));
                let is_guessed = path.extension().is_some() && !formats::is_called_audio(&path);
                files.push(Dry { below: below.to_owned(), path, is_guessed });
            }
            let unread: Vec<Unread> = unread.into_iter().filter(|unread| !is_output(&unread.path)).collect();
            if files.len() == before && unread.is_empty() {
                return Err(format!("{}: there is no audio file in this folder", input.display()));
            }
            all_unread.extend(unread);
        }
        Ok((files, all_unread))
    }
}

/// True if a path lies in a folder, by whatever names, and is not the folder.
fn is_below(path: &Path, folder: &Path) -> bool {
    let both = path.canonicalize().ok().zip(folder.canonicalize().ok());
    both.is_some_and(|(path, folder)| path != folder && path.starts_with(folder))
}

/// The file that a path leads to, whether or not it is there: links to its folders are followed.
fn real(path: &Path) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) if !folder.as_os_str().is_empty() => real(folder).join(name),
        _ => std::env::current_dir().unwrap_or_default().join(path),
    }
}

/// Refuses two outputs in one place, and an output in the place of a file that another output is made from: whichever
/// job comes first would take it away.
fn refuse_collisions(ways: &[Way]) -> Result<(), String> {
    let places: Vec<[PathBuf; 2]> = ways.iter().map(|Way { dry, output, .. }| [real(dry), real(output)]).collect();
    let mut taken: HashMap<String, &Path> = HashMap::new();
    for (Way { dry, output, .. }, [_, place]) in ways.iter().zip(&places) {
        let mut key = place.to_string_lossy().into_owned();
        if cfg!(any(windows, target_os = "macos")) {
            key = key.to_lowercase();
        }
        if let Some(other) = taken.insert(key, dry) {
            let [other, dry, output] = [other, dry, output].map(|path| path.display());
            return Err(format!(
                "{other} and {dry} would both become {output}; give names of their own with --name '{{index}}-{{stem}}', \
                 or give the folder that they are in, whose folders are kept"
            ));
        }
    }
    let inputs: HashMap<&Path, &Path> =
        ways.iter().zip(&places).map(|(Way { dry, .. }, [from, _])| (from.as_path(), dry.as_path())).collect();
    for (Way { dry, output, .. }, [from, to]) in ways.iter().zip(&places) {
        // An output in the place of its own input is refused by name when its turn comes.
        if let Some(input) = inputs.get(to.as_path()).filter(|_| from != to) {
            let [dry, output, input] = [dry, output, *input].map(|path| path.display());
            return Err(format!(
                "{dry} would become {output}, which is {input}, a file that is rendered too; choose another folder, or \
                 other names with --name"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use transept_support::folder::Folder;

    fn ways(inputs: &[PathBuf], output: &Path, name: Option<&str>) -> Result<Vec<(PathBuf, PathBuf)>, String> {
        let pattern = name.map(|name| name.parse().expect("a pattern"));
        let wanted = Wanted { inputs, output, name: pattern.as_ref(), space: "hall" };
        Ok(wanted.ways()?.ways.into_iter().map(|way| (way.dry, way.output)).collect())
    }

    #[test]
    fn a_folder_keeps_its_structure_below_the_output_folder() {
        let folder =
            Folder::with(&["in/b/2.flac", "in/b/notes.txt", "in/10.wav", "in/9.WAV", "in/.x.wav", "in/wet/9.wav"]);
        let (input, output) = (folder.path("in"), folder.path("in/wet"));
        let found = ways(std::slice::from_ref(&input), &output, None).expect("found");
        let expected = [("9.WAV", "9.wav"), ("10.wav", "10.wav"), ("b/2.flac", "b/2.wav")];
        assert_eq!(found, expected.map(|(dry, wet)| (input.join(dry), output.join(wet))));
        let found =
            ways(std::slice::from_ref(&input), &folder.path("new"), Some("{space}/{index} {stem}")).expect("found");
        assert_eq!(found[3].1, folder.path("new/wet/hall/4 9.wav"), "{found:?}");
        let error = ways(&[folder.path("in"), folder.path("in/b")], &folder.path("x.wav"), None).expect_err("a file");
        assert!(error.contains("several files need a folder"), "{error}");
    }

    #[test]
    fn no_output_takes_the_place_of_another_files_input_or_output() {
        let folder = Folder::with(&["in/1.wav", "in/2.wav", "src/one/s.wav", "src/two/s.wav", "wet/one/there.txt"]);
        let input = |name| folder.path(name);
        let inputs = [input("in/2.wav"), input("in/1.wav")];
        let error = ways(&inputs, &folder.path("in"), Some("{index}")).expect_err("the first would replace the second");
        assert!(error.contains("1.wav, a file that is rendered too"), "{error}");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("one", folder.path("wet/two")).expect("linked");
            let error = ways(&[input("src")], &folder.path("wet"), None).expect_err("both go to one place");
            assert!(error.contains("would both become"), "{error}");
        }
        let error = ways(&inputs, &folder.path("out.mp3"), None).expect_err("no folder");
        assert!(error.contains(".mp3 is not written"), "{error}");
    }
}
