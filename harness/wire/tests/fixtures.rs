//! The cast and the templates hold only what is synthetic and well-formed.
#![allow(clippy::disallowed_methods, reason = "tests read fixtures")]

use provestein_wire::head;
use provestein_wire::identifier::{HerId, HprNumber, NationalId, OrgNumber};
use std::fs;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// The values of a key, wherever it stands in the file.
fn values<'t>(text: &'t str, key: &str) -> Vec<&'t str> {
    let marker = format!("{key}: ");
    let starts = text.match_indices(&marker);
    let starts = starts.filter(|(i, _)| text[..*i].ends_with([' ', '{']));
    starts
        .map(|(i, m)| &text[i + m.len()..])
        .map(|rest| rest.split([',', '\n', '}']).next().unwrap_or_default())
        .map(|value| value.trim().trim_matches('"'))
        .collect()
}

#[test]
fn the_cast_is_synthetic() {
    let cast = fs::read_to_string(fixtures().join("cast.yaml")).unwrap();
    let (hers, numbers, ids) = (values(&cast, "her"), values(&cast, "number"), values(&cast, "id"));
    assert_eq!((hers.len(), numbers.len(), ids.len()), (10, 5, 2));
    for her in hers {
        assert!(her.parse::<HerId>().unwrap().get() >= 990_000_000, "{her}");
    }
    for number in numbers {
        assert!(number.parse::<OrgNumber>().unwrap().is_synthetic(), "{number}");
    }
    for id in ids {
        assert!(id.parse::<NationalId>().unwrap().is_official_test_person());
    }
    assert!(values(&cast, "edi").iter().all(|a| a.ends_with("@edi.test")));
    assert!(values(&cast, "phone").iter().all(|p| p.starts_with("0000")));
    assert!(values(&cast, "hpr").iter().all(|h| h.parse::<HprNumber>().is_ok()));
}

#[test]
fn every_placeholder_is_explained_and_every_template_listed() {
    let folder = fixtures().join("templates");
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    let messages = fs::read_to_string(folder.join("messages.yaml")).unwrap();
    let mut templates = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "xml") {
            continue;
        }
        templates += 1;
        let text = fs::read_to_string(&path).unwrap();
        for name in head::placeholders(&text).unwrap() {
            assert!(readme.contains(&format!("`{name}`")), "{name} of {}", path.display());
        }
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(messages.contains(&format!("{stem}:\n")), "{stem}");
    }
    assert!(templates >= 2);
}
