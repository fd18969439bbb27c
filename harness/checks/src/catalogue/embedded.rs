//! The files that ship with the tool.

use include_dir::{Dir, include_dir};

static FOLDER: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../fixtures/requirements");

/// Name and text of each requirement file. Explanations lie in the same folder and are no requirements.
pub fn files() -> impl Iterator<Item = (&'static str, &'static str)> {
    FOLDER.files().filter_map(|file| {
        let name = file.path().to_str()?;
        let is_requirements = name.strip_suffix(".tsv").is_some_and(|stem| !stem.starts_with("explain-"));
        is_requirements.then_some((name, file.contents_utf8()?))
    })
}

/// The explanations in one language, e.g. `nb`: lines of id, tab, sentence.
pub fn explanations(lang: &str) -> Option<&'static str> {
    FOLDER.get_file(format!("explain-{lang}.tsv"))?.contents_utf8()
}
