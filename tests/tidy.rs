//! House rules that a machine can see: file sizes, names, module docs, what must never be committed.

use crate::support::{files, root, shared};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// No file is longer: one file, one idea.
const LINES_MAX: usize = 500;

fn sources() -> Vec<PathBuf> {
    let mut sources = files(&root().join("harness"), ".rs");
    sources.extend(files(&root().join("tests"), ".rs"));
    sources.extend(files(&root().join("benches"), ".rs"));
    sources
}

fn name(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

#[test]
fn files_are_short() {
    let long: Vec<String> = sources()
        .iter()
        .filter_map(|path| {
            let lines = std::fs::read_to_string(path).unwrap().lines().count();
            (lines > LINES_MAX).then(|| format!("{} has {lines} lines", name(path)))
        })
        .collect();
    assert_eq!(long, Vec::<String>::new(), "split these: at most {LINES_MAX} lines");
}

#[test]
fn rooms_have_names_of_their_own() {
    let banned = ["util", "utils", "helper", "helpers", "common", "misc", "manager"];
    let wrong: Vec<String> = sources()
        .iter()
        .filter(|path| {
            path.components().any(|part| {
                let part = part.as_os_str().to_string_lossy();
                banned.contains(&part.trim_end_matches(".rs"))
            })
        })
        .map(|path| name(path))
        .collect();
    assert_eq!(wrong, Vec::<String>::new(), "name these after what they hold");
}

#[test]
fn every_module_says_what_it_is() {
    let silent: Vec<String> = sources()
        .iter()
        .filter(|path| !std::fs::read_to_string(path).unwrap().starts_with("//!"))
        .map(|path| name(path))
        .collect();
    assert_eq!(silent, Vec::<String>::new(), "begin these with a `//!` sentence");
}

#[test]
fn nothing_is_left_undone() {
    // Put together here so that this file does not find itself.
    let marks = ["todo", "unimplemented", "dbg"].map(|word| format!("{word}!("));
    let words = [["#[", "ignore"].concat(), ["FIX", "ME"].concat()];
    let mut left = Vec::new();
    for path in sources() {
        let text = std::fs::read_to_string(&path).unwrap();
        for mark in marks.iter().chain(&words).filter(|mark| text.contains(mark.as_str())) {
            left.push(format!("{} holds {mark}", name(&path)));
        }
    }
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn nothing_official_is_committed() {
    let (Some(schemas), Some(samples)) = (shared("schemas"), shared("samples")) else { return };
    let read = |path: &PathBuf| std::fs::read(path).unwrap_or_default();
    let official: BTreeSet<Vec<u8>> =
        [schemas, samples].iter().flat_map(|folder| files(folder, "")).map(|path| read(&path)).collect();
    for folder in ["fixtures", "scenarios", "tests", "docs", "harness"] {
        for path in files(&root().join(folder), "") {
            let bytes = read(&path);
            assert!(bytes.is_empty() || !official.contains(&bytes), "{} is a copy of an official file", name(&path));
        }
    }
}
