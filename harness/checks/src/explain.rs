//! What a requirement demands, in one sentence.

use crate::catalogue::{self, Catalogue};
use std::collections::BTreeMap;
use std::sync::LazyLock;

static NB: LazyLock<BTreeMap<&'static str, &'static str>> = LazyLock::new(|| {
    let text = catalogue::explanations("nb").unwrap_or_default();
    text.lines().filter_map(|line| line.split_once('\t')).collect()
});

/// What a requirement demands, in a language: `nb`, otherwise English. Where there is no Norwegian sentence
/// the English one is given.
pub fn explain<'c>(catalogue: &'c Catalogue, id: &str, lang: &str) -> Option<&'c str> {
    let requirement = catalogue.get(id)?;
    let norwegian = if lang == "nb" { NB.get(id).copied() } else { None };
    Some(norwegian.unwrap_or(requirement.statement.as_str()))
}
