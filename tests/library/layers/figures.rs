//! Figures of the code, each with a bound that it once broke.

use std::path::{Path, PathBuf};

/// Below a folder: every Rust source with its text.
fn sources(folder: &Path, sources: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            self::sources(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("a text");
            sources.push((path, text));
        }
    }
}

/// `cargo test --test library -- --nocapture figures` prints them.
#[test]
fn files_are_short_and_included_once_and_no_function_has_a_twin_that_cannot_be_cancelled() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    ["src", "tests", "benches", "examples", "xtask"].iter().for_each(|folder| sources(&root.join(folder), &mut all));
    let (longest, lines) = all
        .iter()
        .map(|(path, text)| (path, text.lines().count()))
        .max_by_key(|(_, lines)| *lines)
        .expect("there are sources");
    // In two parts, so that this file does not count itself.
    let (include, twin) = (["#[", "path"].concat(), ["_unless", "("].concat());
    let count = |word: &str| all.iter().map(|(_, text)| text.matches(word).count()).sum::<usize>();
    let examples = std::fs::read_to_string(root.join("tests/engine/examples.rs")).expect("a text");
    let (includes, of_examples) = (count(&include), examples.matches(&include).count());
    let twins = count(&twin);
    let binaries = std::fs::read_dir(root.join("tests")).expect("a folder");
    let binaries = binaries.filter(|entry| entry.as_ref().expect("an entry").path().join("main.rs").exists()).count();
    println!(
        "longest file {} with {lines} lines, {includes} included files, of them {of_examples} examples",
        longest.display()
    );
    println!("{twins} functions with a twin, {binaries} test binaries");
    assert!(lines <= 500, "{} has {lines} lines", longest.display());
    assert_eq!((includes - of_examples, twins, binaries), (0, 0, 5));
}
