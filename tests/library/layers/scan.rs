//! Finds the paths that Rust source names: in `use` items, groups and renames included, and in code. What is compiled
//! for tests alone is left out, and so are comments and texts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A path that a file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The file below `src`, without its extension, with `/`.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// `crate::room::thing`, `std::fs::File`, `egui::Ui`: `self` and `super` are resolved.
    pub path: Vec<String>,
}

/// All paths named in the sources below a folder, but for files of test modules.
pub fn folder(folder: &Path) -> Vec<Named> {
    let mut files = Vec::new();
    collect(folder, &mut files);
    files.sort();
    let mut tests = BTreeSet::new();
    let mut named = Vec::new();
    for path in &files {
        let relative = path.strip_prefix(folder).expect("found in it").with_extension("");
        let file = relative.to_str().expect("our names are Unicode").replace('\\', "/");
        let text = std::fs::read_to_string(path).expect("readable");
        named.extend(source(&file, &text, &mut tests));
    }
    named.retain(|named| !tests.iter().any(|test| named.file == *test || named.file.starts_with(&format!("{test}/"))));
    named
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The paths in one file; test modules in files of their own are added to `tests`.
pub fn source(file: &str, text: &str, tests: &mut BTreeSet<String>) -> Vec<Named> {
    let tokens = tokens(text);
    let mut modules: Vec<String> = file.split('/').filter(|part| *part != "lib").map(str::to_owned).collect();
    // The depth of braces at which an inline module ends.
    let mut inline = Vec::new();
    let (mut depth, mut at) = (0, 0);
    let mut named = Vec::new();
    while at < tokens.len() {
        let word = |ahead: usize| tokens.get(at + ahead).map_or("", |token| token.1.as_str());
        match word(0) {
            "#" if word(1) == "[" => {
                let end = closing(&tokens, at + 1);
                let attribute: Vec<&str> = tokens[at..end].iter().map(|token| token.1.as_str()).collect();
                at = end;
                if attribute.get(2) == Some(&"cfg") && attribute.contains(&"test") && !attribute.contains(&"not") {
                    at = skip_item(&tokens, at, &modules, tests);
                }
                continue;
            }
            "mod" if word(2) == "{" => {
                modules.push(word(1).to_owned());
                inline.push(depth);
                depth += 1;
                at += 3;
                continue;
            }
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                if inline.last() == Some(&depth) {
                    inline.pop();
                    modules.pop();
                }
            }
            "use" if word(1) != "<" => {
                let mut paths = Vec::new();
                let line = tokens[at].0;
                at = tree(&tokens, at + 1, &[], &mut paths);
                named.extend(paths.into_iter().map(|path| Named {
                    file: file.to_owned(),
                    line,
                    path: resolved(path, &modules),
                }));
                continue;
            }
            first if is_word(first) && word(1) == "::" => {
                let line = tokens[at].0;
                let mut path = vec![first.to_owned()];
                while tokens.get(at + 1).is_some_and(|token| token.1 == "::")
                    && tokens.get(at + 2).is_some_and(|token| is_word(&token.1))
                {
                    path.push(tokens[at + 2].1.clone());
                    at += 2;
                }
                named.push(Named { file: file.to_owned(), line, path: resolved(path, &modules) });
            }
            _ => {}
        }
        at += 1;
    }
    named
}

/// The branch of a `use` tree that begins at `at`; gives where it ends.
fn tree(tokens: &[(usize, String)], mut at: usize, prefix: &[String], paths: &mut Vec<Vec<String>>) -> usize {
    let mut path = prefix.to_vec();
    loop {
        match tokens[at].1.as_str() {
            "," | ";" | "}" => break,
            "{" => {
                at += 1;
                while tokens[at].1 != "}" {
                    at = tree(tokens, at, &path, paths);
                    at += usize::from(tokens[at].1 == ",");
                }
                return at + 1;
            }
            "as" => at += 1,
            "::" => {}
            "self" if !path.is_empty() => {}
            word => path.push(word.to_owned()),
        }
        at += 1;
    }
    paths.push(path);
    at
}

/// With `self` and `super` replaced by the module they mean.
fn resolved(path: Vec<String>, modules: &[String]) -> Vec<String> {
    let ups = path.iter().take_while(|part| *part == "super").count();
    let own = path[0] == "self";
    if ups == 0 && !own {
        return path;
    }
    let base = &modules[..modules.len().saturating_sub(ups)];
    let rest = &path[ups + usize::from(own)..];
    [&["crate".to_owned()], base, rest].concat()
}

/// After the item that begins at `at`. A module without a body is a file of tests.
fn skip_item(tokens: &[(usize, String)], mut at: usize, modules: &[String], tests: &mut BTreeSet<String>) -> usize {
    while at < tokens.len() {
        match tokens[at].1.as_str() {
            "#" => at = closing(tokens, at + 1),
            "mod" if tokens[at + 2].1 == ";" => {
                tests.insert([modules, &[tokens[at + 1].1.clone()]].concat().join("/"));
                return at + 3;
            }
            "(" | "[" => at = closing(tokens, at),
            "{" => return closing(tokens, at),
            ";" | "," => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// After the bracket that closes the one at `at`.
fn closing(tokens: &[(usize, String)], mut at: usize) -> usize {
    let mut depth = 0;
    while at < tokens.len() {
        match tokens[at].1.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Words, `::` and single characters with their lines; comments and literals left out.
fn tokens(text: &str) -> Vec<(usize, String)> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(hashes) = raw(rest) {
            let end = format!("\"{}", "#".repeat(hashes));
            let open = 2 + hashes;
            rest[open..].find(&end).map_or(rest.len(), |at| open + at + end.len())
        } else if c == '"' {
            quoted(rest, '"')
        } else if c == '\'' {
            // A lifetime has no closing quote after one character.
            let is_char = rest[1..].starts_with('\\') || rest.chars().nth(2) == Some('\'');
            if is_char { quoted(rest, '\'') } else { 1 }
        } else {
            let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            let length = if rest.starts_with("::") { 2 } else { word.max(c.len_utf8()) };
            if !c.is_whitespace() {
                tokens.push((line, rest[..length].to_owned()));
            }
            length
        };
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

/// The hashes of a raw string that begins here.
fn raw(text: &str) -> Option<usize> {
    let after = text.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then_some(hashes)
}

/// The length of a quoted literal, quotes included.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}
